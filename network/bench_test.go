package network

import (
	"context"
	"math/rand/v2"
	"testing"
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
