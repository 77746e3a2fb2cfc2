package kit

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Plot shows networks as dots. Its last line says what lies under the pointer, or
// was tapped; where a tap chooses it, it is told beside the pointer, where more has room.
type Plot struct {
	widget.BaseWidget
	PlotData
	Told string
}

// PlotData is what a plot shows.
type PlotData struct {
	Title  string
	X, Y   Axis
	Foot   string // beneath x
	Series []Series
	Mark   Mark
	Chosen func(series, point int) // by a tap; nil for nothing
}

// Series are points of one colour, joined by a line in their order or, in a star,
// each with the first.
type Series struct {
	Name   string // in the legend; "" for no place there
	Ink    int
	Points []Point
	Star   bool
	Bare   bool // a line without dots
	Loose  bool // dots without a line
}

// Point is a network, with its intervals where it has any.
type Point struct {
	X, Y  Value
	Label string // beside it
	Told  string // of it in the last line
}

// Value is a value with its interval; nil for none.
type Value struct {
	At       float64
	Interval *[2]float64 // low, high
}

// Exactly is a value without an interval.
func Exactly(v float64) Value { return Value{At: v} }

// ends are those of the value's interval, or the value twice.
func (v Value) ends() (lo, hi float64) {
	if v.Interval == nil {
		return v.At, v.At
	}
	return v.Interval[0], v.Interval[1]
}

// Mark is a dashed line across x with its name above, which stands alone where
// the line is beyond the axis; without a name there is none.
type Mark struct {
	X    float64
	Name string
}

// palette is Okabe and Ito's, which colour-blind eyes tell apart
// (https://jfly.uni-koeln.de/color/), without its yellow and black.
var palette = []color.Color{
	color.NRGBA{0xe6, 0x9f, 0x00, 255}, color.NRGBA{0x56, 0xb4, 0xe9, 255}, color.NRGBA{0x00, 0x9e, 0x73, 255},
	color.NRGBA{0xd5, 0x5e, 0x00, 255}, color.NRGBA{0x00, 0x72, 0xb2, 255}, color.NRGBA{0xcc, 0x79, 0xa7, 255},
}

// Ink tells networks apart: the first, a baseline, has the text's colour, those
// scaled have the palette's in their order.
func Ink(i int) color.Color {
	if i == 0 {
		return theme.Color(theme.ColorNameForeground)
	}
	return palette[(i-1)%len(palette)]
}

// Shares is an axis for shares with their intervals, in percent.
func Shares(all []Value) Axis {
	lo, hi := 1.0, 0.0
	for _, v := range all {
		from, to := v.ends()
		lo, hi = min(lo, from), max(hi, to)
	}
	a := AxisOf(min(lo, hi), hi)
	a.Text = func(v float64) string { return fmt.Sprintf("%.4g%%", 100*v) }
	return a
}

// Names is an axis of rows from the top down, of which the first is at 0.
func Names(all []string) Axis {
	a := Axis{Lo: float64(len(all)) - 0.5, Hi: -0.5, Text: func(v float64) string { return all[int(v)] }}
	for i := range all {
		a.Ticks = append(a.Ticks, float64(i))
	}
	return a
}

// NewPlot is empty.
func NewPlot() *Plot {
	p := &Plot{}
	p.ExtendBaseWidget(p)
	return p
}

