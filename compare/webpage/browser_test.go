package webpage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"scalecam/cam"
	"scalecam/colormap"
	"scalecam/compare"
	"scalecam/compare/comparetest"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/picture"
)

// driven is what testdata/drive.mjs saw of a page.
type driven struct {
	Requests, Errors []string
	Values           []struct {
		Row, Col, Choice int
		Grid             bool
		X, Y             float64
		Text             string
	}
	Scales []struct {
		Row, Col, Choice, Colours int
		Shared, Shown             bool
		Text                      []string
	}
	Texts map[string]string
}

// drive shows a page in chromium; pictures of it are in the folder that it gives.
func drive(t *testing.T, c *compare.Comparison, v compare.View) (seen driven, folder string) {
	t.Helper()
	playwright := os.Getenv("SCALECAM_PLAYWRIGHT")
	if playwright == "" {
		t.Skip("SCALECAM_PLAYWRIGHT names no folder in which playwright-core is installed (npm install playwright-core)")
	}
	folder = t.TempDir()
	path := filepath.Join(folder, "page.html")
	if err := os.WriteFile(path, []byte(read(t, c, v).html), 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), "node", "testdata/drive.mjs", playwright, path, folder)
	var errors bytes.Buffer
	run.Stderr = &errors
	said, err := run.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, errors.String())
	}
	if err := json.Unmarshal(said, &seen); err != nil {
		t.Fatalf("%v: %.200s", err, said)
	}
	return seen, folder
}

// explained are the comparisons of each row's choices, made as nobody of the page does.
func explained(t *testing.T, c *compare.Comparison, v compare.View) (all [][]*compare.Comparison) {
	t.Helper()
	for i, row := range read(t, c, v).Rows {
		var of []*compare.Comparison
		for _, choice := range row.Choices {
			one, err := compare.Run(t.Context(), []*picture.Picture{c.Rows[i].Picture}, c.Models, choice.Class[0], c.By, nil)
			if err != nil {
				t.Fatal(err)
			}
			of = append(of, one)
		}
		all = append(all, of)
	}
	return all
}

