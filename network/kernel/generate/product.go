package main

import (
	"fmt"
	"slices"
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
	s.mask(args.at(productMask))
	line := s.field(args, productALine)
	// GC looks at the arguments while this runs: they must not point beyond
	// their arrays, so what moves on stays in registers.
	done, tiles := s.word(), s.field(args, productTiles)
	s.clear(done)
	ahead, aheadStep := s.field(args, productAhead), s.kept(args.at(productAheadStep))
	c, run := s.field(args, productC), s.field(args, productRun)
	s.label("tile")
	a := s.pointers(s.nth(args.at(productA), done, line), line, rows)
	b, parts := stream{base: s.field(args, productB), step: s.bytes()}, s.field(args, productMore)
	sums := make([][]vec, rows)
	bias := s.field(args, productBias)
	for i := range sums {
		for v := range vectors {
			sums[i] = append(sums[i], s.loaded(place{base: bias, disp: v * s.bytes()}))
		}
	}
	// once adds the products of one k to sums: of a's values and b's vectors.
	once := func(sums [][]vec, bs []vec, value func(row int) factor) {
		for i := range rows {
			by := value(i)
			for v := range vectors {
				s.mulAddBy(sums[i][v], bs[v], by)
			}
		}
	}
	// several is once for each k, of values that lie side by side.
	several := func(sums ...[][]vec) {
		b := b
		value := s.values(a, len(sums))
		for k := range sums {
			once(sums[k], s.take(&b, vectors), func(row int) factor { return value(row, k) })
		}
		s.moveValues(a, len(sums))
		s.moved(&b)
	}

	s.label("part")
	k := s.field(args, productK)
	s.jumpIf(args.at(productStrided), notZero, 0, "strided")
	const unroll = 4
	s.count(k, -unroll, negative, "rest")
	if rows == 1 {
		// One row's two sums would wait for themselves: each k of the four has
		// its own.
		more := [][][]vec{sums}
		for range unroll - 1 {
			var vs []vec
			for range vectors {
				vs = append(vs, s.filled(none))
			}
			more = append(more, [][]vec{vs})
		}
		s.label("four")
		several(more...)
		s.count(k, -unroll, notNegative, "four")
		for v := range vectors {
			s.lanewise(plus, more[1][0][v], more[0][0][v], more[0][0][v])
			s.lanewise(plus, more[3][0][v], more[2][0][v], more[2][0][v])
			s.lanewise(plus, more[2][0][v], more[0][0][v], more[0][0][v])
		}
	} else {
		s.label("four")
		s.prefetch(place{base: ahead})
		s.prefetch(place{base: ahead, disp: 64})
		s.add(ahead, aheadStep)
		several(sums, sums, sums, sums)
		s.count(k, -unroll, notNegative, "four")
	}
	s.label("rest")
	s.count(k, unroll, isZero, "summed")
	s.label("one")
	several(sums)
	s.count(k, -1, notZero, "one")
	s.jump("summed")

	s.label("strided")
	step := s.field(args, productAStep)
	s.label("stridedOne")
	var bs []vec
	for v := range vectors {
		bs = append(bs, s.loaded(place{base: b.base, disp: v * s.bytes()}))
	}
	once(sums, bs, s.column(a))
	s.moveColumn(a, step)
	s.add(b.base, args.at(productBLine))
	s.count(k, -1, notZero, "stridedOne")

	s.label("summed")
	s.count(parts, -1, negative, "whole")
	s.moveRows(a, args.at(productJump))
	s.jump("part")

	s.label("whole")
	add := s.field(args, productAdd)
	s.jumpIf(add, isZero, 0, "added")
	addLine := s.field(args, productAddLine)
	offset := s.word()
	s.set(offset, addLine)
	s.multiply(offset, done)
	s.add(add, offset)
	for i := range rows {
		for v := range vectors {
			from := place{base: add, disp: v * s.bytes()}
			if s.masks && v == vectors-1 {
				t := s.vec()
				s.loadLast(t, from)
				s.lanewise(plus, t, sums[i][v], sums[i][v])
				continue
			}
			s.lanewise(plus, from, sums[i][v], sums[i][v])
		}
		if i < rows-1 {
			s.add(add, addLine)
		}
	}
	s.label("added")

	act := s.field(args, productActivation)
	s.clip(act, slices.Concat(sums...))
	cLine := s.field(args, productCLine)
	// next moves on to the next row of C, over the gap that comes after a run.
	next := func(label string, c, run word) {
		s.add(c, cLine)
		s.count(run, -1, notZero, label)
		s.add(c, args.at(productGap))
		s.set(run, args.at(productRuns))
		s.label(label)
	}
	again, runAgain := s.word(), s.word()
	s.set(again, c)
	s.set(runAgain, run)
	for i := range rows {
		for v := range vectors {
			store := s.store
			if v == vectors-1 {
				store = s.storeLast
			}
			store(sums[i][v], place{base: c, disp: v * s.bytes()})
		}
		next(fmt.Sprintf("row%d", i), c, run)
	}
	s.jumpIf(act, notZero, silu, "activated")
	n := s.word()
	s.set(n, distance(rows))
	s.siluLines("silu", again, n, vectors, true, 0, func() { next("siluRow", again, runAgain) })
	s.label("activated")
	s.add(done, small(rows))
	s.count(tiles, -1, notZero, "tile")
	s.end()
}

// peak runs multiply-adds on registers alone, as many at a time as hide each
// other's latency: 12 for each of n rounds.
func (s *set) peak() {
	args := s.begin("peak")
	n := s.field(args, 0)
	factor, term := s.machine.hold(minusLog2E), s.machine.hold(one)
	var sums []vec
	for range 12 {
		sums = append(sums, s.filled(none))
	}
	s.label("round")
	for _, v := range sums {
		s.chain(v, factor, term)
	}
	s.count(n, -1, notZero, "round")
	s.end()
}
