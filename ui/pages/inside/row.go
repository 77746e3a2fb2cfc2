package inside

import (
	"image"
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/cam"
	"scalecam/network"
	"scalecam/ui/kit"
	"scalecam/ui/speak"
)

// channelRow is a channel in the list: number, feature map, weight, product,
// what it adds, the running sum as map and number, and the term at the point.
type channelRow struct {
	widget.BaseWidget
	box                          *fyne.Container
	feature, product, sum        *canvas.Image
	k, weight, adds, running, at *widget.Label
	kept                         *kit.Backdrop // beside the channels kept
}

const (
	smallMap  = 36 // the side of a small map
	keptWidth = 4
)

// smallColumn is the width of a small map's column: its head says what it is in words.
func smallColumn() float32 { return kit.OfText(80) }

// numbersLeast is the least width of the four columns of numbers, of which each has the
// share that its head needs.
func numbersLeast() float32 { return kit.OfText(312) }

var numberShares = [4]float32{0.2, 0.3, 0.22, 0.28}

// firstColumn is the width of the column of the channels' numbers.
func firstColumn() float32 { return kit.OfText(60) }

func newChannelRow() *channelRow {
	small := func() *canvas.Image {
		i := &canvas.Image{FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScalePixels}
		i.SetMinSize(fyne.NewSize(smallMap, smallMap))
		return i
	}
	text := func() *widget.Label {
		l := widget.NewLabel("")
		l.Truncation = fyne.TextTruncateEllipsis
		return l
	}
	r := &channelRow{feature: small(), product: small(), sum: small(), k: text(), weight: text(), adds: text(), running: text(), at: text()}
	r.kept = kit.NewBackdrop(theme.ColorNamePrimary)
	r.box = container.New(channelColumns{}, r.k, r.feature, r.weight, r.product, r.adds, r.sum, r.running, r.at, r.kept)
	r.ExtendBaseWidget(r)
	return r
}

// newChannelHead says what the columns are.
func newChannelHead() fyne.CanvasObject {
	head := container.New(channelColumns{low: true})
	for _, text := range []string{
		speak.Say("inside.channel"), speak.Say("inside.feature"), speak.Say("inside.weight"), speak.Say("inside.product"),
		speak.Say("inside.adds"), speak.Say("inside.running"), speak.Say("inside.running sum"), speak.Say("inside.at"),
	} {
		l := kit.Caption(widget.MediumImportance)
		l.TextStyle.Bold, l.Text, l.Truncation, l.Wrapping = true, text, fyne.TextTruncateOff, fyne.TextWrapWord
		head.Add(l)
	}
	return head
}

// CreateRenderer implements fyne.Widget.
func (r *channelRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.box) }

// set shows a channel; at is its term at the point. Its maps may not be there yet.
func (r *channelRow) set(m rowMaps, kept bool, c cam.Channel, at string) {
	for _, i := range []struct {
		to  *canvas.Image
		now *image.RGBA
	}{{r.feature, m.feature}, {r.product, m.product}, {r.sum, m.sum}} {
		kit.Show(i.to, i.now != nil)
		if i.now != nil && i.to.Image != i.now {
			i.to.Image = i.now
			i.to.Refresh()
		}
	}
	running := ""
	if m.sum != nil {
		running = number(m.score.Sum)
	}
	kit.Show(r.kept, kept)
	for _, t := range []struct {
		to  *widget.Label
		now string
	}{
		{r.k, strconv.Itoa(c.Index)}, {r.weight, number(float64(c.Weight))}, {r.adds, number(c.Adds)},
		{r.running, running}, {r.at, at},
	} {
		kit.SetText(t.to, t.now)
	}
}

// channelColumns lays a row's eight objects out: the number, and small maps
// with numbers beside them, which share what is left. A ninth is at its edge.
type channelColumns struct {
	low bool // the objects stand on the lower edge, not in the middle
}

