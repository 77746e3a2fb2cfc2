package cam

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// pooled makes activations of k channels on a grid, with logits computed as
// the network does: pool, then the linear layer.
func pooled(k, h, w, classes int) *Pooled {
	rng := rand.New(rand.NewPCG(1, uint64(k)))
	fill := func(n int) []float32 {
		s := make([]float32, n)
		for i := range s {
			s[i] = float32(rng.NormFloat64())
		}
		return s
	}
	a := &Pooled{
		Features: Features{h, w, k, fill(k * h * w)},
		Weight:   make(Rows, classes), Bias: fill(classes), Logits: make([]float32, classes),
	}
	for c := range classes {
		a.Weight.(Rows)[c] = fill(k)
	}
	for c := range classes {
		sum := float64(a.Bias[c])
		for i := range k {
			var mean float64
			for cell := range h * w {
				mean += float64(a.Features.Cell(cell)[i]) / float64(h*w)
			}
			sum += float64(a.Weight.Row(c)[i]) * mean
		}
		a.Logits[c] = float32(sum)
	}
	return a
}

// TestIdentity: mean(CAM) + bias = logit, whatever the grid.
func TestIdentity(t *testing.T) {
	for _, grid := range [][2]int{{1, 1}, {7, 7}, {3, 5}} {
		a := pooled(17, grid[0], grid[1], 4)
		for c := range a.Logits {
			m, err := CAM(a, c)
			if err != nil {
				t.Fatal(err)
			}
			got, want := m.Mean()+float64(a.Bias[c]), float64(a.Logits[c])
			if math.Abs(got-want) > 1e-5*max(1, math.Abs(want)) {
				t.Errorf("grid %v, class %d: mean + bias = %v, logit %v", grid, c, got, want)
			}
		}
	}
}

func TestNoSuchClass(t *testing.T) {
	a := pooled(2, 2, 2, 3)
	for _, c := range []int{-1, 3} {
		if _, err := CAM(a, c); err == nil {
			t.Errorf("class %d: no error", c)
		}
	}
}

// TestNotFinite: a map that does not fit a float32 is refused though its logit
// fits, also where only what is added up on the way does not.
func TestNotFinite(t *testing.T) {
	for name, a := range map[string]*Pooled{
		"infinite":          {Features: Features{2, 2, 1, []float32{1e20, 0, 0, 0}}, Weight: Rows{{1e19}}},
		"infinite and less": {Features: Features{2, 2, 2, []float32{3e19, 0, 0, 3e19, 0, 0, 0, 0}}, Weight: Rows{{2e19, -2e19}}},
		"on the way":        {Features: Features{2, 2, 2, []float32{1e20, 1e20, 0, 0, 0, 0, 0, 0}}, Weight: Rows{{1e19, -1e19}}},
		"not a number":      {Features: Features{2, 2, 1, []float32{float32(math.NaN()), 0, 0, 0}}, Weight: Rows{{0}}},
		"nearly infinite":   {Features: Features{2, 2, 1, []float32{1, 0, 0, 0}}, Weight: Rows{{1e38}}},
	} {
		a.Logits, a.Bias = make([]float32, 1), make([]float32, 1)
		if m, err := CAM(a, 0); err == nil {
			t.Errorf("%s: the map %v", name, m.Values)
		}
		if channels, err := Channels(a, 0); err == nil {
			t.Errorf("%s: the channels %v", name, channels)
		}
		if sums, err := NewSums(a, 0, nil); err == nil {
			t.Errorf("%s: the sums %v", name, sums)
		}
	}
	// The largest that is drawn stays a number in all that is made of it.
	large := float32(most * 0.99)
	a := &Pooled{Features: Features{2, 2, 1, []float32{1, -1, 0, 0}}, Weight: Rows{{large}}, Logits: make([]float32, 1)}
	m, err := CAM(a, 0)
	if err != nil {
		t.Fatal(err)
	}
	negative := &Map{H: 2, W: 2, Values: []float32{-large, large, 0, 0}}
	d, err := Difference(m, negative)
	if err != nil {
		t.Fatal(err)
	}
	values := d.Resize(5, 5, Smooth)
	SignedScale(d).Unit(values)
	for i, v := range values {
		if !(v >= 0 && v <= 1) {
			t.Errorf("value %d of the difference is %v on its scale", i, v)
		}
	}
}

