// Package learn is the page on which networks learn side by side, while one watches.
package learn

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/compare"
	"scalecam/fault"
	"scalecam/file"
	"scalecam/network/models"
	"scalecam/network/train"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// Host is what the page asks of the window.
type Host interface {
	pages.Host
	Add(spec string, settings models.Settings) // to those compared
	Over(d dialog.Dialog)                      // shows it
	ChooseFolder(chosen func(path string))
	ChooseWeights(chosen func(path string))
	AskPath(name string, chosen func(path string), extensions ...string) // of a file to write
	Write(content func(ctx context.Context) ([]file.File, error), path string)
}

// Page shows a Course.
type Page struct {
	host    Host
	course  *Course
	quiet   bool // the page moves its controls itself
	moments []*train.Moment

	checks              []*kit.Check
	depth, width, size  *kit.Entry
	own                 *widget.Button
	data                *kit.Select
	folder, from        *widget.Button
	about, began        *widget.Label
	start, step, anew   *widget.Button
	rate                *kit.ValueSlider
	line                *kit.Slider
	when, thinned       *widget.Label
	network             *kit.Select
	add, save           *widget.Button
	setup, runs         *fyne.Container
	offer               *fyne.Container
	offered, said, note *widget.Label
	empty               *widget.Label // in the place of maps
	loss, top1          *kit.Plot
	sheet               *pages.Sheet
	box                 fyne.CanvasObject
}

// New makes the page of a course.
func New(h Host, c *Course) *Page {
	p := &Page{host: h, course: c}
	p.makeControls()
	p.makeContent()
	c.page = p
	p.show()
	return p
}

// Name implements pages.Page.
func (p *Page) Name() string { return "learn" }

// Title implements pages.Page.
func (p *Page) Title() string { return speak.Say("tab.learn") }

// Icon implements pages.Page.
func (p *Page) Icon() fyne.Resource { return theme.MediaPlayIcon() }

// Content implements pages.Page.
func (p *Page) Content() fyne.CanvasObject { return p.box }

// Update implements pages.Page.
func (p *Page) Update() {}

// State implements pages.Page: what is learnt is the course's.
func (p *Page) State() any { return struct{}{} }

// Restore implements pages.Page.
func (p *Page) Restore(json.RawMessage) {}

func text() *widget.Label {
	l := kit.Caption(widget.MediumImportance)
	l.Truncation, l.Wrapping = fyne.TextTruncateOff, fyne.TextWrapWord
	return l
}

func (p *Page) makeControls() {
	for _, m := range starts {
		p.checks = append(p.checks, kit.NewCheck(p.title(m), func(bool) { p.byUser(p.pick) }))
	}
	entry := func(v string) *kit.Entry {
		e := kit.NewEntry()
		e.SetText(v)
		e.Scroll = fyne.ScrollNone
		return e
	}
	p.depth, p.width, p.size = entry("1"), entry("1.5"), entry("64")
	p.own = widget.NewButtonWithIcon("", theme.ContentAddIcon(), p.addOwn)
	var titles []string
	for _, m := range material {
		titles = append(titles, speak.Say("learn.data."+m.key))
	}
	p.data = kit.NewSelect(titles, func(string) { p.byUser(p.chooseData) })
	p.folder = widget.NewButtonWithIcon(speak.Say("learn.folder"), theme.FolderOpenIcon(), p.chooseFolder)
	p.from = widget.NewButtonWithIcon(speak.Say("learn.from"), theme.FileIcon(), p.chooseFrom)
	p.about, p.began = text(), text()

	p.start = widget.NewButtonWithIcon("", theme.MediaPlayIcon(), p.startOrPause)
	p.start.Importance = widget.HighImportance
	p.step = widget.NewButtonWithIcon(speak.Say("learn.step"), theme.MediaSkipNextIcon(), func() { p.goOn(1) })
	p.anew = widget.NewButtonWithIcon(speak.Say("learn.anew"), theme.MediaReplayIcon(), p.beginAnew)
	p.rate = kit.NewValueSlider(speak.Say("learn.rate"), math.Log10(train.LeastFactor), math.Log10(train.MostFactor), 0.1)
	p.rate.OnChanged = func(v float64) {
		p.byUser(func() {
			if o := p.course.opened; o != nil {
				o.live.SetRate(math.Pow(10, math.Round(10*v)/10))
				p.showRate()
			}
		})
	}
	p.line = kit.NewSlider(0, 1)
	p.line.OnChanged = func(at float64) {
		p.byUser(func() {
			if i := int(at); i >= 0 && i < len(p.moments) {
				p.course.look(p.moments[i])
				p.showProgress()
			}
		})
	}
	p.when, p.thinned = kit.Heading(""), text()
	p.network = kit.NewSelect(nil, nil)
	p.add = widget.NewButtonWithIcon(speak.Say("learn.add"), theme.ContentAddIcon(), p.addToCompare)
	p.save = widget.NewButtonWithIcon(speak.Say("learn.save"), theme.DocumentSaveIcon(), p.saveWeights)
	p.offered, p.said, p.note = text(), text(), text()
	for _, b := range []*widget.Button{p.folder, p.from, p.step, p.anew, p.add, p.save} {
		b.Alignment = widget.ButtonAlignLeading
	}
}

