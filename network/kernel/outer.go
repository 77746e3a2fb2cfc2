package kernel

// outer adds up outer products: Σ_r grad[r]ᵀ·x[r] over the rows of grad
// [rows, out] and x [rows, in], which is the gradient of a weight [out, in].
//
// Where rows are many and the weight small, they are cut into parts, each with
// sums of its own, which are then added in order; else the weight is cut. The
// cut depends on the shapes alone.
type outer struct {
	set              *instructions
	in, out, rows    int
	line             int // of the sums: in, rounded up to whole vectors
	block            int // rows taken at a time, so that they stay in the nearest cache
	rowParts         int
	panels, outParts int
	sums             []float32 // [rowParts, out, line]
	zeros            []float32 // a bias
}

func newOuter(in, out, rows, block int) *outer {
	s := current
	o := &outer{set: s, in: in, out: out, rows: rows, block: block, rowParts: 1, outParts: 1}
	o.line = (in + s.lanes - 1) / s.lanes * s.lanes
	o.panels = (o.line + s.wide() - 1) / s.wide()
	const parts = 16
	if blocks := (rows + block - 1) / block; out*o.line <= 1<<16 && blocks >= parts {
		o.rowParts = parts
	} else if o.panels < parts {
		tiles := (out + s.rows - 1) / s.rows
		o.outParts = min((parts+o.panels-1)/o.panels, tiles)
	}
	o.sums, o.zeros = borrow(o.rowParts*out*o.line), make([]float32, s.wide())
	return o
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
	panelParts := o.panels
	if o.rowParts > 1 {
		panelParts = 1 // a part of the rows takes all of them, while they are near
	}
	blocks := (o.rows + o.block - 1) / o.block
	tile := o.set.rows
	outRows := ((o.out+o.outParts-1)/o.outParts + tile - 1) / tile * tile
	parallel(o.rowParts*panelParts*o.outParts, func(w *worker, i int) {
		part, panel, outPart := i/panelParts/o.outParts, i/o.outParts%panelParts, i%o.outParts
		lastPanel := panel + 1
		if panelParts == 1 {
			lastPanel = o.panels
		}
		first := outPart * outRows
		count := min(outRows, o.out-first)
		if count <= 0 {
			return
		}
		sums := o.sums[part*o.out*o.line:][:o.out*o.line]
		for b := part * blocks / o.rowParts; b < (part+1)*blocks/o.rowParts; b++ {
			lo := b * o.block
			hi := min(lo+o.block, o.rows)
			from, line := o.padded(w, x(w, lo, hi), hi-lo)
			for p := panel; p < lastPanel; p++ {
				o.add(w, sums[first*o.line:], p, from, line, &grad[lo*o.out+first], hi-lo, count, b > part*blocks/o.rowParts)
			}
		}
	})
}

// add adds to a panel of sums the products of n rows of x, line values apart, and of
// count columns of a gradient; where nothing was begun, it writes them.
func (o *outer) add(w *worker, sums []float32, panel int, x []float32, line int, grad *float32, n, count int, begun bool) {
	column := panel * o.set.wide()
	c, args := &sums[column], &w.product
	*args = productArgs{
		a: grad, aLine: 4, aStep: uintptr(4 * o.out),
		b: &x[column], bLine: uintptr(4 * line), k: uintptr(n), bias: &o.zeros[0],
		c: c, cLine: uintptr(4 * o.line), strided: 1, lastColumns: 1<<o.set.lanes - 1,
	}
	if begun {
		args.add, args.addLine = c, uintptr(4*o.line)
	}
	o.set.tiles(args, count, min(o.set.panel, (o.line-column)/o.set.lanes))
}

// padded gives n rows of x with whole vectors in each.
func (o *outer) padded(w *worker, x []float32, n int) ([]float32, int) {
	if o.line == o.in {
		return x, o.in
	}
	room := w.room(tailRoom, n*o.line)
	for r := range n {
		to := room[r*o.line:][:o.line]
		clear(to[copy(to, x[r*o.in:][:o.in]):])
	}
	return room, o.line
}

// total writes the sum of the parts into dst [out, in], and ends o.
func (o *outer) total(dst []float32) {
	parallel((o.out+15)/16, func(_ *worker, i int) {
		for r := i * 16; r < min((i+1)*16, o.out); r++ {
			to := dst[r*o.in:][:o.in]
			copy(to, o.sums[r*o.line:])
			for part := 1; part < o.rowParts; part++ {
				for c, v := range o.sums[(part*o.out+r)*o.line:][:o.in] {
					to[c] += v
				}
			}
		}
	})
	giveBack(o.sums)
}
