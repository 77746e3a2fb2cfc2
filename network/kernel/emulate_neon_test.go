package kernel

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"unsafe"
)

// The emulator's arm64: instructions are read by the forms in which generate/
// writes them.

// form is how instructions are written, and what one does with the numbers in
// it, in that order: of registers, immediates, displacements.
type form struct {
	text string
	do   func(m *machine, n []int)
}

// quadAt copies values, 4 or fewer, from memory into a vector register, whose
// other lanes become 0.
func (m *machine) quadAt(to int, r register, lanes int) {
	v := &m.wide[to]
	clear(v[:4])
	copy(v[:lanes], unsafe.Slice((*float32)(r.pointer()), lanes))
	watch(v[:lanes]...)
}

// pointer is the register's value as one, within what it points into.
func (r register) pointer() unsafe.Pointer {
	return unsafe.Add(r.within, int(r.value-uintptr(r.within)))
}

func (r register) plus(n int) register { return register{r.value + uintptr(n), r.within} }

// sum is that of two registers, of which one may be a pointer.
func sum(a, b register) register {
	if a.within == nil {
		a.within = b.within
	}
	return register{a.value + b.value, a.within}
}

// wordAt is the word in memory that a register points to.
func (m *machine) wordAt(r register) register {
	p := r.pointer()
	if at := (uintptr(p) - uintptr(m.args)) / 8; at < uintptr(len(m.pointers)) && m.pointers[at] {
		v := *(*unsafe.Pointer)(p)
		return register{uintptr(v), v}
	}
	return register{value: *(*uintptr)(p)}
}

func (m *machine) countBy(r, by int) {
	m.general[r].value += uintptr(by)
	m.compare(int(m.general[r].value), 0)
}

// four is an instruction on four lanes: d from n, m and d.
func four(text string, f func(n, m, d float32) float32) form {
	return form{text, func(m *machine, n []int) {
		a, b := n[1], n[1]
		if len(n) > 2 {
			b = n[2]
		}
		for lane := range 4 {
			m.wide[n[0]][lane] = f(m.wide[a][lane], m.wide[b][lane], m.wide[n[0]][lane])
		}
	}}
}

// fourBits is four, on bits.
func fourBits(text string, f func(n, m uint32) uint32) form {
	return four(text, func(n, m, _ float32) float32 {
		return math.Float32frombits(f(math.Float32bits(n), math.Float32bits(m)))
	})
}

// all gives the bits of a lane of which a comparison is true, or not.
func all(is bool) float32 {
	if is {
		return math.Float32frombits(math.MaxUint32)
	}
	return 0
}