// title is what a network is called, with its cost.
func (p *Page) title(m train.PackMember) string {
	m.Architecture = architecture
	n, err := m.Network(2)
	if err != nil {
		return speak.Network(m.Title)
	}
	return speak.Say("learn.network", speak.Network(m.Title), compare.FormatCount(n.MACs()))
}

const controlsWidth = 284

func (p *Page) makeContent() {
	tight := func(o ...fyne.CanvasObject) *fyne.Container {
		return container.New(layout.NewCustomPaddedVBoxLayout(-theme.Padding()), o...)
	}
	named := func(name string, e *kit.Entry) fyne.CanvasObject {
		return container.NewBorder(nil, nil, container.New(layout.NewCustomPaddedLayout(0, 0, 0, -theme.Padding()), widget.NewLabel(name)), nil, e)
	}
	goOn := widget.NewButtonWithIcon(speak.Say("learn.resume"), theme.MediaPlayIcon(), p.resume)
	letGo := widget.NewButtonWithIcon(speak.Say("learn.forget"), theme.DeleteIcon(), p.course.forget)
	p.offer = container.NewVBox(p.offered, container.NewGridWithColumns(2, goOn, letGo), widget.NewSeparator())
	var checks []fyne.CanvasObject
	for _, c := range p.checks {
		checks = append(checks, c)
	}
	p.setup = container.NewVBox(kit.Heading(speak.Say("learn.networks")), tight(checks...),
		container.NewBorder(nil, nil, nil, p.own, container.NewGridWithColumns(3, named("d", p.depth), named("w", p.width), named("r", p.size))),
		kit.Heading(speak.Say("learn.data")), p.data, p.folder, p.about, p.from, p.began)
	p.runs = container.NewVBox(p.rate.Box, kit.Heading(speak.Say("learn.line")), p.line, p.when, p.thinned,
		widget.NewSeparator(), p.network, p.add, p.save, p.anew)
	column := container.NewVBox(kit.Width(controlsWidth), p.offer, p.setup, p.start, p.step, p.said, p.runs)
	controls := container.NewBorder(nil, nil, nil, widget.NewSeparator(), container.NewVScroll(container.NewPadded(column)))

	p.loss, p.top1 = kit.NewPlot(), kit.NewPlot()
	plots := container.NewGridWithColumns(2, kit.Inset(container.NewPadded(p.loss)), kit.Inset(container.NewPadded(p.top1)))
	p.sheet = pages.NewSheet(func(side int) { p.course.side.Store(int32(side)) })
	p.empty = widget.NewLabelWithStyle(speak.Say("learn.empty"), fyne.TextAlignCenter, fyne.TextStyle{})
	p.empty.Wrapping = fyne.TextWrapWord
	maps := container.NewBorder(nil, p.note, nil, nil, container.NewStack(kit.Inset(p.sheet.Box), container.NewVBox(layout.NewSpacer(), p.empty, layout.NewSpacer())))
	main := container.NewVSplit(plots, maps)
	main.Offset = 0.42
	p.box = container.NewBorder(nil, nil, controls, nil, main)
}

