package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"scalecam/network/kernel"
)

// Conv convolves x [N, H, W, In] with weight [Out, In, k, k] over the window,
// whose InH, InW must be x's; bias [Out] may be nil. Result [N, OutH, OutW, Out].
func Conv(x, weight, bias *G.Node, window kernel.Window) (*G.Node, error) {
	const name = "convolution"
	if err := want(name, "input", x, -1, window.InH, window.InW, -1); err != nil {
		return nil, err
	}
	in := x.Shape()[3]
	if err := want(name, "weight", weight, -1, in, window.Kernel, window.Kernel); err != nil {
		return nil, err
	}
	c := kernel.Conv{N: x.Shape()[0], In: in, Out: weight.Shape()[0], Window: window}
	o := &operator{
		name:  fmt.Sprintf("%s %v", name, window),
		shape: tensor.Shape{c.N, c.OutH, c.OutW, c.Out},
		run: func(out []float32, in []array) {
			p := c.Pack(in[1].data, biasOf(in))
			defer p.Release()
			c.Forward(out, in[0].data, p, kernel.Identity, nil)
		},
		grad: func(in G.Nodes, _, grad *G.Node) (G.Nodes, error) {
			return gradients(in,
				func() (*G.Node, error) {
					return apply(&operator{
						name: name + " gradient (input)", shape: in[0].Shape().Clone(),
						run: func(out []float32, in []array) { c.GradInput(out, in[0].data, in[1].data) },
					}, grad, in[1])
				},
				func() (*G.Node, error) {
					return apply(&operator{
						name: name + " gradient (weight)", shape: in[1].Shape().Clone(),
						run: func(out []float32, in []array) { c.GradWeight(out, in[0].data, in[1].data) },
					}, in[0], grad)
				},
				func() (*G.Node, error) { return sumChannels(grad) },
			)
		},
	}
	return withBias(o, x, weight, bias, c.Out)
}

// Depthwise convolves each channel of x [N, H, W, C] with its own kernel of
// weight [C, 1, k, k], k being 3 or 5 and the stride 1 or 2; bias [C] may be
// nil. Result [N, OutH, OutW, C].
func Depthwise(x, weight, bias *G.Node, window kernel.Window) (*G.Node, error) {
	const name = "depthwise convolution"
	if err := want(name, "input", x, -1, window.InH, window.InW, -1); err != nil {
		return nil, err
	}
	channels := x.Shape()[3]
	if err := want(name, "weight", weight, channels, 1, window.Kernel, window.Kernel); err != nil {
		return nil, err
	}
	d := kernel.Depthwise{N: x.Shape()[0], Channels: channels, Window: window}
	if err := d.Check(); err != nil {
		return nil, fmt.Errorf("op: %s: %w", name, err)
	}
	o := &operator{
		name:  fmt.Sprintf("%s %v", name, window),
		shape: tensor.Shape{d.N, d.OutH, d.OutW, channels},
		run: func(out []float32, in []array) {
			p := kernel.PackDepthwise(in[1].data, channels, d.Kernel, biasOf(in))
			defer p.Release()
			d.Forward(out, in[0].data, p, kernel.Identity)
		},
		grad: func(in G.Nodes, _, grad *G.Node) (G.Nodes, error) {
			return gradients(in,
				func() (*G.Node, error) {
					return apply(&operator{
						name: name + " gradient (input)", shape: in[0].Shape().Clone(),
						run: func(out []float32, in []array) { d.GradInput(out, in[0].data, in[1].data) },
					}, grad, in[1])
				},
				func() (*G.Node, error) {
					return apply(&operator{
						name: name + " gradient (weight)", shape: in[1].Shape().Clone(),
						run: func(out []float32, in []array) { d.GradWeight(out, in[0].data, in[1].data) },
					}, in[0], grad)
				},
				func() (*G.Node, error) { return sumChannels(grad) },
			)
		},
	}
	return withBias(o, x, weight, bias, channels)
}

// Linear is x [N, In] times the transpose of weight [Out, In], plus bias
// [Out], which may be nil. Result [N, Out].
func Linear(x, weight, bias *G.Node) (*G.Node, error) {
	const name = "linear"
	if err := want(name, "input", x, -1, -1); err != nil {
		return nil, err
	}
	n, in := x.Shape()[0], x.Shape()[1]
	if err := want(name, "weight", weight, -1, in); err != nil {
		return nil, err
	}
	out := weight.Shape()[0]
	o := &operator{
		name:  fmt.Sprintf("%s %d to %d", name, in, out),
		shape: tensor.Shape{n, out},
		run: func(dst []float32, o []array) {
			p := kernel.PackLinear(o[1].data, out, in, biasOf(o))
			defer p.Release()
			p.Product(dst, o[0].data, n, kernel.Identity, nil)
		},
		grad: func(nodes G.Nodes, _, grad *G.Node) (G.Nodes, error) {
			return gradients(nodes,
				func() (*G.Node, error) {
					return apply(&operator{
						name: name + " gradient (input)", shape: tensor.Shape{n, in},
						run: func(dst []float32, o []array) {
							p := kernel.Pack(o[1].data, out, in, in, 1, nil)
							defer p.Release()
							p.Product(dst, o[0].data, n, kernel.Identity, nil)
						},
					}, grad, nodes[1])
				},
				func() (*G.Node, error) {
					return apply(&operator{
						name: name + " gradient (weight)", shape: tensor.Shape{out, in},
						run: func(dst []float32, o []array) {
							kernel.LinearGradWeight(dst, o[0].data, o[1].data, n, in, out)
						},
					}, nodes[0], grad)
				},
				func() (*G.Node, error) { return sumChannels(grad) },
			)
		},
	}
	return withBias(o, x, weight, bias, out)
}

// withBias applies o to input and weight, and to the bias where there is one.
func withBias(o *operator, x, weight, bias *G.Node, channels int) (*G.Node, error) {
	if bias == nil {
		return apply(o, x, weight)
	}
	if err := want(o.name, "bias", bias, channels); err != nil {
		return nil, err
	}
	return apply(o, x, weight, bias)
}

// biasOf is the third operand, or nil.
func biasOf(in []array) []float32 {
	if len(in) < 3 {
		return nil
	}
	return in[2].data
}

// sumChannels adds up grad [N, …, C] over everything but the channels: [C].
func sumChannels(grad *G.Node) (*G.Node, error) {
	s := grad.Shape()
	channels := s[len(s)-1]
	return apply(&operator{
		name: "gradient (bias)", shape: tensor.Shape{channels},
		run: func(out []float32, in []array) {
			kernel.SumChannels(out, in[0].data, s.TotalSize()/channels, channels)
		},
	}, grad)
}
