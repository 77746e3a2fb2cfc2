package cam

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
)

// toy is Evidence whose formulas are at hand: a layer of the input's values mixed
// into K channels cell by cell, a tanh, and a linear ending on the channels'
// means. "first" is before the tanh, the last layer after it.
type toy struct {
	h, w, k int
	input   []float32   // [h, w, 3]
	mix     [][]float64 // [k][3]
	ending  Rows        // [classes, k]
	bias    []float32
}

var first = Layer{Name: "first"}

func newToy() *toy {
	const classes = 4
	chance := rand.New(rand.NewPCG(3, 5))
	y := &toy{h: 6, w: 5, k: 7}
	for range y.h * y.w * 3 {
		y.input = append(y.input, float32(chance.NormFloat64()))
	}
	for range y.k {
		y.mix = append(y.mix, []float64{chance.NormFloat64(), chance.NormFloat64(), chance.NormFloat64()})
	}
	for range classes {
		var row []float32
		for range y.k {
			row = append(row, float32(chance.NormFloat64()))
		}
		y.ending, y.bias = append(y.ending, row), append(y.bias, float32(chance.NormFloat64()))
	}
	return y
}

func (y *toy) features(input []float32) []float64 {
	all := make([]float64, y.h*y.w*y.k)
	for i := range y.h * y.w {
		for k := range y.k {
			for c := range 3 {
				all[i*y.k+k] += y.mix[k][c] * float64(input[i*3+c])
			}
		}
	}
	return all
}

// score is the target's of features before the tanh, or of ones after it.
func (y *toy) score(features []float64, t Target, last bool) float64 {
	var sum float64
	for _, share := range t {
		logit := float64(y.bias[share.Class])
		for i, v := range features {
			if !last {
				v = math.Tanh(v)
			}
			logit += v * float64(y.ending[share.Class][i%y.k]) / float64(y.h*y.w)
		}
		sum += share.Factor * logit
	}
	return sum
}

func narrow(v []float64) []float32 {
	all := make([]float32, len(v))
	for i, x := range v {
		all[i] = float32(x)
	}
	return all
}

func (y *toy) Last() *Pooled {
	f := y.features(y.input)
	for i, v := range f {
		f[i] = math.Tanh(v)
	}
	p := &Pooled{Features: Features{H: y.h, W: y.w, K: y.k, Values: narrow(f)}, Weight: y.ending, Bias: y.bias}
	for c := range y.ending {
		p.Logits = append(p.Logits, float32(y.score(f, Class(c), true)))
	}
	return p
}

func (y *toy) At(_ context.Context, layer Layer) (*Features, error) {
	switch {
	case layer.Last:
		return &y.Last().Features, nil
	case layer == InputLayer:
		return &Features{H: y.h, W: y.w, K: 3, Values: y.input}, nil
	}
	return &Features{H: y.h, W: y.w, K: y.k, Values: narrow(y.features(y.input))}, nil
}

func (y *toy) Gradient(_ context.Context, layer Layer, t Target) (*Features, error) {
	f := y.features(y.input)
	for i, v := range f {
		slope := 1.0
		if !layer.Last {
			slope = 1 - math.Tanh(v)*math.Tanh(v)
		}
		f[i] = 0
		for _, share := range t {
			f[i] += share.Factor * slope * float64(y.ending[share.Class][i%y.k]) / float64(y.h*y.w)
		}
	}
	return &Features{H: y.h, W: y.w, K: y.k, Values: narrow(f)}, nil
}

func (y *toy) Scores(ctx context.Context, layer Layer, n int, change func(int, []float32), t Target) ([]float64, error) {
	own, _ := y.At(ctx, layer)
	scores := make([]float64, n)
	for i := range scores {
		values := append([]float32(nil), own.Values...)
		change(i, values)
		f := float64s(values)
		if layer == InputLayer {
			f = y.features(values)
		}
		scores[i] = y.score(f, t, layer.Last)
	}
	return scores, nil
}

// nearly holds values to what they must be, within a share of the largest.
func nearly(t *testing.T, what string, got []float32, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	var largest float64
	for _, v := range want {
		largest = max(largest, math.Abs(v))
	}
	for i, v := range want {
		if d := math.Abs(float64(got[i]) - v); !(d <= 1e-5*largest) {
			t.Errorf("%s: value %d is %v, want %v", what, i, got[i], v)
			return
		}
	}
}

