package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"scalecam/network/kernel"
)

// The operators over packed weights hold them: batch norm is folded in, and they
// are laid out for the kernels once. Their gradients are those of the data
// alone. Each writes into the room given, if it is not nil: operators that
// follow each other at a distance may share one, where nothing reads the earlier
// result any more. So inference runs them, with activations and sums in the same
// pass; for gradients there is a way without: no room, no activation but the
// identity, nothing added.

// PackedConv convolves x [N, H, W, In], adds add, which is of the result's shape
// and may be nil, and applies the activation. Result [N, OutH, OutW, Out].
func PackedConv(x *G.Node, p *kernel.Packed, window kernel.Window, act kernel.Activation, add *G.Node, room []float32) (*G.Node, error) {
	const name = "packed convolution"
	if err := want(name, "input", x, -1, window.InH, window.InW, -1); err != nil {
		return nil, err
	}
	c := kernel.Conv{N: x.Shape()[0], In: x.Shape()[3], Out: p.N, Window: window}
	if taps := c.In * c.Kernel * c.Kernel; p.K != taps {
		return nil, fmt.Errorf("op: %s: weights for %d values under the kernel, expected %d", name, p.K, taps)
	}
	in := []*G.Node{x}
	if add != nil {
		if err := want(name, "what is added", add, c.N, c.OutH, c.OutW, c.Out); err != nil {
			return nil, err
		}
		in = append(in, add)
	}
	return apply(&operator{
		name: name, shape: tensor.Shape{c.N, c.OutH, c.OutW, c.Out}, room: room,
		run: func(out []float32, in []array) {
			var add []float32
			if len(in) > 1 {
				add = in[1].data
			}
			c.Forward(out, in[0].data, p, act, add)
		},
		grad: dataGradient(name, act, func() func(out, grad []float32) {
			t := p.Transposed()
			return func(out, grad []float32) { c.GradInputPacked(out, grad, t) }
		}),
	}, in...)
}

// PackedDepthwise convolves each channel of x [N, H, W, C] with its own kernel
// and applies the activation. Result [N, OutH, OutW, C].
func PackedDepthwise(x *G.Node, p *kernel.PackedDepthwise, window kernel.Window, act kernel.Activation, room []float32) (*G.Node, error) {
	const name = "packed depthwise convolution"
	if err := want(name, "input", x, -1, window.InH, window.InW, -1); err != nil {
		return nil, err
	}
	d := kernel.Depthwise{N: x.Shape()[0], Channels: x.Shape()[3], Window: window}
	if err := d.Check(); err != nil {
		return nil, fmt.Errorf("op: %s: %w", name, err)
	}
	if !p.Fits(d) {
		return nil, fmt.Errorf("op: %s: the weights are not those of %d channels and %v", name, d.Channels, window)
	}
	return apply(&operator{
		name: name, shape: tensor.Shape{d.N, d.OutH, d.OutW, d.Channels}, room: room,
		run: func(out []float32, in []array) { d.Forward(out, in[0].data, p, act) },
		grad: dataGradient(name, act, func() func(out, grad []float32) {
			t := p.Transposed()
			return func(out, grad []float32) { d.GradInputPacked(out, grad, t) }
		}),
	}, x)
}

// PackedLinear is the activation of x [N, In] times a weight, plus its bias.
// Result [N, Out].
func PackedLinear(x *G.Node, p *kernel.Packed, act kernel.Activation, room []float32) (*G.Node, error) {
	const name = "packed linear"
	if err := want(name, "input", x, -1, p.K); err != nil {
		return nil, err
	}
	n := x.Shape()[0]
	return apply(&operator{
		name: name, shape: tensor.Shape{n, p.N}, room: room,
		run: func(out []float32, in []array) { p.Product(out, in[0].data, n, act, nil) },
		grad: dataGradient(name, act, func() func(out, grad []float32) {
			t := p.Transposed()
			return func(out, grad []float32) { t.Product(out, grad, n, kernel.Identity, nil) }
		}),
	}, x)
}

// PackedMBConv is a whole mobile inverted bottleneck on x [N, H, W, In]. Result
// [N, OutH, OutW, Out].
func PackedMBConv(x *G.Node, b *kernel.MBConv, room []float32) (*G.Node, error) {
	const name = "packed MBConv"
	if err := want(name, "input", x, -1, b.InH, b.InW, -1); err != nil {
		return nil, err
	}
	n := x.Shape()[0]
	if err := b.Check(x.Shape()[3]); err != nil {
		return nil, fmt.Errorf("op: %s: %w", name, err)
	}
	return apply(&operator{
		name: name, shape: tensor.Shape{n, b.OutH, b.OutW, b.Project.N}, room: room,
		run: func(out []float32, in []array) { b.Forward(out, in[0].data, n) },
		grad: func(G.Nodes, *G.Node, *G.Node) (G.Nodes, error) {
			return nil, fmt.Errorf("op: %s: it has no gradient; its layers one by one have", name)
		},
	}, x)
}

// dataGradient is the gradient of an operator that is linear in its one
// operand. transpose prepares it, at the first time that it is asked for.
func dataGradient(name string, act kernel.Activation, transpose func() func(out, grad []float32)) func(in G.Nodes, out, grad *G.Node) (G.Nodes, error) {
	return func(in G.Nodes, _, grad *G.Node) (G.Nodes, error) {
		if act != kernel.Identity || len(in) > 1 {
			return nil, fmt.Errorf("op: %s: it has no gradient together with what follows it; the activation and the sum must be operators of their own", name)
		}
		run := transpose()
		return gradients(in, func() (*G.Node, error) {
			return apply(&operator{
				name: name + " gradient", shape: in[0].Shape().Clone(),
				run: func(out []float32, in []array) { run(out, in[0].data) },
			}, grad)
		})
	}
}
