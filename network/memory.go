package network

import "math"

// MemoryBytes is about what a model of the network takes to run on one picture:
// its parameters, and three times its largest layer's output: blocks hand their
// results on in two rooms, and the input, the features and what a kernel lays
// aside are no more together than a third. It is more rather than less than that.
func (n *Network) MemoryBytes() int64 {
	largest := int64(0)
	for i := range n.Nodes {
		largest = max(largest, n.Nodes[i].Outputs())
	}
	return 4 * (n.Parameters() + 3*largest)
}

// MachineMemory is the most memory that there can be for the program, in bytes.
// What asks the system for more does not fail: Go's runtime ends the program.
func MachineMemory() int64 { return min(systemMemory(), math.MaxInt) }
