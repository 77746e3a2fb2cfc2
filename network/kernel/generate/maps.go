package main

// Offsets of the fields of kernel.mapArgs.
const (
	mapRows = 8 * iota
	mapVectors
	mapX
	mapXLine
	mapY
	mapYLine
	mapZ
	mapZLine
	mapMean
	mapScale
	mapShift
	mapSum
	mapDot
	mapActivation
	mapAhead
)

// each goes through the rows and vectors of x, y and z, whose memory body gets
// under their fields' offsets, together with that of the channels' fields; from those
// read it brings near what comes soon. label tells the loops of a function apart;
// beginRow comes before each row.
func (s *set) each(args place, label string, read, channels []int, body func(m map[int]place), beginRow ...func()) {
	rows, vectors, offset, ahead := s.field(args, mapRows), s.word(), s.word(), s.word()
	pointers := map[int]word{}
	for _, f := range append([]int{mapX, mapY, mapZ}, channels...) {
		pointers[f] = s.field(args, f)
	}
	s.label(label + "Row")
	for _, begin := range beginRow {
		begin()
	}
	s.set(vectors, args.at(mapVectors))
	s.clear(offset)
	s.set(ahead, args.at(mapAhead))
	s.label(label + "Vector")
	for _, f := range read {
		s.prefetch(place{base: pointers[f], index: ahead, scale: 1})
	}
	m := map[int]place{}
	for f, p := range pointers {
		m[f] = place{base: p, index: offset, scale: 1}
	}
	body(m)
	s.add(offset, small(s.bytes()))
	s.add(ahead, small(s.bytes()))
	s.count(vectors, -1, notZero, label+"Vector")
	for _, f := range []int{mapX, mapY, mapZ} {
		s.add(pointers[f], args.at(f+8))
	}
	s.count(rows, -1, notZero, label+"Row")
	s.end()
}

// maps writes the kernels that go through rows of channels once.
func (s *set) maps() {
	centred := func(m map[int]place) vec {
		v := s.loaded(m[mapX])
		s.lanewise(minus, m[mapMean], v, v)
		return v
	}
	addTo := func(sum place, v vec) {
		s.lanewise(plus, sum, v, v)
		s.store(v, sum)
	}
	// addProduct adds a·b to what lies in memory.
	addProduct := func(sum place, a input, b vec) {
		v := s.loaded(sum)
		s.mulAdd(v, a, b)
		s.store(v, sum)
	}
	alone, both := []int{mapX}, []int{mapX, mapY}
	names := []string{identity: "identity", silu: "silu", relu6: "relu6", sigmoid: "sigmoid", relu: "relu"}
	byActivation := func(args place, body func(code int, label string)) {
		code := s.field(args, mapActivation)
		for c, name := range names[silu:] {
			s.jumpIf(code, isZero, silu+c, name)
		}
		for c, name := range names {
			s.label(name)
			body(c, name)
		}
	}

	args := s.begin("affine")
	byActivation(args, func(code int, label string) {
		if code == silu || code == sigmoid {
			s.holdExp()
			defer s.release()
		}
		s.each(args, label, alone, []int{mapMean, mapScale, mapShift}, func(m map[int]place) {
			v, shift := centred(m), s.loaded(m[mapShift])
			v = s.linear(v, m[mapScale], shift)
			s.activate(code, v)
			s.store(v, m[mapZ])
		})
	})

	args = s.begin("affineGradient")
	byActivation(args, func(code int, label string) {
		if code == silu || code == sigmoid {
			s.hold(minusLog2E, magic, one, c1, c2, c3, c4, c5)
			defer s.release()
		}
		s.each(args, label, both, []int{mapMean, mapScale, mapShift, mapSum, mapDot}, func(m map[int]place) {
			x, u, g := centred(m), s.loaded(m[mapShift]), s.loaded(m[mapY])
			s.mulAdd(u, m[mapScale], x)
			s.slope(code, u, g)
			s.store(g, m[mapZ])
			addProduct(m[mapDot], g, x)
			addTo(m[mapSum], g)
		})
	})

	args = s.begin("combine")
	s.each(args, "", both, []int{mapMean, mapScale, mapShift, mapSum}, func(m map[int]place) {
		x, shift, y := centred(m), s.loaded(m[mapShift]), s.loaded(m[mapY])
		x = s.linear(x, m[mapScale], shift)
		s.mulAdd(x, m[mapSum], y)
		s.store(x, m[mapZ])
	})

	args = s.begin("moments")
	s.each(args, "", alone, []int{mapMean, mapSum, mapDot}, func(m map[int]place) {
		x := centred(m)
		addProduct(m[mapDot], x, x)
		addTo(m[mapSum], x)
	})

	args = s.begin("sums")
	s.each(args, "", alone, []int{mapSum}, func(m map[int]place) { addTo(m[mapSum], s.loaded(m[mapX])) })

	args = s.begin("dots")
	s.each(args, "", both, []int{mapSum}, func(m map[int]place) {
		addProduct(m[mapSum], m[mapY], s.loaded(m[mapX]))
	})

	args = s.begin("scaleRows")
	factor := s.field(args, mapScale)
	inAllLanes := s.vec()
	s.each(args, "", alone, nil, func(m map[int]place) {
		x := s.vec()
		s.lanewise(times, m[mapX], inAllLanes, x)
		s.store(x, m[mapZ])
	}, func() {
		s.broadcast(inAllLanes, place{base: factor})
		s.add(factor, small(4))
	})

	args = s.begin("copy")
	s.each(args, "", alone, nil, func(m map[int]place) { s.store(s.loaded(m[mapX]), m[mapZ]) })

	args = s.begin("add")
	s.each(args, "", both, nil, func(m map[int]place) {
		x := s.loaded(m[mapX])
		s.lanewise(plus, m[mapY], x, x)
		s.store(x, m[mapZ])
	})

	args = s.begin("maximum")
	s.each(args, "", both, nil, func(m map[int]place) {
		x, y, z := s.loaded(m[mapX]), s.loaded(m[mapY]), s.vec()
		s.maximumOf(x, y, z)
		s.store(z, m[mapZ])
	})
}

// slope multiplies g by the activation's derivative at u, which it spoils.
func (s *set) slope(code int, u, g vec) {
	switch code {
	case silu, sigmoid:
		d, p, rest := s.onePlusExp(u), s.filled(one), s.filled(one)
		s.lanewise(over, d, p, p)
		s.lanewise(minus, p, rest, rest)
		s.lanewise(times, p, g, g)
		if code == silu { // σ·(1 + u·(1 − σ)); sigmoid has σ·(1 − σ)
			rest = s.linear(rest, u, s.constant(one))
		}
		s.lanewise(times, rest, g, g)
		if code == sigmoid {
			s.keepNaN(g, u)
		}
	case relu: // 1 between the corners, 0 on them and outside
		s.within(g, u, nil)
	case relu6:
		s.within(g, u, s.constant(six))
	}
}
