package compare

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/compare"
	"scalecam/compare/caption"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// columnButtons add columns beside the networks': the control, and what is made of
// the networks' maps.
type columnButtons struct {
	box           *fyne.Container
	Control, More *widget.Button
	page          *Page
	short         bool // the control is offered among the others alone
}

func newColumnButtons(p *Page) *columnButtons {
	b := &columnButtons{page: p}
	b.Control = widget.NewButtonWithIcon("", theme.ContentAddIcon(), p.AddControl)
	b.More = widget.NewButtonWithIcon(speak.Say("columns"), theme.MenuDropDownIcon(), func() {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(b.More).AddXY(0, b.More.Size().Height)
		widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", p.columnItems()...), p.host.Window().Canvas(), at)
	})
	b.box = container.NewHBox(b.Control, b.More)
	return b
}

const mostName = 18 // letters of a network's name on a button

// update says what can be added.
func (b *columnButtons) update() {
	size, _, ok := b.page.control()
	if ok {
		text := speak.Say("columns.control", kit.Cut(speak.Network(b.page.desk.Models[0].Name), mostName), size)
		if b.Control.Text != text {
			b.Control.SetText(text)
		}
	}
	kit.Show(b.Control, ok && !b.short)
	kit.Show(b.More, len(b.page.desk.Models) > 1)
	b.box.Refresh()
}

// narrow leaves the title the room that the control's button takes, or no longer.
func (b *columnButtons) narrow(is bool) {
	if b.short != is {
		b.short = is
		b.update()
	}
}

// columnItems are the columns made of the networks' own: the consensus, and each
// network less the first.
func (p *Page) columnItems() []*fyne.MenuItem {
	v, all := p.desk.View, p.desk.Models
	consensus := fyne.NewMenuItem(speak.Say("derived.consensus"), func() { p.host.Do("consensus") })
	consensus.Checked = v.Consensus
	items := []*fyne.MenuItem{consensus, fyne.NewMenuItemSeparator()}
	for j := 1; j < len(all); j++ {
		items = append(items, p.differenceItem(compare.Pair{After: j + 1, Before: 1}))
	}
	text := p.controlThere()
	if size, _, ok := p.control(); ok && p.Columns.short {
		text = speak.Say("columns.control", kit.Cut(speak.Network(all[0].Name), mostName), size)
	}
	if text != "" {
		items = append(items, fyne.NewMenuItemSeparator(), fyne.NewMenuItem(text, p.AddControl))
	}
	return items
}

// differenceItem shows the difference of two networks, or no longer.
func (p *Page) differenceItem(pair compare.Pair) *fyne.MenuItem {
	v, all := p.desk.View, p.desk.Models
	i := fyne.NewMenuItem(speak.Say("derived.difference", speak.Network(all[pair.After-1].Name), speak.Network(all[pair.Before-1].Name)), func() {
		v := p.desk.View
		if v.Difference == pair {
			pair = compare.Pair{}
		}
		v.Difference = pair
		p.host.SetView(v)
	})
	i.Checked = v.Difference == pair
	return i
}

// control is the size at which the first network would be the control of those that
// are there (models.Control); or it is there.
func (p *Page) control() (size network.Size, there *network.Model, ok bool) {
	all := p.desk.Models
	if len(all) < 2 || !all[0].Trained { // at no size
		return size, nil, false
	}
	area := func(s network.Size) int { return s.H * s.W }
	first := all[0]
	size = first.Network.Scaling.Resolution
	for _, m := range all {
		if at := m.Network.Scaling.Resolution; area(at) > area(size) {
			size = at
		}
	}
	if area(size) == area(first.Network.Scaling.Resolution) {
		return size, nil, false
	}
	for _, m := range all {
		if m.Network.Scaling.Resolution == size && m.SameWeights(first) {
			return size, m, false
		}
	}
	return size, nil, true
}

// controlThere says which network is the control already; "" where none is.
func (p *Page) controlThere() string {
	_, there, _ := p.control()
	if there == nil {
		return ""
	}
	return speak.Say("columns.control there", speak.Network(there.Name), speak.Network(p.desk.Models[0].Name))
}

// HasControl tells that there is a control, or can be.
func (p *Page) HasControl() bool {
	_, there, ok := p.control()
	return ok || there != nil
}

// AddControl adds it, or says which network it is already.
func (p *Page) AddControl() {
	if text := p.controlThere(); text != "" {
		p.host.Tell(text)
	} else if size, _, ok := p.control(); ok {
		p.runAt(p.desk.Models[0], size)
	}
}

