package main

import "fmt"

// Offsets of the fields of kernel.depthwiseArgs.
const (
	depthwiseX = 8 * iota
	depthwiseWeight
	depthwiseSeen
	depthwiseLines
	depthwiseBias
	depthwiseOut
	depthwiseOutStep
	depthwiseOutLine
	depthwiseTiles
	depthwiseSums
	depthwiseActivation
)

// kernelRows is the size of kernel.kernelRows, in which pairs of offsets, of
// input and of weights, follow their count.
const kernelRows = 8 * (1 + 2*5)

// depthwise convolves tiles of output pixels of some lines, a vector of channels
// wide. Input pixels lie a panel apart.
func (s *set) depthwise(k, stride, pixels int) {
	args := s.begin(fmt.Sprintf("depthwise%ds%dx%d", k, stride, pixels))
	step := s.panel * s.bytes()
	first, outStep, act := s.field(args, depthwiseOut), s.field(args, depthwiseOutStep), s.field(args, depthwiseActivation)
	seen, lines := s.field(args, depthwiseSeen), s.field(args, depthwiseLines)
	kernel := s.kept(args.at(depthwiseWeight))
	from := s.cursor(args.at(depthwiseX))
	s.label("line")
	out, tiles := s.word(), s.field(args, depthwiseTiles)
	s.begins(from)
	s.set(out, first)
	s.label("tile")
	var sums []vec
	bias := s.field(args, depthwiseBias)
	for range pixels {
		sums = append(sums, s.loaded(place{base: bias}))
	}
	row, count := s.word(), s.word()
	s.set(count, place{base: seen})
	s.address(row, place{base: seen, disp: 8})
	s.label("row")
	at := s.following(row, from.base, kernel)
	x, w := stream{base: at[0], index: from.index, step: step}, stream{base: at[1], step: s.bytes()}
	weights := s.take(&w, k)
	columns := (pixels-1)*stride + k
	var near []vec // of columns
	for column := range columns {
		if len(near) == 0 {
			near = s.take(&x, min(s.together(), columns-column))
		}
		for kx := k - 1; kx >= 0; kx-- {
			if pixel := column - kx; pixel >= 0 && pixel%stride == 0 && pixel/stride < pixels {
				s.mulAdd(sums[pixel/stride], near[0], weights[kx])
			}
		}
		near = near[1:]
	}
	s.count(count, -1, notZero, "row")
	s.add(from.moves, distance(pixels*stride*step))

	s.clip(act, sums)
	for _, v := range sums {
		s.store(v, place{base: out})
		s.add(out, outStep)
	}
	s.count(tiles, -1, notZero, "tile")

	// What is left to do goes over the whole line.
	total, n := s.field(args, depthwiseSums), s.field(args, depthwiseTiles)
	s.multiply(n, small(pixels))
	again := s.word()
	s.set(again, first)
	s.jumpIf(act, notZero, silu, "pool")
	sum := s.filled(none)
	s.siluLines("silu", again, n, 1, false, sum, func() { s.add(again, outStep) })
	s.jumpIf(total, isZero, 0, "end")
	s.jump("pooled")
	s.label("pool")
	s.jumpIf(total, isZero, 0, "end")
	s.move(sum, none)
	s.label("more")
	s.lanewise(plus, place{base: again}, sum, sum)
	s.add(again, outStep)
	s.count(n, -1, notZero, "more")
	s.label("pooled")
	s.lanewise(plus, place{base: total}, sum, sum)
	s.store(sum, place{base: total})
	s.label("end")
	s.add(first, args.at(depthwiseOutLine))
	s.add(seen, small(kernelRows))
	s.count(lines, -1, notZero, "line")
	s.end()
}

// depthwiseGradient adds to the weights of each kernel row the products of a
// line of out's gradient with the pixels under it; tiles counts pixels.
func (s *set) depthwiseGradient(k, stride int) {
	args := s.begin(fmt.Sprintf("depthwiseGradient%ds%d", k, stride))
	step := s.panel * s.bytes()
	together := 2 // pixels, so that enough sums hide the latency
	if k == 3 {
		together = 4
	}
	row, count := s.field(args, depthwiseSeen), s.word()
	s.set(count, place{base: row})
	s.add(row, small(8))
	outStep := s.field(args, depthwiseOutStep)
	s.label("row")
	at := s.following(row, args.at(depthwiseX), args.at(depthwiseWeight))
	x, w := at[0], at[1]
	out, n := s.field(args, depthwiseOut), s.field(args, depthwiseTiles)
	sums := make([][]vec, together)
	for i := range sums {
		for range k {
			sums[i] = append(sums[i], s.filled(none))
		}
	}
	pixels := func(count int) {
		pixel := s.reused(x, step)
		for i := range count {
			g := s.loaded(place{base: out})
			s.add(out, outStep)
			for kx := range k {
				s.mulAdd(sums[i][kx], pixel(i*stride+kx), g)
			}
		}
		s.add(x, distance(count*stride*step))
	}
	s.count(n, -together, negative, "rest")
	s.label("several")
	pixels(together)
	s.count(n, -together, notNegative, "several")
	s.label("rest")
	s.count(n, together, isZero, "summed")
	s.label("one")
	pixels(1)
	s.count(n, -1, notZero, "one")
	s.label("summed")
	for kx := range k {
		for i := 1; i < together; i++ {
			s.lanewise(plus, sums[i][kx], sums[0][kx], sums[0][kx])
		}
		to := place{base: w, disp: kx * s.bytes()}
		s.lanewise(plus, to, sums[0][kx], sums[0][kx])
		s.store(sums[0][kx], to)
	}
	s.count(count, -1, notZero, "row")
	s.end()
}
