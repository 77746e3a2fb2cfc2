package network

import (
	"image"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"scalecam/picture"
)

// TestResized holds the sizes to torchvision's Resize(size/ratio) for square
// inputs: the shorter side exactly, the longer one cut off.
func TestResized(t *testing.T) {
	for _, c := range []struct {
		w, h   int
		size   Size
		ratio  float64
		rw, rh int
	}{
		{299, 299, Square(224), 0.875, 256, 256},
		{640, 480, Square(224), 0.875, 341, 256}, // 256·640/480 = 341.33
		{480, 640, Square(224), 0.875, 256, 341},
		{500, 375, Square(380), 380.0 / 384, 512, 384},
		{100, 100, Square(300), 0.875, 342, 342}, // 342.86
		{640, 480, Size{96, 160}, 0.875, 182, 136},
	} {
		rw, rh := Preprocessing{Ratio: c.ratio}.Resized(c.w, c.h, c.size)
		if rw != c.rw || rh != c.rh {
			t.Errorf("%d×%d for %v: resized to %d×%d, want %d×%d", c.w, c.h, c.size, rw, rh, c.rw, c.rh)
		}
	}
}

// TestSeen: the crop's region in the picture's own pixels.
func TestSeen(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 400, 200))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	p := ImageNetBilinear
	input := p.Apply(img, Square(224))
	seen := input.Seen
	// Resized to 512×256, cut 224 from (144, 16).
	if want := (Region{112.5, 12.5, 287.5, 187.5}); seen != want {
		t.Errorf("seen %+v, want %+v", seen, want)
	}
	if want := (1 - p.Mean[0]) / p.Std[0]; input.Pixels[0] != want || len(input.Pixels) != 3*224*224 {
		t.Errorf("white is %v of %d values, want %v of %d", input.Pixels[0], len(input.Pixels), want, 3*224*224)
	}
	if got, want := seen.In(0.5, 0.5), image.Rect(56, 6, 144, 94); got != want {
		t.Errorf("at half size %v, want %v", got, want)
	}
	if got, want := seen.In(0.002, 0.002), image.Rect(0, 0, 1, 1); got != want {
		t.Errorf("at a five-hundredth %v, want %v: never nothing", got, want)
	}
	p.Crop = NoCrop
	if got := p.Apply(img, Square(64)).Seen; got != (Region{0, 0, 400, 200}) {
		t.Errorf("without a crop: seen %+v", got)
	}
}

// TestExtremePictures: thin and tiny pictures give an input without taking
// much memory, and the region seen lies in the picture.
func TestExtremePictures(t *testing.T) {
	for _, c := range []struct{ w, h int }{{1, 1}, {1, 60_000}, {60_000, 1}, {1999, 1}, {1, 1998}, {3, 20_000}, {5000, 7}} {
		for _, size := range []Size{Square(224), {96, 160}} {
			img := image.NewRGBA(image.Rect(0, 0, c.w, c.h))
			input := ImageNetBicubic.Apply(img, size)
			seen := input.Seen
			if len(input.Pixels) != 3*size.H*size.W {
				t.Errorf("%d×%d: %d values", c.w, c.h, len(input.Pixels))
			}
			const rounding = 1e-6
			if seen.X0 < -rounding || seen.Y0 < -rounding || seen.X1 > float64(c.w)+rounding || seen.Y1 > float64(c.h)+rounding || seen.X1 <= seen.X0 || seen.Y1 <= seen.Y0 {
				t.Errorf("%d×%d at %v: seen %+v", c.w, c.h, size, seen)
			}
			for _, v := range input.Pixels {
				if math.IsNaN(float64(v)) {
					t.Fatalf("%d×%d: not a number", c.w, c.h)
				}
			}
		}
	}
}

