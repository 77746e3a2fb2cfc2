package oracletest

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const oracles = "../../testdata/oracle/"

// TestFormula holds weights and input to what testdata/oracle/make.py makes of
// the same names, to the bit.
func TestFormula(t *testing.T) {
	for _, test := range []struct {
		name  string
		shape []int
		gain  float64
		want  map[int]float32
	}{
		{"features.0.0.weight", []int{32, 3, 3, 3}, 6, map[int]float32{0: 0x1.65897ep-2, 1: -0x1.053688p-2, 863: 0x1.ae6b7ep-2}},
		{"layer1.0.conv2.weight", []int{64, 64, 3, 3}, 3, map[int]float32{0: -0x1.2162eep-5, 36863: -0x1.065ec4p-5}},
		{"fc.weight", []int{1000, 2048}, 3, map[int]float32{2047999: 0x1.0e8610p-5}},
		{"bn1.running_var", []int{64}, 3, map[int]float32{0: 0x1.246e44p+0, 63: 0x1.419b9cp+0}},
		{"bn1.running_mean", []int{64}, 3, map[int]float32{0: 0x1.e02748p-4, 63: -0x1.6e2f04p-3}},
		{"bn1.weight", []int{64}, 3, map[int]float32{0: 0x1.dc3654p-1, 63: 0x1.fc0902p-1}},
		{"bn1.bias", []int{64}, 4, map[int]float32{0: -0x1.4fabccp-3, 63: -0x1.2df688p-4}},
	} {
		got := Weights(test.name, test.shape, test.gain)
		for i, want := range test.want {
			if got[i] != want {
				t.Errorf("%s[%d] is %x, want %x", test.name, i, got[i], want)
			}
		}
	}
	const h, w, seed = 83, 61, 4
	x := Input(h, w, seed)
	if len(x) != 3*h*w {
		t.Fatalf("the input has %d values", len(x))
	}
	for i, want := range map[int]float32{
		0: 0x1.0aedacp-2, 1: 0x1.7afd06p-1, 16 * w: -0x1.23eebp-4, 16*w + 16: -0x1.60edp-6,
		h * w: -0x1.2bd918p+0, 2*h*w + w - 1: 0x1.610912p-1, 3*h*w - 1: -0x1.996428p-3,
	} {
		if x[i] != want {
			t.Errorf("input[%d] is %x, want %x", i, x[i], want)
		}
	}
}

// TestOracles: every committed oracle is whole, its list of tensors is there,
// and torch's own float32 is far enough within the tolerance of 1e-4 that
// scalecam is held to.
func TestOracles(t *testing.T) {
	paths, err := filepath.Glob(oracles + "*.json")
	if err != nil || len(paths) != 24 {
		t.Fatalf("%d oracles (%v), want 24", len(paths), err)
	}
	counts := map[string]int{ // the libraries' parameters + running statistics; of a network, the same in each
		"efficientnet_b0": 5_288_548 + 42_016, "efficientnet-w0.25-d1.4-10": 590_892 + 19_792,
		"mobilenet_v2": 3_504_872 + 34_112, "mobilenet_v2-w0.25-10": 250_922 + 10_656,
		"resnet18": 11_689_512 + 9_600, "resnet34": 21_797_672 + 17_024, "resnet50": 25_557_032 + 53_120, "resnet101": 44_549_160 + 105_344,
		"wide_resnet50_2": 68_883_240 + 68_224, "efficientnet_b4": 19_341_616 + 125_200, "efficientnet_v2_s": 21_458_488 + 153_872,
		"tf_efficientnetv2_b0": 7_139_704 + 60_608, "resnet20-10": 269_722 + 1_376,
		"efficientnet_b1-10": 7_794_184 - 990*1281 + 62_048, "mobilenet_v2-w1-10": 3_504_872 - 990*1281 + 34_112,
		"efficientnet-w0.25-d1-10": 340_604, "efficientnet-w0.25-d1.1-10": 532_770, "mobilenet_v2-w0.1-10": 94_786,
		"mobilenet_v2-w0.35-10": 423_018, "mobilenet_v2-w0.5-10": 722_890, "mobilenet_v2-w1.3-10": 3_782_698,
	}
	for _, path := range paths {
		n, err := Read(path)
		if err != nil {
			t.Fatal(err)
		}
		count := 0
		n.EachWeight(func(_ string, _ []int, values []float32) { count += len(values) })
		if want := counts[n.Model]; count != want {
			t.Errorf("%s: %d values in the state dict, want %d", path, count, want)
		}
		for _, run := range n.Runs {
			found := map[string]int{}
			for _, r := range run.Results {
				found[r.What]++
				if r.Float32 > 1e-5 || r.Largest == 0 || len(r.Values) == 0 {
					t.Errorf("%s: %s %s: float32 within %g of %d values up to %g", path, r.What, r.Layer, r.Float32, len(r.Values), r.Largest)
				}
			}
			gradients := found["gradient"]
			if found["logits"] != 1 || found["features"] != 1 || found["cam"] != 2 || found["hires-cam"] != gradients || found["grad-cam"] != gradients || found["activations"] != gradients {
				t.Errorf("%s at %d×%d has %v", path, run.Height, run.Width, found)
			}
		}
	}
}

