package colormap

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
)

// noise is an opaque picture of random colours, the same on every call.
func noise(w, h int) *image.RGBA {
	random := rand.New(rand.NewPCG(1, 2))
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = uint8(random.Uint32())
		if i%4 == 3 {
			m.Pix[i] = 255
		}
	}
	return m
}

// ramp is n values from 0 to 1.
func ramp(n int) []float32 {
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(i) / float32(n-1)
	}
	return values
}

// overlaid returns the overlay on a fresh picture.
func overlaid(t *testing.T, photo *image.RGBA, values []float32, region image.Rectangle, c *Colormap, b Blend) *image.RGBA {
	t.Helper()
	dst := image.NewRGBA(photo.Rect)
	if err := Overlay(dst, photo, values, region, c, b); err != nil {
		t.Fatal(err)
	}
	return dst
}

// TestOverlayFollowsItsFormula holds every pixel against the doc comment's
// formula in float64.
func TestOverlayFollowsItsFormula(t *testing.T) {
	photo := noise(40, 30)
	region := image.Rect(3, 5, 37, 28)
	values := ramp(region.Dx() * region.Dy())
	for _, c := range All() {
		for _, b := range []Blend{{0.6, false}, {0.6, true}, {1, false}, {1, true}, {0.01, true}} {
			got := overlaid(t, photo, values, region, c, b)
			for y := range 30 {
				for x := range 40 {
					want := photo.RGBAAt(x, y)
					if b.Grey {
						g := color.GrayModel.Convert(want).(color.Gray).Y
						want = color.RGBA{R: g, G: g, B: g, A: 255}
					}
					if (image.Point{X: x, Y: y}).In(region) {
						v := float64(values[(y-region.Min.Y)*region.Dx()+x-region.Min.X])
						// The strength is the table entry's, as the colour is.
						s := math.Round(v*(tableSize-1)) / (tableSize - 1)
						if c.Diverging {
							s = math.Abs(2*s - 1)
						}
						over, weight := c.At(v), b.Opacity*s*(2-s)
						mix := func(under, over uint8) uint8 {
							return uint8(math.Round(float64(under)*(1-weight) + float64(over)*weight))
						}
						want = color.RGBA{R: mix(want.R, over.R), G: mix(want.G, over.G), B: mix(want.B, over.B), A: 255}
					}
					// One level: the weight is in 16 bits, so a tie may round the other way.
					if near := got.RGBAAt(x, y); !within(near, want, 1) {
						t.Fatalf("%s %+v (%d,%d): %v, want %v", c.Name, b, x, y, near, want)
					}
				}
			}
		}
	}
}

func within(a, b color.RGBA, levels int) bool {
	for _, pair := range [][2]uint8{{a.R, b.R}, {a.G, b.G}, {a.B, b.B}, {a.A, b.A}} {
		if d := int(pair[0]) - int(pair[1]); d > levels || d < -levels {
			return false
		}
	}
	return true
}

