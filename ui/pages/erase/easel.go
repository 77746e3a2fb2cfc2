package erase

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"scalecam/picture"
	"scalecam/ui/kit"
)

// easel shows a picture and has regions drawn on it: with the brush and the box by
// dragging, with the polygon by a click for each corner, until one is on the first
// corner or twice on the last.
type easel struct {
	widget.BaseWidget
	image  *canvas.Image
	of     image.Point // the picture's own size; zero for none
	tool   picture.Shape
	radius float64 // of the brush, in the picture's pixels

	begun   [][2]float64 // of the region that is being drawn, in the picture's pixels
	pointer fyne.Position
	inside  bool

	drawing func()                 // the region has grown, or is given up
	drawn   func(r picture.Region) // it is whole
	resized func()
}

func newEasel() *easel {
	e := &easel{image: &canvas.Image{FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleFastest}, tool: picture.Brush}
	e.ExtendBaseWidget(e)
	return e
}

// show shows the picture, which has that size of its own, resized.
func (e *easel) show(img *image.RGBA, of image.Point) {
	e.of = of
	kit.Show(e.image, img != nil)
	if img == nil {
		e.image.Image = nil
	}
	if img != nil && e.image.Image != img {
		e.image.Image = img
		e.image.Refresh()
	}
	e.Refresh()
}

// fitted is where a picture of that size is shown, in the middle of the easel.
func (e *easel) fitted(of image.Point) (fyne.Position, fyne.Size) {
	size := e.Size()
	if of.X == 0 || of.Y == 0 {
		return fyne.Position{}, size
	}
	by := min(size.Width/float32(of.X), size.Height/float32(of.Y))
	shown := fyne.NewSize(float32(of.X)*by, float32(of.Y)*by)
	return fyne.NewPos((size.Width-shown.Width)/2, 0), shown
}

// place turns a position into the picture's pixels, to a tenth of one, within it.
func (e *easel) place(p fyne.Position) [2]float64 {
	at, size := e.fitted(e.of)
	along := func(v, of float32, pixels int) float64 {
		return math.Round(10*float64(pixels)*min(max(float64(v/of), 0), 1)) / 10
	}
	return [2]float64{along(p.X-at.X, size.Width, e.of.X), along(p.Y-at.Y, size.Height, e.of.Y)}
}

// position is where a place of the picture is on the easel.
func (e *easel) position(p [2]float64) fyne.Position {
	at, size := e.fitted(e.of)
	return at.AddXY(float32(p[0]/float64(e.of.X))*size.Width, float32(p[1]/float64(e.of.Y))*size.Height)
}

// region is the one that is being drawn; false where it has nothing yet.
func (e *easel) region() (r picture.Region, ok bool) {
	r = picture.Region{Shape: e.tool, Points: e.begun}
	switch e.tool {
	case picture.Brush:
		r.Radius = e.radius
		return r, len(e.begun) > 0
	case picture.Box:
		if len(e.begun) < 2 {
			return r, false
		}
		a, b := e.begun[0], e.begun[1]
		return r, math.Abs(a[0]-b[0]) >= 1 && math.Abs(a[1]-b[1]) >= 1
	}
	return r, len(e.begun) > 2
}

// end has the region whole, or drops it where it holds nothing.
func (e *easel) end() {
	if e.begun == nil {
		return
	}
	r, ok := e.region()
	e.begun = nil
	e.Refresh()
	if ok {
		e.drawn(r)
		return
	}
	e.drawing()
}

// drop gives up what is being drawn; it is false where nothing is.
func (e *easel) drop() bool {
	if e.begun == nil {
		return false
	}
	e.begun = nil
	e.Refresh()
	e.drawing()
	return true
}

func (e *easel) grow() {
	e.Refresh()
	e.drawing()
}

// near is how close, in Fyne's units, a click on a corner is.
const near = 8

// MouseDown implements desktop.Mouseable.
func (e *easel) MouseDown(m *desktop.MouseEvent) {
	if m.Button != desktop.MouseButtonPrimary || e.of == (image.Point{}) {
		return
	}
	e.pointer = m.Position
	at := e.place(m.Position)
	switch n := len(e.begun); e.tool {
	case picture.Brush:
		e.begun = [][2]float64{at}
	case picture.Box:
		e.begun = [][2]float64{at, at}
	default:
		for _, i := range []int{0, n - 1} {
			if d := m.Position.Subtract(e.positionOf(i)); n > 2 && math.Hypot(float64(d.X), float64(d.Y)) <= near {
				e.end()
				return
			}
		}
		if n > 0 && e.begun[n-1] == at || n >= picture.MaxPoints/4 {
			return
		}
		e.begun = append(e.begun[:n:n], at)
	}
	e.grow()
}

// positionOf is that of a corner, if there is one.
func (e *easel) positionOf(i int) fyne.Position {
	if i < 0 || i >= len(e.begun) {
		return fyne.Position{}
	}
	return e.position(e.begun[i])
}

