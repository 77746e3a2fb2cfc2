package main

// A kernel is described once, as calls of a machine: in registers by name, of
// which there are as many as one likes. There are two machines: avx, which has
// avo find the registers, and neon.

// word is a general register, 0 none.
type word int

// vec is a vector register, 0 none: as many lanes as the set has.
type vec int

// place is in memory: base + scale·index + disp, in bytes.
type place struct {
	base, index word
	scale       uint8
	disp        int
}

func (p place) at(disp int) place {
	p.disp += disp
	return p
}

// number is an immediate, of a byte if small.
type number struct {
	n     int
	small bool
}

func small(n int) number    { return number{n, true} }
func distance(n int) number { return number{n, false} }

// source is what a word comes from: a word, place or number.
type source interface{ ofWords() }

func (word) ofWords()   {}
func (place) ofWords()  {}
func (number) ofWords() {}

// input is what a vector comes from: a vec, place or constant.
type input interface{ ofVectors() }

func (vec) ofVectors()      {}
func (place) ofVectors()    {}
func (constant) ofVectors() {}

// condition is when to jump, by a number beside zero.
type condition int

const (
	isZero condition = iota
	notZero
	negative
	notNegative
)

// arithmetic is what is done lane by lane. A minimum and a maximum are what they
// are given first where that is no number.
type arithmetic int

const (
	plus arithmetic = iota
	minus
	times
	over
	minimum
	maximum
)

// rowPointers lead to the rows of a matrix, line bytes apart.
type rowPointers struct {
	to   []word // the machine knows which rows
	line word
	n    int
}

// factor is a value of a matrix in all lanes, or, where a machine has such instructions, one lane of a vector.
type factor struct {
	v    vec
	lane int
}

// stream is a place from which vectors are taken one after the other, step
// bytes apart; at is how far it is read beyond where its registers point.
type stream struct {
	base, index word
	step, at    int
}

// cursor is an address that moves on from where a pointer at from points: base
// and what index holds, if that is not 0. moves is the register that goes on.
type cursor struct {
	from         place
	base         source
	index, moves word
}

// machine is what kernels are made of. Names of labels are a function's own.
type machine interface {
	begin(name string) place // the arguments, to which the function gets a pointer
	end()                    // at every place where the function ends
	write(file string) error // all functions

	label(name string)
	jump(to string)
	jumpIf(at source, c condition, n int, to string) // by the source less n
	count(w word, by int, c condition, to string)    // adds, and jumps by the sum

	word() word // one that is not in use
	set(w word, from source)
	add(w word, from source)
	multiply(w word, by source)
	clear(w word)
	address(w word, of place)

	kept(p place) source                        // what is read often, in a register where there are enough
	cursor(p place) cursor                      // has to begin
	begins(c cursor)                            // at its first address
	following(row word, bases ...source) []word // bases plus the offsets at row, which moves on to the next
	prefetch(p place)

	// The rows of the left matrix: n values that lie side by side in each, and on
	// by those; or a value of each, of rows that lie side by side themselves, and on.
	pointers(first, line word, n int) rowPointers
	values(r rowPointers, n int) func(row, k int) factor
	moveValues(r rowPointers, n int)
	column(r rowPointers) func(row int) factor
	moveColumn(r rowPointers, step word)
	moveRows(r rowPointers, by place)

	// The next n vectors of a stream; moved comes after the last. together is how
	// many are best taken at once.
	take(s *stream, n int) []vec
	moved(s *stream)
	together() int

	// The nth of vectors that lie step bytes apart, for those that are read again.
	reused(base word, step int) func(n int) input

	vec() vec // one that is not in use
	zero(v vec)
	load(v vec, from place)
	store(v vec, to place)
	mask(bits place)             // lanes that loadLast and storeLast heed, where there are masks
	loadLast(v vec, from place)  // the other lanes are zero
	storeLast(v vec, to place)   // the other lanes stay
	broadcast(v vec, from place) // to all lanes
	hold(c constant) vec         // which must stay as it is
	copy(v, from vec)
	move(v vec, from input)

	lanewise(op arithmetic, a input, b, to vec) // to = b op a
	mulAdd(sum vec, a input, b vec)             // sum += a·b
	mulAddBy(sum, a vec, by factor)             // sum += a·by
	mulSub(sum vec, a input, b vec)             // sum = a·b − sum
	linear(v vec, factor, term input) vec       // v·factor + term; spoils v, and a term that is not held
	chain(v, factor, term vec)                  // any multiply-add to v: peak counts them
	scaleByPower(v, n vec)                      // v·2ⁿ, n in the low bits, which are spoilt
	keepNaN(v, x vec)                           // makes v no number where x is none; spoils x
	within(v, x vec, high input)                // clears v unless 0 < x and, if high is not nil, x < high; spoils x
	maximumOf(x, y, to vec)                     // no number where x or y is none; spoils y
}
