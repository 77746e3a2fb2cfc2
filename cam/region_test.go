package cam

import (
	"image"
	"math"
	"testing"
)

func TestAbove(t *testing.T) {
	values := []float32{
		0, 5, 5, 0, 9,
		0, 5, 0, 0, 0,
		7, 0, 0, 5, 5,
	}
	r := Above(values, 5, 3, 5)
	if want := image.Rect(1, 0, 3, 2); r.Box != want {
		t.Errorf("the largest part lies in %v, want %v: corners do not join", r.Box, want)
	}
	if !r.Edge(1, 1) || r.Edge(0, 0) {
		t.Error("an edge is a pixel of the region beside one that is none")
	}
	if r := Above(values, 5, 3, 10); !r.Box.Empty() {
		t.Errorf("nothing reaches 10, and the box is %v", r.Box)
	}
	all := Above(values, 5, 3, 0)
	if want := image.Rect(0, 0, 5, 3); all.Box != want || all.Edge(0, 0) {
		t.Errorf("all of it: box %v, want %v and no edge within", all.Box, want)
	}
}

// TestSample: a value read off is the value painted there.
func TestSample(t *testing.T) {
	m := &Map{H: 3, W: 2, Values: []float32{0, 1, 2, 4, -8, 16}}
	const h, w = 7, 9
	for _, how := range []Interpolation{Smooth, Grid} {
		painted := m.Resize(h, w, how)
		for y := range h {
			for x := range w {
				got := m.Sample((float64(x)+0.5)/w, (float64(y)+0.5)/h, how)
				if want := float64(painted[y*w+x]); math.Abs(got-want) > 1e-5 {
					t.Errorf("%v at pixel %d, %d: got %v, want %v", how, x, y, got, want)
				}
			}
		}
	}
	for _, p := range []float64{-1, 0, 1, 2} { // beyond the edge is the edge
		if got := m.Sample(p, p, Grid); got != 0 && got != 16 {
			t.Errorf("at %v: got %v", p, got)
		}
	}
}
