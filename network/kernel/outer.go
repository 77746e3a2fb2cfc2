package kernel

// outer adds up outer products: Σ_r grad[r]ᵀ·x[r] over the rows of grad
// [rows, out] and x [rows, in], which is the gradient of a weight [out, in].
//
// The narrower of the two is taken value by value, as the rows of a product are, so
// that a tile's values of many rows stay near while the panels of the wider go by.
// Where rows are many and the weight small, they are cut into parts, each with sums
// of its own, which are then added in order; else the weight is cut. The cut depends
// on the shapes alone.
type outer struct {
	set             *instructions
	in, out, rows   int
	turned          bool // x is the narrower one: the sums are those of the transpose
	high            int  // rows of the sums: values of the narrower
	line            int  // of the sums: the wider one's values, rounded up to whole vectors
	block           int  // rows taken at a time, so that they stay in the nearest cache
	rowParts        int
	panels, heights int       // parts of a line, and of the rows, of the sums
	sums            []float32 // [rowParts, high, line]
	zeros           []float32 // a bias
}

// outerParts is how many parts the work is cut into, where it is cut.
const outerParts = 16

func newOuter(in, out, rows, block int) *outer {
	s := current
	o := &outer{set: s, in: in, out: out, rows: rows, block: block, rowParts: 1, heights: 1, turned: in < out, high: min(in, out)}
	o.line = (max(in, out) + s.lanes - 1) / s.lanes * s.lanes
	o.panels = (o.line + s.wide() - 1) / s.wide()
	if (rows+block-1)/block >= outerParts && outerInParts(in, out) {
		o.rowParts = outerParts
	} else if o.panels < outerParts {
		tiles := (o.high + s.rows - 1) / s.rows
		o.heights = min((outerParts+o.panels-1)/o.panels, tiles)
	}
	o.sums, o.zeros = borrow(o.rowParts*o.high*o.line), make([]float32, s.wide())
	return o
}

// outerInParts tells that the weight is small enough for each part to have its own sums.
func outerInParts(in, out int) bool {
	lanes := current.lanes
	return min(in, out)*((max(in, out)+lanes-1)/lanes*lanes) <= 1<<16
}

// LinearGradWeight writes into dst [out, in] the gradient of a linear layer's
// weight, given x [rows, in] and grad = ∂L/∂y [rows, out].
func LinearGradWeight(dst, x, grad []float32, rows, in, out int) {
	o := newOuter(in, out, rows, 256)
	o.run(func(_ *worker, lo, hi int) []float32 { return x[lo*in : hi*in] }, grad)
	o.total(dst)
}

// run adds up; x gives the rows [lo, hi) of x.
func (o *outer) run(x func(w *worker, lo, hi int) []float32, grad []float32) {
	long(o.rows*o.out, grad)
	panelParts := min(o.panels, outerParts)
	if o.rowParts > 1 {
		panelParts = 1 // a part of the rows takes all of them, while they are near
	}
	blocks := (o.rows + o.block - 1) / o.block
	tile := o.set.rows
	height := ((o.high+o.heights-1)/o.heights + tile - 1) / tile * tile
	parallel(o.rowParts*panelParts*o.heights, func(w *worker, i int) {
		part, p, first := i/panelParts/o.heights, i/o.heights%panelParts, i%o.heights*height
		panel, lastPanel := p*o.panels/panelParts, (p+1)*o.panels/panelParts
		from, to := part*blocks/o.rowParts, (part+1)*blocks/o.rowParts
		for b := from; b < to; b++ {
			lo := b * o.block
			hi := min(lo+o.block, o.rows)
			o.add(w, part, x(w, lo, hi), grad[lo*o.out:hi*o.out], hi-lo, panel, lastPanel, first, min(first+height, o.high), b > from)
		}
	})
}

// add adds to a part's sums the products of n rows of x and grad: to rows [first, end)
// of the panels [panel, lastPanel). Where nothing was begun, it writes them.
func (o *outer) add(w *worker, part int, x, grad []float32, n, panel, lastPanel, first, end int, begun bool) {
	if first >= end {
		return
	}
	wider, narrower, width := x, grad, o.in
	if o.turned {
		wider, narrower, width = grad, x, o.out
	}
	wider = o.padded(w, wider, width, n)
	for ; panel < lastPanel; panel++ {
		column := panel * o.set.wide()
		c, args := &o.sums[(part*o.high+first)*o.line+column], &w.product
		*args = productArgs{
			a: &narrower[first], aLine: 4, aStep: uintptr(4 * o.high),
			b: &wider[column], bLine: uintptr(4 * o.line), k: uintptr(n), bias: &o.zeros[0],
			c: c, cLine: uintptr(4 * o.line), strided: 1, lastColumns: 1<<o.set.lanes - 1,
		}
		if begun {
			args.add, args.addLine = c, uintptr(4*o.line)
		}
		o.set.tiles(args, end-first, min(o.set.panel, (o.line-column)/o.set.lanes))
	}
}

// padded gives n rows of the wider one, of so many values, with whole vectors in each.
func (o *outer) padded(w *worker, x []float32, width, n int) []float32 {
	if o.line == width {
		return x
	}
	room := w.room(tailRoom, n*o.line)
	for r := range n {
		to := room[r*o.line:][:o.line]
		clear(to[copy(to, x[r*width:][:width]):])
	}
	return room
}

// total writes the sum of the parts into dst [out, in], and ends o.
func (o *outer) total(dst []float32) {
	const together = 16 // rows of the sums
	width := max(o.in, o.out)
	parallel((o.high+together-1)/together, func(_ *worker, i int) {
		first, end := i*together, min((i+1)*together, o.high)
		for r := first; r < end; r++ {
			sums := o.sums[r*o.line:][:width]
			for part := 1; part < o.rowParts; part++ {
				for c, v := range o.sums[(part*o.high+r)*o.line:][:width] {
					sums[c] += v
				}
			}
			if !o.turned {
				copy(dst[r*o.in:], sums)
			}
		}
		if !o.turned {
			return
		}
		for c := range width {
			for r := first; r < end; r++ {
				dst[c*o.in+r] = o.sums[r*o.line+c]
			}
		}
	})
	giveBack(o.sums)
}
