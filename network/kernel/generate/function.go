package main

import (
	"bytes"
	"fmt"
	"slices"
)

// function is one in arm64's assembly while it is written, in virtual registers.
type function struct {
	name     string
	virtuals []virtual
	code     []instruction
}

// virtual is a general register, or some vector registers side by side.
type virtual struct {
	vector bool
	size   int
}

// piece is one of a virtual's registers.
type piece struct{ virtual, i int }

// written and changed are pieces that an instruction writes, and reads and writes.
type (
	written piece
	changed piece
)

// instruction is a line of assembly. Of its operands, pieces are printed as the
// numbers of their registers.
type instruction struct {
	print    func(operands []any) string
	operands []any
	label    string // that it is, instead
	to       string // label that it jumps to
	ends     bool   // what follows does not come after it
}

func (f *function) newRegister(vector bool, size int) int {
	f.virtuals = append(f.virtuals, virtual{vector, size})
	return len(f.virtuals) - 1
}

func (f *function) emit(format string, operands ...any) *instruction {
	f.code = append(f.code, instruction{
		print:    func(operands []any) string { return fmt.Sprintf(format, operands...) },
		operands: operands,
	})
	return &f.code[len(f.code)-1]
}

// registers are what Go leaves to assembly: general ones without R18 (the
// system's), R27 (the assembler's), R28 (g), R29 and R30.
var registers = map[bool][]int{
	false: {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 19, 20, 21, 22, 23, 24, 25, 26},
	true:  {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31},
}

// taken tells for each virtual register after which instructions it is taken:
// because one writes it, or a later one reads it.
func (f *function) taken() [][]bool {
	labels := map[string]int{}
	for at, i := range f.code {
		if i.label != "" {
			labels[i.label] = at
		}
	}
	n := len(f.code)
	needed := make([][]bool, n+1) // before an instruction, by virtual register
	for at := range needed {
		needed[at] = make([]bool, len(f.virtuals))
	}
	taken := make([][]bool, len(f.virtuals))
	for v := range taken {
		taken[v] = make([]bool, n)
	}
	for again := true; again; {
		again = false
		for at := n - 1; at >= 0; at-- {
			i := &f.code[at]
			before := make([]bool, len(f.virtuals))
			for v := range before {
				after := !i.ends && needed[at+1][v]
				if i.to != "" {
					after = after || needed[labels[i.to]][v]
				}
				before[v], taken[v][at] = after, after
			}
			for _, o := range i.operands {
				if p, ok := o.(written); ok {
					before[p.virtual], taken[p.virtual][at] = false, true
				}
			}
			for _, o := range i.operands {
				switch p := o.(type) {
				case piece:
					before[p.virtual] = true
				case changed:
					before[p.virtual], taken[p.virtual][at] = true, true
				}
			}
			again = again || !slices.Equal(before, needed[at])
			needed[at] = before
		}
	}
	return taken
}

// allocate gives each virtual register, in the order in which they are first
// taken, the first registers that are free as long as it needs them.
func (f *function) allocate() ([]int, error) {
	taken := f.taken()
	order := make([]int, len(f.virtuals))
	for v := range order {
		order[v] = v
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return slices.Index(taken[a], true) - slices.Index(taken[b], true)
	})
	first := make([]int, len(f.virtuals))
	var done []int
	for _, v := range order {
		all, size := registers[f.virtuals[v].vector], f.virtuals[v].size
		free := slices.IndexFunc(all[:len(all)-size+1], func(r int) bool {
			return !slices.ContainsFunc(done, func(other int) bool {
				return f.virtuals[other].vector == f.virtuals[v].vector &&
					r < first[other]+f.virtuals[other].size && first[other] < r+size && meet(taken[v], taken[other])
			})
		})
		if free < 0 {
			return nil, fmt.Errorf("%s: there are not registers enough", f.name)
		}
		first[v] = all[free]
		done = append(done, v)
	}
	return first, nil
}

func meet(a, b []bool) bool {
	for i := range a {
		if a[i] && b[i] {
			return true
		}
	}
	return false
}

// write writes the function with registers found.
func (f *function) write(to *bytes.Buffer) error {
	first, err := f.allocate()
	if err != nil {
		return err
	}
	fmt.Fprintf(to, "\n// func %s(args *byte)\nTEXT ·%s(SB), NOSPLIT, $0-8\n", f.name, f.name)
	for _, i := range f.code {
		if i.label != "" {
			fmt.Fprintf(to, "\n%s:\n", i.label)
			continue
		}
		operands := slices.Clone(i.operands)
		for at, o := range operands {
			switch p := o.(type) {
			case piece:
				operands[at] = first[p.virtual] + p.i
			case written:
				operands[at] = first[p.virtual] + p.i
			case changed:
				operands[at] = first[p.virtual] + p.i
			}
		}
		fmt.Fprintf(to, "\t%s\n", i.print(operands))
	}
	return nil
}
