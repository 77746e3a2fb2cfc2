package kernel

import "math"

// Norm is batch norm (arXiv 1502.03167) over a batch x [N, Channels, Plane]:
// y = gamma·(x − mean)/√(variance + Eps) + beta, channel by channel, with the
// mean and the (biased) variance of this batch.
type Norm struct {
	N, Channels, Plane int
	Eps                float32
}

// Statistics writes each channel's mean and biased variance over batch and
// plane into mean and variance [Channels].
func (b Norm) Statistics(mean, variance, x []float32) {
	parallel(b.Channels, func(c int) {
		var sum float64
		b.planes(c, func(lo, hi int) {
			for _, v := range x[lo:hi] {
				sum += float64(v)
			}
		})
		m := sum / b.count()
		sum = 0
		b.planes(c, func(lo, hi int) {
			for _, v := range x[lo:hi] {
				sum += (float64(v) - m) * (float64(v) - m)
			}
		})
		mean[c], variance[c] = float32(m), float32(sum/b.count())
	})
}

// Forward writes the normalised x into dst.
func (b Norm) Forward(dst, x, gamma, beta, mean, variance []float32) {
	parallel(b.Channels, func(c int) {
		scale := gamma[c] * b.inverse(variance[c])
		shift := beta[c] - scale*mean[c]
		b.planes(c, func(lo, hi int) {
			to := dst[lo:hi]
			for i, v := range x[lo:hi] {
				to[i] = scale*v + shift
			}
		})
	})
}

// GradInput writes ∂L/∂x into dst, given grad = ∂L/∂y; mean and variance
// follow from x, and the gradient runs through them too.
func (b Norm) GradInput(dst, x, gamma, grad, mean, variance []float32) {
	parallel(b.Channels, func(c int) {
		inv := b.inverse(variance[c])
		sum, dot := b.sums(c, x, grad, mean[c], inv)
		meanGrad, meanDot := float32(sum/b.count()), float32(dot/b.count())
		b.planes(c, func(lo, hi int) {
			to, g := dst[lo:hi], grad[lo:hi]
			for i, v := range x[lo:hi] {
				to[i] = gamma[c] * inv * (g[i] - meanGrad - (v-mean[c])*inv*meanDot)
			}
		})
	})
}

// GradGamma writes ∂L/∂gamma into dst [Channels].
func (b Norm) GradGamma(dst, x, grad, mean, variance []float32) {
	parallel(b.Channels, func(c int) {
		_, dot := b.sums(c, x, grad, mean[c], b.inverse(variance[c]))
		dst[c] = float32(dot)
	})
}

// sums adds up grad, and grad times the normalised x, over channel c.
func (b Norm) sums(c int, x, grad []float32, mean, inv float32) (sum, dot float64) {
	b.planes(c, func(lo, hi int) {
		g := grad[lo:hi]
		for i, v := range x[lo:hi] {
			sum += float64(g[i])
			dot += float64(g[i]) * float64((v-mean)*inv)
		}
	})
	return sum, dot
}

func (b Norm) count() float64 { return float64(b.N * b.Plane) }

func (b Norm) inverse(variance float32) float32 {
	return float32(1 / math.Sqrt(float64(variance)+float64(b.Eps)))
}

// planes calls visit with the bounds of channel c's plane in every picture.
func (b Norm) planes(c int, visit func(lo, hi int)) {
	for n := range b.N {
		lo := (n*b.Channels + c) * b.Plane
		visit(lo, lo+b.Plane)
	}
}
