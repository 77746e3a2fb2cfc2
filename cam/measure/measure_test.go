package measure

import (
	"fmt"
	"image"
	"math"
	"testing"
)

// alpha is a mask of w pixels in a row, of the letters o (object) and . (not).
func alpha(w int, rows string) *image.Alpha {
	m := image.NewAlpha(image.Rect(0, 0, w, len(rows)/w))
	for i, c := range rows {
		if c == 'o' {
			m.Pix[i] = 255
		}
	}
	return m
}

func TestLocalise(t *testing.T) {
	mask, part := alpha(3, "oo."+"oo."+"..."), alpha(3, "o.."+"..."+"...")
	for _, c := range []struct {
		name   string
		values []float32
		want   Localisation
	}{
		{"the object itself", []float32{1, 1, 0, 1, 1, 0, 0, 0, 0}, Localisation{1, 1, 1, 0.25}},
		{"its part", []float32{1, 0, 0, 0, 0, 0, 0, 0, 0}, Localisation{1, 1, 4.0 / 9, 1}},
		{"elsewhere", []float32{0, 0, 0, 0, 0, 0, 0, 0, 1}, Localisation{0, 0, 4.0 / 9, 1.0 / 9}},
		{"uniform", []float32{1, 1, 1, 1, 1, 1, 1, 1, 1}, Localisation{4.0 / 9, 4.0 / 9, 4.0 / 9, 1.0 / 9}},
		{"half and half", []float32{3, 1, 2, 0, 0, 0, 0, 0, 0}, Localisation{1, 4.0 / 6, 4.0 / 9, 1}},
		{"negative", []float32{-1, -2, -3, -1, -2, -3, -3, -3, -3}, Localisation{1, 0, 1, 0.5}},
		{"highest twice", []float32{5, 0, 5, 0, 0, 0, 0, 0, 0}, Localisation{0.5, 0.5, 4.0 / 9, 0.5}},
	} {
		if got := Localise(c.values, mask, part); got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}

// TestIntervals against values computed by hand.
func TestIntervals(t *testing.T) {
	near := func(name string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 5e-5 {
			t.Errorf("%s: got %.5f, want %.5f", name, got, want)
		}
	}
	s := Share(1800, 2000)
	near("share", s.Value, 0.9)
	near("share, low", s.Interval[0], 0.88608)
	near("share, high", s.Interval[1], 0.91239)
	near("none held, high", Share(0, 10).Interval[1], 0.27753)
	m := MeanOf([]float64{1, 2, 3, 4})
	near("mean", m.Value, 2.5)
	near("mean, low", m.Interval[0], 2.5-1.95996*1.290994/2)
	near("mean, high", m.Interval[1], 2.5+1.95996*1.290994/2)
	// Of one value, and of none, nothing is known but that.
	for name, got := range map[string]Mean{"one value": MeanOf([]float64{0.3}), "one share": Share(0.3, 1)} {
		near(name, got.Value, 0.3)
		if got.Interval != nil {
			t.Errorf("%s has the interval %v", name, *got.Interval)
		}
	}
	if a, b := MeanOf(nil), Share(0, 0); a != (Mean{}) || b != (Mean{}) {
		t.Errorf("of none: %v, %v", a, b)
	}
}

func ExampleLocalise() {
	mask := image.NewAlpha(image.Rect(0, 0, 2, 1))
	mask.Pix[0] = 255 // the object is the left pixel
	fmt.Println(Localise([]float32{3, 1}, mask, mask))
	// Output: {1 0.75 1 1}
}

// TestWithin is Localise with a rectangle for the object.
func TestWithin(t *testing.T) {
	mask := alpha(3, "oo."+"oo."+"...")
	for _, values := range [][]float32{{1, 1, 0, 1, 1, 0, 0, 0, 0}, {3, 1, 2, 0, 0, 0, 0, 0, 0}, {-1, -2, -3, -1, -2, -3, -3, -3, -3}, {5, 0, 5, 0, 0, 0, 0, 0, 0}, {1, 2, 3, 4, 5, 6, 7, 8, 9}} {
		want := Localise(values, mask, mask)
		if pointing, energy := Within(values, 3, image.Rect(0, 0, 2, 2)); pointing != want.Pointing || energy != want.Energy {
			t.Errorf("%v: %v and %v, want %+v", values, pointing, energy, want)
		}
	}
}
