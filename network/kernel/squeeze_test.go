package kernel

import (
	"fmt"
	"math"
	"testing"
)

// squeezeCase is squeeze-and-excite in float64: what its gradients are
// differences of.
type squeezeCase struct {
	n, pixels, channels, small                      int
	act                                             Activation
	x, squeeze, squeezeBias, excite, exciteBias, up []float64 // up is ∂L/∂y
}

// picture gives Σ up·y of picture i, and writes y.
func (s *squeezeCase) picture(i int, y []float64) (loss float64) {
	size := s.pixels * s.channels
	x := s.x[i*size:][:size]
	pooled, squeezed := make([]float64, s.channels), make([]float64, s.small)
	for j, v := range x {
		pooled[j%s.channels] += v / float64(s.pixels)
	}
	for o := range squeezed {
		squeezed[o] = s.squeezeBias[o]
		for c, v := range pooled {
			squeezed[o] += s.squeeze[o*s.channels+c] * v
		}
		squeezed[o] = valueOf(s.act, squeezed[o])
	}
	for c := range s.channels {
		gate := s.exciteBias[c]
		for o, v := range squeezed {
			gate += s.excite[c*s.small+o] * v
		}
		gate = valueOf(Sigmoid, gate)
		for j := c; j < size; j += s.channels {
			y[j] = gate * x[j]
			loss += s.up[i*size+j] * y[j]
		}
	}
	return loss
}

// doubles is s in float64.
func doubles(s []float32) []float64 {
	d := make([]float64, len(s))
	for i, v := range s {
		d[i] = float64(v)
	}
	return d
}

// TestSqueezeExcite holds it to its definition, and its gradients to central
// differences of that.
func TestSqueezeExcite(t *testing.T) {
	for _, s := range []struct {
		n, pixels, channels, small int
		act                        Activation
	}{
		{1, 1, 1, 1, SiLU}, {2, 6, 5, 3, SiLU}, {3, 4, 8, 2, ReLU6}, {1, 49, 17, 4, SiLU}, {5, 9, 33, 8, Identity}, {2, 25, 40, 10, SiLU},
	} {
		size := s.n * s.pixels * s.channels
		x, up := noise(1, size), noise(2, size)
		squeeze, squeezeBias := noise(3, s.small*s.channels), noise(4, s.small)
		excite, exciteBias := noise(5, s.small*s.channels), noise(6, s.channels)
		d := &squeezeCase{s.n, s.pixels, s.channels, s.small, s.act, doubles(x), doubles(squeeze), doubles(squeezeBias), doubles(excite), doubles(exciteBias), doubles(up)}
		each := s.pixels * s.channels
		y := make([]float64, size)
		all := func() (loss float64) {
			for i := range s.n {
				loss += d.picture(i, y[i*each:])
			}
			return loss
		}
		slopes := func(values []float64, of func(i int) func() float64) []float64 {
			g := make([]float64, len(values))
			for i := range values {
				g[i] = slopeAt(&values[i], of(i))
			}
			return g
		}
		ofAll := func(int) func() float64 { return all }
		scratch := make([]float64, each)
		wants := map[string][]float64{
			"input":        slopes(d.x, func(i int) func() float64 { return func() float64 { return d.picture(i/each, scratch) } }),
			"squeeze":      slopes(d.squeeze, ofAll),
			"squeeze bias": slopes(d.squeezeBias, ofAll),
			"excite":       slopes(d.excite, ofAll),
			"excite bias":  slopes(d.exciteBias, ofAll),
		}
		all()
		eachSet(t, fmt.Sprintf("[%d, %d, %d], %d, %v", s.n, s.pixels, s.channels, s.small, s.act), 0, func(t *testing.T) {
			e := NewSqueezeExcite(s.n, s.pixels, s.channels, s.small, s.act)
			for range 2 { // what it keeps from the first time must not matter
				got := vector(size)
				e.Forward(got.values(), x, squeeze, squeezeBias, excite, exciteBias)
				closeTo(t, "result", got.values(), y)
				gotGrad := vector(size)
				e.Grad(gotGrad.values(), x, squeeze, excite, up)
				for name, got := range map[string][]float32{
					"input": gotGrad.values(), "squeeze": e.GradSqueeze, "squeeze bias": e.GradSqueezeBias,
					"excite": e.GradExcite, "excite bias": e.GradExciteBias,
				} {
					closeTo(t, "gradient of "+name, got, wants[name])
				}
				if !got.intact() || !gotGrad.intact() {
					t.Error("it wrote outside its result")
				}
			}
		})
	}
}

// closeTo compares results that went through several layers, whose errors add
// up: to within 1e-5 of the largest of them. The largest error seen is 3.3e-6,
// of a gradient that is a small difference of large terms.
func closeTo(t *testing.T, what string, got []float32, want []float64) {
	t.Helper()
	largest := 0.0
	for _, v := range want {
		largest = max(largest, math.Abs(v))
	}
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	for i, v := range got {
		if off := math.Abs(float64(v) - want[i]); !(off <= 1e-5*largest) {
			t.Fatalf("%s: value %d is %v, want %v; off by %.2g of the largest, %v, want at most 1e-5", what, i, v, want[i], off/largest, largest)
		}
	}
}
