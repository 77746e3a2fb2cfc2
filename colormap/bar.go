package colormap

import (
	"image"
	"image/draw"
	"math"
	"strconv"
	"strings"
)

// maxBar bounds the sides of a colour bar: wider than any screen.
const maxBar = 1 << 14

// Bar returns the scale as a strip of w×h pixels: from 0 at the left to 1 at
// the right, or from 0 at the bottom to 1 at the top if vertical. The i-th of n
// pixels along it has the colour of its middle, (i+½)/n, so that
// Tick.Position 0 and 1 are the strip's two edges. Sides below 0 count as 0,
// those above 16384 as 16384.
func (c *Colormap) Bar(w, h int, vertical bool) *image.RGBA {
	w, h = min(max(w, 0), maxBar), min(max(h, 0), maxBar)
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	if vertical {
		for y := range h {
			at := (float64(h-1-y) + 0.5) / float64(h)
			draw.Draw(m, image.Rect(0, y, w, y+1), image.NewUniform(c.At(at)), image.Point{}, draw.Src)
		}
		return m
	}
	for x := range w {
		at := (float64(x) + 0.5) / float64(w)
		draw.Draw(m, image.Rect(x, 0, x+1, h), image.NewUniform(c.At(at)), image.Point{}, draw.Src)
	}
	return m
}

// A Tick is one number beside a colour bar.
type Tick struct {
	Value    float64
	Position float64 // along the bar: 0 at its low end, 1 at its high end
	Label    string
}

const (
	// maxTicks bounds n: more labels fit no bar.
	maxTicks = 100
	// narrow is the least range, as a share of the larger end, that counts as
	// one: maps are float32, whose rounding is 6e-8.
	narrow = 1e-7
	// tiny is the least range at all that counts as one: float64 keeps its full
	// precision down to 2e-308, and steps are a thousandth of the range at first.
	tiny = 1e-300
	// slack, in steps, lets a tick fall on an end that rounding has moved:
	// 0.1·3 is not 0.3.
	slack = 1e-6
)

// Ticks returns the round numbers in lo..hi, in rising order: at most n of them
// (and at most 100), the multiples of the least 1, 2 or 5 times a power of ten
// that gives no more. If n is 2 or more there is at least one.
//
// Labels have equal decimals and the true minus sign "−". Where the largest is
// 1e6 or more, or below 1e-4, they share a power of ten: "1.5e−7".
//
// A range of no width (less than 1e-7 of its larger end) gives one tick in the
// bar's middle with four digits. There are none if n < 1, lo > hi, or an end is
// NaN or infinite.
func Ticks(lo, hi float64, n int) []Tick {
	n = min(n, maxTicks)
	if n < 1 || !(lo <= hi) || math.IsInf(lo, 0) || math.IsInf(hi, 0) {
		return nil
	}
	// Halves, because hi−lo might overflow.
	half, size := hi/2-lo/2, max(math.Abs(lo), math.Abs(hi))
	if half < size*narrow/2 || half < tiny {
		middle := lo/2 + hi/2
		if lo == hi {
			middle = lo // a half of the least float64 is 0
		}
		return []Tick{{Value: middle, Position: 0.5, Label: tidy(strconv.FormatFloat(middle, 'g', 4, 64))}}
	}
	// A thousandth of the range gives more than maxTicks; go up from there.
	for exponent := int(math.Floor(math.Log10(half))) - 3; ; exponent++ {
		for _, digit := range []int64{1, 2, 5} {
			step := decimal(digit, exponent)
			first := int64(math.Ceil(lo/step - slack))
			last := int64(math.Floor(hi/step + slack))
			if last-first >= int64(n) {
				continue
			}
			var ticks []Tick
			labels := newLabeller(max(-first, last)*digit, exponent)
			for k := first; k <= last; k++ {
				value := decimal(k*digit, exponent)
				ticks = append(ticks, Tick{
					Value:    value,
					Position: min(max((value/2-lo/2)/half, 0), 1),
					Label:    labels.label(k * digit),
				})
			}
			return ticks
		}
	}
}

// A labeller writes the numbers digits·10^exponent with equal decimals, as
// multiples of 10^shared.
type labeller struct{ exponent, shared int }

// newLabeller takes the largest digits that it will meet.
func newLabeller(largest int64, exponent int) labeller {
	top := len(strconv.FormatInt(largest, 10)) - 1 + exponent
	if top >= 6 || top < -4 {
		return labeller{exponent, top}
	}
	return labeller{exponent, 0}
}

func (l labeller) label(digits int64) string {
	if l.shared != 0 && digits == 0 {
		return "0"
	}
	s := strconv.FormatFloat(decimal(digits, l.exponent-l.shared), 'f', max(0, l.shared-l.exponent), 64)
	if l.shared != 0 {
		s += "e" + strconv.Itoa(l.shared)
	}
	return tidy(s)
}

// decimal is digits·10^exponent, the nearest float64: by way of its text,
// because a product of floats would round twice. Beyond float64 it is infinite.
func decimal(digits int64, exponent int) float64 {
	v, _ := strconv.ParseFloat(strconv.FormatInt(digits, 10)+"e"+strconv.Itoa(exponent), 64)
	return v
}

// tidy writes the true minus sign and exponents without "+" and leading zeros.
func tidy(s string) string {
	if mantissa, exponent, found := strings.Cut(s, "e"); found {
		if e, err := strconv.Atoi(exponent); err == nil {
			s = mantissa + "e" + strconv.Itoa(e)
		}
	}
	return strings.ReplaceAll(s, "-", "−")
}
