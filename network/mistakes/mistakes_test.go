package mistakes

import (
	"math"
	"slices"
	"testing"
)

// small is a case to count by hand: three classes, two networks, six pictures, one of
// which nobody was asked about.
func small() *All {
	a := &All{Classes: 3, Networks: 2}
	for _, s := range []struct {
		class         int
		first, second []float64
	}{
		{0, []float64{0.8, 0.1, 0.1}, []float64{0.9, 0.05, 0.05}},
		{0, []float64{0.1, 0.8, 0.1}, []float64{0.05, 0.9, 0.05}},
		{1, []float64{0.2, 0.7, 0.1}, []float64{0.2, 0.7, 0.1}},
		{1, []float64{0.5, 0.4, 0.1}, []float64{0.15, 0.75, 0.1}},
		{2, []float64{0.1, 0.6, 0.3}, []float64{0.1, 0.3, 0.6}},
	} {
		a.Seen = append(a.Seen, See(s.class, [][]float64{s.first, s.second}))
	}
	a.Seen = append(a.Seen, Seen{Class: 2})
	return a
}

// TestLists: every list of the small case, by hand.
func TestLists(t *testing.T) {
	a := small()
	is := func(what string, got []int, want ...int) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	is("wrong, the first", a.Wrong(0), 1, 4, 3) // sure to 0.8, 0.6, 0.5
	is("wrong, the second", a.Wrong(1), 1)
	is("behind 0 as 1", a.Behind(0, 0, 1), 1)
	is("behind 2 as 1", a.Behind(0, 2, 1), 4)
	is("apart", a.Apart(0, 1), 3, 4)
	is("the other way round", a.Apart(1, 0), 3, 4)
	is("changed", a.Changed(0, 1), 3, 4, 0, 1) // 0.35, 0.3, 0.1, −0.05; none of picture 2
	is("concerned", a.Concerned(0, 2), 0, 1)
	is("all concerned", a.Concerned(1, 5), 0, 1, 2)
	if got := a.Change(1, 0, 3); math.Abs(got+0.35) > 1e-12 {
		t.Errorf("change %v", got)
	}
	if want := [][]int{{1, 1, 0}, {1, 1, 0}, {0, 1, 0}}; !slices.EqualFunc(a.Matrix(0, []int{0, 1, 2}), want, slices.Equal) {
		t.Errorf("matrix %v", a.Matrix(0, []int{0, 1, 2}))
	}
	if want := [][]int{{0, 1}, {0, 1}}; !slices.EqualFunc(a.Matrix(0, []int{2, 1}), want, slices.Equal) {
		t.Errorf("matrix of two classes %v", a.Matrix(0, []int{2, 1}))
	}
	if want := []Confusion{{0, 1, 1}, {1, 0, 1}, {2, 1, 1}}; !slices.Equal(a.Confused(0), want) {
		t.Errorf("confused %v", a.Confused(0))
	}
	if want := []Pair{{0, 1, 3. / 5, 0, 2. / 5}}; !slices.Equal(a.Pairs(), want) {
		t.Errorf("pairs %v", a.Pairs())
	}
	if a.Asked() != 5 || a.Of(1, 5).Class != -1 {
		t.Errorf("%d pictures; of the last %v", a.Asked(), a.Of(1, 5))
	}
	all := a.Hurting()
	// As surely of class 1 as its own pictures are: 0.85 where 0.64 is usual.
	if h := all[1]; h.Wrong != 2 || h.Suspected == nil || *h.Suspected != 1 || math.Abs(h.Loss+(math.Log(0.1)+math.Log(0.05))/2) > 1e-12 {
		t.Errorf("%+v", h)
	}
	for _, i := range []int{0, 2, 3, 4, 5} { // the fifth is of class 2 and 1 alike, to 0.45
		if all[i].Suspected != nil {
			t.Errorf("picture %d seems to be of %d", i, *all[i].Suspected)
		}
	}
}

// TestPairAt: pairs are where See puts them.
func TestPairAt(t *testing.T) {
	odds := [][]float64{{1, 0}, {0.5, 0.5}, {0.2, 0.8}, {0, 1}}
	s := See(0, odds)
	seen := map[int]bool{}
	for b := range odds {
		for a := range b {
			at := PairAt(a, b)
			if at != PairAt(b, a) || seen[at] {
				t.Errorf("%d and %d are at %d and %d", a, b, at, PairAt(b, a))
			}
			seen[at] = true
			if two := See(0, [][]float64{odds[a], odds[b]}); two.Divergence != two.Pairs[0] || math.Abs(s.Pairs[at]-two.Divergence) > 1e-15 {
				t.Errorf("%d and %d diverge by %v, alone by %v", a, b, s.Pairs[at], two.Divergence)
			}
		}
	}
	if len(s.Pairs) != len(seen) || math.Abs(s.Pairs[PairAt(0, 3)]-math.Ln2) > 1e-15 { // that have nothing in common
		t.Errorf("pairs %v", s.Pairs)
	}
}
