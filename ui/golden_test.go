package ui

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"scalecam/assets"
	"scalecam/cam"
	"scalecam/compare"
	"scalecam/dataset/scenes"
	"scalecam/network/kernel"
	"scalecam/network/models"
	"scalecam/network/store"
	"scalecam/picture"
	"scalecam/ui/desk"
	"scalecam/ui/pages/networks"
	"scalecam/ui/pages/pagetest"
	"scalecam/ui/speak"
)

var update = flag.Bool("update", false, "write the golden pictures anew")

// appearance is how a window looks.
type appearance struct {
	name     string
	language string
	variant  fyne.ThemeVariant
	scale    float32
}

// appearances take in both languages, both variants and both scales, each with
// each.
var appearances = []appearance{
	{"light", "en", theme.VariantLight, 1},
	{"dark-ko", "ko", theme.VariantDark, 1},
	{"light-ko-2x", "ko", theme.VariantLight, 2},
	{"dark-2x", "en", theme.VariantDark, 2},
}

// TestGolden holds views and states of the window to pictures that were looked
// at, and to what is written in them. The networks run on the portable
// instruction set: the others add up in another order, which moves the maps.
func TestGolden(t *testing.T) {
	set := kernel.CurrentInstructionSet()
	if err := kernel.UseInstructionSet("portable"); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = kernel.UseInstructionSet(set) }()
	usual := fyne.NewSize(1280, 800)
	// Fyne measures texts once for a theme, and tests before this one had others:
	// the first window laid out would have their sizes.
	capture(appearances[0].open(t, usual))
	for _, c := range []struct {
		name string
		as   []appearance
		size fyne.Size
		set  func(t *testing.T, w *Window)
	}{
		{"compare", appearances, usual, func(*testing.T, *Window) {}},
		{"error", appearances[:1], usual, func(t *testing.T, w *Window) {
			drop(w, filepath.Join(t.TempDir(), "missing.png"))
			w.message.SetText("missing.png: what is wrong and what would be right") // without the temporary path
		}},
		{"signed", appearances[:1], fyne.NewSize(1024, 700), func(_ *testing.T, w *Window) {
			v := w.View.In(w.comparison.Controls.ScaleFor(true))
			v.Contour, v.Shared, v.Interpolation = 0.2, true, cam.Grid
			w.setView(v)
			w.setWipe(0.3)
			w.comparison.Hover(1, 0.6, 0.55, true)
		}},
		{"layer-cam", appearances[:2], usual, func(_ *testing.T, w *Window) {
			w.setBy("", "", compare.By{Method: cam.MethodLayerCAM, Layer: "stage5"})
		}},
		{"margin", appearances[:2], fyne.NewSize(1024, 700), func(_ *testing.T, w *Window) {
			w.setBy("", "", compare.By{Against: []string{"shield", "hen"}})
		}},
		{"columns", appearances[:2], usual, func(_ *testing.T, w *Window) {
			for _, m := range w.Models { // untrained ones have no say
				m.Trained = true
			}
			v := w.View
			v.Consensus, v.Difference = true, compare.Pair{After: 3, Before: 1}
			w.setView(v)
			w.comparison.Hover(5, 0.4, 0.5, true)
		}},
		{"zoomed", appearances[:2], usual, func(_ *testing.T, w *Window) {
			w.openAlbum(desk.Album{Sources: []string{scenes.Path(86)}, Rows: 1})
			v := w.View
			v.Contour, v.Object = 0.4, true
			w.setView(v)
			w.setWipe(0.45)
			w.comparison.Zoom(2.4)
			w.comparison.Hover(1, 0.6, 0.55, true)
		}},
		{"rows", appearances[:2], usual, func(_ *testing.T, w *Window) { w.openAlbum(desk.Album{Sources: desk.SamplePaths(), At: 7, Rows: 3}) }},
		{"enlarged", appearances[:1], usual, func(_ *testing.T, w *Window) { w.comparison.Enlarge(3) }},
		{"empty", appearances[:1], usual, func(_ *testing.T, w *Window) {
			for range w.Models {
				w.remove(0)
			}
		}},
		{"export", appearances[:2], usual, func(_ *testing.T, w *Window) { w.showExport() }},
		{"networks", appearances, usual, func(_ *testing.T, w *Window) {
			w.showNetworks()
			s := w.shelf
			s.Here["mobilenet-v2-r96"] = store.Record{Bytes: 14_100_000}
			s.Part["mobilenet-v2-r192"] = 2_300_000
			s.Going["mobilenet-v2-r128"] = &networks.Going{Progress: store.Progress{Stage: store.Getting, Done: 4_200_000, Total: 14_100_000}}
			s.Going["mobilenet-v2-r160"] = &networks.Going{Progress: store.Progress{Stage: store.Waiting}}
			w.published.Choose(slices.IndexFunc(assets.PublishedNetworks().Series, func(s assets.Series) bool { return s.Name == "mobilenet-v2-resolution" }))
		}},
		{"networks-all", appearances[:1], fyne.NewSize(1024, 700), func(_ *testing.T, w *Window) {
			w.showNetworks()
			w.shelf.Here["mobilenet-v2"] = store.Record{Bytes: 14_200_000}
			w.published.Choose(len(assets.PublishedNetworks().Series))
		}},
		{"keys", appearances[:2], fyne.NewSize(1024, 700), func(_ *testing.T, w *Window) { w.showShortcuts() }},
		{"inside", appearances, usual, func(_ *testing.T, w *Window) {
			look(w, "inside").Restore(json.RawMessage(`{"network": 0, "keep": 4, "point": [0.6, 0.4]}`))
		}},
		{"inside-second", appearances[:1], usual, func(_ *testing.T, w *Window) {
			look(w, "inside").Restore(json.RawMessage(`{"keep": 10, "second": "analog clock"}`))
		}},
		{"learn", appearances[:2], usual, func(_ *testing.T, w *Window) { look(w, "learn") }},
		{"teach", appearances[:2], usual, func(t *testing.T, w *Window) { teachScenes(t, w, 0) }},
		{"teach-mistakes", appearances, usual, func(t *testing.T, w *Window) { teachScenes(t, w, 1) }},
		{"teach-looks", appearances[:2], usual, func(t *testing.T, w *Window) { teachScenes(t, w, 2) }},
		{"teach-differ", appearances[:2], usual, func(t *testing.T, w *Window) { teachScenes(t, w, 3) }},
		{"erase", appearances, usual, func(_ *testing.T, w *Window) {
			look(w, "erase")
			e := regions(120, 60, 110, 90)
			e.Regions = append(e.Regions, picture.Region{Shape: picture.Brush, Points: [][2]float64{{300, 200}, {340, 180}, {380, 230}}, Radius: 18})
			host{w}.SetErased("erase", e)
		}},
		{"erase-part", appearances[:1], fyne.NewSize(1024, 700), func(_ *testing.T, w *Window) {
			w.openAlbum(desk.Album{Sources: []string{scenes.Path(86)}, Rows: 1})
			look(w, "erase")
			host{w}.SetErased("part", compare.Erasure{Part: true})
		}},
		{"scaling", appearances, usual, func(_ *testing.T, w *Window) {
			look(w, "scaling").Restore(json.RawMessage(`{"preset": "efficientnet-b3", "depth": 1.4, "width": 1.2, "resolution": 300, "compound": false}`))
		}},
		{"scaling-plots", appearances[:1], usual, func(_ *testing.T, w *Window) {
			look(w, "scaling").Restore(json.RawMessage(`{"preset": "", "phi": 2.5, "tab": 1}`))
		}},
		{"scaling-detectors", appearances[:2], usual, func(_ *testing.T, w *Window) {
			look(w, "scaling").Restore(json.RawMessage(`{"tab": 2, "family": "EfficientDet"}`))
		}},
		{"scaling-small", appearances[:1], fyne.NewSize(1024, 700), func(_ *testing.T, w *Window) {
			look(w, "scaling").Restore(json.RawMessage(`{"architecture": "efficientnet-64", "preset": "", "phi": 1}`))
		}},
		{"scaling-measured", appearances, usual, func(t *testing.T, w *Window) { showMeasured(t, w, true) }},
		{"scaling-measured-small", appearances[:1], fyne.NewSize(1024, 700), func(t *testing.T, w *Window) { showMeasured(t, w, false) }},
		{"study", appearances, usual, func(_ *testing.T, w *Window) { w.showStudy() }},
		{"mistakes", appearances[:2], usual, func(t *testing.T, w *Window) {
			dir := filepath.Join(t.TempDir(), "birds")
			for i := range 12 {
				p, err := scenes.Open(scenes.Path(i))
				if err != nil {
					t.Fatal(err)
				}
				class := filepath.Join(dir, []string{"hen", "robin", "jay"}[i%3])
				var data bytes.Buffer
				err = errors.Join(os.MkdirAll(class, 0o755), png.Encode(&data, p.Image))
				if err := errors.Join(err, os.WriteFile(filepath.Join(class, fmt.Sprintf("%d.png", i)), data.Bytes(), 0o600)); err != nil {
					t.Fatal(err)
				}
			}
			state, err := json.Marshal(map[string]any{"folder": dir, "use_folder": true, "count": 200, "tab": 1})
			if err != nil {
				t.Fatal(err)
			}
			look(w, "study")
			p, _ := w.study()
			p.Restore(state)
			p.Measure()
		}},
		{"study-photographs", appearances[:2], usual, func(_ *testing.T, w *Window) { look(w, "study") }},
		{"study-photographs-small", appearances[:1], fyne.NewSize(1024, 700), func(_ *testing.T, w *Window) { look(w, "study") }},
		{"lesson", appearances[:2], usual, func(_ *testing.T, w *Window) {
			w.preset, w.open = models.Pack("scenes"), models.Open
			w.lesson.show(2)
		}},
	} {
		for _, a := range c.as {
			name := c.name + "-" + a.name + ".png"
			t.Run(name, func(t *testing.T) {
				w := a.open(t, c.size)
				c.set(t, w)
				shot := capture(w)
				golden(t, filepath.Join("..", "testdata", "ui", name), shot, writing(w))
				seenWell(t, w, shot, a.scale)
			})
		}
	}
}

