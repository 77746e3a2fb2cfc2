package kit

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/colormap"
)

// Range is the range of values that colours are spread over.
type Range struct{ Lo, Hi float64 }

// Empty tells that the range has no extent: there is nothing to show.
func (s Range) Empty() bool { return !(s.Hi > s.Lo) }

// ColourBar is a colour scale from left to right. With a range that is not
// empty, numbers stand beneath it.
type ColourBar struct {
	widget.BaseWidget
	colours *colormap.Colormap
	Scale   Range
	work    Work
}

const (
	barHeight = 10
	barTicks  = 5 // as many numbers as fit beneath the narrowest bar
)

// NewColourBar shows a scale without numbers, which work draws.
func NewColourBar(c *colormap.Colormap, work Work) *ColourBar {
	b := &ColourBar{colours: c, work: work}
	b.ExtendBaseWidget(b)
	return b
}

// Set shows another scale, spread over values.
func (b *ColourBar) Set(c *colormap.Colormap, s Range) {
	if b.colours == c && b.Scale == s {
		return
	}
	b.colours, b.Scale = c, s
	b.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (b *ColourBar) CreateRenderer() fyne.WidgetRenderer {
	r := &colourBarRenderer{bar: b, image: &canvas.Image{FillMode: canvas.ImageFillStretch, ScaleMode: canvas.ImageScaleFastest}}
	r.Refresh()
	return r
}

// barImage is what a bar's image is made of.
type barImage struct {
	colours *colormap.Colormap
	size    image.Point // in pixels
}

type colourBarRenderer struct {
	bar     *ColourBar
	image   *canvas.Image
	drawn   barImage // what image shows, or will
	numbers []*canvas.Text
	places  []float64 // of the numbers along the bar
}

func (r *colourBarRenderer) Refresh() {
	r.numbers, r.places = nil, nil
	if !r.bar.Scale.Empty() {
		for _, t := range colormap.Ticks(r.bar.Scale.Lo, r.bar.Scale.Hi, barTicks) {
			text := canvas.NewText(t.Label, theme.Color(theme.ColorNameForeground))
			text.TextSize = theme.CaptionTextSize()
			r.numbers, r.places = append(r.numbers, text), append(r.places, t.Position)
		}
	}
	r.Layout(r.bar.Size())
	canvas.Refresh(r.bar)
}

func (r *colourBarRenderer) Layout(size fyne.Size) {
	w, h := Pixels(fyne.NewSize(size.Width, barHeight), r.bar)
	if now := (barImage{r.bar.colours, image.Pt(w, h)}); r.drawn != now {
		r.drawn = now
		r.bar.work(func() func() {
			made := now.colours.Bar(w, h, false)
			return func() {
				if r.drawn == now { // nothing else is on its way
					r.image.Image = made
					r.image.Refresh()
				}
			}
		})
	}
	r.image.Resize(fyne.NewSize(size.Width, barHeight))
	for i, text := range r.numbers {
		width := text.MinSize().Width
		x := float32(r.places[i])*size.Width - width/2
		text.Move(fyne.NewPos(min(max(x, 0), max(size.Width-width, 0)), barHeight))
		text.Resize(text.MinSize())
	}
	every := 1
	for every < len(r.numbers) && r.crowded(every) {
		every++
	}
	for i, text := range r.numbers {
		text.Hidden = i%every != 0
	}
}

// crowded tells that numbers would touch if one in every so many were shown.
func (r *colourBarRenderer) crowded(every int) bool {
	for i := every; i < len(r.numbers); i += every {
		before := r.numbers[i-every]
		if before.Position().X+before.Size().Width+theme.Padding() > r.numbers[i].Position().X {
			return true
		}
	}
	return false
}

func (r *colourBarRenderer) MinSize() fyne.Size {
	if r.bar.Scale.Empty() {
		return fyne.NewSize(0, barHeight)
	}
	line := fyne.MeasureText("0", theme.CaptionTextSize(), fyne.TextStyle{})
	return fyne.NewSize(0, barHeight+line.Height)
}

func (r *colourBarRenderer) Objects() []fyne.CanvasObject {
	all := []fyne.CanvasObject{r.image}
	for _, t := range r.numbers {
		all = append(all, t)
	}
	return all
}

func (r *colourBarRenderer) Destroy() {}
