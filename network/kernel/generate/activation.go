package main

import (
	"math"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The codes of kernel.Activation.
const (
	identity = iota
	silu
	relu6
	sigmoid
	relu
)

// constant is a float32 in memory as often as the widest vector has lanes, so
// that an instruction can take it as an operand.
type constant int

const (
	minusLog2E constant = iota
	minusLog2ELow
	magic
	lowest
	highest
	one
	six
	c1
	c2
	c3
	c4
	c5
	none
)

// values are the constants in order. e⁻ˣ = 2ⁿ·2ᶠ with −x·log₂e = n + f and
// |f| ≤ ½; adding and subtracting 1.5·2²³ rounds to n, and leaves n in the low
// bits. c1 to c5 approximate 2ᶠ − 1 with a relative error of 2ᶠ below 1.2e-7.
// x is held to ±87, so that 2ⁿ stays a normal number.
// What log₂e loses as a float32 comes on top of f.
var values = [...]float32{
	minusLog2E: -math.Log2E, minusLog2ELow: log2ERounded - math.Log2E, magic: 3 << 22, lowest: -87, highest: 87, one: 1, six: 6,
	c1: 0.69314700, c2: 0.24022242, c3: 0.055507336, c4: 0.009671513, c5: 0.0013264726, none: 0,
}

// log2ERounded is log₂e as a float32.
const log2ERounded = 12102203.0 / (1 << 23)

const widest = 64 // bytes

func (s *set) constants() {
	build.GLOBL("constants"+s.name, attr.RODATA|attr.NOPTR)
	for i, v := range values {
		for lane := range widest / 4 {
			build.DATA(i*widest+4*lane, operand.F32(v))
		}
	}
}

// hold keeps the constants in registers until release, for loops that have
// some to spare.
func (s *set) hold(cs ...constant) {
	s.held = map[constant]reg.VecVirtual{}
	for _, c := range cs {
		s.held[c] = s.load(c)
	}
}

func (s *set) release() { s.held = nil }

// constant is an operand: a register, where it is held in one, or memory.
func (s *set) constant(c constant) operand.Op {
	if v, ok := s.held[c]; ok {
		return v
	}
	return s.address(c)
}

func (s *set) address(c constant) operand.Mem {
	return operand.NewDataAddr(operand.Symbol{Name: "constants" + s.name, Static: true}, int(c)*widest)
}

// register gives a constant in a register, held or loaded.
func (s *set) register(c constant) reg.VecVirtual {
	if v, ok := s.held[c]; ok {
		return v
	}
	return s.load(c)
}

// load puts a constant into a register.
func (s *set) load(c constant) reg.VecVirtual {
	v := s.vec()
	build.VMOVUPS(s.address(c), v)
	return v
}

// onePlusExp gives 1 + e⁻ˣ.
func (s *set) onePlusExp(x reg.VecVirtual) reg.VecVirtual {
	clamped, t, f, p := s.vec(), s.vec(), s.vec(), s.vec()
	build.VMINPS(s.constant(highest), x, clamped)
	build.VMAXPS(s.constant(lowest), clamped, clamped)
	build.VMOVUPS(s.constant(magic), t)
	build.VFMADD231PS(s.constant(minusLog2E), clamped, t)
	build.VSUBPS(s.constant(magic), t, f)
	build.VFMSUB231PS(s.constant(minusLog2E), clamped, f)
	build.VFMADD231PS(s.constant(minusLog2ELow), clamped, f)
	build.VMOVUPS(s.constant(c5), p)
	for _, c := range []constant{c4, c3, c2, c1, one} {
		build.VFMADD213PS(s.constant(c), f, p)
	}
	build.VPSLLD(operand.U8(23), t, t)
	build.VPADDD(t, p, p)
	build.VADDPS(s.constant(one), p, p)
	return p
}

// activate applies the activation to v in place.
func (s *set) activate(code int, v reg.VecVirtual) {
	switch code {
	case silu:
		build.VDIVPS(s.onePlusExp(v), v, v)
	case sigmoid:
		d, r := s.onePlusExp(v), s.vec()
		build.VMOVUPS(s.constant(one), r)
		build.VDIVPS(d, r, r)
		s.keepNaN(r, v)
		build.VMOVAPS(r, v)
	case relu, relu6:
		build.VMAXPS(v, s.register(none), v) // NaN stays: the second operand is what comes out
		if code == relu6 {
			build.VMINPS(v, s.register(six), v)
		}
	}
}

// clip applies ReLU or ReLU6 to the sums of a tile, where act is one of them.
// They need no more registers than a tile leaves.
func (s *set) clip(act reg.GPVirtual, sums []reg.VecVirtual) {
	defer s.release()
	for _, a := range []struct {
		code      int
		next      string
		constants []constant
	}{{relu, "notReLU", []constant{none}}, {relu6, "notReLU6", []constant{none, six}}} {
		build.CMPQ(act, operand.U8(a.code))
		build.JNE(operand.LabelRef(a.next))
		s.hold(a.constants...)
		for _, v := range sums {
			s.activate(a.code, v)
		}
		build.Label(a.next)
	}
}

// zero is loaded: avo takes an exclusive or of EVEX for a use of what was in
// the register before.
func (s *set) zero() reg.VecVirtual { return s.load(none) }

// keepNaN makes v no number where x is none, which onePlusExp's bounds lose. It
// spoils x.
func (s *set) keepNaN(v, x reg.VecVirtual) {
	const unordered = 3
	if s.masks {
		k := build.K()
		build.VCMPPS(operand.U8(unordered), x, x, k)
		build.VMOVAPS(x, k, v)
		return
	}
	build.VCMPPS(operand.U8(unordered), x, x, x) // all bits set: no number either
	build.VORPS(x, v, v)
}

// holdExp holds what onePlusExp needs.
func (s *set) holdExp() { s.hold(minusLog2E, magic, lowest, highest, one, c1, c2, c3, c4, c5) }

// siluLines applies SiLU to n lines of vectors in memory, from p on, which next
// moves to the line that follows. SiLU takes so many constants that there are not registers enough for them
// beside a tile: it comes after the tile is stored. If total is not nil, the
// results are added to it.
func (s *set) siluLines(label string, p, n reg.GPVirtual, vectors int, mask reg.OpmaskVirtual, total reg.VecVirtual, next func()) {
	s.holdExp()
	defer s.release()
	build.Label(label)
	for i := range vectors {
		v, at := s.vec(), operand.Mem{Base: p, Disp: i * s.bytes()}
		masked := mask != nil && i == vectors-1
		if masked {
			build.VMOVUPS_Z(at, mask, v)
		} else {
			build.VMOVUPS(at, v)
		}
		s.activate(silu, v)
		if masked {
			build.VMOVUPS(v, mask, at)
		} else {
			build.VMOVUPS(v, at)
		}
		if total != nil {
			build.VADDPS(v, total, total)
		}
	}
	next()
	build.DECQ(n)
	build.JNZ(operand.LabelRef(label))
}
