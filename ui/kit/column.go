package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Column lays objects out one right beneath the other, each as wide as the scroll that they
// are in, less so much air, or as it must be: where a wide table has the scroll move
// sideways, what can be narrower stays in sight.
type Column struct {
	In  *container.Scroll
	Air float32
}

// Layout implements fyne.Layout.
func (c *Column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		least := o.MinSize()
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(min(size.Width, max(c.In.Size().Width-c.Air, least.Width)), least.Height))
		y += o.Size().Height
	}
}

// MinSize implements fyne.Layout.
func (c *Column) MinSize(objects []fyne.CanvasObject) (least fyne.Size) {
	for _, o := range objects {
		if o.Visible() {
			of := o.MinSize()
			least = fyne.NewSize(max(least.Width, of.Width), least.Height+of.Height)
		}
	}
	return least
}
