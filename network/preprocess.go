package network

import (
	"fmt"
	"image"
	"math"

	"scalecam/picture"
)

// Crop says which part of a picture a network is shown.
type Crop int

const (
	// CentreCrop shows the middle of the picture at its own proportions.
	CentreCrop Crop = iota
	// NoCrop shows the whole picture, stretched to the input's proportions.
	NoCrop
)

func (c Crop) String() string { return [...]string{"centre", "none"}[c] }

// ParseCrop reads "centre" or "none".
func ParseCrop(s string) (Crop, error) {
	switch s {
	case "centre", "center":
		return CentreCrop, nil
	case "none":
		return NoCrop, nil
	}
	return 0, fmt.Errorf("network: no crop is named %q; there are centre (the middle of the picture) and none (the whole picture, resized)", s)
}

// Preprocessing turns a picture into a network's input, as torchvision's
// Resize, CenterCrop, ToTensor and Normalize do.
type Preprocessing struct {
	Mean, Std [3]float32 // of red, green and blue, in units of full intensity
	Filter    picture.Filter
	Crop      Crop
	// Ratio is the side of the centre crop over that of the resized picture,
	// above 0 and up to 1: 0.875 cuts 224 out of 256.
	Ratio float64
}

// The preprocessing of torchvision's ImageNet weights.
var (
	ImageNetBilinear = Preprocessing{
		Mean: [3]float32{0.485, 0.456, 0.406}, Std: [3]float32{0.229, 0.224, 0.225},
		Filter: picture.Bilinear, Ratio: 0.875,
	}
	ImageNetBicubic = Preprocessing{
		Mean: [3]float32{0.485, 0.456, 0.406}, Std: [3]float32{0.229, 0.224, 0.225},
		Filter: picture.Bicubic, Ratio: 0.875,
	}
)

// Region is a rectangle in a picture's pixels, with fractions: what a network
// saw of it.
type Region struct{ X0, Y0, X1, Y1 float64 }

// In is the region of a picture scaled by (sx, sy), rounded to whole pixels but
// never to none: less than a pixel becomes the pixel that it lies in.
func (r Region) In(sx, sy float64) image.Rectangle {
	x0, x1 := pixelRange(r.X0*sx, r.X1*sx)
	y0, y1 := pixelRange(r.Y0*sy, r.Y1*sy)
	return image.Rect(x0, y0, x1, y1)
}

func pixelRange(from, to float64) (lo, hi int) {
	lo, hi = int(math.Round(from)), int(math.Round(to))
	if lo == hi {
		lo = int(math.Floor(from))
		hi = lo + 1
	}
	return lo, hi
}

// maxResized bounds the resized picture, before the crop, in pixels.
const maxResized = 64 << 20

// Apply resizes and crops the picture to size and normalises it: the result is
// [3, H, W], and the region of the picture that it shows. The picture is
// resized so that the crop is Ratio of the side that limits it (for a square
// size, Resize to size/Ratio of the shorter side).
func (p Preprocessing) Apply(img *image.RGBA, size Size) ([]float32, Region) {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	seen := Region{0, 0, float64(w), float64(h)}
	if p.Crop == NoCrop {
		return p.normalise(picture.Resize(img, size.W, size.H, p.Filter)), seen
	}
	rw, rh := p.resized(w, h, size)
	// Python's round, and so torchvision's CenterCrop, rounds halves to even.
	left := int(math.RoundToEven(float64(rw-size.W) / 2))
	top := int(math.RoundToEven(float64(rh-size.H) / 2))
	sx, sy := float64(w)/float64(rw), float64(h)/float64(rh)
	seen = Region{float64(left) * sx, float64(top) * sy, float64(left+size.W) * sx, float64(top+size.H) * sy}
	if rw*rh > maxResized {
		// Resizing the whole of a very long picture could take any amount of
		// memory: what the network sees of it is cut out first, in whole pixels.
		r := seen.In(1, 1).Intersect(img.Bounds())
		cut := picture.Resize(picture.Crop(img, r), size.W, size.H, p.Filter)
		return p.normalise(cut), Region{float64(r.Min.X), float64(r.Min.Y), float64(r.Max.X), float64(r.Max.Y)}
	}
	cut := picture.Crop(picture.Resize(img, rw, rh, p.Filter), image.Rect(left, top, left+size.W, top+size.H))
	return p.normalise(cut), seen
}

// resized is the size to which a w × h picture is resized before the crop. The
// side that limits it becomes ⌊side/Ratio⌋ and the other follows, cut off to
// whole pixels as torchvision does.
func (p Preprocessing) resized(w, h int, size Size) (rw, rh int) {
	// The ratios that weights state are rounded, say 0.9896 for 380/384.
	const rounding = 1e-6
	limitW, limitH := int(float64(size.W)/p.Ratio+rounding), int(float64(size.H)/p.Ratio+rounding)
	if int64(limitW)*int64(h) >= int64(limitH)*int64(w) { // the width limits
		return limitW, max(limitH, scaled(limitW, h, w))
	}
	return max(limitW, scaled(limitH, w, h)), limitH
}

// scaled is ⌊n·times/by⌋, or what int holds at most.
func scaled(n, times, by int) int { return int(min(int64(n)*int64(times)/int64(by), math.MaxInt)) }

func (p Preprocessing) normalise(img *image.RGBA) []float32 {
	plane := img.Bounds().Dx() * img.Bounds().Dy()
	out := make([]float32, 3*plane)
	for c := range 3 {
		to := out[c*plane:][:plane]
		for i := range to {
			to[i] = (float32(img.Pix[4*i+c])/255 - p.Mean[c]) / p.Std[c]
		}
	}
	return out
}
