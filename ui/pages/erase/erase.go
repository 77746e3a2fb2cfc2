// Package erase is the page on which regions of a picture are erased, and all networks
// answer again.
package erase

import (
	"context"
	"encoding/json"
	"image"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/compare"
	"scalecam/compare/figure"
	"scalecam/compare/record"
	"scalecam/file"
	"scalecam/network"
	"scalecam/picture"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// Host is what the page asks of the window.
type Host interface {
	pages.Host
	// Shown is the comparison in sight, and its view; nil where there is none of the
	// pictures that are shown.
	Shown() (*compare.Comparison, compare.View)
	Row() int                            // of the picture that is erased from
	ChooseClass(below fyne.CanvasObject) // to explain
	InSight(p pages.Page) bool
	ShowIn(o fyne.CanvasObject, visible bool) // for what others make room

	AskPath(name string, chosen func(path string), extensions ...string) // for a file to write
	Write(content func(ctx context.Context) ([]file.File, error), path string)

	Erased() compare.Erasure                  // what is erased of that picture
	SetErased(kind string, e compare.Erasure) // by the user, as an action of that kind; updates the page
}

// Page is a picture to draw on, and beside it what each network says before and after.
type Page struct {
	host Host
	slow *desk.Slot // the networks answer, where a method takes them many runs

	// What the user has set.
	shape picture.Shape
	size  float64 // of the brush: its width as a share of the picture's shorter side

	drawing, again bool   // see draw
	drawn          sketch // likewise: what is being drawn
	left           bool   // likewise: something else was asked for meanwhile
	shown          *contents
	answers        *answers
	quiet          bool // what the widgets say comes from what is asked for

	tool    *widget.RadioGroup
	brush   *kit.Slider
	fill    *kit.Select
	part    *kit.Check
	clear   *widget.Button
	save    *widget.Button
	class   *kit.NameLabel
	said    *widget.Label
	warning *widget.Label
	message *widget.Label

	easel         *easel
	rows          *rows
	box           *fyne.Container // of the rows
	made          []*row
	body, waiting fyne.CanvasObject
}

const (
	firstSize           = 0.12
	leastSize, mostSize = 0.02, 0.5
	sliderWidth         = 110
	fillWidth           = 190
)

// tools are the shapes, in the order in which they are offered.
var tools = []picture.Shape{picture.Brush, picture.Box, picture.Polygon}

// New makes the page, to which slow tasks run in a slot.
func New(h Host, slow *desk.Slot) *Page {
	return &Page{host: h, slow: slow, shape: picture.Brush, size: firstSize}
}

// Name implements pages.Page.
func (p *Page) Name() string { return "erase" }

// Title implements pages.Page.
func (p *Page) Title() string { return speak.Say("tab.erase") }

// Icon implements pages.Page.
func (p *Page) Icon() fyne.Resource { return theme.ContentClearIcon() }

// Content implements pages.Page.
func (p *Page) Content() fyne.CanvasObject {
	var names []string
	for _, s := range tools {
		names = append(names, speak.Say("erase.tool."+string(s)))
	}
	p.tool = kit.NewRadio(names, func(name string) {
		if i := slices.Index(names, name); i >= 0 {
			p.setTool(tools[i])
		}
	})
	p.tool.Horizontal = true
	p.brush = kit.NewSlider(100*leastSize, 100*mostSize)
	p.brush.OnChanged = func(percent float64) { p.setSize(percent / 100) }
	var fills []string
	for _, f := range picture.Fills {
		fills = append(fills, speak.Say("erase.fill."+string(f)))
	}
	p.fill = kit.NewSelect(fills, func(string) {
		e := p.host.Erased()
		e.Fill = picture.Fills[p.fill.SelectedIndex()]
		p.ask("fill", e)
	})
	p.part = kit.NewCheck(speak.Say("erase.part"), func(on bool) {
		e := p.host.Erased()
		e.Part = on
		p.ask("part", e)
	})
	p.part.Hide()
	p.clear = widget.NewButtonWithIcon(speak.Say("erase.clear"), theme.DeleteIcon(), func() {
		p.ask("unerase", compare.Erasure{Erasure: picture.Erasure{Fill: p.host.Erased().Fill}})
	})
	p.save = widget.NewButtonWithIcon(speak.Say("erase.save"), theme.DocumentSaveIcon(), p.showSave)
	p.save.Disable()
	p.class = kit.NewNameLabel()
	choose := kit.NewIconButton(theme.SearchIcon(), speak.Say("tip.class"), nil)
	choose.OnTapped = func() { p.host.ChooseClass(choose) }
	p.said, p.warning = kit.Caption(widget.MediumImportance), kit.Caption(widget.WarningImportance)
	wide := func(width float32, o fyne.CanvasObject) fyne.CanvasObject {
		return container.New(&fixedWidth{width}, o)
	}
	p.warning.Hide()
	head := container.New(layout.NewCustomPaddedVBoxLayout(-theme.InnerPadding()/2),
		container.NewHScroll(container.NewBorder(nil, nil, container.NewHBox(p.tool, widget.NewLabel(speak.Say("erase.size")), wide(sliderWidth, p.brush), widget.NewLabel(speak.Say("erase.fill")), wide(kit.OfText(fillWidth), p.fill)), container.NewHBox(p.clear, p.save))),
		container.NewBorder(nil, nil, container.NewHBox(widget.NewLabel(speak.Say("class")), choose), p.part, p.class),
		p.said, p.warning)

	p.rows = &rows{resized: p.draw}
	p.box = newRows(p.rows)
	p.made = nil
	p.easel = newEasel()
	p.easel.drawing, p.easel.drawn, p.easel.resized = p.draw, p.add, p.draw
	p.body = container.New(&beside{p.rows, p.box}, p.easel, container.NewVScroll(p.box))
	p.body.Hide()
	p.message = widget.NewLabel("")
	p.waiting = container.NewCenter(p.message)
	p.showSettings()
	return container.NewPadded(container.NewBorder(head, nil, nil, nil, container.NewStack(p.body, p.waiting)))
}

// fixedWidth gives an object a width of its own.
type fixedWidth struct{ width float32 }

// Layout implements fyne.Layout.
func (fixedWidth) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Move(fyne.Position{})
		o.Resize(size)
	}
}

