package kernel

import (
	"fmt"
	"math"
	"testing"
)

// normShapes are rows and channels around the sizes of vectors and of the
// blocks in which rows are added up.
var normShapes = []struct{ rows, channels int }{
	{1, 5}, {2, 1}, {7, 3}, {49, 8}, {100, 12}, {64, 16}, {130, 33}, {513, 24}, {1500, 3}, {700, 40}, {4000, 7}, {20, 1152},
}

// normCase is a batch of which channel 0 has mean 1000 and deviation 1, and
// channel 1, if there is one, is constant.
func normCase(rows, channels int) []float32 {
	x := noise(1, rows*channels)
	for r := range rows {
		x[r*channels] += 1000
		if channels > 1 {
			x[r*channels+1] = 0.3
		}
	}
	return x
}

// statisticsOf gives mean and biased variance of each channel.
func statisticsOf(x []float32, channels int) (mean, variance []float64) {
	mean, variance = make([]float64, channels), make([]float64, channels)
	rows := float64(len(x) / channels)
	for i, v := range x { // around the first value, so that of a constant it is exact
		mean[i%channels] += float64(v-x[i%channels]) / rows
	}
	for c := range mean {
		mean[c] += float64(x[c])
	}
	for i, v := range x {
		d := float64(v) - mean[i%channels]
		variance[i%channels] += d * d / rows
	}
	return mean, variance
}

// TestNormStatistics: the errors are those of adding up how far values are
// from the first row, or the squares of that: these are positive, and up to
// 512 of them are added up in float32, so that errors are larger than those of
// other sums. The largest seen is 9.6e-7. A mean that is large beside the
// deviation costs no more than its own rounding to float32, by 2⁻²⁴ of itself.
func TestNormStatistics(t *testing.T) {
	for _, s := range normShapes {
		x := normCase(s.rows, s.channels)
		mean, variance := statisticsOf(x, s.channels)
		wantMean, wantVariance := newExact(s.channels), newExact(s.channels)
		for c := range s.channels {
			first := float64(x[c]) - mean[c]
			wantMean.value[c] = mean[c]
			wantMean.size[c] = math.Sqrt(variance[c]) + math.Abs(first) + math.Abs(mean[c])/16
			wantVariance.add(c, variance[c])
			wantVariance.size[c] += first * first
		}
		eachSet(t, fmt.Sprintf("[%d, %d]", s.rows, s.channels), 0, func(t *testing.T) {
			b := Norm{Rows: s.rows, Channels: s.channels}
			gotMean, gotVariance := vector(s.channels), vector(s.channels)
			b.Statistics(gotMean.values(), gotVariance.values(), x)
			near(t, "mean", gotMean, wantMean)
			within(t, "variance", gotVariance, wantVariance, 2e-6)
		})
	}
}

// TestNorm holds batch norm with given statistics, and the activation after
// it, to its definition.
func TestNorm(t *testing.T) {
	for _, s := range normShapes {
		x, gamma, beta := normCase(s.rows, s.channels), noise(2, s.channels), noise(3, s.channels)
		mean, variance := noise(4, s.channels), noise(5, s.channels)
		for c := range s.channels {
			variance[c] *= variance[c]
		}
		mean[0] += 1000
		for _, act := range []Activation{Identity, SiLU, ReLU6, Sigmoid, ReLU} {
			b := Norm{Rows: s.rows, Channels: s.channels, Eps: 1e-3, Activation: act}
			want := newExact(len(x))
			for i, v := range x {
				c := i % s.channels
				want.add(i, float64(gamma[c])*(float64(v)-float64(mean[c]))/math.Sqrt(float64(variance[c])+float64(b.Eps)))
				want.add(i, float64(beta[c]))
			}
			want.activated(act)
			eachSet(t, fmt.Sprintf("[%d, %d], %v", s.rows, s.channels, act), 0, func(t *testing.T) {
				got := vector(len(x))
				b.Forward(got.values(), x, gamma, beta, mean, variance)
				near(t, "result", got, want)
			})
		}
	}
}

// normLoss is Σ grad·y of one channel, with y the normalised, activated x.
func normLoss(x, grad []float64, gamma, beta, eps float64, act Activation) float64 {
	var mean, variance, loss float64
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		variance += (v - mean) * (v - mean) / float64(len(x))
	}
	for i, v := range x {
		loss += grad[i] * valueOf(act, gamma*(v-mean)/math.Sqrt(variance+eps)+beta)
	}
	return loss
}

// slopeAt is the derivative of f by *at: a central difference, in float64, of
// which the error is about 1e-9.
func slopeAt(at *float64, f func() float64) float64 {
	const h = 1e-5
	x := *at
	defer func() { *at = x }()
	*at = x + h
	above := f()
	*at = x - h
	return (above - f()) / (2 * h)
}

// TestNormGrad holds the gradients to central differences of the definition,
// through mean and variance too. Values less than 1e-4 from ReLU6's corners
// are moved, or differences would go across them.
func TestNormGrad(t *testing.T) {
	for _, s := range []struct{ rows, channels int }{{2, 1}, {7, 3}, {30, 8}, {23, 17}, {40, 33}, {600, 3}, {1100, 2}} {
		for _, act := range []Activation{Identity, SiLU, ReLU6, ReLU} {
			b := Norm{Rows: s.rows, Channels: s.channels, Eps: 1e-3, Activation: act}
			x, grad := noise(1, s.rows*s.channels), noise(2, s.rows*s.channels)
			gamma, beta := times(noise(3, s.channels), 2), times(noise(4, s.channels), 2)
			mean, variance := make([]float32, s.channels), make([]float32, s.channels)
			b.Statistics(mean, variance, x)
			dx, dGamma, dBeta := newExact(len(x)), newExact(s.channels), newExact(s.channels)
			for c := range s.channels {
				xs, gs := make([]float64, s.rows), make([]float64, s.rows)
				size := 0.0
				for r := range s.rows {
					xs[r], gs[r] = float64(x[r*s.channels+c]), float64(grad[r*s.channels+c])
					size += math.Abs(gs[r])
				}
				g, e := float64(gamma[c]), float64(beta[c])
				loss := func() float64 { return normLoss(xs, gs, g, e, float64(b.Eps), act) }
				for r := range s.rows {
					dx.add(r*s.channels+c, slopeAt(&xs[r], loss))
					// It is a difference of three terms, of which the gradient is one.
					dx.size[r*s.channels+c] += 3 * math.Abs(g) / math.Sqrt(float64(variance[c]+b.Eps)) * (1 + math.Abs(gs[r]))
				}
				dGamma.add(c, slopeAt(&g, loss))
				dBeta.add(c, slopeAt(&e, loss))
				dGamma.size[c] += size
				dBeta.size[c] += size
			}
			eachSet(t, fmt.Sprintf("[%d, %d], %v", s.rows, s.channels, act), 0, func(t *testing.T) {
				got, gotGamma, gotBeta := vector(len(x)), vector(s.channels), vector(s.channels)
				back := b.back(gotGamma.values(), gotBeta.values(), x, gamma, beta, grad, mean, variance, false)
				back.writeAll(got.values())
				back.release()
				near(t, "input's gradient", got, dx)
				near(t, "gamma's gradient", gotGamma, dGamma)
				near(t, "beta's gradient", gotBeta, dBeta)
			})
		}
	}
}
