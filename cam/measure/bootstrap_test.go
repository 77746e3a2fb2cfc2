package measure

import (
	"math"
	"testing"
)

func mean(sum []float64, n float64) float64 { return sum[0] / n }

// TestBootstrap: of shares and means, of which formulae give the interval, the
// bootstrap's is as wide and where it is. With 1,000 samples its ends are good to some
// 8 % of its half width (twice the deviation of a 2.5th percentile of so many).
func TestBootstrap(t *testing.T) {
	const n, tolerance = 2000, 0.08
	b, values, held := NewBootstrap(7, 2), []float64(nil), 0.0
	for i := range n {
		value := math.Mod(float64(i)*0.6180339887498949, 1)
		hit := 0.0
		if i%5 != 0 {
			hit = 1
		}
		held += hit
		values = append(values, value)
		b.Add(i, []float64{value, hit})
	}
	for _, c := range []struct {
		name      string
		got, want Mean
	}{
		{"a mean", b.Figure(mean), MeanOf(values)},
		{"a share", b.Figure(func(sum []float64, n float64) float64 { return sum[1] / n }), Share(held, n)},
	} {
		half := (c.want.Interval[1] - c.want.Interval[0]) / 2
		if math.Abs(c.got.Value-c.want.Value) > 1e-12 || math.Abs(c.got.Interval[0]-c.want.Interval[0]) > tolerance*half || math.Abs(c.got.Interval[1]-c.want.Interval[1]) > tolerance*half {
			t.Errorf("%s: got %v %v, want %v %v", c.name, c.got.Value, *c.got.Interval, c.want.Value, *c.want.Interval)
		}
	}
	if b.Count() != n {
		t.Errorf("%d pictures", b.Count())
	}
}

// TestPairs: two networks that differ by the same on every picture differ by that, with
// no doubt; of one picture there is no interval, of none nothing.
func TestPairs(t *testing.T) {
	a, b := NewBootstrap(1, 1), NewBootstrap(1, 1)
	if m := a.Figure(mean); m.Value != 0 || m.Interval != nil {
		t.Errorf("of none: %v", m)
	}
	a.Add(0, []float64{1.5})
	b.Add(0, []float64{1})
	if m := a.Less(b, mean); m.Value != 0.5 || m.Interval != nil {
		t.Errorf("of one: %v", m)
	}
	for i := 1; i < 100; i++ {
		x := float64(i % 7)
		a.Add(i, []float64{x + 0.5})
		b.Add(i, []float64{x})
	}
	if m := a.Less(b, mean); math.Abs(m.Value-0.5) > 1e-12 || math.Abs(m.Interval[0]-0.5) > 1e-12 || math.Abs(m.Interval[1]-0.5) > 1e-12 {
		t.Errorf("differ by %v %v", m.Value, *m.Interval)
	}
}

// TestDrawn: how often a picture is drawn is Poisson's, of mean 1 and variance 1; of
// 100,000 the deviations are 0.003 and 0.006.
func TestDrawn(t *testing.T) {
	const n = 100_000
	var sum, squares float64
	for i := range uint64(n) {
		k := drawn(3, i/100, i%100)
		sum, squares = sum+k, squares+(k-1)*(k-1)
	}
	if math.Abs(sum/n-1) > 0.012 || math.Abs(squares/n-1) > 0.024 {
		t.Errorf("a mean of %v and a variance of %v", sum/n, squares/n)
	}
}

// TestSpearman against a value computed by hand, and an interval that holds it.
func TestSpearman(t *testing.T) {
	if got := (Pairs{{1, 2}, {2, 1}, {3, 3}, {4, 4}}).Spearman(1); math.Abs(got.Value-0.8) > 1e-12 {
		t.Errorf("got %v, want 0.8", got.Value)
	}
	var p Pairs
	for i := range 300 {
		x := drawn(5, uint64(i), 1) + float64(i)/300
		p = append(p, Pair{x, x + 3*drawn(5, uint64(i), 2)})
	}
	// Fisher's interval of a rank correlation has a half width of 1.96·√(1.06/(n − 3))
	// on the scale of atanh (Fieller et al. 1957, doi 10.1093/biomet/44.3-4.470); the
	// bootstrap's is held to it within a quarter, as few samples allow.
	got := p.Spearman(1)
	half := 1.96 * math.Sqrt(1.06/297)
	lo, hi := math.Tanh(math.Atanh(got.Value)-half), math.Tanh(math.Atanh(got.Value)+half)
	if w := got.Interval[1] - got.Interval[0]; got.Interval[0] > got.Value || got.Interval[1] < got.Value || math.Abs(w/(hi-lo)-1) > 0.25 {
		t.Errorf("%v %v, want about %v to %v", got.Value, *got.Interval, lo, hi)
	}
	if got := (Pairs{{1, 1}, {1, 2}}).Spearman(1); got.Value != 0 {
		t.Errorf("of numbers that are alike %v", got.Value)
	}
}
