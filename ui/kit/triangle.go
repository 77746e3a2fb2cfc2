package kit

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/colormap"
)

// Triangle shows networks by three shares of a whole: the more of it is a corner's, the
// nearer they lie to that corner. Their colour is their value, by a scale beneath. A tap
// chooses one; what it is, is told beside the pointer.
type Triangle struct {
	widget.BaseWidget
	TriangleData
	colours *colormap.Colormap
}

// TriangleData is what a triangle shows.
type TriangleData struct {
	Title   string
	Corners [3]string // above, left, right
	Points  []TrianglePoint
	Scale   Range // of values
	Foot    string
	Chosen  func(point int)
}

// TrianglePoint is a network.
type TrianglePoint struct {
	Shares [3]float64 // from 0 to 1, 1 in all
	Value  float64
	Mark   TriangleMark
	Label  string // beside it
	Told   string
}

// TriangleMark is how a point stands out.
type TriangleMark int

// Marks, of which the last is in the place of a dot.
const (
	Unmarked TriangleMark = iota
	ThinRing
	Ring
	Cross
)

// NewTriangle is an empty one.
func NewTriangle(colours *colormap.Colormap) *Triangle {
	t := &Triangle{colours: colours}
	t.ExtendBaseWidget(t)
	return t
}

// Set shows other data.
func (t *Triangle) Set(d TriangleData) {
	t.TriangleData = d
	t.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (t *Triangle) CreateRenderer() fyne.WidgetRenderer { return NewBrush(t) }

// How triangles are laid out.
const (
	triangleAir = dotSize // around the triangle, for what marks its points
	barSteps    = 64      // of the scale's colours
)

// Least implements Drawn.
func (t *Triangle) Least() fyne.Size {
	const width, high = 212, 190
	return fyne.NewSize(width, high+t.above()+t.below())
}

// above and below are how high the texts are there: title and a corner; corners, scale
// and foot.
func (t *Triangle) above() float32 { return plotTitle.Height() + plotText.Height() + triangleAir }
func (t *Triangle) below() float32 { return 3*plotText.Height() + 2*triangleAir }

// corners are where the whole is one share's.
func (t *Triangle) corners(size fyne.Size) [3]fyne.Position {
	steep := float32(math.Sqrt(3) / 2)
	side := max(1, min(size.Width-2*triangleAir, (size.Height-t.above()-t.below())/steep))
	left := (size.Width - side) / 2
	foot := t.above() + side*steep
	return [3]fyne.Position{{X: size.Width / 2, Y: t.above()}, {X: left, Y: foot}, {X: left + side, Y: foot}}
}

// at is where shares are.
func at(corners [3]fyne.Position, shares [3]float64) (p fyne.Position) {
	for i, c := range corners {
		p = p.AddXY(c.X*float32(shares[i]), c.Y*float32(shares[i]))
	}
	return p
}

// Place is where a point is shown.
func (t *Triangle) Place(point int) fyne.Position {
	return at(t.corners(t.Size()), t.Points[point].Shares)
}

// colour is a value's.
func (t *Triangle) colour(v float64) color.Color {
	if t.Scale.Empty() {
		return t.colours.At(1)
	}
	return t.colours.At((v - t.Scale.Lo) / (t.Scale.Hi - t.Scale.Lo))
}

// Draw implements Drawn.
func (t *Triangle) Draw(b *Brush, size fyne.Size) {
	corners, high := t.corners(size), plotText.Height()
	b.Text(plotTitle.Fit(t.Title, size.Width), 0, 0, 0, plotTitle)
	b.Text(plotText.Fit(t.Corners[0], size.Width), corners[0].X, corners[0].Y-triangleAir-high, 0.5, plotText)
	room := size.Width/2 - plotGap // for each of the two beneath
	left, right := plotText.Fit(t.Corners[1], room), plotText.Fit(t.Corners[2], room)
	wide := plotText.Width(left)
	b.Text(left, max(0, min(corners[1].X-wide/2, room-wide)), corners[1].Y+triangleAir, 0, plotText)
	wide = plotText.Width(right)
	b.Text(right, min(size.Width, max(corners[2].X+wide/2, size.Width-room+wide)), corners[2].Y+triangleAir, 1, plotText)
	t.drawGrid(b, corners)
	t.drawPoints(b, corners, size)
	if !t.Scale.Empty() {
		t.drawScale(b, fyne.NewPos(0, corners[1].Y+2*triangleAir+high), size.Width)
	}
}

// drawGrid draws the sides, and within them lines of each quarter of a share.
func (t *Triangle) drawGrid(b *Brush, corners [3]fyne.Position) {
	const quarters = 4
	for i := range corners {
		for q := range quarters {
			share := float64(q) / quarters
			from, to := [3]float64{}, [3]float64{}
			from[i], to[i] = share, share
			from[(i+1)%3], to[(i+2)%3] = 1-share, 1-share
			line := theme.Color(theme.ColorNameSeparator)
			if q == 0 {
				line = theme.Color(theme.ColorNameForeground)
			}
			b.Line(line, 1, at(corners, from), at(corners, to))
		}
	}
}

// drawPoints draws dots and marks, then labels where they are in the way of nothing.
func (t *Triangle) drawPoints(b *Brush, corners [3]fyne.Position, size fyne.Size) {
	const around, thick, cross = dotSize + 8, 3, 9
	ink := theme.Color(theme.ColorNameForeground)
	circle := func(c *canvas.Circle, middle fyne.Position, wide float32) {
		c.Move(middle.SubtractXY(wide/2, wide/2))
		c.Resize(fyne.NewSquareSize(wide))
		b.objects = append(b.objects, c)
	}
	var drawn obstacles
	for _, p := range t.Points {
		place, wide := at(corners, p.Shares), float32(dotSize)
		switch p.Mark {
		case Cross:
			for _, stroke := range []struct {
				ink  color.Color
				wide float32
			}{{theme.Color(theme.ColorNameBackground), 6}, {ink, 2}} { // which stands off from what it lies on
				for _, up := range []float32{-1, 1} {
					b.Line(stroke.ink, stroke.wide, place.AddXY(-cross, up*cross), place.AddXY(cross, -up*cross))
				}
			}
		default:
			circle(&canvas.Circle{FillColor: t.colour(p.Value), StrokeColor: theme.Color(theme.ColorNamePlaceHolder), StrokeWidth: 1}, place, dotSize)
		}
		if stroke := map[TriangleMark]float32{ThinRing: 1, Ring: thick}[p.Mark]; stroke > 0 {
			wide = around
			circle(&canvas.Circle{FillColor: color.Transparent, StrokeColor: ink, StrokeWidth: stroke}, place, wide)
		}
		drawn = append(drawn, box(place.SubtractXY(wide/2, wide/2), fyne.NewSquareSize(wide)))
	}
	inside := box(fyne.NewPos(0, plotTitle.Height()), fyne.NewSize(size.Width, corners[1].Y+triangleAir-plotTitle.Height()))
	for _, p := range t.Points {
		if p.Label == "" {
			continue
		}
		label := plotText.Fit(p.Label, size.Width/2-around)
		least := fyne.NewSize(plotText.Width(label), plotText.Height())
		place := drawn.free(at(corners, p.Shares), least, inside)
		b.Text(label, place.X, place.Y, 0, plotText)
		drawn = append(drawn, box(place, least))
	}
}

// drawScale draws the colours between the ends of their values, and the foot beneath.
func (t *Triangle) drawScale(b *Brush, from fyne.Position, width float32) {
	lo, hi := t.end(t.Scale.Lo), t.end(t.Scale.Hi)
	left, right := plotText.Width(lo)+plotGap, width-plotText.Width(hi)-plotGap
	b.Text(lo, 0, from.Y, 0, plotText)
	b.Text(hi, width, from.Y, 1, plotText)
	high := plotText.Height()
	for i := range barSteps { // each a little too wide, so that nothing is between them
		wide := max(0, right-left) / barSteps
		b.Rectangle(canvas.NewRectangle(t.colours.At((float64(i)+0.5)/barSteps)), left+float32(i)*wide, from.Y+(high-barHeight)/2, wide+0.5, barHeight)
	}
	b.Text(plotText.Fit(t.Foot, width), width/2, from.Y+high, 0.5, plotText)
}

// end says a value at an end of the scale.
func (t *Triangle) end(v float64) string { return fmt.Sprintf("%.1f%%", 100*v) }

// nearest is the point that lies under the pointer, −1 for none.
func (t *Triangle) nearest(to fyne.Position) int {
	const reach = 20
	found, nearest := -1, float32(reach)
	for i := range t.Points {
		d := t.Place(i).Subtract(to)
		if far := float32(math.Hypot(float64(d.X), float64(d.Y))); far < nearest {
			found, nearest = i, far
		}
	}
	return found
}

// Tapped implements fyne.Tappable.
func (t *Triangle) Tapped(e *fyne.PointEvent) {
	if i := t.nearest(e.Position); i >= 0 {
		t.MouseOut() // what is told would stay where the choice leads elsewhere
		t.Chosen(i)
	}
}

// MouseIn implements desktop.Hoverable.
func (t *Triangle) MouseIn(e *desktop.MouseEvent) { t.MouseMoved(e) }

// MouseMoved implements desktop.Hoverable.
func (t *Triangle) MouseMoved(e *desktop.MouseEvent) {
	text := ""
	if i := t.nearest(e.Position); i >= 0 {
		text = t.Points[i].Told
	}
	tell(t, text, e.AbsolutePosition)
}

// MouseOut implements desktop.Hoverable.
func (t *Triangle) MouseOut() { tell(t, "", fyne.Position{}) }

// AccessibilityLabel implements fyne.Accessible.
func (t *Triangle) AccessibilityLabel() string {
	all := []string{t.Title}
	for _, p := range t.Points {
		all = append(all, p.Told)
	}
	return strings.Join(all, "\n")
}
