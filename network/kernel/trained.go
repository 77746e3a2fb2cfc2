package kernel

// Trained is a layer as training runs it: a convolution without bias, batch norm by
// the batch's own statistics, and an activation. Forward keeps in Convolved [N, OutH,
// OutW, channels], Mean and Variance [channels] what Grad needs, and Grad leaves the
// parameters' gradients in the others.
//
// A map is larger than the caches, so that a step is bound by how often one goes by
// the memory: sums are taken of a part while it is near, and the gradient before batch
// norm is made part by part where both gradients of the convolution read it.
type Trained struct {
	layer trainedConv
	norm  Norm

	Convolved, Mean, Variance       []float32
	GradWeight, GradGamma, GradBeta []float32
}

// trainedConv is a convolution that takes batch norm's sums, and its gradient, on its way.
type trainedConv interface {
	// moments writes the convolution of x into dst, and each channel's mean and
	// biased variance.
	moments(dst, mean, variance []float32, x source, weight []float32)
	// grads writes the gradients of weight and, where dst is not nil, of x; after, where
	// not nil, is called as rows of dst are written.
	grads(dst, gradWeight []float32, x source, weight []float32, back *normBack, after after)
	// gradCut is a cut of x's rows of which after gets whole blocks, at least of some channels.
	gradCut() cut
}

// after is told that rows [lo, hi), channels [c, c+count) of ∂L/∂x are there, while they
// are near. Of a 1×1 convolution, x are the same rows of what it reads.
type after func(w *worker, x []float32, lo, hi, c, count int)

// TrainConv makes a layer of a convolution.
func TrainConv(c Conv, eps float32, act Activation) *Trained {
	return newTrained(c, Norm{c.N * c.OutH * c.OutW, c.Out, eps, act}, c.Out*c.taps())
}

// TrainDepthwise makes a layer of a depthwise convolution.
func TrainDepthwise(d Depthwise, eps float32, act Activation) *Trained {
	return newTrained(d, Norm{d.N * d.OutH * d.OutW, d.Channels, eps, act}, d.Channels*d.Kernel*d.Kernel)
}

func newTrained(layer trainedConv, norm Norm, weights int) *Trained {
	c := norm.Channels
	return &Trained{
		layer: layer, norm: norm, Convolved: Room(norm.Rows * c), Mean: make([]float32, c), Variance: make([]float32, c),
		GradWeight: make([]float32, weights), GradGamma: make([]float32, c), GradBeta: make([]float32, c),
	}
}

// Forward writes the layer's result [N, OutH, OutW, channels] into dst.
func (t *Trained) Forward(dst, x, weight, gamma, beta []float32) {
	t.convolve(source{plain: x}, LayerParameters{weight, gamma, beta}).normed.writeAll(dst)
}

// LayerParameters are a convolution's weight and its batch norm's gamma and beta.
type LayerParameters struct{ Weight, Gamma, Beta []float32 }

// convolve runs the convolution, and gives the layer's result.
func (t *Trained) convolve(x source, p LayerParameters) source {
	t.layer.moments(t.Convolved, t.Mean, t.Variance, x, p.Weight)
	return t.result(p)
}

// result is what the layer puts out, once convolve was called.
func (t *Trained) result(p LayerParameters) source {
	return source{normed: t.norm.over(t.Convolved, p.Gamma, p.Beta, t.Mean, t.Variance)}
}

// Grad writes ∂L/∂x into dst, which may be nil: not needed; given grad = ∂L/∂y. Forward
// must have been called with the same x. grad is overwritten where it may be spent,
// which is faster.
func (t *Trained) Grad(dst, x, weight, gamma, beta, grad []float32, spend bool) {
	t.grad(dst, source{plain: x}, LayerParameters{weight, gamma, beta}, grad, spend, nil)
}

func (t *Trained) grad(dst []float32, x source, p LayerParameters, grad []float32, spend bool, after after) {
	back := t.norm.back(t.GradGamma, t.GradBeta, t.Convolved, p.Gamma, p.Beta, grad, t.Mean, t.Variance, spend)
	defer back.release()
	t.layer.grads(dst, t.GradWeight, x, p.Weight, back, after)
}

// trainedParts is how many parts rows are cut into at least, if they are to stay near
// from one step of the work to the next.
const trainedParts = 16

// near is how a core takes rows through a 1×1 convolution, at most so many together, so
// that they, of so many values each, stay in its cache; a block is of one picture or
// of whole ones. It is false where that is not worth while: of few rows, or of so many
// weights that these would have to come anew for each block.
func (c Conv) near(values, most int) (cut, bool) {
	const cache, fewest = 1 << 15, 24
	pixels := c.OutH * c.OutW
	rows := c.N * pixels
	if !c.pointwise() || !outerInParts(c.In, c.Out) || rows < trainedParts*fewest {
		return cut{c.N, pixels, min(pixels, most)}, false
	}
	tile := current.rows
	n := min(max(cache/values, 2*fewest), most, rows/trainedParts) / tile * tile
	if n >= pixels {
		return cut{1, rows, n / pixels * pixels}, true
	}
	pieces := (pixels + n - 1) / n
	return cut{c.N, pixels, ((pixels+pieces-1)/pieces + tile - 1) / tile * tile}, true
}