// open shows a window that looks so from the start, with the small networks' maps of a
// balloon.
func (a appearance) open(t *testing.T, size fyne.Size) *Window {
	t.Helper()
	app := test.NewTempApp(t)
	t.Cleanup(func() {
		if err := speak.Use("en"); err != nil {
			t.Error(err)
		}
	})
	app.Preferences().SetString(prefLanguage, a.language)
	app.Preferences().SetString(prefTheme, map[fyne.ThemeVariant]string{theme.VariantLight: "light", theme.VariantDark: "dark"}[a.variant])
	w := openIn(t, app, inline, Options{Class: "balloon"})
	w.window.Canvas().(software.WindowlessCanvas).SetScale(a.scale)
	w.rebuild() // on that scale
	w.window.Resize(size)
	return w
}

// teachScenes teaches two classes of scenes, of each of which one is where it does not
// belong, and shows a tab of what was learnt.
func teachScenes(t *testing.T, w *Window, tab int) {
	t.Helper()
	w.teaching.Networks = models.Pack("scenes")
	p := look(w, "teach")
	l := desk.Lesson{Classes: []desk.LessonClass{{Name: scenes.Classes()[0]}, {Name: scenes.Classes()[1]}, {Name: "glass"}}}
	folder := t.TempDir()
	for i := range 9 {
		l.Classes[(i+i/7)%2].Pictures = append(l.Classes[(i+i/7)%2].Pictures, writeScene(t, folder, 18*(i/2)+i%2))
	}
	host{w}.SetLesson("class.open", "", l)
	p.Restore(fmt.Appendf(nil, `{"tab": %d}`, tab))
}

