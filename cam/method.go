package cam

import (
	"context"
	"errors"
	"slices"
	"strings"

	"scalecam/fault"
)

// Target is the score that a map explains: a weighted sum of logits. The logit,
// not the probability, whose gradient vanishes where the network is certain.
type Target []Share

// Share is a class in a Target, and the factor of its logit.
type Share struct {
	Class  int
	Factor float64
}

// Class is the target of one class's logit.
func Class(class int) Target { return Target{{class, 1}} }

// Margin is the target of what tells one class from another: the difference of
// their logits.
func Margin(class, from int) Target { return Target{{class, 1}, {from, -1}} }

// Score is the target's score of the logits, which must have its classes.
func (t Target) Score(logits []float32) float64 {
	var sum float64
	for _, term := range t {
		sum += term.Factor * float64(logits[term.Class])
	}
	return sum
}

func (t Target) check(classes int) error {
	if len(t) == 0 {
		return errors.New("cam: no class to explain; name one")
	}
	for _, term := range t {
		if term.Class < 0 || term.Class >= classes {
			return fault.Errorf("cam: class %d; the network has the classes 0 to %d", term.Class, classes-1)
		}
	}
	return nil
}

// weights is the target's weight of each of the last layer's channels.
func (t Target) weights(p *Pooled) []float64 {
	sum := make([]float64, p.Features.K)
	for _, term := range t {
		for k, v := range p.Weight.Row(term.Class) {
			sum[k] += term.Factor * float64(v)
		}
	}
	return sum
}

// Layer is a place in a network where features can be had.
type Layer struct {
	Name string // as it was asked for: "last", "stage5", a library's own name
	Node int    // what the network knows it by
	Last bool   // it is the one that the ending pools
}

// LastLayer is the layer that the ending pools, in any network.
var LastLayer = Layer{Name: "last", Node: -1, Last: true}

// Evidence is what a network gives of one picture. What has not been computed
// yet is when it is asked for.
type Evidence interface {
	// Last is how the network ends.
	Last() *Pooled
	// At gives a layer's features.
	At(ctx context.Context, layer Layer) (*Features, error)
	// Gradient gives the gradient of the target's score with respect to a
	// layer's features.
	Gradient(ctx context.Context, layer Layer, t Target) (*Features, error)
	// Scores gives the target's score for each of other inputs, laid out as
	// the network's own: [H, W, 3], normalised.
	Scores(ctx context.Context, inputs [][]float32, t Target) ([]float64, error)
}

// Needs is what a method takes of the Evidence beside the ending.
type Needs int

// What there is to need.
const (
	NeedsEnding   Needs = iota // pooling and one linear layer: there is no other layer
	NeedsGradient              // features and the gradient at the layer
)

// Adding is how a map's values make up the target's score.
type Adding string

// The ways.
const (
	MeanAndBias Adding = "mean plus bias" // mean + bias = score
	Sum         Adding = "sum"            // sum + bias = score at the last layer, to first order at others
)

// Method is a way to make a map of a layer: a row of Methods.
type Method struct {
	Key    string // as in commands and files: "grad-cam"
	Title  string // as in print
	Source string
	Units  string // of the map's values
	Signed bool   // values below 0 speak against the target
	Adds   Adding
	Needs  Needs
	// AtLast says which map this one is at the last layer before pooling and
	// one linear layer; "" where it is one of its own.
	AtLast string
	make   func(ctx context.Context, e Evidence, layer Layer, t Target) (*Map, error)
}

// The methods.
var (
	// MethodCAM is CAM (see there) of a target: the same sum of the weights'
	// sum. It costs nothing beside the run of the network, and agrees with every
	// implementation of arXiv 1512.04150.
	MethodCAM = &Method{
		Key: "cam", Title: "CAM", Source: "Zhou et al. 2016, arXiv 1512.04150",
		Units: "logit", Signed: true, Adds: MeanAndBias, Needs: NeedsEnding,
	}

	// MethodHiResCAM is Σ_k g_k ⊙ A_k, with A a layer's features and g the
	// gradient of the target with respect to them: what each cell adds to the
	// target, to first order. It costs a pass forward and back from the layer to
	// the logits, and agrees with pytorch-grad-cam's HiResCAM before its ReLU and
	// scaling.
	MethodHiResCAM = &Method{
		Key: "hires-cam", Title: "HiResCAM", Source: "Draelos and Carin 2020, arXiv 2011.08891",
		Units: "logit", Signed: true, Adds: Sum, Needs: NeedsGradient, AtLast: "CAM divided by the number of cells",
	}

	// MethodGradCAM is Σ_k mean(g_k) · A_k, where HiResCAM takes the gradient
	// cell by cell. The paper's ReLU is left to the view, which shows values below
	// 0 as none. Cost and agreement are HiResCAM's (pytorch-grad-cam's GradCAM).
	MethodGradCAM = &Method{
		Key: "grad-cam", Title: "Grad-CAM", Source: "Selvaraju et al. 2017, arXiv 1610.02391",
		Units: "logit", Signed: true, Adds: Sum, Needs: NeedsGradient, AtLast: "CAM divided by the number of cells",
	}
)

