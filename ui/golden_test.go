package ui

import (
	"bytes"
	"flag"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"scalecam/cam"
	"scalecam/network/models"
	"scalecam/ui/kit"
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
// at.
func TestGolden(t *testing.T) {
	usual := fyne.NewSize(1280, 800)
	// Fyne measures texts once for a theme, and tests before this one had others:
	// the first window laid out would have their sizes.
	first := open(t, inline, Options{Class: "balloon"})
	appearances[0].put(t, first)
	first.window.Resize(usual)
	capture(first)
	for _, c := range []struct {
		name string
		as   []appearance
		size fyne.Size
		set  func(t *testing.T, w *Window)
	}{
		{"compare", appearances, usual, func(*testing.T, *Window) {}},
		{"error", appearances[:1], usual, func(t *testing.T, w *Window) {
			drop(w, filepath.Join(t.TempDir(), "missing.png"))
			w.message.SetText("picture: missing.png: what is wrong and what would be right") // without the temporary path
		}},
		{"signed", appearances[:1], fyne.NewSize(1024, 700), func(_ *testing.T, w *Window) {
			v := w.view
			v.Colormap, v.Contour, v.Shared, v.Interpolation = w.controls.scaleFor(true), 0.2, true, cam.Grid
			w.setView(v)
			w.setWipe(0.3)
			w.hover(1, 0.6, 0.55, true)
		}},
		{"rows", appearances[:2], usual, func(_ *testing.T, w *Window) { w.openAlbum(album{samplePaths(), 7, 3}) }},
		{"enlarged", appearances[:1], usual, func(_ *testing.T, w *Window) { w.enlarge(3) }},
		{"empty", appearances[:1], usual, func(_ *testing.T, w *Window) {
			for range w.models {
				w.remove(0)
			}
		}},
		{"export", appearances[:2], usual, func(_ *testing.T, w *Window) { w.showExport() }},
		{"keys", appearances[:2], fyne.NewSize(1024, 700), func(_ *testing.T, w *Window) { w.showShortcuts() }},
		{"inside", appearances, usual, func(t *testing.T, w *Window) {
			p := lookInside(t, w)
			tapAt(p, 0, 0.6, 0.4)
			p.setKeep(4)
		}},
		{"inside-second", appearances[:1], usual, func(t *testing.T, w *Window) { lookInside(t, w).setSecond("analog clock") }},
		{"scaling", appearances, usual, func(_ *testing.T, w *Window) { showScaling(w).choices.SetSelectedIndex(3) }},
		{"scaling-plots", appearances[:1], usual, func(_ *testing.T, w *Window) {
			p := showScaling(w)
			p.power.SetValue(2.5)
			p.tabs.SelectIndex(1)
		}},
		{"scaling-small", appearances[:1], fyne.NewSize(1024, 700), func(_ *testing.T, w *Window) {
			p := showScaling(w)
			p.architectures.SetSelectedIndex(2)
			p.power.SetValue(1)
		}},
		{"study", appearances, usual, func(_ *testing.T, w *Window) { w.showStudy() }},
		{"lesson", appearances[:2], usual, func(_ *testing.T, w *Window) {
			w.preset, w.open = models.Default(), models.Open
			w.lesson.show(2)
		}},
	} {
		for _, a := range c.as {
			name := c.name + "-" + a.name + ".png"
			t.Run(name, func(t *testing.T) {
				w := open(t, inline, Options{Class: "balloon"})
				a.put(t, w)
				w.window.Resize(c.size)
				c.set(t, w)
				golden(t, filepath.Join("..", "testdata", "ui", name), capture(w))
			})
		}
	}
}

// put makes the window look so.
func (a appearance) put(t *testing.T, w *Window) {
	t.Helper()
	look := kit.Theme(map[fyne.ThemeVariant]string{theme.VariantLight: "light", theme.VariantDark: "dark"}[a.variant])
	if a.language == "ko" {
		test.ApplyTheme(t, inKorean(t, look))
	} else {
		test.ApplyTheme(t, look)
	}
	w.window.Canvas().(software.WindowlessCanvas).SetScale(a.scale)
	t.Cleanup(func() {
		if err := speak("en"); err != nil {
			t.Error(err)
		}
	})
	w.preferences().SetString(prefLanguage, a.language)
	if err := speak(a.language); err != nil {
		t.Fatal(err)
	}
	w.rebuild()
}

// nanum is the folder of Debian's fonts-nanum.
const nanum = "/usr/share/fonts/truetype/nanum"

// korean is a theme in letters that have Korean ones among them: under the tag
// ci Fyne does not look for the system's.
type korean struct {
	fyne.Theme
	regular, bold fyne.Resource
}

func (k korean) Font(style fyne.TextStyle) fyne.Resource {
	if style.Bold {
		return k.bold
	}
	return k.regular
}

// inKorean gives the theme Korean letters, or skips the test where there are
// none.
func inKorean(t *testing.T, f fyne.Theme) fyne.Theme {
	t.Helper()
	k := korean{Theme: f}
	for name, to := range map[string]*fyne.Resource{"NanumGothic.ttf": &k.regular, "NanumGothicBold.ttf": &k.bold} {
		data, err := os.ReadFile(filepath.Join(nanum, name))
		if err != nil {
			t.Skipf("no Korean letters to draw with; install fonts-nanum: %v", err)
		}
		*to = fyne.NewStaticResource(name, data)
	}
	return k
}

// capture is the window as it is drawn.
func capture(w *Window) *image.RGBA {
	shot := w.window.Canvas().Capture()
	got := image.NewRGBA(shot.Bounds())
	draw.Draw(got, got.Bounds(), shot, shot.Bounds().Min, draw.Src)
	return got
}

// golden holds a picture to a file, but for what may differ between
// processors: floating-point sums in another order move the networks' maps, and
// with them colours by a level or two and now and then the edge of a letter.
func golden(t *testing.T, path string, got *image.RGBA) {
	t.Helper()
	if *update {
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(f, got); err != nil {
			t.Fatal(err)
		}
		return
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
	want := image.NewRGBA(decoded.Bounds())
	draw.Draw(want, want.Bounds(), decoded, image.Point{}, draw.Src)
	const levels, share = 8, 0.001
	differ := 0
	for i := 0; i < len(got.Pix); i += 4 {
		for j := i; j < i+3; j++ {
			if d := int(got.Pix[j]) - int(want.Pix[j]); d > levels || d < -levels {
				differ++
				break
			}
		}
	}
	if pixels := len(got.Pix) / 4; float64(differ) > share*float64(pixels) {
		failed := filepath.Join(os.TempDir(), filepath.Base(path))
		var out bytes.Buffer
		if err := png.Encode(&out, got); err != nil {
			t.Error(err)
		} else if err := os.WriteFile(failed, out.Bytes(), 0o600); err != nil {
			t.Error(err)
		}
		t.Errorf("%s: %d of %d pixels differ by more than %d levels; the picture is in %s", path, differ, pixels, levels, failed)
	}
}