// TestMethodsByFormula: each method is what its comment says, computed here cell
// by cell as the papers write it.
func TestMethodsByFormula(t *testing.T) {
	y := newToy()
	ctx := t.Context()
	n := y.h * y.w
	if score := Margin(3, 1).Score(y.Last().Logits); Class(1).Score(y.Last().Logits) > 0 == (score > 0) {
		t.Fatalf("no score is above 0, or none below (%g)", score)
	}
	for _, target := range []Target{Class(1), Margin(1, 3), Margin(3, 1)} {
		for _, layer := range []Layer{first, LastLayer} {
			a, _ := y.At(ctx, layer)
			g, _ := y.Gradient(ctx, layer, target)
			A := func(i, k int) float64 { return float64(a.Values[i*y.k+k]) }
			G := func(i, k int) float64 { return float64(g.Values[i*y.k+k]) }
			whole := target.Score(y.Last().Logits)
			changed := func(layer Layer, change func(values []float32)) float64 {
				s, _ := y.Scores(ctx, layer, 1, func(_ int, v []float32) { change(v) }, target)
				return s[0]
			}
			// channel is a sum over channels of a weight times the features.
			channel := func(weight func(k int) float64) []float64 {
				all := make([]float64, n)
				for k := range y.k {
					w := weight(k)
					for i := range n {
						all[i] += w * A(i, k)
					}
				}
				return all
			}
			// cells is a sum over a cell's channels.
			cells := func(f func(i, k int) float64) []float64 {
				all := make([]float64, n)
				for i := range n {
					for k := range y.k {
						all[i] += f(i, k)
					}
				}
				return all
			}
			over := func(f func(i int) float64) (sum float64) {
				for i := range n {
					sum += f(i)
				}
				return sum
			}
			for _, c := range []struct {
				method *Method
				want   []float64
			}{
				{MethodHiResCAM, cells(func(i, k int) float64 { return G(i, k) * A(i, k) })},
				{MethodLayerCAM, cells(func(i, k int) float64 { return max(G(i, k), 0) * A(i, k) })},
				{MethodGradCAM, channel(func(k int) float64 { return over(func(i int) float64 { return G(i, k) }) / float64(n) })},
				{MethodXGradCAM, channel(func(k int) float64 {
					return over(func(i int) float64 { return A(i, k) * G(i, k) }) / over(func(i int) float64 { return A(i, k) })
				})},
				{MethodGradCAMPlusPlus, channel(func(k int) float64 {
					sum := over(func(i int) float64 { return A(i, k) })
					return over(func(i int) float64 {
						d := G(i, k)
						return d * d / (2*d*d + sum*d*d*d) * max(d, 0)
					})
				})},
				{MethodAblationCAM, channel(func(k int) float64 {
					without := changed(layer, func(v []float32) {
						for i := range n {
							v[i*y.k+k] = 0
						}
					})
					return (whole - without) / math.Abs(whole)
				})},
			} {
				got, err := c.method.Map(ctx, y, layer, target)
				if err != nil {
					t.Fatal(err)
				}
				nearly(t, c.method.Key+" at "+layer.Name, got.Values, c.want)
			}
			none := changed(layer, func(v []float32) { clear(v) })
			var alone []float64
			for i := range n {
				alone = append(alone, changed(layer, func(v []float32) {
					for j := range v {
						if j/y.k != i {
							v[j] = 0
						}
					}
				})-none)
			}
			got, err := MethodReciproCAM.Map(ctx, y, layer, target)
			if err != nil {
				t.Fatal(err)
			}
			nearly(t, "recipro-cam at "+layer.Name, got.Values, alone)
		}
	}
}

// TestClosedForms: at the last layer before a linear ending, a dozen names are
// four maps.
func TestClosedForms(t *testing.T) {
	y := newToy()
	p := y.Last()
	n := float64(y.h * y.w)
	cam, err := CAM(p, 2)
	if err != nil {
		t.Fatal(err)
	}
	w := Class(2).weights(p)
	means := channelSums(&p.Features)
	form := func(weight func(k int) float64) []float64 {
		all := make([]float64, y.h*y.w)
		for i := range all {
			for k, v := range p.Features.Cell(i) {
				all[i] += weight(k) * float64(v)
			}
		}
		return all
	}
	for _, m := range Methods {
		got, err := m.Map(t.Context(), y, LastLayer, Class(2))
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case m.AtLast == sameAsCAM:
			scaled := float64s(cam.Values)
			for i := range scaled {
				scaled[i] /= n
			}
			nearly(t, m.Key, got.Values, scaled)
		case m == MethodLayerCAM:
			nearly(t, m.Key, got.Values, form(func(k int) float64 { return max(w[k], 0) / n }))
		case m == MethodGradCAMPlusPlus:
			nearly(t, m.Key, got.Values, form(func(k int) float64 { return max(w[k], 0) / (2 + w[k]*means[k]/n) }))
		case m == MethodAblationCAM:
			nearly(t, m.Key, got.Values, form(func(k int) float64 { return w[k] * means[k] / n / math.Abs(float64(p.Logits[2])) }))
		}
	}
}

