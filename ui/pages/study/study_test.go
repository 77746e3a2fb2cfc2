package study

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/assets"
	"scalecam/compare"
	"scalecam/compare/evaluate"
	"scalecam/dataset"
	"scalecam/dataset/scenes"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/network/train"
	"scalecam/printable"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/pages/pagetest"
	"scalecam/ui/speak"
)

// two are two of the program's own networks.
var two = []string{"scenes:baseline", "scenes:compound"}

// open shows the page beside networks.
func open(t *testing.T, r desk.Runner, networks ...string) (*pagetest.Host, *Page) {
	t.Helper()
	h := pagetest.New(t, r, networks...)
	h.Pack = "scenes"
	p := New(h, NewKept(h.Tasks.Run, h.Tasks.Slot()))
	h.Show(p)
	return h, p
}

// cells are the texts of a row of the table; 0 is its head.
func (p *Page) cells(row int) []string {
	return p.table.Texts(row)
}

// TestStudy: the table shows the embedded study of the pack in sight, and each
// column says what it means.
func TestStudy(t *testing.T) {
	said := map[string]bool{}
	for _, pack := range assets.Packs() {
		t.Run(pack.Name, func(t *testing.T) { testStudy(t, pack, said) })
	}
	if len(said) != len(costs)+len(evaluate.Measures) {
		t.Errorf("%d explanations", len(said))
	}
}

// ofStudy are the networks in a pack's study: of scenes with the control.
var ofStudy = map[string]int{"scenes": 6, "imagenet": 5, "everyday": 5}

func testStudy(t *testing.T, pack assets.Pack, said map[string]bool) {
	h, p := open(t, pagetest.Inline)
	h.Pack = pack.Name
	p.Update()
	if p.study.Pack != pack.Name || len(p.study.Networks) != ofStudy[pack.Name] || len(p.cost.Series) != 5 {
		t.Fatalf("%d networks of %s", len(p.study.Networks), p.study.Pack)
	}
	for i, note := range pack.Notes {
		if !strings.Contains(p.about.Text, note) {
			t.Errorf("note %d is not in %q", i, p.about.Text)
		}
	}
	rows := p.study.Standings()
	for i, r := range rows {
		got := p.cells(i + 1)
		for j, at := range p.study.Measured() {
			f := r.Shares[at]
			if want := strings.TrimSpace(f.String() + " " + f.Range()); got[4+j] != want {
				t.Errorf("%s, %s: shows %q, want %q", r.Name, evaluate.Measures[at], got[4+j], want)
			}
		}
		if n := r.Network; n != nil && (got[0] != speak.Network(n.Name) || got[2] != compare.FormatCount(n.MACs)) {
			t.Errorf("row %d is %q", i, got)
		}
	}
	beneath := 1 + ofStudy[pack.Name]
	if pack.Name == "everyday" { // whose classes are not equally large
		if got := p.cells(beneath)[0]; got != speak.Say("study.baseline.largest", "yoghurt") {
			t.Errorf("beneath the networks stands %q", got)
		}
		beneath++
	}
	if got := p.cells(beneath)[0]; got != speak.Say("study.baseline.centre") || len(p.top1.Series) != ofStudy[pack.Name] || p.pointing.Mark.Name != got || pack.Name != "everyday" && p.top1.Mark.Name != "" {
		t.Errorf("beneath the networks stands %q; %d dots", got, len(p.top1.Series))
	}
	for _, c := range p.table.Rows[0] {
		if c.Link != nil {
			c.Link.OnTapped()
			said[p.explanation.Text] = true
		}
	}
}

