package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// avx is the machine of amd64. avo finds the registers and writes the assembly.
// Registers are few: what is read often stays in memory, where most
// instructions take it from.
type avx struct {
	name  string
	bytes int // in a vector
	new   func() reg.VecVirtual
	masks bool

	words []reg.GPVirtual // by word − 1
	vecs  []reg.VecVirtual
	last  reg.OpmaskVirtual
}

// newAVX has the constants in memory as often as the vectors have lanes, so
// that an instruction can take them as an operand.
func newAVX(name string, lanes int, newVec func() reg.VecVirtual, masks bool) *avx {
	x := &avx{name: name, bytes: 4 * lanes, new: newVec, masks: masks}
	build.ConstraintExpr("amd64,!noasm")
	build.GLOBL("constants"+name, attr.RODATA|attr.NOPTR)
	for i, v := range values {
		for lane := range widest / 4 {
			build.DATA(i*widest+4*lane, operand.F32(v))
		}
	}
	return x
}

const widest = 64 // bytes

func (x *avx) write(string) error {
	build.Generate() // writes to the file of avo's own flag
	return nil
}

func (x *avx) begin(name string) place {
	build.TEXT(name+x.name, build.NOSPLIT, "func(args *byte)")
	x.words, x.vecs = nil, nil
	return place{base: x.named(build.Load(build.Param("args"), build.GP64()).(reg.GPVirtual))}
}

func (x *avx) end() {
	build.VZEROUPPER()
	build.RET()
}

func (x *avx) named(r reg.GPVirtual) word {
	x.words = append(x.words, r)
	return word(len(x.words))
}

func (x *avx) word() word              { return x.named(build.GP64()) }
func (x *avx) gp(w word) reg.GPVirtual { return x.words[w-1] }

func (x *avx) vec() vec {
	x.vecs = append(x.vecs, x.new())
	return vec(len(x.vecs))
}

func (x *avx) v(v vec) reg.VecVirtual { return x.vecs[v-1] }

func (x *avx) mem(p place) operand.Mem {
	m := operand.Mem{Base: x.gp(p.base), Disp: p.disp}
	if p.scale > 0 {
		m.Index, m.Scale = x.gp(p.index), p.scale
	}
	return m
}

// of is a source as avo takes it.
func (x *avx) of(s source) operand.Op {
	switch s := s.(type) {
	case word:
		return x.gp(s)
	case place:
		return x.mem(s)
	case number:
		if s.small {
			return operand.U8(s.n)
		}
		return operand.I32(s.n)
	}
	panic(fmt.Sprintf("no source: %v", s))
}

// vector is an operand as avo takes it.
func (x *avx) vector(o input) operand.Op {
	switch o := o.(type) {
	case vec:
		return x.v(o)
	case place:
		return x.mem(o)
	case constant:
		return operand.NewDataAddr(operand.Symbol{Name: "constants" + x.name, Static: true}, int(o)*widest)
	}
	panic(fmt.Sprintf("no operand: %v", o))
}

func (x *avx) label(name string) { build.Label(name) }
func (x *avx) jump(to string)    { build.JMP(operand.LabelRef(to)) }

func (x *avx) jumpIf(at source, c condition, n int, to string) {
	if w, ok := at.(word); ok && n == 0 {
		build.TESTQ(x.gp(w), x.gp(w))
	} else {
		build.CMPQ(x.of(at), operand.U8(n))
		c += conditions // as other mnemonics
	}
	x.jumps(c, to)
}

func (x *avx) count(w word, by int, c condition, to string) {
	switch {
	case by == -1 && c == notZero:
		build.DECQ(x.gp(w))
	case by < 0:
		build.SUBQ(operand.U8(-by), x.gp(w))
	default:
		build.ADDQ(operand.U8(by), x.gp(w))
	}
	x.jumps(c, to)
}

const conditions = 4

// jumps gives a jump after a comparison the name that says so.
func (x *avx) jumps(c condition, to string) {
	[]func(operand.Op){build.JZ, build.JNZ, build.JL, build.JGE, build.JE, build.JNE, build.JL, build.JGE}[c](operand.LabelRef(to))
}

