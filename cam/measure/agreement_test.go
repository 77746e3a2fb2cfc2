package measure

import (
	"math"
	"testing"
)

// TestRankCorrelation against values computed by hand (and SciPy 1.17.1's spearmanr).
func TestRankCorrelation(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b []float32
		want float64
	}{
		{"the same order", []float32{1, 2, 3, 4}, []float32{-7, 0, 0.5, 100}, 1},
		{"the reverse", []float32{1, 2, 3, 4}, []float32{4, 3, 2, 1}, -1},
		{"1 − 6·Σd²/(n(n² − 1)) of d 1, −1, 0, 0", []float32{1, 2, 3, 4}, []float32{2, 1, 3, 4}, 0.8},
		// Ranks 0, 1.5, 1.5, 3 and 0, 1, 2, 3: 4.5 / √(4.5 · 5).
		{"ties", []float32{1, 2, 2, 3}, []float32{1, 2, 3, 4}, math.Sqrt(0.9)},
		// Ranks 0.5, 0.5, 2.5, 2.5 and 2.5, 0.5, 0.5, 2.5: 0.
		{"ties in both", []float32{0, 0, 1, 1}, []float32{1, 0, 0, 1}, 0},
		{"one map the same everywhere", []float32{1, 1, 1}, []float32{1, 2, 3}, math.NaN()},
		{"one cell", []float32{1}, []float32{2}, math.NaN()},
		{"none", nil, nil, math.NaN()},
	} {
		for _, got := range []float64{RankCorrelation(c.a, c.b), RankCorrelation(c.b, c.a)} {
			if d := math.Abs(got - c.want); !(d < 1e-12) && !(math.IsNaN(got) && math.IsNaN(c.want)) {
				t.Errorf("%s: got %v, want %v", c.name, got, c.want)
			}
		}
	}
}

func TestTopIoU(t *testing.T) {
	ten := []float32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	for _, c := range []struct {
		name string
		b    []float32
		want float64
	}{
		{"itself", ten, 1},
		{"one of two", []float32{9, 1, 2, 3, 4, 5, 6, 7, 0, 8}, 1.0 / 3},
		{"none of two", []float32{9, 8, 2, 3, 4, 5, 6, 7, 1, 0}, 0},
		{"three that share the second place", []float32{0, 0, 0, 0, 0, 0, 7, 7, 7, 8}, 0.5},
		{"the same everywhere", make([]float32, 10), 0.2},
	} {
		if got, back := TopIoU(ten, c.b, 0.2), TopIoU(c.b, ten, 0.2); got != c.want || back != c.want {
			t.Errorf("%s: got %v and %v, want %v", c.name, got, back, c.want)
		}
	}
	if got := TopIoU([]float32{1, 2}, []float32{1, 2}, 0.2); got != 1 {
		t.Errorf("of two cells one is the highest: got %v", got)
	}
}