func (p *Page) byUser(change func()) {
	if !p.quiet {
		change()
	}
}

// pick takes the networks that are ticked, beside those of the user's own.
func (p *Page) pick() {
	l := &p.course.lesson
	own := slices.DeleteFunc(slices.Clone(l.networks), func(m train.PackMember) bool {
		return slices.ContainsFunc(starts, func(s train.PackMember) bool { return s.Name == m.Name })
	})
	l.networks = nil
	for i, c := range p.checks {
		if i < len(starts) && c.Checked {
			l.networks = append(l.networks, starts[i])
		}
	}
	for _, m := range own { // whose checks follow
		if i := slices.IndexFunc(p.checks, func(c *kit.Check) bool { return c.Text == p.title(m) }); i < 0 || p.checks[i].Checked {
			l.networks = append(l.networks, m)
		}
	}
	p.show()
}

// addOwn adds a network by d, w and r.
func (p *Page) addOwn() {
	d, bad1 := strconv.ParseFloat(strings.TrimSpace(p.depth.Text), 64)
	w, bad2 := strconv.ParseFloat(strings.TrimSpace(p.width.Text), 64)
	r, bad3 := strconv.Atoi(strings.TrimSpace(p.size.Text))
	if bad1 != nil || bad2 != nil || bad3 != nil {
		p.host.Fail(fault.Errorf("learn: d and w are factors such as 1.5, and r is the input's side in pixels, such as 64"))
		return
	}
	m, err := byHand(d, w, r)
	if err != nil {
		p.host.Fail(err)
		return
	}
	l := &p.course.lesson
	if len(l.networks) == mostNetworks {
		p.host.Fail(fault.Errorf("learn: %d networks learn side by side at most; take one off first", mostNetworks))
		return
	}
	if slices.ContainsFunc(l.networks, func(other train.PackMember) bool { return other.Title == m.Title }) {
		return
	}
	l.networks = append(l.networks, m)
	p.host.Dismiss()
	p.show()
}

func (p *Page) chooseData() {
	l := &p.course.lesson
	if l.data = p.data.SelectedIndex(); l.data == own && l.folder == "" {
		p.chooseFolder()
	}
	p.show()
}

func (p *Page) chooseFolder() {
	p.host.ChooseFolder(func(path string) {
		p.course.lesson.folder, p.course.lesson.data = path, own
		p.show()
	})
}

func (p *Page) chooseFrom() {
	if p.course.lesson.from != "" { // back to random weights
		p.course.lesson.from = ""
		p.show()
		return
	}
	p.host.ChooseWeights(func(path string) {
		p.course.lesson.from = path
		p.show()
	})
}

// startOrPause starts, goes on or pauses.
func (p *Page) startOrPause() {
	switch c := p.course; {
	case c.busy():
		c.pause()
	case c.opened != nil:
		p.goOn(0)
	case c.lesson.data == own && c.lesson.folder == "":
		p.chooseFolder()
	case c.kept != nil:
		p.ask(speak.Say("learn.replace.title"), speak.Say("learn.replace"), func() { c.begin(c.lesson.pack(), nil) })
	default:
		p.host.Dismiss()
		c.begin(c.lesson.pack(), nil)
	}
}

// goOn takes so many steps from the moment that is looked at.
func (p *Page) goOn(steps int) {
	c := p.course
	if c.opened == nil || c.busy() {
		return
	}
	p.host.Dismiss()
	live, m := c.opened.live, c.moment
	if done, _, _ := live.Steps(); m == nil || m.At == done {
		if !live.Finished() {
			c.learn(steps)
		}
		return
	}
	p.ask(speak.Say("learn.branch.title"), speak.Say("learn.branch"), func() {
		live.Back(m)
		c.learn(steps)
	})
}

// ask does something once the user agrees.
func (p *Page) ask(title, question string, do func()) {
	p.host.Over(dialog.NewConfirm(title, question, func(yes bool) {
		if yes {
			do()
		}
	}, p.host.Window()))
}

func (p *Page) beginAnew() {
	p.ask(speak.Say("learn.begin anew.title"), speak.Say("learn.begin anew"), p.course.forget)
}

