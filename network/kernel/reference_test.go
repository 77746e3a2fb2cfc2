package kernel

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// The tests hold every function to its definition, written here in float64, for
// every instruction set. What is read lies between values that are not numbers,
// and what is written between values that must stay.

// sentinel is what lies before, between and behind the values of a field: not a
// number, so that whatever is computed from it shows, and of a bit pattern that
// no instruction makes, so that whatever is written over it shows too.
const sentinel = 0x7fc5a5a5

// margin is the number of sentinels before and behind a field: more than two of
// the widest vectors.
const margin = 40

// field is a matrix of rows that are line values apart, in a slice of its own.
type field struct {
	all                 []float32
	rows, columns, line int
}

// newField gives a field all of sentinels.
func newField(rows, columns, line int) *field {
	f := &field{make([]float32, 2*margin+(rows-1)*line+columns), rows, columns, line}
	for i := range f.all {
		f.all[i] = math.Float32frombits(sentinel)
	}
	return f
}

// vector is a field of one row.
func vector(n int) *field { return newField(1, n, n) }

// row is row r, and no more than it.
func (f *field) row(r int) []float32 {
	lo := margin + r*f.line
	return f.all[lo : lo+f.columns : lo+f.columns]
}

// values are those of a field without gaps between its rows.
func (f *field) values() []float32 {
	lo, hi := margin, len(f.all)-margin
	return f.all[lo:hi:hi]
}

func (f *field) first() *float32 { return &f.all[margin] }

// bytes is the stride from row to row, as the kernels take it.
func (f *field) bytes() uintptr { return uintptr(4 * f.line) }

func (f *field) fill(value func() float32) *field {
	for r := range f.rows {
		for i := range f.row(r) {
			f.row(r)[i] = value()
		}
	}
	return f
}

func (f *field) clone() *field {
	c := *f
	c.all = slices.Clone(f.all)
	return &c
}

// intact tells whether the sentinels still lie around the values.
func (f *field) intact() bool {
	from := 0
	for r := range f.rows {
		for _, v := range f.all[from : margin+r*f.line] {
			if math.Float32bits(v) != sentinel {
				return false
			}
		}
		from = margin + r*f.line + f.columns
	}
	return !slices.ContainsFunc(f.all[from:], func(v float32) bool { return math.Float32bits(v) != sentinel })
}

// noise gives n normally distributed values, between sentinels.
func noise(seed uint64, n int) []float32 {
	rng := rand.New(rand.NewPCG(seed, 9))
	return vector(n).fill(func() float32 { return float32(rng.NormFloat64()) }).values()
}

// times multiplies s by factor, in place.
func times(s []float32, factor float64) []float32 {
	for i := range s {
		s[i] *= float32(factor)
	}
	return s
}

// everySet lists the instruction sets that are tested, the portable one last:
// those of this machine and, emulated, those in assembly that it lacks.
var everySet = sync.OnceValue(func() []*instructions {
	var sets []*instructions
	for _, name := range []string{"avx512", "avx2", "neon"} {
		if at := slices.Index(InstructionSets(), name); at >= 0 {
			sets = append(sets, available[at])
		} else if runtime.GOARCH != "arm64" && bits.UintSize == 64 { // as the assembly is written for; on arm64 an emulator runs already, often
			sets = append(sets, emulated(name))
		}
	}
	sets = append(sets, available[len(available)-1])
	for i, s := range sets {
		switch {
		case !isEmulated(s):
		case s.name == "avx512":
			s.narrower = sets[i+1]
		default:
			s.narrower = portable(1, s.panel)
		}
	}
	return sets
})

func isEmulated(s *instructions) bool { return !slices.Contains(available, s) }

func title(s *instructions) string {
	if isEmulated(s) {
		return s.name + " emulated"
	}
	return s.name
}

// eachSet runs the test, by its name, with each
// instruction set in use, and leaves the first in use. An emulated one
// multiplies some hundred times slower than a machine: it takes part where
// macs, the multiply-adds of the test, are few.
func eachSet(t *testing.T, name string, macs int, test func(t *testing.T)) {
	t.Helper()
	defer func() { current = available[0] }()
	for _, s := range everySet() {
		if isEmulated(s) && macs > 100_000 {
			continue
		}
		current = s
		poison()
		t.Run(strings.TrimSuffix(title(s)+", "+name, ", "), test)
	}
}

// poison leaves what are not numbers in room that is used again: who reads it
// before writing to it will show.
func poison() {
	spoil := func(s []float32) {
		for i := range s {
			s[i] = math.Float32frombits(sentinel)
		}
	}
	for shelf := range 13 {
		a, b := borrow(1<<shelf), borrow(1<<shelf)
		spoil(a)
		spoil(b)
		giveBack(a)
		giveBack(b)
	}
	parallel(4, func(w *worker, _ int) {
		for purpose := range w.rooms {
			spoil(w.room(purpose, 1<<12))
		}
	})
}

// exact is a result in float64 and, for each value, the sum of the magnitudes
// that it was added up from: what the rounding errors of any order of adding
// are proportional to.
type exact struct{ value, size []float64 }

func newExact(n int) exact { return exact{make([]float64, n), make([]float64, n)} }

