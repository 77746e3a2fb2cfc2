package network

import (
	"fmt"

	"scalecam/network/kernel"
)

// Role is what a layer does in its stage.
type Role int

// The roles, in the order in which they follow each other.
const (
	Stem       Role = iota // first convolution
	Expand                 // an MBConv's 1×1 expansion
	Depthwise              // an MBConv's depthwise convolution
	Squeeze                // squeeze-and-excite's first linear layer, on pooled channels
	Excite                 // its second one, whose sigmoid scales the channels
	Project                // an MBConv's 1×1 projection, without activation
	Head                   // last convolution: its output is what CAM explains
	Classifier             // linear layer on the pooled head
)

func (r Role) String() string {
	return [...]string{"stem", "expand", "depthwise", "squeeze", "excite", "project", "head", "classifier"}[r]
}

// Padding is the rule by which convolutions are padded.
type Padding int

const (
	// SymmetricPadding puts (kernel−1)/2 zeros on every side: torchvision, timm.
	SymmetricPadding Padding = iota
	// SamePadding is TensorFlow's "same", asymmetric at stride 2: the paper's
	// own code and timm's tf_ models.
	SamePadding
)

func (p Padding) String() string { return [...]string{"symmetric", "same"}[p] }

// ParsePadding reads "symmetric" or "same".
func ParsePadding(s string) (Padding, error) {
	for _, p := range []Padding{SymmetricPadding, SamePadding} {
		if s == p.String() {
			return p, nil
		}
	}
	return 0, fmt.Errorf("network: no padding is named %q; there are symmetric (torchvision, timm) and same (TensorFlow)", s)
}

// Layer is one layer with weights.
type Layer struct {
	Role  Role
	Stage int // index into the architecture's stages; the classifier has the number after the last
	Block int // repetition within the stage

	In, Out int           // channels
	Window  kernel.Window // geometry; 1×1 for squeeze, excite and classifier
	// Activation follows the layer (and its batch norm).
	Activation kernel.Activation
	// Norm: a batch norm follows, and the layer has no bias of its own.
	Norm bool
	// Residual: the block's input is added to the result (of a Project).
	Residual bool
}

// WeightShape is the shape of the layer's weight as PyTorch stores it:
// [out, in, k, k], [channels, 1, k, k] for a depthwise one, [out, in] for the
// classifier.
func (l Layer) WeightShape() []int {
	switch l.Role {
	case Depthwise:
		return []int{l.Out, 1, l.Window.Kernel, l.Window.Kernel}
	case Classifier:
		return []int{l.Out, l.In}
	}
	return []int{l.Out, l.In, l.Window.Kernel, l.Window.Kernel}
}

func (l Layer) weights() int64 {
	n := int64(1)
	for _, d := range l.WeightShape() {
		n *= int64(d)
	}
	return n
}

// Parameters counts the learnt values: weights, and two for each channel that
// is normalised or one for each bias.
func (l Layer) Parameters() int64 {
	if l.Norm {
		return l.weights() + 2*int64(l.Out)
	}
	return l.weights() + int64(l.Out)
}

// MACs counts the layer's multiply-adds for one picture.
func (l Layer) MACs() int64 { return l.weights() * int64(l.Window.OutH) * int64(l.Window.OutW) }

// Outputs counts the values that the layer puts out for one picture.
func (l Layer) Outputs() int64 {
	return int64(l.Out) * int64(l.Window.OutH) * int64(l.Window.OutW)
}

// Network is an Architecture under a Scaling, spelt out.
type Network struct {
	Architecture *Architecture
	Scaling      Scaling
	Padding      Padding
	Classes      int
	Layers       []Layer
}

// maxLayers and maxParameters bound what New spells out. The largest published
// network of these families, B7, has 273 layers and 66 million parameters.
const (
	maxLayers     = 20_000
	maxParameters = 4_000_000_000
)

// New spells out the network with the given number of classes. It refuses a
// scaling that is out of range.
func New(a *Architecture, s Scaling, padding Padding, classes int) (*Network, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	if classes < 1 {
		return nil, fmt.Errorf("network: %d classes; a classifier has one or more", classes)
	}
	n := &Network{Architecture: a, Scaling: s, Padding: padding, Classes: classes}
	size, channels := s.Resolution, 3
	// layer appends a layer that follows what came before.
	layer := func(role Role, stage, block, out, k, stride int, act kernel.Activation) *Layer {
		w := padding.window(k, stride, size)
		if role == Squeeze || role == Excite || role == Classifier {
			w = kernel.Symmetric(1, 1, 1, 1)
		} else {
			size = Size{w.OutH, w.OutW}
		}
		n.Layers = append(n.Layers, Layer{
			Role: role, Stage: stage, Block: block, In: channels, Out: out, Window: w, Activation: act,
			Norm: role != Squeeze && role != Excite && role != Classifier,
		})
		channels = out
		return &n.Layers[len(n.Layers)-1]
	}
	last := len(a.Stages) - 1
	for i, stage := range a.Stages {
		if stage.Operator == Convolution {
			role, out := Stem, Channels(stage.Channels, s.Width)
			if i == last {
				role, out = Head, a.Head(s.Width)
			}
			layer(role, i, 0, out, stage.Kernel, stage.Stride, a.Activation)
			continue
		}
		out := Channels(stage.Channels, s.Width)
		for b := range Repeats(stage.Layers, s.Depth) {
			if len(n.Layers) > maxLayers {
				return nil, fmt.Errorf("network: %s at %v has more than %d layers; scale its depth less", a.Title, s, maxLayers)
			}
			stride := 1
			if b == 0 {
				stride = stage.Stride
			}
			in := channels
			if stage.Expand != 1 {
				layer(Expand, i, b, in*stage.Expand, 1, 1, a.Activation)
			}
			wide := channels
			layer(Depthwise, i, b, wide, stage.Kernel, stride, a.Activation)
			if a.SqueezeRatio > 0 {
				layer(Squeeze, i, b, max(1, int(a.SqueezeRatio*float64(in))), 1, 1, a.Activation)
				layer(Excite, i, b, wide, 1, 1, kernel.Sigmoid)
			}
			layer(Project, i, b, out, 1, 1, kernel.Identity).Residual = stride == 1 && in == out
		}
	}
	layer(Classifier, last+1, 0, classes, 1, 1, kernel.Identity)
	if n.Parameters() > maxParameters {
		return nil, fmt.Errorf("network: %s at %v has %d parameters, more than the %d that fit; scale its width less", a.Title, s, n.Parameters(), int64(maxParameters))
	}
	return n, nil
}

