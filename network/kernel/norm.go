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
	m := newMoments(1, b.Rows, blockRows(b.Channels), b.Channels)
	blocks(b.Rows, b.Channels, func(w *worker, block, lo, hi int) {
		m.add(w, block, x[lo*b.Channels:], hi-lo, 0, b.Channels)
	})
	m.total(mean, variance)
}

// moments gathers the sums that mean and variance are made of, from blocks of rows
// that are still near when they are added. Rows come in groups, each of so many; a
// group is cut into blocks of the same size but for its last.
type moments struct {
	rows, size, perGroup int // of a group; of a block; blocks of a group
	channels             int
	sums                 []float32 // [blocks, 3, channels]: first row, sum and sum of squares around it
}

func newMoments(groups, rows, size, channels int) *moments {
	m := &moments{rows: rows, size: size, perGroup: (rows + size - 1) / size, channels: channels}
	m.sums = borrow(groups * m.perGroup * 3 * channels)
	return m
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
	for i := range m.perGroup {
		lo := i * m.size
		m.add(w, group*m.perGroup+i, x[lo*m.channels:], min(m.size, m.rows-lo), c, count)
	}
}

// total writes mean and biased variance, and ends m. It puts the blocks together, in
// order, by the distances of their means (Chan, Golub and LeVeque 1983, doi
// 10.1080/00031305.1983.10483115).
func (m *moments) total(mean, variance []float32) {
	blocks := len(m.sums) / (3 * m.channels)
	few(m.channels, 3*blocks, func(from, to int) {
		var means, squares [fewChannels]float64
		done := 0.0
		for b := range blocks {
			n := float64(min(m.size, m.rows-b%m.perGroup*m.size))
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
	long(b.Rows*b.Channels, dst, x)
	long(b.Channels, beta, mean)
	scale, line := b.scale(gamma, variance), uintptr(4*b.Channels)
	blocks(b.Rows, b.Channels, func(w *worker, _, lo, hi int) {
		at := lo * b.Channels
		current.maps(w, mapArgs{
			rows: uintptr(hi - lo), x: &x[at], xLine: line, y: &x[at], z: &dst[at], zLine: line,
			mean: &mean[0], scale: &scale[0], shift: &beta[0], activation: uintptr(b.Activation),
		}, b.Channels, affine)
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

// back writes ∂L/∂gamma and ∂L/∂beta into gradGamma and gradBeta [Channels], given
// grad = ∂L/∂y, and gives what ∂L/∂x is made of; mean and variance follow from x, and
// the gradient runs through them too. u takes grad's place where that may be spent.
func (b Norm) back(gradGamma, gradBeta, x, gamma, beta, grad, mean, variance []float32, spend bool) *normBack {
	long(b.Rows*b.Channels, x, grad)
	long(b.Channels, beta, mean)
	back := &normBack{Norm: b, x: x, u: grad, mean: mean, scale: b.scale(gamma, variance), byX: make([]float32, b.Channels), shift: make([]float32, b.Channels), spend: spend}
	if b.Activation != Identity && !spend {
		back.u, back.spend, back.borrowed = borrow(b.Rows*b.Channels), true, true
	}
	line := uintptr(4 * b.Channels)
	// With x̂ the normalised x: ∂L/∂x = scale·(u − mean(u) − x̂·mean(u·x̂)).
	totals := columns(b.Rows, b.Channels, 2, func(w *worker, to []float32, lo, hi int) {
		at := lo * b.Channels
		args := mapArgs{
			rows: uintptr(hi - lo), x: &x[at], xLine: line, y: &grad[at], yLine: line, z: &back.u[at], zLine: line,
			mean: &mean[0], scale: &back.scale[0], shift: &beta[0], activation: uintptr(b.Activation),
			sum: &to[0], dot: &to[b.Channels],
		}
		if b.Activation == Identity { // u is grad: what is written goes nowhere
			args.z, args.zLine = &w.room(tailRoom, b.Channels)[0], 0
		}
		current.maps(w, args, b.Channels, affineGradient)
	})
	for c := range b.Channels {
		sum, dot, inverse := totals[c], totals[b.Channels+c], float64(b.inverse(variance[c]))
		gradBeta[c], gradGamma[c] = float32(sum), float32(dot*inverse)
		back.byX[c] = float32(-float64(back.scale[c]) * inverse * inverse * dot / float64(b.Rows))
		back.shift[c] = float32(-float64(back.scale[c]) * sum / float64(b.Rows))
	}
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