// MouseUp implements desktop.Mouseable.
func (e *easel) MouseUp(*desktop.MouseEvent) { e.DragEnd() }

// Dragged implements fyne.Draggable.
func (e *easel) Dragged(d *fyne.DragEvent) {
	e.pointer = d.Position
	n := len(e.begun)
	if n == 0 {
		return
	}
	at := e.place(d.Position)
	switch e.tool {
	case picture.Brush:
		last := e.begun[n-1]
		if math.Hypot(at[0]-last[0], at[1]-last[1]) < max(e.radius/3, 1) || n >= picture.MaxPoints/4 {
			e.Refresh() // the ring moves
			return
		}
		e.begun = append(e.begun[:n:n], at)
	case picture.Box:
		e.begun = [][2]float64{e.begun[0], at}
	default:
		return
	}
	e.grow()
}

// DragEnd implements fyne.Draggable.
func (e *easel) DragEnd() {
	if e.tool != picture.Polygon {
		e.end()
	}
}

// MouseIn implements desktop.Hoverable.
func (e *easel) MouseIn(m *desktop.MouseEvent) { e.MouseMoved(m) }

// MouseMoved implements desktop.Hoverable.
func (e *easel) MouseMoved(m *desktop.MouseEvent) {
	e.pointer, e.inside = m.Position, true
	e.Refresh()
}

// MouseOut implements desktop.Hoverable.
func (e *easel) MouseOut() {
	e.inside = false
	e.Refresh()
}

// Cursor implements desktop.Cursorable.
func (e *easel) Cursor() desktop.Cursor { return desktop.CrosshairCursor }

// Resize implements fyne.CanvasObject.
func (e *easel) Resize(size fyne.Size) {
	if size != e.Size() {
		e.BaseWidget.Resize(size)
		e.resized()
	}
}

// CreateRenderer implements fyne.Widget.
func (e *easel) CreateRenderer() fyne.WidgetRenderer {
	r := &easelRenderer{easel: e, brush: kit.NewBrush(&marks{easel: e})}
	r.Refresh()
	return r
}

type easelRenderer struct {
	easel *easel
	brush *kit.Brush
}

func (r *easelRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(120) }
func (r *easelRenderer) Destroy()           {}
func (r *easelRenderer) Objects() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{r.easel.image}, r.brush.Objects()...)
}

func (r *easelRenderer) Layout(size fyne.Size) {
	at, shown := r.easel.fitted(r.easel.of)
	r.easel.image.Move(at)
	r.easel.image.Resize(shown)
	r.brush.Layout(size)
}

func (r *easelRenderer) Refresh() {
	r.Layout(r.easel.Size())
	canvas.Refresh(r.easel)
}

// marks are what is drawn over the picture: the brush's ring, and the outline of what
// is being drawn.
type marks struct{ *easel }

// Least implements kit.Drawn.
func (m *marks) Least() fyne.Size { return fyne.Size{} }

// Draw implements kit.Drawn: light upon dark, of which one stands out from any picture.
func (m *marks) Draw(b *kit.Brush, _ fyne.Size) {
	if m.of == (image.Point{}) {
		return
	}
	_, shown := m.fitted(m.of)
	for _, line := range []struct {
		colour color.Color
		width  float32
	}{{color.NRGBA{0, 0, 0, 200}, 3}, {color.White, 1}} {
		switch {
		case m.tool == picture.Brush && (m.inside || m.begun != nil):
			r := float32(m.radius/float64(m.of.X)) * shown.Width
			ring := &canvas.Rectangle{FillColor: color.Transparent, StrokeColor: line.colour, StrokeWidth: line.width, CornerRadius: r}
			b.Rectangle(ring, m.pointer.X-r, m.pointer.Y-r, 2*r, 2*r)
		case m.tool == picture.Box && len(m.begun) == 2:
			from, to := m.positionOf(0), m.positionOf(1)
			box := &canvas.Rectangle{FillColor: color.Transparent, StrokeColor: line.colour, StrokeWidth: line.width}
			b.Rectangle(box, min(from.X, to.X), min(from.Y, to.Y), max(from.X, to.X)-min(from.X, to.X), max(from.Y, to.Y)-min(from.Y, to.Y))
		case m.tool == picture.Polygon && len(m.begun) > 0:
			for i := range m.begun[1:] {
				b.Line(line.colour, line.width, m.positionOf(i), m.positionOf(i+1))
			}
			if m.inside {
				b.Line(line.colour, line.width, m.positionOf(len(m.begun)-1), m.pointer)
			}
			first := m.positionOf(0)
			corner := &canvas.Rectangle{FillColor: color.Transparent, StrokeColor: line.colour, StrokeWidth: line.width, CornerRadius: near}
			b.Rectangle(corner, first.X-near, first.Y-near, 2*near, 2*near)
		}
	}
}
