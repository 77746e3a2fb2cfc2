package op

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"scalecam/network/kernel"
)

// packedLayers are the weights of the tests' operators: of a convolution, of a
// depthwise one and of a linear layer.
type packedLayers struct {
	conv      *kernel.Packed
	depthwise *kernel.PackedDepthwise
	linear    *kernel.Packed
}

func packLayers(in, out int, window kernel.Window) packedLayers {
	rng := rand.New(rand.NewPCG(8, 8))
	c := kernel.Conv{N: 1, In: in, Out: out, Window: window}
	return packedLayers{
		c.Pack(normal(rng, in*out*window.Kernel*window.Kernel), normal(rng, out)),
		kernel.PackDepthwise(normal(rng, in*window.Kernel*window.Kernel), in, window.Kernel, normal(rng, in)),
		kernel.PackLinear(normal(rng, in*out), out, in, normal(rng, out)),
	}
}

// TestPackedGradients holds the data's gradients of the operators over packed
// weights to central differences.
func TestPackedGradients(t *testing.T) {
	for _, w := range []kernel.Window{
		kernel.Symmetric(1, 1, 3, 5), kernel.Symmetric(1, 2, 5, 4), kernel.Symmetric(3, 1, 5, 4), kernel.Symmetric(3, 2, 6, 5), kernel.Same(5, 2, 6, 5), kernel.Symmetric(7, 2, 9, 8),
	} {
		p := packLayers(3, 5, w)
		t.Run("convolution "+w.String(), func(t *testing.T) {
			checkGradients(t, func(in []*G.Node) (*G.Node, error) {
				return PackedConv(in[0], p.conv, w, kernel.Identity, nil, nil)
			}, []tensor.Shape{{2, w.InH, w.InW, 3}}, normal)
		})
		if w.Kernel == 3 || w.Kernel == 5 {
			t.Run("depthwise "+w.String(), func(t *testing.T) {
				checkGradients(t, func(in []*G.Node) (*G.Node, error) {
					return PackedDepthwise(in[0], p.depthwise, w, kernel.Identity, nil)
				}, []tensor.Shape{{2, w.InH, w.InW, 3}}, normal)
			})
		}
	}
	p := packLayers(7, 4, kernel.Symmetric(1, 1, 1, 1))
	t.Run("linear", func(t *testing.T) {
		checkGradients(t, func(in []*G.Node) (*G.Node, error) {
			return PackedLinear(in[0], p.linear, kernel.Identity, nil)
		}, []tensor.Shape{{3, 7}}, normal)
	})
}

// chain applies operators one after the other, and remembers the first error.
type chain struct{ err error }

func (c *chain) do(n *G.Node, err error) *G.Node {
	if c.err == nil {
		c.err = err
	}
	return n
}

// tail is a network from an inner layer on, unfused: what it starts with is read
// by a projection, a convolution and a residual, and what squeeze-and-excite
// gates by two; three gradients, and two, meet there.
func tail(in []*G.Node) (*G.Node, error) {
	const channels = 8
	x := in[0]
	size := x.Shape()
	w := kernel.Symmetric(3, 1, size[1], size[2])
	p := packLayers(channels, channels, w)
	point := packLayers(channels, channels, kernel.Symmetric(1, 1, size[1], size[2]))
	c := new(chain)
	identity := kernel.Identity
	shortcut := c.do(PackedConv(x, point.conv, kernel.Symmetric(1, 1, size[1], size[2]), identity, nil, nil))
	h := c.do(Activate(c.do(PackedConv(x, p.conv, w, identity, nil, nil)), kernel.SiLU, nil))
	h = c.do(Add(c.do(Add(h, shortcut, identity, nil)), x, kernel.SiLU, nil))
	wide := c.do(Activate(c.do(PackedDepthwise(h, p.depthwise, w, identity, nil)), kernel.SiLU, nil))
	squeezed := c.do(PackedLinear(c.do(AveragePool(wide)), p.linear, identity, nil))
	gates := c.do(Activate(c.do(PackedLinear(c.do(Activate(squeezed, kernel.SiLU, nil)), point.linear, identity, nil)), kernel.Sigmoid, nil))
	h = c.do(Add(c.do(Gate(wide, gates, nil)), h, identity, nil))
	logits := c.do(PackedLinear(c.do(AveragePool(h)), p.linear, identity, nil))
	return logits, c.err
}

// TestTail: where several gradients meet, gorgonia adds them up, and neither
// loses one nor writes over what is still to be read.
func TestTail(t *testing.T) {
	checkGradients(t, tail, []tensor.Shape{{2, 4, 5, 8}}, func(rng *rand.Rand, n int) []float32 {
		values := normal(rng, n)
		for i := range values { // so that what follows is about 1, and third derivatives small
			values[i] /= 4
		}
		return values
	})
}

