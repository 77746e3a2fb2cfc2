// Package networks is the dialog of published networks: what there is, what is here, and
// getting more.
package networks

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/assets"
	"scalecam/compare"
	"scalecam/network/models"
	"scalecam/network/store"
	"scalecam/ui/kit"
	"scalecam/ui/speak"
)

// Host is what the dialog asks of the window.
type Host interface {
	Window() fyne.Window
	Over(d dialog.Dialog)
	ChoosePack(name string)                  // compares a pack's networks, or a series'
	Add(spec string, stated models.Settings) // a network beside those that are compared
	ChooseWeights(chosen func(path string))
	ChooseFolder(chosen func(path string))
}

// Dialog is the dialog. It shows what a Shelf knows.
type Dialog struct {
	Shelf *Shelf
	host  Host

	over                         *dialog.CustomDialog
	groups, rows                 *kit.List
	title                        *widget.Label
	about                        *widget.Label
	add, see, remove             *widget.Button
	message                      *widget.Label
	buttons, head, right, bottom *fyne.Container
	group                        int // that is chosen: a series, all networks, or those imported
	shown                        []string
	macs                         map[string]int64 // of networks that were shown
	imports, folders             *widget.Button
	failedWith                   string
}

// Show shows the dialog over the window until it is closed.
func Show(h Host, s *Shelf) *Dialog {
	d := &Dialog{Shelf: s, host: h, macs: map[string]int64{}}
	d.make()
	failed := s.failed
	s.failed = func(err error) {
		d.failedWith = speak.Error(err)
		d.Update()
	}
	s.changed = d.Update
	room := h.Window().Canvas().Size()
	d.groups.Select(0)
	d.over.Resize(fyne.NewSize(min(0.95*room.Width, 1060), min(0.92*room.Height, 700)))
	h.Over(closing{d.over, func() { s.changed, s.failed = nil, failed }})
	d.Update() // at the width that it has now
	s.Last = ""
	s.Look()
	return d
}

// closing is a dialog that does something of its own when it is closed.
type closing struct {
	*dialog.CustomDialog
	closed func()
}

// SetOnClosed implements dialog.Dialog.
func (c closing) SetOnClosed(closed func()) {
	c.CustomDialog.SetOnClosed(func() { c.closed(); closed() })
}

// make makes what update fills.
func (d *Dialog) make() {
	c := assets.PublishedNetworks()
	d.groups = kit.NewList(func() int { return len(c.Series) + 2 }, func() fyne.CanvasObject {
		name, state := widget.NewLabel(""), kit.Caption(widget.MediumImportance)
		name.Truncation = fyne.TextTruncateEllipsis
		return container.New(layout.NewCustomPaddedVBoxLayout(-10), name, state)
	}, func(i widget.ListItemID, row fyne.CanvasObject) {
		labels := row.(*fyne.Container).Objects
		name, state := d.groupText(i)
		kit.SetText(labels[0].(*widget.Label), name)
		kit.SetText(labels[1].(*widget.Label), state)
	})
	d.groups.OnSelected = func(i widget.ListItemID) {
		d.group = i
		d.Update()
		d.rows.ScrollToTop()
	}
	d.title = kit.Heading("")
	d.title.Truncation = fyne.TextTruncateEllipsis
	d.about = kit.Caption(widget.MediumImportance)
	d.about.Truncation, d.about.Wrapping = fyne.TextTruncateOff, fyne.TextWrapWord
	d.message = kit.Caption(widget.WarningImportance)
	d.message.Truncation, d.message.Wrapping = fyne.TextTruncateOff, fyne.TextWrapWord
	d.add = widget.NewButtonWithIcon("", theme.DownloadIcon(), func() { d.begin(d.shown) })
	d.add.Importance = widget.HighImportance
	d.see = widget.NewButtonWithIcon(speak.Say("nets.compare"), theme.ViewFullScreenIcon(), d.compare)
	d.remove = widget.NewButtonWithIcon(speak.Say("nets.remove"), theme.DeleteIcon(), func() {
		d.Shelf.Remove(slices.DeleteFunc(slices.Clone(d.shown), func(name string) bool { return !d.Shelf.Has([]string{name}) && d.Shelf.Part[name] == 0 }))
	})
	d.rows = kit.NewList(func() int { return len(d.shown) }, newRow, func(i widget.ListItemID, o fyne.CanvasObject) {
		if i < len(d.shown) {
			d.fill(o.(*fyne.Container), d.shown[i])
		}
	})
	d.imports = widget.NewButtonWithIcon(speak.Say("nets.import"), theme.FileIcon(), func() { d.host.ChooseWeights(d.bring) })
	d.folders = widget.NewButtonWithIcon(speak.Say("nets.import.folder"), theme.FolderOpenIcon(), func() { d.host.ChooseFolder(d.bring) })
	closed := widget.NewButton(speak.Say("close"), func() { d.over.Hide() })
	d.bottom = container.NewBorder(d.message, nil, container.NewHBox(d.imports, d.folders), closed)
	d.buttons = container.NewHBox(d.add, d.see, d.remove)
	d.head = container.NewVBox(d.title, d.about, d.buttons)
	d.right = container.NewBorder(d.head, nil, nil, nil, d.rows)
	left := container.NewBorder(kit.Width(330), nil, nil, nil, d.groups)
	d.over = dialog.NewCustomWithoutButtons(speak.Say("nets.title"), container.NewBorder(nil, d.bottom, left, nil, container.NewBorder(nil, nil, widget.NewSeparator(), nil, d.right)), d.host.Window())
}

