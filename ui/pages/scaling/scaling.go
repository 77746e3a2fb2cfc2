// Package scaling is the page that scales an architecture and counts what comes
// of it.
package scaling

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/assets"
	"scalecam/compare"
	"scalecam/compare/evaluate"
	"scalecam/dataset/scenes"
	"scalecam/fault"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/network/train"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// Host is what the page asks of the window.
type Host interface {
	pages.Host
	Settings() models.Settings // stated for networks
	Open(spec string, stated models.Settings) (*network.Model, error)
	Add(spec string, settings models.Settings) // to those compared
	Over(d dialog.Dialog)                      // shows it
	ChooseResult(chosen func(path string))     // of a sweep, a JSON file
}

// Page scales an architecture by sliders and shows what comes of it:
// drawn, counted and, on demand, timed.
type Page struct {
	host   Host
	timing *desk.Slot

	// What is asked for. scaling is φ's where compound is set, else the sliders'.
	architecture *network.Architecture
	scaling      network.Scaling
	bases        network.Compound
	phi          float64
	compound     bool
	preset       string // its key; "" for none

	// What has been counted of it: nil where the scaling is refused.
	baseline, network *network.Network

	presets                         []start
	setting                         bool // the page moves its controls itself
	architectures, choices          *kit.Select
	depth, width, resolution, power *kit.NumberSlider
	budget                          *kit.Entry  // MACs
	by                              *kit.Select // what is scaled within it
	find                            *widget.Button
	told                            bool // what that found is told of, and is still what is asked for
	alpha, beta, gamma              *kit.Entry
	published, constraint, refused  *widget.Label
	timed                           *widget.Label
	search, time, add, copied       *widget.Button
	found                           *dialog.CustomDialog // that is open
	list                            *kit.List
	column                          *fyne.Container // of the controls

	drawing        *drawing
	counts, stages *kit.Table
	plots          []markedPlot
	families       *families
	measured       *measured
	tabs           *container.AppTabs
	box            fyne.CanvasObject
}

// start is a scaling to start from.
type start struct {
	key, title string
	network.Preset
}

// markedPlot is a plot on which networks of an architecture can be marked.
type markedPlot struct {
	*kit.Plot
	of   *network.Architecture
	bare kit.PlotData // without a mark
}

// New makes the page. The slot outlives it; study is what scalecam evaluate --json measured
// of our own networks, and swept what came of a sweep, each nil for none.
func New(h Host, timing *desk.Slot, study, swept []byte) *Page {
	p := &Page{host: h, timing: timing, architecture: network.EfficientNetB0, bases: network.PaperCompound, compound: true, presets: starts()}
	p.preset = p.presets[0].key // B0
	p.scaling = base(p.architecture)
	p.makePlots(study)
	p.makeControls()
	p.measured = newMeasured(h, swept, []kit.PlotData{p.plots[0].bare, p.plots[1].bare})
	p.makeContent()
	p.count()
	return p
}

// Name implements pages.Page.
func (p *Page) Name() string { return "scaling" }

// Title implements pages.Page.
func (p *Page) Title() string { return speak.Say("tab.scaling") }

// Icon implements pages.Page.
func (p *Page) Icon() fyne.Resource { return theme.ViewFullScreenIcon() }

// Content implements pages.Page.
func (p *Page) Content() fyne.CanvasObject { return p.box }

func base(a *network.Architecture) network.Scaling {
	return network.Scaling{Depth: 1, Width: 1, Resolution: network.Square(a.Resolution)}
}

// Update implements pages.Page.
func (p *Page) Update() { p.enable() }

func (p *Page) enable() {
	kit.Enable(p.time, p.network != nil && len(p.host.Pictures()) > 0)
	kit.Enable(p.add, p.network != nil)
	kit.Enable(p.copied, p.network != nil)
}

// recipe is that of the pack that this program trained itself.
var recipe = sync.OnceValue(func() *train.Pack {
	pack, err := train.ParsePack(assets.Scenes().Recipe)
	if err != nil {
		panic(fmt.Sprintf("scaling: %v", err)) // embedded, which a test reads
	}
	return pack
})

// own is the architecture that the pack of our own scales.
var own = sync.OnceValue(func() *network.Architecture {
	n, err := recipe().Networks[0].Network(1)
	if err != nil {
		panic(fmt.Sprintf("scaling: %v", err)) // likewise
	}
	return n.Architecture
})

