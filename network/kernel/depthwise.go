package kernel

import (
	"fmt"
	"unsafe"
)

// Depthwise is a convolution of every channel by a kernel of its own: x is
// [N, InH, InW, Channels], weight [Channels, 1, Kernel, Kernel], the result
// [N, OutH, OutW, Channels]. Kernel is 3 or 5, Stride 1 or 2.
type Depthwise struct {
	N, Channels int
	Window
}

// Check is an error where there are no loops for the window, or a row or column
// of the output sees nothing but padding.
func (d Depthwise) Check() error {
	if d.Kernel != 3 && d.Kernel != 5 || d.Stride != 1 && d.Stride != 2 {
		return fmt.Errorf("kernel: depthwise %v; the kernel must be 3 or 5 and the stride 1 or 2", d.Window)
	}
	if !d.sees() {
		return fmt.Errorf("kernel: depthwise %v; some output would see padding alone", d.Window)
	}
	return nil
}

// PackedDepthwise is the weight and bias of a depthwise convolution, laid out
// vector by vector of channels: [vectors][Kernel·Kernel][lanes].
type PackedDepthwise struct {
	channels, kernel int
	set              *instructions
	weight, bias     []float32
	transposed       *PackedDepthwise // once it was asked for
}

// PackDepthwise lays out weight [channels, 1, kernel, kernel] and bias
// [channels], which may be nil: zero.
func PackDepthwise(weight []float32, channels, kernel int, bias []float32) *PackedDepthwise {
	p := newPackedDepthwise(current, channels, kernel)
	lanes, taps := p.set.lanes, kernel*kernel
	clear(p.weight[(len(p.bias)/lanes-1)*taps*lanes:]) // the last vector may have lanes to spare
	clear(p.bias[copy(p.bias, bias):])
	for c := range channels {
		to := p.vector(c / lanes)
		for tap := range taps {
			to[tap*lanes+c%lanes] = weight[c*taps+tap]
		}
	}
	return p
}

func newPackedDepthwise(set *instructions, channels, kernel int) *PackedDepthwise {
	p := &PackedDepthwise{channels: channels, kernel: kernel, set: set}
	vectors := (channels + set.lanes - 1) / set.lanes
	p.weight, p.bias = borrow(vectors*kernel*kernel*set.lanes), borrow(vectors*set.lanes)
	return p
}

// Release lets later packings have the room. p must not be used any more.
func (p *PackedDepthwise) Release() {
	if p.transposed != nil {
		p.transposed.Release()
	}
	giveBack(p.weight)
	giveBack(p.bias)
	p.weight, p.bias, p.transposed = nil, nil, nil
}

// Transposed gives the weight with every row of the kernel mirrored, and no
// bias: what a gradient of the convolution's input is convolved with. It is laid
// out at the first call and kept; only p.Release releases it.
func (p *PackedDepthwise) Transposed() *PackedDepthwise {
	transposing.Lock()
	defer transposing.Unlock()
	if p.transposed != nil {
		return p.transposed
	}
	t := newPackedDepthwise(p.set, p.channels, p.kernel)
	clear(t.bias)
	lanes := p.set.lanes
	for first := 0; first < len(p.weight); first += p.kernel * lanes {
		for kx := range p.kernel {
			copy(t.weight[first+(p.kernel-1-kx)*lanes:][:lanes], p.weight[first+kx*lanes:])
		}
	}
	p.transposed = t
	return t
}

// Fits tells whether the weights are those of such a convolution.
func (p *PackedDepthwise) Fits(d Depthwise) bool {
	return p.channels == d.Channels && p.kernel == d.Kernel
}

// vector gives the weights of a vector of channels.
func (p *PackedDepthwise) vector(i int) []float32 {
	n := p.kernel * p.kernel * p.set.lanes
	return p.weight[i*n:][:n]
}

// panels counts panels of channels: a strip's width.
func (p *PackedDepthwise) panels() int {
	return (p.channels + p.set.wide() - 1) / p.set.wide()
}

