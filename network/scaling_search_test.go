package network

import (
	"context"
	"image"
	"math"
	"slices"
	"testing"
)

// TestSearch: the paper's bases are among those found, and all that are found
// satisfy its constraint.
func TestSearch(t *testing.T) {
	found := Search(0.05, ConstraintTolerance)
	if !slices.Contains(found, PaperCompound) {
		t.Errorf("%v is not in %v", PaperCompound, found)
	}
	for i, c := range found {
		if min(c.Alpha, c.Beta, c.Gamma) < 1 || math.Abs(c.Cost()-2) > ConstraintTolerance+1e-9 || slices.Contains(found[:i], c) {
			t.Errorf("%v of cost %v", c, c.Cost())
		}
	}
	// Counted by hand for a coarse step: α·(βγ)² of 2 has the bases below.
	if got, want := Search(0.5, 0), []Compound{{2, 1, 1}}; !slices.Equal(got, want) {
		t.Errorf("in steps of 0.5: %v, want %v", got, want)
	}
	for _, step := range []float64{0, -1, math.NaN()} {
		if got := Search(step, 0.1); got != nil {
			t.Errorf("step %v: %v", step, got)
		}
	}
}

func TestRounded(t *testing.T) {
	s, err := PaperCompound.Scale(1.5, 224)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := s.Rounded(), (Scaling{1.315, 1.154, Square(276)}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestTime(t *testing.T) {
	n, err := New(EfficientNet64, Scaling{1, 0.25, Square(32)}, SymmetricPadding, 3)
	if err != nil {
		t.Fatal(err)
	}
	m, err := NewRandomModel(n, 1, 1e-5, nil)
	if err != nil {
		t.Fatal(err)
	}
	input := m.Preprocessing.Apply(image.NewRGBA(image.Rect(0, 0, 40, 30)), m.Network.Scaling.Resolution)
	var steps []int
	took, err := m.Time(context.Background(), input, 2, func(done, of int) { steps = append(steps, done, of) })
	if err != nil || took <= 0 || !slices.Equal(steps, []int{0, 3, 1, 3, 2, 3}) {
		t.Errorf("took %v, error %v, steps %v", took, err, steps)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := m.Time(ctx, input, 2, func(int, int) {}); err == nil {
		t.Error("a cancelled run has a time")
	}
}