// TestInBrowser: in a browser the page reads as the program does, of every class that
// can be chosen, smooth and as grid, by mouse and keys; its colours lie over the picture
// as the program's do; it asks for nothing.
func TestInBrowser(t *testing.T) {
	if os.Getenv("SCALECAM_PLAYWRIGHT") == "" {
		t.Skip("SCALECAM_PLAYWRIGHT names no folder in which playwright-core is installed (npm install playwright-core)")
	}
	var five []*network.Model
	for _, name := range []string{"baseline", "deeper", "wider", "higher-resolution", "compound"} {
		m, err := models.Open("scenes:"+name, nil)
		if err != nil {
			t.Fatal(err)
		}
		five = append(five, m)
	}
	var pictures []*picture.Picture
	for _, path := range []string{"scene:35", "scene:86", "scene:74"} {
		p, err := compare.OpenPicture(path)
		if err != nil {
			t.Fatal(err)
		}
		pictures = append(pictures, p)
	}
	c := comparetest.Run(t, "", pictures, five...)
	v := compare.DefaultView()
	v.Consensus, v.Difference = true, compare.Pair{After: 5, Before: 1}
	seen, folder := drive(t, c, v)
	if len(seen.Requests) > 0 || len(seen.Errors) > 0 {
		t.Errorf("requests %q, errors %q", seen.Requests, seen.Errors)
	}
	of := explained(t, c, v)
	checkValues(t, seen, of, v)
	checkScales(t, seen, of, v)
	for key, want := range map[string]string{
		"gone": "", "opacity": "0.7", "wipe": "0.25", "unwiped": "true", "head": "기준", "lang": "ko", "help": "true", "helped": "false",
		"object off": "0 0", "object on": "24 18", "object loaded": "true", "english": "", "beyond 360": "0", "beyond 1280": "24", "printed": "true",
	} {
		if got := seen.Texts[key]; got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	if !strings.HasPrefix(seen.Texts["kept"], "here: ") {
		t.Errorf("the point that was clicked: %q", seen.Texts["kept"])
	}
	var verdicts []string
	for i := range c.Rows {
		for j, m := range five {
			verdict := "right"
			if c.Verdict(i, j) == compare.Wrong {
				verdict = "wrong: shows “" + c.Rows[i].Picture.Shows + "”"
			}
			verdicts = append(verdicts, verdict)
			if c.Verdict(i, j) == compare.Unknown {
				t.Errorf("row %d: %s has no verdict", i, m.Name)
			}
		}
	}
	if got := seen.Texts["verdicts"]; got != strings.Join(verdicts, "; ") || !strings.Contains(got, "wrong") {
		t.Errorf("verdicts %q, want %q", got, verdicts)
	}
	if pdf, err := os.ReadFile(filepath.Join(folder, "page.pdf")); err != nil || !bytes.HasPrefix(pdf, []byte("%PDF")) {
		t.Errorf("printed: %.20q (%v)", pdf, err)
	}
	shot := func(name string, col int) *image.RGBA {
		data, err := os.ReadFile(filepath.Join(folder, fmt.Sprintf("%s-%d.png", name, col)))
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		rgba := image.NewRGBA(image.Rectangle{Max: img.Bounds().Size()})
		draw.Draw(rgba, rgba.Rect, img, img.Bounds().Min, draw.Src)
		return rgba
	}
	for col := range len(five) + 2 {
		base, over, wiped := shot("picture", col), shot("over", col), shot("wiped", col)
		shown := c.Shown(0, col, v)
		size := base.Rect.Size()
		values := shown.Map.Resize(size.Y, size.X, v.Interpolation)
		shown.Scale.Unit(values)
		want := image.NewRGBA(base.Rect)
		if err := colormap.Overlay(want, base, values, want.Rect, shown.Colormap, colormap.Blend{Opacity: v.Opacity}); err != nil {
			t.Fatal(err)
		}
		var sum, most float64
		for i := range want.Pix {
			off := math.Abs(float64(want.Pix[i]) - float64(over.Pix[i]))
			sum, most = sum+off, max(most, off)
		}
		// The browser scales a map of 384 pixels to the screen's and mixes by alphas of
		// 8 bits: a level or two, and some more where the map is steep or begins.
		if mean := sum / float64(len(want.Pix)); mean > 1 || most > 24 {
			t.Errorf("column %d: colours are off by %.2f levels, at most %.0f", col, mean, most)
		}
		for y := range size.Y {
			for x := range size.X {
				from := over
				if x < size.X/2 {
					from = base
				}
				const near = 3 // pixels about the line
				if got, want := wiped.RGBAAt(x, y), from.RGBAAt(x, y); got != want && (x < size.X/2-near || x > size.X/2+near) {
					t.Fatalf("column %d, wiped: pixel (%d, %d) is %v, want %v", col, x, y, got, want)
				}
			}
		}
	}
}

// TestNumbersInBrowser: the script writes values as the program does, ties, large and
// small ones too, and where a network did not see, it says so.
func TestNumbersInBrowser(t *testing.T) {
	c := comparetest.Comparison(t,
		[]float32{2.125, 2.135, 9.995, -0.0625, 1.005, 33, 123.5, 124.5},
		[]float32{1234, 0.00012345, 0.000098765, -1e-20, 999.5, 99.95, 3e30, 0},
		[]float32{-1, -2}, nil)
	v := compare.DefaultView()
	v.Interpolation = cam.Grid
	seen, _ := drive(t, c, v)
	checkValues(t, seen, [][]*compare.Comparison{{c}}, v)
	if len(seen.Errors) > 0 {
		t.Errorf("errors %q", seen.Errors)
	}
}

func checkValues(t *testing.T, seen driven, of [][]*compare.Comparison, v compare.View) {
	t.Helper()
	said := map[string]bool{}
	for _, read := range seen.Values {
		one := of[read.Row][read.Choice]
		if v.Interpolation = cam.Smooth; read.Grid {
			v.Interpolation = cam.Grid
		}
		want := ""
		if s := one.Shown(0, read.Col, v); s.Map != nil {
			want = "here: not seen"
			if value, ok := s.Value(&one.Rows[0], v, read.X, read.Y); ok {
				want = "here: " + compare.FormatValue(value)
			}
		}
		if read.Text != want {
			t.Errorf("row %d, choice %d, column %d, grid %v, at (%v, %v): %q, want %q", read.Row, read.Choice, read.Col, read.Grid, read.X, read.Y, read.Text, want)
		}
		said[want] = true
	}
	t.Logf("%d values read, %d of them different", len(seen.Values), len(said))
	if len(said) < 8 {
		t.Errorf("%d different values of %d", len(said), len(seen.Values))
	}
}

func checkScales(t *testing.T, seen driven, of [][]*compare.Comparison, v compare.View) {
	t.Helper()
	kinds := map[string]bool{}
	for _, read := range seen.Scales {
		v.Shared, v.Colormap = read.Shared, colormap.All()[read.Colours]
		s := of[read.Row][read.Choice].Shown(0, read.Col, v).Scale
		if want := []string{compare.FormatValue(s.Lo), compare.FormatValue(s.Hi)}; read.Shown == s.Empty() || read.Shown && strings.Join(read.Text, " ") != strings.Join(want, " ") {
			t.Errorf("row %d, column %d, shared %v, %s: %q (shown %v), want %q", read.Row, read.Col, read.Shared, v.Colormap.Name, read.Text, read.Shown, want)
		}
		kinds[fmt.Sprint(read.Shared, v.Colormap.Diverging)] = true
	}
	if len(kinds) != 4 {
		t.Errorf("%d kinds of scales, want own and shared, positive and signed", len(kinds))
	}
}