// MinSize implements fyne.Layout.
func (f fixedWidth) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(f.width, objects[0].MinSize().Height)
}

// setTool takes another tool, and gives up what the last one has begun.
func (p *Page) setTool(s picture.Shape) {
	if p.quiet {
		return
	}
	p.shape = s
	p.easel.drop()
	p.showSettings()
}

// setSize makes the brush so wide, as a share of the picture's shorter side.
func (p *Page) setSize(share float64) {
	if p.quiet {
		return
	}
	p.size = min(max(share, leastSize), mostSize)
	p.showSettings()
}

// add erases one region more.
func (p *Page) add(r picture.Region) {
	e := p.host.Erased()
	e.Regions = append(slices.Clone(e.Regions), r)
	if err := e.Check(); err != nil {
		p.host.Fail(err)
		p.draw()
		return
	}
	p.ask("erase", e)
}

// ask asks for an erasure, unless the widgets only say what is asked for already.
func (p *Page) ask(kind string, e compare.Erasure) {
	if p.quiet || e.Equal(p.host.Erased()) {
		return
	}
	p.host.Dismiss()
	p.host.SetErased(kind, e)
}

// Key does what a key does on the page, and tells whether it does anything: Escape
// gives up what is being drawn, Return closes a polygon, [ and ] change the brush, and
// Delete takes the last region back.
func (p *Page) Key(name fyne.KeyName) bool {
	switch name {
	case fyne.KeyEscape:
		return p.easel.drop()
	case fyne.KeyReturn, fyne.KeyEnter:
		if _, ok := p.easel.region(); ok && p.shape == picture.Polygon {
			p.easel.end()
			return true
		}
		return false
	case fyne.KeyLeftBracket:
		p.setSize(p.size / 1.25)
		return true
	case fyne.KeyRightBracket:
		p.setSize(p.size * 1.25)
		return true
	case fyne.KeyDelete, fyne.KeyBackspace:
		e := p.host.Erased()
		if n := len(e.Regions); n > 0 {
			e.Regions = e.Regions[: n-1 : n-1]
			p.ask("unerase last", e)
		}
		return true
	}
	return false
}

// Update implements pages.Page.
func (p *Page) Update() {
	if !p.host.InSight(p) {
		p.shown, p.answers = nil, nil
		p.easel.begun = nil
		p.easel.show(nil, image.Point{})
		for _, r := range p.made {
			r.set(answer{})
		}
		return
	}
	p.showSettings()
	s, shown := p.sketch()
	if scene := shown && compare.HasPart(s.picture()); scene != p.part.Visible() {
		p.host.ShowIn(p.part, scene)
	}
	p.tool.Refresh() // icons keep the colours of a theme that was changed out of sight
	p.draw()
}

