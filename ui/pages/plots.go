package pages

import (
	"slices"
	"strings"

	"scalecam/compare"
	"scalecam/compare/evaluate"
	"scalecam/ui/kit"
	"scalecam/ui/speak"
)

// Counts has an axis say counts: 1.00B is 1B at a tick.
func Counts(a kit.Axis) kit.Axis {
	a.Text = func(v float64) string {
		text := compare.FormatCount(int64(v))
		number := strings.TrimRight(text, "kMBT")
		unit := text[len(number):]
		if strings.Contains(number, ".") {
			number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
		}
		return number + unit
	}
	return a
}

// Measured is a figure as a plot takes it.
func Measured(f evaluate.Share) kit.Value { return kit.Value{At: f.Value, Interval: f.Interval} }

// Share says a share with its interval, where it has one.
func Share(f evaluate.Share) string {
	if f.Interval != nil {
		return f.String() + "% (" + f.Range() + ")"
	}
	return f.String() + "%"
}

// MACsPoint is a network at its MACs and its top-1.
func MACsPoint(name string, macs int64, top1 evaluate.Share) kit.Point {
	return kit.Point{X: kit.Exactly(float64(macs)), Y: Measured(top1), Told: speak.Say("scaling.point", name, compare.FormatCount(macs), Share(top1))}
}

// MACsAxis is an axis of the points' MACs and of others.
func MACsAxis(all []kit.Series, others ...float64) kit.Axis {
	for _, s := range all {
		for _, v := range s.Points {
			others = append(others, v.X.At)
		}
	}
	return Counts(kit.LogAxisOf(slices.Min(others), slices.Max(others)))
}
