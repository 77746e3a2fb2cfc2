// Package cam makes class activation maps of what a network computed. It is
// pure arithmetic: raw values, grid and sign are kept, and every choice of the
// view (clipping, scale, smoothing) is made on a copy.
package cam

import (
	"fmt"
	"math"

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
// logit. A class that the network does not have is an error, and so is a map
// whose values do not fit a float32: its logit may well do.
func CAM(a *network.Activations, class int) (*Map, error) {
	sums, err := addUp(a, class)
	if err != nil {
		return nil, err
	}
	return rounded(sums, a.Grid, class), nil
}

// most bounds a map's values. Up to it, maps of two classes can be subtracted
// and the result smoothed, each of which doubles what a float32 must hold.
const most = math.MaxFloat32 / 8

// addUp adds up the terms w_k · A_k of a class at each cell, [H·W]. Not even some
// of them, in whatever order, add up to more than most.
func addUp(a *network.Activations, class int) ([]float64, error) {
	if class < 0 || class >= len(a.Logits) {
		return nil, fmt.Errorf("cam: class %d; the network has the classes 0 to %d", class, len(a.Logits)-1)
	}
	cells := a.Grid.H * a.Grid.W
	sums, magnitudes := make([]float64, cells), make([]float64, cells)
	for k, w := range a.Weight.Row(class) {
		for i, v := range a.Features[k*cells:][:cells] {
			term := float64(float64(w) * float64(v)) // not fused, as in addTo
			sums[i] += term
			magnitudes[i] += math.Abs(term)
		}
	}
	for _, m := range magnitudes {
		if !(m <= most) { // nor NaN
			return nil, fmt.Errorf("cam: the map of class %d is not finite, or close to that; the network's weights are damaged, or not meant for this architecture or preprocessing", class)
		}
	}
	return sums, nil
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
