#!/bin/sh
# golang.org/x/image/webp v0.47.0: a lossy picture comes back as image.YCbCr with the
# values that VP8 stores, luma from 16 to 235, while image.YCbCr means JPEG's full range.
# So whoever takes its colours gets black as 16 and white as 235, and paler ones between:
# a picture of less contrast, with no error. libwebp (Pillow) widens the range.
#
# Seen on 29 November 2026 (Go 1.26, Pillow 13.0.0):
#   black: Pillow 0 0 0, x/image 16 16 16
#   white: Pillow 255 255 255, x/image 235 235 235
#   red: Pillow 255 1 0, x/image 239 15 14
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

for name in 'black', 'white', 'red':
    Image.new('RGB', (16, 16), name).save(name, 'WEBP', quality=90)
    with Image.open(name) as read:
        print(name + ': Pillow', *read.convert('RGB').getpixel((8, 8)))
PYTHON
cat >main.go <<'GO'
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"golang.org/x/image/webp"
)

// main adds to each line about a file, "name: ...", what x/image reads.
func main() {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		name, _, _ := strings.Cut(lines.Text(), ":")
		file, err := os.Open(name)
		if err != nil {
			panic(err)
		}
		img, err := webp.Decode(file)
		if err != nil {
			panic(err)
		}
		r, g, b, _ := img.At(8, 8).RGBA()
		fmt.Printf("%s, x/image %d %d %d\n", lines.Text(), r>>8, g>>8, b>>8)
	}
}
GO
go mod init probe >/dev/null 2>&1
go get golang.org/x/image/webp@v0.47.0 >/dev/null 2>&1
venv/bin/python write.py >pillow
CGO_ENABLED=0 go run . <pillow | tee seen
cat >expected <<'TEXT'
black: Pillow 0 0 0, x/image 16 16 16
white: Pillow 255 255 255, x/image 235 235 235
red: Pillow 255 1 0, x/image 239 15 14
TEXT
cmp seen expected
