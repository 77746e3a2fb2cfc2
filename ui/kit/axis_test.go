package kit

import (
	"math"
	"slices"
	"testing"
)

func TestAxis(t *testing.T) {
	for _, c := range []struct{ lo, hi, from, to float64 }{
		{0.786, 0.94, 0.75, 0.95}, {0.297, 0.848, 0.2, 0.9}, {0, 30.7e6, 0, 40e6}, {0, 1, 0, 1},
	} {
		a := AxisOf(c.lo, c.hi)
		if d := (a.Lo - c.from) + (a.Hi - c.to); d > 1e-6 || d < -1e-6 || len(a.Ticks) > 8 {
			t.Errorf("%v to %v: %+v", c.lo, c.hi, a)
		}
	}
	if a := AxisOf(0.5, 0.5); a.Hi <= a.Lo || a.At(0.5) < 0 || a.At(0.5) > 1 {
		t.Errorf("of one value: %+v", a)
	}
}

func TestLogAxis(t *testing.T) {
	a := LogAxisOf(386e6, 1.83e9)
	if !slices.Equal(a.Ticks, []float64{5e8, 1e9, 2e9}) || a.At(386e6) <= 0 || a.At(1.83e9) >= 1 {
		t.Errorf("%+v", a)
	}
	if half := a.At(math.Sqrt(a.Lo * a.Hi)); math.Abs(half-0.5) > 1e-12 {
		t.Errorf("half of the way, in ratios, is at %v", half)
	}
	if a := LogAxisOf(1e6, 1e6); a.At(1e6) < 0.4 || a.At(1e6) > 0.6 || len(a.Ticks) != 1 {
		t.Errorf("of one value: %+v", a)
	}
}
