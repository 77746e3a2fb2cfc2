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

// tapMajor gives the weight as [Kernel·Kernel·In, Out]: in the order in which
// the input's values lie side by side. It is to be given back.
func (c Conv) tapMajor(weight []float32) []float32 {
	area := c.Kernel * c.Kernel
	t := borrow(len(weight))
	for o := range c.Out {
		for i := range c.In {
			for tap := range area {
				t[(tap*c.In+i)*c.Out+o] = weight[(o*c.In+i)*area+tap]
			}
		}
	}
	return t
}

// Pack lays out weight and bias for Forward.
func (c Conv) Pack(weight, bias []float32) *Packed {
	if c.Kernel == 1 {
		return PackLinear(weight, c.Out, c.In, bias)
	}
	t := c.tapMajor(weight)
	defer giveBack(t)
	return Pack(t, c.taps(), c.Out, c.Out, 1, bias)
}

// Forward writes the activation of the convolution of x into dst.
func (c Conv) Forward(dst, x []float32, p *Packed, act Activation) {
	if c.pointwise() {
		p.Product(dst, x, c.N*c.OutH*c.OutW, act, nil)
		return
	}
	parallel(c.N*c.OutH, func(w *worker, i int) {
		n, y := i/c.OutH, i%c.OutH
		cols := w.room(unfoldRoom, c.OutW*c.taps())
		c.unfold(cols, x, n, y)
		at := i * c.OutW * c.Out
		for panel := range p.panels() {
			p.tile(w, panel, c.OutW, rowsOf{&cols[0], c.taps()}, rowsOf{&dst[at+panel*p.wide()], c.Out}, act, nil)
		}
	})
}

// unfold (im2col) lays out, for every cell of output row y of picture n, the
// input values that it sees: [OutW, Kernel·Kernel·In].
func (c Conv) unfold(cols, x []float32, n, y int) {
	line, taps := c.Kernel*c.In, c.taps()
	// Between lo and hi the kernel's columns all lie on the plane.
	lo := min((c.Left+c.Stride-1)/c.Stride, c.OutW)
	hi := lo
	if room := c.InW - c.Kernel + c.Left; room >= 0 {
		hi = max(min(room/c.Stride+1, c.OutW), lo)
	}
	for ky := range c.Kernel {
		in := y*c.Stride - c.Top + ky
		to := cols[ky*line:]
		if in < 0 || in >= c.InH {
			for o := range c.OutW {
				clear(to[o*taps:][:line])
			}
			continue
		}
		row := x[(n*c.InH+in)*c.InW*c.In:][:c.InW*c.In]
		for o := range lo {
			c.edge(to[o*taps:][:line], row, o*c.Stride-c.Left)
		}
		for o := hi; o < c.OutW; o++ {
			c.edge(to[o*taps:][:line], row, o*c.Stride-c.Left)
		}
		from, step := (lo*c.Stride-c.Left)*c.In, c.Stride*c.In
		if line == 9 { // 3×3 of three colours: too short for copy
			for o := lo; o < hi; o++ {
				*(*[9]float32)(to[o*taps:]) = *(*[9]float32)(row[from:])
				from += step
			}
			continue
		}
		for o := lo; o < hi; o++ {
			copy(to[o*taps:][:line], row[from:])
			from += step
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

// fold (col2im) adds up in dst what unfold spread out: its gradient.
func (c Conv) fold(dst, cols []float32, n, y int) {
	line := c.Kernel * c.In
	for ky := range c.Kernel {
		in := y*c.Stride - c.Top + ky
		if in < 0 || in >= c.InH {
			continue
		}
		for o := range c.OutW {
			first := o*c.Stride - c.Left
			lo, hi := max(-first, 0), min(c.InW-first, c.Kernel)
			if lo >= hi {
				continue
			}
			to := dst[((n*c.InH+in)*c.InW+first+lo)*c.In:]
			for i, v := range cols[o*c.taps()+ky*line:][lo*c.In : hi*c.In] {
				to[i] += v
			}
		}
	}
}

// GradInput writes ∂L/∂x into dst, given grad = ∂L/∂y.
func (c Conv) GradInput(dst, grad, weight []float32) {
	if c.pointwise() {
		p := Pack(weight, c.Out, c.In, c.In, 1, nil)
		defer p.Release()
		p.Product(dst, grad, c.N*c.OutH*c.OutW, Identity, nil)
		return
	}
	t := c.tapMajor(weight)
	defer giveBack(t)
	p := PackLinear(t, c.taps(), c.Out, nil)
	defer p.Release()
	parallel(c.N, func(w *worker, n int) {
		clear(dst[n*c.InH*c.InW*c.In:][:c.InH*c.InW*c.In])
		cols := w.room(unfoldRoom, c.OutW*c.taps())
		for y := range c.OutH {
			at := (n*c.OutH + y) * c.OutW * c.Out
			for panel := range p.panels() {
				p.tile(w, panel, c.OutW, rowsOf{&grad[at], c.Out}, rowsOf{&cols[panel*p.wide()], c.taps()}, Identity, nil)
			}
			c.fold(dst, cols, n, y)
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
		c.unfold(cols, x, lo/c.OutW/c.OutH, lo/c.OutW%c.OutH)
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
