package network

import (
	"iter"

	"scalecam/network/kernel"
)

// packedWeights are the values of all of a Network's layers, in order, as
// inference wants them: batch norm folded, laid out for the kernels. They do
// not depend on the input's size.
type packedWeights []packedLayer

// packedLayer is one of the two.
type packedLayer struct {
	matrix    *kernel.Packed
	depthwise *kernel.PackedDepthwise
}

// pack folds and lays out weights that fit the network, layer by layer.
func pack(net *Network, w iter.Seq[LayerWeights], eps float64) packedWeights {
	var packed packedWeights
	room := make([]float32, net.largestWeight())
	for layer := range w {
		l := net.Layers[len(packed)]
		weight, bias := layer.fold(eps, room)
		if l.Role == Depthwise {
			packed = append(packed, packedLayer{depthwise: kernel.PackDepthwise(weight, l.Out, l.Window.Kernel, bias)})
		} else {
			packed = append(packed, packedLayer{matrix: kernel.Conv{In: l.In, Out: l.Out, Window: l.Window}.Pack(weight, bias)})
		}
	}
	return packed
}

// block gathers layers [first, last] of the network, an MBConv.
func (w packedWeights) block(net *Network, first, last int) *kernel.MBConv {
	b := new(kernel.MBConv)
	for i := first; i <= last; i++ {
		switch l := net.Layers[i]; l.Role {
		case Expand:
			b.Expand = w[i].matrix
		case Depthwise:
			b.Depthwise, b.Window, b.Activation = w[i].depthwise, l.Window, l.Activation
		case Squeeze:
			b.Squeeze = w[i].matrix
		case Excite:
			b.Excite = w[i].matrix
		case Project:
			b.Project, b.Residual = w[i].matrix, l.Residual
		}
	}
	return b
}

// classifier is the packed weight of a linear layer as a Matrix [classes, K].
type classifier struct{ *kernel.Packed }

// Row gives the weights of a class.
func (c classifier) Row(class int) []float32 { return c.Column(class) }