// strip is a few rows of a plane, a panel of channels wide, with the
// padding on both sides: what a depthwise convolution reads. It is so small
// that it stays in the nearest cache while it moves down the plane.
type strip struct {
	Window
	set   *instructions
	width int // pixels in a row
	rows  int // kept, in a ring
	next  int // row of the plane to be filled in
	data  []float32
}

// newStrip takes room of a worker's for a strip; win's columns are those of the rows put in,
// spread (for a gradient, whose pixels lie that far apart) and padded by left.
func newStrip(w *worker, room int, set *instructions, win Window, spread, left, width int) strip {
	line := width * set.wide()
	s := strip{Window: win, set: set, width: width, rows: win.stripRows(line)}
	s.data = w.room(room, s.rows*line)
	if spread > 1 {
		clear(s.data)
		return s
	}
	for r := range s.rows {
		row := s.data[r*line:][:line]
		clear(row[:left*set.wide()])
		clear(row[(left+win.InW)*set.wide():])
	}
	return s
}

// stripRows is how many rows of the plane, so many values each, a strip keeps: as
// many as stay near, of a small plane all, so that they are computed together.
func (w Window) stripRows(line int) int {
	const near = 16 << 10 // values
	return max(min(w.InH, max(w.Kernel, near/line)), 1)
}

// stripWidth is how wide the strip of a forward pass is, with its padding.
func (w Window) stripWidth() int { return max(w.Left+w.InW, (w.OutW-1)*w.Stride+w.Kernel) }

// pixel is the value at input row y, pixel x of the strip (padding counted).
func (s *strip) pixel(y, x int) *float32 {
	return &s.data[(y%s.rows*s.width+x)*s.set.wide()]
}

// forwardStrip is the strip of a forward pass.
func forwardStrip(w *worker, set *instructions, win Window) strip {
	return newStrip(w, stripRoom, set, win, 1, win.Left, win.stripWidth())
}

// pour moves on down the output rows [lo, hi): it calls fill for input rows [y0,
// y1) that are needed next, and then emit for the output rows [y0, y1) that see
// no more than is there.
func (s *strip) pour(lo, hi int, fill, emit func(y0, y1 int)) {
	s.next = max(lo*s.Stride-s.Top, s.next)
	lines := (s.rows-s.Kernel)/s.Stride + 1
	if s.rows >= s.InH {
		lines = hi - lo
	}
	for y := lo; y < hi; y += lines {
		end := min(y+lines, hi)
		need := min((end-1)*s.Stride-s.Top+s.Kernel, s.InH)
		if s.next < need {
			fill(s.next, need)
			s.next = need
		}
		emit(y, end)
	}
}

// seen lists, for every line of a forward pass, the rows of the kernel that lie
// on the plane, and where a strip of the set keeps what they see.
func (w Window) seen(set *instructions) []kernelRows {
	width := w.stripWidth()
	return see(w.OutH, w.Kernel, set, w.stripRows(width*set.wide()), width, func(y, ky int) (in int, ok bool) {
		in = y*w.Stride - w.Top + ky
		return in, in >= 0 && in < w.InH
	})
}

// see lists, for every line, the rows of the kernel under which row of a strip's
// input there is one, by under.
func see(lines, kernel int, set *instructions, rows, width int, under func(y, ky int) (in int, ok bool)) []kernelRows {
	all := make([]kernelRows, lines)
	for y := range all {
		seen := &all[y]
		for ky := range kernel {
			if in, ok := under(y, ky); ok {
				seen.rows[seen.count] = kernelRow{uintptr(4 * set.wide() * width * (in % rows)), uintptr(4 * set.lanes * kernel * ky)}
				seen.count++
			}
		}
	}
	return all
}

// convolve computes lines of n output pixels, a vector wide, in tiles of about
// one size. args holds all but the tiles.
func (s *instructions) convolve(args *depthwiseArgs, k, stride, n int) {
	if n == 0 {
		return
	}
	kernels := &s.depthwise[(k-3)/2][stride-1]
	most := s.pixels[(k-3)/2]
	tiles := (n + most - 1) / most
	size, larger := n/tiles, n%tiles
	if larger > 0 {
		args.tiles = uintptr(larger)
		kernels[size](args)
		done := uintptr(larger * (size + 1))
		args.x = forward(args.x, done*uintptr(4*s.wide()*stride))
		args.out = forward(args.out, done*args.outStep)
	}
	args.tiles = uintptr(tiles - larger)
	kernels[size-1](args)
}

