package network

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"scalecam/cam"
)

// TestUnfused: a network of which every node is tapped, so that none is fused,
// computes what it does fused, and at a tap what a run asked for that one gives.
func TestUnfused(t *testing.T) {
	for _, a := range []*Architecture{small, residual, merged} {
		t.Run(a.Name, func(t *testing.T) {
			m := random(t, a)
			input := &Input{Size: m.Network.Scaling.Resolution, Pixels: noise(rand.New(rand.NewPCG(5, 5)), 3*a.Resolution*a.Resolution)}
			fused, err := m.Forward(t.Context(), input)
			if err != nil {
				t.Fatal(err)
			}
			var all []cam.Layer
			for node := range m.Network.Nodes[:m.Network.Last] {
				all = append(all, cam.Layer{Node: node})
			}
			apart, err := m.Forward(t.Context(), input, all...)
			if err != nil {
				t.Fatal(err)
			}
			if steps := len(m.Network.fuse(m.taps(all))); steps != len(m.Network.Nodes) {
				t.Errorf("%d steps of %d nodes, all of them tapped", steps, len(m.Network.Nodes))
			}
			if steps := len(m.Network.fuse(nil)); steps >= len(m.Network.Nodes) {
				t.Errorf("%d steps of %d nodes: nothing is fused", steps, len(m.Network.Nodes))
			}
			near(t, "logits", apart.Logits, fused.Logits)
			near(t, "features", apart.Features.Values, fused.Features.Values)
			for node := range m.Network.Nodes[:m.Network.Last] {
				one, err := fused.At(t.Context(), cam.Layer{Node: node})
				if err != nil {
					t.Fatal(err)
				}
				near(t, string(m.Network.Nodes[node].Part), one.Values, apart.taps[node].Values)
			}
		})
	}
}

// TestHiddenEnding: a network that does not end in one linear layer has no CAM,
// and says so; gradients explain it all the same.
func TestHiddenEnding(t *testing.T) {
	m := random(t, residual)
	input := &Input{Size: m.Network.Scaling.Resolution, Pixels: noise(rand.New(rand.NewPCG(6, 6)), 3*32*32)}
	a, err := m.Forward(t.Context(), input)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cam.MethodCAM.Map(t.Context(), a, cam.LastLayer, cam.Class(1)); err == nil || !strings.Contains(err.Error(), "hires-cam") {
		t.Errorf("CAM: %v; want a refusal that names another method", err)
	}
	for _, name := range []string{"last", "stage3"} {
		layer, err := m.FindLayer(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, method := range []*cam.Method{cam.MethodHiResCAM, cam.MethodGradCAM} {
			got, err := method.Map(t.Context(), a, layer, cam.Margin(1, 2))
			if err != nil {
				t.Fatal(err)
			}
			if lowest, highest := got.Range(); lowest == highest {
				t.Errorf("%s at %s: a map of %v alone", method.Title, name, lowest)
			}
		}
	}
	// The hidden layer is SiLU, so that the gradient at the last layer can be
	// held to differences of the ending, computed here in float64.
	g, err := a.Gradient(t.Context(), cam.LastLayer, cam.Class(1))
	if err != nil {
		t.Fatal(err)
	}
	f, cells := a.Features, float64(a.Features.H*a.Features.W)
	hidden, classifier := m.weights[len(m.weights)-2].matrix, m.weights[len(m.weights)-1].matrix
	logit := func(channel int, more float64) float64 {
		sum := float64(classifier.Bias()[1])
		for h, w := range classifier.Column(1) {
			z := float64(hidden.Bias()[h])
			for k, v := range hidden.Column(h) {
				var mean float64
				for i := range f.H * f.W {
					mean += float64(f.Cell(i)[k]) / cells
				}
				if k == channel {
					mean += more / cells
				}
				z += float64(v) * mean
			}
			sum += float64(w) * z / (1 + math.Exp(-z))
		}
		return sum
	}
	if got, want := logit(0, 0), float64(a.Logits[1]); math.Abs(got-want) > 1e-4*max(1, math.Abs(want)) {
		t.Fatalf("the ending gives %v, the network %v", got, want)
	}
	const step = 1e-4
	for k := range f.K {
		want := (logit(k, step) - logit(k, -step)) / (2 * step)
		if got := float64(g.Cell(0)[k]); math.Abs(got-want) > 1e-4*max(0.1, math.Abs(want)) {
			t.Errorf("channel %d: gradient %v, difference %v", k, got, want)
		}
	}
}

// random is a model of the architecture with random weights that are not zero
// anywhere.
func random(t *testing.T, a *Architecture) *Model {
	t.Helper()
	n, err := New(a, Scaling{1, 1, Square(a.Resolution)}, SymmetricPadding, 5)
	if err != nil {
		t.Fatal(err)
	}
	m, err := NewRandomModel(n, 7, 1e-3, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// near holds values to others within what another order of summation leaves.
func near(t *testing.T, what string, got, want []float32) {
	t.Helper()
	var largest, off float64
	for i, v := range want {
		largest = max(largest, math.Abs(float64(v)))
		off = max(off, math.Abs(float64(v-got[i])))
	}
	if len(got) != len(want) || !(off <= 1e-5*max(largest, 1e-3)) {
		t.Errorf("%s: off by %.2g of %.2g at the most", what, off, largest)
	}
}

// TestFusedLite: every block of EfficientNet-Lite is one step, without
// squeeze-and-excite, at the sizes at which the pack's networks run.
func TestFusedLite(t *testing.T) {
	for _, p := range Presets {
		if p.Architecture != EfficientNetLite {
			continue
		}
		for _, side := range []int{224, 240, 260} {
			n, err := New(p.Architecture, Scaling{p.Scaling.Depth, p.Scaling.Width, Square(side)}, p.Architecture.Padding, 1000)
			if err != nil {
				t.Fatal(err)
			}
			blocks := 0
			for _, s := range n.fuse(nil) {
				if s.mbconv != nil {
					blocks++
				} else if len(s.nodes) != 1 || n.Nodes[s.nodes[0]].depthwise() {
					t.Errorf("%s at %d: step %+v", p.Name, side, s)
				}
			}
			if blocks != n.Blocks() {
				t.Errorf("%s at %d: %d of %d blocks are fused", p.Name, side, blocks, n.Blocks())
			}
		}
	}
}
