package network

import (
	"slices"

	"scalecam/network/kernel"
)

// step is a node of a network, or several that one operator does at once.
type step struct {
	nodes []int // in order; what the last one puts out is what the step does
	reads []int // the nodes outside, by index, that it reads
	// One of the patterns below, or none: the node alone.
	mbconv *fusedMBConv
	sum    int // the OpAdd that a convolution's result goes into; 0 for none
}

// out is the node whose output the step gives.
func (s *step) out() int { return s.nodes[len(s.nodes)-1] }

// fusedMBConv names the nodes of a mobile inverted bottleneck; those that it
// lacks are −1.
type fusedMBConv struct{ expand, depthwise, squeeze, excite, project, sum int }

// fuse gives the steps in which the network's nodes run: those patterns that
// one operator does are one step, unless a node within them is tapped; whatever
// the pass does not know stays a node alone.
func (n *Network) fuse(taps []int) []step {
	readers := n.readers()
	// hidden tells that nobody but its only reader sees what a node puts out.
	hidden := func(node int) bool { return len(readers[node]) == 1 && !slices.Contains(taps, node) }
	var steps []step
	sums := map[int]int{} // of a convolution, the sum that it is fused into
	for i := range n.Nodes {
		if s, ok := n.matchSum(i, hidden); ok {
			sums[s] = i
		}
	}
	for i := 0; i < len(n.Nodes); i++ {
		if m, last, ok := n.matchMBConv(i, readers, taps); ok {
			s := step{mbconv: m, reads: []int{n.Nodes[i].From[0]}}
			for j := i; j <= last; j++ {
				s.nodes = append(s.nodes, j)
				delete(sums, j) // its sum, where the block has none of its own, is alone
			}
			steps = append(steps, s)
			i = last
			continue
		}
		if _, fused := sums[i]; fused {
			continue // it runs where the sum stands
		}
		node := &n.Nodes[i]
		if conv, ok := n.fusedInto(i, sums); ok {
			other := node.From[1]
			if other == conv {
				other = node.From[0]
			}
			steps = append(steps, step{nodes: []int{conv, i}, reads: []int{n.Nodes[conv].From[0], other}, sum: i})
			continue
		}
		steps = append(steps, step{nodes: []int{i}, reads: node.From})
	}
	return steps
}

// readers are the nodes that read each node.
func (n *Network) readers() [][]int {
	readers := make([][]int, len(n.Nodes))
	for i := range n.Nodes {
		for _, from := range n.Nodes[i].From {
			if from != FromPicture {
				readers[from] = append(readers[from], i)
			}
		}
	}
	return readers
}

// matchSum finds the plain convolution without an activation of its own that
// the sum i can be done together with: the last one before it.
func (n *Network) matchSum(i int, hidden func(int) bool) (conv int, ok bool) {
	sum := &n.Nodes[i]
	if sum.Op != OpAdd {
		return 0, false
	}
	for _, from := range slices.Backward(slices.Sorted(slices.Values(sum.From))) {
		if from == FromPicture {
			continue
		}
		c := &n.Nodes[from]
		if c.Op == OpConv && c.Groups == 1 && c.Activation == kernel.Identity && hidden(from) {
			return from, true
		}
	}
	return 0, false
}

// fusedInto is the convolution that is fused into the sum i.
func (n *Network) fusedInto(i int, sums map[int]int) (conv int, ok bool) {
	if n.Nodes[i].Op != OpAdd {
		return 0, false
	}
	for _, from := range n.Nodes[i].From {
		if sum, fused := sums[from]; fused && sum == i {
			return from, true
		}
	}
	return 0, false
}

// matchMBConv finds a mobile inverted bottleneck that begins at node i: an
// expansion, if any, a depthwise convolution, squeeze-and-excite, if any, a
// projection, and a sum, if any. No node within may be tapped or read from
// outside.
func (n *Network) matchMBConv(i int, readers [][]int, taps []int) (m *fusedMBConv, last int, ok bool) {
	m = &fusedMBConv{expand: -1, squeeze: -1, excite: -1, sum: -1}
	at := func(j int) *Node {
		if j >= len(n.Nodes) {
			return &Node{From: []int{FromPicture}}
		}
		return &n.Nodes[j]
	}
	// within tells that the nodes that read j are those alone, and no tap.
	within := func(j int, by ...int) bool { return slices.Equal(readers[j], by) && !slices.Contains(taps, j) }
	from, j := at(i).From[0], i
	if at(j).pointwise() && at(j+1).depthwise() && at(j + 1).From[0] == j && within(j, j+1) {
		m.expand = j
		j++
	}
	if d := at(j); !d.depthwise() || m.expand >= 0 && at(m.expand).Activation != d.Activation ||
		(kernel.Depthwise{Channels: d.Out, Window: d.Window}).Check() != nil {
		return nil, 0, false
	}
	m.depthwise = j
	wide := j // what the projection reads
	if n.squeezeExcite(j+1) && at(j + 1).From[0] == j && at(j+2).Activation == at(j).Activation &&
		within(j, j+1, j+4) && within(j+1, j+2) && within(j+2, j+3) && within(j+3, j+4) {
		m.squeeze, m.excite = j+2, j+3
		wide = j + 4
	} else if !within(j, j+1) {
		return nil, 0, false
	}
	p := wide + 1
	if project := at(p); !project.pointwise() || project.Activation != kernel.Identity || project.From[0] != wide || !within(wide, p) {
		return nil, 0, false
	}
	m.project = p
	if sum := at(p + 1); sum.Op == OpAdd && sum.Activation == kernel.Identity && slices.Equal(sum.From, []int{p, from}) && from != FromPicture && within(p, p+1) {
		m.sum = p + 1
		return m, p + 1, true
	}
	return m, p, true
}

// squeezeExcite tells that squeeze-and-excite's four nodes begin at node i: mean,
// two linear layers and the gates.
func (n *Network) squeezeExcite(i int) bool {
	if i+3 >= len(n.Nodes) {
		return false
	}
	mean, squeeze, excite, gate := &n.Nodes[i], &n.Nodes[i+1], &n.Nodes[i+2], &n.Nodes[i+3]
	return mean.Op == OpMean && squeeze.Op == OpLinear && excite.Op == OpLinear && excite.Activation == kernel.Sigmoid && gate.Op == OpGate &&
		squeeze.From[0] == i && excite.From[0] == i+1 && slices.Equal(gate.From, []int{mean.From[0], i + 2})
}

// kernelOf gathers the weights of a fused MBConv.
func (w packedWeights) kernelOf(net *Network, m *fusedMBConv) *kernel.MBConv {
	d := &net.Nodes[m.depthwise]
	b := &kernel.MBConv{
		Window: d.Window, Depthwise: w[m.depthwise].depthwise, Activation: d.Activation,
		Project: w[m.project].matrix, Residual: m.sum >= 0,
	}
	if m.expand >= 0 {
		b.Expand = w[m.expand].matrix
	}
	if m.squeeze >= 0 {
		b.Squeeze, b.Excite = w[m.squeeze].matrix, w[m.excite].matrix
	}
	return b
}
