package picture

import (
	"image"
	"image/color"
	"image/draw"
	"io"

	"golang.org/x/image/webp"
)

// flatten lays m on a white canvas of w × h pixels, at its own bounds: a frame
// of a GIF may cover only a part of its screen.
func flatten(m image.Image, w, h int) *image.RGBA {
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(dst, dst.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(dst, m.Bounds(), m, m.Bounds().Min, draw.Over)
	return dst
}

// decodeWebP decodes a WebP and, where it is lossy, stretches its colours from
// the range that VP8 stores (luma 16 to 235, chroma 16 to 240, ITU-R BT.601;
// RFC 6386, section 9.2) to the full range that image.YCbCr means. Without
// that, as x/image/webp leaves it, black would be (16, 16, 16).
func decodeWebP(r io.Reader) (image.Image, error) {
	m, err := webp.Decode(r)
	switch m := m.(type) {
	case *image.YCbCr:
		stretch(m)
	case *image.NYCbCrA:
		stretch(&m.YCbCr)
	}
	return m, err
}

// stretch brings m from studio range to full range, in place.
func stretch(m *image.YCbCr) {
	var luma, chroma [256]byte
	for i := range 256 {
		luma[i] = scaleAbout(i, 16, 0, 219)
		chroma[i] = scaleAbout(i, 128, 128, 224)
	}
	for i, v := range m.Y {
		m.Y[i] = luma[v]
	}
	for i := range m.Cb {
		m.Cb[i], m.Cr[i] = chroma[m.Cb[i]], chroma[m.Cr[i]]
	}
}

// scaleAbout returns to + (v − from)·255/span, rounded and clamped to a byte.
func scaleAbout(v, from, to, span int) byte {
	// The offset keeps the dividend positive, where division rounds down.
	const offset = 1000
	scaled := ((v-from)*255+span/2+offset*span)/span - offset
	return byte(min(max(to+scaled, 0), 255))
}
