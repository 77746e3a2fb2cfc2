package kernel

import (
	"fmt"
	"math"
	"os"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"unsafe"
)

// An emulator of the few instructions that the generated assembly is made of.
// It reads the assembly files themselves, so that the tests cover the kernels
// of instruction sets that the machine lacks. TestEmulator holds it to the
// machine, where that has one of them.

// operand is what an instruction works on.
type operand struct {
	kind       operandKind
	reg, index int // number of the register; of the index, if scale > 0
	scale      uintptr
	value      int // of an immediate; displacement of an address; instruction that a label stands before
}

type operandKind int

const (
	immediate operandKind = iota
	general               // register
	wide                  // vector register
	mask                  // register
	memory
	constants // memory, of the file's constants
	argument  // the pointer that the function is given
	label
)

// instruction is decoded; operands are in the order of Go's assembler, the
// destination last.
type instruction struct {
	name string
	op   func(m *machine, o []operand)
	o    []operand
}

// assembly is a file of functions.
type assembly struct {
	lanes     int
	constants []float32
	functions map[string][]instruction
}

// register is a general one. within is the pointer that its value was computed
// from, if any: Go allows arithmetic on pointers only within their arrays.
type register struct {
	value  uintptr
	within unsafe.Pointer
}

type machine struct {
	*assembly
	args     unsafe.Pointer
	pointers []bool // which words of args are pointers
	general  [32]register
	wide     [32][16]float32
	masks    [8]uint16
	order    int // of what was compared or computed last, to zero: −1, 0, 1
	next     int // instruction
}

// address gives the memory that an operand names.
func (m *machine) address(o operand) unsafe.Pointer {
	base := m.general[o.reg]
	to, within := base.value+uintptr(o.value), base.within
	if o.scale > 0 {
		to += o.scale * m.general[o.index].value
	}
	return unsafe.Add(within, int(to-uintptr(within)))
}

// floats gives the vector that an operand names, to read or to write.
func (m *machine) floats(o operand) []float32 {
	switch o.kind {
	case wide:
		return m.wide[o.reg][:m.lanes]
	case constants:
		return m.constants[o.value/4:][:m.lanes]
	}
	return unsafe.Slice((*float32)(m.address(o)), m.lanes)
}

// beyond is set where emulated assembly reads a sentinel: a value beyond those
// that it was given. On a machine that may go unseen, if nothing is made of it.
var beyond atomic.Bool

func watch(values ...float32) {
	for _, v := range values {
		if math.Float32bits(v) == sentinel {
			beyond.Store(true)
		}
	}
}

// source gives the vector that an operand names, to read.
func (m *machine) source(o operand) []float32 {
	v := m.floats(o)
	if o.kind == memory {
		watch(v...)
	}
	return v
}

// word gives a 64-bit operand.
func (m *machine) word(o operand) register {
	switch o.kind {
	case immediate:
		return register{value: uintptr(o.value)}
	case general:
		return m.general[o.reg]
	case argument:
		return register{uintptr(m.args), m.args}
	}
	p := m.address(o)
	if at := (uintptr(p) - uintptr(m.args)) / 8; at < uintptr(len(m.pointers)) && m.pointers[at] {
		v := *(*unsafe.Pointer)(p)
		return register{uintptr(v), v}
	}
	return register{value: *(*uintptr)(p)}
}

// binary is an instruction that makes a word of two. Of a pointer and a number
// the sum is a pointer again.
func binary(f func(a, b uintptr) uintptr) func(m *machine, o []operand) {
	return func(m *machine, o []operand) {
		to, from := &m.general[o[len(o)-1].reg], m.word(o[0])
		b := *to
		if len(o) == 3 {
			b = m.word(o[1])
		}
		if b.within == nil {
			b.within = from.within
		}
		*to = register{f(from.value, b.value), b.within}
		m.compare(int(to.value), 0)
	}
}

// load is an instruction that puts a word into a register.
func load(m *machine, o []operand) { m.general[o[1].reg] = m.word(o[0]) }

