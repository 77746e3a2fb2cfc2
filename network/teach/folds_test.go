package teach

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"
)

// TestFindAlike: pictures are alike by way of others, whatever their contrast, near each
// other in the list or not; of each the nearest of another class is known.
func TestFindAlike(t *testing.T) {
	at := func(degrees float64) []float32 {
		s, c := math.Sincos(degrees / 180 * math.Pi)
		return []float32{float32(3 * c), float32(3 * s)}
	}
	// cos 25° is 0.906 and cos 26° is 0.899.
	angles := []float64{0, 90, 25, 64, 50, 180, 90}
	labels := []int{0, 0, 0, 1, 1, 1, 0}
	var features []float32
	for i, a := range angles {
		for _, v := range at(a) {
			features = append(features, v*float32(i+1))
		}
	}
	a, err := FindAlike(context.Background(), features, labels)
	if err != nil {
		t.Fatal(err)
	}
	if want := []int{0, 1, 0, 0, 0, 2, 1}; !slices.Equal(a.Group, want) {
		t.Errorf("groups %v, want %v", a.Group, want)
	}
	for i, want := range []int{4, 3, 4, 1, 2, 1, 3} {
		other := a.Other[i]
		if cosine := math.Cos((angles[i] - angles[want]) / 180 * math.Pi); other.Picture != want || math.Abs(other.Cosine-cosine) > 1e-6 {
			t.Errorf("picture %d: %v, want %d at %.3f", i, other, want, cosine)
		}
	}

	// Many, whose copies are far away in the list; one shows nothing at all.
	const n, k = 700, 40
	p := drawn(n, k, 7, 1)
	copy(p.Features[690*k:][:k], p.Features[3*k:])
	copy(p.Features[300*k:][:k], p.Features[690*k:])
	clear(p.Features[5*k:][:k])
	if a, err = FindAlike(context.Background(), p.Features, p.Labels); err != nil {
		t.Fatal(err)
	}
	if a.Group[690] != a.Group[3] || a.Group[300] != a.Group[3] {
		t.Errorf("copies are in groups %d, %d, %d", a.Group[3], a.Group[300], a.Group[690])
	}
	if a.Other[690].Picture != 3 || a.Other[690].Cosine < 0.999999 {
		t.Errorf("the copy's nearest of another class is %v, want 3", a.Other[690])
	}
	if slices.Index(a.Group, a.Group[5]) != 5 || a.Other[5].Cosine != 0 {
		t.Errorf("what shows nothing is like others: %v", a.Other[5])
	}
	if none, err := FindAlike(context.Background(), nil, nil); err != nil || len(none.Group) != 0 {
		t.Errorf("of none %v, %v", none, err)
	}
	if one, err := FindAlike(context.Background(), at(1), []int{0}); err != nil || one.Group[0] != 0 || one.Other[0].Picture != -1 {
		t.Errorf("of one %v, %v", one, err)
	}
	done, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := FindAlike(done, p.Features, p.Labels); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// alone are the groups of n pictures of which none are alike.
func alone(n int) []int {
	g := make([]int, n)
	for i := range g {
		g[i] = i
	}
	return g
}

// repeated are labels: so many of each class.
func repeated(counts ...int) (labels []int) {
	for c, n := range counts {
		labels = append(labels, slices.Repeat([]int{c}, n)...)
	}
	return labels
}

// TestDivide: what folds are made of pictures of which few, or none, can be left out.
func TestDivide(t *testing.T) {
	for name, c := range map[string]struct {
		labels, group  []int
		count          int
		single, bursts []int
		held           int // pictures in folds
	}{
		"two of each":                   {repeated(2, 2), alone(4), 4, nil, nil, 4},
		"one each":                      {repeated(1, 1), alone(2), 0, []int{0, 1}, nil, 0},
		"one of a class":                {repeated(1, 4, 4), alone(9), 8, []int{0}, nil, 8},
		"one, and two":                  {repeated(1, 2), alone(3), 2, []int{0}, nil, 2},
		"few are left out one by one":   {repeated(15, 15), alone(30), 30, nil, nil, 30},
		"more are not":                  {repeated(16, 15), alone(31), 5, nil, nil, 31},
		"copies stay together":          {repeated(4, 4), []int{0, 0, 1, 1, 2, 2, 3, 3}, 4, nil, nil, 8},
		"a burst comes apart":           {repeated(4, 4), []int{0, 0, 0, 0, 1, 2, 3, 4}, 8, nil, []int{0}, 8},
		"classes of one group, all":     {repeated(2, 2), []int{0, 0, 0, 0}, 4, nil, []int{0, 1}, 4},
		"a group of two classes, whole": {repeated(2, 2), []int{0, 1, 0, 1}, 2, nil, nil, 4},
	} {
		f := Divide(c.labels, slices.Max(c.labels)+1, c.group)
		held := 0
		for _, fold := range f.Of {
			if fold >= 0 {
				held++
			}
			if fold >= f.Count {
				t.Errorf("%s: fold %d of %d", name, fold, f.Count)
			}
		}
		if f.Count != c.count || !slices.Equal(f.Single, c.single) || !slices.Equal(f.Bursts, c.bursts) || held != c.held {
			t.Errorf("%s: %d folds of %d pictures, single %v, bursts %v; want %d of %d, %v, %v", name, f.Count, held, f.Single, f.Bursts, c.count, c.held, c.single, c.bursts)
		}
		checkFolds(t, name, f, c.labels)
	}
	if f := Divide(nil, 2, nil); f.Count != 0 || len(f.Of) != 0 {
		t.Errorf("of none %+v", f)
	}
}

// checkFolds: without any fold, every class is still there.
func checkFolds(t *testing.T, name string, f *Folds, labels []int) {
	t.Helper()
	for fold := range f.Count {
		left := map[int]bool{}
		for i, c := range labels {
			if f.Of[i] != fold {
				left[c] = true
			}
		}
		if all := slices.Max(labels) + 1; len(left) != all {
			t.Errorf("%s: without fold %d there are %d classes of %d", name, fold, len(left), all)
		}
	}
}

// TestStratified: folds have about the same size and share of every class, with groups
// in one fold each.
func TestStratified(t *testing.T) {
	labels := repeated(100, 50, 23, 7)
	group := alone(len(labels))
	for i := range 30 { // of 3, some of two classes
		for j := range 3 {
			group[(i*31+j*17)%len(labels)] = i * 31 % len(labels)
		}
	}
	f := Divide(labels, 4, group)
	if f.Count != 5 {
		t.Fatalf("%d folds", f.Count)
	}
	checkFolds(t, "groups", f, labels)
	has := map[[2]int]int{} // by fold and class
	of := map[int]int{}     // group's fold
	for i, fold := range f.Of {
		if was, ok := of[group[i]]; ok && was != fold {
			t.Errorf("group %d is in folds %d and %d", group[i], was, fold)
		}
		of[group[i]] = fold
		has[[2]int{fold, labels[i]}]++
	}
	for c, n := range []int{100, 50, 23, 7} {
		for fold := range f.Count {
			if got, want := float64(has[[2]int{fold, c}]), float64(n)/5; math.Abs(got-want) > 2 {
				t.Errorf("fold %d has %g pictures of class %d, want about %g", fold, got, c, want)
			}
		}
	}
}