// starts are the published networks, the paper's Figure 7 and table 3, and our own
// networks.
func starts() []start {
	var all []start
	for _, p := range network.Presets {
		if p.Architecture != own() { // the baseline of our own
			all = append(all, start{p.Name, p.Title, p})
		}
	}
	for _, p := range network.Figure7 {
		all = append(all, start{"figure-7/" + p.Name, speak.Say("scaling.preset.figure 7", speak.Network(p.Title)), p})
	}
	for _, s := range network.Table3 {
		for _, p := range s.Presets() {
			all = append(all, start{"table-3/" + p.Name, speak.Say("scaling.preset.table 3", scaledTitle(p)), p})
		}
	}
	for _, m := range recipe().Networks {
		n, err := m.Network(1)
		if err != nil {
			fyne.LogError("", err)
			continue
		}
		all = append(all, start{"scenes/" + m.Name, speak.Say("scaling.preset.scenes", speak.Network(m.Title)),
			network.Preset{Name: m.Name, Title: m.Title, Architecture: n.Architecture, Scaling: n.Scaling}})
	}
	return all
}

func (p *Page) makeControls() {
	var titles []string
	for _, a := range network.Architectures {
		titles = append(titles, a.Title)
	}
	p.architectures = kit.NewSelect(titles, func(string) { p.byUser(p.setArchitecture) })
	titles = nil
	for _, c := range p.presets {
		titles = append(titles, c.title)
	}
	p.choices = kit.NewSelect(titles, func(string) { p.byUser(p.setPreset) })
	p.choices.PlaceHolder = speak.Say("scaling.custom")

	factor := func(set func(s *network.Scaling, v float64)) func(string) {
		return func(text string) {
			p.typed(text, leastFactor, network.MaxFactor, leastFactor, func(v float64) {
				p.compound, p.preset = false, ""
				set(&p.scaling, v)
			})
		}
	}
	p.depth = kit.NewNumberSlider(speak.Say("scaling.depth"), 0.5, 8, 0.1, factor(func(s *network.Scaling, v float64) { s.Depth = v }))
	p.width = kit.NewNumberSlider(speak.Say("scaling.width"), 0.25, 5, 0.05, factor(func(s *network.Scaling, v float64) { s.Width = v }))
	p.resolution = kit.NewNumberSlider(speak.Say("scaling.resolution"), leastSide, 672, 8, func(text string) {
		p.typed(text, leastSide, network.MaxResolution, 1, func(v float64) {
			p.compound, p.preset = false, ""
			p.scaling.Resolution = network.Square(int(v))
		})
	})
	p.power = kit.NewNumberSlider("φ", 0, 7, 0.1, func(text string) {
		p.typed(text, 0, mostPhi, leastFactor, func(v float64) { p.compound, p.preset, p.phi = true, "", v })
	})
	own := func(set func(s *network.Scaling, v float64)) func(float64) {
		return func(v float64) {
			p.byUser(func() {
				p.compound, p.preset = false, ""
				set(&p.scaling, v)
				p.scaling = p.scaling.Rounded()
			})
		}
	}
	p.depth.OnChanged = own(func(s *network.Scaling, v float64) { s.Depth = v })
	p.width.OnChanged = own(func(s *network.Scaling, v float64) { s.Width = v })
	p.resolution.OnChanged = own(func(s *network.Scaling, v float64) { s.Resolution = network.Square(int(v)) })
	p.power.OnChanged = func(v float64) {
		p.byUser(func() {
			p.compound, p.preset, p.phi = true, "", math.Round(10*v)/10
		})
	}
	entry := func(of *float64) *kit.Entry {
		e := kit.NewEntry()
		e.Scroll = fyne.ScrollNone // no room
		e.OnChanged = func(text string) {
			v, err := parseBase(text)
			if err == nil {
				p.byUser(func() { *of = v })
			} else {
				p.refuse(err)
			}
		}
		return e
	}
	p.alpha, p.beta, p.gamma = entry(&p.bases.Alpha), entry(&p.bases.Beta), entry(&p.bases.Gamma)

	p.published, p.constraint, p.refused, p.timed = kit.Caption(widget.MediumImportance), kit.Caption(widget.MediumImportance), kit.Caption(widget.DangerImportance), kit.Caption(widget.MediumImportance)
	for _, l := range []*widget.Label{p.published, p.constraint, p.refused, p.timed} {
		l.Truncation, l.Wrapping = fyne.TextTruncateOff, fyne.TextWrapWord
	}
	p.budget = kit.NewEntry()
	p.budget.SetPlaceHolder("2B")
	p.budget.OnSubmitted = func(string) { p.fit() }
	var dimensions []string
	for _, d := range network.Dimensions {
		dimensions = append(dimensions, speak.Say("scaling.by."+string(d)))
	}
	p.by = kit.NewSelect(dimensions, nil)
	p.by.SetSelectedIndex(0)
	p.find = widget.NewButton(speak.Say("scaling.find"), p.fit)
	p.search = widget.NewButtonWithIcon(speak.Say("scaling.search"), theme.SearchIcon(), p.showSearch)
	p.time = widget.NewButtonWithIcon(speak.Say("scaling.time"), theme.MediaPlayIcon(), p.measure)
	p.add = widget.NewButtonWithIcon(speak.Say("scaling.add"), theme.ContentAddIcon(), p.addToCompare)
	p.copied = widget.NewButtonWithIcon(speak.Say("scaling.copy"), theme.ContentCopyIcon(), p.copyCommand)
	p.add.Importance = widget.HighImportance
	for _, b := range []*widget.Button{p.search, p.time, p.add, p.copied} {
		b.Alignment = widget.ButtonAlignLeading
	}
}

