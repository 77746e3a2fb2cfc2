package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// table is a small table, all of it in sight: what a list of labels would make
// too airy. Its first row is bold, and its columns share the width.
type table struct {
	widget.BaseWidget
	rows  [][]tableCell
	words []int // columns that stand to the left, as words do
	foot  int   // how many last rows a rule sets apart
}

// tableCell is a number or a word and what stands around it.
type tableCell struct {
	text         string
	bold, italic bool
	spot         *int              // before it, in this of the inks; nil for none
	was          string            // before it, in grey: what it was
	margin       string            // behind it, small and grey
	warning      string            // behind it, small
	link         *widget.Hyperlink // in the place of all that; nil for none
}

func newTable(words ...int) *table {
	t := &table{words: words}
	t.ExtendBaseWidget(t)
	return t
}

func (t *table) set(rows [][]tableCell, foot int) {
	t.rows, t.foot = rows, foot
	t.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (t *table) CreateRenderer() fyne.WidgetRenderer { return &brush{of: t} }

const (
	tableGap  = 14 // between columns
	tableNear = 5  // between the parts of a cell
	tableLead = 2  // above and below a row's text

	// tableWord is how wide a word may be, so that the study's columns fit a
	// window of 1024.
	tableWord = 220
)

// part is a part of a cell, written in one way.
type part struct {
	text string
	lettering
}

// parts are those of the row's cells, from the left to the right.
func (t *table) parts(row int) [][]part {
	grey := lettering{colour: theme.ColorNamePlaceHolder}
	small := lettering{small: true, colour: theme.ColorNamePlaceHolder}
	warning := lettering{small: true, colour: theme.ColorNameWarning}
	var all [][]part
	for _, c := range t.rows[row] {
		l := lettering{bold: c.bold || row == 0, italic: c.italic}
		if c.link != nil {
			c.text = c.link.Text
		}
		parts := []part{{c.was, grey}, {l.fit(c.text, tableWord), l}, {c.margin, small}, {c.warning, warning}}
		all = append(all, slices.DeleteFunc(parts, func(p part) bool { return p.text == "" }))
	}
	return all
}

// width is that of a cell.
func (c tableCell) width(parts []part) float32 {
	wide := float32(tableNear * max(0, len(parts)-1))
	if c.spot != nil {
		wide += dotSize + tableNear
	}
	for _, p := range parts {
		wide += p.width(p.text)
	}
	return wide
}

// measure measures the columns, and a row's height.
func (t *table) measure() (widths []float32, width, row float32) {
	for i, cells := range t.rows {
		for col, parts := range t.parts(i) {
			if col == len(widths) {
				widths = append(widths, 0)
			}
			widths[col] = max(widths[col], cells[col].width(parts))
		}
	}
	for _, w := range widths {
		width += w + tableGap
	}
	return widths, width, lettering{bold: true}.height() + 2*tableLead
}

func (t *table) least() fyne.Size {
	_, width, row := t.measure()
	return fyne.NewSize(width, float32(len(t.rows))*row)
}

func (t *table) draw(b *brush, size fyne.Size) {
	widths, width, high := t.measure()
	spare := max(0, size.Width-width) / float32(max(1, len(widths)))
	for i, cells := range t.rows {
		x, y := float32(tableGap)/2, float32(i)*high
		if i%2 == 0 {
			b.rectangle(canvas.NewRectangle(theme.Color(theme.ColorNameInputBackground)), 0, y, size.Width, high)
		}
		if t.foot > 0 && i == len(t.rows)-t.foot {
			b.rectangle(canvas.NewRectangle(theme.Color(theme.ColorNameSeparator)), 0, y, size.Width, 1)
		}
		for col, parts := range t.parts(i) {
			c, left := cells[col], x
			if !slices.Contains(t.words, col) {
				left += widths[col] + spare - c.width(parts)
			}
			c.draw(b, parts, left, y+tableLead)
			x += widths[col] + spare + tableGap
		}
	}
}

// draw draws a cell with its parts on one line.
func (c tableCell) draw(b *brush, parts []part, x, y float32) {
	if c.link != nil { // around its text it has air, which may lie over what is around the cell
		least, text := c.link.MinSize(), parts[0].of(parts[0].text).MinSize()
		c.link.Move(fyne.NewPos(x-(least.Width-text.Width)/2, y-(least.Height-text.Height)/2))
		c.link.Resize(least)
		b.objects = append(b.objects, c.link)
		return
	}
	if c.spot != nil {
		b.dot(ink(*c.spot), fyne.NewPos(x+dotSize/2, y+lettering{}.height()/2))
		x += dotSize + tableNear
	}
	for _, p := range parts {
		b.text(p.text, x, y+lettering{}.baseline()-p.baseline(), 0, p.lettering)
		x += p.width(p.text) + tableNear
	}
}
