package kernel

// Conv is a convolution of a batch of N pictures from In to Out channels.
// x is [N, InH, InW, In], weight [Out, In, Kernel, Kernel], bias [Out] or nil,
// and the result [N, OutH, OutW, Out]. As everywhere in the field it is a
// cross-correlation: the kernel is not flipped.
type Conv struct {
	N, In, Out int
	Window
}

func (c Conv) taps() int { return c.In * c.Kernel * c.Kernel }

// Pack lays out weight and bias for Forward: as a matrix [Kernel·Kernel·In, Out],
// its rows in the order in which the input's values lie side by side.
func (c Conv) Pack(weight, bias []float32) *Packed {
	p := newPacked(current, c.taps(), c.Out)
	p.fill(bias, p.taps(weight, c.Kernel*c.Kernel))
	return p
}

// Forward writes the activation of the convolution of x plus add into dst. add
// is laid out as dst, which it may be; it may be nil.
func (c Conv) Forward(dst, x []float32, p *Packed, act Activation, add []float32) {
	rows := c.N * c.OutH * c.OutW
	long(rows*c.Out, dst)
	if add != nil {
		long(rows*c.Out, add)
	}
	// Of fewer values under a row of the kernel, a product would be too short.
	const short = 16
	switch {
	case act == Sigmoid: // no tile has it
		c.Forward(dst, x, p, Identity, add)
		Sigmoid.Forward(dst, dst[:rows*c.Out])
	case c.pointwise():
		p.Product(dst, x, rows, act, add)
	case c.Kernel*c.In < short || !c.sees():
		c.inPlace(dst, x, p, act, add)
	default:
		c.rowByRow(dst, x, p, act, add)
	}
}

// inPlace is Forward as a product of what lies in x: the values that a cell sees
// under a row of the kernel lie side by side, and those of the next row of the
// kernel a row of the plane on. Only cells at the sides see something else, and
// are unfolded.
func (c Conv) inPlace(dst, x []float32, p *Packed, act Activation, add []float32) {
	line := c.Kernel * c.In
	lo, hi := c.inside()
	parallel(c.N*c.OutH, func(w *worker, i int) {
		n, y := i/c.OutH, i%c.OutH
		first, last := c.rowsUnder(y)
		for panel := range p.panels() {
			cells := func(o, m int, t terms, a rowsOf) {
				at := (i*c.OutW+o)*c.Out + panel*p.wide()
				var added *rowsOf
				if add != nil {
					added = &rowsOf{first: &add[at], line: c.Out}
				}
				p.partial(w, panel, t, m, &p.bias[panel*p.wide()], a, rowsOf{first: &dst[at], line: c.Out}, act, added)
			}
			if lo < hi && first < last {
				cells(lo, hi-lo, terms{first * line, line, last - first - 1, c.InW*c.In - line},
					rowsOf{first: &x[((n*c.InH+y*c.Stride-c.Top+first)*c.InW+lo*c.Stride-c.Left)*c.In], line: c.Stride * c.In})
			}
			for o := range c.OutW {
				if o >= lo && o < hi && first < last {
					continue
				}
				cols := w.room(unfoldRoom, c.taps())
				c.unfold(cols, x, n, y, o, o+1)
				cells(o, 1, terms{k: c.taps()}, rowsOf{first: &cols[0], line: c.taps()})
			}
		}
	})
}

// inside are the output columns [lo, hi) for which the kernel's columns all lie
// on the plane.
func (c Conv) inside() (lo, hi int) {
	lo = min((c.Left+c.Stride-1)/c.Stride, c.OutW)
	hi = lo
	if room := c.InW - c.Kernel + c.Left; room >= 0 {
		hi = max(min(room/c.Stride+1, c.OutW), lo)
	}
	return lo, hi
}

// noBias are the biases of a panel's columns that have none.
var noBias [2 * 16]float32

