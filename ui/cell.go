package ui

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
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
	text       string
	importance widget.Importance
}

// cell is a picture or a network in the grid.
type cell struct {
	frame *frame
	text  fyne.CanvasObject
	name  *nameLabel
	lines *fyne.Container // of labels
	bar   *colourBar

	corner fyne.CanvasObject // beside the name; nil for none
	back   fyne.CanvasObject // instead of it while the cell is enlarged; nil likewise
}

// newCell makes an empty cell.
func newCell(corner, back fyne.CanvasObject) *cell {
	c := &cell{
		corner: corner, back: back,
		frame: newFrame(),
		name:  newNameLabel(), lines: container.New(layout.NewCustomPaddedVBoxLayout(0)), bar: newColourBar(colormap.Default()),
	}
	c.text = container.New(layout.NewCustomPaddedVBoxLayout(0), container.NewBorder(nil, nil, nil, c.corner, c.name), c.lines, c.bar)
	if back != nil {
		c.text.(*fyne.Container).Add(container.NewHBox(back))
	}
	return c
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
// tells whether there are other lines than before, or a bar where there was none.
func (c *cell) set(now content) (reshaped bool) {
	reshaped = len(c.lines.Objects) != len(now.lines) || c.bar.Visible() != (now.colours != nil)
	c.name.set(now.name)
	for len(c.lines.Objects) < len(now.lines) {
		c.lines.Add(caption(widget.MediumImportance))
	}
	c.lines.Objects = c.lines.Objects[:len(now.lines)]
	for i, line := range now.lines {
		l := c.lines.Objects[i].(*widget.Label)
		if l.Importance != line.importance {
			l.Importance, l.Text = line.importance, line.text
			l.Refresh()
		}
		setText(l, line.text)
	}
	c.frame.show(now.image)
	show(c.bar, now.colours != nil)
	if now.colours != nil {
		c.bar.set(now.colours, now.scale)
	}
	return reshaped
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
