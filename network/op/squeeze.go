package op

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"scalecam/network/kernel"
)

// SqueezeExcite scales the channels of x [N, H, W, C] by gates that a small
// network makes of their means (arXiv 1709.01507): squeeze [S, C] and its bias
// [S], the activation, excite [C, S] and its bias [C], and the sigmoid.
func SqueezeExcite(x, squeeze, squeezeBias, excite, exciteBias *G.Node, act kernel.Activation) (*G.Node, error) {
	const name = "squeeze-and-excite"
	if err := want(name, "input", x, -1, -1, -1, -1); err != nil {
		return nil, err
	}
	s := x.Shape()
	channels := s[3]
	if err := want(name, "squeeze", squeeze, -1, channels); err != nil {
		return nil, err
	}
	small := squeeze.Shape()[0]
	for _, p := range []struct {
		name  string
		node  *G.Node
		shape []int
	}{{"squeeze's bias", squeezeBias, []int{small}}, {"excite", excite, []int{channels, small}}, {"excite's bias", exciteBias, []int{channels}}} {
		if err := want(name, p.name, p.node, p.shape...); err != nil {
			return nil, err
		}
	}
	e := kernel.NewSqueezeExcite(s[0], s[1]*s[2], channels, small, act)
	return apply(&operator{
		name: name, shape: s.Clone(),
		run: func(out []float32, in []array) {
			e.Forward(out, in[0].data, in[1].data, in[2].data, in[3].data, in[4].data)
		},
		// The gradient reads what the forward pass of the same run left in e: it
		// comes first, because the gradient takes its result too.
		grad: func(in G.Nodes, out, grad *G.Node) (G.Nodes, error) {
			all, err := apply(&operator{
				name: name + " gradient (input)", shape: s.Clone(),
				run: func(out []float32, in []array) { e.Grad(out, in[0].data, in[1].data, in[2].data, in[3].data) },
			}, in[0], in[1], in[3], grad, out)
			if err != nil {
				return nil, err
			}
			weights, err := besides(all, name, output{e.GradSqueeze, in[1].Shape()}, output{e.GradSqueezeBias, in[2].Shape()},
				output{e.GradExcite, in[3].Shape()}, output{e.GradExciteBias, in[4].Shape()})
			return append(G.Nodes{all}, weights...), err
		},
	}, x, squeeze, squeezeBias, excite, exciteBias)
}

// Gate is x [N, H, W, C] times gates [N, C], each for a channel of a picture:
// what squeeze-and-excite ends in. Result as x.
func Gate(x, gates *G.Node, room []float32) (*G.Node, error) {
	const name = "gate"
	if err := want(name, "input", x, -1, -1, -1, -1); err != nil {
		return nil, err
	}
	s := x.Shape()
	n, pixels, channels := s[0], s[1]*s[2], s[3]
	if err := want(name, "gates", gates, n, channels); err != nil {
		return nil, err
	}
	return apply(&operator{
		name: name, shape: s.Clone(), room: room,
		run: func(out []float32, in []array) { kernel.Scale(out, in[0].data, in[1].data, n, pixels, channels) },
		grad: func(in G.Nodes, _, grad *G.Node) (G.Nodes, error) {
			return gradients(in,
				func() (*G.Node, error) {
					return apply(&operator{
						name: name + " gradient (input)", shape: s.Clone(),
						run: func(out []float32, in []array) { kernel.Scale(out, in[0].data, in[1].data, n, pixels, channels) },
					}, grad, in[1])
				},
				func() (*G.Node, error) {
					return apply(&operator{
						name: name + " gradient (gates)", shape: tensor.Shape{n, channels},
						run: func(out []float32, in []array) { kernel.ScaleGrad(out, in[0].data, in[1].data, n, pixels, channels) },
					}, in[0], grad)
				},
			)
		},
	}, x, gates)
}
