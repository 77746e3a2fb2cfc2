package op

import (
	"fmt"

	G "gorgonia.org/gorgonia"

	"scalecam/network/kernel"
)

// Activate is the activation of every value of x. Result as x.
func Activate(x *G.Node, act kernel.Activation, room []float32) (*G.Node, error) {
	name := act.String()
	return apply(&operator{
		name: name, shape: x.Shape().Clone(), room: room,
		run: func(out []float32, in []array) { act.Forward(out, in[0].data) },
		grad: func(in G.Nodes, _, grad *G.Node) (G.Nodes, error) {
			return gradients(in, func() (*G.Node, error) {
				return apply(&operator{
					name: name + " gradient", shape: x.Shape().Clone(),
					run: func(out []float32, in []array) { act.Grad(out, in[0].data, in[1].data) },
				}, in[0], grad)
			})
		},
	}, x)
}

// Add is the activation of the sum of two arrays of one shape: the end of a
// residual block. Result as they.
func Add(a, b *G.Node, act kernel.Activation, room []float32) (*G.Node, error) {
	const name = "residual"
	if err := want(name, "second operand", b, a.Shape()...); err != nil {
		return nil, err
	}
	return apply(&operator{
		name: name, shape: a.Shape().Clone(), room: room,
		run: func(out []float32, in []array) {
			kernel.Add(out, in[0].data, in[1].data)
			if act != kernel.Identity {
				act.Forward(out, out)
			}
		},
		grad: func(in G.Nodes, _, grad *G.Node) (G.Nodes, error) {
			if act == kernel.Identity {
				return G.Nodes{grad, grad}, nil
			}
			both, err := apply(&operator{
				name: name + " gradient", shape: a.Shape().Clone(),
				run: func(out []float32, in []array) {
					kernel.Add(out, in[0].data, in[1].data)
					act.Grad(out, out, in[2].data)
				},
			}, in[0], in[1], grad)
			return G.Nodes{both, both}, err
		},
	}, a, b)
}

// Scale multiplies x by factors, which the caller may change between runs: x is
// taken in as many equal runs of values as there are factors, [N] for one a
// picture. The factors get no gradient. It is dropout and stochastic depth.
func Scale(x *G.Node, factors []float32) (*G.Node, error) {
	const name = "scaling"
	size := x.Shape().TotalSize()
	if len(factors) == 0 || size%len(factors) != 0 {
		return nil, fmt.Errorf("op: %s: %d factors for a shape of %v, which they do not divide", name, len(factors), x.Shape())
	}
	run := func(out []float32, in []array) {
		each := size / len(factors)
		for i, f := range factors {
			to := out[i*each:][:each]
			for j, v := range in[0].data[i*each:][:each] {
				to[j] = f * v
			}
		}
	}
	return apply(&operator{
		name: name, shape: x.Shape().Clone(), run: run,
		grad: func(in G.Nodes, _, grad *G.Node) (G.Nodes, error) {
			return gradients(in, func() (*G.Node, error) {
				return apply(&operator{name: name + " gradient", shape: x.Shape().Clone(), run: run}, grad)
			})
		},
	}, x)
}
