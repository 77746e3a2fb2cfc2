package scaling

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"scalecam/assets"
	"scalecam/compare"
	"scalecam/network"
	"scalecam/network/train"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/pages/pagetest"
	"scalecam/ui/speak"
)

// open shows the page alone.
func open(t *testing.T, r desk.Runner) (*pagetest.Host, *Page) {
	t.Helper()
	h := pagetest.New(t, r)
	p := New(h, h.Tasks.Slot(), assets.Scenes().Study, nil)
	h.Show(p)
	return h, p
}

// texts of a table's row.
func rowTexts(t *kit.Table, row int) string {
	var all []string
	for _, c := range t.Rows[row] {
		all = append(all, c.Text)
	}
	return strings.Join(all, " | ")
}

// TestCounts holds what presets and sliders show to the counts published
// and counted elsewhere.
func TestCounts(t *testing.T) {
	_, p := open(t, pagetest.Inline)
	pick := func(key string) func() {
		return func() {
			p.choices.SetSelectedIndex(slices.IndexFunc(p.presets, func(c start) bool { return c.key == key }))
		}
	}
	for _, c := range []struct {
		name   string
		change func()
		want   string
	}{
		{"start", func() {}, "Scaled | 5,288,548 | 385,814,752 | "},
		{"B3", pick("efficientnet-b3"), "Scaled | 12,233,232 | 1,827,141,392 | "},
		{"B7", pick("efficientnet-b7"), "Scaled | 66,347,960 | 37,745,884,192 | "},
		{"deeper", pick("figure-7/deeper"), "Scaled | 20,091,856 | 1,575,132,640 | "},
		{"wider", pick("figure-7/wider"), "Scaled | 18,122,720 | 1,449,958,848 | "},
		{"higher resolution", pick("figure-7/higher-resolution"), "Scaled | 5,288,548 | 1,537,537,408 | "},
		{"compound", pick("figure-7/compound"), "Scaled | 12,233,232 | 1,827,141,392 | "},
		{"our baseline", pick("scenes/baseline"), "Scaled | 108,834 | 7,043,136 | "}, // docs/scaling-study.json
		{"our compound", pick("scenes/compound"), "Scaled | "},
		{"B0", pick("efficientnet-b0"), "Scaled | 5,288,548 | 385,814,752 | "},
		{"d 4 by the slider", func() { p.depth.SetValue(4) }, "Scaled | 20,091,856 | 1,575,132,640 | "},
		{"w 2, d 1 by sliders", func() { p.depth.SetValue(1); p.width.SetValue(2) }, "Scaled | 18,122,720 | 1,449,958,848 | "},
		{"448 px by the slider", func() { p.width.SetValue(1); p.resolution.SetValue(448) }, "Scaled | 5,288,548 | 1,537,537,408 | "},
	} {
		c.change()
		if got := rowTexts(p.counts, 2); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if got, want := rowTexts(p.counts, 3), "Ratio | × 1.00 | × 3.99 | "; !strings.HasPrefix(got, want) || p.power.Text.Text != speak.Say("scaling.custom") {
		t.Errorf("ratios %s, φ %s", got, p.power.Text.Text)
	}
	if got, want := rowTexts(p.stages, 3), "3 | MBConv6 3×3 | 224 | 24 | 2 | 2 | 16.7k | "; !strings.HasPrefix(got, want) || p.stages.Rows[3][2].Was != "112" || p.stages.Rows[3][3].Was != "" {
		t.Errorf("stage 3: %s, was %v; want %s", got, p.stages.Rows[3], want)
	}
}

func TestCompound(t *testing.T) {
	_, p := open(t, pagetest.Inline)
	p.power.SetValue(1)
	if want := (network.Scaling{Depth: 1.2, Width: 1.1, Resolution: network.Square(258)}); p.network.Scaling != want || p.depth.Entry.Text != "1.2" {
		t.Errorf("φ 1 is %v, want %v", p.network.Scaling, want)
	}
	if !strings.Contains(p.constraint.Text, "1.92, about 2") || !strings.Contains(p.constraint.Text, "φ 1: 1.92 times the MACs by formula, 2.57 after rounding") {
		t.Errorf("constraint %q", p.constraint.Text)
	}
	test.Tap(p.search)
	at := slices.Index(network.Search(0.05, network.ConstraintTolerance), network.Compound{Alpha: 1, Beta: 1, Gamma: 1.4})
	p.list.Select(at)
	if p.bases.Gamma != 1.4 || p.gamma.Text != "1.4" || p.network.Scaling.Resolution != network.Square(314) || p.network.Scaling.Depth != 1 {
		t.Errorf("after taking γ 1.4: %+v, %v", p.bases, p.network.Scaling)
	}
	p.alpha.SetText("2")
	if p.network.Scaling.Depth != 2 || !strings.Contains(p.constraint.Text, "not about 2") {
		t.Errorf("α 2: %v, %q", p.network.Scaling, p.constraint.Text)
	}
	for _, text := range []string{"", "x", "0.9", "NaN", "1e9"} {
		p.alpha.SetText(text)
		if p.bases.Alpha != 2 || !p.refused.Visible() {
			t.Errorf("α of %q is %v", text, p.bases.Alpha)
		}
	}
	// What is out of range is refused with a reason, and nothing can be done
	// with it.
	p.gamma.SetText("3")
	p.power.SetValue(7)
	if p.network != nil || !p.refused.Visible() || !p.add.Disabled() || !p.time.Disabled() {
		t.Errorf("a side of 3⁷·224 px: %v, refused %q", p.network, p.refused.Text)
	}
	if state := p.State().(asked); state.Phi != 7 || len(p.drawing.networks) > 0 {
		t.Errorf("what is refused is drawn, or forgotten: %+v", state)
	}
	p.power.SetValue(0)
	if p.network == nil || p.refused.Visible() || p.add.Disabled() {
		t.Error("φ 0 is refused")
	}
}

// TestTyped: what is typed is taken to the third decimal, beyond the sliders' ends too, and
// what is no number or out of range is refused with the range.
func TestTyped(t *testing.T) {
	_, p := open(t, pagetest.Inline)
	p.depth.Entry.SetText("1,4")
	p.width.Entry.SetText("6.1234")
	p.resolution.Entry.SetText("301")
	if want := (network.Scaling{Depth: 1.4, Width: 6.123, Resolution: network.Square(301)}); p.network == nil || p.network.Scaling != want || p.compound {
		t.Errorf("%v, want %v", p.scaling, want)
	}
	if p.depth.Entry.Text != "1,4" {
		t.Errorf("what is typed became %q", p.depth.Entry.Text)
	}
	p.power.Entry.SetText("1.55")
	if !p.compound || p.phi != 1.55 || p.depth.Entry.Text != "1.327" || p.scaling.Depth != 1.327 {
		t.Errorf("φ 1.55: %v, %v", p.phi, p.scaling)
	}
	for _, c := range []struct {
		of     *kit.NumberSlider
		text   string
		within string
	}{
		{p.depth, "0", "0.001 to 100"}, {p.depth, "101", "0.001 to 100"}, {p.width, "wide", "0.001 to 100"}, {p.width, "", "0.001 to 100"},
		{p.width, "NaN", "0.001 to 100"}, {p.resolution, "31", "32 to 2048"}, {p.resolution, "2049", "32 to 2048"}, {p.power, "-1", "0 to 40"},
	} {
		before := p.scaling
		c.of.Entry.SetText(c.text)
		if p.scaling != before || !p.refused.Visible() || !strings.Contains(p.refused.Text, c.within) {
			t.Errorf("%q: %v, %q", c.text, p.scaling, p.refused.Text)
		}
	}
	p.depth.Entry.SetText("100")
	p.width.Entry.SetText("100")
	if p.network != nil || !p.refused.Visible() || !p.add.Disabled() {
		t.Errorf("a network of %v: %q", p.scaling, p.refused.Text)
	}
	state, _ := json.Marshal(p.State())
	p.choices.SetSelectedIndex(0)
	p.Restore(state)
	if p.scaling.Depth != 100 || p.scaling.Width != 100 {
		t.Errorf("restored as %v", p.scaling)
	}
}

// TestFit: within a number of MACs the largest network is found, counted, and the terminal
// finds the same.
func TestFit(t *testing.T) {
	h, p := open(t, pagetest.Inline)
	for i, by := range network.Dimensions {
		p.by.SetSelectedIndex(i)
		p.budget.SetText("2B")
		test.Tap(p.find)
		most, err := p.baseline.AtMost(2e9, by, network.PaperCompound)
		if err != nil {
			t.Fatal(err)
		}
		want := most.Network
		if p.network == nil || p.network.Scaling != want.Scaling || p.network.MACs() > 2e9 || p.compound != (by == network.Phi) {
			t.Errorf("by %s: %v, want %v", by, p.scaling, want.Scaling)
		}
		if !strings.Contains(h.Told, compare.FormatExact(want.MACs())) || h.Message != "" {
			t.Errorf("by %s: told %q, failed %q", by, h.Told, h.Message)
		}
	}
	if p.depth.SetValue(3); h.Told != "" {
		t.Errorf("of another network it is still told %q", h.Told)
	}
	for text, want := range map[string]string{"": "no count", "two": "no count", "9": "more than 9"} {
		before := p.scaling
		p.budget.SetText(text)
		test.Tap(p.find)
		if !strings.Contains(h.Message, want) || p.scaling != before {
			t.Errorf("%q: %q", text, h.Message)
		}
	}
}

// TestFast: a slider's step must not be felt; it took 5 ms.
func TestFast(t *testing.T) {
	_, p := open(t, pagetest.Inline)
	p.architecture, p.scaling, p.compound = network.EfficientNetB0, network.Scaling{Depth: 8, Width: 5, Resolution: network.Square(600)}, false
	const steps, most = 20, 100 * time.Millisecond
	start := time.Now()
	for range steps {
		p.count()
	}
	if took := time.Since(start) / steps; took > most {
		t.Errorf("counting and showing takes %v", took)
	}
}

func TestAdd(t *testing.T) {
	h, p := open(t, pagetest.Inline)
	p.architectures.SetSelected(network.EfficientNet64.Title)
	p.width.SetValue(0.5)
	test.Tap(p.add)
	if want := []string{"random:efficientnet-64,d=1,w=0.5,r=64"}; !slices.Equal(h.Added, want) || h.Message != "" {
		t.Errorf("added %q, message %q, want %q", h.Added, h.Message, want)
	}
	p.architectures.SetSelected(network.EfficientNetB0.Title)
	p.depth.SetValue(8)
	p.width.SetValue(5)
	test.Tap(p.add)
	if len(h.Added) != 1 || !strings.Contains(h.Message, "too large") {
		t.Errorf("a network too large: added %q, message %q", h.Added, h.Message)
	}
}

func TestCopy(t *testing.T) {
	h, p := open(t, pagetest.Inline)
	p.architectures.SetSelected(network.EfficientNet64.Title)
	p.power.SetValue(1)
	test.Tap(p.copied)
	want := "scalecam train --data scenes --architecture efficientnet-64 --depth 1.2 --width 1.1 --resolution 74 -o efficientnet-64-d1.2-w1.1-r74"
	if got := fyne.CurrentApp().Clipboard().Content(); got != want || !strings.Contains(h.Told, want) {
		t.Errorf("copied %q, says %q", got, h.Told)
	}
	p.architectures.SetSelected(network.EfficientNetB0.Title)
	p.depth.Entry.SetText("8") // no step of it fits
	p.width.Entry.SetText("5")
	test.Tap(p.copied)
	if got := fyne.CurrentApp().Clipboard().Content(); got != want || h.Message == "" {
		t.Errorf("8 times as deep: copied %q", got)
	}
	p.choices.SetSelectedIndex(7) // of B7 fewer pictures than usual fit
	test.Tap(p.copied)
	batch := 0
	got := fyne.CurrentApp().Clipboard().Content()
	if at := strings.Index(got, "--batch "); at >= 0 {
		if _, err := fmt.Sscanf(got[at:], "--batch %d", &batch); err != nil {
			t.Error(err)
		}
	}
	if fits := train.Check(p.network, leastBatch) == nil; fits != (got != want) || fits && (batch < leastBatch || train.Check(p.network, batch) != nil || train.Check(p.network, 2*batch) == nil) {
		t.Errorf("B7: copied %q", got)
	}
}

func TestTime(t *testing.T) {
	var q pagetest.Queue
	h, p := open(t, q.Runner())
	q.Run()
	p.Update()
	p.architectures.SetSelected(network.EfficientNet64.Title)
	p.width.SetValue(0.25)
	test.Tap(p.time)
	if !p.timing.Busy() || h.Tasks.Foremost() == nil {
		t.Fatal("it is not timed")
	}
	q.Run()
	if p.timing.Busy() || !strings.Contains(p.timed.Text, "w 0.25, 64 px: ") || !strings.Contains(p.timed.Text, "Random weights") {
		t.Errorf("timed %q", p.timed.Text)
	}
	before := p.timed.Text
	p.depth.SetValue(2)
	test.Tap(p.time)
	h.Tasks.Cancel()
	q.Run()
	if p.timing.Busy() || p.timed.Text != before || h.Message != "" {
		t.Errorf("cancelled: timed %q, message %q", p.timed.Text, h.Message)
	}
	p.architectures.SetSelected(network.EfficientNetB0.Title)
	p.depth.SetValue(8)
	p.width.SetValue(5)
	test.Tap(p.time)
	if len(q) > 0 || h.Message == "" {
		t.Errorf("a network too large is timed")
	}
}

func TestState(t *testing.T) {
	h, p := open(t, pagetest.Inline)
	fresh := func() *Page { return New(h, h.Tasks.Slot(), nil, nil) }
	for _, change := range []func(){
		func() {},
		func() { p.power.SetValue(2.5); p.tabs.SelectIndex(1) },
		func() { p.alpha.SetText("1.3") },
		func() { p.architectures.SetSelected(network.EfficientNet64.Title); p.depth.SetValue(3.3) },
		func() { p.choices.SetSelectedIndex(4) },
	} {
		change()
		state, err := json.Marshal(p.State())
		if err != nil {
			t.Fatal(err)
		}
		other := fresh()
		other.Restore(state)
		if got := other.State(); got != p.State() || rowTexts(other.counts, 2) != rowTexts(p.counts, 2) {
			t.Errorf("%s is restored as %+v", state, got)
		}
	}
	for _, garbage := range []string{
		``, `null`, `[]`, `{"depth":"x"}`, `{"architecture":"resnet","depth":-1,"width":1e300,"resolution":99999999,"phi":-3,"alpha":0,"beta":-1,"gamma":77,"tab":9,"preset":"x"}`,
		`{"compound":true,"phi":1e9}`, `{"tab":-1}`,
	} {
		other := fresh()
		other.Restore(json.RawMessage(garbage))
		if s := other.State().(asked); other.baseline == nil || s.Depth < leastFactor || s.Width > network.MaxFactor || s.Resolution > network.MaxResolution || s.Alpha < 1 || s.Phi > mostPhi || s.Phi < 0 {
			t.Errorf("%s: %+v", garbage, s)
		}
	}
}

// TestPlots: the published points are on them, and those of a study on an
// axis of their own.
func TestPlots(t *testing.T) {
	h, p := open(t, pagetest.Inline)
	if bare := New(h, h.Tasks.Slot(), nil, nil); len(bare.plots) != 2 {
		t.Errorf("%d plots without a study, want 2", len(bare.plots))
	}
	if len(p.plots) != 3 || len(p.plots[2].Series) != 5 {
		t.Fatalf("%d plots with the study", len(p.plots))
	}
	for _, q := range p.plots {
		q.Resize(fyne.NewSize(400, 300))
		for _, s := range q.Series {
			for _, v := range s.Points {
				at, on := q.Place(v)
				if !on {
					t.Errorf("%s: %s is at %v, outside", q.Title, v.Told, at)
				}
				q.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at}})
				if want := fmt.Sprintf("top-1 %.1f%%", 100*v.Y.At); !strings.Contains(q.Told, want) {
					t.Errorf("%s: over %s it says %q, want %s", q.Title, v.Told, q.Told, want)
				}
			}
		}
	}
	if points := studySeries([]byte("{}")); points != nil {
		t.Errorf("of an empty study: %v", points)
	}
}

