package network

import (
	"fmt"
	"slices"

	"scalecam/network/kernel"
)

// Operator is what a stage of an architecture is made of: a value that spells
// itself out into nodes.
type Operator interface {
	// String is the operator as in print: "MBConv6 3×3".
	String() string
	// Block tells a block: what is, or would be at another setting, several layers.
	Block() bool
	// spell adds one repetition of the operator that reads the node from. It
	// gives the node that the next repetition reads.
	spell(s *spelling, from, channels, stride int) int
}

// Convolution is a plain convolution with batch norm and activation.
type Convolution struct {
	Kernel     int
	Part       Part // Stem, Head or, of a stage between them, Conv1
	Activation kernel.Activation
}

func (c Convolution) String() string { return fmt.Sprintf("Conv %d×%d", c.Kernel, c.Kernel) }

// Block implements Operator.
func (Convolution) Block() bool { return false }

func (c Convolution) spell(s *spelling, from, channels, stride int) int {
	return s.convolve(c.Part, from, channels, c.Kernel, stride, c.Activation)
}

// MBConv is the mobile inverted bottleneck: 1×1 expansion, depthwise
// convolution, squeeze-and-excite where it has that, and 1×1 projection without
// activation; its input is added where stride is 1 and the channels are the same
// (arXiv 1801.04381, 1807.11626).
type MBConv struct {
	Kernel     int
	Expand     int     // expansion ratio; 1 has no expansion layer
	Squeeze    float64 // squeeze-and-excite width over the block's input width; 0 has none
	Activation kernel.Activation
}

func (m MBConv) String() string { return fmt.Sprintf("MBConv%d %d×%d", m.Expand, m.Kernel, m.Kernel) }

// Block implements Operator.
func (MBConv) Block() bool { return true }

func (m MBConv) spell(s *spelling, from, channels, stride int) int {
	in, _ := s.output(from)
	x := from
	if m.Expand != 1 {
		x = s.convolve(Expand, x, in*m.Expand, 1, 1, m.Activation)
	}
	x = s.depthwise(Depthwise, x, m.Kernel, stride, m.Activation)
	if m.Squeeze > 0 {
		x = s.squeezeExcite(x, max(1, int(m.Squeeze*float64(in))), m.Activation)
	}
	x = s.convolve(Project, x, channels, 1, 1, kernel.Identity)
	if stride == 1 && in == channels && (s.block > 0 || !slices.Contains(s.Architecture.Unskipped, s.stage)) {
		x = s.add(x, from, kernel.Identity)
	}
	return x
}

// FusedMBConv is an MBConv whose k×k convolution is plain and does the expansion,
// too: without squeeze-and-excite (arXiv 2104.00298, figure 2). Without an expansion it
// is that convolution alone, with its activation.
type FusedMBConv struct {
	Kernel     int
	Expand     int // expansion ratio
	Activation kernel.Activation
}

func (m FusedMBConv) String() string {
	return fmt.Sprintf("Fused MBConv%d %d×%d", m.Expand, m.Kernel, m.Kernel)
}

// Block implements Operator.
func (FusedMBConv) Block() bool { return true }

func (m FusedMBConv) spell(s *spelling, from, channels, stride int) int {
	in, _ := s.output(from)
	var x int
	if m.Expand == 1 {
		x = s.convolve(Conv1, from, channels, m.Kernel, stride, m.Activation)
	} else {
		x = s.convolve(Fused, from, in*m.Expand, m.Kernel, stride, m.Activation)
		x = s.convolve(Project, x, channels, 1, 1, kernel.Identity)
	}
	if stride == 1 && in == channels {
		x = s.add(x, from, kernel.Identity)
	}
	return x
}

// Basic is the residual block of two k×k convolutions (arXiv 1512.03385, figure
// 5, left), with its activation after the sum. Where stride or channels change,
// its input is projected by a 1×1 convolution ("option B") or, padded, has pixels
// left out and channels of zeros added ("option A").
type Basic struct {
	Kernel     int
	Padded     bool
	Activation kernel.Activation
}

func (b Basic) String() string {
	if b.Padded {
		return fmt.Sprintf("Basic %d×%d, padded", b.Kernel, b.Kernel)
	}
	return fmt.Sprintf("Basic %d×%d", b.Kernel, b.Kernel)
}

// Block implements Operator.
func (Basic) Block() bool { return true }

func (b Basic) spell(s *spelling, from, channels, stride int) int {
	x := s.convolve(Conv1, from, channels, b.Kernel, stride, b.Activation)
	x = s.convolve(Conv2, x, channels, b.Kernel, 1, kernel.Identity)
	return s.add(x, s.shortcut(from, channels, stride, b.Padded), b.Activation)
}

// Bottleneck is the residual block of a 1×1, a k×k and a 1×1 convolution (arXiv
// 1512.03385, figure 5, right). Of the channels that its stage states, the first two
// have Inner times as many (2 in wide ResNets) and the block puts out Expand times as
// many. The stride is the k×k convolution's, as in torchvision ("ResNet v1.5").
type Bottleneck struct {
	Kernel     int
	Inner      int
	Expand     int
	Activation kernel.Activation
}

func (b Bottleneck) String() string {
	if b.Inner != 1 {
		return fmt.Sprintf("Bottleneck %d×%d, inner × %d", b.Kernel, b.Kernel, b.Inner)
	}
	return fmt.Sprintf("Bottleneck %d×%d", b.Kernel, b.Kernel)
}