func TestOverlayExactCases(t *testing.T) {
	nan := float32(math.NaN())
	inf := float32(math.Inf(1))
	under := color.RGBA{R: 10, G: 200, B: 90, A: 255}
	inferno, coolwarm := Default(), scales[6]
	for _, tt := range []struct {
		name  string
		c     *Colormap
		b     Blend
		value float32
		want  color.RGBA
	}{
		{"opacity 0", inferno, Blend{Opacity: 0, Grey: true}, 1, under},
		{"opacity below 0", inferno, Blend{Opacity: -1, Grey: true}, 1, under},
		{"opacity NaN", inferno, Blend{Opacity: math.NaN(), Grey: true}, 1, under},
		{"opacity above 1", inferno, Blend{Opacity: 9}, 1, inferno.At(1)},
		{"no evidence", inferno, Blend{Opacity: 1}, 0, under},
		{"below 0", inferno, Blend{Opacity: 1}, -inf, under},
		{"full evidence", inferno, Blend{Opacity: 1}, 1, inferno.At(1)},
		{"above 1", inferno, Blend{Opacity: 1}, inf, inferno.At(1)},
		{"no value", inferno, Blend{Opacity: 1}, nan, under},
		{"no value in grey", inferno, Blend{Opacity: 1, Grey: true}, nan, color.RGBA{R: 131, G: 131, B: 131, A: 255}},
		{"zero of a signed map", coolwarm, Blend{Opacity: 1}, 0.5, under},
		{"least of a signed map", coolwarm, Blend{Opacity: 1}, 0, coolwarm.At(0)},
		{"most of a signed map", coolwarm, Blend{Opacity: 1}, 1, coolwarm.At(1)},
		{"no value in a signed map", coolwarm, Blend{Opacity: 1}, nan, under},
	} {
		photo := image.NewRGBA(image.Rect(0, 0, 1, 1))
		photo.SetRGBA(0, 0, under)
		if got := overlaid(t, photo, []float32{tt.value}, photo.Rect, tt.c, tt.b).RGBAAt(0, 0); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestOverlayInPlaceAndOnAnyNumberOfThreads(t *testing.T) {
	photo := noise(61, 47)
	region := image.Rect(7, 0, 61, 40)
	values := ramp(region.Dx() * region.Dy())
	b := Blend{Opacity: 0.7, Grey: true}
	want := overlaid(t, photo, values, region, Default(), b)
	for _, threads := range []int{1, 3, 64} {
		before := runtime.GOMAXPROCS(threads)
		same := noise(61, 47)
		err := Overlay(same, same, values, region, Default(), b)
		runtime.GOMAXPROCS(before)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(same.Pix, want.Pix) {
			t.Errorf("%d threads, in place: other bytes", threads)
		}
	}
}

func TestOverlayWithoutRegionShowsThePicture(t *testing.T) {
	photo := noise(8, 6)
	got := overlaid(t, photo, nil, image.Rectangle{}, Default(), Blend{Opacity: 1})
	if !bytes.Equal(got.Pix, photo.Pix) {
		t.Error("other bytes than the picture's")
	}
}

func TestOverlayErrors(t *testing.T) {
	photo := noise(8, 6)
	all := photo.Rect
	for _, tt := range []struct {
		name       string
		dst, photo *image.RGBA
		values     []float32
		region     image.Rectangle
		c          *Colormap
		want       string
	}{
		{"no dst", nil, photo, ramp(48), all, Default(), "nil"},
		{"no photo", photo, nil, ramp(48), all, Default(), "nil"},
		{"no scale", photo, photo, ramp(48), all, nil, "nil"},
		{"other size", noise(6, 8), photo, ramp(48), all, Default(), "make them one size"},
		{"a part of a picture", photo, photo.SubImage(image.Rect(1, 1, 4, 4)).(*image.RGBA), ramp(9), image.Rect(0, 0, 3, 3), Default(), "tightly packed"},
		{"a narrower part", photo.SubImage(image.Rect(0, 0, 4, 4)).(*image.RGBA), photo, ramp(48), all, Default(), "tightly packed"},
		{"too few bytes", photo, &image.RGBA{Rect: all, Stride: 32, Pix: make([]uint8, 100)}, ramp(48), all, Default(), "100 bytes"},
		{"sides that overflow", photo, &image.RGBA{Rect: image.Rect(0, 0, math.MaxInt/4, 4), Stride: math.MaxInt / 4 * 4}, nil, image.Rectangle{}, Default(), "tightly packed"},
		{"too few values", photo, photo, ramp(47), all, Default(), "47 values"},
		{"values without region", photo, photo, ramp(4), image.Rectangle{}, Default(), "give 0"},
		{"region inside out", photo, photo, ramp(4), image.Rectangle{Min: image.Pt(4, 4), Max: image.Pt(2, 2)}, Default(), "give 0"},
		{"region outside", photo, photo, ramp(48), all.Add(image.Pt(1, 0)), Default(), "keep it inside"},
	} {
		err := Overlay(tt.dst, tt.photo, tt.values, tt.region, tt.c, Blend{Opacity: 1})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q in it", tt.name, err, tt.want)
		}
	}
	if !bytes.Equal(photo.Pix, noise(8, 6).Pix) {
		t.Error("a refused call wrote to the picture")
	}
}

func TestPaint(t *testing.T) {
	c := Default()
	values := []float32{0, 0.25, 1, float32(math.NaN()), 2, 0.75}
	m, err := c.Paint(values, 3, 2)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range values {
		if got, want := m.RGBAAt(i%3, i/3), c.At(float64(v)); got != want {
			t.Errorf("value %g: %v, want %v", v, got, want)
		}
	}
	for _, tt := range []struct{ n, w, h int }{
		{6, 2, 2}, {5, 3, 2}, {0, 0, 0}, {0, 0, 5}, {6, -2, -3}, {6, 6, 0}, {4, math.MaxInt/2 + 1, 4}, {0, math.MaxInt, math.MaxInt},
	} {
		if _, err := c.Paint(make([]float32, tt.n), tt.w, tt.h); err == nil {
			t.Errorf("%d values for %d×%d: no error", tt.n, tt.w, tt.h)
		}
	}
}

// BenchmarkOverlay paints a full 1080p picture, as the window does live.
func BenchmarkOverlay(b *testing.B) {
	for _, bb := range []struct {
		name  string
		blend Blend
	}{
		{"colour", Blend{Opacity: 0.7}},
		{"grey", Blend{Opacity: 0.7, Grey: true}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			photo := noise(1920, 1080)
			dst := image.NewRGBA(photo.Rect)
			values := ramp(1920 * 1080)
			b.SetBytes(int64(len(photo.Pix)))
			for b.Loop() {
				if err := Overlay(dst, photo, values, photo.Rect, Default(), bb.blend); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
