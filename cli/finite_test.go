package cli

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/network/models"
)

// overflowing writes a network that tells scenes apart by finite logits, of
// which a class's map of scene 35 is infinite, and gives its path and the class.
func overflowing(t *testing.T, dir string) (path, class string) {
	t.Helper()
	classes := scenes.Classes()
	n, err := network.New(network.EfficientNet64, network.Scaling{Depth: 1, Width: 0.5, Resolution: network.Square(64)}, network.SymmetricPadding, len(classes))
	if err != nil {
		t.Fatal(err)
	}
	w := network.Random(n, 1)
	for i := range w[n.Last].Norm.Gamma { // large features, so that weights stay finite
		w[n.Last].Norm.Gamma[i] = 1e15
	}
	m, err := network.NewModel(n, w, 1e-3, classes)
	if err != nil {
		t.Fatal(err)
	}
	p, err := compare.OpenPicture(scenes.Path(35))
	if err != nil {
		t.Fatal(err)
	}
	a, err := m.Run(t.Context(), p.Image)
	if err != nil {
		t.Fatal(err)
	}
	logit, value := 0.0, 0.0
	for i := range classes {
		logit = max(logit, math.Abs(float64(a.Logits[i])))
		c, err := cam.CAM(&a.Pooled, i)
		if err != nil {
			t.Fatal(err)
		}
		if _, highest := c.Range(); float64(highest) > value {
			value, class = float64(highest), classes[i]
		}
	}
	if value < 2*logit {
		t.Fatalf("the highest value is %v, the largest logit %v: no factor makes the one infinite and not the other", value, logit)
	}
	last := w[len(w)-1]
	for i := range last.Weight {
		last.Weight[i] = float32(float64(last.Weight[i]) * (1.1 * math.MaxFloat32 / value))
	}
	data, err := models.EncodeNetwork(n, w, 1e-3, classes, m.Preprocessing, nil)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(dir, "overflowing.safetensors")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path, class
}

// TestNotFinite: a map that is infinite where the logit is finite is refused, by
// its network's name, and nothing is written.
func TestNotFinite(t *testing.T) {
	path, class := overflowing(t, t.TempDir())
	t.Chdir(t.TempDir())
	picture := scenes.Path(35)
	if _, stderr, status := call("classify", picture, "-n", path); status != 0 || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "uncalibrated") {
		t.Errorf("status %d, %q", status, stderr)
	}
	for _, args := range [][]string{
		{"compare", picture, "-n", "scenes:baseline", "-n", path, "--class", class, "--json"},
		{"cam", picture, "-n", path, "--class", class, "-o", "folder"},
		{"evaluate", "-n", path, "--count", "4", "--json"},
	} {
		stdout, stderr, status := call(args...)
		if status != 1 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "overflowing: ") || !strings.Contains(stderr, "the map of class") {
			t.Errorf("scalecam %s: status %d, %q, %q", strings.Join(args, " "), status, stdout, stderr)
		}
	}
	if left, err := os.ReadDir("."); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
