package kit

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Table is a small table, all of it in sight: what a list of labels would make
// too airy. Its first row is bold, and its columns share the width, up to
// what can be followed from one to the next.
type Table struct {
	widget.BaseWidget
	Rows  [][]TableCell
	words []int // columns that stand to the left, as words do
	Foot  int   // how many last rows a rule sets apart

	onMenu func(at fyne.Position) // the pointer's other button was pressed; nil for nothing
}

// TableCell is a number or a word and what stands around it.
type TableCell struct {
	Text         string
	Bold, Italic bool
	Spot         *int              // before it, in this of the inks; nil for none
	Was          string            // before it, in grey: what it was
	Margin       string            // behind it, small and grey
	Warning      string            // behind it, small
	Link         *widget.Hyperlink // in the place of all that; nil for none
}

// NewTable is an empty table; words are the columns that stand to the left.
func NewTable(words ...int) *Table {
	t := &Table{words: words}
	t.ExtendBaseWidget(t)
	return t
}

// Set shows other rows, of which a rule sets the last ones apart: so many as foot.
func (t *Table) Set(rows [][]TableCell, foot int) {
	t.Rows, t.Foot = rows, foot
	t.Refresh()
}

// OnMenu has the pointer's other button do something there, on the canvas.
func (t *Table) OnMenu(do func(at fyne.Position)) { t.onMenu = do }

// TappedSecondary implements fyne.SecondaryTappable.
func (t *Table) TappedSecondary(e *fyne.PointEvent) {
	if t.onMenu != nil {
		t.onMenu(e.AbsolutePosition)
	}
}

// Separated is the table as text, whole: tabs between cells, as spreadsheets take it.
// What stands behind numbers has a column of its own.
func (t *Table) Separated() string {
	behind := map[int]bool{} // columns that have something there
	for _, row := range t.Rows {
		for i, c := range row {
			behind[i] = behind[i] || c.Margin != "" || c.Warning != ""
		}
	}
	var rows [][]string
	for _, row := range t.Rows {
		var texts []string
		for i, c := range row {
			if c.Link != nil {
				c.Text = c.Link.Text
			}
			if texts = append(texts, c.Text); behind[i] {
				texts = append(texts, strings.TrimSpace(c.Margin+" "+c.Warning))
			}
		}
		rows = append(rows, texts)
	}
	return Separated(rows)
}

// Separated is rows of texts with tabs between these.
func Separated(rows [][]string) string {
	var all strings.Builder
	plain := strings.NewReplacer("\t", " ", "\n", " ")
	for _, row := range rows {
		for i, text := range row {
			if i > 0 {
				all.WriteByte('\t')
			}
			all.WriteString(plain.Replace(text))
		}
		all.WriteByte('\n')
	}
	return all.String()
}

// CreateRenderer implements fyne.Widget.
func (t *Table) CreateRenderer() fyne.WidgetRenderer { return NewBrush(t) }

// How tables are laid out.
const (
	TableGap  = 14 // between columns
	tableNear = 5  // between the parts of a cell
	tableLead = 2  // above and below a row's text

	// tableWord is how wide a word may be beside texts of the usual size, so that the study's columns fit a
	// window of 1024.
	tableWord = 220

	// tableSpare is how much wider than its text a column becomes at most: rows of
	// numbers that are far from each other cannot be followed.
	tableSpare = 40
)

// part is a part of a cell, written in one way.
type part struct {
	text string
	Lettering
}

// parts are those of the row's cells, from the left to the right.
func (t *Table) parts(row int) [][]part {
	grey := Lettering{Colour: theme.ColorNamePlaceHolder}
	small := Lettering{Small: true, Colour: theme.ColorNamePlaceHolder}
	warning := Lettering{Small: true, Colour: theme.ColorNameWarning}
	var all [][]part
	for _, c := range t.Rows[row] {
		l := Lettering{Bold: c.Bold || row == 0, italic: c.Italic}
		text := l.Fit(c.Text, OfText(tableWord))
		if c.Link != nil {
			text = c.Link.Text // which is drawn whole
		}
		parts := []part{{c.Was, grey}, {text, l}, {c.Margin, small}, {c.Warning, warning}}
		all = append(all, slices.DeleteFunc(parts, func(p part) bool { return p.text == "" }))
	}
	return all
}

