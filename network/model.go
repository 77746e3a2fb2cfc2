package network

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"iter"
	"math"
	"slices"
	"sync"
	"time"

	"scalecam/cam"
	"scalecam/exact"
	"scalecam/fault"
)

// Model is a Network with weights, class names and preprocessing. Its Run may
// be called from several goroutines; they take turns.
type Model struct {
	Name string // as shown: "compound", or a file's name
	// Called: Name is what the user calls it. Own is what it is called else, where it
	// has another Name, to be told apart.
	Called bool
	Own    string
	Spec   string // what names the model in a command
	// Stated are the settings that the user gave beside the spec, by key: what
	// it takes besides Spec to open the same model again.
	Stated        map[string]string
	Network       *Network
	Classes       []string // names in the order of the logits
	Preprocessing Preprocessing
	// Trained is false for random weights, whose maps mean nothing.
	Trained bool
	// Domain is what its classes are of; Unknown where nothing says.
	Domain Domain
	// TrainedAt is the input size that the weights were trained at, zero where
	// that is not known.
	TrainedAt Size
	// Temperature is what logits are divided by before the softmax or sigmoid, so that
	// probabilities are how often the model is right (Guo et al. 2017, arXiv
	// 1706.04599); 0 where it was not fitted at this input size.
	Temperature float64
	// Unsure says of what pictures the model is unsure; nil where that was not fitted
	// at this input size.
	Unsure *Unsure
	// Independent tells that the classes do not exclude each other, as of a network
	// with one output or of several labels: probabilities are sigmoids of the logits.
	Independent bool
	// Settings are what names and shapes do not tell, with the origin of each, and
	// Weights which tensors were read; of untrained weights there are none.
	Settings []Setting
	Weights  WeightsRead
	// About is what the weights' file says about itself, by key: text from
	// outside, nil where there is none.
	About map[string]string
	// SHA256 is the weights' file's, hexadecimal; "" where there is none.
	SHA256 string
	// Backbone is the network whose features a taught head reads; nil where the
	// classifier is the weights' own.
	Backbone *Backbone
	// Library is the one under whose names the weights' file has them, as naming's
	// schemes call it; "" where there is none.
	Library string
	// Plain: the file is the state dict of that library's network, as it is.
	Plain bool
	// Eps is batch norm's, which is in the weights already.
	Eps float64

	// Names are the layers that FindLayer knows by a library's names, each with
	// its node; whoever opened the model from a library's weights fills them in.
	Names map[string]int

	weights packedWeights
	typical []float64 // means of the last features, [K] (see familiarity); nil where they are not known
	// origin is the model that At was asked for this one, if any: it lives as
	// long as anybody who shares its weights.
	origin *Model

	mu       sync.Mutex
	programs []compiled // the last used first
	tail     *tail      // of the layer last asked for a gradient
}

// Backbone names the weights that a taught head was put on.
type Backbone struct {
	Spec   string // that opens them, without an input size
	SHA256 string // of their file, hexadecimal; "" of random weights
	// TrainedAt is the input size that they were trained at, zero where that is not
	// known; the head was taught at the model's own.
	TrainedAt Size
}

// Domain is what pictures a model is for.
type Domain string

// The domains.
const (
	Unknown  Domain = ""
	Scenes   Domain = "scenes"   // drawn ones, scalecam/dataset/scenes
	ImageNet Domain = "imagenet" // photographs of its 1,000 classes
	Everyday Domain = "everyday" // photographs of the 149 classes of the pack of that name
)

// compiled is a program and what it was compiled for.
type compiled struct {
	n, from int
	taps    []int
	*program
}

