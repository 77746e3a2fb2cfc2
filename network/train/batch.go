package train

import (
	"fmt"
	"image"
	"iter"
	"math"
	"math/rand/v2"
	"slices"

	"scalecam/dataset"
	"scalecam/exact"
	"scalecam/network"
	"scalecam/network/kernel"
	"scalecam/picture"
)

// loader fills batches of pictures, changed at random, on all cores that the kernels
// have. What it fills depends on the recipe's seed, the epoch and the place in the epoch
// alone.
type loader struct {
	set           dataset.Set
	recipe        Recipe
	preprocessing network.Preprocessing
	size          network.Size
	classes       int
	teacher       *teacher // nil for none
}

// order is the order of the pictures in an epoch: of all, or of as many of each class as
// the recipe's cap allows.
func (l *loader) order(epoch int) []int {
	all := chance(l.recipe.Seed, 1, uint64(epoch)).Perm(l.set.Len())
	if l.recipe.Cap == 0 {
		return all
	}
	seen := make([]int, l.classes)
	return slices.DeleteFunc(all, func(i int) bool {
		seen[l.set.Class(i)]++
		return seen[l.set.Class(i)] > l.recipe.Cap
	})
}

// steps is how many whole batches an epoch of a set has; the rest has its turn in another.
func (r Recipe) steps(set dataset.Set) int {
	n := set.Len()
	if r.Cap > 0 {
		n = 0
		seen := make([]int, len(set.Classes()))
		for i := range set.Len() {
			if seen[set.Class(i)]++; seen[set.Class(i)] <= r.Cap {
				n++
			}
		}
	}
	return n / r.Batch
}

// chance is a generator of its own for each purpose and place.
func chance(seed, purpose, place uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, purpose<<56|place))
}

// fill fills images [n, H, W, 3] and targets [n, classes] with the pictures at,
// which are the places from first on of all that were ever asked for.
func (l *loader) fill(images, targets []float32, at []int, first uint64) error {
	n := len(at)
	var answers, shown []float32 // the teacher's, and what it is shown where it did not answer yet
	if l.teacher != nil {
		if answers = l.teacher.answers.kept[first]; answers == nil {
			shown = l.teacher.room(n)
		}
	}
	errs := make([]error, n)
	kernel.Each(n, func(i int) {
		errs[i] = l.one(part(images, n, i), part(shown, n, i), part(targets, n, i), at[i], chance(l.recipe.Seed, 2, first+uint64(i)))
	})
	for _, err := range errs { // the first one, whichever core met one first
		if err != nil {
			return err
		}
	}
	rng := chance(l.recipe.Seed, 3, first)
	switch mixup, cut := l.recipe.Mixup > 0, l.recipe.CutMix > 0; {
	case cut && (!mixup || rng.IntN(2) == 1):
		l.cutMix(images, shown, targets, n, rng)
	case mixup:
		l.mix(images, shown, targets, n, rng)
	}
	if l.teacher == nil {
		return nil
	}
	if answers == nil {
		var err error
		if answers, err = l.teacher.answer(shown, n, first); err != nil {
			return err
		}
	}
	share := float32(l.recipe.TeacherShare)
	for i, p := range answers {
		targets[i] = share*p + (1-share)*targets[i]
	}
	return nil
}

// one fills in picture number at of the set, and what the teacher is shown of it.
func (l *loader) one(pixels, shown, targets []float32, at int, rng *rand.Rand) error {
	e, err := l.set.At(at)
	if err != nil {
		return err
	}
	if e.Class < 0 || e.Class >= l.classes {
		return fmt.Errorf("train: %s: class %d of %d", e.Name, e.Class, l.classes)
	}
	for i := range targets {
		targets[i] = float32(l.recipe.LabelSmoothing) / float32(l.classes)
	}
	targets[e.Class] += 1 - float32(l.recipe.LabelSmoothing)

	cut := picture.Crop(e.Image, l.crop(e.Image.Rect, rng))
	img := picture.Resize(cut, l.size.W, l.size.H, l.preprocessing.Filter)
	flip := l.recipe.Flip && rng.IntN(2) == 1
	c := l.colours(cut, rng)
	draw(pixels, img, l.preprocessing, flip, c)
	if shown != nil {
		size, p := l.teacher.input()
		draw(shown, picture.Resize(cut, size.W, size.H, p.Filter), p, flip, c)
	}
	return nil
}

