package teach

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestStated: a strength and a number of folds that are stated are kept to.
func TestStated(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	p := Problem{Classes: 2, Strength: 0.3}
	for i := range 80 {
		p.Labels = append(p.Labels, i%2)
		for range 3 {
			p.Features = append(p.Features, float32(rng.NormFloat64()+float64(i%2)))
		}
	}
	group := make([]int, len(p.Labels))
	for i := range group {
		group[i] = i
	}
	f := DivideInto(8, p.Labels, 2, group)
	if f.Count != 8 || slices.Max(f.Of) != 7 {
		t.Errorf("divided into %d", f.Count)
	}
	c, err := p.Choose(t.Context(), f, nil)
	if err != nil {
		t.Fatal(err)
	}
	want, err := p.Fit(t.Context(), 0.3, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Head.Strength != 0.3 || len(c.Tried) != 1 || c.Temperature == 0 {
		t.Errorf("of the strength %v, tried are %v", c.Head.Strength, c.Tried)
	}
	for i, w := range c.Head.W {
		if d := w - want.W[i]; d > 1e-3 || d < -1e-3 { // both end near the one least, from different beginnings
			t.Errorf("weight %d is %v, and fitted alone %v", i, w, want.W[i])
		}
	}
	// Heads of folds that are left out, by the features that they were fitted to.
	other, err := p.leftOut(t.Context(), f, 0.3, p.Features)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range other {
		if d := v - c.Logits[i]; d > 2e-2 || d < -2e-2 { // Choose's are fitted roughly
			t.Errorf("logit %d is %v, and %v by Choose", i, v, c.Logits[i])
		}
	}
}

// TestSmallFeatures: classes that are easily told apart by features so small that weak
// heads cannot are told apart; left-out pictures of balanced classes would else all be
// answered by the other class, which then has more.
func TestSmallFeatures(t *testing.T) {
	p := Problem{Classes: 2}
	for i := range 12 {
		p.Labels = append(p.Labels, i%2)
		p.Features = append(p.Features, 0.01*float32(i%2)+0.0001*float32(i), 0.02)
	}
	group := make([]int, 12)
	for i := range group {
		group[i] = i
	}
	f := Divide(p.Labels, 2, group)
	c, err := p.Choose(t.Context(), f, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s := Score(c.Logits, p.Labels, f.Of, c.Temperature); s.Accuracy != 1 {
		t.Errorf("%.0f%% right at the strength %v; tried are %v", 100*s.Accuracy, c.Head.Strength, c.Tried)
	}
}
