package tensorfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"

	"scalecam/fault"
)

// This is a pickle machine of our own that runs nothing: classes and functions
// are names to it, and what they are called for is an opaque value, but for the
// few that make dicts and tensors (callTorch). The library
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
	pickleList  struct{ items []any } // a list or a set
	pickleDict  struct{ items []pickleItem }
	pickleItem  struct{ key, value any }
	// A pickleGlobal is the Python class or function of that name.
	pickleGlobal struct{ module, name string }
	// A pickleObject is what Python would make by calling a class or function; it
	// was not called.
	pickleObject struct {
		pickleDict              // items, where it is a kind of dict
		class      pickleGlobal // of what a called value gives, none
		state      any          // its attributes, usually a dict
	}
	// An unread value is of a kind that nobody asks for: bytes, or a whole number
	// of more than 64 bits.
	unread struct{}
)

// short is the full name, cut off where it is longer than any class's.
func (g pickleGlobal) short() string {
	const most = 60
	return g.module[:min(most, len(g.module))] + "." + g.name[:min(most, len(g.name))]
}

// A pickleMachine runs one pickle. It has no recursion, and its memory is
// bounded by the number of instructions, since each pushes or joins at most one
// value, and by the length of the pickle, in which every string stands whole.
type pickleMachine struct {
	in    []byte // what is left of the pickle
	stack []any
	marks []int // the lengths that the stack had at open marks
	memo  map[uint64]any
	// storages are those that were asked for, by their records.
	storages map[string]*torchStorage
	err      error // the first that occurred; operations after it do nothing of use
}

// maxInstructions bounds a pickle's work and memory (to some 100 MB): a tensor
// takes about forty instructions, so that it is enough for ten thousand.
const maxInstructions = 1 << 19

// errCutShort is for a pickle that ends within an instruction.
var errCutShort = errors.New("it is cut short; copy or download the file again")

// unpickle gives the value that a pickle of protocol 2 to 5 builds. What it may
// build are the values above, and storages and views of storages by way of
// callTorch and loadStorage. The machine that it gives has what follows the pickle.
func unpickle(pickle []byte) (any, *pickleMachine, error) {
	m := &pickleMachine{in: pickle, memo: map[uint64]any{}, storages: map[string]*torchStorage{}}
	for range maxInstructions {
		opcode := m.number(1)
		if m.err == nil && opcode == '.' {
			result := m.pop()
			return result, m, m.err
		}
		m.execute(byte(opcode))
		if m.err != nil {
			return nil, m, m.err
		}
	}
	return nil, m, fault.Errorf("it takes more than %d instructions, far beyond a state dict; save only model.state_dict()", maxInstructions)
}

// execute runs one instruction. Names and meanings are those of Python's
// pickletools (https://docs.python.org/3/library/pickletools.html).
func (m *pickleMachine) execute(opcode byte) {
	switch opcode {
	case 0x80: // PROTO
		if version := m.number(1); version < 2 || version > 5 {
			m.fail("it has pickle protocol %d; save it with torch.save's default pickle_protocol=2", version)
		}
	case 0x95: // FRAME
		m.take(8)
	case 'c': // GLOBAL
		m.push(pickleGlobal{m.line(), m.line()})
	case 0x93: // STACK_GLOBAL
		name, isName := m.pop().(string)
		module, isModule := m.pop().(string)
		if !isName || !isModule {
			m.fail("it names something by what is no text; the file is damaged")
		}
		m.push(pickleGlobal{module, name})

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
		m.long(m.number(1))
	case 0x8b: // LONG4
		m.long(m.number(4))
	case 'G': // BINFLOAT, the one big-endian
		if b := m.take(8); b != nil {
			m.push(math.Float64frombits(binary.BigEndian.Uint64(b)))
		}
	case 'U', 0x8c: // SHORT_BINSTRING, SHORT_BINUNICODE
		m.push(string(m.take(m.number(1))))
	case 'T', 'X': // BINSTRING, BINUNICODE
		m.push(string(m.take(m.number(4))))
	case 0x8d: // BINUNICODE8
		m.push(string(m.take(m.number(8))))
	case 'C': // SHORT_BINBYTES
		m.skip(1)
	case 'B': // BINBYTES
		m.skip(4)
	case 0x8e, 0x96: // BINBYTES8, BYTEARRAY8
		m.skip(8)

	case '(': // MARK
		m.marks = append(m.marks, len(m.stack))
	case '0': // POP
		if n := len(m.marks); n > 0 && len(m.stack) == m.marks[n-1] {
			m.marks = m.marks[:n-1]
		} else {
			m.pop()
		}
	case '1': // POP_MARK
		m.popMark()
	case '2': // DUP
		m.push(m.top())
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
	case ']', 0x8f: // EMPTY_LIST, EMPTY_SET
		m.push(&pickleList{})
	case 'l', 0x91: // LIST, FROZENSET
		m.push(&pickleList{m.popMark()})
	case 'a': // APPEND
		m.extend([]any{m.pop()})
	case 'e', 0x90: // APPENDS, ADDITEMS
		m.extend(m.popMark())
	case '}': // EMPTY_DICT
		m.push(&pickleDict{})
	case 'd': // DICT
		items := m.popMark()
		m.push(&pickleDict{})
		m.set(items)
	case 's': // SETITEM
		value, key := m.pop(), m.pop()
		m.set([]any{key, value})
	case 'u': // SETITEMS
		m.set(m.popMark())

	case 'q': // BINPUT
		m.memo[m.number(1)] = m.top()
	case 'r': // LONG_BINPUT
		m.memo[m.number(4)] = m.top()
	case 0x94: // MEMOIZE
		m.memo[uint64(len(m.memo))] = m.top()
	case 'h': // BINGET
		m.recall(m.number(1))
	case 'j': // LONG_BINGET
		m.recall(m.number(4))

	case 'R': // REDUCE
		args := m.pop()
		m.call(m.pop(), args)
	case 0x81: // NEWOBJ
		args := m.pop()
		m.create(m.pop(), args)
	case 0x92: // NEWOBJ_EX
		m.pop() // arguments by name
		args := m.pop()
		m.create(m.pop(), args)
	case 'i': // INST
		class := pickleGlobal{m.line(), m.line()}
		m.create(class, pickleTuple(m.popMark()))
	case 'o': // OBJ
		args := m.popMark()
		if len(args) == 0 {
			m.fail("it calls something that is no function; the file is damaged")
			return
		}
		m.create(args[0], pickleTuple(args[1:]))
	case 'b': // BUILD
		state := m.pop()
		switch of := m.top().(type) {
		case *pickleObject:
			of.state = state
		case *pickleDict, *torchView: // such as a state dict's _metadata, versions of its modules
		default:
			m.fail("it sets attributes of something that has none; the file is damaged")
		}
	case 'Q': // BINPERSID
		s, err := loadStorage(m.pop())
		if storage, ok := s.(*torchStorage); ok && err == nil {
			if storage.of != nil {
				storage = storage.of
			}
			m.storages[storage.record] = storage
		}
		m.pushOr(s, err)

	default:
		m.fail("it has the pickle instruction 0x%02x, which a state dict does not need; save only model.state_dict(), with torch.save's default pickle_protocol", opcode)
	}
}

