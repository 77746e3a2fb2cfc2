package kit

import (
	"image/color"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
)

// NumberSlider is a slider with its name above it, and an entry in which its number can
// be typed: more exactly, and beyond the slider's ends.
type NumberSlider struct {
	*ValueSlider // Text stands before the entry
	Entry        *Entry
}

// numberWidth is that of the entry: room for four digits, a point and three more.
const numberWidth = 84

// NewNumberSlider is a slider with a name, from one value to another; typed has what is
// typed, until it is set.
func NewNumberSlider(name string, from, to, step float64, typed func(text string)) *NumberSlider {
	s := &NumberSlider{ValueSlider: NewValueSlider(name, from, to, step), Entry: NewEntry()}
	s.Entry.Scroll = fyne.ScrollNone
	s.Entry.OnChanged = typed
	width := canvas.NewRectangle(color.Transparent)
	width.SetMinSize(fyne.NewSize(numberWidth, 0))
	s.Box = container.New(layout.NewCustomPaddedVBoxLayout(-theme.InnerPadding()/2),
		container.NewBorder(nil, nil, Heading(name), container.NewStack(width, s.Entry), s.Text), s.Slider)
	return s
}

// Set moves the slider to a value and writes that into the entry, unless it says so
// already, as while it is typed; text stands before it.
func (s *NumberSlider) Set(v float64, text string) {
	s.ValueSlider.Set(v, text)
	if typed, ok := ParseNumber(s.Entry.Text); !ok || typed != v {
		s.Entry.SetText(strconv.FormatFloat(v, 'f', -1, 64))
	}
}

// ParseNumber reads a number as people type it, with a point or a comma.
func ParseNumber(text string) (float64, bool) {
	v, err := strconv.ParseFloat(strings.TrimSpace(strings.Replace(text, ",", ".", 1)), 64)
	return v, err == nil && v-v == 0 // and finite
}
