package network_test

import (
	"math"
	"testing"

	"scalecam/network"
)

// TestDetectors holds the counts of parameters to those of efficientdet-pytorch's
// tf_efficientdet_d0 to d7x (effdet 0.4.1), part by part, and the MACs to what is
// published.
func TestDetectors(t *testing.T) {
	counted := map[string][5]int64{ // backbone, feature network, class head, box head, sum
		"efficientdet-d0":  {3595388, 196281, 69354, 19044, 3880067},
		"efficientdet-d1":  {6101024, 390972, 101394, 32508, 6625898},
		"efficientdet-d2":  {7202562, 708159, 136890, 49428, 8097039},
		"efficientdet-d3":  {10103336, 1559474, 247050, 122436, 12032296},
		"efficientdet-d4":  {16742216, 3349829, 402890, 228740, 20723675},
		"efficientdet-d5":  {27288112, 5405893, 591498, 367812, 33653315},
		"efficientdet-d6":  {39403992, 10583808, 1090986, 792996, 51871782},
		"efficientdet-d7":  {39403992, 10583808, 1090986, 792996, 51871782},
		"efficientdet-d7x": {62143440, 13112064, 1094826, 796836, 77147166},
	}
	for _, d := range network.Detectors {
		parts, err := d.Parts()
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range parts {
			if want := counted[d.Name][i]; p.Parameters != want {
				t.Errorf("%s, %s: %d parameters, want %d", d.Name, p.Name, p.Parameters, want)
			}
		}
		sum := parts[len(parts)-1]
		// Published to a digit behind the point, but D7x as 77M.
		tolerance := 0.05
		if d.Name == "efficientdet-d7x" {
			tolerance = 0.5
		}
		if got := float64(sum.Parameters) / 1e6; math.Abs(got-d.Published.Parameters) > tolerance {
			t.Errorf("%s: %.3fM parameters, published %vM", d.Name, got, d.Published.Parameters)
		}
		// What is published counts a little more than convolutions: up to 2 % of it; D5's
		// is rounded to 130B, 3 % less than counted here.
		if got := float64(sum.MACs) / 1e9; got < 0.98*d.Published.FLOPS || got > 1.035*d.Published.FLOPS {
			t.Errorf("%s: %.3fB MACs, published %vB", d.Name, got, d.Published.FLOPS)
		}
	}
}

// TestDetectorRule: the table is the paper's rule but where the paper departs from it.
func TestDetectorRule(t *testing.T) {
	for _, d := range network.Detectors {
		rule := network.DetectorRule(d.Phi)
		if d.HeadLayers != rule.HeadLayers {
			t.Errorf("%s: %d layers in its heads, by rule %d", d.Name, d.HeadLayers, rule.HeadLayers)
		}
		if d.Phi <= 4 && (d.Resolution != rule.Resolution || d.Layers != rule.Layers) {
			t.Errorf("%s: %+v, by rule %+v", d.Name, d.DetectorScaling, rule)
		}
		// Rounded to 8 channels, or a step off; D7 keeps D6's.
		if d.Phi <= 6 && (math.Abs(d.Channels-rule.Channels) > 12 || math.Mod(d.Channels, 8) != 0) {
			t.Errorf("%s: %v channels, by rule %.1f", d.Name, d.Channels, rule.Channels)
		}
	}
	if _, ok := network.LookupDetector(" EfficientDet-D7x "); !ok {
		t.Error("EfficientDet-D7x is not found")
	}
}