// Block implements Operator.
func (Bottleneck) Block() bool { return true }

func (b Bottleneck) spell(s *spelling, from, channels, stride int) int {
	x := s.convolve(Conv1, from, channels*b.Inner, 1, 1, b.Activation)
	x = s.convolve(Conv2, x, channels*b.Inner, b.Kernel, stride, b.Activation)
	x = s.convolve(Conv3, x, channels*b.Expand, 1, 1, kernel.Identity)
	return s.add(x, s.shortcut(from, channels*b.Expand, stride, false), b.Activation)
}

// MaxPool keeps the largest value under a window. It has no weights, and keeps
// the channels.
type MaxPool struct{ Kernel int }

func (m MaxPool) String() string { return fmt.Sprintf("Max pool %d×%d", m.Kernel, m.Kernel) }

// Block implements Operator.
func (MaxPool) Block() bool { return false }

func (m MaxPool) spell(s *spelling, from, _, stride int) int {
	channels, _ := s.output(from)
	return s.node(Node{Op: OpMaxPool, Part: Pool, From: []int{from}, Out: channels, Window: s.window(from, m.Kernel, stride)})
}

// spelling is a Network while it is spelt out.
type spelling struct {
	*Network
	stage, block int
	// made are the nodes' grids at the size that the padding is for.
	made []Size
}

// window is a kernel's over what a node puts out.
func (s *spelling) window(from, k, stride int) kernel.Window {
	_, in := s.output(from)
	switch p := s.Padding; {
	case !p.Same:
		return kernel.Symmetric(k, stride, in.H, in.W)
	case p.For == Size{}:
		return kernel.Same(k, stride, in.H, in.W)
	}
	made := s.madeAt(from)
	return kernel.Same(k, stride, made.H, made.W).At(in.H, in.W)
}

func (s *spelling) madeAt(node int) Size {
	if node == FromPicture {
		return s.Padding.For
	}
	return s.made[node]
}

// output is what a node puts out: channels and grid.
func (s *spelling) output(node int) (channels int, size Size) {
	if node == FromPicture {
		return 3, s.Scaling.Resolution
	}
	return s.Nodes[node].Out, s.Nodes[node].Size
}

// node adds a node and gives its index. Its place, input channels and size
// follow from what it reads.
func (s *spelling) node(n Node) int {
	n.Stage, n.Block = s.stage, s.block
	n.In, n.Size = s.output(n.From[0])
	switch n.Op {
	case OpConv, OpMaxPool, OpSubsample:
		n.Size = Size{n.Window.OutH, n.Window.OutW}
	case OpMean:
		n.Size = Square(1)
		n.Window = kernel.Symmetric(1, 1, 1, 1)
	default:
		n.Window = kernel.Symmetric(1, 1, n.Size.H, n.Size.W)
	}
	s.Nodes = append(s.Nodes, n)
	if s.Padding.For != (Size{}) {
		made, stride := s.madeAt(n.From[0]), n.Window.Stride
		s.made = append(s.made, Size{(made.H + stride - 1) / stride, (made.W + stride - 1) / stride})
	}
	return len(s.Nodes) - 1
}

func (s *spelling) convolve(part Part, from, out, k, stride int, act kernel.Activation) int {
	return s.node(Node{Op: OpConv, Part: part, From: []int{from}, Out: out, Groups: 1, Window: s.window(from, k, stride), Norm: true, Activation: act})
}

func (s *spelling) depthwise(part Part, from, k, stride int, act kernel.Activation) int {
	channels, _ := s.output(from)
	return s.node(Node{Op: OpConv, Part: part, From: []int{from}, Out: channels, Groups: channels, Window: s.window(from, k, stride), Norm: true, Activation: act})
}

func (s *spelling) linear(part Part, from, out int, act kernel.Activation) int {
	return s.node(Node{Op: OpLinear, Part: part, From: []int{from}, Out: out, Activation: act})
}

func (s *spelling) mean(from int) int {
	channels, _ := s.output(from)
	return s.node(Node{Op: OpMean, Part: Pool, From: []int{from}, Out: channels})
}

// squeezeExcite scales a node's channels by gates that a small network makes of
// their means (arXiv 1709.01507).
func (s *spelling) squeezeExcite(from, small int, act kernel.Activation) int {
	channels, _ := s.output(from)
	gates := s.linear(Excite, s.linear(Squeeze, s.mean(from), small, act), channels, kernel.Sigmoid)
	return s.node(Node{Op: OpGate, Part: Gated, From: []int{from, gates}, Out: channels})
}

func (s *spelling) add(branch, other int, act kernel.Activation) int {
	channels, _ := s.output(branch)
	return s.node(Node{Op: OpAdd, Part: Sum, From: []int{branch, other}, Out: channels, Activation: act})
}

// shortcut is what a residual block adds to its branch: its input, projected or
// padded where it would not fit.
func (s *spelling) shortcut(from, channels, stride int, padded bool) int {
	in, _ := s.output(from)
	switch {
	case stride == 1 && in == channels:
		return from
	case padded:
		return s.node(Node{Op: OpSubsample, Part: Shortcut, From: []int{from}, Out: channels, Window: s.window(from, 1, stride)})
	}
	return s.convolve(Shortcut, from, channels, 1, stride, kernel.Identity)
}
