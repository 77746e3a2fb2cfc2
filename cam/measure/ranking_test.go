package measure

import (
	"math"
	"testing"
)

// TestRanking: three maps of one network on four pictures. Of the first the share on the
// part goes along with what is lost, of the second half so, of the third against it.
func TestRanking(t *testing.T) {
	lost := []float64{1, 2, 3, 4}
	shares := [][]float64{{0.1, 0.2, 0.3, 0.4}, {0.3, 0.1, 0.2, 0.35}, {0.35, 0.3, 0.1, 0.05}}
	truth := make([][]*Pair, 3)
	for m := range truth {
		for i := range lost {
			truth[m] = append(truth[m], &Pair{shares[m][i], lost[i]})
		}
	}
	flat := [][]float64{{3, 3, 3, 3}, {2, 2, 2, 2}, {1, 1, 1, 1}} // as the truth has them, all told
	one := []int{0, 0, 0}
	for _, c := range []struct {
		name      string
		r         Ranking
		overall   float64
		byPicture float64
		pictures  int
	}{
		{"in its order", Ranking{Values: flat}, 1, (-1 - 0.5 + 1 + 1) / 4, 4},
		{"the other way round", Ranking{Values: flat, Less: true}, -1, (1 + 0.5 - 1 - 1) / 4, 4},
		{"the shares themselves", Ranking{Values: shares}, 1, 1, 4},
		{"that tells nothing apart", Ranking{Values: [][]float64{{1, 1, 1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1}}}, 0, 0, 4},
		{"of two pictures", Ranking{Values: [][]float64{{3, math.NaN(), 3, math.NaN()}, {2, math.NaN(), 2, math.NaN()}, {1, math.NaN(), 1, math.NaN()}}}, 1, (-1.0 + 1) / 2, 2},
	} {
		if got := c.r.Overall(truth, 3); math.Abs(got.Value-c.overall) > 1e-9 || got.Interval == nil {
			t.Errorf("a measure %s: overall %v %v, want %v", c.name, got.Value, got.Interval, c.overall)
		}
		got, n := c.r.ByPicture(truth, one, 3)
		if math.Abs(got.Value-c.byPicture) > 1e-9 || n != c.pictures {
			t.Errorf("a measure %s: picture by picture %v of %d, want %v of %d", c.name, got.Value, n, c.byPicture, c.pictures)
		}
	}
	// Pictures without which nothing is lost say nothing of maps, nor do two maps.
	truth[0][0].Y, truth[1][0].Y, truth[2][0].Y = -1, -1, -1
	r := Ranking{Values: flat}
	if got, n := r.ByPicture(truth, one, 3); math.Abs(got.Value-0.5) > 1e-9 || n != 3 {
		t.Errorf("with a picture that lost nothing: %v of %d", got.Value, n)
	}
	if _, n := r.ByPicture(truth, []int{0, 0, 1}, 3); n != 0 {
		t.Errorf("of two maps of a network and one of another: %d pictures", n)
	}
}
