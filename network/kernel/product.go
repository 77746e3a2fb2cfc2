package kernel

import (
	"sync"
	"unsafe"
)

// Packed is a matrix B [K, N] and a bias [N], laid out for Product: columns in
// panels of as many vectors as the instruction set has it (one, where the last
// panel needs no more), each with its rows side by side. Columns beyond N are zero.
type Packed struct {
	K, N       int
	set        *instructions
	weight     []float32
	bias       []float32
	transposed *Packed // once it was asked for
}

// Pack lays out a matrix whose element (k, n) is weight[k·kStep + n·nStep],
// and a bias, which may be nil: zero.
func Pack(weight []float32, k, n, kStep, nStep int, bias []float32) *Packed {
	p := newPacked(current, k, n)
	columns := func(to []float32, line, first, valid int) {
		for row := range k {
			for column := range valid {
				to[row*line+column] = weight[row*kStep+(first+column)*nStep]
			}
		}
	}
	switch {
	case kStep == 1 && nStep == k:
		columns = p.taps(weight, 1)
	case nStep == 1:
		columns = func(to []float32, line, first, valid int) {
			for row := range k {
				copy(to[row*line:][:valid], weight[row*kStep+first:])
			}
		}
	}
	p.fill(bias, columns)
	return p
}

// PackLinear lays out the weight [out, in] of a linear layer or of a 1×1
// convolution, as PyTorch stores it.
func PackLinear(weight []float32, out, in int, bias []float32) *Packed {
	return Pack(weight, in, out, 1, in, bias)
}

func newPacked(set *instructions, k, n int) *Packed {
	p := &Packed{K: k, N: n, set: set}
	columns := p.panelColumns(p.panels()-1) + (p.panels()-1)*p.wide()
	p.weight, p.bias = borrow(columns*k), borrow(columns)
	return p
}

// Release lets later packings have the room. p must not be used any more.
func (p *Packed) Release() {
	if p.transposed != nil {
		p.transposed.Release()
	}
	giveBack(p.weight)
	giveBack(p.bias)
	p.weight, p.bias, p.transposed = nil, nil, nil
}

// transposing guards what Transposed keeps.
var transposing sync.Mutex

// Transposed gives the transpose of the matrix, [N, K], without a bias: what a
// gradient of the product's a is multiplied by. It is laid out at the first call
// and kept; only p.Release releases it.
func (p *Packed) Transposed() *Packed {
	transposing.Lock()
	defer transposing.Unlock()
	if p.transposed != nil {
		return p.transposed
	}
	p.transposed = newPacked(p.set, p.N, p.K)
	p.transposed.fill(nil, func(to []float32, line, first, valid int) {
		for panel := range p.panels() { // whose columns are rows now
			columns, from := p.panelColumns(panel), p.panel(panel)
			rows := min(columns, p.N-panel*p.wide())
			for i := range valid {
				at := panel*p.wide()*line + i
				for _, v := range from[(first+i)*columns:][:rows] {
					to[at] = v
					at += line
				}
			}
		}
	})
	return p.transposed
}

// wide is the number of columns of every panel but perhaps the last.
func (p *Packed) wide() int { return p.set.wide() }

func (p *Packed) panels() int { return (p.N + p.wide() - 1) / p.wide() }

// panelColumns is the number of columns of a panel, in whole vectors.
func (p *Packed) panelColumns(panel int) int {
	if p.N-panel*p.wide() <= p.set.lanes {
		return p.set.lanes
	}
	return p.wide()
}

// panel gives the rows of a panel, side by side.
func (p *Packed) panel(i int) []float32 {
	return p.weight[i*p.wide()*p.K:][:p.panelColumns(i)*p.K]
}

// Column gives a copy of column n of the matrix, [K].
func (p *Packed) Column(n int) []float32 {
	columns := p.panelColumns(n / p.wide())
	from := p.panel(n / p.wide())[n%p.wide():]
	c := make([]float32, p.K)
	for k := range c {
		c[k] = from[k*columns]
	}
	return c
}

// Bias gives the bias [N], which is not to be written to.
func (p *Packed) Bias() []float32 { return p.bias[:p.N] }

// fill lays out the columns panel by panel, by what each gets from columns: to,
// the panel's rows, of which the first valid columns are those of the matrix
// from column first on.
func (p *Packed) fill(bias []float32, columns func(to []float32, line, first, valid int)) {
	clear(p.bias[copy(p.bias, bias):])
	fill := func(panel int) {
		to, line := p.panel(panel), p.panelColumns(panel)
		first := panel * p.wide()
		valid := min(line, p.N-first)
		if valid < line {
			clear(to)
		}
		columns(to, line, first, valid)
	}
	if p.K*p.N < enough {
		for panel := range p.panels() {
			fill(panel)
		}
		return
	}
	parallel(p.panels(), func(_ *worker, panel int) { fill(panel) })
}

