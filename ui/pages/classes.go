package pages

import (
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/lookup"
	"scalecam/network"
	"scalecam/ui/kit"
	"scalecam/ui/speak"
)

// Choice is an entry of the class picker: what it says, and the class as
// compare.Comparison.Explain takes it.
type Choice struct{ Text, Class string }

// Search gives the classes one of whose names, in any language, the text fits,
// the closest first, each once.
func Search(models []*network.Model, text string) []Choice {
	typed, seen := lookup.Typed(text), map[string]bool{}
	var found [lookup.Same + 1][]Choice
	for _, m := range models {
		for i, name := range m.Classes {
			if seen[name] {
				continue
			}
			seen[name] = true
			spoken := ClassAt(m, i)
			fit := typed.Fits(append(m.ClassNames(i), spoken)...)
			found[fit] = append(found[fit], Choice{spoken, name})
		}
	}
	return slices.Concat(found[lookup.Same], found[lookup.Begins], found[lookup.Within])
}

// Find gives the class that one of the models has by what was typed, by its name
// or, where others share that, its index. The error is the first model's, with
// the nearest names.
func Find(models []*network.Model, text string) (Choice, error) {
	var first error
	for j, m := range models {
		if slices.ContainsFunc(models[:j], func(o *network.Model) bool { return o.Domain == m.Domain && slices.Equal(o.Classes, m.Classes) }) {
			continue // as one before, and a search takes its time
		}
		i, err := m.FindClass(text)
		if err == nil {
			found := Choice{text + ": " + ClassAt(m, i), m.Classes[i]}
			if again, err := m.FindClass(found.Class); err != nil || again != i {
				found.Class = strconv.Itoa(i)
			}
			return found, nil
		}
		if first == nil {
			first = err
		}
	}
	return Choice{}, first
}

// ClassPicker is a list of classes that an entry narrows down.
type ClassPicker struct {
	Popup   *widget.PopUp
	Entry   *kit.SearchEntry
	List    *kit.List
	Message *widget.Label

	models  func() []*network.Model // as they are then
	first   []Choice                // shown while nothing is typed
	Choices []Choice                // shown
	choose  func(class string)
}

// ShowClasses opens the picker beneath an object.
func ShowClasses(below fyne.CanvasObject, c fyne.Canvas, models func() []*network.Model, first []Choice, choose func(class string)) *ClassPicker {
	p := &ClassPicker{models: models, first: first, choose: choose, Entry: &kit.SearchEntry{}, Message: widget.NewLabel("")}
	p.Entry.ExtendBaseWidget(p.Entry)
	p.Entry.SetPlaceHolder(speak.Say("class.search"))
	p.Entry.OnChanged = p.filter
	p.Entry.OnSubmitted = p.submit
	p.Message.Wrapping, p.Message.Importance = fyne.TextWrapWord, widget.DangerImportance
	p.List = kit.NewList(
		func() int { return len(p.Choices) },
		func() fyne.CanvasObject {
			l := widget.NewLabel("")
			l.Truncation = fyne.TextTruncateEllipsis
			return l
		},
		func(i widget.ListItemID, o fyne.CanvasObject) { o.(*widget.Label).SetText(p.Choices[i].Text) },
	)
	p.List.OnSelected = func(i widget.ListItemID) { p.take(p.Choices[i].Class) }
	p.Popup = widget.NewPopUp(container.NewBorder(p.Entry, nil, nil, nil, container.NewStack(p.List, container.NewVScroll(p.Message))), c)
	p.Entry.OnEscape = p.Popup.Hide
	p.Entry.OnDown = func() { c.Focus(p.List) }
	p.filter("")
	size := fyne.NewSize(360, 340)
	p.Popup.Resize(size)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(below).AddXY(0, below.Size().Height)
	p.Popup.ShowAtPosition(fyne.NewPos(max(min(at.X, c.Size().Width-size.Width-2*theme.Padding()), 0), at.Y))
	c.Focus(p.Entry)
	return p
}

func (p *ClassPicker) filter(text string) {
	p.Choices = p.first
	if text = strings.TrimSpace(text); text != "" {
		p.Choices = Search(p.models(), text)
	}
	p.Message.SetText("")
	if len(p.Choices) == 0 && len(p.models()) > 0 {
		if index, err := Find(p.models(), text); err != nil {
			p.Message.SetText(speak.Error(err))
		} else {
			p.Choices = []Choice{index}
		}
	}
	p.List.Refresh()
	p.List.ScrollToTop()
}

// submit takes the class typed where it is one's name or index, else the first
// of the list. What is no class is explained already.
func (p *ClassPicker) submit(text string) {
	if text = strings.TrimSpace(text); text != "" && len(p.models()) > 0 {
		if found, err := Find(p.models(), text); err == nil {
			p.take(found.Class)
			return
		}
	}
	if len(p.Choices) > 0 {
		p.take(p.Choices[0].Class)
	}
}

func (p *ClassPicker) take(class string) {
	p.Popup.Hide()
	p.choose(class)
}
