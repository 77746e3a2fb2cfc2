package cam

import (
	"context"
	"errors"
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

// Margin is the target of what tells a class from others: its logit less the mean
// of theirs.
func Margin(class int, others ...int) Target {
	t := Class(class)
	for _, other := range others {
		t = append(t, Share{other, -1 / float64(len(others))})
	}
	return t
}

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

// InputLayer is what the network is shown: the picture made ready, [H, W, 3].
var InputLayer = Layer{Name: "input", Node: -1}

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
	// Scores gives the target's score for each of n changes of what a layer
	// puts out: change is given its features, [H, W, K], to change. It may be
	// called for several at once.
	Scores(ctx context.Context, layer Layer, n int, change func(i int, values []float32), t Target) ([]float64, error)
}

// Needs is what a method takes of the Evidence beside the ending.
type Needs int

// What there is to need.
const (
	NeedsEnding   Needs = iota // pooling and one linear layer: there is no other layer
	NeedsFeatures              // of the layer
	NeedsGradient              // features and the gradient at the layer
	NeedsScores                // of changed features at the layer
	NeedsInputs                // scores of changed inputs, at the layer's features
	NeedsPicture               // scores of changed inputs: there is no layer
)

// Adding is how a map's values make up the target's score.
type Adding string

// The ways.
const (
	MeanAndBias Adding = "mean plus bias" // mean + bias = score
	Sum         Adding = "sum"            // sum + bias = score at the last layer, to first order at others
	NotAdding   Adding = "no"             // they do not
)

// Each is what a method runs a network for, from the layer on.
type Each string

// What there is.
const (
	EachMap     Each = "map" // once; of Eigen-CAM, which takes about as long without
	EachChannel Each = "channel"
	EachCell    Each = "cell"
	EachSquare  Each = "square" // of the picture
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
	// For says what it runs the network for; Closed that it does not at the last
	// layer before pooling and one linear layer, where the map is a sum of the
	// features that are there. CAM never does.
	For    Each
	Closed bool
	// AtLast says which map this one is at the last layer before pooling and
	// one linear layer; "" where it is one of its own.
	AtLast string
	make   func(ctx context.Context, e Evidence, layer Layer, t Target) (*Map, error)
}

// Units of maps.
const (
	logit   = "logit"
	NoUnits = "none" // only ratios within a map mean something
)

// sameAsCAM is what several methods are at the last layer before a linear ending.
const sameAsCAM = "CAM divided by the number of cells"

