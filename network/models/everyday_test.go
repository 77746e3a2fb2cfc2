package models

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scalecam/assets"
)

// TestEveryday: the five heads of everyday things open on the pack that they were taught
// on, at its sizes, calibrated, and know the classes that classes.tsv names.
func TestEveryday(t *testing.T) {
	folder := filepath.Join("..", "..", "assets", "everyday")
	f, err := os.Open(filepath.Join(folder, "classes.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var english, korean []string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if name, other, ok := strings.Cut(lines.Text(), "\t"); ok {
			english, korean = append(english, name), append(korean, other)
		}
	}
	slices.Sort(korean)
	if len(english) != 149 || len(slices.Compact(korean)) != 149 {
		t.Fatalf("%d classes, %d Korean names", len(english), len(korean))
	}
	p, _ := assets.LookupPack("imagenet")
	for _, n := range p.Networks {
		m, err := Open(filepath.Join(folder, n.Name+".safetensors"), nil)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(m.Classes, english) {
			t.Errorf("%s knows %v", n.Name, m.Classes)
		}
		if got := m.Network.Scaling.Resolution.String(); got != n.Resolution || m.Temperature <= 0 {
			t.Errorf("%s runs at %s, not %s; its temperature is %v", n.Name, got, n.Resolution, m.Temperature)
		}
	}
}
