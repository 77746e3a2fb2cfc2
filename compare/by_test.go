package compare_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/picture"
)

// TestAgainst: a class held against others is explained by its logit less the mean
// of theirs, and the map's mean and the biases add up to that.
func TestAgainst(t *testing.T) {
	m, err := models.Open("random:mobilenet-v2,w=0.35,r=64,seed=3", nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := picture.Open("sample:balloons.jpg")
	if err != nil {
		t.Fatal(err)
	}
	pictures, all := []*picture.Picture{p}, []*network.Model{m}
	for _, by := range []compare.By{{Against: []string{"tench"}}, {Against: []string{"tench", "goldfish"}}, {Method: cam.MethodHiResCAM, Against: []string{"tench"}}} {
		c, err := compare.Run(t.Context(), pictures, all, "balloon", by, nil)
		if err != nil {
			t.Fatal(err)
		}
		cell := &c.Rows[0].Cells[0]
		want := float64(cell.Activations.Logits[417])
		for i := range by.Against {
			want -= float64(cell.Activations.Logits[i]) / float64(len(by.Against))
		}
		margin, ok := c.Margin(0, 0)
		if !ok || math.Abs(margin-want) > 1e-6 {
			t.Errorf("%v: the margin is %v, %v, want %v", by.Against, margin, ok, want)
		}
		sum := cell.Map.Mean() + cell.Bias()
		if by.Method != nil {
			sum = cell.Map.Mean()*float64(len(cell.Map.Values)) + cell.Bias()
		}
		if math.Abs(sum-margin) > 1e-5*max(1, math.Abs(margin)) {
			t.Errorf("%v: the map and the biases add up to %v, want %v", by.Against, sum, margin)
		}
	}
	for _, c := range []struct {
		class   string
		against string
		want    string
	}{{"tench", "tench", "held against itself"}, {"balloon", "tenhc", "tench"}} {
		if _, err := compare.Run(t.Context(), pictures, all, c.class, compare.By{Against: []string{c.against}}, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s against %s: got %v", c.class, c.against, err)
		}
	}
}

// TestManyAgainst: no more classes are held against than a network has.
func TestManyAgainst(t *testing.T) {
	for n, refused := range map[int]bool{compare.MaxAgainst: false, compare.MaxAgainst + 1: true} {
		by := compare.By{Against: slices.Repeat([]string{"hen"}, n)}
		if err := by.CheckAgainst(); (err != nil) != refused {
			t.Errorf("%d classes: %v", n, err)
		}
	}
	m, err := models.Open("random:mobilenet-v2,w=0.35,r=32", nil)
	if err != nil {
		t.Fatal(err)
	}
	by := compare.By{Against: slices.Repeat([]string{"hen"}, compare.MaxAgainst+1)}
	if _, err := compare.Run(t.Context(), []*picture.Picture{{}}, []*network.Model{m}, "", by, nil); err == nil || !strings.Contains(err.Error(), "give at most 1000") {
		t.Errorf("got %v", err)
	}
}

// TestOwn: each model explains what it predicts itself; one that predicts what it
// is held against has nothing to explain, and says so.
func TestOwn(t *testing.T) {
	var all []*network.Model
	for _, spec := range []string{"random:mobilenet-v2,w=0.35,r=64,seed=3", "random:mobilenet-v2,w=0.35,r=64,seed=4"} {
		m, err := models.Open(spec, nil)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
	p, err := picture.Open("sample:balloons.jpg")
	if err != nil {
		t.Fatal(err)
	}
	c, err := compare.Run(t.Context(), []*picture.Picture{p}, all, "", compare.By{Own: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r := &c.Rows[0]; !r.Own || r.Class != "" || c.Asked(0) != "" {
		t.Errorf("the row is %q, own %v, asked %q", r.Class, r.Own, c.Asked(0))
	}
	for j, cell := range c.Rows[0].Cells {
		if cell.Class != cell.Top[0].Class || cell.Map == nil || c.ClassOf(0, j) != all[j].Classes[cell.Class] {
			t.Errorf("network %d explains class %d, and predicts %d", j, cell.Class, cell.Top[0].Class)
		}
	}
	first := c.ClassOf(0, 0)
	if first == c.ClassOf(0, 1) {
		t.Fatal("both predict the same")
	}
	c, err = compare.Run(t.Context(), []*picture.Picture{p}, all, "", compare.By{Own: true, Against: []string{first}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if notes := c.CellNotes(0, 0, compare.View{}); c.Rows[0].Cells[0].Map != nil || !slices.ContainsFunc(notes, func(n compare.Note) bool { return n.Kind == compare.Itself }) {
		t.Errorf("held against what it predicts, the first says %v", notes)
	}
	if c.Rows[0].Cells[1].Map == nil {
		t.Error("the second has no map")
	}
}

// TestMade: maps that are there are taken, others are made; a target of another class
// or network is another map, and what is gone takes its maps with it.
func TestMade(t *testing.T) {
	var all []*network.Model
	for _, spec := range []string{"random:mobilenet-v2,w=0.35,r=64,seed=3", "random:mobilenet-v2,w=0.35,r=64,seed=4"} {
		m, err := models.Open(spec, nil)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
	p, err := picture.Open("sample:balloons.jpg")
	if err != nil {
		t.Fatal(err)
	}
	by := compare.By{Method: cam.MethodLayerCAM, Layer: "stage5"}
	c, err := compare.Run(t.Context(), []*picture.Picture{p}, all, "balloon", by, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Made = compare.Maps{}
	for j := range all {
		c.Made.Put(by, c.Rows[0].Cells[j].Activations, c.Rows[0].Cells[j].Map)
	}
	cells := slices.Clone(c.Rows[0].Cells)
	targets, err := c.Targets(0, "tench")
	if err != nil || len(targets) != 2 || !slices.Equal(targets[1], cam.Class(0)) || c.Rows[0].Class != "balloon" {
		t.Errorf("the targets of another class: %v, %v; the row explains %s", targets, err, c.Rows[0].Class)
	}
	if err := c.Explain(t.Context(), 0, "tench"); err != nil || c.Rows[0].Cells[0].Map == cells[0].Map {
		t.Errorf("another class has the same map, or %v", err)
	}
	if err := c.Explain(t.Context(), 0, "balloon"); err != nil || c.Rows[0].Cells[0].Map != cells[0].Map || c.Rows[0].Cells[1].Map != cells[1].Map {
		t.Errorf("maps that are there were made again, or %v", err)
	}
	first := cells[0].Activations
	kept := c.Made.Of(func(a *network.Activations) bool { return a == first })
	if kept.Get(by, first, cells[0].Map.Target) != cells[0].Map || len(kept) != 1 {
		t.Errorf("%d maps are kept of one network of two", len(kept))
	}
	if by.Runs(all[0]) != 1 || (compare.By{}).Runs(all[0]) != 0 || (compare.By{Method: cam.MethodGradCAM}).Runs(all[0]) != 0 || (compare.By{Method: cam.MethodScoreCAM}).Runs(all[0]) != all[0].Network.Nodes[all[0].Network.Last].Out {
		t.Error("what a map runs is miscounted")
	}
}

// TestPredictedAgainst: where none is named, a class that is held against itself has
// no map, and the cell says why.
func TestPredictedAgainst(t *testing.T) {
	m, err := models.Open("random:mobilenet-v2,w=0.35,r=64,seed=3", nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := picture.Open("sample:balloons.jpg")
	if err != nil {
		t.Fatal(err)
	}
	pictures, all := []*picture.Picture{p}, []*network.Model{m}
	c, err := compare.Run(t.Context(), pictures, all, "", compare.By{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err = compare.Run(t.Context(), pictures, all, "", compare.By{Against: []string{c.Rows[0].Class}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if notes := c.CellNotes(0, 0, compare.DefaultView()); c.Rows[0].Cells[0].Map != nil || len(notes) != 1 || notes[0].Kind != compare.Itself {
		t.Errorf("map %v, notes %v", c.Rows[0].Cells[0].Map != nil, notes)
	}
}
