package kit

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Frame holds a picture, or a part of it, and what the pointer does on it: a crosshair
// with the value beneath it, a line up to which the map is wiped away, a tap, a drag.
//
// Places are shares of the whole picture's width and height, from 0 to 1.
type Frame struct {
	widget.BaseWidget
	back  *Backdrop
	Image *canvas.Image // of the size shown; may be smaller than the frame
	State *widget.Label // what is said where there is no picture

	picture *image.RGBA // nil for none
	of      Zoom        // what it shows
	zoom    Zoom        // what is to be seen: of another part, for which the picture stands
	lies    [4]float64  // where that does in sight: from left and top to right and bottom

	cross  [4]*canvas.Rectangle // dark upright and level, and bright ones on them
	wiped  *canvas.Rectangle
	Value  *canvas.Text
	ground *canvas.Rectangle // of value

	mark      fyne.Position // of the crosshair
	Marked    bool
	wipe      float64 // 0 for none
	OnMoved   func(x, y float64, on bool)
	OnTapped  func()
	OnMenu    func(at fyne.Position) // the other button was pressed there, on the canvas
	OnDragged func(x float64)
	OnPanned  func(x, y float64) // the picture was dragged so far to the left and up

	drag dragging
}

// dragging is what a drag does.
type dragging int

const (
	dragsNothing dragging = iota
	dragsWipe
	dragsPicture
)

// How wide lines on a picture are. They are rectangles: Fyne's lines are blurred, and
// what paints them without a screen shifts one that begins at the edge of what is scrolled.
const (
	wipeWide  = 2
	darkWide  = 3
	whiteWide = 1
)

// lineNear is how near a line is to be for a drag to take hold of it.
const lineNear = 6

// NewFrame holds no picture yet.
func NewFrame() *Frame {
	f := &Frame{
		back: NewBackdrop(theme.ColorNameInputBackground), Image: newImage(),
		State: widget.NewLabelWithStyle("", fyne.TextAlignCenter, fyne.TextStyle{}),
		Value: canvas.NewText("", color.White), ground: canvas.NewRectangle(color.NRGBA{A: 170}),
		wiped: canvas.NewRectangle(color.White),
	}
	f.State.SizeName = theme.SizeNameCaptionText
	f.Value.TextSize = theme.CaptionTextSize()
	f.ground.CornerRadius = 3
	for i := range f.cross {
		f.cross[i] = canvas.NewRectangle(color.NRGBA{A: 160})
		if i > 1 {
			f.cross[i].FillColor = color.White
		}
	}
	f.ExtendBaseWidget(f)
	return f
}

// ShowPicture shows a picture, or none, of which that is a part. One of a single pixel was
// drawn before the frame had a size, and is none.
func (f *Frame) ShowPicture(img *image.RGBA, of Zoom) {
	if img != nil && img.Rect.Size() == image.Pt(1, 1) {
		img = nil
	}
	Show(f.Image, img != nil)
	Show(f.State, img == nil)
	if img != nil && (f.picture != img || f.of != of) {
		f.picture, f.of = img, of
		f.fit()
	}
}

// SetZoom has another part in sight.
func (f *Frame) SetZoom(z Zoom) {
	if f.zoom != z {
		f.zoom = z
		f.fit()
	}
}

// fit has the picture stand, stretched, for the part to be seen until that is there.
func (f *Frame) fit() {
	if f.picture != nil {
		now := f.picture
		f.Image.FillMode = canvas.ImageFillContain
		if f.of != f.zoom {
			now, f.lies = f.of.cut(f.picture, f.zoom)
			f.Image.FillMode = canvas.ImageFillStretch
		}
		if now != nil && f.Image.Image != now {
			f.Image.Image = now
			f.Image.Refresh() // the painter keeps its copy until then
		}
	}
	f.Refresh()
}

// Point sets the crosshair and what stands beside it, or takes it away.
func (f *Frame) Point(x, y float64, on bool, value string) {
	f.mark, f.Marked = fyne.NewPos(float32(x), float32(y)), on
	f.Value.Text = value
	f.Refresh()
}

// SetWipe sets the place up to which the map is wiped away.
func (f *Frame) SetWipe(at float64) {
	if f.wipe != at {
		f.wipe = at
		f.Refresh()
	}
}

// Area is where the picture is shown within the frame.
func (f *Frame) Area() (fyne.Position, fyne.Size) {
	size := f.Size()
	if f.picture == nil || !f.Image.Visible() {
		return fyne.Position{}, size
	}
	of := f.picture.Rect.Size()
	by := min(size.Width/float32(of.X), size.Height/float32(of.Y))
	shown := fyne.NewSize(float32(of.X)*by, float32(of.Y)*by)
	return fyne.NewPos((size.Width-shown.Width)/2, (size.Height-shown.Height)/2), shown
}

// place turns a position on the frame into shares of the picture.
func (f *Frame) place(p fyne.Position) (x, y float64, in bool) {
	at, size := f.Area()
	u, v := float64((p.X-at.X)/size.Width), float64((p.Y-at.Y)/size.Height)
	x, y = f.zoom.At(u, v)
	return x, y, u >= 0 && u <= 1 && v >= 0 && v <= 1 && f.Image.Visible()
}

// MouseIn implements desktop.Hoverable.
func (f *Frame) MouseIn(*desktop.MouseEvent) {} // the window may have come to the pointer

// MouseMoved implements desktop.Hoverable.
func (f *Frame) MouseMoved(e *desktop.MouseEvent) {
	if f.OnMoved != nil {
		x, y, in := f.place(e.Position)
		f.OnMoved(x, y, in)
	}
}

