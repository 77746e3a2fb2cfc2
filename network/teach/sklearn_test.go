package teach

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// TestScikitLearn holds heads to scikit-learn's, which tools/logistic.py wrote down: the
// loss to within a millionth, coefficients to a thousandth of the largest.
func TestScikitLearn(t *testing.T) {
	paths, err := filepath.Glob("../../testdata/teach/*.json")
	if err != nil || len(paths) != 3 {
		t.Fatalf("%d sets, %v", len(paths), err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var set struct {
			Classes  int
			Features [][]float32
			Labels   []int
			Fits     []struct {
				C            float64
				Balanced     bool
				Loss         float64
				Weights      []float64
				Coefficients [][]float64
				Intercepts   []float64
			}
		}
		if err := json.Unmarshal(data, &set); err != nil || len(set.Fits) == 0 {
			t.Fatalf("%s: %d fits, %v", path, len(set.Fits), err)
		}
		p := Problem{Labels: set.Labels, Classes: set.Classes}
		for _, x := range set.Features {
			p.Features = append(p.Features, x...)
		}
		k := len(set.Features[0])
		for _, want := range set.Fits {
			p.Weights = want.Weights
			h, err := p.Fit(context.Background(), want.C, nil)
			if err != nil {
				t.Fatal(err)
			}
			if off := math.Abs(h.Loss/want.Loss - 1); off > 1e-6 {
				t.Errorf("%s, C = %g: loss %.9g, want %.9g", path, want.C, h.Loss, want.Loss)
			}
			if p.Classes == 2 { // of which they have one vector: that of the difference
				want.Coefficients = [][]float64{nil, want.Coefficients[0]}
				want.Intercepts = []float64{0, want.Intercepts[0]}
				for j := range k {
					h.W[k+j] -= h.W[j]
				}
				h.B[1] -= h.B[0]
				h.B[0] = 0
			}
			worst, largest := 0.0, 0.0
			for c, row := range want.Coefficients {
				for j, v := range row {
					worst, largest = max(worst, math.Abs(float64(h.W[c*k+j])-v)), max(largest, math.Abs(v))
				}
			}
			for c, v := range want.Intercepts {
				worst, largest = max(worst, math.Abs(float64(h.B[c])-v)), max(largest, math.Abs(v))
			}
			t.Logf("%s, C = %g: %d steps, loss off by %.1g, coefficients by %.1g of %.3g", path, want.C, h.Iterations, math.Abs(h.Loss/want.Loss-1), worst, largest)
			if worst > 1e-3*largest {
				t.Errorf("%s, C = %g: a coefficient is off by %.2g, the largest is %.3g", path, want.C, worst, largest)
			}
		}
	}
}
