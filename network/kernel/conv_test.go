package kernel

import (
	"fmt"
	"testing"
)

// TestWindows holds output sizes and padding to PyTorch's and TensorFlow's.
func TestWindows(t *testing.T) {
	for _, c := range []struct {
		got             Window
		h, w, top, left int
	}{
		{Symmetric(3, 2, 224, 224), 112, 112, 1, 1},
		{Symmetric(5, 2, 15, 28), 8, 14, 2, 2},
		{Same(3, 2, 224, 224), 112, 112, 0, 0}, // one row and column, below and to the right
		{Same(3, 2, 75, 224), 38, 112, 1, 0},
		{Same(5, 2, 28, 27), 14, 14, 1, 2},
		{Same(1, 1, 7, 7), 7, 7, 0, 0},
	} {
		if c.got.OutH != c.h || c.got.OutW != c.w || c.got.Top != c.top || c.got.Left != c.left {
			t.Errorf("%v: want %d×%d, pad %d,%d", c.got, c.h, c.w, c.top, c.left)
		}
	}
}

// windows lists the geometries of the kernels, strides and planes, both ways
// of padding.
func windows(kernels []int, planes ...[2]int) []Window {
	var list []Window
	for _, k := range kernels {
		for _, stride := range []int{1, 2} {
			for _, p := range planes {
				list = append(list, Symmetric(k, stride, p[0], p[1]))
				if same := Same(k, stride, p[0], p[1]); same != list[len(list)-1] {
					list = append(list, same)
				}
			}
		}
	}
	return list
}

// TestConv holds the convolution and its gradients to their definitions.
func TestConv(t *testing.T) {
	planes := [][2]int{{1, 1}, {2, 2}, {2, 3}, {3, 2}, {1, 4}, {4, 1}, {7, 7}, {8, 5}, {9, 16}, {20, 11}}
	channels := [][2]int{{3, 4}, {1, 1}, {5, 19}, {3, 32}, {17, 3}, {8, 16}}
	activations := []Activation{Identity, SiLU, ReLU6}
	for i, w := range windows([]int{1, 3, 5}, planes...) {
		for j, io := range channels {
			c := Conv{N: 1 + (i+j)%3, In: io[0], Out: io[1], Window: w}
			act, biased := activations[(i+j)%3], (i+j)%2 == 0
			l := layer{c.N, c.In, c.Out, 1, w}
			x, grad, weight, bias := noise(1, l.inputs()), noise(2, l.outputs()), noise(3, l.weights()), noise(4, c.Out)
			if !biased {
				bias = nil
			}
			forward := forwardOf(l, x, weight, bias).activated(act)
			gradInput, gradWeight := gradInputOf(l, grad, weight), gradWeightOf(l, x, grad)
			name := fmt.Sprintf("%v, %d pictures, %d to %d channels, %v, bias %v", w, c.N, c.In, c.Out, act, biased)
			eachSet(t, name, 3*l.macs(), func(t *testing.T) {
				p := c.Pack(weight, bias)
				defer p.Release()
				got := vector(l.outputs())
				c.Forward(got.values(), x, p, act)
				near(t, "result", got, forward)
				got = vector(l.inputs())
				c.GradInput(got.values(), grad, weight)
				near(t, "input's gradient", got, gradInput)
				got = vector(l.weights())
				c.GradWeight(got.values(), x, grad)
				near(t, "weight's gradient", got, gradWeight)
			})
		}
	}
}