// TestApplyPlainly holds an Input to what its documentation says, step by step:
// resize the whole, cut the crop out, normalise value by value.
func TestApplyPlainly(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for range 60 {
		img := image.NewRGBA(image.Rect(0, 0, 1+random.IntN(300), 1+random.IntN(300)))
		for i := range img.Pix {
			img.Pix[i] = byte(random.Uint32())
		}
		p := []Preprocessing{ImageNetBilinear, ImageNetBicubic}[random.IntN(2)]
		p.Crop, p.Ratio = Crop(random.IntN(2)), []float64{0.875, 1, 0.6}[random.IntN(3)]
		size := Size{1 + random.IntN(100), 1 + random.IntN(100)}

		var cut *image.RGBA
		if p.Crop == NoCrop {
			cut = picture.Resize(img, size.W, size.H, p.Filter)
		} else {
			rw, rh := p.Resized(img.Rect.Dx(), img.Rect.Dy(), size)
			from := image.Pt(int(math.RoundToEven(float64(rw-size.W)/2)), int(math.RoundToEven(float64(rh-size.H)/2)))
			cut = picture.Crop(picture.Resize(img, rw, rh, p.Filter), image.Rectangle{Max: image.Pt(size.W, size.H)}.Add(from))
		}
		var want []float32
		for y := range size.H {
			for x := range size.W {
				for c := range 3 {
					want = append(want, (float32(cut.Pix[y*cut.Stride+4*x+c])/255-p.Mean[c])/p.Std[c])
				}
			}
		}
		for _, n := range []int{1, 2, 5} {
			runtime.GOMAXPROCS(n)
			if got := p.Apply(img, size); got.Size != size || !slices.Equal(got.Pixels, want) {
				t.Fatalf("%+v of %v at %v on %d processors: other values than step by step", p, img.Rect, size, n)
			}
		}
	}
}

// TestInputs: networks of one size and preprocessing share one input, whoever
// asks first; others have their own.
func TestInputs(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 40, 30))
	inputs := NewInputs(img)
	open := func(side int, change func(*Preprocessing)) *Model {
		net, err := New(small, Scaling{1, 1, Square(side)}, SymmetricPadding, 5)
		if err != nil {
			t.Fatal(err)
		}
		m := &Model{Network: net, Preprocessing: ImageNetBicubic}
		change(&m.Preprocessing)
		return m
	}
	same := func(*Preprocessing) {}
	first := inputs.For(open(12, same))
	for range 4 {
		t.Run("again", func(t *testing.T) {
			t.Parallel()
			if inputs.For(open(12, same)) != first {
				t.Error("another network of the same size and preprocessing has an input of its own")
			}
		})
	}
	for name, m := range map[string]*Model{
		"size":   open(24, same),
		"mean":   open(12, func(p *Preprocessing) { p.Mean[1] = 0.5 }),
		"std":    open(12, func(p *Preprocessing) { p.Std[2] = 1 }),
		"filter": open(12, func(p *Preprocessing) { p.Filter = picture.Bilinear }),
		"crop":   open(12, func(p *Preprocessing) { p.Crop = NoCrop }),
		"ratio":  open(12, func(p *Preprocessing) { p.Ratio = 1 }),
	} {
		got := inputs.For(m)
		if got == first {
			t.Errorf("a network of another %s has the same input", name)
		}
		if want := m.Preprocessing.Apply(img, m.Network.Scaling.Resolution); !slices.Equal(got.Pixels, want.Pixels) || got.Seen != want.Seen {
			t.Errorf("another %s: not its own preprocessing", name)
		}
	}
}

// TestChanged: what is made anew of a changed picture alone is what Apply makes of it.
func TestChanged(t *testing.T) {
	before := image.NewRGBA(image.Rect(0, 0, 150, 101))
	for i := range before.Pix {
		before.Pix[i] = byte(i * i >> 4)
	}
	for _, p := range []Preprocessing{ImageNetBilinear, TensorFlowBicubic, {Filter: picture.Bilinear, Std: [3]float32{1, 1, 1}, Crop: NoCrop}} {
		for _, size := range []Size{Square(64), {H: 96, W: 160}} {
			for _, r := range []image.Rectangle{image.Rect(20, 30, 70, 41), image.Rect(0, 0, 150, 101), image.Rect(0, 0, 2, 2), image.Rect(149, 50, 150, 51)} {
				after := picture.Crop(before, before.Rect)
				for y := r.Min.Y; y < r.Max.Y; y++ {
					clear(after.Pix[after.PixOffset(r.Min.X, y):after.PixOffset(r.Max.X, y)])
				}
				made := &Inputs{img: before, made: map[wanted]*Input{{p, size}: p.Apply(before, size)}}
				got := made.Changed(after, r).made[wanted{p, size}]
				if want := p.Apply(after, size); !slices.Equal(got.Pixels, want.Pixels) || got.Seen != want.Seen || got.Size != size {
					t.Errorf("%+v, %v, %v: not as Apply makes it", p, size, r)
				}
			}
		}
	}
}
