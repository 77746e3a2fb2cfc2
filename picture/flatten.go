package picture

import (
	"image"
	"image/draw"

	"scalecam/parallel"
)

// upright lays m on a white canvas of w × h pixels, at its own bounds (a frame
// of a GIF may cover only a part of its screen), and turns and mirrors that as
// EXIF orientation o (1 to 8) asks. The result may be m itself.
func upright(m image.Image, w, h, o int) *image.RGBA {
	canvas := image.Rect(0, 0, w, h)
	if m, ok := m.(*image.RGBA); ok && o == 1 && m.Rect == canvas && m.Stride == 4*w && m.Opaque() {
		return m
	}
	dst := image.NewRGBA(canvas)
	if transposed(o) {
		dst = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	// 16 pixels of 4 bytes that stand one above the other become a whole line of
	// the cache where they are transposed.
	const rows = 16
	parallel.Bands(h, rows, func() func(from, to int) {
		var room []byte
		strip := dst
		if o != 1 {
			strip = image.NewRGBA(image.Rect(0, 0, w, min(rows, h)))
		}
		return func(from, to int) {
			band := image.Rect(0, from, w, to)
			if o != 1 {
				strip.Rect = band
			}
			switch m := m.(type) {
			case luminous:
				m.flatten(strip, band, &room)
			default:
				flatten(strip, band, m)
			}
			if o != 1 {
				turn(dst, strip, h, o)
			}
		}
	})
	return dst
}

// flatten lays the part of m within the band on white.
func flatten(dst *image.RGBA, band image.Rectangle, m image.Image) {
	draw.Draw(dst, band, image.White, image.Point{}, draw.Src)
	draw.Draw(dst, band, m, band.Min, draw.Over)
}