// TestStudyOfPack: the study follows the networks in sight where they become a
// pack's; the lesson's stays until they become another's.
func TestStudyOfPack(t *testing.T) {
	h, p := open(t, pagetest.Inline)
	for _, c := range []struct{ shown, want string }{{"", "scenes"}, {"imagenet", "imagenet"}, {"", "imagenet"}, {"scenes", "scenes"}} {
		h.Pack = c.shown
		if p.Update(); p.pack.Name != c.want {
			t.Errorf("beside the networks of %q stands the study of %s", c.shown, p.pack.Name)
		}
	}
	h.Pack = "imagenet"
	p.Update()
	p.ShowStudy("scenes")
	if p.Update(); p.pack.Name != "scenes" || p.OfOwn() {
		t.Errorf("in the lesson stands the study of %s", p.pack.Name)
	}
	h = pagetest.New(t, pagetest.Inline, two...)
	if p = New(h, NewKept(h.Tasks.Run, h.Tasks.Slot())); p.pack.Name != "imagenet" {
		t.Errorf("beside nobody's networks stands the study of %s", p.pack.Name)
	}
}

// TestMeasure: what is measured is what evaluate.Run says, and the
// study can be gone back to.
func TestMeasure(t *testing.T) {
	h, p := open(t, pagetest.Inline, two...)
	p.data.Count = 10
	p.Measure()
	want, err := evaluate.Run(context.Background(), h.Networks, scenes.Set{Seed: scenes.TestSeed, Count: 10, Side: train.DefaultScenes.Side}, evaluate.Protocol{Mistakes: true}, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	want.Data, want.Mistakes.Data = p.own.Data, p.own.Data
	if !reflect.DeepEqual(p.own, want) {
		t.Errorf("measured %+v, want %+v", p.own, want)
	}
	if got := p.cells(1); p.shown() != p.own || got[0] != "baseline" || p.heading.Text != speak.Say("study.yours", 2, p.own.Data) || !p.turn.Visible() {
		t.Errorf("row %q under %q", got, p.heading.Text)
	}
	test.Tap(p.turn)
	if p.shown() != p.study || len(p.top1.Series) != 6 {
		t.Error("the study does not come back")
	}
	laidOut := func() {
		t.Helper()
		end := p.table.Size().Height + fyne.CurrentApp().Driver().AbsolutePositionForObject(p.table).Y
		if p.table.Size().Height != p.table.MinSize().Height || end > fyne.CurrentApp().Driver().AbsolutePositionForObject(p.explanation).Y {
			t.Errorf("a table %v high ends at %v", p.table.Size().Height, end)
		}
	}
	laidOut()
	if height := p.table.MinSize().Height; height > 8*30 {
		t.Errorf("a table of 8 rows %v high: not in its theme", height)
	}
	test.Tap(p.turn)
	laidOut()
	if p.shown() != p.own {
		t.Error("the own networks do not come back")
	}
}

// TestLanguage: what is being measured when another page is made, as in another
// language, goes on, can be cancelled, and is there in the end.
func TestLanguage(t *testing.T) {
	var q pagetest.Queue
	h := pagetest.New(t, q.Runner(), two...)
	kept := NewKept(h.Tasks.Run, h.Tasks.Slot())
	p := New(h, kept)
	for _, cancelled := range []bool{true, false} {
		p.data.Count = 10
		p.Measure()
		p = New(h, kept)
		h.Show(p)
		if h.Tasks.Foremost() == nil {
			t.Fatal("nothing is measured any more")
		}
		if cancelled {
			h.Tasks.Cancel()
		}
		q.Run()
		if there := p.own != nil; there == cancelled || there != p.turn.Visible() || h.Tasks.Foremost() != nil {
			t.Errorf("cancelled %v: measured %v", cancelled, there)
		}
	}
	own := p.own
	if p = New(h, kept); p.own != own || p.heading.Text != speak.Say("study.yours", 2, textData(own)) {
		t.Errorf("on another page: %q", p.heading.Text)
	}
}

// TestCancel: what is cancelled midway leaves the study, and reports go no
// further than their task.
func TestCancel(t *testing.T) {
	var q pagetest.Queue
	h, p := open(t, q.Runner(), two...)
	q.Run()
	p.data.Count = 200
	p.Measure()
	reports := 0
	h.Changed = func() {
		if t := h.Tasks.Foremost(); t == nil || t.Done == 0 {
			return
		}
		if reports++; reports == 1 {
			if now := h.Tasks.Foremost(); now.Total != 200 {
				t.Errorf("progress of %v", now.Total)
			}
			h.Tasks.Cancel()
		}
	}
	q.Run()
	if p.own != nil || p.measuring.Busy() || p.shown() != p.study || h.Message != "" || h.Tasks.Foremost() != nil {
		t.Error("cancelled, the study is not as it was")
	}
	if reports != 1 {
		t.Errorf("%d reports", reports)
	}
}

// labelled writes a class folder of scenes without masks.
func labelled(t *testing.T, classes ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i, class := range classes {
		x, err := scenes.Set{Seed: 9, Count: 20, Side: 64}.At(i)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := errors.Join(png.Encode(&b, x.Image), os.MkdirAll(filepath.Join(dir, class), 0o755), os.WriteFile(filepath.Join(dir, class, "1.png"), b.Bytes(), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestFolder: pictures without masks are measured in top-1 alone.
func TestFolder(t *testing.T) {
	h, p := open(t, pagetest.Inline, two...)
	p.data = origin{Folder: file.Path(labelled(t, "cat", "dog")), UseFolder: true, Count: 200}
	p.Measure()
	if h.Message != "" || p.own == nil || p.own.Count != 2 || p.own.Unmasked != 2 {
		t.Fatalf("measured %+v, message %q", p.own, h.Message)
	}
	path := filepath.Join(t.TempDir(), "study.csv")
	p.save(path)
	for _, name := range []string{path, file.WithExtension(path, ".json")} {
		if data, err := os.ReadFile(name); err != nil || bytes.Contains(data, []byte(filepath.Dir(string(p.data.Folder)))) {
			t.Errorf("%s tells where the folder is (%v)", name, err)
		}
	}
	if got := p.cells(1); strings.HasPrefix(got[4], "–") || len(got) != 5 || p.pointing.Visible() || !p.top1.Visible() {
		t.Errorf("row %q", got)
	}
	if !strings.Contains(p.about.Text, speak.Say("study.unmasked", 2)) {
		t.Errorf("it says %q", p.about.Text)
	}
	always := speak.Say("study.baseline.largest", speak.Class("cat"))
	if got := p.cells(1 + len(two)); got[0] != always || got[4] != "50.0" || p.top1.Mark.Name != always || p.top1.Mark.X != 0.5 {
		t.Errorf("beneath the networks stands %q; the mark %+v", got, p.top1.Mark)
	}
}

// TestFolderAsTerminal: on a folder the window measures as scalecam evaluate does:
// the whole of a wide picture, and maps enlarged bicubically.
func TestFolderAsTerminal(t *testing.T) {
	dir := t.TempDir()
	for i, class := range []string{"cat", "dog"} {
		wide := image.NewRGBA(image.Rect(0, 0, 160, 64))
		x, err := scenes.Set{Seed: 9, Count: 20, Side: 64}.At(i)
		if err != nil {
			t.Fatal(err)
		}
		draw.Draw(wide, image.Rect(96, 0, 160, 64), x.Image, image.Point{}, draw.Src)
		var b bytes.Buffer
		if err := errors.Join(png.Encode(&b, wide), os.MkdirAll(filepath.Join(dir, class), 0o755), os.WriteFile(filepath.Join(dir, class, "1.png"), b.Bytes(), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	const outline = `{"box": [100, 4, 150, 60], "polygon": [[100, 4], [150, 4], [150, 60], [100, 60]]}`
	if err := os.WriteFile(filepath.Join(dir, "annotations.json"), []byte(`{"cat/1.png": `+outline+`, "dog/1.png": `+outline+`}`), 0o600); err != nil {
		t.Fatal(err)
	}
	h, p := open(t, pagetest.Inline, two...)
	p.data = origin{Folder: file.Path(dir), UseFolder: true, Count: 200}
	p.Measure()
	if p.own == nil || p.own.Unmasked != 0 {
		t.Fatalf("measured %+v, message %q", p.own, h.Message)
	}
	folder, err := dataset.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	run := func(crop string, bicubic bool) []evaluate.NetworkEvaluation {
		t.Helper()
		var opened []*network.Model
		for _, spec := range two {
			m, err := models.Open(spec, models.Settings{"crop": crop})
			if err != nil {
				t.Fatal(err)
			}
			opened = append(opened, m)
		}
		e, err := evaluate.Run(t.Context(), opened, folder, evaluate.Protocol{Bicubic: bicubic}, func(int, int) {})
		if err != nil {
			t.Fatal(err)
		}
		return e.Networks
	}
	if want := run("none", true); !reflect.DeepEqual(p.own.Networks, want) {
		t.Errorf("measured %+v, want %+v", p.own.Networks[0].Placement, want[0].Placement)
	}
	for name, other := range map[string][]evaluate.NetworkEvaluation{"the centre alone": run("centre", true), "linearly": run("none", false)} {
		if reflect.DeepEqual(p.own.Networks, other) {
			t.Errorf("%s, it would come to the same: the test tells nothing", name)
		}
	}
}

// TestBroken: pictures that cannot be read are left out and told of.
func TestBroken(t *testing.T) {
	h, p := open(t, pagetest.Inline, two...)
	dir := labelled(t, "cat", "dog")
	if err := os.WriteFile(filepath.Join(dir, "dog", "0.png"), []byte("no picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.data = origin{Folder: file.Path(dir), UseFolder: true, Count: 200}
	p.Measure()
	if p.own == nil || p.own.Count != 2 || !strings.HasPrefix(h.Message, "1 of 3 pictures") || !strings.Contains(h.Message, "0.png") {
		t.Errorf("measured %+v, message %q", p.own, h.Message)
	}
	for _, class := range []string{"cat", "dog"} {
		if err := os.WriteFile(filepath.Join(dir, class, "1.png"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.own = nil
	p.Measure()
	if p.own != nil || h.Message == "" || !strings.Contains(h.Message, filepath.Join("cat", "1.png")) {
		t.Errorf("of none: %+v, message %q", p.own, h.Message)
	}
}

// TestLeftOut: networks that do not know the classes are left out and told
// of.
func TestLeftOut(t *testing.T) {
	h, p := open(t, pagetest.Inline, append([]string{pagetest.Small[0]}, two...)...)
	p.data.Count = 10
	p.Measure()
	if p.own == nil || len(p.own.Networks) != 2 || h.Message != speak.Say("study.left out", h.Networks[0].Name) {
		t.Errorf("measured %+v, message %q", p.own, h.Message)
	}
}

// TestErrors are told in place, with a remedy, and leave the study.
func TestErrors(t *testing.T) {
	for _, c := range []struct {
		name     string
		networks []string
		data     origin
		want     string
	}{
		{"other classes", pagetest.Small, origin{Count: 200}, "None of the networks knows these classes: EfficientNet-B0"},
		{"no folder chosen", two, origin{UseFolder: true, Count: 200}, speak.Say("study.no folder")},
		{"no such folder", two, origin{Folder: "nowhere", UseFolder: true, Count: 200}, "nowhere"},
		{"class of the folder", two, origin{Folder: file.Path(labelled(t, "cat", "zebra")), UseFolder: true, Count: 200}, speak.Say("study.unknown", "baseline, compound")},
	} {
		h, p := open(t, pagetest.Inline, c.networks...)
		p.data = c.data
		p.Measure()
		if h.Message == "" || !strings.Contains(h.Message, c.want) || p.shown() != p.study || h.Tasks.Foremost() != nil {
			t.Errorf("%s: message %q", c.name, h.Message)
		}
	}
	h, p := open(t, pagetest.Inline, two...)
	h.Networks = nil
	p.Measure()
	if h.Message != speak.Say("study.no networks") {
		t.Errorf("without networks: %q", h.Message)
	}
}

// TestSave: both files are what is in sight.
func TestSave(t *testing.T) {
	h, p := open(t, pagetest.Inline)
	dir := t.TempDir()
	p.save(filepath.Join(dir, "figures.csv"))
	text, err := os.ReadFile(filepath.Join(dir, "figures.csv"))
	if err != nil || !strings.Contains(string(text), "\nhigher resolution,") {
		t.Errorf("%s, %v", text, err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "figures.json"))
	var e evaluate.Evaluation
	err = errors.Join(err, json.Unmarshal(data, &e))
	e.Stamp = p.study.Stamp // the program's, which the embedded study is older than
	if err != nil || !reflect.DeepEqual(&e, p.study) {
		t.Errorf("%s, %v", data, err)
	}
	if !strings.Contains(h.Told, "figures.csv") {
		t.Errorf("status %q", h.Told)
	}
	p.save(filepath.Join(dir, "no", "figures.csv"))
	if h.Message == "" {
		t.Error("a folder that is not there is no error")
	}
}

// TestState goes there and back, and garbage changes nothing.
func TestState(t *testing.T) {
	_, p := open(t, pagetest.Inline)
	want := origin{Folder: "/pictures/animals", UseFolder: true, Count: 500}
	state, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	p.Restore(state)
	if p.State() != any(want) || !p.folder.Visible() || p.count.Visible() || p.folder.Text != "animals" {
		t.Errorf("state %+v, folder %q", p.State(), p.folder.Text)
	}
	for _, garbage := range []string{``, `null`, `[]`, `{"count": 7}`, `{"count": "500"}`, `{"folder": 3, "count": 200}`, `{`} {
		p.Restore(json.RawMessage(garbage))
		if p.data != want {
			t.Errorf("%s: now %+v", garbage, p.data)
		}
	}
	p.Restore(json.RawMessage(`{"use_folder": true, "count": 200}`))
	if p.data != (origin{Count: 200}) {
		t.Errorf("a folder without a name: %+v", p.data)
	}
}

// TestLessonNumbers: what the lesson says of the numbers is what the study says.
func TestLessonNumbers(t *testing.T) {
	_, p := open(t, pagetest.Inline)
	n := map[string]evaluate.NetworkEvaluation{}
	for _, e := range p.study.Networks {
		if !p.control(&e) {
			n[e.Name] = e
		}
	}
	if len(n) != 5 {
		t.Fatalf("%d networks", len(n))
	}
	base, high := n["baseline"], n["higher resolution"]
	for name, e := range n {
		if e.Top1 > high.Top1 || name != "baseline" && e.Top1 <= base.Top1 {
			t.Errorf("%s is right in %v, the baseline in %v, higher resolution in %v", name, e.Top1, base.Top1, high.Top1)
		}
	}
	for name, better := range map[string]bool{"higher resolution": true, "deeper": false, "wider": false} {
		e := n[name]
		if got := e.Pointing > base.Pointing; got != better || (e.Energy > base.Energy) != better {
			t.Errorf("%s: pointing %v and energy %v; the baseline %v and %v", name, e.Pointing, e.Energy, base.Pointing, base.Energy)
		}
	}
	if e := n["compound"]; e.PointingInterval[1] < base.PointingInterval[0] || e.PointingInterval[0] > base.PointingInterval[1] {
		t.Errorf("compound points at the object in %v, the baseline in %v", e.PointingInterval, base.PointingInterval)
	}
}

// TestPlotTells: over a dot of the study's plots they say whose figure it is.
func TestPlotTells(t *testing.T) {
	_, p := open(t, pagetest.Inline)
	for i, r := range p.study.Standings()[:5] {
		for measure, q := range []*kit.Plot{p.top1, p.pointing, p.cost} {
			at, _ := q.Place(q.Series[i].Points[0])
			q.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at}})
			f := r.Shares[measure%2]
			if !strings.HasPrefix(q.Told, r.Name+": ") || !strings.HasSuffix(q.Told, " "+f.String()+"% ("+f.Range()+")") {
				t.Errorf("%s: over %s it says %q", q.Title, r.Name, q.Told)
			}
		}
	}
	if p.cost.MouseOut(); p.cost.Told != "" {
		t.Errorf("left, it says %q", p.cost.Told)
	}
}

// TestDrawnInTheme: plots and tables follow a change of the theme.
func TestDrawnInTheme(t *testing.T) {
	_, p := open(t, pagetest.Inline)
	names := map[fyne.ThemeVariant]string{theme.VariantDark: "dark", theme.VariantLight: "light"}
	for _, variant := range []fyne.ThemeVariant{theme.VariantDark, theme.VariantLight} {
		look := kit.Theme(names[variant], 100)
		test.ApplyTheme(t, look)
		want := map[color.Color]bool{}
		for _, name := range []fyne.ThemeColorName{theme.ColorNameForeground, theme.ColorNamePlaceHolder} {
			want[look.Color(name, variant)] = true
		}
		for _, o := range []fyne.Widget{p.table, p.cost} {
			for _, o := range test.WidgetRenderer(o).Objects() {
				if text, ok := o.(*canvas.Text); ok && !want[text.Color] {
					t.Fatalf("%q is %v", text.Text, text.Color)
				}
			}
		}
	}
}

// TestTableKeys: a column's name is reached and asked by keys alone, and keeps
// the focus.
func TestTableKeys(t *testing.T) {
	h, p := open(t, pagetest.Inline)
	c, reached := h.Window().Canvas(), 0
	for range 50 {
		c.FocusNext()
		link, ok := c.Focused().(*widget.Hyperlink)
		if !ok {
			continue
		}
		before := p.explanation.Text
		link.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
		if reached++; p.explanation.Text == before || c.Focused() != fyne.Focusable(link) {
			t.Errorf("%q says %q", link.Text, p.explanation.Text)
		}
		if reached == len(p.table.Rows[0])-1 {
			return
		}
	}
	t.Errorf("only %d of %d are reached", reached, len(p.table.Rows[0])-1)
}

func TestPlotLabels(t *testing.T) {
	_, p := open(t, pagetest.Inline)
	pagetest.CheckLabels(t, p.cost)
}

// TestNameOfData: what was measured on has a name in the language spoken.
func TestNameOfData(t *testing.T) {
	t.Cleanup(func() {
		if err := speak.Use("en"); err != nil {
			t.Error(err)
		}
	})
	set := scenes.Set{Seed: scenes.TestSeed, Count: 200, Side: train.DefaultScenes.Side}
	if err := speak.Use("ko"); err != nil {
		t.Fatal(err)
	}
	if got := textData(&evaluate.Evaluation{Data: set.String(), Count: set.Count}); got != "장면 200개 (160 px, 시드 3)" {
		t.Errorf("%s is %q", set, got)
	}
}

// TestFinding: what a table shows is said by its figures, compound against resolution
// included: where they turn round, so does the sentence.
func TestFinding(t *testing.T) {
	_, p := open(t, pagetest.Inline)
	p.ShowStudy("scenes")
	d, ok := p.study.Between("compound", "higher resolution")
	if !ok || !strings.Contains(p.finding.Text, "compound against higher resolution: top-1 "+printable.Minus(fmt.Sprintf("%+.1f (%s)", 100*d.Of["top1"].Value, interval(d.Of["top1"])))) {
		t.Errorf("it says %q", p.finding.Text)
	}
	if got, want := interval(evaluate.Paired{Value: -0.03, Interval: &[2]float64{-0.05, -0.01}}), "−5.0 to −1.0"; got != want {
		t.Errorf("an interval is %q, not %q", got, want)
	}
	if lead := p.study.Leads("top1")[0]; !strings.HasPrefix(p.finding.Text, lead.Best.Name+" is right most often") {
		t.Errorf("it says %q", p.finding.Text)
	}
	other := *p.study
	other.Networks = slices.Clone(p.study.Networks)
	other.Differences = nil
	other.Networks[0].Top1 = 0.999
	if got := textFinding(&other); !strings.HasPrefix(got, other.Networks[0].Name+" is right most often (99.9%)") || strings.Contains(got, "against") {
		t.Errorf("of other figures it says %q", got)
	}
}
