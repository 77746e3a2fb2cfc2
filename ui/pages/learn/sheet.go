package learn

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/compare"
	"scalecam/ui/kit"
	"scalecam/ui/speak"
)

// sheet is the maps: a column for each picture, with its class above, a row for each
// network, and beneath each map what the network answers.
type sheet struct {
	box     *fyne.Container
	resized func(side int) // a map has so many pixels now
	heads   []*label
	rows    []*label
	cells   [][]*cell
}

type cell struct {
	image *canvas.Image
	back  *kit.Backdrop
	text  *label
}

func newSheet(resized func(side int)) *sheet {
	s := &sheet{resized: resized}
	s.box = container.New(s)
	return s
}

// set shows the networks' maps of pictures of the classes, of which what was seen may be
// nil.
func (s *sheet) set(heads, rows []string, at *seen) {
	if len(heads) != len(s.heads) || len(rows) != len(s.rows) {
		s.make(len(heads), len(rows))
	}
	for i, text := range heads {
		s.heads[i].set(text, "", true)
	}
	for i, text := range rows {
		s.rows[i].set(text, "", true)
	}
	for i, row := range s.cells {
		for j, c := range row {
			if at == nil || j >= len(at.cells) || i >= len(at.cells[j]) {
				c.text.set("", "", false)
				continue
			}
			o := at.cells[j][i]
			if c.image.Image != o.img {
				c.image.Image = o.img
				c.image.Refresh()
			}
			answer, colour := speak.Say("learn.answer", speak.Class(o.class), compare.FormatProbability(o.answer)), fyne.ThemeColorName("")
			if o.right {
				answer, colour = speak.Say("learn.answer.right", speak.Class(o.class), compare.FormatProbability(o.answer)), theme.ColorNameSuccess
			}
			c.text.set(answer, colour, o.right)
		}
	}
}

// make has so many columns and rows.
func (s *sheet) make(columns, rows int) {
	s.heads, s.rows, s.cells = nil, nil, nil
	var all []fyne.CanvasObject
	add := func(o fyne.CanvasObject) { all = append(all, o) }
	for range columns {
		l := newLabel(0.5)
		s.heads = append(s.heads, l)
		add(l)
	}
	for range rows {
		l := newLabel(1)
		s.rows = append(s.rows, l)
		add(l)
		var row []*cell
		for range columns {
			c := &cell{canvas.NewImageFromImage(nil), kit.NewBackdrop(theme.ColorNameInputBackground), newLabel(0.5)}
			c.image.FillMode, c.image.ScaleMode = canvas.ImageFillContain, canvas.ImageScaleFastest
			row = append(row, c)
			add(c.back)
			add(c.image)
			add(c.text)
		}
		s.cells = append(s.cells, row)
	}
	s.box.Objects = all
	s.box.Refresh()
}

const (
	labelsWidth = 112
	sheetGap    = 8
	leastSide   = 56
	mostSide    = 320
)

// lineHeight is that of a line of text.
func lineHeight() float32 { return labelStyle.Height() }

// Layout implements fyne.Layout.
func (s *sheet) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	columns, rows := len(s.heads), len(s.rows)
	if columns == 0 || rows == 0 {
		return
	}
	line := lineHeight()
	wide := (size.Width - labelsWidth - float32(columns)*sheetGap) / float32(columns)
	high := (size.Height-line-sheetGap)/float32(rows) - line - sheetGap
	side := max(min(wide, high, mostSide), leastSide)
	step := max(side, min(wide, 1.4*side)) // names have room beside small maps
	x := func(j int) float32 { return labelsWidth + sheetGap + float32(j)*(step+sheetGap) }
	for j, h := range s.heads {
		h.Move(fyne.NewPos(x(j), 0))
		h.Resize(fyne.NewSize(step, line))
	}
	for i, row := range s.cells {
		y := line + sheetGap/2 + float32(i)*(side+line+sheetGap)
		s.rows[i].Move(fyne.NewPos(0, y+(side-line)/2))
		s.rows[i].Resize(fyne.NewSize(labelsWidth, line))
		for j, c := range row {
			at, square := fyne.NewPos(x(j)+(step-side)/2, y), fyne.NewSquareSize(side)
			for _, o := range []fyne.CanvasObject{c.back, c.image} {
				o.Move(at)
				o.Resize(square)
			}
			c.text.Move(fyne.NewPos(x(j), y+side))
			c.text.Resize(fyne.NewSize(step, line))
		}
	}
	pixels, _ := kit.Pixels(fyne.NewSquareSize(side), s.box)
	s.resized(pixels)
}

// MinSize implements fyne.Layout.
func (s *sheet) MinSize([]fyne.CanvasObject) fyne.Size {
	columns, rows := float32(max(len(s.heads), 1)), float32(max(len(s.rows), 1))
	return fyne.NewSize(labelsWidth+columns*(leastSide+sheetGap), lineHeight()+rows*(leastSide+lineHeight()+sheetGap))
}

// label is a line of small text.
type label struct {
	widget.BaseWidget
	text   string
	colour fyne.ThemeColorName
	bold   bool
	align  float32
}

var labelStyle = kit.Lettering{Small: true}

func newLabel(align float32) *label {
	l := &label{align: align}
	l.ExtendBaseWidget(l)
	return l
}

func (l *label) set(text string, colour fyne.ThemeColorName, bold bool) {
	if l.text != text || l.colour != colour || l.bold != bold {
		l.text, l.colour, l.bold = text, colour, bold
		l.Refresh()
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (l *label) AccessibilityLabel() string { return l.text }

// CreateRenderer implements fyne.Widget.
func (l *label) CreateRenderer() fyne.WidgetRenderer { return kit.NewBrush(l) }

// Least implements kit.Drawn.
func (l *label) Least() fyne.Size { return fyne.NewSize(0, lineHeight()) }

// Draw implements kit.Drawn.
func (l *label) Draw(b *kit.Brush, size fyne.Size) {
	is := labelStyle
	is.Bold, is.Colour = l.bold, l.colour
	b.Text(is.Cut(l.text, size.Width), l.align*size.Width, 0, l.align, is)
}
