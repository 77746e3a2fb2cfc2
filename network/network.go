package network

import (
	"strings"

	"scalecam/fault"
)

// Padding is the rule by which convolutions are padded.
type Padding struct {
	// Same is TensorFlow's "same", asymmetric at stride 2, instead of (kernel−1)/2
	// zeros on every side.
	Same bool
	// For is the input size for which "same" is worked out, whatever size comes in,
	// as some libraries do when they make a network; zero where it follows the input.
	For Size
}

var (
	// SymmetricPadding puts (kernel−1)/2 zeros on every side: torchvision, timm.
	SymmetricPadding = Padding{}
	// SamePadding is TensorFlow's: the paper's own code and timm's tf_ models.
	SamePadding = Padding{Same: true}
)

// String writes "symmetric", "same", or "same@224" where it is that for a size.
func (p Padding) String() string {
	switch {
	case !p.Same:
		return "symmetric"
	case p.For == Size{}:
		return "same"
	}
	return "same@" + p.For.String()
}

// ParsePadding reads what String writes.
func ParsePadding(s string) (Padding, error) {
	for _, p := range []Padding{SymmetricPadding, SamePadding} {
		if s == p.String() {
			return p, nil
		}
	}
	if size, ok := strings.CutPrefix(s, "same@"); ok {
		if size, err := ParseSize(size); err == nil {
			return Padding{Same: true, For: size}, nil
		}
	}
	return Padding{}, fault.Errorf("network: no padding is named %.80q; there are symmetric (torchvision, timm), same (TensorFlow), and same@224 (as that is at 224 pixels, at every size: transformers' EfficientNet)", s)
}

// Network is an Architecture under a Scaling, spelt out: a list of nodes in the
// order in which they run. Counting, drawing, naming, training and inference walk
// it.
type Network struct {
	Architecture *Architecture
	Scaling      Scaling
	Padding      Padding
	Classes      int
	Nodes        []Node
	// Last is the node before the ending: the last layer of which there is a
	// grid, which CAM explains.
	Last int
}

// maxNodes and maxParameters bound what New spells out. The largest published
// network of these families, B7, has some 500 nodes and 66 million parameters.
const (
	maxNodes      = 20_000
	maxParameters = 4_000_000_000
)

// New spells out the network with the given number of classes. It refuses a
// scaling that is out of range.
func New(a *Architecture, s Scaling, padding Padding, classes int) (*Network, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	if classes < 1 {
		return nil, fault.Errorf("network: %d classes; a classifier has one or more", classes)
	}
	n := &Network{Architecture: a, Scaling: s, Padding: padding, Classes: classes}
	spelt := &spelling{Network: n}
	at := FromPicture
	for i := range a.Stages {
		stage := &a.Stages[i]
		channels := stage.Width(s.Width)
		for b := range stage.Repeats(s.Depth) {
			if len(n.Nodes) > maxNodes {
				return nil, fault.Errorf("network: %s at %v has more than %d layers; scale its depth less", a.Title, s, maxNodes)
			}
			stride := 1
			if b == 0 {
				stride = stage.Stride
			}
			spelt.stage, spelt.block = i, b
			at = stage.Operator.spell(spelt, at, channels, stride)
		}
	}
	n.Last = at
	if at != FromPicture && min(n.Grid().H, n.Grid().W) < 1 {
		return nil, fault.Errorf("network: nothing is left of an input of %v pixels with %v padding; give a larger size", s.Resolution, padding)
	}
	spelt.stage, spelt.block = len(a.Stages), 0
	a.Ending.spell(spelt, at, classes)
	if n.Parameters() > maxParameters {
		return nil, fault.Errorf("network: %s at %v has %d parameters, more than the %d that fit; scale its width less", a.Title, s, n.Parameters(), int64(maxParameters))
	}
	return n, nil
}

// At is the same network at another input size. Its weights fit both.
func (n *Network) At(size Size) (*Network, error) {
	s := n.Scaling
	s.Resolution = size
	return New(n.Architecture, s, n.Padding, n.Classes)
}

// Head is the number of channels of the last layer: K of the CAM.
func (n *Network) Head() int { return n.Nodes[n.Last].Out }

// Grid is the size of the last layer's output: that of a CAM.
func (n *Network) Grid() Size { return n.Nodes[n.Last].Size }

// Parameters counts the learnt values.
func (n *Network) Parameters() int64 { return n.sum((*Node).Parameters) }

