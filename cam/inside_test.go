package cam

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"testing"
)

func near(got, want float64) bool { return math.Abs(got-want) <= 1e-5*max(1, math.Abs(want)) }

// byIndex are a class's channels in the order of the network.
func byIndex(t *testing.T, a *Pooled, class int) []Channel {
	t.Helper()
	all, err := Channels(a, class)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(all, func(x, y Channel) int { return cmp.Compare(x.Index, y.Index) })
	return all
}

func TestChannels(t *testing.T) {
	a := pooled(200, 3, 5, 4)
	all, err := Channels(a, 2)
	if err != nil {
		t.Fatal(err)
	}
	sum, seen := float64(a.Bias[2]), map[int]bool{}
	for i, c := range all {
		if i > 0 && all[i-1].Adds < c.Adds {
			t.Errorf("channel %d adds %v, after one that adds %v", c.Index, c.Adds, all[i-1].Adds)
		}
		if got := Product(a, 2, c).Mean(); !near(got, c.Adds) {
			t.Errorf("channel %d: the product's mean is %v, want %v", c.Index, got, c.Adds)
		}
		if got := Feature(a, c).Mean(); !near(got, c.Mean) {
			t.Errorf("channel %d: the feature map's mean is %v, want %v", c.Index, got, c.Mean)
		}
		seen[c.Index] = true
		sum += c.Adds
	}
	if len(seen) != a.Features.K {
		t.Errorf("%d channels, want %d", len(seen), a.Features.K)
	}
	if want := float64(a.Logits[2]); !near(sum, want) {
		t.Errorf("what all add, and bias: %v, want the logit %v", sum, want)
	}
}

