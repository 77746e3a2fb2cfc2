package ui

import (
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/compare"
)

// dotPlot draws each network as a dot with its interval: in rows, along x, or
// freely, with the interval along y.
type dotPlot struct {
	widget.BaseWidget
	title string
	x, y  dotAxis // y is unused in rows
	rows  bool
	dots  []dot
	line  *dot // a dashed line at its x; nil for none
}

// dotAxis is an axis with what its ticks say.
type dotAxis struct {
	compare.Axis
	text func(float64) string
}

type dot struct {
	name   string
	colour int // of dotColour
	x, y   compare.Figure
}

// dotColour tells networks apart: the first has the text's colour, the others
// the palette's.
func dotColour(i int) color.Color {
	if i == 0 {
		return theme.Color(theme.ColorNameForeground)
	}
	return palette[(i-1)%len(palette)]
}

const (
	dotSize  = 10
	dotRow   = 24 // the least height of a row
	freeHigh = 128
)

func newDotPlot() *dotPlot {
	p := &dotPlot{}
	p.ExtendBaseWidget(p)
	return p
}

// CreateRenderer implements fyne.Widget.
func (p *dotPlot) CreateRenderer() fyne.WidgetRenderer { return &dotRenderer{plot: p} }

// dotRenderer draws the plot anew for every size.
type dotRenderer struct {
	plot    *dotPlot
	objects []fyne.CanvasObject
	frame   fyne.Position // the plane's corner
	plane   fyne.Size
}

func (r *dotRenderer) Destroy()                     {}
func (r *dotRenderer) Objects() []fyne.CanvasObject { return r.objects }

func (r *dotRenderer) Refresh() {
	r.Layout(r.plot.Size())
	canvas.Refresh(r.plot)
}

// heights are of a line of the title and of small text.
func (r *dotRenderer) heights() (title, small float32) {
	return fyne.MeasureText("0", theme.TextSize(), fyne.TextStyle{Bold: true}).Height, fyne.MeasureText("0", theme.CaptionTextSize(), fyne.TextStyle{}).Height
}

func (r *dotRenderer) MinSize() fyne.Size {
	title, small := r.heights()
	plane := float32(freeHigh)
	if r.plot.rows {
		plane = float32(max(len(r.plot.dots), 1)) * dotRow
	}
	return fyne.NewSize(220, title+2*small+plane+3*theme.Padding())
}

// Layout implements fyne.WidgetRenderer.
func (r *dotRenderer) Layout(size fyne.Size) {
	p := r.plot
	title, small := r.heights()
	r.objects = nil
	left := float32(0)
	if p.rows {
		for _, d := range p.dots {
			left = max(left, r.width(d.name))
		}
	} else {
		for _, v := range p.y.Ticks {
			left = max(left, r.width(p.y.text(v)))
		}
	}
	r.frame = fyne.NewPos(left+2*theme.Padding(), title+small+2*theme.Padding())
	r.plane = fyne.NewSize(size.Width-r.frame.X-4*theme.Padding(), size.Height-r.frame.Y-small-theme.Padding())
	if r.plane.Width <= 0 || r.plane.Height <= 0 {
		return
	}
	t := r.text(p.title, 0, 0, fyne.TextAlignLeading, theme.ColorNameForeground)
	t.TextStyle.Bold, t.TextSize = true, theme.TextSize()
	bottom := r.frame.Y + r.plane.Height
	for _, v := range p.x.Ticks {
		r.stroke(r.atX(v), r.frame.Y, r.atX(v), bottom, 1, theme.Color(theme.ColorNameSeparator))
		r.text(p.x.text(v), r.atX(v), bottom, fyne.TextAlignCenter, theme.ColorNamePlaceHolder)
	}
	if p.line != nil {
		r.dashed(small)
	}
	if p.rows {
		for i, d := range p.dots {
			y := r.frame.Y + r.plane.Height*(float32(i)+0.5)/float32(len(p.dots))
			r.text(d.name, left, y-small/2, fyne.TextAlignTrailing, theme.ColorNameForeground)
			if d.x.Known {
				r.stroke(r.atX(d.x.Lo), y, r.atX(d.x.Hi), y, 2, dotColour(d.colour))
				r.circle(r.atX(d.x.Value), y, dotColour(d.colour))
			}
		}
		return
	}
	for _, v := range p.y.Ticks {
		r.stroke(r.frame.X, r.atY(v), r.frame.X+r.plane.Width, r.atY(v), 1, theme.Color(theme.ColorNameSeparator))
		r.text(p.y.text(v), left, r.atY(v)-small/2, fyne.TextAlignTrailing, theme.ColorNamePlaceHolder)
	}
	for _, d := range p.dots {
		r.stroke(r.atX(d.x.Value), r.atY(d.y.Lo), r.atX(d.x.Value), r.atY(d.y.Hi), 2, dotColour(d.colour))
		r.circle(r.atX(d.x.Value), r.atY(d.y.Value), dotColour(d.colour))
	}
	r.names(small)
}

