package study

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"scalecam/dataset/scenes"
	"scalecam/file"
	"scalecam/ui/kit"
	"scalecam/ui/pages/pagetest"
	"scalecam/ui/speak"
)

// measured has the page's mistakes in sight, of some scenes.
func measured(t *testing.T, count int, networks ...string) (*pagetest.Host, *Page) {
	t.Helper()
	h := pagetest.New(t, pagetest.Inline, networks...) // out of sight no small pictures are drawn
	p := New(h, NewKept(h.Tasks.Run, h.Tasks.Slot()))
	p.tabs.SelectIndex(1)
	if !p.wrongs.none.Visible() || p.wrongs.shown.Visible() {
		t.Error("mistakes are shown before any were measured")
	}
	p.data.Count = count
	p.Measure()
	if h.Message != "" || p.wrongs.of == nil || p.wrongs.none.Visible() || !p.wrongs.shown.Visible() {
		t.Fatalf("nothing is measured: %s", h.Message)
	}
	return h, p
}

// tap taps on the picture at a place of the list.
func (w *wrongs) tap(at int) {
	test.Tap(w.shots.Box.Objects[at].(*fyne.Container).Objects[0].(*kit.Thumb))
}

// TestMistakes: every list shows its pictures with what the networks make of them; a click
// opens one in Compare, with the others of the list and its class.
func TestMistakes(t *testing.T) {
	h, p := measured(t, 40, two...)
	w, m := p.wrongs, p.own.Mistakes
	suspected, _ := m.Suspected()
	want := map[string][]int{"wrong": m.Wrong(0), "label": suspected, "apart": m.Apart(0, 1), "maps": m.ByMap(0, 1), "changed": m.Changed(0, 1)}
	for i, l := range lists {
		w.list.SetSelectedIndex(i)
		if !slices.Equal(w.listed, want[l.key]) || len(w.displayed) != len(w.listed) || len(w.shots.Box.Objects) != len(w.listed) {
			t.Fatalf("%s: %v, want %v", l.key, w.listed, want[l.key])
		}
		if !strings.Contains(w.about.Text, fmt.Sprint(len(w.listed))) || w.beside.Visible() != (l.of == 2) {
			t.Errorf("%s: %q; of two networks: %v", l.key, w.about.Text, w.beside.Visible())
		}
		if len(w.listed) == 0 {
			continue
		}
		at := len(w.listed) - 1
		w.tap(at)
		seen := m.Seen[w.listed[at]]
		if h.Looked.At != at || len(h.Looked.Sources) != len(w.listed) || h.Looked.Sources[at] != scenes.Path(w.listed[at]) || h.Class != scenes.Classes()[seen.Class] {
			t.Errorf("%s: looked at %d of %v for %s", l.key, h.Looked.At, h.Looked.Sources, h.Class)
		}
		if text := w.displayed[at].Text; l.key == "wrong" && text != speak.Say("mistakes.taken", speak.Class(h.Class), w.answer(0, w.listed[at])) {
			t.Errorf("beneath it stands %q", text)
		}
	}
	w.list.SetSelectedIndex(0)
	first := w.listed[0]
	w.turned.SetChecked(true)
	if w.listed[len(w.listed)-1] != first {
		t.Error("the list is not turned around")
	}
	w.turned.SetChecked(false)
	class := scenes.Classes()[m.Seen[first].Class]
	w.filter.SetText(strings.ToUpper(class))
	if len(w.listed) == 0 || !slices.Contains(w.listed, first) || len(w.listed) == len(m.Wrong(0)) {
		t.Errorf("%s: %d pictures", class, len(w.listed))
	}
	w.filter.SetText("no such thing")
	if len(w.listed) != 0 || len(w.shots.Box.Objects) != 0 {
		t.Errorf("pictures %v", w.listed)
	}
	w.filter.SetText("")
	w.network.SetSelectedIndex(1)
	if !slices.Equal(w.listed, m.Wrong(1)) || !strings.HasPrefix(w.score.Text, "compound") {
		t.Errorf("of the other network %v: %s", w.listed, w.score.Text)
	}
	w.list.SetSelectedIndex(2)
	if w.about.Text != speak.Say("mistakes.two") {
		t.Errorf("of a network and itself: %q", w.about.Text)
	}
}

// TestConfusion: a tap on a number of the matrix, or of what is taken for what, shows the
// pictures behind it, and one more all of them again.
func TestConfusion(t *testing.T) {
	_, p := measured(t, 40, two...)
	w, m := p.wrongs, p.own.Mistakes
	if len(w.classes) != mostClasses {
		t.Fatalf("a matrix of %d classes", len(w.classes))
	}
	for i, row := range w.matrix.Counts {
		for j, n := range row {
			if n == 0 {
				continue
			}
			w.matrix.Tapped(&fyne.PointEvent{Position: w.matrix.Place(i, j)})
			if want := m.Behind(0, w.classes[i], w.classes[j]); !slices.Equal(w.listed, want) || len(want) != n || !w.all.Visible() {
				t.Errorf("behind %d of %d as %d are %v, want %v", n, i, j, w.listed, want)
			}
			w.matrix.Tapped(&fyne.PointEvent{Position: w.matrix.Place(i, j)})
			if w.chosen != nothingChosen || !slices.Equal(w.listed, m.Wrong(0)) || w.all.Visible() {
				t.Errorf("there is no way back from %d as %d", i, j)
			}
		}
	}
	worst := m.Confused(0)[0]
	w.confused.Rows[1][2].Link.OnTapped()
	if !slices.Equal(w.listed, m.Behind(0, worst.Class, worst.Answer)) || !w.confused.Rows[1][0].Bold {
		t.Errorf("behind %+v are %v", worst, w.listed)
	}
	test.Tap(w.all)
	if w.chosen != nothingChosen {
		t.Error("all pictures do not come back")
	}
}