// draw fills in a picture, turned or not, in other colours.
func draw(pixels []float32, img *image.RGBA, p network.Preprocessing, flip bool, c colours) {
	w := img.Rect.Dx()
	for y := range img.Rect.Dy() {
		row := img.Pix[y*img.Stride:][:4*w]
		to := pixels[3*y*w:][:3*w]
		for x := range w {
			from := x
			if flip {
				from = w - 1 - x
			}
			r, g, b := c.apply(row[4*from:])
			v := to[3*x:][:3]
			v[0] = (r - p.Mean[0]) / p.Std[0]
			v[1] = (g - p.Mean[1]) / p.Std[1]
			v[2] = (b - p.Mean[2]) / p.Std[2]
		}
	}
}

// crop draws a part of the picture by torchvision's RandomResizedCrop: an area
// of at least the recipe's share, in proportions from 3/4 to 4/3 of the input's.
func (l *loader) crop(bounds image.Rectangle, rng *rand.Rand) image.Rectangle {
	w, h := float64(bounds.Dx()), float64(bounds.Dy())
	input := float64(l.size.W) / float64(l.size.H)
	for range 10 {
		area := w * h * (l.recipe.Crop + (1-l.recipe.Crop)*rng.Float64())
		ratio := input * exact.Exp((2*rng.Float64()-1)*math.Log(4.0/3))
		cw, ch := int(math.Round(math.Sqrt(area*ratio))), int(math.Round(math.Sqrt(area/ratio)))
		if cw < 1 || ch < 1 || cw > bounds.Dx() || ch > bounds.Dy() {
			continue
		}
		x, y := rng.IntN(bounds.Dx()-cw+1), rng.IntN(bounds.Dy()-ch+1)
		return image.Rect(x, y, x+cw, y+ch)
	}
	// The largest part of the input's proportions, in the middle.
	cw, ch := bounds.Dx(), max(1, int(math.Round(w/input)))
	if ch > bounds.Dy() {
		cw, ch = max(1, min(bounds.Dx(), int(math.Round(h*input)))), bounds.Dy()
	}
	x, y := (bounds.Dx()-cw)/2, (bounds.Dy()-ch)/2
	return image.Rect(x, y, x+cw, y+ch)
}

// colours is a change of a picture's colours, of values from 0 to 1: a factor
// of brightness, then contrast around the mean, then saturation around grey. The mean is
// the crop's, not the input's, so that networks of all sizes see the same change.
type colours struct{ brightness, contrast, saturation, mean float32 }

func (l *loader) colours(crop *image.RGBA, rng *rand.Rand) colours {
	factor := func() float32 { return float32(1 + l.recipe.Colour*(2*rng.Float64()-1)) }
	c := colours{brightness: factor(), contrast: factor(), saturation: factor()}
	var sum int
	for i := 0; i < len(crop.Pix); i += 4 {
		sum += 299*int(crop.Pix[i]) + 587*int(crop.Pix[i+1]) + 114*int(crop.Pix[i+2])
	}
	c.mean = c.brightness * float32(sum) / (1000 * 255) / float32(len(crop.Pix)/4)
	return c
}

func (c colours) apply(px []byte) (r, g, b float32) {
	v := [3]float32{float32(px[0]) / 255, float32(px[1]) / 255, float32(px[2]) / 255}
	for i := range v {
		v[i] = c.mean + c.contrast*(c.brightness*v[i]-c.mean)
	}
	grey := 0.299*v[0] + 0.587*v[1] + 0.114*v[2]
	for i := range v {
		v[i] = min(max(grey+c.saturation*(v[i]-grey), 0), 1)
	}
	return v[0], v[1], v[2]
}