// keptPrograms bounds the programs of a model, each of which has its own rooms:
// the default one, one with a tap, and one for a batch.
const keptPrograms = 3

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
		return nil, fault.Errorf("network: %d class names for a classifier of %d classes; give one name for each", len(classes), n.Classes)
	}
	m := &Model{Network: n, Classes: classes, Preprocessing: n.Architecture.Preprocessing, Eps: eps}
	m.weights = pack(n, w, eps, func(node int, l LayerWeights) {
		if node == n.Last {
			m.typical = l.typical(n.Nodes[node].Activation)
		}
	})
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
	temperature, unsure := m.Temperature, m.Unsure
	if size != m.Network.Scaling.Resolution {
		temperature, unsure = 0, nil
	}
	return &Model{
		origin: origin, Name: m.Name, Called: m.Called, Own: m.Own, Spec: m.Spec, Stated: m.Stated, Network: n, Classes: m.Classes, Preprocessing: m.Preprocessing,
		Trained: m.Trained, Domain: m.Domain, TrainedAt: m.TrainedAt, Temperature: temperature, Unsure: unsure, Independent: m.Independent, Settings: m.Settings, Weights: m.Weights, About: m.About, SHA256: m.SHA256, Backbone: m.Backbone, Library: m.Library, Plain: m.Plain, Eps: m.Eps, Names: m.Names,
		weights: m.weights, typical: m.typical,
	}, nil
}

// Named is the same model under another name. The two share their weights.
func (m *Model) Named(name string, called bool) *Model {
	same, err := m.At(m.Network.Scaling.Resolution)
	if err != nil { // it runs at that size
		panic(err)
	}
	same.Name, same.Called, same.Own = name, called, m.OwnName()
	return same
}

// OwnName is what the model is called by what it was opened as.
func (m *Model) OwnName() string { return cmp.Or(m.Own, m.Name) }

// SameWeights tells that two models share their weights, at whatever sizes.
func (m *Model) SameWeights(other *Model) bool {
	return len(m.weights) > 0 && len(other.weights) > 0 && &m.weights[0] == &other.weights[0]
}

// ErrNotFinite says that a logit is infinite or no number.
var ErrNotFinite = errors.New("the network's output is not finite; its weights are damaged, or not meant for this architecture or preprocessing")

// Run shows the picture to the network, as Forward does an input.
func (m *Model) Run(ctx context.Context, img *image.RGBA, layers ...cam.Layer) (*Activations, error) {
	return m.Forward(ctx, m.Preprocessing.Apply(img, m.Network.Scaling.Resolution), layers...)
}

// Forward runs the network on an input of its size, and keeps what the layers
// put out beside the last one. It returns ctx's error where ctx ends meanwhile
// (after the network has run: it is not stopped on its way), and an ErrNotFinite
// where the logits are not finite.
func (m *Model) Forward(ctx context.Context, input *Input, layers ...cam.Layer) (*Activations, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	taps := m.taps(layers)
	p, elapsed, err := m.forward(ctx, input, taps)
	if err != nil {
		return nil, err
	}
	a := &Activations{Independent: m.Independent, Temperature: m.Temperature, Unsure: m.Unsure, model: m, input: input, taps: map[int]cam.Features{}, Seen: input.Seen, Elapsed: elapsed}
	a.Logits = slices.Clone(p.outputs[len(m.Network.Nodes)-1].data())
	for _, v := range a.Logits {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, fault.Errorf("network: %s: %w", m.Name, ErrNotFinite)
		}
	}
	for _, node := range append(taps, m.Network.Last) {
		a.taps[node] = m.features(p, node)
	}
	a.Features = a.taps[m.Network.Last]
	a.Familiarity = familiarity(a.Logits, a.Features, m.typical)
	if m.Network.Architecture.Ending.Linear() {
		linear := m.weights[len(m.weights)-1].matrix
		a.Weight, a.Bias = classifier{linear}, linear.Bias()
	}
	return a, nil
}

// forward runs the network on an input of its size. What the program gives stands until
// the model, which the caller has locked, runs again.
func (m *Model) forward(ctx context.Context, input *Input, taps []int) (p *program, elapsed time.Duration, err error) {
	size := m.Network.Scaling.Resolution
	if want := 3 * size.H * size.W; input.Size != size || len(input.Pixels) != want {
		return nil, 0, fault.Errorf("network: %s: an input of %v and %d values, expected %v and %d", m.Name, input.Size, len(input.Pixels), size, want)
	}
	if err := ctx.Err(); err != nil {
		return nil, 0, err
	}
	if p, err = m.compile(1, FromPicture, taps); err != nil {
		return nil, 0, err
	}
	copy(p.inputs[FromPicture], input.Pixels)
	start := time.Now()
	if err := p.run(); err != nil {
		return nil, 0, fault.Errorf("%s: %w", m.Name, err)
	}
	return p, time.Since(start), ctx.Err()
}