// parseBase reads α, β or γ.
func parseBase(text string) (float64, error) {
	const most = 4
	return parse(text, 1, most, 1e-9)
}

// What can be typed: a factor from a thousandth on, in thousandths, as φ; a side in pixels.
const (
	leastFactor = 0.001
	leastSide   = 32
	mostPhi     = 40
)

// parse reads a number from least to most, rounded to steps.
func parse(text string, least, most, step float64) (float64, error) {
	v, ok := kit.ParseNumber(text)
	if !ok || !(v >= least && v <= most) {
		return 0, fault.Errorf("%s", speak.Say("scaling.number", least, most))
	}
	return math.Round(v/step) / math.Round(1/step), nil
}

// typed does what a number says that was typed, or says which ones there are.
func (p *Page) typed(text string, least, most, step float64, change func(v float64)) {
	if p.setting {
		return
	}
	v, err := parse(text, least, most, step)
	if err != nil {
		p.refuse(err)
		return
	}
	p.byUser(func() { change(v) })
}

// fit finds the largest network within the MACs that are typed.
func (p *Page) fit() {
	h := p.host
	h.Dismiss()
	macs, err := compare.ParseCount(p.budget.Text)
	if err != nil {
		h.Fail(err)
		return
	}
	if p.baseline == nil {
		return // which is said already
	}
	by, bases, baseline := network.Dimensions[p.by.SelectedIndex()], p.bases, p.baseline
	h.Runner().Work(func() func() {
		most, err := baseline.AtMost(macs, by, bases)
		return func() {
			switch {
			case h.Closed() || baseline != p.baseline:
			case err != nil:
				h.Fail(err)
			default:
				p.byUser(func() {
					p.scaling, p.compound, p.preset = most.Network.Scaling, by == network.Phi, ""
					if p.compound {
						p.phi, p.bases = most.Value, bases
					}
				})
				p.told = true
				h.Tell(speak.Say("scaling.found", speak.Say("scaling.by."+string(by)), most.Value, compare.FormatExact(most.Network.MACs()), compare.FormatExact(macs)))
			}
		}
	})
}

// labelled is a control with its name before it.
func labelled(name string, o fyne.CanvasObject) fyne.CanvasObject {
	return container.NewBorder(nil, nil, kit.Heading(name), nil, o)
}

const (
	columnWidth = 284 // that of the controls
	headHeight  = 336 // of drawing and counts, that of them beside texts of the usual size
)

func (p *Page) makeContent() {
	width := canvas.NewRectangle(nil)
	width.SetMinSize(fyne.NewSize(columnWidth, 0))
	named := func(name string, e *kit.Entry) fyne.CanvasObject {
		return container.NewBorder(nil, nil, container.New(layout.NewCustomPaddedLayout(0, 0, 0, -theme.Padding()), widget.NewLabel(name)), nil, e)
	}
	tight := func(o ...fyne.CanvasObject) fyne.CanvasObject {
		return container.New(layout.NewCustomPaddedVBoxLayout(-theme.Padding()), o...)
	}
	p.column = container.NewVBox(
		width,
		labelled(speak.Say("scaling.architecture"), p.architectures), labelled(speak.Say("scaling.start"), p.choices), p.published,
		tight(p.depth.Box, p.width.Box, p.resolution.Box, p.power.Box),
		container.NewGridWithColumns(3, named("α", p.alpha), named("β", p.beta), named("γ", p.gamma)),
		p.constraint, p.refused, p.search, widget.NewSeparator(),
		kit.Heading(speak.Say("scaling.at most")),
		container.NewBorder(nil, nil, nil, p.find, container.NewGridWithColumns(2, p.budget, p.by)), widget.NewSeparator(),
		p.add, p.copied, p.time, p.timed,
	)
	controls := container.NewBorder(nil, nil, nil, widget.NewSeparator(), container.NewVScroll(container.NewPadded(p.column)))

	p.drawing, p.counts, p.stages = newDrawing(), pages.Copied(p.host, kit.NewTable(0)), pages.Copied(p.host, kit.NewTable(1))
	note := kit.Caption(widget.MediumImportance)
	note.Truncation, note.Wrapping = fyne.TextTruncateOff, fyne.TextWrapWord
	note.SetText(speak.Say("scaling.plots.note"))
	p.families = newFamilies(p.host)
	var plots []fyne.CanvasObject
	for _, q := range p.plots {
		plots = append(plots, kit.Inset(container.NewPadded(q.Plot)))
	}
	p.tabs = container.NewAppTabs(
		container.NewTabItemWithIcon(speak.Say("scaling.stages"), theme.ListIcon(), container.NewScroll(container.New(layout.NewCustomPaddedVBoxLayout(0), p.stages,
			container.NewHBox(widget.NewButtonWithIcon(speak.Say("table.copy"), theme.ContentCopyIcon(), func() { pages.CopyText(p.host, p.stages.Separated()) }))))),
		container.NewTabItemWithIcon(speak.Say("scaling.plots"), theme.GridIcon(), container.NewVScroll(container.NewBorder(nil, note, nil, nil,
			container.NewGridWithColumns(len(plots), plots...)))),
		container.NewTabItemWithIcon(speak.Say("scaling.families"), theme.StorageIcon(), p.families.box),
		container.NewTabItemWithIcon(speak.Say("measured.tab"), theme.ConfirmIcon(), p.measured.box),
	)
	last := len(p.tabs.Items) - 1
	about := kit.Caption(widget.MediumImportance)
	about.SetText(speak.Say("scaling.drawing"))
	head := container.NewBorder(nil, container.New(layout.NewCustomPaddedVBoxLayout(0), about, kit.Inset(p.counts)), nil, nil, p.drawing)
	above := container.NewScroll(head) // where texts are large, it takes more than its half
	above.SetMinSize(fyne.NewSize(0, headHeight))
	main := container.NewVSplit(above, p.tabs)
	main.Offset = 0.5
	p.tabs.OnSelected = func(*container.TabItem) {
		measured := p.tabs.SelectedIndex() == last
		kit.Show(above, !measured) // which is of other networks, and takes the room
		main.Refresh()
		if measured {
			p.measured.begin()
		}
	}
	p.box = container.NewBorder(nil, nil, controls, nil, main)
}

