package teach

import (
	"math"
	"testing"
)

// TestWilson: against scipy 1.17.1: binomtest(right, n).proportion_ci(method="wilson").
func TestWilson(t *testing.T) {
	for _, c := range []struct {
		right, n int
		lo, hi   float64
	}{{0, 0, 0, 1}, {0, 10, 0, 0.2775328}, {10, 10, 0.7224672, 1}, {5, 10, 0.2365931, 0.7634069}, {29, 30, 0.8332961, 0.9940914}} {
		lo, hi := Wilson(c.right, c.n)
		if math.Abs(lo-c.lo) > 2e-7 || math.Abs(hi-c.hi) > 2e-7 {
			t.Errorf("%d of %d: %.7f to %.7f, want %.7f to %.7f", c.right, c.n, lo, hi, c.lo, c.hi)
		}
	}
}
