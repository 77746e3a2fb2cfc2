package compare_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/compare/comparetest"
	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/picture"
)

func TestRunExplains(t *testing.T) {
	reversed := slices.Clone(comparetest.Animals)
	slices.Reverse(reversed)
	numbered, named, other := comparetest.Model(t, "numbered", 64), comparetest.Model(t, "named", 64, comparetest.Animals...), comparetest.Model(t, "other", 64, reversed...)
	pictures := []*picture.Picture{comparetest.Picture("a.png", 40, 30)}
	for _, test := range []struct {
		name   string
		models []*network.Model
		class  string
		want   string
		at     []int // index of the class in each model, −1 for what it predicts itself
	}{
		{"by name", []*network.Model{named, other}, "Dog", "dog", []int{3, 6}},
		{"by index", []*network.Model{named, other}, "1", "bee", []int{1, 8}},
		{"by index of a shared name", []*network.Model{named, named}, "6", "crane", []int{6, 6}},
		{"a name that one network lacks", []*network.Model{named, numbered}, "fox", "fox", []int{5, -1}},
		{"a name that the first network lacks", []*network.Model{numbered, named}, "fox", "fox", []int{-1, 5}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := comparetest.Run(t, test.class, pictures, test.models...)
			row := c.Rows[0]
			if row.Class != test.want || row.Predicted {
				t.Errorf("explains %q, predicted %v; want %q, chosen", row.Class, row.Predicted, test.want)
			}
			for j, cell := range row.Cells {
				class, own := test.at[j], test.at[j] < 0
				if own {
					class = cell.Top[0].Class
				}
				if cell.Class != class || c.Instead(0, j) != own || own != (len(c.Otherwise(0, j)) > 0) {
					t.Errorf("network %d: class %d, its own %v; want %d, %v", j, cell.Class, c.Instead(0, j), class, own)
				}
				want, err := cam.CAM(&cell.Activations.Pooled, cell.Class)
				if err != nil || cell.Map == nil || !slices.Equal(cell.Map.Values, want.Values) {
					t.Errorf("network %d: map %v, want %v (%v)", j, cell.Map, want, err)
				}
			}
		})
	}
}

func TestRunPredicts(t *testing.T) {
	a, b := comparetest.Model(t, "a", 64), comparetest.Model(t, "b", 96)
	var seen []int
	pictures := []*picture.Picture{comparetest.Picture("a.png", 40, 30), comparetest.Picture("b.png", 9, 50)}
	c, err := compare.Run(t.Context(), pictures, []*network.Model{a, b}, "", compare.By{}, func(done, total int) {
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
		if first.Probability != first.Top[0].Probability || len(first.Top) != 5 {
			t.Errorf("row %d: probability %v, top %v", i, first.Probability, first.Top)
		}
	}
}

func TestExplainAgain(t *testing.T) {
	c := comparetest.Run(t, "", []*picture.Picture{comparetest.Picture("a.png", 20, 20)}, comparetest.Model(t, "a", 64))
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
	m, p := comparetest.Model(t, "named", 64, comparetest.Animals...), comparetest.Picture("a.png", 20, 20)
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
		{"a shared name", t.Context(), []*picture.Picture{p}, []*network.Model{m}, "crane", `2 "crane", 6 "crane"`},
		{"a shared name, of the second", t.Context(), []*picture.Picture{p}, []*network.Model{comparetest.Model(t, "plain", 64), m}, "crane", `2 "crane", 6 "crane"`},
		{"cancelled", stopped, []*picture.Picture{p}, []*network.Model{m}, "", context.Canceled.Error()},
	} {
		_, err := compare.Run(test.ctx, test.pictures, test.models, test.class, compare.By{}, nil)
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
		m := comparetest.Model(t, "m", 32)
		m.Preprocessing.Crop = network.NoCrop // all of a long picture
		models = append(models, m)
	}
	pictures := []*picture.Picture{comparetest.Picture("a.png", 30, 20_000)}
	allocated := func(models ...*network.Model) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		comparetest.Run(t, "", pictures, models...)
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	comparetest.Run(t, "", pictures, models...) // compiles them
	one, four := allocated(models[0]), allocated(models...)
	if one < 1_000_000 || four > one+one/2 {
		t.Errorf("one network allocates %d bytes, four of the same input %d", one, four)
	}
}

