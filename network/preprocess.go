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

// In is the region of a picture scaled by (sx, sy), rounded to whole pixels.
func (r Region) In(sx, sy float64) image.Rectangle {
	at := func(v, s float64) int { return int(math.Round(v * s)) }
	return image.Rect(at(r.X0, sx), at(r.Y0, sy), at(r.X1, sx), at(r.Y1, sy))
}

// Apply resizes and crops the picture to size and normalises it: the result is
// [3, H, W], and the region of the picture that it shows. The picture is
// resized so that the crop is Ratio of the side that limits it (for a square
// size, Resize to size/Ratio of the shorter side).
func (p Preprocessing) Apply(img *image.RGBA, size Size) ([]float32, Region) {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	seen := Region{0, 0, float64(w), float64(h)}
	var cut *image.RGBA
	if p.Crop == NoCrop {
		cut = picture.Resize(img, size.W, size.H, p.Filter)
	} else {
		rw, rh := p.resized(w, h, size)
		// Python's round, and so torchvision's CenterCrop, rounds halves to even.
		left := int(math.RoundToEven(float64(rw-size.W) / 2))
		top := int(math.RoundToEven(float64(rh-size.H) / 2))
		sx, sy := float64(w)/float64(rw), float64(h)/float64(rh)
		seen = Region{float64(left) * sx, float64(top) * sy, float64(left+size.W) * sx, float64(top+size.H) * sy}
		cut = p.resizeCrop(img, rw, rh, image.Rect(left, top, left+size.W, top+size.H))
	}
	return p.normalise(cut), seen
}

// maxResized bounds the resized picture, before the crop, in pixels.
const maxResized = 64 << 20

// resizeCrop resizes the picture to rw × rh and cuts r out. A very long
// picture is cut to what r needs first, because resizing the whole of it could
// take any amount of memory.
func (p Preprocessing) resizeCrop(img *image.RGBA, rw, rh int, r image.Rectangle) *image.RGBA {
	if rw*rh > maxResized {
		w, h := img.Bounds().Dx(), img.Bounds().Dy()
		if rw > rh {
			keep := max(1, min(w, 2*h*r.Dx()/r.Dy()))
			img = picture.Crop(img, image.Rect((w-keep)/2, 0, (w-keep)/2+keep, h))
			rw = max(r.Dx(), int(math.Round(float64(rw)*float64(keep)/float64(w))))
		} else {
			keep := max(1, min(h, 2*w*r.Dy()/r.Dx()))
			img = picture.Crop(img, image.Rect(0, (h-keep)/2, w, (h-keep)/2+keep))
			rh = max(r.Dy(), int(math.Round(float64(rh)*float64(keep)/float64(h))))
		}
		r = r.Sub(r.Min).Add(image.Pt((rw-r.Dx())/2, (rh-r.Dy())/2))
	}
	return picture.Crop(picture.Resize(img, rw, rh, p.Filter), r)
}

// resized is the size to which a w × h picture is resized before the crop. The
// side that limits it becomes ⌊side/Ratio⌋ and the other follows, cut off to
// whole pixels as torchvision does.
func (p Preprocessing) resized(w, h int, size Size) (rw, rh int) {
	// The ratios that weights state are rounded, say 0.9896 for 380/384.
	const rounding = 1e-6
	limitW, limitH := int(float64(size.W)/p.Ratio+rounding), int(float64(size.H)/p.Ratio+rounding)
	if limitW*h >= limitH*w { // the width limits
		return limitW, max(limitH, limitW*h/w)
	}
	return max(limitW, limitH*w/h), limitH
}

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