// TestMoreMistakes: of many pictures some are shown, and more with each press.
func TestMoreMistakes(t *testing.T) {
	_, p := measured(t, 100, two[0], "scenes:deeper")
	w := p.wrongs
	w.list.SetSelectedIndex(3) // all of them
	if len(w.listed) != 100 || len(w.shots.Box.Objects) != mostShots || !w.more.Visible() {
		t.Fatalf("%d of %d", len(w.shots.Box.Objects), len(w.listed))
	}
	test.Tap(w.more)
	if len(w.shots.Box.Objects) != 100 || w.more.Visible() {
		t.Errorf("%d pictures in the end", len(w.shots.Box.Objects))
	}
}

// TestMistakesSaved: beside the mistakes, what is saved are these, as JSON and CSV; they
// say nothing of where the folder lies.
func TestMistakesSaved(t *testing.T) {
	h, p := open(t, pagetest.Inline, two[0])
	dir := labelled(t, "cat", "dog")
	p.data = origin{Folder: file.Path(dir), UseFolder: true, Count: 200}
	p.Measure()
	p.tabs.SelectIndex(1)
	if p.copied.Visible() {
		t.Error("a table is offered to be copied that is not in sight")
	}
	h.Path = filepath.Join(t.TempDir(), "mistakes.csv")
	p.showSave()
	if h.Asked != "scalecam-mistakes.csv" {
		t.Errorf("offered as %s", h.Asked)
	}
	for _, name := range []string{h.Path, file.WithExtension(h.Path, ".json")} {
		if data, err := os.ReadFile(name); err != nil || bytes.Contains(data, []byte(filepath.Dir(dir))) || !bytes.Contains(data, []byte("cat/1.png")) {
			t.Errorf("%s: %s (%v)", name, data, err)
		}
	}
	if p.paths[0] != filepath.Join(dir, "cat", "1.png") {
		t.Errorf("paths %v", p.paths)
	}
	if w := p.wrongs; w.two != 0 || w.beside.Visible() {
		t.Error("one network is offered to be held against another")
	}
	if titles := len(p.Products()); titles != 5 {
		t.Errorf("%d products", titles)
	}
}

// TestSmallPictures: those of the list in sight are made, and no others.
func TestSmallPictures(t *testing.T) {
	_, p := open(t, pagetest.Inline, two...)
	p.data = origin{Folder: file.Path(labelled(t, "cat", "dog", "car")), UseFolder: true, Count: 200}
	p.wrongs.filter.SetText("cat/")
	p.wrongs.list.SetSelectedIndex(3)
	p.Measure()
	if small, known := p.thumbs.Of(p.paths[1]); p.thumbs.Len() != 1 || !known || small == nil || !strings.Contains(p.paths[1], "cat") {
		t.Errorf("%d small pictures", p.thumbs.Len())
	}
	p.wrongs.filter.SetText("")
	if p.thumbs.Len() != 3 {
		t.Errorf("%d small pictures of three", p.thumbs.Len())
	}
}

// TestAnswers: what is right of a folder's classes may come from a file, which is kept and
// let go of; classes that it lacks are left out, and said to be.
func TestAnswers(t *testing.T) {
	h, p := open(t, pagetest.Inline, two...)
	dir := labelled(t, "beast", "car", "unknown")
	classes := scenes.Classes()
	answers, err := json.Marshal(map[string][]int{"beast": {slices.Index(classes, "cat"), slices.Index(classes, "dog")}, "car": {slices.Index(classes, "car")}})
	if err != nil {
		t.Fatal(err)
	}
	h.Answers = filepath.Join(t.TempDir(), "answers.json")
	if err := os.WriteFile(h.Answers, answers, 0o600); err != nil {
		t.Fatal(err)
	}
	p.data = origin{Folder: file.Path(dir), UseFolder: true, Count: 200}
	p.showForm()
	p.Measure()
	if p.own != nil || h.Message == "" {
		t.Error("classes are known that no network has")
	}
	test.Tap(p.answers)
	p.Measure()
	if p.own == nil || p.own.Count != 2 || !strings.Contains(h.Message, "1") || p.own.Mistakes.Labels != 2 {
		t.Fatalf("measured %+v: %s", p.own, h.Message)
	}
	kept, err := json.Marshal(p.State())
	if err != nil {
		t.Fatal(err)
	}
	other := New(h, NewKept(h.Tasks.Run, h.Tasks.Slot()))
	if other.Restore(kept); other.data != p.data || other.answers.Text != "answers.json" {
		t.Errorf("restored %+v: %s", other.data, other.answers.Text)
	}
	if test.Tap(p.answers); p.data.Answers != "" {
		t.Error("the file stays")
	}
	if err := os.WriteFile(h.Answers, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	test.Tap(p.answers)
	p.own = nil
	if p.Measure(); p.own != nil || !strings.Contains(h.Message, "answers.json") {
		t.Errorf("of a broken file: %s", h.Message)
	}
}