// showSettings has the controls say what is set and asked for.
func (p *Page) showSettings() {
	p.quiet = true
	defer func() { p.quiet = false }()
	e := p.host.Erased()
	p.tool.SetSelected(speak.Say("erase.tool." + string(p.shape)))
	if math.Abs(p.brush.Value-100*p.size) > 0.5 {
		p.brush.SetValue(100 * p.size)
	}
	if at := slices.Index(picture.Fills, e.Filling()); p.fill.SelectedIndex() != at {
		p.fill.SetSelectedIndex(at)
	}
	p.part.SetChecked(e.Part)
	kit.Enable(p.clear, !e.Empty())
	p.easel.tool = p.shape
	if s, ok := p.sketch(); ok {
		size := s.picture().Image.Rect.Size()
		p.easel.radius = max(math.Round(5*p.size*float64(min(size.X, size.Y)))/10, 0.5)
	}
	p.easel.Refresh()
}

// sketch is what is asked for now; false where there is nothing to draw on.
func (p *Page) sketch() (s sketch, ok bool) {
	c, view := p.host.Shown()
	if c == nil {
		return s, false
	}
	e := p.host.Erased()
	if r, drawing := p.easel.region(); drawing {
		e.Regions = append(slices.Clone(e.Regions), r)
	}
	row := min(p.host.Row(), len(c.Rows)-1)
	of := c.Rows[row].Picture.Image.Rect.Size()
	small := p.rows.shown
	w, h := kit.Pixels(small, p.box)
	return sketch{c, row, view, e, room(p.easel, of), image.Pt(w, h)}, true
}

// draw erases anew and asks the networks again. While they answer, the newest request
// waits and those before it are dropped; one that differs by the window's size alone,
// as when progress is shown, leaves them to answer.
func (p *Page) draw() {
	if !p.host.InSight(p) {
		return
	}
	s, ok := p.sketch()
	if !ok {
		p.wait(speak.Say("erase.empty"))
		return
	}
	if p.drawing {
		p.again = true
		if !s.sameAs(p.drawn) {
			p.left = true
			p.slow.Cancel() // nobody waits for that any more
		}
		return
	}
	if p.shown != nil && p.shown.of != s.picture() {
		p.wait("")
	}
	p.drawing = true
	p.layOut(s)
	s, _ = p.sketch() // at the sizes that there are now
	p.again, p.left, p.drawn = false, false, s
	before, last := p.shown, p.answers
	ctx, progress, done := p.task(s)
	p.host.Runner().Go(func() {
		now, err := s.draw(before)
		var said *answers
		if err == nil {
			p.host.Runner().Do(func() { p.show(now) })
			switch {
			case last != nil && last.of.sameAs(now.sketch):
				again := *last
				again.of = now
				said = &again
			case ctx != nil:
				said, err = now.answer(ctx, progress)
			}
		}
		p.host.Runner().Do(func() {
			p.drawing, p.drawn = false, sketch{}
			done()
			switch {
			case p.host.Closed():
			case err != nil && p.asked(now):
				p.host.Fail(err)
			case said != nil && (!p.left || !said.givenUp()):
				p.tell(said)
			}
			if p.again {
				p.again = false
				p.draw()
			}
		})
	})
}

// task is what the networks answer a sketch in. Where the method takes many runs, it
// is a task of the window's, and none while a region is still being drawn: the context
// is then nil. What they have answered is asked for by nobody again.
func (p *Page) task(s sketch) (ctx context.Context, progress func(done, total int), done func()) {
	runs := slices.ContainsFunc(s.comparison.Models, func(m *network.Model) bool { return s.comparison.By.Runs(m) > 0 })
	switch {
	case !runs || s.erasure.Empty() || p.answers != nil && p.answers.of.sameAs(s):
		return context.Background(), nil, func() {}
	case p.easel.begun != nil:
		return nil, nil, func() {}
	}
	t := p.slow.Begin(speak.Say("erase.task"))
	return t.Ctx, func(done, total int) { p.slow.Report(t, speak.Say("erase.task"), done, total) }, func() { p.slow.Finish(t, func() {}) }
}

// sameAs tells that the networks say the same of both, at the same size.
func (s sketch) sameAs(t sketch) bool {
	return s.comparison == t.comparison && s.row == t.row && s.view == t.view && s.erasure.Equal(t.erasure) && s.small == t.small
}

// asked tells that contents are of the comparison in sight.
func (p *Page) asked(s *contents) bool {
	now, ok := p.sketch()
	return ok && p.host.InSight(p) && now.comparison == s.comparison && now.row == s.row
}

