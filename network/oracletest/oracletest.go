// Package oracletest gives tests what libraries' networks compute with weights
// that a formula makes, so that no file of weights is needed. The formula and the
// results are those of testdata/oracle/make.py; its comment says what each is.
package oracletest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Network is a library's network and what it computes.
type Network struct {
	Library string
	Version string
	Torch   string
	Model   string
	Tensors string // path, from the network's file, of the list of its tensors
	Gain    float64
	Beside  map[string]json.RawMessage // files that the library saves beside the weights
	Runs    []Run

	tensors []Tensor
}

// Run is what a network computes for Input(Height, Width, Seed).
type Run struct {
	Height, Width int
	Seed          int
	Top           int // the class of the largest logit
	Results       []Result
}

// Result is one tensor of a run, all of its values or samples of them.
type Result struct {
	What    string // logits, features, activations, gradient, cam, hires-cam or grad-cam
	Layer   string // torchvision's name of the layer; none of logits, and of others for the last one
	Class   int    // of gradient and maps
	Shape   []int  // as torch has them: [classes], [K, h, w] or [h, w]
	Largest float64
	// Float32 is the largest difference that torch's own float32 has from
	// these values, which are float64's, over the largest magnitude.
	Float32    float64
	Sum        float64
	SumSquares float64 `json:"sum_squares"`
	Values     []float64
}

// Tensor is a tensor of a state dict.
type Tensor struct {
	Name  string
	Kind  string // p: a parameter, b: a float32 buffer, i: an int64 buffer
	Shape []int  // none of a scalar
}

// Read reads a network of testdata/oracle.
func Read(path string) (*Network, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	n := &Network{}
	if err := json.Unmarshal(data, n); err != nil {
		return nil, fmt.Errorf("oracletest: %s: %w", path, err)
	}
	n.tensors, err = ReadTensors(filepath.Join(filepath.Dir(path), filepath.FromSlash(n.Tensors)))
	return n, err
}

// ReadTensors reads a list of testdata/naming, in the state dict's order.
func ReadTensors(path string) ([]Tensor, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var tensors []Tensor
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 || fields[0] == "#" {
			continue
		}
		if len(fields) == 1 || len(fields) > 3 {
			return nil, fmt.Errorf("oracletest: %s: line %q is no name, kind and shape", path, lines.Text())
		}
		t := Tensor{Name: fields[0], Kind: fields[1]}
		for _, side := range strings.FieldsFunc(strings.Join(fields[2:], ""), func(r rune) bool { return r == ',' }) {
			d, err := strconv.Atoi(side)
			if err != nil {
				return nil, fmt.Errorf("oracletest: %s: shape of %s: %w", path, t.Name, err)
			}
			t.Shape = append(t.Shape, d)
		}
		tensors = append(tensors, t)
	}
	return tensors, lines.Err()
}

// EachWeight goes through the network's state dict in its order, without the
// counters, which are int64.
func (n *Network) EachWeight(do func(name string, shape []int, values []float32)) {
	for _, t := range n.tensors {
		if t.Kind != "i" {
			do(t.Name, t.Shape, Weights(t.Name, t.Shape, n.Gain))
		}
	}
}

// Weights are a tensor's values in row-major order. The gain is its network's.
func Weights(name string, shape []int, gain float64) []float32 {
	count := 1
	for _, d := range shape {
		count *= d
	}
	scale, offset := 0.25, 0.
	switch {
	case len(shape) >= 2:
		fanIn := count / shape[0]
		scale = float64(float32(math.Sqrt(gain / float64(fanIn))))
	case strings.HasSuffix(name, ".running_var"):
		scale, offset = 0.5, 1
	case strings.HasSuffix(name, ".weight"):
		offset = 1
	}
	values := make([]float32, count)
	for i, v := range uniform(name, count) {
		values[i] = float32(offset + scale*v) // exact in float64
	}
	return values
}

// Input is the picture [3, height, width] that a run is of, as the network
// reads it: nothing is to be normalised.
func Input(height, width, seed int) []float32 {
	const side = 16 // pixels of a coarse one
	rows, columns := (height+side-1)/side, (width+side-1)/side
	name := fmt.Sprintf("input.%d", seed)
	coarse, fine := uniform(name+".coarse", 3*rows*columns), uniform(name, 3*height*width)
	x := make([]float32, len(fine))
	for i := range x {
		channel, row, column := i/width/height, i/width%height, i%width
		x[i] = float32(1.5*coarse[(channel*rows+row/side)*columns+column/side] + 0.5*fine[i]) // exact in float64
	}
	return x
}

// Transposed is a matrix of so many rows by its columns: planes become pixels
// with their channels side by side.
func Transposed(values []float32, rows int) []float32 {
	columns := len(values) / rows
	out := make([]float32, len(values))
	for i, v := range values {
		out[i%columns*rows+i/columns] = v
	}
	return out
}

// uniform are numbers in [-1, 1) of 24 bits, by splitmix64 from the FNV-1a
// hash of a name.
func uniform(name string, count int) []float64 {
	hash := fnv.New64a()
	hash.Write([]byte(name))
	state := hash.Sum64()
	values := make([]float64, count)
	for i := range values {
		state += 0x9e3779b97f4a7c15
		z := state
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		z ^= z >> 31
		values[i] = float64(z>>40)/(1<<23) - 1
	}
	return values
}

// Check holds values, all of them and in torch's order, to the result: each
// that is known, the mean and the mean square are within the tolerance of the
// largest magnitude (and its square). It says how they differ.
func (r *Result) Check(got []float32, tolerance float64) error {
	what := strings.TrimSpace(r.What + " " + r.Layer)
	count := 1
	for _, d := range r.Shape {
		count *= d
	}
	if len(got) != count {
		return fmt.Errorf("%s: %d values, want %v", what, len(got), r.Shape)
	}
	worst, at := 0., 0
	for i, want := range r.Values {
		j := i * count / len(r.Values)
		if d := math.Abs(float64(got[j]) - want); !(d <= worst) {
			worst, at = d, j
		}
	}
	if !(worst <= tolerance*r.Largest) {
		return fmt.Errorf("%s: value %d differs by %.2g of the largest magnitude %.4g", what, at, worst/r.Largest, r.Largest)
	}
	var sum, squares float64
	for _, v := range got {
		sum += float64(v)
		squares += float64(v) * float64(v)
	}
	if d := math.Abs(sum-r.Sum) / float64(count); !(d <= tolerance*r.Largest) {
		return fmt.Errorf("%s: the mean differs by %.2g of the largest magnitude %.4g", what, d/r.Largest, r.Largest)
	}
	// (v+e)² differs from v² by 2ve, at most.
	if d := math.Abs(squares-r.SumSquares) / float64(count); !(d <= 2*tolerance*r.Largest*r.Largest) {
		return fmt.Errorf("%s: the mean square differs by %.2g of the largest one %.4g", what, d/r.Largest/r.Largest, r.Largest*r.Largest)
	}
	return nil
}
