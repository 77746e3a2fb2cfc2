package kernel

import (
	"fmt"
	"runtime"
	"sync"
)

// MBConv is an inference pass through a mobile inverted bottleneck: expansion,
// depthwise convolution, squeeze-and-excite and projection (arXiv 1801.04381,
// 1709.01507), batch norm folded into the weights. The expansion is
// never all in memory: a strip of it at a time is computed and convolved.
type MBConv struct {
	Window             // of the depthwise convolution
	Expand     *Packed // or nil: the block convolves its input
	Depthwise  *PackedDepthwise
	Squeeze    *Packed // or nil, and Excite with it
	Excite     *Packed
	Project    *Packed
	Activation Activation // after expansion, depthwise convolution and Squeeze
	Residual   bool       // the block's input is added to its output

	once sync.Once
	seen []kernelRows // what each line of the depthwise convolution sees
}

// scratch is the room that a pass through an MBConv works in.
type scratch struct {
	wide                     []float32 // the depthwise convolution's output
	sums                     []float32 // its channels' sums, by piece of the plane
	pooled, squeezed, excite []float32
	weight, bias             []float32 // of the projection, scaled
}

// scratches keep it from pass to pass, of whichever networks.
var scratches = sync.Pool{New: func() any { return new(scratch) }}

func grow(s *[]float32, n int) []float32 {
	if cap(*s) < n {
		*s = Room(n)
	}
	return (*s)[:n]
}

// Check is an error where the layers do not fit together, or in channels.
func (b *MBConv) Check(in int) error {
	wide := b.Depthwise.channels
	fits := b.Project.K == wide && (b.Squeeze == nil || b.Squeeze.K == wide && b.Excite.N == wide && b.Excite.K == b.Squeeze.N)
	if b.Expand == nil {
		fits = fits && wide == in
	} else {
		fits = fits && b.Expand.K == in && b.Expand.N == wide
	}
	if !fits || b.Depthwise.kernel != b.Kernel || b.Residual && (in != b.Project.N || b.InH != b.OutH || b.InW != b.OutW) {
		return fmt.Errorf("kernel: the layers of an MBConv on %d channels do not fit together", in)
	}
	return Depthwise{Channels: wide, Window: b.Window}.Check()
}

// Forward writes into dst [n, OutH, OutW, out] what the block makes of x [n,
// InH, InW, in].
func (b *MBConv) Forward(dst, x []float32, n int) {
	in, out := len(x)/n, len(dst)/n
	picture := func(i int) {
		room := scratches.Get().(*scratch)
		defer scratches.Put(room)
		b.picture(dst[i*out:][:out], x[i*in:][:in], room)
	}
	if n >= runtime.GOMAXPROCS(0) { // a core does a picture alone: nothing goes from one to another
		parallel(n, func(_ *worker, i int) { picture(i) })
		return
	}
	for i := range n {
		picture(i)
	}
}

func (b *MBConv) picture(dst, x []float32, room *scratch) {
	p, pixels := b.Depthwise, b.OutH*b.OutW
	channels, panels := p.channels, p.panels()
	wide := grow(&room.wide, pixels*channels)
	b.once.Do(func() { b.seen = b.Window.seen(p.set) })
	var residual []float32
	if b.Residual {
		residual = x
	}
	if bands := b.bands(); bands > 0 {
		parallel(bands, func(w *worker, i int) {
			lo, hi := i*b.OutH/bands, (i+1)*b.OutH/bands
			for panel := range panels {
				b.convolve(w, wide, x, panel, lo, hi, nil)
			}
			b.Project.rows(w, dst, wide, lo*b.OutW, hi*b.OutW, residual)
		})
		return
	}
	pieces, width := bands(panels, b.OutH), panels*p.set.wide()
	var sums []float32
	if b.Squeeze != nil {
		sums = grow(&room.sums, pieces*width)
		clear(sums)
	}
	parallel(panels*pieces, func(w *worker, i int) {
		panel, piece := i/pieces, i%pieces
		var total []float32
		if sums != nil {
			total = sums[piece*width+panel*p.set.wide():]
		}
		b.convolve(w, wide, x, panel, piece*b.OutH/pieces, (piece+1)*b.OutH/pieces, total)
	})
	project := b.Project
	if b.Squeeze != nil {
		project = b.excite(wide, sums, pixels, pieces, width, room)
	}
	project.Product(dst, wide, pixels, Identity, residual)
}

