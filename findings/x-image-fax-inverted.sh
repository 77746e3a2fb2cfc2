#!/bin/sh
# golang.org/x/image/tiff v0.47.0: a fax-coded picture (CCITT Group 3 or 4) whose
# PhotometricInterpretation is 1, BlackIsZero, comes out with black and white exchanged,
# and no error. With 0, WhiteIsZero, it is right. Both are the same picture to libtiff and
# Pillow: the coding has white and black runs, and the tag says which bit they become.
#
# Seen on 29 November 2026 (Go 1.26, Pillow 13.0.0; a row of 6 black pixels, 10 white):
#   group3, WhiteIsZero: Pillow ......########## x/image ......##########
#   group3, BlackIsZero: Pillow ......########## x/image ######..........
#   group4, WhiteIsZero: Pillow ......########## x/image ......##########
#   group4, BlackIsZero: Pillow ......########## x/image ######..........
# (a dot is black, a hash white).
#
# Needs Go, Python 3 with venv, the Go module proxy and PyPI. Fails where this is so no
# more.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --no-cache-dir pillow==13.0.0
cat >write.py <<'PYTHON'
from PIL import Image

row = Image.new('1', (16, 16), 255)
row.paste(0, (0, 0, 6, 16))
for coding in 'group3', 'group4':
    for tag, meaning in enumerate(('WhiteIsZero', 'BlackIsZero')):
        name = f'{coding}, {meaning}'
        row.save(name, 'TIFF', compression=coding, tiffinfo={262: tag})
        with Image.open(name) as read:
            assert read.tag_v2[262] == tag
            print(name + ': Pillow', ''.join('#' if read.getpixel((x, 0)) else '.' for x in range(16)))
PYTHON
cat >main.go <<'GO'
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"golang.org/x/image/tiff"
)

// main adds to each line about a file, "name: ...", what x/image reads.
func main() {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		name, _, _ := strings.Cut(lines.Text(), ":")
		file, err := os.Open(name)
		if err != nil {
			panic(err)
		}
		img, err := tiff.Decode(file)
		if err != nil {
			panic(err)
		}
		fmt.Print(lines.Text(), " x/image ")
		for x := range 16 {
			if r, _, _, _ := img.At(x, 0).RGBA(); r > 0 {
				fmt.Print("#")
			} else {
				fmt.Print(".")
			}
		}
		fmt.Println()
	}
}
GO
go mod init probe >/dev/null 2>&1
go get golang.org/x/image/tiff@v0.47.0 >/dev/null 2>&1
venv/bin/python write.py >pillow
CGO_ENABLED=0 go run . <pillow | tee seen
cat >expected <<'TEXT'
group3, WhiteIsZero: Pillow ......########## x/image ......##########
group3, BlackIsZero: Pillow ......########## x/image ######..........
group4, WhiteIsZero: Pillow ......########## x/image ......##########
group4, BlackIsZero: Pillow ......########## x/image ######..........
TEXT
cmp seen expected
