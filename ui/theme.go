package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// backdrop is a rectangle in a colour of the theme, whichever theme that is.
type backdrop struct {
	widget.BaseWidget
	colour fyne.ThemeColorName
}

func newBackdrop(colour fyne.ThemeColorName) *backdrop {
	b := &backdrop{colour: colour}
	b.ExtendBaseWidget(b)
	return b
}

// CreateRenderer implements fyne.Widget.
func (b *backdrop) CreateRenderer() fyne.WidgetRenderer {
	r := &backdropRenderer{backdrop: b, rectangle: &canvas.Rectangle{CornerRadius: theme.InputRadiusSize()}}
	r.Refresh()
	return r
}

type backdropRenderer struct {
	backdrop  *backdrop
	rectangle *canvas.Rectangle
}

func (r *backdropRenderer) Layout(size fyne.Size)        { r.rectangle.Resize(size) }
func (r *backdropRenderer) MinSize() fyne.Size           { return fyne.Size{} }
func (r *backdropRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.rectangle} }
func (r *backdropRenderer) Destroy()                     {}
func (r *backdropRenderer) Refresh() {
	r.rectangle.FillColor = theme.Color(r.backdrop.colour)
	r.rectangle.Refresh()
}

// compact is the current theme with less air, for the text of the cells.
type compact struct{ fyne.Theme }

func (c compact) Size(name fyne.ThemeSizeName) float32 {
	if name == theme.SizeNameInnerPadding {
		return 1
	}
	return c.Theme.Size(name)
}
