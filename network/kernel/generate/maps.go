package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

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
)

// each goes through the rows and vectors of x, y and z, whose memory body gets
// under their fields' offsets, together with that of the channels' fields.
// label tells the loops of a function apart; beginRow comes before each row.
func (s *set) each(args operand.Mem, label string, channels []int, body func(m map[int]operand.Mem), beginRow ...func()) {
	rows, vectors, offset := pointer(args, mapRows), build.GP64(), build.GP64()
	pointers := map[int]reg.GPVirtual{}
	for _, f := range append([]int{mapX, mapY, mapZ}, channels...) {
		pointers[f] = pointer(args, f)
	}
	build.Label(label + "Row")
	for _, begin := range beginRow {
		begin()
	}
	build.MOVQ(args.Offset(mapVectors), vectors)
	build.XORQ(offset, offset)
	build.Label(label + "Vector")
	m := map[int]operand.Mem{}
	for f, p := range pointers {
		m[f] = at(p, offset, 1, 0)
	}
	body(m)
	build.ADDQ(operand.U8(s.bytes()), offset)
	build.DECQ(vectors)
	build.JNZ(operand.LabelRef(label + "Vector"))
	for _, f := range []int{mapX, mapY, mapZ} {
		build.ADDQ(args.Offset(f+8), pointers[f])
	}
	build.DECQ(rows)
	build.JNZ(operand.LabelRef(label + "Row"))
	s.end()
}

// maps writes the kernels that go through rows of channels once.
func (s *set) maps() {
	centred := func(m map[int]operand.Mem) reg.VecVirtual {
		v := s.vec()
		build.VMOVUPS(m[mapX], v)
		build.VSUBPS(m[mapMean], v, v)
		return v
	}
	loaded := func(from operand.Mem) reg.VecVirtual {
		v := s.vec()
		build.VMOVUPS(from, v)
		return v
	}
	addTo := func(sum operand.Mem, v reg.VecVirtual) {
		build.VADDPS(sum, v, v)
		build.VMOVUPS(v, sum)
	}
	// addProduct adds a·b to what lies in memory.
	addProduct := func(sum, a operand.Op, b reg.VecVirtual) {
		v := s.vec()
		build.VMOVUPS(sum, v)
		build.VFMADD231PS(a, b, v)
		build.VMOVUPS(v, sum)
	}
	names := []string{identity: "identity", silu: "silu", relu6: "relu6", sigmoid: "sigmoid", relu: "relu"}
	byActivation := func(args operand.Mem, body func(code int, label string)) {
		code := pointer(args, mapActivation)
		for c, name := range names[silu:] {
			build.CMPQ(code, operand.U8(silu+c))
			build.JE(operand.LabelRef(name))
		}
		for c, name := range names {
			build.Label(name)
			body(c, name)
		}
	}

	args := s.begin("affine")
	byActivation(args, func(code int, label string) {
		if code == silu || code == sigmoid {
			s.holdExp()
			defer s.release()
		}
		s.each(args, label, []int{mapMean, mapScale, mapShift}, func(m map[int]operand.Mem) {
			v, shift := centred(m), loaded(m[mapShift])
			build.VFMADD132PS(m[mapScale], shift, v)
			s.activate(code, v)
			build.VMOVUPS(v, m[mapZ])
		})
	})

	args = s.begin("affineGradient")
	byActivation(args, func(code int, label string) {
		if code == silu || code == sigmoid {
			s.hold(minusLog2E, magic, one, c1, c2, c3, c4, c5)
			defer s.release()
		}
		s.each(args, label, []int{mapMean, mapScale, mapShift, mapSum, mapDot}, func(m map[int]operand.Mem) {
			x, u, g := centred(m), loaded(m[mapShift]), loaded(m[mapY])
			build.VFMADD231PS(m[mapScale], x, u)
			s.slope(code, u, g)
			build.VMOVUPS(g, m[mapZ])
			addProduct(m[mapDot], g, x)
			addTo(m[mapSum], g)
		})
	})

	args = s.begin("combine")
	s.each(args, "", []int{mapMean, mapScale, mapShift, mapSum}, func(m map[int]operand.Mem) {
		x, shift, y := centred(m), loaded(m[mapShift]), loaded(m[mapY])
		build.VFMADD132PS(m[mapScale], shift, x)
		build.VFMADD231PS(m[mapSum], y, x)
		build.VMOVUPS(x, m[mapZ])
	})

	args = s.begin("moments")
	s.each(args, "", []int{mapMean, mapSum, mapDot}, func(m map[int]operand.Mem) {
		x := centred(m)
		addProduct(m[mapDot], x, x)
		addTo(m[mapSum], x)
	})

	args = s.begin("sums")
	s.each(args, "", []int{mapSum}, func(m map[int]operand.Mem) { addTo(m[mapSum], loaded(m[mapX])) })

	args = s.begin("dots")
	s.each(args, "", []int{mapSum}, func(m map[int]operand.Mem) {
		addProduct(m[mapSum], m[mapY], loaded(m[mapX]))
	})

	args = s.begin("scaleRows")
	factor := pointer(args, mapScale)
	broadcast := s.vec()
	s.each(args, "", nil, func(m map[int]operand.Mem) {
		x := s.vec()
		build.VMULPS(m[mapX], broadcast, x)
		build.VMOVUPS(x, m[mapZ])
	}, func() {
		build.VBROADCASTSS(operand.Mem{Base: factor}, broadcast)
		build.ADDQ(operand.U8(4), factor)
	})

	args = s.begin("copy")
	s.each(args, "", nil, func(m map[int]operand.Mem) { build.VMOVUPS(loaded(m[mapX]), m[mapZ]) })

	args = s.begin("add")
	s.each(args, "", nil, func(m map[int]operand.Mem) {
		x := loaded(m[mapX])
		build.VADDPS(m[mapY], x, x)
		build.VMOVUPS(x, m[mapZ])
	})

	args = s.begin("maximum")
	s.each(args, "", nil, func(m map[int]operand.Mem) {
		x, y, z := loaded(m[mapX]), loaded(m[mapY]), s.vec()
		build.VMAXPS(x, y, z) // of what has no order, x
		s.keepNaN(z, y)
		build.VMOVUPS(z, m[mapZ])
	})
}

// slope multiplies g by the activation's derivative at u, which it spoils.
func (s *set) slope(code int, u, g reg.VecVirtual) {
	switch code {
	case silu, sigmoid:
		d, p, rest := s.onePlusExp(u), s.load(one), s.load(one)
		build.VDIVPS(d, p, p)
		build.VSUBPS(p, rest, rest)
		build.VMULPS(p, g, g)
		if code == silu { // σ·(1 + u·(1 − σ)); sigmoid has σ·(1 − σ)
			build.VFMADD213PS(s.constant(one), u, rest)
		}
		build.VMULPS(rest, g, g)
		if code == sigmoid {
			s.keepNaN(g, u)
		}
	case relu, relu6: // 1 between the corners, 0 on them and outside
		const less, greater = 0x11, 0x1e // ordered, quiet
		if s.masks {
			k := build.K()
			build.VCMPPS(operand.U8(greater), s.zero(), u, k)
			if code == relu6 {
				build.VCMPPS(operand.U8(less), s.constant(six), u, k, k)
			}
			build.VMOVAPS_Z(g, k, g)
			return
		}
		above := s.zero()
		build.VCMPPS(operand.U8(greater), above, u, above)
		build.VANDPS(above, g, g)
		if code == relu6 {
			build.VCMPPS(operand.U8(less), s.constant(six), u, u)
			build.VANDPS(u, g, g)
		}
	}
}