// clearWord is the exclusive or of a register with itself.
func clearWord(m *machine, o []operand) {
	if o[0] != o[1] {
		panic("an exclusive or that is not to clear a register")
	}
	m.general[o[0].reg] = register{}
	m.compare(0, 0)
}

func (m *machine) compare(a, b int) {
	m.order = 0
	if a < b {
		m.order = -1
	} else if a > b {
		m.order = 1
	}
}

func jump(when func(order int) bool) func(m *machine, o []operand) {
	return func(m *machine, o []operand) {
		if when(m.order) {
			m.next = o[0].value
		}
	}
}

// lanewise is an instruction that makes each lane of the last operand out of
// those of the others and, for a multiply-add, its own.
func lanewise(f func(a, b, c float32) float32) func(m *machine, o []operand) {
	return func(m *machine, o []operand) {
		a, b, c := m.source(o[0]), m.source(o[1]), m.floats(o[2])
		for i := range c {
			c[i] = f(a[i], b[i], c[i])
		}
	}
}

// move copies a vector, or the lanes that a mask has; the others stay or, if
// zero, are cleared. Lanes left out of a load are not read.
func move(zero bool) func(m *machine, o []operand) {
	return func(m *machine, o []operand) {
		from, to := o[0], o[len(o)-1]
		if len(o) == 2 {
			copy(m.floats(to), m.source(from))
			return
		}
		for i := range m.lanes {
			lane := func(o operand) *float32 {
				if o.kind == wide {
					return &m.wide[o.reg][i]
				}
				return (*float32)(unsafe.Add(m.address(o), 4*i))
			}
			if m.masks[o[1].reg]>>i&1 == 1 {
				*lane(to) = *lane(from)
				if from.kind == memory {
					watch(*lane(from))
				}
			} else if zero {
				*lane(to) = 0
			}
		}
	}
}

// bitwise is lanewise on bits.
func bitwise(f func(a, b uint32) uint32) func(m *machine, o []operand) {
	return lanewise(func(a, b, _ float32) float32 {
		return math.Float32frombits(f(math.Float32bits(a), math.Float32bits(b)))
	})
}

// fused rounds a·b + c once. The product is exact in float64; the sum is
// rounded to odd, so that rounding it again, to float32, does no harm (Boldo
// and Melquiond, doi 10.1109/TC.2007.70819).
func fused(a, b, c float32) float32 {
	p, d := float64(a)*float64(b), float64(c)
	s := p + d
	t := s - p
	rest := (p - (s - t)) + (d - t)
	if n := math.Float64bits(s); n&1 == 0 && (rest > 0 || rest < 0) {
		if (rest > 0) == (s > 0) {
			n++
		} else {
			n--
		}
		s = math.Float64frombits(n)
	}
	return float32(s)
}

func compareLanes(m *machine, o []operand) {
	b, a, to := m.floats(o[1]), m.floats(o[2]), o[len(o)-1]
	var result uint16
	for i := range m.lanes {
		var yes bool
		switch o[0].value {
		case 0x03: // unordered
			yes = a[i] != a[i] || b[i] != b[i]
		case 0x11:
			yes = a[i] < b[i]
		case 0x1e:
			yes = a[i] > b[i]
		default:
			panic(fmt.Sprintf("no comparison %#x", o[0].value))
		}
		if yes && (len(o) == 4 || m.masks[o[3].reg]>>i&1 == 1) {
			result |= 1 << i
		}
	}
	if to.kind == mask {
		m.masks[to.reg] = result
		return
	}
	for i, lane := 0, m.floats(to); i < m.lanes; i++ {
		lane[i] = math.Float32frombits(-uint32(result >> i & 1))
	}
}

