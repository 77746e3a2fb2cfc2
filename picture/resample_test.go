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
	for _, filter := range []Filter{Bilinear, Bicubic} {
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
	for _, filter := range []Filter{Bilinear, Bicubic} {
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

func TestResizeOnAnyNumberOfProcessors(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	src := image.NewRGBA(image.Rect(0, 0, 200, 150))
	for i := range src.Pix {
		src.Pix[i] = byte(random.Uint32())
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	want := Resize(src, 61, 97, Bicubic)
	for _, n := range []int{2, 3, 7} {
		runtime.GOMAXPROCS(n)
		if !bytes.Equal(Resize(src, 61, 97, Bicubic).Pix, want.Pix) {
			t.Errorf("%d processors give other bytes than one", n)
		}
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
		for _, filter := range []Filter{Bilinear, Bicubic} {
			b.Run(fmt.Sprintf("%v/%dx%d", filter, size.fromW, size.fromH), func(b *testing.B) {
				for b.Loop() {
					Resize(src, size.toW, size.toH, filter)
				}
			})
		}
	}
}
