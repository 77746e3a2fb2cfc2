package kernel

// Conv is a convolution of a batch of N pictures from In to Out channels.
// x is [N, In, InH, InW], weight [Out, In, Kernel, Kernel], bias [Out] or nil,
// and the result [N, Out, OutH, OutW]. As everywhere in the field it is a
// cross-correlation: the kernel is not flipped.
type Conv struct {
	N, In, Out int
	Window
}

func (c Conv) inPlane() int  { return c.InH * c.InW }
func (c Conv) outPlane() int { return c.OutH * c.OutW }
func (c Conv) taps() int     { return c.In * c.Kernel * c.Kernel }

// Forward writes the convolution of x into dst.
func (c Conv) Forward(dst, x, weight, bias []float32) {
	w := Matrix{c.Out, c.taps(), weight}
	cols := c.buffer()
	for n := range c.N {
		out := Matrix{c.Out, c.outPlane(), dst[n*c.Out*c.outPlane():][:c.Out*c.outPlane()]}
		if bias != nil {
			for o := range c.Out {
				row := out.Data[o*out.Cols:][:out.Cols]
				for i := range row {
					row[i] = bias[o]
				}
			}
		}
		MatMul(out, false, w, false, c.unfold(cols, x, n), bias != nil)
	}
}

// GradInput writes ∂L/∂x into dst, given grad = ∂L/∂y.
func (c Conv) GradInput(dst, grad, weight []float32) {
	w := Matrix{c.Out, c.taps(), weight}
	cols := c.buffer()
	for n := range c.N {
		g := Matrix{c.Out, c.outPlane(), grad[n*c.Out*c.outPlane():][:c.Out*c.outPlane()]}
		into := dst[n*c.In*c.inPlane():][:c.In*c.inPlane()]
		if c.pointwise() {
			MatMul(Matrix{c.In, c.inPlane(), into}, true, w, false, g, false)
			continue
		}
		MatMul(Matrix{c.taps(), c.outPlane(), cols}, true, w, false, g, false)
		c.fold(into, cols)
	}
}

// GradWeight writes ∂L/∂weight into dst, given grad = ∂L/∂y.
func (c Conv) GradWeight(dst, x, grad []float32) {
	cols := c.buffer()
	for n := range c.N {
		g := Matrix{c.Out, c.outPlane(), grad[n*c.Out*c.outPlane():][:c.Out*c.outPlane()]}
		MatMul(Matrix{c.Out, c.taps(), dst}, false, g, true, c.unfold(cols, x, n), n > 0)
	}
}

// buffer is the room that unfold and fold work in.
func (c Conv) buffer() []float32 {
	if c.pointwise() {
		return nil
	}
	return make([]float32, c.taps()*c.outPlane())
}

// unfold (im2col) lays out, for picture n, under every output cell the input
// cells that it sees: [In·Kernel·Kernel, OutH·OutW].
func (c Conv) unfold(cols, x []float32, n int) Matrix {
	x = x[n*c.In*c.inPlane():][:c.In*c.inPlane()]
	if c.pointwise() {
		return Matrix{c.In, c.inPlane(), x}
	}
	k := c.Kernel
	parallel(c.taps(), func(tap int) {
		in := x[tap/(k*k)*c.inPlane():][:c.inPlane()]
		ky, kx := tap/k%k, tap%k
		out := cols[tap*c.outPlane():][:c.outPlane()]
		clear(out)
		y0, y1 := c.rows(ky)
		x0, x1 := c.columns(kx)
		for y := y0; y < y1; y++ {
			row := in[(y*c.Stride+ky-c.Top)*c.InW:][:c.InW]
			to := out[y*c.OutW:][:c.OutW]
			for i := x0; i < x1; i++ {
				to[i] = row[i*c.Stride+kx-c.Left]
			}
		}
	})
	return Matrix{c.taps(), c.outPlane(), cols}
}

// fold (col2im) adds up what unfold spread out: the gradient of unfold.
func (c Conv) fold(dst, cols []float32) {
	k := c.Kernel
	parallel(c.In, func(channel int) {
		plane := dst[channel*c.inPlane():][:c.inPlane()]
		clear(plane)
		for tap := channel * k * k; tap < (channel+1)*k*k; tap++ {
			ky, kx := tap/k%k, tap%k
			from := cols[tap*c.outPlane():][:c.outPlane()]
			y0, y1 := c.rows(ky)
			x0, x1 := c.columns(kx)
			for y := y0; y < y1; y++ {
				row := plane[(y*c.Stride+ky-c.Top)*c.InW:][:c.InW]
				out := from[y*c.OutW:][:c.OutW]
				for i := x0; i < x1; i++ {
					row[i*c.Stride+kx-c.Left] += out[i]
				}
			}
		}
	})
}

// SumChannels writes into dst [channels] the sum of grad [n, channels, plane]
// over batch and plane: the gradient of a bias.
func SumChannels(dst, grad []float32, n, channels, plane int) {
	parallel(channels, func(c int) {
		var sum float64
		for i := range n {
			for _, v := range grad[(i*channels+c)*plane:][:plane] {
				sum += float64(v)
			}
		}
		dst[c] = float32(sum)
	})
}
