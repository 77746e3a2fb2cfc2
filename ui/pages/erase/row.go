package erase

import (
	"image"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/colormap"
	"scalecam/compare"
	"scalecam/ui/kit"
	"scalecam/ui/speak"
)

// choice is a class that a network predicts.
type choice struct {
	class, probability string
	explained          bool
}

// answer is what a network says before and after, as it is read.
type answer struct {
	name, warning string
	score         string // of the class explained
	before, after []choice
	maps          [3]*image.RGBA // before, after, change; nil for none
	scales        [2]kit.Range   // of before and after, of change
	colours       [2]*colormap.Colormap
}

// row shows an answer: texts, and three maps with their colour bars.
type row struct {
	words *words
	maps  [3]*canvas.Image
	bars  [2]*kit.ColourBar
}

func newRow(work kit.Work) *row {
	r := &row{words: newWords()}
	for i := range r.maps {
		r.maps[i] = &canvas.Image{FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleFastest}
	}
	for i := range r.bars {
		r.bars[i] = kit.NewColourBar(colormap.Default(), work)
	}
	r.set(answer{}) // no bars, either, until there are maps
	return r
}

// objects are in the order that rows lays out.
func (r *row) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.words, r.maps[0], r.maps[1], r.maps[2], r.bars[0], r.bars[1]}
}

// set shows an answer and touches only what differs from what is shown.
func (r *row) set(a answer) {
	r.words.set(a)
	for i, m := range r.maps {
		kit.Show(m, a.maps[i] != nil)
		switch {
		case a.maps[i] == nil:
			m.Image = nil
		case m.Image != a.maps[i]:
			m.Image = a.maps[i]
			m.Refresh()
		}
	}
	for i, b := range r.bars {
		kit.Show(b, a.colours[i] != nil)
		if a.colours[i] != nil {
			b.Set(a.colours[i], a.scales[i])
		}
	}
}

// rows lays the heads of the columns and the networks' rows out: six objects each.
type rows struct {
	heads   int         // how many objects come first: above the words and the maps
	picture image.Point // the maps' proportions
	shown   fyne.Size   // of a map, as laid out last
	resized func()
}

const (
	mapGap  = 6
	rowGap  = 6
	barRoom = 25 // for a bar and its numbers
	mostMap = 220
)

// wordsWidth is of two columns of classes, headHeight of the columns' names, leastMap of
// a map beneath one.
func wordsWidth() float32 { return kit.OfText(288) }
func headHeight() float32 { return kit.OfText(17) }
func leastMap() float32   { return kit.OfText(56) }

func (l *rows) count(objects []fyne.CanvasObject) int { return (len(objects) - l.heads) / 6 }

// fit is how large maps are in that room, of so many rows.
func (l *rows) fit(n int, room fyne.Size) fyne.Size {
	aspect := float32(1)
	if l.picture.Y > 0 {
		aspect = float32(l.picture.X) / float32(l.picture.Y)
	}
	h := min(max((room.Height-headHeight())/float32(max(n, 1))-barRoom-rowGap, leastMap()), mostMap)
	w := max(min(h*aspect, (room.Width-wordsWidth()-3*mapGap)/3), 1)
	return fyne.NewSize(w, w/aspect)
}

// rowHeight is that of a row with maps so high.
func rowHeight(mapHeight float32) float32 { return max(mapHeight+barRoom, wordsHeight()) + rowGap }

// Layout implements fyne.Layout.
func (l *rows) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	n := l.count(objects)
	shown := l.fit(n, size.SubtractWidthHeight(barWide, 0))
	x := [4]float32{0, wordsWidth() + mapGap}
	for i := 2; i < 4; i++ {
		x[i] = x[i-1] + shown.Width + mapGap
	}
	put := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	}
	for i, o := range objects[:l.heads] {
		w := shown.Width
		if i == 0 {
			w = wordsWidth()
		}
		put(o, x[i], 0, w, headHeight())
	}
	for i := range n {
		y, of := headHeight()+float32(i)*rowHeight(shown.Height), objects[l.heads+6*i:]
		put(of[0], 0, y, wordsWidth(), wordsHeight())
		for j := range 3 {
			put(of[1+j], x[1+j], y, shown.Width, shown.Height)
		}
		put(of[4], x[1], y+shown.Height+2, 2*shown.Width+mapGap, barRoom-2)
		put(of[5], x[3], y+shown.Height+2, shown.Width, barRoom-2)
	}
	if shown != l.shown {
		l.shown = shown
		l.resized()
	}
}

// MinSize implements fyne.Layout.
func (l *rows) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(wordsWidth()+3*(leastMap()+mapGap), headHeight()+float32(l.count(objects))*rowHeight(leastMap()))
}

// beside lays the easel out, and to its right the rows, as wide as their maps are; in a
// narrow window beneath it.
type beside struct {
	rows *rows
	box  *fyne.Container
}

const (
	besideGap  = 14
	barWide    = 14   // of scrolling
	easelLeast = 260  // the least width of an easel beside the rows
	easelAbove = 0.45 // of the height, of one above them
)

