package compare

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/compare"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// chips are the classes that one is likely to ask for, one tap away: what the
// picture shows, where that is known, what each network predicts itself, and what
// one network predicts, which can be chosen. Beside each class but the one explained
// stands what holds that against it.
type chips struct {
	box   *fyne.Container
	page  *Page
	each  *widget.Button // its own prediction
	Voice *widget.Button // whose predictions those are that follow
	made  []*chip        // once
	shown []chipText
}

// chip is a class to explain, or to hold the one explained against.
type chip struct {
	box          *fyne.Container
	Class, Other *widget.Button
}

// chipText is what a chip shows.
type chipText struct {
	pages.Choice
	explained, other bool // it is the class explained; one that is held against it
	against          bool // it can be held against it
}

func newChips(p *Page) *chips {
	c := &chips{box: container.New(&kit.OneLine{}), page: p}
	c.each = widget.NewButton(speak.Say("chip.own"), nil)
	c.Voice = widget.NewButtonWithIcon("", theme.MenuDropDownIcon(), c.choose)
	c.Voice.Importance, c.Voice.IconPlacement = widget.LowImportance, widget.ButtonIconTrailingText
	return c
}

// choose asks whose predictions to offer.
func (c *chips) choose() {
	var items []*fyne.MenuItem
	for i, m := range c.page.desk.Models {
		one := fyne.NewMenuItem(speak.Network(m.Name), func() { c.page.speakFor(i) })
		one.Checked = i == c.page.Voice()
		items = append(items, one)
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(c.Voice).AddXY(0, c.Voice.Size().Height)
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), c.page.host.Window().Canvas(), at)
}

// chip is the one at a place, which is made once.
func (c *chips) chip(i int) *chip {
	if i == len(c.made) {
		one := &chip{Class: widget.NewButton("", nil), Other: widget.NewButton(speak.Say("chip.against"), nil)}
		one.box = container.New(layout.NewCustomPaddedHBoxLayout(1), one.Class, one.Other)
		c.made = append(c.made, one)
	}
	return c.made[i]
}

// set shows the chips of a comparison, which may be nil, with the class
// explained marked, and those that it is held against, and tells whether others were
// shown before.
func (c *chips) set(of *compare.Comparison) (changed bool) {
	var texts []chipText
	name := ""
	if of != nil {
		col := c.page.col()
		texts, name = chipsOf(of, min(c.page.Row(), len(of.Rows)-1), col), speak.Say("chip.of", kit.Cut(speak.Network(of.Models[col].Name), mostName))
	}
	changed = !slices.Equal(texts, c.shown) || c.Voice.Text != name
	c.shown, c.box.Objects = texts, nil
	put(c.Voice, name, false)
	for i, text := range texts {
		one := c.chip(i)
		one.Class.OnTapped = func() { c.page.host.SetClass(text.Class) }
		one.Other.OnTapped = func() { c.page.host.Against(text.Class) }
		put(one.Class, text.Text, text.explained)
		put(one.Other, one.Other.Text, text.other)
		kit.Show(one.Other, text.against)
		c.box.Objects = append(c.box.Objects, one.box)
		if i == 0 {
			own := of.By.Own
			c.each.OnTapped = func() { c.page.host.SetOwn(!own) }
			put(c.each, c.each.Text, own)
			c.box.Objects = append(c.box.Objects, c.each, c.Voice)
		}
	}
	return changed
}

// put shows a button's text, marked or not.
func put(b *widget.Button, text string, marked bool) {
	importance := b.Importance
	if marked {
		importance = widget.HighImportance
	} else if importance == widget.HighImportance {
		importance = widget.MediumImportance
	}
	if b.Text != text || b.Importance != importance {
		b.Text, b.Importance = text, importance
		b.Refresh()
	}
}

// chipsOf are the chips of a row and of the network of a column: of Suggestions, and of what else the class is
// held against.
func chipsOf(c *compare.Comparison, at, col int) []chipText {
	row := &c.Rows[at]
	choices := Suggestions(c, at, col)
	choices[0].Text = speak.Say("chip.first")
	if showsClass(c, at) {
		choices[0].Text = speak.Say("chip.shows")
	}
	asked := c.Asked(at)
	against := map[string]bool{}
	for _, class := range c.By.Against {
		name := class
		if found, err := pages.Find(c.Models, class); err == nil {
			name = found.Class
		}
		against[name] = true
		if !slices.ContainsFunc(choices, func(one pages.Choice) bool { return one.Class == name }) {
			choices = slices.Insert(choices, 1, pages.Choice{Text: pages.ClassOf(name, c.Models...), Class: name})
		}
	}
	var all []chipText
	for i, one := range choices {
		all = append(all, chipText{
			Choice: one, explained: one.Class == asked && !row.Own, other: i > 0 && against[one.Class],
			against: i > 0 && (against[one.Class] || row.Own || row.Class != one.Class),
		})
	}
	return all
}

// Chips are the buttons of each chip in sight: its class, and what holds that against
// the class explained.
func (p *Page) Chips() (all [][2]*widget.Button) {
	for i := range p.chips.shown {
		all = append(all, [2]*widget.Button{p.chips.made[i].Class, p.chips.made[i].Other})
	}
	return all
}
