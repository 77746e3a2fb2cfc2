package ui

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/test"

	"scalecam/assets"
	"scalecam/cam"
	"scalecam/colormap"
	"scalecam/compare"
	"scalecam/compare/figure"
	"scalecam/compare/record"
	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/picture"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	comparing "scalecam/ui/pages/compare"
	"scalecam/ui/pages/pagetest"
	"scalecam/ui/speak"
)

// What tests of the window share with those of its pages.
var (
	small  = pagetest.Small
	inline = pagetest.Inline
)

type queue = pagetest.Queue

// open shows a window of 1280×800 with the small networks.
func open(t testing.TB, r desk.Runner, o Options) *Window {
	t.Helper()
	return openIn(t, test.NewTempApp(t), r, o)
}

// openIn is open in an app.
func openIn(t testing.TB, app fyne.App, r desk.Runner, o Options) *Window {
	t.Helper()
	if o.Networks == nil {
		o.Networks = small
	}
	w := newWindow(app, o, r)
	w.preset = small
	w.stopwatch = func(_ context.Context, once map[*network.Model]time.Duration, _ *image.RGBA) (map[*network.Model]time.Duration, error) {
		took := map[*network.Model]time.Duration{}
		for m := range once {
			took[m] = 0
		}
		return took, nil
	}
	// A weights file is anything but a random network's spec; it holds a small
	// network, unless it is not there.
	w.open = func(spec string, s models.Settings) (*network.Model, error) {
		if strings.HasPrefix(spec, "random:") {
			return models.Open(spec, s)
		}
		path, size, at := strings.Cut(spec, "@")
		if _, err := os.Stat(path); err != nil {
			return models.Open(spec, s)
		}
		if !at {
			size = "64"
		}
		m, err := models.Open("random:efficientnet-b0,w=0.25,r="+size, s)
		if err == nil {
			m.Name, m.Spec, m.Trained, m.TrainedAt = filepath.Base(spec), spec, true, network.Square(64)
		}
		return m, err
	}
	w.window.Resize(fyne.NewSize(1280, 800))
	w.Show()
	t.Cleanup(func() {
		if !w.closed {
			w.window.Close()
		}
		letGo()
	})
	return w
}

// sample is the path of an embedded picture.
func sample(s assets.Sample) string { return picture.SamplePrefix + s.Name }

