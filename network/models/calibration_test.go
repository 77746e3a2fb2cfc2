package models

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scalecam/file"
	"scalecam/network"
	"scalecam/network/tensorfile"
)

// TestCalibration: what is fitted to a weights file is taken from beside it, at the
// size and under the settings that it was fitted at, of these weights alone.
func TestCalibration(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "mine.safetensors")
	save := func(seed uint64) {
		t.Helper()
		n, err := network.New(network.EfficientNet64, network.Scaling{Depth: 1, Width: 0.25, Resolution: network.Square(32)}, network.SymmetricPadding, 3)
		if err != nil {
			t.Fatal(err)
		}
		tensors, err := Tensors(n, network.Random(n, seed))
		if err != nil {
			t.Fatal(err)
		}
		data, err := tensorfile.Encode(tensors, map[string]string{"height": "32"})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	open := func(spec string, stated Settings) *network.Model {
		t.Helper()
		m, err := Open(spec, stated)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	calibrate := func(m *network.Model, temperature float64) {
		t.Helper()
		u := &network.Unsure{Weight: 3, Mean: 2, Below: temperature, Agreement: 1}
		f, err := Calibrated(m, Fitted{Temperature: temperature, Unsure: u, Data: "those", Fitted: 10, Tested: 10})
		if err != nil {
			t.Fatal(err)
		}
		if f.Path != filepath.Join(dir, "mine.calibration.json") {
			t.Errorf("written to %s", f.Path)
		}
		if err := file.Write(f); err != nil {
			t.Fatal(err)
		}
	}
	save(1)
	m := open(path, nil)
	if m.Temperature != 0 {
		t.Errorf("a temperature of %v before any was fitted", m.Temperature)
	}
	calibrate(m, 0.5)
	calibrate(open(path+"@48", nil), 0.7)
	calibrate(open(path, Settings{"padding": "same"}), 0.9)
	calibrate(open(path, nil), 0.6) // anew
	for _, c := range []struct {
		spec   string
		stated Settings
		want   float64
	}{
		{path, nil, 0.6}, {path + "@32", nil, 0.6}, {path + "@48", nil, 0.7}, {path + "@40", nil, 0},
		{path, Settings{"padding": "same"}, 0.9}, {path, Settings{"crop": "none", "classes": "a\nb\nc"}, 0.6}, {path, Settings{"eps": "0.01"}, 0},
	} {
		m := open(c.spec, c.stated)
		if m.Temperature != c.want {
			t.Errorf("%s %v: a temperature of %v, want %v", c.spec, c.stated, m.Temperature, c.want)
		}
		if (m.Unsure != nil) != (c.want > 0) || (m.Unsure != nil && m.Unsure.Below != c.want) {
			t.Errorf("%s %v: unsure %+v, want below %v", c.spec, c.stated, m.Unsure, c.want)
		}
		size := m.Network.Scaling.Resolution
		input := &network.Input{Size: size, Pixels: make([]float32, 3*size.H*size.W)}
		for i := range input.Pixels {
			input.Pixels[i] = float32(i % 7)
		}
		a, err := m.Forward(t.Context(), input)
		if err != nil {
			t.Fatal(err)
		}
		top := a.Top(1)[0]
		if top.Raw != a.RawProbabilities()[top.Class] || (top.Probability > top.Raw) != (c.want > 0) {
			t.Errorf("%s %v: probability %v, raw %v", c.spec, c.stated, top.Probability, top.Raw)
		}
	}
	if other, err := m.At(network.Square(40)); err != nil || other.Temperature != 0 || other.Unsure != nil {
		t.Errorf("at another size a temperature of %v, %v", other.Temperature, err)
	}
	save(2) // other weights
	if m := open(path, nil); m.Temperature != 0 {
		t.Errorf("other weights have the temperature %v", m.Temperature)
	}
	calibrate(open(path, nil), 2)
	if m := open(path+"@48", nil); m.Temperature != 0 {
		t.Error("what was fitted to other weights is kept")
	}
	for text, want := range map[string]string{
		"":                    "it is no calibration",
		"[]":                  "it is no calibration",
		`{"schema": 2}`:       "its schema is 2",
		`{"temperatures": 1}`: "it is no calibration",
		`{"schema": 1, "temperatures": [{"resolution": "32", "temperature": 0}]}`:                                                                      "a temperature of 0",
		`{"schema": 1, "temperatures": [{"resolution": "32", "temperature": 1e99}]}`:                                                                   "a temperature of 1e+99",
		`{"schema": 1, "temperatures": [{"resolution": "32", "temperature": 1, "unsure": {"weight": 1e300, "mean": 1, "below": 0, "agreement": 1}}]}`:  "none that can have been fitted",
		`{"schema": 1, "temperatures": [{"resolution": "32", "temperature": 1, "unsure": {"weight": 1, "mean": 1, "below": 0, "agreement": 7}}]}`:      "none that can have been fitted",
		`{"schema": 1, "temperatures": [{"resolution": "32", "temperature": 1, "unsure": {"weight": 1, "mean": 1, "below": -1e300, "agreement": 0}}]}`: "none that can have been fitted",
	} {
		if err := os.WriteFile(CalibrationPath(path), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path, nil); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "mine.calibration.json") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v; want one that says %q", text, err, want)
		}
	}
	if _, err := Calibrated(open("scenes:baseline", nil), Fitted{Temperature: 1}); err == nil {
		t.Error("a calibration beside a network that has no file")
	}
}

// TestPackTemperatures: those of a pack are at its own sizes.
func TestPackTemperatures(t *testing.T) {
	for spec, known := range map[string]bool{"imagenet:baseline": true, "imagenet:higher-resolution": true, "imagenet:baseline@192": false, "imagenet:compound@260": true} {
		m, err := Open(spec, nil)
		if err != nil || (m.Temperature > 0) != known || (m.Unsure != nil) != known {
			t.Errorf("%s: a temperature of %v, unsure %+v, %v", spec, m.Temperature, m.Unsure, err)
		}
		if known && (m.Unsure == nil || !believed(m.Unsure)) {
			t.Errorf("%s: unsure %+v", spec, m.Unsure)
		}
	}
	if m, err := Open("imagenet:baseline", Settings{"padding": "symmetric"}); err != nil || m.Temperature != 0 {
		t.Errorf("with another padding: %v, %v", m.Temperature, err)
	}
	if m, err := Open("imagenet:baseline", Settings{"crop": "none"}); err != nil || m.Temperature == 0 {
		t.Errorf("of the whole picture: %v, %v", m.Temperature, err)
	}
}
