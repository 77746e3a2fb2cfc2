package kit

import "fyne.io/fyne/v2"

// OneLine lays objects out from left to right at their least size; those that
// do not fit are left out. It stays as high as it was.
type OneLine struct{ height float32 }

const chipGap = 4

// Layout implements fyne.Layout.
func (*OneLine) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	var x float32
	for _, o := range objects {
		least := o.MinSize()
		Show(o, x+least.Width <= size.Width)
		if x+least.Width > size.Width {
			x = size.Width + 1 // nor any after it
			continue
		}
		o.Move(fyne.NewPos(x, 0))
		o.Resize(least)
		x += least.Width + chipGap
	}
}

// MinSize implements fyne.Layout.
func (l *OneLine) MinSize(objects []fyne.CanvasObject) fyne.Size {
	for _, o := range objects {
		l.height = max(l.height, o.MinSize().Height)
	}
	return fyne.NewSize(0, l.height)
}
