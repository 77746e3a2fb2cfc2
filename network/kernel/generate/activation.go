package main

import "math"

// The codes of kernel.Activation.
const (
	identity = iota
	silu
	relu6
	sigmoid
	relu
)

// constant is a float32 in all lanes, by its place in values.
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

// hold keeps the constants in registers until release, for loops that have
// some to spare.
func (s *set) hold(cs ...constant) {
	s.held = map[constant]vec{}
	for _, c := range cs {
		s.held[c] = s.machine.hold(c)
	}
}

func (s *set) release() { s.held = nil }

// constant is a register, where it is held in one, or memory.
func (s *set) constant(c constant) input {
	if v, ok := s.held[c]; ok {
		return v
	}
	return c
}

// register gives a constant in a register, held or loaded.
func (s *set) register(c constant) vec {
	if v, ok := s.held[c]; ok {
		return v
	}
	return s.machine.hold(c)
}

// filled is a register of its own with what is given.
func (s *set) filled(with input) vec {
	v := s.vec()
	s.move(v, with)
	return v
}

// onePlusExp gives 1 + e⁻ˣ.
func (s *set) onePlusExp(x vec) vec {
	clamped, t, f, p := s.vec(), s.vec(), s.vec(), s.vec()
	s.lanewise(minimum, s.constant(highest), x, clamped)
	s.lanewise(maximum, s.constant(lowest), clamped, clamped)
	s.move(t, s.constant(magic))
	s.mulAdd(t, s.constant(minusLog2E), clamped)
	s.lanewise(minus, s.constant(magic), t, f)
	s.mulSub(f, s.constant(minusLog2E), clamped)
	s.mulAdd(f, s.constant(minusLog2ELow), clamped)
	s.move(p, s.constant(c5))
	for _, c := range []constant{c4, c3, c2, c1, one} {
		p = s.linear(p, f, s.constant(c))
	}
	s.scaleByPower(p, t)
	s.lanewise(plus, s.constant(one), p, p)
	return p
}

// activate applies the activation to v in place.
func (s *set) activate(code int, v vec) {
	switch code {
	case silu:
		s.lanewise(over, s.onePlusExp(v), v, v)
	case sigmoid:
		d := s.onePlusExp(v)
		r := s.filled(s.constant(one))
		s.lanewise(over, d, r, r)
		s.keepNaN(r, v)
		s.copy(v, r)
	case relu, relu6:
		s.lanewise(maximum, v, s.register(none), v) // NaN stays: the second operand is what comes out
		if code == relu6 {
			s.lanewise(minimum, v, s.register(six), v)
		}
	}
}

// clip applies ReLU or ReLU6 to the sums of a tile, where act is one of them.
// They need no more registers than a tile leaves.
func (s *set) clip(act word, sums []vec) {
	defer s.release()
	for _, a := range []struct {
		code      int
		next      string
		constants []constant
	}{{relu, "notReLU", []constant{none}}, {relu6, "notReLU6", []constant{none, six}}} {
		s.jumpIf(act, notZero, a.code, a.next)
		s.hold(a.constants...)
		for _, v := range sums {
			s.activate(a.code, v)
		}
		s.label(a.next)
	}
}

// holdExp holds what onePlusExp needs.
func (s *set) holdExp() { s.hold(minusLog2E, magic, lowest, highest, one, c1, c2, c3, c4, c5) }

// siluLines applies SiLU to n lines of vectors in memory, from p on, which next
// moves to the line that follows. SiLU takes so many constants that there are not registers enough for them
// beside a tile: it comes after the tile is stored. The last vector of a line may have
// columns that stay as they are, if masked. If total is not 0, the
// results are added to it.
func (s *set) siluLines(label string, p, n word, vectors int, masked bool, total vec, next func()) {
	s.holdExp()
	defer s.release()
	s.label(label)
	for i := range vectors {
		v, at := s.vec(), place{base: p, disp: i * s.bytes()}
		load, store := s.load, s.store
		if masked && i == vectors-1 {
			load, store = s.loadLast, s.storeLast
		}
		load(v, at)
		s.activate(silu, v)
		store(v, at)
		if total != 0 {
			s.lanewise(plus, v, total, total)
		}
	}
	next()
	s.count(n, -1, notZero, label)
}
