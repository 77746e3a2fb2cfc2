package models_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scalecam/network"
	"scalecam/network/models"
	"scalecam/network/oracletest"
	"scalecam/network/tensorfile"
	"scalecam/picture"
)

// readJSON reads a file beside the checkout, or skips the test.
func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	data, err := os.ReadFile(shared(t, path))
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// runOn opens a network and shows it a picture beside the checkout.
func runOn(t *testing.T, spec, pic string) (*network.Model, *network.Activations) {
	t.Helper()
	m, err := models.Open(spec, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := picture.Open(shared(t, pic))
	if err != nil {
		t.Fatal(err)
	}
	a, err := m.Run(context.Background(), p.Image)
	if err != nil {
		t.Fatal(err)
	}
	return m, a
}

// TestCases holds weights as people keep them to what torchvision computes with
// them: probabilities within 2e-4.
func TestCases(t *testing.T) {
	var values map[string]struct {
		Logits      []float32
		Top         int
		Probability float64
	}
	readJSON(t, "cases/values.json", &values)
	for name, want := range values {
		t.Run(name, func(t *testing.T) {
			_, a := runOn(t, shared(t, filepath.Join("cases/weights", name))+"@64", "cases/scene.png")
			if top := a.Top(1)[0]; top.Class != want.Top || math.Abs(top.Probability-want.Probability) > 2e-4 {
				t.Errorf("class %d at %.5f, want %d at %.5f (logits %v, want %v)", top.Class, top.Probability, want.Top, want.Probability, a.Logits, want.Logits)
			}
		})
	}
}

// TestWild holds files that libraries wrote to the logits that they compute. The picture has the networks' size, and is not resized.
func TestWild(t *testing.T) {
	var expected struct {
		Files map[string]struct {
			Logits    []float32
			Padding   string
			Classes   []string
			Mean, Std [3]float32
		}
	}
	readJSON(t, "wild/expected.json", &expected)
	for name, want := range expected.Files {
		t.Run(name, func(t *testing.T) {
			m, err := models.Open(shared(t, "wild/"+name)+"@96", models.Settings{"crop": "none"})
			if err != nil {
				t.Fatal(err)
			}
			p, err := picture.Open(shared(t, "wild/picture96.png"))
			if err != nil {
				t.Fatal(err)
			}
			a, err := m.Run(context.Background(), p.Image)
			if err != nil {
				t.Fatal(err)
			}
			within(t, 1e-4, "logits", a.Logits, want.Logits)
			within(t, 1e-6, "mean", m.Preprocessing.Mean[:], want.Mean[:])
			within(t, 1e-6, "std", m.Preprocessing.Std[:], want.Std[:])
			// Of libraries that work "same" out when they make a network, with the size.
			if padding, _, _ := strings.Cut(m.Network.Padding.String(), "@"); padding != want.Padding || want.Classes != nil && !slices.Equal(m.Classes, want.Classes) {
				t.Errorf("padding %v, classes %q; want %s, %q", m.Network.Padding, m.Classes, want.Padding, want.Classes)
			}
		})
	}
}

// TestSaid: what cannot be read is named for what it is.
func TestSaid(t *testing.T) {
	for name, want := range map[string]string{
		"grey-input.pth":      "made for grey pictures",
		"git-lfs.safetensors": "Git LFS pointer",
		"keras.h5":            "Keras file (HDF5)",
	} {
		_, err := models.Open(shared(t, "cases/weights/"+name)+"@64", nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", name, err, want)
		}
	}
}

// TestCheckpoints holds the files that tools/checkpoints.py or tools/exports.py made
// to what PyTorch computes with them, and counts those that are refused.
func TestCheckpoints(t *testing.T) {
	folder := os.Getenv("CHECKPOINTS")
	if folder == "" {
		t.Skip("CHECKPOINTS names no folder that tools/checkpoints.py or tools/exports.py filled")
	}
	const end = ".expected.safetensors"
	expected, err := filepath.Glob(filepath.Join(folder, "*"+end))
	if err != nil || len(expected) == 0 {
		t.Fatalf("%d files, %v", len(expected), err)
	}
	right, refused := 0, 0
	for _, path := range expected {
		files, err := filepath.Glob(strings.TrimSuffix(path, end) + ".*")
		if err != nil {
			t.Fatal(err)
		}
		files = slices.DeleteFunc(files, func(f string) bool { return f == path || strings.HasSuffix(f, ".data") })
		t.Run(filepath.Base(files[0]), func(t *testing.T) {
			want, err := tensorfile.Read(path)
			if err != nil {
				t.Fatal(err)
			}
			size := network.Size{H: want.Tensors["input"].Shape[2], W: want.Tensors["input"].Shape[3]}
			m, err := models.Open(fmt.Sprintf("%s@%dx%d", files[0], size.H, size.W), nil)
			if err != nil {
				refused++
				if want.Metadata["optimize"] == "False" { // its zeros are computed
					t.Skip(want.Metadata, err)
				}
				t.Fatal(want.Metadata, err)
			}
			a, err := m.Forward(context.Background(), &network.Input{Size: size, Pixels: oracletest.Transposed(want.Tensors["input"].Data, 3)})
			if err != nil {
				t.Fatal(err)
			}
			within(t, 1e-4, "logits", a.Logits, want.Tensors["logits"].Data)
			if t.Failed() {
				t.Log(want.Metadata, m.Network.Padding)
				return
			}
			right++
		})
	}
	t.Logf("of %d files %d are read rightly, %d are refused, %d are read wrongly", len(expected), right, refused, len(expected)-right-refused)
}