// temp writes a file of the name and returns its path.
func temp(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func drop(w *Window, paths ...string) {
	var uris []fyne.URI
	for _, p := range paths {
		uris = append(uris, storage.NewFileURI(p))
	}
	w.dropped(fyne.Position{}, uris)
}

// head is what stands above a column.
func head(w *Window, column int) string { return w.comparison.Heads[column].Words.AccessibilityLabel() }

// inSheet is how many cells are in sight.
func inSheet(w *Window) (n int) {
	for _, o := range w.comparison.Sheet.Box.Objects {
		if _, ok := o.(*kit.Frame); ok {
			n++
		}
	}
	return n
}

// texts are the lines of a cell.
func texts(c *kit.Cell) string {
	return c.Words.AccessibilityLabel()
}

func TestStart(t *testing.T) {
	w := open(t, inline, Options{})
	if got := len(w.comparison.Cells); got != 4 {
		t.Fatalf("%d cells, want the picture and 3 networks", got)
	}
	if got, want := w.Pictures[0].Path, sample(assets.Samples()[0]); got != want {
		t.Errorf("picture %q, want %q", got, want)
	}
	if got, want := texts(w.comparison.Cells[0]), assets.Samples()[0].Name; !strings.Contains(got, want) {
		t.Errorf("the picture's cell says %q, want %q in it", got, want)
	}
	for _, want := range []string{"d 2, w 0.25, 64 px", "grid 2×2", "MACs", "params", "untrained: random weights"} {
		if got := head(w, 2); !strings.Contains(got, want) {
			t.Errorf("above a network's column stands %q, want %q in it", got, want)
		}
	}
	if w.busy.Visible() || w.cancel.Visible() || w.banner.Visible() {
		t.Error("progress, Cancel or an error is in sight after the end")
	}
	if !strings.Contains(w.comparison.Heading.Text, "predicts") || w.comparison.Warning.Text != speak.Say("warning.untrained") {
		t.Errorf("heading %q, warning %q", w.comparison.Heading.Text, w.comparison.Warning.Text)
	}
}

// TestView changes each control and holds what is shown to compare itself. No
// network may run.
func TestView(t *testing.T) {
	w := open(t, inline, Options{})
	w.open = nil
	before := w.Results[desk.Pair{Picture: w.Pictures[0], Model: w.Models[0]}].Activations
	for _, c := range []struct {
		name   string
		change func()
		want   func(v *compare.View)
	}{
		{"strength", func() { w.comparison.Controls.Strength.SetValue(40) }, func(v *compare.View) { v.Opacity = 0.4 }},
		{"colours", func() { w.comparison.Controls.Colours.SetSelectedIndex(2) }, func(v *compare.View) { v.Colormap = colormap.All()[2] }},
		{"shared", func() { test.Tap(w.comparison.Controls.Shared) }, func(v *compare.View) { v.Shared = true }},
		{"grid", func() { test.Tap(w.comparison.Controls.Grid) }, func(v *compare.View) { v.Interpolation = cam.Grid }},
		{"grey", func() { test.Tap(w.comparison.Controls.Grey) }, func(v *compare.View) { v.Grey = true }},
		{"smooth", func() { test.Tap(w.comparison.Controls.Grid) }, func(v *compare.View) { v.Interpolation = cam.Smooth }},
	} {
		want := w.View
		c.want(&want)
		old := w.comparison.Cells[1].Frame.Image.Image
		c.change()
		if w.View != want {
			t.Errorf("%s: view %+v, want %+v", c.name, w.View, want)
		}
		overlay, err := figure.Overlay(w.comparison.Shown.Comparison, 0, 0, want, w.comparison.Shown.Bases[0])
		if err != nil {
			t.Fatal(err)
		}
		figure.OutlineSeen(overlay, w.comparison.Shown.Comparison, 0, 0, want, overlay.Rect.Size(), image.Point{}, 1)
		got := w.comparison.Cells[1].Frame.Image.Image.(*image.RGBA)
		if !bytes.Equal(got.Pix, overlay.Pix) {
			t.Errorf("%s: the cell does not show the overlay of the view", c.name)
		}
		if got == old {
			t.Errorf("%s: the cell was not drawn anew", c.name)
		}
	}
	if w.Results[desk.Pair{Picture: w.Pictures[0], Model: w.Models[0]}].Activations != before {
		t.Error("a network ran again")
	}
	if w.comparison.Controls.Hint.Text != comparing.Hint(w.comparison.Shown.Comparison, w.View) || !strings.Contains(w.comparison.Controls.Hint.Text, speak.Say("hint.shared")) {
		t.Errorf("hint %q does not say that the scale is shared", w.comparison.Controls.Hint.Text)
	}
}

// TestNames: of a long name the end stays, of a short one everything.
func TestNames(t *testing.T) {
	test.NewTempApp(t)
	n := kit.NewNameLabel()
	for _, c := range []struct {
		name  string
		width float32
		want  string
	}{
		{"deeper", 150, "deeper"},
		{"mobilenet_v2_imagenet @448", 300, "mobilenet_v2_imagenet @448"},
		{"mobilenet_v2_imagenet @448", 150, "mobilene…et @448"},
		{"αβγδεζηθικλμνξοπρστ", 60, "αβ…τ"},
	} {
		n.Resize(fyne.NewSize(c.width, 30))
		n.Set(c.name)
		if n.Text != c.want {
			t.Errorf("%s on %v: got %s, want %s", c.name, c.width, n.Text, c.want)
		}
	}
}

func TestDialogs(t *testing.T) {
	w := open(t, inline, Options{})
	for name, show := range map[string]func(){"open": w.showOpen, "add": w.showAdd, "save": w.showSaveSession} {
		show()
		show() // the shortcut again, while the dialog is open
		if got := len(w.window.Canvas().Overlays().List()); got != 1 {
			t.Errorf("%s: %d dialogs, want 1", name, got)
		}
		w.dialog.Hide()
	}
}

// TestPixels: what Fyne is given is of the size shown, tightly packed.
func TestPixels(t *testing.T) {
	w := open(t, inline, Options{})
	for _, size := range []fyne.Size{{Width: 1024, Height: 700}, {Width: 1440, Height: 900}} {
		w.window.Resize(size)
		for i, c := range w.comparison.Cells {
			img := c.Frame.Image.Image.(*image.RGBA)
			width, height := kit.Pixels(c.Frame.Size(), c.Frame)
			if img.Bounds() != image.Rect(0, 0, width, height) || img.Stride != 4*width {
				t.Errorf("%v, cell %d: image %v with stride %d, shown at %d×%d", size, i, img.Bounds(), img.Stride, width, height)
			}
		}
	}
}

func TestClass(t *testing.T) {
	w := open(t, inline, Options{})
	first := w.comparison.Shown.Comparison.Rows[0].Class
	pick := func(text string) *pages.ClassPicker {
		test.Tap(w.comparison.Controls.Class)
		test.Type(w.picker.Entry, text)
		return w.picker
	}
	p := pick("")
	if len(p.Choices) != 6 || p.Choices[0].Class != "" || !strings.HasPrefix(p.Choices[1].Text, first) {
		t.Errorf("choices %v, want what the first network predicts and its five classes", p.Choices)
	}
	p = pick("ballo")
	if !slices.Contains(p.Choices, pages.Choice{Text: "balloon", Class: "balloon"}) {
		t.Errorf("“ballo” finds %v, want balloon", p.Choices)
	}
	p.Entry.OnSubmitted(p.Entry.Text)
	if got := w.comparison.Shown.Comparison.Rows[0]; got.Class != "balloon" || got.Predicted || w.comparison.Heading.Text != "Evidence for “balloon”" {
		t.Errorf("class %q with heading %q, want balloon", got.Class, w.comparison.Heading.Text)
	}
	p = pick("999")
	p.Entry.OnSubmitted(p.Entry.Text)
	if got := w.comparison.Shown.Comparison.Rows[0].Class; got != "toilet tissue" {
		t.Errorf("999 is %q, want toilet tissue", got)
	}
	p = pick("baloonx")
	if len(p.Choices) != 0 || !strings.Contains(p.Message.Text, `"balloon"`) {
		t.Errorf("no such class: %d choices, message %q; want the nearest names", len(p.Choices), p.Message.Text)
	}
	p.Entry.OnSubmitted(p.Entry.Text)
	if got := w.comparison.Shown.Comparison.Rows[0].Class; got != "toilet tissue" || !p.Popup.Visible() {
		t.Errorf("no such class: now %q, want the one before, and the picker still open", got)
	}
	p.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if p.Popup.Visible() {
		t.Error("Escape leaves the picker open")
	}
	p = pick("")
	p.List.Select(0)
	if got := w.comparison.Shown.Comparison.Rows[0]; got.Class != first || !got.Predicted {
		t.Errorf("class %q, want %q as predicted", got.Class, first)
	}
}

func TestClassOfCommandLine(t *testing.T) {
	w := open(t, inline, Options{Class: "balloon"})
	if got := w.comparison.Shown.Comparison.Rows[0].Class; got != "balloon" {
		t.Errorf("class %q, want balloon", got)
	}
	w = open(t, inline, Options{Class: "baloon"})
	if !w.banner.Visible() || !strings.Contains(w.message.Text, `"balloon"`) {
		t.Errorf("message %q, want the nearest names", w.message.Text)
	}
	if w.comparison.Shown == nil || !w.comparison.Shown.Comparison.Rows[0].Predicted {
		t.Error("a wrong class leaves the window without comparison")
	}
}

// TestGarbage: files that cannot be opened leave everything as it was.
func TestGarbage(t *testing.T) {
	garbage := []byte("no picture and no network")
	for _, c := range []struct{ name, want string }{
		{"x.png", "x.png"},
		{"x.txt", "x.txt"},
		{"x.safetensors", "x.safetensors"},
		{"x.pth", "x.pth"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := open(t, inline, Options{})
			w.open = models.Open
			shown, asked, image := w.comparison.Shown, w.Asked, w.comparison.Cells[1].Frame.Image.Image
			drop(w, temp(t, c.name, garbage))
			if !w.banner.Visible() || !strings.Contains(w.message.Text, c.want) {
				t.Fatalf("message %q, want the file's name in it", w.message.Text)
			}
			if w.comparison.Shown.Comparison != shown.Comparison || w.Pictures[0] != asked.Pictures[0] || !slices.Equal(w.Models, asked.Models) || w.comparison.Cells[1].Frame.Image.Image != image {
				t.Error("the comparison is not as it was")
			}
			if !w.Whole() || w.busy.Visible() {
				t.Error("the window does not rest")
			}
		})
	}
}

