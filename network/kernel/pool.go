package kernel

// AveragePool writes the mean of every plane of x [planes, plane] into dst
// [planes]: global average pooling.
func AveragePool(dst, x []float32, planes, plane int) {
	parallel(planes, func(p int) {
		var sum float64
		for _, v := range x[p*plane:][:plane] {
			sum += float64(v)
		}
		dst[p] = float32(sum / float64(plane))
	})
}

// AveragePoolGrad writes ∂L/∂x [planes, plane] into dst, given grad [planes].
func AveragePoolGrad(dst, grad []float32, planes, plane int) {
	parallel(planes, func(p int) {
		g := grad[p] / float32(plane)
		to := dst[p*plane:][:plane]
		for i := range to {
			to[i] = g
		}
	})
}

// Scale writes x [planes, plane] times scale [planes] into dst, plane by
// plane: the excitation of squeeze-and-excite. dst may be x.
func Scale(dst, x, scale []float32, planes, plane int) {
	parallel(planes, func(p int) {
		s, to := scale[p], dst[p*plane:][:plane]
		for i, v := range x[p*plane:][:plane] {
			to[i] = s * v
		}
	})
}

// ScaleGrad writes ∂L/∂scale into dst [planes]: the sum over each plane of
// x times grad, both [planes, plane].
func ScaleGrad(dst, x, grad []float32, planes, plane int) {
	parallel(planes, func(p int) {
		var sum float64
		g := grad[p*plane:][:plane]
		for i, v := range x[p*plane:][:plane] {
			sum += float64(v) * float64(g[i])
		}
		dst[p] = float32(sum)
	})
}

// Add writes a + b into dst, which may be either.
func Add(dst, a, b []float32) {
	chunks(len(dst), func(lo, hi int) {
		to, a, b := dst[lo:hi], a[lo:hi], b[lo:hi]
		for i := range to {
			to[i] = a[i] + b[i]
		}
	})
}