// Set shows other data.
func (p *Plot) Set(d PlotData) {
	p.PlotData, p.Told = d, ""
	p.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (p *Plot) CreateRenderer() fyne.WidgetRenderer { return NewBrush(p) }

// Tapped implements fyne.Tappable.
func (p *Plot) Tapped(e *fyne.PointEvent) {
	series, point, found := p.nearest(e.Position)
	switch {
	case p.Chosen == nil:
		p.tell(e.Position, e.AbsolutePosition)
	case found:
		p.MouseOut() // what is told would stay where the choice leads elsewhere
		p.Chosen(series, point)
	}
}

// MouseIn implements desktop.Hoverable.
func (p *Plot) MouseIn(*desktop.MouseEvent) {}

// MouseMoved implements desktop.Hoverable.
func (p *Plot) MouseMoved(e *desktop.MouseEvent) { p.tell(e.Position, e.AbsolutePosition) }

// MouseOut implements desktop.Hoverable.
func (p *Plot) MouseOut() { p.say("", fyne.Position{}) }

// Place is where a point is shown, and whether that is on the plane.
func (p *Plot) Place(v Point) (at fyne.Position, on bool) {
	f := p.plane(p.Size())
	at = f.at(v.X.At, v.Y.At)
	return at, at.X >= f.left && at.X <= f.right && at.Y >= f.top && at.Y <= f.bottom
}

// nearest is the point that something is told of which is nearest to a place, and near.
func (p *Plot) nearest(at fyne.Position) (series, point int, found bool) {
	const reach = 30
	nearest := float32(reach)
	for i, s := range p.Series {
		for j, v := range s.Points {
			place, _ := p.Place(v)
			d := place.Subtract(at)
			if far := float32(math.Hypot(float64(d.X), float64(d.Y))); far < nearest && v.Told != "" {
				nearest, series, point, found = far, i, j, true
			}
		}
	}
	return series, point, found
}

// tell says what the nearest point is.
func (p *Plot) tell(at, onCanvas fyne.Position) {
	told := ""
	if series, point, found := p.nearest(at); found {
		told = p.Series[series].Points[point].Told
	}
	p.say(told, onCanvas)
}

func (p *Plot) say(told string, onCanvas fyne.Position) {
	if p.Chosen != nil {
		tell(p, told, onCanvas)
		return
	}
	if told != p.Told {
		p.Told = told
		p.Refresh()
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (p *Plot) AccessibilityLabel() string {
	all := []string{p.Title}
	for _, s := range p.Series {
		for _, v := range s.Points {
			if v.Told != "" {
				all = append(all, v.Told)
			}
		}
	}
	return strings.Join(all, "\n")
}

// How a plot's texts are written.
var (
	plotTitle = Lettering{Bold: true}
	plotText  = Lettering{Small: true}
	plotTold  = Lettering{Small: true, Bold: true}
)

const (
	plotGap  = 4  // between the plane and its texts
	plotDots = 8  // between the plane and what may stand next to a dot on its edge
	plotEdge = 20 // on the plane's right, for half of a tick's text
)

// plane is where a plot's values are.
type plane struct {
	left, top, right, bottom float32
	x, y                     Axis
}

func (f plane) at(x, y float64) fyne.Position {
	return fyne.NewPos(f.left+(f.right-f.left)*float32(f.x.At(x)), f.bottom-(f.bottom-f.top)*float32(f.y.At(y)))
}

// plane leaves room for the texts: of y on the left, but no more than half; the
// title and a mark's name above.
func (p *Plot) plane(size fyne.Size) plane {
	f := plane{x: p.X, y: p.Y, top: plotTitle.Height() + plotText.Height() + plotGap, right: size.Width - plotEdge, bottom: size.Height - p.below()}
	for _, v := range p.Y.Ticks {
		f.left = max(f.left, plotText.Width(p.Y.Text(v))+plotDots)
	}
	f.left = min(f.left, size.Width/2)
	return f
}

// below is how high the texts beneath the plane are: x and its foot, a legend in
// two columns, and what the pointer is on.
func (p *Plot) below() float32 {
	lines := 1 + (len(p.legend())+1)/2
	if p.Foot != "" {
		lines++
	}
	if p.Chosen == nil {
		lines++
	}
	return float32(lines)*plotText.Height() + 2*plotGap
}

// legend are the series that have a place there.
func (p *Plot) legend() []Series {
	return slices.DeleteFunc(slices.Clone(p.Series), func(s Series) bool { return s.Name == "" })
}

// Least implements Drawn.
func (p *Plot) Least() fyne.Size {
	const width, tick, plane = 212, 18, 112
	return fyne.NewSize(width, p.plane(fyne.Size{}).top+max(plane, float32(len(p.Y.Ticks))*tick)+p.below())
}

// Draw implements Drawn.
func (p *Plot) Draw(b *Brush, size fyne.Size) {
	f, line := p.plane(size), plotText.Height()
	if f.right <= f.left || f.bottom <= f.top {
		return
	}
	b.Text(plotTitle.Fit(p.Title, size.Width), 0, 0, 0, plotTitle)
	p.drawAxes(b, f)
	p.drawPoints(b, f, p.drawMark(b, f))
	y := f.bottom + plotGap + line
	if p.Foot != "" {
		b.Text(p.Foot, (f.left+f.right)/2, y, 0.5, plotText)
		y += line
	}
	for i, s := range p.legend() {
		const wide, text = 18, 24
		at := fyne.NewPos(float32(i%2)*size.Width/2, y+line*float32(i/2)+line/2)
		b.Line(Ink(s.Ink), 2, at, at.AddXY(wide, 0))
		b.Dot(Ink(s.Ink), at.AddXY(wide/2, 0))
		b.Text(plotText.Fit(s.Name, size.Width/2-text), at.X+text, at.Y-line/2, 0, plotText)
	}
	b.Text(plotTold.Fit(p.Told, size.Width), 0, size.Height-line, 0, plotTold)
}

// drawAxes draws ticks across the plane; a number of x without room is left out.
func (p *Plot) drawAxes(b *Brush, f plane) {
	grid, free := theme.Color(theme.ColorNameSeparator), float32(0)
	for _, v := range p.X.Ticks {
		x, text := f.at(v, p.Y.Lo).X, p.X.Text(v)
		b.Line(grid, 1, fyne.NewPos(x, f.top), fyne.NewPos(x, f.bottom))
		if half := plotText.Width(text) / 2; x-half >= free {
			b.Text(text, x, f.bottom+plotGap/2, 0.5, plotText)
			free = x + half + plotGap
		}
	}
	for _, v := range p.Y.Ticks {
		y := f.at(p.X.Lo, v).Y
		b.Line(grid, 1, fyne.NewPos(f.left, y), fyne.NewPos(f.right, y))
		b.Text(plotText.Fit(p.Y.Text(v), f.left-plotDots), f.left-plotDots, y-plotText.Height()/2, 1, plotText)
	}
}

// drawMark draws the mark, and says where.
func (p *Plot) drawMark(b *Brush, f plane) (drawn obstacles) {
	if p.Mark.Name == "" {
		return nil
	}
	const dash = 4
	width := f.right + plotEdge
	name, x := plotText.Fit(p.Mark.Name, width), f.at(p.Mark.X, p.Y.Lo).X
	size := fyne.NewSize(plotText.Width(name), plotText.Height())
	at := fyne.NewPos(max(min(x, width-size.Width/2)-size.Width/2, 0), f.top-plotGap/2-size.Height)
	b.Text(name, at.X, at.Y, 0, plotText)
	drawn = append(drawn, box(at, size))
	if x >= f.left && x <= f.right {
		for y := f.top; y < f.bottom; y += 2 * dash {
			b.Line(Ink(0), 2, fyne.NewPos(x, y), fyne.NewPos(x, min(y+dash, f.bottom)))
		}
		drawn.line(fyne.NewPos(x, f.top), fyne.NewPos(x, f.bottom))
	}
	return drawn
}

// drawPoints draws lines, then dots with their intervals, then labels where they
// are in the way of nothing, nor of what is drawn. The first series, a baseline,
// is on top.
func (p *Plot) drawPoints(b *Brush, f plane, drawn obstacles) {
	stroke := func(s Series, from, to fyne.Position) {
		b.Line(Ink(s.Ink), 2, from, to)
		drawn.line(from, to)
	}
	for _, s := range p.Series {
		for i, v := range s.Points {
			if from := s.Points[max(0, i-1)]; i > 0 && !s.Loose {
				if s.Star {
					from = s.Points[0]
				}
				stroke(s, f.at(from.X.At, from.Y.At), f.at(v.X.At, v.Y.At))
			}
		}
	}
	for _, s := range slices.Backward(p.Series) {
		for _, v := range s.Points {
			if s.Bare {
				break
			}
			at := f.at(v.X.At, v.Y.At)
			b.Dot(Ink(s.Ink), at)
			drawn = append(drawn, box(at.SubtractXY(dotSize/2, dotSize/2), fyne.NewSquareSize(dotSize)))
			if i := v.X.Interval; i != nil {
				stroke(s, f.at(i[0], v.Y.At), f.at(i[1], v.Y.At))
			}
			if i := v.Y.Interval; i != nil {
				stroke(s, f.at(v.X.At, i[0]), f.at(v.X.At, i[1]))
			}
		}
	}
	high, wide := plotText.Height(), f.right+plotEdge-f.left
	inside := box(fyne.NewPos(f.left, f.top-high), fyne.NewSize(wide, f.bottom-f.top+high))
	for _, s := range p.Series {
		for _, v := range s.Points {
			if v.Label == "" {
				continue
			}
			label := plotText.Fit(v.Label, wide/2-2*dotSize) // on one side of the dot at least it is inside
			size := fyne.NewSize(plotText.Width(label), high)
			at := drawn.free(f.at(v.X.At, v.Y.At), size, inside)
			b.Text(label, at.X, at.Y, 0, plotText)
			drawn = append(drawn, box(at, size))
		}
	}
}

// obstacles are where labels should not be.
type obstacles []image.Rectangle

func box(at fyne.Position, size fyne.Size) image.Rectangle {
	return image.Rect(int(at.X), int(at.Y), int(at.X+size.Width), int(at.Y+size.Height))
}

// line adds a line, as boxes along it.
func (o *obstacles) line(from, to fyne.Position) {
	const step = 3
	d := to.Subtract(from)
	steps := math.Ceil(math.Hypot(float64(d.X), float64(d.Y)) / step)
	for i := range int(steps) + 1 {
		share := float32(i) / float32(max(steps, 1))
		*o = append(*o, box(from.AddXY(share*d.X-1, share*d.Y-1), fyne.NewSquareSize(2)))
	}
}

// free is where around a dot a label can stand, inside and in the way of least.
func (o obstacles) free(dot fyne.Position, label fyne.Size, inside image.Rectangle) fyne.Position {
	const beside, above = dotSize/2 + 3, dotSize/2 + 1
	least, best := math.MaxInt, fyne.Position{}
	for _, to := range []struct{ x, y float32 }{{0, -1}, {-1, 0}, {1, 0}, {-1, -1}, {1, -1}, {0, 1}, {-1, 1}, {1, 1}} {
		middle := dot.AddXY(to.x*(beside+label.Width/2), to.y*(above+label.Height/2))
		at := middle.SubtractXY(label.Width/2, label.Height/2)
		place, hidden := box(at, label), 0 // an area
		if !place.In(inside) {
			hidden = 1 << 20 // more than all
		}
		for _, other := range o {
			both := other.Intersect(place).Size()
			hidden += both.X * both.Y
		}
		if hidden < least {
			least, best = hidden, at
		}
	}
	return best
}
