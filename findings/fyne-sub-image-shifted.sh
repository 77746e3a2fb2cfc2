#!/bin/sh
# Fyne v2.8.1, software painter (that of its software and test drivers): a canvas.Image of
# a SubImage, whose bounds do not begin at (0, 0), loses its upper and left part and is
# shifted by that much where it is drawn at its own size. At any other size, for which it
# is scaled first, it is drawn whole.
#
# Seen on 29 November 2026 (Go 1.26):
#   the whole picture at 8 x 8: 64 of 64 pixels are the picture's red
#   a part of 4 x 4 at 4 x 4: 2 of 16 pixels are the picture's red
#   a part of 4 x 4 at 8 x 8: 64 of 64 pixels are the picture's red
#
# Needs Go and the Go module proxy. Fails where this is so no more.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >main.go <<'GO'
package main

import (
	"fmt"
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
)

// show prints a picture of four pixels a side, drawn at so many, by the pixels that are red.
func show(name string, img image.Image, side float32) {
	shown := canvas.NewImageFromImage(img)
	shown.ScaleMode = canvas.ImageScalePixels
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(shown)
	c.Resize(fyne.NewSize(side, side))
	drawn, red := c.Capture(), 0
	for y := range int(side) {
		for x := range int(side) {
			if r, g, _, _ := drawn.At(x, y).RGBA(); r == 0xffff && g == 0 {
				red++
			}
		}
	}
	fmt.Printf("%s at %v x %v: %d of %v pixels are the picture's red\n", name, side, side, red, side*side)
}

func main() {
	test.NewApp()
	whole := image.NewRGBA(image.Rect(0, 0, 8, 8))
	for i := range 64 {
		whole.Set(i%8, i/8, color.RGBA{R: 255, A: 255})
	}
	show("the whole picture", whole, 8)
	part := whole.SubImage(image.Rect(3, 2, 7, 6))
	show("a part of 4 x 4", part, 4)
	show("a part of 4 x 4", part, 8)
}
GO
go mod init probe >/dev/null 2>&1
for package in canvas container driver/software test theme widget; do
	CGO_ENABLED=0 go get "fyne.io/fyne/v2/$package@v2.8.1" >/dev/null 2>&1
done
CGO_ENABLED=0 go run . | tee seen
cat >expected <<'TEXT'
the whole picture at 8 x 8: 64 of 64 pixels are the picture's red
a part of 4 x 4 at 4 x 4: 2 of 16 pixels are the picture's red
a part of 4 x 4 at 8 x 8: 64 of 64 pixels are the picture's red
TEXT
cmp seen expected
