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
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// set is an instruction set: what the kernels vary in.
type set struct {
	title  string
	name   string // suffix of the functions' names
	lanes  int    // float32 values in a vector
	rows   int    // of a matrix product's tile: as many as the registers hold
	pixels int    // of a depthwise tile
	vec    func() reg.VecVirtual
	held   map[constant]reg.VecVirtual
	masks  bool // stores can leave lanes out
}

// The tiles fill the registers: of AVX2's 16, a tile of 6 rows × 2 vectors
// takes 12 and leaves two for each operand; of AVX-512's 32, 12 × 2 takes 24.
var sets = map[string]*set{
	"avx2":   {title: "AVX2 with FMA", name: "AVX2", lanes: 8, rows: 6, pixels: 8, vec: build.YMM},
	"avx512": {title: "AVX-512 (F)", name: "AVX512", lanes: 16, rows: 12, pixels: 8, vec: build.ZMM, masks: true},
}

func (s *set) bytes() int { return 4 * s.lanes }

func main() {
	name := flag.String("set", "avx2", "instruction set")
	table := flag.String("table", "", "Go file to write, which lists the functions")
	// -out, the assembly to write, is avo's flag.
	flag.Parse()
	s, ok := sets[*name]
	if !ok {
		fmt.Fprintf(os.Stderr, "generate: no instruction set is named %q; there are avx2 and avx512\n", *name)
		os.Exit(2)
	}
	if err := s.table(*table); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
	build.ConstraintExpr("amd64,!noasm")
	s.constants()
	for rows := 1; rows <= s.rows; rows++ {
		for vectors := 1; vectors <= 2; vectors++ {
			s.product(rows, vectors)
		}
	}
	for _, k := range []int{3, 5} {
		for _, stride := range []int{1, 2} {
			for pixels := 1; pixels <= s.pixels; pixels++ {
				s.depthwise(k, stride, pixels)
			}
			s.depthwiseGradient(k, stride)
		}
	}
	s.maps()
	s.peak()
	build.Generate()
}

// begin starts a function of one argument, a pointer to its arguments' struct,
// and returns that pointer.
func (s *set) begin(name string) operand.Mem {
	build.TEXT(name+s.name, build.NOSPLIT, "func(args *byte)")
	return operand.Mem{Base: build.Load(build.Param("args"), build.GP64())}
}

func (s *set) end() {
	build.VZEROUPPER()
	build.RET()
}

// pointer loads the 64-bit field at the offset.
func pointer(args operand.Mem, offset int) reg.GPVirtual {
	p := build.GP64()
	build.MOVQ(args.Offset(offset), p)
	return p
}

// pointerTo loads a pointer field and moves it on by n strides.
func pointerTo(args operand.Mem, field int, n, stride reg.GPVirtual) reg.GPVirtual {
	p := build.GP64()
	build.MOVQ(stride, p)
	build.IMULQ(n, p)
	build.ADDQ(args.Offset(field), p)
	return p
}

func at(base, index reg.Register, scale uint8, disp int) operand.Mem {
	m := operand.Mem{Base: base, Disp: disp}
	if scale > 0 {
		m.Index, m.Scale = index, scale
	}
	return m
}
