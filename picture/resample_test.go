package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"runtime"
	"testing"
)

// Every byte is to equal Pillow's: no tolerance.
func TestResizeEqualsPillow(t *testing.T) {
	src := goldenImage(t, "resize.png") // 37 × 29
	for _, filter := range []Filter{Bilinear, Bicubic, Nearest} {
		for _, size := range []image.Point{{1, 1}, {1, 17}, {12, 9}, {19, 43}, {37, 11}, {53, 41}} {
			name := fmt.Sprintf("%v-%dx%d", filter, size.X, size.Y)
			t.Run(name, func(t *testing.T) {
				want := goldenImage(t, "resize-"+name+".png")
				got := Resize(src, size.X, size.Y, filter)
				checkTight(t, got)
				if greatest, mean := differ(got, want); greatest > 0 {
					t.Errorf("off by up to %d levels, %.3f in the mean; want none", greatest, mean)
				}
			})
		}
	}
}

func TestResizeKeeps(t *testing.T) {
	src := goldenImage(t, "resize.png")
	one := goldenImage(t, "resize-bilinear-1x1.png")
	for _, filter := range []Filter{Bilinear, Bicubic, Nearest} {
		if got := Resize(src, 37, 29, filter); !bytes.Equal(got.Pix, src.Pix) {
			t.Errorf("%v to the same size changes pixels; want a copy", filter)
		}
		for _, got := range []*image.RGBA{Resize(one, 5, 3, filter), Resize(Resize(one, 5, 3, filter), 2, 7, filter)} {
			for i := range got.Pix {
				if got.Pix[i] != one.Pix[i%4] {
					t.Fatalf("%v of a single colour %v: got %v at byte %d", filter, one.Pix, got.Pix[i], i)
				}
			}
		}
		// A part of a picture, in place, is resampled as its copy is.
		r := image.Rect(3, 5, 30, 26)
		if !bytes.Equal(Resize(src.SubImage(r).(*image.RGBA), 10, 40, filter).Pix, Resize(Crop(src, r), 10, 40, filter).Pix) {
			t.Errorf("%v of a part of a picture differs from that of its copy", filter)
		}
	}
}

// resizePlainly is Resize as one reads it in Pillow: sum by sum.
func resizePlainly(src *image.RGBA, w, h int, f Filter) *image.RGBA {
	pass := func(out, in int, sample func(i int) uint8, set func(i int, v uint8)) {
		for i, t := range f.taps(in, out, 0, out) {
			sum := int32(half)
			for k, weight := range t.weights {
				sum += int32(sample(t.first+k)) * weight
			}
			set(i, byte(min(max(sum>>precision, 0), 255)))
		}
	}
	srcW, srcH := src.Rect.Dx(), src.Rect.Dy()
	wide := image.NewRGBA(image.Rect(0, 0, w, srcH))
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	for c := range 3 {
		for y := range srcH {
			pass(w, srcW,
				func(x int) uint8 { return src.Pix[y*src.Stride+4*x+c] },
				func(x int, v uint8) { wide.Pix[y*wide.Stride+4*x+c] = v })
		}
		for x := range w {
			pass(h, srcH,
				func(y int) uint8 { return wide.Pix[y*wide.Stride+4*x+c] },
				func(y int, v uint8) { dst.Pix[y*dst.Stride+4*x+c] = v })
		}
	}
	for i := 3; i < len(dst.Pix); i += 4 {
		dst.Pix[i] = 255
	}
	return dst
}

// TestResizePlainly: any part of any picture at any size, on any number of
// processors, has the bytes of the whole that is resized sum by sum.
func TestResizePlainly(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	side := func(most int) int { return 1 + random.IntN(1+random.IntN(most)) }
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for range 300 {
		room := image.NewRGBA(image.Rect(0, 0, side(300), side(300)))
		for i := range room.Pix {
			room.Pix[i] = byte(random.Uint32())
			if random.IntN(4) > 0 { // black or white: the most that a sum can overshoot
				room.Pix[i] = byte(255 * random.IntN(2))
			}
		}
		src := room.SubImage(image.Rect(random.IntN(room.Rect.Dx()), random.IntN(room.Rect.Dy()), room.Rect.Dx(), room.Rect.Dy())).(*image.RGBA)
		w, h, filter := side(200), side(200), []Filter{Bilinear, Bicubic, Nearest}[random.IntN(3)]
		x, y := random.IntN(w), random.IntN(h)
		part := image.Rect(x, y, x+1+random.IntN(w-x), y+1+random.IntN(h-y))
		whole := resizePlainly(src, w, h, filter)
		for _, n := range []int{1, 2, 5} {
			runtime.GOMAXPROCS(n)
			if got := Resize(src, w, h, filter); !bytes.Equal(got.Pix, whole.Pix) {
				t.Fatalf("%v of %v to %d × %d on %d processors: other bytes than sum by sum", filter, src.Rect, w, h, n)
			}
			got := ResizePart(src, w, h, part, filter)
			checkTight(t, got)
			if !bytes.Equal(got.Pix, Crop(whole, part).Pix) {
				t.Fatalf("%v of %v to %v of %d × %d on %d processors: other bytes than the part of the whole", filter, src.Rect, part, w, h, n)
			}
		}
	}
}