func (p *Page) resume() {
	if k := p.course.kept; k != nil && !p.course.busy() {
		p.course.begin(k.Pack, k)
	}
}

// chosen is the network that is picked, and the moment that is looked at.
func (p *Page) chosen() (i int, m *train.Moment) {
	c := p.course
	if i = p.network.SelectedIndex(); i < 0 || c.opened == nil || c.busy() {
		return -1, nil
	}
	if m = c.moment; m == nil {
		m = c.opened.live.Now()
	}
	return i, m
}

// addToCompare keeps the network's weights in the user's data, and compares it.
func (p *Page) addToCompare() {
	i, m := p.chosen()
	if m == nil {
		return
	}
	c := p.course
	live, _, each := c.opened.live, 0, c.opened.pack.Recipe.Batch
	path := addTo(c.folder, c.opened.pack.Networks[i], m.At*each)
	c.run.Go(func() {
		data, err := live.File(i, m)
		if err == nil {
			err = file.Write(file.File{Path: path, Data: data})
		}
		c.run.Do(func() {
			if err != nil {
				p.host.Fail(err)
				return
			}
			p.host.Add(path, nil)
		})
	})
}

func (p *Page) saveWeights() {
	i, m := p.chosen()
	if m == nil {
		return
	}
	live := p.course.opened.live
	p.host.AskPath(weightsName(p.course.opened.pack.Networks[i]), func(path string) {
		p.host.Write(func(context.Context) ([]file.File, error) {
			data, err := live.File(i, m)
			return []file.File{{Path: path, Data: data}}, err
		}, path)
	})
}

// Leave implements pages.Leaver: it asks while networks learn.
func (p *Page) Leave(then func()) bool {
	c := p.course
	if !c.busy() || !c.learns {
		return false
	}
	p.ask(speak.Say("learn.leave.title"), speak.Say("learn.leave"), func() {
		if !c.busy() {
			then()
			return
		}
		c.ended = then
		c.pause()
	})
	return true
}

// show shows all of the course.
func (p *Page) show() {
	c := p.course
	p.quiet = true
	defer func() { p.quiet = false }()
	l := &c.lesson
	p.showChecks()
	p.data.SetSelectedIndex(l.data)
	kit.Show(p.folder, l.data == own)
	p.folder.SetText(speak.Say("learn.folder"))
	if l.folder != "" {
		p.folder.SetText(kit.Cut(filepath.Base(l.folder), 28))
	}
	kit.SetText(p.about, p.aboutData())
	began, button := speak.Say("learn.random"), speak.Say("learn.from")
	if l.from != "" {
		began, button = speak.Say("learn.began", filepath.Base(l.from)), speak.Say("learn.from none")
	}
	kit.SetText(p.began, began)
	p.from.SetText(button)
	kit.Show(p.setup, c.opened == nil)
	kit.Show(p.runs, c.opened != nil)
	kit.Show(p.offer, c.kept != nil && c.opened == nil && !c.busy())
	if c.kept != nil {
		var names []string
		for _, m := range c.kept.Pack.Networks {
			names = append(names, speak.Network(m.Title))
		}
		kit.SetText(p.offered, speak.Say("learn.offer", strings.Join(names, ", "), compare.FormatExact(int64(c.kept.Done()*c.kept.Pack.Recipe.Batch))))
	}
	if c.opened != nil {
		var names []string
		for _, m := range c.opened.pack.Networks {
			names = append(names, speak.Network(m.Title))
		}
		if !slices.Equal(p.network.Options, names) {
			p.network.Options = names
			p.network.SetSelectedIndex(0)
		}
		p.network.Refresh()
	} else {
		p.network.Options = nil
		p.network.ClearSelected()
	}
	p.showProgress()
	p.showCurves()
	p.showSeen()
	p.box.Refresh()
}

