package kit

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// tips is a layer over a window's content, on which one text at a time is told while
// the pointer rests on what it is of. It takes no clicks and no room.
//
// A pop-up of Fyne's would not do: it takes the pointer away from what it tells of.
type tips struct {
	widget.BaseWidget
	text   string
	at     fyne.Position
	of     fyne.CanvasObject // what the pointer is on
	rested func()            // what is done once the pointer has rested
}

// tipDelay is how long the pointer rests before a text is told.
const tipDelay = 400 * time.Millisecond

// WithTips is a window's content on which texts can be told (see Tell).
func WithTips(content fyne.CanvasObject) fyne.CanvasObject {
	t := &tips{}
	t.ExtendBaseWidget(t)
	return container.NewStack(content, t)
}

// tipsOn is the layer over the window that an object is in; nil where there is none.
func tipsOn(o fyne.CanvasObject) *tips {
	c := fyne.CurrentApp().Driver().CanvasForObject(o)
	if c == nil {
		return nil
	}
	stack, ok := c.Content().(*fyne.Container)
	if !ok || len(stack.Objects) == 0 {
		return nil
	}
	t, _ := stack.Objects[len(stack.Objects)-1].(*tips)
	return t
}

// tell tells a text of an object once the pointer has rested on it, beside a place on
// the canvas; "" tells nothing any more.
func tell(of fyne.CanvasObject, text string, at fyne.Position) {
	t := tipsOn(of)
	if t == nil {
		return
	}
	if text == "" {
		if t.of == of {
			t.of = nil
			t.show("", at)
		}
		return
	}
	t.of = of
	t.rested = func() {
		if t.of == of {
			t.show(text, at)
		}
	}
	time.AfterFunc(tipDelay, func() { fyne.Do(t.rested) })
}

func (t *tips) show(text string, at fyne.Position) {
	if t.text != text {
		t.text, t.at = text, at
		t.Refresh()
	}
}

// Rest does what is done once the pointer has rested on an object.
func Rest(o fyne.CanvasObject) {
	if t := tipsOn(o); t != nil && t.rested != nil {
		t.rested()
	}
}

// Told is what is told in the window of an object; "" for nothing.
func Told(o fyne.CanvasObject) string {
	if t := tipsOn(o); t != nil {
		return t.text
	}
	return ""
}

// CreateRenderer implements fyne.Widget.
func (t *tips) CreateRenderer() fyne.WidgetRenderer { return NewBrush(t) }

// Least implements Drawn.
func (t *tips) Least() fyne.Size { return fyne.Size{} }

const (
	tipPad     = 6
	tipWidest  = 420
	tipLongest = 12 // lines
)

// Draw implements Drawn: within the window, beneath the pointer or above it.
func (t *tips) Draw(b *Brush, size fyne.Size) {
	if t.text == "" {
		return
	}
	var lines []string
	room := min(tipWidest, size.Width-4*tipPad)
	for _, text := range strings.Split(t.text, "\n") {
		lines = append(lines, Line{Text: text, Wrap: tipLongest}.in(room)...)
	}
	lines = lines[:min(len(lines), tipLongest)]
	high, width := wordsLine.Height(), float32(0)
	for _, l := range lines {
		width = max(width, wordsLine.Width(l))
	}
	box := fyne.NewSize(width+2*tipPad, high*float32(len(lines))+2*tipPad)
	const below = 18 // the pointer's height
	at := fyne.NewPos(min(t.at.X, size.Width-box.Width-tipPad), t.at.Y+below)
	if at.Y+box.Height > size.Height {
		at.Y = t.at.Y - box.Height - tipPad
	}
	at = fyne.NewPos(max(at.X, 0), max(at.Y, 0))
	ground := newRounded(theme.Color(theme.ColorNameOverlayBackground), theme.Color(theme.ColorNameForeground))
	b.Rectangle(ground, at.X, at.Y, box.Width, box.Height)
	for i, l := range lines {
		b.Text(l, at.X+tipPad, at.Y+tipPad+float32(i)*high, 0, wordsLine)
	}
}