// Layout implements fyne.Layout.
func (l *beside) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	least := l.MinSize(objects).Width
	if size.Width-least-besideGap < easelLeast {
		high := easelAbove * size.Height
		objects[0].Move(fyne.Position{})
		objects[0].Resize(fyne.NewSize(size.Width, high))
		objects[1].Move(fyne.NewPos(0, high+besideGap))
		objects[1].Resize(fyne.NewSize(size.Width, max(size.Height-high-besideGap, 1)))
		return
	}
	most := max(0.62*size.Width, least)
	shown := l.rows.fit(l.rows.count(l.box.Objects), fyne.NewSize(most-barWide, size.Height))
	wide := min(most, wordsWidth()+3*(shown.Width+mapGap)+barWide)
	objects[0].Move(fyne.Position{})
	objects[0].Resize(fyne.NewSize(max(size.Width-wide-besideGap, 1), size.Height))
	objects[1].Move(fyne.NewPos(size.Width-wide, 0))
	objects[1].Resize(fyne.NewSize(wide, size.Height))
}

// MinSize implements fyne.Layout.
func (l *beside) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(max(objects[0].MinSize().Width, l.rows.MinSize(nil).Width+barWide), 200)
}

// words are an answer's texts.
type words struct {
	widget.BaseWidget
	answer answer
}

var (
	nameStyle  = kit.Lettering{Bold: true}
	classStyle = kit.Lettering{Small: true}
)

const mostAnswers = 5

func newWords() *words {
	w := &words{}
	w.ExtendBaseWidget(w)
	return w
}

func wordsHeight() float32 {
	return nameStyle.Height() + (1+mostAnswers)*classStyle.Height()
}

func (w *words) set(a answer) {
	was := w.answer
	same := was.name == a.name && was.warning == a.warning && was.score == a.score && slices.Equal(was.before, a.before) && slices.Equal(was.after, a.after)
	if w.answer = a; !same {
		w.Refresh()
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (w *words) AccessibilityLabel() string {
	text := w.answer.name + "\n" + w.answer.score
	for _, all := range [][]choice{w.answer.before, w.answer.after} {
		for _, c := range all {
			text += "\n" + c.class + " " + c.probability
		}
	}
	return text
}

// CreateRenderer implements fyne.Widget.
func (w *words) CreateRenderer() fyne.WidgetRenderer { return kit.NewBrush(w) }

// Least implements kit.Drawn.
func (w *words) Least() fyne.Size { return fyne.NewSize(wordsWidth(), wordsHeight()) }

// Draw implements kit.Drawn.
func (w *words) Draw(b *kit.Brush, size fyne.Size) {
	a := &w.answer
	warn := classStyle
	warn.Colour = theme.ColorNameWarning
	room := size.Width
	if a.warning != "" {
		room -= warn.Width(a.warning) + mapGap
		b.Text(a.warning, size.Width, nameStyle.Baseline()-warn.Baseline(), 1, warn)
	}
	b.Text(nameStyle.Fit(a.name, room), 0, 0, 0, nameStyle)
	y := nameStyle.Height()
	b.Text(classStyle.Cut(a.score, size.Width), 0, y, 0, classStyle)
	const between = 14 // the columns
	wide := (size.Width - between) / 2
	for i, all := range [][]choice{a.before, a.after} {
		x, y := float32(i)*(wide+between), y+classStyle.Height()
		for _, c := range all {
			is := classStyle
			if is.Bold = c.explained; c.explained {
				is.Colour = theme.ColorNamePrimary
			}
			right := is.Width(c.probability)
			b.Text(is.Fit(c.class, wide-right-mapGap), x, y, 0, is)
			b.Text(c.probability, x+wide, y, 1, is)
			y += classStyle.Height()
		}
	}
}

// heads name the columns.
func heads() (all []fyne.CanvasObject) {
	for _, text := range []string{speak.Say("erase.answers"), speak.Say("erase.before"), speak.Say("erase.after"), speak.Say("erase.change")} {
		h := &head{text: text}
		h.ExtendBaseWidget(h)
		all = append(all, h)
	}
	return all
}

// head is the name of a column.
type head struct {
	widget.BaseWidget
	text string
}

// CreateRenderer implements fyne.Widget.
func (h *head) CreateRenderer() fyne.WidgetRenderer { return kit.NewBrush(h) }

// Least implements kit.Drawn.
func (h *head) Least() fyne.Size { return fyne.NewSize(0, headHeight()) }

// Draw implements kit.Drawn.
func (h *head) Draw(b *kit.Brush, size fyne.Size) {
	is := kit.Lettering{Small: true, Colour: theme.ColorNamePlaceHolder}
	b.Text(is.Cut(h.text, size.Width), 0, 0, 0, is)
}

// newRows is where rows are put.
func newRows(l *rows) *fyne.Container {
	h := heads()
	l.heads = len(h)
	return container.New(l, h...)
}

// states are an Erased's, in the order of the maps.
var states = [3]compare.State{compare.Before, compare.After, compare.Change}