// BenchmarkRun shows a photograph of 12 megapixels, which is open already, to
// the five networks that come with the program: inputs, networks and maps.
func BenchmarkRun(b *testing.B) {
	var opened []*network.Model
	for _, spec := range models.Pack("scenes") {
		m, err := models.Open(spec, nil)
		if err != nil {
			b.Fatal(err)
		}
		opened = append(opened, m)
	}
	pictures := []*picture.Picture{comparetest.Picture("a.jpg", 4000, 3000)}
	comparetest.Run(b, "", pictures, opened...) // compiles them
	for b.Loop() {
		comparetest.Run(b, "", pictures, opened...)
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
	c := comparetest.Run(b, "", []*picture.Picture{comparetest.Picture("a.png", 300, 200)}, models...)
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
	m := comparetest.ScenesModel(t, scenes.Classes())
	p, err := compare.OpenPicture(scenes.Path(14)) // a taxi
	if err != nil {
		t.Fatal(err)
	}
	c, err := compare.Run(context.Background(), []*picture.Picture{p}, []*network.Model{m}, "", compare.By{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r := c.Rows[0]; r.Class != "taxi" || !r.Shown || r.Predicted || c.Asked(0) != "" {
		t.Errorf("explains %q, shown %v, predicted %v", r.Class, r.Shown, r.Predicted)
	}
	if err := c.Explain(t.Context(), 0, "cat"); err != nil || c.Rows[0].Class != "cat" || c.Rows[0].Shown || c.Asked(0) != "cat" {
		t.Errorf("explains %q, shown %v, %v", c.Rows[0].Class, c.Rows[0].Shown, err)
	}
	other := comparetest.ScenesModel(t, []string{"tench", "goldfish"})
	if c, err = compare.Run(context.Background(), []*picture.Picture{p}, []*network.Model{other}, "", compare.By{}, nil); err != nil || !c.Rows[0].Predicted || c.Rows[0].Shown {
		t.Errorf("%+v, %v", c.Rows[0], err)
	}
}

// TestSamples: every sample opens, and those to begin with fit the networks.
func TestSamples(t *testing.T) {
	all := compare.Samples()
	if len(all) < 4 {
		t.Errorf("%d samples", len(all))
	}
	for _, s := range all {
		p, err := compare.OpenPicture(s.Path)
		if err != nil || p.Path != s.Path || s.Title == "" {
			t.Errorf("%+v: %v", s, err)
		}
	}
	if got := compare.SampleFor([]*network.Model{comparetest.ScenesModel(t, scenes.Classes())}); !strings.HasPrefix(got, "scene:") {
		t.Errorf("for a network of scenes: %s", got)
	}
	if got := compare.SampleFor([]*network.Model{comparetest.ScenesModel(t, []string{"tench", "goldfish"})}); !strings.HasPrefix(got, "sample:") {
		t.Errorf("for another: %s", got)
	}
}

// TestAstray: networks of scenes say so of a picture that is none; others, and
// untrained ones, do not.
func TestAstray(t *testing.T) {
	ctx := context.Background()
	run := func(path string, m *network.Model) *compare.Comparison {
		p, err := compare.OpenPicture(path)
		if err != nil {
			t.Fatal(err)
		}
		c, err := compare.Run(ctx, []*picture.Picture{p}, []*network.Model{m}, "", compare.By{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	knows, other := comparetest.ScenesModel(t, scenes.Classes()), comparetest.ScenesModel(t, []string{"tench", "goldfish"})
	knows.Trained, other.Trained = true, true
	if len(run("sample:clock.jpg", knows).Astray()) != 1 || run("scene:1", knows).Astray() != nil || run("sample:clock.jpg", other).Astray() != nil {
		t.Error("who is astray")
	}
	knows.Trained = false
	if run("sample:clock.jpg", knows).Astray() != nil {
		t.Error("untrained networks are astray")
	}
}

// TestSeveral: a name that several classes of a network have is not one that it lacks.
func TestSeveral(t *testing.T) {
	one := comparetest.Model(t, "one", 64, "crane", "a", "b", "c", "d", "e", "f", "g", "h", "i")
	animals, plain := comparetest.Model(t, "animals", 64, comparetest.Animals...), comparetest.Model(t, "plain", 64)
	c := comparetest.Run(t, "crane", []*picture.Picture{comparetest.Picture("a.png", 20, 20)}, one, animals, plain)
	for col, want := range []string{"", "“crane” names 2 of its classes: 2, 6", "does not know “crane”: explains its own prediction"} {
		if got := strings.Join(compare.NoteTexts(append(c.Otherwise(0, col), c.CellNotes(0, col, compare.DefaultView())...)), ";"); got != want {
			t.Errorf("column %d says %q, want %q", col, got, want)
		}
	}
	cats := comparetest.Model(t, "cats", 64, append(slices.Repeat([]string{"cat"}, 5), "a", "b", "c", "d", "e")...)
	if got, want := compare.Lacking(cats, "Cat").String(), "“Cat” names 5 of its classes: 0, 1, 2, …"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