func TestDropPicture(t *testing.T) {
	w := open(t, inline, Options{})
	img := image.NewRGBA(image.Rect(0, 0, 90, 160))
	for i := range img.Pix {
		img.Pix[i] = uint8(i*i>>4) | 0x0f
	}
	var buffer bytes.Buffer
	if err := png.Encode(&buffer, img); err != nil {
		t.Fatal(err)
	}
	a, b := temp(t, "a.png", buffer.Bytes()), temp(t, "b.png", buffer.Bytes())
	drop(w, a, b)
	w.setRows(1)
	if w.Pictures[0].Path != a || w.comparison.Shown.Comparison.Rows[0].Picture.Path != a || !w.Whole() {
		t.Errorf("shows %q, want %q", w.comparison.Shown.Comparison.Rows[0].Picture.Path, a)
	}
	if got := w.comparison.Strip.Place.Text; got != "1 of 2" {
		t.Errorf("place %q, want 1 of 2 in sight", got)
	}
	w.turn(-1)
	if w.Pictures[0].Path != b || w.comparison.Strip.Place.Text != "2 of 2" {
		t.Errorf("back from the first shows %q at %q, want the last", w.Pictures[0].Path, w.comparison.Strip.Place.Text)
	}
}

func TestDropWeights(t *testing.T) {
	w := open(t, inline, Options{})
	names := func() string {
		var all []string
		for _, h := range w.comparison.Heads[1:] {
			all = append(all, h.Words.Name)
		}
		return strings.Join(all, " ")
	}
	drop(w, temp(t, "one.safetensors", nil))
	if got, want := names(), "one.safetensors one.safetensors@128"; got != want {
		t.Errorf("in the place of untrained networks: %s, want %s", got, want)
	}
	if got := head(w, 2); !strings.Contains(got, "trained at 64 px, run at 128") {
		t.Errorf("the cell says %q, not that the weights run at another size", got)
	}
	if w.comparison.Warning.Visible() {
		t.Errorf("warning %q for trained networks", w.comparison.Warning.Text)
	}
	first := w.Results[desk.Pair{Picture: w.Pictures[0], Model: w.Models[0]}].Activations
	drop(w, temp(t, "two.pth", nil), temp(t, "three.pt", nil))
	if got, want := names(), "one.safetensors one.safetensors@128 two.pth three.pt"; got != want {
		t.Errorf("beside trained networks: %s, want %s", got, want)
	}
	if w.Results[desk.Pair{Picture: w.Pictures[0], Model: w.Models[0]}].Activations != first {
		t.Error("a network that had run ran again")
	}
	w.remove(0)
	if got, want := names(), "one.safetensors@128 two.pth three.pt"; got != want || !w.Whole() {
		t.Errorf("after removing the first: %s, want %s", got, want)
	}
	for range 3 {
		w.remove(0)
	}
	if !w.comparison.Empty.Visible() {
		t.Error("without networks the window does not say what to do")
	}
	if w.revert(); len(w.Models) != 0 {
		t.Errorf("%d removed networks come back", len(w.Models))
	}
	w.Reset()
	if got := len(w.Models); got != len(small) || w.comparison.Empty.Visible() || w.Models[0].Trained {
		t.Errorf("%d networks after Reset, want %d untrained ones", got, len(small))
	}
}

