package picture

import (
	"encoding/binary"
	"fmt"
	"image"
	"math"
	"unsafe"

	"scalecam/parallel"
)

// A Filter is a resampling kernel.
type Filter int

const (
	// Bilinear is the triangle: 1 − |x| for |x| < 1.
	Bilinear Filter = iota

	// Bicubic is the cubic convolution of Keys (doi:10.1109/TASSP.1981.1163711)
	// with a = −0.5, as in Pillow; PyTorch's own interpolate has a = −0.75.
	Bicubic

	// Nearest takes the one pixel under the centre.
	Nearest
)

// filters holds what each Filter is: its name, the distance beyond which its
// kernel is zero, and the kernel, a weight for each distance from the centre.
// Distances are in pixels of the coarser grid.
var filters = [...]struct {
	name    string
	support float64
	kernel  func(distance float64) float64 // nil where one pixel is taken
}{
	Bilinear: {"bilinear", 1, triangle},
	Bicubic:  {"bicubic", 2, keys},
	Nearest:  {"nearest", 0, nil},
}

// String returns the filter's name as torchvision writes it: "bilinear",
// "bicubic" or "nearest".
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
	return ResizePart(src, w, h, image.Rect(0, 0, w, h), f)
}

// ResizePart returns the part of Resize(src, w, h, f), byte for byte, without
// making the rest. It panics where Resize or Crop of its result would.
func ResizePart(src *image.RGBA, w, h int, part image.Rectangle, f Filter) *image.RGBA {
	if w <= 0 || h <= 0 || src.Rect.Empty() {
		panic(fmt.Sprintf("picture: Resize: %v to %d × %d; both need at least one pixel", src.Rect, w, h))
	}
	if part.Empty() || !part.In(image.Rect(0, 0, w, h)) {
		panic(fmt.Sprintf("picture: Resize: %v is not a part of %d × %d", part, w, h))
	}
	rows := f.taps(src.Rect.Dy(), h, part.Min.Y, part.Max.Y)
	top, bottom := span(rows)
	wide := resizeRows(src, top, bottom, f.taps(src.Rect.Dx(), w, part.Min.X, part.Max.X))
	return resizeColumns(wide, top, rows, part.Dx())
}

// Reached is what of the part of Resize of a picture of that size to w × h the pixels
// of r have a say in; empty for none.
func Reached(size image.Point, w, h int, part, r image.Rectangle, f Filter) image.Rectangle {
	along := func(all []taps, from, to, start int) (first, end int) {
		for i, t := range all {
			if t.first < to && t.first+len(t.weights) > from {
				if end == 0 {
					first = start + i
				}
				end = start + i + 1
			}
		}
		return first, end
	}
	x0, x1 := along(f.taps(size.X, w, part.Min.X, part.Max.X), r.Min.X, r.Max.X, part.Min.X)
	y0, y1 := along(f.taps(size.Y, h, part.Min.Y, part.Max.Y), r.Min.Y, r.Max.Y, part.Min.Y)
	return image.Rect(x0, y0, x1, y1)
}

// Both passes compute two pixels at once, in the two halves of 64 bits: a sum of
// samples times weights has 32 bits, and of a sum of pairs both can be told.
const (
	pair   = 1<<32 + 1   // times a value: the value twice
	lowest = 0xff * pair // the lowest byte of both halves
)

// four is red, green and blue of two pixels, then of two more.
type four [6]uint64

// resizeRows resamples rows top to bottom of src, by the taps of the result's
// columns. The result's width is even: a column more, which is black, where
// there is an odd number of taps.
func resizeRows(src *image.RGBA, top, bottom int, columns []taps) *image.RGBA {
	const rows = 4 // at once
	left, right := span(columns)
	wide := image.NewRGBA(image.Rect(0, 0, (len(columns)+1)&^1, bottom-top))
	parallel.Bands(bottom-top, rows, func() func(from, to int) {
		samples := make([]four, right-left)
		return func(from, to int) {
			var in, out [rows][]byte
			for i := range rows {
				y := min(from+i, to-1) // the last one again where there are fewer
				in[i] = src.Pix[(top+y)*src.Stride+4*left:][:4*len(samples)]
				out[i] = wide.Pix[y*wide.Stride:][:wide.Stride]
			}
			gather(samples, in)
			for x, t := range columns {
				sums := weigh(samples[t.first-left:], t.weights)
				for i := range 2 {
					a, b := rounded(sums[3*i], sums[3*i+1], sums[3*i+2])
					binary.LittleEndian.PutUint32(out[2*i][4*x:], a)
					binary.LittleEndian.PutUint32(out[2*i+1][4*x:], b)
				}
			}
		}
	})
	return wide
}

