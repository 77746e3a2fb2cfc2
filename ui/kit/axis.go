package kit

import (
	"math"
)

// Axis is a range of values with round ticks.
type Axis struct {
	Lo, Hi float64
	Ticks  []float64
	Log    bool                 // equal ratios are equally long, not equal differences
	Text   func(float64) string // what a tick says
}

// AxisOf is an axis for values from lo to hi that ends at ticks: at most eight.
func AxisOf(lo, hi float64) Axis {
	const most = 6
	span := max(hi-lo, 1e-3)
	unit := math.Pow(10, math.Floor(math.Log10(span/most)))
	step := 10 * unit
	for _, by := range []float64{1, 2, 5} {
		if span/(by*unit) <= most {
			step = by * unit
			break
		}
	}
	const slack = 1e-9 // a value on a tick is not beyond it
	first := math.Floor(lo/step + slack)
	last := max(math.Ceil(hi/step-slack), first+1)
	a := Axis{Lo: first * step, Hi: last * step}
	for i := first; i <= last; i++ {
		a.Ticks = append(a.Ticks, i*step)
	}
	return a
}

// LogAxisOf is a logarithmic axis for values from lo to hi, both above 0, and
// somewhat beyond them.
func LogAxisOf(lo, hi float64) Axis {
	const beyond = 1.3
	a := Axis{Lo: lo / beyond, Hi: hi * beyond, Log: true}
	last := math.Floor(math.Log10(a.Hi))
	for decade := math.Floor(math.Log10(a.Lo)); decade <= last; decade++ {
		for _, by := range []float64{1, 2, 5} {
			if v := by * math.Pow(10, decade); v >= a.Lo && v <= a.Hi {
				a.Ticks = append(a.Ticks, v)
			}
		}
	}
	return a
}

// At is where on the axis a value lies, 0 at its beginning and 1 at its end.
func (a Axis) At(v float64) float64 {
	if a.Log {
		return math.Log(v/a.Lo) / math.Log(a.Hi/a.Lo)
	}
	return (v - a.Lo) / (a.Hi - a.Lo)
}