// TestEqualChannels: those that add alike come by index.
func TestEqualChannels(t *testing.T) {
	a := &Pooled{
		Features: Features{1, 1, 4, []float32{1, 2, 1, 1}},
		Weight:   Rows{{1, 1, 1, 1}}, Bias: []float32{0}, Logits: []float32{5},
	}
	all, err := Channels(a, 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	for _, c := range all {
		got = append(got, c.Index)
	}
	if want := []int{1, 0, 2, 3}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

// TestSums: all channels, in the order of the network, are CAM to the bit; of
// some, in any order, mean and bias are the sum of what they add.
func TestSums(t *testing.T) {
	a := pooled(150, 4, 3, 3)
	whole, err := CAM(a, 1)
	if err != nil {
		t.Fatal(err)
	}
	sums := func(channels []Channel) *Sums {
		s, err := NewSums(a, 1, channels)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if got := sums(byIndex(t, a, 1)).After(150).Values; !slices.Equal(got, whole.Values) {
		t.Errorf("all channels: got %v, want CAM's %v", got, whole.Values)
	}
	order, err := Channels(a, 1)
	if err != nil {
		t.Fatal(err)
	}
	all := sums(order)
	running := float64(a.Bias[1])
	for n := range len(order) + 1 {
		if n > 0 {
			running += order[n-1].Adds
		}
		m := all.After(n)
		if got := ScoreOf(a, m); !near(got.Sum, running) {
			t.Errorf("%d channels: mean + bias = %v, want %v", n, got.Sum, running)
		}
		if got := sums(order[:n]).After(n).Values; !slices.Equal(got, m.Values) {
			t.Errorf("after %d channels: got %v, want %v", n, m.Values, got)
		}
	}
	if got := ScoreOf(a, all.After(1<<20)); !near(got.Sum, got.Logit) {
		t.Errorf("all channels: mean + bias = %v, logit %v", got.Sum, got.Logit)
	}
	if got := sums(nil).After(-1).Mean(); got != 0 {
		t.Errorf("no channels: mean %v, want 0", got)
	}
}

// TestDifference: of two classes it is the CAM of the difference of their
// weights.
func TestDifference(t *testing.T) {
	a := pooled(30, 3, 3, 2)
	x, err := CAM(a, 0)
	if err != nil {
		t.Fatal(err)
	}
	y, err := CAM(a, 1)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Difference(x, y)
	if err != nil {
		t.Fatal(err)
	}
	weights := make([]float32, a.Features.K)
	for k := range weights {
		weights[k] = a.Weight.Row(0)[k] - a.Weight.Row(1)[k]
	}
	b := *a
	b.Weight = Rows{weights}
	b.Logits, b.Bias = a.Logits[:1], a.Bias[:1]
	want, err := CAM(&b, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range got.Values {
		if !near(float64(v), float64(want.Values[i])) {
			t.Errorf("cell %d: got %v, want %v", i, v, want.Values[i])
		}
	}
	of := ScoreOf(a, x).Minus(ScoreOf(a, y))
	if wanted := float64(a.Logits[0]) - float64(a.Logits[1]); !near(of.Mean, got.Mean()) || !near(of.Sum, wanted) || !near(of.Logit, wanted) {
		t.Errorf("score %+v, want the mean %v and the logit %v", of, got.Mean(), wanted)
	}
	if _, err := Difference(x, &Map{H: 1, W: 9, Values: make([]float32, 9)}); err == nil {
		t.Error("maps of 3×3 and 1×9 cells: no error")
	}
}

func TestPointAt(t *testing.T) {
	a := pooled(40, 3, 5, 2)
	whole, err := CAM(a, 1)
	if err != nil {
		t.Fatal(err)
	}
	all := byIndex(t, a, 1)
	for row := range 3 {
		for col := range 5 {
			p := PointAt(a, all, row, col, 4)
			want := float64(whole.At(row, col))
			if !near(p.Value, want) {
				t.Errorf("row %d, column %d: got %v, want %v", row, col, p.Value, want)
			}
			sum := p.Rest
			for i, term := range p.Largest {
				sum += term.Value
				if i > 0 && math.Abs(p.Largest[i-1].Value) < math.Abs(term.Value) {
					t.Errorf("row %d, column %d: term %v before %v", row, col, p.Largest[i-1].Value, term.Value)
				}
				if got := Product(a, 1, term.Channel).At(row, col); !near(float64(got), term.Value) {
					t.Errorf("channel %d: the product is %v, want %v", term.Index, got, term.Value)
				}
			}
			if len(p.Largest) != 4 || p.Others != 36 || !near(sum, want) {
				t.Errorf("%d terms and %d others add up to %v, want 4 and 36 to %v", len(p.Largest), p.Others, sum, want)
			}
		}
	}
	if p := PointAt(a, all[:2], 0, 0, 4); len(p.Largest) != 2 || p.Others != 0 || p.Rest != 0 {
		t.Errorf("of two channels: %d terms, %d others, rest %v", len(p.Largest), p.Others, p.Rest)
	}
}

func TestInsideNoSuchClass(t *testing.T) {
	a := pooled(2, 2, 2, 3)
	for _, c := range []int{-1, 3} {
		if _, err := Channels(a, c); err == nil {
			t.Errorf("channels of class %d: no error", c)
		}
		if _, err := NewSums(a, c, nil); err == nil {
			t.Errorf("sums of class %d: no error", c)
		}
	}
}

func ExampleChannels() {
	a := &Pooled{ // two channels on a grid of 2 × 2
		Features: Features{H: 2, W: 2, K: 2, Values: []float32{1, 0 /* next cell: */, 0, 0, 0, 0, 0, 2}},
		Weight:   Rows{{3, -1}}, Bias: []float32{0.5}, Logits: []float32{0.75},
	}
	channels, err := Channels(a, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	sums, err := NewSums(a, 0, channels)
	if err != nil {
		fmt.Println(err)
		return
	}
	for n, c := range channels {
		m := sums.After(n + 1)
		fmt.Println("channel", c.Index, "adds", c.Adds, "and makes", m.Values, "whose mean + bias is", ScoreOf(a, m).Sum)
	}
	// Output:
	// channel 0 adds 0.75 and makes [3 0 0 0] whose mean + bias is 1.25
	// channel 1 adds -0.5 and makes [3 0 0 -2] whose mean + bias is 0.75
}
