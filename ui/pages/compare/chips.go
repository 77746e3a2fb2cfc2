package compare

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"scalecam/compare"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// chips are the classes that one is likely to ask for, one tap away: what the
// picture shows, where that is known, and what the first network predicts.
type chips struct {
	box     *fyne.Container
	buttons []*widget.Button // made once
	choices []pages.Choice
}

func newChips() *chips { return &chips{box: container.New(&kit.OneLine{})} }

// set shows the chips of a comparison, which may be nil, with the class
// explained marked, and tells whether others were shown before.
func (c *chips) set(of *compare.Comparison, choose func(class string)) (changed bool) {
	var choices []pages.Choice
	active := ""
	if of != nil {
		choices = Suggestions(of)
		choices[0].Text = speak.Say("chip.first")
		if showsClass(of) {
			choices[0].Text = speak.Say("chip.shows")
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
		if one.Class == active {
			importance = widget.HighImportance
		}
		b.OnTapped = func() { choose(one.Class) }
		if b.Text != one.Text || b.Importance != importance {
			b.Text, b.Importance = one.Text, importance
			b.Refresh()
		}
		c.box.Objects = append(c.box.Objects, b)
	}
	return changed
}
