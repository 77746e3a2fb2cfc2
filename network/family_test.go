package network_test

import (
	"testing"

	"scalecam/network"
)

// TestFamilies: each published network is of one family, and every network of a family can
// be spelt out.
func TestFamilies(t *testing.T) {
	for _, p := range network.Presets {
		var in []string
		for _, f := range network.Families {
			if f.Has(p.Architecture) {
				in = append(in, f.Title)
			}
		}
		if p.Published.Top1 > 0 && len(in) != 1 {
			t.Errorf("%s is of the families %q, not of one", p.Name, in)
		}
	}
	for _, f := range network.Families {
		all := append(f.Presets(), f.Scaled()...)
		if len(all) == 0 {
			t.Errorf("%s has no network", f.Title)
		}
		for _, p := range all {
			if _, err := network.New(p.Architecture, p.Scaling, p.Architecture.Padding, 1000); err != nil {
				t.Errorf("%s: %v", p.Name, err)
			}
		}
	}
}