// TestDropByContent: a checkpoint under any name is a network, and a picture under a
// checkpoint's name is a picture.
func TestDropByContent(t *testing.T) {
	w := open(t, inline, Options{})
	drop(w, temp(t, "epoch=3.ckpt", []byte("PK\x03\x04 an archive")))
	if got := w.comparison.Heads[1].Words.Name; got != "epoch=3.ckpt" {
		t.Errorf("shows the network %q", got)
	}
	var buffer bytes.Buffer
	if err := png.Encode(&buffer, image.NewRGBA(image.Rect(0, 0, 9, 9))); err != nil {
		t.Fatal(err)
	}
	path := temp(t, "picture.pth", buffer.Bytes())
	if drop(w, path); w.Pictures[0].Path != path {
		t.Errorf("shows the picture %q", w.Pictures[0].Path)
	}
}

// TestDropWeightsEarly: files dropped while the untrained networks are being
// opened come in their place, files dropped after other files with them.
func TestDropWeightsEarly(t *testing.T) {
	var q queue
	w := open(t, q.Runner(), Options{})
	drop(w, temp(t, "one.safetensors", nil))
	drop(w, temp(t, "two.safetensors", nil))
	q.Run()
	if got := len(w.Models); got != 2 || !w.Models[0].Trained || !w.Models[1].Trained || !w.Whole() {
		t.Errorf("%d networks, want the two dropped", got)
	}
}