// bands is how many bands of the plane cores take through the whole block, a band
// each, so that little goes from one to another: 0 where the edges, which are
// expanded twice, would cost more, or where all must be known before the
// projection.
func (b *MBConv) bands() int {
	const few = 8 // columns; no band is a single cell, which is added up in another order
	if b.Squeeze != nil || b.InW < few || b.OutW < few/2 {
		return 0
	}
	bands := runtime.GOMAXPROCS(0)
	if twice := (bands - 1) * max(b.Kernel-b.Stride, 0); bands > b.OutH || twice > b.InH/10 {
		return 0
	}
	return bands
}

// convolve expands a panel of channels, convolves it and writes output rows [lo, hi)
// of it. It adds the channels' sums to total, if that is not nil.
func (b *MBConv) convolve(w *worker, wide, x []float32, panel, lo, hi int, total []float32) {
	p := b.Depthwise
	c := panel * p.set.wide()
	valid := min(p.set.wide(), p.channels-c)
	s := forwardStrip(w, p.set, b.Window)
	s.pour(lo, hi,
		func(y0, y1 int) {
			if b.Expand == nil {
				s.copyRows(w, x, p.channels, c, valid, b.Left, 1, y0, y1)
			} else {
				b.expand(w, &s, x, panel, y0, y1)
			}
		},
		func(y0, y1 int) {
			p.lines(w, &s, b.seen[y0:y1], c, valid, wide[y0*b.OutW*p.channels:], p.channels, b.Activation, total)
		})
}

// expand fills input rows [y0, y1) of the strip with a panel of the expanded
// channels: as many at once as lie below each other in it.
func (b *MBConv) expand(w *worker, s *strip, x []float32, panel, y0, y1 int) {
	in, step := b.Expand.K, s.set.wide()
	for y := y0; y < y1; {
		rows := min(y1-y, s.rows-y%s.rows)
		to := rowsOf{s.pixel(y, b.Left), step, b.InW, (s.width - b.InW) * step}
		b.Expand.tile(w, panel, rows*b.InW, rowsOf{first: &x[y*b.InW*in], line: in}, to, b.Activation, nil)
		y += rows
	}
}

// excite runs squeeze-and-excite on the sums of the channels. Its gates scale
// the channels on their way into the projection: the channels themselves or
// the projection's weights, whichever are fewer.
func (b *MBConv) excite(wide, sums []float32, pixels, pieces, width int, room *scratch) *Packed {
	channels := b.Project.K
	pooled := grow(&room.pooled, channels)
	for c := range pooled {
		var sum float64
		for piece := range pieces {
			sum += float64(sums[piece*width+c])
		}
		pooled[c] = float32(sum / float64(pixels))
	}
	squeezed, gates := grow(&room.squeezed, b.Squeeze.N), grow(&room.excite, channels)
	b.Squeeze.Product(squeezed, pooled, 1, b.Activation, nil)
	b.Excite.Product(gates, squeezed, 1, Identity, nil)
	Sigmoid.Forward(gates, gates)
	if pixels < b.Project.N {
		Scale(wide, wide, gates, 1, pixels, channels)
		return b.Project
	}
	scaled := *b.Project
	scaled.weight, scaled.bias = grow(&room.weight, len(scaled.weight)), grow(&room.bias, len(scaled.bias))
	serial(func(w *worker) { b.Project.scaled(w, &scaled, gates) })
	return &scaled
}
