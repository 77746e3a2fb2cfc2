package models

import (
	"context"
	"slices"
	"testing"

	"scalecam/assets"
	"scalecam/network"
	"scalecam/picture"
)

// TestUnpacked: the weights make the model that Open opens, of a pack, at another size
// too, and of random ones.
func TestUnpacked(t *testing.T) {
	sample, err := picture.Open(picture.SamplePrefix + assets.Samples()[0].Name)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range []string{"scenes:baseline", "scenes:wider@96", "random:efficientnet-64,w=0.5,seed=3"} {
		m, w, err := Unpacked(spec, nil)
		if err != nil {
			t.Fatal(err)
		}
		again, err := network.NewModel(m.Network, w, m.Eps, m.Classes)
		if err != nil {
			t.Fatal(err)
		}
		again.Preprocessing = m.Preprocessing
		a, err := m.Run(context.Background(), sample.Image)
		if err != nil {
			t.Fatal(err)
		}
		b, err := again.Run(context.Background(), sample.Image)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(a.Logits, b.Logits) {
			t.Errorf("%s: other logits", spec)
		}
	}
	if _, _, err := Unpacked("nowhere.pth", nil); err == nil {
		t.Error("no error of a file that is not there")
	}
}
