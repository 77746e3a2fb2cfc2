package picture

import (
	"fmt"
	"image"
	"math"
	"runtime"
	"sync"
)

// A Filter is a resampling kernel.
type Filter int

const (
	// Bilinear is the triangle: 1 − |x| for |x| < 1.
	Bilinear Filter = iota

	// Bicubic is the cubic convolution of Keys (doi:10.1109/TASSP.1981.1163711)
	// with a = −0.5, as in Pillow; PyTorch's own interpolate has a = −0.75.
	Bicubic
)

// filters holds what each Filter is: its name, the distance beyond which its
// kernel is zero, and the kernel, a weight for each distance from the centre.
// Distances are in pixels of the coarser grid.
var filters = [...]struct {
	name    string
	support float64
	kernel  func(distance float64) float64
}{
	Bilinear: {"bilinear", 1, triangle},
	Bicubic:  {"bicubic", 2, keys},
}

// String returns the filter's name as torchvision writes it: "bilinear" or
// "bicubic".
func (f Filter) String() string { return filters[f].name }

func triangle(x float64) float64 { return max(0, 1-math.Abs(x)) }

func keys(x float64) float64 {
	const a = -0.5
	// The conversions forbid fused multiply-add, which rounds otherwise and
	// would make the result depend on the processor.
	switch x = math.Abs(x); {
	case x < 1:
		return float64(float64(float64((a+2)*x)-(a+3))*x*x) + 1
	case x < 2:
		return (float64((float64((x-5)*x)+8)*x) - 4) * a
	}
	return 0
}

// Resize returns src resampled to w × h pixels, tightly packed with its bounds
// at (0, 0). On reduction the kernel widens with the scale, so that the result
// is antialiased; beyond the edges nothing is invented, the weights of the
// pixels that exist are normalised to 1. src is only read; its alpha is taken
// to be 255, and that of the result is.
//
// Every byte equals Pillow's Image.resize of an RGB picture (checked with 9.4;
// src/libImaging/Resample.c), which torchvision's Resize uses: weights in fixed
// point of 22 bits, rows first and then columns, with 8 bits between the two.
// The kernels of golang.org/x/image/draw, which keep floating point between the
// passes, came within 1 level for bilinear but up to 29 levels off for bicubic,
// where Pillow cuts the overshoot at an edge between the passes; hence our own.
//
// It panics if w, h or a side of src is not positive.
func Resize(src *image.RGBA, w, h int, f Filter) *image.RGBA {
	if w <= 0 || h <= 0 || src.Rect.Empty() {
		panic(fmt.Sprintf("picture: Resize: %v to %d × %d; both need at least one pixel", src.Rect, w, h))
	}
	srcW, srcH := src.Rect.Dx(), src.Rect.Dy()

	columns := f.taps(srcW, w)
	wide := image.NewRGBA(image.Rect(0, 0, w, srcH))
	eachRow(srcH, func(y int) {
		in := src.Pix[y*src.Stride : y*src.Stride+4*srcW]
		out := wide.Pix[y*wide.Stride:]
		for x, t := range columns {
			r, g, b := int32(half), int32(half), int32(half)
			for i, weight := range t.weights {
				p := in[4*(t.first+i):][:3]
				r += int32(p[0]) * weight
				g += int32(p[1]) * weight
				b += int32(p[2]) * weight
			}
			p := out[4*x:][:4]
			p[0], p[1], p[2], p[3] = toByte(r), toByte(g), toByte(b), 255
		}
	})

	rows := f.taps(srcH, h)
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	eachRow(h, func(y int) {
		sums := make([]int32, wide.Stride)
		for i := range sums {
			sums[i] = half
		}
		t := rows[y]
		for k, weight := range t.weights {
			in := wide.Pix[(t.first+k)*wide.Stride:][:len(sums)]
			for i, v := range in {
				sums[i] += int32(v) * weight
			}
		}
		out := dst.Pix[y*dst.Stride:][:len(sums)]
		for i, sum := range sums {
			out[i] = toByte(sum)
		}
		for i := 3; i < len(out); i += 4 {
			out[i] = 255 // the weights may sum to a little less than 1
		}
	})
	return dst
}

// Crop returns a copy of the part r of src, tightly packed with its bounds at
// (0, 0). It panics if r is empty or reaches out of src.
func Crop(src *image.RGBA, r image.Rectangle) *image.RGBA {
	if r.Empty() || !r.In(src.Rect) {
		panic(fmt.Sprintf("picture: Crop: %v is not a part of %v", r, src.Rect))
	}
	dst := image.NewRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
	for y := range r.Dy() {
		i := src.PixOffset(r.Min.X, r.Min.Y+y)
		copy(dst.Pix[y*dst.Stride:], src.Pix[i:i+dst.Stride])
	}
	return dst
}

// Weights are integers in units of 2^−precision: 32 bits less 8 for the sample
// and 2 for the sign and the overshoot of a negative lobe.
const (
	precision = 32 - 8 - 2
	half      = 1 << (precision - 1)
)

// toByte rounds a sum of samples times weights (that began at half) to a byte.
func toByte(sum int32) byte { return byte(min(max(sum>>precision, 0), 255)) }

// taps says how one row or column of the result comes from those of the
// source: the weighted sum of those from first on.
type taps struct {
	first   int
	weights []int32
}

// taps returns the taps of each of out pixels made of in pixels.
func (f Filter) taps(in, out int) []taps {
	scale := float64(in) / float64(out)
	stretch := max(scale, 1)
	kernel, support := filters[f].kernel, filters[f].support*stretch
	inverse := 1 / stretch
	all := make([]taps, out)
	weights := make([]float64, 0, 2*int(math.Ceil(support))+1)
	for i := range all {
		center := float64((float64(i) + 0.5) * scale) // not fused, as in keys
		first := max(int(center-support+0.5), 0)
		last := min(int(center+support+0.5), in)
		weights = weights[:0]
		sum := 0.0
		for j := first; j < last; j++ {
			weight := kernel((float64(j) - center + 0.5) * inverse)
			weights = append(weights, weight)
			sum += weight
		}
		fixed := make([]int32, len(weights))
		for j, weight := range weights {
			fixed[j] = int32(math.Round(weight / sum * (1 << precision)))
		}
		all[i] = taps{first, fixed}
	}
	return all
}

// eachRow calls f with each of 0 to n−1, in bands on all processors. The calls
// write nothing in common, so the result does not depend on their number.
func eachRow(n int, f func(y int)) {
	bands := min(runtime.GOMAXPROCS(0), n)
	var wg sync.WaitGroup
	for band := range bands {
		wg.Go(func() {
			for y := n * band / bands; y < n*(band+1)/bands; y++ {
				f(y)
			}
		})
	}
	wg.Wait()
}
