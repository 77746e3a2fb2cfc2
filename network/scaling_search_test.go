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

// TestAtMost: what is found fits, what is next to it does not, and nothing larger does:
// the search holds each architecture's MACs to grow with every dimension.
func TestAtMost(t *testing.T) {
	for _, a := range Architectures {
		n, err := New(a, Scaling{1, 1, Square(a.Resolution)}, SymmetricPadding, 10)
		if err != nil {
			t.Fatal(err)
		}
		scaled := func(by Dimension, value float64) int64 {
			s := n.Scaling
			switch by {
			case Depth:
				s.Depth = value
			case Width:
				s.Width = value
			case Resolution:
				s.Resolution = Square(int(value))
			case Phi:
				s, err = PaperCompound.Scale(value, a.Resolution)
				if err != nil {
					t.Fatal(err)
				}
				s = s.Rounded()
			}
			m, err := New(a, s, n.Padding, n.Classes)
			if err != nil {
				t.Fatal(err)
			}
			return m.MACs()
		}
		for _, by := range Dimensions {
			budget := 4*n.MACs() - 1
			most, err := n.AtMost(budget, by, PaperCompound)
			if err != nil || most.Limit != nil {
				t.Fatal(err, most.Limit)
			}
			value, found := most.Value, most.Network
			step := 0.001
			if by == Resolution {
				step = 1
			}
			round := func(v float64) float64 { return math.Round(v/step) / math.Round(1/step) } // as written
			if got := scaled(by, value); got > budget || got != found.MACs() || got < budget*6/10 {
				t.Errorf("%s by %s: %v has %d of %d MACs, the network found %d", a.Name, by, value, got, budget, found.MACs())
			}
			if got := scaled(by, round(value+step)); got <= budget {
				t.Errorf("%s by %s: %v fits, too, with %d of %d MACs", a.Name, by, value+step, got, budget)
			}
			before := int64(0)
			for i := 1; i <= 60; i++ { // to twice as far
				v := round(2 * value * float64(i) / 60)
				got := scaled(by, v)
				if got < before || v > value && got <= budget {
					t.Errorf("%s by %s: %d MACs at %v, %d before", a.Name, by, got, v, before)
				}
				before = got
			}
		}
		if _, err := n.AtMost(1000, Width, PaperCompound); err == nil {
			t.Errorf("%s is said to fit into 1000 MACs", a.Name)
		}
	}
	n, err := New(EfficientNetB0, Scaling{1, 1, Square(224)}, SymmetricPadding, 1000)
	if err != nil {
		t.Fatal(err)
	}
	// What the paper's Figure 7 has, counted, is found again by it.
	for by, macs := range map[Dimension]int64{Depth: 1_575_132_640, Width: 1_449_958_848, Resolution: 1_537_537_408} {
		want := map[Dimension]Scaling{Depth: {4, 1, Square(224)}, Width: {1, 2, Square(224)}, Resolution: {1, 1, Square(448)}}[by]
		most, err := n.AtMost(macs, by, PaperCompound)
		if err != nil {
			t.Fatal(err)
		}
		if found := most.Network; found.MACs() != macs || by == Resolution && found.Scaling != want {
			t.Errorf("%s: %v with %v MACs", by, found.Scaling, found.MACs())
		}
	}
	// Too many layers or parameters do not fit, however many MACs may be spent: the
	// largest there is is found, and said to be bounded by something else.
	for _, by := range Dimensions {
		most, err := n.AtMost(math.MaxInt64, by, PaperCompound)
		if err != nil || most.Network.MACs() < 10*n.MACs() || most.Limit == nil {
			t.Errorf("by %s, without a bound: %v, %v, %v", by, most.Value, most.Limit, err)
		}
		if largest := map[Dimension]float64{Depth: MaxFactor, Resolution: MaxResolution}[by]; largest > 0 && most.Value != largest {
			t.Errorf("by %s, without a bound: %v, not %v", by, most.Value, largest)
		}
	}
	if _, err := n.AtMost(1e9, Phi, Compound{1, 1, 1}); err == nil {
		t.Error("bases of 1 are said to scale")
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