func (c Conv) gradCut() cut {
	cut, _ := c.nearBack()
	return cut
}

func (c Conv) nearBack() (cut, bool) { return c.near(2*c.In+c.Out, 256) }

func (c Conv) moments(dst, mean, variance []float32, x source, weight []float32) {
	rows := c.N * c.OutH * c.OutW
	p := c.Pack(weight, nil)
	defer p.Release()
	cut, near := c.near(c.In+c.Out, 512)
	if !near {
		whole := x.whole()
		defer x.end(whole)
		c.Forward(dst, whole, p, Identity, nil)
		Norm{Rows: rows, Channels: c.Out}.Statistics(mean, variance, dst)
		return
	}
	x.long(rows * c.In)
	long(rows*c.Out, dst)
	m := newMoments(cut, c.Out)
	parallel(cut.blocks(), func(w *worker, block int) {
		lo, hi := cut.block(block)
		from := rowsOf{first: &x.rows(w, c.In, lo, hi-lo)[0], line: c.In}
		for panel := range p.panels() {
			p.tile(w, panel, hi-lo, from, rowsOf{first: &dst[lo*c.Out+panel*p.wide()], line: c.Out}, Identity, nil)
		}
		m.add(w, block, dst[lo*c.Out:], hi-lo, 0, c.Out)
	})
	m.total(mean, variance)
}

func (c Conv) grads(dst, gradWeight []float32, x source, weight []float32, back *normBack, after after) {
	cut, near := c.nearBack()
	if !near {
		whole := x.whole()
		defer x.end(whole)
		grad := back.u
		if !back.spend {
			grad = borrow(back.Rows * c.Out)
			defer giveBack(grad)
		}
		back.writeAll(grad)
		c.GradWeight(gradWeight, whole, grad)
		if dst != nil {
			c.GradInput(dst, grad, weight)
		}
		if after != nil {
			parallel(cut.blocks(), func(w *worker, i int) {
				lo, hi := cut.block(i)
				after(w, whole[lo*c.In:hi*c.In], lo, hi, 0, c.In)
			})
		}
		return
	}
	p := Pack(weight, c.Out, c.In, c.In, 1, nil)
	defer p.Release()
	o := newOuter(c.In, c.Out, back.Rows, cut.size)
	blocks := cut.blocks()
	parallel(o.rowParts, func(w *worker, i int) {
		first := i * blocks / o.rowParts
		for b := first; b < (i+1)*blocks/o.rowParts; b++ {
			lo, hi := cut.block(b)
			n := hi - lo
			grad, x := w.room(gradRoom, n*c.Out), x.rows(w, c.In, lo, n)
			back.write(w, &grad[0], c.Out, lo, hi, 0, c.Out)
			for panel := 0; dst != nil && panel < p.panels(); panel++ {
				p.tile(w, panel, n, rowsOf{first: &grad[0], line: c.Out}, rowsOf{first: &dst[lo*c.In+panel*p.wide()], line: c.In}, Identity, nil)
			}
			if after != nil {
				after(w, x, lo, hi, 0, c.In)
			}
			o.add(w, i, x, grad, n, 0, o.panels, 0, o.high, b > first)
		}
	})
	o.total(gradWeight)
}

func (d Depthwise) moments(dst, mean, variance []float32, x source, weight []float32) {
	p := PackDepthwise(weight, d.Channels, d.Kernel, nil)
	defer p.Release()
	m := newMoments(cut{d.N, d.OutH * d.OutW, 512}, d.Channels)
	d.forward(dst, x, p, Identity, 1, func(w *worker, n, c, count int) {
		m.addGroup(w, n, dst[n*d.OutH*d.OutW*d.Channels:], c, count)
	})
	m.total(mean, variance)
}

func (d Depthwise) grads(dst, gradWeight []float32, x source, weight []float32, back *normBack, after after) {
	p := PackDepthwise(weight, d.Channels, d.Kernel, nil)
	defer p.Release()
	d.gradients(dst, gradWeight, x, p.Transposed(), func(w *worker, s *strip, n, c, count, left, y0, y1 int) {
		for y := y0; y < y1; y++ {
			at := (n*d.OutH + y) * d.OutW
			back.write(w, s.pixel(y, left), s.set.wide()*d.Stride, at, at+d.OutW, c, count)
		}
	}, after)
}

// gradCut: whole lines, no more than float32 adds up without losing much.
func (d Depthwise) gradCut() cut { return cut{d.N, d.InH * d.InW, max(512/d.InW, 1) * d.InW} }