func TestProgressAndCancel(t *testing.T) {
	var q queue
	w := open(t, q.Runner(), Options{})
	if !w.busy.Visible() || !w.cancel.Visible() {
		t.Error("no progress while files are opened")
	}
	q.Run()
	last := w.comparison.Shown.Comparison

	// The progress of a run, as it is reported.
	var steps []string
	do := w.tasks.Run.Do
	w.tasks.Run.Do = func(f func()) {
		do(f)
		if w.running.Busy() {
			var states []string
			for i, c := range w.comparison.Cells[1:] {
				if _, ran := w.Results[desk.Pair{Picture: w.Pictures[0], Model: w.Models[i]}]; ran {
					states = append(states, "done")
				} else {
					states = append(states, c.Frame.State.Text)
				}
			}
			if step := w.status.Text + " | " + strings.Join(states, ", "); !slices.Contains(steps, step) {
				steps = append(steps, step)
			}
		}
	}
	w.openPictures([]string{sample(assets.Samples()[1])})
	q.Run()
	for i, states := range []string{"running…, waits, waits", "done, running…, waits", "done, done, running…"} {
		want := fmt.Sprintf("%s: %d of 3 | %s", w.Models[i].Name, i+1, states)
		if !slices.Contains(steps, want) {
			t.Errorf("no step %q in %q", want, steps)
		}
	}
	if w.comparison.Shown.Comparison == last {
		t.Error("the new picture is not shown")
	}
	w.tasks.Run.Do = do

	// Cancel goes back to the comparison before.
	second, picture := w.comparison.Shown.Comparison, w.Pictures[0]
	w.openPictures([]string{sample(assets.Samples()[0])})
	q[0]() // opened, not run
	q = q[1:]
	if !w.running.Busy() || w.Pictures[0] == picture {
		t.Fatal("the networks do not run on the picture opened")
	}
	w.Cancel()
	q.Run()
	if w.Pictures[0] != picture || w.busy.Visible() || w.banner.Visible() {
		t.Error("Cancel does not go back to the picture before")
	}
	if got := w.comparison.Shown.Comparison.Rows[0]; got.Picture != second.Rows[0].Picture || len(w.comparison.Shown.Comparison.Models) != 3 {
		t.Error("Cancel does not go back to the comparison before")
	}
}

