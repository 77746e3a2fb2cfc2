package network

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"scalecam/cam"
)

// BenchmarkFigure7 runs the five networks at full size, as `scalecam bench`.
func BenchmarkFigure7(b *testing.B) {
	for _, p := range Figure7 {
		b.Run(p.Name, func(b *testing.B) {
			net, err := New(p.Architecture, p.Scaling, SymmetricPadding, 1000)
			if err != nil {
				b.Fatal(err)
			}
			m, err := NewModel(net, Random(net, 1), 1e-5, nil)
			if err != nil {
				b.Fatal(err)
			}
			input := noisy(rand.New(rand.NewPCG(1, 1)), p.Scaling.Resolution)
			for b.Loop() {
				if _, err := m.Forward(context.Background(), input); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(2*float64(net.MACs())*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
		})
	}
}

// BenchmarkCAMs makes the maps of all of ImageNet's classes of features that are there.
func BenchmarkCAMs(b *testing.B) {
	a := activations(b)
	for b.Loop() {
		if _, err := a.CAMs(); err != nil {
			b.Fatal(err)
		}
	}
}

// activations are B0's at 224 of 1,000 classes.
func activations(t testing.TB) *Activations {
	t.Helper()
	net, err := New(EfficientNetB0, Scaling{1, 1, Square(224)}, SymmetricPadding, 1000)
	if err != nil {
		t.Fatal(err)
	}
	m, err := NewRandomModel(net, 1, 1e-5, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, err := m.Forward(t.Context(), noisy(rand.New(rand.NewPCG(1, 1)), Square(224)))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestCAMs holds the maps of all classes to those that are made one by one.
func TestCAMs(t *testing.T) {
	a := activations(t)
	all, err := a.CAMs()
	if err != nil {
		t.Fatal(err)
	}
	cells := a.Features.H * a.Features.W
	for c := range a.Logits {
		want, err := cam.CAM(&a.Pooled, c)
		if err != nil {
			t.Fatal(err)
		}
		lowest, highest := want.Range()
		for i, v := range want.Values {
			const rounding = 1e-5 // of sums of 1,280 terms in float32
			if d := math.Abs(float64(all[c*cells+i] - v)); !(d <= rounding*float64(max(highest, -lowest))) {
				t.Fatalf("class %d, cell %d: %v, want %v", c, i, all[c*cells+i], v)
			}
		}
	}
}