// taps lays out columns whose values lie side by side in weight, [N, K/area,
// area], with the taps before the channels: as [area, K/area] each.
func (p *Packed) taps(weight []float32, area int) func(to []float32, line, first, valid int) {
	in := p.K / area
	// So many channels at a time that what is written stays in the nearest cache.
	block := max(1, 1<<12/(area*p.wide()))
	if area == 1 {
		block = in
	}
	return func(to []float32, line, first, valid int) {
		for c := 0; c < in; c += block {
			channels := min(block, in-c)
			n := 0
			for ; n+4 <= valid; n += 4 { // four at a time, to write side by side
				var from [4][]float32
				for i := range from {
					from[i] = weight[(first+n+i)*p.K+c*area:][:channels*area]
				}
				for tap := range area {
					at := (tap*in+c)*line + n
					a, b, c, d := from[0], from[1][:len(from[0])], from[2][:len(from[0])], from[3][:len(from[0])]
					for i := tap; i < len(a); i += area {
						*(*[4]float32)(to[at:]) = [4]float32{a[i], b[i], c[i], d[i]}
						at += line
					}
				}
			}
			for ; n < valid; n++ {
				from := weight[(first+n)*p.K+c*area:][:channels*area]
				for tap := range area {
					at := (tap*in+c)*line + n
					for i := tap; i < len(from); i += area {
						to[at] = from[i]
						at += line
					}
				}
			}
		}
	}
}

// scaled writes into dst a copy of p with row k multiplied by scale[k]: what
// squeeze-and-excite does to the channels that come in.
func (p *Packed) scaled(w *worker, dst *Packed, scale []float32) {
	copy(dst.bias, p.bias)
	for i := range p.panels() {
		from, to := p.panel(i), dst.panel(i)
		vectors := p.panelColumns(i) / p.set.lanes
		line := uintptr(4 * p.panelColumns(i))
		w.maps = mapArgs{
			rows: uintptr(p.K), vectors: uintptr(vectors), x: &from[0], xLine: line, y: &from[0], z: &to[0], zLine: line, scale: &scale[0],
		}
		p.set.scaleRows(&w.maps)
	}
}

// rowsOf are m rows of a matrix in memory, line values apart. In a result they
// may come in runs, where run is not 0: after each comes a gap of so many values.
type rowsOf struct {
	first    *float32
	line     int
	run, gap int
}

func (r rowsOf) at(row, column int) *float32 {
	if r.run > 0 {
		column += row / r.run * r.gap
	}
	return (*float32)(unsafe.Add(unsafe.Pointer(r.first), 4*(row*r.line+column)))
}

// tile computes m rows of a panel: the panel's columns of
// c = act(a·B + bias + add), with add laid out as c, or nil.
func (p *Packed) tile(w *worker, panel, m int, a, c rowsOf, act Activation, add *rowsOf) {
	p.partial(w, panel, terms{k: p.K}, m, &p.bias[panel*p.wide()], a, c, act, add)
}

// terms are k rows of B from row first on, and more times as many that follow
// them, for which A's values lie jump further on than side by side.
type terms struct{ first, k, more, jump int }

// partial is tile over some rows of B, with a bias for each of the panel's columns.
func (p *Packed) partial(w *worker, panel int, t terms, m int, bias *float32, a, c rowsOf, act Activation, add *rowsOf) {
	columns, valid := p.panelColumns(panel), min(p.wide(), p.N-panel*p.wide())
	weight := &p.panel(panel)[t.first*columns]
	args := &w.product
	*args = productArgs{
		a: a.first, aLine: uintptr(4 * a.line), b: weight, k: uintptr(t.k), more: uintptr(t.more), jump: uintptr(4 * t.jump), bias: bias,
		c: c.first, cLine: uintptr(4 * c.line), activation: uintptr(act),
		lastColumns: 1<<(valid-columns+p.set.lanes) - 1, ahead: weight,
	}
	// The next panel comes from far, unless it is asked for before: evenly over all
	// tiles.
	if next := panel + 1; next < p.panels() && t.k == p.K {
		args.ahead, args.aheadStep = &p.panel(next)[0], uintptr(min(128, 16*p.panelColumns(next)*p.set.rows/m))
	}
	if add != nil {
		args.add, args.addLine = add.first, uintptr(4*add.line)
	}
	if c.run > 0 {
		args.run, args.runs, args.gap = uintptr(c.run), uintptr(c.run), uintptr(4*c.gap)
	}
	if valid == columns || p.set.masks {
		p.set.tiles(args, m, columns/p.set.lanes)
		return
	}
	// The panel's last columns do not fill a vector: go by a room that they do.
	room := w.room(tailRoom, m*columns)
	for r := range m {
		if add != nil {
			copy(room[r*columns:], unsafe.Slice(add.at(r, 0), valid))
		}
	}
	args.c, args.cLine, args.run = &room[0], uintptr(4*columns), 0
	if add != nil {
		args.add, args.addLine = args.c, args.cLine
	}
	p.set.tiles(args, m, columns/p.set.lanes)
	for r := range m {
		copy(unsafe.Slice(c.at(r, 0), valid), room[r*columns:])
	}
}

