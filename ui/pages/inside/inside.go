// Package inside is the page that takes a map apart into its channels.
package inside

import (
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"maps"
	"slices"
	"strconv"
	"strings"
	"weak"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/network"
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
	Row() int                            // of the picture that it is about
	ChooseClass(below fyne.CanvasObject) // to explain
	InSight(p pages.Page) bool
	ShowIn(o fyne.CanvasObject, visible bool) // for what others make room
	Inside() desk.Inside                      // what the user asks for
	SetInside(kind, of string, i desk.Inside)
}

// Page takes a network's map of a class apart into its channels, and puts
// it together again.
type Page struct {
	host Host

	asked  int                         // the network's place when it was chosen
	chosen int                         // and now
	model  weak.Pointer[network.Model] // the network, once it was there
	point  *[2]float64                 // that the user pointed at: x and y, from 0 to 1 of the picture

	drawing, again bool            // see draw
	shown          *contents       // nil where there is a message instead
	maps           map[int]rowMaps // of rows of the list
	lacking        []int           // rows without theirs
	making         bool            // some of those that were lacking
	filling        bool            // a row is being filled

	network       *kit.Select
	which         fyne.CanvasObject // that with its name
	class         *kit.NameLabel
	other         *widget.Button
	picker        *pages.ClassPicker
	score         *widget.Label
	warning       *widget.Label
	message       *widget.Label
	body, waiting fyne.CanvasObject

	grid     *kit.Grid
	box      *fyne.Container // of the cells
	pictures *container.Scroll
	cells    []*kit.Cell // the picture's, then one for each map
	targets  []*target

	order          *kit.Select
	slider         *kit.Slider
	fewer, more    *kit.Button
	copied         *widget.Button // the list, as text
	kept           *widget.Label
	numbers, terms *widget.Label // at the point
	list           *kit.List
}

// orderWidth is such that its two texts are not cut off.
func orderWidth() float32 { return kit.OfText(190) }

// New makes the page.
func New(h Host) *Page { return &Page{host: h} }

// Name implements pages.Page.
func (p *Page) Name() string { return "inside" }

// Title implements pages.Page.
func (p *Page) Title() string { return speak.Say("tab.inside") }

// Icon implements pages.Page.
func (p *Page) Icon() fyne.Resource { return theme.ZoomInIcon() }

