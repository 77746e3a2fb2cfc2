package train

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"scalecam/dataset"
	"scalecam/dataset/scenes"
	"scalecam/network"
)

// BenchmarkFill times the preparing of a batch, its pictures at hand.
func BenchmarkFill(b *testing.B) {
	for _, side := range []int{64, 128} {
		b.Run(fmt.Sprint(side), func(b *testing.B) {
			set := dataset.Keep(scenes.Set{Seed: 1, Count: 32, Side: 160}, 1<<30)
			l := loader{set: set, recipe: DefaultRecipe, preprocessing: network.EfficientNet64.Preprocessing, size: network.Square(side), classes: len(set.Classes())}
			images, targets := make([]float32, 32*side*side*3), make([]float32, 32*l.classes)
			order := l.order(0)
			for b.Loop() {
				if err := l.fill(images, targets, order, 0); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// whole is a set of one picture of 40×30 pixels: its red tells the column and its
// green the row.
type whole struct{}

func (whole) Classes() []string { return []string{"a", "b"} }
func (whole) Len() int          { return 8 }
func (whole) Class(i int) int   { return i % 2 }
func (whole) At(i int) (*dataset.Example, error) {
	img := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for y := range 30 {
		for x := range 40 {
			img.SetRGBA(x, y, color.RGBA{uint8(6 * x), uint8(8 * y), uint8(100 + i), 255})
		}
	}
	return &dataset.Example{Image: img, Class: i % 2}, nil
}

// plainLoader changes nothing but the size.
func plainLoader() *loader {
	return &loader{
		set: whole{}, recipe: Recipe{Seed: 1, Crop: 1}, size: network.Size{H: 30, W: 40}, classes: 2,
		preprocessing: network.Preprocessing{Mean: [3]float32{0, 0, 0.5}, Std: [3]float32{1, 1, 0.25}},
	}
}

// TestFill holds a batch that is not changed to the pictures themselves.
func TestFill(t *testing.T) {
	l := plainLoader()
	l.recipe.LabelSmoothing = 0.2
	images, targets := make([]float32, 2*30*40*3), make([]float32, 4)
	if err := l.fill(images, targets, []int{3, 4}, 0); err != nil {
		t.Fatal(err)
	}
	for i, want := range []float32{0.1, 0.9, 0.9, 0.1} {
		if math.Abs(float64(targets[i]-want)) > 1e-6 {
			t.Errorf("targets %v", targets)
		}
	}
	// Crop's 4/3 leaves the whole picture only where the proportions drawn are
	// the input's; the middle is in sight in any case.
	at := 3 * (30*40 + 15*40 + 20)
	if blue := images[at+2]*0.25 + 0.5; math.Abs(float64(blue)-104.0/255) > 1e-3 {
		t.Errorf("blue %v of picture 4, want %v", blue, 104.0/255)
	}
}

// TestAugmentation: what the recipe asks for is done, differently for each
// place, and the same again for the same one.
func TestAugmentation(t *testing.T) {
	batch := func(change func(*Recipe), first uint64) ([]float32, []float32) {
		l := plainLoader()
		change(&l.recipe)
		images, targets := make([]float32, 8*30*40*3), make([]float32, 16)
		if err := l.fill(images, targets, []int{0, 1, 2, 3, 4, 5, 6, 7}, first); err != nil {
			t.Fatal(err)
		}
		return images, targets
	}
	asIs, labels := batch(func(*Recipe) {}, 0)
	for name, change := range map[string]func(*Recipe){
		"crop":   func(r *Recipe) { r.Crop = 0.3 },
		"flip":   func(r *Recipe) { r.Flip = true },
		"colour": func(r *Recipe) { r.Colour = 0.4 },
		"mixup":  func(r *Recipe) { r.Mixup = 0.4 },
		"cutmix": func(r *Recipe) { r.CutMix = 1 },
		"either": func(r *Recipe) { r.Mixup, r.CutMix = 0.4, 1 },
	} {
		got, targets := batch(change, 0)
		if slices.Equal(got, asIs) {
			t.Errorf("%s changes nothing", name)
		}
		if again, _ := batch(change, 0); !slices.Equal(got, again) {
			t.Errorf("%s: the same place, another batch", name)
		}
		if other, _ := batch(change, 8); slices.Equal(got, other) {
			t.Errorf("%s: another place, the same batch", name)
		}
		for i := 0; i < len(targets); i += 2 {
			if math.Abs(float64(targets[i]+targets[i+1]-1)) > 1e-6 {
				t.Errorf("%s: targets %v", name, targets)
			}
		}
		if mixed := !slices.Equal(targets, labels); mixed != slices.Contains([]string{"mixup", "cutmix", "either"}, name) {
			t.Errorf("%s: targets %v", name, targets)
		}
	}
	// A flipped picture's red falls from left to right.
	flipped, _ := batch(func(r *Recipe) { r.Flip = true }, 0)
	falls := 0
	for i := range 8 {
		row := flipped[3*(i*30*40+15*40):]
		if row[3*5] > row[3*35] {
			falls++
		}
	}
	if falls < 1 || falls > 7 {
		t.Errorf("%d of 8 pictures are flipped", falls)
	}
}

// TestCutMix: each pixel is a picture's own or that of its opposite, these are a
// rectangle, and the targets say how many there are. Where both are asked for, some
// batches are mixed and others swapped.
func TestCutMix(t *testing.T) {
	const h, w, n = 30, 40, 4
	l := plainLoader()
	fill := func(first uint64) (images, targets []float32) {
		images, targets = make([]float32, n*h*w*3), make([]float32, 2*n)
		if err := l.fill(images, targets, []int{0, 1, 2, 4}, first); err != nil {
			t.Fatal(err)
		}
		return images, targets
	}
	var own, labels []float32 // of the batch as it is
	// swapped is where a picture's pixels are its opposite's, if all are whole.
	swapped := func(images []float32, i int) (cut image.Rectangle, count int, whole bool) {
		for y := range h {
			for x := range w {
				at := 3 * (y*w + x)
				px := images[3*h*w*i+at:][:3]
				mine, others := own[3*h*w*i+at:][:3], own[3*h*w*(n-1-i)+at:][:3]
				switch {
				case slices.Equal(px, mine):
				case slices.Equal(px, others):
					count++
					cut = cut.Union(image.Rect(x, y, x+1, y+1))
				default:
					return cut, count, false
				}
			}
		}
		return cut, count, true
	}
	areas := map[int]bool{}
	for first := range uint64(20) {
		l.recipe.CutMix = 0
		own, labels = fill(first)
		l.recipe.CutMix = 1
		images, targets := fill(first)
		for i := range n {
			cut, count, whole := swapped(images, i)
			if !whole || count != cut.Dx()*cut.Dy() {
				t.Fatalf("picture %d of batch %d has %d pixels of the other in %v", i, first, count, cut)
			}
			share := 1 - float64(count)/(h*w)
			for c := range 2 {
				want := share*float64(labels[2*i+c]) + (1-share)*float64(labels[2*(n-1-i)+c])
				if math.Abs(float64(targets[2*i+c])-want) > 1e-6 {
					t.Errorf("batch %d: target %v, want %v", first, targets[2*i+c], want)
				}
			}
			areas[count] = true
		}
	}
	if len(areas) < 10 {
		t.Errorf("20 batches have rectangles of %d areas", len(areas))
	}
	cuts := 0
	for first := range uint64(20) {
		l.recipe.Mixup, l.recipe.CutMix = 0, 0
		own, _ = fill(first)
		l.recipe.Mixup, l.recipe.CutMix = 1, 1
		images, _ := fill(first)
		if _, _, whole := swapped(images, 0); whole {
			cuts++
		}
	}
	if cuts < 4 || cuts > 16 {
		t.Errorf("%d of 20 batches are swapped, the others mixed", cuts)
	}
}

// TestCap: an epoch has as many pictures of each class as the cap allows, others in each.
func TestCap(t *testing.T) {
	l := plainLoader() // of four pictures in each of two classes
	l.recipe.Batch, l.recipe.Cap = 2, 3
	if n := l.recipe.steps(l.set); n != 3 {
		t.Errorf("%d steps of two pictures, want 3", n)
	}
	seen := map[int]int{}
	for epoch := range 60 {
		order := l.order(epoch)
		counts := [2]int{}
		for _, i := range order {
			counts[l.set.Class(i)]++
			seen[i]++
		}
		if counts != [2]int{3, 3} {
			t.Fatalf("epoch %d has %v pictures of the classes", epoch, counts)
		}
	}
	for i := range l.set.Len() {
		if seen[i] < 30 || seen[i] > 59 {
			t.Errorf("picture %d was there in %d of 60 epochs, of which 45 are its share", i, seen[i])
		}
	}
}

// TestCrop: crops lie in the picture and have the areas asked for, for pictures
// of any proportions.
func TestCrop(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, size := range []image.Point{{160, 160}, {300, 40}, {1, 1}, {3, 500}, {640, 480}} {
		l := plainLoader()
		l.recipe.Crop, l.size = 0.5, network.Square(32)
		bounds := image.Rectangle{Max: size}
		for range 200 {
			r := l.crop(bounds, rng)
			if r.Empty() || !r.In(bounds) {
				t.Fatalf("%v of %v", r, bounds)
			}
			if size.X == size.Y && size.X > 100 && r.Dx()*r.Dy() < size.X*size.Y*49/100 {
				t.Errorf("%v has less than half of %v", r, size)
			}
			if w, h := r.Dx(), r.Dy(); min(w, h) > 20 && (3*w > 4*h+4 || 3*h > 4*w+4) {
				t.Errorf("%v of %v is narrower than 3:4", r, size)
			}
		}
	}
}

// TestBeta: mean and variance are those of the distribution.
func TestBeta(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for _, a := range []float64{0.01, 0.2, 1, 4} {
		const n = 20000
		var sum, squares float64
		for range n {
			v := beta(rng, a)
			if !(v >= 0 && v <= 1) {
				t.Fatalf("beta(%v) gave %v", a, v)
			}
			sum += v
			squares += (v - 0.5) * (v - 0.5)
		}
		if want := 1 / (4 * (2*a + 1)); math.Abs(sum/n-0.5) > 0.012 || math.Abs(squares/n-want) > 0.01 {
			t.Errorf("beta(%v): mean %.3f, variance %.4f, want 0.5 and %.4f", a, sum/n, squares/n, want)
		}
	}
}
