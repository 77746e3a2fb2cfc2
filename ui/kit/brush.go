package kit

import (
	"image/color"
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// Drawn is a widget that is drawn anew for every size, and in the theme's colours
// of the moment.
type Drawn interface {
	fyne.Widget
	Least() fyne.Size // its MinSize
	Draw(b *Brush, size fyne.Size)
}

// Brush is what a drawn widget is drawn with: its renderer.
type Brush struct {
	of      Drawn
	objects []fyne.CanvasObject
}

// NewBrush is the renderer of a widget.
func NewBrush(of Drawn) *Brush { return &Brush{of: of} }

// MinSize implements fyne.WidgetRenderer.
func (b *Brush) MinSize() fyne.Size { return b.of.Least() }

// Objects implements fyne.WidgetRenderer.
func (b *Brush) Objects() []fyne.CanvasObject { return b.objects }

// Destroy implements fyne.WidgetRenderer.
func (b *Brush) Destroy() {}

// Refresh implements fyne.WidgetRenderer.
func (b *Brush) Refresh() {
	b.Layout(b.of.Size())
	canvas.Refresh(b.of)
}

// Layout implements fyne.WidgetRenderer.
func (b *Brush) Layout(size fyne.Size) {
	b.objects = nil
	if size.Width > 1 && size.Height > 1 {
		b.of.Draw(b, size)
	}
}

// Lettering is how a text is written.
type Lettering struct {
	Small, Bold, italic bool
	Colour              fyne.ThemeColorName // "" for the text's
}

func (l Lettering) of(text string) *canvas.Text {
	if l.Colour == "" {
		l.Colour = theme.ColorNameForeground
	}
	t := canvas.NewText(text, theme.Color(l.Colour))
	t.TextSize, t.TextStyle = theme.TextSize(), fyne.TextStyle{Bold: l.Bold, Italic: l.italic}
	if l.Small {
		t.TextSize = theme.CaptionTextSize()
	}
	return t
}

// Width is how wide a text is.
func (l Lettering) Width(text string) float32 { return l.of(text).MinSize().Width }

// Height is how high any text is.
func (l Lettering) Height() float32 { return l.of("0").MinSize().Height }

// Baseline is how far beneath its top a text stands.
func (l Lettering) Baseline() float32 {
	t := l.of("0")
	_, at := fyne.CurrentApp().Driver().RenderedTextSize(t.Text, t.TextSize, t.TextStyle, t.FontSource)
	return at
}

// Fit takes out of a text's middle what there is no room for: what tells names
// apart is often their end.
func (l Lettering) Fit(text string, room float32) string {
	return l.shorten(text, room, func(letters []rune, keep int) string {
		return string(letters[:keep-keep/2]) + "…" + string(letters[len(letters)-keep/2:])
	})
}

// Cut takes off a text's end what there is no room for.
func (l Lettering) Cut(text string, room float32) string {
	return l.shorten(text, room, func(letters []rune, keep int) string { return string(letters[:keep]) + "…" })
}

// shorten keeps as many of the letters as there is room for, at least one. It
// measures few texts: a name may be long, and measuring is slow.
func (l Lettering) shorten(text string, room float32, short func(letters []rune, keep int) string) string {
	const most = 500 // letters: more than any screen has room for
	letters := []rune(text)
	if len(letters) < 2 || len(letters) <= most && l.Width(text) <= room {
		return text
	}
	keep := sort.Search(min(len(letters), most)-1, func(n int) bool { return l.Width(short(letters, n+1)) > room })
	return short(letters, max(keep, 1))
}

// Text writes a text of which x is the left, the middle or the right: 0, 0.5, 1.
func (b *Brush) Text(text string, x, y, anchor float32, l Lettering) {
	if text == "" {
		return
	}
	t := l.of(text)
	least := t.MinSize()
	t.Move(fyne.NewPos(x-anchor*least.Width, y))
	t.Resize(least)
	b.objects = append(b.objects, t)
}

// Line draws a line so wide.
func (b *Brush) Line(c color.Color, wide float32, from, to fyne.Position) {
	l := canvas.NewLine(c)
	l.StrokeWidth, l.Position1, l.Position2 = wide, from, to
	b.objects = append(b.objects, l)
}

// dotSize is how wide a dot is.
const dotSize = 10

// Dot draws a dot that stands off from others which it touches.
func (b *Brush) Dot(c color.Color, at fyne.Position) {
	d := canvas.NewCircle(c)
	d.StrokeColor, d.StrokeWidth = theme.Color(theme.ColorNameBackground), 1
	d.Move(at.SubtractXY(dotSize/2, dotSize/2))
	d.Resize(fyne.NewSquareSize(dotSize))
	b.objects = append(b.objects, d)
}

// Rectangle draws a rectangle, of which x and y are the upper left corner.
func (b *Brush) Rectangle(r *canvas.Rectangle, x, y, width, height float32) {
	r.Move(fyne.NewPos(x, y))
	r.Resize(fyne.NewSize(width, height))
	b.objects = append(b.objects, r)
}
