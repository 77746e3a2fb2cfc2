package kernel

import (
	"fmt"
	"math"
	"testing"
)

// poolShapes are pictures, pixels and channels.
var poolShapes = []struct{ n, pixels, channels int }{
	{1, 1, 1}, {3, 4, 3}, {2, 49, 8}, {1, 9, 17}, {5, 10, 33}, {2, 600, 40}, {1, 3000, 12}, {1, 49, 1280}, {2, 130, 129},
}

// TestPool holds what goes over all pixels of a channel to its definition.
func TestPool(t *testing.T) {
	for _, s := range poolShapes {
		size := s.n * s.pixels * s.channels
		x, grad, scale := noise(1, size), noise(2, size), noise(3, s.n*s.channels)
		mean, spread, scaled := newExact(s.n*s.channels), newExact(size), newExact(size)
		scaleGrad, sums := newExact(s.n*s.channels), newExact(s.channels)
		for i := range size {
			of := i/s.channels/s.pixels*s.channels + i%s.channels
			mean.add(of, float64(x[i])/float64(s.pixels))
			spread.add(i, float64(scale[of])/float64(s.pixels))
			scaled.add(i, float64(x[i])*float64(scale[of]))
			scaleGrad.add(of, float64(x[i])*float64(grad[i]))
			sums.add(i%s.channels, float64(x[i]))
		}
		eachSet(t, fmt.Sprintf("[%d, %d, %d]", s.n, s.pixels, s.channels), 0, func(t *testing.T) {
			for _, c := range []struct {
				name string
				want exact
				run  func(dst []float32)
			}{
				{"average", mean, func(dst []float32) { AveragePool(dst, x, s.n, s.pixels, s.channels) }},
				{"average's gradient", spread, func(dst []float32) { AveragePoolGrad(dst, scale, s.n, s.pixels, s.channels) }},
				{"scale", scaled, func(dst []float32) { Scale(dst, x, scale, s.n, s.pixels, s.channels) }},
				{"scale in place", scaled, func(dst []float32) {
					copy(dst, x)
					Scale(dst, dst, scale, s.n, s.pixels, s.channels)
				}},
				{"scale's gradient", scaleGrad, func(dst []float32) { ScaleGrad(dst, x, grad, s.n, s.pixels, s.channels) }},
				{"sums of channels", sums, func(dst []float32) { SumChannels(dst, x, s.n*s.pixels, s.channels) }},
			} {
				got := vector(len(c.want.value))
				c.run(got.values())
				near(t, c.name, got, c.want)
			}
		})
	}
}

// TestAdd: every length, also into an operand. A sum of two is rounded once,
// so that there is one right result.
func TestAdd(t *testing.T) {
	eachSet(t, "", 0, func(t *testing.T) {
		for _, n := range []int{0, 1, 7, 8, 33, 1023, 1024, 1025, 5000, 1024*16*3 + 5} {
			a, b := noise(1, n), noise(2, n)
			for _, into := range []string{"a result", "a", "b"} {
				got := vector(n)
				a, b := a, b
				switch into {
				case "a":
					copy(got.values(), a)
					a = got.values()
				case "b":
					copy(got.values(), b)
					b = got.values()
				}
				want := make([]float32, n)
				for i := range want {
					want[i] = a[i] + b[i]
				}
				Add(got.values(), a, b)
				if !same(got.values(), want) || !got.intact() {
					t.Errorf("the sum of %d values into %s is wrong, or was written outside it", n, into)
				}
			}
		}
	})
}

// TestLargeSums: adding up many values of one sign, as after an activation,
// loses no more than a few roundings: they are added up in blocks.
func TestLargeSums(t *testing.T) {
	const rows, channels = 112 * 112, 16
	x := noise(1, rows*channels)
	want := newExact(channels)
	for i := range x {
		x[i] = float32(math.Abs(float64(x[i]))) + 1
		want.add(i%channels, float64(x[i]))
	}
	eachSet(t, "", 0, func(t *testing.T) {
		got := vector(channels)
		SumChannels(got.values(), x, rows, channels)
		within(t, "sums", got, want, 1e-6)
		AveragePool(got.values(), x, 1, rows, channels)
		for c := range channels {
			want := want.value[c] / rows
			if off := math.Abs(float64(got.values()[c])/want - 1); off > 1e-6 {
				t.Errorf("the mean of channel %d is %v, want %v: off by %.2g, want at most 1e-6", c, got.values()[c], want, off)
			}
		}
	})
}
