package ui

import (
	"image"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/cam"
	"scalecam/colormap"
)

// content is what a cell shows.
type content struct {
	name    string
	lines   []line
	image   *image.RGBA        // nil where the network has not run
	colours *colormap.Colormap // nil: no colour bar
	scale   cam.Scale
}

// line is a line of text beneath a picture.
type line struct {
	text   string
	colour fyne.ThemeColorName // "" for the text's
}

// cell is a picture or a network in the grid.
type cell struct {
	frame *frame
	text  *fyne.Container // all that follows
	words *words
	bar   *colourBar

	height float32 // of the text

	corner fyne.CanvasObject // beside the name; nil for none
	back   fyne.CanvasObject // at the end while the cell is enlarged; nil likewise
}

// newCell makes an empty cell.
func newCell(corner, back fyne.CanvasObject) *cell {
	c := &cell{corner: corner, back: back, frame: newFrame(), words: newWords(), bar: newColourBar(colormap.Default())}
	c.text = container.New(c, c.words, c.bar)
	if corner != nil {
		c.text.Add(corner)
		c.words.beside = cornerSize
	}
	if back != nil {
		c.text.Add(back)
	}
	return c
}

// cornerSize is less than a button would have, which a name's line has no room for.
const cornerSize = 22

// Layout implements fyne.Layout for the cell's text.
func (c *cell) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range c.column() {
		least := o.MinSize()
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, least.Height))
		y += least.Height
	}
	if c.back != nil {
		c.back.Resize(c.back.MinSize())
	}
	if c.corner != nil {
		c.corner.Move(fyne.NewPos(size.Width-cornerSize, 0))
		c.corner.Resize(fyne.NewSquareSize(cornerSize))
	}
}

// MinSize implements fyne.Layout.
func (c *cell) MinSize([]fyne.CanvasObject) fyne.Size {
	var least fyne.Size
	for _, o := range c.column() {
		one := o.MinSize()
		least = fyne.NewSize(max(least.Width, one.Width), least.Height+one.Height)
	}
	return least
}

// column is what of the text takes room, from the top down: the bar also before
// there is a map.
func (c *cell) column() []fyne.CanvasObject {
	all := []fyne.CanvasObject{c.words, c.bar}
	if c.back != nil && c.back.Visible() {
		all = append(all, c.back)
	}
	return all
}

// enlarged says whether the cell is shown alone: what would take its network
// away then makes room for the way back.
func (c *cell) enlarged(alone bool) {
	if c.corner != nil {
		show(c.corner, !alone)
	}
	if c.back != nil {
		show(c.back, alone)
	}
}

// words are a cell's name and lines, each cut to the width that there is.
type words struct {
	widget.BaseWidget
	name   string
	lines  []line
	beside float32 // that the name leaves free
}

var (
	wordsName = lettering{bold: true}
	wordsLine = lettering{small: true}
)

func newWords() *words {
	w := &words{}
	w.ExtendBaseWidget(w)
	return w
}

func (w *words) set(name string, lines []line) {
	if w.name != name || !slices.Equal(w.lines, lines) {
		w.name, w.lines = name, lines
		w.Refresh()
	}
}

// AccessibilityLabel implements fyne.Accessible.
func (w *words) AccessibilityLabel() string {
	all := []string{w.name}
	for _, l := range w.lines {
		all = append(all, l.text)
	}
	return strings.Join(all, "\n")
}

// CreateRenderer implements fyne.Widget.
func (w *words) CreateRenderer() fyne.WidgetRenderer { return &brush{of: w} }

const wordsGap = 2 // between lines

func (w *words) least() fyne.Size {
	return fyne.NewSize(0, wordsName.height()+wordsGap+float32(len(w.lines))*(wordsLine.height()+wordsGap)+wordsGap)
}

func (w *words) draw(b *brush, size fyne.Size) {
	b.text(wordsName.fit(w.name, size.Width-w.beside), 0, 0, 0, wordsName)
	y := wordsName.height() + wordsGap
	for _, l := range w.lines {
		is := wordsLine
		is.colour = l.colour
		b.text(is.cut(l.text, size.Width), 0, y, 0, is)
		y += is.height() + wordsGap
	}
}

// nameLabel is a bold label that leaves out the middle of a name too long for
// it: what tells names of one file apart is at their end.
type nameLabel struct {
	widget.Label
	name string
}

func newNameLabel() *nameLabel {
	n := &nameLabel{}
	n.TextStyle.Bold = true
	n.Truncation = fyne.TextTruncateClip
	n.ExtendBaseWidget(n)
	return n
}

func (n *nameLabel) set(name string) {
	n.name = name
	n.fit()
}

// Resize implements fyne.CanvasObject.
func (n *nameLabel) Resize(size fyne.Size) {
	n.Label.Resize(size)
	n.fit()
}

func (n *nameLabel) fit() {
	setText(&n.Label, lettering{bold: true}.fit(n.name, n.Size().Width-2*n.Theme().Size(theme.SizeNameInnerPadding)))
}

// caption is a label for one line of small text.
func caption(i widget.Importance) *widget.Label {
	l := widget.NewLabel("")
	l.Truncation, l.SizeName, l.Importance = fyne.TextTruncateEllipsis, theme.SizeNameCaptionText, i
	return l
}

// set shows the content and touches only what differs from what is shown. It
// tells whether that takes other room than before.
func (c *cell) set(now content) (reshaped bool) {
	before := c.height
	c.words.set(now.name, now.lines)
	c.frame.show(now.image)
	show(c.bar, now.colours != nil)
	if now.colours != nil {
		c.bar.set(now.colours, now.scale)
	}
	c.height = c.MinSize(nil).Height
	return c.height != before
}

// wait says in the picture's place how far its network is.
func (c *cell) wait(state string) { setText(c.frame.state, state) }

func setText(l *widget.Label, text string) {
	if l.Text != text {
		l.SetText(text)
	}
}

func show(o fyne.CanvasObject, visible bool) {
	switch {
	case visible && !o.Visible():
		o.Show()
	case !visible && o.Visible():
		o.Hide()
	}
}

func enable(o fyne.Disableable, on bool) {
	switch {
	case on && o.Disabled():
		o.Enable()
	case !on && !o.Disabled():
		o.Disable()
	}
}
