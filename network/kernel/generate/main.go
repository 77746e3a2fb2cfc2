// Command generate writes the assembly of package kernel: one file for each
// instruction set, from one description of every kernel.
//
//	go run ./generate -set avx2 -table avx2_amd64.go -out avx2_amd64.s
//
// The portable Go twin of each kernel, in portable.go, says what it computes;
// the layout of the arguments is that of the structs in args.go.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/mmcloughlin/avo/build"
)

// set is an instruction set: what the kernels vary in.
type set struct {
	machine
	title  string
	name   string // suffix of the functions' names
	arch   string
	lanes  int    // float32 values in a vector
	panel  int    // vectors in a panel of columns or channels
	rows   int    // of a matrix product's tile: as many as the registers hold
	pixels [2]int // of a depthwise tile, by kernel (3, 5): likewise
	masks  bool   // stores can leave lanes out
	held   map[constant]vec
}

// The tiles fill the registers: of AVX2's 16, a tile of 6 rows × 2 vectors
// takes 12 and leaves two for each operand; of AVX-512's 32, 12 × 2 takes 24. A
// vector of NEON is two of its 32: 10 rows × 1 take 20, their factors 10, and the
// panel 2; 11 pixels take 22, the weights of a row of a 3 × 3 kernel 6, and two
// pixels of the input 4.
var sets = map[string]func() *set{
	"avx2": func() *set {
		return &set{machine: newAVX("AVX2", 8, build.YMM, false),
			title: "AVX2 with FMA", name: "AVX2", arch: "amd64", lanes: 8, panel: 2, rows: 6, pixels: [2]int{8, 8}}
	},
	"avx512": func() *set {
		return &set{machine: newAVX("AVX512", 16, build.ZMM, true),
			title: "AVX-512 (F)", name: "AVX512", arch: "amd64", lanes: 16, panel: 2, rows: 12, pixels: [2]int{8, 8}, masks: true}
	},
	"neon": func() *set {
		return &set{machine: newNEON(),
			title: "NEON", name: "NEON", arch: "arm64", lanes: 8, panel: 1, rows: 10, pixels: [2]int{11, 9}}
	},
}

func (s *set) bytes() int { return 4 * s.lanes }

func main() {
	name := flag.String("set", "avx2", "instruction set")
	table := flag.String("table", "", "Go file to write, which lists the functions")
	// -out, the assembly to write, is avo's flag.
	flag.Parse()
	newSet, ok := sets[*name]
	if !ok {
		fmt.Fprintf(os.Stderr, "generate: no instruction set is named %q; there are avx2, avx512 and neon\n", *name)
		os.Exit(2)
	}
	s := newSet()
	err := s.table(*table)
	if err == nil {
		s.kernels()
		err = s.write(flag.Lookup("out").Value.String())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func (s *set) kernels() {
	for rows := 1; rows <= s.rows; rows++ {
		for vectors := 1; vectors <= s.panel; vectors++ {
			s.product(rows, vectors)
		}
	}
	for i, k := range []int{3, 5} {
		for _, stride := range []int{1, 2} {
			for pixels := 1; pixels <= s.pixels[i]; pixels++ {
				s.depthwise(k, stride, pixels)
			}
			s.depthwiseGradient(k, stride)
		}
	}
	s.maps()
	s.peak()
}

// field loads the 64-bit field at the offset.
func (s *set) field(args place, offset int) word {
	w := s.word()
	s.set(w, args.at(offset))
	return w
}

// nth loads a pointer field and moves it on by n strides.
func (s *set) nth(field place, n, stride word) word {
	p := s.word()
	s.set(p, stride)
	s.multiply(p, n)
	s.add(p, field)
	return p
}

// loaded is a register of its own with the vector there.
func (s *set) loaded(from place) vec {
	v := s.vec()
	s.load(v, from)
	return v
}
