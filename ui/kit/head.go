package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Head stands above a column: a name and lines about what is in it.
type Head struct {
	Box    *fyne.Container
	Words  *words
	Corner fyne.CanvasObject // beside the name; nil for none
}

// NewHead is an empty head.
func NewHead(corner fyne.CanvasObject) *Head {
	h := &Head{Words: newWords(), Corner: corner}
	h.Box = container.New(h, h.Words)
	if corner != nil {
		h.Box.Add(corner)
		h.Words.corner = true
	}
	return h
}

// OnTapped has a click do something.
func (h *Head) OnTapped(do func()) { h.Words.onTapped = do }

// OnMenu has the pointer's other button do something there, on the canvas.
func (h *Head) OnMenu(do func(at fyne.Position)) { h.Words.onMenu = do }

// Set shows a name and lines; whole is what the name stands for, as a path. It tells
// whether that takes other room than before.
func (h *Head) Set(name, whole string, lines []Line) (reshaped bool) {
	width := h.Words.Size().Width
	before := h.Words.height(width)
	h.Words.whole = whole
	h.Words.set(name, lines)
	return h.Words.height(width) != before
}

// Height is how high the head is at a width.
func (h *Head) Height(width float32) float32 { return h.Words.height(width) }

// Layout implements fyne.Layout.
func (h *Head) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	h.Words.Resize(size)
	if h.Corner != nil {
		h.Corner.Move(fyne.NewPos(size.Width-cornerSize(), 0))
		h.Corner.Resize(fyne.NewSquareSize(cornerSize()))
	}
}

// MinSize implements fyne.Layout.
func (h *Head) MinSize([]fyne.CanvasObject) fyne.Size { return h.Words.MinSize() }
