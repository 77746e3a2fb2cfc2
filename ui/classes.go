package ui

import (
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/compare"
	"scalecam/lookup"
	"scalecam/network"
	"scalecam/ui/kit"
	"scalecam/ui/speak"
)

// choice is an entry of the class picker: what it says, and the class as
// compare.Comparison.Explain takes it.
type choice struct{ text, class string }

// suggestions are what the picture shows, where that is known, and what the
// first network predicts.
func suggestions(c *compare.Comparison) []choice {
	first := c.Models[0]
	all := []choice{{textFirst(first), ""}}
	if showsClass(c) {
		all[0].text = speak.Say("class.shows")
	}
	for _, p := range c.Rows[0].Cells[0].Top {
		all = append(all, choice{textChoice(first, p), first.Classes[p.Class]})
	}
	return all
}

// showsClass tells whether the first picture is known to show a class that the
// first network has.
func showsClass(c *compare.Comparison) bool {
	return slices.Contains(c.Models[0].Classes, c.Rows[0].Picture.Shows)
}

// search gives the classes one of whose names, in any language, the text fits,
// the closest first, each once.
func search(models []*network.Model, text string) []choice {
	seen := map[string]bool{}
	var found [lookup.Same + 1][]choice
	for _, m := range models {
		for i, name := range m.Classes {
			if seen[name] {
				continue
			}
			seen[name] = true
			spoken := textIndex(m, i)
			fit := lookup.Fits(text, append(m.ClassNames(i), spoken)...)
			found[fit] = append(found[fit], choice{spoken, name})
		}
	}
	return slices.Concat(found[lookup.Same], found[lookup.Begins], found[lookup.Within])
}

// find gives the class that one of the models has by what was typed, by its name
// or, where others share that, its index. The error is the first model's, with
// the nearest names.
func find(models []*network.Model, text string) (choice, error) {
	var first error
	for j, m := range models {
		if slices.ContainsFunc(models[:j], func(o *network.Model) bool { return o.Domain == m.Domain && slices.Equal(o.Classes, m.Classes) }) {
			continue // as one before, and a search takes its time
		}
		i, err := m.FindClass(text)
		if err == nil {
			found := choice{text + ": " + textIndex(m, i), m.Classes[i]}
			if again, err := m.FindClass(found.class); err != nil || again != i {
				found.class = strconv.Itoa(i)
			}
			return found, nil
		}
		if first == nil {
			first = err
		}
	}
	return choice{}, first
}

// classPicker is a list of classes that an entry narrows down.
type classPicker struct {
	popup   *widget.PopUp
	entry   *kit.SearchEntry
	list    *widget.List
	message *widget.Label

	models  []*network.Model
	first   []choice // shown while nothing is typed
	choices []choice // shown
	choose  func(class string)
}

// showClassPicker opens the picker beneath an object.
func showClassPicker(below fyne.CanvasObject, c fyne.Canvas, models []*network.Model, first []choice, choose func(class string)) *classPicker {
	p := &classPicker{models: models, first: first, choose: choose, entry: &kit.SearchEntry{}, message: widget.NewLabel("")}
	p.entry.ExtendBaseWidget(p.entry)
	p.entry.SetPlaceHolder(speak.Say("class.search"))
	p.entry.OnChanged = p.filter
	p.entry.OnSubmitted = p.submit
	p.message.Wrapping, p.message.Importance = fyne.TextWrapWord, widget.DangerImportance
	p.list = widget.NewList(
		func() int { return len(p.choices) },
		func() fyne.CanvasObject {
			l := widget.NewLabel("")
			l.Truncation = fyne.TextTruncateEllipsis
			return l
		},
		func(i widget.ListItemID, o fyne.CanvasObject) { o.(*widget.Label).SetText(p.choices[i].text) },
	)
	p.list.OnSelected = func(i widget.ListItemID) { p.take(p.choices[i].class) }
	p.popup = widget.NewPopUp(container.NewBorder(p.entry, nil, nil, nil, container.NewStack(p.list, container.NewVScroll(p.message))), c)
	p.entry.OnEscape = p.popup.Hide
	p.entry.OnDown = func() { c.Focus(p.list) }
	p.filter("")
	size := fyne.NewSize(360, 340)
	p.popup.Resize(size)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(below).AddXY(0, below.Size().Height)
	p.popup.ShowAtPosition(fyne.NewPos(max(min(at.X, c.Size().Width-size.Width-2*theme.Padding()), 0), at.Y))
	c.Focus(p.entry)
	return p
}

func (p *classPicker) filter(text string) {
	p.choices = p.first
	if text = strings.TrimSpace(text); text != "" {
		p.choices = search(p.models, text)
	}
	p.message.SetText("")
	if len(p.choices) == 0 {
		if index, err := find(p.models, text); err != nil {
			p.message.SetText(speak.Error(err))
		} else {
			p.choices = []choice{index}
		}
	}
	p.list.Refresh()
	p.list.ScrollToTop()
}

// submit takes the class typed where it is one's name or index, else the first
// of the list. What is no class is explained already.
func (p *classPicker) submit(text string) {
	if text = strings.TrimSpace(text); text != "" {
		if found, err := find(p.models, text); err == nil {
			p.take(found.class)
			return
		}
	}
	if len(p.choices) > 0 {
		p.take(p.choices[0].class)
	}
}

func (p *classPicker) take(class string) {
	p.popup.Hide()
	p.choose(class)
}
