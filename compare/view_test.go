package compare

import (
	"bytes"
	"fmt"
	"image"
	"slices"
	"testing"

	"scalecam/cam"
	"scalecam/colormap"
	"scalecam/network"
	"scalecam/picture"
)

// made is a comparison of one picture, 80 × 60 of which the networks see the
// middle, with a map of the given values, on a grid of two columns, for each
// network: exact on any machine. A network of nil values has no such class.
func made(t testing.TB, maps ...[]float32) *Comparison {
	t.Helper()
	c := &Comparison{Rows: []Row{{Picture: drawn("pictures/slope.png", 80, 60), Class: "class 0", Predicted: true}}}
	for j, values := range maps {
		m := model(t, fmt.Sprintf("network %d", j), 64)
		m.Trained = true
		cell := Cell{
			Class: -1,
			Top:   []network.Prediction{{Class: j, Probability: 0.75}},
			Activations: &network.Activations{
				Pooled: cam.Pooled{Logits: make([]float32, 10), Bias: make([]float32, 10)}, Seen: network.Region{X0: 10, Y0: 5, X1: 60, Y1: 55},
			},
		}
		if values != nil {
			cell.Class, cell.Probability = 0, 0.25
			cell.Map = &cam.Map{Method: cam.MethodCAM, H: len(values) / 2, W: 2, Values: values}
		}
		c.Models = append(c.Models, m)
		c.Rows[0].Cells = append(c.Rows[0].Cells, cell)
	}
	return c
}

func signed(t *testing.T) *colormap.Colormap {
	i := slices.IndexFunc(colormap.All(), func(c *colormap.Colormap) bool { return c.Diverging })
	if i < 0 {
		t.Fatal("no diverging colour scale")
	}
	return colormap.All()[i]
}

func TestScale(t *testing.T) {
	c := made(t, []float32{-3, 2}, []float32{1, 4}, nil, []float32{-1, -2})
	own := DefaultView()
	shared, diverging, both := own, own, own
	shared.Shared = true
	diverging.Colormap = signed(t)
	both.Shared, both.Colormap = true, diverging.Colormap
	for _, test := range []struct {
		name string
		view View
		want []cam.Scale // of each network
	}{
		{"own", own, []cam.Scale{{Hi: 2}, {Hi: 4}, {}, {}}},
		{"shared", shared, []cam.Scale{{Hi: 4}, {Hi: 4}, {Hi: 4}, {Hi: 4}}},
		{"signed", diverging, []cam.Scale{{Lo: -3, Hi: 3}, {Lo: -4, Hi: 4}, {}, {Lo: -2, Hi: 2}}},
		{"signed and shared", both, []cam.Scale{{Lo: -4, Hi: 4}, {Lo: -4, Hi: 4}, {Lo: -4, Hi: 4}, {Lo: -4, Hi: 4}}},
	} {
		for j, want := range test.want {
			if got := c.Scale(0, j, test.view); got != want {
				t.Errorf("%s: network %d: got %v, want %v", test.name, j, got, want)
			}
		}
	}
}