// Layout implements fyne.Layout.
func (l channelColumns) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	numbers := size.Width - firstColumn() - 3*smallColumn()
	x := float32(0)
	for i, o := range objects {
		var width float32
		switch i {
		case 0:
			width = firstColumn()
		case 1, 3, 5:
			width = smallColumn()
		case 8:
			o.Move(fyne.NewPos(0, 0))
			o.Resize(fyne.NewSize(keptWidth, size.Height))
			return
		default: // 2, 4, 6, 7
			width = numberShares[i/2-1+i%2] * numbers
		}
		o.Resize(fyne.NewSize(width, o.Size().Height)) // in which a head finds how high it is
		height := o.MinSize().Height
		y := (size.Height - height) / 2
		if l.low {
			y *= 2
		}
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(width, height))
		x += width
	}
}

// MinSize implements fyne.Layout.
func (channelColumns) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		size.Height = max(size.Height, o.MinSize().Height)
	}
	size.Width = firstColumn() + 3*smallColumn() + numbersLeast()
	return size
}

// target lies over a picture, takes taps, and marks a cell of the grid.
type target struct {
	widget.BaseWidget
	tapped func(x, y float64) // from 0 to 1 of the picture
	mark   *network.Region    // likewise; nil for none
	cross  bool               // lines lead to the mark
}

func newTarget(tapped func(x, y float64)) *target {
	t := &target{tapped: tapped}
	t.ExtendBaseWidget(t)
	return t
}

func (t *target) set(mark *network.Region) {
	if t.mark != mark {
		t.mark = mark
		t.Refresh()
	}
}

// Tapped implements fyne.Tappable.
func (t *target) Tapped(e *fyne.PointEvent) {
	t.tapped(float64(e.Position.X/t.Size().Width), float64(e.Position.Y/t.Size().Height))
}

// Cursor implements desktop.Cursorable.
func (t *target) Cursor() desktop.Cursor { return desktop.CrosshairCursor }

// CreateRenderer implements fyne.Widget.
func (t *target) CreateRenderer() fyne.WidgetRenderer {
	r := &targetRenderer{target: t}
	// Light upon dark: one of them stands out from any picture.
	for _, line := range []struct {
		colour color.Color
		width  float32
	}{{color.NRGBA{0, 0, 0, 200}, 3}, {color.White, 1}} {
		for range 4 {
			r.lines = append(r.lines, canvas.NewRectangle(line.colour))
		}
		r.boxes = append(r.boxes, &canvas.Rectangle{FillColor: color.Transparent, StrokeColor: line.colour, StrokeWidth: line.width})
	}
	r.Refresh()
	return r
}

type targetRenderer struct {
	target *target
	lines  []*canvas.Rectangle // four dark ones, four light ones
	boxes  []*canvas.Rectangle
}

func (r *targetRenderer) Layout(size fyne.Size) {
	m := r.target.mark
	if m == nil {
		return
	}
	left, top := float32(m.X0)*size.Width, float32(m.Y0)*size.Height
	right, bottom := float32(m.X1)*size.Width, float32(m.Y1)*size.Height
	x, y := (left+right)/2, (top+bottom)/2
	for i, l := range r.lines {
		thick := float32(3)
		if i >= 4 {
			thick = 1
		}
		at := [4]fyne.Position{{X: 0, Y: y - thick/2}, {X: right, Y: y - thick/2}, {X: x - thick/2, Y: 0}, {X: x - thick/2, Y: bottom}}[i%4]
		to := [4]fyne.Size{{Width: left, Height: thick}, {Width: size.Width - right, Height: thick}, {Width: thick, Height: top}, {Width: thick, Height: size.Height - bottom}}[i%4]
		l.Move(at)
		l.Resize(to)
	}
	for _, b := range r.boxes {
		b.Move(fyne.NewPos(left, top))
		b.Resize(fyne.NewSize(right-left, bottom-top))
	}
}

func (r *targetRenderer) Refresh() {
	r.Layout(r.target.Size())
	for _, l := range r.lines {
		l.Hidden = r.target.mark == nil || !r.target.cross
		l.Refresh()
	}
	for _, b := range r.boxes {
		b.Hidden = r.target.mark == nil
		b.Refresh()
	}
}

func (r *targetRenderer) MinSize() fyne.Size { return fyne.Size{} }
func (r *targetRenderer) Destroy()           {}
func (r *targetRenderer) Objects() []fyne.CanvasObject {
	var all []fyne.CanvasObject
	for _, l := range r.lines {
		all = append(all, l)
	}
	for _, b := range r.boxes {
		all = append(all, b)
	}
	return all
}
