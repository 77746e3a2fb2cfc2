package network

import (
	"image"
	"math"
	"slices"
	"sync"

	"scalecam/fault"
	"scalecam/picture"
)

// Crop says which part of a picture a network is shown.
type Crop int

const (
	// CentreCrop shows the middle of the picture at its own proportions.
	CentreCrop Crop = iota
	// NoCrop shows the whole picture, stretched to the input's proportions.
	NoCrop
	// FloorCrop is CentreCrop with halves of pixels cut off, as transformers has it,
	// where torchvision rounds them.
	FloorCrop
)

func (c Crop) String() string { return [...]string{"centre", "none", "centre-floor"}[c] }

// ParseCrop reads "centre", "none" or "centre-floor".
func ParseCrop(s string) (Crop, error) {
	switch s {
	case "centre", "center":
		return CentreCrop, nil
	case "none":
		return NoCrop, nil
	case "centre-floor", "center-floor":
		return FloorCrop, nil
	}
	return 0, fault.Errorf("network: no crop is named %.80q; there are centre (the middle of the picture), none (the whole picture, resized), and centre-floor (the middle by transformers, up to a pixel aside)", s)
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

// TensorFlowBicubic is that of TensorFlow's EfficientNet-Lite: (x − 127) / 128.
var TensorFlowBicubic = Preprocessing{
	Mean: [3]float32{127. / 255, 127. / 255, 127. / 255}, Std: [3]float32{128. / 255, 128. / 255, 128. / 255},
	Filter: picture.Bicubic, Ratio: 0.875,
}

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

// Input is a picture made ready for networks of one input size that take the
// same preprocessing. It does not change once it is made, so that they may share
// it.
type Input struct {
	Size   Size
	Pixels []float32 // [H, W, 3]: red, green and blue, normalised
	Seen   Region    // the part of the picture that it shows
}

// Apply resizes and crops the picture to size and normalises it. The picture is
// resized so that the crop is Ratio of the side that limits it (for a square
// size, Resize to size/Ratio of the shorter side), of which the crop alone is
// made.
func (p Preprocessing) Apply(img *image.RGBA, size Size) *Input {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	rw, rh, part := p.plan(w, h, size)
	cut := picture.ResizePart(img, rw, rh, part, p.Filter)
	if p.Crop == NoCrop {
		return &Input{size, p.normalise(cut), Region{0, 0, float64(w), float64(h)}}
	}
	sx, sy := float64(w)/float64(rw), float64(h)/float64(rh)
	return &Input{size, p.normalise(cut), Region{float64(part.Min.X) * sx, float64(part.Min.Y) * sy, float64(part.Max.X) * sx, float64(part.Max.Y) * sy}}
}

// plan is the size to which a w × h picture is resized, and which part of that is
// shown.
func (p Preprocessing) plan(w, h int, size Size) (rw, rh int, part image.Rectangle) {
	shown := image.Rect(0, 0, size.W, size.H)
	if p.Crop == NoCrop {
		return size.W, size.H, shown
	}
	rw, rh = p.Resized(w, h, size)
	half := math.RoundToEven // Python's round, and so torchvision's CenterCrop
	if p.Crop == FloorCrop {
		half = math.Floor
	}
	left, top := half(float64(rw-size.W)/2), half(float64(rh-size.H)/2)
	return rw, rh, shown.Add(image.Pt(int(left), int(top)))
}

// changed is Apply of another picture, where before is Apply of one that differs
// from it within r alone.
func (p Preprocessing) changed(before *Input, img *image.RGBA, r image.Rectangle) *Input {
	rw, rh, part := p.plan(img.Rect.Dx(), img.Rect.Dy(), before.Size)
	r = picture.Reached(img.Rect.Size(), rw, rh, part, r, p.Filter)
	if r.Empty() {
		return before
	}
	now := &Input{before.Size, slices.Clone(before.Pixels), before.Seen}
	values := p.normalise(picture.ResizePart(img, rw, rh, r, p.Filter))
	for y := range r.Dy() {
		at := (r.Min.Y-part.Min.Y+y)*part.Dx() + r.Min.X - part.Min.X
		copy(now.Pixels[3*at:], values[3*y*r.Dx():][:3*r.Dx()])
	}
	return now
}

// Resized is the size to which a w × h picture is resized before the crop. The
// side that limits it becomes ⌊side/Ratio⌋ and the other follows, cut off to
// whole pixels as torchvision does.
func (p Preprocessing) Resized(w, h int, size Size) (rw, rh int) {
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

// normalise gives the picture's pixels, [H, W, 3].
func (p Preprocessing) normalise(img *image.RGBA) []float32 {
	var values [3][256]float32 // of each level of each colour
	for c := range values {
		for v := range values[c] {
			values[c][v] = (float32(v)/255 - p.Mean[c]) / p.Std[c]
		}
	}
	out := make([]float32, 3*len(img.Pix)/4)
	for i := range len(img.Pix) / 4 {
		from, to := img.Pix[4*i:][:3], out[3*i:][:3]
		to[0], to[1], to[2] = values[0][from[0]], values[1][from[1]], values[2][from[2]]
	}
	return out
}

// Inputs are one picture made ready, once for all networks of one size and
// preprocessing. Several goroutines may ask at once.
type Inputs struct {
	img  *image.RGBA
	mu   sync.Mutex
	made map[wanted]*Input
}

// wanted is all that an Input depends on beside the picture.
type wanted struct {
	preprocessing Preprocessing
	size          Size
}

// NewInputs makes nothing yet. The picture must not change as long as it is
// used.
func NewInputs(img *image.RGBA) *Inputs {
	return &Inputs{img: img, made: map[wanted]*Input{}}
}

// For is the picture made ready for the model.
func (in *Inputs) For(m *Model) *Input {
	want := wanted{m.Preprocessing, m.Network.Scaling.Resolution}
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.made[want] == nil {
		in.made[want] = want.preprocessing.Apply(in.img, want.size)
	}
	return in.made[want]
}

// Changed are the inputs of a picture that differs from this one within r alone. What
// is made of this one is made of that by what r reaches of it.
func (in *Inputs) Changed(img *image.RGBA, r image.Rectangle) *Inputs {
	in.mu.Lock()
	defer in.mu.Unlock()
	now := NewInputs(img)
	for want, before := range in.made {
		now.made[want] = want.preprocessing.changed(before, img, r)
	}
	return now
}
