// Package naming knows how libraries name the tensors of a network. A Scheme is
// a table of patterns, one for each part of a block: it names a Network's nodes,
// and it finds out from a file's names and shapes which network the file holds.
package naming

import (
	"slices"
	"strconv"
	"strings"

	"scalecam/fault"
	"scalecam/network"
)

// Scheme is how a library names the tensors of some architectures.
//
// In a pattern {s} stands for a node's stage, counted from 0 at the stem, {b} for
// its block within the stage and {n} for its block counted through all stages;
// {s-1} is one less and {n+1} one more. {g} is its group, of a stage and those of
// stride 1 that follow it, and {m} its block counted through that.
type Scheme struct {
	Library       string
	Architectures []*network.Architecture
	Rows          []Row
	// Stage and Block are the modules whose output is a stage's and a block's;
	// "" where the library has none.
	Stage, Block string
	// Key is the part that every block has once, and by whose channels out the
	// stage's width is known; of a block that is one convolution it is that.
	Key network.Part
}

// Row is one part's names.
type Row struct {
	Part   network.Part
	In     Blocks
	Layer  string // of the convolution or linear layer: ".weight" and ".bias" are added
	Norm   string // of its batch norm; "" has none
	Module string // of the module whose output is the part's; "" where there is none
}

// Blocks says of which blocks a Row speaks.
type Blocks int

// The blocks.
const (
	All      Blocks = iota
	Expanded        // those that begin with an expansion
	Plain           // those that do not
	Merged          // those that begin with a k×k expansion, which does a depthwise convolution's work, too
)

// Name is what a node's tensors are called: its layer's and its batch norm's,
// "" where it has none.
type Name struct{ Layer, Norm string }

// Names are those of a network's nodes, in order; nodes without weights have
// none. The scheme must know the network's architecture.
func (s *Scheme) Names(n *network.Network) []Name {
	names := make([]Name, len(n.Nodes))
	s.walk(n, func(i int, row *Row, at place) {
		names[i] = Name{at.fill(row.Layer), at.fill(row.Norm)}
	})
	return names
}

// Layers are the library's names of modules whose output the network has, each
// with its node.
func (s *Scheme) Layers(n *network.Network) map[string]int {
	layers := map[string]int{}
	s.walk(n, func(i int, row *Row, at place) {
		if row.Module != "" {
			layers[at.fill(row.Module)] = i
		}
	})
	// Of a stage and a block the last node; they are named last, since a stage
	// of one part has its name.
	places := s.places(n)
	for i := range n.Nodes[:n.Last+1] {
		if !s.isBlock(n, n.Nodes[i].Stage) {
			continue
		}
		for _, pattern := range []string{s.Stage, s.Block} {
			if pattern != "" {
				layers[places[i].fill(pattern)] = i
			}
		}
	}
	return layers
}

// walk calls f for each node that has a row.
func (s *Scheme) walk(n *network.Network, f func(i int, row *Row, at place)) {
	kinds := map[[2]int]Blocks{}
	for i := range n.Nodes {
		node := &n.Nodes[i]
		if kind, ok := begun[node.Part]; ok {
			kinds[[2]int{node.Stage, node.Block}] = kind
		}
	}
	places := s.places(n)
	for i := range n.Nodes {
		node := &n.Nodes[i]
		in, ok := kinds[[2]int{node.Stage, node.Block}]
		if !ok {
			in = Plain
		}
		if row := s.row(node.Part, in); row != nil && node.Op != network.OpMean {
			f(i, row, places[i])
		}
	}
}

// begun are the parts that blocks begin with.
var begun = map[network.Part]Blocks{network.Expand: Expanded, network.Fused: Merged}

func (s *Scheme) row(part network.Part, in Blocks) *Row {
	for i := range s.Rows {
		if r := &s.Rows[i]; r.Part == part && (r.In == All || r.In == in) {
			return r
		}
	}
	return nil
}

// place is where a node stands, by the numbers that patterns have.
type place struct{ stage, block, number, group, member int }

// group numbers the groups of stages: one begins with the first stage, with each of
// blocks that has a stride or follows none, and with each other one.
func group(a *network.Architecture, stage int) int {
	groups := 0
	for i := 1; i <= min(stage, len(a.Stages)-1); i++ {
		if !a.Stages[i].Operator.Block() || !a.Stages[i-1].Operator.Block() || a.Stages[i].Stride > 1 {
			groups++
		}
	}
	if stage >= len(a.Stages) {
		groups++
	}
	return groups
}

// places are those of the network's nodes.
func (s *Scheme) places(n *network.Network) []place {
	places := make([]place, len(n.Nodes))
	var at place // of the block at hand
	number := 0
	for i := range n.Nodes {
		node := &n.Nodes[i]
		if i == 0 || node.Stage != at.stage || node.Block != at.block {
			g := at.group
			if i == 0 || node.Stage != at.stage {
				g = group(n.Architecture, node.Stage)
			}
			member := at.member + 1
			if i == 0 || g != at.group {
				member = 0
			}
			at = place{node.Stage, node.Block, number, g, member}
			if s.isBlock(n, node.Stage) {
				number++
			}
		}
		places[i] = at
	}
	return places
}

// isBlock tells that a stage is one of blocks.
func (s *Scheme) isBlock(n *network.Network, stage int) bool {
	if stage >= len(n.Architecture.Stages) {
		return false
	}
	return n.Architecture.Stages[stage].Operator.Block()
}

// fill puts the place's numbers into a pattern: {s}, {b}, {n}, {g} and {m}, and with
// an offset {s-1}.
func (p place) fill(pattern string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(pattern, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		var h string
		h, pattern, _ = strings.Cut(rest, "}")
		offset, _ := strconv.Atoi(h[1:]) // "" is 0
		b.WriteString(strconv.Itoa(p.by(h[0]) + offset))
	}
}

// Find is the scheme of a library for an architecture. There is none of a model whose
// weights are in no library's file, which is an error.
func Find(library string, a *network.Architecture) (*Scheme, error) {
	for _, s := range Schemes {
		if s.Library == library && slices.Contains(s.Architectures, a) {
			return s, nil
		}
	}
	return nil, fault.Errorf("naming: no names of %.80q are known of %s", library, a.Title)
}

// by is one of a place's numbers, by its letter in patterns.
func (p place) by(letter byte) int {
	switch letter {
	case 's':
		return p.stage
	case 'b':
		return p.block
	case 'n':
		return p.number
	case 'g':
		return p.group
	}
	return p.member
}

// Of is the scheme under whose names Scalecam writes an architecture: the first
// of the table that knows it. An architecture without one is an error.
func Of(a *network.Architecture) (*Scheme, error) {
	for _, s := range Schemes {
		if slices.Contains(s.Architectures, a) {
			return s, nil
		}
	}
	return nil, fault.Errorf("naming: no library's names are known of %s", a.Title)
}