// showChecks has a check for each network offered, and each of the user's own.
func (p *Page) showChecks() {
	l := &p.course.lesson
	var own []train.PackMember
	for _, m := range l.networks {
		if !slices.ContainsFunc(starts, func(s train.PackMember) bool { return s.Name == m.Name }) {
			own = append(own, m)
		}
	}
	if len(p.checks) != len(starts)+len(own) {
		p.checks = p.checks[:len(starts)]
		for _, m := range own {
			c := kit.NewCheck(p.title(m), func(bool) { p.byUser(p.pick) })
			p.checks = append(p.checks, c)
		}
		if p.setup != nil {
			var all []fyne.CanvasObject
			for _, c := range p.checks {
				all = append(all, c)
			}
			p.setup.Objects[1].(*fyne.Container).Objects = all
			p.setup.Refresh()
		}
	}
	for i, c := range p.checks {
		on := i >= len(starts)
		if !on {
			on = slices.ContainsFunc(l.networks, func(m train.PackMember) bool { return m.Name == starts[i].Name })
		}
		if c.Checked != on {
			c.SetChecked(on)
		}
		kit.Enable(c, on && len(l.networks) > leastNetworks || !on && len(l.networks) < mostNetworks)
	}
}

// aboutData says what is learnt from, all of it.
func (p *Page) aboutData() string {
	l := &p.course.lesson
	if l.data == own {
		return speak.Say("learn.about.own", mostHeldOut)
	}
	s := material[l.data].scenes
	var names []string
	for _, class := range s.Classes {
		names = append(names, speak.Class(class))
	}
	about := speak.Say("learn.about."+material[l.data].key, compare.FormatExact(int64(s.Train)), s.Val)
	if len(names) > 0 {
		about += " " + speak.Say("learn.classes", strings.Join(names, ", "))
	}
	return about
}

// showProgress shows where the run is, and what can be done.
func (p *Page) showProgress() {
	p.quiet = true
	defer func() { p.quiet = false }()
	c := p.course
	finished := c.opened != nil && c.opened.live.Finished() && c.moment == nil
	text, icon := speak.Say("learn.start"), theme.MediaPlayIcon()
	switch {
	case c.busy():
		text, icon = speak.Say("learn.pause"), theme.MediaPauseIcon()
	case c.opened != nil:
		text = speak.Say("learn.go on")
	}
	if p.start.Text != text {
		p.start.SetIcon(icon)
		p.start.SetText(text)
	}
	kit.Enable(p.start, !c.pausing && !finished && len(c.lesson.networks) >= leastNetworks)
	kit.Show(p.step, c.opened != nil)
	kit.Enable(p.step, !c.busy() && !finished)
	for _, b := range []fyne.Disableable{p.add, p.save, p.anew, p.line} {
		kit.Enable(b, c.opened != nil && !c.busy())
	}
	if c.folder == "" {
		kit.Enable(p.add, false)
	}
	switch {
	case c.opened == nil && c.busy():
		kit.SetText(p.said, c.state)
	case c.opened == nil:
		kit.SetText(p.said, "")
	default:
		p.showLive()
	}
}

// textSpeed says how many pictures are learnt from in a second.
func textSpeed(speed float64) string {
	text := fmt.Sprintf("%.0f", speed)
	if speed < 9.5 {
		text = strconv.FormatFloat(speed, 'g', 2, 64)
	}
	if text == "1" {
		return speak.Say("learn.speed.one")
	}
	return speak.Say("learn.speed", text)
}

// showLive shows where a run is.
func (p *Page) showLive() {
	c := p.course
	live := c.opened.live
	done, of, each := live.Steps()
	said := speak.Say("learn.done", compare.FormatExact(int64(done*each)), compare.FormatExact(int64(of*each)))
	switch {
	case c.pausing:
		said += "\n" + speak.Say("learn.pausing")
	case c.busy() && c.speed > 0:
		left := time.Duration(float64((of-done)*each) / c.speed * float64(time.Second))
		said += "\n" + textSpeed(c.speed) + ", " + speak.Say("learn.left", pages.Duration(left))
	case live.Finished():
		said += "\n" + speak.Say("learn.finished")
	default:
		said += "\n" // what is beneath stays where it is
	}
	kit.SetText(p.said, said)
	p.showRate()
	all, every, most := live.Moments()
	p.moments = all
	if last := float64(len(all) - 1); p.line.Max != max(last, 1) {
		p.line.Max = max(last, 1)
		p.line.Refresh()
	}
	at := len(all) - 1
	if c.moment != nil {
		at = slices.Index(all, c.moment)
	}
	if at >= 0 && p.line.Value != float64(at) {
		p.line.SetValue(float64(at))
	}
	when := done
	if c.moment != nil {
		when = c.moment.At
	}
	kit.SetText(p.when, speak.Say("learn.when", compare.FormatExact(int64(when*each))))
	kit.SetText(p.thinned, speak.Say("learn.thinned", len(all), compare.FormatExact(int64(every*each)), most))
}