// call pushes what a function or class gives for the arguments.
func (m *pickleMachine) call(function, args any) {
	g, isGlobal := function.(pickleGlobal)
	values, isTuple := args.(pickleTuple)
	if isGlobal && isTuple {
		if result, known, err := callTorch(g, values); known {
			m.pushOr(result, err)
			return
		}
	}
	m.create(function, args)
}

// create pushes an object of a class, which it does not make.
func (m *pickleMachine) create(class, args any) {
	_, isTuple := args.(pickleTuple)
	switch class := class.(type) {
	case pickleGlobal:
		if values, _ := args.(pickleTuple); class.name == "_reconstructor" && len(values) > 0 { // of copyreg: makes an object of the class that it is given
			if of, ok := values[0].(pickleGlobal); ok {
				class = of
			}
		}
		m.push(&pickleObject{class: class})
	case *pickleObject: // whatever that gives
		m.push(&pickleObject{})
	default:
		isTuple = false
	}
	if !isTuple {
		m.fail("it calls something that is no function; the file is damaged")
	}
}

// long pushes a whole number of n bytes.
func (m *pickleMachine) long(n uint64) {
	if n > 8 {
		m.take(n)
		m.push(unread{})
		return
	}
	unused := 64 - 8*n
	m.push(int64(m.number(n)<<unused) >> unused)
}

// skip pushes bytes, of which a number of the given width says how many there are.
func (m *pickleMachine) skip(width uint64) {
	m.take(m.number(width))
	m.push(unread{})
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
	switch list := m.top().(type) {
	case *pickleList:
		list.items = append(list.items, items...)
	case *pickleObject: // a kind of list: what is in it is not asked for
	default:
		m.fail("it appends to something that is no list; the file is damaged")
	}
}

// set adds keys and values, by turns, to the dict on top. The items stay a list
// of what came: reading a state dict sees to repeated keys.
func (m *pickleMachine) set(keysAndValues []any) {
	dict := dictOf(m.top())
	if dict == nil || len(keysAndValues)%2 != 0 {
		m.fail("it sets an item of something that is no dict, or half an item; the file is damaged")
		return
	}
	for i := 0; i < len(keysAndValues); i += 2 {
		dict.items = append(dict.items, pickleItem{keysAndValues[i], keysAndValues[i+1]})
	}
}

// dictOf is a dict, or an object as one; nil of anything else.
func dictOf(value any) *pickleDict {
	switch value := value.(type) {
	case *pickleDict:
		return value
	case *pickleObject:
		return &value.pickleDict
	}
	return nil
}

// get gives the last value of a key, as Python has it; nil where there is none.
func (d *pickleDict) get(key string) any {
	for i := len(d.items) - 1; i >= 0; i-- {
		if d.items[i].key == any(key) {
			return d.items[i].value
		}
	}
	return nil
}

func (m *pickleMachine) recall(index uint64) {
	v, ok := m.memo[index]
	if !ok {
		m.fail("it recalls value %d, which it never noted; the file is damaged", index)
	}
	m.push(v)
}