// rowByRow is Forward as a sum of matrix products, one for each row of the
// kernel: in a row of the plane, padded, the values that an output cell sees lie
// side by side already, and those of the next cell Stride pixels on. So nothing
// is laid out anew; the sums wait in dst from row to row.
func (c Conv) rowByRow(dst, x []float32, p *Packed, act Activation, add []float32) {
	width := max(c.Left+c.InW, (c.OutW-1)*c.Stride+c.Kernel)
	if c.Left > 0 || width > c.InW {
		padded := borrow(c.N * c.InH * width * c.In)
		defer giveBack(padded)
		c.pad(padded, x, width)
		x = padded
	}
	// A part is a panel and some rows of the output, so many that what they see
	// stays near while the panel goes by; and there are parts enough for the
	// cores.
	const near, parts = 256 << 10, 16
	lines, k := c.N*c.OutH, c.Kernel*c.In
	seen := 4 * c.OutW * min(c.Stride, c.Kernel) * min(c.Stride, c.Kernel) * c.In
	tall := max(1, min(near/seen, lines*p.panels()/parts))
	bands := (lines + tall - 1) / tall
	parallel(bands*p.panels(), func(w *worker, i int) {
		band, panel := i/p.panels(), i%p.panels()
		column := panel * p.wide()
		for ky := range c.Kernel {
			for line := band * tall; line < min((band+1)*tall, lines); line++ {
				n, y := line/c.OutH, line%c.OutH
				first, last := c.rowsUnder(y)
				if ky < first || ky >= last {
					continue
				}
				from := (n*c.InH + y*c.Stride - c.Top + ky) * width * c.In
				at := line*c.OutW*c.Out + column
				to := rowsOf{first: &dst[at], line: c.Out}
				bias, within, added := &noBias[0], Identity, &to
				if ky == first {
					bias, added = &p.bias[column], nil
					if add != nil {
						added = &rowsOf{first: &add[at], line: c.Out}
					}
				}
				if ky == last-1 {
					within = act
				}
				p.partial(w, panel, terms{first: ky * k, k: k}, c.OutW, bias, rowsOf{first: &x[from], line: c.Stride * c.In}, to, within, added)
			}
		}
	})
}

// pad lays out the rows of x with zeros before and behind, width pixels in all.
func (c Conv) pad(padded, x []float32, width int) {
	line, row := width*c.In, c.InW*c.In
	blocks(c.N*c.InH, line, func(_ *worker, _, lo, hi int) {
		for r := lo; r < hi; r++ {
			to := padded[r*line:][:line]
			clear(to[:c.Left*c.In])
			clear(to[c.Left*c.In+copy(to[c.Left*c.In:], x[r*row:][:row]):])
		}
	})
}

// unfold (im2col) lays out, for the cells [from, to) of output row y of picture
// n, the input values that each sees: [to−from, Kernel·Kernel·In].
func (c Conv) unfold(cols, x []float32, n, y, from, to int) {
	line, taps := c.Kernel*c.In, c.taps()
	lo, hi := c.inside()
	lo, hi = min(max(lo, from), to), min(max(hi, from), to)
	for ky := range c.Kernel {
		in := y*c.Stride - c.Top + ky
		cells := cols[ky*line:]
		if in < 0 || in >= c.InH {
			for o := range to - from {
				clear(cells[o*taps:][:line])
			}
			continue
		}
		row := x[(n*c.InH+in)*c.InW*c.In:][:c.InW*c.In]
		for o := from; o < lo; o++ {
			c.edge(cells[(o-from)*taps:][:line], row, o*c.Stride-c.Left)
		}
		for o := hi; o < to; o++ {
			c.edge(cells[(o-from)*taps:][:line], row, o*c.Stride-c.Left)
		}
		at, step := (lo*c.Stride-c.Left)*c.In, c.Stride*c.In
		if line == 9 { // 3×3 of three colours: too short for copy
			for o := lo; o < hi; o++ {
				*(*[9]float32)(cells[(o-from)*taps:]) = *(*[9]float32)(row[at:])
				at += step
			}
			continue
		}
		for o := lo; o < hi; o++ {
			copy(cells[(o-from)*taps:][:line], row[at:])
			at += step
		}
	}
}

// edge unfolds a row of the kernel, from column first on, which lies partly
// outside the plane.
func (c Conv) edge(to, row []float32, first int) {
	clear(to)
	lo, hi := max(-first, 0), min(c.InW-first, c.Kernel)
	if lo < hi {
		copy(to[lo*c.In:], row[(first+lo)*c.In:(first+hi)*c.In])
	}
}