// TestTailSame: run after run, built anew, and on any number of cores, a
// gradient is the same bytes.
func TestTailSame(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var first []float32
	for _, cores := range []int{1, 2, 5} {
		runtime.GOMAXPROCS(cores)
		g := G.NewGraph()
		in, _ := operands(g, rand.New(rand.NewPCG(1, 2)), []tensor.Shape{{3, 9, 11, 8}}, normal)
		logits, err := tail(in)
		if err != nil {
			t.Fatal(err)
		}
		cost, _, err := loss(g, logits)
		if err != nil {
			t.Fatal(err)
		}
		grads, err := G.Grad(cost, in...)
		if err != nil {
			t.Fatal(err)
		}
		var read G.Value
		G.Read(grads[0], &read)
		machine := G.NewTapeMachine(g)
		defer machine.Close()
		for run := range 3 {
			machine.Reset()
			if err := machine.RunAll(); err != nil {
				t.Fatal(err)
			}
			got := read.Data().([]float32)
			if first == nil {
				first = slices.Clone(got)
			}
			if !slices.Equal(got, first) {
				t.Errorf("run %d on %d cores gives another gradient", run, cores)
			}
		}
	}
}

// TestFused: with an activation, a sum and a room the operators compute what
// they do one after the other, and leave it in the room.
func TestFused(t *testing.T) {
	w := kernel.Symmetric(3, 2, 7, 6)
	p := packLayers(9, 10, w)
	shapes := []tensor.Shape{{2, 7, 6, 9}, {2, w.OutH, w.OutW, 10}, {4, 9}, {2, 9}, {2, 7, 6, 9}}
	for _, act := range []kernel.Activation{kernel.Identity, kernel.SiLU, kernel.ReLU6, kernel.Sigmoid, kernel.ReLU} {
		for name, c := range map[string]struct {
			fused   func(in []*G.Node, room []float32) (*G.Node, error)
			apart   func(c *chain, in []*G.Node) *G.Node
			written int
		}{
			"convolution": {
				func(in []*G.Node, room []float32) (*G.Node, error) {
					return PackedConv(in[0], p.conv, w, act, in[1], room)
				},
				func(c *chain, in []*G.Node) *G.Node {
					return c.do(Activate(c.do(Add(c.do(PackedConv(in[0], p.conv, w, kernel.Identity, nil, nil)), in[1], kernel.Identity, nil)), act, nil))
				}, 2 * w.OutH * w.OutW * 10,
			},
			"depthwise": {
				func(in []*G.Node, room []float32) (*G.Node, error) {
					return PackedDepthwise(in[0], p.depthwise, w, act, room)
				},
				func(c *chain, in []*G.Node) *G.Node {
					return c.do(Activate(c.do(PackedDepthwise(in[0], p.depthwise, w, kernel.Identity, nil)), act, nil))
				}, 2 * w.OutH * w.OutW * 9,
			},
			"linear": {
				func(in []*G.Node, room []float32) (*G.Node, error) { return PackedLinear(in[2], p.linear, act, room) },
				func(c *chain, in []*G.Node) *G.Node {
					return c.do(Activate(c.do(PackedLinear(in[2], p.linear, kernel.Identity, nil)), act, nil))
				}, 40,
			},
			"sum": {
				func(in []*G.Node, room []float32) (*G.Node, error) { return Add(in[0], in[4], act, room) },
				func(c *chain, in []*G.Node) *G.Node {
					return c.do(Activate(c.do(Add(in[0], in[4], kernel.Identity, nil)), act, nil))
				}, 2 * 7 * 6 * 9,
			},
			"activation": {
				func(in []*G.Node, room []float32) (*G.Node, error) { return Activate(in[0], act, room) },
				func(c *chain, in []*G.Node) *G.Node { return c.do(Activate(in[0], act, nil)) }, 2 * 7 * 6 * 9,
			},
			"gate": {
				func(in []*G.Node, room []float32) (*G.Node, error) { return Gate(in[0], in[3], room) },
				func(c *chain, in []*G.Node) *G.Node { return c.do(Gate(in[0], in[3], nil)) }, 2 * 7 * 6 * 9,
			},
			"subsampling": {
				func(in []*G.Node, room []float32) (*G.Node, error) {
					return Subsample(in[0], 12, kernel.Symmetric(1, 2, 7, 6), room)
				},
				func(c *chain, in []*G.Node) *G.Node {
					return c.do(Subsample(in[0], 12, kernel.Symmetric(1, 2, 7, 6), nil))
				}, 2 * 4 * 3 * 12,
			},
			"max pooling": {
				func(in []*G.Node, room []float32) (*G.Node, error) { return MaxPool(in[0], w, room) },
				func(c *chain, in []*G.Node) *G.Node { return c.do(MaxPool(in[0], w, nil)) }, 2 * w.OutH * w.OutW * 9,
			},
		} {
			t.Run(name+", "+act.String(), func(t *testing.T) {
				g := G.NewGraph()
				in, _ := operands(g, rand.New(rand.NewPCG(1, 2)), shapes, normal)
				room := make([]float32, c.written+3)
				for i := c.written; i < len(room); i++ {
					room[i] = -7
				}
				steps := new(chain)
				fused := steps.do(c.fused(in, room))
				separate := c.apart(steps, in)
				if steps.err != nil {
					t.Fatal(steps.err)
				}
				var got, want G.Value
				G.Read(fused, &got)
				G.Read(separate, &want)
				machine := G.NewTapeMachine(g)
				defer machine.Close()
				if err := machine.RunAll(); err != nil {
					t.Fatal(err)
				}
				for i, v := range got.Data().([]float32) {
					// The sum's order may differ: a few roundings of values of about 10.
					if d := v - want.Data().([]float32)[i]; d > 1e-5 || d < -1e-5 {
						t.Fatalf("value %d is %v, one after the other %v", i, v, want.Data().([]float32)[i])
					}
					if room[i] != v {
						t.Fatalf("value %d is %v, in the room %v", i, v, room[i])
					}
				}
				if !slices.Equal(room[c.written:], []float32{-7, -7, -7}) {
					t.Error("it wrote beyond its result")
				}
			})
		}
	}
}

