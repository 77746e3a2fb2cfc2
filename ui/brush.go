package ui

import (
	"image/color"
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// drawn is a widget that is drawn anew for every size, and in the theme's colours
// of the moment.
type drawn interface {
	fyne.Widget
	least() fyne.Size
	draw(b *brush, size fyne.Size)
}

// brush is what a drawn widget is drawn with: its renderer.
type brush struct {
	of      drawn
	objects []fyne.CanvasObject
}

// MinSize implements fyne.WidgetRenderer.
func (b *brush) MinSize() fyne.Size           { return b.of.least() }
func (b *brush) Objects() []fyne.CanvasObject { return b.objects }
func (b *brush) Destroy()                     {}
func (b *brush) Refresh() {
	b.Layout(b.of.Size())
	canvas.Refresh(b.of)
}

// Layout implements fyne.WidgetRenderer.
func (b *brush) Layout(size fyne.Size) {
	b.objects = nil
	if size.Width > 1 && size.Height > 1 {
		b.of.draw(b, size)
	}
}

// lettering is how a text is written.
type lettering struct {
	small, bold, italic bool
	colour              fyne.ThemeColorName // "" for the text's
}

func (l lettering) of(text string) *canvas.Text {
	if l.colour == "" {
		l.colour = theme.ColorNameForeground
	}
	t := canvas.NewText(text, theme.Color(l.colour))
	t.TextSize, t.TextStyle = theme.TextSize(), fyne.TextStyle{Bold: l.bold, Italic: l.italic}
	if l.small {
		t.TextSize = theme.CaptionTextSize()
	}
	return t
}

func (l lettering) width(text string) float32 { return l.of(text).MinSize().Width }
func (l lettering) height() float32           { return l.of("0").MinSize().Height }

// baseline is how far beneath its top a text stands.
func (l lettering) baseline() float32 {
	t := l.of("0")
	_, at := fyne.CurrentApp().Driver().RenderedTextSize(t.Text, t.TextSize, t.TextStyle, t.FontSource)
	return at
}

// fit takes out of a text's middle what there is no room for: what tells names
// apart is often their end.
func (l lettering) fit(text string, room float32) string {
	return l.shorten(text, room, func(letters []rune, keep int) string {
		return string(letters[:keep-keep/2]) + "…" + string(letters[len(letters)-keep/2:])
	})
}

// cut takes off a text's end what there is no room for.
func (l lettering) cut(text string, room float32) string {
	return l.shorten(text, room, func(letters []rune, keep int) string { return string(letters[:keep]) + "…" })
}

// shorten keeps as many of the letters as there is room for, at least one. It
// measures few texts: a name may be long, and measuring is slow.
func (l lettering) shorten(text string, room float32, short func(letters []rune, keep int) string) string {
	const most = 500 // letters: more than any screen has room for
	letters := []rune(text)
	if len(letters) < 2 || len(letters) <= most && l.width(text) <= room {
		return text
	}
	keep := sort.Search(min(len(letters), most)-1, func(n int) bool { return l.width(short(letters, n+1)) > room })
	return short(letters, max(keep, 1))
}

// text writes a text of which x is the left, the middle or the right: 0, 0.5, 1.
func (b *brush) text(text string, x, y, anchor float32, l lettering) {
	if text == "" {
		return
	}
	t := l.of(text)
	least := t.MinSize()
	t.Move(fyne.NewPos(x-anchor*least.Width, y))
	t.Resize(least)
	b.objects = append(b.objects, t)
}

func (b *brush) line(c color.Color, wide float32, from, to fyne.Position) {
	l := canvas.NewLine(c)
	l.StrokeWidth, l.Position1, l.Position2 = wide, from, to
	b.objects = append(b.objects, l)
}

// dotSize is how wide a dot is.
const dotSize = 10

// dot draws a dot that stands off from others which it touches.
func (b *brush) dot(c color.Color, at fyne.Position) {
	d := canvas.NewCircle(c)
	d.StrokeColor, d.StrokeWidth = theme.Color(theme.ColorNameBackground), 1
	d.Move(at.SubtractXY(dotSize/2, dotSize/2))
	d.Resize(fyne.NewSquareSize(dotSize))
	b.objects = append(b.objects, d)
}

func (b *brush) rectangle(r *canvas.Rectangle, x, y, width, height float32) {
	r.Move(fyne.NewPos(x, y))
	r.Resize(fyne.NewSize(width, height))
	b.objects = append(b.objects, r)
}
