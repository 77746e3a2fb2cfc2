package tensorfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"

	"scalecam/fault"
)

// This is a pickle machine of our own, cut down to what a state dict of tensors
// needs, as PyTorch's own torch/_weights_only_unpickler.py is. The library
// github.com/nlpodyssey/gopickle cannot be made safe by its hooks: it allocates
// what a length in the file claims, up to 2^63 bytes, which no recover can
// catch; it panics on the opcode 0xFF, an empty LONG1, an odd SETITEMS and a
// dict key that is a slice; and it calls some classes without asking FindClass.
// A scan of the opcodes beforehand that stopped all that would be most of a
// machine.

// What a pickle puts on the stack is nil, a bool, an int64, a float64, a
// string, or one of these.
type (
	pickleTuple []any
	pickleList  struct{ items []any }
	pickleDict  struct {
		ordered bool
		items   []pickleItem
	}
	pickleItem struct{ key, value any }
	// A pickleGlobal is the Python class or function of that full name, which
	// is one of torchGlobals or torchStorages.
	pickleGlobal string
)

// A pickleMachine runs one pickle. It has no recursion, and its memory is
// bounded by the number of instructions, since each pushes or joins at most one
// value, and by the length of the pickle, in which every string stands whole.
type pickleMachine struct {
	in    []byte // what is left of the pickle
	stack []any
	marks []int // the lengths that the stack had at open marks
	memo  map[uint64]any
	err   error // the first that occurred; operations after it do nothing of use
}

// maxInstructions bounds a pickle's work and memory (to some 100 MB): a tensor
// takes about forty instructions, so that it is enough for ten thousand.
const maxInstructions = 1 << 19

// errCutShort is for a pickle that ends within an instruction.
var errCutShort = errors.New("it is cut short; copy or download the file again")

// unpickle gives the value that a pickle of protocol 2 builds. What it may
// build are the values above, and storages and views of storages by way of
// callTorch and loadStorage. An error names the Python object that was asked
// for when that is any other.
func unpickle(pickle []byte) (any, error) {
	m := pickleMachine{in: pickle, memo: map[uint64]any{}}
	for range maxInstructions {
		opcode := m.number(1)
		if m.err == nil && opcode == '.' {
			result := m.pop()
			return result, m.err
		}
		m.execute(byte(opcode))
		if m.err != nil {
			return nil, m.err
		}
	}
	return nil, fault.Errorf("it takes more than %d instructions, far beyond a state dict; save only model.state_dict()", maxInstructions)
}

// execute runs one instruction. Names and meanings are those of Python's
// pickletools (https://docs.python.org/3/library/pickletools.html).
func (m *pickleMachine) execute(opcode byte) {
	switch opcode {
	case 0x80: // PROTO
		if version := m.number(1); version != 2 {
			m.fail("it has pickle protocol %d; save it with torch.save's default pickle_protocol=2", version)
		}
	case 'c': // GLOBAL
		m.push(m.global(m.line(), m.line()))

	case 'N': // NONE
		m.push(nil)
	case 0x88: // NEWTRUE
		m.push(true)
	case 0x89: // NEWFALSE
		m.push(false)
	case 'K': // BININT1
		m.push(int64(m.number(1)))
	case 'M': // BININT2
		m.push(int64(m.number(2)))
	case 'J': // BININT
		m.push(int64(int32(m.number(4))))
	case 0x8a: // LONG1
		n := m.number(1)
		if n > 8 {
			m.fail("it holds a whole number of more than 64 bits; save only model.state_dict()")
			return
		}
		unused := 64 - 8*n
		m.push(int64(m.number(n)<<unused) >> unused)
	case 'G': // BINFLOAT, the one big-endian
		if b := m.take(8); b != nil {
			m.push(math.Float64frombits(binary.BigEndian.Uint64(b)))
		}
	case 'X': // BINUNICODE
		m.push(string(m.take(m.number(4))))

	case '(': // MARK
		m.marks = append(m.marks, len(m.stack))
	case ')': // EMPTY_TUPLE
		m.push(pickleTuple(nil))
	case 't': // TUPLE
		m.push(pickleTuple(m.popMark()))
	case 0x85: // TUPLE1
		m.push(pickleTuple{m.pop()})
	case 0x86: // TUPLE2
		b, a := m.pop(), m.pop()
		m.push(pickleTuple{a, b})
	case 0x87: // TUPLE3
		c, b, a := m.pop(), m.pop(), m.pop()
		m.push(pickleTuple{a, b, c})
	case ']': // EMPTY_LIST
		m.push(&pickleList{})
	case 'a': // APPEND
		m.extend([]any{m.pop()})
	case 'e': // APPENDS
		m.extend(m.popMark())
	case '}': // EMPTY_DICT
		m.push(&pickleDict{})
	case 's': // SETITEM
		value, key := m.pop(), m.pop()
		m.set([]any{key, value})
	case 'u': // SETITEMS
		m.set(m.popMark())

	case 'q': // BINPUT
		m.memo[m.number(1)] = m.top()
	case 'r': // LONG_BINPUT
		m.memo[m.number(4)] = m.top()
	case 'h': // BINGET
		m.recall(m.number(1))
	case 'j': // LONG_BINGET
		m.recall(m.number(4))

	case 'R': // REDUCE
		args, isTuple := m.pop().(pickleTuple)
		function, isGlobal := m.pop().(pickleGlobal)
		if !isTuple || !isGlobal {
			m.fail("it calls something that is no function; the file is damaged")
			return
		}
		result, err := callTorch(function, args)
		m.pushOr(result, err)
	case 'b': // BUILD
		m.pop()
		// torch hangs a state dict's _metadata, versions of its modules, on
		// the OrderedDict. Nothing else has attributes here.
		if d, ok := m.top().(*pickleDict); !ok || !d.ordered {
			m.fail("it sets attributes of something other than a state dict; save only model.state_dict()")
		}
	case 'Q': // BINPERSID
		s, err := loadStorage(m.pop())
		m.pushOr(s, err)

	default:
		m.fail("it has the pickle instruction 0x%02x, which a state dict does not need; save only model.state_dict(), with torch.save's default pickle_protocol", opcode)
	}
}

