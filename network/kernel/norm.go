package kernel

import "math"

// Norm is batch norm (arXiv 1502.03167) over x [Rows, Channels], a row for each
// pixel of the batch, and the activation that follows it:
// y = Activation(gamma·(x − mean)/√(variance + Eps) + beta), channel by
// channel, with the mean and the (biased) variance of this batch.
type Norm struct {
	Rows, Channels int
	Eps            float32
	Activation     Activation
}

// Statistics writes each channel's mean and biased variance over the rows into
// mean and variance [Channels].
func (b Norm) Statistics(mean, variance, x []float32) {
	long(b.Rows*b.Channels, x)
	// Around the first row instead of zero, or a mean that is large beside the
	// deviation would swallow the variance.
	around := x[:b.Channels]
	totals := columns(b.Rows, b.Channels, 2, func(w *worker, to []float32, lo, hi int) {
		from := &x[lo*b.Channels]
		current.maps(w, mapArgs{
			rows: uintptr(hi - lo), x: from, xLine: uintptr(4 * b.Channels), y: from, z: from,
			mean: &around[0], sum: &to[0], dot: &to[b.Channels],
		}, b.Channels, moments)
	})
	for c := range b.Channels {
		m := totals[c] / float64(b.Rows)
		mean[c] = float32(m + float64(around[c]))
		variance[c] = float32(max(totals[b.Channels+c]/float64(b.Rows)-m*m, 0))
	}
}

// scale gives gamma/√(variance + Eps) for each channel.
func (b Norm) scale(gamma, variance []float32) []float32 {
	s := make([]float32, b.Channels)
	for c := range s {
		s[c] = gamma[c] * b.inverse(variance[c])
	}
	return s
}

func (b Norm) inverse(variance float32) float32 {
	return float32(1 / math.Sqrt(float64(variance)+float64(b.Eps)))
}

// Forward writes the normalised and activated x into dst.
func (b Norm) Forward(dst, x, gamma, beta, mean, variance []float32) {
	long(b.Rows*b.Channels, dst, x)
	long(b.Channels, beta, mean)
	scale, line := b.scale(gamma, variance), uintptr(4*b.Channels)
	blocks(b.Rows, b.Channels, func(w *worker, _, lo, hi int) {
		at := lo * b.Channels
		current.maps(w, mapArgs{
			rows: uintptr(hi - lo), x: &x[at], xLine: line, y: &x[at], z: &dst[at], zLine: line,
			mean: &mean[0], scale: &scale[0], shift: &beta[0], activation: uintptr(b.Activation),
		}, b.Channels, affine)
	})
}

// Grad writes ∂L/∂x into dst, ∂L/∂gamma and ∂L/∂beta into gradGamma and
// gradBeta [Channels], given grad = ∂L/∂y; mean and variance follow from x, and
// the gradient runs through them too. dst must be neither x nor grad.
func (b Norm) Grad(dst, gradGamma, gradBeta, x, gamma, beta, grad, mean, variance []float32) {
	long(b.Rows*b.Channels, dst, x, grad)
	long(b.Channels, beta, mean)
	scale, line := b.scale(gamma, variance), uintptr(4*b.Channels)
	// With u = gradient before the activation, which dst holds meanwhile, and
	// x̂ the normalised x: ∂L/∂x = scale·(u − mean(u) − x̂·mean(u·x̂)).
	totals := columns(b.Rows, b.Channels, 2, func(w *worker, to []float32, lo, hi int) {
		at := lo * b.Channels
		current.maps(w, mapArgs{
			rows: uintptr(hi - lo), x: &x[at], xLine: line, y: &grad[at], yLine: line, z: &dst[at], zLine: line,
			mean: &mean[0], scale: &scale[0], shift: &beta[0], activation: uintptr(b.Activation),
			sum: &to[0], dot: &to[b.Channels],
		}, b.Channels, affineGradient)
	})
	byX, shift := make([]float32, b.Channels), make([]float32, b.Channels)
	for c := range b.Channels {
		sum, dot, inverse := totals[c], totals[b.Channels+c], float64(b.inverse(variance[c]))
		gradBeta[c], gradGamma[c] = float32(sum), float32(dot*inverse)
		byX[c] = float32(-float64(scale[c]) * inverse * inverse * dot / float64(b.Rows))
		shift[c] = float32(-float64(scale[c]) * sum / float64(b.Rows))
	}
	blocks(b.Rows, b.Channels, func(w *worker, _, lo, hi int) {
		at := lo * b.Channels
		current.maps(w, mapArgs{
			rows: uintptr(hi - lo), x: &x[at], xLine: line, y: &dst[at], yLine: line, z: &dst[at], zLine: line,
			mean: &mean[0], scale: &byX[0], sum: &scale[0], shift: &shift[0],
		}, b.Channels, combine)
	})
}
