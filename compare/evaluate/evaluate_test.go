package evaluate

import (
	"context"
	"encoding/json"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"scalecam/compare/comparetest"
	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/network/models"
)

// TestEvaluate: the figures are those of the pictures one by one, the same
// whatever the number of cores, and the baselines are what they must be.
func TestEvaluate(t *testing.T) {
	m := comparetest.ScenesModel(t, scenes.Classes())
	set := scenes.Set{Seed: 9, Count: 12, Side: 64}
	var told []int
	e, err := Run(context.Background(), []*network.Model{m, m}, set, Protocol{}, func(done, _ int) { told = append(told, done) })
	if err != nil {
		t.Fatal(err)
	}
	if len(told) != 12 || told[11] != 12 {
		t.Errorf("progress %v", told)
	}
	if e.Count != 12 || len(e.Networks) != 2 || !reflect.DeepEqual(e.Networks[0], e.Networks[1]) {
		t.Errorf("%+v", e)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(5))
	again, err := Run(context.Background(), []*network.Model{m, m}, set, Protocol{}, func(int, int) {})
	if err != nil || !reflect.DeepEqual(e, again) {
		t.Errorf("on other cores %+v, %v; want %+v", again, err, e)
	}
	// A uniform map points at the object as often as the object is large, and
	// has as much of its energy there.
	share, right := 0.0, 0
	for i := range set.Count {
		x, err := set.At(i)
		if err != nil {
			t.Fatal(err)
		}
		on := 0
		for _, a := range x.Mask.Pix {
			if a >= 128 {
				on++
			}
		}
		share += float64(on) / float64(len(x.Mask.Pix)) / float64(set.Count)
		a, err := m.Run(context.Background(), x.Image)
		if err != nil {
			t.Fatal(err)
		}
		if a.Top(1)[0].Class == x.Class {
			right++
		}
	}
	u := e.Baselines["uniform"]
	for name, got := range map[string]float64{"pointing": u.Pointing, "energy": u.Energy, "IoU": u.IoU} {
		if d := got - share; d > 1e-12 || d < -1e-12 {
			t.Errorf("%s of a uniform map is %v, the objects' share %v", name, got, share)
		}
	}
	if e.Networks[0].Top1 != float64(right)/12 {
		t.Errorf("top-1 %v, want %d of 12", e.Networks[0].Top1, right)
	}
	if c := e.Baselines["centre"]; c.Energy <= u.Energy/2 || c.Pointing < 0 || c.Pointing > 1 {
		t.Errorf("centre %+v", c)
	}
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{`"networks":[{"name":"small"`, `"top1":`, `"pointing":`, `"energy":`, `"iou":`, `"part_iou":`, `"baselines":{"centre":{`} {
		if !strings.Contains(string(text), key) {
			t.Errorf("no %s in %s", key, text)
		}
	}
}

// TestWhole: a model is shown the whole picture unless a crop was stated, and stays
// as it was.
func TestWhole(t *testing.T) {
	m, err := models.Open("imagenet:baseline", nil)
	if err != nil {
		t.Fatal(err)
	}
	centre, err := models.Open("imagenet:baseline", models.Settings{"crop": "centre"})
	if err != nil {
		t.Fatal(err)
	}
	all, err := whole([]*network.Model{m, centre})
	if err != nil {
		t.Fatal(err)
	}
	if a := all[0]; a.Preprocessing.Crop != network.NoCrop || a.Temperature != m.Temperature || a.Name != m.Name || m.Preprocessing.Crop != network.CentreCrop {
		t.Errorf("%v of %s, temperature %v; the model itself %v", a.Preprocessing.Crop, a.Name, a.Temperature, m.Preprocessing.Crop)
	}
	if all[1] != centre {
		t.Error("a stated crop is not kept")
	}
}

func TestEvaluateErrors(t *testing.T) {
	set := scenes.Set{Seed: 9, Count: 3, Side: 64}
	other := comparetest.ScenesModel(t, []string{"tench", "goldfish"})
	if _, err := Run(context.Background(), []*network.Model{other}, set, Protocol{}, func(int, int) {}); err == nil || !strings.Contains(err.Error(), "small.safetensors: it was not trained on these pictures") {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Run(ctx, []*network.Model{comparetest.ScenesModel(t, scenes.Classes())}, set, Protocol{}, func(int, int) {}); err != context.Canceled {
		t.Errorf("error %v", err)
	}
	set.Side = 0
	if _, err := Run(context.Background(), nil, set, Protocol{}, func(int, int) {}); err == nil {
		t.Error("scenes without a side")
	}
}
