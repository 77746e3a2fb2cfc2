package network

import (
	"iter"

	"scalecam/network/kernel"
)

// packedWeights are the values of all of a Network's nodes, in order, as
// inference wants them: batch norm folded, laid out for the kernels. They do
// not depend on the input's size.
type packedWeights []packedLayer

// packedLayer is one of the two, or neither where the node has no weights.
type packedLayer struct {
	matrix    *kernel.Packed
	depthwise *kernel.PackedDepthwise
}

// pack folds and lays out weights that fit the network, node by node; each is
// shown to see before.
func pack(net *Network, w iter.Seq[LayerWeights], eps float64, see func(node int, l LayerWeights)) packedWeights {
	var packed packedWeights
	room := make([]float32, net.largestWeight())
	for layer := range w {
		node := &net.Nodes[len(packed)]
		see(len(packed), layer)
		if !node.Weighted() {
			packed = append(packed, packedLayer{})
			continue
		}
		weight, bias := layer.fold(eps, room)
		switch {
		case node.depthwise():
			packed = append(packed, packedLayer{depthwise: kernel.PackDepthwise(weight, node.Out, node.Window.Kernel, bias)})
		case node.Op == OpLinear:
			packed = append(packed, packedLayer{matrix: kernel.PackLinear(weight, node.Out, node.In, bias)})
		default:
			packed = append(packed, packedLayer{matrix: kernel.Conv{In: node.In, Out: node.Out, Window: node.Window}.Pack(weight, bias)})
		}
	}
	return packed
}

// classifier is the packed weight of a linear layer as a Matrix [classes, K].
type classifier struct{ *kernel.Packed }

// Row gives the weights of a class.
func (c classifier) Row(class int) []float32 { return c.Column(class) }
