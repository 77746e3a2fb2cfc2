package ui

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/cam"
	"scalecam/colormap"
	"scalecam/compare"
)

// controls are what changes the view of a comparison. They are always in sight.
type controls struct {
	box fyne.CanvasObject

	open, draw, add, save *widget.Button
	class                 *widget.Button
	colours               *widget.Select
	about                 *widget.Label // the colour scale
	bar                   *colourBar
	strength              *widget.Slider
	percent               *widget.Label
	shared                *widget.Check
	grid                  *widget.Check
	grey                  *widget.Check
	hint                  *widget.Label

	view    compare.View
	changed func(compare.View)
}

const controlsWidth = 240

// newControls shows the view and calls changed with every other one that the
// user makes.
func newControls(view compare.View, changed func(compare.View)) *controls {
	c := &controls{
		open:  widget.NewButtonWithIcon(say("open"), theme.FileImageIcon(), nil),
		draw:  widget.NewButtonWithIcon(say("draw"), theme.MediaReplayIcon(), nil),
		add:   widget.NewButtonWithIcon(say("add"), theme.ContentAddIcon(), nil),
		save:  widget.NewButtonWithIcon(say("save"), theme.DocumentSaveIcon(), nil),
		class: widget.NewButtonWithIcon("", theme.MenuDropDownIcon(), nil),
		about: caption(widget.MediumImportance), hint: caption(widget.MediumImportance), bar: newColourBar(view.Colormap),
		strength: widget.NewSlider(0, 100),
		percent:  widget.NewLabel(""),
		view:     view,
	}
	c.hint.Truncation, c.hint.Wrapping = fyne.TextTruncateOff, fyne.TextWrapWord
	c.open.Importance = widget.HighImportance
	for _, b := range []*widget.Button{c.open, c.draw, c.add, c.save, c.class} {
		b.Alignment = widget.ButtonAlignLeading
	}
	c.class.IconPlacement = widget.ButtonIconTrailingText

	var labels []string
	for _, m := range colormap.All() {
		labels = append(labels, m.Label)
	}
	c.colours = widget.NewSelect(labels, nil)
	c.colours.SetSelected(view.Colormap.Label)
	c.strength.SetValue(100 * view.Opacity)
	check := func(text string, on bool, set func(v *compare.View, on bool)) *widget.Check {
		box := widget.NewCheck(text, nil)
		box.SetChecked(on)
		box.OnChanged = func(on bool) {
			set(&c.view, on)
			c.update()
		}
		return box
	}
	c.shared = check(say("shared"), view.Shared, func(v *compare.View, on bool) { v.Shared = on })
	c.grid = check(say("grid"), view.Interpolation == cam.Grid, func(v *compare.View, on bool) {
		v.Interpolation = cam.Smooth
		if on {
			v.Interpolation = cam.Grid
		}
	})
	c.grey = check(say("grey"), view.Grey, func(v *compare.View, on bool) { v.Grey = on })
	c.update()

	c.changed = changed
	c.colours.OnChanged = func(string) {
		c.view.Colormap = colormap.All()[c.colours.SelectedIndex()]
		c.update()
	}
	c.strength.OnChanged = func(v float64) {
		c.view.Opacity = v / 100
		c.update()
	}

	width := canvas.NewRectangle(nil)
	width.SetMinSize(fyne.NewSize(controlsWidth, 0))
	column := container.NewVBox(
		width, c.open, c.draw, c.add, c.save,
		heading(say("class")), c.class,
		heading(say("colours")), c.colours, inset(c.bar), inset(c.about),
		container.NewBorder(nil, nil, nil, c.percent, heading(say("strength"))), c.strength,
		c.shared, c.grid, c.grey, c.hint,
	)
	c.box = container.NewVScroll(container.NewPadded(column))
	return c
}

func (c *controls) update() {
	c.bar.set(c.view.Colormap, cam.Scale{})
	setText(c.about, textColormap(c.view.Colormap))
	setText(c.percent, fmt.Sprintf("%.0f%%", 100*c.view.Opacity))
	if c.changed != nil {
		c.changed(c.view)
	}
}

// setClass shows the class explained, cut to what the button holds.
func (c *controls) setClass(class string) {
	if class = cut(class, 26); c.class.Text != class {
		c.class.SetText(class)
	}
}

// cut leaves at most so many letters of a text.
func cut(text string, most int) string {
	if letters := []rune(text); len(letters) > most {
		return string(letters[:most-1]) + "…"
	}
	return text
}

func heading(text string) *widget.Label {
	return widget.NewLabelWithStyle(text, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
}

func inset(o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedLayout(0, 0, theme.Padding(), theme.Padding()), o)
}
