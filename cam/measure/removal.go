package measure

import (
	"math"
	"slices"

	"scalecam/exact"
)

// Path is the way from one picture to another, pixel by pixel in the order of a map,
// the highest first, a row's worth of pixels at a time: deletion and insertion
// (Petsiuk et al. 2018, arXiv 1806.07421, and its code). Pictures are [h, w, 3], rows
// one after another, as networks are given them. Of equal pixels the later comes
// first, as in that code where its sort is stable.
type Path struct {
	order         []int
	w             int
	start, finish []float32
}

// Deletion goes from a picture to one of zeros, which are the mean colour where
// pictures are normalised.
func Deletion(values []float32, w int, picture []float32) *Path {
	return newPath(values, w, picture, make([]float32, len(picture)))
}

// Insertion goes from a blurred picture (Blur) to the picture.
func Insertion(values []float32, w int, picture []float32) *Path {
	return newPath(values, w, Blur(picture, w), picture)
}

func newPath(values []float32, w int, start, finish []float32) *Path {
	if len(start) != 3*len(values) {
		panic("measure: a map and a picture of different sizes")
	}
	order := make([]int, len(values))
	for i := range order {
		order[i] = len(order) - 1 - i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case values[a] > values[b]:
			return -1
		case values[a] < values[b]:
			return 1
		}
		return 0
	})
	return &Path{order, w, start, finish}
}

// Steps is how many pictures the path has, both ends with it.
func (p *Path) Steps() int { return (len(p.order)+p.w-1)/p.w + 1 }

// At writes picture i, from 0 on, [h, w, 3].
func (p *Path) At(i int, picture []float32) {
	copy(picture, p.start)
	for _, at := range p.order[:min(i*p.w, len(p.order))] {
		copy(picture[3*at:3*at+3], p.finish[3*at:])
	}
}

// AUC is the area under the curve of scores along a path, by trapezoids, on a path of
// length 1: for deletion the less the better, for insertion the more.
func AUC(scores []float64) float64 {
	var sum float64
	for _, s := range scores {
		sum += s
	}
	return (sum - scores[0]/2 - scores[len(scores)-1]/2) / float64(len(scores)-1)
}

// What the published code blurs by: a kernel of 11 × 11, which is what SciPy's Gaussian
// filter of deviation 5 makes of a point in the middle of it, edges reflected.
const (
	blurSide  = 11
	blurSigma = 5.0
)

// Blur is the picture that insertion begins with, [h, w, 3]: zeros are beyond its
// edge.
func Blur(picture []float32, w int) []float32 {
	const half = blurSide / 2
	kernel := blurKernel()
	h := len(picture) / 3 / w
	pass := func(from []float32, step, n int, at func(i int) int) []float32 {
		to := make([]float32, len(from))
		for i := range len(from) / 3 {
			var sums [3]float64
			for k, share := range kernel {
				if j := at(i) + k - half; j >= 0 && j < n {
					for c := range sums {
						sums[c] += share * float64(from[3*(i+(k-half)*step)+c])
					}
				}
			}
			for c, s := range sums {
				to[3*i+c] = float32(s)
			}
		}
		return to
	}
	across := pass(picture, 1, w, func(i int) int { return i % w })
	return pass(across, w, h, func(i int) int { return i / w })
}

// blurKernel is the kernel along a side.
func blurKernel() (kernel [blurSide]float64) {
	const radius = 20 // four deviations: as far as SciPy looks
	var weights [2*radius + 1]float64
	var sum float64
	for i := range weights {
		d := float64(i - radius)
		weights[i] = exact.Exp(-d * d / (2 * blurSigma * blurSigma))
		sum += weights[i]
	}
	for i := range kernel {
		for j, weight := range weights {
			at := (i + j - radius) % (2 * blurSide) // reflected, the edge's pixel twice
			if at < 0 {
				at += 2 * blurSide
			}
			if at >= blurSide {
				at = 2*blurSide - 1 - at
			}
			if at == blurSide/2 {
				kernel[i] += weight / sum
			}
		}
	}
	return kernel
}

// Drop is the share of a class's probability p of a picture that is lost where it is q
// of what a map leaves of the picture (Chattopadhay et al. 2018, arXiv 1710.11063):
// max(0, p − q)/p.
func Drop(p, q float64) float64 {
	if p <= 0 {
		return 0
	}
	return max(0, p-q) / p
}

// Gain is the share that is gained of what p lacked (Zhang et al. 2024, arXiv
// 2403.10391): max(0, q − p)/(1 − p).
func Gain(p, q float64) float64 {
	if p >= 1 {
		return 0
	}
	return max(0, q-p) / (1 - p)
}

// Increase is 1 where the probability is higher, else 0 (arXiv 1710.11063).
func Increase(p, q float64) float64 {
	if q > p {
		return 1
	}
	return 0
}

// Coherency is Pearson's correlation of a map with the map of what it leaves of the
// picture, brought to [0, 1] (Poppi et al. 2021, arXiv 2104.10252); ½ where one of them
// is the same everywhere.
func Coherency(a, b []float32) float64 {
	if len(a) != len(b) {
		panic("measure: maps of different sizes")
	}
	var ma, mb float64
	for i := range a {
		ma, mb = ma+float64(a[i])/float64(len(a)), mb+float64(b[i])/float64(len(b))
	}
	var xy, xx, yy float64
	for i := range a {
		x, y := float64(a[i])-ma, float64(b[i])-mb
		xy, xx, yy = xy+x*y, xx+x*x, yy+y*y
	}
	if xx == 0 || yy == 0 {
		return 0.5
	}
	return (xy/math.Sqrt(xx*yy) + 1) / 2
}

// Complexity is the mean of a map brought to [0, 1] (the same paper): 0 where it is the
// same everywhere.
func Complexity(values []float32) float64 {
	unit, same := toUnit(values)
	if same {
		return 0
	}
	var sum float64
	for _, v := range unit {
		sum += float64(v)
	}
	return sum / float64(len(unit))
}

// ADCC is the harmonic mean of coherency, of what complexity leaves and of what the
// average drop does (the same paper): 0 where one of the three is 0.
func ADCC(coherency, complexity, drop float64) float64 {
	if coherency <= 0 || complexity >= 1 || drop >= 1 {
		return 0
	}
	return 3 / (1/coherency + 1/(1-complexity) + 1/(1-drop))
}
