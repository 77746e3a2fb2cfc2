package kit

import "fyne.io/fyne/v2"

// Flow lays objects out beside each other, in as many rows as their width takes.
type Flow struct {
	Gap      float32
	Reshaped func()  // another width takes other rows
	width    float32 // of the last layout
}

// rows calls place with the corner of each object, and tells how high they all are.
func (f *Flow) rows(objects []fyne.CanvasObject, width float32, place func(o fyne.CanvasObject, at fyne.Position, height float32)) float32 {
	var shown []fyne.CanvasObject
	for _, o := range objects {
		if o.Visible() {
			shown = append(shown, o)
		}
	}
	y := float32(0)
	for len(shown) > 0 {
		n, x, height := 0, float32(0), float32(0)
		for ; n < len(shown); n++ {
			least := shown[n].MinSize()
			if n > 0 && x+least.Width > width {
				break
			}
			x, height = x+least.Width+f.Gap, max(height, least.Height)
		}
		x = 0
		for _, o := range shown[:n] {
			place(o, fyne.NewPos(x, y), height)
			x += o.MinSize().Width + f.Gap
		}
		y, shown = y+height, shown[n:]
	}
	return y
}

// Layout implements fyne.Layout.
func (f *Flow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	other := f.width != size.Width
	f.width = size.Width
	height := f.rows(objects, size.Width, func(o fyne.CanvasObject, at fyne.Position, height float32) {
		o.Move(at)
		o.Resize(fyne.NewSize(o.MinSize().Width, height))
	})
	if other && height != size.Height {
		f.Reshaped()
	}
}

// MinSize implements fyne.Layout: as wide as the widest, and as high as the rows of the
// last layout.
func (f *Flow) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var least fyne.Size
	for _, o := range objects {
		if o.Visible() {
			least.Width = max(least.Width, o.MinSize().Width)
		}
	}
	width := f.width
	if width == 0 { // not laid out yet: one row
		width = 1e6
	}
	least.Height = f.rows(objects, width, func(fyne.CanvasObject, fyne.Position, float32) {})
	return least
}
