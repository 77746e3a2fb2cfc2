package picture

import (
	"image"
	"image/color"
	"image/draw"
)

// flatten lays m on a white canvas of w × h pixels, at its own bounds: a frame
// of a GIF may cover only a part of its screen.
func flatten(m image.Image, w, h int) *image.RGBA {
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(dst, dst.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(dst, m.Bounds(), m, m.Bounds().Min, draw.Over)
	return dst
}