// operations are the instructions, by name. Of two numbers the minimum and
// maximum, where they have no order, is Intel's second source: Go's first.
var operations = map[string]func(m *machine, o []operand){
	"MOVQ":   load,
	"ADDQ":   binary(func(a, b uintptr) uintptr { return b + a }),
	"SUBQ":   binary(func(a, b uintptr) uintptr { return b - a }),
	"IMULQ":  binary(func(a, b uintptr) uintptr { return b * a }),
	"IMUL3Q": binary(func(a, b uintptr) uintptr { return b * a }),
	"XORQ":   clearWord,
	"DECQ": func(m *machine, o []operand) {
		m.general[o[0].reg].value--
		m.compare(int(m.general[o[0].reg].value), 0)
	},
	"LEAQ": func(m *machine, o []operand) {
		p := m.address(o[0])
		m.general[o[1].reg] = register{uintptr(p), p}
	},
	"CMPQ":  func(m *machine, o []operand) { m.compare(int(m.word(o[0]).value), int(m.word(o[1]).value)) },
	"TESTQ": func(m *machine, o []operand) { m.compare(int(m.word(o[0]).value&m.word(o[1]).value), 0) },
	"JMP":   jump(func(int) bool { return true }),
	"JE":    jump(func(order int) bool { return order == 0 }),
	"JZ":    jump(func(order int) bool { return order == 0 }),
	"JNE":   jump(func(order int) bool { return order != 0 }),
	"JNZ":   jump(func(order int) bool { return order != 0 }),
	"JL":    jump(func(order int) bool { return order < 0 }),
	"JGE":   jump(func(order int) bool { return order >= 0 }),
	"KMOVW": func(m *machine, o []operand) { m.masks[o[1].reg] = uint16(m.general[o[0].reg].value) },

	"VMOVUPS":   move(false),
	"VMOVAPS":   move(false),
	"VMOVUPS.Z": move(true),
	"VMOVAPS.Z": move(true),
	"VBROADCASTSS": func(m *machine, o []operand) {
		v, to := *(*float32)(m.address(o[0])), m.floats(o[1])
		watch(v)
		for i := range to {
			to[i] = v
		}
	},
	"VADDPS":      lanewise(func(a, b, _ float32) float32 { return b + a }),
	"VSUBPS":      lanewise(func(a, b, _ float32) float32 { return b - a }),
	"VMULPS":      lanewise(func(a, b, _ float32) float32 { return b * a }),
	"VDIVPS":      lanewise(func(a, b, _ float32) float32 { return b / a }),
	"VFMADD132PS": lanewise(func(a, b, c float32) float32 { return fused(c, a, b) }),
	"VFMADD213PS": lanewise(func(a, b, c float32) float32 { return fused(b, c, a) }),
	"VFMADD231PS": lanewise(fused),
	"VFMSUB231PS": lanewise(func(a, b, c float32) float32 { return fused(a, b, -c) }),
	"VMINPS": lanewise(func(a, b, _ float32) float32 {
		if b < a {
			return b
		}
		return a
	}),
	"VMAXPS": lanewise(func(a, b, _ float32) float32 {
		if b > a {
			return b
		}
		return a
	}),
	"VCMPPS":     compareLanes,
	"VPADDD":     bitwise(func(a, b uint32) uint32 { return a + b }),
	"VORPS":      bitwise(func(a, b uint32) uint32 { return a | b }),
	"VANDPS":     bitwise(func(a, b uint32) uint32 { return a & b }),
	"VPSLLD":     func(m *machine, o []operand) { shift(m, o, o[0].value) },
	"VZEROUPPER": func(*machine, []operand) {},
	"PREFETCHT1": func(*machine, []operand) {}, // of any address
	"RET":        func(m *machine, _ []operand) { m.next = -1 },
}

func shift(m *machine, o []operand, n int) {
	from, to := m.floats(o[1]), m.floats(o[2])
	for i := range to {
		to[i] = math.Float32frombits(math.Float32bits(from[i]) << n)
	}
}

