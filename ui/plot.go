package ui

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// plotPoint is a network on a plot.
type plotPoint struct {
	name  string
	x, y  float64
	label string // above the point; may be empty
}

// series are points of one colour, joined by a line in their order or, in a star,
// each with the first.
type series struct {
	name   string
	colour color.Color // nil: the text's
	points []plotPoint
	star   bool
}

// plot is a plot with a title, axes and a legend, whose logarithmic x is a count
// and whose y is in percent. What lies under the pointer, or was tapped, is said
// in its last line.
type plot struct {
	widget.BaseWidget
	title, xTitle string
	series        []series
	xText         func(float64) string
	mark          float64 // where a network without a y is; 0 for none
	marked        string
	told          string
}

// palette is Okabe and Ito's, which colour-blind eyes tell apart
// (https://jfly.uni-koeln.de/color/), without its yellow and black. The networks
// scaled have its colours in their order, the baseline that of the text.
var palette = []color.Color{
	color.NRGBA{0xe6, 0x9f, 0x00, 255}, color.NRGBA{0x56, 0xb4, 0xe9, 255}, color.NRGBA{0x00, 0x9e, 0x73, 255},
	color.NRGBA{0xd5, 0x5e, 0x00, 255}, color.NRGBA{0x00, 0x72, 0xb2, 255}, color.NRGBA{0xcc, 0x79, 0xa7, 255},
}

func newPlot(title, xTitle string, xText func(float64) string, all ...series) *plot {
	p := &plot{title: title, xTitle: xTitle, xText: xText, series: all}
	p.ExtendBaseWidget(p)
	return p
}

func (p *plot) setMark(x float64, text string) {
	if p.mark != x || p.marked != text {
		p.mark, p.marked, p.told = x, text, ""
		p.Refresh()
	}
}

// reaches tells that a mark is near enough to the points to be shown.
func (p *plot) reaches(x float64) bool {
	const most = 5
	f := p.bounds()
	return x > f.x0/most && x < f.x1*most
}

// Tapped implements fyne.Tappable.
func (p *plot) Tapped(e *fyne.PointEvent) { p.tell(e.Position) }

// MouseIn implements desktop.Hoverable.
func (p *plot) MouseIn(*desktop.MouseEvent) {}

// MouseMoved implements desktop.Hoverable.
func (p *plot) MouseMoved(e *desktop.MouseEvent) { p.tell(e.Position) }

// MouseOut implements desktop.Hoverable.
func (p *plot) MouseOut() {
	p.told = ""
	p.Refresh()
}

// tell says what the nearest point is.
func (p *plot) tell(at fyne.Position) {
	f := p.plotArea(p.Size())
	const reach = 30
	nearest, told := float64(reach), ""
	for _, s := range p.series {
		for _, v := range s.points {
			if d := math.Hypot(float64(f.x(v.x)-at.X), float64(f.y(v.y)-at.Y)); d < nearest {
				nearest, told = d, say("scaling.point", s.name, v.name, p.xText(v.x), v.y)
			}
		}
	}
	if told != "" && told != p.told {
		p.told = told
		p.Refresh()
	}
}

// plotArea is where a plot's values are.
type plotArea struct {
	left, top, width, height float32
	x0, x1, y0, y1           float64
	step                     float64 // of the ticks of y
}

func (f plotArea) x(v float64) float32 {
	return f.left + f.width*float32(math.Log(v/f.x0)/math.Log(f.x1/f.x0))
}

func (f plotArea) y(v float64) float32 { return f.top + f.height*float32(1-(v-f.y0)/(f.y1-f.y0)) }

// line is the height of a line of the legend.
func (p *plot) line() float32 {
	return fyne.MeasureText("0", theme.CaptionTextSize(), fyne.TextStyle{}).Height
}

func (p *plot) plotArea(size fyne.Size) plotArea {
	line, f := p.line(), p.bounds()
	f.left, f.top = 40, line+8
	f.width = max(size.Width-f.left-20, 10)
	f.height = max(size.Height-f.top-line*p.below()-12, 10)
	if p.mark > 0 {
		f.x0, f.x1 = min(f.x0, p.mark/1.3), max(f.x1, p.mark*1.3)
	}
	return f
}

// below is how many lines stand beneath the plot: two of the axis, the legend in
// two columns, and what the pointer is on.
func (p *plot) below() float32 { return float32(3 + (len(p.series)+1)/2) }

// bounds are those of the points.
func (p *plot) bounds() plotArea {
	f := plotArea{x0: math.Inf(1), y0: math.Inf(1)}
	for _, s := range p.series {
		for _, v := range s.points {
			f.x0, f.x1 = min(f.x0, v.x), max(f.x1, v.x)
			f.y0, f.y1 = min(f.y0, v.y), max(f.y1, v.y)
		}
	}
	f.x0, f.x1 = f.x0/1.3, f.x1*1.3
	f.step = 1
	for _, step := range []float64{2, 5, 10} {
		if (f.y1-f.y0)/f.step > 5 {
			f.step = step
		}
	}
	f.y0, f.y1 = f.step*math.Floor(f.y0/f.step), f.step*math.Ceil(f.y1/f.step)
	return f
}

