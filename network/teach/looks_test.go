package teach

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"scalecam/cam"
	"scalecam/network"
)

// TestBorder: half of any grid is border.
func TestBorder(t *testing.T) {
	for _, grid := range [][2]int{{1, 1}, {2, 3}, {7, 7}, {9, 4}} {
		sum := 0.0
		for _, out := range border(grid[0], grid[1]) {
			sum += out
		}
		if want := float64(grid[0]*grid[1]) / 2; math.Abs(sum-want) > 1e-12 {
			t.Errorf("%v: the border is %g cells, want %g", grid, sum, want)
		}
	}
	b := border(4, 4) // whose middle goes from 0.586 to 3.414
	for i, want := range map[int]float64{0: 1 - 0.41421356*0.41421356, 1: 1 - 0.41421356, 5: 0, 15: b[0]} {
		if math.Abs(b[i]-want) > 1e-8 {
			t.Errorf("cell %d: %g, want %g", i, b[i], want)
		}
	}
}

// pooled is what a network of two channels and two classes sees: channel 0 speaks for
// class 0 as much as against class 1, channel 1 the other way.
func pooled(h, w int, channels ...[]float32) *cam.Pooled {
	p := &cam.Pooled{Features: cam.Features{H: h, W: w, K: 2, Values: make([]float32, 2*h*w)}, Weight: cam.Rows{{2, -1}, {-2, 1}}, Bias: []float32{0.5, -0.5}}
	mean := [2]float32{}
	for k, values := range channels {
		for i, v := range values {
			p.Features.Values[2*i+k] = v
			mean[k] += v / float32(h*w)
		}
	}
	for c, row := range []([]float32){{2, -1}, {-2, 1}} {
		p.Logits = append(p.Logits, row[0]*mean[0]+row[1]*mean[1]+p.Bias[c])
	}
	return p
}

// TestLook: shares, answers and likeness by hand, on a grid of 2×2, of each of whose
// cells half lies in the border, and of 1×4.
func TestLook(t *testing.T) {
	// Of a row of four, the middle is 0.707 high and takes in 0.414 of the outer cells and
	// all of the inner ones: 0.707 of an inner cell, 0.293 of an outer one.
	in, out := math.Sqrt(0.5), math.Sqrt(0.5)*(math.Sqrt2-1)
	a, err := look(pooled(1, 4, []float32{0, 3, 0, 0}, []float32{4, 0, 0, 0}), 0)
	if err != nil {
		t.Fatal(err)
	}
	// The map is −4, 6, 0, 0 and the logit 0.5 + 0.5; by the border alone it is
	// 0.5 + (2·3·(1−in) − 4·(1−out)) / 2.
	if !slices.Equal(a.values, []float32{-4, 6, 0, 0}) || !a.right {
		t.Errorf("%+v", a)
	}
	if alone := 0.5 + (6*(1-in)-4*(1-out))/2; (alone > 0) != a.border {
		t.Errorf("by the border alone %g, told %v", alone, a.border)
	}
	b, err := look(pooled(1, 4, []float32{2, 0, 0, 0}, nil), 0)
	if err != nil {
		t.Fatal(err)
	}
	if !b.right || !b.border {
		t.Errorf("%+v", b)
	}
	none, err := look(pooled(1, 4, nil, []float32{0, 0, 0, 8}), 0) // no evidence for it
	if err != nil || none.right || none.border {
		t.Errorf("%+v, %v", none, err)
	}
	l := sumUp([]*glance{a, b, none}, []*glance{b})
	if want := ((1 - in) + (1 - out)) / 2; l.Pictures != 3 || math.Abs(l.Outer.Value-want) > 1e-9 {
		t.Errorf("%d pictures, outer %g, want %g", l.Pictures, l.Outer.Value, want)
	}
	if math.Abs(l.Right-2./3) > 1e-12 || math.Abs(l.Border-1./3) > 1e-12 {
		t.Errorf("right of %g, by the border of %g", l.Right, l.Border)
	}
	if want := []float64{0.5, 0.5, 0, 0}; l.H != 1 || l.W != 4 || !slices.Equal(l.Map, want) {
		t.Errorf("map %v, want %v", l.Map, want)
	}
	// Directions of the borders: a's is (3·(1−in), 4·(1−out)), b's (1, 0), the last (0, 1).
	x, y := 3*(1-in), 4*(1-out)
	cos, sin := x/math.Hypot(x, y), y/math.Hypot(x, y)
	if g := l.Grounds; g == nil || math.Abs(g.Same-(cos+sin+0)/3) > 1e-6 || math.Abs(g.Others-(cos+1+0)/3) > 1e-6 {
		t.Errorf("grounds %v, want %g, %g", g, (cos+sin)/3, (cos+1)/3)
	}
	if one := sumUp([]*glance{a}, []*glance{b}); one.Grounds != nil || one.Outer.Interval != nil {
		t.Errorf("of one picture %+v", one)
	}
	if nothing := sumUp(nil, []*glance{b}); nothing.Pictures != 0 || nothing.Map != nil {
		t.Errorf("of none %+v", nothing)
	}
	for g, told := range map[*Grounds]bool{nil: false, {0.8, 0.1}: true, {0.6, 0.3}: false} {
		if g.Told() != told {
			t.Errorf("%v: told %v", g, g.Told())
		}
	}
}

// TestLooks: some pictures of each class are looked at, broken ones passed over; the
// same comes out on any number of cores.
func TestLooks(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	dir := t.TempDir()
	var pictures []Picture
	var labels []int
	for i := range 40 {
		path := filepath.Join(dir, string(rune('a'+i%26))+string(rune('a'+i/26))+".png")
		img := image.NewRGBA(image.Rect(0, 0, 40, 30))
		for at := range img.Pix {
			img.Pix[at] = byte(at * (i + 1) % 251)
		}
		img.Set(3, 3, color.White)
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, img); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		pictures, labels = append(pictures, Picture{Name: path}), append(labels, i/35)
	}
	if err := os.WriteFile(pictures[36].Name, []byte("no picture"), 0o600); err != nil {
		t.Fatal(err)
	}
	n, err := network.New(network.EfficientNet64, network.Scaling{Depth: 1, Width: 0.25, Resolution: network.Square(32)}, network.SymmetricPadding, 2)
	if err != nil {
		t.Fatal(err)
	}
	m, err := network.NewRandomModel(n, 1, 1e-3, []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	looks, err := Looks(context.Background(), []*network.Model{m, m}, pictures, labels, func(done, total int) {
		if told++; done != told || total != lookedAt+5 {
			t.Errorf("%d of %d, want %d of %d", done, total, told, lookedAt+5)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(looks) != 2 || looks[0][0].Pictures != lookedAt || looks[0][1].Pictures != 4 || told != lookedAt+5 {
		t.Errorf("looked at %d and %d pictures, told of %d", looks[0][0].Pictures, looks[0][1].Pictures, told)
	}
	for _, cores := range []int{1, 3} {
		runtime.GOMAXPROCS(cores)
		again, err := Looks(context.Background(), []*network.Model{m}, pictures, labels, nil)
		if err != nil || !slices.Equal(again[0][0].Map, looks[1][0].Map) || *again[0][0].Grounds != *looks[1][0].Grounds || again[0][1].Outer.Value != looks[0][1].Outer.Value {
			t.Errorf("%d cores: another look (%v)", cores, err)
		}
	}
	done, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Looks(done, []*network.Model{m}, pictures, labels, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