// Content implements pages.Page.
func (p *Page) Content() fyne.CanvasObject {
	p.network = kit.NewSelect(nil, nil)
	p.network.OnChanged = func(string) { p.setNetwork(p.network.SelectedIndex()) }
	p.class = kit.NewNameLabel()
	choose := kit.NewIconButton(theme.SearchIcon(), speak.Say("tip.class"), nil)
	choose.OnTapped = func() { p.host.ChooseClass(choose) }
	p.other = widget.NewButtonWithIcon(speak.Say("inside.none"), theme.MenuDropDownIcon(), p.showClasses)
	p.other.Alignment, p.other.IconPlacement = widget.ButtonAlignLeading, widget.ButtonIconTrailingText
	p.score = kit.Heading("")
	p.score.Truncation = fyne.TextTruncateEllipsis
	field := func(name string, o fyne.CanvasObject) fyne.CanvasObject {
		return container.NewBorder(nil, nil, widget.NewLabel(name), nil, o)
	}
	p.warning = kit.Caption(widget.WarningImportance)
	p.which = field(speak.Say("inside.network"), p.network)
	head := container.New(layout.NewCustomPaddedVBoxLayout(-theme.InnerPadding()/2), container.NewGridWithColumns(3,
		p.which, field(speak.Say("class"), container.NewBorder(nil, nil, choose, nil, p.class)), field(speak.Say("inside.second"), p.other)), p.score, p.warning)

	p.grid = &kit.Grid{OnResized: p.draw}
	p.box = container.New(p.grid)

	p.order = kit.NewSelect([]string{speak.Say("inside.most"), speak.Say("inside.least")}, nil)
	p.order.SetSelectedIndex(0)
	p.order.OnChanged = func(string) {
		i := p.host.Inside()
		i.Least = p.order.SelectedIndex() == 1
		p.host.SetInside("least", "", i)
	}
	p.slider = kit.NewSlider(1, 1)
	p.slider.OnChanged = func(n float64) { p.setKeep(int(n)) }
	p.fewer = kit.NewIconButton(theme.ContentRemoveIcon(), speak.Say("tip.fewer"), func() { p.addKeep(-1) })
	p.more = kit.NewIconButton(theme.ContentAddIcon(), speak.Say("tip.more"), func() { p.addKeep(1) })
	p.copied = widget.NewButtonWithIcon(speak.Say("table.copy"), theme.ContentCopyIcon(), p.copyChannels)
	p.kept = widget.NewLabel("")
	width := canvas.NewRectangle(color.Transparent)
	width.SetMinSize(fyne.NewSize(orderWidth(), 0))
	slide := container.NewBorder(nil, nil, container.NewHBox(container.NewStack(width, p.order), p.kept, p.fewer), container.NewHBox(p.more, p.copied), p.slider)

	p.numbers, p.terms = widget.NewLabel(""), widget.NewLabel("")
	p.numbers.Truncation, p.terms.Truncation = fyne.TextTruncateEllipsis, fyne.TextTruncateEllipsis
	p.list = kit.NewList(p.count, func() fyne.CanvasObject { return newChannelRow() }, func(i widget.ListItemID, o fyne.CanvasObject) {
		p.fill(i, o.(*channelRow))
	})
	p.list.OnSelected = func(i widget.ListItemID) {
		p.list.Unselect(i)
		p.setKeep(i + 1)
	}
	bottom := container.NewBorder(container.New(layout.NewCustomPaddedVBoxLayout(-theme.InnerPadding()), p.numbers, p.terms, newChannelHead()), nil, nil, nil, p.list)

	p.pictures = container.NewVScroll(container.New(layout.NewCustomPaddedLayout(0, 0, 4, 4), p.box))
	split := container.NewVSplit(container.NewBorder(nil, slide, nil, nil, p.pictures), bottom)
	split.SetOffset(0.55)
	p.message = widget.NewLabel("")
	p.body, p.waiting = split, container.NewCenter(p.message)
	p.body.Hide()
	return container.NewPadded(container.NewBorder(head, nil, nil, nil, container.NewStack(p.body, p.waiting)))
}

// Update implements pages.Page.
func (p *Page) Update() {
	if !p.host.InSight(p) {
		p.shown, p.maps = nil, nil
		return
	}
	var names []string
	for i, m := range p.host.Models() {
		names = append(names, fmt.Sprintf("%d  %s", i+1, speak.Network(m.Name))) // no two alike
	}
	selected := ""
	if i := p.at(); i >= 0 {
		selected = names[i]
	}
	kit.Show(p.which, len(names) > 1) // else there is nothing to choose
	p.network.Options, p.network.Selected = names, selected
	p.network.Refresh()
	p.order.Refresh() // its icon keeps the colours of a theme that was changed out of sight
	p.draw()
}

// at is the place of the network among the window's: the one chosen, where it
// is still there; −1 where there are none.
func (p *Page) at() int {
	models := p.host.Models()
	if i := p.host.Inside().Network; i != p.asked {
		p.asked, p.chosen, p.model = i, i, weak.Pointer[network.Model]{}
	}
	if i := slices.Index(models, p.model.Value()); i >= 0 {
		p.chosen = i
		return i
	}
	switch {
	case p.chosen < len(models):
		p.model = weak.Make(models[p.chosen])
		return p.chosen
	case len(models) > 0:
		return 0
	}
	return -1
}

