// Package kit is the widgets and layouts that the window is made of. They know
// nothing of what it shows: texts come to them as they are to be read, and what
// the user does goes to functions that they are given.
package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Work does something in the background and then, on the UI goroutine, what that
// returns.
type Work func(do func() (then func()))

// Caption is a label for one line of small text.
func Caption(i widget.Importance) *widget.Label {
	l := widget.NewLabel("")
	l.Truncation, l.SizeName, l.Importance = fyne.TextTruncateEllipsis, theme.SizeNameCaptionText, i
	return l
}

// Heading is a label in bold.
func Heading(text string) *widget.Label {
	return widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
}

// Inset has air to the left and right of an object.
func Inset(o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedLayout(0, 0, theme.Padding(), theme.Padding()), o)
}

// Width is nothing, so wide.
func Width(width float32) fyne.CanvasObject {
	r := canvas.NewRectangle(nil)
	r.SetMinSize(fyne.NewSize(width, 0))
	return r
}

// SetText touches a label only where it says something else.
func SetText(l *widget.Label, text string) {
	if l.Text != text {
		l.SetText(text)
	}
}

// Show shows or hides an object that is not so already.
func Show(o fyne.CanvasObject, visible bool) {
	switch {
	case visible && !o.Visible():
		o.Show()
	case !visible && o.Visible():
		o.Hide()
	}
}

// Enable enables or disables what is not so already.
func Enable(o fyne.Disableable, on bool) {
	switch {
	case on && o.Disabled():
		o.Enable()
	case !on && !o.Disabled():
		o.Disable()
	}
}

// Cut leaves at most so many letters of a text.
func Cut(text string, most int) string {
	if letters := []rune(text); len(letters) > most {
		return string(letters[:most-1]) + "…"
	}
	return text
}

// Pixels is the size in pixels of the canvas on which o is shown, at least 1×1.
func Pixels(size fyne.Size, o fyne.CanvasObject) (w, h int) {
	var c fyne.Canvas
	if c = fyne.CurrentApp().Driver().CanvasForObject(o); c == nil {
		return max(int(size.Width), 1), max(int(size.Height), 1)
	}
	w, h = c.PixelCoordinateForPosition(fyne.NewPos(size.Width, size.Height))
	return max(w, 1), max(h, 1)
}

// newImage shows an image that is already of the size shown.
func newImage() *canvas.Image {
	return &canvas.Image{FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleFastest}
}

// newRounded is a rectangle with an edge, and round corners as the theme has them.
func newRounded(ground, edge color.Color) *canvas.Rectangle {
	r := canvas.NewRectangle(ground)
	r.StrokeColor, r.StrokeWidth, r.CornerRadius = edge, 1, theme.InputRadiusSize()
	return r
}