// MouseOut implements desktop.Hoverable.
func (f *Frame) MouseOut() {
	if f.OnMoved != nil {
		f.OnMoved(0, 0, false)
	}
}

// Cursor implements desktop.Cursorable.
func (f *Frame) Cursor() desktop.Cursor { return desktop.CrosshairCursor }

// Tapped implements fyne.Tappable.
func (f *Frame) Tapped(*fyne.PointEvent) {
	if f.OnTapped != nil {
		f.OnTapped()
	}
}

// TappedSecondary implements fyne.SecondaryTappable.
func (f *Frame) TappedSecondary(e *fyne.PointEvent) {
	if f.OnMenu != nil {
		f.OnMenu(e.AbsolutePosition)
	}
}

// Dragged implements fyne.Draggable.
func (f *Frame) Dragged(e *fyne.DragEvent) {
	at, size := f.Area()
	beginDrag()
	if f.drag == dragsNothing {
		f.drag = dragsWipe
		u, _ := f.zoom.On(f.wipe, 0)
		if from := e.Position.X - e.Dragged.DX - at.X; !f.zoom.Whole() && (f.wipe <= 0 || math.Abs(float64(from)-u*float64(size.Width)) > lineNear) {
			f.drag = dragsPicture
		}
	}
	switch {
	case f.drag == dragsPicture && f.OnPanned != nil:
		times := float32(f.zoom.times())
		f.OnPanned(float64(-e.Dragged.DX/size.Width/times), float64(-e.Dragged.DY/size.Height/times))
		if f.OnMoved != nil { // the driver tells of no moves while it drags
			f.OnMoved(f.place(e.Position))
		}
	case f.drag == dragsWipe && f.OnDragged != nil:
		x, _, _ := f.place(e.Position)
		f.OnDragged(min(max(x, 0), 1))
	}
	if f.OnMoved != nil { // the crosshair comes along
		f.OnMoved(f.place(e.Position))
	}
}

// DragEnd implements fyne.Draggable.
func (f *Frame) DragEnd() {
	f.drag = dragsNothing
	endDrag()
}

// CreateRenderer implements fyne.Widget.
func (f *Frame) CreateRenderer() fyne.WidgetRenderer {
	r := &frameRenderer{frame: f, middle: container.NewCenter(f.State)}
	r.objects = []fyne.CanvasObject{f.back, r.middle, f.Image, f.wiped}
	for _, l := range f.cross {
		r.objects = append(r.objects, l)
	}
	r.objects = append(r.objects, f.ground, f.Value)
	r.Refresh()
	return r
}

type frameRenderer struct {
	frame   *Frame
	middle  *fyne.Container
	objects []fyne.CanvasObject
}

func (r *frameRenderer) MinSize() fyne.Size           { return fyne.Size{} }
func (r *frameRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *frameRenderer) Destroy()                     {}

func (r *frameRenderer) Layout(size fyne.Size) {
	f := r.frame
	f.back.Resize(size)
	r.middle.Resize(size)
	at, area := f.Area()
	if f.of == f.zoom {
		f.Image.Move(fyne.Position{})
		f.Image.Resize(size)
	} else {
		on := func(u, v float64) fyne.Position { return fyne.NewPos(float32(u)*area.Width, float32(v)*area.Height) }
		from, to := on(f.lies[0], f.lies[1]), on(f.lies[2], f.lies[3])
		f.Image.Move(at.Add(from))
		f.Image.Resize(fyne.NewSize(to.X-from.X, to.Y-from.Y))
	}
	upright := func(l *canvas.Rectangle, u float64, wide float32) {
		l.Move(fyne.NewPos(at.X+float32(u)*area.Width-wide/2, at.Y))
		l.Resize(fyne.NewSize(wide, area.Height))
	}
	inSight := func(u float64) bool { return u >= 0 && u <= 1 }
	shown := f.Image.Visible()
	wiped, _ := f.zoom.On(f.wipe, 0)
	f.wiped.Hidden = !shown || f.wipe <= 0 || f.wipe >= 1 || !inSight(wiped)
	upright(f.wiped, wiped, wipeWide)
	u, v := f.zoom.On(float64(f.mark.X), float64(f.mark.Y))
	y := at.Y + float32(v)*area.Height
	for i, l := range f.cross {
		wide := float32(darkWide)
		if i > 1 {
			wide = whiteWide
		}
		if i%2 == 0 {
			l.Hidden = !shown || !f.Marked || !inSight(u)
			upright(l, u, wide)
		} else {
			l.Hidden = !shown || !f.Marked || !inSight(v)
			l.Move(fyne.NewPos(at.X, y-wide/2))
			l.Resize(fyne.NewSize(area.Width, wide))
		}
	}
	// The value stands in the corner that the pointer is not in.
	text := f.Value.MinSize()
	corner := at.Add(fyne.NewPos(4, area.Height-text.Height-4))
	if u < 0.5 && v > 0.5 {
		corner.X = at.X + area.Width - text.Width - 8
	}
	f.Value.Hidden = !shown || !f.Marked || f.Value.Text == ""
	f.ground.Hidden = f.Value.Hidden
	f.Value.Move(corner.Add(fyne.NewPos(2, 0)))
	f.Value.Resize(text)
	f.ground.Move(corner.Subtract(fyne.NewPos(2, 1)))
	f.ground.Resize(text.Add(fyne.NewSize(8, 2)))
}

func (r *frameRenderer) Refresh() {
	r.frame.back.Refresh() // in the theme's colour
	r.Layout(r.frame.Size())
	canvas.Refresh(r.frame)
}
