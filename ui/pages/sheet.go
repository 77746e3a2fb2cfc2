package pages

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/compare"
	"scalecam/ui/kit"
	"scalecam/ui/speak"
)

// Sheet is small maps in columns and rows, each of which has a name, and beneath each
// map what the network answers.
type Sheet struct {
	Box *fyne.Container

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

// NewSheet makes an empty sheet, which says how many pixels a map's side has.
func NewSheet(resized func(side int)) *Sheet {
	s := &Sheet{resized: resized}
	s.Box = container.New(s)
	return s
}

// Set shows maps by rows and columns, of which a whole row, and the end of one, may be
// lacking as yet: those stay as they are.
func (s *Sheet) Set(heads, rows []string, maps [][]Outlook) {
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
			if i >= len(maps) || j >= len(maps[i]) {
				c.text.set("", "", false)
				continue
			}
			o := &maps[i][j]
			if c.image.Image != o.Image {
				c.image.Image = o.Image
				c.image.Refresh()
			}
			answer, colour := speak.Say("learn.answer", speak.Class(o.Class), compare.FormatProbability(o.Answer)), fyne.ThemeColorName("")
			if o.Right {
				answer, colour = speak.Say("learn.answer.right", speak.Class(o.Class), compare.FormatProbability(o.Answer)), theme.ColorNameSuccess
			}
			c.text.set(answer, colour, o.Right)
		}
	}
}

// At is the map of a row and column that is shown, nil for none, and what is beneath it.
func (s *Sheet) At(row, column int) (img image.Image, text string) {
	c := s.cells[row][column]
	return c.image.Image, c.text.text
}

// make has so many columns and rows.
func (s *Sheet) make(columns, rows int) {
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
	s.Box.Objects = all
	s.Box.Refresh()
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
func (s *Sheet) Layout(_ []fyne.CanvasObject, size fyne.Size) {
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
	pixels, _ := kit.Pixels(fyne.NewSquareSize(side), s.Box)
	s.resized(pixels)
}

// MinSize implements fyne.Layout.
func (s *Sheet) MinSize([]fyne.CanvasObject) fyne.Size {
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
