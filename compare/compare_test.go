package compare

import (
	"context"
	"errors"
	"image"
	"runtime"
	"slices"
	"strings"
	"testing"

	"scalecam/cam"
	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/picture"
)

// model is a small untrained network of ten classes, "class 0" and on unless
// named.
func model(t testing.TB, name string, resolution int, classes ...string) *network.Model {
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

// drawn is a picture of a slope in two colours.
func drawn(path string, w, h int) *picture.Picture {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			i := img.PixOffset(x, y)
			copy(img.Pix[i:], []byte{byte(255 * x / w), byte(255 * y / h), 90, 255})
		}
	}
	return &picture.Picture{Path: path, Format: "PNG", Image: img}
}

func run(t testing.TB, class string, pictures []*picture.Picture, models ...*network.Model) *Comparison {
	t.Helper()
	c, err := Run(t.Context(), pictures, models, class, By{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// animals are ten names, one of them shared by two classes.
var animals = []string{"ant", "bee", "crane", "dog", "eel", "fox", "crane", "gnu", "hen", "ibis"}

func TestRunExplains(t *testing.T) {
	reversed := slices.Clone(animals)
	slices.Reverse(reversed)
	numbered, named, other := model(t, "numbered", 64), model(t, "named", 64, animals...), model(t, "other", 64, reversed...)
	pictures := []*picture.Picture{drawn("a.png", 40, 30)}
	for _, test := range []struct {
		name   string
		models []*network.Model
		class  string
		want   string
		at     []int // index of the class in each model
	}{
		{"by name", []*network.Model{named, other}, "Dog", "dog", []int{3, 6}},
		{"by index", []*network.Model{named, other}, "1", "bee", []int{1, 8}},
		{"by index of a shared name", []*network.Model{named, named}, "6", "crane", []int{6, 6}},
		{"a name that one network lacks", []*network.Model{named, numbered}, "fox", "fox", []int{5, -1}},
		{"a name that the first network lacks", []*network.Model{numbered, named}, "fox", "fox", []int{-1, 5}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := run(t, test.class, pictures, test.models...)
			row := c.Rows[0]
			if row.Class != test.want || row.Predicted {
				t.Errorf("explains %q, predicted %v; want %q, chosen", row.Class, row.Predicted, test.want)
			}
			for j, cell := range row.Cells {
				if cell.Class != test.at[j] {
					t.Errorf("network %d: class %d, want %d", j, cell.Class, test.at[j])
				}
				if (cell.Map == nil) != (cell.Class < 0) {
					t.Errorf("network %d: class %d with map %v", j, cell.Class, cell.Map)
				}
				if cell.Map != nil {
					want, err := cam.CAM(&cell.Activations.Pooled, cell.Class)
					if err != nil || !slices.Equal(cell.Map.Values, want.Values) {
						t.Errorf("network %d: map %v, want %v (%v)", j, cell.Map.Values, want, err)
					}
				}
			}
		})
	}
}

func TestRunPredicts(t *testing.T) {
	a, b := model(t, "a", 64), model(t, "b", 96)
	var seen []int
	pictures := []*picture.Picture{drawn("a.png", 40, 30), drawn("b.png", 9, 50)}
	c, err := Run(t.Context(), pictures, []*network.Model{a, b}, "", By{}, func(done, total int) {
		if total != 4 {
			t.Errorf("progress: total %d, want 4", total)
		}
		seen = append(seen, done)
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []int{0, 1, 2, 3, 4}; !slices.Equal(seen, want) {
		t.Errorf("progress: got %v, want %v", seen, want)
	}
	for i, row := range c.Rows {
		first := row.Cells[0]
		if !row.Predicted || first.Class != first.Top[0].Class || row.Class != a.Classes[first.Class] {
			t.Errorf("row %d explains %q (class %d), predicted %v; the first network predicts class %d", i, row.Class, first.Class, row.Predicted, first.Top[0].Class)
		}
		if first.Probability != first.Top[0].Probability || len(first.Top) != top {
			t.Errorf("row %d: probability %v, top %v", i, first.Probability, first.Top)
		}
	}
}

func TestExplainAgain(t *testing.T) {
	c := run(t, "", []*picture.Picture{drawn("a.png", 20, 20)}, model(t, "a", 64))
	before := c.Rows[0].Cells[0].Activations
	if err := c.Explain(t.Context(), 0, "class 7"); err != nil {
		t.Fatal(err)
	}
	row := c.Rows[0]
	if row.Class != "class 7" || row.Predicted || row.Cells[0].Map.Target[0].Class != 7 || row.Cells[0].Activations != before {
		t.Errorf("got %q, predicted %v, map of %v, same activations %v", row.Class, row.Predicted, row.Cells[0].Map.Target, row.Cells[0].Activations == before)
	}
	if got, want := row.Cells[0].Logit(), float64(before.Logits[7]); got != want {
		t.Errorf("logit %v, want %v", got, want)
	}
	if err := c.Explain(t.Context(), 0, "zebra"); err == nil || c.Rows[0].Class != "class 7" {
		t.Errorf("an unknown class: error %v, and the row explains %q; want an error and no change", err, c.Rows[0].Class)
	}
	if err := c.Explain(t.Context(), 0, ""); err != nil || !c.Rows[0].Predicted {
		t.Errorf("back to the predicted class: %v, predicted %v", err, c.Rows[0].Predicted)
	}
}

func TestRunRefuses(t *testing.T) {
	m, p := model(t, "named", 64, animals...), drawn("a.png", 20, 20)
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	for _, test := range []struct {
		name     string
		ctx      context.Context
		pictures []*picture.Picture
		models   []*network.Model
		class    string
		want     string
	}{
		{"no pictures", t.Context(), nil, []*network.Model{m}, "", "give at least one of each"},
		{"no networks", t.Context(), []*picture.Picture{p}, nil, "", "give at least one of each"},
		{"an unknown class", t.Context(), []*picture.Picture{p}, []*network.Model{m}, "crone", `"crane"`},
		{"a shared name", t.Context(), []*picture.Picture{p}, []*network.Model{m}, "crane", "2, 6"},
		{"cancelled", stopped, []*picture.Picture{p}, []*network.Model{m}, "", context.Canceled.Error()},
	} {
		_, err := Run(test.ctx, test.pictures, test.models, test.class, By{}, nil)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got error %v, want one with %q", test.name, err, test.want)
		}
		if test.ctx == stopped && !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v is not context.Canceled", test.name, err)
		}
	}
}

// TestRunSharesInputs: networks that take the same input take it from one
// resized picture. Each resizing allocates far more than such a network's run.
func TestRunSharesInputs(t *testing.T) {
	var models []*network.Model
	for range 4 {
		m := model(t, "m", 32)
		m.Preprocessing.Crop = network.NoCrop // all of a long picture
		models = append(models, m)
	}
	pictures := []*picture.Picture{drawn("a.png", 30, 20_000)}
	allocated := func(models ...*network.Model) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		run(t, "", pictures, models...)
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	run(t, "", pictures, models...) // compiles them
	one, four := allocated(models[0]), allocated(models...)
	if one < 1_000_000 || four > one+one/2 {
		t.Errorf("one network allocates %d bytes, four of the same input %d", one, four)
	}
}

// BenchmarkRun shows a photograph of 12 megapixels, which is open already, to
// the five networks that come with the program: inputs, networks and maps.
func BenchmarkRun(b *testing.B) {
	var opened []*network.Model
	for _, spec := range models.Default() {
		m, err := models.Open(spec, nil)
		if err != nil {
			b.Fatal(err)
		}
		opened = append(opened, m)
	}
	pictures := []*picture.Picture{drawn("a.jpg", 4000, 3000)}
	run(b, "", pictures, opened...) // compiles them
	for b.Loop() {
		run(b, "", pictures, opened...)
	}
}

// BenchmarkExplain changes the class of a comparison of the five networks of
// Figure 7 at full size: maps from features that are there already.
func BenchmarkExplain(b *testing.B) {
	var models []*network.Model
	for _, p := range network.Figure7 {
		n, err := network.New(p.Architecture, p.Scaling, network.SymmetricPadding, 1000)
		if err != nil {
			b.Fatal(err)
		}
		m, err := network.NewRandomModel(n, 1, 1e-3, nil)
		if err != nil {
			b.Fatal(err)
		}
		models = append(models, m)
	}
	c := run(b, "", []*picture.Picture{drawn("a.png", 300, 200)}, models...)
	classes := []string{"class 7", "class 801"}
	for i := 0; b.Loop(); i++ {
		if err := c.Explain(b.Context(), 0, classes[i%2]); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(models)), "µs/network")
}

// TestShown: a picture of which it is known what it shows is explained by that,
// where a model knows such a class, unless another is asked for.
func TestShown(t *testing.T) {
	m := scenesModel(t, scenes.Classes())
	p, err := OpenPicture(scenes.Path(14)) // a taxi
	if err != nil {
		t.Fatal(err)
	}
	c, err := Run(context.Background(), []*picture.Picture{p}, []*network.Model{m}, "", By{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r := c.Rows[0]; r.Class != "taxi" || !r.Shown || r.Predicted || c.asked(0) != "" {
		t.Errorf("explains %q, shown %v, predicted %v", r.Class, r.Shown, r.Predicted)
	}
	if err := c.Explain(t.Context(), 0, "cat"); err != nil || c.Rows[0].Class != "cat" || c.Rows[0].Shown || c.asked(0) != "cat" {
		t.Errorf("explains %q, shown %v, %v", c.Rows[0].Class, c.Rows[0].Shown, err)
	}
	other := scenesModel(t, []string{"tench", "goldfish"})
	if c, err = Run(context.Background(), []*picture.Picture{p}, []*network.Model{other}, "", By{}, nil); err != nil || !c.Rows[0].Predicted || c.Rows[0].Shown {
		t.Errorf("%+v, %v", c.Rows[0], err)
	}
}