// groupText is what a group is called, and how much of it is here.
func (d *Dialog) groupText(i int) (name, state string) {
	c := assets.PublishedNetworks()
	if i < len(c.Series) {
		s := &c.Series[i]
		here := 0
		for _, m := range s.Members {
			if d.Shelf.Has([]string{m}) {
				here++
			}
		}
		return s.In(speak.Now().Language).Title, speak.Say("nets.here of", here, len(s.Members))
	}
	if i == len(c.Series) {
		here := 0
		for j := range c.Networks {
			if d.Shelf.Has([]string{c.Networks[j].Name}) {
				here++
			}
		}
		return speak.Say("nets.all"), speak.Say("nets.here of", here, len(c.Networks))
	}
	return speak.Say("nets.own"), speak.Say("nets.own.count", len(d.own()))
}

// own are the names of networks that were imported and are not published.
func (d *Dialog) own() (all []string) {
	for name := range d.Shelf.Here {
		if assets.PublishedNetworks().Lookup(name) == nil {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// series is the one that is chosen, nil for none.
func (d *Dialog) series() *assets.Series {
	if c := assets.PublishedNetworks(); d.group < len(c.Series) {
		return &c.Series[d.group]
	}
	return nil
}

// Update shows what the shelf knows by now.
func (d *Dialog) Update() {
	c := assets.PublishedNetworks()
	d.shown = nil
	words := ""
	switch s := d.series(); {
	case s != nil:
		d.shown = s.Members
		text := s.In(speak.Now().Language)
		words = speak.Say("nets.compares", text.Compares) + " " + strings.Join(text.Notes, " ")
	case d.group == len(c.Series):
		for i := range c.Networks {
			d.shown = append(d.shown, c.Networks[i].Name)
		}
		words = speak.Say("nets.all.about")
	default:
		d.shown = d.own()
		words = speak.Say("nets.own.about")
	}
	title, _ := d.groupText(d.group)
	kit.SetText(d.title, title)
	kit.SetText(d.about, words)
	var missing int64
	left, about := 0, false
	for _, name := range d.shown {
		if p := c.Lookup(name); p != nil && !d.Shelf.Has([]string{name}) && d.Shelf.Going[name] == nil {
			left++
			missing += store.Size(p) - d.Shelf.Part[name]
			if p.Bytes == 0 {
				about = true
			}
		}
	}
	if text := speak.Say("nets.add all", left, sized(max(missing, 0), about)); d.add.Text != text {
		d.add.SetText(text)
	}
	kit.Show(d.add, d.series() != nil && left > 0)
	kit.Show(d.see, d.series() != nil && d.Shelf.Has(d.shown))
	kit.Show(d.remove, d.series() != nil && slices.ContainsFunc(d.shown, func(name string) bool { return d.Shelf.Has([]string{name}) }))
	message := d.Shelf.Last
	d.message.Importance = widget.MediumImportance
	if d.failedWith != "" {
		message, d.message.Importance = d.failedWith, widget.WarningImportance
	}
	kit.SetText(d.message, message)
	kit.Show(d.message, message != "")
	d.groups.Refresh()
	d.rows.Refresh()
	for _, c := range []*fyne.Container{d.buttons, d.head, d.right, d.bottom} { // which do not see what their parts need by now
		c.Refresh()
	}
}

// compare compares the series that is chosen.
func (d *Dialog) compare() {
	if s := d.series(); s != nil {
		d.over.Hide()
		d.host.ChoosePack(s.Name)
	}
}

// newRow is a network's: its name over what is known of it, and what can be done.
func newRow() fyne.CanvasObject {
	name, facts := widget.NewLabel(""), kit.Caption(widget.MediumImportance)
	name.Truncation = fyne.TextTruncateEllipsis
	see, do := widget.NewButtonWithIcon("", theme.ContentAddIcon(), nil), widget.NewButton("", nil)
	return container.NewBorder(nil, nil, nil, container.NewHBox(container.NewCenter(see), container.NewCenter(do)), container.New(layout.NewCustomPaddedVBoxLayout(-10), name, facts))
}

// fill shows a network in a row.
func (d *Dialog) fill(row *fyne.Container, name string) {
	words, buttons := row.Objects[0].(*fyne.Container).Objects, row.Objects[1].(*fyne.Container).Objects
	see, do := buttons[0].(*fyne.Container).Objects[0].(*widget.Button), buttons[1].(*fyne.Container).Objects[0].(*widget.Button)
	p := assets.PublishedNetworks().Lookup(name)
	record, here := d.Shelf.Here[name]
	going := d.Shelf.Going[name]
	title := name
	if p != nil && p.Title != name {
		title = p.Title
	}
	kit.SetText(words[0].(*widget.Label), title)
	facts := d.facts(name, p)
	one := []string{name}
	set := func(text string, icon fyne.Resource, tapped func()) {
		do.OnTapped = tapped
		if do.Text != text || do.Icon != icon {
			do.Text, do.Icon = text, icon
			do.Refresh()
		}
	}
	switch {
	case going != nil:
		facts = stageText(going)
		set(speak.Say("cancel"), theme.CancelIcon(), func() { d.Shelf.Cancel(one) })
	case here:
		facts = strings.Join([]string{speak.Say("nets.here", megabytes(record.Bytes)), facts}, " • ")
		set(speak.Say("nets.remove"), theme.DeleteIcon(), func() { d.Shelf.Remove(one) })
	case d.Shelf.Part[name] > 0:
		facts = strings.Join([]string{speak.Say("nets.part", megabytes(d.Shelf.Part[name])), facts}, " • ")
		set(speak.Say("nets.go on"), theme.DownloadIcon(), func() { d.begin(one) })
	default:
		set(speak.Say("nets.add"), theme.DownloadIcon(), func() { d.begin(one) })
	}
	kit.SetText(words[1].(*widget.Label), facts)
	if text := speak.Say("nets.see"); see.Text != text {
		see.SetText(text)
	}
	see.OnTapped = func() {
		d.over.Hide()
		d.host.Add(name, nil)
	}
	kit.Show(see, here && going == nil)
	side := row.Objects[1].(*fyne.Container)
	for _, c := range []*fyne.Container{buttons[0].(*fyne.Container), buttons[1].(*fyne.Container), side, row} { // as Update does
		c.Refresh()
	}
}

// Choose shows a group: a series by its place in the catalogue, all networks, or those
// that were imported.
func (d *Dialog) Choose(group int) { d.groups.Select(group) }

// begin gets networks, and forgets what went wrong before.
func (d *Dialog) begin(names []string) {
	d.failedWith = ""
	d.Shelf.Add(names)
}

// bring imports what is at a path, and forgets what went wrong before.
func (d *Dialog) bring(path string) {
	d.failedWith = ""
	d.Shelf.Import(path)
}

// count is how many multiply-adds a network takes.
func (d *Dialog) count(p *assets.Published) int64 {
	if _, known := d.macs[p.Name]; !known {
		if n, err := models.PublishedNetwork(p); err == nil { // as a test has it of all
			d.macs[p.Name] = n.MACs()
		}
	}
	return d.macs[p.Name]
}

// facts are what is known of a network, in a line.
func (d *Dialog) facts(name string, p *assets.Published) string {
	if p == nil {
		return d.Shelf.Here[name].File
	}
	facts := []string{fmt.Sprintf("%d px", p.Resolution), speak.Say("nets.macs", compare.FormatCount(d.count(p))), speak.Say("nets.parameters", compare.FormatCount(store.Count(p.Parameters)))}
	if p.Top1 > 0 {
		facts = append(facts, speak.Say("nets.top1", p.Top1))
	}
	if !d.Shelf.Has([]string{name}) {
		facts = append(facts, sized(store.Size(p), p.Bytes == 0))
	}
	return strings.Join(append(facts, p.Licence), " • ")
}

// stageText says how far a network is.
func stageText(g *Going) string {
	switch {
	case g.Stage == store.Waiting:
		return speak.Say("nets.waiting")
	case g.Stage == store.Held:
		return speak.Say("nets.held")
	case g.Stage == store.Pausing:
		return speak.Say("nets.pausing", speak.Error(g.Err))
	case g.Stage == store.Checking:
		return speak.Say("nets.checking")
	case g.Total > 0:
		return speak.Say("nets.so far", megabytes(g.Done), megabytes(g.Total))
	}
	return speak.Say("nets.getting.some", megabytes(g.Done))
}

// sized is a size, or about that.
func sized(n int64, about bool) string {
	if about {
		return speak.Say("nets.about size", megabytes(n))
	}
	return megabytes(n)
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
