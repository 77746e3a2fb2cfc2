package network

import "scalecam/network/kernel"

// Op is what a node computes.
type Op int

// The operations of which networks are made.
const (
	OpConv      Op = iota // convolution, plain or depthwise
	OpLinear              // linear layer on a vector of channels
	OpMaxPool             // largest value under a window
	OpMean                // mean over the grid (global average pooling): one vector of channels
	OpGate                // what the first node puts out, each channel times the second's value
	OpAdd                 // sum of two nodes
	OpSubsample           // the pixels at its stride, with channels of zeros before and behind: a shortcut without weights
)

// Part is what a node does in its block.
type Part string

// The parts of blocks. Their order in a block is that of its operator.
const (
	Stem       Part = "stem"       // first convolution
	Head       Part = "head"       // last convolution
	Expand     Part = "expand"     // an MBConv's 1×1 expansion
	Fused      Part = "fused"      // a fused MBConv's k×k expansion
	Depthwise  Part = "depthwise"  // its depthwise convolution
	Squeeze    Part = "squeeze"    // squeeze-and-excite's first linear layer
	Excite     Part = "excite"     // its second one, whose sigmoid gates the channels
	Gated      Part = "gated"      // the gated channels
	Project    Part = "project"    // an MBConv's 1×1 projection, without activation
	Conv1      Part = "conv1"      // a residual block's convolutions
	Conv2      Part = "conv2"      //
	Conv3      Part = "conv3"      //
	Shortcut   Part = "shortcut"   // its input, projected or padded
	Sum        Part = "sum"        // the residual sum
	Pool       Part = "pool"       // pooling, of a window or of the grid
	Hidden     Part = "hidden"     // an ending's linear layer before the classifier
	Classifier Part = "classifier" // linear layer that gives the logits
)

// FromPicture stands for the picture where a Node names the nodes that it reads.
const FromPicture = -1

// Node is a step of a network: an operation on what earlier nodes put out, and
// what follows it.
type Node struct {
	Op   Op
	From []int // the nodes that it reads, by index, all of them earlier, or FromPicture

	Stage int // index into the architecture's stages; the ending has the number after the last
	Block int // repetition within the stage
	Part  Part

	In, Out int           // channels, in of the first node that it reads
	Groups  int           // of a convolution: 1, or In for a depthwise one
	Window  kernel.Window // geometry of OpConv, OpMaxPool and OpSubsample; one cell for others
	Size    Size          // the grid that it puts out

	// Norm: a batch norm follows, and the node has no bias of its own.
	Norm bool
	// Activation follows the node (and its batch norm).
	Activation kernel.Activation
}

// Weighted tells that the node has weights: it is a layer.
func (n *Node) Weighted() bool { return n.Op == OpConv || n.Op == OpLinear }

// depthwise tells a depthwise convolution.
func (n *Node) depthwise() bool { return n.Op == OpConv && n.Groups > 1 }

// pointwise tells a plain 1×1 convolution of stride 1.
func (n *Node) pointwise() bool {
	return n.Op == OpConv && n.Groups == 1 && n.Window.Kernel == 1 && n.Window.Stride == 1
}

// WeightShape is the shape of a layer's weight as PyTorch stores it: [out,
// in/groups, k, k] of a convolution, [out, in] of a linear layer, [out, in, 1,
// 1] of squeeze-and-excite's, which libraries hold to be convolutions. It is nil
// where the node has no weights.
func (n *Node) WeightShape() []int {
	switch {
	case n.Op == OpConv:
		return []int{n.Out, n.In / n.Groups, n.Window.Kernel, n.Window.Kernel}
	case n.Part == Squeeze || n.Part == Excite:
		return []int{n.Out, n.In, 1, 1}
	case n.Op == OpLinear:
		return []int{n.Out, n.In}
	}
	return nil
}

func (n *Node) weights() int64 {
	shape := n.WeightShape()
	if shape == nil {
		return 0
	}
	count := int64(1)
	for _, d := range shape {
		count *= int64(d)
	}
	return count
}

// Parameters counts the learnt values: weights, and two for each channel that
// is normalised or one for each bias.
func (n *Node) Parameters() int64 {
	switch {
	case !n.Weighted():
		return 0
	case n.Norm:
		return n.weights() + 2*int64(n.Out)
	}
	return n.weights() + int64(n.Out)
}

// MACs counts the layer's multiply-adds for one picture; nodes without weights
// have none.
func (n *Node) MACs() int64 {
	return n.weights() * int64(n.Size.H) * int64(n.Size.W)
}

// Outputs counts the values that the node puts out for one picture.
func (n *Node) Outputs() int64 { return int64(n.Out) * int64(n.Size.H) * int64(n.Size.W) }
