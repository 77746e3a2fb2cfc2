package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// NameLabel is a bold label that leaves out the middle of a name too long for
// it: what tells names of one file apart is at their end.
type NameLabel struct {
	widget.Label
	Name string
}

// NewNameLabel has no name yet.
func NewNameLabel() *NameLabel {
	n := &NameLabel{}
	n.TextStyle.Bold = true
	n.Truncation = fyne.TextTruncateClip
	n.ExtendBaseWidget(n)
	return n
}

// Set shows a name.
func (n *NameLabel) Set(name string) {
	n.Name = name
	n.fit()
}

// Resize implements fyne.CanvasObject.
func (n *NameLabel) Resize(size fyne.Size) {
	n.Label.Resize(size)
	n.fit()
}

func (n *NameLabel) fit() {
	SetText(&n.Label, Lettering{Bold: true}.Fit(n.Name, n.Size().Width-2*n.Theme().Size(theme.SizeNameInnerPadding)))
}