// runAt adds a network at another size.
func (p *Page) runAt(m *network.Model, size network.Size) {
	p.host.Runner().Work(func() func() {
		spec := models.At(m.Spec, size) // which looks for its file
		return func() { p.host.Add(spec, m.Stated) }
	})
}

// askSize asks at what size to run a network, too.
func (p *Page) askSize(m *network.Model) {
	own := m.Network.Scaling.Resolution
	twice := network.Size{H: 2 * own.H, W: 2 * own.W}
	p.ask(question{speak.Say("size.title", speak.Network(m.Name)), speak.Say("size.about", own), twice.String(), speak.Say("size.side"), speak.Say("size.run")}, func(text string) error {
		size, err := network.ParseSize(text)
		if err == nil {
			p.runAt(m, size)
		}
		return err
	})
}

// askName asks what to call the network of a column.
func (p *Page) askName(column int) {
	m := p.desk.Models[column]
	p.ask(question{speak.Say("rename.title", speak.Network(m.Name)), speak.Say("rename.about"), m.Name, speak.Say("rename.name"), speak.Say("rename.do")}, func(text string) error {
		if err := models.CheckName(text); err != nil {
			return err
		}
		p.host.Rename(column, text)
		return nil
	})
}

// assumed are what of a network nothing says, and can be stated in a line.
func assumed(m *network.Model) (all []network.Setting) {
	for _, s := range m.Settings {
		if s.Origin == network.Assumed && s.Key != "size" && s.Key != "classes" {
			all = append(all, s)
		}
	}
	return all
}

// askAssumed asks for the truth of what is assumed of the network of a column, which is
// then opened anew with that.
func (p *Page) askAssumed(column int) {
	m := p.desk.Models[column]
	fields := assumed(m)
	var items []*widget.FormItem
	values := map[string]func() string{}
	for _, s := range fields {
		if s.Key == "padding" {
			one := kit.NewSelect([]string{network.SymmetricPadding.String(), network.SamePadding.String()}, nil)
			one.SetSelected(s.Value)
			values[s.Key] = func() string { return one.Selected }
			items = append(items, widget.NewFormItem(s.Key, one), widget.NewFormItem("", p.paddingHint(m)))
			continue
		}
		one := kit.NewEntry()
		one.SetText(s.Value)
		one.Validator = func(text string) error {
			if err := models.CheckValue(s.Key, text); err != nil {
				return errors.New(speak.Error(err))
			}
			return nil
		}
		values[s.Key] = func() string { return one.Text }
		items = append(items, widget.NewFormItem(s.Key, one))
	}
	d := dialog.NewForm(speak.Say("assumed.title", speak.Network(m.Name)), speak.Say("assumed.state"), speak.Say("cancel"), items, func(state bool) {
		if !state {
			return
		}
		stated := maps.Clone(m.Stated)
		if stated == nil {
			stated = models.Settings{}
		}
		for key, value := range values {
			stated[key] = value()
		}
		p.host.State(column, stated)
	}, p.host.Window())
	d.Resize(fyne.NewSize(560, d.MinSize().Height))
	p.host.Over(d)
}

// paddingHint says, once both were tried, which padding makes the network surer.
func (p *Page) paddingHint(m *network.Model) fyne.CanvasObject {
	said := widget.NewLabel(speak.Say("assumed.trying"))
	said.Wrapping = fyne.TextWrapWord
	p.host.Runner().Work(func() func() {
		hint := models.PaddingHint(m)
		return func() {
			if hint == nil {
				said.SetText(speak.Say("assumed.surest", m.Network.Padding))
				return
			}
			percent := func(v float64) string { return fmt.Sprintf("%.0f%%", 100*v) }
			said.SetText(speak.Say("assumed.surer", hint.Padding, percent(hint.Sure), percent(hint.AssumedSure)))
		}
	})
	return said
}