func (x *avx) set(w word, from source) {
	if n, ok := from.(number); ok {
		build.MOVQ(operand.U32(n.n), x.gp(w))
		return
	}
	build.MOVQ(x.of(from), x.gp(w))
}

func (x *avx) add(w word, from source) { build.ADDQ(x.of(from), x.gp(w)) }

func (x *avx) multiply(w word, by source) {
	if n, ok := by.(number); ok {
		build.IMUL3Q(x.of(n), x.gp(w), x.gp(w))
		return
	}
	build.IMULQ(x.of(by), x.gp(w))
}

func (x *avx) clear(w word)             { build.XORQ(x.gp(w), x.gp(w)) }
func (x *avx) address(w word, of place) { build.LEAQ(x.mem(of), x.gp(w)) }
func (x *avx) kept(p place) source      { return p }

func (x *avx) cursor(p place) cursor {
	offset := x.word()
	return cursor{from: p, base: p, index: offset, moves: offset}
}

func (x *avx) begins(c cursor) { x.clear(c.moves) }

func (x *avx) following(row word, bases ...source) []word {
	var to []word
	for range bases {
		to = append(to, x.word())
	}
	for i, base := range bases {
		x.set(to[i], place{base: row, disp: 8 * i})
		x.add(to[i], base)
	}
	x.add(row, small(8*len(bases)))
	return to
}

func (x *avx) prefetch(p place) { build.PREFETCHT1(x.mem(p)) }

// pointers are to every third row every third one: an index scales by 1 and 2.
func (x *avx) pointers(first, line word, n int) rowPointers {
	r := rowPointers{to: []word{first}, line: line, n: n}
	for i := 3; i < n; i += 3 {
		next := x.word()
		x.address(next, place{base: r.to[len(r.to)-1], index: line, scale: 2})
		x.add(next, line)
		r.to = append(r.to, next)
	}
	return r
}

// values are broadcast when they are asked for, from where moveValues has not
// moved on yet.
func (x *avx) values(r rowPointers, _ int) func(row, k int) factor {
	return func(row, k int) factor {
		v := x.vec()
		x.broadcast(v, place{r.to[row/3], r.line, uint8(row % 3), 4 * k})
		return factor{v: v}
	}
}

func (x *avx) column(r rowPointers) func(row int) factor {
	value := x.values(r, 1)
	return func(row int) factor { return value(row, 0) }
}

func (x *avx) moveValues(r rowPointers, n int)     { x.moveAll(r, distance(4*n)) }
func (x *avx) moveColumn(r rowPointers, step word) { x.moveAll(r, step) }
func (x *avx) moveRows(r rowPointers, by place)    { x.moveAll(r, by) }
func (x *avx) moveAll(r rowPointers, by source) {
	for _, p := range r.to {
		x.add(p, by)
	}
}

// zero is loaded: avo takes an exclusive or of EVEX for a use of what was in
// the register before.
func (x *avx) zero(v vec)             { x.move(v, none) }
func (x *avx) load(v vec, from place) { build.VMOVUPS(x.mem(from), x.v(v)) }
func (x *avx) store(v vec, to place)  { build.VMOVUPS(x.v(v), x.mem(to)) }

func (x *avx) mask(bits place) {
	if !x.masks {
		return
	}
	m := x.word()
	x.set(m, bits)
	x.last = build.K()
	build.KMOVW(x.gp(m).As32(), x.last)
}

func (x *avx) loadLast(v vec, from place) {
	if !x.masks {
		x.load(v, from)
		return
	}
	build.VMOVUPS_Z(x.mem(from), x.last, x.v(v))
}

func (x *avx) storeLast(v vec, to place) {
	if !x.masks {
		x.store(v, to)
		return
	}
	build.VMOVUPS(x.v(v), x.last, x.mem(to))
}

func (x *avx) broadcast(v vec, from place) { build.VBROADCASTSS(x.mem(from), x.v(v)) }

