package train

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"runtime/debug"

	"scalecam/file"
	"scalecam/network"
	"scalecam/network/weights"
)

// state is all that a run has at a moment.
type state struct {
	weights   network.Weights
	average   *average
	optimiser *Optimiser
	epochs    []Epoch // those that are done
	step      int     // those that are done of the epoch at hand
	loss      float64 // their sum
	right     int     // pictures among them
}

// header is what a checkpoint says about itself. All chance comes from the
// recipe's seed and the place in the run, so that the place is the generator's
// state.
type header struct {
	Recipe       Recipe  `json:"recipe"`
	Architecture string  `json:"architecture"`
	Scaling      string  `json:"scaling"`
	Classes      int     `json:"classes"`
	Data         string  `json:"data"`
	Epochs       []Epoch `json:"epochs"`
	Step         int     `json:"step"`
	Loss         float64 `json:"loss"`
	Right        int     `json:"right"`
}

func (r *Run) header(s *state) header {
	return header{
		Recipe: r.Recipe, Architecture: r.Network.Architecture.Name, Scaling: r.Network.Scaling.String(), Classes: r.Network.Classes, Data: r.Data,
		Epochs: s.epochs, Step: s.step, Loss: s.loss, Right: s.right,
	}
}

// begin gives the state of the folder's checkpoint, or that of the start where
// there is none.
func (r *Run) begin() (*state, error) {
	w := network.Random(r.Network, r.Recipe.Seed)
	s := &state{weights: w, average: &average{w.Clone()}, optimiser: r.Recipe.optimiser()}
	path := r.path(".checkpoint")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		for _, other := range []string{r.path(".safetensors"), r.path(".log.jsonl")} {
			if _, err := os.Lstat(other); err == nil {
				return nil, fmt.Errorf("train: %s is there, and no checkpoint to go on from; name another folder, so that it is not overwritten", other)
			}
		}
		return s, nil
	}
	f, err := weights.Read(path)
	if err != nil {
		return nil, fmt.Errorf("%w; or name another folder to start anew", err)
	}
	var h header
	if err := json.Unmarshal([]byte(f.Metadata["run"]), &h); err != nil {
		return nil, fmt.Errorf("train: %s: it is no checkpoint of a run; name another folder", path)
	}
	if d := r.difference(h); d != "" {
		return nil, fmt.Errorf("train: %s: it belongs to another run (%s); name another folder, or the same settings to go on", path, d)
	}
	steps := r.Train.Len() / r.Recipe.Batch
	if h.Step < 0 || h.Step > steps || h.Right < 0 || h.Right > h.Step*r.Recipe.Batch || len(h.Epochs) > r.Recipe.Epochs || (len(h.Epochs) == r.Recipe.Epochs && h.Step > 0) {
		return nil, fmt.Errorf("train: %s: it is at step %d of %d after %d epochs, which no run is; name another folder", path, h.Step, steps, len(h.Epochs))
	}
	s.epochs, s.step, s.loss, s.right = h.Epochs, h.Step, h.Loss, h.Right
	if len(s.epochs) > 0 || s.step > 0 {
		for _, l := range shapes(s.weights) {
			s.optimiser.start(l)
		}
	}
	for name, into := range s.arrays() {
		t := f.Tensors[name]
		if t == nil || len(t.Data) != total(into) {
			return nil, fmt.Errorf("train: %s: its tensor %q does not fit the network; name another folder", path, name)
		}
		data := t.Data
		for _, a := range into {
			data = data[copy(a, data):]
		}
	}
	return s, nil
}

// difference says in what a checkpoint is of another run, or is empty.
func (r *Run) difference(h header) string {
	own := r.header(&state{})
	switch {
	case own.Architecture != h.Architecture || own.Scaling != h.Scaling || own.Classes != h.Classes:
		return fmt.Sprintf("%s %s of %d classes, now %s %s of %d", h.Architecture, h.Scaling, h.Classes, own.Architecture, own.Scaling, own.Classes)
	case own.Data != h.Data:
		return fmt.Sprintf("on %s, now on %s", h.Data, own.Data)
	}
	return h.Recipe.difference(r.Recipe)
}

// arrays are the state's values, by the names that they have in a checkpoint.
func (s *state) arrays() map[string][][]float32 {
	return map[string][][]float32{
		"weights": s.weights.Arrays(), "average": s.average.weights.Arrays(),
		"velocity": s.optimiser.velocity, "squares": s.optimiser.squares,
	}
}

// shapes are the lengths of the parameters, in the order in which a graph lists
// them.
func shapes(w network.Weights) (lengths []int) {
	for _, l := range w {
		lengths = append(lengths, len(l.Weight))
		if l.Bias != nil {
			lengths = append(lengths, len(l.Bias))
		}
		if l.Norm != nil {
			lengths = append(lengths, len(l.Norm.Gamma), len(l.Norm.Beta))
		}
	}
	return lengths
}

func total(arrays [][]float32) (n int) {
	for _, a := range arrays {
		n += len(a)
	}
	return n
}

// save writes the checkpoint and the log, and others with them, where all values
// are finite.
func (r *Run) save(s *state, others ...file.File) error {
	var tensors []weights.Tensor
	for name, arrays := range s.arrays() {
		t := weights.Tensor{Name: name, Shape: []int{total(arrays)}, Data: make([]float32, 0, total(arrays))}
		for _, a := range arrays {
			t.Data = append(t.Data, a...)
		}
		for _, v := range t.Data {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				return fmt.Errorf("train: %s: a value of the %s is %v after step %d of epoch %d; start again in another folder with a lower rate than %v%s", r.Name, name, v, s.step, len(s.epochs)+1, r.Recipe.Rate, r.kept())
			}
		}
		tensors = append(tensors, t)
	}
	data, err := weights.Encode(tensors, map[string]string{"run": string(encodeJSON(r.header(s)))})
	if err != nil {
		return err
	}
	var log bytes.Buffer
	for _, e := range s.epochs {
		log.Write(encodeJSON(e))
		log.WriteByte('\n')
	}
	err = file.Write(append(others, file.File{Path: r.path(".log.jsonl"), Data: log.Bytes()}, file.File{Path: r.path(".checkpoint"), Data: data})...)
	if err != nil {
		return fmt.Errorf("%w%s; the same command goes on once that is put right", err, r.kept())
	}
	return nil
}

// encodeJSON is JSON of a plain struct of finite numbers and text, which always
// has one.
func encodeJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// commit is the source's that the program was built of, "" where not known.
func commit() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value
			}
		}
	}
	return ""
}
