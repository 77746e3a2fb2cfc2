package kit

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Picture is a picture of objects that are shown nowhere else, on the theme's ground,
// so many points wide and as high as they take, with dense pixels to a point. It
// belongs to the UI goroutine.
func Picture(o fyne.CanvasObject, width, dense float32) image.Image {
	const air = 16
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetScale(dense)
	c.SetContent(container.New(layout.NewCustomPaddedLayout(air, air, air, air), o))
	for range 2 { // text that is wrapped knows its height once it has a width
		c.Resize(fyne.NewSize(width, c.Content().MinSize().Height))
	}
	return c.Capture()
}

// Panel is what a cell shows, for a picture: one image above its texts and colour bar.
func (c Content) Panel(width float32) fyne.CanvasObject {
	texts := container.New(layout.NewCustomPaddedVBoxLayout(-theme.InnerPadding()))
	add := func(text string, bold bool, colour fyne.ThemeColorName) {
		l := widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Bold: bold})
		l.Wrapping = fyne.TextWrapWord
		if colour == theme.ColorNameWarning {
			l.Importance = widget.WarningImportance
		}
		texts.Add(l)
	}
	add(c.Name, true, "")
	for _, line := range c.Lines {
		add(line.Text, false, line.Colour)
	}
	all := container.NewVBox(texts)
	if c.Colours != nil && !c.Scale.Empty() {
		bar := NewColourBar(c.Colours, func(do func() func()) { do()() })
		bar.Set(c.Colours, c.Scale)
		all.Add(Inset(bar))
	}
	shown := canvas.NewImageFromImage(c.Image)
	shown.FillMode, shown.ScaleMode = canvas.ImageFillContain, canvas.ImageScaleFastest
	size := c.Image.Rect.Size()
	shown.SetMinSize(fyne.NewSize(width, width*float32(size.Y)/float32(size.X)))
	return container.NewBorder(shown, nil, nil, nil, all)
}

// Texts are the rows of a table as they are read.
func Texts(rows [][]TableCell) (all [][]string) {
	for _, row := range rows {
		var texts []string
		for _, cell := range row {
			text := cell.Text
			if cell.Link != nil {
				text = cell.Link.Text
			}
			texts = append(texts, text)
		}
		all = append(all, texts)
	}
	return all
}
