package network

import (
	"math"
	"math/rand/v2"
	"testing"

	"scalecam/cam"
	"scalecam/network/kernel"
)

// TestPeak: the logarithm of the kurtosis, whatever the logits' size and mean.
func TestPeak(t *testing.T) {
	peak := func(logits []float32) float64 { return familiarity(logits, cam.Features{}, nil).Peak }
	for _, c := range []struct {
		name   string
		logits []float32
		want   float64
	}{
		{"two", []float32{-1, 1}, 0},
		{"all the same", []float32{3, 3, 3}, 0},
		{"one", []float32{3}, 0},
		// One of n at 1: mean 1/n, variance p(1−p); kurtosis 1/(p(1−p)) − 3.
		{"one of four", []float32{0, 0, 1, 0}, math.Log(16.0/3 - 3)},
		{"one of ten, large", []float32{0, 0, 0, 3e38, 0, 0, 0, 0, 0, 0}, math.Log(1/0.09 - 3)},
	} {
		if got := peak(c.logits); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	rng := rand.New(rand.NewPCG(1, 1))
	logits, moved := make([]float32, 20_000), make([]float32, 20_000)
	for i := range logits {
		logits[i] = float32(rng.NormFloat64())
		moved[i] = 7*logits[i] + 3
	}
	if got := peak(logits); math.Abs(got-math.Log(3)) > 0.05 || math.Abs(peak(moved)-got) > 1e-5 {
		t.Errorf("normal: %v and, moved, %v; want ln 3", got, peak(moved))
	}
}

func TestCorrelation(t *testing.T) {
	for _, c := range []struct {
		x, y []float64
		want float64
	}{
		{[]float64{1, 2, 3}, []float64{10, 20, 30}, 1},
		{[]float64{1, 2, 3}, []float64{3, 2, 1}, -1},
		{[]float64{1, 2, 1, 2}, []float64{1, 1, 2, 2}, 0},
		{[]float64{1, 1}, []float64{1, 2}, 0},
		{[]float64{1, math.Inf(1)}, []float64{1, 2}, 0},
		{[]float64{1, 2}, nil, 0},
	} {
		if got := Correlation(c.x, c.y); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%v, %v: %v, want %v", c.x, c.y, got, c.want)
		}
	}
}

// TestTypical holds the mean of a normal value's activation to what is known of it:
// β of the identity; of ReLU βΦ(β/γ) + γφ(β/γ), whatever γ's sign.
func TestTypical(t *testing.T) {
	w := LayerWeights{Norm: &BatchNorm{Gamma: []float32{1, 2, -0.5, 0}, Beta: []float32{0, -3, 0.25, 4}}}
	identity, relu := w.typical(kernel.Identity), w.typical(kernel.ReLU)
	for i := range identity {
		b, g := float64(w.Norm.Beta[i]), math.Abs(float64(w.Norm.Gamma[i]))
		want := max(b, 0)
		if g > 0 {
			z := b / g
			want = b*math.Erfc(-z/math.Sqrt2)/2 + g*math.Exp(-z*z/2)/math.Sqrt(2*math.Pi)
		}
		if math.Abs(identity[i]-b) > 1e-5 || math.Abs(relu[i]-want) > 2e-3 { // of 61 steps
			t.Errorf("channel %d: %v and %v, want %v and %v", i, identity[i], relu[i], b, want)
		}
	}
	if (LayerWeights{Bias: []float32{1}}).typical(kernel.ReLU) != nil {
		t.Error("without batch norm")
	}
}

// TestCertainty: of several models that agree the same as of one; of models that do
// not, less is unsure, since a mean of many is rarely low by chance.
func TestCertainty(t *testing.T) {
	u := Unsure{Weight: 2, Mean: 3, Below: 1, Agreement: 1}
	f := Familiarity{Peak: 1.5, Typical: 0.1} // a score of 1.3
	if got := Certainty([]*Unsure{&u}, []Familiarity{f}); math.Abs(got-0.3) > 1e-12 {
		t.Errorf("of one: %v", got)
	}
	four := func(agreement float64) float64 {
		v := u
		v.Agreement = agreement
		return Certainty([]*Unsure{&v, &v, &v, &v}, []Familiarity{f, f, f, f})
	}
	// Half the spread of one: unsure below 2.
	if same, other := four(1), four(0); math.Abs(same-0.3) > 1e-12 || math.Abs(other+0.7) > 1e-12 {
		t.Errorf("of four that agree %v, that do not %v", same, other)
	}
	if got := four(-1); math.IsNaN(got) {
		t.Error("of four that contradict each other: no number")
	}
}