// byUser changes what is asked for, unless the page itself moves its controls,
// and counts anew.
func (p *Page) byUser(change func()) {
	if p.setting {
		return
	}
	if p.told {
		p.told = false
		p.host.Tell("") // it is of another network
	}
	change()
	p.count()
}

func (p *Page) setArchitecture() {
	p.architecture, p.preset = network.Architectures[p.architectures.SelectedIndex()], ""
	p.scaling.Resolution = network.Square(p.architecture.Resolution)
	p.families.follow(p.architecture)
}

func (p *Page) setPreset() {
	c := p.presets[p.choices.SelectedIndex()]
	p.architecture, p.scaling, p.preset = c.Architecture, c.Scaling, c.key
	p.phi, p.compound = 0, c.Scaling == base(c.Architecture)
	p.families.follow(p.architecture)
}

// count spells the network out, counts it and shows it: 0.2 ms for the largest,
// and a few more to draw.
func (p *Page) count() {
	p.network = nil
	err := p.follow()
	if err == nil {
		p.baseline, err = p.describe(base(p.architecture))
	}
	if err == nil {
		p.network, err = p.describe(p.scaling)
	}
	p.show()
	p.refuse(err)
	p.enable()
}

// follow lets φ, where it is what the user moved, set depth, width and resolution.
func (p *Page) follow() error {
	if !p.compound {
		return nil
	}
	s, err := p.bases.Scale(p.phi, p.architecture.Resolution)
	if err == nil {
		p.scaling = s.Rounded()
	}
	return err
}

// refuse says why what is asked for cannot be counted; nil is no reason.
func (p *Page) refuse(err error) {
	kit.Show(p.refused, err != nil)
	kit.Show(p.constraint, err == nil)
	if err != nil {
		kit.SetText(p.refused, speak.Error(err))
	}
	p.column.Refresh() // as high as its labels now are
}

func (p *Page) describe(s network.Scaling) (*network.Network, error) {
	n, _, err := models.Describe(spec(p.architecture, s), p.settings())
	return n, err
}

// spec names the untrained network, as models.Open takes it.
func spec(a *network.Architecture, s network.Scaling) string {
	return fmt.Sprintf("random:%s,d=%v,w=%v,r=%v", a.Name, s.Depth, s.Width, s.Resolution)
}

// settings are the window's, and for our own architecture the classes of scenes.
func (p *Page) settings() models.Settings {
	if _, stated := p.host.Settings()["classes"]; stated || p.architecture != own() {
		return p.host.Settings()
	}
	s := models.Settings{}
	maps.Copy(s, p.host.Settings())
	s["classes"] = strings.Join(scenes.Classes(), "\n")
	return s
}

