package compare_test

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"scalecam/compare"
	"scalecam/compare/comparetest"
	"scalecam/network"
)

// derived is a view with both columns; the difference is of the first less the second.
func derived() compare.View {
	v := compare.DefaultView()
	v.Consensus, v.Difference = true, compare.Pair{After: 1, Before: 2}
	return v
}

func near(got, want []float64) bool {
	return slices.EqualFunc(got, want, func(a, b float64) bool {
		return math.Abs(a-b) < 1e-6 || math.IsNaN(a) && math.IsNaN(b) // float32's seven digits
	})
}

func wide(values []float32) (out []float64) {
	for _, v := range values {
		out = append(out, float64(v))
	}
	return out
}

// TestDerived against values computed by hand: grids of 2 × 2 and 1 × 2 are brought
// to 2 × 2, where the second's one row counts for both, and each has a root mean
// square of 1; √5 is that of 1, 3, and √7.5 that of 1, 2, 3, 4.
func TestDerived(t *testing.T) {
	c, v := comparetest.Comparison(t, []float32{1, 2, 3, 4}, []float32{1, 3}), derived()
	a, b := math.Sqrt(7.5), math.Sqrt(5)
	for col, want := range map[int][]float64{
		2: {(1/a + 1/b) / 2, (2/a + 3/b) / 2, (3/a + 1/b) / 2, (4/a + 3/b) / 2},
		3: {1/a - 1/b, 2/a - 3/b, 3/a - 1/b, 4/a - 3/b},
	} {
		s := c.Shown(0, col, v)
		if s.Map.H != 2 || s.Map.W != 2 || !near(wide(s.Map.Values), want) {
			t.Errorf("column %d: got %d × %d of %v, want %v", col, s.Map.H, s.Map.W, s.Map.Values, want)
		}
		if s.Seen != (network.Region{X0: 10, Y0: 5, X1: 60, Y1: 55}) {
			t.Errorf("column %d: it lies on %v", col, s.Seen)
		}
	}
	if s := c.Shown(0, 2, v); s.Colormap != v.Colormap || s.Scale.Lo != 0 || s.Scale.Hi != float64(slices.Max(s.Map.Values)) {
		t.Errorf("the consensus is shown in %s over %v", s.Colormap.Name, s.Scale)
	}
	if s := c.Shown(0, 3, v); !s.Colormap.Diverging || s.Scale.Lo != -s.Scale.Hi {
		t.Errorf("the difference is shown in %s over %v", s.Colormap.Name, s.Scale)
	}
	// Ranks 0 1 2 3 and 0.5 2.5 0.5 2.5: Σ = 2 of √(5 · 4). One of four cells is the
	// highest of the first, two share that in the second.
	want := compare.Agreement{RankCorrelation: 2 / math.Sqrt(20), TopIoU: 0.5}
	for col, got := range c.Agreements(0) {
		if !near([]float64{got.RankCorrelation, got.TopIoU}, []float64{want.RankCorrelation, want.TopIoU}) {
			t.Errorf("network %d agrees by %v, want %v", col, got, want)
		}
	}
	if got, ok := c.Change(0, c.Derived(v)[1]); !ok || got != c.Agreements(0)[0] {
		t.Errorf("of two networks the difference says %v", got)
	}
	// What each network's logits are as large as makes no difference.
	scaled := comparetest.Comparison(t, []float32{100, 200, 300, 400}, []float32{1e-3, 3e-3})
	if got, want := scaled.Shown(0, 2, v).Map.Values, c.Shown(0, 2, v).Map.Values; !near(wide(got), wide(want)) {
		t.Errorf("with other logits: got %v, want %v", got, want)
	}
}

// TestAgreements: each network is held against the mean of the others alone, which
// does not hold itself.
func TestAgreements(t *testing.T) {
	c := comparetest.Comparison(t, []float32{1, 2, 3, 4}, []float32{1, 2, 3, 4}, []float32{4, 3, 2, 1})
	all := c.Agreements(0)
	// The mean of the first two's is theirs; that of one of them and its reverse is the
	// same everywhere, so that nothing has a rank in it.
	if got := all[2]; got.RankCorrelation != -1 || got.TopIoU != 0 {
		t.Errorf("the third agrees by %v", got)
	}
	if got := all[0]; !math.IsNaN(got.RankCorrelation) || got.TopIoU != 0.25 || len(all) != 3 {
		t.Errorf("the first agrees by %v, of %d", got, len(all))
	}
	if got, ok := c.Agreement(0); !ok || got.RankCorrelation != -1 || math.Abs(got.TopIoU-0.5/3) > 1e-12 {
		t.Errorf("in the mean %v", got)
	}
}

