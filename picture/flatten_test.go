package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"
)

// plainly is upright as one reads it in its documentation: plane by plane,
// picture by picture and pixel by pixel.
func plainly(m image.Image, w, h, o int) *image.RGBA {
	if stored, ok := m.(luminous); ok {
		m = stored.plain()
	}
	flat := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(flat, flat.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(flat, m.Bounds(), m, m.Bounds().Min, draw.Over)
	dst := image.NewRGBA(flat.Rect)
	if o >= 5 {
		dst = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			u, v := x, y
			if o == 2 || o == 3 || o == 7 || o == 8 {
				u = w - 1 - x
			}
			if o == 3 || o == 4 || o == 6 || o == 7 {
				v = h - 1 - y
			}
			if o >= 5 {
				u, v = v, u
			}
			dst.SetRGBA(u, v, flat.RGBAAt(x, y))
		}
	}
	return dst
}

// plain is the whole picture with a sample of chroma for each pixel.
func (m luminous) plain() image.Image {
	p := m.planes
	if p.SubsampleRatio == image.YCbCrSubsampleRatio444 {
		return m.Image
	}
	w, h := p.Rect.Dx(), p.Rect.Dy()
	cw, ch, rounding := (w+1)/2, h, [2]int{4, 8}
	if p.SubsampleRatio == image.YCbCrSubsampleRatio420 {
		ch, rounding = (h+1)/2, [2]int{8, 7}
	}
	beside := func(i, n int) int { return min(max(i/2-1+i%2*2, 0), n-1) }
	out := image.NewYCbCr(p.Rect, image.YCbCrSubsampleRatio444)
	for i, stored := range [][]byte{p.Cb, p.Cr} {
		full := [][]byte{out.Cb, out.Cr}[i]
		for y := range h {
			near, far := y, y
			if ch < h || p.SubsampleRatio == image.YCbCrSubsampleRatio420 {
				near, far = y/2, beside(y, ch)
			}
			quarters := func(x int) int { return 3*int(stored[near*p.CStride+x]) + int(stored[far*p.CStride+x]) }
			for x := range w {
				v := byte((3*quarters(x/2) + quarters(beside(x, cw)) + rounding[x%2]) >> 4)
				if m.video {
					v = scaleAbout(int(v), 128, 128, 224)
				}
				full[y*w+x] = v
			}
		}
	}
	for y := range h {
		for x := range w {
			v := p.Y[y*p.YStride+x]
			if m.video {
				v = scaleAbout(int(v), 16, 0, 219)
			}
			out.Y[y*w+x] = v
		}
	}
	if whole, ok := m.Image.(*image.NYCbCrA); ok {
		return &image.NYCbCrA{YCbCr: *out, A: whole.A, AStride: whole.AStride}
	}
	return out
}