// TestIdentities ties an oracle's results to one another: the definitions of
// the maps, by which a mistake in make.py would show.
func TestIdentities(t *testing.T) {
	n, err := Read(oracles + "efficientnet-w0.25-d1.4-10.json")
	if err != nil {
		t.Fatal(err)
	}
	var bias []float32
	n.EachWeight(func(name string, _ []int, values []float32) {
		if name == "classifier.1.bias" {
			bias = values
		}
	})
	results := n.Runs[0].Results
	logits := results[slices.IndexFunc(results, func(r Result) bool { return r.What == "logits" })].Values
	for _, r := range results {
		if r.What != "cam" {
			continue
		}
		mean := r.Sum / float64(len(r.Values))
		if d := math.Abs(mean + float64(bias[r.Class]) - logits[r.Class]); d > 1e-7 { // of nine digits
			t.Errorf("class %d: mean of the map + bias differs from the logit by %g", r.Class, d)
		}
	}
	top := slices.Index(logits, slices.Max(logits))
	if top != n.Runs[0].Top {
		t.Errorf("the largest logit is class %d's, stated is %d", top, n.Runs[0].Top)
	}
}

// TestCheck: one value, a shift of all, and a shape are each found.
func TestCheck(t *testing.T) {
	values := Weights("anything.weight", []int{40, 25}, 1)
	r := Result{What: "features", Layer: "layer4", Shape: []int{40, 25}}
	for i, v := range values {
		r.Sum += float64(v)
		r.SumSquares += float64(v) * float64(v)
		r.Largest = max(r.Largest, math.Abs(float64(v)))
		if i%5 == 0 {
			r.Values = append(r.Values, float64(v))
		}
	}
	if err := r.Check(values, 1e-6); err != nil {
		t.Error(err)
	}
	changed := func(change func(i int, v float32) float32) []float32 {
		c := slices.Clone(values)
		for i, v := range c {
			c[i] = change(i, v)
		}
		return c
	}
	for want, got := range map[string][]float32{
		"value 500 differs": changed(func(i int, v float32) float32 {
			if i == 500 {
				return v + 2e-3*float32(r.Largest)
			}
			return v
		}),
		"value 995 differs": changed(func(i int, v float32) float32 {
			if i == 995 {
				return float32(math.NaN())
			}
			return v
		}),
		"the mean differs": changed(func(i int, v float32) float32 {
			if i%5 != 0 { // between the samples
				return v + 2e-3*float32(r.Largest)
			}
			return v
		}),
		"the mean square differs": changed(func(i int, v float32) float32 {
			if i%5 != 0 {
				return v + 0.2*float32(1-i%2*2)*float32(r.Largest)
			}
			return v
		}),
		"999 values, want [40 25]": values[:999],
	} {
		if err := r.Check(got, 1e-3); err == nil || !strings.Contains(err.Error(), "features layer4: "+want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
