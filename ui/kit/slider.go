package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// ValueSlider is a slider with its name and value above it.
type ValueSlider struct {
	*Slider
	Text *widget.Label
	Box  fyne.CanvasObject
}

// NewValueSlider is a slider with a name, from one value to another.
func NewValueSlider(name string, from, to, step float64) *ValueSlider {
	s := &ValueSlider{Slider: NewSlider(from, to), Text: widget.NewLabelWithStyle("", fyne.TextAlignTrailing, fyne.TextStyle{})}
	s.Step = step
	s.Box = container.New(layout.NewCustomPaddedVBoxLayout(-theme.InnerPadding()),
		container.NewBorder(nil, nil, Heading(name), nil, s.Text), s.Slider)
	return s
}

// Set moves the slider to a value, and says it in a text.
func (s *ValueSlider) Set(v float64, text string) {
	s.SetValue(v)
	SetText(s.Text, text)
}
