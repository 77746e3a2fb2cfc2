package kit

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"scalecam/colormap"
)

// Content is what a cell shows.
type Content struct {
	Name    string
	Lines   []Line
	Image   *image.RGBA        // nil where the network has not run
	Zoom    Zoom               // what of the picture Image shows
	Colours *colormap.Colormap // nil: no colour bar
	Scale   Range
}

// Cell is a picture or a network in the grid.
type Cell struct {
	Frame *Frame
	Text  *fyne.Container // all that follows
	Words *words
	Bar   *ColourBar

	height float32 // of the text

	// BarFirst has the colour bar beneath the picture itself, before the words.
	BarFirst bool
	Corner   fyne.CanvasObject // beside the name; nil for none
	Back     fyne.CanvasObject // at the end while the cell is enlarged; nil likewise
}

// NewCell makes an empty cell, whose colour bar work draws.
func NewCell(corner, back fyne.CanvasObject, work Work) *Cell {
	c := &Cell{Corner: corner, Back: back, Frame: NewFrame(), Words: newWords(), Bar: NewColourBar(colormap.Default(), work)}
	c.Text = container.New(c, c.Words, c.Bar)
	if corner != nil {
		c.Text.Add(corner)
		c.Words.corner = true
	}
	if back != nil {
		c.Text.Add(back)
	}
	return c
}

// OnTapped has a click on the cell's text do something.
func (c *Cell) OnTapped(do func()) { c.Words.onTapped = do }

// OnMenu has the pointer's other button on the cell do something there, on the canvas.
func (c *Cell) OnMenu(do func(at fyne.Position)) { c.Frame.OnMenu, c.Words.onMenu = do, do }

// cornerSize is less than a button would have, which a name's line has no room for.
func cornerSize() float32 { return OfText(22) }

// Layout implements fyne.Layout for the cell's text.
func (c *Cell) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range c.column() {
		high := c.high(o, size.Width)
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, high))
		y += high
	}
	if c.Back != nil {
		c.Back.Resize(c.Back.MinSize())
	}
	if c.Corner != nil {
		c.Corner.Move(fyne.NewPos(size.Width-cornerSize(), 0))
		c.Corner.Resize(fyne.NewSquareSize(cornerSize()))
	}
}

// high is how high a part of the text is at a width.
func (c *Cell) high(o fyne.CanvasObject, width float32) float32 {
	if o == fyne.CanvasObject(c.Words) {
		return c.Words.height(width)
	}
	return o.MinSize().Height
}

// Height is how high all that follows the picture is at a width.
func (c *Cell) Height(width float32) (high float32) {
	for _, o := range c.column() {
		high += c.high(o, width)
	}
	return high
}

// MinSize implements fyne.Layout.
func (c *Cell) MinSize([]fyne.CanvasObject) fyne.Size {
	var least fyne.Size
	for _, o := range c.column() {
		one := o.MinSize()
		least = fyne.NewSize(max(least.Width, one.Width), least.Height+one.Height)
	}
	return least
}

// column is what of the text takes room, from the top down: the bar also before
// there is a map.
func (c *Cell) column() []fyne.CanvasObject {
	all := []fyne.CanvasObject{c.Words, c.Bar}
	if c.BarFirst {
		all = []fyne.CanvasObject{c.Bar, c.Words}
		if !c.Bar.Visible() {
			all = all[1:]
		}
	}
	if c.Back != nil && c.Back.Visible() {
		all = append(all, c.Back)
	}
	return all
}

// Enlarged says whether the cell is shown alone: what would take its network
// away then makes room for the way back.
func (c *Cell) Enlarged(alone bool) {
	if c.Corner != nil {
		Show(c.Corner, !alone)
	}
	if c.Back != nil {
		Show(c.Back, alone)
	}
}

// Set shows the content and touches only what differs from what is shown. It
// tells whether that takes other room than before.
func (c *Cell) Set(now Content) (reshaped bool) {
	before := c.height
	c.Words.set(now.Name, now.Lines)
	c.Frame.ShowPicture(now.Image, now.Zoom)
	Show(c.Bar, now.Colours != nil)
	if now.Colours != nil {
		c.Bar.Set(now.Colours, now.Scale)
	}
	c.height = c.MinSize(nil).Height
	return c.height != before
}

// Mark marks the cell's name as the one that is chosen, or no longer.
func (c *Cell) Mark(on bool) {
	if c.Words.chosen != on {
		c.Words.chosen = on
		c.Words.Refresh()
	}
}

// Wait says in the picture's place how far its network is.
func (c *Cell) Wait(state string) { SetText(c.Frame.State, state) }
