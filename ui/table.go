package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// tableCell is a number or a word of a table, and before it in grey what it was.
type tableCell struct{ text, was string }

// table is a small table, all of it in sight: what a list of labels would make
// too airy. Its first row is bold, and its columns share the width.
type table struct {
	widget.BaseWidget
	rows  [][]tableCell
	words map[int]bool // columns that stand to the left, as words do
	total bool         // the last row is bold
}

func newTable(words ...int) *table {
	t := &table{words: map[int]bool{}}
	for _, w := range words {
		t.words[w] = true
	}
	t.ExtendBaseWidget(t)
	return t
}

func (t *table) set(rows [][]tableCell) {
	t.rows = rows
	t.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (t *table) CreateRenderer() fyne.WidgetRenderer {
	r := &tableRenderer{table: t}
	r.build()
	return r
}

type tableRenderer struct {
	table   *table
	objects []fyne.CanvasObject
	texts   [][][2]*canvas.Text // what was, and what is
	lines   []*canvas.Rectangle // under the first row and every other one
	widths  []float32           // of the columns
	height  float32             // of a row
}

const (
	tableGap  = 14 // between columns
	tableWas  = 6  // between what was and what is
	tableLead = 3  // above and below a row's text
)

func (r *tableRenderer) build() {
	r.objects, r.texts, r.lines, r.widths = nil, nil, nil, nil
	size := theme.TextSize()
	r.height = fyne.MeasureText("0", size, fyne.TextStyle{}).Height + 2*tableLead
	for i, row := range r.table.rows {
		band := canvas.NewRectangle(theme.Color(theme.ColorNameInputBackground))
		if i%2 == 1 {
			band.Hide()
		}
		r.lines = append(r.lines, band)
		r.objects = append(r.objects, band)
		var texts [][2]*canvas.Text
		for col, c := range row {
			if col == len(r.widths) {
				r.widths = append(r.widths, 0)
			}
			was := canvas.NewText(c.was, theme.Color(theme.ColorNamePlaceHolder))
			is := canvas.NewText(c.text, theme.Color(theme.ColorNameForeground))
			is.TextStyle.Bold = i == 0 || r.table.total && i == len(r.table.rows)-1
			for _, t := range []*canvas.Text{was, is} {
				t.TextSize = size
				r.objects = append(r.objects, t)
			}
			wide := is.MinSize().Width
			if c.was != "" {
				wide += was.MinSize().Width + tableWas
			}
			r.widths[col] = max(r.widths[col], wide)
			texts = append(texts, [2]*canvas.Text{was, is})
		}
		r.texts = append(r.texts, texts)
	}
}

func (r *tableRenderer) Layout(size fyne.Size) {
	spare := max(0, size.Width-r.MinSize().Width) / float32(max(1, len(r.widths)))
	for i, texts := range r.texts {
		y, x := float32(i)*r.height, float32(tableGap)/2
		r.lines[i].Move(fyne.NewPos(0, y))
		r.lines[i].Resize(fyne.NewSize(size.Width, r.height))
		for col, t := range texts {
			was, is := t[0].MinSize(), t[1].MinSize()
			left := x
			if !r.table.words[col] {
				left = x + r.widths[col] + spare - is.Width
			}
			t[1].Move(fyne.NewPos(left, y+tableLead))
			t[1].Resize(is)
			t[0].Move(fyne.NewPos(left-was.Width-tableWas, y+tableLead))
			t[0].Resize(was)
			x += r.widths[col] + spare + tableGap
		}
	}
}

func (r *tableRenderer) MinSize() fyne.Size {
	var wide float32
	for _, w := range r.widths {
		wide += w + tableGap
	}
	return fyne.NewSize(wide, float32(len(r.table.rows))*r.height)
}

func (r *tableRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *tableRenderer) Destroy()                     {}
func (r *tableRenderer) Refresh() {
	r.build()
	r.Layout(r.table.Size())
	canvas.Refresh(r.table)
}