// setNetwork takes the network at a place. A list that was open before the
// networks changed may name one that is gone.
func (p *Page) setNetwork(i int) {
	if i < 0 || i >= len(p.host.Models()) {
		return
	}
	m := p.host.Models()[i]
	p.asked, p.chosen, p.model = i, i, weak.Make(m)
	to := p.host.Inside()
	to.Network = i
	p.host.SetInside("inside", m.Name, to)
	p.draw() // also where it has moved to the place of the one chosen before
}

func (p *Page) setKeep(n int) {
	to := p.host.Inside()
	to.Keep = max(n, 1)
	if p.shown != nil {
		to.Keep = min(to.Keep, len(p.shown.sums.Channels))
		p.showKeep(to.Keep, len(p.shown.sums.Channels))
	}
	p.host.SetInside("keep", "", to)
}

// addKeep keeps so many channels more than are shown, or less: another network may
// have had more.
func (p *Page) addKeep(by int) {
	if p.shown != nil {
		p.setKeep(min(p.host.Inside().Keep, len(p.shown.sums.Channels)) + by)
	}
}

func (p *Page) setPoint(x, y float64) {
	p.point = &[2]float64{x, y}
	p.draw()
}

func (p *Page) setSecond(class string) {
	to := p.host.Inside()
	to.Second = class
	p.host.SetInside("second", class, to)
}

func (p *Page) showClasses() {
	if p.shown == nil {
		return
	}
	m := p.shown.model()
	first := []pages.Choice{{Text: speak.Say("inside.none"), Class: ""}}
	for _, top := range p.shown.cell().Top {
		first = append(first, pages.Choice{Text: pages.ChoiceOf(m, top), Class: m.Classes[top.Class]})
	}
	p.picker = pages.ShowClasses(p.other, p.host.Window().Canvas(), p.models, first, p.setSecond)
}

// models is the network shown, or none.
func (p *Page) models() []*network.Model {
	if p.shown == nil {
		return nil
	}
	return []*network.Model{p.shown.model()}
}

// sketch is what is asked for now, or why there is nothing to show.
func (p *Page) sketch() (s sketch, message string) {
	i := p.at()
	c, view := p.host.Shown()
	if i < 0 || c == nil {
		return s, speak.Say("inside.empty")
	}
	m := p.host.Models()[i]
	col := slices.Index(c.Models, m)
	if col < 0 {
		return s, speak.Say("inside.not run", speak.Network(m.Name))
	}
	row := min(p.host.Row(), len(c.Rows)-1)
	cell := c.Rows[row].Cells[col]
	if cell.Class < 0 {
		return s, pages.Note(c.CellNotes(row, col, view)[0], c.Models...)
	}
	width, height := kit.Pixels(p.grid.Frame, p.box)
	asked := p.host.Inside()
	second := asked.Second
	if second == c.ClassOf(row, col) { // less itself is nothing
		second = ""
	}
	s = sketch{
		comparison: c, nth: row, col: col, view: view, size: image.Pt(width, height),
		keep: min(max(asked.Keep, 1), cell.Activations.Features.K), least: asked.Least, second: second, point: p.point,
	}
	return s, ""
}

// draw makes the page anew and shows it. While one is being made, the newest
// request waits and those before it are dropped.
func (p *Page) draw() {
	if !p.host.InSight(p) {
		return
	}
	s, message := p.sketch()
	if message != "" {
		p.wait(message)
		return
	}
	if p.drawing {
		p.again = true
		return
	}
	before := p.shown
	if before != nil && before.picture() != s.picture() {
		p.wait("")
	}
	p.grid.Picture = s.picture().Image.Bounds().Size()
	p.drawing = true
	p.host.Runner().Go(func() {
		now, err := s.draw(before)
		p.host.Runner().Do(func() {
			p.drawing = false
			if !p.host.Closed() {
				p.show(now, err)
			}
			if p.again {
				p.again = false
				p.draw()
			}
		})
	})
}