// TestCancelFirst: without a comparison to go back to, the cells say so and Run
// goes on.
func TestCancelFirst(t *testing.T) {
	var q queue
	w := open(t, q.Runner(), Options{})
	for !w.running.Busy() {
		q[0]()
		q = q[1:]
	}
	w.Cancel()
	q.Run()
	if got := w.comparison.Cells[1].Frame.State.Text; got != speak.Say("cell.not run") || !w.resume.Visible() {
		t.Errorf("the cell says %q, want %q and Run in sight", got, speak.Say("cell.not run"))
	}
	test.Tap(w.resume)
	q.Run()
	if !w.Whole() || w.resume.Visible() {
		t.Error("Run does not run the networks")
	}
}

// TestStale: what an earlier request brings is dropped, in whatever order the
// two end.
func TestStale(t *testing.T) {
	var q queue
	w := open(t, q.Runner(), Options{})
	q.Run()
	w.openPictures([]string{sample(assets.Samples()[1])})
	w.openPictures([]string{sample(assets.Samples()[0])})
	slices.Reverse(q)
	q.Run()
	if got, want := w.Pictures[0].Path, sample(assets.Samples()[0]); got != want || w.comparison.Shown.Pictures[0].Path != want || !w.Whole() {
		t.Errorf("shows %q, want %q, which was asked for last", got, want)
	}
	// A scene of networks that are gone.
	w.setClass("balloon")
	stale := q
	q = nil
	w.Models = w.Models[1:]
	w.update()
	stale.Run()
	q.Run()
	if got := len(w.comparison.Shown.Cells); got != 3 {
		t.Errorf("%d cells, want the picture's and 2", got)
	}
}

func TestSave(t *testing.T) {
	w := open(t, inline, Options{})
	path := filepath.Join(t.TempDir(), "figure.png")
	w.writeExport(w.comparison.Shown, export{product: &products[0]}, path)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(data)); err != nil {
		t.Error(err)
	}
	if settings, err := record.DecodeSettings(data); err != nil || !bytes.Contains(settings, []byte("cat.jpg")) {
		t.Errorf("settings %s, error %v", settings, err)
	}
	if got := w.rest.Text; !w.rest.Visible() || !strings.Contains(got, path) {
		t.Errorf("status %q, want the path in it", got)
	}
	w.writeExport(w.comparison.Shown, export{product: &products[0]}, filepath.Join(t.TempDir(), "no", "such", "folder.png"))
	if !w.banner.Visible() || !strings.Contains(w.message.Text, "does not exist") {
		t.Errorf("message %q, want that the folder does not exist", w.message.Text)
	}
}

// TestClose closes while everything runs, in real goroutines.
func TestClose(t *testing.T) {
	var q queue
	w := open(t, q.Runner(), Options{})
	for !w.running.Busy() {
		q[0]()
		q = q[1:]
	}
	running := w.running.Now()
	w.window.Close()
	if running.Ctx.Err() == nil {
		t.Error("what ran was not cancelled")
	}
	q.Run() // comes too late, and does no harm
	if w.comparison.Shown != nil && w.comparison.Shown.Comparison != nil {
		t.Error("a closed window still shows results")
	}
}

