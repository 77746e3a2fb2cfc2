package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"scalecam/network/kernel"
)

// AveragePool is global average pooling: the mean over the pixels of
// x [N, H, W, C]. Result [N, C].
func AveragePool(x *G.Node) (*G.Node, error) {
	const name = "global average pooling"
	if err := want(name, "input", x, -1, -1, -1, -1); err != nil {
		return nil, err
	}
	s := x.Shape()
	n, pixels, channels := s[0], s[1]*s[2], s[3]
	return apply(&operator{
		name: name, shape: tensor.Shape{n, channels},
		run: func(out []float32, in []array) { kernel.AveragePool(out, in[0].data, n, pixels, channels) },
		grad: func(in G.Nodes, _, grad *G.Node) (G.Nodes, error) {
			return gradients(in, func() (*G.Node, error) {
				return apply(&operator{
					name: name + " gradient", shape: s.Clone(),
					run: func(out []float32, in []array) { kernel.AveragePoolGrad(out, in[0].data, n, pixels, channels) },
				}, grad)
			})
		},
	}, x)
}

// MaxPool is the largest value of each channel of x [N, H, W, C] under the
// window, whose InH, InW must be x's. Result [N, OutH, OutW, C].
func MaxPool(x *G.Node, window kernel.Window, room []float32) (*G.Node, error) {
	const name = "max pooling"
	if err := want(name, "input", x, -1, window.InH, window.InW, -1); err != nil {
		return nil, err
	}
	s := x.Shape()
	m := kernel.MaxPool{N: s[0], Channels: s[3], Window: window}
	if err := m.Check(); err != nil {
		return nil, fmt.Errorf("op: %s: %w", name, err)
	}
	return apply(&operator{
		name: name, shape: tensor.Shape{m.N, m.OutH, m.OutW, m.Channels}, room: room,
		run: func(out []float32, in []array) { m.Forward(out, in[0].data) },
		grad: func(in G.Nodes, _, grad *G.Node) (G.Nodes, error) {
			return gradients(in, func() (*G.Node, error) {
				return apply(&operator{
					name: name + " gradient", shape: s.Clone(),
					run: func(out []float32, in []array) { m.Grad(out, in[0].data, in[1].data) },
				}, in[0], grad)
			})
		},
	}, x)
}

// Subsample takes the pixels of x [N, H, W, C] at the window's stride, and puts
// channels of zeros before and behind theirs, up to so many. Result [N, OutH, OutW,
// channels].
func Subsample(x *G.Node, channels int, window kernel.Window, room []float32) (*G.Node, error) {
	const name = "subsampling"
	if err := want(name, "input", x, -1, window.InH, window.InW, -1); err != nil {
		return nil, err
	}
	k := kernel.Subsample{N: x.Shape()[0], In: x.Shape()[3], Out: channels, Window: window}
	if err := k.Check(); err != nil {
		return nil, fmt.Errorf("op: %s: %w", name, err)
	}
	return apply(&operator{
		name: name, shape: tensor.Shape{k.N, k.OutH, k.OutW, k.Out}, room: room,
		run: func(out []float32, in []array) { k.Forward(out, in[0].data) },
		grad: func(in G.Nodes, _, grad *G.Node) (G.Nodes, error) {
			return gradients(in, func() (*G.Node, error) {
				return apply(&operator{
					name: name + " gradient", shape: in[0].Shape().Clone(),
					run: func(out []float32, in []array) { k.Grad(out, in[0].data) },
				}, grad)
			})
		},
	}, x)
}
