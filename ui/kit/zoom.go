package kit

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
)

// Zoom is the part of a picture that is in sight, in the picture's proportions. The zero
// value is all of it.
type Zoom struct {
	Times float64 // how much larger than all of it: more than 1 to MostZoom; 0 for all
	X, Y  float64 // what is cut off of it at the left and above, of its width and height
}

// MostZoom is the most that Times can be.
const MostZoom = 16

func (z Zoom) times() float64 { return max(z.Times, 1) }

// Whole tells that all of the picture is in sight.
func (z Zoom) Whole() bool { return z == Zoom{} }

// On is where in sight a place of the picture is, and At the place of one in sight; both
// as shares from 0 to 1, beyond them what is out of sight.
func (z Zoom) On(x, y float64) (u, v float64) { return (x - z.X) * z.times(), (y - z.Y) * z.times() }

// At is On turned around.
func (z Zoom) At(u, v float64) (x, y float64) { return z.X + u/z.times(), z.Y + v/z.times() }

// About is so many times larger, or smaller, while a place of the picture stays where it
// is, as far as the picture's edges let it.
func (z Zoom) About(x, y, by float64) Zoom {
	u, v := z.On(x, y)
	now := Zoom{Times: min(z.times()*by, MostZoom)}
	if now.Times < 1.001 { // wheeled back to where it began
		return Zoom{}
	}
	now.X, now.Y = x-u/now.Times, y-v/now.Times
	return now.Moved(0, 0)
}

// Moved has another part in sight, so much of the picture's width and height further on,
// as far as it goes.
func (z Zoom) Moved(x, y float64) Zoom {
	most := 1 - 1/z.times()
	z.X, z.Y = min(max(z.X+x, 0), most), min(max(z.Y+y, 0), most)
	return z
}

// Part is what of a picture is in sight at so many pixels: of all of it resized to of, so
// large a part from at on.
func (z Zoom) Part(size image.Point) (of, at image.Point) {
	along := func(n int, from float64) (all, first int) {
		all = int(float64(n)*z.times() + 0.5)
		return all, min(int(from*float64(all)+0.5), all-n)
	}
	of.X, at.X = along(size.X, z.X)
	of.Y, at.Y = along(size.Y, z.Y)
	return of, at
}

// cut is what of img, a picture's part z, lies in the part now, and where there, as
// shares from 0 to 1; nil where nothing does.
func (z Zoom) cut(img *image.RGBA, now Zoom) (*image.RGBA, [4]float64) {
	along := func(n int, from, now, times float64) (first, end int) {
		pixel := func(share float64) int { return int((share-from)*z.times()*float64(n) + 0.5) }
		return max(pixel(max(now, from)), 0), min(pixel(min(now+1/times, from+1/z.times())), n)
	}
	var part image.Rectangle
	size := img.Rect.Size()
	part.Min.X, part.Max.X = along(size.X, z.X, now.X, now.times())
	part.Min.Y, part.Max.Y = along(size.Y, z.Y, now.Y, now.times())
	if part.Empty() {
		return nil, [4]float64{}
	}
	out := image.NewRGBA(image.Rectangle{Max: part.Size()})
	for y := range part.Dy() {
		copy(out.Pix[y*out.Stride:][:out.Stride], img.Pix[img.PixOffset(part.Min.X, part.Min.Y+y):])
	}
	u0, v0 := now.On(z.At(float64(part.Min.X)/float64(size.X), float64(part.Min.Y)/float64(size.Y)))
	u1, v1 := now.On(z.At(float64(part.Max.X)/float64(size.X), float64(part.Max.Y)/float64(size.Y)))
	return out, [4]float64{u0, v0, u1, v1}
}

// wheeled scrolls, unless somebody else takes the wheel.
type wheeled struct {
	container.Scroll
	take func(e *fyne.ScrollEvent) bool
}

func newWheeled(content fyne.CanvasObject, take func(e *fyne.ScrollEvent) bool) *wheeled {
	w := &wheeled{Scroll: container.Scroll{Direction: container.ScrollBoth, Content: content}, take: take}
	w.ExtendBaseWidget(w)
	return w
}

// Scrolled implements fyne.Scrollable.
func (w *wheeled) Scrolled(e *fyne.ScrollEvent) {
	if !w.take(e) {
		w.Scroll.Scrolled(e)
	}
}

// controlHeld tells that the wheel is turned with Control, or what stands for it.
func controlHeld() bool {
	d, ok := fyne.CurrentApp().Driver().(desktop.Driver)
	return ok && d.CurrentKeyModifiers()&fyne.KeyModifierShortcutDefault != 0
}
