package kit

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Frame holds a picture and what the pointer does on it: a crosshair with the
// value beneath it, a line up to which the map is wiped away, a tap.
//
// Places are shares of the picture's width and height, from 0 to 1.
type Frame struct {
	widget.BaseWidget
	back  *Backdrop
	Image *canvas.Image // of the size shown; may be smaller than the frame
	State *widget.Label // what is said where there is no picture

	cross  [4]*canvas.Line // dark upright and level, and bright ones on them
	wiped  *canvas.Line
	Value  *canvas.Text
	ground *canvas.Rectangle // of value

	mark      fyne.Position // of the crosshair
	Marked    bool
	wipe      float64 // 0 for none
	OnMoved   func(x, y float64, on bool)
	OnTapped  func()
	OnMenu    func(at fyne.Position) // the other button was pressed there, on the canvas
	OnDragged func(x float64)
}

// NewFrame holds no picture yet.
func NewFrame() *Frame {
	f := &Frame{
		back: NewBackdrop(theme.ColorNameInputBackground), Image: newImage(),
		State: widget.NewLabelWithStyle("", fyne.TextAlignCenter, fyne.TextStyle{}),
		Value: canvas.NewText("", color.White), ground: canvas.NewRectangle(color.NRGBA{A: 170}),
		wiped: canvas.NewLine(color.White),
	}
	f.State.SizeName = theme.SizeNameCaptionText
	f.Value.TextSize = theme.CaptionTextSize()
	f.ground.CornerRadius = 3
	f.wiped.StrokeWidth = 2
	for i := range f.cross {
		f.cross[i] = canvas.NewLine(color.NRGBA{A: 160})
		f.cross[i].StrokeWidth = 3
		if i > 1 {
			f.cross[i].StrokeColor, f.cross[i].StrokeWidth = color.White, 1
		}
	}
	f.ExtendBaseWidget(f)
	return f
}

// ShowPicture shows a picture, or none.
func (f *Frame) ShowPicture(img *image.RGBA) {
	Show(f.Image, img != nil)
	Show(f.State, img == nil)
	if img != nil && f.Image.Image != img {
		f.Image.Image = img
		f.Image.Refresh() // the painter keeps its copy until then
		f.Refresh()
	}
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
	if f.Image.Image == nil || !f.Image.Visible() {
		return fyne.Position{}, size
	}
	of := f.Image.Image.Bounds().Size()
	by := min(size.Width/float32(of.X), size.Height/float32(of.Y))
	shown := fyne.NewSize(float32(of.X)*by, float32(of.Y)*by)
	return fyne.NewPos((size.Width-shown.Width)/2, (size.Height-shown.Height)/2), shown
}

// place turns a position on the frame into shares of the picture.
func (f *Frame) place(p fyne.Position) (x, y float64, in bool) {
	at, size := f.Area()
	x, y = float64((p.X-at.X)/size.Width), float64((p.Y-at.Y)/size.Height)
	return x, y, x >= 0 && x <= 1 && y >= 0 && y <= 1 && f.Image.Visible()
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
	if f.OnDragged != nil {
		x, y, in := f.place(e.Position)
		if f.OnMoved != nil { // the crosshair comes along
			f.OnMoved(x, y, in)
		}
		f.OnDragged(min(max(x, 0), 1))
	}
}

// DragEnd implements fyne.Draggable.
func (f *Frame) DragEnd() {}

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
	f.Image.Resize(size)
	at, area := f.Area()
	upright := func(l *canvas.Line, share float64) {
		x := at.X + float32(share)*area.Width
		l.Position1, l.Position2 = fyne.NewPos(x, at.Y), fyne.NewPos(x, at.Y+area.Height)
	}
	shown := f.Image.Visible()
	f.wiped.Hidden = !shown || f.wipe <= 0 || f.wipe >= 1
	upright(f.wiped, f.wipe)
	y := at.Y + f.mark.Y*area.Height
	for i, l := range f.cross {
		l.Hidden = !shown || !f.Marked
		if i%2 == 0 {
			upright(l, float64(f.mark.X))
		} else {
			l.Position1, l.Position2 = fyne.NewPos(at.X, y), fyne.NewPos(at.X+area.Width, y)
		}
	}
	// The value stands in the corner that the pointer is not in.
	text := f.Value.MinSize()
	corner := at.Add(fyne.NewPos(4, area.Height-text.Height-4))
	if f.mark.X < 0.5 && f.mark.Y > 0.5 {
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