// TestGoroutines uses the window while everything runs in goroutines, for the
// race detector, and ends with what was asked for last.
func TestGoroutines(t *testing.T) {
	do := make(chan func(), 1000)
	w := open(t, desk.Runner{Go: func(f func()) { go f() }, Do: func(f func()) { do <- f }}, Options{})
	for i := range 100 {
		w.comparison.Controls.Strength.SetValue(float64(i))
		switch i % 10 {
		case 0:
			w.tabs.SelectIndex(i / 10 % len(w.tabs.Items))
		case 1:
			w.openAlbum(desk.Album{Sources: desk.SamplePaths(), At: i % 7, Rows: 1 + i%3})
		case 3:
			w.comparison.Enlarge(i % 4)
			w.comparison.Hover(i%4, 0.5, 0.5, true)
			w.setWipe(float64(i) / 100)
		case 5:
			w.turn(1)
		case 7:
			w.Undo()
		case 2:
			w.openPictures([]string{sample(assets.Samples()[i/10%2])})
		case 4:
			w.setClass([]string{"", "balloon", "no such class"}[i/10%3])
		case 6:
			w.Cancel()
		case 8:
			w.Reset()
		}
		select {
		case f := <-do:
			f()
		case <-time.After(time.Second): // nothing is under way, as where all was cancelled before there was a picture
		}
	}
	w.openPictures([]string{sample(assets.Samples()[1])})
	w.comparison.Controls.Strength.SetValue(99)
	w.setClass("clock")
	w.setClass("analog clock")
	end := time.After(time.Minute)
	for !w.Whole() || w.comparison.Drawing || w.comparison.Shown.Pictures[0].Path != sample(assets.Samples()[1]) {
		select {
		case f := <-do:
			f()
		case <-end:
			t.Fatal("the window does not come to rest")
		}
	}
	if got := w.comparison.Shown.Comparison.Rows[0].Class; got != "analog clock" || w.comparison.Shown.View.Opacity != 0.99 || len(w.comparison.Shown.Cells) != 4 {
		t.Errorf("shows class %q at opacity %v in %d cells, want analog clock, 0.99 and 4", got, w.comparison.Shown.View.Opacity, len(w.comparison.Shown.Cells))
	}
}

