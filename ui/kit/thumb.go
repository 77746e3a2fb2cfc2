package kit

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Thumb is a small picture to tap.
type Thumb struct {
	widget.BaseWidget
	image  *canvas.Image
	edge   *canvas.Rectangle
	broken *widget.Icon
	tapped func()
	shown  bool
	size   fyne.Size
	menu   func(at fyne.Position)
}

// NewThumb is an empty one of that size.
func NewThumb(width, height float32) *Thumb {
	t := &Thumb{image: &canvas.Image{FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleSmooth}, edge: canvas.NewRectangle(color.Transparent), broken: widget.NewIcon(theme.BrokenImageIcon()), size: fyne.NewSize(width, height)}
	t.edge.StrokeWidth, t.edge.CornerRadius = 3, 3
	t.ExtendBaseWidget(t)
	return t
}

// Set shows a picture, nil for none yet and for a broken one; one that is in sight has
// an edge.
func (t *Thumb) Set(img *image.RGBA, broken, shown bool, tapped func()) {
	t.tapped = tapped
	Show(t.broken, broken)
	Show(t.image, img != nil)
	if img != nil && t.image.Image != img {
		t.image.Image = img
		t.image.Refresh()
	}
	if t.shown != shown {
		t.shown = shown
		t.Refresh()
	}
}

// Tapped implements fyne.Tappable.
func (t *Thumb) Tapped(*fyne.PointEvent) { t.tapped() }

// OnMenu has the pointer's other button do something there, on the canvas.
func (t *Thumb) OnMenu(do func(at fyne.Position)) { t.menu = do }

// TappedSecondary implements fyne.SecondaryTappable.
func (t *Thumb) TappedSecondary(e *fyne.PointEvent) {
	if t.menu != nil {
		t.menu(e.AbsolutePosition)
	}
}

// CreateRenderer implements fyne.Widget.
func (t *Thumb) CreateRenderer() fyne.WidgetRenderer {
	back := NewBackdrop(theme.ColorNameInputBackground)
	r := &thumbRenderer{thumb: t, objects: []fyne.CanvasObject{back, t.image, t.broken, t.edge}}
	r.Refresh()
	return r
}

type thumbRenderer struct {
	thumb   *Thumb
	objects []fyne.CanvasObject
}

func (r *thumbRenderer) MinSize() fyne.Size           { return r.thumb.size }
func (r *thumbRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *thumbRenderer) Destroy()                     {}
func (r *thumbRenderer) Layout(size fyne.Size) {
	for _, o := range r.objects {
		o.Resize(size)
	}
}

func (r *thumbRenderer) Refresh() {
	r.thumb.edge.StrokeColor = color.Transparent
	if r.thumb.shown {
		r.thumb.edge.StrokeColor = theme.Color(theme.ColorNamePrimary)
	}
	r.objects[0].Refresh() // in the theme's colour
	canvas.Refresh(r.thumb)
}
