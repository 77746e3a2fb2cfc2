package evaluate

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"testing"

	"scalecam/assets"
	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/network/models"
)

// TestPack: the networks that come with the program are whole, know the scenes'
// classes, and do on other scenes than those of the study what the study says,
// as nearly as so few can tell: four standard errors of 216 pictures. Their maps
// find the object far more often than a blob in the centre.
func TestPack(t *testing.T) {
	var study Evaluation
	if err := json.Unmarshal(assets.Scenes().Study, &study); err != nil {
		t.Fatal(err)
	}
	var opened []*network.Model
	for _, spec := range models.Pack("scenes") {
		m, err := models.Open(spec, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !m.Trained || m.TrainedAt != m.Network.Scaling.Resolution || !slices.Equal(m.Classes, scenes.Classes()) {
			t.Errorf("%s: trained %v at %v, of the classes %v", spec, m.Trained, m.TrainedAt, m.Classes)
		}
		opened = append(opened, m)
	}
	const count = 216
	e, err := Run(context.Background(), opened, scenes.Set{Seed: scenes.TestSeed, First: 2_000_000_000, Count: count, Side: 160}, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	if len(study.Networks) != len(e.Networks) || study.Count < 2000 {
		t.Fatalf("the study is of %d networks on %d scenes", len(study.Networks), study.Count)
	}
	near := func(what string, got, want float64) {
		t.Helper()
		if error4 := 4 * math.Sqrt(0.25/count); math.Abs(got-want) > error4 {
			t.Errorf("%s: %.3f, the study says %.3f", what, got, want)
		}
	}
	for i, n := range e.Networks {
		s := study.Networks[i]
		if n.Name != s.Name || n.Parameters != s.Parameters || n.MACs != s.MACs || n.Grid != s.Grid {
			t.Errorf("%s of %d parameters and %d MACs; the study has %s of %d and %d", n.Name, n.Parameters, n.MACs, s.Name, s.Parameters, s.MACs)
		}
		near(n.Name+", top-1", n.Top1, s.Top1)
		near(n.Name+", pointing", n.Pointing, s.Pointing)
		near(n.Name+", energy", n.Energy, s.Energy)
		near(n.Name+", IoU", n.IoU, s.IoU)
		near(n.Name+", part IoU", n.PartIoU, s.PartIoU)
		if s.Pointing < study.Baselines["centre"].Pointing+0.15 {
			t.Errorf("%s points at the object in %.3f, a blob in the centre in %.3f", n.Name, s.Pointing, study.Baselines["centre"].Pointing)
		}
	}
}