func (p Padding) window(k, stride int, in Size) kernel.Window {
	if p == SamePadding {
		return kernel.Same(k, stride, in.H, in.W)
	}
	return kernel.Symmetric(k, stride, in.H, in.W)
}

// At is the same network at another input size. Its weights fit both.
func (n *Network) At(size Size) (*Network, error) {
	s := n.Scaling
	s.Resolution = size
	return New(n.Architecture, s, n.Padding, n.Classes)
}

func (n *Network) head() Layer { return n.Layers[len(n.Layers)-2] }

// Head is the number of channels of the final convolution: K of the CAM.
func (n *Network) Head() int { return n.head().Out }

// Grid is the size of the final convolution's output: that of a CAM.
func (n *Network) Grid() Size { return Size{n.head().Window.OutH, n.head().Window.OutW} }

// Parameters counts the learnt values.
func (n *Network) Parameters() int64 { return n.sum(Layer.Parameters) }

// MACs counts multiply-adds for one picture: convolutions,
// squeeze-and-excite and the linear layer. Papers often call them FLOPS.
func (n *Network) MACs() int64 { return n.sum(Layer.MACs) }

// ActivationBytes is the memory of all layers' outputs for one picture in
// float32, as training keeps them.
func (n *Network) ActivationBytes() int64 { return 4 * n.sum(Layer.Outputs) }

func (n *Network) sum(f func(Layer) int64) int64 {
	var sum int64
	for _, l := range n.Layers {
		sum += f(l)
	}
	return sum
}

// Runnable is an error where the network is too large to run: more than 500
// million parameters or 4 GiB of activations, several times the largest
// published network here (B7 at 600: 66 million and 1.1 GiB).
func (n *Network) Runnable() error {
	const parameters, activations = 500_000_000, 4 << 30
	if n.Parameters() > parameters || n.ActivationBytes() > activations {
		return fmt.Errorf("network: %s at %v has %d parameters and %d MiB of activations, too large to run (at most %d and %d MiB); scale it less",
			n.Architecture.Title, n.Scaling, n.Parameters(), n.ActivationBytes()>>20, parameters, activations>>20)
	}
	return nil
}

// Blocks counts the MBConv blocks.
func (n *Network) Blocks() int {
	blocks := 0
	for _, l := range n.Layers {
		if l.Role == Project {
			blocks++
		}
	}
	return blocks
}

// ReceptiveField is the side, in input pixels, of the square that a cell of
// the grid sees through the convolutions. It may exceed the input.
// Squeeze-and-excite, which sees everything, is left out.
func (n *Network) ReceptiveField() int {
	field, jump := 1, 1
	for _, l := range n.Layers {
		field += (l.Window.Kernel - 1) * jump
		jump *= l.Window.Stride
	}
	return field
}

// StageSummary is a row of the scaled stage table.
type StageSummary struct {
	Operator   string `json:"operator"` // "Conv 3×3", "MBConv6 5×5", "Pool, linear"
	Input      Size   `json:"-"`        // the grid that comes in
	Output     Size   `json:"-"`
	Channels   int    `json:"channels"` // out
	Layers     int    `json:"layers"`
	Stride     int    `json:"stride"`
	Parameters int64  `json:"parameters"`
	MACs       int64  `json:"macs"`
}

// Stages sums the layers up by stage; the last row is the classifier.
func (n *Network) Stages() []StageSummary {
	rows := make([]StageSummary, len(n.Architecture.Stages)+1)
	for i, l := range n.Layers {
		r := &rows[l.Stage]
		r.Parameters += l.Parameters()
		r.MACs += l.MACs()
		r.Channels = l.Out
		r.Layers = l.Block + 1
		if i == 0 || n.Layers[i-1].Stage != l.Stage {
			r.Input = Size{l.Window.InH, l.Window.InW}
		}
		if l.Role == Squeeze || l.Role == Excite {
			continue
		}
		r.Output = Size{l.Window.OutH, l.Window.OutW}
		r.Stride = max(r.Stride, l.Window.Stride)
	}
	for i, s := range n.Architecture.Stages {
		rows[i].Operator = s.title()
	}
	classifier := &rows[len(rows)-1]
	classifier.Operator, classifier.Input = "Pool, linear", n.Grid()
	return rows
}

func (s Stage) title() string {
	if s.Operator == MBConv {
		return fmt.Sprintf("MBConv%d %d×%d", s.Expand, s.Kernel, s.Kernel)
	}
	return fmt.Sprintf("Conv %d×%d", s.Kernel, s.Kernel)
}
