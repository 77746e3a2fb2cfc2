package figure

import (
	"bytes"
	"image"
	"slices"
	"testing"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/compare/comparetest"
	"scalecam/network"
	"scalecam/picture"
)

func TestOverlay(t *testing.T) {
	c := comparetest.Comparison(t, []float32{5, 5}, []float32{-5, -5}, nil)
	original := c.Rows[0].Picture.Image
	for _, size := range []image.Point{{80, 60}, {160, 120}, {8, 6}} {
		base := picture.Resize(original, size.X, size.Y, picture.Bicubic)
		before := slices.Clone(base.Pix)
		seen := image.Rect(size.X*10/80, (size.Y*5+30)/60, size.X*60/80, (size.Y*55+30)/60) // rounded
		v := compare.DefaultView()
		v.Opacity = 1
		got, err := Overlay(c, 0, 0, v, base)
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
			if got, err := Overlay(c, 0, col, v, base); err != nil || !bytes.Equal(got.Pix, base.Pix) {
				t.Errorf("%v: network %d: not the picture itself (error %v)", size, col, err)
			}
			v := v
			v.Grey = true
			if got, err := Overlay(c, 0, col, v, base); err != nil || got.Pix[0] != got.Pix[2] {
				t.Errorf("%v: network %d: not in grey (error %v)", size, col, err)
			}
		}
	}
	// A region of less than a pixel shows in the pixel that it lies in.
	c.Rows[0].Cells[0].Activations.Seen = network.Region{X0: 40, Y0: 30, X1: 40.2, Y1: 30.2}
	base := picture.Resize(original, 8, 6, picture.Bicubic)
	got, err := Overlay(c, 0, 0, compare.DefaultView(), base)
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

// TestContour: the line is drawn where the map reaches the share asked for, and
// changes no pixel far from it.
func TestContour(t *testing.T) {
	c, v := comparetest.Comparison(t, []float32{1, 2}), compare.DefaultView()
	base := image.NewRGBA(image.Rect(0, 0, 100, 60))
	for i := range base.Pix {
		base.Pix[i] = 255
	}
	v.Interpolation = cam.Grid
	plain, err := Overlay(c, 0, 0, v, base)
	if err != nil {
		t.Fatal(err)
	}
	v.Contour = 0.75 // between the two cells' values
	drawn, err := Overlay(c, 0, 0, v, base)
	if err != nil {
		t.Fatal(err)
	}
	seen := c.Seen(0, 0, base.Rect.Size())
	edge := seen.Min.X + seen.Dx()/2
	changed := 0
	for y := range 60 {
		for x := range 100 {
			if plain.RGBAAt(x, y) != drawn.RGBAAt(x, y) {
				changed++
				if x < edge-3 && x > seen.Min.X+3 {
					t.Fatalf("pixel %d, %d changed; the line runs at %d and around the right half", x, y, edge)
				}
			}
		}
	}
	if changed == 0 {
		t.Error("no line was drawn")
	}
}

// TestOverlayPart: a part is cut out of the whole at that size, wherever it lies, and the
// box around the largest part of a map is the one that the whole has.
func TestOverlayPart(t *testing.T) {
	c := comparetest.Comparison(t, []float32{-3, 2, 4, 6.5}, []float32{1, 1, 0, 12})
	of := image.Pt(480, 360)
	v := compare.DefaultView()
	for _, how := range []cam.Interpolation{cam.Smooth, cam.Grid} {
		v.Interpolation = how
		for _, part := range []image.Rectangle{{Max: of}, image.Rect(0, 0, 80, 60), image.Rect(200, 150, 280, 210), image.Rect(400, 300, 480, 360)} {
			for col := range c.Models {
				c.Models[col].Trained = col > 0 // hatched, and not
				whole, err := Overlay(c, 0, col, v, picture.Resize(c.Rows[0].Picture.Image, of.X, of.Y, picture.Bilinear))
				if err != nil {
					t.Fatal(err)
				}
				if part.Size() != of && col == 0 { // lines are as wide as they are on screen
					continue
				}
				base := picture.ResizePart(c.Rows[0].Picture.Image, of.X, of.Y, part, picture.Bilinear)
				got, err := OverlayPart(c, 0, col, v, base, of, part.Min)
				if err != nil || !bytes.Equal(got.Pix, picture.Crop(whole, part).Pix) {
					t.Errorf("%v of network %d is not that of the whole (error %v)", part, col, err)
				}
			}
		}
		v.Contour = 0.4
		for col := range c.Models {
			shown := c.Shown(0, col, v)
			size := image.Pt(960, 720)
			want := cam.Above(shown.Map.Resize(size.Y, size.X, how), size.X, size.Y, threshold(v, shown.Scale)).Box
			if got := boxOf(shown.Map, v, shown.Scale, size.Div(12), size); got != want || got.Empty() {
				t.Errorf("network %d: a box at %v, want %v", col, got, want)
			}
		}
		v.Contour = 0
	}
}