// TestUntouched: the save dialog opens a writer and closes it, and the file
// there stays as it is; what is written through it is written.
func TestUntouched(t *testing.T) {
	open(t, inline, Options{})
	path := temp(t, "old.png", []byte("old"))
	for _, c := range []struct{ write, want string }{{"", "old"}, {"new", "new"}} {
		f, err := storage.Writer(storage.NewFileURI(path))
		if err != nil {
			t.Fatal(err)
		}
		if c.write != "" {
			if _, err := f.Write([]byte(c.write)); err != nil {
				t.Error(err)
			}
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		if got, _ := os.ReadFile(path); string(got) != c.want {
			t.Errorf("after writing %q the file holds %q, want %q", c.write, got, c.want)
		}
	}
}

// TestPacks: a first start shows a photograph to the networks that know ImageNet's
// classes; a scene brings those that learnt scenes, and a photograph the others
// again, unless the user chose: then it stays so, the next time, too.
func TestPacks(t *testing.T) {
	app := test.NewTempApp(t)
	w := newWindow(app, Options{}, inline)
	w.window.Resize(fyne.NewSize(1280, 800))
	w.Show()
	defer func() { w.window.Close() }()
	shows := func(when, pack, picture string) {
		t.Helper()
		if got := w.packShown(); got != pack || w.Pictures[0].Path != picture || !w.Whole() || w.comparison.Controls.Packs.Selected != speak.Say("pack."+pack) {
			t.Errorf("%s: the pack is %q, said to be %q, the picture %s; want %s and %s", when, got, w.comparison.Controls.Packs.Selected, w.Pictures[0].Path, pack, picture)
		}
	}
	studies := func(pack string) {
		t.Helper()
		s, _ := w.study()
		if s.Update(); s.Pack() != pack {
			t.Errorf("the study is that of %s, want %s", s.Pack(), pack)
		}
	}
	photo, other, scene := compare.SampleOf(network.ImageNet), "sample:espresso.jpg", compare.SampleOf(network.Scenes)
	open := func(path string) { w.openPictures([]string{path}) }
	shows("at the start", "imagenet", photo)
	studies("imagenet")
	open(scene)
	shows("a scene", "scenes", scene)
	studies("scenes")
	w.Undo()
	shows("undone", "imagenet", photo)
	w.Redo()
	shows("done again", "scenes", scene)
	open(other)
	shows("a photograph", "imagenet", other)
	w.comparison.Controls.Packs.SetSelected(speak.Say("pack.scenes"))
	shows("scenes chosen", "scenes", other)
	if len(w.comparison.Shown.Comparison.Astray()) == 0 {
		t.Error("networks of scenes on a photograph are not astray")
	}
	open(photo)
	shows("another photograph", "scenes", photo)
	w.window.Close()
	w = newWindow(app, Options{}, inline)
	w.window.Resize(fyne.NewSize(1280, 800))
	w.Show()
	shows("the next time", "scenes", scene)
	w.comparison.Controls.Packs.SetSelected(speak.Say("pack.auto"))
	open(other)
	shows("as the picture asks", "imagenet", other)
	studies("imagenet")
	w.remove(0)
	studies("imagenet")
	if w.packShown() != "" || w.comparison.Controls.Packs.Selected != "" {
		t.Errorf("with a network removed the pack is %q, said to be %q", w.packShown(), w.comparison.Controls.Packs.Selected)
	}
	open(scene)
	if len(w.Models) != 4 || w.Models[0].Domain != network.ImageNet {
		t.Error("networks that the user chose one by one made way for a pack's")
	}
	w.Reset()
	shows("reset", "scenes", scene)
}

// TestScenes: networks that learnt scenes are shown one, of which it is known what
// it shows; a button draws another.
func TestScenes(t *testing.T) {
	w := newWindow(test.NewTempApp(t), Options{Networks: models.Pack("scenes")}, inline)
	w.window.Resize(fyne.NewSize(1280, 800))
	w.Show()
	defer w.window.Close()
	if len(w.Models) != 5 || w.Models[4].Name != "compound" || w.Pictures[0].Path != compare.SampleOf(network.Scenes) {
		t.Fatalf("%d networks, picture %s", len(w.Models), w.Pictures[0].Path)
	}
	if !strings.Contains(w.comparison.Heading.Text, fmt.Sprintf("“%s”, which the picture shows", w.Pictures[0].Shows)) || w.comparison.Warning.Text != "" {
		t.Errorf("heading %q, warning %q", w.comparison.Heading.Text, w.comparison.Warning.Text)
	}
	if got := comparing.Suggestions(w.comparison.Shown.Comparison, 0, 0)[0]; got.Text != speak.Say("class.shows") || got.Class != "" {
		t.Errorf("the first suggestion is %+v", got)
	}
	before := w.Pictures[0].Path
	test.Tap(w.comparison.Controls.Draw)
	if w.Pictures[0].Path == before || !strings.HasPrefix(w.Pictures[0].Path, "scene:") || w.Pictures[0].Shows == "" || !w.Whole() {
		t.Errorf("after drawing: %s, of %q", w.Pictures[0].Path, w.Pictures[0].Shows)
	}
	// The user's own networks take the place of the program's.
	drop(w, temp(t, "broken.safetensors", []byte("none")))
	if len(w.Models) != 5 || !w.banner.Visible() {
		t.Errorf("%d networks after a broken file, banner %v", len(w.Models), w.banner.Visible())
	}
}

// TestUnsure: of a picture that is like none of a network's classes its cell says so,
// and the picture's that all networks of which that is known are unsure together.
func TestUnsure(t *testing.T) {
	var q queue
	w := open(t, q.Runner(), Options{})
	q.Run()
	opens := w.open
	w.open = func(spec string, s models.Settings) (*network.Model, error) {
		m, err := opens(spec, s)
		if err == nil {
			m.Unsure = &network.Unsure{Mean: 99, Below: 99, Agreement: 1}
		}
		return m, err
	}
	mark, together := speak.Say("note.unsure"), speak.Say("cell.unsure")
	for _, c := range w.comparison.Cells {
		if got := texts(c); strings.Contains(got, mark) || strings.Contains(got, together) {
			t.Errorf("before: %q", got)
		}
	}
	host{w}.Add("random:efficientnet-64,d=1,w=0.5,r=64", models.Settings{"classes": strings.Join(scenes.Classes(), "\n")})
	q.Run()
	for i, c := range w.comparison.Cells {
		got, last := texts(c), i == len(w.comparison.Cells)-1
		if strings.Contains(got, mark) != last || strings.Contains(got, together) != (i == 0) {
			t.Errorf("cell %d: %q", i, got)
		}
	}
}
