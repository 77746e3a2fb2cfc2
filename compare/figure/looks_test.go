package figure

import (
	"bytes"
	"image"
	"image/color"
	"testing"

	"scalecam/colormap"
	"scalecam/network/teach"
	"scalecam/wording"
)

// TestDrawLooks: each class and network has its map, on one scale.
func TestDrawLooks(t *testing.T) {
	r := &teach.Report{
		Classes: []teach.ReportedClass{{Name: "mug"}, {Name: "glass"}},
		Networks: []teach.ReportedNetwork{
			{Name: "baseline", Looks: []teach.ReportedLook{
				{Pictures: 1, Outer: 0.25, Map: [][]float64{{1, 0}, {0, 0}}},
				{Pictures: 1, Outer: 0.5, Map: [][]float64{{0.25, 0.25}, {0.25, 0.25}}},
			}},
			{Name: "not looked at"},
			{Name: "compound", Looks: []teach.ReportedLook{{}, {Pictures: 1, Map: [][]float64{{0, 0.5}, {0, 0.5}}}}},
		},
	}
	img, err := DrawLooks(r, wording.In("en"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := DrawLooks(r, wording.In("en"))
	if err != nil || !bytes.Equal(img.Pix, again.Pix) {
		t.Errorf("drawn otherwise the second time (%v)", err)
	}
	const x, y, step, down = 32 + 200, 32 + 27 + 24, 176, 160 + 16 + 24
	scale := colormap.Default()
	for at, want := range map[image.Point]color.Color{
		{X: x + 5, Y: y + 5}:                 scale.At(1), // the highest
		{X: x + 139, Y: y + 139}:             scale.At(0),
		{X: x + 70, Y: y + down + 70}:        scale.At(0.25), // even
		{X: x + step + 139, Y: y + down + 9}: scale.At(0.5),
		{X: x + step + 70, Y: y + 70}:        color.RGBA{255, 255, 255, 255}, // not looked at
	} {
		if got := img.At(at.X, at.Y); got != want {
			t.Errorf("%v: %v, want %v", at, got, want)
		}
	}
	if none, err := DrawLooks(&teach.Report{Networks: r.Networks[1:2]}, wording.In("en")); none != nil || err != nil {
		t.Errorf("%v, %v", none, err)
	}
}
