package op

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"scalecam/network/kernel"
)

// AveragePool is global average pooling: the mean over each plane of
// x [N, C, H, W]. Result [N, C].
func AveragePool(x *G.Node) (*G.Node, error) {
	const name = "global average pooling"
	if err := want(name, "input", x, -1, -1, -1, -1); err != nil {
		return nil, err
	}
	s := x.Shape()
	planes, plane := s[0]*s[1], s[2]*s[3]
	return apply(&operator{
		name: name, shape: tensor.Shape{s[0], s[1]},
		run: func(out []float32, in []array) { kernel.AveragePool(out, in[0].data, planes, plane) },
		grad: func(in G.Nodes, _, grad *G.Node) (G.Nodes, error) {
			return gradients(in, func() (*G.Node, error) {
				return apply(&operator{
					name: name + " gradient", shape: s.Clone(),
					run: func(out []float32, in []array) { kernel.AveragePoolGrad(out, in[0].data, planes, plane) },
				}, grad)
			})
		},
	}, x)
}

// Scale multiplies each plane of x [N, C, H, W] by its value of scale [N, C]:
// the excitation of squeeze-and-excite (arXiv 1709.01507).
func Scale(x, scale *G.Node) (*G.Node, error) {
	const name = "excitation"
	if err := want(name, "input", x, -1, -1, -1, -1); err != nil {
		return nil, err
	}
	s := x.Shape()
	if err := want(name, "scale", scale, s[0], s[1]); err != nil {
		return nil, err
	}
	planes, plane := s[0]*s[1], s[2]*s[3]
	product := func() *operator {
		return &operator{
			name: name, shape: s.Clone(),
			run: func(out []float32, in []array) { kernel.Scale(out, in[0].data, in[1].data, planes, plane) },
		}
	}
	o := product()
	o.grad = func(in G.Nodes, _, grad *G.Node) (G.Nodes, error) {
		return gradients(in,
			func() (*G.Node, error) { return apply(product(), grad, in[1]) },
			func() (*G.Node, error) {
				return apply(&operator{
					name: name + " gradient (scale)", shape: in[1].Shape().Clone(),
					run: func(out []float32, in []array) { kernel.ScaleGrad(out, in[0].data, in[1].data, planes, plane) },
				}, in[0], grad)
			},
		)
	}
	return apply(o, x, scale)
}

// Add is the sum of two arrays of one shape: a residual connection.
func Add(a, b *G.Node) (*G.Node, error) {
	const name = "residual"
	if err := want(name, "second operand", b, a.Shape()...); err != nil {
		return nil, err
	}
	return apply(&operator{
		name: name, shape: a.Shape().Clone(),
		run:  func(out []float32, in []array) { kernel.Add(out, in[0].data, in[1].data) },
		grad: func(_ G.Nodes, _, grad *G.Node) (G.Nodes, error) { return G.Nodes{grad, grad}, nil },
	}, a, b)
}
