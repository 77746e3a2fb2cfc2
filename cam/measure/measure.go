// Package measure tells how well a map finds an object whose place is known.
// It is pure arithmetic on maps that are spread over the picture's pixels
// already.
package measure

import (
	"image"
	"math"
	"slices"
)

// Localisation is how well a map finds an object. Every figure is from 0 to 1,
// and more is better.
type Localisation struct {
	// Pointing is the pointing game (Zhang et al. 2016, arXiv 1608.00507): 1
	// where the map's highest pixel shows the object, without any tolerance,
	// else 0; of several that are highest, the share that do.
	Pointing float64
	// Energy is the share of the map's positive values that lies on the object
	// (Wang et al. 2020, arXiv 1910.01279); 0 where nothing is positive.
	Energy float64
	// IoU is the intersection over union of the object with the part of the
	// picture where the map is at or above a threshold: the best of all
	// thresholds.
	IoU float64
	// PartIoU is IoU with the part by which the object's class is told.
	PartIoU float64
}

// Shown is the cover from which on a pixel shows the object: half.
const Shown = 128

// Localise measures a map, a value for each pixel of the masks in rows. A pixel
// is the object's where its mask is 128 or more. It panics where sizes differ.
func Localise(values []float32, mask, part *image.Alpha) Localisation {
	n := mask.Rect.Dx() * mask.Rect.Dy()
	if len(values) != n || part.Rect != mask.Rect {
		panic("measure: a map and masks of different sizes")
	}
	object, telling := flat(mask), flat(part)
	var l Localisation
	l.Pointing, l.Energy = within(values, func(i int) bool { return object[i] })

	order := descending(values)
	l.IoU, l.PartIoU = best(values, order, object), best(values, order, telling)
	return l
}

// Around lays a map of the part of a picture that was seen, a value for each of its
// pixels in rows, over a whole one of that size. Beyond it the map says nothing: less
// than anywhere within.
func Around(within []float32, seen image.Rectangle, size image.Point) []float32 {
	whole := image.Rectangle{Max: size}
	if seen == whole {
		return within
	}
	values := slices.Repeat([]float32{float32(math.Inf(-1))}, size.X*size.Y)
	for y := range seen.Dy() {
		copy(values[(seen.Min.Y+y)*size.X+seen.Min.X:], within[y*seen.Dx():][:seen.Dx()])
	}
	return values
}

// Energy is the share of a map's positive values that lies where a mask shows
// something (arXiv 1910.01279); 0 where nothing is positive. It panics where sizes
// differ.
func Energy(values []float32, mask *image.Alpha) float64 {
	object := flat(mask)
	if len(object) != len(values) {
		panic("measure: a map and a mask of different sizes")
	}
	_, energy := within(values, func(i int) bool { return object[i] })
	return energy
}

// Within is a Localisation's Pointing and Energy where the object is a rectangle
// of a map that is w pixels wide.
func Within(values []float32, w int, object image.Rectangle) (pointing, energy float64) {
	return within(values, func(i int) bool { return image.Pt(i%w, i/w).In(object) })
}

func within(values []float32, object func(i int) bool) (pointing, energy float64) {
	highest, ties, hits := values[0], 0, 0
	var all, on float64
	for i, v := range values {
		if v > highest {
			highest, ties, hits = v, 0, 0
		}
		if v == highest {
			ties++
			if object(i) {
				hits++
			}
		}
		if v > 0 {
			all += float64(v)
			if object(i) {
				on += float64(v)
			}
		}
	}
	if all > 0 {
		energy = on / all
	}
	return float64(hits) / float64(ties), energy
}

// flat is a mask in rows without gaps, by pixels that show what it masks.
func flat(m *image.Alpha) []bool {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := make([]bool, 0, w*h)
	for y := range h {
		for _, a := range m.Pix[y*m.Stride:][:w] {
			out = append(out, a >= Shown)
		}
	}
	return out
}

// best is the best intersection over union of any threshold; order has the
// highest values first.
func best(values []float32, order []int32, object []bool) float64 {
	size := 0
	for _, o := range object {
		if o {
			size++
		}
	}
	most, inside := 0.0, 0
	for i, at := range order {
		if object[at] {
			inside++
		}
		if i+1 < len(order) && values[order[i+1]] == values[at] {
			continue // a threshold takes equal values together
		}
		most = max(most, float64(inside)/float64(i+1+size-inside))
	}
	return most
}
