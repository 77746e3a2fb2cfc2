package kernel

// TrainedBlock is a mobile inverted bottleneck as training runs it: expansion, depthwise
// convolution, squeeze-and-excite and projection (arXiv 1801.04381, 1709.01507), each
// convolution with its batch norm. Of its wide maps memory holds what expansion and
// depthwise convolution give, and in the gradient one more of each: what follows them
// is computed anew by whoever reads it, which takes less time than to go by the memory.
type TrainedBlock struct {
	Expand             *Trained // or nil: the block convolves its input
	Depthwise, Project *Trained
	Squeeze            *SqueezeExcite // or nil

	rooms *BlockRooms
}

// BlockRooms are where gradients of wide maps lie, for one block after the other: as
// large as the largest of those that share them needs.
type BlockRooms struct {
	wide, expanded room
}

// room is as many values as anybody has said to need, once they are taken.
type room struct {
	size   int
	values []float32
}

func (r *room) need(n int) { r.size = max(r.size, n) }

func (r *room) take(n int) []float32 {
	if len(r.values) < r.size {
		r.values = Room(r.size)
	}
	return r.values[:n]
}

// BlockParameters are those of a block's layers; those that it lacks are nil.
type BlockParameters struct {
	Expand, Depthwise, Project               LayerParameters
	Squeeze, SqueezeBias, Excite, ExciteBias []float32
}

// TrainBlock makes a block of its convolutions; expand may be nil, and small, the number
// of squeezed channels, 0. act follows the expansion, the depthwise convolution and the
// squeezed channels. Blocks that share rooms take their gradients one after the other.
func TrainBlock(expand *Conv, d Depthwise, small int, project Conv, eps float32, act Activation, rooms *BlockRooms) *TrainedBlock {
	b := &TrainedBlock{rooms: rooms, Depthwise: TrainDepthwise(d, eps, act), Project: TrainConv(project, eps, Identity)}
	if expand != nil {
		b.Expand = TrainConv(*expand, eps, act)
		rooms.expanded.need(len(b.Expand.Convolved))
	}
	rooms.wide.need(len(b.Depthwise.Convolved))
	if small > 0 {
		b.Squeeze = NewSqueezeExcite(d.N, d.OutH*d.OutW, d.Channels, small, act)
	}
	return b
}

// Parameters takes the parameters of those layers that the block has: a convolution's
// weight, gamma and beta, squeeze and excite each with its bias, as data goes by them.
func (b *TrainedBlock) Parameters(all [][]float32) *BlockParameters {
	p := new(BlockParameters)
	next := func(to ...*[]float32) {
		for _, t := range to {
			*t, all = all[0], all[1:]
		}
	}
	layer := func(l *LayerParameters) { next(&l.Weight, &l.Gamma, &l.Beta) }
	if b.Expand != nil {
		layer(&p.Expand)
	}
	layer(&p.Depthwise)
	if b.Squeeze != nil {
		next(&p.Squeeze, &p.SqueezeBias, &p.Excite, &p.ExciteBias)
	}
	layer(&p.Project)
	return p
}

// Gradients lists those that Grad leaves, in the same order.
func (b *TrainedBlock) Gradients() [][]float32 {
	var all [][]float32
	layer := func(t *Trained) { all = append(all, t.GradWeight, t.GradGamma, t.GradBeta) }
	if b.Expand != nil {
		layer(b.Expand)
	}
	layer(b.Depthwise)
	if e := b.Squeeze; e != nil {
		all = append(all, e.GradSqueeze, e.GradSqueezeBias, e.GradExcite, e.GradExciteBias)
	}
	layer(b.Project)
	return all
}

// Forward writes the block's result [N, OutH, OutW, channels] into dst.
func (b *TrainedBlock) Forward(dst, x []float32, p *BlockParameters) {
	in := source{plain: x}
	if b.Expand != nil {
		in = b.Expand.convolve(in, p.Expand)
	}
	wide := b.Depthwise.convolve(in, p.Depthwise)
	if b.Squeeze != nil {
		b.Squeeze.open(wide, p.Squeeze, p.SqueezeBias, p.Excite, p.ExciteBias)
		wide = b.gated(wide)
	}
	b.Project.convolve(wide, p.Project).normed.writeAll(dst)
}

