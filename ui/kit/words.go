package kit

import (
	"slices"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Line is a line of text at a picture.
type Line struct {
	Text   string
	Colour fyne.ThemeColorName // "" for the text's
	Bold   bool
	Wrap   int // lines that it may be broken into; 0 and 1 for none
}

// words are a name and lines, each cut to the width that there is. What is cut off is
// told while the pointer is on them.
type words struct {
	widget.BaseWidget
	Name   string // "" for none, which takes no room
	lines  []Line
	whole  string // what the name stands for, where it says less
	chosen bool   // the name is marked
	corner bool   // the name leaves it free

	broken  []Line              // lines, as at the width
	at      float32             // of which broken is
	heights map[float32]float32 // by widths

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
		w.Name, w.lines, w.broken, w.heights = name, lines, nil, nil
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
		tell(w, "", fyne.Position{}) // what is told would lie beneath the menu
		w.onMenu(e.AbsolutePosition)
	}
}

// MouseIn implements desktop.Hoverable.
func (w *words) MouseIn(e *desktop.MouseEvent) { tell(w, w.hidden(), e.AbsolutePosition) }

// MouseMoved implements desktop.Hoverable.
func (w *words) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (w *words) MouseOut() { tell(w, "", fyne.Position{}) }

// hidden is what of the words is not to be read whole; "" for nothing.
func (w *words) hidden() string {
	var all []string
	width := w.Size().Width
	if w.whole != "" && w.whole != w.Name {
		all = append(all, w.whole)
	} else if w.Name != "" && wordsName.Width(w.Name) > w.nameWidth(width) {
		all = append(all, w.Name)
	}
	for _, l := range w.lines {
		if texts := l.in(width); l.Text != "" && texts[len(texts)-1] != last(l.Text, texts) {
			all = append(all, l.Text)
		}
	}
	return strings.Join(all, "\n")
}

// last is what the last of a text's lines says where nothing of it is cut off.
func last(text string, lines []string) string {
	for _, l := range lines[:len(lines)-1] {
		text = strings.TrimSpace(strings.TrimPrefix(text, l))
	}
	return text
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
	var all []string
	if w.Name != "" {
		all = append(all, w.Name)
	}
	for _, l := range w.lines {
		all = append(all, l.Text)
	}
	return strings.Join(all, "\n")
}

// CreateRenderer implements fyne.Widget.
func (w *words) CreateRenderer() fyne.WidgetRenderer { return NewBrush(w) }

const wordsGap = 2 // between lines

// nameWidth is what of a width the name has.
func (w *words) nameWidth(width float32) float32 {
	if w.corner {
		return width - cornerSize()
	}
	return width
}

// is how the line is written.
func (l Line) is() Lettering {
	is := wordsLine
	is.Colour, is.Bold = l.Colour, l.Bold
	return is
}

// in is the line broken to a width: into words, and cut where that is not enough.
func (l Line) in(width float32) (lines []string) {
	is, rest := l.is(), l.Text
	for len(lines)+1 < l.Wrap && is.Width(rest) > width {
		end := 0 // of what fits
		for i, r := range rest {
			if i > 0 && unicode.IsSpace(r) {
				if is.Width(rest[:i]) > width {
					break
				}
				end = i
			}
		}
		if end == 0 { // a word that is too long by itself
			break
		}
		lines, rest = append(lines, rest[:end]), strings.TrimSpace(rest[end:])
	}
	return append(lines, is.Cut(rest, width))
}

// fit breaks the lines to a width.
func (w *words) fit(width float32) []Line {
	if w.at != width || w.broken == nil {
		w.at, w.broken = width, []Line{}
		for _, l := range w.lines {
			for _, text := range l.in(width) {
				one := l
				one.Text = text
				w.broken = append(w.broken, one)
			}
		}
	}
	return w.broken
}

// mostHeights bounds those that are kept, while a window is dragged to other sizes.
const mostHeights = 64

// height is what the words take at a width.
func (w *words) height(width float32) float32 {
	if high, known := w.heights[width]; known {
		return high
	}
	lines := 0
	for _, l := range w.lines {
		lines += len(l.in(width))
	}
	high := float32(lines)*(wordsLine.Height()+wordsGap) + wordsGap
	if w.Name != "" {
		high += wordsName.Height() + wordsGap
	}
	if w.heights == nil || len(w.heights) > mostHeights {
		w.heights = map[float32]float32{}
	}
	w.heights[width] = high
	return high
}

// Least implements Drawn.
func (w *words) Least() fyne.Size {
	width := w.Size().Width
	if width == 0 { // not laid out yet
		width = textWidth
	}
	return fyne.NewSize(0, w.height(width))
}

// Draw implements Drawn.
func (w *words) Draw(b *Brush, size fyne.Size) {
	y := float32(0)
	if w.Name != "" {
		is := wordsName
		if w.chosen {
			is.Colour = theme.ColorNamePrimary
		}
		b.Text(is.Fit(w.Name, w.nameWidth(size.Width)), 0, 0, 0, is)
		y = wordsName.Height() + wordsGap
	}
	for _, l := range w.fit(size.Width) {
		is := l.is()
		b.Text(l.Text, 0, y, 0, is)
		y += wordsLine.Height() + wordsGap
	}
}
