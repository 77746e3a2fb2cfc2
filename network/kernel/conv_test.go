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
				symmetric, same := Symmetric(k, stride, p[0], p[1]), Same(k, stride, p[0], p[1])
				if symmetric.OutH > 0 && symmetric.OutW > 0 { // an even kernel may not fit
					list = append(list, symmetric)
				}
				if same != symmetric {
					list = append(list, same)
				}
			}
		}
	}
	return list
}

// TestConv holds the convolution and its gradients to their definitions: of
// channels so few that the input is unfolded and so many that it is not, and
// that the input's gradient is cut by channels (64).
func TestConv(t *testing.T) {
	planes := [][2]int{{1, 1}, {2, 2}, {2, 3}, {3, 2}, {1, 4}, {4, 1}, {7, 7}, {8, 5}, {9, 16}, {20, 11}}
	channels := [][2]int{{3, 4}, {1, 1}, {5, 19}, {3, 32}, {17, 3}, {8, 16}, {64, 37}}
	activations := []Activation{Identity, SiLU, ReLU6, ReLU, Sigmoid}
	addends := []addend{nothing, another, inPlace}
	beyond := Symmetric(3, 1, 6, 6) // rows and columns that see padding alone
	beyond.OutH, beyond.OutW, beyond.Top, beyond.Left = 9, 10, 3, 4
	for i, w := range append(windows([]int{1, 2, 3, 5, 7}, planes...), beyond) {
		for j, io := range channels {
			c := Conv{N: 1 + (i+j)%3, In: io[0], Out: io[1], Window: w}
			if c.In*c.Out*c.Kernel*c.Kernel*w.OutH*w.OutW > 1<<19 && (i+j)%4 > 0 {
				continue // of the large ones, some
			}
			act, biased, add := activations[(i+j)%5], (i+j)%2 == 0, addends[(i+j)%3]
			l := layer{c.N, c.In, c.Out, 1, w}
			x, grad, weight, bias := noise(1, l.inputs()), noise(2, l.outputs()), noise(3, l.weights()), noise(4, c.Out)
			added := noise(5, l.outputs())
			if !biased {
				bias = nil
			}
			forward := forwardOf(l, x, weight, bias)
			if add != nothing {
				forward.addAll(added)
			}
			forward.activated(act)
			gradInput, gradWeight := gradInputOf(l, grad, weight), gradWeightOf(l, x, grad)
			name := fmt.Sprintf("%v, %d pictures, %d to %d channels, %v, bias %v, adding %s", w, c.N, c.In, c.Out, act, biased, add)
			eachSet(t, name, 3*l.macs(), func(t *testing.T) {
				p := c.Pack(weight, bias)
				defer p.Release()
				got := vector(l.outputs())
				switch add {
				case nothing:
					c.Forward(got.values(), x, p, act, nil)
				case another:
					c.Forward(got.values(), x, p, act, added)
				case inPlace:
					copy(got.values(), added)
					c.Forward(got.values(), x, p, act, got.values())
				}
				near(t, "result", got, forward)
				got = vector(l.inputs())
				c.GradInput(got.values(), grad, weight)
				near(t, "input's gradient", got, gradInput)
				packed := vector(l.inputs())
				for range 2 { // laid out, and kept
					c.GradInputPacked(packed.values(), grad, p.Transposed())
					if !same(packed.values(), got.values()) || !packed.intact() {
						t.Error("the input's gradient by packed weights is another, or was written outside its result")
					}
				}
				got = vector(l.weights())
				c.GradWeight(got.values(), x, grad)
				near(t, "weight's gradient", got, gradWeight)
			})
		}
	}
}

// TestTransposed: the transpose of packed weights, of every kind of last panel,
// multiplies as the transposed matrix does.
func TestTransposed(t *testing.T) {
	for _, s := range []struct{ k, n int }{{1, 1}, {3, 40}, {40, 3}, {16, 16}, {17, 33}, {32, 64}, {65, 8}, {130, 9}} {
		const m = 5
		weight, a, bias := noise(1, s.k*s.n), noise(2, m*s.n), noise(3, s.n)
		want := forwardOf(linear(m, s.n, s.k), a, weight, nil) // weight is [K, N]
		eachSet(t, fmt.Sprintf("[%d, %d]", s.k, s.n), m*s.k*s.n, func(t *testing.T) {
			p := Pack(weight, s.k, s.n, s.n, 1, bias)
			got := vector(m * s.k)
			p.Transposed().Product(got.values(), a, m, Identity, nil)
			near(t, "product", got, want)
			if first, second := p.Transposed(), p.Transposed(); first != second {
				t.Error("it is laid out anew for every call")
			}
		})
	}
}