// run runs a function on arguments of a struct whose words pointers tells.
func (a *assembly) run(code []instruction, args unsafe.Pointer, pointers []bool) {
	m := machine{assembly: a, args: args, pointers: pointers}
	for m.next >= 0 {
		i := &code[m.next]
		m.next++
		i.op(&m, i.o)
	}
}

// read decodes an assembly file of generate.
func read(file string, lanes int) (*assembly, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	a := &assembly{lanes: lanes, functions: map[string][]instruction{}}
	var name string
	labels := map[string]int{}
	for number, line := range strings.Split(string(text), "\n") {
		line, _, _ = strings.Cut(line, "//")
		op, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		rest = strings.TrimSpace(rest)
		switch {
		case op == "" || op[0] == '#' || op == "GLOBL":
		case op == "DATA":
			_, value, _ := strings.Cut(strings.TrimSuffix(rest, ")"), "$(")
			v, err := strconv.ParseFloat(value, 32)
			if err != nil {
				return nil, fmt.Errorf("%s:%d: %w", file, number+1, err)
			}
			a.constants = append(a.constants, float32(v))
		case op == "TEXT":
			a.resolve(name, labels)
			name, _, _ = strings.Cut(strings.TrimPrefix(rest, "·"), "(")
		case strings.HasSuffix(op, ":"):
			labels[strings.TrimSuffix(op, ":")] = len(a.functions[name])
		default:
			i := instruction{op: operations[op]}
			if i.op == nil {
				return nil, fmt.Errorf("%s:%d: the emulator has no instruction %s", file, number+1, op)
			}
			for _, s := range strings.Split(rest, ", ") {
				if rest == "" {
					continue
				}
				o, err := decode(s)
				if err != nil {
					return nil, fmt.Errorf("%s:%d: %w", file, number+1, err)
				}
				if o.kind == label {
					i.name = s
				}
				i.o = append(i.o, o)
			}
			a.functions[name] = append(a.functions[name], i)
		}
	}
	a.resolve(name, labels)
	return a, nil
}

// resolve lets the jumps of a function that is read know where its labels are,
// and forgets them.
func (a *assembly) resolve(name string, labels map[string]int) {
	for _, i := range a.functions[name] {
		for k := range i.o {
			if i.o[k].kind == label {
				i.o[k].value = labels[i.name]
			}
		}
	}
	clear(labels)
}

// generals are the numbers of the general registers.
var generals = map[string]int{
	"AX": 0, "CX": 1, "DX": 2, "BX": 3, "SP": 4, "BP": 5, "SI": 6, "DI": 7,
	"R8": 8, "R9": 9, "R10": 10, "R11": 11, "R12": 12, "R13": 13, "R14": 14, "R15": 15,
}

// decode reads an operand, of which there are these kinds: $0x04, R8, Z31, K1,
// 64(SI)(CX*2), constantsAVX2<>+64(SB), args+0(FP), and labels.
func decode(s string) (operand, error) {
	if n, ok := generals[s]; ok {
		return operand{kind: general, reg: n}, nil
	}
	switch number, err := strconv.Atoi(s[1:]); {
	case s == "args+0(FP)":
		return operand{kind: argument}, nil
	case s[0] == '$':
		n, err := strconv.ParseInt(s[1:], 0, 64)
		return operand{kind: immediate, value: int(n)}, err
	case err == nil && s[0] == 'K':
		return operand{kind: mask, reg: number}, nil
	case err == nil && strings.ContainsRune("XYZ", rune(s[0])):
		return operand{kind: wide, reg: number}, nil
	case strings.HasSuffix(s, "(SB)"):
		_, at, _ := strings.Cut(strings.TrimSuffix(s, "(SB)"), "+")
		n, err := strconv.Atoi(at)
		return operand{kind: constants, value: n}, err
	case !strings.HasSuffix(s, ")"):
		return operand{kind: label}, nil
	}
	o := operand{kind: memory}
	disp, rest, _ := strings.Cut(s, "(")
	if disp != "" {
		n, err := strconv.Atoi(disp)
		if err != nil {
			return o, err
		}
		o.value = n
	}
	base, index, indexed := strings.Cut(strings.TrimSuffix(rest, ")"), ")(")
	if indexed {
		name, scale, _ := strings.Cut(index, "*")
		o.index, o.scale = generals[name], uintptr(scale[0]-'0')
	}
	reg, ok := generals[base]
	if !ok {
		return o, fmt.Errorf("no operand is written %q", s)
	}
	o.reg = reg
	return o, nil
}