// fold (col2im) adds up in dst what unfold spreads out, its gradient, for input
// rows [lo, hi) and channels [first, first+channels): cols is [OutW,
// Kernel·Kernel, channels], for output row y of picture n.
func (c Conv) fold(w *worker, set *instructions, dst, cols []float32, n, y, lo, hi, first, channels int) {
	line := c.Kernel * c.Kernel * channels
	for ky := range c.Kernel {
		in := y*c.Stride - c.Top + ky
		if in < lo || in >= hi {
			continue
		}
		dst, cols := dst[(n*c.InH+in)*c.InW*c.In:][:c.InW*c.In], cols[ky*c.Kernel*channels:]
		if channels == c.In && channels < set.lanes { // too few for vectors, but those of all columns lie side by side
			for o := range c.OutW {
				left := o*c.Stride - c.Left
				from, to := max(-left, 0), min(c.InW-left, c.Kernel)
				if from >= to {
					continue
				}
				sum := dst[(left+from)*c.In:][:(to-from)*c.In]
				for i, v := range cols[o*line+from*c.In:][:len(sum)] {
					sum[i] += v
				}
			}
			continue
		}
		for kx := range c.Kernel {
			from, to := c.cellsOver(kx)
			if from >= to {
				continue
			}
			sum, pixel := &dst[(from*c.Stride-c.Left+kx)*c.In+first], uintptr(4*c.Stride*c.In)
			set.maps(w, mapArgs{
				rows: uintptr(to - from), x: &cols[from*line+kx*channels], xLine: uintptr(4 * line), y: sum, yLine: pixel, z: sum, zLine: pixel,
			}, channels, add)
		}
	}
}

// GradInput writes ∂L/∂x into dst, given grad = ∂L/∂y.
func (c Conv) GradInput(dst, grad, weight []float32) {
	p := c.Pack(weight, nil)
	defer p.Release()
	c.GradInputPacked(dst, grad, p.Transposed())
}

// GradInputPacked is GradInput with the weight packed and transposed.
func (c Conv) GradInputPacked(dst, grad []float32, p *Packed) {
	long(c.N*c.InH*c.InW*c.In, dst)
	long(c.N*c.OutH*c.OutW*c.Out, grad)
	if c.pointwise() {
		p.Product(dst, grad, c.N*c.OutH*c.OutW, Identity, nil)
		return
	}
	// The columns are the taps, and in each of them the channels: where these
	// are whole panels, parts of the channels are computed apart. Else the rows
	// of the plane are, where pictures are few; what lies between two of them is
	// computed twice.
	parts, bands := 1, 1
	if c.In%p.wide() == 0 {
		parts = c.In / p.wide()
	} else {
		const wanted, rows = 4, 8
		bands = max(1, min((wanted+c.N-1)/c.N, c.InH/(rows*c.Stride)))
	}
	channels := c.In / parts
	parallel(c.N*parts*bands, func(w *worker, i int) {
		n, part, band := i/parts/bands, i/bands%parts, i%bands
		lo, hi := band*c.InH/bands, (band+1)*c.InH/bands
		for pixel := lo * c.InW; pixel < hi*c.InW; pixel++ {
			clear(dst[(n*c.InH*c.InW+pixel)*c.In+part*channels:][:channels])
		}
		line := c.Kernel * c.Kernel * channels
		cols := w.room(unfoldRoom, c.OutW*line)
		for y := range c.OutH {
			if top := y*c.Stride - c.Top; top+c.Kernel <= lo || top >= hi {
				continue
			}
			at := (n*c.OutH + y) * c.OutW * c.Out
			for j := range p.panels() / parts {
				p.tile(w, j*parts+part, c.OutW, rowsOf{first: &grad[at], line: c.Out}, rowsOf{first: &cols[j*p.wide()], line: line}, Identity, nil)
			}
			c.fold(w, p.set, dst, cols, n, y, lo, hi, part*channels, channels)
		}
	})
}

// GradWeight writes ∂L/∂weight into dst, given grad = ∂L/∂y.
func (c Conv) GradWeight(dst, x, grad []float32) {
	rows := c.N * c.OutH * c.OutW
	if c.pointwise() {
		LinearGradWeight(dst, x, grad, rows, c.In, c.Out)
		return
	}
	area := c.Kernel * c.Kernel
	sum := newOuter(c.taps(), c.Out, rows, c.OutW)
	sum.run(func(w *worker, lo, _ int) []float32 {
		// A block is a row of output: its input cells are unfolded for it.
		cols := w.room(unfoldRoom, c.OutW*c.taps())
		c.unfold(cols, x, lo/c.OutW/c.OutH, lo/c.OutW%c.OutH, 0, c.OutW)
		return cols
	}, grad)
	// [Out, Kernel·Kernel, In] to [Out, In, Kernel·Kernel].
	flat := borrow(len(dst))
	defer giveBack(flat)
	sum.total(flat)
	for o := range c.Out {
		for i := range c.In {
			for tap := range area {
				dst[(o*c.In+i)*area+tap] = flat[(o*area+tap)*c.In+i]
			}
		}
	}
}
