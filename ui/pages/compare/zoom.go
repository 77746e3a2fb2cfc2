package compare

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"scalecam/picture"
	"scalecam/ui/kit"
	"scalecam/ui/speak"
)

// zooming is what of the pictures is in sight, in all cells the same part. It is how one
// looks, and so neither undone nor exported.
type zooming struct {
	zoom   kit.Zoom
	of     []*picture.Picture // that are zoomed
	Shrink *widget.Button     // says how much, and has all in sight again
}

// zoomStep is how much larger a notch of the wheel makes pictures, zoomKey a key.
const (
	zoomStep = 1.25
	zoomKey  = 1.5
)

// Zoom has pictures so many times larger, or smaller, about the middle of what is in
// sight.
func (p *Page) Zoom(by float64) {
	x, y := p.zoom.At(0.5, 0.5)
	p.setZoom(p.zoom.About(x, y, by))
}

// ZoomIn and ZoomOut are a key's.
func (p *Page) ZoomIn() { p.Zoom(zoomKey) }

// ZoomOut is ZoomIn taken back.
func (p *Page) ZoomOut() { p.Zoom(1 / zoomKey) }

// ShowAll has all of the pictures in sight again.
func (p *Page) ShowAll() { p.setZoom(kit.Zoom{}) }

// Zoomed tells that not all of them is.
func (p *Page) Zoomed() bool { return !p.zoom.Whole() }

// setZoom has another part of the pictures in sight: at once what is there of it,
// stretched, until the scene of it is drawn.
func (p *Page) setZoom(z kit.Zoom) {
	if z == p.zoom || len(p.desk.Pictures) == 0 {
		return
	}
	// The pointer stays where it is, and so is on another place of the picture.
	x, y := z.At(p.zoom.On(float64(p.pointer.X), float64(p.pointer.Y)))
	p.pointer = fyne.NewPos(float32(x), float32(y))
	p.zoom, p.of = z, p.desk.Pictures
	for _, c := range p.Cells {
		c.Frame.SetZoom(z)
	}
	p.sayZoom()
	p.readOut()
	p.Draw()
}

// keepZoom has all in sight of other pictures than those that were zoomed.
func (p *Page) keepZoom() {
	if !slices.Equal(p.of, p.desk.Pictures) {
		p.zoom = kit.Zoom{}
	}
	for _, c := range p.Cells {
		c.Frame.SetZoom(p.zoom)
	}
	p.sayZoom()
}

func (p *Page) sayZoom() {
	if text := speak.Say("zoomed", fmt.Sprintf("%.1f", p.zoom.Times)); p.Zoomed() && p.Shrink.Text != text {
		p.Shrink.SetText(text)
	}
	if p.Shrink.Visible() != p.Zoomed() {
		kit.Show(p.Shrink, p.Zoomed())
		p.Columns.box.Refresh()
		p.head.Refresh()
	}
}
