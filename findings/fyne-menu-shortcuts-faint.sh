#!/bin/sh
# Fyne v2.8.1 draws the shortcuts of menu entries in the theme's text colour at a fifth of
# its strength (widget/menu_item.go: an alpha of 0.198), whatever the theme. In its own
# dark theme that is 2:1 to the menu's ground where WCAG 2.1 asks for 4.5:1, and no colour
# of a theme can bring it there: white on black has 1.8:1.
#
# Seen on 30 November 2026 (Go 1.26):
#   light theme, shortcut: below 4.5:1
#   dark theme, shortcut: below 4.5:1
#   white on black, shortcut: below 4.5:1
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
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

type look struct {
	fyne.Theme
	variant fyne.ThemeVariant
	stark   bool
}

func (l look) Color(n fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	if l.stark && n == theme.ColorNameForeground {
		return color.White
	}
	if l.stark {
		return color.Black
	}
	return l.Theme.Color(n, l.variant)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		if s := float64(v) / 0xffff; s > 0.04045 {
			return math.Pow((s+0.055)/1.055, 2.4)
		}
		return float64(v) / 0xffff / 12.92
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

// over is a colour as it is seen on a ground.
func over(c, ground color.Color) color.Color {
	r, g, b, a := c.RGBA()
	R, G, B, _ := ground.RGBA()
	mix := func(v, w uint32) uint16 { return uint16(v + w*(0xffff-a)/0xffff) }
	return color.RGBA64{mix(r, R), mix(g, G), mix(b, B), 0xffff}
}

func texts(o fyne.CanvasObject) (all []*canvas.Text) {
	switch o := o.(type) {
	case *canvas.Text:
		return []*canvas.Text{o}
	case *fyne.Container:
		for _, c := range o.Objects {
			all = append(all, texts(c)...)
		}
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(o).Objects() {
			all = append(all, texts(c)...)
		}
	}
	return all
}

func main() {
	app := test.NewApp()
	for _, c := range []struct {
		name string
		look look
	}{
		{"light theme", look{theme.DefaultTheme(), theme.VariantLight, false}},
		{"dark theme", look{theme.DefaultTheme(), theme.VariantDark, false}},
		{"white on black", look{theme.DefaultTheme(), theme.VariantDark, true}},
	} {
		app.Settings().SetTheme(c.look)
		undo := fyne.NewMenuItem("Undo", nil)
		undo.Shortcut = &desktop.CustomShortcut{KeyName: fyne.KeyZ, Modifier: fyne.KeyModifierControl}
		ground := c.look.Color(theme.ColorNameMenuBackground, 0)
		for _, t := range texts(widget.NewMenu(fyne.NewMenu("", undo))) {
			if t.Text == "Undo" {
				continue
			}
			a, b := luminance(over(t.Color, ground)), luminance(ground)
			if contrast := (max(a, b) + 0.05) / (min(a, b) + 0.05); contrast < 4.5 {
				fmt.Println(c.name+",", "shortcut: below 4.5:1")
			}
			break
		}
	}
}
GO
go mod init shown >go.log 2>&1
go get fyne.io/fyne/v2@v2.8.1 >>go.log 2>&1
go mod tidy >>go.log 2>&1
CGO_ENABLED=0 go run -tags ci,migrated_fynedo . | tee out.txt
test "$(grep -c 'below 4.5:1' out.txt)" = 3