// showMenu offers what can be done with a column, from 0 on the networks', and its
// cell in a row, at a place on the canvas.
func (p *Page) showMenu(row, column int, at fyne.Position) {
	all := p.desk.Models
	var items []*fyne.MenuItem
	if column < len(all) {
		m := all[column]
		items = append(items, fyne.NewMenuItem(speak.Say("cell.run at"), func() { p.askSize(m) }))
		less := fyne.NewMenuItem(speak.Say("cell.less"), nil)
		less.ChildMenu = fyne.NewMenu("")
		for j := range all {
			if j != column {
				less.ChildMenu.Items = append(less.ChildMenu.Items, p.differenceItem(compare.Pair{After: column + 1, Before: j + 1}))
			}
		}
		less.Disabled = len(all) < 2
		lines := fyne.NewMenuItem(speak.Say("cell.code"), func() { p.showCode(row, column) })
		lines.Disabled = p.Shown == nil || p.Shown.Comparison == nil
		rename := fyne.NewMenuItem(speak.Say("cell.rename"), func() { p.askName(column) })
		items = append(items, less, lines, rename)
		if len(assumed(m)) > 0 {
			items = append(items, fyne.NewMenuItem(speak.Say("cell.assumed"), func() { p.askAssumed(column) }))
		}
		items = append(items, fyne.NewMenuItemSeparator())
	}
	items = append(items, fyne.NewMenuItem(speak.Say("cell.remove"), func() { p.remove(column) }))
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), p.host.Window().Canvas(), at)
}

// remove takes a column away.
func (p *Page) remove(column int) {
	v, networks := p.desk.View, len(p.desk.Models)
	derived := v.Derived(networks)
	switch {
	case column < networks || column >= networks+len(derived):
		p.host.Remove(column)
		return
	case derived[column-networks].Kind == compare.Consensus:
		v.Consensus = false
	default:
		v.Difference = compare.Pair{}
	}
	p.host.SetView(v)
}

// answer says what stands behind a column of a row.
func (p *Page) answer(row, column int) {
	networks := len(p.desk.Models)
	if column < networks {
		p.ShowAnswers(row, p.desk.Models[column])
		return
	}
	derived := p.desk.View.Derived(networks)
	if column -= networks; column >= len(derived) {
		return
	}
	d := derived[column]
	rule := widget.NewLabel(speak.Say("derived." + string(d.Kind) + ".rule"))
	rule.Wrapping = fyne.TextWrapWord
	wide := canvas.NewRectangle(nil)
	wide.SetMinSize(fyne.NewSize(answersWidth, 0))
	p.host.Over(dialog.NewCustom(textDerived(d, p.desk.Models), speak.Say("close"), container.NewVBox(wide, rule), p.host.Window()))
}

// textDerived is what such a column is called.
func textDerived(d compare.Derived, all []*network.Model) string {
	if d.Kind == compare.Consensus {
		return speak.Say("derived.consensus")
	}
	return speak.Say("derived.difference", speak.Network(all[d.After].Name), speak.Network(all[d.Before].Name))
}

// derive makes what the view asks for of the networks' maps, once all have run.
func (s *Scene) derive() {
	s.agreements, s.made = make([]map[int]compare.Agreement, len(s.Pictures)), make([][]compare.Shown, len(s.Pictures))
	if !s.Whole() {
		return
	}
	for i := range s.Pictures {
		if s.View.Consensus {
			s.agreements[i] = s.Comparison.Agreements(i)
		}
		for col := len(s.Models); col < s.Columns()-1; col++ {
			s.made[i] = append(s.made[i], s.Comparison.Shown(i, col, s.View))
		}
	}
}

// derived is what the cell of a picture and such a column shows, once all networks
// have run.
func (s *Scene) derived(row, col int, d compare.Derived) kit.Content {
	to := kit.Content{}
	if !s.Whole() {
		to.Lines = make([]kit.Line, 2) // as many as there will be
		return to
	}
	to.Zoom, to.Image = s.zoom, s.wiped(row, col)
	says := s.says()
	to.Lines = written(slices.Concat(says.Missing(row, col), says.Nothing(row, col), says.Derived(row, d)))
	if found, ok := s.found[place{row, col}]; ok {
		to.Lines = append(to.Lines, kit.Line{Text: caption.Found(speak.Now(), found), Wrap: 2})
	}
	shown := s.made[row][col-len(s.Models)]
	if to.Scale = pages.Range(shown.Scale); !to.Scale.Empty() && shown.Map != nil {
		to.Colours = shown.Colormap
	}
	return to
}

// derivedAt is valueAt of such a column.
func (s *Scene) derivedAt(row, col int, x, y float64) string {
	if !s.Whole() {
		return ""
	}
	v, ok := s.made[row][col-len(s.Models)].Value(&s.Comparison.Rows[row], s.View, x, y)
	if !ok {
		return speak.Say("not seen")
	}
	return compare.FormatValue(v)
}