func (e exact) add(i int, v float64) {
	e.value[i] += v
	e.size[i] += math.Abs(v)
}

// addAll adds v, over and over if it is shorter; it may be nil.
func (e exact) addAll(v []float32) exact {
	for i := range e.value {
		if v != nil {
			e.add(i, float64(v[i%len(v)]))
		}
	}
	return e
}

// activated applies the activation, of which none is steeper than 1.1.
func (e exact) activated(a Activation) exact {
	for i, v := range e.value {
		e.value[i] = valueOf(a, v)
		e.size[i] = max(e.size[i], math.Abs(e.value[i]))
	}
	return e
}

// rounding is the error of a sum in float32 beside the sum of its terms'
// magnitudes: 2⁻²⁴ for each rounding, of which there are up to two thousand,
// but up as often as down, so that they grow like the root of their number.
// The largest seen is 3.3e-7.
const rounding = 1e-6

// near holds what a function wrote into got to the definition, and sees that
// it wrote nowhere else.
func near(t *testing.T, what string, got *field, want exact) {
	t.Helper()
	within(t, what, got, want, rounding)
}

// within is near with a tolerance of its own, relative to the magnitudes.
func within(t *testing.T, what string, got *field, want exact, tolerance float64) {
	t.Helper()
	if len(got.values()) != len(want.value) {
		t.Fatalf("%s: %d values, want %d", what, len(got.values()), len(want.value))
	}
	for i, v := range got.values() {
		size := max(want.size[i], math.SmallestNonzeroFloat32)
		if off := math.Abs(float64(v) - want.value[i]); !(off <= tolerance*size) {
			t.Fatalf("%s: value %d is %v, want %v; off by %.2g of the %.3g it was added up from, want at most %.2g",
				what, i, v, want.value[i], off/size, size, tolerance)
		}
	}
	if !got.intact() {
		t.Fatalf("%s: it wrote outside its result", what)
	}
}

// same tells whether two results are the same bytes.
func same(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) })
}

// valueOf is the activation of x.
func valueOf(a Activation, x float64) float64 {
	switch a {
	case SiLU:
		return x / (1 + math.Exp(-x))
	case ReLU6:
		return min(max(x, 0), 6)
	case Sigmoid:
		return 1 / (1 + math.Exp(-x))
	case ReLU:
		return max(x, 0)
	}
	return x
}

// slopeOf is the activation's derivative at x.
func slopeOf(a Activation, x float64) float64 {
	s := 1 / (1 + math.Exp(-x))
	switch a {
	case SiLU:
		return s * (1 + x*(1-s))
	case ReLU6:
		if x > 0 && x < 6 {
			return 1
		}
		return 0
	case Sigmoid:
		return s / (1 + math.Exp(x))
	case ReLU:
		if x > 0 {
			return 1
		}
		return 0
	}
	return 1
}

// layer is the geometry of a convolution, which sees in/groups channels.
type layer struct {
	n, in, out, groups int
	Window
}

// taps calls visit for every multiply-add of the convolution: result y takes
// input x times weight w.
func (l layer) taps(visit func(y, x, w int)) {
	per := l.in / l.groups
	for n := range l.n {
		for oy := range l.OutH {
			for ox := range l.OutW {
				for o := range l.out {
					y := ((n*l.OutH+oy)*l.OutW+ox)*l.out + o
					first := o / (l.out / l.groups) * per
					for ky := range l.Kernel {
						for kx := range l.Kernel {
							iy, ix := oy*l.Stride+ky-l.Top, ox*l.Stride+kx-l.Left
							if iy < 0 || iy >= l.InH || ix < 0 || ix >= l.InW {
								continue
							}
							for i := range per {
								visit(y, ((n*l.InH+iy)*l.InW+ix)*l.in+first+i, ((o*per+i)*l.Kernel+ky)*l.Kernel+kx)
							}
						}
					}
				}
			}
		}
	}
}

func (l layer) inputs() int  { return l.n * l.InH * l.InW * l.in }
func (l layer) outputs() int { return l.n * l.OutH * l.OutW * l.out }
func (l layer) weights() int { return l.out * l.in / l.groups * l.Kernel * l.Kernel }
func (l layer) macs() int    { return l.outputs() * l.in / l.groups * l.Kernel * l.Kernel }

// number is what references are computed from: what the functions are given,
// or the result of another reference.
type number interface{ float32 | float64 }

func forwardOf[T number](l layer, x []T, weight, bias []float32) exact {
	e := newExact(l.outputs()).addAll(bias)
	l.taps(func(y, xi, w int) { e.add(y, float64(x[xi])*float64(weight[w])) })
	return e
}

func gradInputOf(l layer, grad, weight []float32) exact {
	e := newExact(l.inputs())
	l.taps(func(y, x, w int) { e.add(x, float64(grad[y])*float64(weight[w])) })
	return e
}

func gradWeightOf(l layer, x, grad []float32) exact {
	e := newExact(l.weights())
	l.taps(func(y, xi, w int) { e.add(w, float64(x[xi])*float64(grad[y])) })
	return e
}

// linear is the layer of a matrix product of m rows.
func linear(m, in, out int) layer { return layer{m, in, out, 1, Symmetric(1, 1, 1, 1)} }