// The map covers what the network saw and nothing else, whatever the size at
// which the picture is shown.
func TestOverlay(t *testing.T) {
	c := made(t, []float32{5, 5}, []float32{-5, -5}, nil)
	original := c.Rows[0].Picture.Image
	for _, size := range []image.Point{{80, 60}, {160, 120}, {8, 6}} {
		base := picture.Resize(original, size.X, size.Y, picture.Bicubic)
		before := slices.Clone(base.Pix)
		seen := image.Rect(size.X*10/80, (size.Y*5+30)/60, size.X*60/80, (size.Y*55+30)/60) // rounded
		v := DefaultView()
		v.Opacity = 1
		got, err := c.Overlay(0, 0, v, base)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(base.Pix, before) {
			t.Errorf("%v: the picture was written to", size)
		}
		for y := range size.Y {
			for x := range size.X {
				want := base.RGBAAt(x, y)
				if image.Pt(x, y).In(seen) {
					want = v.Colormap.At(1)
				}
				if got := got.RGBAAt(x, y); got != want {
					t.Fatalf("%v: pixel (%d, %d) is %v, want %v", size, x, y, got, want)
				}
			}
		}
		for _, col := range []int{1, 2} { // nothing to show
			if got, err := c.Overlay(0, col, v, base); err != nil || !bytes.Equal(got.Pix, base.Pix) {
				t.Errorf("%v: network %d: not the picture itself (error %v)", size, col, err)
			}
			v := v
			v.Grey = true
			if got, err := c.Overlay(0, col, v, base); err != nil || got.Pix[0] != got.Pix[2] {
				t.Errorf("%v: network %d: not in grey (error %v)", size, col, err)
			}
		}
	}
	// A region of less than a pixel shows in the pixel that it lies in.
	c.Rows[0].Cells[0].Activations.Seen = network.Region{X0: 40, Y0: 30, X1: 40.2, Y1: 30.2}
	base := picture.Resize(original, 8, 6, picture.Bicubic)
	got, err := c.Overlay(0, 0, DefaultView(), base)
	if err != nil {
		t.Fatal(err)
	}
	changed := 0
	for i := 0; i < len(got.Pix); i += 4 {
		if !bytes.Equal(got.Pix[i:i+4], base.Pix[i:i+4]) {
			changed++
		}
	}
	if changed != 1 {
		t.Errorf("a region of less than a pixel changes %d pixels, want 1", changed)
	}
}

func TestNotes(t *testing.T) {
	c := made(t, []float32{1, 2}, []float32{-1, -2}, nil, []float32{1, 2})
	c.Models[2].Trained = false
	c.Models[3].TrainedAt = network.Size{H: 96, W: 160}
	c.Models[0].TrainedAt = network.Square(64) // as it is run
	own := DefaultView()
	shared, diverging := own, own
	shared.Shared = true
	diverging.Colormap = signed(t)
	for _, test := range []struct {
		name string
		col  int
		view View
		want []string
	}{
		{"nothing to note", 0, own, nil},
		{"only negative", 1, own, []string{"no positive evidence"}},
		{"only negative, beside positive ones", 1, shared, []string{"no positive evidence"}},
		{"only negative, on a signed scale", 1, diverging, nil},
		{"untrained and without the class", 2, own, []string{"untrained: random weights", "has no class “class 0”"}},
		{"at another resolution", 3, own, []string{"trained at 96x160 px, run at 64"}},
	} {
		if got := NoteTexts(c.Notes(0, test.col, test.view)); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestGridsDiffer(t *testing.T) {
	a, b := model(t, "a", 64), model(t, "b", 96)
	if (&Comparison{Models: []*network.Model{a, a}}).GridsDiffer() {
		t.Error("one grid: they differ")
	}
	if !(&Comparison{Models: []*network.Model{a, a, b}}).GridsDiffer() {
		t.Error("grids of 2 and 3 cells a side: they do not differ")
	}
}

func TestFormatCount(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 999: "999", 1000: "1.00k", 5_288_548: "5.29M", 9_996_000: "10.0M", 99_960_000: "100M",
		386_000_000: "386M", 999_400: "999k", 999_500: "1.00M", 999_999_999: "1.00B", 1_583_000_000: "1.58B",
		4_000_000_000_000: "4.00T",
	} {
		if got := FormatCount(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}

func ExampleFormatCount() {
	fmt.Println(FormatCount(5_288_548), "parameters")
	// Output: 5.29M parameters
}

// TestCropped: one network that is shown a part is enough.
func TestCropped(t *testing.T) {
	c := &Comparison{Rows: []Row{{Picture: &picture.Picture{Image: image.NewRGBA(image.Rect(0, 0, 80, 60))}}}}
	for _, test := range []struct {
		seen []network.Region
		want bool
	}{
		{[]network.Region{{X1: 80, Y1: 60}, {X1: 80, Y1: 60}}, false},
		{[]network.Region{{X1: 80, Y1: 60}, {X0: 10, X1: 70, Y1: 60}}, true},
	} {
		c.Rows[0].Cells = nil
		for _, seen := range test.seen {
			c.Rows[0].Cells = append(c.Rows[0].Cells, Cell{Activations: &network.Activations{Seen: seen}})
		}
		if got := c.Cropped(); got != test.want {
			t.Errorf("%v: %v", test.seen, got)
		}
	}
}