func (p *Page) showRate() {
	rate, factor := p.course.opened.live.Rate()
	was := p.quiet
	p.quiet = true
	p.rate.Set(math.Log10(factor), speak.Say("learn.rate.of", fmt.Sprintf("%.3g", factor), fmt.Sprintf("%.2g", rate)))
	p.quiet = was
}

// showCurves draws the learning curves.
func (p *Page) showCurves() {
	c := p.course
	loss := kit.PlotData{Title: speak.Say("learn.loss"), Foot: speak.Say("learn.pictures"), Y: kit.AxisOf(0, 3)}
	top1 := kit.PlotData{Title: speak.Say("learn.top1"), Foot: speak.Say("learn.pictures"), Y: kit.AxisOf(0, 1)}
	loss.Y.Text = func(v float64) string { return fmt.Sprintf("%.2g", v) }
	top1.Y.Text = func(v float64) string { return fmt.Sprintf("%.0f%%", 100*v) }
	of, each := 16_000, 1
	if c.opened != nil {
		live := c.opened.live
		_, of, each = live.Steps()
		top1.Title = speak.Say("learn.top1.of", c.opened.Val.Len())
		highest := math.Log(float64(len(c.opened.Train.Classes())))
		for i, m := range c.opened.pack.Networks {
			learnt, checked := live.Curves(i)
			name := speak.Network(m.Title)
			l, t := kit.Series{Name: name, Ink: i, Bare: true}, kit.Series{Name: name, Ink: i}
			for _, r := range learnt {
				l.Points = append(l.Points, kit.Point{X: kit.Exactly(float64(r.At * each)), Y: kit.Exactly(r.Loss), Told: speak.Say("learn.told.loss", name, fmt.Sprintf("%.2f", r.Loss), compare.FormatExact(int64(r.At*each)))})
				highest = max(highest, r.Loss)
			}
			for _, r := range checked {
				t.Points = append(t.Points, kit.Point{X: kit.Exactly(float64(r.At * each)), Y: kit.Exactly(r.Top1), Told: speak.Say("learn.told.top1", name, fmt.Sprintf("%.1f%%", 100*r.Top1), compare.FormatExact(int64(r.At*each)))})
			}
			loss.Series, top1.Series = append(loss.Series, l), append(top1.Series, t)
		}
		text := loss.Y.Text
		loss.Y = kit.AxisOf(0, highest)
		loss.Y.Text = text
	}
	loss.X = pages.Counts(kit.AxisOf(0, float64(of*each)))
	loss.X.Hi = float64(of * each) // the end of the run, tick or not
	loss.X.Ticks = slices.DeleteFunc(loss.X.Ticks, func(v float64) bool { return v > loss.X.Hi })
	top1.X = loss.X
	p.loss.Set(loss)
	p.top1.Set(top1)
}

// showSeen shows the maps, and the curves so far.
func (p *Page) showSeen() {
	c := p.course
	p.showCurves()
	kit.Show(p.empty, c.opened == nil)
	if c.opened == nil {
		p.sheet.Set(nil, nil, nil)
		kit.SetText(p.note, "")
		return
	}
	var heads, rows []string
	for _, w := range c.watched {
		heads = append(heads, speak.Class(w.Shows))
	}
	for _, m := range c.opened.pack.Networks {
		rows = append(rows, speak.Network(m.Title))
	}
	if c.seen == nil {
		p.sheet.Set(heads, rows, nil)
	} else {
		p.sheet.Set(heads, rows, c.seen.maps)
		kit.SetText(p.note, speak.Say("learn.note", compare.FormatExact(int64(c.seen.pictures))))
	}
}
