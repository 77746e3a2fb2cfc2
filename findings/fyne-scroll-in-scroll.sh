#!/bin/sh
# Fyne v2.8.1's software painter (driver/software, which tests draw
# by) clips what is in a scroll by that scroll alone: of a scroll within a scroll, what the
# outer one has moved out of sight is drawn beyond the outer one's edge, over what stands
# there. The painter of windows puts the two clips together (internal/painter/gl; read, not
# run here). So pictures that tests take of a scroll in a scroll show what no user sees.
#
# Seen on 30 November 2026 (Go 1.26):
#   in the outer scroll, above its lower edge: #ff0000
#   20 units below its lower edge, which is a plain ground: #ff0000
#   the same with the inner scroll's content put into the outer scroll itself: #00ff00
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
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
)

// shown draws a scroll of 100 x 100 over a green ground of 100 x 200, with content that
// is taller than it, and gives the colours 20 above and 20 below its lower edge.
func shown(inner bool) (above, below string) {
	red := canvas.NewRectangle(color.NRGBA{R: 255, A: 255})
	red.SetMinSize(fyne.NewSize(300, 190))
	var content fyne.CanvasObject = red
	if inner {
		content = container.NewHScroll(red)
	}
	outer := container.NewVScroll(content)
	ground := canvas.NewRectangle(color.NRGBA{G: 255, A: 255})
	ground.Resize(fyne.NewSize(100, 200))
	outer.Resize(fyne.NewSize(100, 100))
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(container.NewWithoutLayout(ground, outer))
	c.Resize(fyne.NewSize(100, 200))
	img := c.Capture()
	at := func(y int) string {
		r, g, b, _ := img.At(50, y).RGBA()
		return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
	}
	return at(80), at(120)
}

func main() {
	test.NewApp()
	above, below := shown(true)
	fmt.Println("in the outer scroll, above its lower edge:", above)
	fmt.Println("20 units below its lower edge, which is a plain ground:", below)
	_, plain := shown(false)
	fmt.Println("the same with the inner scroll's content put into the outer scroll itself:", plain)
}
GO
go mod init finding >/dev/null 2>&1
go get fyne.io/fyne/v2@v2.8.1 >/dev/null 2>&1
go mod tidy >/dev/null 2>&1
CGO_ENABLED=0 go run -tags ci,migrated_fynedo . | tee seen
cat >expected <<'TEXT'
in the outer scroll, above its lower edge: #ff0000
20 units below its lower edge, which is a plain ground: #ff0000
the same with the inner scroll's content put into the outer scroll itself: #00ff00
TEXT
cmp seen expected
