package network

import "math"

// MemoryBytes is about what a model of the network takes to run on one picture:
// its parameters, three times its largest layer's output (blocks hand their
// results on in two rooms, and kernels lay something aside), and the input and the
// features, which Activations keep. It is more rather than less than that.
func (n *Network) MemoryBytes() int64 {
	largest := int64(0)
	for i := range n.Nodes {
		largest = max(largest, n.Nodes[i].Outputs())
	}
	size := n.Scaling.Resolution
	return 4 * (n.Parameters() + 3*largest + 3*int64(size.H)*int64(size.W) + n.Nodes[n.Last].Outputs())
}

// GradientBytes is about what it takes beside that to find the gradient at a node:
// what each node on the way from there to the logits puts out, its gradient, and
// what operators lay aside of both. It is more rather than less than that.
func (n *Network) GradientBytes(node int) int64 {
	outputs := n.Nodes[node].Outputs()
	_, way := n.frontier(node)
	for _, i := range way {
		outputs += n.Nodes[i].Outputs()
	}
	const each = 6 // measured
	return 4 * (each*outputs + n.Parameters())
}

// ScoresBytes is about what it takes beside that to score changes of the input or of
// a layer, a batch at a time. It is more rather than less than that.
func (n *Network) ScoresBytes() int64 {
	return int64(n.scoresBatch(mostAtOnce)) * (n.MemoryBytes() - 4*n.Parameters())
}

// MachineMemory is the most memory that there can be for the program, in bytes.
// What asks the system for more does not fail: Go's runtime ends the program.
func MachineMemory() int64 { return min(systemMemory(), math.MaxInt) }
