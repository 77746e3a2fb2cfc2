package network

import (
	"image"
	"math"
	"testing"
)

// TestResized holds the sizes to torchvision's Resize(size/ratio) for square
// inputs: the shorter side exactly, the longer one cut off.
func TestResized(t *testing.T) {
	for _, c := range []struct {
		w, h   int
		size   Size
		ratio  float64
		rw, rh int
	}{
		{299, 299, Square(224), 0.875, 256, 256},
		{640, 480, Square(224), 0.875, 341, 256}, // 256·640/480 = 341.33
		{480, 640, Square(224), 0.875, 256, 341},
		{500, 375, Square(380), 380.0 / 384, 512, 384},
		{100, 100, Square(300), 0.875, 342, 342}, // 342.86
		{640, 480, Size{96, 160}, 0.875, 182, 136},
	} {
		rw, rh := Preprocessing{Ratio: c.ratio}.resized(c.w, c.h, c.size)
		if rw != c.rw || rh != c.rh {
			t.Errorf("%d×%d for %v: resized to %d×%d, want %d×%d", c.w, c.h, c.size, rw, rh, c.rw, c.rh)
		}
	}
}

// TestSeen: the crop's region in the picture's own pixels.
func TestSeen(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 400, 200))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	p := ImageNetBilinear
	input, seen := p.Apply(img, Square(224))
	// Resized to 512×256, cut 224 from (144, 16).
	if want := (Region{112.5, 12.5, 287.5, 187.5}); seen != want {
		t.Errorf("seen %+v, want %+v", seen, want)
	}
	if want := (1 - p.Mean[0]) / p.Std[0]; input[0] != want || len(input) != 3*224*224 {
		t.Errorf("white is %v of %d values, want %v of %d", input[0], len(input), want, 3*224*224)
	}
	if got, want := seen.In(0.5, 0.5), image.Rect(56, 6, 144, 94); got != want {
		t.Errorf("at half size %v, want %v", got, want)
	}
	if got, want := seen.In(0.002, 0.002), image.Rect(0, 0, 1, 1); got != want {
		t.Errorf("at a five-hundredth %v, want %v: never nothing", got, want)
	}
	p.Crop = NoCrop
	if _, seen := p.Apply(img, Square(64)); seen != (Region{0, 0, 400, 200}) {
		t.Errorf("without a crop: seen %+v", seen)
	}
}

// TestExtremePictures: thin and tiny pictures give an input without taking
// much memory, and the region seen lies in the picture.
func TestExtremePictures(t *testing.T) {
	for _, c := range []struct{ w, h int }{{1, 1}, {1, 60_000}, {60_000, 1}, {1999, 1}, {1, 1998}, {3, 20_000}, {5000, 7}} {
		for _, size := range []Size{Square(224), {96, 160}} {
			img := image.NewRGBA(image.Rect(0, 0, c.w, c.h))
			input, seen := ImageNetBicubic.Apply(img, size)
			if len(input) != 3*size.H*size.W {
				t.Errorf("%d×%d: %d values", c.w, c.h, len(input))
			}
			const rounding = 1e-6
			if seen.X0 < -rounding || seen.Y0 < -rounding || seen.X1 > float64(c.w)+rounding || seen.Y1 > float64(c.h)+rounding || seen.X1 <= seen.X0 || seen.Y1 <= seen.Y0 {
				t.Errorf("%d×%d at %v: seen %+v", c.w, c.h, size, seen)
			}
			for _, v := range input {
				if math.IsNaN(float64(v)) {
					t.Fatalf("%d×%d: not a number", c.w, c.h)
				}
			}
		}
	}
}
