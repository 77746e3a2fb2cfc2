package scenes

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"scalecam/dataset"
)

var _ dataset.Set = Set{}

func TestClasses(t *testing.T) {
	names := Classes()
	if len(names) < 12 || !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("classes %v: want a dozen or more, in order, each once", names)
	}
	for i := range names {
		if Part(i) == "" {
			t.Errorf("%s has no telling part", names[i])
		}
	}
}

// TestScenes holds many scenes to what is promised of them: the label's turn,
// masks that fit, the object's size.
func TestScenes(t *testing.T) {
	const count, side = 360, 160
	small, large, hidden, off := 0, 0, 0, 0
	for i := range count {
		e := Draw(TestSeed, i, side)
		if e.Class != i%len(classes) {
			t.Fatalf("scene %d has class %d", i, e.Class)
		}
		if e.Image.Rect.Dx() != side || e.Mask.Rect != e.Image.Rect || e.Part.Rect != e.Image.Rect {
			t.Fatalf("scene %d: %v, masks %v and %v", i, e.Image.Rect, e.Mask.Rect, e.Part.Rect)
		}
		shown, told := 0, 0
		for j, a := range e.Mask.Pix {
			if e.Part.Pix[j] > a {
				t.Fatalf("scene %d (%s): the telling part is not in the object at %d: %d of %d", i, classes[e.Class].name, j, e.Part.Pix[j], a)
			}
			if a >= 128 {
				shown++
			}
			if e.Part.Pix[j] >= 128 {
				told++
			}
			if e.Image.Pix[4*j+3] != 255 {
				t.Fatalf("scene %d is not opaque", i)
			}
		}
		if shown < 40 || e.Box.Empty() {
			t.Errorf("scene %d (%s): %d pixels show the object", i, classes[e.Class].name, shown)
		}
		if told < 8 {
			hidden++
		}
		longer := float64(max(e.Box.Dx(), e.Box.Dy())) / side
		if longer < 0.3 {
			small++
		}
		if longer > 0.6 {
			large++
		}
		if x, y := side/2, side/2; e.Mask.AlphaAt(x, y).A < 128 {
			off++
		}
	}
	if small < count/50 || large < count/5 || off < count/3 {
		t.Errorf("of %d objects %d are small, %d large, %d not in the centre", count, small, large, off)
	}
	if hidden > count/12 {
		t.Errorf("the telling part is hidden in %d of %d", hidden, count)
	}
}

// TestAlike: the same numbers give the same picture, whatever runs beside it,
// and others another; at another size it is the same scene.
func TestAlike(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	done := make(chan *dataset.Example)
	for range 3 {
		go func() { done <- Draw(5, 20, 96) }()
	}
	a, b, c := <-done, <-done, <-done
	if !bytes.Equal(a.Image.Pix, b.Image.Pix) || !bytes.Equal(a.Mask.Pix, c.Mask.Pix) {
		t.Error("the same scene is drawn in two ways")
	}
	if bytes.Equal(a.Image.Pix, Draw(6, 20, 96).Image.Pix) || bytes.Equal(a.Image.Pix, Draw(5, 20+len(classes), 96).Image.Pix) {
		t.Error("another seed or number, the same scene")
	}
	large := Draw(5, 20, 192)
	off := 0
	for y := range 96 {
		for x := range 96 {
			var sum int
			for _, d := range [4][2]int{{0, 0}, {1, 0}, {0, 1}, {1, 1}} {
				sum += int(large.Mask.AlphaAt(2*x+d[0], 2*y+d[1]).A)
			}
			if math.Abs(float64(sum)/4-float64(a.Mask.AlphaAt(x, y).A)) > 64 {
				off++
			}
		}
	}
	if off > 96*96/200 {
		t.Errorf("twice the size, another mask in %d of %d pixels", off, 96*96)
	}
}

// TestWithout: without its telling part a scene is the same but for where that was,
// and the object's other parts stay.
func TestWithout(t *testing.T) {
	const side = 160
	same := 0
	for i := range 4 * len(classes) {
		with, without := Draw(TestSeed, i, side), DrawWithout(TestSeed, i, side)
		changed := 0
		for y := range side {
			for x := range side {
				a, b := with.Image.RGBAAt(x, y), without.Image.RGBAAt(x, y)
				off := max(math.Abs(float64(a.R)-float64(b.R)), math.Abs(float64(a.G)-float64(b.G)), math.Abs(float64(a.B)-float64(b.B)))
				if off > 0 {
					changed++
				}
				if off > 3 && with.Part.AlphaAt(x, y).A == 0 { // its edge may shine through what hides it by a rounded 0
					t.Fatalf("scene %d (%s): pixel %d, %d is changed, where the telling part is not", i, classes[i%len(classes)].name, x, y)
				}
			}
		}
		if changed == 0 {
			same++ // the part may be hidden
		}
		for j, a := range without.Part.Pix {
			if a != 0 {
				t.Fatalf("scene %d (%s): %d of the telling part at %d", i, classes[i%len(classes)].name, a, j)
			}
		}
	}
	if same > len(classes)/4 {
		t.Errorf("%d of %d scenes are as before", same, 4*len(classes))
	}
	p, err := OpenWithout(Path(12))
	if q, _ := Open(Path(12)); err != nil || p.Path != q.Path || p.Shows != q.Shows || bytes.Equal(p.Image.Pix, q.Image.Pix) {
		t.Errorf("%v, %v", p, err)
	}
}