// gather puts the pixels of four rows together.
func gather(samples []four, rows [4][]byte) {
	n := len(samples)
	in0, in1 := arrays[[4]byte](rows[0])[:n], arrays[[4]byte](rows[1])[:n]
	in2, in3 := arrays[[4]byte](rows[2])[:n], arrays[[4]byte](rows[3])[:n]
	for i := range samples {
		s := &samples[i]
		a := uint64(binary.LittleEndian.Uint32(in0[i][:])) | uint64(binary.LittleEndian.Uint32(in1[i][:]))<<32
		s[0], s[1], s[2] = a&lowest, a>>8&lowest, a>>16&lowest
		b := uint64(binary.LittleEndian.Uint32(in2[i][:])) | uint64(binary.LittleEndian.Uint32(in3[i][:]))<<32
		s[3], s[4], s[5] = b&lowest, b>>8&lowest, b>>16&lowest
	}
}

// weigh adds up samples times weights. It is a function of its own for the sake
// of the compiler, which then keeps the sums in registers.
func weigh(samples []four, weights []int32) four {
	r, g, b := uint64(half*pair), uint64(half*pair), uint64(half*pair)
	u, v, w := r, g, b
	samples = samples[:len(weights)]
	for i, weight := range weights {
		s, weight := &samples[i], uint64(int64(weight))
		r += s[0] * weight
		g += s[1] * weight
		b += s[2] * weight
		u += s[3] * weight
		v += s[4] * weight
		w += s[5] * weight
	}
	return four{r, g, b, u, v, w}
}

// resizeColumns resamples the columns of what resizeRows made of rows from top
// on, by the taps of the result's rows. The result is w pixels wide.
func resizeColumns(wide *image.RGBA, top int, rows []taps, w int) *image.RGBA {
	dst := image.NewRGBA(image.Rect(0, 0, w, len(rows)))
	parallel.Each(len(rows), func(y int) {
		t := rows[y]
		in, out := wide.Pix[(t.first-top)*wide.Stride:], dst.Pix[y*dst.Stride:][:dst.Stride]
		for x := 0; x < w; x += 2 {
			r, g, b := uint64(half*pair), uint64(half*pair), uint64(half*pair)
			at := 4 * x
			for _, weight := range t.weights {
				two, weight := binary.LittleEndian.Uint64(in[at:]), uint64(int64(weight))
				r += two & lowest * weight
				g += two >> 8 & lowest * weight
				b += two >> 16 & lowest * weight
				at += wide.Stride
			}
			p, q := rounded(r, g, b)
			binary.LittleEndian.PutUint32(out[4*x:], p)
			if x+1 < w {
				binary.LittleEndian.PutUint32(out[4*x+4:], q)
			}
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

// rounded makes opaque pixels, red in their lowest bytes, of sums that began at
// half: in each the two pixels' sums of samples times weights.
func rounded(r, g, b uint64) (p, q uint32) {
	r0, r1 := toBytes(r)
	g0, g1 := toBytes(g)
	b0, b1 := toBytes(b)
	return r0 | g0<<8 | b0<<16 | 0xff<<24, r1 | g1<<8 | b1<<16 | 0xff<<24
}

func toBytes(sums uint64) (lower, upper uint32) {
	low := int32(sums)
	high := int32((sums - uint64(int64(low))) >> 32) // without what the lower one borrowed
	return uint32(min(max(low>>precision, 0), 255)), uint32(min(max(high>>precision, 0), 255))
}

// taps says how one row or column of the result comes from those of the
// source: the weighted sum of those from first on.
type taps struct {
	first   int
	weights []int32
}

// span is the range of the source that all taps together reach.
func span(all []taps) (from, to int) {
	last := all[len(all)-1]
	return all[0].first, last.first + len(last.weights)
}

// taps returns the taps of pixels from to to, of out pixels that are made of in
// pixels.
func (f Filter) taps(in, out, from, to int) []taps {
	scale := float64(in) / float64(out)
	stretch := max(scale, 1)
	kernel, support := filters[f].kernel, filters[f].support*stretch
	inverse := 1 / stretch
	all := make([]taps, to-from)
	weights := make([]float64, 0, 2*int(math.Ceil(support))+1)
	for i := range all {
		center := float64((float64(from+i) + 0.5) * scale) // not fused, as in keys
		if kernel == nil {
			all[i] = taps{min(int(center), in-1), []int32{1 << precision}}
			continue
		}
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

// arrays is a row by its arrays of two or four bytes, of which the compiler knows
// how long they are: loops that check the bounds of each take up to three times
// as long.
func arrays[T [2]byte | [4]byte](row []byte) []T {
	var one T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(row))), len(row)/len(one))
}