// show moves the controls to what is asked for and shows what was counted.
func (p *Page) show() {
	p.setting = true
	defer func() { p.setting = false }()
	s, a := p.scaling, p.architecture
	p.architectures.SetSelectedIndex(slices.Index(network.Architectures, a))
	preset := slices.IndexFunc(p.presets, func(c start) bool { return c.key == p.preset })
	reported := "\n\n" // as high as a report
	if preset < 0 {
		p.choices.ClearSelected()
	} else {
		p.choices.SetSelectedIndex(preset)
		if r := p.presets[preset].Published; r.Top1 > 0 {
			reported = speak.Say("scaling.published", r.FLOPS, r.Top1, p.counted())
			if r.FLOPS == 0 { // of CIFAR-10's
				reported = speak.Say("scaling.published.accuracy", p.architecture.Dataset(), r.Top1)
			}
		}
	}
	kit.SetText(p.published, reported) // its place stays, so that nothing moves under the pointer
	p.depth.Set(s.Depth, "d")
	p.width.Set(s.Width, "w")
	p.resolution.Max = 3 * float64(a.Resolution)
	p.resolution.Set(float64(s.Resolution.W), fmt.Sprintf("r %.2f, px", float64(s.Resolution.W)/float64(a.Resolution)))
	phi := speak.Say("scaling.custom")
	if p.compound {
		phi = ""
	}
	p.power.Set(p.phi, phi)
	for _, b := range []struct {
		entry *kit.Entry
		value float64
	}{{p.alpha, p.bases.Alpha}, {p.beta, p.bases.Beta}, {p.gamma, p.bases.Gamma}} {
		if v, err := parseBase(b.entry.Text); err != nil || v != b.value { // not while it is typed
			b.entry.SetText(fmt.Sprint(b.value))
		}
	}
	constraint := speak.Say("scaling.constraint.not", p.bases.Cost())
	if p.bases.Doubles(network.ConstraintTolerance) {
		constraint = speak.Say("scaling.constraint", p.bases.Cost())
	}
	if p.compound && p.network != nil && p.baseline != nil {
		constraint += " " + speak.Say("scaling.counted", p.phi, math.Pow(p.bases.Cost(), p.phi), float64(p.network.MACs())/float64(p.baseline.MACs()))
	}
	kit.SetText(p.constraint, constraint)
	if p.network == nil {
		p.drawing.set(nil)
		p.counts.Set(nil, 0)
		p.stages.Set(nil, 0)
		return
	}
	p.drawing.set([]string{speak.Say("scaling.baseline.of", a.Title, p.baseline.Scaling), speak.Say("scaling.this.of", p.network.Scaling)}, p.baseline, p.network)
	p.counts.Set(p.countRows(), 1)
	p.stages.Set(p.stageRows(), 1)
	for _, q := range p.plots {
		if q.of == a {
			q.Set(q.marked(p.network.MACs()))
		} else {
			q.Set(q.bare)
		}
	}
}

// marked is the plot with a network of so many MACs marked, and its axis reaching
// there where that is not far.
func (q markedPlot) marked(macs int64) kit.PlotData {
	const far = 5
	d, count := q.bare, compare.FormatCount(macs)
	d.Mark = kit.Mark{X: float64(macs), Name: speak.Say("scaling.marked.outside", count)}
	if d.Mark.X > d.X.Lo/far && d.Mark.X < d.X.Hi*far {
		d.Mark.Name, d.X = speak.Say("scaling.marked", count), pages.MACsAxis(d.Series, d.Mark.X)
	}
	return d
}

// counted says what is counted here, beside a published figure.
func (p *Page) counted() string {
	if p.network == nil {
		return ""
	}
	return speak.Say("scaling.published.counted", compare.FormatCount(p.network.MACs()))
}

// countRows are the network's counts against its baseline's.
func (p *Page) countRows() [][]kit.TableCell {
	rows := make([][]kit.TableCell, 4)
	add := func(cells ...string) {
		for i, c := range cells {
			rows[i] = append(rows[i], kit.TableCell{Text: c})
		}
	}
	add("", speak.Say("scaling.baseline"), speak.Say("scaling.this"), speak.Say("scaling.ratio"))
	number := func(title string, of func(*network.Network) int64, format func(int64) string) {
		was, is := of(p.baseline), of(p.network)
		add(title, format(was), format(is), "× "+threeDigits(float64(is)/float64(was)))
	}
	number(speak.Say("scaling.parameters"), (*network.Network).Parameters, compare.FormatExact)
	number(speak.Say("scaling.macs"), (*network.Network).MACs, compare.FormatExact)
	number(speak.Say("scaling.memory"), (*network.Network).ActivationBytes, func(n int64) string { return threeDigits(float64(n)/(1<<20)) + " MiB" })
	number(speak.Say("scaling.field"), func(n *network.Network) int64 { return int64(n.ReceptiveField()) }, func(n int64) string { return fmt.Sprintf("%d px", n) })
	number(speak.Say("scaling.grid"), func(n *network.Network) int64 { return int64(n.Grid().H) }, func(n int64) string { return fmt.Sprintf("%[1]d×%[1]d", n) })
	number(speak.Say("scaling.blocks"), func(n *network.Network) int64 { return int64(n.Blocks()) }, compare.FormatExact)
	number(speak.Say("scaling.head"), func(n *network.Network) int64 { return int64(n.Head()) }, compare.FormatExact)
	return rows
}