// pointersIn tells which words of a struct are pointers.
func pointersIn(t reflect.Type) []bool {
	switch t.Kind() {
	case reflect.Struct:
		var words []bool
		for i := range t.NumField() {
			words = append(words, pointersIn(t.Field(i).Type)...)
		}
		return words
	case reflect.Array:
		var words []bool
		for range t.Len() {
			words = append(words, pointersIn(t.Elem())...)
		}
		return words
	}
	return []bool{t.Kind() == reflect.Pointer}
}

// emulate makes a function that emulates one of the file's.
func emulate[T any](a *assembly, name string) func(*T) {
	code, pointers := a.functions[name], pointersIn(reflect.TypeFor[T]())
	if code == nil {
		panic("there is no function " + name)
	}
	return func(args *T) { a.run(code, unsafe.Pointer(args), pointers) }
}

// emulated is an instruction set of the assembly files, emulated. Its narrower
// one is left to the caller.
func emulated(name string) *instructions {
	s := &instructions{name: name, lanes: 8, panel: 2, rows: 6, pixels: [2]int{8, 8}}
	var a *assembly
	var err error
	switch name {
	case "neon":
		s.panel, s.rows, s.pixels = 1, 10, [2]int{11, 9}
		a, err = readNEON("neon_arm64.s")
	case "avx512":
		s.lanes, s.rows, s.masks = 16, 12, true
		fallthrough
	default:
		a, err = read(name+"_amd64.s", s.lanes)
	}
	if err != nil {
		panic(err)
	}
	suffix := strings.ToUpper(name)
	for v := range s.panel {
		for r := range s.rows {
			s.product[v][r] = emulate[productArgs](a, fmt.Sprintf("product%dx%d%s", r+1, v+1, suffix))
		}
	}
	for i, k := range []int{3, 5} {
		for stride := range 2 {
			for p := range s.pixels[i] {
				s.depthwise[i][stride][p] = emulate[depthwiseArgs](a, fmt.Sprintf("depthwise%ds%dx%d%s", k, stride+1, p+1, suffix))
			}
			s.depthwiseGradient[i][stride] = emulate[depthwiseArgs](a, fmt.Sprintf("depthwiseGradient%ds%d%s", k, stride+1, suffix))
		}
	}
	for _, m := range s.mapKernels() {
		*m.kernel = emulate[mapArgs](a, m.name+suffix)
	}
	s.peak = emulate[uintptr](a, "peak"+suffix)
	return s
}

// mapKernel is one of an instruction set's kernels that take mapArgs.
type mapKernel struct {
	name   string
	kernel *func(*mapArgs)
}

func (s *instructions) mapKernels() []mapKernel {
	return []mapKernel{
		{"affine", &s.affine}, {"affineGradient", &s.affineGradient}, {"combine", &s.combine}, {"moments", &s.moments},
		{"sums", &s.sums}, {"dots", &s.dots}, {"add", &s.add}, {"maximum", &s.maximum}, {"copy", &s.copy}, {"scaleRows", &s.scaleRows},
	}
}

// TestEmulator holds the emulator, to the bit, to the machine's own
// instruction sets, on values of which every operation has to be rounded.
func TestEmulator(t *testing.T) {
	tested := false
	for _, s := range available[:len(available)-1] {
		tested = true
		t.Run(s.name, func(t *testing.T) { hold(t, s, emulated(s.name), smooth, 0) })
	}
	if !tested {
		t.Skip("no instruction set in assembly is built in or runs on this machine")
	}
}
