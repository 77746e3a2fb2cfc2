package kernel

// AveragePool writes the mean over the pixels of x [n, pixels, channels] into
// dst [n, channels]: global average pooling.
func AveragePool(dst, x []float32, n, pixels, channels int) {
	pooled(dst, x, x, n, pixels, channels, sums)
	for i := range dst[:n*channels] {
		dst[i] /= float32(pixels)
	}
}

// pooled writes into dst [n, channels] the sums over pixels of what the kernel
// makes of x and y [n, pixels, channels].
func pooled(dst, x, y []float32, n, pixels, channels int, kernel func(*instructions) func(*mapArgs)) {
	long(n*pixels*channels, x, y)
	size := blockRows(channels)
	parallel(n, func(w *worker, i int) {
		to, sum := dst[i*channels:][:channels], w.room(sumRoom, channels)
		clear(to)
		for lo := 0; lo < pixels; lo += size {
			clear(sum)
			at, line := (i*pixels+lo)*channels, uintptr(4*channels)
			current.maps(w, mapArgs{
				rows: uintptr(min(size, pixels-lo)), x: &x[at], xLine: line, y: &y[at], yLine: line, z: &x[at], sum: &sum[0],
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
	size := blockRows(channels)
	pieces := (pixels + size - 1) / size
	parallel(n*pieces, func(w *worker, i int) {
		lo := i % pieces * size
		at, line, c := (i/pieces*pixels+lo)*channels, uintptr(4*channels), i/pieces*channels
		current.maps(w, mapArgs{
			rows: uintptr(min(size, pixels-lo)), x: &x[at], xLine: line, y: &x[at], z: &dst[at], zLine: line,
			mean: &zeros[0], scale: &scale[c], shift: &shift[c],
		}, channels, affine)
	})
}

// ScaleGrad writes ∂L/∂scale into dst [n, channels]: the sum over the pixels
// of x times grad, both [n, pixels, channels].
func ScaleGrad(dst, x, grad []float32, n, pixels, channels int) {
	pooled(dst, x, grad, n, pixels, channels, dots)
}