// convolveInto computes lines of n output pixels, outStep values apart, of which
// the first valid values of a vector are written. w's arguments say from what.
func (s *instructions) convolveInto(w *worker, seen []kernelRows, out []float32, outStep, valid, k, stride, n int) {
	args := &w.depthwise
	x := args.x
	together := len(seen)
	// What does not fill a vector goes by a room of a line, and a line's sums are
	// complete before those of the next.
	if valid < s.lanes || args.sums != nil {
		together = 1
	}
	for y := 0; y < len(seen); y += together {
		args.x, args.seen, args.lines = x, &seen[y], uintptr(together)
		to := out[y*n*outStep:]
		if valid >= s.lanes {
			args.out, args.outStep, args.outLine = &to[0], uintptr(4*outStep), uintptr(4*n*outStep)
			s.convolve(args, k, stride, n)
			continue
		}
		room := w.room(tailRoom, n*s.lanes)
		args.out, args.outStep, args.outLine = &room[0], uintptr(4*s.lanes), 0
		s.convolve(args, k, stride, n)
		for x := range n {
			copy(to[x*outStep:][:valid], room[x*s.lanes:])
		}
	}
}

// lines writes output lines, of which each sees what seen says, channels [c,
// c+valid) of them, from the strip.
func (p *PackedDepthwise) lines(w *worker, s *strip, seen []kernelRows, c, valid int, out []float32, outStep int, act Activation, sums []float32) {
	lanes := p.set.lanes
	for v := 0; v*lanes < valid; v++ {
		args := &w.depthwise
		args.x, args.weight = &s.data[v*lanes], &p.vector(c/lanes + v)[0]
		args.bias, args.activation, args.sums = &p.bias[c+v*lanes], uintptr(act), nil
		if sums != nil {
			args.sums = &sums[v*lanes]
		}
		p.set.convolveInto(w, seen, out[c+v*lanes:], outStep, valid-v*lanes, s.Kernel, s.Stride, s.OutW)
	}
}

// copyRows fills the strip's rows with channels [c, c+valid) of x [InH, InW,
// channels], pixels spread apart.
func (s *strip) copyRows(w *worker, x []float32, channels, c, valid, left, spread, y0, y1 int) {
	lanes, wide := s.set.lanes, s.set.wide()
	for y := y0; y < y1; y++ {
		from, to := x[y*s.InW*channels+c:], s.pixel(y, left)
		if valid%lanes == 0 {
			w.maps = mapArgs{
				rows: uintptr(s.InW), vectors: uintptr(valid / lanes),
				x: &from[0], xLine: uintptr(4 * channels), y: &from[0], z: to, zLine: uintptr(4 * wide * spread),
				ahead: ahead(uintptr(4*channels), valid),
			}
			s.set.copy(&w.maps)
			continue
		}
		row := unsafe.Slice(to, ((s.InW-1)*spread+1)*wide)
		for i := range s.InW {
			pixel := row[i*spread*wide:][:wide]
			clear(pixel[copy(pixel, from[i*channels:][:valid]):])
		}
	}
}

// bands cuts an output of h rows into bands, so that there are enough parts
// for the cores where there are few panels of channels; the rows at the edges
// between bands are computed twice.
func bands(panels, h int) int {
	const parts, rows = 12, 14
	return max(1, min((parts+panels-1)/panels, h/rows))
}

// Forward writes the activation of the depthwise convolution of x into dst.
func (d Depthwise) Forward(dst, x []float32, p *PackedDepthwise, act Activation) {
	if act == Sigmoid { // no tile has it
		d.Forward(dst, x, p, Identity)
		Sigmoid.Forward(dst, dst[:d.N*d.OutH*d.OutW*d.Channels])
		return
	}
	d.forward(dst, source{plain: x}, p, act, bands(p.panels()*d.N, d.OutH), func(*worker, int, int, int) {})
}

