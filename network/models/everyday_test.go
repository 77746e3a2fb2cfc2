package models

import (
	"path/filepath"
	"slices"
	"testing"

	"scalecam/assets"
	"scalecam/network"
)

// TestEveryday: the five heads of everyday things open on the pack that they were taught
// on, share its weights, run at its sizes, are calibrated, and know the classes that
// the table names; as the pack's networks and as files.
func TestEveryday(t *testing.T) {
	classes := assets.Classes("everyday")
	everyday, _ := assets.LookupPack("everyday")
	on, _ := assets.LookupPack("imagenet")
	if len(classes) != 149 || len(everyday.Networks) != len(on.Networks) {
		t.Fatalf("%d classes, %d networks", len(classes), len(everyday.Networks))
	}
	for i, n := range on.Networks {
		var temperature float64
		for _, spec := range []string{"everyday:" + n.Name, filepath.Join("..", "..", "assets", "packs", "everyday", everyday.Networks[i].File)} {
			m, err := Open(spec, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(m.Classes, classes) || m.Domain != network.Everyday || m.ClassName(0, "ko") != "티셔츠" {
				t.Errorf("%s is of %q and knows %v", spec, m.Domain, m.Classes)
			}
			if m.Temperature <= 0 || temperature > 0 && m.Temperature != temperature {
				t.Errorf("%s has the temperature %v, and the pack's %v", spec, m.Temperature, temperature)
			}
			temperature = m.Temperature
			if of := BackboneOf(m); of.Spec != "imagenet:"+n.Name || of.SHA256 != n.SHA256 {
				t.Errorf("%s is of %v", spec, of)
			}
			described, err := Network(spec, nil)
			if err != nil || described.Parameters() != m.Network.Parameters() || described.Scaling != m.Network.Scaling {
				t.Errorf("%s is described as %v, %v", spec, described, err)
			}
			if got := m.Network.Scaling.Resolution.String(); got != n.Resolution {
				t.Errorf("%s runs at %s, not %s", spec, got, n.Resolution)
			}
		}
	}
}

// TestHeadOfAPack: one of a pack at another size, and its weights as training takes
// them.
func TestHeadOfAPack(t *testing.T) {
	m, err := Open("everyday:baseline@96", nil)
	if err != nil || m.Name != "baseline @96" || m.Temperature != 0 || m.TrainedAt != network.Square(224) {
		t.Fatalf("%+v, %v", m, err)
	}
	if control, _, err := Control([]Sized{{"everyday:baseline", nil, network.Square(224)}, {"everyday:compound", nil, network.Square(260)}}); err != nil || control != "everyday:baseline@260" {
		t.Errorf("the control is %s, %v", control, err)
	}
	m, w, err := Unpacked("everyday:baseline", nil)
	if err != nil {
		t.Fatal(err)
	}
	last := w[len(w)-1]
	if m.Network.Classes != 149 || len(last.Weight) != 149*1280 || len(last.Bias) != 149 {
		t.Errorf("a classifier of %d weights and %d biases", len(last.Weight), len(last.Bias))
	}
}
