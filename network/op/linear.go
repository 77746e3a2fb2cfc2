package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"scalecam/network/kernel"
)

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