// TestDerivedCrops: where networks saw different parts, only what all saw counts.
func TestDerivedCrops(t *testing.T) {
	c, v := comparetest.Comparison(t, []float32{1, 2, 3, 4}, []float32{1, 2, 3, 4}), derived()
	c.Rows[0].Cells[1].Activations.Seen = network.Region{X0: 35, Y0: 30, X1: 85, Y1: 80} // its upper left is the other's lower right
	s := c.Shown(0, 2, v)
	if s.Seen != (network.Region{X0: 35, Y0: 30, X1: 60, Y1: 55}) || s.Map.H != 1 || s.Map.W != 1 {
		t.Fatalf("it lies on %v in %d × %d", s.Seen, s.Map.H, s.Map.W)
	}
	if s.Map.Values[0] != 1 { // 4 and 1, each over itself
		t.Errorf("it is %v", s.Map.Values)
	}
	c.Rows[0].Cells[1].Activations.Seen = network.Region{X0: 60, Y0: 5, X1: 80, Y1: 55} // beside it
	for col, kind := range []compare.NoteKind{2: compare.NoConsensus, compare.NoDifference} {
		if kind == "" {
			continue
		}
		if notes := c.Notes(0, col, v); c.Shown(0, col, v).Map != nil || len(notes) != 1 || notes[0].Kind != kind {
			t.Errorf("column %d of nothing that both saw: %v", col, notes)
		}
	}
}

// TestDerivedOf: who has no say in a consensus, and what takes two.
func TestDerivedOf(t *testing.T) {
	c := comparetest.Comparison(t, []float32{1, 2}, nil, []float32{2, 1}, []float32{0, 0})
	c.Models[0].Trained = false
	v := derived()
	if got := c.Of(0, c.Derived(v)[0]); !slices.Equal(got, []int{2, 3}) {
		t.Errorf("the consensus is of %v", got)
	}
	if got := c.Of(0, c.Derived(v)[1]); got != nil || c.Shown(0, 5, v).Map != nil {
		t.Errorf("the difference from a network without a map is of %v", got)
	}
	if a, ok := c.Agreement(0); !ok || !math.IsNaN(a.RankCorrelation) {
		t.Errorf("with a map that is 0 everywhere: %v", a)
	}
	c.Models[2].Trained = false
	if notes := c.Notes(0, 4, v); len(notes) != 1 || notes[0].Kind != compare.NoConsensus {
		t.Errorf("of one network: %v", notes)
	}
	if _, ok := c.Agreement(0); ok {
		t.Error("one network agrees")
	}
	if v.Difference.After = 9; len(c.Derived(v)) != 1 {
		t.Error("a difference of a network that is not there")
	}
	one := comparetest.Comparison(t, []float32{1, 2})
	if err := v.Check(len(one.Models)); err == nil || !strings.Contains(err.Error(), "two networks or more") {
		t.Errorf("a consensus of one: %v", err)
	}
	if v.Consensus = false; v.Check(4) == nil || (compare.View{Difference: compare.Pair{After: 4, Before: 1}}).Check(4) != nil {
		t.Error("a difference of a network that is not there, or of one that is")
	}
}

func TestParsePair(t *testing.T) {
	specs := []string{"imagenet:baseline", "imagenet:higher-resolution", "some/where/compound.safetensors@448", "random:baseline,d=4", `C:\\nets\\compound.pth`, "graph.onnx"}
	for text, want := range map[string]compare.Pair{
		"":                                 {},
		"2-1":                              {After: 2, Before: 1},
		"higher-resolution-baseline":       {After: 2, Before: 1},
		"baseline-Higher Resolution":       {After: 1, Before: 2},
		"compound@448-baseline,d=4":        {After: 3, Before: 4},
		"compound-3":                       {After: 5, Before: 3},
		"1-1":                              {},
		"baseline-baseline":                {},
		"graph-1":                          {After: 6, Before: 1},
		"7-1":                              {},
		"0-1":                              {},
		"01-2":                             {},
		"-":                                {},
		"--":                               {},
		"baseline":                         {},
		"baseline-":                        {},
		"none-baseline":                    {},
		strings.Repeat("-", 1<<20):         {},
		strings.Repeat("1-2", 1<<18):       {},
		"higher-resolution-\xff\u202ebase": {},
	} {
		got, err := compare.ParsePair(text, specs)
		if got != want || (err == nil) != (want != compare.Pair{} || text == "") {
			t.Errorf("%.40q: got %v (%v), want %v", text, got, err, want)
		}
		if err != nil && len(err.Error()) > 600 {
			t.Errorf("%.40q: an error of %d bytes", text, len(err.Error()))
		}
	}
	if _, err := compare.ParsePair("a-b-c", []string{"a", "b-c", "a-b", "c"}); err == nil || !strings.Contains(err.Error(), "1-2") {
		t.Errorf("of two pairs: %v", err)
	}
	if _, err := compare.ParsePair("a-a", []string{"a", "a"}); err == nil || !strings.Contains(err.Error(), "such as 1-2") {
		t.Errorf("two networks of one name: %v", err)
	}
	if got, err := compare.ParsePair(compare.Pair{After: 3, Before: 2}.String(), specs); err != nil || !reflect.DeepEqual(got, compare.Pair{After: 3, Before: 2}) {
		t.Errorf("back: %v (%v)", got, err)
	}
}