// tiles splits m rows into tiles as large as the registers hold, and the rest
// so that no tile is much smaller than the others.
func (s *instructions) tiles(args *productArgs, m, vectors int) {
	full, rest := m/s.rows, m%s.rows
	split := [3]struct{ rows, tiles int }{{s.rows, full}, {rest, 1}}
	if rest > 0 && rest <= s.rows/2 && full > 0 {
		split = [3]struct{ rows, tiles int }{{s.rows, full - 1}, {(s.rows + rest + 1) / 2, 1}, {(s.rows + rest) / 2, 1}}
	}
	done := 0
	for _, part := range split {
		if part.rows == 0 || part.tiles == 0 {
			continue
		}
		if done > 0 {
			n := uintptr(done)
			args.a, args.add = forward(args.a, n*args.aLine), forward(args.add, n*args.addLine)
			gaps := args.gaps(n)
			args.c = forward(args.c, n*args.cLine+gaps*args.gap)
			if args.run > 0 {
				args.run += gaps*args.runs - n
			}
		}
		args.tiles = uintptr(part.tiles)
		s.product[vectors-1][part.rows-1](args)
		done = part.rows * part.tiles
	}
}

// enough is how many values are worth another core's help: to read and write
// them takes some microseconds, as four times as many multiply-adds do.
const enough = 1 << 16

// grid cuts work on m rows × panels into parts. The cut depends on the shapes
// alone.
type grid struct {
	m, tile, rowParts  int
	panels, panelParts int // panels in a part
	byPanel            bool
}

// cut makes parts of rows that stay in a core's cache (a line of k values
// each), and, where these are few, of panels.
func (p *Packed) cut(m int) grid {
	const parts = 48
	// Of few rows more is read of B than of A: what follows is of the same panel.
	g := grid{m: m, tile: p.set.rows, rowParts: 1, panels: p.panels(), panelParts: 1, byPanel: m < p.N}
	if m*p.K*p.N < 4*enough && p.K*p.N < enough/4 {
		return g
	}
	g.rowParts = (m + p.near() - 1) / p.near()
	if wanted := min((parts+g.rowParts-1)/g.rowParts, g.panels); wanted > 1 {
		g.panels = (g.panels + wanted - 1) / wanted
		g.panelParts = (p.panels() + g.panels - 1) / g.panels
	}
	return g
}

// part gives the rows and panels of part i.
func (g *grid) part(i int) (lo, hi, firstPanel int) {
	r, c := i/g.panelParts, i%g.panelParts
	if g.byPanel {
		r, c = i%g.rowParts, i/g.rowParts
	}
	return g.row(r), g.row(r + 1), c * g.panels
}

// row is where part r of the rows begins: with a whole tile. As near makes parts of
// four tiles and more, none is of one row, which would be added up in another order.
func (g *grid) row(r int) int {
	tiles := (g.m + g.tile - 1) / g.tile
	return min(r*tiles/g.rowParts*g.tile, g.m)
}

// near is how many rows of k values stay in a core's cache.
func (p *Packed) near() int {
	const cache = 96 << 10
	return max(cache/(4*p.K), 4*p.set.rows)
}

// rows computes rows [lo, hi) of dst = a·B + bias + add, as Product does.
func (p *Packed) rows(w *worker, dst, a []float32, lo, hi int, add []float32) {
	n := (hi - lo + p.near() - 1) / p.near()
	for i := range n {
		from, to := lo+i*(hi-lo)/n, lo+(i+1)*(hi-lo)/n
		for panel := range p.panels() {
			p.part(w, panel, dst, a, from, to-from, Identity, add)
		}
	}
}

// part computes m rows of a panel, from row r on.
func (p *Packed) part(w *worker, panel int, dst, a []float32, r, m int, act Activation, add []float32) {
	column := panel * p.wide()
	var added *rowsOf
	if add != nil {
		added = &rowsOf{first: &add[r*p.N+column], line: p.N}
	}
	p.tile(w, panel, m, rowsOf{first: &a[r*p.K], line: p.K}, rowsOf{first: &dst[r*p.N+column], line: p.N}, act, added)
}

// Product computes dst = act(a·B + bias + add) for a [m, K] and dst, add
// [m, N]; add may be nil and may be dst.
func (p *Packed) Product(dst, a []float32, m int, act Activation, add []float32) {
	_, _ = a[m*p.K-1], dst[m*p.N-1]
	if add != nil {
		_ = add[m*p.N-1]
	}
	if act == Sigmoid { // no tile has it: what it follows is small
		p.Product(dst, a, m, Identity, add)
		Sigmoid.Forward(dst, dst[:m*p.N])
		return
	}
	g := p.cut(m)
	parallel(g.rowParts*g.panelParts, func(w *worker, i int) {
		lo, hi, first := g.part(i)
		for panel := first; panel < min(first+g.panels, p.panels()); panel++ {
			p.part(w, panel, dst, a, lo, hi-lo, act, add)
		}
	})
}