// fail notes an error, unless one is noted already.
func (m *pickleMachine) fail(format string, args ...any) {
	if m.err == nil {
		m.err = fault.Errorf(format, args...)
	}
}

// take takes n bytes, or nil where fewer are left.
func (m *pickleMachine) take(n uint64) []byte {
	if n > uint64(len(m.in)) {
		m.fail("%w", errCutShort)
		return nil
	}
	b := m.in[:n]
	m.in = m.in[n:]
	return b
}

// number takes a little-endian number of up to eight bytes.
func (m *pickleMachine) number(width uint64) (v uint64) {
	for i, b := range m.take(width) {
		v |= uint64(b) << (8 * i)
	}
	return v
}

// line takes a text that a newline ends.
func (m *pickleMachine) line() string {
	text, _, ok := bytes.Cut(m.in, []byte("\n"))
	if !ok {
		m.fail("%w", errCutShort)
		return ""
	}
	m.take(uint64(len(text)) + 1)
	return string(text)
}

func (m *pickleMachine) global(module, name string) pickleGlobal {
	full := pickleGlobal(module + "." + name)
	if _, isStorage := torchStorages[full]; !isStorage && !torchGlobals[full] {
		m.fail("it asks for the Python object %s, which a file of tensors does not need and which is not run; save only model.state_dict() with torch.save, or as safetensors", quote(string(full)))
	}
	return full
}

func (m *pickleMachine) push(v any) { m.stack = append(m.stack, v) }

func (m *pickleMachine) pushOr(v any, err error) {
	if err != nil {
		m.fail("%w", err)
	}
	m.push(v)
}

// top gives the topmost value above the last mark.
func (m *pickleMachine) top() any {
	floor := 0
	if len(m.marks) > 0 {
		floor = m.marks[len(m.marks)-1]
	}
	if len(m.stack) == floor {
		m.fail("it takes a value from an empty stack; the file is damaged")
		return nil
	}
	return m.stack[len(m.stack)-1]
}

func (m *pickleMachine) pop() any {
	v := m.top()
	if m.err == nil {
		m.stack = m.stack[:len(m.stack)-1]
	}
	return v
}

// popMark pops the last mark and gives a copy of the values above it.
func (m *pickleMachine) popMark() []any {
	if len(m.marks) == 0 {
		m.fail("it takes values above a mark that is not there; the file is damaged")
		return nil
	}
	floor := m.marks[len(m.marks)-1]
	m.marks = m.marks[:len(m.marks)-1]
	values := append([]any(nil), m.stack[floor:]...)
	m.stack = m.stack[:floor]
	return values
}

func (m *pickleMachine) extend(items []any) {
	list, ok := m.top().(*pickleList)
	if !ok {
		m.fail("it appends to something that is no list; the file is damaged")
		return
	}
	list.items = append(list.items, items...)
}

// set adds keys and values, by turns, to the dict on top. The items stay a list
// of what came: reading a state dict sees to repeated keys.
func (m *pickleMachine) set(keysAndValues []any) {
	dict, ok := m.top().(*pickleDict)
	if !ok || len(keysAndValues)%2 != 0 {
		m.fail("it sets an item of something that is no dict, or half an item; the file is damaged")
		return
	}
	for i := 0; i < len(keysAndValues); i += 2 {
		dict.items = append(dict.items, pickleItem{keysAndValues[i], keysAndValues[i+1]})
	}
}

func (m *pickleMachine) recall(index uint64) {
	v, ok := m.memo[index]
	if !ok {
		m.fail("it recalls value %d, which it never noted; the file is damaged", index)
	}
	m.push(v)
}
