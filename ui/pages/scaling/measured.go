package scaling

import (
	"image/color"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/colormap"
	"scalecam/compare"
	"scalecam/compare/sweep"
	"scalecam/network"
	"scalecam/printable"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// measured shows what a sweep measured: its lines over what they cost, with the laws fitted
// to them, and the search of a ratio as a triangle.
type measured struct {
	host Host
	data swept

	embedded []byte  // what comes with the program, until it is read; nil for none
	own, of  *curves // what comes with the program and what is shown; nil for none
	path     string  // of what is shown; "" for the program's own

	about, best       *widget.Label
	back              *widget.Button
	axis              *kit.Select
	laws, papers      *kit.Check
	plot              *kit.Plot
	drawn             *fyne.Container // plot, as high as the triangle
	triangle          *kit.Triangle
	fitted, points    *kit.Table
	figures           *fyne.Container
	law, paper        *fyne.Container
	controls, results *fyne.Container
	box               *container.Scroll
}

// swept is what the user has set there.
type swept struct {
	File       string // the result that was asked for; "" for the program's own
	Parameters bool   // they are the axis, not the multiply-adds
	Law, Paper bool   // is shown, too
}

// newMeasured shows a sweep's result, nil for none, and beside it on request what the paper
// published.
func newMeasured(h Host, own []byte, published []kit.PlotData) *measured {
	m := &measured{host: h, embedded: own, about: wrapped(widget.NewLabel("")), best: wrapped(widget.NewLabel("")),
		plot: kit.NewPlot(), triangle: kit.NewTriangle(cividis()), fitted: pages.Copied(h, kit.NewTable(0)), points: pages.Copied(h, kit.NewTable(0, 1))}
	open := widget.NewButtonWithIcon(speak.Say("measured.open"), theme.FolderOpenIcon(), func() { h.ChooseResult(m.open) })
	m.back = widget.NewButton(speak.Say("measured.back"), func() { m.open("") })
	m.axis = kit.NewSelect([]string{speak.Say("scaling.macs"), speak.Say("scaling.parameters")}, func(string) {
		m.data.Parameters = m.axis.SelectedIndex() == 1
		m.show()
	})
	m.laws = kit.NewCheck(speak.Say("measured.law"), func(on bool) {
		m.data.Law = on
		m.show()
	})
	m.papers = kit.NewCheck(speak.Say("measured.paper"), func(on bool) {
		m.data.Paper = on
		m.show()
	})
	caption := func(text string) *widget.Label {
		c := wrapped(kit.Caption(widget.MediumImportance))
		c.SetText(text)
		return c
	}

	flow := func() *kit.Flow { return &kit.Flow{Width: func() float32 { return kit.OfText(300) }} }
	room := canvas.NewRectangle(color.Transparent)
	room.SetMinSize(m.triangle.MinSize())
	m.drawn = container.NewStack(room, m.plot)
	m.figures, m.paper = container.New(flow(), m.drawn, m.triangle), container.New(flow())
	for _, d := range published {
		q := kit.NewPlot()
		q.Set(d)
		m.paper.Add(q)
	}
	m.box = container.NewScroll(nil)
	column := func(air float32, o ...fyne.CanvasObject) *fyne.Container {
		return container.New(&kit.Column{In: m.box, Air: air}, o...)
	}
	inset := 2 * theme.Padding()
	m.paper = column(inset, caption(speak.Say("measured.paper.note")), m.paper)
	m.law = column(inset, m.fitted, caption(speak.Say("measured.law.note")))
	m.controls = container.NewHBox(kit.Heading(speak.Say("measured.axis")), m.axis, m.laws, m.papers)
	m.results = column(inset, m.figures, m.best, m.law, m.paper, caption(speak.Say("measured.hint")), m.points)
	m.box.Content = column(0, m.about, container.NewHBox(open, m.back, m.controls), kit.Inset(m.results))
	m.axis.SetSelectedIndex(0)
	return m
}

// begin reads what comes with the program, when it is first looked at.
func (m *measured) begin() {
	if data := m.embedded; len(data) > 0 {
		m.embedded = nil
		m.load("", func() (*sweep.Result, error) { return sweep.Read(data) })
	}
}

// wrapped has a label take as many lines as it needs.
func wrapped(l *widget.Label) *widget.Label {
	l.Truncation, l.Wrapping = fyne.TextTruncateOff, fyne.TextWrapWord
	return l
}

// cividis is a scale that every eye can follow.
func cividis() *colormap.Colormap {
	c, err := colormap.Lookup("cividis")
	if err != nil {
		panic(err) // there is one, which a test holds
	}
	return c
}

// open shows another result; "" for the program's own.
func (m *measured) open(path string) {
	m.host.Dismiss()
	m.data.File = path
	if path == "" {
		m.of, m.path = m.own, ""
		m.show()
		return
	}
	m.load(path, func() (*sweep.Result, error) { return sweep.ReadFile(path) })
}

// load reads a result in the background, fits its laws, and shows it unless another is
// asked for by then.
func (m *measured) load(path string, read func() (*sweep.Result, error)) {
	h := m.host
	h.Runner().Work(func() func() {
		var c *curves
		r, err := read()
		if err == nil {
			c = newCurves(r)
		}
		return func() {
			if path == "" {
				m.own = c // embedded, which a test reads
			}
			switch {
			case h.Closed():
			case m.data.File != path:
				m.show() // that there is a way back
			case err != nil:
				m.data.File = m.path
				h.Fail(err)
			default:
				m.of, m.path = c, path
				m.show()
			}
		}
	})
}

// set shows what is asked for.
func (m *measured) set(s swept) {
	m.data.Parameters, m.data.Law, m.data.Paper = s.Parameters, s.Law, s.Paper
	if s.File != m.data.File {
		m.open(s.File)
	}
	m.show()
}

// show shows the result, or says how one is made.
func (m *measured) show() {
	at := 0
	if m.data.Parameters {
		at = 1
	}
	if m.axis.SelectedIndex() != at { // these call show
		m.axis.SetSelectedIndex(at)
	}
	m.laws.SetChecked(m.data.Law)
	m.papers.SetChecked(m.data.Paper)
	kit.Enable(m.laws, !m.data.Parameters) // of which it is none
	kit.Show(m.back, m.path != "" && m.own != nil)
	kit.Show(m.controls, m.of != nil)
	kit.Show(m.results, m.of != nil)
	if m.of == nil {
		kit.SetText(m.about, speak.Say("measured.none"))
		return
	}
	kit.SetText(m.about, m.said())
	law := m.data.Law && !m.data.Parameters
	d, points := m.of.plot(m.data.Parameters, law)
	d.Chosen = func(series, point int) { m.choose(points[series][point]) }
	m.plot.Set(d)
	kit.Show(m.drawn, len(points) > 0)
	m.showSearch()
	if law {
		m.fitted.Set(m.of.lawRows(), 0)
	} else {
		m.fitted.Set(nil, 0)
	}
	kit.Show(m.law, law)
	kit.Show(m.paper, m.data.Paper)
	m.points.Set(m.of.pointRows(m.choose), 0)
	m.box.Refresh() // as high as it now is
}

// showSearch shows the search, where there is one.
func (m *measured) showSearch() {
	kit.Show(m.triangle, m.of.search != nil)
	kit.Show(m.best, m.of.search != nil)
	if m.of.search == nil {
		return
	}
	d, best := m.of.triangle()
	d.Chosen = func(point int) {
		if point < len(m.of.search.Points) { // else the paper's ratio
			m.choose(m.of.search.Points[point])
		}
	}
	m.triangle.Set(d)
	kit.SetText(m.best, best)
}

// said says which sweep is shown.
func (m *measured) said() string {
	r := m.of.Result
	architecture := printable.Line(r.Architecture)
	if p, err := network.LookupPreset(r.Architecture); err == nil {
		architecture = p.Architecture.Title
	}
	said := speak.Say("measured.about", printable.Line(r.Title), architecture, r.Recipe.Epochs, compare.FormatExact(int64(r.Validated)))
	if m.path != "" {
		said = speak.File(m.path) + ": " + said
	}
	return said
}

// choose compares a network whose weights are at hand, or says how they are made.
func (m *measured) choose(p *sweep.Measured) {
	h := m.host
	h.Dismiss()
	for _, t := range p.Runs {
		if weights := m.weights(t); weights != "" {
			h.Add(weights, nil)
			h.Tell(speak.Say("measured.added", p.Scaling()))
			return
		}
	}
	command := "scalecam sweep RECIPE.json -o FOLDER"
	if m.path == "" {
		command = ownSweep
	}
	h.Tell(speak.Say("measured.no weights", p.Scaling(), command))
}

// ownSweep makes what comes with the program.
const ownSweep = "scalecam sweep scenes -o sweep"

// weights is the file of a training's network, beside the result; "" where there is none.
func (m *measured) weights(t *sweep.Training) string {
	if m.path == "" { // what comes with the program has none
		return ""
	}
	path := filepath.Join(filepath.Dir(m.path), "points", t.Name, t.Name+".safetensors")
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	return path
}
