package kernel

import (
	"fmt"
	"testing"
)

// trainedCase is a layer and, to hold it to, its parts one after another.
type trainedCase struct {
	name       string
	make       func() *Trained
	convolve   func(dst, x, weight []float32)
	back       func(dst, gradWeight, x, weight, grad []float32)
	l          layer
	activation Activation
	together   bool // rows so many that they are taken together
}

// trainedCases are 1×1 convolutions of few and of many rows and of many weights, other
// convolutions, and depthwise ones whose planes fit into a strip and do not.
func trainedCases() []trainedCase {
	var cases []trainedCase
	together := func(c Conv) bool {
		_, near := c.near(1, 512)
		return near
	}
	for i, c := range []Conv{
		{N: 2, In: 5, Out: 19, Window: Symmetric(1, 1, 3, 4)},
		{N: 3, In: 8, Out: 24, Window: Symmetric(1, 1, 13, 17)},
		{N: 2, In: 17, Out: 9, Window: Symmetric(1, 1, 20, 21)},
		{N: 1, In: 260, Out: 256, Window: Symmetric(1, 1, 20, 20)},
		{N: 2, In: 3, Out: 8, Window: Symmetric(3, 2, 9, 8)},
		{N: 2, In: 4, Out: 8, Window: Symmetric(1, 2, 9, 8)},
	} {
		act := []Activation{SiLU, Identity, ReLU}[i%3]
		cases = append(cases, trainedCase{
			name: fmt.Sprintf("%v, %d to %d channels", c.Window, c.In, c.Out), make: func() *Trained { return TrainConv(c, 1e-3, act) },
			convolve: func(dst, x, weight []float32) {
				p := c.Pack(weight, nil)
				c.Forward(dst, x, p, Identity, nil)
				p.Release()
			},
			back: func(dst, gradWeight, x, weight, grad []float32) {
				c.GradInput(dst, grad, weight)
				c.GradWeight(gradWeight, x, grad)
			},
			l: layer{c.N, c.In, c.Out, 1, c.Window}, activation: act, together: together(c),
		})
	}
	for i, d := range []Depthwise{
		{N: 3, Channels: 24, Window: Symmetric(3, 1, 5, 6)},
		{N: 2, Channels: 5, Window: Symmetric(5, 2, 9, 7)},
		{N: 2, Channels: 33, Window: Symmetric(5, 1, 70, 20)},
		{N: 1, Channels: 16, Window: Same(3, 2, 81, 60)},
	} {
		act := []Activation{SiLU, Identity, ReLU6}[i%3]
		cases = append(cases, trainedCase{
			name: fmt.Sprintf("depthwise %v, %d channels", d.Window, d.Channels), make: func() *Trained { return TrainDepthwise(d, 1e-3, act) },
			convolve: func(dst, x, weight []float32) {
				p := PackDepthwise(weight, d.Channels, d.Kernel, nil)
				d.Forward(dst, x, p, Identity)
				p.Release()
			},
			back: func(dst, gradWeight, x, weight, grad []float32) {
				p := PackDepthwise(weight, d.Channels, d.Kernel, nil)
				d.gradients(dst, gradWeight, source{plain: x}, p.Transposed(), d.copied(grad), nil)
				p.Release()
			},
			l: layer{d.N, d.Channels, d.Channels, d.Channels, d.Window}, activation: act,
		})
	}
	return cases
}

// alike holds values to others that were added up in another order.
func alike(t *testing.T, what string, got, want []float32) {
	t.Helper()
	size := 1e-3
	for _, v := range want {
		size = max(size, float64(max(v, -v)))
	}
	for i, v := range got {
		if d := float64(v - want[i]); !(max(d, -d) <= 2e-5*size) {
			t.Fatalf("%s: value %d is %v, want %v", what, i, v, want[i])
		}
	}
}

// TestTrained holds a layer to its convolution, batch norm's statistics, batch norm, and
// their gradients one after another, which other tests hold to their definitions. Where
// the gradient may be spent, or the input's is not needed, the others are the same bytes.
func TestTrained(t *testing.T) {
	together := 0
	for _, c := range trainedCases() {
		l := c.l
		x, grad, weight, gamma, beta := noise(1, l.inputs()), noise(2, l.outputs()), noise(3, l.weights()), noise(4, l.out), noise(5, l.out)
		if c.together {
			together++
		}
		eachSet(t, c.name, 6*l.macs(), func(t *testing.T) {
			n := Norm{Rows: l.outputs() / l.out, Channels: l.out, Eps: 1e-3, Activation: c.activation}
			e, mean, variance, want := make([]float32, l.outputs()), make([]float32, l.out), make([]float32, l.out), make([]float32, l.outputs())
			c.convolve(e, x, weight)
			n.Statistics(mean, variance, e)
			n.Forward(want, e, gamma, beta, mean, variance)
			dGamma, dBeta, dE, dx, dWeight := make([]float32, l.out), make([]float32, l.out), make([]float32, len(e)), make([]float32, len(x)), make([]float32, len(weight))
			back := n.back(dGamma, dBeta, e, gamma, beta, grad, mean, variance, false)
			back.writeAll(dE)
			back.release()
			c.back(dx, dWeight, x, weight, dE)

			layer, got, gotDx := c.make(), vector(len(want)), vector(len(x))
			layer.Forward(got.values(), x, weight, gamma, beta)
			layer.Grad(gotDx.values(), x, weight, gamma, beta, grad, false)
			alike(t, "result", got.values(), want)
			alike(t, "mean", layer.Mean, mean)
			alike(t, "variance", layer.Variance, variance)
			alike(t, "input's gradient", gotDx.values(), dx)
			alike(t, "weight's gradient", layer.GradWeight, dWeight)
			alike(t, "gamma's gradient", layer.GradGamma, dGamma)
			alike(t, "beta's gradient", layer.GradBeta, dBeta)
			if !got.intact() || !gotDx.intact() {
				t.Error("it wrote outside its results")
			}
			first := [][]float32{layer.GradWeight, layer.GradGamma, layer.GradBeta}
			spent := append([]float32(nil), grad...)
			again := vector(len(x))
			for _, dst := range [][]float32{nil, again.values()} {
				kept := [3][]float32{}
				for i, s := range first {
					kept[i] = append([]float32(nil), s...)
				}
				layer.Grad(dst, x, weight, gamma, beta, spent, dst != nil)
				for i, s := range first {
					if !same(s, kept[i]) {
						t.Errorf("gradient %d is another, with the input's (%v)", i, dst != nil)
					}
				}
			}
			if !same(again.values(), gotDx.values()) {
				t.Error("the input's gradient is another where the result's is spent")
			}
		})
	}
	if together < 2 {
		t.Error("no rows are taken together")
	}
}
