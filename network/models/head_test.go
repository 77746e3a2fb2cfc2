package models

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scalecam/cam"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/tensorfile"
)

// backboneFile writes a small network of three classes to a file.
func backboneFile(t testing.TB, path string, a *network.Architecture, seed uint64) {
	t.Helper()
	n, err := network.New(a, network.Scaling{Depth: 1, Width: 0.25, Resolution: network.Square(32)}, a.Padding, 3)
	if err != nil {
		t.Fatal(err)
	}
	data, err := EncodeNetwork(n, network.Random(n, seed), a.Eps, []string{"x", "y", "z"}, a.Preprocessing, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// someHead is one of chance numbers, of two classes.
func someHead(k int) *Head {
	rng := rand.New(rand.NewPCG(3, 4))
	h := &Head{Classes: []string{"mug", "컵"}, Temperature: 0.75, Bias: []float32{0.5, -1}}
	for range 2 * k {
		h.Weight = append(h.Weight, float32(rng.NormFloat64()))
	}
	return h
}

// writeHead writes someHead of the model that a spec names, at a size.
func writeHead(t testing.TB, spec, path string, size network.Size) *Head {
	t.Helper()
	m, err := Open(spec, nil)
	if err != nil {
		t.Fatal(err)
	}
	if m, err = m.At(size); err != nil {
		t.Fatal(err)
	}
	m.Preprocessing.Ratio = 0.8125
	h := someHead(m.Network.Head())
	data, err := EncodeHead(m, h, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Write(file.File{Path: path, Data: data}); err != nil {
		t.Fatal(err)
	}
	return h
}

// TestHead: a head that is written and opened computes what its backbone's features
// and its numbers are, its class activation maps are exact (mean + bias = logit), and
// all that opens networks takes it, at its own size and at another.
func TestHead(t *testing.T) {
	folder := t.TempDir()
	spec := filepath.Join(folder, "weights", "net.safetensors")
	backboneFile(t, spec, network.EfficientNetLite, 1)
	path := filepath.Join(folder, "taught", "wide.safetensors")
	if err := os.Mkdir(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	size := network.Size{H: 48, W: 64}
	h := writeHead(t, spec, path, size)
	m, err := Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	backbone, err := Open(spec, nil)
	if err != nil {
		t.Fatal(err)
	}
	if m.Network.Scaling.Resolution != size || m.TrainedAt != size || m.Preprocessing.Ratio != 0.8125 || m.Temperature != 0.75 || !m.Trained || m.Independent || m.Plain || m.Name != "wide" {
		t.Errorf("opened as %v of %v at %v, temperature %v", m.Name, m.Network.Scaling, m.TrainedAt, m.Temperature)
	}
	if !slices.Equal(m.Classes, h.Classes) || m.SHA256 == backbone.SHA256 || m.SameWeights(backbone) {
		t.Errorf("its classes are %q", m.Classes)
	}
	if b := m.Backbone; b == nil || b.SHA256 != backbone.SHA256 || b.TrainedAt != network.Square(32) {
		t.Errorf("its backbone is %+v", m.Backbone)
	}
	at, err := backbone.At(size)
	if err != nil {
		t.Fatal(err)
	}
	input := &network.Input{Size: size, Pixels: make([]float32, 3*size.H*size.W)}
	rng := rand.New(rand.NewPCG(5, 6))
	for i := range input.Pixels {
		input.Pixels[i] = float32(rng.NormFloat64())
	}
	pooled, err := at.Pooled(t.Context(), input)
	if err != nil {
		t.Fatal(err)
	}
	a, err := m.Forward(t.Context(), input)
	if err != nil {
		t.Fatal(err)
	}
	for class, logit := range a.Logits {
		want := float64(h.Bias[class])
		for k, v := range pooled {
			want += float64(v) * float64(h.Weight[class*len(pooled)+k])
		}
		if math.Abs(float64(logit)-want) > 1e-4*max(1, math.Abs(want)) { // float32 sums of some hundred
			t.Errorf("logit %d is %v, and features and weights give %v", class, logit, want)
		}
		c, err := cam.CAM(&a.Pooled, class)
		if err != nil {
			t.Fatal(err)
		}
		mean := 0.0
		for _, v := range c.Values {
			mean += float64(v) / float64(len(c.Values))
		}
		if got := mean + float64(a.Bias[class]); math.Abs(got-float64(logit)) > 1e-4*max(1, math.Abs(want)) {
			t.Errorf("class %d: mean of its map and bias are %v, its logit %v", class, got, logit)
		}
	}
	for _, s := range []string{path, path + "@40"} {
		n, err := Network(s, nil)
		m, failed := Open(s, nil)
		if err != nil || failed != nil || n.Scaling != m.Network.Scaling || n.Classes != 2 {
			t.Errorf("%s: %v by its header, %v opened (%v, %v)", s, n, m, err, failed)
		}
		if s != path && m.Temperature != 0 {
			t.Errorf("%s has the temperature of another size", s)
		}
	}
	named, err := Open(path, Settings{"classes": "a\nb", "crop": "none"})
	if err != nil || !slices.Equal(named.Classes, []string{"a", "b"}) || named.Preprocessing.Crop != network.NoCrop {
		t.Errorf("stated classes and crop give %v (%v)", named, err)
	}
	if _, err := Open(path, Settings{"classes": "a\nb\nc"}); err == nil {
		t.Error("three names are taken for two classes")
	}
	_, w, err := Unpacked(path, nil)
	if err != nil || !slices.Equal(w[len(w)-1].Weight, h.Weight) {
		t.Errorf("training would not begin from the head (%v)", err)
	}
	for _, s := range m.Settings {
		if s.Key == "size" && (s.Value != "48x64" || s.Origin != network.ByMetadata) || s.Key == "classes" && s.Value != "mug, 컵" {
			t.Errorf("told of as %+v", s)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), filepath.ToSlash(folder)) || !strings.Contains(string(data), `"../weights/net.safetensors"`) {
		t.Errorf("it tells where it was made: %.600q", data)
	}
}

// TestHeadOnHead: a head taught on a head reads the features of that one's backbone.
func TestHeadOnHead(t *testing.T) {
	folder := t.TempDir()
	spec, first, second := filepath.Join(folder, "net.safetensors"), filepath.Join(folder, "1.safetensors"), filepath.Join(folder, "2.safetensors")
	backboneFile(t, spec, network.MobileNetV2, 1)
	writeHead(t, spec, first, network.Square(32))
	writeHead(t, first, second, network.Square(32))
	if err := os.Remove(first); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(second, nil); err != nil {
		t.Error(err)
	}
}

// TestHeadOfPack: a head taught on an embedded network, and on a random one.
func TestHeadOfPack(t *testing.T) {
	for _, spec := range []string{"scenes:deeper", "random:efficientnet-64,seed=3"} {
		path := filepath.Join(t.TempDir(), "head.safetensors")
		writeHead(t, spec, path, network.Square(64))
		m, err := Open(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if m.Backbone.Spec != spec || m.Trained != strings.HasPrefix(spec, "scenes") {
			t.Errorf("%s: opened on %+v", spec, m.Backbone)
		}
	}
}

// TestHeadRefused: what is wrong with a head or its backbone is said, with the file.
func TestHeadRefused(t *testing.T) {
	folder := t.TempDir()
	spec := filepath.Join(folder, "net.safetensors")
	backboneFile(t, spec, network.EfficientNetLite, 1)
	path := filepath.Join(folder, "head.safetensors")
	writeHead(t, spec, path, network.Square(32))
	whole, err := tensorfile.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	k := whole.Tensors[headWeight].Shape[1]
	change := func(metadata map[string]string, tensors ...tensorfile.Tensor) func(t *testing.T) {
		return func(t *testing.T) {
			if tensors == nil {
				tensors = []tensorfile.Tensor{*whole.Tensors[headWeight], *whole.Tensors[headBias]}
			}
			m := map[string]string{}
			for key, v := range whole.Metadata {
				m[key] = v
			}
			for key, v := range metadata {
				if m[key] = v; v == "" {
					delete(m, key)
				}
			}
			data, err := tensorfile.Encode(tensors, m)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	other := filepath.Join(folder, "other.safetensors")
	writeHead(t, spec, other, network.Square(32))
	for _, c := range []struct {
		name, want string
		do         func(t *testing.T)
	}{
		{"another schema", "its schema is \"2\"", change(map[string]string{"head": "2"})},
		{"no padding", "the head does not say padding", change(map[string]string{"padding": ""})},
		{"a wild size", "the metadata height", change(map[string]string{"height": "1000000000"})},
		{"temperature", "a temperature of \"NaN\"", change(map[string]string{"temperature": "NaN"})},
		{"one class", "a head of 1 classes", change(map[string]string{"classes": `["mug"]`})},
		{"more names", "where 3 classes take [3, K] and [3]", change(map[string]string{"classes": `["a","b","c"]`})},
		{"other features", "where 2 classes of", change(nil, tensorfile.Tensor{Name: headWeight, Shape: []int{2, 1}, Data: []float32{1, 2}}, *whole.Tensors[headBias])},
		{"a tensor more", "and nothing else", change(nil, *whole.Tensors[headWeight], *whole.Tensors[headBias], tensorfile.Tensor{Name: "x", Shape: []int{1}, Data: []float32{1}})},
		{"an absolute path", "where a path from its own folder is right", change(map[string]string{"backbone": filepath.ToSlash(spec)})},
		{"a share", "where a path from its own folder is right", change(map[string]string{"backbone": `//host/share/net.safetensors`})},
		{"no hash", "does not say on which network", change(map[string]string{"backbone_sha256": ""})},
		{"another pack", "this version of scalecam does not have", change(map[string]string{"backbone": "imagenet:compound"})},
		{"a head", "which is a head itself", change(map[string]string{"backbone": "other.safetensors"})},
		{"itself", "which is a head itself", change(map[string]string{"backbone": "head.safetensors"})},
		{"a backbone that changed", "is not the network that it was taught on", func(t *testing.T) {
			change(nil)(t)
			backboneFile(t, spec, network.EfficientNetLite, 2)
		}},
		{"no backbone", "net.safetensors (SHA-256 " + whole.Metadata["backbone_sha256"][:12] + "…), is not there; put that file beside it", func(t *testing.T) {
			if err := os.Remove(spec); err != nil {
				t.Fatal(err)
			}
		}},
		{"no backbone, which had the head's name", "head.safetensors (SHA-256 " + whole.Metadata["backbone_sha256"][:12] + "…), is not there", change(map[string]string{"backbone": "../weights/head.safetensors"})},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.do(t)
			_, err := Open(path, nil)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "head.safetensors") && !strings.Contains(err.Error(), "net.safetensors") || strings.Contains(err.Error(), "\n") {
				t.Errorf("the error is %v, want %q of %d features", err, c.want, k)
			}
		})
	}
	// Beside the head, wherever it was.
	change(map[string]string{"backbone": "../far/away/net.safetensors"})(t)
	backboneFile(t, spec, network.EfficientNetLite, 1)
	if _, err := Open(path, nil); err != nil {
		t.Error(err)
	}
}

// TestHalf: numbers are rounded to the nearest of half precision, and what has none is
// refused.
func TestHeadHalf(t *testing.T) {
	folder := t.TempDir()
	spec, path := "scenes:baseline", filepath.Join(folder, "head.safetensors")
	m, err := Open(spec, nil)
	if err != nil {
		t.Fatal(err)
	}
	h := someHead(m.Network.Head())
	h.Half = true
	data, err := EncodeHead(m, h, path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := tensorfile.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Tensors[headWeight]; got.DType != "F16" {
		t.Errorf("written as %s", got.DType)
	}
	for i, v := range f.Tensors[headWeight].Data {
		if math.Abs(float64(v-h.Weight[i])) > math.Abs(float64(h.Weight[i]))/2048 { // half a unit in the last of 11 places
			t.Fatalf("weight %d is %v, was %v", i, v, h.Weight[i])
		}
	}
	h.Weight[0] = 70000
	if _, err := EncodeHead(m, h, path); err == nil {
		t.Error("a weight beyond float16 is written")
	}
}

// FuzzHead: no head's file panics, whatever its metadata say.
func FuzzHead(f *testing.F) {
	folder := f.TempDir()
	spec, path := filepath.Join(folder, "net.safetensors"), filepath.Join(folder, "head.safetensors")
	backboneFile(f, spec, network.EfficientNetLite, 1)
	writeHead(f, spec, path, network.Square(32))
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte(strings.Replace(string(whole), `"32"`, `"99"`, 1)))
	f.Add([]byte(strings.Replace(string(whole), "net.safetensors", "../../x.safeten", 1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(folder, "fuzzed.safetensors")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		m, err := Open(path, nil)
		if err == nil && (m.Network.Classes != len(m.Classes) || m.Network.Scaling.Resolution.H > network.MaxResolution) {
			t.Errorf("opened as %v of %d classes", m.Network.Scaling, len(m.Classes))
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("an error of several lines: %q", err)
		}
	})
}
