package kernel

// AveragePool writes the mean over the pixels of x [n, pixels, channels] into
// dst [n, channels]: global average pooling.
func AveragePool(dst, x []float32, n, pixels, channels int) {
	averagePool(dst, source{plain: x}, n, pixels, channels)
}

func averagePool(dst []float32, x source, n, pixels, channels int) {
	pooled(dst, x, nil, n, pixels, channels, sums)
	for i := range dst[:n*channels] {
		dst[i] /= float32(pixels)
	}
}

// pooled writes into dst [n, channels] the sums over pixels of what the kernel makes of
// x and, where it takes that, y [n, pixels, channels].
func pooled(dst []float32, x source, y []float32, n, pixels, channels int, kernel func(*instructions) func(*mapArgs)) {
	x.long(n * pixels * channels)
	size := blockRows(channels)
	parallel(n, func(w *worker, i int) {
		to, sum := dst[i*channels:][:channels], w.room(sumRoom, channels)
		clear(to)
		for lo := 0; lo < pixels; lo += size {
			clear(sum)
			at, rows, line := i*pixels+lo, min(size, pixels-lo), uintptr(4*channels)
			from := &x.rows(w, channels, at, rows)[0]
			other := from
			if y != nil {
				other = &y[at*channels]
			}
			current.maps(w, mapArgs{
				rows: uintptr(rows), x: from, xLine: line, y: other, yLine: line, z: from, sum: &sum[0],
			}, channels, kernel)
			for c, v := range sum {
				to[c] += v
			}
		}
	})
}

// AveragePoolGrad writes ∂L/∂x [n, pixels, channels] into dst, given grad
// [n, channels].
func AveragePoolGrad(dst, grad []float32, n, pixels, channels int) {
	long(n*pixels*channels, dst)
	parallel(n, func(w *worker, i int) {
		part := w.room(sumRoom, channels)
		for c, v := range grad[i*channels:][:channels] {
			part[c] = v / float32(pixels)
		}
		current.maps(w, mapArgs{
			rows: uintptr(pixels), x: &part[0], y: &part[0], z: &dst[i*pixels*channels], zLine: uintptr(4 * channels),
		}, channels, copyMap)
	})
}

// Scale writes x [n, pixels, channels] times scale [n, channels] into dst: the
// excitation of squeeze-and-excite. dst may be x.
func Scale(dst, x, scale []float32, n, pixels, channels int) {
	scaleShift(dst, x, scale, make([]float32, n*channels), n, pixels, channels)
}

// scaleShift writes x times scale plus shift, both [n, channels], into dst.
func scaleShift(dst, x, scale, shift []float32, n, pixels, channels int) {
	long(n*pixels*channels, dst, x)
	long(n*channels, scale, shift)
	zeros := make([]float32, channels)
	c := cut{n, pixels, min(blockRows(channels), pixels)}
	parallel(c.blocks(), func(w *worker, i int) {
		lo, hi := c.block(i)
		scaleShiftRows(w, dst[lo*channels:], x[lo*channels:], hi-lo, channels, scale[lo/pixels*channels:], shift[lo/pixels*channels:], zeros)
	})
}

// scaleShiftRows is scaleShift of some rows of a picture; zeros are as many as channels.
func scaleShiftRows(w *worker, dst, x []float32, rows, channels int, scale, shift, zeros []float32) {
	line := uintptr(4 * channels)
	current.maps(w, mapArgs{
		rows: uintptr(rows), x: &x[0], xLine: line, y: &x[0], z: &dst[0], zLine: line,
		mean: &zeros[0], scale: &scale[0], shift: &shift[0],
	}, channels, affine)
}

// ScaleGrad writes ∂L/∂scale into dst [n, channels]: the sum over the pixels
// of x times grad, both [n, pixels, channels].
func ScaleGrad(dst, x, grad []float32, n, pixels, channels int) {
	long(n*pixels*channels, grad)
	pooled(dst, source{plain: x}, grad, n, pixels, channels, dots)
}
