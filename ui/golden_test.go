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
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

var update = flag.Bool("update", false, "write the golden pictures anew")

// TestGolden holds the whole window to pictures that were looked at.
func TestGolden(t *testing.T) {
	for _, c := range []struct {
		name    string
		variant fyne.ThemeVariant
	}{{"window-light.png", theme.VariantLight}, {"window-dark.png", theme.VariantDark}} {
		t.Run(c.name, func(t *testing.T) {
			w := open(t, inline, Options{Class: "balloon"})
			test.ApplyTheme(t, fixed{look{theme.DefaultTheme()}, c.variant})
			drop(w, filepath.Join(t.TempDir(), "missing.png"))
			w.message.SetText("picture: missing.png: what is wrong and what would be right") // without the temporary path
			shot := w.window.Canvas().Capture()
			got := image.NewRGBA(shot.Bounds())
			draw.Draw(got, got.Bounds(), shot, shot.Bounds().Min, draw.Src)
			golden(t, filepath.Join("..", "testdata", "ui", c.name), got)
		})
	}
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