// mix mixes every picture with the one that lies opposite in the batch, and
// their targets likewise (arXiv 1710.09412). The middle one of an odd batch
// stays as it is.
func (l *loader) mix(images, shown, targets []float32, n int, rng *rand.Rand) {
	share := float32(beta(rng, l.recipe.Mixup))
	for _, all := range [][]float32{images, shown, targets} {
		for a, b := range opposite(all, n) {
			blend(a, b, share)
		}
	}
}

// cutMix swaps a rectangle of every picture with that of the one that lies opposite in
// the batch, and mixes their targets by its area (arXiv 1905.04899): of the input's
// proportions, around a point anywhere in it, cut off at its edges. The middle one of an
// odd batch stays as it is.
func (l *loader) cutMix(images, shown, targets []float32, n int, rng *rand.Rand) {
	side := math.Sqrt(1 - beta(rng, l.recipe.CutMix))
	w, h := int(side*float64(l.size.W)), int(side*float64(l.size.H))
	x, y := rng.IntN(l.size.W)-w/2, rng.IntN(l.size.H)-h/2
	cut := image.Rect(x, y, x+w, y+h).Intersect(image.Rect(0, 0, l.size.W, l.size.H))
	swap(images, n, l.size, cut)
	if shown != nil {
		size, _ := l.teacher.input()
		swap(shown, n, size, image.Rect(cut.Min.X*size.W/l.size.W, cut.Min.Y*size.H/l.size.H, cut.Max.X*size.W/l.size.W, cut.Max.Y*size.H/l.size.H))
	}
	share := 1 - float32(cut.Dx()*cut.Dy())/float32(l.size.W*l.size.H)
	for a, b := range opposite(targets, n) {
		blend(a, b, share)
	}
}

// part is number i of n equal parts.
func part(all []float32, n, i int) []float32 {
	each := len(all) / n
	return all[i*each:][:each]
}

// swap swaps a rectangle of n pictures of a size with the opposite ones'.
func swap(images []float32, n int, size network.Size, cut image.Rectangle) {
	for a, b := range opposite(images, n) {
		for y := cut.Min.Y; y < cut.Max.Y; y++ {
			from, to := 3*(y*size.W+cut.Min.X), 3*(y*size.W+cut.Max.X)
			for i := from; i < to; i++ {
				a[i], b[i] = b[i], a[i]
			}
		}
	}
}

// opposite are the first and the last of n equal parts, the second and the last but
// one, and so on.
func opposite(all []float32, n int) iter.Seq2[[]float32, []float32] {
	return func(yield func(a, b []float32) bool) {
		for i := range n / 2 {
			if !yield(part(all, n, i), part(all, n, n-1-i)) {
				return
			}
		}
	}
}

// blend makes of a and b such a share of themselves and the rest of each other.
func blend(a, b []float32, share float32) {
	for j := range a {
		a[j], b[j] = share*a[j]+(1-share)*b[j], share*b[j]+(1-share)*a[j]
	}
}

// beta draws from the Beta distribution of two equal parameters, as two
// draws from the Gamma distribution (Marsaglia and Tsang 2000,
// doi 10.1145/358407.358414).
func beta(rng *rand.Rand, a float64) float64 {
	x, y := gamma(rng, a), gamma(rng, a)
	if x+y == 0 { // both underflowed: a tiny parameter leaves one of the two
		return float64(rng.IntN(2))
	}
	return x / (x + y)
}

// gamma draws from the Gamma distribution of shape a and scale 1.
func gamma(rng *rand.Rand, a float64) float64 {
	if a < 1 {
		return gamma(rng, a+1) * math.Pow(rng.Float64(), 1/a)
	}
	d := a - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := rng.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(1-rng.Float64()) < 0.5*x*x+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}