func (b *TrainedBlock) gated(wide source) source {
	wide.gates, wide.pixels = b.Squeeze.gates, b.Squeeze.pixels
	return wide
}

// Grad writes ∂L/∂x into dst, given grad = ∂L/∂y, and leaves the parameters' gradients in
// the layers. Forward must have been called with the same x. grad is overwritten where
// it may be spent.
func (b *TrainedBlock) Grad(dst, x []float32, p *BlockParameters, grad []float32, spend bool) {
	wide, gradWide := b.Depthwise.result(p.Depthwise), b.rooms.wide.take(len(b.Depthwise.Convolved))
	var sums *normSums
	if b.Squeeze == nil {
		sums = wide.normed.sums(b.Project.layer.gradCut(), gradWide, gradWide)
		b.Project.grad(gradWide, wide, p.Project, grad, spend, sums.after)
	} else {
		sums = b.gradGated(gradWide, wide, p, grad, spend)
	}
	back := sums.back(b.Depthwise.GradGamma, b.Depthwise.GradBeta, b.Depthwise.Variance)
	if b.Expand == nil {
		b.Depthwise.layer.grads(dst, b.Depthwise.GradWeight, source{plain: x}, p.Depthwise.Weight, back, nil)
		return
	}
	expanded, gradExpanded := b.Expand.result(p.Expand), b.rooms.expanded.take(len(b.Expand.Convolved))
	sums = expanded.normed.sums(b.Depthwise.layer.gradCut(), gradExpanded, gradExpanded)
	b.Depthwise.layer.grads(gradExpanded, b.Depthwise.GradWeight, expanded, p.Depthwise.Weight, back, sums.after)
	back = sums.back(b.Expand.GradGamma, b.Expand.GradBeta, b.Expand.Variance)
	b.Expand.layer.grads(dst, b.Expand.GradWeight, source{plain: x}, p.Expand.Weight, back, nil)
}

// after takes rows as they come.
func (s *normSums) after(w *worker, _ []float32, lo, hi, c, count int) { s.take(w, lo, hi, c, count) }

// gradGated writes the gradient before the depthwise convolution's activation into
// gradWide, through projection, gates and what these are made of.
func (b *TrainedBlock) gradGated(gradWide []float32, wide source, p *BlockParameters, grad []float32, spend bool) *normSums {
	e := b.Squeeze
	channels := e.channels
	// Of a picture a core sees a piece at a time, or the whole. The gradient of a gate,
	// before the sigmoid, is the sum of the channel's gradient times its scaled value,
	// times what the gate is short of 1.
	pieces := cut{e.n, e.pixels, min(b.Project.layer.gradCut().size, e.pixels)}
	partial, gates := borrow(pieces.blocks()*channels), borrow(e.n*channels)
	defer giveBack(partial)
	defer giveBack(gates)
	clear(partial)
	line := uintptr(4 * channels)
	b.Project.grad(gradWide, b.gated(wide), p.Project, grad, spend, func(w *worker, x []float32, lo, hi, _, _ int) {
		pieces.within(lo, hi, func(piece, from, to int) {
			at := &x[(from-lo)*channels]
			current.maps(w, mapArgs{
				rows: uintptr(to - from), x: at, xLine: line, y: &gradWide[from*channels], yLine: line, z: at, sum: &partial[piece*channels],
			}, channels, dots)
		})
	})
	parallel(e.n, func(_ *worker, i int) {
		to := gates[i*channels:][:channels]
		clear(to)
		for piece := range pieces.perGroup() {
			for c, v := range partial[(i*pieces.perGroup()+piece)*channels:][:channels] {
				to[c] += v
			}
		}
		for c, gate := range e.gates[i*channels:][:channels] {
			to[c] *= 1 - gate
		}
	})
	e.gradients(gates, p.Squeeze, p.Excite)
	blocks := cut{e.n, e.pixels, min(blockRows(channels), e.pixels)}
	sums, zeros := wide.normed.sums(blocks, gradWide, gradWide), make([]float32, channels)
	parallel(blocks.blocks(), func(w *worker, i int) {
		lo, hi := blocks.block(i)
		rows, picture := gradWide[lo*channels:], lo/e.pixels*channels
		scaleShiftRows(w, rows, rows, hi-lo, channels, e.gates[picture:], gates[picture:], zeros)
		sums.take(w, lo, hi, 0, channels)
	})
	return sums
}
