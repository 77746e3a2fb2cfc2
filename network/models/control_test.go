package models

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scalecam/network"
)

// TestAt: what is named at another size is opened at it, with the same weights.
func TestAt(t *testing.T) {
	dir := t.TempDir()
	odd := filepath.Join(dir, "odd@64") // a file's own name
	if err := os.WriteFile(odd, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "a.pth")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for spec, want := range map[string]string{
		"scenes:baseline":                        "scenes:baseline@96x160",
		"scenes:baseline@64":                     "scenes:baseline@96x160",
		"random:baseline,d=2,r=300,w=1,seed=3":   "random:baseline,d=2,w=1,seed=3,r=96x160",
		"random:efficientnet-b0,phi=1":           "random:efficientnet-b0,phi=1,r=96x160",
		file:                                     file + "@96x160",
		file + "@224":                            file + "@96x160",
		odd:                                      odd + "@96x160",
		odd + "@224":                             odd + "@96x160",
		filepath.Join(dir, "missing@file@2.pth"): filepath.Join(dir, "missing@file@2.pth") + "@96x160",
	} {
		if got := At(spec, network.Size{H: 96, W: 160}); got != want {
			t.Errorf("%s: got %s, want %s", spec, got, want)
		}
	}
	for _, spec := range []string{"scenes:baseline", "random:efficientnet-64,w=0.5,r=64"} {
		m, err := Open(spec, nil)
		if err != nil {
			t.Fatal(err)
		}
		at, err := Open(At(spec, network.Size{H: 32, W: 48}), nil)
		if err != nil {
			t.Fatal(err)
		}
		if at.Network.Scaling.Resolution != (network.Size{H: 32, W: 48}) || at.Network.Parameters() != m.Network.Parameters() {
			t.Errorf("%s: opened at %v", at.Spec, at.Network.Scaling)
		}
	}
}

// TestControl: of the pack of scenes it is the baseline at 128; the pack of ImageNet
// has it, as its higher resolution, already.
func TestControl(t *testing.T) {
	sized := func(specs ...string) (all []Sized) {
		for _, s := range specs {
			n, err := Network(s, nil)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, Sized{s, nil, n.Scaling.Resolution})
		}
		return all
	}
	for _, c := range []struct {
		all         []Sized
		spec, there string
	}{
		{sized(Pack("scenes")...), "scenes:baseline@128", ""},
		{sized(append(Pack("scenes"), "scenes:baseline@128")...), "scenes:baseline@128", "scenes:baseline@128"},
		{sized(Pack("imagenet")...), "imagenet:baseline@260", "imagenet:higher-resolution"},
		{sized(Figure7()...), "random:baseline,r=448", ""}, // "higher resolution" has the same weights, which its name does not say
		{sized("scenes:compound@83", "scenes:deeper@96x160"), "scenes:compound@96x160", ""},
		{sized("random:baseline,r=64", "random:baseline,r=96"), "random:baseline,r=96", "random:baseline,r=96"},
	} {
		spec, there, err := Control(c.all)
		if spec != c.spec || there != c.there || err != nil {
			t.Errorf("%v: got %q, %q (%v), want %q and %q", c.all, spec, there, err, c.spec, c.there)
		}
	}
	stated := sized("scenes:baseline", "scenes:baseline@128")
	stated[1].Stated = Settings{"crop": "none"}
	if _, there, _ := Control(stated); there != "" {
		t.Errorf("with other settings it is taken for %s", there)
	}
	for _, all := range [][]Sized{nil, sized("scenes:baseline"), sized("scenes:higher-resolution", "scenes:baseline")} {
		if _, _, err := Control(all); err == nil || !strings.Contains(err.Error(), "name") {
			t.Errorf("%v: %v", all, err)
		}
	}
}
