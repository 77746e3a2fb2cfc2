package colormap

import (
	"image"
	"math"
	"slices"
	"strings"
	"testing"
)

func TestBar(t *testing.T) {
	c := Default()
	across, up := c.Bar(7, 3, false), c.Bar(3, 7, true)
	for i := range 7 {
		want := c.At((float64(i) + 0.5) / 7)
		for j := range 3 {
			if got := across.RGBAAt(i, j); got != want {
				t.Errorf("across (%d,%d): %v, want %v", i, j, got, want)
			}
			if got := up.RGBAAt(j, 6-i); got != want {
				t.Errorf("up (%d,%d): %v, want %v", j, 6-i, got, want)
			}
		}
	}
	for _, tt := range []struct {
		w, h int
		want image.Point
	}{
		{0, 5, image.Pt(0, 5)},
		{-3, 5, image.Pt(0, 5)},
		{math.MaxInt, 1, image.Pt(maxBar, 1)},
	} {
		for _, vertical := range []bool{false, true} {
			if got := c.Bar(tt.w, tt.h, vertical).Rect.Size(); got != tt.want {
				t.Errorf("Bar(%d, %d, %v) is %v, want %v", tt.w, tt.h, vertical, got, tt.want)
			}
		}
	}
}

func TestTicks(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, tt := range []struct {
		name   string
		lo, hi float64
		n      int
		want   string
	}{
		{"unit", 0, 1, 6, "0.0 0.2 0.4 0.6 0.8 1.0"},
		{"unit, fewer", 0, 1, 5, "0.0 0.5 1.0"},
		{"unit, one", 0, 1, 1, "0"},
		{"signed", -1, 1, 5, "−1.0 −0.5 0.0 0.5 1.0"},
		{"below zero", -30, -10, 3, "−30 −20 −10"},
		{"uneven ends", -0.3, 12.7, 5, "0 5 10"},
		{"end moved by rounding", 0.1, 0.1 + 0.2, 3, "0.1 0.2 0.3"},
		{"hundreds", 0, 1000, 6, "0 200 400 600 800 1000"},
		{"hundredths", 0, 0.05, 6, "0.00 0.01 0.02 0.03 0.04 0.05"},
		{"millions", 0, 5e6, 3, "0 2e6 4e6"},
		{"ten-millionths", -1e-7, 1e-7, 5, "−1.0e−7 −0.5e−7 0 0.5e−7 1.0e−7"},
		{"narrow", 0.1, 0.1000001, 3, "0.10000000 0.10000005 0.10000010"},
		{"float32's range", -math.MaxFloat32, math.MaxFloat32, 5, "−2e38 0 2e38"},
		{"float64's range", -math.MaxFloat64, math.MaxFloat64, 3, "−1e308 0 1e308"},
		{"one value", 0.123456, 0.123456, 5, "0.1235"},
		{"one value, huge", -1234567, -1234567, 5, "−1.235e6"},
		{"zero alone", 0, 0, 5, "0"},
		{"within rounding", 0.3, 0.1 + 0.2, 5, "0.3"},
		{"least numbers", 0, math.SmallestNonzeroFloat64, 5, "0"},
		{"least number", math.SmallestNonzeroFloat64, math.SmallestNonzeroFloat64, 5, "4.941e−324"},
		{"none asked", 0, 1, 0, ""},
		{"fewer than none", 0, 1, -1, ""},
		{"reversed", 1, 0, 5, ""},
		{"NaN", nan, 1, 5, ""},
		{"NaN above", 0, nan, 5, ""},
		{"infinite", 0, inf, 5, ""},
		{"infinite below", -inf, 0, 5, ""},
		{"infinite alone", inf, inf, 5, ""},
	} {
		var labels []string
		for _, tick := range Ticks(tt.lo, tt.hi, tt.n) {
			labels = append(labels, tick.Label)
		}
		if got := strings.Join(labels, " "); got != tt.want {
			t.Errorf("%s: Ticks(%g, %g, %d): %q, want %q", tt.name, tt.lo, tt.hi, tt.n, got, tt.want)
		}
	}
	if got := Ticks(5, 5, 3); len(got) != 1 || got[0].Position != 0.5 || got[0].Value != 5 {
		t.Errorf("one value: %v, want 5 in the middle", got)
	}
	if got := len(Ticks(0, 1, math.MaxInt)); got > maxTicks || got < maxTicks/3 {
		t.Errorf("%d ticks, want at most and about %d", got, maxTicks)
	}
}

// TestTicksOnManyRanges holds what every answer has in common.
func TestTicksOnManyRanges(t *testing.T) {
	ends := []float64{0, 1, 1.5, 3.7, 42, 999, 1e-9, 2.5e-300, 6e17, 1e300}
	for _, x := range slices.Clone(ends) {
		ends = append(ends, -x, x*(1+1e-5))
	}
	for _, lo := range ends {
		for _, hi := range ends {
			if lo >= hi {
				continue
			}
			for n := 1; n <= 12; n++ {
				ticks := Ticks(lo, hi, n)
				if len(ticks) > n || n > 1 && len(ticks) == 0 {
					t.Fatalf("Ticks(%g, %g, %d): %d ticks", lo, hi, n, len(ticks))
				}
				decimals := -1
				for i, tick := range ticks {
					if !(tick.Position >= 0 && tick.Position <= 1) || i > 0 && tick.Position <= ticks[i-1].Position {
						t.Fatalf("Ticks(%g, %g, %d): position %d of %v", lo, hi, n, i, ticks)
					}
					// A millionth of the range, the slack, and the rounding of the ends.
					if back := lo*(1-tick.Position) + hi*tick.Position; math.Abs(back-tick.Value) > 1e-6*(hi-lo)+1e-12*max(-lo, hi) {
						t.Fatalf("Ticks(%g, %g, %d): tick %v lies at %g", lo, hi, n, tick, back)
					}
					if tick.Value == 0 {
						continue // "0" stands without its power of ten
					}
					mantissa, _, _ := strings.Cut(tick.Label, "e")
					_, fraction, _ := strings.Cut(mantissa, ".")
					if decimals >= 0 && len(fraction) != decimals {
						t.Fatalf("Ticks(%g, %g, %d): decimals differ in %v", lo, hi, n, ticks)
					}
					decimals = len(fraction)
				}
			}
		}
	}
}
