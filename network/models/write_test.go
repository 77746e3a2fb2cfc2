package models

import (
	"bytes"
	"context"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scalecam/network"
	"scalecam/network/tensorfile"
)

// TestEncodeHalf: layers' weights are the float16 nearest to what they were, everything
// else is as it was, and the network opens as the same.
func TestEncodeHalf(t *testing.T) {
	n, err := network.New(network.EfficientNet128, network.Scaling{Depth: 1, Width: 0.5, Resolution: network.Square(32)}, network.SymmetricPadding, 2)
	if err != nil {
		t.Fatal(err)
	}
	w := network.Random(n, 5)
	var files []*tensorfile.File
	for _, encode := range []func(*network.Network, network.Weights, float64, []string, network.Preprocessing, map[string]string) ([]byte, error){EncodeNetwork, EncodeHalf} {
		data, err := encode(n, w, 1e-3, []string{"a", "b"}, n.Architecture.Preprocessing, nil)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "made.safetensors")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := tensorfile.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
		if m, err := Open(path, nil); err != nil || m.Network.Scaling != n.Scaling {
			t.Errorf("opened as %+v, %v", m, err)
		}
	}
	for name, whole := range files[0].Tensors {
		half := files[1].Tensors[name]
		if many := len(whole.Shape) > 1; many != (half.DType == "F16") {
			t.Errorf("%s of shape %v is written as %s", name, whole.Shape, half.DType)
		}
		for i, v := range whole.Data {
			within := 0.0
			if half.DType == "F16" {
				within = math.Abs(float64(v))/2048 + 0x1p-25 // half of the last place
			}
			if d := math.Abs(float64(half.Data[i] - v)); d > within {
				t.Fatalf("%s: %v became %v", name, v, half.Data[i])
			}
		}
	}
}

// TestEncodeNetwork: a network that is written and opened again computes the
// same, in every architecture, with its classes and preprocessing; and the file
// has the same bytes every time.
func TestEncodeNetwork(t *testing.T) {
	for _, a := range network.Architectures {
		t.Run(a.Name, func(t *testing.T) {
			n, err := network.New(a, network.Scaling{Depth: 1.4, Width: .3, Resolution: network.Size{H: 32, W: 48}}, network.SamePadding, 3)
			if err != nil {
				t.Fatal(err)
			}
			w := network.Random(n, 5)
			classes := []string{"a", "b, with “comma”", "c"}
			p := a.Preprocessing
			p.Mean[1], p.Std[2], p.Ratio, p.Crop = 0.25, 0.125, 0.8125, network.NoCrop
			data, err := EncodeNetwork(n, w, 1e-3, classes, p, map[string]string{"title": "tested"})
			if err != nil {
				t.Fatal(err)
			}
			again, err := EncodeNetwork(n, w.Clone(), 1e-3, classes, p, map[string]string{"title": "tested"})
			if err != nil || !bytes.Equal(data, again) {
				t.Errorf("the same network in other bytes (%v)", err)
			}
			path := filepath.Join(t.TempDir(), "made.safetensors")
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := tensorfile.Read(path)
			if err != nil {
				t.Fatal(err)
			}
			if f.Metadata["title"] != "tested" {
				t.Errorf("metadata %v", f.Metadata)
			}
			m, err := Open(path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if m.Network.Scaling != n.Scaling || m.Network.Padding != n.Padding || m.TrainedAt != n.Scaling.Resolution || !slices.Equal(m.Classes, classes) || m.Preprocessing != p {
				t.Errorf("opened as %+v of %v, %+v", m.Network.Scaling, m.Classes, m.Preprocessing)
			}
			own, err := network.NewModel(n, w, 1e-3, classes)
			if err != nil {
				t.Fatal(err)
			}
			rng := rand.New(rand.NewPCG(1, 1))
			input := &network.Input{Size: n.Scaling.Resolution, Pixels: make([]float32, 3*32*48)}
			for i := range input.Pixels {
				input.Pixels[i] = float32(rng.NormFloat64())
			}
			got, err := m.Forward(context.Background(), input)
			if err != nil {
				t.Fatal(err)
			}
			want, err := own.Forward(context.Background(), input)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.Logits, want.Logits) {
				t.Errorf("logits %v, want %v", got.Logits, want.Logits)
			}
		})
	}
}

// TestPackSpecs: what a spec of the program's own networks says wrong.
func TestPackSpecs(t *testing.T) {
	if specs := Pack("scenes"); len(specs) != 5 || specs[0] != "scenes:baseline" {
		t.Errorf("specs %v", specs)
	}
	if len(Pack("none")) != 0 {
		t.Error("a pack that is not there has networks")
	}
	for spec, want := range map[string]string{
		"scenes:widest":       `no network "widest"; there are scenes:baseline, `,
		"scenes:wider@x":      "is no input size",
		"scenes:wider@100000": "is no input size",
	} {
		if _, err := Open(spec, nil); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), spec) {
			t.Errorf("%s: error %v; want one that says %q", spec, err, want)
		}
	}
	for spec, want := range map[string]bool{"scenes:wider": true, "random:baseline": true, "wider.safetensors": false, "a:b": false, "C:\\x": false} {
		if BuiltIn(spec) != want {
			t.Errorf("BuiltIn(%q) is %v", spec, !want)
		}
	}
}