// features copies what a node put out.
func (m *Model) features(p *program, node int) cam.Features {
	at := &m.Network.Nodes[node]
	return cam.Features{H: at.Size.H, W: at.Size.W, K: at.Out, Values: slices.Clone(p.outputs[node].data())}
}

// taps are the layers' nodes but the last one, in order.
func (m *Model) taps(layers []cam.Layer) []int {
	var taps []int
	for _, l := range layers {
		if node := m.node(l); node != m.Network.Last && !slices.Contains(taps, node) {
			taps = append(taps, node)
		}
	}
	slices.Sort(taps)
	return taps
}

// Compile makes the model ready to run. The first run does it otherwise.
func (m *Model) Compile() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, err := m.compile(1, FromPicture, nil)
	return err
}

// LetGo lets go of what maps of earlier layers took, which may be several times what
// the model takes: programs but that of a run, and the way back from a layer. They are
// made again when they are needed.
func (m *Model) LetGo() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tail = nil
	m.programs = slices.DeleteFunc(m.programs, func(c compiled) bool { return c.n != 1 || c.from != FromPicture || len(c.taps) > 0 })
}

// compile gives the program for batches of n, from a node on, and the taps.
func (m *Model) compile(n, from int, taps []int) (*program, error) {
	at := slices.IndexFunc(m.programs, func(c compiled) bool { return c.n == n && c.from == from && slices.Equal(c.taps, taps) })
	if at < 0 {
		p, err := compile(m.Network, m.weights, n, from, taps)
		if err != nil {
			return nil, fault.Errorf("%s: %w", m.Name, err)
		}
		m.programs = append(m.programs[:min(len(m.programs), keptPrograms-1)], compiled{n, from, taps, p})
		at = len(m.programs) - 1
	}
	c := m.programs[at]
	copy(m.programs[1:], m.programs[:at])
	m.programs[0] = c
	return c.program, nil
}

// Prediction is a class with its probability.
type Prediction struct {
	Class       int     // index
	Probability float64 // 0 to 1, calibrated where the model's temperature is known
	Raw         float64 // softmax of the logits, or sigmoid (RawProbabilities)
}

// Probabilities are those of the classes: the softmax of the logits over the
// model's temperature, where that is known, or the sigmoid of each where the classes
// do not exclude each other.
func (a *Activations) Probabilities() []float64 { return a.probabilities(a.Temperature) }

// RawProbabilities are the softmax of the logits, or the sigmoid of each.
func (a *Activations) RawProbabilities() []float64 { return a.probabilities(1) }

func (a *Activations) probabilities(temperature float64) []float64 {
	if a.Independent {
		return Sigmoids(a.Logits, temperature)
	}
	return Softmax(a.Logits, temperature)
}

// Sigmoids are those of logits over a temperature, of which 0 stands for 1.
func Sigmoids(logits []float32, temperature float64) []float64 {
	if temperature == 0 {
		temperature = 1
	}
	p := make([]float64, len(logits))
	for i, v := range logits {
		p[i] = 1 / (1 + exact.Exp(-float64(v)/temperature))
	}
	return p
}

// Softmax is that of logits over a temperature, of which 0 stands for 1.
func Softmax(logits []float32, temperature float64) []float64 {
	if temperature == 0 {
		temperature = 1
	}
	largest := float64(slices.Max(logits))
	p := make([]float64, len(logits))
	var sum float64
	for i, v := range logits {
		p[i] = exact.Exp((float64(v) - largest) / temperature)
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
	p, raw := a.Probabilities(), a.RawProbabilities()
	n = min(max(n, 0), len(p))
	all := make([]Prediction, 0, n+1)
	for i, v := range p {
		at := len(all) // behind all that are as probable; of few classes that is sooner found than by sorting all
		for at > 0 && all[at-1].Probability < v {
			at--
		}
		if at < n {
			all = slices.Insert(all, at, Prediction{i, v, raw[i]})[:min(len(all)+1, n)]
		}
	}
	return all
}