// TestResize holds the bilinear case to PyTorch's interpolate(…,
// align_corners=False) of [[0, 1], [2, 4]] to 3 × 4.
func TestResize(t *testing.T) {
	m := &Map{H: 2, W: 2, Values: []float32{0, 1, 2, 4}}
	for _, c := range []struct {
		how  Interpolation
		h, w int
		want []float32
	}{
		{Smooth, 3, 4, []float32{0, .25, .75, 1, 1, 1.375, 2.125, 2.5, 2, 2.5, 3.5, 4}},
		{Grid, 4, 2, []float32{0, 1, 0, 1, 2, 4, 2, 4}},
		{Smooth, 2, 2, []float32{0, 1, 2, 4}},
		{Smooth, 1, 1, []float32{1.75}},
	} {
		if got := m.Resize(c.h, c.w, c.how); !slices.Equal(got, c.want) {
			t.Errorf("%v to %d×%d: got %v, want %v", c.how, c.h, c.w, got, c.want)
		}
	}
}

func TestScales(t *testing.T) {
	a := &Map{H: 1, W: 3, Values: []float32{-3, 0, 2}}
	b := &Map{H: 1, W: 2, Values: []float32{-1, 4}}
	negative := &Map{H: 1, W: 2, Values: []float32{-2, -1}}
	for _, c := range []struct {
		name string
		got  Scale
		want Scale
	}{
		{"positive", PositiveScale(a), Scale{0, 2}},
		{"positive, shared", PositiveScale(a, b), Scale{0, 4}},
		{"signed", SignedScale(a), Scale{-3, 3}},
		{"signed, shared", SignedScale(a, b), Scale{-4, 4}},
		{"no positive evidence", PositiveScale(negative), Scale{0, 0}},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, c.got, c.want)
		}
	}
	values := slices.Clone(a.Values)
	PositiveScale(a).Unit(values)
	if want := []float32{0, 0, 1}; !slices.Equal(values, want) {
		t.Errorf("unit: got %v, want %v", values, want)
	}
	if !PositiveScale(negative).Empty() {
		t.Error("a scale of 0 to 0 is not empty")
	}
}

func ExampleCAM() {
	a := &Pooled{ // two channels on a grid of 2 × 2
		Features: Features{H: 2, W: 2, K: 2, Values: []float32{1, 0 /* next cell: */, 0, 0, 0, 0, 0, 2}},
		Weight:   Rows{{3, -1}}, Bias: []float32{0.5}, Logits: []float32{0.75},
	}
	m, err := CAM(a, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Values, "mean + bias =", m.Mean()+float64(a.Bias[0]))
	// Output: [3 0 0 -2] mean + bias = 0.75
}

// TestResizeBicubic: as Pillow 12 enlarges and shrinks, within float32.
func TestResizeBicubic(t *testing.T) {
	m := &Map{H: 3, W: 4, Values: []float32{1, -2, 3, 0.5, 0, 4, -1, 2, 2, 2, 5, -3}}
	for _, c := range []struct {
		h, w int
		want []float32
	}{
		{3, 4, m.Values},
		{5, 7, []float32{
			1.355361, -0.2099837, -2.469918, 0.3862028, 3.346731, 1.4870265, 0.15554696,
			0.58870906, 0.4059395, 0.17573334, 0.74323696, 1.3596599, 1.316978, 1.2437841,
			-0.31730768, 1.3991176, 3.9725504, 1.5625, -1.017815, 0.9029357, 2.2379808,
			1.1175731, 1.7818687, 2.9002514, 3.1940298, 2.532294, -0.012136846, -1.4881243,
			2.1748912, 1.9221622, 1.7520072, 4.1839623, 5.1638503, -0.57257575, -4.0778303,
		}},
		{2, 3, []float32{0.40593424, 0.760650754, 1.32613838, 1.6868478, 3.0377941, -0.23038483}},
	} {
		got := m.ResizeBicubic(c.h, c.w)
		for i, want := range c.want {
			if len(got) != len(c.want) || math.Abs(float64(got[i]-want)) > 1e-6 {
				t.Fatalf("%d × %d: %v, want %v", c.h, c.w, got, c.want)
			}
		}
	}
}

// TestResizePart: a part is the whole's, bit for bit.
func TestResizePart(t *testing.T) {
	m := &Map{H: 3, W: 4, Values: []float32{1, 2, -3, 4, 0, 5, 6, -7, 8, 9, 10, 11}}
	const h, w = 41, 57
	for _, how := range []Interpolation{Smooth, Grid} {
		whole := m.Resize(h, w, how)
		for _, part := range []image.Rectangle{image.Rect(0, 0, w, h), image.Rect(5, 30, 6, 41), image.Rect(20, 3, 57, 19)} {
			got := m.ResizePart(h, w, part, how)
			if len(got) != part.Dx()*part.Dy() {
				t.Fatalf("%v: %d values", part, len(got))
			}
			for i, v := range got {
				if want := whole[(part.Min.Y+i/part.Dx())*w+part.Min.X+i%part.Dx()]; v != want {
					t.Fatalf("%v: value %d is %v, want %v", part, i, v, want)
				}
			}
		}
	}
}
