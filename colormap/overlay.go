package colormap

import (
	"errors"
	"image"
	"math"

	"scalecam/fault"
	"scalecam/parallel"
)

// Blend says how colours lie over a picture.
type Blend struct {
	Opacity float64 // of the strongest value, 0 (the picture itself) to 1; outside counts as the nearer end, NaN as 0
	Grey    bool    // show the picture in grey beneath the colours
}

// Overlay paints values in the scale's colours over photo and writes the
// result to dst.
//
// dst and photo are opaque, of one size, tightly packed (Stride 4·width) with
// the top left at (0,0); dst may be photo. values are row-major
// [region.Dy()][region.Dx()], scaled to 0..1 (0.5 is zero on a diverging
// scale), and region lies inside the picture. Outside region, and where a
// value is NaN, the picture shows, in grey if b.Grey. With Opacity 0 dst equals
// photo byte for byte, even with Grey.
//
// A pixel takes the colour with weight Opacity·s(2−s), where the strength s is
// the value itself or, on a diverging scale, its distance from the middle
// |2t−1|. The picture is clean where there is no evidence, and at half strength
// the colour already has three quarters of its weight: a slower curve looks
// tidier but lets a second, weaker place vanish in a vivid picture. Picture and colour are mixed in sRGB as it is stored, as image viewers
// and browsers do; grey is the luma of ITU-R BT.601, as image/color's.
//
// Rows are shared among runtime.GOMAXPROCS goroutines; the bytes do not depend
// on how many. It returns an error, with dst untouched, if a size does not fit.
func Overlay(dst, photo *image.RGBA, values []float32, region image.Rectangle, c *Colormap, b Blend) error {
	if dst == nil || photo == nil || c == nil {
		return errors.New("colormap: overlay: dst, photo or scale is nil; give all three")
	}
	if err := checkPacked("photo", photo); err != nil {
		return err
	}
	if err := checkPacked("dst", dst); err != nil {
		return err
	}
	if dst.Rect != photo.Rect {
		return fault.Errorf("colormap: overlay: dst is %v and photo %v; make them one size", dst.Rect.Max, photo.Rect.Max)
	}
	if !region.In(photo.Rect) {
		return fault.Errorf("colormap: overlay: region %v leaves the picture %v; keep it inside", region, photo.Rect)
	}
	want := 0
	if !region.Empty() {
		want = region.Dx() * region.Dy()
	}
	if len(values) != want {
		return fault.Errorf("colormap: overlay: %d values for region %v; give %d, row by row", len(values), region, want)
	}

	width, height := photo.Rect.Dx(), photo.Rect.Dy()
	if !(b.Opacity > 0) {
		copy(dst.Pix[:4*width*height], photo.Pix)
		return nil
	}
	paints := c.paints(min(b.Opacity, 1))
	parallel.Each(height, func(y int) {
		row := dst.Pix[4*width*y : 4*width*(y+1)]
		copy(row, photo.Pix[4*width*y:])
		if b.Grey {
			greyRow(row)
		}
		if region.Min.Y <= y && y < region.Max.Y && !region.Empty() {
			from := (y - region.Min.Y) * region.Dx()
			paintRow(row[4*region.Min.X:], values[from:from+region.Dx()], paints)
		}
	})
	return nil
}

// Paint returns a picture of w×h pixels of the values alone, row-major [h][w]
// and scaled to 0..1, each in its full colour; NaN is transparent. It returns
// an error if there are not w·h values.
func (c *Colormap) Paint(values []float32, w, h int) (*image.RGBA, error) {
	// Divided, not multiplied: w·h might overflow.
	if w <= 0 || h <= 0 || len(values)%w != 0 || len(values)/w != h {
		return nil, fault.Errorf("colormap: paint: %d values for %d×%d pixels; give width × height of them, at least one", len(values), w, h)
	}
	m, table := image.NewRGBA(image.Rect(0, 0, w, h)), c.colours()
	parallel.Each(h, func(y int) {
		row := m.Pix[4*w*y : 4*w*(y+1)]
		for x, v := range values[w*y : w*(y+1)] {
			colour := table[index(float64(v))]
			row[4*x], row[4*x+1], row[4*x+2], row[4*x+3] = colour.R, colour.G, colour.B, colour.A
		}
	})
	return m, nil
}

// one is the whole in paint's 16-bit fixed point.
const one = 1 << 16

// A paint is one table entry made ready to mix: the picture keeps keep/one of
// its own, and r, g, b is the colour's share, with a half added to round.
type paint struct{ r, g, b, keep uint32 }

// paints readies the table for an opacity in 0..1. noValue keeps the picture.
func (c *Colormap) paints(opacity float64) *[tableSize + 1]paint {
	var paints [tableSize + 1]paint
	table := c.colours()
	for i := range tableSize {
		s := float64(i) / (tableSize - 1)
		if c.Diverging {
			s = math.Abs(2*s - 1)
		}
		weight := uint32(math.Round(one * opacity * s * (2 - s)))
		colour := table[i]
		paints[i] = paint{
			r:    uint32(colour.R)*weight + one/2,
			g:    uint32(colour.G)*weight + one/2,
			b:    uint32(colour.B)*weight + one/2,
			keep: one - weight,
		}
	}
	paints[noValue] = paint{keep: one}
	return &paints
}

// paintRow mixes the values' colours into the RGBA pixels of row, in place.
func paintRow(row []uint8, values []float32, paints *[tableSize + 1]paint) {
	row = row[:4*len(values)]
	for x, v := range values {
		p := &paints[index(float64(v))]
		pixel := row[4*x : 4*x+3 : 4*x+3]
		pixel[0] = uint8((uint32(pixel[0])*p.keep + p.r) >> 16)
		pixel[1] = uint8((uint32(pixel[1])*p.keep + p.g) >> 16)
		pixel[2] = uint8((uint32(pixel[2])*p.keep + p.b) >> 16)
	}
}

// greyRow turns the RGBA pixels of row grey, in place, with color.GrayModel's
// weights.
func greyRow(row []uint8) {
	for i := 0; i+3 < len(row); i += 4 {
		y := uint8((19595*uint32(row[i]) + 38470*uint32(row[i+1]) + 7471*uint32(row[i+2]) + one/2) >> 16)
		row[i], row[i+1], row[i+2] = y, y, y
	}
}

// checkPacked reports what keeps a picture from being one run of rows at (0,0).
func checkPacked(name string, m *image.RGBA) error {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	// Divided, not multiplied: the sides might overflow.
	if m.Rect.Min != (image.Point{}) || w < 0 || h < 0 || m.Stride != 4*w || w > 0 && h > len(m.Pix)/4/w {
		return fault.Errorf("colormap: overlay: %s %v has stride %d and %d bytes; give a tightly packed picture with its top left at (0,0)",
			name, m.Rect, m.Stride, len(m.Pix))
	}
	return nil
}
