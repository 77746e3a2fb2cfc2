package main

import (
	"bytes"
	"image"
	_ "image/jpeg" // for image.Decode
	"os"
	"path/filepath"
	"testing"
)

func TestAssetsAreWhatThisProgramDraws(t *testing.T) {
	drawn := map[string]func() []byte{
		"icon.png": func() []byte { return encodePNG(icon()) },
	}
	for name, scene := range samples {
		drawn[name] = func() []byte { return encodeJPEG(develop(scene)) }
	}
	for name, draw := range drawn {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, err := os.ReadFile(filepath.Join("..", "..", name))
			if err != nil {
				t.Fatal(err)
			}
			got, want := decode(t, draw()), decode(t, file)
			if got.Bounds() != want.Bounds() {
				t.Fatalf("drew %v, the file holds %v", got.Bounds(), want.Bounds())
			}
			if d := difference(got, want); d > tolerance {
				t.Errorf("the file differs from what is drawn by %.3f levels a pixel; run go generate ./assets", d)
			}
		})
	}
}

// tolerance is in levels of 255, on average over the picture. Equal machines
// draw equal bytes; those that fuse multiplications and additions round a few
// pixels the other way, and the JPEG spreads each over its block.
const tolerance = 0.02

func decode(t *testing.T, file []byte) image.Image {
	t.Helper()
	img, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// difference is the mean absolute difference of two pictures of the same size,
// over pixels and channels, in levels of 255.
func difference(a, b image.Image) float64 {
	box, sum := a.Bounds(), 0.0
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			r, g, b1, a1 := a.At(x, y).RGBA()
			r2, g2, b2, a2 := b.At(x, y).RGBA()
			for _, pair := range [][2]uint32{{r, r2}, {g, g2}, {b1, b2}, {a1, a2}} {
				sum += float64(max(pair[0], pair[1])-min(pair[0], pair[1])) / 257
			}
		}
	}
	return sum / float64(4*box.Dx()*box.Dy())
}

func TestNoiseKeepsItsRange(t *testing.T) {
	low, high := 0.0, 0.0
	for i := range 200 * 200 {
		n := noise(float64(i%200)*0.173, float64(i/200)*0.191, 3)
		low, high = min(low, n), max(high, n)
	}
	// Gradient noise with unit gradients reaches √½ in the middle of a cell;
	// scaled by 1.5 that is 1.07, of which chance seldom uses all.
	if low < -1.07 || high > 1.07 || low > -0.7 || high < 0.7 {
		t.Errorf("noise goes from %.2f to %.2f, want nearly -1 to 1", low, high)
	}
}
