package compare

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/network"
	"scalecam/ui/kit"
	"scalecam/ui/speak"
)

// makers are the controls of how maps are made: method and layer, and in a line
// beneath which methods coincide and what one costs.
type makers struct {
	Method, Layer *kit.Select
	About         *widget.Label

	by      compare.By // shown
	models  []*network.Model
	methods []*cam.Method // offered
	layers  []string      // likewise, by name; the last entry of Layer is for another

	quiet   bool // what the widgets say is what is shown
	method  func(m *cam.Method)
	layer   func(name string)
	another func()
	fit     func() // finds About other room
}

func newMakers() *makers {
	m := &makers{About: kit.Caption(widget.MediumImportance)}
	m.About.Truncation, m.About.Wrapping = fyne.TextTruncateOff, fyne.TextWrapWord
	m.Method = kit.NewSelect(nil, func(string) {
		if i := m.Method.SelectedIndex(); !m.quiet && i >= 0 {
			m.method(m.methods[i])
		}
	})
	m.Layer = kit.NewSelect(nil, func(string) {
		i := m.Layer.SelectedIndex()
		if m.quiet || i < 0 {
			return
		}
		if i == len(m.layers) {
			m.show() // until another is named
			m.another()
			return
		}
		m.layer(m.layers[i])
	})
	m.set(compare.By{}, nil)
	return m
}

// set shows how the models' maps are made, and offers what all of them can have.
func (m *makers) set(by compare.By, models []*network.Model) {
	if m.methods != nil && by.Equal(m.by) && slices.Equal(models, m.models) {
		return
	}
	m.by, m.models = by, models
	m.methods = methodsFor(by, models)
	m.layers = layersFor(by, models)
	m.show()
}

func (m *makers) show() {
	m.quiet = true
	choose := func(s *kit.Select, texts []string, at int) {
		if s.Selected != texts[at] || !slices.Equal(s.Options, texts) {
			s.Options, s.Selected = texts, texts[at]
			s.Refresh()
		}
	}
	var titles, layers []string
	for _, one := range m.methods {
		titles = append(titles, one.Title)
	}
	for _, name := range m.layers {
		layers = append(layers, textLayer(name, m.models))
	}
	choose(m.Method, titles, slices.Index(m.methods, m.by.Uses()))
	choose(m.Layer, append(layers, speak.Say("layer.another")), slices.Index(m.layers, m.by.At()))
	m.quiet = false
	if about := textMethod(m.by, m.models); m.About.Text != about {
		m.About.SetText(about)
		if m.fit != nil {
			m.fit()
		}
	}
}

// methodsFor are the methods to choose from: at the last layer, where several are one
// map, the first of them alone, and the one that is chosen.
func methodsFor(by compare.By, models []*network.Model) []*cam.Method {
	var all []*cam.Method
	for _, m := range cam.Methods {
		if m == by.Uses() || !coincides(m, by, models) && offers(compare.By{Method: m}, models) {
			all = append(all, m)
		}
	}
	return all
}

// offers tells that all models can have a method at the last layer, where it goes from
// one that it cannot explain.
func offers(by compare.By, models []*network.Model) bool { return by.Check(models) == nil }

// coincides tells that a method's map is another one's at the layer, in all models.
func coincides(m *cam.Method, by compare.By, models []*network.Model) bool {
	return m.AtLast != "" && !slices.ContainsFunc(models, func(model *network.Model) bool {
		layer, err := model.FindLayer(by.At())
		return err != nil || !layer.Last || !model.Network.Architecture.Ending.Linear()
	}) && (len(models) > 0 || by.Layer == "")
}

// layersFor are the names of layers to choose from: the last, the ends of the stages
// that all models have before it, the deepest first, and the one that is chosen.
func layersFor(by compare.By, models []*network.Model) []string {
	layers := []string{cam.LastLayer.Name}
	if len(models) > 0 {
		least := len(models[0].Network.Architecture.Stages)
		for _, m := range models {
			least = min(least, len(m.Network.Architecture.Stages))
		}
		for i := least; i > 0; i-- {
			name := fmt.Sprintf("stage%d", i)
			last := func(m *network.Model) bool { layer, err := m.FindLayer(name); return err == nil && layer.Last }
			if !slices.ContainsFunc(models, last) {
				layers = append(layers, name)
			}
		}
	}
	if !slices.Contains(layers, by.At()) {
		layers = append(layers, by.At())
	}
	return layers
}