// CreateRenderer implements fyne.Widget.
func (p *plot) CreateRenderer() fyne.WidgetRenderer { return &plotRenderer{plot: p} }

type plotRenderer struct {
	plot    *plot
	objects []fyne.CanvasObject
}

// MinSize implements fyne.WidgetRenderer.
func (r *plotRenderer) MinSize() fyne.Size {
	return fyne.NewSize(226, 140+r.plot.line()*r.plot.below())
}
func (r *plotRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *plotRenderer) Destroy()                     {}
func (r *plotRenderer) Refresh() {
	r.Layout(r.plot.Size())
	canvas.Refresh(r.plot)
}

// text adds a text of which x is the left, the middle or the right: 0, 0.5, 1.
// It is cut off where it would leave the plot.
func (r *plotRenderer) text(s string, x, y, anchor float32, bold bool) {
	t := canvas.NewText(s, theme.Color(theme.ColorNameForeground))
	t.TextSize, t.TextStyle.Bold = theme.CaptionTextSize(), bold
	for letters := []rune(s); len(letters) > 0 && t.MinSize().Width > r.plot.Size().Width-4; letters = letters[:len(letters)-1] {
		t.Text = string(letters) + "…"
	}
	least := t.MinSize()
	t.Move(fyne.NewPos(x-anchor*least.Width, y))
	t.Resize(least)
	r.objects = append(r.objects, t)
}

func (r *plotRenderer) line(c color.Color, wide, x1, y1, x2, y2 float32) {
	l := canvas.NewLine(c)
	l.StrokeWidth, l.Position1, l.Position2 = wide, fyne.NewPos(x1, y1), fyne.NewPos(x2, y2)
	r.objects = append(r.objects, l)
}

func (r *plotRenderer) dot(c color.Color, x, y float32) {
	const radius = 4.5
	d := canvas.NewCircle(c)
	d.StrokeColor, d.StrokeWidth = theme.Color(theme.ColorNameBackground), 1
	d.Move(fyne.NewPos(x-radius, y-radius))
	d.Resize(fyne.NewSquareSize(2 * radius))
	r.objects = append(r.objects, d)
}

// Layout draws the plot anew.
func (r *plotRenderer) Layout(size fyne.Size) {
	r.objects = nil
	p := r.plot
	if size.Width < 50 || len(p.series) == 0 {
		return
	}
	f, line := p.plotArea(size), p.line()
	grid, ink := theme.Color(theme.ColorNameSeparator), theme.Color(theme.ColorNameForeground)
	r.text(p.title, size.Width/2, 0, 0.5, true)
	for i := range int(math.Round((f.y1-f.y0)/f.step)) + 1 {
		v := f.y0 + float64(i)*f.step
		r.line(grid, 1, f.left, f.y(v), f.left+f.width, f.y(v))
		r.text(fmt.Sprintf("%.0f%%", v), f.left-4, f.y(v)-line/2, 1, false)
	}
	bottom, free := f.top+f.height, float32(0)
	for decade := math.Pow(10, math.Floor(math.Log10(f.x0))); decade <= f.x1; decade *= 10 {
		for _, part := range []float64{1, 2, 5} {
			if v := part * decade; v >= f.x0 && v <= f.x1 {
				r.line(grid, 1, f.x(v), f.top, f.x(v), bottom)
				// 1.00B is 1B here, and a number without room is left out.
				text := strings.Replace(strings.Replace(p.xText(v), ".00", "", 1), ".0", "", 1)
				if wide := fyne.MeasureText(text, theme.CaptionTextSize(), fyne.TextStyle{}).Width; f.x(v)-wide/2 > free {
					r.text(text, f.x(v), bottom+2, 0.5, false)
					free = f.x(v) + wide/2 + 6
				}
			}
		}
	}
	r.text(p.xTitle, f.left+f.width/2, bottom+2+line, 0.5, false)
	if p.mark > 0 {
		for y := f.top; y < bottom; y += 8 {
			r.line(ink, 1.5, f.x(p.mark), y, f.x(p.mark), min(y+4, bottom))
		}
	}
	colour := func(s series) color.Color {
		if s.colour == nil {
			return ink
		}
		return s.colour
	}
	for i, s := range p.series {
		c := colour(s)
		for i, v := range s.points {
			if from := s.points[max(0, i-1)]; i > 0 {
				if s.star {
					from = s.points[0]
				}
				r.line(c, 2, f.x(from.x), f.y(from.y), f.x(v.x), f.y(v.y))
			}
		}
		x, y := 6+float32(i%2)*size.Width/2, bottom+5+line*float32(2+i/2)
		r.line(c, 3, x, y+line/2, x+18, y+line/2)
		r.dot(c, x+9, y+line/2)
		r.text(s.name, x+24, y, 0, false)
	}
	for _, s := range slices.Backward(p.series) { // the first, a baseline, on top
		for _, v := range s.points {
			r.dot(colour(s), f.x(v.x), f.y(v.y))
			r.text(v.label, f.x(v.x)-3, f.y(v.y)-line-2, 1, false)
		}
	}
	last := p.told
	if last == "" {
		last = p.marked
	}
	r.text(last, 6, bottom+8+line*(p.below()-1), 0, true)
}
