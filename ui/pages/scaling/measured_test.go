package scaling

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"scalecam/assets"
	"scalecam/compare"
	"scalecam/compare/sweep"
	"scalecam/ui/kit"
	"scalecam/ui/pages/pagetest"
	"scalecam/ui/speak"
)

// opened shows the page with a result.
func opened(t *testing.T) (*pagetest.Host, *Page) {
	t.Helper()
	h, p := open(t, pagetest.Inline)
	p.tabs.SelectIndex(3)
	p.measured.open(pagetest.WriteSwept(t, pagetest.Swept(t)))
	if h.Message != "" {
		t.Fatal(h.Message)
	}
	return h, p
}

// TestMeasuredNone: without a result the tab says how one is made.
func TestMeasuredNone(t *testing.T) {
	h, p := open(t, pagetest.Inline)
	if m := p.measured; m.results.Visible() || !strings.Contains(m.about.Text, ownSweep) || h.Message != "" {
		t.Errorf("%q, %q", m.about.Text, h.Message)
	}
}

// TestMeasuredOwn: what comes with the program is read when the tab is first looked at, and
// there is a way back to it from another result.
func TestMeasuredOwn(t *testing.T) {
	h, _ := open(t, pagetest.Inline)
	p := New(h, h.Tasks.Slot(), nil, assets.Scenes().Swept)
	m := p.measured
	if m.of != nil {
		t.Error("it is read before anybody looks")
	}
	p.tabs.SelectIndex(3)
	if m.of == nil || m.back.Visible() || !strings.HasPrefix(m.about.Text, "Scenes: networks scaled from EfficientNet-64") || len(m.plot.Series) != 4 {
		t.Fatalf("%q, %d lines", m.about.Text, len(m.plot.Series))
	}
	m.open(pagetest.WriteSwept(t, pagetest.Swept(t)))
	if !m.back.Visible() || len(m.plot.Series) != 3 {
		t.Errorf("another: %q, a way back: %v", m.about.Text, m.back.Visible())
	}
	m.back.OnTapped()
	if m.back.Visible() || len(m.plot.Series) != 4 {
		t.Errorf("back: %q", m.about.Text)
	}
}

// TestMeasuredPlot: networks are where their cost and top-1 are, the cheapest first, and
// told of; by parameters, too.
func TestMeasuredPlot(t *testing.T) {
	_, p := opened(t)
	m := p.measured
	if !strings.Contains(m.about.Text, "result.json: Known: networks scaled from EfficientNet-64, all trained alike (epochs: 6); top-1 on 100,000 pictures") {
		t.Errorf("%q", m.about.Text)
	}
	if n := len(m.plot.Series); n != 3 || m.plot.Series[0].Name != speak.Say("scaling.by.depth") || m.plot.Series[1].Name != "wide alone" {
		t.Fatalf("%d lines", n)
	}
	first := m.plot.Series[0].Points[0]
	if want := "depth alone: d 1, w 1, 64 px\n7.04M MACs, 108,834 parameters\ntop-1 50.0% (49.7–50.3), seeds: 1"; first.X.At != 7_043_136 || first.Y.At != 0.5 || first.Told != want {
		t.Errorf("%+v, want %q", first, want)
	}
	m.axis.SetSelectedIndex(1)
	if v := m.plot.Series[0].Points[1]; v.X.At <= 108_834 || m.plot.Series[2].Points[0].X.At != 108_834 || !m.laws.Disabled() {
		t.Errorf("by parameters: %+v", v)
	}
	for _, s := range m.plot.Series {
		for _, v := range s.Points {
			if at, on := m.plot.Place(v); !on {
				t.Errorf("%s is at %v", v.Told, at)
			}
		}
	}
}

