package kernel

import "math"

// Norm is batch norm (arXiv 1502.03167) over x [Rows, Channels], a row for each
// pixel of the batch, and the activation that follows it:
// y = Activation(gamma·(x − mean)/√(variance + Eps) + beta), channel by
// channel, with the mean and the (biased) variance of this batch.
type Norm struct {
	Rows, Channels int
	Eps            float32
	Activation     Activation
}

// Statistics writes each channel's mean and biased variance over the rows into
// mean and variance [Channels].
func (b Norm) Statistics(mean, variance, x []float32) {
	long(b.Rows*b.Channels, x)
	m := newMoments(cut{1, b.Rows, blockRows(b.Channels)}, b.Channels)
	parallel(m.blocks(), func(w *worker, i int) {
		lo, hi := m.block(i)
		m.add(w, i, x[lo*b.Channels:], hi-lo, 0, b.Channels)
	})
	m.total(mean, variance)
}

// cut says which rows are taken together: each of so many groups of rows is cut into
// blocks of the same size but for its last.
type cut struct{ groups, rows, size int }

func (c cut) perGroup() int { return (c.rows + c.size - 1) / c.size }
func (c cut) blocks() int   { return c.groups * c.perGroup() }

// block gives the rows [lo, hi) of block i.
func (c cut) block(i int) (lo, hi int) {
	group, lo := i/c.perGroup(), i%c.perGroup()*c.size
	return group*c.rows + lo, group*c.rows + min(lo+c.size, c.rows)
}

// within calls part for those of the rows [lo, hi) that lie in each block.
func (c cut) within(lo, hi int, part func(block, lo, hi int)) {
	for lo < hi {
		i := lo/c.rows*c.perGroup() + lo%c.rows/c.size
		_, end := c.block(i)
		end = min(end, hi)
		part(i, lo, end)
		lo = end
	}
}

// moments gathers the sums that mean and variance are made of, from blocks of rows
// that are still near when they are added.
type moments struct {
	cut
	channels int
	sums     []float32 // [blocks, 3, channels]: first row, sum and sum of squares around it
}

func newMoments(c cut, channels int) *moments {
	return &moments{cut: c, channels: channels, sums: borrow(c.blocks() * 3 * channels)}
}

// add takes a block of n rows of x, channels [c, c+count) of them; x begins with the
// block's first row.
func (m *moments) add(w *worker, block int, x []float32, n, c, count int) {
	// Around a row instead of zero, or a mean that is large beside the deviation
	// would swallow the variance.
	first, sums := m.sums[(3*block)*m.channels+c:], m.sums[(3*block+1)*m.channels+c:]
	copy(first[:count], x[c:])
	clear(sums[:count])
	clear(sums[m.channels:][:count])
	from := &x[c]
	current.maps(w, mapArgs{
		rows: uintptr(n), x: from, xLine: uintptr(4 * m.channels), y: from, z: from,
		mean: &first[0], sum: &sums[0], dot: &sums[m.channels],
	}, count, moment)
}

// addGroup takes all rows of a group, whose first row x begins with.
func (m *moments) addGroup(w *worker, group int, x []float32, c, count int) {
	for i := range m.perGroup() {
		lo := i * m.size
		m.add(w, group*m.perGroup()+i, x[lo*m.channels:], min(m.size, m.rows-lo), c, count)
	}
}

// total writes mean and biased variance, and ends m. It puts the blocks together, in
// order, by the distances of their means (Chan, Golub and LeVeque 1983, doi
// 10.1080/00031305.1983.10483115).
func (m *moments) total(mean, variance []float32) {
	blocks := m.blocks()
	few(m.channels, 3*blocks, func(from, to int) {
		var means, squares [fewChannels]float64
		done := 0.0
		for b := range blocks {
			lo, hi := m.block(b)
			n := float64(hi - lo)
			share := n / (done + n)
			first := m.sums[3*b*m.channels:][:m.channels]
			sum, dot := m.sums[(3*b+1)*m.channels:][:m.channels], m.sums[(3*b+2)*m.channels:][:m.channels]
			for c := from; c < to; c++ {
				s := float64(sum[c])
				off := float64(first[c]) + s/n - means[c-from]
				means[c-from] += off * share
				squares[c-from] += max(float64(dot[c])-s*s/n, 0) + off*off*share*done
			}
			done += n
		}
		for c := from; c < to; c++ {
			mean[c], variance[c] = float32(means[c-from]), float32(squares[c-from]/done)
		}
	})
	giveBack(m.sums)
}

// scale gives gamma/√(variance + Eps) for each channel.
func (b Norm) scale(gamma, variance []float32) []float32 {
	s := make([]float32, b.Channels)
	for c := range s {
		s[c] = gamma[c] * b.inverse(variance[c])
	}
	return s
}

func (b Norm) inverse(variance float32) float32 {
	return float32(1 / math.Sqrt(float64(variance)+float64(b.Eps)))
}

// Forward writes the normalised and activated x into dst.
func (b Norm) Forward(dst, x, gamma, beta, mean, variance []float32) {
	b.over(x, gamma, beta, mean, variance).writeAll(dst)
}

// normed is batch norm's result once the statistics are known, of rows and channels at
// a time.
type normed struct {
	Norm
	x, mean, scale, shift []float32
}

func (b Norm) over(x, gamma, beta, mean, variance []float32) *normed {
	long(b.Rows*b.Channels, x)
	long(b.Channels, beta, mean)
	return &normed{b, x, mean, b.scale(gamma, variance), beta}
}

