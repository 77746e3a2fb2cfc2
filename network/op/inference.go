package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"scalecam/network/kernel"
)

// The operators of inference hold their weights, packed, and have no gradient.
// Each writes into the room given, if it is not nil: operators that follow each
// other at a distance may share one, where nothing reads the earlier result any
// more.

// PackedConv convolves x [N, H, W, In] and applies the activation. Result [N,
// OutH, OutW, Out].
func PackedConv(x *G.Node, p *kernel.Packed, window kernel.Window, act kernel.Activation, room []float32) (*G.Node, error) {
	const name = "packed convolution"
	if err := want(name, "input", x, -1, window.InH, window.InW, -1); err != nil {
		return nil, err
	}
	c := kernel.Conv{N: x.Shape()[0], In: x.Shape()[3], Out: p.N, Window: window}
	if taps := c.In * c.Kernel * c.Kernel; p.K != taps {
		return nil, fmt.Errorf("op: %s: weights for %d values under the kernel, expected %d", name, p.K, taps)
	}
	return applyIn(room, &operator{
		name: name, shape: tensor.Shape{c.N, c.OutH, c.OutW, c.Out},
		run: func(out []float32, in []array) { c.Forward(out, in[0].data, p, act) },
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
	return applyIn(room, &operator{
		name: name, shape: tensor.Shape{n, b.OutH, b.OutW, b.Project.N},
		run: func(out []float32, in []array) { b.Forward(out, in[0].data, n) },
	}, x)
}

// PackedLinear is x [N, In] times a weight, plus its bias. Result [N, Out].
func PackedLinear(x *G.Node, p *kernel.Packed) (*G.Node, error) {
	const name = "packed linear"
	if err := want(name, "input", x, -1, p.K); err != nil {
		return nil, err
	}
	n := x.Shape()[0]
	return apply(&operator{
		name: name, shape: tensor.Shape{n, p.N},
		run: func(out []float32, in []array) { p.Product(out, in[0].data, n, kernel.Identity, nil) },
	}, x)
}

// applyIn is apply with the result in the room, where that is not nil.
func applyIn(room []float32, o *operator, x *G.Node) (*G.Node, error) {
	if room != nil {
		o.buffer = tensor.New(tensor.WithShape(o.shape...), tensor.WithBacking(room[:o.shape.TotalSize()]))
	}
	return apply(o, x)
}