// TestEigenCAM: of features that vary along one direction alone, plus little
// across it, the map is where they lie on it, and its sign the activation's.
func TestEigenCAM(t *testing.T) {
	for _, size := range [][3]int{{3, 4, 30}, {8, 9, 5}} { // fewer cells than channels, and more
		chance := rand.New(rand.NewPCG(7, 1))
		f := &Features{H: size[0], W: size[1], K: size[2]}
		var along []float64
		for range f.H * f.W {
			s := chance.NormFloat64()
			along = append(along, s)
			for k := range f.K {
				f.Values = append(f.Values, float32(3*s*float64(1+k%3)+1e-4*chance.NormFloat64()))
			}
		}
		m, err := component(f, func(int) []float64 {
			ones := make([]float64, f.K)
			for k := range ones {
				ones[k] = 1
			}
			return ones
		})
		if err != nil {
			t.Fatal(err)
		}
		var mean, length float64
		for _, s := range along {
			mean += s / float64(len(along))
		}
		for k := range f.K {
			length += float64((1 + k%3) * (1 + k%3))
		}
		for i, s := range along {
			want := 3 * (s - mean) * math.Sqrt(length)
			if d := math.Abs(float64(m.Values[i]) - want); d > 1e-2 {
				t.Errorf("%v: cell %d is %v, want %v", size, i, m.Values[i], want)
			}
		}
	}
}

// TestOcclusion: of a score that one place of the picture makes, the map is
// highest there, and 0 away from it; Score-CAM of two channels weighs by the
// softmax of what each leaves.
func TestOcclusion(t *testing.T) {
	y := newToy()
	y.h, y.w = 28, 28
	y.input = make([]float32, y.h*y.w*3)
	at := 10*y.w + 20 // cell 5, 10 of occlusion's grid
	for c := range 3 {
		y.input[at*3+c] = 2
	}
	m, err := MethodOcclusion.Map(t.Context(), y, LastLayer, Class(0))
	if err != nil {
		t.Fatal(err)
	}
	drop := y.score(y.features(y.input), Class(0), false) - y.score(y.features(make([]float32, len(y.input))), Class(0), false)
	for i, v := range m.Values {
		row, col := i/14, i%14
		covered := float64(max(0, 2-max(row-5, 5-row))*max(0, 2-max(col-10, 10-col))) / 4
		if d := math.Abs(float64(v) - covered*drop); d > 1e-5*math.Abs(drop) {
			t.Errorf("cell %d, %d is %v, want %v", row, col, v, covered*drop)
		}
	}
	if _, err := MethodOcclusion.Map(t.Context(), y, first, Class(0)); err == nil {
		t.Error("occlusion of a layer is no error")
	}
}

// TestScoreCAM: a channel weighs by the softmax of the score of what it leaves of
// the input.
func TestScoreCAM(t *testing.T) {
	y := newToy()
	ctx := t.Context()
	got, err := MethodScoreCAM.Map(ctx, y, first, Class(1))
	if err != nil {
		t.Fatal(err)
	}
	a, _ := y.At(ctx, first)
	var scores []float64
	for k := range y.k {
		lowest, highest := math.Inf(1), math.Inf(-1)
		for i := range y.h * y.w {
			v := float64(a.Cell(i)[k])
			lowest, highest = min(lowest, v), max(highest, v)
		}
		masked := make([]float32, len(y.input))
		for i, v := range y.input { // the layer is as large as the input
			masked[i] = float32(float64(v) * (float64(a.Cell(i / 3)[k]) - lowest) / (highest - lowest))
		}
		scores = append(scores, y.score(y.features(masked), Class(1), false))
	}
	var sum float64
	for _, s := range scores {
		sum += math.Exp(s)
	}
	want := make([]float64, y.h*y.w)
	for i := range want {
		for k, s := range scores {
			want[i] += math.Exp(s) / sum * float64(a.Cell(i)[k])
		}
	}
	nearly(t, "score-cam", got.Values, want)
}
