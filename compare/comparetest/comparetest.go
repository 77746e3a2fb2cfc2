// Package comparetest gives tests small networks, pictures and comparisons.
package comparetest

import (
	"fmt"
	"image"
	"slices"
	"testing"

	"scalecam/cam"
	"scalecam/colormap"
	"scalecam/compare"
	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/picture"
)

// Model is a small untrained network of ten classes, "class 0" and on unless
// named.
func Model(t testing.TB, name string, resolution int, classes ...string) *network.Model {
	t.Helper()
	s := network.Scaling{Depth: 1, Width: 0.25, Resolution: network.Square(resolution)}
	n, err := network.New(network.EfficientNetB0, s, network.SymmetricPadding, max(10, len(classes)))
	if err != nil {
		t.Fatal(err)
	}
	m, err := network.NewModel(n, network.Random(n, 1), 1e-3, classes)
	if err != nil {
		t.Fatal(err)
	}
	m.Name, m.Spec = name, name+".safetensors"
	return m
}

// Picture is a picture of a slope in two colours.
func Picture(path string, w, h int) *picture.Picture {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			i := img.PixOffset(x, y)
			copy(img.Pix[i:], []byte{byte(255 * x / w), byte(255 * y / h), 90, 255})
		}
	}
	return &picture.Picture{Path: path, Format: "PNG", Image: img}
}

// Run is compare.Run by CAM.
func Run(t testing.TB, class string, pictures []*picture.Picture, models ...*network.Model) *compare.Comparison {
	t.Helper()
	c, err := compare.Run(t.Context(), pictures, models, class, compare.By{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Animals are ten names, one of them shared by two classes.
var Animals = []string{"ant", "bee", "crane", "dog", "eel", "fox", "crane", "gnu", "hen", "ibis"}

// Comparison is a comparison of one picture, 80 × 60 of which the networks see the
// middle, with a map of the given values, on a grid of two columns, for each
// network: exact on any machine. A network of nil values has no such class.
func Comparison(t testing.TB, maps ...[]float32) *compare.Comparison {
	t.Helper()
	c := &compare.Comparison{Rows: []compare.Row{{Picture: Picture("pictures/slope.png", 80, 60), Class: "class 0", Predicted: true}}}
	for j, values := range maps {
		m := Model(t, fmt.Sprintf("network %d", j), 64)
		m.Trained, m.Temperature = true, 0.5
		cell := compare.Cell{
			Class: -1,
			Top:   []network.Prediction{{Class: j, Probability: 0.75, Raw: 0.5}},
			Activations: &network.Activations{
				Pooled: cam.Pooled{Logits: make([]float32, 10), Bias: make([]float32, 10)}, Seen: network.Region{X0: 10, Y0: 5, X1: 60, Y1: 55},
			},
		}
		if values != nil {
			cell.Class, cell.Probability, cell.Raw = 0, 0.25, 0.3
			cell.Map = &cam.Map{Method: cam.MethodCAM, H: len(values) / 2, W: 2, Values: values}
		}
		c.Models = append(c.Models, m)
		c.Rows[0].Cells = append(c.Rows[0].Cells, cell)
	}
	return c
}

// Signed is a diverging colour scale.
func Signed(t testing.TB) *colormap.Colormap {
	i := slices.IndexFunc(colormap.All(), func(c *colormap.Colormap) bool { return c.Diverging })
	if i < 0 {
		t.Fatal("no diverging colour scale")
	}
	return colormap.All()[i]
}

// ScenesModel is a small untrained network of the scenes' classes.
func ScenesModel(t testing.TB, classes []string) *network.Model {
	t.Helper()
	n, err := network.New(network.EfficientNet64, network.Scaling{Depth: 1, Width: 0.5, Resolution: network.Square(32)}, network.SymmetricPadding, len(classes))
	if err != nil {
		t.Fatal(err)
	}
	m, err := network.NewRandomModel(n, 1, 1e-3, classes)
	if err != nil {
		t.Fatal(err)
	}
	m.Name, m.Spec = "small", "small.safetensors"
	if slices.Equal(classes, scenes.Classes()) {
		m.Domain = network.Scenes
	}
	return m
}