// names writes the names beside the dots, towards the plane's middle, and from
// the top down moves those that would touch.
func (r *dotRenderer) names(line float32) {
	dots := slices.Clone(r.plot.dots)
	slices.SortStableFunc(dots, func(a, b dot) int { return int(r.atY(a.y.Value) - r.atY(b.y.Value)) })
	var free [2]float32 // on the left and on the right of the middle, from here down
	for _, d := range dots {
		x, side, align := r.atX(d.x.Value)+dotSize, 0, fyne.TextAlignLeading
		if d.x.Value > (r.plot.x.Lo+r.plot.x.Hi)/2 {
			x, side, align = x-2*dotSize, 1, fyne.TextAlignTrailing
		}
		y := max(min(r.atY(d.y.Value), r.frame.Y+r.plane.Height-line/2)-line/2, free[side])
		free[side] = y + line
		r.text(d.name, x, y, align, theme.ColorNameForeground)
	}
}

// dashed draws the line of reference with its name above.
func (r *dotRenderer) dashed(small float32) {
	const dash = 5
	x := r.atX(r.plot.line.x.Value)
	for y := r.frame.Y; y < r.frame.Y+r.plane.Height; y += 2 * dash {
		r.stroke(x, y, x, min(y+dash, r.frame.Y+r.plane.Height), 2, theme.Color(theme.ColorNameForeground))
	}
	t := r.text(r.plot.line.name, x, r.frame.Y-small-theme.Padding(), fyne.TextAlignCenter, theme.ColorNameForeground)
	t.Move(fyne.NewPos(max(t.Position().X, r.frame.X), t.Position().Y))
}

func (r *dotRenderer) atX(v float64) float32 {
	return r.frame.X + r.plane.Width*float32(r.plot.x.At(v))
}

func (r *dotRenderer) atY(v float64) float32 {
	return r.frame.Y + r.plane.Height*float32(1-r.plot.y.At(v))
}

func (r *dotRenderer) width(text string) float32 {
	return fyne.MeasureText(text, theme.CaptionTextSize(), fyne.TextStyle{}).Width
}

// text writes small text that begins, is centred or ends at x.
func (r *dotRenderer) text(text string, x, y float32, align fyne.TextAlign, colour fyne.ThemeColorName) *canvas.Text {
	t := canvas.NewText(text, theme.Color(colour))
	t.TextSize = theme.CaptionTextSize()
	switch align {
	case fyne.TextAlignCenter:
		x -= r.width(text) / 2
	case fyne.TextAlignTrailing:
		x -= r.width(text)
	}
	t.Move(fyne.NewPos(x, y))
	t.Resize(t.MinSize())
	r.objects = append(r.objects, t)
	return t
}

func (r *dotRenderer) stroke(x0, y0, x1, y1, width float32, c color.Color) {
	l := canvas.NewLine(c)
	l.StrokeWidth = width
	l.Position1, l.Position2 = fyne.NewPos(x0, y0), fyne.NewPos(x1, y1)
	r.objects = append(r.objects, l)
}

func (r *dotRenderer) circle(x, y float32, c color.Color) {
	o := canvas.NewCircle(c)
	o.Move(fyne.NewPos(x-dotSize/2, y-dotSize/2))
	o.Resize(fyne.NewSize(dotSize, dotSize))
	r.objects = append(r.objects, o)
}
