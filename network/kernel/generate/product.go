package main

import (
	"fmt"
	"slices"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of kernel.productArgs.
const (
	productA = 8 * iota
	productALine
	productAStep
	productB
	productBLine
	productC
	productCLine
	productRun
	productRuns
	productGap
	productK
	productMore
	productJump
	productBias
	productAdd
	productAddLine
	productActivation
	productTiles
	productStrided
	productMask
	productAhead
	productAheadStep
)

// product writes the matrix product of tiles of rows × vectors. The sums stay
// in registers over the whole of K and all its parts, each in the order of k.
func (s *set) product(rows, vectors int) {
	args := s.begin(fmt.Sprintf("product%dx%d", rows, vectors))
	var mask reg.OpmaskVirtual
	if s.masks {
		m := build.GP64()
		build.MOVQ(args.Offset(productMask), m)
		mask = build.K()
		build.KMOVW(m.As32(), mask)
	}
	line := pointer(args, productALine)
	// GC looks at the arguments while this runs: they must not point beyond
	// their arrays, so what moves on stays in registers.
	done, tiles := build.GP64(), pointer(args, productTiles)
	build.XORQ(done, done)
	ahead := pointer(args, productAhead)
	c, run := pointer(args, productC), pointer(args, productRun)
	build.Label("tile")

	// Rows are addressed from every third one: an index scales by 1 and 2.
	a := []reg.GPVirtual{pointerTo(args, productA, done, line)}
	for i := 3; i < rows; i += 3 {
		next := build.GP64()
		build.LEAQ(at(a[len(a)-1], line, 2, 0), next)
		build.ADDQ(line, next)
		a = append(a, next)
	}
	row := func(i, disp int) operand.Mem { return at(a[i/3], line, uint8(i%3), disp) }
	b, parts := pointer(args, productB), pointer(args, productMore)

	sums := make([][]reg.VecVirtual, rows)
	bias := pointer(args, productBias)
	for i := range sums {
		for v := range vectors {
			sum := s.vec()
			build.VMOVUPS(operand.Mem{Base: bias, Disp: v * s.bytes()}, sum)
			sums[i] = append(sums[i], sum)
		}
	}
	// once adds the products of one k to sums: of a's values and b's vectors at
	// the displacements.
	once := func(sums [][]reg.VecVirtual, aDisp, bDisp int) {
		var bs []reg.VecVirtual
		for v := range vectors {
			bv := s.vec()
			build.VMOVUPS(operand.Mem{Base: b, Disp: bDisp + v*s.bytes()}, bv)
			bs = append(bs, bv)
		}
		for i := range rows {
			av := s.vec()
			build.VBROADCASTSS(row(i, aDisp), av)
			for v := range vectors {
				build.VFMADD231PS(bs[v], av, sums[i][v])
			}
		}
	}
	move := func(n int) {
		for _, p := range a {
			build.ADDQ(operand.I32(4*n), p)
		}
		build.ADDQ(operand.I32(n*vectors*s.bytes()), b)
	}

	build.Label("part")
	k := pointer(args, productK)
	build.CMPQ(args.Offset(productStrided), operand.U8(0))
	build.JNE(operand.LabelRef("strided"))
	const unroll = 4
	build.SUBQ(operand.U8(unroll), k)
	build.JL(operand.LabelRef("rest"))
	if rows == 1 {
		// One row's two sums would wait for themselves: each k of the four has
		// its own.
		more := [][][]reg.VecVirtual{sums}
		for range unroll - 1 {
			var vs []reg.VecVirtual
			for range vectors {
				vs = append(vs, s.zero())
			}
			more = append(more, [][]reg.VecVirtual{vs})
		}
		build.Label("four")
		for u := range unroll {
			once(more[u], 4*u, u*vectors*s.bytes())
		}
		move(unroll)
		build.SUBQ(operand.U8(unroll), k)
		build.JGE(operand.LabelRef("four"))
		for v := range vectors {
			build.VADDPS(more[1][0][v], more[0][0][v], more[0][0][v])
			build.VADDPS(more[3][0][v], more[2][0][v], more[2][0][v])
			build.VADDPS(more[2][0][v], more[0][0][v], more[0][0][v])
		}
	} else {
		build.Label("four")
		build.PREFETCHT1(operand.Mem{Base: ahead})
		build.PREFETCHT1(operand.Mem{Base: ahead, Disp: 64})
		build.ADDQ(args.Offset(productAheadStep), ahead)
		for u := range unroll {
			once(sums, 4*u, u*vectors*s.bytes())
		}
		move(unroll)
		build.SUBQ(operand.U8(unroll), k)
		build.JGE(operand.LabelRef("four"))
	}
	build.Label("rest")
	build.ADDQ(operand.U8(unroll), k)
	build.JZ(operand.LabelRef("summed"))
	build.Label("one")
	once(sums, 0, 0)
	move(1)
	build.DECQ(k)
	build.JNZ(operand.LabelRef("one"))
	build.JMP(operand.LabelRef("summed"))

	build.Label("strided")
	step := pointer(args, productAStep)
	build.Label("stridedOne")
	once(sums, 0, 0)
	for _, p := range a {
		build.ADDQ(step, p)
	}
	build.ADDQ(args.Offset(productBLine), b)
	build.DECQ(k)
	build.JNZ(operand.LabelRef("stridedOne"))

	build.Label("summed")
	build.SUBQ(operand.U8(1), parts)
	build.JL(operand.LabelRef("whole"))
	for _, p := range a {
		build.ADDQ(args.Offset(productJump), p)
	}
	build.JMP(operand.LabelRef("part"))

	build.Label("whole")
	add := pointer(args, productAdd)
	build.TESTQ(add, add)
	build.JZ(operand.LabelRef("added"))
	addLine := pointer(args, productAddLine)
	offset := build.GP64()
	build.MOVQ(addLine, offset)
	build.IMULQ(done, offset)
	build.ADDQ(offset, add)
	for i := range rows {
		for v := range vectors {
			from := operand.Mem{Base: add, Disp: v * s.bytes()}
			if s.masks && v == vectors-1 {
				t := s.vec()
				build.VMOVUPS_Z(from, mask, t)
				build.VADDPS(t, sums[i][v], sums[i][v])
				continue
			}
			build.VADDPS(from, sums[i][v], sums[i][v])
		}
		if i < rows-1 {
			build.ADDQ(addLine, add)
		}
	}
	build.Label("added")

	act := pointer(args, productActivation)
	s.clip(act, slices.Concat(sums...))
	cLine := pointer(args, productCLine)
	// next moves on to the next row of C, over the gap that comes after a run.
	next := func(label string, c, run reg.GPVirtual) {
		build.ADDQ(cLine, c)
		build.DECQ(run)
		build.JNZ(operand.LabelRef(label))
		build.ADDQ(args.Offset(productGap), c)
		build.MOVQ(args.Offset(productRuns), run)
		build.Label(label)
	}
	again, runAgain := build.GP64(), build.GP64()
	build.MOVQ(c, again)
	build.MOVQ(run, runAgain)
	for i := range rows {
		for v := range vectors {
			at := operand.Mem{Base: c, Disp: v * s.bytes()}
			if s.masks && v == vectors-1 {
				build.VMOVUPS(sums[i][v], mask, at)
				continue
			}
			build.VMOVUPS(sums[i][v], at)
		}
		next(fmt.Sprintf("row%d", i), c, run)
	}
	build.CMPQ(act, operand.U8(silu))
	build.JNE(operand.LabelRef("activated"))
	n := build.GP64()
	build.MOVQ(operand.U32(rows), n)
	s.siluLines("silu", again, n, vectors, mask, nil, func() { next("siluRow", again, runAgain) })
	build.Label("activated")
	build.ADDQ(operand.U8(rows), done)
	build.DECQ(tiles)
	build.JNZ(operand.LabelRef("tile"))
	s.end()
}

// peak runs multiply-adds on registers alone, as many at a time as hide each
// other's latency: 12 for each of n rounds.
func (s *set) peak() {
	args := s.begin("peak")
	n := pointer(args, 0)
	factor, term := s.load(minusLog2E), s.load(one)
	var sums []reg.VecVirtual
	for range 12 {
		sums = append(sums, s.zero())
	}
	build.Label("round")
	for _, v := range sums {
		build.VFMADD213PS(term, factor, v)
	}
	build.DECQ(n)
	build.JNZ(operand.LabelRef("round"))
	s.end()
}