var forms = []form{
	{"MOVD args+0(FP), R%d", func(m *machine, n []int) { m.general[n[0]] = register{uintptr(m.args), m.args} }},
	{"MOVD $constantsNEON<>(SB), R%d", func(m *machine, n []int) {
		p := unsafe.Pointer(&m.constants[0])
		m.general[n[0]] = register{uintptr(p), p}
	}},
	{"MOVD ZR, R%d", func(m *machine, n []int) { m.general[n[0]] = register{} }},
	{"MOVD $%d, R%d", func(m *machine, n []int) { m.general[n[1]] = register{value: uintptr(n[0])} }},
	{"MOVD R%d, R%d", func(m *machine, n []int) { m.general[n[1]] = m.general[n[0]] }},
	{"MOVD %d(R%d), R%d", func(m *machine, n []int) { m.general[n[2]] = m.wordAt(m.general[n[1]].plus(n[0])) }},
	{"LDP.P 16(R%d), (R%d, R%d)", func(m *machine, n []int) {
		from := m.general[n[0]]
		m.general[n[1]], m.general[n[2]], m.general[n[0]] = m.wordAt(from), m.wordAt(from.plus(8)), from.plus(16)
	}},
	{"ADD R%d, R%d", func(m *machine, n []int) { m.general[n[1]] = sum(m.general[n[0]], m.general[n[1]]) }},
	{"ADD R%d, R%d, R%d", func(m *machine, n []int) { m.general[n[2]] = sum(m.general[n[0]], m.general[n[1]]) }},
	{"ADD $%d, R%d", func(m *machine, n []int) { m.general[n[1]] = m.general[n[1]].plus(n[0]) }},
	{"ADD $%d, R%d, R%d", func(m *machine, n []int) { m.general[n[2]] = m.general[n[1]].plus(n[0]) }},
	{"MUL R%d, R%d", func(m *machine, n []int) { m.general[n[1]].value *= m.general[n[0]].value }},
	{"SUBS $%d, R%d", func(m *machine, n []int) { m.countBy(n[1], -n[0]) }},
	{"ADDS $%d, R%d", func(m *machine, n []int) { m.countBy(n[1], n[0]) }},
	{"CMP $%d, R%d", func(m *machine, n []int) { m.compare(int(m.general[n[1]].value), n[0]) }},
	{"PRFM %d(R%d), PLDL2KEEP", func(*machine, []int) {}}, // of any address
	{"RET", func(m *machine, _ []int) { m.next = -1 }},

	{"FMOVQ %d(R%d), F%d", func(m *machine, n []int) { m.quadAt(n[2], m.general[n[1]].plus(n[0]), 4) }},
	{"FMOVD %d(R%d), F%d", func(m *machine, n []int) { m.quadAt(n[2], m.general[n[1]].plus(n[0]), 2) }},
	{"FMOVS %d(R%d), F%d", func(m *machine, n []int) { m.quadAt(n[2], m.general[n[1]].plus(n[0]), 1) }},
	{"FMOVQ.P 16(R%d), F%d", func(m *machine, n []int) {
		m.quadAt(n[1], m.general[n[0]], 4)
		m.general[n[0]] = m.general[n[0]].plus(16)
	}},
	{"FMOVS.P 4(R%d), F%d", func(m *machine, n []int) {
		m.quadAt(n[1], m.general[n[0]], 1)
		m.general[n[0]] = m.general[n[0]].plus(4)
	}},
	{"FLDPQ %d(R%d), (F%d, F%d)", func(m *machine, n []int) {
		m.quadAt(n[2], m.general[n[1]].plus(n[0]), 4)
		m.quadAt(n[3], m.general[n[1]].plus(n[0]+16), 4)
	}},
	{"FLDPQ.P 32(R%d), (F%d, F%d)", (*machine).loadAndMove},
	{"VLD1.P 64(R%d), [V%d.S4, V%d.S4, V%d.S4, V%d.S4]", (*machine).loadAndMove},
	{"VLD1R (R%d), [V%d.S4]", func(m *machine, n []int) {
		m.quadAt(n[1], m.general[n[0]], 1)
		for lane := range 4 {
			m.wide[n[1]][lane] = m.wide[n[1]][0]
		}
	}},
	{"FSTPQ (F%d, F%d), %d(R%d)", func(m *machine, n []int) {
		to := unsafe.Slice((*float32)(m.general[n[3]].plus(n[2]).pointer()), 8)
		copy(to, m.wide[n[0]][:4])
		copy(to[4:], m.wide[n[1]][:4])
	}},

	four("fadd v%d.4s, v%d.4s, v%d.4s", func(n, m, _ float32) float32 { return n + m }),
	four("fsub v%d.4s, v%d.4s, v%d.4s", func(n, m, _ float32) float32 { return n - m }),
	four("fmul v%d.4s, v%d.4s, v%d.4s", func(n, m, _ float32) float32 { return n * m }),
	four("fdiv v%d.4s, v%d.4s, v%d.4s", func(n, m, _ float32) float32 { return n / m }),
	four("fmin v%d.4s, v%d.4s, v%d.4s", func(n, m, _ float32) float32 { return min(n, m) }),
	four("fmax v%d.4s, v%d.4s, v%d.4s", func(n, m, _ float32) float32 { return max(n, m) }),
	four("fmla v%d.4s, v%d.4s, v%d.4s", fused),
	four("fneg v%d.4s, v%d.4s", func(n, _, _ float32) float32 { return -n }),
	four("fcmgt v%d.4s, v%d.4s, v%d.4s", func(n, m, _ float32) float32 { return all(n > m) }),
	four("fcmgt v%d.4s, v%d.4s, #0.0", func(n, _, _ float32) float32 { return all(n > 0) }),
	four("fcmeq v%d.4s, v%d.4s, v%d.4s", func(n, m, _ float32) float32 { return all(n == m) }),
	fourBits("add v%d.4s, v%d.4s, v%d.4s", func(n, m uint32) uint32 { return n + m }),
	fourBits("shl v%d.4s, v%d.4s, #23", func(n, _ uint32) uint32 { return n << 23 }),
	fourBits("and v%d.16b, v%d.16b, v%d.16b", func(n, m uint32) uint32 { return n & m }),
	fourBits("orr v%d.16b, v%d.16b, v%d.16b", func(n, m uint32) uint32 { return n | m }),
	fourBits("orn v%d.16b, v%d.16b, v%d.16b", func(n, m uint32) uint32 { return n | ^m }),
	{"movi v%d.4s, #0", func(m *machine, n []int) { clear(m.wide[n[0]][:4]) }},
	{"fmla v%d.4s, v%d.4s, v%d.s[%d]", func(m *machine, n []int) {
		by := m.wide[n[2]][n[3]]
		for lane := range 4 {
			m.wide[n[0]][lane] = fused(m.wide[n[1]][lane], by, m.wide[n[0]][lane])
		}
	}},
}

