// Package cam makes class activation maps of what a network computed. It is
// pure arithmetic: raw values, grid and sign are kept, and every choice of the
// view (clipping, scale, smoothing) is made on a copy.
package cam

import (
	"fmt"

	"scalecam/network"
)

// Map is a class activation map on the network's own grid.
type Map struct {
	Method string
	Class  int       // index of the class explained
	H, W   int       // the grid
	Values []float32 // [H, W], row-major, in the units of the logit, signed
}

// CAM is the class activation map of Zhou et al. 2016 (arXiv 1512.04150):
// with A_k the final convolution's features and w_k the class's weights,
//
//	M(x, y) = Σ_k w_k · A_k(x, y)
//
// without bias, ReLU or normalisation. Because the classifier is linear on
// pooled features, the mean of M over the grid plus the class's bias is its
// logit. A class that the network does not have is an error.
func CAM(a *network.Activations, class int) (*Map, error) {
	if class < 0 || class >= len(a.Logits) {
		return nil, fmt.Errorf("cam: class %d; the network has the classes 0 to %d", class, len(a.Logits)-1)
	}
	cells := a.Grid.H * a.Grid.W
	sums := make([]float64, cells)
	for k, w := range a.Weight.Row(class) {
		for i, v := range a.Features[k*cells:][:cells] {
			sums[i] += float64(w) * float64(v)
		}
	}
	m := &Map{Method: "CAM", Class: class, H: a.Grid.H, W: a.Grid.W, Values: make([]float32, cells)}
	for i, s := range sums {
		m.Values[i] = float32(s)
	}
	return m, nil
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
