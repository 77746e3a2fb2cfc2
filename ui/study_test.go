package ui

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"scalecam/compare"
	"scalecam/compare/evaluate"
	"scalecam/dataset/scenes"
	"scalecam/file"
	"scalecam/network/train"
	"scalecam/ui/speak"
)

// two are two of the program's own networks.
var two = []string{"scenes:baseline", "scenes:compound"}

// openStudy shows a window with the study in sight.
func openStudy(t *testing.T, r Runner, networks []string) (*Window, *studyPage) {
	t.Helper()
	w := open(t, r, Options{Networks: networks})
	w.showStudy()
	return w, w.visible().(*studyPage)
}

// cells are the texts of a row of the table; 0 is its head.
func (p *studyPage) cells(row int) []string {
	return p.table.Texts(row)
}

// TestStudy: the table shows the embedded study, and each column says what it
// means.
func TestStudy(t *testing.T) {
	_, p := openStudy(t, inline, nil)
	if len(p.study.Networks) != 5 {
		t.Fatalf("%d networks", len(p.study.Networks))
	}
	rows := p.study.Standings()
	for i, r := range rows {
		got := p.cells(i + 1)
		for j, f := range r.Shares {
			if want := strings.TrimSpace(f.String() + " " + f.Margin()); got[4+j] != want {
				t.Errorf("%s, %s: shows %q, want %q", r.Name, evaluate.Measures[j], got[4+j], want)
			}
		}
		if n := r.Network; n != nil && (got[0] != n.Name || got[2] != compare.FormatCount(n.MACs)) {
			t.Errorf("row %d is %q", i, got)
		}
	}
	if got := p.cells(6)[0]; got != speak.Say("study.baseline.centre") || len(p.top1.Series) != 5 || p.pointing.Mark.Name != got || p.top1.Mark.Name != "" {
		t.Errorf("beneath the networks stands %q; %d dots", got, len(p.top1.Series))
	}
	said := map[string]bool{}
	for _, c := range p.table.Rows[0] {
		if c.Link != nil {
			c.Link.OnTapped()
			said[p.explanation.Text] = true
		}
	}
	if len(said) != 3+len(evaluate.Measures) {
		t.Errorf("%d explanations", len(said))
	}
}

