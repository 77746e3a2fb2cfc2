package main

import (
	"image"
	"image/color"
	"math"

	"github.com/lucasb-eyer/go-colorful"
)

// iconSide is the icon's width and height in pixels.
const iconSide = 512

// heat is the icon's colour scale from cold to hot.
var heat = func() (scale []colorful.Color) {
	for _, name := range []string{"#24165a", "#5b1a86", "#c2357a", "#f97b4a", "#ffe48a"} {
		c, err := colorful.Hex(name)
		if err != nil {
			panic(err) // a typing error in this program
		}
		scale = append(scale, c)
	}
	return scale
}()

// icon is a class activation map twice, on a coarse grid and on a fine one:
// a rounded square whose left half has 4 rows of cells, its right half 8. Few
// and large cells, so that it is still told apart at 32 pixels.
func icon() image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, iconSide, iconSide))
	for y := range iconSide {
		for x := range iconSide {
			img.SetNRGBA(x, y, iconPixel(float64(x)+0.5, float64(y)+0.5))
		}
	}
	return img
}

func iconPixel(x, y float64) color.NRGBA {
	const inset, corner, half = 16, 96, iconSide / 2
	body := rectangle(x-half, y-half, half-inset-corner, half-inset-corner) - corner
	cover := ramp(0.7, -0.7, body)

	cell := 120.0
	if x > half {
		cell = 60
	}
	// Cells count from the middle, so that both halves meet there.
	column, line := math.Floor((x-half)/cell), math.Floor((y-half)/cell)
	cx, cy := (column+0.5)*cell, (line+0.5)*cell
	hot := math.Exp(-(cx*cx + cy*cy) / (2 * 120 * 120))

	gap := 0.06 * cell // between two cells, on each side
	tile := rectangle(x-half-cx, y-half-cy, cell/2-gap-0.12*cell, cell/2-gap-0.12*cell) - 0.12*cell
	c := heat[0]
	at := min(hot, 0.999) * float64(len(heat)-1)
	i := int(at)
	c = c.BlendRgb(heat[i].BlendLab(heat[i+1], at-float64(i)), ramp(0.7, -0.7, tile))
	r, g, b := c.Clamped().RGB255()
	return color.NRGBA{R: r, G: g, B: b, A: uint8(math.Round(255 * cover))}
}
