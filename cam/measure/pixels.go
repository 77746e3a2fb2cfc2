package measure

import (
	"cmp"
	"image"
	"slices"
)

// pixelBins is how many parts PxAP cuts [0, 1] into: steps of a thousandth, and 1
// itself.
const pixelBins = 1001

// PixelCurve counts pixels by the map's value, brought to [0, 1], in steps of a
// thousandth: of the object, and of what is not. Curves of pictures add up; PxAP is
// made of their sum.
type PixelCurve [2][pixelBins]float64

// Pixels is the curve of a map, a value for each pixel of the mask in rows. A map that
// is the same everywhere counts as 0 everywhere. It panics where sizes differ.
func Pixels(values []float32, mask *image.Alpha) *PixelCurve {
	object := flat(mask)
	if len(object) != len(values) {
		panic("measure: a map and a mask of different sizes")
	}
	c := new(PixelCurve)
	unit, same := toUnit(values)
	for i, on := range object {
		bin, side := 0, 1
		if !same {
			bin = int(float64(unit[i]) * (pixelBins - 1))
			// The edges are multiples of a thousandth as float64 has them.
			for bin > 0 && float64(unit[i]) < edge(bin) {
				bin--
			}
			for bin < pixelBins-1 && float64(unit[i]) >= edge(bin+1) {
				bin++
			}
		}
		if on {
			side = 0
		}
		c[side][bin]++
	}
	return c
}

func edge(bin int) float64 { return float64(bin) * 0.001 }

// PxAP is the pixel average precision (Choe et al. 2020, arXiv 2007.04178, and its
// code): the area under the curve of precision over recall of all pictures' pixels
// together, Σ precision·Δrecall, from the highest threshold down. It is 0 where there
// is no object.
func PxAP(sum *PixelCurve) float64 {
	var objects float64
	for _, n := range sum[0] {
		objects += n
	}
	if objects == 0 {
		return 0
	}
	var area, hit, missed, recall float64
	for bin := pixelBins - 1; bin >= 0; bin-- {
		hit, missed = hit+sum[0][bin], missed+sum[1][bin]
		now := hit / objects
		if hit+missed > 0 {
			area += hit / (hit + missed) * (now - recall)
		}
		recall = now
	}
	return area
}

// Ceiling is the best intersection over union with an object that whole cells of a
// grid of gw × gh over the mask reach: a map of 7 × 7 cells cannot outline what is
// smaller than one. Of the cells those with the largest share of the object are taken,
// as many as do best. It is 0 where there is no object.
func Ceiling(mask *image.Alpha, gw, gh int) float64 {
	w, h := mask.Rect.Dx(), mask.Rect.Dy()
	type cell struct{ on, all int }
	cells := make([]cell, gw*gh)
	total := 0
	for i, on := range flat(mask) {
		x, y := i%w, i/w
		c := &cells[min(y*gh/h, gh-1)*gw+min(x*gw/w, gw-1)]
		c.all++
		if on {
			c.on++
			total++
		}
	}
	if total == 0 {
		return 0
	}
	slices.SortFunc(cells, func(a, b cell) int { return cmp.Compare(b.on*a.all, a.on*b.all) })
	best, on, off := 0.0, 0, 0
	for _, c := range cells {
		on, off = on+c.on, off+c.all-c.on
		best = max(best, float64(on)/float64(total+off))
	}
	return best
}

// Sparsity is the Gini index of a map's absolute values (Chalasani et al. 2020, arXiv
// 1810.06583): 0 where all are alike, near 1 where few hold nearly all; 0 where all
// are 0.
func Sparsity(values []float32) float64 {
	sorted := make([]float64, len(values))
	var sum float64
	for i, v := range values {
		sorted[i] = max(float64(v), -float64(v))
		sum += sorted[i]
	}
	if sum == 0 {
		return 0
	}
	slices.Sort(sorted)
	n, gini := float64(len(sorted)), 1.0
	for i, v := range sorted {
		gini -= 2 * v / sum * (n - float64(i+1) + 0.5) / n
	}
	return gini
}