// write writes rows [lo, hi), channels [c, c+count), to rows that lie zLine values apart.
func (n *normed) write(w *worker, z *float32, zLine, lo, hi, c, count int) {
	x := &n.x[lo*n.Channels+c]
	current.maps(w, mapArgs{
		rows: uintptr(hi - lo), x: x, xLine: uintptr(4 * n.Channels), y: x, z: z, zLine: uintptr(4 * zLine),
		mean: &n.mean[c], scale: &n.scale[c], shift: &n.shift[c], activation: uintptr(n.Activation),
	}, count, affine)
}

func (n *normed) writeAll(dst []float32) {
	long(n.Rows*n.Channels, dst)
	blocks(n.Rows, n.Channels, func(w *worker, _, lo, hi int) {
		n.write(w, &dst[lo*n.Channels], n.Channels, lo, hi, 0, n.Channels)
	})
}

// normSums takes ∂L/∂y through the activation, some rows at a time, and gathers
// meanwhile the sums over the batch that batch norm's gradient is made of.
type normSums struct {
	*normed
	cut
	grad, u []float32 // ∂L/∂y, and the gradient before the activation, which may take its place
	partial []float32 // [blocks, 2, Channels]
}

func (n *normed) sums(c cut, grad, u []float32) *normSums {
	long(n.Rows*n.Channels, grad, u)
	s := &normSums{normed: n, cut: c, grad: grad, u: u, partial: borrow(c.blocks() * 2 * n.Channels)}
	clear(s.partial)
	return s
}

// take takes rows [lo, hi), channels [c, c+count). No two may take of one block at once.
func (s *normSums) take(w *worker, lo, hi, c, count int) {
	line := uintptr(4 * s.Channels)
	s.within(lo, hi, func(block, lo, hi int) {
		at, to := lo*s.Channels+c, s.partial[block*2*s.Channels+c:]
		args := mapArgs{
			rows: uintptr(hi - lo), x: &s.x[at], xLine: line, y: &s.grad[at], yLine: line, z: &s.u[at], zLine: line,
			mean: &s.mean[c], scale: &s.scale[c], shift: &s.shift[c], activation: uintptr(s.Activation),
			sum: &to[0], dot: &to[s.Channels],
		}
		if s.Activation == Identity { // u is grad: what is written goes nowhere
			args.z, args.zLine = &w.room(tailRoom, count)[0], 0
		}
		current.maps(w, args, count, affineGradient)
	})
}

// normBack is the gradient of batch norm once the sums over the batch are known: a
// function of a row of x and of u, the gradient before the activation,
//
//	∂L/∂x = scale·u + byX·(x − mean) + shift
type normBack struct {
	Norm
	x, u                    []float32
	mean, scale, byX, shift []float32
	spend                   bool // u may be overwritten
	borrowed                bool // and is given back
}

// back ends s, all rows being taken: it writes ∂L/∂gamma and ∂L/∂beta into gradGamma and
// gradBeta [Channels] and gives what ∂L/∂x is made of. mean and variance follow from x,
// and the gradient runs through them too.
func (s *normSums) back(gradGamma, gradBeta, variance []float32) *normBack {
	c := s.Channels
	back := &normBack{Norm: s.Norm, x: s.x, u: s.u, mean: s.mean, scale: s.scale, byX: make([]float32, c), shift: make([]float32, c), spend: true}
	// With x̂ the normalised x: ∂L/∂x = scale·(u − mean(u) − x̂·mean(u·x̂)).
	totals := total(s.partial, 2*c)
	giveBack(s.partial)
	for i := range c {
		sum, dot, inverse := totals[i], totals[c+i], float64(s.inverse(variance[i]))
		gradBeta[i], gradGamma[i] = float32(sum), float32(dot*inverse)
		back.byX[i] = float32(-float64(s.scale[i]) * inverse * inverse * dot / float64(s.Rows))
		back.shift[i] = float32(-float64(s.scale[i]) * sum / float64(s.Rows))
	}
	return back
}

// back is that of all rows of grad = ∂L/∂y. u takes grad's place where that may be spent.
func (b Norm) back(gradGamma, gradBeta, x, gamma, beta, grad, mean, variance []float32, spend bool) *normBack {
	u, borrowed := grad, b.Activation != Identity && !spend
	if borrowed {
		u = borrow(b.Rows * b.Channels)
	}
	s := b.over(x, gamma, beta, mean, variance).sums(cut{1, b.Rows, blockRows(b.Channels)}, grad, u)
	parallel(s.blocks(), func(w *worker, i int) {
		lo, hi := s.block(i)
		s.take(w, lo, hi, 0, b.Channels)
	})
	back := s.back(gradGamma, gradBeta, variance)
	back.spend, back.borrowed = spend || borrowed, borrowed
	return back
}

func (b *normBack) release() {
	if b.borrowed {
		giveBack(b.u)
	}
}

// write writes ∂L/∂x of rows [lo, hi), channels [c, c+count), to rows that lie zLine
// values apart.
func (b *normBack) write(w *worker, z *float32, zLine, lo, hi, c, count int) {
	at, line := lo*b.Channels+c, uintptr(4*b.Channels)
	current.maps(w, mapArgs{
		rows: uintptr(hi - lo), x: &b.x[at], xLine: line, y: &b.u[at], yLine: line, z: z, zLine: uintptr(4 * zLine),
		mean: &b.mean[c], scale: &b.byX[c], sum: &b.scale[c], shift: &b.shift[c],
	}, count, combine)
}

// writeAll writes all of ∂L/∂x into dst, which may be u.
func (b *normBack) writeAll(dst []float32) {
	long(b.Rows*b.Channels, dst)
	blocks(b.Rows, b.Channels, func(w *worker, _, lo, hi int) {
		b.write(w, &dst[lo*b.Channels], b.Channels, lo, hi, 0, b.Channels)
	})
}
