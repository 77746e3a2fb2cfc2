package ui

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"scalecam/cam"
	"scalecam/cli"
	"scalecam/compare"
	"scalecam/compare/record"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/speak"
)

// take chooses what begins with a text in a list.
func take(t *testing.T, s *kit.Select, text string) {
	t.Helper()
	i := slices.IndexFunc(s.Options, func(o string) bool { return strings.HasPrefix(o, text) })
	if i < 0 {
		t.Fatalf("%q is not among %q", text, s.Options)
	}
	s.SetSelectedIndex(i)
}

// held holds what is in sight to compare itself.
func held(t *testing.T, w *Window, by compare.By) {
	t.Helper()
	if !w.By.Equal(by) || !w.Whole() || !w.comparison.Shown.Whole() || !w.comparison.Shown.Comparison.By.Equal(by) || w.busy.Visible() {
		t.Fatalf("the window makes maps by %v, whole %v; want %v; %s", w.By, w.Whole(), by, w.message.Text)
	}
	want, err := compare.Run(t.Context(), w.Pictures, w.Models, w.Class, by, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range want.Rows {
		for j, cell := range row.Cells {
			got := w.comparison.Shown.Comparison.Rows[i].Cells[j]
			if got.Class != cell.Class || (got.Map == nil) != (cell.Map == nil) || got.Map != nil && !slices.Equal(got.Map.Values, cell.Map.Values) {
				t.Errorf("%v: the map of row %d, network %d differs", by, i, j)
			}
		}
	}
}

// TestBy: what is chosen is what maps are made by, and the window says what it is,
// what it costs and what coincides.
func TestBy(t *testing.T) {
	w := open(t, inline, Options{Class: "balloon"})
	by := w.comparison.Controls.By
	if slices.Contains(by.Method.Options, "Grad-CAM") || !strings.Contains(by.About.Text, "Grad-CAM, HiResCAM") {
		t.Errorf("at the last layer there are %q, and %q", by.Method.Options, by.About.Text)
	}
	take(t, by.Layer, "stage 5")
	held(t, w, compare.By{Method: cam.MethodHiResCAM, Layer: "stage5"})
	if !strings.Contains(w.rest.Text, "CAM is of the last layer alone") || !slices.Contains(by.Method.Options, "Grad-CAM") || by.Layer.Selected != "stage 5, 4×4–8×8" {
		t.Errorf("at stage 5: %q, %q, %q", w.rest.Text, by.Method.Options, by.Layer.Selected)
	}
	take(t, by.Method, "LayerCAM")
	held(t, w, compare.By{Method: cam.MethodLayerCAM, Layer: "stage5"})
	if got := head(w, 1); !strings.Contains(got, "grid 4×4") {
		t.Errorf("the cell says %q", got)
	}
	if !strings.Contains(w.comparison.Controls.Hint.Text, "LayerCAM, in logit units") {
		t.Errorf("the hint is %q", w.comparison.Controls.Hint.Text)
	}
	take(t, by.Method, "Ablation-CAM")
	held(t, w, compare.By{Method: cam.MethodAblationCAM, Layer: "stage5"})
	if !strings.Contains(by.About.Text, "each channel") || !strings.Contains(w.comparison.Controls.Hint.Text, "without units") {
		t.Errorf("of Ablation-CAM: %q, %q", by.About.Text, w.comparison.Controls.Hint.Text)
	}
	w.setClass("tench")
	held(t, w, compare.By{Method: cam.MethodAblationCAM, Layer: "stage5"})
	take(t, by.Method, "CAM")
	held(t, w, compare.By{})
	if !strings.Contains(w.rest.Text, "CAM is of the last layer alone") || by.Layer.Selected != "last, 2×2–4×4" {
		t.Errorf("back: %q, %q", w.rest.Text, by.Layer.Selected)
	}
	w.Undo()
	held(t, w, compare.By{Method: cam.MethodAblationCAM, Layer: "stage5"})
}

// TestMapsKept: maps that are there are not made again, and those of pictures that are
// gone go with them; a class by CAM runs nothing.
func TestMapsKept(t *testing.T) {
	w := open(t, inline, Options{Class: "balloon"})
	w.tasks.Run.Go = func(f func()) { f() }
	w.setBy("method", "", compare.By{Method: cam.MethodLayerCAM, Layer: "stage5"})
	first := w.comparison.Shown.Comparison.Rows[0].Cells[0].Map
	w.setClass("tench")
	w.setBy("method", "", compare.By{})
	if n := len(w.Maps); n != 2*len(small) {
		t.Errorf("%d maps are kept, want those of two classes", n)
	}
	begun := false
	do := w.tasks.Run.Do
	w.tasks.Run.Do = func(f func()) { begun = begun || w.running.Busy(); do(f) }
	w.setClass("balloon")
	w.setBy("method", "", compare.By{Method: cam.MethodLayerCAM, Layer: "stage5"})
	if begun || w.comparison.Shown.Comparison.Rows[0].Cells[0].Map != first {
		t.Errorf("maps that are there were made again: a task %v", begun)
	}
	w.tasks.Run.Do = do
	w.openPictures([]string{"scene:3"})
	held(t, w, compare.By{Method: cam.MethodLayerCAM, Layer: "stage5"})
	if n := len(w.Maps); n != len(small) {
		t.Errorf("%d maps are kept, want those of the picture in sight", n)
	}
}

// TestByCancel: a method that runs networks many times says how far it is, and
// Cancel leaves what was there before.
func TestByCancel(t *testing.T) {
	work := make(chan func(), 100_000)
	r := desk.Runner{Go: func(f func()) { go f() }, Do: func(f func()) { work <- f }}
	w := open(t, r, Options{Networks: []string{"random:efficientnet-b0,w=0.5,r=128"}, Class: "balloon"})
	until := func(what string, is func() bool) {
		t.Helper()
		for end := time.After(time.Minute); !is(); {
			select {
			case f := <-work:
				f()
			case <-end:
				t.Fatalf("waited in vain until %s", what)
			}
		}
	}
	until("it is whole", func() bool { return w.comparison.Shown != nil && w.comparison.Shown.Whole() && w.Whole() })
	before, state := w.comparison.Shown.Comparison, w.state()
	take(t, w.comparison.Controls.By.Method, "Score-CAM")
	until("it is under way", func() bool { return strings.Contains(w.status.Text, "runs for its map") && w.progress.Value > 0 })
	if w.comparison.Shown.Comparison != before || !strings.Contains(w.comparison.Controls.By.About.Text, "runs of each network") {
		t.Errorf("what was there does not stay, or no cost is named: %q", w.comparison.Controls.By.About.Text)
	}
	ran := w.running.Now()
	start := time.Now()
	w.Cancel()
	if took := time.Since(start); took > 100*time.Millisecond || ran.Ctx.Err() == nil || w.busy.Visible() {
		t.Errorf("Cancel took %v, the task goes on: %v", took, ran.Ctx.Err() == nil)
	}
	until("it rests", func() bool { return !w.comparison.Drawing })
	if !w.state().Equal(state) || w.comparison.Shown.Comparison.By.Method != nil || w.history.Last() != nil || w.comparison.Controls.By.Method.Selected != "CAM" || w.banner.Visible() {
		t.Errorf("cancelled, it is %+v; %q", w.state().By, w.message.Text)
	}
	take(t, w.comparison.Controls.By.Layer, "stage 5")
	until("other maps are there", func() bool { return w.Whole() && w.comparison.Shown.By.Layer == "stage5" })
}

// TestBySession: a session of the terminal's opens as it was made, and what the window
// saves is drawn again by compare --from, to the same bytes.
func TestBySession(t *testing.T) {
	dir := t.TempDir()
	run := func(args ...string) {
		t.Helper()
		var out, messages bytes.Buffer
		if status := cli.Run(args, &out, &messages, nil); status != 0 {
			t.Fatalf("%v: %s", args, messages.String())
		}
	}
	read := func(path string) []byte {
		t.Helper()
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	for name, args := range map[string][]string{
		"layer":  {"--method", "layer-cam", "--layer", "stage5", "--class", "balloon", "--against", "tench", "--against", "goldfish"},
		"own":    {"--own", "--method", "grad-cam"},
		"margin": {"--against", "hen"},
	} {
		t.Run(name, func(t *testing.T) {
			made, saved, again := filepath.Join(dir, name+".png"), filepath.Join(dir, name+sessionExtension), filepath.Join(dir, name+"-again.png")
			run(append([]string{"compare", "sample:balloons.jpg", "-n", small[0], "-n", small[2], "-o", made}, args...)...)
			w := open(t, inline, Options{})
			w.openSession(made)
			s, err := record.ReadSession(made)
			if err != nil {
				t.Fatal(err)
			}
			by, err := s.Settings.By()
			if err != nil {
				t.Fatal(err)
			}
			held(t, w, by)
			drawn, err := export{product: &products[0]}.data(t.Context(), w.comparison.Shown)
			if err != nil || !bytes.Equal(drawn, read(made)) {
				t.Errorf("the window's figure is not the terminal's: %v", err)
			}
			w.saveSession(w.comparison.Shown, saved)
			run("compare", "--from", saved, "-o", again)
			if !bytes.Equal(read(again), read(made)) {
				t.Error("what the window saved is drawn otherwise")
			}
			w.Undo()
			held(t, w, compare.By{})
			w.Redo()
			held(t, w, by)
		})
	}
}

// TestLayerMissing: a layer that there is not is told of with the nearest, where it is
// asked for; and networks that come without the layer are explained at the last.
func TestLayerMissing(t *testing.T) {
	w := open(t, inline, Options{})
	take(t, w.comparison.Controls.By.Layer, speak.Say("layer.another"))
	entry := part(t, w.window.Canvas().Overlays().Top(), func(*kit.SearchEntry) bool { return true })
	test.Type(entry, "stage55")
	entry.OnSubmitted(entry.Text)
	wrong := part(t, w.window.Canvas().Overlays().Top(), func(l *widget.Label) bool { return strings.Contains(l.Text, `"stage5"`) })
	if !wrong.Visible() || !w.covered() || !w.By.Plain() {
		t.Errorf("of stage55 it says %q, and maps are by %v", wrong.Text, w.By)
	}
	entry.SetText("stage7")
	entry.OnSubmitted(entry.Text)
	if w.covered() {
		t.Error("the dialog stays")
	}
	held(t, w, compare.By{Method: cam.MethodHiResCAM, Layer: "stage7"})
	host{w}.Add("random:resnet-18,w=0.25,r=64", nil)
	if len(w.Models) != len(small)+1 || !w.banner.Visible() || !strings.Contains(w.message.Text, "Maps are of the last layer now") || !strings.Contains(w.message.Text, "stage7") {
		t.Errorf("%d networks, %q", len(w.Models), w.message.Text)
	}
	held(t, w, compare.By{Method: cam.MethodHiResCAM})
	if options := w.comparison.Controls.By.Layer.Options; slices.ContainsFunc(options, func(o string) bool { return strings.HasPrefix(o, "stage 7") }) {
		t.Errorf("stages that not all have are offered: %q", options)
	}
}

// TestAgainstChips: one tap on a chip explains what tells a class from another, one more
// takes it back; several make a mean.
func TestAgainstChips(t *testing.T) {
	w := open(t, inline, Options{Class: "balloon"})
	vs := func(class string) *widget.Button {
		t.Helper()
		for i, one := range w.comparison.Chips() {
			if i > 0 && strings.HasPrefix(one[0].Text, class) {
				return one[1]
			}
		}
		t.Fatalf("no chip of %q", class)
		return nil
	}
	var names []string
	for _, top := range w.comparison.Shown.Comparison.Rows[0].Cells[0].Top {
		names = append(names, w.Models[0].Classes[top.Class])
	}
	test.Tap(vs(names[0]))
	held(t, w, compare.By{Against: names[:1]})
	if want := "Evidence for “balloon” and not “" + names[0] + "”"; w.comparison.Heading.Text != want || vs(names[0]).Importance != widget.HighImportance {
		t.Errorf("the heading is %q, want %q", w.comparison.Heading.Text, want)
	}
	if got := texts(w.comparison.Cells[1]); !strings.Contains(got, "margin ") {
		t.Errorf("the cell says %q", got)
	}
	test.Tap(vs(names[1]))
	held(t, w, compare.By{Against: names[:2]})
	test.Tap(vs(names[0]))
	held(t, w, compare.By{Against: names[1:2]})
	w.setClass(names[1]) // which is not held against itself
	held(t, w, compare.By{})
	if vs := vs(names[1]); vs.Visible() {
		t.Error("the class explained can be held against itself")
	}
	w.against("hen") // which is among no suggestions
	held(t, w, compare.By{Against: []string{"hen"}})
	test.Tap(vs("hen"))
	held(t, w, compare.By{})
	press(w, "o")
	held(t, w, compare.By{Own: true})
	if w.comparison.Heading.Text != speak.Say("heading.own") || w.comparison.Controls.Class.Text != speak.Say("chip.own") {
		t.Errorf("own: %q, %q", w.comparison.Heading.Text, w.comparison.Controls.Class.Text)
	}
	w.setClass("balloon")
	held(t, w, compare.By{})
	press(w, "v")
	test.Type(w.picker.Entry, "tench")
	w.picker.Entry.OnSubmitted("tench")
	held(t, w, compare.By{Against: []string{"tench"}})
	look(w, "inside")
	if got := writing(w); !strings.Contains(got, speak.Say("inside.cam only")) {
		t.Error("Inside does not say that it shows CAM")
	}
}

// TestRememberBy: what does not keep the window from showing something soon is there
// the next time.
func TestRememberBy(t *testing.T) {
	w := open(t, inline, Options{})
	for _, c := range []struct{ by, want compare.By }{
		{compare.By{Method: cam.MethodLayerCAM, Layer: "stage5"}, compare.By{Method: cam.MethodLayerCAM, Layer: "stage5"}},
		{compare.By{Method: cam.MethodOcclusion}, compare.By{}},
		{compare.By{Method: cam.MethodGradCAM, Layer: "features.8.0"}, compare.By{Method: cam.MethodGradCAM}},
		{compare.By{Against: []string{"hen"}}, compare.By{}},
	} {
		w.By = c.by
		w.remember()
		if _, got := w.lastView(); !got.Equal(c.want) {
			t.Errorf("%v is remembered as %v", c.by, got)
		}
	}
}

// TestByFailed: a map that cannot be made leaves what was there before.
func TestByFailed(t *testing.T) {
	w := open(t, inline, Options{Class: "balloon"})
	w.tasks.Run.Go = func(f func()) { f() }
	w.setBy("against", "nothing", compare.By{Against: []string{"no such class"}})
	if !w.banner.Visible() || !w.By.Plain() || w.history.Last() != nil {
		t.Errorf("maps are by %v; %q", w.By, w.message.Text)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Make(ctx, desk.Pair{Picture: w.Pictures[0], Model: w.Models[0]}); err != nil {
		t.Errorf("what takes no runs was made: %v", err)
	}
}