// TestMeasuredLaw: the law of the formula is found, and drawn to twice the cost; where there
// are too few networks, or they tell too little, that is said.
func TestMeasuredLaw(t *testing.T) {
	_, p := opened(t)
	m := p.measured
	if len(m.fitted.Rows) > 0 || m.law.Visible() {
		t.Error("laws are shown that nobody asked for")
	}
	m.laws.SetChecked(true)
	last := m.of.lines[0].Points[4].MACs
	next := 0.9 - 0.4*math.Pow(2*float64(last)/7_043_136, -0.5)
	if got := m.fitted.Texts(1); !strings.HasPrefix(got[1], "10.0% ") || !strings.HasPrefix(got[2], "0.50 0.4") || !strings.HasPrefix(got[3], fmt.Sprintf("%.1f%% ", 100*next)) || !strings.Contains(got[3], "at "+compare.FormatCount(2*last)+" MACs") {
		t.Errorf("the law of depth: %q, next %v", got, next)
	}
	if got := m.fitted.Texts(2)[1]; !strings.HasPrefix(got, "3 networks of different cost") {
		t.Errorf("of three networks: %q", got)
	}
	if got := m.fitted.Texts(3); !strings.HasPrefix(got[1], "5.0% ") || !strings.HasPrefix(got[2], "0.60 0.5") {
		t.Errorf("the law of compound scaling: %q", got)
	}
	law := m.plot.Series[3]
	if end := law.Points[len(law.Points)-1]; !law.Bare || len(m.plot.Series) != 5 || math.Abs(end.X.At/float64(2*last)-1) > 1e-9 || math.Abs(end.Y.At-next) > 0.001 {
		t.Errorf("the law is drawn to %+v", end)
	}
	slow := pagetest.Swept(t)
	set := func(top1 func(p *sweep.Measured) float64) {
		for _, v := range slow.Lines[0].Points {
			for _, t := range v.Runs {
				t.Top1 = top1(v)
			}
		}
		m.open(pagetest.WriteSwept(t, slow))
	}
	set(func(p *sweep.Measured) float64 { return 0.7 + 0.0017*math.Log2(float64(p.MACs)/7_043_136) })
	for _, text := range m.fitted.Texts(1)[1:] {
		if !strings.HasPrefix(text, speak.Say("measured.cannot")) {
			t.Errorf("of what hardly falls: %q", text)
		}
	}
	set(func(p *sweep.Measured) float64 { return 0.7 - 1e-12*float64(p.MACs) })
	if got := m.fitted.Texts(1)[1]; !strings.HasPrefix(got, "the error does not fall") || len(m.plot.Series) != 4 {
		t.Errorf("of what does not fall: %q, %d lines", got, len(m.plot.Series))
	}
}

// TestMeasuredSearch: what spends all on depth lies at that corner, the best has its ring,
// what is as good a thin one, and the paper's ratio a cross.
func TestMeasuredSearch(t *testing.T) {
	_, p := opened(t)
	m := p.measured
	points := map[string]kit.TrianglePoint{}
	place := map[string]fyne.Position{}
	for i, v := range m.triangle.Points {
		of, _, _ := strings.Cut(v.Told, ":")
		points[of], place[of] = v, m.triangle.Place(i)
	}
	for of, want := range map[string]kit.TriangleMark{
		"α 2, β 1, γ 1": kit.Unmarked, "α 1, β 1, γ 1.414": kit.Unmarked, "α 1.2, β 1.1, γ 1.174": kit.Ring, "α 1.2, β 1.2, γ 1.076": kit.ThinRing, "α 1.2, β 1.1, γ 1.15": kit.Cross,
	} {
		if got := points[of]; got.Told == "" || got.Mark != want {
			t.Errorf("%s is marked %v: %+v", of, got.Mark, got)
		}
	}
	deep, fine := points["α 2, β 1, γ 1"], points["α 1, β 1, γ 1.414"]
	if deep.Shares != [3]float64{1, 0, 0} || fine.Shares != [3]float64{0, 0, 1} || m.triangle.Scale.Hi != 0.8 {
		t.Errorf("%+v, %+v, %+v", deep, fine, m.triangle.Scale)
	}
	if top, right := place["α 2, β 1, γ 1"], place["α 1, β 1, γ 1.414"]; top.X != m.triangle.Size().Width/2 || right.X <= top.X || right.Y <= top.Y {
		t.Errorf("depth alone is at %v, resolution alone at %v", top, right)
	}
	want := fmt.Sprintf("Best of the search: α 1.2, β 1.1, γ 1.174, top-1 80.0%% (79.8–80.2). Not significantly worse: 1 of the other %d ratios.", len(m.triangle.Points)-2)
	if m.best.Text != want {
		t.Errorf("%q", m.best.Text)
	}
}

