package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Flow lays objects out side by side, as many as have a width each, the others beneath, all
// equally wide.
type Flow struct {
	Width func() float32
	shown float32 // the width that it was laid out for last
}

// fit are the objects in sight, how many of them stand side by side in a width, and how
// high each row is.
func (f *Flow) fit(objects []fyne.CanvasObject, width float32) (seen []fyne.CanvasObject, columns int, high float32) {
	for _, o := range objects {
		if o.Visible() {
			seen = append(seen, o)
			high = max(high, o.MinSize().Height)
		}
	}
	columns = int((width + theme.Padding()) / (f.Width() + theme.Padding()))
	return seen, max(1, min(columns, len(seen))), high
}

// Layout implements fyne.Layout.
func (f *Flow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	f.shown = size.Width
	seen, columns, high := f.fit(objects, size.Width)
	wide := (size.Width - float32(columns-1)*theme.Padding()) / float32(columns)
	for i, o := range seen {
		o.Move(fyne.NewPos(float32(i%columns)*(wide+theme.Padding()), float32(i/columns)*(high+theme.Padding())))
		o.Resize(fyne.NewSize(wide, high))
	}
}

// MinSize implements fyne.Layout: as high as the objects are in the width that there was.
func (f *Flow) MinSize(objects []fyne.CanvasObject) (least fyne.Size) {
	seen, columns, high := f.fit(objects, f.shown)
	for _, o := range seen {
		least.Width = max(least.Width, o.MinSize().Width)
	}
	rows := (len(seen) + columns - 1) / columns
	least.Height = max(0, float32(rows)*(high+theme.Padding())-theme.Padding())
	return least
}