// forward is Forward in so many pieces of each plane. It calls after once a piece of
// channels [c, c+count) of picture n is written.
func (d Depthwise) forward(dst []float32, x source, p *PackedDepthwise, act Activation, pieces int, after func(w *worker, n, c, count int)) {
	panels, out := p.panels(), d.OutH*d.OutW*d.Channels
	x.long(d.N * d.InH * d.InW * d.Channels)
	long(d.N*out, dst)
	seen := d.seen(p.set)
	parallel(d.N*panels*pieces, func(w *worker, i int) {
		n, panel, piece := i/panels/pieces, i/pieces%panels, i%pieces
		c := panel * p.set.wide()
		valid := min(p.set.wide(), d.Channels-c)
		dst := dst[n*out:][:out]
		s := x.strip(w, p.set, d.Window, valid)
		s.pour(piece*d.OutH/pieces, (piece+1)*d.OutH/pieces,
			func(y0, y1 int) { x.fill(w, &s, n, d.Channels, c, valid, y0, y1) },
			func(y0, y1 int) {
				p.lines(w, &s, seen[y0:y1], c, valid, dst[y0*d.OutW*d.Channels:], d.Channels, act, nil)
			})
		after(w, n, c, valid)
	})
}

// GradInputPacked writes ∂L/∂x into dst, given grad = ∂L/∂y and the weight packed and
// transposed.
func (d Depthwise) GradInputPacked(dst, grad []float32, p *PackedDepthwise) {
	d.gradients(dst, nil, source{}, p, d.copied(grad), nil)
}

// fillStrip fills rows [y0, y1) of channels [c, c+count) of picture n into a strip,
// from pixel left on.
type fillStrip func(w *worker, s *strip, n, c, count, left, y0, y1 int)

// copied fills a strip with what there is of a gradient.
func (d Depthwise) copied(grad []float32) fillStrip {
	out := d.OutH * d.OutW * d.Channels
	long(d.N*out, grad)
	return func(w *worker, s *strip, n, c, count, left, y0, y1 int) {
		s.copyRows(w, grad[n*out:], d.Channels, c, count, left, d.Stride, y0, y1)
	}
}