// showMeasured shows what a sweep measured on the whole of the page, with its laws.
func showMeasured(t *testing.T, w *Window, law bool) {
	t.Helper()
	p := look(w, "scaling")
	state, err := json.Marshal(map[string]any{"tab": 3, "sweep": pagetest.WriteSwept(t, pagetest.Swept(t)), "law": law})
	if err != nil {
		t.Fatal(err)
	}
	p.Restore(state)
}

// capture is the window as it is drawn.
func capture(w *Window) *image.RGBA { return shotOf(w.window.Canvas()) }

func shotOf(c fyne.Canvas) *image.RGBA {
	shot := c.Capture()
	got := image.NewRGBA(shot.Bounds())
	draw.Draw(got, got.Bounds(), shot, shot.Bounds().Min, draw.Src)
	return got
}

// writing is all that is written in the window, line by line, as it is drawn: what
// is cut off is so here, too.
func writing(w *Window) string {
	lines := writtenIn(w.window.Content())
	for _, o := range w.window.Canvas().Overlays().List() {
		lines = append(lines, writtenIn(o)...)
	}
	return strings.Join(lines, "\n") + "\n"
}

// writtenIn is what is written in an object, line by line.
func writtenIn(o fyne.CanvasObject) (lines []string) {
	var walk func(o fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		if !o.Visible() {
			return
		}
		switch o := o.(type) {
		case *canvas.Text:
			if o.Text != "" {
				lines = append(lines, o.Text)
			}
		case *fyne.Container:
			for _, c := range o.Objects {
				walk(c)
			}
		case fyne.Widget:
			for _, c := range test.WidgetRenderer(o).Objects() {
				walk(c)
			}
		}
	}
	walk(o)
	return lines
}