func (x *avx) hold(c constant) vec {
	v := x.vec()
	x.move(v, c)
	return v
}

func (x *avx) copy(v, from vec)       { build.VMOVAPS(x.v(from), x.v(v)) }
func (x *avx) move(v vec, from input) { build.VMOVUPS(x.vector(from), x.v(v)) }

func (x *avx) lanewise(op arithmetic, a input, b, to vec) {
	[]func(...operand.Op){
		plus: build.VADDPS, minus: build.VSUBPS, times: build.VMULPS, over: build.VDIVPS, minimum: build.VMINPS, maximum: build.VMAXPS,
	}[op](x.vector(a), x.v(b), x.v(to))
}

func (x *avx) mulAdd(sum vec, a input, b vec) { build.VFMADD231PS(x.vector(a), x.v(b), x.v(sum)) }
func (x *avx) mulAddBy(sum, a vec, by factor) { x.mulAdd(sum, a, by.v) }
func (x *avx) mulSub(sum vec, a input, b vec) { build.VFMSUB231PS(x.vector(a), x.v(b), x.v(sum)) }
func (x *avx) chain(v, factor, term vec)      { x.linear(v, factor, term) }

// linear has one operand in memory, at most.
func (x *avx) linear(v vec, factor, term input) vec {
	if by, ok := factor.(vec); ok {
		build.VFMADD213PS(x.vector(term), x.v(by), x.v(v))
	} else {
		build.VFMADD132PS(x.vector(factor), x.v(term.(vec)), x.v(v))
	}
	return v
}

func (x *avx) scaleByPower(v, n vec) {
	build.VPSLLD(operand.U8(23), x.v(n), x.v(n))
	build.VPADDD(x.v(n), x.v(v), x.v(v))
}

// Comparisons, of which none signals.
const (
	unordered = 0x03
	less      = 0x11
	greater   = 0x1e
)

func (x *avx) keepNaN(v, of vec) {
	if x.masks {
		k := build.K()
		build.VCMPPS(operand.U8(unordered), x.v(of), x.v(of), k)
		build.VMOVAPS(x.v(of), k, x.v(v))
		return
	}
	build.VCMPPS(operand.U8(unordered), x.v(of), x.v(of), x.v(of)) // all bits set: no number either
	build.VORPS(x.v(of), x.v(v), x.v(v))
}

func (x *avx) within(v, of vec, high input) {
	zero := x.hold(none)
	if x.masks {
		k := build.K()
		build.VCMPPS(operand.U8(greater), x.v(zero), x.v(of), k)
		if high != nil {
			build.VCMPPS(operand.U8(less), x.vector(high), x.v(of), k, k)
		}
		build.VMOVAPS_Z(x.v(v), k, x.v(v))
		return
	}
	build.VCMPPS(operand.U8(greater), x.v(zero), x.v(of), x.v(zero))
	build.VANDPS(x.v(zero), x.v(v), x.v(v))
	if high != nil {
		build.VCMPPS(operand.U8(less), x.vector(high), x.v(of), x.v(of))
		build.VANDPS(x.v(of), x.v(v), x.v(v))
	}
}

// maximumOf: of what has no order the instruction gives its first operand.
func (x *avx) maximumOf(a, b, to vec) {
	x.lanewise(maximum, a, b, to)
	x.keepNaN(to, b)
}

func (x *avx) together() int { return 1 }

func (x *avx) take(s *stream, n int) []vec {
	var vs []vec
	for range n {
		p := place{base: s.base, disp: s.at}
		if s.index != 0 {
			p.index, p.scale = s.index, 1
		}
		v := x.vec()
		x.load(v, p)
		vs = append(vs, v)
		s.at += s.step
	}
	return vs
}

// reused vectors are operands in memory.
func (x *avx) reused(base word, step int) func(n int) input {
	return func(n int) input { return place{base: base, disp: n * step} }
}

func (x *avx) moved(s *stream) { x.add(s.base, distance(s.at)) }
