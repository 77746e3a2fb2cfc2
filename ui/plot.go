package ui

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

	"scalecam/compare"
	"scalecam/compare/evaluate"
	"scalecam/compare/figure"
)

// plot shows networks as dots. Its last line says what lies under the pointer, or
// was tapped.
type plot struct {
	widget.BaseWidget
	plotData
	told string
}

// plotData is what a plot shows.
type plotData struct {
	title  string
	x, y   axis
	foot   string // beneath x
	series []series
	mark   mark
}

// axis is an axis with what its ticks say.
type axis struct {
	figure.Axis
	text func(float64) string
}

// series are points of one colour, joined by a line in their order or, in a star,
// each with the first.
type series struct {
	name   string // in the legend; "" for no place there
	ink    int
	points []point
	star   bool
}

// point is a network, with its intervals where it has any.
type point struct {
	x, y  evaluate.Share
	label string // beside it
	told  string // of it in the last line
}

// mark is a dashed line across x with its name above, which stands alone where
// the line is beyond the axis; without a name there is none.
type mark struct {
	x    float64
	name string
}

// palette is Okabe and Ito's, which colour-blind eyes tell apart
// (https://jfly.uni-koeln.de/color/), without its yellow and black.
var palette = []color.Color{
	color.NRGBA{0xe6, 0x9f, 0x00, 255}, color.NRGBA{0x56, 0xb4, 0xe9, 255}, color.NRGBA{0x00, 0x9e, 0x73, 255},
	color.NRGBA{0xd5, 0x5e, 0x00, 255}, color.NRGBA{0x00, 0x72, 0xb2, 255}, color.NRGBA{0xcc, 0x79, 0xa7, 255},
}

// ink tells networks apart: the first, a baseline, has the text's colour, those
// scaled have the palette's in their order.
func ink(i int) color.Color {
	if i == 0 {
		return theme.Color(theme.ColorNameForeground)
	}
	return palette[(i-1)%len(palette)]
}

// shares is an axis for shares with their intervals, in percent.
func shares(all []evaluate.Share) axis {
	lo, hi := 1.0, 0.0
	for _, f := range all {
		from, to := f.Ends()
		lo, hi = min(lo, from), max(hi, to)
	}
	return axis{figure.AxisOf(min(lo, hi), hi), func(v float64) string { return fmt.Sprintf("%.4g%%", 100*v) }}
}

// counts has an axis say counts: 1.00B is 1B at a tick.
func counts(a figure.Axis) axis {
	return axis{a, func(v float64) string {
		text := compare.FormatCount(int64(v))
		number := strings.TrimRight(text, "kMBT")
		unit := text[len(number):]
		if strings.Contains(number, ".") {
			number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
		}
		return number + unit
	}}
}

// names is an axis of rows from the top down, of which the first is at 0.
func names(all []string) axis {
	a := axis{figure.Axis{Lo: float64(len(all)) - 0.5, Hi: -0.5}, func(v float64) string { return all[int(v)] }}
	for i := range all {
		a.Ticks = append(a.Ticks, float64(i))
	}
	return a
}

// exactly is a value without an interval.
func exactly(v float64) evaluate.Share { return evaluate.Share{Value: v, Known: true} }

// textShare says a share with its interval, where it has one.
func textShare(f evaluate.Share) string {
	if f.Interval != nil {
		return f.String() + "% " + f.Margin()
	}
	return f.String() + "%"
}

func newPlot() *plot {
	p := &plot{}
	p.ExtendBaseWidget(p)
	return p
}

func (p *plot) set(d plotData) {
	p.plotData, p.told = d, ""
	p.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (p *plot) CreateRenderer() fyne.WidgetRenderer { return &brush{of: p} }

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
	const reach = 30
	f := p.plane(p.Size())
	nearest, told := float32(reach), ""
	for _, s := range p.series {
		for _, v := range s.points {
			d := f.at(v.x.Value, v.y.Value).Subtract(at)
			if far := float32(math.Hypot(float64(d.X), float64(d.Y))); far < nearest {
				nearest, told = far, v.told
			}
		}
	}
	if told != p.told {
		p.told = told
		p.Refresh()
	}
}

// How a plot's texts are written.
var (
	plotTitle = lettering{bold: true}
	plotText  = lettering{small: true}
	plotTold  = lettering{small: true, bold: true}
)

const (
	plotGap  = 4  // between the plane and its texts
	plotDots = 8  // between the plane and what may stand next to a dot on its edge
	plotEdge = 20 // on the plane's right, for half of a tick's text
)

// plane is where a plot's values are.
type plane struct {
	left, top, right, bottom float32
	x, y                     axis
}

func (f plane) at(x, y float64) fyne.Position {
	return fyne.NewPos(f.left+(f.right-f.left)*float32(f.x.At(x)), f.bottom-(f.bottom-f.top)*float32(f.y.At(y)))
}

// plane leaves room for the texts: of y on the left, but no more than half; the
// title and a mark's name above.
func (p *plot) plane(size fyne.Size) plane {
	f := plane{x: p.x, y: p.y, top: plotTitle.height() + plotText.height() + plotGap, right: size.Width - plotEdge, bottom: size.Height - p.below()}
	for _, v := range p.y.Ticks {
		f.left = max(f.left, plotText.width(p.y.text(v))+plotDots)
	}
	f.left = min(f.left, size.Width/2)
	return f
}

// below is how high the texts beneath the plane are: x and its foot, a legend in
// two columns, and what the pointer is on.
func (p *plot) below() float32 {
	lines := 2 + (len(p.legend())+1)/2
	if p.foot != "" {
		lines++
	}
	return float32(lines)*plotText.height() + 2*plotGap
}

