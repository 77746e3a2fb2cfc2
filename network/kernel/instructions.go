package kernel

import (
	"fmt"
	"slices"
	"strings"
)

//go:generate go run ./generate -set avx2 -table avx2_amd64.go -out avx2_amd64.s
//go:generate go run ./generate -set avx512 -table avx512_amd64.go -out avx512_amd64.s
//go:generate go run ./generate -set neon -table neon_arm64.go -out neon_arm64.s

// instructions is an instruction set: its kernels, and the sizes that they
// work in.
type instructions struct {
	name   string
	lanes  int    // float32 values in a vector
	panel  int    // vectors in a panel of columns or channels: 1 or 2
	rows   int    // of a matrix product's largest tile
	pixels [2]int // of a depthwise convolution's largest tile, by kernel (3, 5)
	masks  bool   // stores leave out the columns that lie outside

	product           [2][maxRows]func(*productArgs)        // by vectors−1 and rows−1
	depthwise         [2][2][maxPixels]func(*depthwiseArgs) // by kernel (3, 5), stride−1 and pixels−1
	depthwiseGradient [2][2]func(*depthwiseArgs)            // by kernel (3, 5) and stride−1

	affine, affineGradient, combine, moments, sums, dots, add, maximum, copy, scaleRows func(*mapArgs)

	peak func(rounds *uintptr) // 12 multiply-adds of a vector in each round

	// narrower takes the channels that do not fill a vector.
	narrower *instructions
}

const maxRows, maxPixels = 12, 11

// wide is how many values a panel of columns or channels has.
func (s *instructions) wide() int { return s.panel * s.lanes }

// available lists the instruction sets of this machine, the fastest first. The
// portable one, always there, is the last.
var available = detect()

// current is the instruction set that weights are packed for and loops use.
var current = available[0]

// InstructionSets names the instruction sets that this machine has kernels
// for, the fastest first: of "avx512", "avx2", "neon" and, always, "portable".
func InstructionSets() []string {
	var names []string
	for _, s := range available {
		names = append(names, s.name)
	}
	return names
}

// BuiltInstructionSets names those that the program has kernels for, whatever the
// machine, in the same order.
func BuiltInstructionSets() []string { return append(slices.Clone(assembled), "portable") }

// CurrentInstructionSet names the instruction set in use.
func CurrentInstructionSet() string { return current.name }

// UseInstructionSet changes the instruction set, which at first is the fastest
// one. Weights packed before stay with the one that they were packed for. It
// must not be called while anything is computed.
func UseInstructionSet(name string) error {
	for _, s := range available {
		if s.name == name {
			current = s
			return nil
		}
	}
	return fmt.Errorf("kernel: there is no instruction set %q on this machine; there are %s", name, strings.Join(InstructionSets(), ", "))
}
