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
// as nearly as so few pictures can tell (three standard errors, by the study's own
// spread: of 30 figures one lies beyond that in one of twelve sets of pictures, and
// these are always the same). Their maps find the object more often than a blob in
// the centre, their 95% intervals apart.
func TestPack(t *testing.T) {
	var study Evaluation
	if err := json.Unmarshal(assets.Scenes().Study, &study); err != nil {
		t.Fatal(err)
	}
	var opened []*network.Model
	const control = "scenes:baseline@128"
	for _, spec := range append(models.Pack("scenes"), control) {
		m, err := models.Open(spec, nil)
		if err != nil {
			t.Fatal(err)
		}
		if spec == control {
			opened = append(opened, m)
			continue
		}
		if !m.Trained || m.TrainedAt != m.Network.Scaling.Resolution || !slices.Equal(m.Classes, scenes.Classes()) {
			t.Errorf("%s: trained %v at %v, of the classes %v", spec, m.Trained, m.TrainedAt, m.Classes)
		}
		opened = append(opened, m)
	}
	const count, most = 216, 3 // standard errors
	e, err := Run(context.Background(), opened, scenes.Set{Seed: scenes.TestSeed, First: 2_000_000_000, Count: count, Side: 160}, Protocol{}, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	if len(study.Networks) != len(e.Networks) || study.Count < 2000 {
		t.Fatalf("the study is of %d networks on %d scenes", len(study.Networks), study.Count)
	}
	// Off is in standard errors of the difference between two means, one of count
	// pictures and one of the study's. Single pictures are spread as the study's
	// are, of which its 95% interval is made.
	near := func(what string, got, want float64, interval *[2]float64) {
		t.Helper()
		const z95 = 1.959964
		study := float64(study.Count)
		spread := (interval[1] - interval[0]) / 2 / z95 * math.Sqrt(study)
		if off := math.Abs(got-want) / (spread * math.Sqrt(1/study+1.0/count)); off > most {
			t.Errorf("%s: %.3f, the study says %.3f: %.1f standard errors apart", what, got, want, off)
		}
	}
	for i, n := range e.Networks {
		s := study.Networks[i]
		if n.Name != s.Name || n.Parameters != s.Parameters || n.MACs != s.MACs || n.Grid != s.Grid {
			t.Errorf("%s of %d parameters and %d MACs; the study has %s of %d and %d", n.Name, n.Parameters, n.MACs, s.Name, s.Parameters, s.MACs)
		}
		near(n.Name+", top-1", n.Top1, s.Top1, s.Top1Interval)
		near(n.Name+", pointing", n.Pointing, s.Pointing, s.PointingInterval)
		near(n.Name+", energy", n.Energy, s.Energy, s.EnergyInterval)
		near(n.Name+", IoU", n.IoU, s.IoU, s.IoUInterval)
		near(n.Name+", part IoU", n.PartIoU, s.PartIoU, s.PartIoUInterval)
		if centre := e.Baselines["centre"]; n.PointingInterval[0] < centre.PointingInterval[1] {
			t.Errorf("%s points at the object in %.3f, from %.3f on, and a blob in the centre in %.3f, up to %.3f", n.Name, n.Pointing, n.PointingInterval[0], centre.Pointing, centre.PointingInterval[1])
		}
	}
}
