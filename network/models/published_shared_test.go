package models_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"scalecam/assets"
	"scalecam/network/models"
	"scalecam/network/store"
	"scalecam/picture"
)

// TestPublishedFiles: files as they were published are known by their checksums, come into
// the store by their names, and are run there as their authors ran them: a series gives
// the logits that PyTorch gave.
func TestPublishedFiles(t *testing.T) {
	folder := filepath.Dir(shared(t, "resnet_cifar/expected.json"))
	t.Setenv("SCALECAM_DATA", t.TempDir())
	s, err := store.User()
	if err != nil {
		t.Fatal(err)
	}
	found, err := models.FindImports(t.Context(), s, folder)
	if err != nil {
		t.Fatal(err)
	}
	for i := range found {
		if err := found[i].Import(t.Context(), s, nil); err != nil || found[i].Published == nil {
			t.Errorf("%s: it is taken for %q, %v", found[i].Path, found[i].Name, err)
		}
	}
	data, err := os.ReadFile(filepath.Join(folder, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var expected map[string]struct{ Logits []float32 }
	if err := json.Unmarshal(data, &expected); err != nil {
		t.Fatal(err)
	}
	p, err := picture.Open(filepath.Join(folder, "a.png")) // of 32 pixels, as the networks are made for
	if err != nil {
		t.Fatal(err)
	}
	series := assets.PublishedNetworks().LookupSeries("cifar10-depth")
	for i, of := range []string{"resnet20", "resnet32", "resnet44", "resnet56"} {
		m, err := models.Open(series.Members[i], nil)
		if err != nil {
			t.Fatal(err)
		}
		if keys := m.Assumed(); len(keys) > 0 || m.Classes[2] != "bird" {
			t.Errorf("%s: assumed are %v, class 2 is %s", m.Spec, keys, m.Classes[2])
		}
		a, err := m.Run(t.Context(), p.Image)
		if err != nil {
			t.Fatal(err)
		}
		agree(t, m.Spec, a.Logits, expected[of+" a.png"].Logits)
	}
}
