package op

import (
	G "gorgonia.org/gorgonia"

	"scalecam/network/kernel"
)

// Activate applies the activation to every value of x, of any shape.
func Activate(x *G.Node, a kernel.Activation) (*G.Node, error) {
	return apply(&operator{
		name: a.String(), shape: x.Shape().Clone(),
		run: func(out []float32, in []array) { a.Forward(out, in[0].data) },
		grad: func(in G.Nodes, _, grad *G.Node) (G.Nodes, error) {
			return gradients(in, func() (*G.Node, error) {
				return apply(&operator{
					name: a.String() + " gradient", shape: in[0].Shape().Clone(),
					run: func(out []float32, in []array) { a.Grad(out, in[0].data, in[1].data) },
				}, in[0], grad)
			})
		},
	}, x)
}
