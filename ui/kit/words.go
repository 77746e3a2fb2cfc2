package kit

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// words are a cell's name and lines, each cut to the width that there is.
type words struct {
	widget.BaseWidget
	Name   string
	lines  []Line
	beside float32 // that the name leaves free

	onTapped func()                 // nil for nothing
	onMenu   func(at fyne.Position) // likewise, as a Frame's
}

var (
	wordsName = Lettering{Bold: true}
	wordsLine = Lettering{Small: true}
)

// newWords has no text yet.
func newWords() *words {
	w := &words{}
	w.ExtendBaseWidget(w)
	return w
}

func (w *words) set(name string, lines []Line) {
	if w.Name != name || !slices.Equal(w.lines, lines) {
		w.Name, w.lines = name, lines
		w.Refresh()
	}
}

// Tapped implements fyne.Tappable.
func (w *words) Tapped(*fyne.PointEvent) {
	if w.onTapped != nil {
		w.onTapped()
	}
}

// TappedSecondary implements fyne.SecondaryTappable.
func (w *words) TappedSecondary(e *fyne.PointEvent) {
	if w.onMenu != nil {
		w.onMenu(e.AbsolutePosition)
	}
}

// Cursor implements desktop.Cursorable.
func (w *words) Cursor() desktop.Cursor {
	if w.onTapped == nil {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// AccessibilityLabel implements fyne.Accessible.
func (w *words) AccessibilityLabel() string {
	all := []string{w.Name}
	for _, l := range w.lines {
		all = append(all, l.Text)
	}
	return strings.Join(all, "\n")
}

// CreateRenderer implements fyne.Widget.
func (w *words) CreateRenderer() fyne.WidgetRenderer { return NewBrush(w) }

const wordsGap = 2 // between lines

func (w *words) Least() fyne.Size {
	return fyne.NewSize(0, wordsName.Height()+wordsGap+float32(len(w.lines))*(wordsLine.Height()+wordsGap)+wordsGap)
}

func (w *words) Draw(b *Brush, size fyne.Size) {
	b.Text(wordsName.Fit(w.Name, size.Width-w.beside), 0, 0, 0, wordsName)
	y := wordsName.Height() + wordsGap
	for _, l := range w.lines {
		is := wordsLine
		is.Colour = l.Colour
		b.Text(is.Cut(l.Text, size.Width), 0, y, 0, is)
		y += is.Height() + wordsGap
	}
}