// TestNoGradient: where there is none, the error says why.
func TestNoGradient(t *testing.T) {
	w := kernel.Symmetric(3, 1, 4, 4)
	p := packLayers(3, 3, w)
	room := make([]float32, 100)
	block := &kernel.MBConv{Window: w, Depthwise: p.depthwise, Project: p.linear}
	for name, c := range map[string]struct {
		says  string
		build build
	}{
		"activation":           {"operators of their own", func(in []*G.Node) (*G.Node, error) { return PackedConv(in[0], p.conv, w, kernel.ReLU, nil, nil) }},
		"sum":                  {"operators of their own", func(in []*G.Node) (*G.Node, error) { return PackedConv(in[0], p.conv, w, kernel.Identity, in[0], nil) }},
		"depthwise activation": {"operators of their own", func(in []*G.Node) (*G.Node, error) { return PackedDepthwise(in[0], p.depthwise, w, kernel.SiLU, nil) }},
		"room":                 {"room of its own", func(in []*G.Node) (*G.Node, error) { return Activate(in[0], kernel.ReLU, room) }},
		"block":                {"one by one", func(in []*G.Node) (*G.Node, error) { return PackedMBConv(in[0], block, nil) }},
	} {
		g := G.NewGraph()
		in, _ := operands(g, rand.New(rand.NewPCG(1, 2)), []tensor.Shape{{1, 4, 4, 3}}, normal)
		y, err := c.build(in)
		if err != nil {
			t.Fatal(err)
		}
		cost, _, err := loss(g, y)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := G.Grad(cost, in...); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: the gradient's error is %v, want one that says %q", name, err, c.says)
		}
	}
}

// TestPackedMisfits: what does not fit the weights is refused.
func TestPackedMisfits(t *testing.T) {
	g := G.NewGraph()
	in, _ := operands(g, rand.New(rand.NewPCG(5, 6)), []tensor.Shape{{1, 4, 4, 3}, {2, 4, 4, 3}, {2, 4}}, normal)
	w := kernel.Symmetric(3, 1, 4, 4)
	p, five := packLayers(3, 3, w), packLayers(5, 5, w)
	for name, build := range map[string]func() (*G.Node, error){
		"convolution's channels": func() (*G.Node, error) { return PackedConv(in[0], five.conv, w, kernel.Identity, nil, nil) },
		"what is added":          func() (*G.Node, error) { return PackedConv(in[0], p.conv, w, kernel.Identity, in[1], nil) },
		"depthwise's channels":   func() (*G.Node, error) { return PackedDepthwise(in[0], five.depthwise, w, kernel.Identity, nil) },
		"depthwise's kernel": func() (*G.Node, error) {
			return PackedDepthwise(in[0], p.depthwise, kernel.Symmetric(5, 1, 4, 4), kernel.Identity, nil)
		},
		"linear": func() (*G.Node, error) { return PackedLinear(in[2], p.linear, kernel.Identity, nil) },
	} {
		if _, err := build(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