// TestUprightPlainly holds what is done band by band, and on all processors, to
// what is done plainly: every byte, of every kind of picture and orientation.
func TestUprightPlainly(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	fill := func(samples ...[]byte) {
		for _, s := range samples {
			for i := range s {
				s[i] = byte(random.Uint32())
			}
		}
	}
	kinds := map[string]func(r image.Rectangle) image.Image{
		"4:1:1": func(r image.Rectangle) image.Image {
			m := image.NewYCbCr(r, image.YCbCrSubsampleRatio411)
			fill(m.Y, m.Cb, m.Cr)
			return m
		},
		"4:4:4": func(r image.Rectangle) image.Image {
			m := image.NewYCbCr(r, image.YCbCrSubsampleRatio444)
			fill(m.Y, m.Cb, m.Cr)
			return luminous{m, m, false}
		},
		"luma and chroma": func(r image.Rectangle) image.Image {
			ratio := []image.YCbCrSubsampleRatio{image.YCbCrSubsampleRatio420, image.YCbCrSubsampleRatio422}[random.IntN(2)]
			// As decoders have it: of whole blocks, of which a part is shown.
			padded := image.Rect(0, 0, (r.Dx()+15)/16*16, (r.Dy()+15)/16*16)
			m := image.NewYCbCr(padded, ratio)
			fill(m.Y, m.Cb, m.Cr)
			m = m.SubImage(r).(*image.YCbCr)
			return luminous{m, m, random.IntN(2) == 1}
		},
		"luma, chroma and transparency": func(r image.Rectangle) image.Image {
			m := image.NewNYCbCrA(r, image.YCbCrSubsampleRatio420)
			fill(m.Y, m.Cb, m.Cr, m.A)
			return luminous{m, &m.YCbCr, true}
		},
		"RGBA, opaque": func(r image.Rectangle) image.Image {
			m := image.NewRGBA(r)
			fill(m.Pix)
			for i := 3; i < len(m.Pix); i += 4 {
				m.Pix[i] = 255
			}
			return m
		},
		"NRGBA": func(r image.Rectangle) image.Image {
			m := image.NewNRGBA(r)
			fill(m.Pix)
			return m
		},
		"a part of the canvas": func(r image.Rectangle) image.Image {
			p := color.Palette{color.NRGBA{200, 10, 30, 255}, color.NRGBA{}, color.NRGBA{0, 90, 255, 120}, color.White}
			m := image.NewPaletted(image.Rect(r.Dx()/3, r.Dy()/4, r.Dx(), r.Dy()-r.Dy()/5), p)
			for i := range m.Pix {
				m.Pix[i] = byte(random.IntN(len(p)))
			}
			return m
		},
		"CMYK": func(r image.Rectangle) image.Image {
			m := image.NewCMYK(r)
			fill(m.Pix)
			return m
		},
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	for name, kind := range kinds {
		for _, size := range []image.Point{{1, 1}, {2, 1}, {1, 2}, {5, 40}, {41, 3}, {64, 33}, {33, 64}, {70, 16}} {
			for o := 1; o <= 8; o++ {
				m := kind(image.Rectangle{Max: size})
				want := plainly(m, size.X, size.Y, o)
				got := upright(m, size.X, size.Y, o)
				checkTight(t, got)
				if got.Rect != want.Rect || !bytes.Equal(got.Pix, want.Pix) {
					t.Errorf("%s, %v, orientation %d: other bytes than plainly", name, size, o)
				}
			}
		}
	}
}

// TestPixelsThatPanic: what a decoder left broken is an error of the file,
// whichever goroutine meets it.
func TestPixelsThatPanic(t *testing.T) {
	defer func(known []format) { formats = known }(formats)
	formats = []format{{
		name: "Broken", magic: "BROKEN",
		config: func(*io.SectionReader) (image.Config, error) { return image.Config{Width: 9, Height: 90}, nil },
		decode: func([]byte) (image.Image, error) {
			m := image.NewPaletted(image.Rect(0, 0, 9, 90), color.Palette{color.Black})
			m.Pix[9*50] = 7 // not in the palette
			return m, nil
		},
	}}
	_, err := Decode("a.broken", []byte("BROKEN"))
	checkRefused(t, err, "a.broken", "this Broken picture cannot be read (runtime error: index out of range [7] with length 1)")
}

func BenchmarkUpright(b *testing.B) {
	m := image.NewYCbCr(image.Rect(0, 0, 4000, 3000), image.YCbCrSubsampleRatio420)
	for i := range m.Y {
		m.Y[i] = byte(i >> 4)
	}
	for i := range m.Cb {
		m.Cb[i], m.Cr[i] = byte(i>>5), byte(i>>3)
	}
	for _, o := range []int{1, 6} {
		b.Run(fmt.Sprintf("orientation %d", o), func(b *testing.B) {
			for b.Loop() {
				upright(luminous{m, m, false}, 4000, 3000, o)
			}
		})
	}
}

// BenchmarkOpen is a photograph of 12 megapixels as cameras keep it, and the same
// by the decoder of other kinds of JPEG, whose first use is not counted.
func BenchmarkOpen(b *testing.B) {
	m := image.NewYCbCr(image.Rect(0, 0, 4000, 3000), image.YCbCrSubsampleRatio420)
	random := rand.New(rand.NewPCG(7, 8))
	for i := range m.Y {
		m.Y[i] = byte(i>>4) + byte(random.Uint32N(8))
	}
	var data bytes.Buffer
	if err := jpeg.Encode(&data, m, &jpeg.Options{Quality: 90}); err != nil {
		b.Fatal(err)
	}
	for name, open := range map[string]func() error{
		"common": func() error { _, err := Decode("a.jpg", data.Bytes()); return err },
		"turbo":  func() error { _, err := turboJPEG(data.Bytes(), 4000, 3000); return err },
	} {
		b.Run(name, func(b *testing.B) {
			if err := open(); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if err := open(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