// wait says why nothing is shown.
func (p *Page) wait(message string) {
	p.shown = nil
	kit.SetText(p.message, message)
	kit.SetText(p.score, "")
	p.class.Set("")
	p.setWarning("")
	kit.Show(p.body, false)
	kit.Show(p.waiting, true)
}

// show shows what was made, unless another map has been asked for meanwhile:
// its own is then on its way.
func (p *Page) show(now *contents, err error) {
	if s, message := p.sketch(); message != "" || s.comparison != now.comparison || s.nth != now.nth || s.col != now.col {
		return
	}
	if err != nil {
		p.host.Fail(err)
		return
	}
	if !p.shown.sameRows(now) {
		p.maps, p.lacking = map[int]rowMaps{}, nil
	}
	p.shown = now
	n := len(now.sums.Channels)
	p.class.Set(pages.ClassOf(now.own.Rows[0].Class, now.model()))
	kit.SetText(p.score, textScore(now.keep, n, now.score))
	other, second := speak.Say("inside.none"), p.host.Inside().Second
	switch {
	case now.lacks:
		lacking := compare.Lacking(now.model(), second)
		lacking.Args[0] = kit.Cut(pages.ClassOf(second, p.host.Models()...), 12)
		other = pages.Note(lacking)
	case second != "":
		other = kit.Cut(pages.ClassOf(second, p.host.Models()...), 18)
	}
	if p.other.Text != other {
		p.other.SetText(other)
	}
	warning := pages.Warning(now.comparison)
	by := now.comparison.By
	if by.Own = false; !by.Plain() {
		warning = strings.TrimSpace(warning + " " + speak.Say("inside.cam only"))
	}
	p.setWarning(warning)
	p.setCells(now)
	order := 0
	if now.least {
		order = 1
	}
	if p.order.SelectedIndex() != order {
		p.order.Selected = p.order.Options[order]
		p.order.Refresh()
	}
	p.showKeep(now.keep, n)
	numbers, terms := speak.Say("inside.tap"), speak.Say("inside.tap row")
	if now.at != nil {
		numbers, terms = textPoint(now.whole, *now.at), textTerms(*now.at)
	}
	kit.SetText(p.numbers, numbers)
	kit.SetText(p.terms, terms)
	p.list.Refresh()
	kit.Show(p.waiting, false)
	kit.Show(p.body, true)
	p.pictures.Refresh() // fits its contents, which may need less room now
}

func (p *Page) setWarning(text string) {
	kit.SetText(p.warning, text)
	p.host.ShowIn(p.warning, text != "")
}

func (p *Page) setCells(now *contents) {
	for len(p.cells) < len(now.cells) {
		p.cells, p.targets = append(p.cells, kit.NewCell(nil, nil, p.host.Runner().Work)), append(p.targets, newTarget(p.setPoint))
		p.targets[len(p.targets)-1].cross = len(p.targets) == 1
	}
	if len(p.box.Objects) != 2*len(now.cells) {
		p.box.Objects = nil
		for i, c := range p.cells[:len(now.cells)] {
			p.box.Objects = append(p.box.Objects, container.NewStack(c.Frame, p.targets[i]), c.Text)
		}
	}
	for i, c := range now.cells {
		p.cells[i].Set(c)
		p.targets[i].set(now.mark)
	}
	p.box.Refresh()
}

func (p *Page) showKeep(keep, n int) {
	kit.SetText(p.kept, speak.Say("inside.keep", keep, n))
	if p.slider.Max != float64(n) || p.slider.Value != float64(keep) {
		p.slider.Max, p.slider.Value = float64(n), float64(keep)
		p.slider.Refresh()
	}
	kit.Enable(p.fewer, keep > 1)
	kit.Enable(p.more, keep < n)
}

func (p *Page) count() int {
	if p.shown == nil {
		return 0
	}
	return len(p.shown.sums.Channels)
}

// cachedRows bounds the rows whose small maps are kept.
const cachedRows = 512