// gradients writes ∂L/∂x into dst, by the weight packed and transposed, and ∂L/∂weight
// into gradWeight; either may be nil. fill gives ∂L/∂y, with its pixels Stride apart.
//
// The first is a convolution too: of those pixels, by the mirrored kernel. The strip
// that it reads is what the weight's gradient multiplies by. after, where not nil, is
// called as rows of dst are written.
func (d Depthwise) gradients(dst, gradWeight []float32, x source, p *PackedDepthwise, fill fillStrip, after after) {
	set, panels := p.set, p.panels()
	taps, lanes := d.Kernel*d.Kernel, set.lanes
	in := d.InH * d.InW * d.Channels
	if dst != nil {
		long(d.N*in, dst)
	}
	groups, size := d.N, taps*set.wide()
	var all []float32
	if gradWeight != nil {
		x.long(d.N * in)
		groups = min(d.N, 8) // of pictures, added up each for itself
		all = borrow(groups * panels * size)
		defer giveBack(all)
		clear(all)
	}
	back := Window{Kernel: d.Kernel, Stride: 1, InH: d.OutH, InW: d.OutW, OutH: d.InH, OutW: d.InW}
	left := d.Kernel - 1 - d.Left
	width := max(left+(d.OutW-1)*d.Stride+1, d.InW+d.Kernel-1)
	seen := d.seen(set)
	seenBack := see(d.InH, d.Kernel, set, back.stripRows(width*set.wide()), width, func(y, ky int) (in int, ok bool) {
		at := y + d.Top - ky
		return at / d.Stride, at >= 0 && at%d.Stride == 0 && at/d.Stride < d.OutH
	})
	last := func(y int) int { return min((y+d.Top)/d.Stride, d.OutH-1) } // row that line y sees
	parallel(groups*panels, func(w *worker, i int) {
		group, panel := i/panels, i%panels
		c := panel * set.wide()
		valid := min(set.wide(), d.Channels-c)
		g := newStrip(w, gradRoom, set, back, d.Stride, left, width)
		if valid%lanes != 0 {
			clear(g.data)
		}
		var s strip
		if gradWeight != nil {
			s = x.strip(w, set, d.Window, valid)
		}
		for n := group * d.N / groups; n < (group+1)*d.N/groups; n++ {
			s.next = 0
			next := 0
			for y, end := 0, 0; y < d.InH; y = end {
				if next <= last(y) {
					// As many rows as the strip keeps beside those that the line sees.
					lowest := max(y+d.Top-d.Kernel+d.Stride, 0) / d.Stride
					to := min(lowest+g.rows, d.OutH)
					fill(w, &g, n, c, valid, left, next, to)
					if gradWeight != nil {
						s.pour(next, to,
							func(y0, y1 int) { x.fill(w, &s, n, d.Channels, c, valid, y0, y1) },
							func(y0, y1 int) {
								for y := y0; y < y1; y++ {
									d.addGradWeight(w, &s, &seen[y], valid, all[i*size:][:size], g.pixel(y, left))
								}
							})
					}
					next = to
				}
				for end = y + 1; end < d.InH && last(end) < next; end++ {
				}
				if dst != nil {
					d.backLines(w, p, &g, seenBack[y:end], c, valid, dst[n*in+y*d.InW*d.Channels:])
					if after != nil {
						after(w, nil, (n*d.InH+y)*d.InW, (n*d.InH+end)*d.InW, c, valid)
					}
				}
			}
		}
	})
	if gradWeight == nil {
		return
	}
	parallel(panels, func(_ *worker, panel int) {
		sums := all[panel*size:][:size]
		for group := 1; group < groups; group++ {
			for i, v := range all[(group*panels+panel)*size:][:size] {
				sums[i] += v
			}
		}
		first := panel * set.wide()
		for c := range min(set.wide(), d.Channels-first) {
			to, at := gradWeight[(first+c)*taps:][:taps], c/lanes*taps*lanes+c%lanes
			for tap := range to {
				to[tap] = sums[at+tap*lanes]
			}
		}
	})
}

// backLines writes rows of the input's gradient, channels [c, c+valid).
func (d Depthwise) backLines(w *worker, p *PackedDepthwise, s *strip, seen []kernelRows, c, valid int, dst []float32) {
	lanes, line := p.set.lanes, d.InW*d.Channels
	for y, end := 0, 0; y < len(seen); y = end {
		none := seen[y].count == 0 // rows that no output sees
		for end = y + 1; end < len(seen) && (seen[end].count == 0) == none; end++ {
		}
		if none {
			for x := range (end - y) * d.InW {
				clear(dst[y*line+x*d.Channels+c:][:valid])
			}
			continue
		}
		for v := 0; v*lanes < valid; v++ {
			args := &w.depthwise
			args.x, args.weight = &s.data[v*lanes], &p.vector(c/lanes + v)[0]
			args.bias, args.activation, args.sums = &p.bias[c+v*lanes], uintptr(Identity), nil
			p.set.convolveInto(w, seen[y:end], dst[y*line+c+v*lanes:], d.Channels, valid-v*lanes, d.Kernel, 1, d.InW)
		}
	}
}

// addGradWeight adds to sums [vectors, Kernel·Kernel, lanes] the gradient of the
// weight of as many of a strip's channels as are valid by a row of the output, grad,
// whose pixels lie in a strip, Stride apart.
func (d Depthwise) addGradWeight(w *worker, s *strip, seen *kernelRows, valid int, sums []float32, grad *float32) {
	set, lanes := s.set, s.set.lanes
	for v := 0; v*lanes < valid; v++ {
		args := &w.depthwise
		args.x, args.weight, args.seen = &s.data[v*lanes], &sums[v*d.Kernel*d.Kernel*lanes], seen
		args.out, args.outStep, args.tiles = forward(grad, uintptr(4*v*lanes)), uintptr(4*set.wide()*d.Stride), uintptr(d.OutW)
		set.depthwiseGradient[(d.Kernel-3)/2][d.Stride-1](args)
	}
}