// wait says why nothing is shown.
func (p *Page) wait(message string) {
	p.shown, p.answers, p.easel.begun = nil, nil, nil // which was of another picture
	kit.SetText(p.message, message)
	kit.SetText(p.said, "")
	p.class.Set("")
	kit.Enable(p.save, false)
	p.setWarning("")
	kit.Show(p.body, false)
	kit.Show(p.waiting, true)
}

// layOut has a row for each network.
func (p *Page) layOut(s sketch) {
	c := s.comparison
	for len(p.made) < len(c.Models) {
		p.made = append(p.made, newRow(p.host.Runner().Work))
	}
	of := s.picture().Image.Rect.Size()
	if n := p.rows.heads + 6*len(c.Models); len(p.box.Objects) != n || p.rows.picture != of || !p.body.Visible() {
		p.rows.picture = of
		p.box.Objects = p.box.Objects[:p.rows.heads:p.rows.heads]
		for _, r := range p.made[:len(c.Models)] {
			p.box.Objects = append(p.box.Objects, r.objects()...)
		}
		kit.Show(p.waiting, false)
		kit.Show(p.body, true)
		p.body.Refresh()
	}
}

// show shows the picture without what is erased.
func (p *Page) show(s *contents) {
	if p.host.Closed() || !p.asked(s) {
		return
	}
	p.shown = s
	p.easel.show(s.shown, s.of.Image.Rect.Size())
}

// tell shows what the networks say.
func (p *Page) tell(a *answers) {
	if !p.asked(a.of) {
		return
	}
	p.shown, p.answers = a.of, a
	c := a.of.comparison
	class := pages.ClassOf(c.Rows[a.of.row].Class, c.Models...)
	if c.Rows[a.of.row].Own {
		class = speak.Say("chip.own")
	}
	if against := pages.Against(c); against != "" {
		class = speak.Say("class.not", class, against)
	}
	p.class.Set(class)
	for j, one := range a.all {
		p.made[j].set(one)
	}
	text := speak.Say("erase.hint." + string(p.shape))
	kit.Enable(p.save, a.made != nil)
	switch {
	case a.made != nil:
		text = speak.Say("erase.said", 100*a.share) + " " + text
	case a.givenUp():
		text = speak.Say("erase.given up")
	}
	kit.SetText(p.said, text)
	p.setWarning(pages.Warning(c))
}

func (p *Page) setWarning(text string) {
	if p.warning.Text != text {
		kit.SetText(p.warning, text)
		p.host.ShowIn(p.warning, text != "")
	}
}

// Products implements pages.Exporter: the figure, and the numbers.
func (p *Page) Products() []pages.Product {
	a := p.answers
	if a == nil || a.made == nil {
		return nil
	}
	base := filepath.Base(strings.ReplaceAll(a.of.of.Path, ":", "-"))
	name := strings.ToValidUTF8(strings.TrimSuffix(base, filepath.Ext(base)), "_") + "-erased"
	return []pages.Product{
		{Title: speak.Say("erase.export.picture"), Name: name + ".png", Picture: true, Make: func(ctx context.Context) ([]byte, error) {
			v := pages.Exported(a.of.view)
			img, err := figure.DrawErased(ctx, a.made, v)
			if err != nil {
				return nil, err
			}
			return record.EncodePNG(ctx, img, record.SettingsOfErased(a.made, v, record.BaseNames))
		}},
		{Title: speak.Say("erase.export.json"), Name: name + ".json", Make: func(context.Context) ([]byte, error) {
			return record.Encode(record.ErasedReportOf(a.made, pages.Exported(a.of.view), record.BaseNames))
		}},
	}
}

// showSave asks where to save the figure of what is in sight.
func (p *Page) showSave() {
	for _, figure := range p.Products()[:min(len(p.Products()), 1)] {
		p.host.AskPath(figure.Name, func(path string) {
			p.host.Write(func(ctx context.Context) ([]file.File, error) {
				png, err := figure.Make(ctx)
				return []file.File{{Path: path, Data: png}}, err
			}, path)
		})
	}
}

// asks is what the user has set, as it is written.
type asks struct {
	Tool  picture.Shape `json:"tool"`
	Brush float64       `json:"brush"` // its width as a share of the picture's shorter side
}

// State implements pages.Page.
func (p *Page) State() any { return asks{p.shape, p.size} }

// Restore implements pages.Page.
func (p *Page) Restore(state json.RawMessage) {
	var s asks
	if json.Unmarshal(state, &s) != nil {
		return
	}
	if slices.Contains(tools, s.Tool) {
		p.shape = s.Tool
	}
	if s.Brush > 0 {
		p.size = min(max(s.Brush, leastSize), mostSize)
	}
	p.showSettings()
}
