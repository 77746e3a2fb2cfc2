// Package cam makes maps of what a network looked at, of the Evidence that it
// gives: class activation maps and what other methods make of a layer's features
// and gradients. It is pure arithmetic: raw values, grid and sign are kept, and
// every choice of the view (clipping, scale, smoothing) is made on a copy.
package cam

import (
	"math"

	"scalecam/fault"
)

// Map is what a method makes of a layer, on the layer's own grid.
type Map struct {
	Method *Method // nil of what is no method's: a feature map, a difference
	Layer  Layer
	Target Target
	H, W   int       // the grid
	Values []float32 // [H, W], row-major, in the method's units, signed
}

// Features are what a layer puts out: K channels on a grid, or a gradient with
// respect to them.
type Features struct {
	H, W, K int
	Values  []float32 // [H, W, K]: a cell's channels lie side by side
}

// Cell is the channels of a cell, counted row by row; it is not to be written to.
func (f *Features) Cell(i int) []float32 { return f.Values[i*f.K:][:f.K] }

// Matrix is a matrix whose rows can be had.
type Matrix interface {
	// Row gives row i, which is not to be written to.
	Row(i int) []float32
}

// Rows is a Matrix that lies row by row.
type Rows [][]float32

// Row gives row i.
func (r Rows) Row(i int) []float32 { return r[i] }

// Pooled is how a network ends: its last layer's features, and the linear layer
// on their means over the grid that gives the logits. Weight is nil, and Bias
// with it, where it ends otherwise.
type Pooled struct {
	Features Features
	Logits   []float32 // [classes]
	Weight   Matrix    // [classes, K]
	Bias     []float32 // [classes]; the model's own, not to be written to
}

// check refuses a class that there is not, and an ending that is not linear.
func (p *Pooled) check(class int) error {
	if class < 0 || class >= len(p.Logits) {
		return fault.Errorf("cam: class %d; the network has the classes 0 to %d", class, len(p.Logits)-1)
	}
	if p.Weight == nil {
		return fault.Errorf("cam: the network does not end in pooling and one linear layer, which CAM is made of; use grad-cam or hires-cam")
	}
	return nil
}

// CAM is the class activation map of Zhou et al. 2016 (arXiv 1512.04150):
// with A_k the last layer's features and w_k the class's weights,
//
//	M(x, y) = Σ_k w_k · A_k(x, y)
//
// without bias, ReLU or normalisation. Because the classifier is linear on
// pooled features, the mean of M over the grid plus the class's bias is its
// logit. A class that the network does not have, a network that ends otherwise
// and a map whose values do not fit a float32 (its logit may well do) are errors.
func CAM(p *Pooled, class int) (*Map, error) {
	if err := p.check(class); err != nil {
		return nil, err
	}
	m := weighted(&p.Features, float64s(p.Weight.Row(class)))
	m.Method, m.Layer, m.Target = MethodCAM, LastLayer, Class(class)
	return m.finite()
}

// most bounds a map's values. Up to it, maps of two classes can be subtracted
// and the result smoothed, each of which doubles what a float32 must hold.
const most = math.MaxFloat32 / 8

// weighted is the map of the channels' sum, each times its weight.
func weighted(f *Features, weights []float64) *Map {
	return summed(f, func(int) []float64 { return weights })
}

// summed is the map of the channels' sum, each times its weight at the cell.
func summed(f *Features, weights func(cell int) []float64) *Map {
	m := &Map{H: f.H, W: f.W, Values: make([]float32, f.H*f.W)}
	for i := range m.Values {
		var sum, magnitude float64
		w := weights(i)
		for k, v := range f.Cell(i) {
			term := float64(w[k] * float64(v)) // not fused, as in addTo
			sum += term
			magnitude += math.Abs(term)
		}
		m.Values[i] = float32(sum)
		// Not even some terms, in whatever order, may add up to more than most.
		if !(magnitude <= most) { // nor NaN
			m.Values[i] = float32(math.Inf(1))
		}
	}
	return m
}

// finite refuses a map with a value that is not.
func (m *Map) finite() (*Map, error) {
	for _, v := range m.Values {
		if math.IsInf(float64(v), 0) || v != v {
			return nil, fault.Errorf("cam: the map of class %d is not finite, or close to that; the network's weights are damaged, or not meant for this architecture or preprocessing", m.Target[0].Class)
		}
	}
	return m, nil
}

func float64s(v []float32) []float64 {
	wide := make([]float64, len(v))
	for i, x := range v {
		wide[i] = float64(x)
	}
	return wide
}

// Range gives the smallest and the largest value.
func (m *Map) Range() (lowest, highest float32) {
	lowest, highest = m.Values[0], m.Values[0]
	for _, v := range m.Values {
		lowest, highest = min(lowest, v), max(highest, v)
	}
	return lowest, highest
}

// Mean is the mean over the grid: for CAM, the logit without its bias.
func (m *Map) Mean() float64 {
	var sum float64
	for _, v := range m.Values {
		sum += float64(v)
	}
	return sum / float64(len(m.Values))
}
