package measure

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestDescending: it is a stable sort by comparisons.
func TestDescending(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	special := []float32{0, float32(math.Copysign(0, -1)), 1, -1, math.MaxFloat32, -math.MaxFloat32, math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32,
		float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN())}
	for n := range 300 {
		values := make([]float32, n)
		for i := range values {
			switch rng.IntN(3) {
			case 0:
				values[i] = special[rng.IntN(len(special))]
			case 1:
				values[i] = float32(rng.NormFloat64())
			default:
				values[i] = float32(rng.IntN(7) - 3)
			}
		}
		want := make([]int32, n)
		for i := range want {
			want[i] = int32(i)
		}
		slices.SortStableFunc(want, func(a, b int32) int { return cmp.Compare(values[b], values[a]) })
		if got := descending(values); !slices.Equal(got, want) {
			t.Fatalf("%v: %v, want %v", values, got, want)
		}
	}
}
