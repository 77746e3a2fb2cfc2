package kernel

import (
	"fmt"
	"testing"
)

// TestSubsample holds it to its definition, exactly, and its gradient to the sum that
// makes it: what goes back to a pixel is what came of it.
func TestSubsample(t *testing.T) {
	for i, s := range []Subsample{
		{1, 16, 32, Symmetric(1, 2, 32, 32)}, {2, 16, 16, Symmetric(1, 2, 7, 6)}, {3, 3, 8, Symmetric(1, 2, 5, 9)},
		{1, 8, 9, Symmetric(1, 3, 8, 10)}, {2, 5, 12, Symmetric(1, 1, 4, 3)}, {1, 4, 8, Same(1, 2, 1, 1)},
	} {
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		x := noise(uint64(i), s.N*s.InH*s.InW*s.In)
		grad := noise(7, s.N*s.OutH*s.OutW*s.Out)
		want, wantGrad := make([]float32, len(grad)), make([]float32, len(x))
		for n := range s.N {
			for y := range s.OutH {
				for cell := range s.OutW {
					for c := range s.In {
						to := ((n*s.OutH+y)*s.OutW+cell)*s.Out + (s.Out-s.In)/2 + c
						from := ((n*s.InH+y*s.Stride)*s.InW+cell*s.Stride)*s.In + c
						want[to], wantGrad[from] = x[from], grad[to]
					}
				}
			}
		}
		eachSet(t, fmt.Sprintf("%v, %d pictures, %d to %d channels", s.Window, s.N, s.In, s.Out), len(want), func(t *testing.T) {
			for _, c := range []struct {
				what string
				want []float32
				run  func(dst []float32)
			}{{"result", want, func(dst []float32) { s.Forward(dst, x) }}, {"gradient", wantGrad, func(dst []float32) { s.Grad(dst, grad) }}} {
				got := vector(len(c.want))
				c.run(got.values())
				for k, v := range got.values() {
					if v != c.want[k] {
						t.Fatalf("%s: value %d is %v, want %v", c.what, k, v, c.want[k])
					}
				}
				if !got.intact() {
					t.Errorf("%s: it wrote outside", c.what)
				}
			}
		})
	}
}

// TestSubsampleCheck: what would read beyond the plane or lose channels is refused.
func TestSubsampleCheck(t *testing.T) {
	for name, change := range map[string]func(*Subsample){
		"channels lost": func(s *Subsample) { s.Out = 3 },
		"a larger cell": func(s *Subsample) { s.Kernel = 3 },
		"padding":       func(s *Subsample) { s.Top = 1 },
		"no stride":     func(s *Subsample) { s.Stride = 0 },
		"below":         func(s *Subsample) { s.OutH = 4 },
		"no plane":      func(s *Subsample) { s.InW = 0 },
	} {
		s := Subsample{1, 4, 8, Symmetric(1, 2, 6, 6)}
		change(&s)
		if s.Check() == nil {
			t.Errorf("%s: %v: no error", name, s)
		}
	}
}
