package ui

import (
	"math"
	"slices"
	"strings"
	"testing"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/network"
	"scalecam/network/models"
)

// overflowing is a network of which the map of what it predicts of the picture
// is infinite, and the logit is not.
func overflowing(t *testing.T, path string) *network.Model {
	t.Helper()
	n, err := network.New(network.EfficientNetB0, network.Scaling{Depth: 1, Width: 0.25, Resolution: network.Square(64)}, network.SymmetricPadding, 10)
	if err != nil {
		t.Fatal(err)
	}
	w := network.Random(n, 1)
	for i := range w[n.Last].Norm.Gamma { // large features, so that weights stay finite
		w[n.Last].Norm.Gamma[i] = 1e15
	}
	m, err := network.NewModel(n, w, 1e-3, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := compare.OpenPicture(path)
	if err != nil {
		t.Fatal(err)
	}
	a, err := m.Run(t.Context(), p.Image)
	if err != nil {
		t.Fatal(err)
	}
	class := a.Top(1)[0].Class
	c, err := cam.CAM(&a.Pooled, class)
	if err != nil {
		t.Fatal(err)
	}
	_, highest := c.Range()
	last := w[len(w)-1]
	for i := range last.Weight {
		last.Weight[i] = float32(float64(last.Weight[i]) * math.MaxFloat32 / math.Sqrt(float64(highest)*float64(a.Logits[class])))
	}
	if m, err = network.NewModel(n, w, 1e-3, nil); err != nil {
		t.Fatal(err)
	}
	m.Name, m.Spec = "overflowing", "overflowing.pth"
	return m
}

// TestNotFinite: a network whose map is not finite is told of by its name, and
// what was compared before is shown again.
func TestNotFinite(t *testing.T) {
	w := open(t, inline, Options{Pictures: []string{"sample:balloons.jpg"}})
	m, before := overflowing(t, w.Pictures[0].Path), w.Models
	others := w.open
	w.open = func(spec string, s models.Settings) (*network.Model, error) {
		if spec == m.Spec {
			return m, nil
		}
		return others(spec, s)
	}
	w.openPaths([]string{m.Spec})
	if text := w.message.Text; !w.banner.Visible() || !strings.Contains(text, "overflowing: ") || !strings.Contains(text, "the map of class") {
		t.Errorf("the message: %q", text)
	}
	if !slices.Equal(w.Models, before) || !w.comparison.Shown.Whole() {
		t.Errorf("%d networks are shown, want the %d of before", len(w.Models), len(before))
	}
}