// TestDrawing: every class's drawing asks for the same chance when it is
// measured as when it is painted, or the second would be another object than the
// first.
func TestDrawing(t *testing.T) {
	for _, c := range classes {
		for seed := range uint64(40) {
			measured := rand.New(rand.NewPCG(seed, 7))
			b := bounds{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
			c.draw(&pen{at: identity, rng: measured, bounds: &b})
			painted := rand.New(rand.NewPCG(seed, 7))
			c.draw(&pen{canvas: newCanvas(32), at: scale(9, 9).then(move(16, 16)), rng: painted})
			if measured.Uint64() != painted.Uint64() {
				t.Fatalf("%s %d: measured and painted differ", c.name, seed)
			}
			if w, h := b.x1-b.x0, b.y1-b.y0; !(max(w, h) > 0.8 && max(w, h) < 4 && min(w, h) > 0.05) {
				t.Errorf("%s %d: %.2f × %.2f units", c.name, seed, w, h)
			}
		}
	}
}

// TestUnchanged: the scenes are those that the embedded networks learnt from and
// were measured on. A change of any drawing is a change of the pack: train it
// anew. Processors that fuse multiplications with additions round otherwise.
func TestUnchanged(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the hash is of amd64's rounding")
	}
	h := sha256.New()
	for i := range 4 * len(classes) {
		e := Draw(TrainSeed, i, 64)
		h.Write(e.Image.Pix)
		h.Write(e.Mask.Pix)
		h.Write(e.Part.Pix)
	}
	const want = "ebd5723e1447309fc8f42af580e808a174e7a6d9d307c9e8cb6e79fe5fd7cfa5"
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		t.Errorf("the scenes have the hash %s, want %s", got, want)
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		set  Set
		at   int
		want string
	}{
		{Set{Count: 3, Side: 64}, 3, "there is no scene 3 in a set of 3"},
		{Set{Count: 3, Side: 64}, -1, "there is no scene -1"},
		{Set{Count: 3}, 0, "a side of 0 pixels"},
		{Set{Count: 3, Side: MaxSide + 1}, 0, "give 1 to 4096"},
	} {
		if _, err := c.set.At(c.at); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v; want one that says %q", err, c.want)
		}
	}
	for _, path := range []string{"scene:", "scene:-1", "scene:x", "scene:99999999999999999999"} {
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v", path, err)
		}
	}
	p, err := Open(Path(3))
	if err != nil || p.Path != "scene:3" || p.Image.Rect.Dx() != shownSide {
		t.Errorf("%+v, %v", p, err)
	}
	// One pixel is a scene as well.
	if e := Draw(1, 1, 1); len(e.Image.Pix) != 4 {
		t.Error("a scene of one pixel")
	}
}

func ExampleDraw() {
	e := Draw(TestSeed, 12, 64)
	fmt.Println(Classes()[e.Class], e.Image.Rect.Size())
	// Output: key (64,64)
}

// TestNear: every object is large, and the same number is the same class and pose.
func TestNear(t *testing.T) {
	const side = 64
	near, plain := Set{Seed: 9, Count: 36, Side: side, Near: true}, Set{Seed: 9, Count: 36, Side: side}
	large := func(r image.Rectangle) bool { return max(r.Dx(), r.Dy()) >= 9*side/20 }
	smaller := 0
	for i := range near.Len() {
		a, err := near.At(i)
		if err != nil {
			t.Fatal(err)
		}
		b, err := plain.At(i)
		if err != nil {
			t.Fatal(err)
		}
		if a.Class != b.Class || max(a.Box.Dx(), a.Box.Dy()) < side/3 { // the object may end at the edge, and be hidden in part
			t.Errorf("scene %d: class %d, box %v", i, a.Class, a.Box)
		}
		if large(a.Box) && !large(b.Box) {
			smaller++
		}
	}
	if smaller == 0 {
		t.Error("the objects are as large otherwise")
	}
}