func init() { // the functions refer to their rows
	MethodCAM.make, MethodHiResCAM.make, MethodGradCAM.make = makeCAM, makeHiResCAM, makeGradCAM
}

// Methods lists the methods, in the order in which they are offered.
var Methods = []*Method{MethodCAM, MethodHiResCAM, MethodGradCAM}

// LookupMethod finds a method by its key, or by its title in any case. The error
// lists the keys.
func LookupMethod(name string) (*Method, error) {
	var keys []string
	for _, m := range Methods {
		if m.Key == name || strings.EqualFold(m.Title, name) {
			return m, nil
		}
		keys = append(keys, m.Key)
	}
	return nil, fault.Errorf("cam: no method is named %q; there are %s", name, strings.Join(keys, ", "))
}

// Map makes the method's map of a layer for a target. A class that the network
// does not have, a layer that the method cannot explain and an ending that it
// cannot have are errors.
func (m *Method) Map(ctx context.Context, e Evidence, layer Layer, t Target) (*Map, error) {
	last := e.Last()
	if err := t.check(len(last.Logits)); err != nil {
		return nil, err
	}
	if err := m.Check(layer); err != nil {
		return nil, err
	}
	if m.Needs == NeedsEnding && last.Weight == nil {
		return nil, fault.Errorf("cam: the network does not end in pooling and one linear layer, which %s is made of; name another method, such as %s", m.Title, strings.Join(keysThatNeed(NeedsGradient), " or "))
	}
	made, err := m.make(ctx, e, layer, t)
	if err != nil {
		return nil, err
	}
	made.Method, made.Layer, made.Target = m, layer, t
	return made.finite()
}

// Check refuses a layer that the method cannot explain.
func (m *Method) Check(layer Layer) error {
	if m.Needs == NeedsEnding && !layer.Last {
		return fault.Errorf("cam: %s is made of the last layer and the classifier upon it, not of %q; name another method for that layer, such as %s", m.Title, layer.Name, strings.Join(keysThatNeed(NeedsGradient), " or "))
	}
	return nil
}

// Same says, in words, which map this method's is at the last layer before
// pooling and one linear layer: "" where it is one of its own, and at other layers.
func (m *Method) Same(last bool) string {
	if !last {
		return ""
	}
	return m.AtLast
}

func keysThatNeed(needs Needs) []string {
	var keys []string
	for _, m := range slices.Backward(Methods) {
		if m.Needs == needs {
			keys = append(keys, m.Key)
		}
	}
	return keys
}

func makeCAM(_ context.Context, e Evidence, _ Layer, t Target) (*Map, error) {
	p := e.Last()
	return weighted(&p.Features, t.weights(p)), nil
}

// closed is HiResCAM and Grad-CAM at the last layer before a linear ending,
// where the gradient is w_k / N in each of the N cells.
func closed(p *Pooled, t Target) *Map {
	weights := t.weights(p)
	for k := range weights {
		weights[k] /= float64(p.Features.H * p.Features.W)
	}
	return weighted(&p.Features, weights)
}

func makeHiResCAM(ctx context.Context, e Evidence, layer Layer, t Target) (*Map, error) {
	if p := e.Last(); layer.Last && p.Weight != nil {
		return closed(p, t), nil
	}
	a, g, err := both(ctx, e, layer, t)
	if err != nil {
		return nil, err
	}
	weights := make([]float64, a.K)
	return summed(a, func(cell int) []float64 {
		for k, v := range g.Cell(cell) {
			weights[k] = float64(v)
		}
		return weights
	}), nil
}

func makeGradCAM(ctx context.Context, e Evidence, layer Layer, t Target) (*Map, error) {
	if p := e.Last(); layer.Last && p.Weight != nil {
		return closed(p, t), nil
	}
	a, g, err := both(ctx, e, layer, t)
	if err != nil {
		return nil, err
	}
	weights := make([]float64, a.K)
	for i := range a.H * a.W {
		for k, v := range g.Cell(i) {
			weights[k] += float64(v)
		}
	}
	for k := range weights {
		weights[k] /= float64(a.H * a.W)
	}
	return weighted(a, weights), nil
}

// both gives a layer's features and their gradient.
func both(ctx context.Context, e Evidence, layer Layer, t Target) (a, g *Features, err error) {
	if a, err = e.At(ctx, layer); err != nil {
		return nil, nil, err
	}
	g, err = e.Gradient(ctx, layer, t)
	return a, g, err
}
