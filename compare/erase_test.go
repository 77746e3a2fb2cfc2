package compare_test

import (
	"encoding/json"
	"image"
	"math"
	"strings"
	"testing"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/compare/comparetest"
	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/picture"
)

func box(x, y, w, h float64) compare.Erasure {
	return compare.Erasure{Erasure: picture.Erasure{Regions: []picture.Region{picture.NewBox(x, y, w, h)}}}
}

func TestErased(t *testing.T) {
	p := comparetest.Picture("slope.png", 80, 60)
	models := []*network.Model{comparetest.Model(t, "a", 64), comparetest.Model(t, "b", 96, comparetest.Animals...), comparetest.Model(t, "c", 64)}
	before, err := compare.Run(t.Context(), []*picture.Picture{p}, models, "", compare.By{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var steps []int
	e, err := compare.RunErased(t.Context(), p, box(30, 20, 20, 20), models, "", compare.By{}, func(done, _ int) { steps = append(steps, done) })
	if err != nil {
		t.Fatal(err)
	}
	if len(steps) != 2*(len(models)+1) {
		t.Errorf("progress %v", steps)
	}
	after, _, err := e.Erasure.Of(p)
	if err != nil {
		t.Fatal(err)
	}
	// As if the erased picture had been a picture of its own, asked for that class.
	own, err := compare.Run(t.Context(), []*picture.Picture{after}, models, before.Rows[0].Class, compare.By{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := e.Comparison
	for j := range models {
		was, is := &c.Rows[compare.Before].Cells[j], &c.Rows[compare.After].Cells[j]
		if was.Class != before.Rows[0].Cells[j].Class || is.Class != was.Class || is.Class != own.Rows[0].Cells[j].Class {
			t.Fatalf("network %d explains class %d, then %d", j, was.Class, is.Class)
		}
		delta, ok := e.Delta(j)
		if was.Class < 0 { // the second has no “class 0”
			if ok || e.Changes[j] != nil || !math.IsNaN(e.RankCorrelation(j)) {
				t.Errorf("network %d: a change of a class that it lacks", j)
			}
			continue
		}
		if want := own.Rows[0].Cells[j].Logit() - before.Rows[0].Cells[j].Logit(); !ok || delta != want || delta == 0 {
			t.Errorf("network %d: the logit changes by %v, want %v", j, delta, want)
		}
		// CAM adds up to the logit, and so does its change.
		if mean := e.Changes[j].Mean(); math.Abs(mean-delta) > 1e-4*math.Abs(was.Logit())+1e-6 {
			t.Errorf("network %d: the map's change has the mean %v, and the logit's is %v", j, mean, delta)
		}
		for i, v := range e.Changes[j].Values {
			if v != is.Map.Values[i]-was.Map.Values[i] {
				t.Fatalf("network %d: cell %d changes by %v", j, i, v)
			}
		}
		if r := e.RankCorrelation(j); !(r >= -1 && r <= 1) {
			t.Errorf("network %d: correlation %v", j, r)
		}
	}
	if c.Rows[compare.After].Picture.Path != p.Path || !c.Rows[compare.After].Predicted {
		t.Errorf("after: %+v", c.Rows[compare.After])
	}
}

// TestErasedMargin: against another class, and each network's own prediction.
func TestErasedMargin(t *testing.T) {
	p, models := comparetest.Picture("slope.png", 80, 60), []*network.Model{comparetest.Model(t, "a", 64)}
	e, err := compare.RunErased(t.Context(), p, box(30, 20, 20, 20), models, "class 2", compare.By{Against: []string{"class 3"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	score := func(row compare.State) float64 {
		l := e.Comparison.Rows[row].Cells[0].Activations.Logits
		return float64(l[2]) - float64(l[3])
	}
	if got, ok := e.Delta(0); !ok || math.Abs(got-(score(compare.After)-score(compare.Before))) > 1e-6 {
		t.Errorf("the margin changes by %v", got)
	}
	e, err = compare.RunErased(t.Context(), p, box(0, 0, 80, 59), models, "", compare.By{Own: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	rows := e.Comparison.Rows
	if rows[1].Cells[0].Class != rows[0].Cells[0].Top[0].Class || !rows[1].Own {
		t.Error("after, it explains another class than it predicted before")
	}
}

// TestErasedScales: before and after have one scale, each network its own or all one;
// the change has two signs.
func TestErasedScales(t *testing.T) {
	two := comparetest.Comparison(t, []float32{1, 2}, []float32{3, 4})
	after := comparetest.Comparison(t, []float32{0, 5}, []float32{1, -1})
	e := &compare.Erased{Comparison: two, Changes: []*cam.Map{{H: 1, W: 2, Values: []float32{-1, 3}}, {H: 1, W: 2, Values: []float32{-2, -5}}}}
	two.Rows = append(two.Rows, after.Rows[0])
	v := compare.DefaultView()
	for _, w := range []struct {
		shared bool
		state  compare.State
		col    int
		lo, hi float64
		value  float32 // of the first cell
	}{
		{false, compare.Before, 0, 0, 5, 1}, {false, compare.After, 0, 0, 5, 0}, {false, compare.Before, 1, 0, 4, 3}, {false, compare.After, 1, 0, 4, 1},
		{true, compare.Before, 1, 0, 5, 3}, {true, compare.After, 1, 0, 5, 1},
		{false, compare.Change, 0, -3, 3, -1}, {false, compare.Change, 1, -5, 5, -2}, {true, compare.Change, 0, -5, 5, -1},
	} {
		v.Shared = w.shared
		c, at, as := e.Shown(w.state, w.col, v)
		if got := c.Scale(0, at, as); got != (cam.Scale{Lo: w.lo, Hi: w.hi}) || c.Rows[0].Cells[at].Map.Values[0] != w.value {
			t.Errorf("%+v: scale %v, values %v", w, got, c.Rows[0].Cells[at].Map.Values)
		}
	}
}

// TestTellingPart: a scene is drawn again without it, and changes where that was.
func TestTellingPart(t *testing.T) {
	p, err := compare.OpenPicture(scenes.Path(86))
	if err != nil {
		t.Fatal(err)
	}
	part := compare.Erasure{Part: true}
	after, changed, err := part.Of(p)
	if err != nil || changed.Empty() || changed.Dx() > p.Image.Rect.Dx()/2 {
		t.Fatalf("changed %v, %v", changed, err)
	}
	for y := range p.Image.Rect.Dy() {
		for x := range p.Image.Rect.Dx() {
			if p.Image.RGBAAt(x, y) != after.Image.RGBAAt(x, y) && !image.Pt(x, y).In(changed) {
				t.Fatalf("%d, %d is changed, beyond %v", x, y, changed)
			}
		}
	}
	part.Regions = []picture.Region{picture.NewBox(0, 0, 9, 9)}
	part.Fill = picture.Grey
	both, around, err := part.Of(p)
	if err != nil || both.Image.RGBAAt(4, 4).R != 124 || around.Min.X != 0 || around.Max != changed.Max || both.Path != p.Path {
		t.Errorf("with a region: %v, %v", around, err)
	}
	if _, _, err := part.Of(comparetest.Picture("photo.png", 80, 60)); err == nil || !strings.Contains(err.Error(), "photo.png is no scene") {
		t.Errorf("a photograph: %v", err)
	}
}

func TestErasedRefused(t *testing.T) {
	p, models := comparetest.Picture("slope.png", 80, 60), []*network.Model{comparetest.Model(t, "a", 64)}
	for want, e := range map[string]compare.Erasure{"nothing is to be erased": {}, "reaches out": box(70, 50, 20, 20), "is no scene": {Part: true}} {
		if _, err := compare.RunErased(t.Context(), p, e, models, "", compare.By{}, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one that says %q", err, want)
		}
	}
}

// TestErasureText: as JSON it is read as it was written.
func TestErasureText(t *testing.T) {
	e := box(1, 2, 3, 4)
	e.Part, e.Fill = true, picture.Blur
	e.Regions = append(e.Regions, picture.Region{Shape: picture.Brush, Radius: 2.5, Points: [][2]float64{{1, 2}, {3, 4}}})
	data, err := json.Marshal(e)
	var again compare.Erasure
	if err != nil || json.Unmarshal(data, &again) != nil || !again.Equal(e) {
		t.Errorf("%s, %v", data, err)
	}
	if again.Regions[1].Points[1][1] = 5; again.Equal(e) {
		t.Error("another stroke is the same")
	}
}