// TestStudyMeasure: what is measured is what evaluate.Run says, and the
// study can be gone back to.
func TestStudyMeasure(t *testing.T) {
	w, p := openStudy(t, inline, two)
	p.data.Count = 10
	p.measure()
	want, err := evaluate.Run(context.Background(), w.models, scenes.Set{Seed: scenes.TestSeed, Count: 10, Side: train.DefaultScenes.Side}, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	want.Data = p.own.Data
	if !reflect.DeepEqual(p.own, want) {
		t.Errorf("measured %+v, want %+v", p.own, want)
	}
	if got := p.cells(1); p.shown() != p.own || got[0] != "baseline" || p.heading.Text != speak.Say("study.yours", 2, p.own.Data) || !p.turn.Visible() {
		t.Errorf("row %q under %q", got, p.heading.Text)
	}
	test.Tap(p.turn)
	if p.shown() != p.study || len(p.top1.Series) != 5 {
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

// TestStudyLanguage: what is being measured while another language is chosen goes
// on, can be cancelled, and is there in the end.
func TestStudyLanguage(t *testing.T) {
	t.Cleanup(func() {
		if err := speak.Use("en"); err != nil {
			t.Error(err)
		}
	})
	var q queue
	w, p := openStudy(t, q.runner(), two)
	q.run()
	for _, cancelled := range []bool{true, false} {
		p.data.Count = 10
		p.measure()
		w.setLanguage("ko")
		if w.foremost() == nil || !w.cancel.Visible() {
			t.Fatal("no progress is shown")
		}
		if cancelled {
			w.Cancel()
		}
		q.run()
		before := p
		if p, _ = w.study(); p == before {
			t.Fatal("the page is that of before")
		}
		if there := p.own != nil; there == cancelled || there != p.turn.Visible() || w.busy.Visible() {
			t.Errorf("cancelled %v: measured %v", cancelled, there)
		}
	}
	own := p.own
	w.setLanguage("en")
	if p, _ = w.study(); p.own != own || p.heading.Text != speak.Say("study.yours", 2, textData(own)) {
		t.Errorf("after another change: %q", p.heading.Text)
	}
}

// TestStudyCancel: what is cancelled midway leaves the study, and reports go no
// further than their task.
func TestStudyCancel(t *testing.T) {
	var q queue
	w, p := openStudy(t, q.runner(), two)
	q.run()
	p.data.Count = 200
	p.measure()
	do, reports := w.run.Do, 0
	w.run.Do = func(f func()) {
		do(f)
		if reports++; reports == 2 {
			if w.progress.Max != 200 || !w.cancel.Visible() {
				t.Errorf("progress of %v, Cancel in sight: %v", w.progress.Max, w.cancel.Visible())
			}
			w.Cancel()
		}
	}
	q.run()
	if p.own != nil || p.measuring != nil || p.shown() != p.study || w.banner.Visible() || w.busy.Visible() {
		t.Error("cancelled, the study is not as it was")
	}
	if reports < 2 || reports > 100 {
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

// TestStudyFolder: pictures without masks are measured in top-1 alone.
func TestStudyFolder(t *testing.T) {
	w, p := openStudy(t, inline, two)
	p.data = studyData{Folder: file.Path(labelled(t, "cat", "dog")), UseFolder: true, Count: 200}
	p.measure()
	if w.banner.Visible() || p.own == nil || p.own.Count != 2 || p.own.Unmasked != 2 {
		t.Fatalf("measured %+v, message %q", p.own, w.message.Text)
	}
	path := filepath.Join(t.TempDir(), "study.csv")
	p.save(path)
	for _, name := range []string{path, withExtension(path, ".json")} {
		if data, err := os.ReadFile(name); err != nil || bytes.Contains(data, []byte(filepath.Dir(string(p.data.Folder)))) {
			t.Errorf("%s tells where the folder is (%v)", name, err)
		}
	}
	if got := p.cells(1); strings.HasPrefix(got[4], "–") || !strings.HasPrefix(got[5], "–") || p.pointing.Visible() || !p.top1.Visible() {
		t.Errorf("row %q", got)
	}
	if !strings.Contains(p.about.Text, speak.Say("study.unmasked", 2)) {
		t.Errorf("it says %q", p.about.Text)
	}
}

// TestStudyBroken: pictures that cannot be read are left out and told of.
func TestStudyBroken(t *testing.T) {
	w, p := openStudy(t, inline, two)
	dir := labelled(t, "cat", "dog")
	if err := os.WriteFile(filepath.Join(dir, "dog", "0.png"), []byte("no picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.data = studyData{Folder: file.Path(dir), UseFolder: true, Count: 200}
	p.measure()
	if p.own == nil || p.own.Count != 2 || !strings.HasPrefix(w.message.Text, "1 of 3 pictures") || !strings.Contains(w.message.Text, "0.png") {
		t.Errorf("measured %+v, message %q", p.own, w.message.Text)
	}
	for _, class := range []string{"cat", "dog"} {
		if err := os.WriteFile(filepath.Join(dir, class, "1.png"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.own = nil
	p.measure()
	if p.own != nil || !w.banner.Visible() || !strings.Contains(w.message.Text, filepath.Join("cat", "1.png")) {
		t.Errorf("of none: %+v, message %q", p.own, w.message.Text)
	}
}

// TestStudyLeftOut: networks that do not know the classes are left out and told
// of.
func TestStudyLeftOut(t *testing.T) {
	w, p := openStudy(t, inline, append([]string{small[0]}, two...))
	p.data.Count = 10
	p.measure()
	if p.own == nil || len(p.own.Networks) != 2 || w.message.Text != speak.Say("study.left out", w.models[0].Name) {
		t.Errorf("measured %+v, message %q", p.own, w.message.Text)
	}
}

// TestStudyErrors are told in place, with a remedy, and leave the study.
func TestStudyErrors(t *testing.T) {
	for _, c := range []struct {
		name     string
		networks []string
		data     studyData
		want     string
	}{
		{"other classes", small, studyData{Count: 200}, "None of the networks knows these classes: EfficientNet-B0"},
		{"no folder chosen", two, studyData{UseFolder: true, Count: 200}, speak.Say("study.no folder")},
		{"no such folder", two, studyData{Folder: "nowhere", UseFolder: true, Count: 200}, "nowhere"},
		{"class of the folder", two, studyData{Folder: file.Path(labelled(t, "cat", "zebra")), UseFolder: true, Count: 200}, speak.Say("study.unknown", "baseline, compound")},
	} {
		w, p := openStudy(t, inline, c.networks)
		p.data = c.data
		p.measure()
		if !w.banner.Visible() || !strings.Contains(w.message.Text, c.want) || p.shown() != p.study || w.busy.Visible() {
			t.Errorf("%s: message %q", c.name, w.message.Text)
		}
	}
	w, p := openStudy(t, inline, two)
	w.models = nil
	p.measure()
	if w.message.Text != speak.Say("study.no networks") {
		t.Errorf("without networks: %q", w.message.Text)
	}
}

// TestStudySave: both files are what is in sight.
func TestStudySave(t *testing.T) {
	w, p := openStudy(t, inline, nil)
	dir := t.TempDir()
	p.save(filepath.Join(dir, "figures.csv"))
	text, err := os.ReadFile(filepath.Join(dir, "figures.csv"))
	if err != nil || !strings.Contains(string(text), "\nhigher resolution,") {
		t.Errorf("%s, %v", text, err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "figures.json"))
	var e evaluate.Evaluation
	if err != nil || json.Unmarshal(data, &e) != nil || !reflect.DeepEqual(&e, p.study) {
		t.Errorf("%s, %v", data, err)
	}
	if !strings.Contains(w.rest.Text, "figures.csv") {
		t.Errorf("status %q", w.rest.Text)
	}
	p.save(filepath.Join(dir, "no", "figures.csv"))
	if !w.banner.Visible() {
		t.Error("a folder that is not there is no error")
	}
}

// TestStudyState goes there and back, and garbage changes nothing.
func TestStudyState(t *testing.T) {
	_, p := openStudy(t, inline, nil)
	want := studyData{Folder: "/pictures/animals", UseFolder: true, Count: 500}
	state, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	p.restore(state)
	if p.state() != any(want) || !p.folder.Visible() || p.count.Visible() || p.folder.Text != "animals" {
		t.Errorf("state %+v, folder %q", p.state(), p.folder.Text)
	}
	for _, garbage := range []string{``, `null`, `[]`, `{"count": 7}`, `{"count": "500"}`, `{"folder": 3, "count": 200}`, `{`} {
		p.restore(json.RawMessage(garbage))
		if p.data != want {
			t.Errorf("%s: now %+v", garbage, p.data)
		}
	}
	p.restore(json.RawMessage(`{"use_folder": true, "count": 200}`))
	if p.data != (studyData{Count: 200}) {
		t.Errorf("a folder without a name: %+v", p.data)
	}
}