// MACs counts multiply-adds for one picture: convolutions,
// squeeze-and-excite and linear layers. Papers often call them FLOPS.
func (n *Network) MACs() int64 { return n.sum((*Node).MACs) }

// ActivationBytes is the memory of all layers' outputs for one picture in
// float32, as training keeps them.
func (n *Network) ActivationBytes() int64 {
	return 4 * n.sum(func(node *Node) int64 {
		if !node.Weighted() {
			return 0
		}
		return node.Outputs()
	})
}

func (n *Network) sum(f func(*Node) int64) int64 {
	var sum int64
	for i := range n.Nodes {
		sum += f(&n.Nodes[i])
	}
	return sum
}

// Runnable is an error where the network is too large to run: more than 500
// million parameters or 4 GiB of activations, several times the largest
// published network here (B7 at 600: 66 million and 1.1 GiB).
func (n *Network) Runnable() error {
	const parameters, activations = 500_000_000, 4 << 30
	if n.Parameters() > parameters || n.ActivationBytes() > activations {
		return fault.Errorf("network: %s at %v has %d parameters and %d MiB of activations, too large to run (at most %d and %d MiB); scale it less",
			n.Architecture.Title, n.Scaling, n.Parameters(), n.ActivationBytes()>>20, parameters, activations>>20)
	}
	return nil
}

// Blocks counts the blocks: repetitions of operators that are blocks.
func (n *Network) Blocks() int {
	blocks := 0
	for _, r := range n.Repetitions() {
		if n.isBlock(&r) {
			blocks++
		}
	}
	return blocks
}

func (n *Network) isBlock(r *Repetition) bool {
	return n.Architecture.Stages[n.Nodes[r.First].Stage].Operator.Block()
}

// Repetition is one of a stage's operator: the nodes from First to Last.
type Repetition struct {
	First, Last int
	Layers      int // nodes with weights
}

// Repetitions are those of the stages' operators, in order, without the ending.
func (n *Network) Repetitions() []Repetition {
	var all []Repetition
	for i := range n.Nodes[:n.Last+1] {
		if i == 0 || !n.together(i-1, i) {
			all = append(all, Repetition{First: i})
		}
		r := &all[len(all)-1]
		r.Last = i
		if n.Nodes[i].Weighted() {
			r.Layers++
		}
	}
	return all
}

// together tells whether nodes i and j belong to one block.
func (n *Network) together(i, j int) bool {
	a, b := &n.Nodes[i], &n.Nodes[j]
	return a.Stage == b.Stage && a.Block == b.Block
}

// ReceptiveField is the side, in input pixels, of the square that a cell of
// the grid sees through convolutions and pooling. It may exceed the input.
// Squeeze-and-excite, which sees everything, is left out.
func (n *Network) ReceptiveField() int {
	type view struct{ field, jump int }
	views := make([]view, len(n.Nodes))
	at := func(node int) view {
		if node == FromPicture {
			return view{1, 1}
		}
		return views[node]
	}
	for i := range n.Nodes[:n.Last+1] {
		node := &n.Nodes[i]
		v := at(node.From[0])
		if node.Op == OpAdd { // the branch that sees more
			v.field = max(v.field, at(node.From[1]).field)
		}
		v.field += (node.Window.Kernel - 1) * v.jump
		v.jump *= node.Window.Stride
		views[i] = v
	}
	return views[n.Last].field
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

// Stages sums the nodes up by stage; the last row is the ending.
func (n *Network) Stages() []StageSummary {
	rows := make([]StageSummary, len(n.Architecture.Stages)+1)
	for i := range n.Nodes {
		node := &n.Nodes[i]
		r := &rows[node.Stage]
		r.Parameters += node.Parameters()
		r.MACs += node.MACs()
		r.Channels, r.Output, r.Layers = node.Out, node.Size, node.Block+1
		r.Stride = max(r.Stride, node.Window.Stride)
		if i == 0 || n.Nodes[i-1].Stage != node.Stage {
			r.Input = n.Scaling.Resolution
			if node.From[0] != FromPicture {
				r.Input = n.Nodes[node.From[0]].Size
			}
		}
	}
	for i, s := range n.Architecture.Stages {
		rows[i].Operator = s.Operator.String()
	}
	rows[len(rows)-1].Operator = n.Architecture.Ending.String()
	return rows
}

// End is the last node of a stage: what the next stage reads.
func (n *Network) End(stage int) int {
	end := FromPicture
	for i := range n.Nodes {
		if n.Nodes[i].Stage == stage {
			end = i
		}
	}
	return end
}