// The methods. A is a layer's features, g the gradient of the target's score
// with respect to them, N the number of cells, Σ_k sums over channels. The ReLU
// that papers put around a sum is left to the view, which shows values below 0 as
// none where a method is not signed; nothing is normalised.
var (
	// MethodCAM is CAM (see there) of a target: the same sum of the weights'
	// sum. It costs nothing beside the run of the network, and agrees with every
	// implementation of arXiv 1512.04150.
	MethodCAM = &Method{
		Key: "cam", Title: "CAM", Source: "Zhou et al. 2016, arXiv 1512.04150",
		Units: logit, Signed: true, Adds: MeanAndBias, Needs: NeedsEnding,
	}

	// MethodHiResCAM is Σ_k g_k ⊙ A_k: what each cell adds to the target, to first
	// order. It costs a pass forward and back from the layer to the logits, and
	// agrees with pytorch-grad-cam's HiResCAM before its ReLU and scaling.
	MethodHiResCAM = &Method{
		Key: "hires-cam", Title: "HiResCAM", Source: "Draelos and Carin 2020, arXiv 2011.08891",
		Units: logit, Signed: true, Adds: Sum, Needs: NeedsGradient, AtLast: sameAsCAM,
		For: EachMap, Closed: true,
	}

	// MethodGradCAM is Σ_k mean(g_k) · A_k, where HiResCAM takes the gradient
	// cell by cell. Cost and agreement are HiResCAM's (pytorch-grad-cam's GradCAM).
	MethodGradCAM = &Method{
		Key: "grad-cam", Title: "Grad-CAM", Source: "Selvaraju et al. 2017, arXiv 1610.02391",
		Units: logit, Signed: true, Adds: Sum, Needs: NeedsGradient, AtLast: sameAsCAM,
		For: EachMap, Closed: true,
	}

	// MethodLayerCAM is Σ_k ReLU(g_k) ⊙ A_k: HiResCAM of those cells alone where
	// more of a feature raises the score. Cost and agreement are HiResCAM's
	// (pytorch-grad-cam's LayerCAM).
	MethodLayerCAM = &Method{
		Key: "layer-cam", Title: "LayerCAM", Source: "Jiang et al. 2021, doi 10.1109/TIP.2021.3089943",
		Units: logit, Adds: NotAdding, Needs: NeedsGradient,
		For: EachMap, Closed: true,
	}

	// MethodGradCAMPlusPlus is Σ_k w_k · A_k with w_k = Σ α_k ReLU(g_k) over the
	// cells and α_k = g_k² / (2 g_k² + ΣA_k · g_k³), equation 19 of the paper for a
	// score that is the exponential of the target's (its factor left out), and
	// α = 0 where g = 0. At the last layer before a linear ending it is almost
	// LayerCAM: w_k = ReLU(w) / (2 + w · mean(A_k)). Cost as HiResCAM's. It
	// agrees with pytorch-grad-cam's GradCAMPlusPlus but for what that adds to the
	// denominator (1e-6, which is not small beside it), and not with torch-cam's,
	// which divides a copy.
	MethodGradCAMPlusPlus = &Method{
		Key: "grad-cam++", Title: "Grad-CAM++", Source: "Chattopadhay et al. 2018, arXiv 1710.11063",
		Units: NoUnits, Adds: NotAdding, Needs: NeedsGradient,
		For: EachMap, Closed: true,
	}

	// MethodXGradCAM is Σ_k w_k · A_k with w_k = Σ A_k ⊙ g_k / ΣA_k, sums over
	// the cells: gradients weighted by the features themselves; w_k = 0 where ΣA_k =
	// 0. Cost and agreement are HiResCAM's (pytorch-grad-cam's XGradCAM).
	MethodXGradCAM = &Method{
		Key: "xgrad-cam", Title: "XGrad-CAM", Source: "Fu et al. 2020, arXiv 2008.02312",
		Units: logit, Signed: true, Adds: Sum, Needs: NeedsGradient, AtLast: sameAsCAM,
		For: EachMap, Closed: true,
	}

	// MethodEigenCAM is the features' first principal component: each cell's
	// channels, less their means over the cells, projected upon the direction in
	// which they vary most. It knows no class. A component has no sign of its own;
	// this one is that which agrees with the cells' mean activation. It costs a
	// matrix of the cells or the channels squared, whichever are fewer, and
	// agrees with pytorch-grad-cam's EigenCAM up to the sign.
	MethodEigenCAM = &Method{
		Key: "eigen-cam", Title: "Eigen-CAM", Source: "Muhammad and Yeasin 2020, arXiv 2008.00299",
		Units: NoUnits, Adds: NotAdding, Needs: NeedsFeatures,
		For: EachMap,
	}

	// MethodEigenGradCAM is Eigen-CAM of g ⊙ A, which knows the class; the sign
	// is that which agrees with HiResCAM. Cost as HiResCAM's and Eigen-CAM's; it
	// agrees with pytorch-grad-cam's EigenGradCAM up to the sign.
	MethodEigenGradCAM = &Method{
		Key: "eigengrad-cam", Title: "EigenGrad-CAM", Source: "Gildenblat 2021, github.com/jacobgil/pytorch-grad-cam",
		Units: NoUnits, Adds: NotAdding, Needs: NeedsGradient,
		For: EachMap,
	}

	// MethodScoreCAM is Σ_k w_k · A_k with w the softmax over the channels of the
	// score of the input times the channel, scaled to run from 0 to 1 and spread
	// bilinearly, corners upon corners. A channel that is the same everywhere
	// hides all. It costs a run of the network for each channel, and its softmax
	// grows sharper with their number, so it does not compare across widths. It
	// agrees with pytorch-grad-cam's ScoreCAM; the authors' own code takes no
	// softmax.
	MethodScoreCAM = &Method{
		Key: "score-cam", Title: "Score-CAM", Source: "Wang et al. 2020, arXiv 1910.01279",
		Units: NoUnits, Adds: NotAdding, Needs: NeedsInputs,
		For: EachChannel,
	}

	// MethodAblationCAM is Σ_k w_k · A_k with w_k = (y − y_k) / |y|, y the score and
	// y_k that with the channel set to 0; the paper divides by y, which turns the
	// map's sign where y is below 0. At the last layer before a linear ending
	// y − y_k = w · mean(A_k). It costs a run from the layer to the logits for
	// each channel, and agrees with pytorch-grad-cam's AblationCAM, of a score above
	// 0, where the smallest activation is 0; elsewhere that takes in place of 0 a
	// value far below it.
	MethodAblationCAM = &Method{
		Key: "ablation-cam", Title: "Ablation-CAM", Source: "Desai and Ramaswamy 2020, doi 10.1109/WACV45572.2020.9093360",
		Units: NoUnits, Signed: true, Adds: NotAdding, Needs: NeedsScores,
		For: EachChannel, Closed: true,
	}

	// MethodReciproCAM is the score when one cell's features alone are left, all
	// others 0, less the score when none is. It costs a run from the layer to the
	// logits for each cell. The paper's ReCiPro-CAM takes a blurred neighbourhood in
	// place of the cell, which blurs the map.
	MethodReciproCAM = &Method{
		Key: "recipro-cam", Title: "ReciproCAM", Source: "Byun and Lee 2022, arXiv 2209.14074",
		Units: logit, Signed: true, Adds: Sum, Needs: NeedsScores, AtLast: sameAsCAM,
		For: EachCell, Closed: true,
	}

	// MethodOcclusion is by how much the score falls where a square of the input
	// is hidden by the mean colour that preprocessing subtracts: on a grid of 14 ×
	// 14 whatever the network's own is, the mean over the squares of 2 × 2 cells
	// that cover a cell. It knows neither layer nor gradient, and costs 225
	// runs of the network.
	MethodOcclusion = &Method{
		Key: "occlusion", Title: "Occlusion", Source: "Zeiler and Fergus 2014, arXiv 1311.2901",
		Units: logit, Signed: true, Adds: NotAdding, Needs: NeedsPicture,
		For: EachSquare,
	}
)

