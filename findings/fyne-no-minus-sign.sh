#!/bin/sh
# Fyne v2.8.1: the theme's fonts for text, regular and bold, and the two that Fyne falls
# back on, for symbols and emoji, have no minus sign (U+2212) and no "less or equal";
# of its fonts the monospace one alone has them. What is shown then depends on the
# system's fonts: where none has the sign, or in tests (under the tag ci none is looked
# for), "−1.5" has a replacement in the minus sign's place. Plus-minus, times and degree
# are there.
#
# Seen on 29 November 2026 (Go 1.26):
#   NotoSans-Regular.ttf: ± × ° present, − ≤ missing
#   NotoSans-Bold.ttf: ± × ° present, − ≤ missing
#   InterSymbols-Regular.ttf: none present, ± × ° − ≤ missing
#   EmojiOneColor.otf: none present, ± × ° − ≤ missing
#   DejaVuSansMono-Powerline.ttf: ± × ° − ≤ present, none missing
#
# Needs Go and the Go module proxy. Fails where this is so no more.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >main.go <<'GO'
package main

import (
	"cmp"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"golang.org/x/image/font/sfnt"
)

func main() {
	for _, font := range []fyne.Resource{
		theme.DefaultTextFont(), theme.DefaultTextBoldFont(),
		theme.DefaultSymbolFont(), theme.DefaultEmojiFont(),
		theme.DefaultTextMonospaceFont(),
	} {
		glyphs, err := sfnt.Parse(font.Content())
		if err != nil {
			panic(err)
		}
		var present, missing []string
		for _, sign := range "±×°−≤" {
			if glyph, err := glyphs.GlyphIndex(nil, sign); err != nil {
				panic(err)
			} else if glyph == 0 {
				missing = append(missing, string(sign))
			} else {
				present = append(present, string(sign))
			}
		}
		list := func(signs []string) string { return cmp.Or(strings.Join(signs, " "), "none") }
		fmt.Printf("%s: %s present, %s missing\n", font.Name(), list(present), list(missing))
	}
}
GO
go mod init probe >/dev/null 2>&1
CGO_ENABLED=0 go get fyne.io/fyne/v2/theme@v2.8.1 golang.org/x/image/font/sfnt@v0.47.0 >/dev/null 2>&1
CGO_ENABLED=0 go run . | tee seen
cat >expected <<'TEXT'
NotoSans-Regular.ttf: ± × ° present, − ≤ missing
NotoSans-Bold.ttf: ± × ° present, − ≤ missing
InterSymbols-Regular.ttf: none present, ± × ° − ≤ missing
EmojiOneColor.otf: none present, ± × ° − ≤ missing
DejaVuSansMono-Powerline.ttf: ± × ° − ≤ present, none missing
TEXT
cmp seen expected