// threeDigits writes a number in three digits or, above 1000, whole.
func threeDigits(v float64) string {
	switch {
	case v < 10:
		return fmt.Sprintf("%.2f", v)
	case v < 100:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// stageRows are the paper's Table 1, scaled, with the baseline's numbers where
// they differ.
func (p *Page) stageRows() [][]kit.TableCell {
	rows := [][]kit.TableCell{{
		{Text: speak.Say("scaling.stage")}, {Text: speak.Say("scaling.operator")}, {Text: speak.Say("scaling.input")}, {Text: speak.Say("scaling.channels")},
		{Text: speak.Say("scaling.layers")}, {Text: speak.Say("scaling.stride")}, {Text: speak.Say("scaling.parameters")}, {Text: speak.Say("scaling.macs")},
	}}
	cell := func(was, is string) kit.TableCell {
		if was == is {
			was = ""
		}
		return kit.TableCell{Text: is, Was: was}
	}
	before := p.baseline.Stages()
	for i, s := range p.network.Stages() {
		was := before[i]
		operator := s.Operator
		if i == len(before)-1 {
			operator = speak.Say("scaling.classifier")
		}
		rows = append(rows, []kit.TableCell{
			{Text: fmt.Sprint(i + 1)}, {Text: operator},
			cell(was.Input.String(), s.Input.String()),
			cell(fmt.Sprint(was.Channels), fmt.Sprint(s.Channels)),
			cell(fmt.Sprint(was.Layers), fmt.Sprint(s.Layers)),
			{Text: fmt.Sprint(s.Stride)},
			cell(compare.FormatCount(was.Parameters), compare.FormatCount(s.Parameters)),
			cell(compare.FormatCount(was.MACs), compare.FormatCount(s.MACs)),
		})
	}
	sum := []kit.TableCell{
		{}, {Text: speak.Say("scaling.sum")}, {}, {}, {}, {},
		cell(compare.FormatCount(p.baseline.Parameters()), compare.FormatCount(p.network.Parameters())),
		cell(compare.FormatCount(p.baseline.MACs()), compare.FormatCount(p.network.MACs())),
	}
	for i := range sum {
		sum[i].Bold = true
	}
	return append(rows, sum)
}

// makePlots plots what the paper publishes and, where it is there, our own study.
func (p *Page) makePlots(study []byte) {
	add := func(title string, of *network.Architecture, all []kit.Series) {
		var top1 []kit.Value
		for _, s := range all {
			for _, v := range s.Points {
				top1 = append(top1, v.Y)
			}
		}
		q := markedPlot{kit.NewPlot(), of, kit.PlotData{Title: title, X: pages.MACsAxis(all), Y: kit.Shares(top1), Foot: speak.Say("scaling.plot.macs"), Series: all}}
		q.Set(q.bare)
		p.plots = append(p.plots, q)
	}
	published := func(name string, r network.Published) kit.Point {
		return pages.MACsPoint(name, r.MACs(), evaluate.Share{Value: r.Top1 / 100, Known: true})
	}

	var scaled []kit.Series
	for _, f := range network.Figure7 {
		name := speak.Network(f.Title)
		scaled = append(scaled, kit.Series{Name: name, Points: []kit.Point{published(name, f.Published)}})
	}
	add(speak.Say("scaling.plot.figure"), network.EfficientNetB0, spread(scaled))

	family := kit.Series{Name: "EfficientNet", Ink: 5}
	for _, f := range network.Presets {
		if f.Architecture == network.EfficientNetB0 {
			v := published(f.Title, f.Published)
			v.Label = strings.TrimPrefix(f.Title, "EfficientNet-")
			family.Points = append(family.Points, v)
		}
	}
	all := []kit.Series{family}
	for i, s := range network.Table3 {
		star := kit.Series{Name: s.Title, Ink: i + 2, Star: true, Points: []kit.Point{published(s.Title, s.Base)}}
		for _, one := range []struct {
			name string
			network.Published
		}{{"d 4", s.Depth}, {"w 2", s.Width}, {"r 2", s.Double}, {speak.Say("scaling.compound"), s.Compound}} {
			if one.Top1 > 0 {
				star.Points = append(star.Points, published(s.Title+", "+one.name, one.Published))
			}
		}
		all = append(all, star)
	}
	add(speak.Say("scaling.plot.families"), network.EfficientNetB0, all)
	if all := studySeries(study); len(all) > 1 {
		add(speak.Say("scaling.plot.study"), own(), spread(all))
	}
}

// spread gives networks inks and joins the first, the baseline, with each of the
// others.
func spread(all []kit.Series) []kit.Series {
	for i := range all[1:] {
		s := &all[i+1]
		s.Ink, s.Points = i+1, []kit.Point{all[0].Points[0], s.Points[0]}
	}
	return all
}

// studySeries are the pack's networks in its evaluation, not what else is there of
// them at other sizes; none where it cannot be read.
func studySeries(study []byte) []kit.Series {
	var e evaluate.Evaluation
	if len(study) == 0 {
		return nil
	}
	if err := json.Unmarshal(study, &e); err != nil {
		fyne.LogError("", err) // embedded, which a test reads
		return nil
	}
	var all []kit.Series
	for _, r := range e.Standings() {
		if n := r.Network; n != nil && slices.ContainsFunc(assets.Scenes().Networks, func(own assets.PackNetwork) bool { return own.Title == n.Name }) {
			name := speak.Network(r.Name)
			all = append(all, kit.Series{Name: name, Points: []kit.Point{pages.MACsPoint(name, n.MACs, r.Shares[0])}})
		}
	}
	return all
}

// showSearch lists the bases that satisfy the constraint; one that is clicked is
// taken.
func (p *Page) showSearch() {
	const step = 0.05
	type row struct {
		network.Compound
		network *network.Network
	}
	var rows []row
	for _, c := range network.Search(step, network.ConstraintTolerance) {
		s, err := c.Scale(1, p.architecture.Resolution)
		if err != nil {
			continue
		}
		if n, err := p.describe(s.Rounded()); err == nil {
			rows = append(rows, row{c, n})
		}
	}
	line := func() *fyne.Container {
		c := container.New(layout.NewGridLayoutWithColumns(7))
		for range 7 {
			c.Add(kit.Caption(widget.MediumImportance))
		}
		return c
	}
	fill := func(c *fyne.Container, texts ...string) {
		for i, t := range texts {
			kit.SetText(c.Objects[i].(*widget.Label), t)
		}
	}
	head := line()
	fill(head, "α", "β", "γ", "α·β²·γ²", speak.Say("scaling.parameters"), speak.Say("scaling.macs"), "")
	for _, o := range head.Objects {
		o.(*widget.Label).TextStyle.Bold = true
	}
	p.list = kit.NewList(func() int { return len(rows) }, func() fyne.CanvasObject { return line() }, func(i int, o fyne.CanvasObject) {
		r, whose := rows[i], ""
		if r.Compound == network.PaperCompound {
			whose = speak.Say("scaling.paper")
		}
		fill(o.(*fyne.Container), fmt.Sprint(r.Alpha), fmt.Sprint(r.Beta), fmt.Sprint(r.Gamma), fmt.Sprintf("%.3f", r.Cost()),
			compare.FormatCount(r.network.Parameters()), compare.FormatCount(r.network.MACs()), whose)
	})
	at := slices.IndexFunc(rows, func(r row) bool { return r.Compound == p.bases })
	if at >= 0 {
		p.list.Select(at)
	}
	p.list.OnSelected = func(i int) {
		p.found.Hide()
		p.byUser(func() {
			p.bases, p.compound, p.preset = rows[i].Compound, true, ""
			p.phi = max(p.phi, 1)
		})
	}
	about := widget.NewLabel(speak.Say("scaling.search.note", len(rows), p.architecture.Title))
	about.Wrapping = fyne.TextWrapWord
	p.found = dialog.NewCustom(speak.Say("scaling.search"), speak.Say("scaling.close"), container.NewBorder(container.NewVBox(about, head), nil, nil, nil, p.list), p.host.Window())
	p.found.Resize(fyne.NewSize(700, 560))
	p.host.Over(p.found)
	if at >= 0 {
		p.list.ScrollTo(min(at+2, len(rows)-1)) // not at the very edge
	}
}

// measure times the network, with random weights, on the picture.
func (p *Page) measure() {
	h := p.host
	h.Dismiss()
	if err := p.network.Runnable(); err != nil {
		h.Fail(err)
		return
	}
	const runs = 5
	title := p.architecture.Title + " " + p.scaling.String()
	what, settings, img := spec(p.architecture, p.scaling), p.settings(), h.Pictures()[0].Image
	t := p.timing.Begin(speak.Say("scaling.timing", title))
	h.Runner().Go(func() {
		m, err := h.Open(what, settings)
		if err != nil {
			p.timing.Finish(t, func() { h.Fail(err) })
			return
		}
		took, err := m.Time(t.Ctx, network.NewInputs(img).For(m), runs, func(done, of int) {
			p.timing.Report(t, speak.Say("scaling.timing", title), done, of)
		})
		p.timing.Finish(t, func() {
			if err != nil {
				h.Fail(err)
				return
			}
			timed := speak.Say("scaling.timed", title, float64(took.Microseconds())/1000, runs)
			kit.SetText(p.timed, timed)
			h.Tell(timed)
			p.column.Refresh()
		})
	})
}

// addToCompare opens the network, untrained, beside those that are compared.
func (p *Page) addToCompare() {
	h := p.host
	h.Dismiss()
	if err := p.network.Runnable(); err != nil {
		h.Fail(err)
		return
	}
	h.Add(spec(p.architecture, p.scaling), p.settings())
}

// copyCommand puts the command that trains the network on the clipboard.
func (p *Page) copyCommand() {
	h := p.host
	h.Dismiss()
	batch := train.DefaultRecipe.Batch
	for batch > leastBatch && train.Check(p.network, batch) != nil { // as many pictures a step as fit into memory
		batch /= 2
	}
	if err := train.Check(p.network, batch); err != nil {
		h.Fail(err)
		return
	}
	command := trainCommand(p.architecture, p.scaling, batch)
	fyne.CurrentApp().Clipboard().SetContent(command)
	h.Tell(speak.Say("scaling.copied", command))
}

// leastBatch is the least of pictures in a step of which batch norm makes sense.
const leastBatch = 4

func trainCommand(a *network.Architecture, s network.Scaling, batch int) string {
	fewer := ""
	if batch != train.DefaultRecipe.Batch {
		fewer = fmt.Sprintf("--batch %d ", batch)
	}
	return fmt.Sprintf("scalecam train --data scenes --architecture %[1]s --depth %[2]v --width %[3]v --resolution %[4]v %[5]s-o %[1]s-d%[2]v-w%[3]v-r%[4]v",
		a.Name, s.Depth, s.Width, s.Resolution, fewer)
}

// asked is what the user has set on the page.
type asked struct {
	Architecture string  `json:"architecture"`
	Preset       string  `json:"preset,omitempty"`
	Depth        float64 `json:"depth"`
	Width        float64 `json:"width"`
	Resolution   int     `json:"resolution"`
	Compound     bool    `json:"compound"` // φ sets the three above
	Phi          float64 `json:"phi"`
	Alpha        float64 `json:"alpha"`
	Beta         float64 `json:"beta"`
	Gamma        float64 `json:"gamma"`
	Tab          int     `json:"tab"`
	Family       string  `json:"family"` // whose table is shown

	Sweep      file.Path `json:"sweep,omitempty"` // whose result is shown; "" for the program's own
	Parameters bool      `json:"parameters,omitempty"`
	Law        bool      `json:"law,omitempty"`
	Paper      bool      `json:"paper,omitempty"`
}

// State implements pages.Page.
func (p *Page) State() any {
	return asked{
		p.architecture.Name, p.preset, p.scaling.Depth, p.scaling.Width, p.scaling.Resolution.W, p.compound, p.phi,
		p.bases.Alpha, p.bases.Beta, p.bases.Gamma, p.tabs.SelectedIndex(), p.families.choice.Selected,
		file.Path(p.measured.data.File), p.measured.data.Parameters, p.measured.data.Law, p.measured.data.Paper,
	}
}

// Restore implements pages.Page.
func (p *Page) Restore(state json.RawMessage) {
	s := p.State().(asked) // what is left out stays
	if json.Unmarshal(state, &s) != nil {
		return
	}
	for _, a := range network.Architectures {
		if a.Name == s.Architecture {
			p.architecture = a
		}
	}
	p.scaling = network.Scaling{
		Depth: within(s.Depth, leastFactor, network.MaxFactor), Width: within(s.Width, leastFactor, network.MaxFactor),
		Resolution: network.Square(max(leastSide, min(s.Resolution, network.MaxResolution))),
	}
	for _, b := range []struct {
		of    *float64
		value float64
	}{{&p.bases.Alpha, s.Alpha}, {&p.bases.Beta, s.Beta}, {&p.bases.Gamma, s.Gamma}} {
		if v, err := parseBase(fmt.Sprint(b.value)); err == nil {
			*b.of = v
		}
	}
	p.compound, p.phi, p.preset = s.Compound, within(s.Phi, 0, mostPhi), ""
	for _, c := range p.presets {
		if c.key == s.Preset && c.Architecture == p.architecture && c.Scaling == p.scaling {
			p.preset = c.key
		}
	}
	p.count()
	if s.Tab >= 0 && s.Tab < len(p.tabs.Items) {
		p.tabs.SelectIndex(s.Tab)
	}
	if i := slices.Index(p.families.choice.Options, s.Family); i >= 0 {
		p.families.choice.SetSelectedIndex(i)
	}
	if file.CheckLocal(string(s.Sweep)) != nil { // a session may come from outside
		s.Sweep = ""
	}
	p.measured.set(swept{string(s.Sweep), s.Parameters, s.Law, s.Paper})
}

func within(v, least, most float64) float64 { return max(least, min(v, most)) }
