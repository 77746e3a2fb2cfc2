package models

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"scalecam/network"
	"scalecam/network/oracletest"
	"scalecam/picture"
)

// TestProcessors holds what is read of a preprocessor_config.json to what
// transformers' processor makes of a picture by it: within one level of 255, by which
// torchvision's own resampling of tensors is off Pillow's.
func TestProcessors(t *testing.T) {
	var all []struct {
		Model  string
		Config json.RawMessage
		Shape  [3]int
		Values []float32
	}
	data, err := os.ReadFile("../../testdata/preprocessing/processors.json")
	if err == nil {
		err = json.Unmarshal(data, &all)
	}
	if err != nil || len(all) < 10 {
		t.Fatalf("%d processors, %v", len(all), err)
	}
	p, err := picture.Open("../../testdata/picture/resize.png")
	if err != nil {
		t.Fatal(err)
	}
	architectures := map[string]*network.Architecture{"efficientnet": network.EfficientNetB0, "mobilenet_v2": network.MobileNetV2}
	for _, c := range all {
		f := made(t, schemeOf("transformers", architectures[c.Model]), network.Scaling{Depth: 1, Width: .25, Resolution: network.Square(64)}, 3)
		f.Path = filepath.Join(t.TempDir(), "model.safetensors")
		if err := os.WriteFile(filepath.Join(filepath.Dir(f.Path), processorFile), c.Config, 0o600); err != nil {
			t.Fatal(err)
		}
		m, own, err := load(f, network.Size{}, Settings{"padding": "symmetric"}, readBeside(f.Path))
		if err != nil {
			t.Fatal(err)
		}
		if want := (network.Size{H: c.Shape[1], W: c.Shape[2]}); own != want {
			t.Errorf("%s: its size is %v, want %v", c.Config, own, want)
		}
		got, want := m.Preprocessing.Apply(p.Image, own).Pixels, oracletest.Transposed(c.Values, 3)
		off, worst := 0, float32(0)
		for i := range want {
			d := max(got[i]-want[i], want[i]-got[i]) * 255 * m.Preprocessing.Std[i%3]
			worst = max(worst, d)
			if d > 0.01 {
				off++
			}
		}
		if worst > 1.01 || off > len(want)/10 {
			t.Errorf("%s: %d of %d values are off, by up to %.2f levels", c.Config, off, len(want), worst)
		}
		t.Logf("%d of %d values are off, by up to %.2f levels", off, len(want), worst)
	}
}
