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
	moments(dst, mean, variance, x, weight []float32)
	// grads writes the gradients of weight and, where dst is not nil, of x.
	grads(dst, gradWeight, x, weight []float32, back *normBack)
}

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
	t.layer.moments(t.Convolved, t.Mean, t.Variance, x, weight)
	t.norm.Forward(dst, t.Convolved, gamma, beta, t.Mean, t.Variance)
}

// Grad writes ∂L/∂x into dst, which may be nil: not needed; given grad = ∂L/∂y. Forward
// must have been called with the same x. grad is overwritten where it may be spent,
// which is faster.
func (t *Trained) Grad(dst, x, weight, gamma, beta, grad []float32, spend bool) {
	back := t.norm.back(t.GradGamma, t.GradBeta, t.Convolved, gamma, beta, grad, t.Mean, t.Variance, spend)
	defer back.release()
	t.layer.grads(dst, t.GradWeight, x, weight, back)
}

// trainedParts is how many parts rows are cut into at least, if they are to stay near
// from one step of the work to the next.
const trainedParts = 16

// near is how many rows a core takes together through a 1×1 convolution, so that they,
// of so many values each, stay in its cache. It is 0 where that is not worth while: of
// few rows, or of so many weights that these would have to come anew for each part.
func (c Conv) near(values, most int) int {
	const cache, fewest = 1 << 15, 24
	rows := c.N * c.OutH * c.OutW
	if !c.pointwise() || c.In*c.Out > 1<<16 || rows < trainedParts*fewest {
		return 0
	}
	n := min(max(cache/values, 2*fewest), most, rows/trainedParts)
	return n / current.rows * current.rows
}

func (c Conv) moments(dst, mean, variance, x, weight []float32) {
	rows := c.N * c.OutH * c.OutW
	p := c.Pack(weight, nil)
	defer p.Release()
	size := c.near(c.In+c.Out, 512)
	if size == 0 {
		c.Forward(dst, x, p, Identity, nil)
		Norm{Rows: rows, Channels: c.Out}.Statistics(mean, variance, dst)
		return
	}
	long(rows*c.In, x)
	long(rows*c.Out, dst)
	m := newMoments(1, rows, size, c.Out)
	parallel(m.perGroup, func(w *worker, block int) {
		lo := block * size
		n := min(size, rows-lo)
		for panel := range p.panels() {
			p.part(w, panel, dst, x, lo, n, Identity, nil)
		}
		m.add(w, block, dst[lo*c.Out:], n, 0, c.Out)
	})
	m.total(mean, variance)
}

func (c Conv) grads(dst, gradWeight, x, weight []float32, back *normBack) {
	size := c.near(2*c.In+c.Out, 256)
	if size == 0 {
		grad := back.u
		if !back.spend {
			grad = borrow(back.Rows * c.Out)
			defer giveBack(grad)
		}
		back.writeAll(grad)
		c.GradWeight(gradWeight, x, grad)
		if dst != nil {
			c.GradInput(dst, grad, weight)
		}
		return
	}
	p := Pack(weight, c.Out, c.In, c.In, 1, nil)
	defer p.Release()
	o := newOuter(c.In, c.Out, back.Rows, size)
	blocks := (back.Rows + size - 1) / size
	parallel(o.rowParts, func(w *worker, i int) {
		grad := w.room(gradRoom, size*c.Out)
		first := i * blocks / o.rowParts
		for b := first; b < (i+1)*blocks/o.rowParts; b++ {
			lo := b * size
			n := min(size, back.Rows-lo)
			back.write(w, &grad[0], c.Out, lo, lo+n, 0, c.Out)
			for panel := 0; dst != nil && panel < p.panels(); panel++ {
				p.tile(w, panel, n, rowsOf{first: &grad[0], line: c.Out}, rowsOf{first: &dst[lo*c.In+panel*p.wide()], line: c.In}, Identity, nil)
			}
			o.add(w, i, x[lo*c.In:(lo+n)*c.In], grad, n, 0, o.panels, 0, o.high, b > first)
		}
	})
	o.total(gradWeight)
}

func (d Depthwise) moments(dst, mean, variance, x, weight []float32) {
	p := PackDepthwise(weight, d.Channels, d.Kernel, nil)
	defer p.Release()
	m := newMoments(d.N, d.OutH*d.OutW, 512, d.Channels)
	d.forward(dst, x, p, Identity, 1, func(w *worker, n, c, count int) {
		m.addGroup(w, n, dst[n*d.OutH*d.OutW*d.Channels:], c, count)
	})
	m.total(mean, variance)
}

func (d Depthwise) grads(dst, gradWeight, x, weight []float32, back *normBack) {
	p := PackDepthwise(weight, d.Channels, d.Kernel, nil)
	defer p.Release()
	d.gradients(dst, gradWeight, x, p.Transposed(), func(w *worker, s *strip, n, c, count, left, y0, y1 int) {
		for y := y0; y < y1; y++ {
			at := (n*d.OutH + y) * d.OutW
			back.write(w, s.pixel(y, left), s.set.wide()*d.Stride, at, at+d.OutW, c, count)
		}
	})
}