// TestMeasuredChosen: a point, a place of the triangle and a name in the table add the network
// whose weights lie beside the result; of others it is told how they are made.
func TestMeasuredChosen(t *testing.T) {
	h, p := opened(t)
	m := p.measured
	tap := func(of fyne.Tappable, at fyne.Position) { of.Tapped(&fyne.PointEvent{Position: at}) }
	at, _ := m.plot.Place(m.plot.Series[0].Points[4])
	tap(m.plot, at)
	if len(h.Added) > 0 || !strings.Contains(h.Told, "not at hand") || !strings.Contains(h.Told, "scalecam sweep RECIPE.json -o FOLDER") {
		t.Errorf("without weights: %q, %q", h.Added, h.Told)
	}
	put := func(name string) string {
		path := filepath.Join(filepath.Dir(m.path), "points", name, name+".safetensors")
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	alone := slices.IndexFunc(m.triangle.Points, func(v kit.TrianglePoint) bool { return v.Shares[0] == 1 })
	deep, searched := put("d8-w1-64px-seed1"), put("d4-w1-64px-seed1")
	tap(m.plot, at)
	tap(m.triangle, m.triangle.Place(alone))
	m.triangle.Chosen(len(m.triangle.Points) - 1) // the paper's ratio is no network
	m.points.Rows[5][1].Link.OnTapped()
	if want := []string{deep, searched, deep}; !slices.Equal(h.Added, want) || !strings.Contains(h.Told, "Added") {
		t.Errorf("added %q, want %q; told %q", h.Added, want, h.Told)
	}
}

// TestMeasuredRefused: what is no result is refused by its name, and what was shown stays.
func TestMeasuredRefused(t *testing.T) {
	h, p := opened(t)
	m := p.measured
	before := m.path
	for name, change := range map[string]func(r *sweep.Result){
		"climbs": func(r *sweep.Result) { r.Lines[0].Points[0].Runs[0].Name = "../../secret" },
		"free":   func(r *sweep.Result) { r.Lines[0].Points[0].MACs = 0 },
		"empty":  func(r *sweep.Result) { r.Lines = nil },
	} {
		r := pagetest.Swept(t)
		change(r)
		h.Result = pagetest.WriteSwept(t, r)
		h.ChooseResult(m.open)
		if !strings.Contains(h.Message, "result.json") || m.path != before || m.data.File != before {
			t.Errorf("%s: %q, %s", name, h.Message, m.path)
		}
	}
	for name, text := range map[string]string{"broken.json": `{"name": "x`, "foreign.json": `{"colour": "red"}`, "list.json": `[]`} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if m.open(path); !strings.Contains(h.Message, name) || m.path != before {
			t.Errorf("%q", h.Message)
		}
	}
	if m.open(filepath.Join(t.TempDir(), "gone.json")); !strings.Contains(h.Message, "gone.json") {
		t.Errorf("%q", h.Message)
	}
}

// TestMeasuredState: file, axis and checks come back.
func TestMeasuredState(t *testing.T) {
	h, p := opened(t)
	for _, change := range []func(){func() { p.measured.laws.SetChecked(true) }, func() { p.measured.papers.SetChecked(true) }, func() { p.measured.axis.SetSelectedIndex(1) }} {
		change()
		state, err := json.Marshal(p.State())
		if err != nil {
			t.Fatal(err)
		}
		other := New(h, h.Tasks.Slot(), nil, nil)
		other.Restore(state)
		if m := other.measured; other.State() != p.State() || m.path != p.measured.path || m.paper.Visible() != p.measured.data.Paper || len(m.fitted.Rows) != len(p.measured.fitted.Rows) {
			t.Errorf("%s is restored as %+v", state, other.State())
		}
	}
}

// TestMeasuredWhole: in a narrow window and with large texts nothing is wider than the tab.
func TestMeasuredWhole(t *testing.T) {
	for _, percent := range []int{100, 200} {
		h, p := opened(t)
		p.measured.laws.SetChecked(true)
		p.measured.papers.SetChecked(true)
		fyne.CurrentApp().Settings().SetTheme(kit.Theme("light", percent))
		for _, width := range []float32{640, 1280} {
			p.measured.box.Resize(fyne.NewSize(width, 600))
			for _, o := range []fyne.CanvasObject{p.measured.plot, p.measured.triangle} {
				if end := o.Position().X + o.Size().Width; end > width || o.Size().Width < 212 {
					t.Errorf("%d%%, %v: from %v, %v wide", percent, width, o.Position().X, o.Size().Width)
				}
			}
		}
		h.Close()
	}
}