// makeRows makes the small maps of the rows that lack theirs, in the background.
// While some are being made, the others wait.
func (p *Page) makeRows() {
	if p.making || len(p.lacking) == 0 || p.shown == nil {
		return
	}
	p.making = true
	of, rows := p.shown, p.lacking
	p.lacking = nil
	p.host.Runner().Work(func() func() {
		made := map[int]rowMaps{}
		for _, i := range rows {
			made[i] = of.row(i)
		}
		return func() {
			p.making = false
			if of.sameRows(p.shown) && !p.host.Closed() {
				if len(p.maps)+len(made) > cachedRows {
					clear(p.maps)
				}
				maps.Copy(p.maps, made)
				if !p.filling {
					p.list.Refresh()
				}
			}
			p.makeRows()
		}
	})
}

// fill shows a channel in a row of the list.
func (p *Page) fill(i int, row *channelRow) {
	if i >= p.count() {
		return
	}
	if _, ok := p.maps[i]; !ok {
		p.lacking = append(p.lacking, i)
		p.filling = true
		p.makeRows()
		p.filling = false
	}
	maps := p.maps[i] // none until they are made
	c, at := p.shown.sums.Channels[i], ""
	if p.shown.at != nil {
		at = number(c.Term(p.shown.sums.Pooled, p.shown.at.Row, p.shown.at.Col).Value)
	}
	row.set(maps, i < p.shown.keep, c, at)
}

// copyChannels puts all channels on the clipboard, in the order of the list, with six
// digits of what the list says of each.
func (p *Page) copyChannels() {
	now := p.shown
	if now == nil {
		return
	}
	head := []string{speak.Say("inside.channel"), speak.Say("inside.mean of"), speak.Say("inside.weight"), speak.Say("inside.adds"), speak.Say("inside.running sum")}
	if now.at != nil {
		head = append(head, speak.Say("inside.at"))
	}
	rows, sum := [][]string{head}, cam.Class(now.sums.Class).Score(now.sums.Pooled.Bias)
	for _, c := range now.sums.Channels {
		sum += c.Adds
		row := []string{strconv.Itoa(c.Index)}
		values := []float64{c.Mean, float64(c.Weight), c.Adds, sum}
		if now.at != nil {
			values = append(values, c.Term(now.sums.Pooled, now.at.Row, now.at.Col).Value)
		}
		for _, v := range values {
			row = append(row, strconv.FormatFloat(v, 'g', 6, 64))
		}
		rows = append(rows, row)
	}
	pages.CopyText(p.host, kit.Separated(rows))
}

// asked is what the user has set, as it is written.
type asked struct {
	Network int         `json:"network"`
	Keep    int         `json:"keep"`
	Least   bool        `json:"least,omitempty"`
	Second  string      `json:"second,omitempty"`
	Point   *[2]float64 `json:"point,omitempty"`
}

// State implements pages.Page.
func (p *Page) State() any {
	i := p.host.Inside()
	return asked{p.chosen, i.Keep, i.Least, i.Second, p.point}
}

// Restore implements pages.Page.
func (p *Page) Restore(state json.RawMessage) {
	var s asked
	if json.Unmarshal(state, &s) != nil {
		return
	}
	to := p.host.Inside()
	if s.Network >= 0 {
		p.asked, p.chosen, p.model = s.Network, s.Network, weak.Pointer[network.Model]{}
		to.Network = s.Network
	}
	if s.Keep > 0 {
		to.Keep = s.Keep
	}
	to.Least, to.Second, p.point = s.Least, s.Second, s.Point
	p.host.SetInside("inside", "", to)
	if p.host.InSight(p) {
		p.Update()
	}
}

// textScore says how channels become a logit.
func textScore(keep, of int, s cam.Score) string {
	if keep == of {
		return speak.Say("inside.whole", of, number(s.Mean), number(s.Bias), number(s.Sum))
	}
	return speak.Say("inside.score", keep, of, number(s.Mean), number(s.Bias), number(s.Sum), number(s.Logit))
}