// TestResizeLongPicture: of a picture whose resized whole nobody could hold, the
// part asked for is made alone.
func TestResizeLongPicture(t *testing.T) {
	src := image.NewRGBA(image.Rect(0, 0, 1, 60_000))
	for i := range src.Pix {
		src.Pix[i] = byte(i / 4 % 256)
	}
	part := image.Rect(10, 7_000_000, 200, 7_000_200)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got := ResizePart(src, 256, 256*60_000, part, Bilinear)
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 4<<20 {
		t.Errorf("it took %d MB", took>>20)
	}
	// Row 7,000,100 is 256-fold: its middle lies at (100.5 + 7e6)/256 − 0.5 = 27,343.64.
	const want = 27_343%256 + 0.64
	if v := float64(got.RGBAAt(50, 100).R); v < want-0.5 || v > want+0.5 {
		t.Errorf("row 7,000,100 is %v, want %.2f rounded", v, want)
	}
}

func TestCrop(t *testing.T) {
	src := goldenImage(t, "upright.png")
	src.SetRGBA(9, 3, color.RGBA{1, 2, 3, 255})
	got := Crop(src, image.Rect(8, 2, 12, 7))
	checkTight(t, got)
	if got.Rect != image.Rect(0, 0, 4, 5) || got.RGBAAt(1, 1) != (color.RGBA{1, 2, 3, 255}) {
		t.Errorf("got bounds %v and %v at (1, 1); want 4 × 5 and {1 2 3 255}", got.Rect, got.RGBAAt(1, 1))
	}
	got.SetRGBA(1, 1, color.RGBA{A: 255})
	if src.RGBAAt(9, 3) != (color.RGBA{1, 2, 3, 255}) {
		t.Error("writing on the copy changes the source")
	}
}

func TestPanics(t *testing.T) {
	src := image.NewRGBA(image.Rect(0, 0, 4, 4))
	for _, test := range []struct {
		name string
		call func()
	}{
		{"Resize to no width", func() { Resize(src, 0, 4, Bilinear) }},
		{"Resize to negative height", func() { Resize(src, 4, -1, Bilinear) }},
		{"Resize of nothing", func() { Resize(image.NewRGBA(image.Rectangle{}), 4, 4, Bilinear) }},
		{"a part of nothing", func() { ResizePart(src, 4, 4, image.Rect(1, 1, 1, 3), Bilinear) }},
		{"a part beyond the edge", func() { ResizePart(src, 4, 4, image.Rect(1, 1, 5, 3), Bilinear) }},
		{"Crop beyond the edge", func() { Crop(src, image.Rect(2, 2, 5, 4)) }},
		{"Crop of nothing", func() { Crop(src, image.Rect(2, 2, 2, 4)) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("got no panic; want one, as documented")
				}
			}()
			test.call()
		})
	}
}

func BenchmarkResize(b *testing.B) {
	for _, size := range []struct{ fromW, fromH, toW, toH int }{{4000, 3000, 341, 256}, {299, 299, 256, 256}} {
		src := image.NewRGBA(image.Rect(0, 0, size.fromW, size.fromH))
		for _, filter := range []Filter{Bilinear, Bicubic, Nearest} {
			b.Run(fmt.Sprintf("%v/%dx%d", filter, size.fromW, size.fromH), func(b *testing.B) {
				for b.Loop() {
					Resize(src, size.toW, size.toH, filter)
				}
			})
		}
	}
}

// TestReached: what a part of a picture changes of the resized one is in the part
// that it reaches, and reaches its edges.
func TestReached(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 61, 47))
	for i := range img.Pix {
		img.Pix[i] = byte(i*i>>3) | 3
	}
	for _, size := range [][2]int{{61, 47}, {20, 31}, {130, 90}, {1, 1}} {
		for _, r := range []image.Rectangle{image.Rect(0, 0, 61, 47), image.Rect(10, 20, 31, 25), image.Rect(60, 46, 61, 47)} {
			for _, f := range []Filter{Bilinear, Bicubic, Nearest} {
				other := Crop(img, img.Rect)
				for y := r.Min.Y; y < r.Max.Y; y++ {
					for x := r.Min.X; x < r.Max.X; x++ {
						for c := range 3 {
							other.Pix[other.PixOffset(x, y)+c] ^= 255
						}
					}
				}
				a, b := Resize(img, size[0], size[1], f), Resize(other, size[0], size[1], f)
				var changed image.Rectangle
				for y := range size[1] {
					for x := range size[0] {
						if a.RGBAAt(x, y) != b.RGBAAt(x, y) {
							changed = changed.Union(image.Rect(x, y, x+1, y+1))
						}
					}
				}
				got := Reached(img.Rect.Size(), size[0], size[1], a.Rect, r, f)
				part := image.Rect(size[0]/3, size[1]/4, size[0], size[1])
				if in := Reached(img.Rect.Size(), size[0], size[1], part, r, f); in.Intersect(part) != got.Intersect(part) {
					t.Errorf("%v to %v: of %v it reaches %v", r, size, part, in)
				}
				if !changed.In(got) || got.Dx() > changed.Dx()+4 || got.Dy() > changed.Dy()+4 {
					t.Errorf("%v to %v, %v: %v is reached, %v changed", r, size, f, got, changed)
				}
			}
		}
	}
}