// loadAndMove loads registers side by side, and moves on.
func (m *machine) loadAndMove(n []int) {
	for _, to := range n[1:] {
		m.quadAt(to, m.general[n[0]], 4)
		m.general[n[0]] = m.general[n[0]].plus(16)
	}
}

// jumps are those of arm64, by what was compared or computed.
var jumps = map[string]func(order int) bool{
	"JMP": func(int) bool { return true },
	"BEQ": func(order int) bool { return order == 0 },
	"BNE": func(order int) bool { return order != 0 },
	"BLT": func(order int) bool { return order < 0 },
	"BGE": func(order int) bool { return order >= 0 },
}

// readNEON decodes generate's assembly for arm64.
func readNEON(file string) (*assembly, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	byName := map[string][]form{}
	for _, f := range forms {
		name, _, _ := strings.Cut(f.text, " ")
		byName[name] = append(byName[name], f)
	}
	a := &assembly{lanes: 4, functions: map[string][]instruction{}}
	var name string
	labels := map[string]int{}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		line, comment, _ := strings.Cut(strings.TrimSpace(line), " // ")
		op, rest, _ := strings.Cut(line, " ")
		switch {
		case op == "" || op[0] == '#' || op == "GLOBL" || strings.HasPrefix(op, "//"):
			continue
		case op == "DATA":
			_, value, _ := strings.Cut(rest, "$")
			bits, err := strconv.ParseUint(value, 0, 32)
			if err != nil {
				return nil, fmt.Errorf("%s:%d: %w", file, number, err)
			}
			a.constants = append(a.constants, math.Float32frombits(uint32(bits)))
			continue
		case op == "TEXT":
			a.resolve(name, labels)
			name, _, _ = strings.Cut(strings.TrimPrefix(rest, "·"), "(")
			continue
		case strings.HasSuffix(op, ":"):
			labels[strings.TrimSuffix(op, ":")] = len(a.functions[name])
			continue
		case op == "WORD":
			line = comment
			op, _, _ = strings.Cut(line, " ")
		}
		i, ok := decodeNEON(op, rest, line, byName[op])
		if !ok {
			return nil, fmt.Errorf("%s:%d: the emulator cannot read %s", file, number, line)
		}
		a.functions[name] = append(a.functions[name], i)
	}
	a.resolve(name, labels)
	return a, nil
}

func decodeNEON(op, rest, line string, forms []form) (instruction, bool) {
	if when := jumps[op]; when != nil {
		return instruction{name: rest, op: jump(when), o: []operand{{kind: label}}}, true
	}
	if op == "CBZ" || op == "CBNZ" {
		reg, to, _ := strings.Cut(strings.TrimPrefix(rest, "R"), ", ")
		n, err := strconv.Atoi(reg)
		return instruction{name: to, o: []operand{{kind: label}}, op: func(m *machine, o []operand) {
			if (m.general[n].value == 0) == (op == "CBZ") {
				m.next = o[0].value
			}
		}}, err == nil
	}
	for _, f := range forms {
		n := make([]int, strings.Count(f.text, "%d"))
		into, numbers := make([]any, len(n)), make([]any, len(n))
		for i := range n {
			into[i] = &n[i]
		}
		if _, err := fmt.Sscanf(line, f.text, into...); err != nil {
			continue
		}
		for i, v := range n {
			numbers[i] = v
		}
		if fmt.Sprintf(f.text, numbers...) == line {
			return instruction{name: op, op: func(m *machine, _ []operand) { f.do(m, n) }}, true
		}
	}
	return instruction{}, false
}
