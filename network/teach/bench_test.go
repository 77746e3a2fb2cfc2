package teach

import (
	"context"
	"fmt"
	"testing"
)

func BenchmarkFit(b *testing.B) {
	for _, size := range [][3]int{{500, 1280, 5}, {3000, 1280, 97}, {15000, 1280, 149}} {
		p := drawn(size[0], size[1], size[2], 1)
		for _, strength := range []float64{1e-3, 0.1, 10} {
			b.Run(fmt.Sprintf("%dx%dx%d/C=%g", size[0], size[1], size[2], strength), func(b *testing.B) {
				for b.Loop() {
					h, err := p.Fit(context.Background(), strength, nil)
					if err != nil {
						b.Fatal(err)
					}
					b.ReportMetric(float64(h.Iterations), "steps")
				}
			})
		}
	}
}
