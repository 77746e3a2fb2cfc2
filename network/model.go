package network

import (
	"context"
	"errors"
	"fmt"
	"image"
	"iter"
	"math"
	"slices"
	"sync"
	"time"
)

// Model is a Network with weights, class names and preprocessing. Its Run may
// be called from several goroutines; they take turns.
type Model struct {
	Name string // as shown: "compound", or a file's name
	Spec string // what names the model in a command
	// Stated are the settings that the user gave beside the spec, by key: what
	// it takes besides Spec to open the same model again.
	Stated        map[string]string
	Network       *Network
	Classes       []string // names in the order of the logits
	Preprocessing Preprocessing
	// Trained is false for random weights, whose maps mean nothing.
	Trained bool
	// TrainedAt is the input size that the weights were trained at, zero where
	// that is not known.
	TrainedAt Size
	// About is what the weights' file says about itself, by key: text from
	// outside, nil where there is none.
	About map[string]string

	weights packedWeights
	// origin is the model that At was asked for this one, if any: it lives as
	// long as anybody who shares its weights.
	origin *Model

	mu      sync.Mutex
	program *program
}

// NewModel checks the weights against the network's shapes. eps is batch
// norm's. The weights are copied. Where classes is empty the classes are named
// "class 0" and on; otherwise there must be one name for each.
func NewModel(n *Network, w Weights, eps float64, classes []string) (*Model, error) {
	if err := w.check(n); err != nil {
		return nil, err
	}
	return newModel(n, slices.Values(w), eps, classes)
}

// NewRandomModel is NewModel with Random's weights, of which it never holds
// more than a layer beside those that the model keeps.
func NewRandomModel(n *Network, seed uint64, eps float64, classes []string) (*Model, error) {
	return newModel(n, randomLayers(n, seed), eps, classes)
}

func newModel(n *Network, w iter.Seq[LayerWeights], eps float64, classes []string) (*Model, error) {
	if err := n.Runnable(); err != nil {
		return nil, err
	}
	if len(classes) == 0 {
		for i := range n.Classes {
			classes = append(classes, fmt.Sprintf("class %d", i))
		}
	}
	if len(classes) != n.Classes {
		return nil, fmt.Errorf("network: %d class names for a classifier of %d classes; give one name for each", len(classes), n.Classes)
	}
	m := &Model{Network: n, Classes: classes, Preprocessing: n.Architecture.Preprocessing}
	m.weights = pack(n, w, eps)
	return m, nil
}

// At is the same model at another input size. The two share their weights.
func (m *Model) At(size Size) (*Model, error) {
	n, err := m.Network.At(size)
	if err != nil {
		return nil, err
	}
	if err := n.Runnable(); err != nil {
		return nil, err
	}
	origin := m.origin
	if origin == nil {
		origin = m
	}
	return &Model{
		origin: origin, Name: m.Name, Spec: m.Spec, Stated: m.Stated, Network: n, Classes: m.Classes, Preprocessing: m.Preprocessing,
		Trained: m.Trained, TrainedAt: m.TrainedAt, About: m.About, weights: m.weights,
	}, nil
}

// Activations are what a model computes of one picture, and the classifier
// that a class activation map needs beside it.
type Activations struct {
	Features []float32 // final convolution, after its activation: [K, Grid.H, Grid.W]
	K        int
	Grid     Size
	Logits   []float32 // [classes]
	Weight   Matrix    // the classifier's: [classes, K]
	Bias     []float32 // [classes]; the model's own, not to be written to
	Seen     Region    // the part of the picture that the network was shown
	// Elapsed is what the network alone took, from the input to the logits:
	// neither opening and preparing the picture nor the map are in it.
	Elapsed time.Duration
}

// Matrix is a matrix whose rows can be had.
type Matrix interface {
	// Row gives row i, which is not to be written to.
	Row(i int) []float32
}

// Rows is a Matrix that lies row by row.
type Rows [][]float32

// Row gives row i.
func (r Rows) Row(i int) []float32 { return r[i] }

// ErrNotFinite says that a logit is infinite or no number.
var ErrNotFinite = errors.New("the network's output is not finite; its weights are damaged, or not meant for this architecture or preprocessing")

// Run shows the picture to the network, as Forward does an input.
func (m *Model) Run(ctx context.Context, img *image.RGBA) (*Activations, error) {
	return m.Forward(ctx, m.Preprocessing.Apply(img, m.Network.Scaling.Resolution))
}

// Forward runs the network on an input of its size. It returns ctx's error where
// ctx ends meanwhile (after the network has run: it is not stopped on its way),
// and an ErrNotFinite where the logits are not finite.
func (m *Model) Forward(ctx context.Context, input *Input) (*Activations, error) {
	size := m.Network.Scaling.Resolution
	if want := 3 * size.H * size.W; input.Size != size || len(input.Pixels) != want {
		return nil, fmt.Errorf("network: %s: an input of %v and %d values, expected %v and %d", m.Name, input.Size, len(input.Pixels), size, want)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := m.compile(); err != nil {
		return nil, err
	}
	start := time.Now()
	features, logits, err := m.program.run(input.Pixels)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.Name, err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, v := range logits {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, fmt.Errorf("network: %s: %w", m.Name, ErrNotFinite)
		}
	}
	return &Activations{
		Features: features, K: m.Network.Head(), Grid: m.Network.Grid(), Logits: logits,
		Weight: classifier{m.weights[len(m.weights)-1].matrix}, Bias: m.weights[len(m.weights)-1].matrix.Bias(),
		Seen: input.Seen, Elapsed: time.Since(start),
	}, nil
}

// Compile makes the model ready to run. The first run does it otherwise.
func (m *Model) Compile() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.compile()
}

func (m *Model) compile() error {
	if m.program != nil {
		return nil
	}
	p, err := compile(m.Network, m.weights)
	if err != nil {
		return fmt.Errorf("%s: %w", m.Name, err)
	}
	m.program = p
	return nil
}

// Prediction is a class with its probability.
type Prediction struct {
	Class       int     // index
	Probability float64 // softmax, 0 to 1
}

// Probabilities is the softmax of the logits.
func (a *Activations) Probabilities() []float64 {
	largest := float64(slices.Max(a.Logits))
	p := make([]float64, len(a.Logits))
	var sum float64
	for i, v := range a.Logits {
		p[i] = math.Exp(float64(v) - largest)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

// Top gives the n most probable classes, or all where there are fewer; equal
// ones come in the order of their index.
func (a *Activations) Top(n int) []Prediction {
	p := a.Probabilities()
	all := make([]Prediction, len(p))
	for i, v := range p {
		all[i] = Prediction{i, v}
	}
	slices.SortStableFunc(all, func(x, y Prediction) int {
		switch {
		case x.Probability > y.Probability:
			return -1
		case x.Probability < y.Probability:
			return 1
		}
		return 0
	})
	return all[:min(max(n, 0), len(all))]
}
