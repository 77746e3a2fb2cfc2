package kernel

import (
	"fmt"
	"testing"
)

// TestDepthwise holds the depthwise convolution and its gradients to their
// definitions: of planes so narrow that a strip keeps all their rows, and so
// wide that it keeps a ring of them; so tall that they are cut into bands; of
// channels that fill vectors and that do not.
func TestDepthwise(t *testing.T) {
	planes := [][2]int{{1, 1}, {1, 7}, {2, 2}, {2, 3}, {3, 2}, {7, 7}, {14, 14}, {5, 23}, {6, 24}, {3, 40}, {13, 25}, {40, 37}, {60, 30}, {45, 8}}
	channels := []int{1, 3, 8, 12, 16, 24, 33, 48}
	activations := []Activation{Identity, SiLU, ReLU6, ReLU, Sigmoid}
	for i, w := range windows([]int{3, 5}, planes...) {
		for j, n := range channels {
			if w.InH*w.InW > 100 && (i+j)%2 > 0 || w.InH*w.InW > 1000 && (i+j)%4 > 0 {
				continue // of the large ones, some
			}
			d := Depthwise{N: 1 + (3*i+j)%5, Channels: n, Window: w}
			if w.InH*w.InW > 500 {
				d.N = 1 + d.N%2
			}
			act, biased := activations[(i+j)%5], (i+j)%2 == 0
			l := layer{d.N, n, n, n, w}
			x, grad, weight, bias := noise(1, l.inputs()), noise(2, l.outputs()), noise(3, l.weights()), noise(4, n)
			if !biased {
				bias = nil
			}
			forward := forwardOf(l, x, weight, bias).activated(act)
			gradInput, gradWeight := gradInputOf(l, grad, weight), gradWeightOf(l, x, grad)
			name := fmt.Sprintf("%v, %d pictures, %d channels, %v, bias %v", w, d.N, n, act, biased)
			eachSet(t, name, 3*l.macs(), func(t *testing.T) {
				p := PackDepthwise(weight, n, d.Kernel, bias)
				defer p.Release()
				got := vector(l.outputs())
				d.Forward(got.values(), x, p, act)
				near(t, "result", got, forward)
				got = vector(l.inputs())
				d.GradInputPacked(got.values(), grad, p.Transposed())
				near(t, "input's gradient", got, gradInput)
				together, alone := vector(l.weights()), vector(l.weights())
				d.gradients(got.values(), together.values(), source{plain: x}, p.Transposed(), d.copied(grad), nil)
				near(t, "input's gradient, beside the weight's", got, gradInput)
				near(t, "weight's gradient", together, gradWeight)
				d.gradients(nil, alone.values(), source{plain: x}, p.Transposed(), d.copied(grad), nil)
				near(t, "weight's gradient alone", alone, gradWeight)
			})
		}
	}
	if bands(1, 60) < 2 {
		t.Error("no plane here is cut into bands")
	}
}

// TestDepthwiseCheck: kernels and strides for which there are no loops.
func TestDepthwiseCheck(t *testing.T) {
	for _, k := range []int{1, 2, 3, 4, 5, 7} {
		for _, stride := range []int{1, 2, 3} {
			err := Depthwise{N: 1, Channels: 1, Window: Symmetric(k, stride, 9, 9)}.Check()
			if ok := (k == 3 || k == 5) && stride <= 2; ok != (err == nil) {
				t.Errorf("%d×%d/%d: error %v", k, k, stride, err)
			}
		}
	}
}

// TestDepthwiseCheckPadding: a window in which some output sees padding alone
// is refused, since the loops take at least one row for granted.
func TestDepthwiseCheckPadding(t *testing.T) {
	whole := Symmetric(3, 1, 4, 4)
	for name, change := range map[string]func(*Window){
		"above":    func(w *Window) { w.Top = 3 },
		"below":    func(w *Window) { w.OutH = 6 },
		"left":     func(w *Window) { w.Left = 3 },
		"right":    func(w *Window) { w.OutW = 6 },
		"no plane": func(w *Window) { w.InH = 0 },
		"no rows":  func(w *Window) { w.OutH = 0 },
		"negative": func(w *Window) { w.Top = -1 },
	} {
		w := whole
		change(&w)
		if (Depthwise{N: 1, Channels: 1, Window: w}).Check() == nil {
			t.Errorf("%s: %v: no error", name, w)
		}
	}
	if err := (Depthwise{N: 1, Channels: 1, Window: whole}).Check(); err != nil {
		t.Error(err)
	}
}