// legend are the series that have a place there.
func (p *plot) legend() []series {
	return slices.DeleteFunc(slices.Clone(p.series), func(s series) bool { return s.name == "" })
}

func (p *plot) least() fyne.Size {
	const width, tick, plane = 212, 18, 112
	return fyne.NewSize(width, p.plane(fyne.Size{}).top+max(plane, float32(len(p.y.Ticks))*tick)+p.below())
}

func (p *plot) draw(b *brush, size fyne.Size) {
	f, line := p.plane(size), plotText.height()
	if f.right <= f.left || f.bottom <= f.top {
		return
	}
	b.text(plotTitle.fit(p.title, size.Width), 0, 0, 0, plotTitle)
	p.drawAxes(b, f)
	p.drawPoints(b, f, p.drawMark(b, f))
	y := f.bottom + plotGap + line
	if p.foot != "" {
		b.text(p.foot, (f.left+f.right)/2, y, 0.5, plotText)
		y += line
	}
	for i, s := range p.legend() {
		const wide, text = 18, 24
		at := fyne.NewPos(float32(i%2)*size.Width/2, y+line*float32(i/2)+line/2)
		b.line(ink(s.ink), 2, at, at.AddXY(wide, 0))
		b.dot(ink(s.ink), at.AddXY(wide/2, 0))
		b.text(plotText.fit(s.name, size.Width/2-text), at.X+text, at.Y-line/2, 0, plotText)
	}
	b.text(plotTold.fit(p.told, size.Width), 0, size.Height-line, 0, plotTold)
}

// drawAxes draws ticks across the plane; a number of x without room is left out.
func (p *plot) drawAxes(b *brush, f plane) {
	grid, free := theme.Color(theme.ColorNameSeparator), float32(0)
	for _, v := range p.x.Ticks {
		x, text := f.at(v, p.y.Lo).X, p.x.text(v)
		b.line(grid, 1, fyne.NewPos(x, f.top), fyne.NewPos(x, f.bottom))
		if half := plotText.width(text) / 2; x-half >= free {
			b.text(text, x, f.bottom+plotGap/2, 0.5, plotText)
			free = x + half + plotGap
		}
	}
	for _, v := range p.y.Ticks {
		y := f.at(p.x.Lo, v).Y
		b.line(grid, 1, fyne.NewPos(f.left, y), fyne.NewPos(f.right, y))
		b.text(plotText.fit(p.y.text(v), f.left-plotDots), f.left-plotDots, y-plotText.height()/2, 1, plotText)
	}
}

// drawMark draws the mark, and says where.
func (p *plot) drawMark(b *brush, f plane) (drawn obstacles) {
	if p.mark.name == "" {
		return nil
	}
	const dash = 4
	width := f.right + plotEdge
	name, x := plotText.fit(p.mark.name, width), f.at(p.mark.x, p.y.Lo).X
	size := fyne.NewSize(plotText.width(name), plotText.height())
	at := fyne.NewPos(max(min(x, width-size.Width/2)-size.Width/2, 0), f.top-plotGap/2-size.Height)
	b.text(name, at.X, at.Y, 0, plotText)
	drawn = append(drawn, box(at, size))
	if x >= f.left && x <= f.right {
		for y := f.top; y < f.bottom; y += 2 * dash {
			b.line(ink(0), 2, fyne.NewPos(x, y), fyne.NewPos(x, min(y+dash, f.bottom)))
		}
		drawn.line(fyne.NewPos(x, f.top), fyne.NewPos(x, f.bottom))
	}
	return drawn
}

// drawPoints draws lines, then dots with their intervals, then labels where they
// are in the way of nothing, nor of what is drawn. The first series, a baseline,
// is on top.
func (p *plot) drawPoints(b *brush, f plane, drawn obstacles) {
	stroke := func(s series, from, to fyne.Position) {
		b.line(ink(s.ink), 2, from, to)
		drawn.line(from, to)
	}
	for _, s := range p.series {
		for i, v := range s.points {
			if from := s.points[max(0, i-1)]; i > 0 {
				if s.star {
					from = s.points[0]
				}
				stroke(s, f.at(from.x.Value, from.y.Value), f.at(v.x.Value, v.y.Value))
			}
		}
	}
	for _, s := range slices.Backward(p.series) {
		for _, v := range s.points {
			at := f.at(v.x.Value, v.y.Value)
			b.dot(ink(s.ink), at)
			drawn = append(drawn, box(at.SubtractXY(dotSize/2, dotSize/2), fyne.NewSquareSize(dotSize)))
			if i := v.x.Interval; i != nil {
				stroke(s, f.at(i[0], v.y.Value), f.at(i[1], v.y.Value))
			}
			if i := v.y.Interval; i != nil {
				stroke(s, f.at(v.x.Value, i[0]), f.at(v.x.Value, i[1]))
			}
		}
	}
	high, wide := plotText.height(), f.right+plotEdge-f.left
	inside := box(fyne.NewPos(f.left, f.top-high), fyne.NewSize(wide, f.bottom-f.top+high))
	for _, s := range p.series {
		for _, v := range s.points {
			if v.label == "" {
				continue
			}
			label := plotText.fit(v.label, wide/2-2*dotSize) // on one side of the dot at least it is inside
			size := fyne.NewSize(plotText.width(label), high)
			at := drawn.free(f.at(v.x.Value, v.y.Value), size, inside)
			b.text(label, at.X, at.Y, 0, plotText)
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
