package kernel

// Depthwise is a convolution of every channel by a kernel of its own: x is
// [N, Channels, InH, InW], weight [Channels, 1, Kernel, Kernel], bias
// [Channels] or nil, the result [N, Channels, OutH, OutW].
type Depthwise struct {
	N, Channels int
	Window
}

// Forward writes the depthwise convolution of x into dst.
func (d Depthwise) Forward(dst, x, weight, bias []float32) {
	parallel(d.N*d.Channels, func(i int) {
		channel := i % d.Channels
		out := dst[i*d.OutH*d.OutW:][:d.OutH*d.OutW]
		in := x[i*d.InH*d.InW:][:d.InH*d.InW]
		start := float32(0)
		if bias != nil {
			start = bias[channel]
		}
		for j := range out {
			out[j] = start
		}
		d.taps(weight, channel, func(w float32, ky, kx, y0, y1, x0, x1 int) {
			for y := y0; y < y1; y++ {
				row := in[(y*d.Stride+ky-d.Top)*d.InW:][:d.InW]
				to := out[y*d.OutW:][x0:x1]
				from := row[x0*d.Stride+kx-d.Left:]
				if d.Stride == 1 {
					from = from[:len(to)]
					for j, v := range from {
						to[j] += w * v
					}
					continue
				}
				for j := range to {
					to[j] += w * from[j*d.Stride]
				}
			}
		})
	})
}

// GradInput writes ∂L/∂x into dst, given grad = ∂L/∂y.
func (d Depthwise) GradInput(dst, grad, weight []float32) {
	parallel(d.N*d.Channels, func(i int) {
		into := dst[i*d.InH*d.InW:][:d.InH*d.InW]
		g := grad[i*d.OutH*d.OutW:][:d.OutH*d.OutW]
		clear(into)
		d.taps(weight, i%d.Channels, func(w float32, ky, kx, y0, y1, x0, x1 int) {
			for y := y0; y < y1; y++ {
				row := into[(y*d.Stride+ky-d.Top)*d.InW:][:d.InW]
				from := g[y*d.OutW:][x0:x1]
				to := row[x0*d.Stride+kx-d.Left:]
				for j, v := range from {
					to[j*d.Stride] += w * v
				}
			}
		})
	})
}

// GradWeight writes ∂L/∂weight into dst, given grad = ∂L/∂y.
func (d Depthwise) GradWeight(dst, x, grad []float32) {
	k := d.Kernel
	parallel(d.Channels, func(channel int) {
		for tap := range k * k {
			ky, kx := tap/k, tap%k
			y0, y1 := d.rows(ky)
			x0, x1 := d.columns(kx)
			var sum float64
			for n := range d.N {
				i := n*d.Channels + channel
				in := x[i*d.InH*d.InW:][:d.InH*d.InW]
				g := grad[i*d.OutH*d.OutW:][:d.OutH*d.OutW]
				for y := y0; y < y1; y++ {
					row := in[(y*d.Stride+ky-d.Top)*d.InW:][:d.InW]
					for j := x0; j < x1; j++ {
						sum += float64(g[y*d.OutW+j]) * float64(row[j*d.Stride+kx-d.Left])
					}
				}
			}
			dst[channel*k*k+tap] = float32(sum)
		}
	})
}

// taps calls visit for every cell of a channel's kernel that reaches into the
// plane, with the output rows [y0, y1) and columns [x0, x1) that it reaches.
func (d Depthwise) taps(weight []float32, channel int, visit func(w float32, ky, kx, y0, y1, x0, x1 int)) {
	k := d.Kernel
	for tap, w := range weight[channel*k*k:][:k*k] {
		ky, kx := tap/k, tap%k
		y0, y1 := d.rows(ky)
		x0, x1 := d.columns(kx)
		if y0 < y1 && x0 < x1 {
			visit(w, ky, kx, y0, y1, x0, x1)
		}
	}
}