// golden holds what is drawn and what is written to files, byte by byte.
func golden(t *testing.T, path string, got *image.RGBA, texts string) {
	t.Helper()
	written := strings.TrimSuffix(path, ".png") + ".txt"
	encoded := func() []byte {
		var b bytes.Buffer
		if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, got); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	if *update {
		for path, data := range map[string][]byte{path: encoded(), written: []byte(texts)} {
			if err := os.WriteFile(path, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	want, err := os.ReadFile(written)
	if err != nil {
		t.Fatalf("%v; write it with -update", err)
	}
	if texts != string(want) {
		t.Errorf("%s: %s", written, firstDifference(strings.Split(texts, "\n"), strings.Split(string(want), "\n")))
	}
	if runtime.GOARCH != "amd64" {
		t.Skip("the pictures are amd64's: elsewhere Go may round a product and a sum at once")
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatalf("%v; write it with -update", err)
	}
	defer f.Close()
	decoded, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if decoded.Bounds() != got.Bounds() {
		t.Fatalf("%s: got %v, want %v", path, got.Bounds(), decoded.Bounds())
	}
	as := image.NewRGBA(decoded.Bounds())
	draw.Draw(as, as.Bounds(), decoded, image.Point{}, draw.Src)
	if bytes.Equal(as.Pix, got.Pix) {
		return
	}
	differ := image.Rectangle{}
	for y := range as.Rect.Dy() {
		for x := range as.Rect.Dx() {
			if as.RGBAAt(x, y) != got.RGBAAt(x, y) {
				differ = differ.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	failed := filepath.Join(os.TempDir(), filepath.Base(path))
	if err := os.WriteFile(failed, encoded(), 0o600); err != nil {
		t.Error(err)
	}
	t.Errorf("%s: it differs within %v; the picture is in %s", path, differ, failed)
}

// firstDifference says where two lists of lines part.
func firstDifference(got, want []string) string {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Sprintf("line %d is %q, want %q", i+1, got[i], want[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(got), len(want))
}