// Texts are what the cells of a row say.
func (t *Table) Texts(row int) (all []string) {
	for _, parts := range t.parts(row) {
		var texts []string
		for _, p := range parts {
			texts = append(texts, p.text)
		}
		all = append(all, strings.Join(texts, " "))
	}
	return all
}

// AccessibilityLabel implements fyne.Accessible.
func (t *Table) AccessibilityLabel() string {
	var all []string
	for i := range t.Rows {
		all = append(all, strings.Join(t.Texts(i), ", "))
	}
	return strings.Join(all, "\n")
}

// width is that of a cell.
func (c TableCell) width(parts []part) float32 {
	wide := float32(tableNear * max(0, len(parts)-1))
	if c.Spot != nil {
		wide += dotSize + tableNear
	}
	for _, p := range parts {
		wide += p.Width(p.text)
	}
	return wide
}

// measure measures the columns, and a row's height.
func (t *Table) measure() (widths []float32, width, row float32) {
	for i, cells := range t.Rows {
		for col, parts := range t.parts(i) {
			if col == len(widths) {
				widths = append(widths, 0)
			}
			widths[col] = max(widths[col], cells[col].width(parts))
		}
	}
	for _, w := range widths {
		width += w + TableGap
	}
	return widths, width, Lettering{Bold: true}.Height() + 2*tableLead
}

// Least implements Drawn.
func (t *Table) Least() fyne.Size {
	_, width, row := t.measure()
	return fyne.NewSize(width, float32(len(t.Rows))*row)
}

// Draw implements Drawn.
func (t *Table) Draw(b *Brush, size fyne.Size) {
	widths, width, high := t.measure()
	spare := min(max(0, size.Width-width)/float32(max(1, len(widths))), tableSpare)
	wide := width + spare*float32(len(widths))
	for i, cells := range t.Rows {
		x, y := float32(TableGap)/2, float32(i)*high
		if i%2 == 0 {
			b.Rectangle(canvas.NewRectangle(theme.Color(theme.ColorNameInputBackground)), 0, y, wide, high)
		}
		if t.Foot > 0 && i == len(t.Rows)-t.Foot {
			b.Rectangle(canvas.NewRectangle(theme.Color(theme.ColorNameSeparator)), 0, y, wide, 1)
		}
		for col, parts := range t.parts(i) {
			c, left := cells[col], x
			if !slices.Contains(t.words, col) {
				left += widths[col] + spare - c.width(parts)
			}
			c.draw(b, parts, left, y+tableLead)
			x += widths[col] + spare + TableGap
		}
	}
}

// draw draws a cell with its parts on one line.
func (c TableCell) draw(b *Brush, parts []part, x, y float32) {
	if c.Link != nil { // around its text it has air, which may lie over what is around the cell
		least, text := c.Link.MinSize(), parts[0].of(parts[0].text).MinSize()
		c.Link.Move(fyne.NewPos(x-(least.Width-text.Width)/2, y-(least.Height-text.Height)/2))
		c.Link.Resize(least)
		b.objects = append(b.objects, c.Link)
		return
	}
	if c.Spot != nil {
		b.Dot(Ink(*c.Spot), fyne.NewPos(x+dotSize/2, y+Lettering{}.Height()/2))
		x += dotSize + tableNear
	}
	for _, p := range parts {
		b.Text(p.text, x, y+Lettering{}.Baseline()-p.Baseline(), 0, p.Lettering)
		x += p.Width(p.text) + tableNear
	}
}
