package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"scalecam/compare"
)

// chips are the classes that one is likely to ask for, one tap away: what the
// picture shows, where that is known, and what the first network predicts.
type chips struct {
	box     *fyne.Container
	buttons []*widget.Button // made once
	choices []choice
}

func newChips() *chips { return &chips{box: container.New(&oneLine{})} }

// set shows the chips of a comparison, which may be nil, with the class
// explained marked, and tells whether others were shown before.
func (c *chips) set(of *compare.Comparison, choose func(class string)) (changed bool) {
	var choices []choice
	active := ""
	if of != nil {
		choices = suggestions(of)
		choices[0].text = say("chip.first")
		if showsClass(of) {
			choices[0].text = say("chip.shows")
		}
		if !of.Rows[0].Predicted && !of.Rows[0].Shown {
			active = of.Rows[0].Class
		}
	}
	changed = !slices.Equal(choices, c.choices)
	c.choices, c.box.Objects = choices, nil
	for i, one := range choices {
		if i == len(c.buttons) {
			c.buttons = append(c.buttons, widget.NewButton("", nil))
		}
		b, importance := c.buttons[i], widget.MediumImportance
		if one.class == active {
			importance = widget.HighImportance
		}
		b.OnTapped = func() { choose(one.class) }
		if b.Text != one.text || b.Importance != importance {
			b.Text, b.Importance = one.text, importance
			b.Refresh()
		}
		c.box.Objects = append(c.box.Objects, b)
	}
	return changed
}

// oneLine lays objects out from left to right at their least size; those that
// do not fit are left out. It stays as high as it was.
type oneLine struct{ height float32 }

const chipGap = 4

// Layout implements fyne.Layout.
func (*oneLine) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	var x float32
	for _, o := range objects {
		least := o.MinSize()
		show(o, x+least.Width <= size.Width)
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
func (l *oneLine) MinSize(objects []fyne.CanvasObject) fyne.Size {
	for _, o := range objects {
		l.height = max(l.height, o.MinSize().Height)
	}
	return fyne.NewSize(0, l.height)
}