func TestPlotLabels(t *testing.T) {
	_, p := open(t, pagetest.Inline)
	pagetest.CheckLabels(t, p.plots[1].Plot)
}

// TestDrawn: whatever the size of texts and of the window, the networks are drawn as high as
// can be seen, on the window's width and no more, and the first stages stay upright.
func TestDrawn(t *testing.T) {
	for _, percent := range []int{100, 200} {
		h, p := open(t, pagetest.Inline)
		fyne.CurrentApp().Settings().SetTheme(kit.Theme("light", percent))
		for _, size := range []fyne.Size{{Width: 1024, Height: 640}, {Width: 1280, Height: 700}, {Width: 2560, Height: 1340}} {
			h.Window().Resize(size)
			var slabs []*canvas.Rectangle
			for _, o := range test.WidgetRenderer(p.drawing).Objects() {
				if r, ok := o.(*canvas.Rectangle); ok && r.StrokeWidth == 0 {
					slabs = append(slabs, r)
				}
			}
			if len(slabs) < 30 {
				t.Fatalf("%d slabs", len(slabs))
			}
			if first := slabs[0].Size(); first.Height < 20 || first.Width > first.Height {
				t.Errorf("%d%%, %v: the first convolution is drawn %v", percent, size, first)
			}
			last := slabs[len(slabs)-1]
			if end := last.Position().X + last.Size().Width; end > p.drawing.Size().Width+1 || size.Width > 2000 && percent == 100 && end < p.drawing.Size().Width/2 {
				t.Errorf("%d%%, %v: the drawing ends at %v of %v", percent, size, end, p.drawing.Size().Width)
			}
			if least := h.Window().Content().MinSize().Height; least > size.Height {
				t.Errorf("%d%%, %v: the page takes %v", percent, size, least)
			}
		}
		h.Close()
	}
}