func init() { // the functions refer to their rows
	MethodCAM.make, MethodHiResCAM.make, MethodGradCAM.make = makeCAM, makeHiResCAM, makeGradCAM
	MethodLayerCAM.make, MethodGradCAMPlusPlus.make, MethodXGradCAM.make = makeLayerCAM, makeGradCAMPlusPlus, makeXGradCAM
	MethodEigenCAM.make, MethodEigenGradCAM.make = makeEigenCAM, makeEigenGradCAM
	MethodScoreCAM.make, MethodAblationCAM.make, MethodReciproCAM.make, MethodOcclusion.make = makeScoreCAM, makeAblationCAM, makeReciproCAM, makeOcclusion
}

// Methods lists the methods, in the order in which they are offered.
var Methods = []*Method{
	MethodCAM, MethodGradCAM, MethodHiResCAM, MethodLayerCAM, MethodGradCAMPlusPlus, MethodXGradCAM,
	MethodEigenCAM, MethodEigenGradCAM, MethodScoreCAM, MethodAblationCAM, MethodReciproCAM, MethodOcclusion,
}

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
	return nil, fault.Errorf("cam: no method is named %.80q; there are %s", name, strings.Join(keys, ", "))
}

// Map makes the method's map of a layer for a target. A class that the network
// does not have, a layer that the method cannot explain and an ending that it
// cannot have are errors.
func (m *Method) Map(ctx context.Context, e Evidence, layer Layer, t Target) (*Map, error) {
	last := e.Last()
	if err := t.check(len(last.Logits)); err != nil {
		return nil, err
	}
	if err := m.Check(layer, last.Weight != nil); err != nil {
		return nil, err
	}
	made, err := m.make(ctx, e, layer, t)
	if err != nil {
		return nil, err
	}
	made.Method, made.Layer, made.Target = m, layer, t
	return made.finite()
}

// Grid is that of the method's maps of a layer with a grid of h × w.
func (m *Method) Grid(h, w int) (gridH, gridW int) {
	if m.Needs == NeedsPicture {
		return occlusionGrid, occlusionGrid
	}
	return h, w
}

// Check refuses a layer that the method cannot explain, and an ending: linear tells
// that the network ends in pooling and one linear layer.
func (m *Method) Check(layer Layer, linear bool) error {
	if m.Needs == NeedsPicture && !layer.Last {
		return fault.Errorf("cam: %s looks at the network as a whole, not at %q; name another method for that layer, such as %s", m.Title, layer.Name, strings.Join(keysThatNeed(NeedsGradient)[:2], " or "))
	}
	if m.Needs == NeedsEnding && !linear {
		return fault.Errorf("cam: the network does not end in pooling and one linear layer, which %s is made of; name another method, such as %s", m.Title, strings.Join(keysThatNeed(NeedsGradient)[:2], " or "))
	}
	if m.Needs == NeedsEnding && !layer.Last {
		return fault.Errorf("cam: %s is made of the last layer and the classifier upon it, not of %q; name another method for that layer, such as %s", m.Title, layer.Name, strings.Join(keysThatNeed(NeedsGradient)[:2], " or "))
	}
	return nil
}

// Runs is how often the method runs a network, or what of it follows the layer, for
// a map of a layer of k channels on a grid of h × w: 0 where it makes the map of what
// the network's own run has left. linear tells that the network ends in pooling and
// one linear layer.
func (m *Method) Runs(layer Layer, linear bool, h, w, k int) int {
	switch {
	case m.Needs == NeedsEnding || m.Closed && layer.Last && linear:
		return 0
	case m.For == EachChannel:
		return k
	case m.For == EachCell:
		return h*w + 1
	case m.For == EachSquare:
		return (occlusionGrid + 1) * (occlusionGrid + 1)
	}
	return 1
}

// Same says, in words, which map this method's is at the last layer before
// pooling and one linear layer: "" where it is one of its own, and at other layers.
func (m *Method) Same(last bool) string {
	if !last {
		return ""
	}
	return m.AtLast
}

// Classless tells that the map is the same whatever class is explained.
func (m *Method) Classless() bool { return m.Needs == NeedsFeatures }

func keysThatNeed(needs Needs) []string {
	var keys []string
	for _, m := range Methods {
		if m.Needs == needs {
			keys = append(keys, m.Key)
		}
	}
	return keys
}