// textLayer is a layer with the grids that the models have there.
func textLayer(name string, models []*network.Model) string {
	text := name
	if name == cam.LastLayer.Name {
		text = speak.Say("layer.last")
	} else if number, ok := strings.CutPrefix(name, "stage"); ok {
		text = speak.Say("layer.stage", number)
	}
	var least, most network.Size
	for _, m := range models {
		layer, err := m.FindLayer(name)
		if err != nil {
			return text
		}
		at := m.Network.Nodes[layer.Node].Size
		if most.H*most.W == 0 || at.H*at.W < least.H*least.W {
			least = at
		}
		if at.H*at.W > most.H*most.W {
			most = at
		}
	}
	grid := func(s network.Size) string { return fmt.Sprintf("%d×%d", s.H, s.W) }
	switch {
	case len(models) == 0:
		return text
	case least == most:
		return speak.Say("layer.at", text, grid(least))
	}
	return speak.Say("layer.at", text, grid(least)+"–"+grid(most))
}

// textMethod says which methods coincide, else what one costs.
func textMethod(by compare.By, models []*network.Model) string {
	m := by.Uses()
	if coincides(m, by, models) {
		return speak.Say("method.same", m.Title)
	}
	if m == cam.MethodCAM {
		var same []string
		for _, other := range cam.Methods {
			if coincides(other, by, models) {
				same = append(same, other.Title)
			}
		}
		return speak.Say("method.all", strings.Join(same, ", "))
	}
	runs := 0
	for _, model := range models {
		runs = max(runs, by.Runs(model))
	}
	switch {
	case m.Classless():
		return speak.Say("method.no class")
	case runs == 0:
		return speak.Say("method.at once")
	case runs == 1:
		return speak.Say("method.map")
	}
	return speak.Say("method.runs."+string(m.For), runs)
}

// askLayer asks for the name of a layer.
func (p *Page) askLayer() {
	p.ask(question{speak.Say("layer.another"), speak.Say("layer.about"), "", speak.Say("layer.name"), speak.Say("layer.take")}, p.host.SetLayer)
}

// question is what is asked for in a line of text.
type question struct{ title, about, text, placeholder, yes string }

// ask asks it, until what is typed can be taken or nobody wants it any more.
func (p *Page) ask(q question, take func(text string) error) {
	entry := &kit.SearchEntry{}
	entry.ExtendBaseWidget(entry)
	entry.SetPlaceHolder(q.placeholder)
	entry.SetText(q.text)
	wrong := widget.NewLabel("")
	wrong.Wrapping, wrong.Importance = fyne.TextWrapWord, widget.DangerImportance
	wrong.Hide()
	about := widget.NewLabel(q.about)
	about.Wrapping = fyne.TextWrapWord
	wide := canvas.NewRectangle(nil)
	wide.SetMinSize(fyne.NewSize(answersWidth, 0))
	var over *dialog.CustomDialog
	done := func() {
		text := strings.TrimSpace(entry.Text)
		if text == "" {
			return
		}
		if err := take(text); err != nil {
			wrong.SetText(speak.Error(err))
			wrong.Show()
			over.Resize(over.MinSize())
			return
		}
		over.Hide()
	}
	entry.OnSubmitted = func(string) { done() }
	show := widget.NewButton(q.yes, done)
	show.Importance = widget.HighImportance
	over = dialog.NewCustomWithoutButtons(q.title, container.NewVBox(wide, about, entry, wrong), p.host.Window())
	cancel := widget.NewButton(speak.Say("cancel"), over.Hide)
	entry.OnEscape, entry.OnDown = over.Hide, func() {}
	over.SetButtons([]fyne.CanvasObject{cancel, show})
	p.host.Over(over)
	p.host.Window().Canvas().Focus(entry)
	entry.TypedShortcut(&fyne.ShortcutSelectAll{}) // what is typed takes its place
}
