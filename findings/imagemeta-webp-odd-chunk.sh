#!/bin/sh
# github.com/bep/imagemeta v1.0.1: EXIF of a WebP is not found, with no error, where a chunk
# before it has an odd length, so a photograph turned by its EXIF orientation is shown
# lying on its side. RIFF pads such a chunk by a byte, which isn't counted in its length
# and isn't skipped here. Pixels of lossless pictures often have an odd length.
#
# Seen on 29 November 2026 (Go 1.26, Pillow 13.0.0):
#   pixels in an even chunk: Pillow orientation 6, imagemeta orientation 6
#   pixels in an odd chunk: Pillow orientation 6, imagemeta no orientation
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
import struct

from PIL import Image

exif = Image.Exif()
exif[0x0112] = 6
wanted = {0: 'even', 1: 'odd'}
side = 8
while wanted:
    Image.linear_gradient('L').resize((side, side)).convert('RGB').save('try', 'WEBP', lossless=True, exif=exif)
    with open('try', 'rb') as file:
        data = file.read()
    at = data.index(b'VP8L') + 4
    name = wanted.pop(struct.unpack('<I', data[at:at + 4])[0] % 2, None)
    if name:
        with open(name, 'wb') as file:
            file.write(data)
        with Image.open(name) as read:
            print(f'pixels in an {name} chunk: Pillow orientation', read.getexif()[0x0112])
    side += 8
PYTHON
cat >main.go <<'GO'
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/bep/imagemeta"
)

// main adds to each line about a file, "pixels in an NAME chunk: ...", what imagemeta reads.
func main() {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		file, err := os.Open(strings.Fields(lines.Text())[3])
		if err != nil {
			panic(err)
		}
		found := "no orientation"
		_, err = imagemeta.Decode(imagemeta.Options{
			R:           file,
			ImageFormat: imagemeta.WebP,
			Sources:     imagemeta.EXIF,
			HandleTag: func(tag imagemeta.TagInfo) error {
				if tag.Tag == "Orientation" {
					found = fmt.Sprint("orientation ", tag.Value)
				}
				return nil
			},
		})
		if err != nil {
			panic(err)
		}
		fmt.Printf("%s, imagemeta %s\n", lines.Text(), found)
	}
}
GO
go mod init probe >/dev/null 2>&1
go get github.com/bep/imagemeta@v1.0.1 >/dev/null 2>&1
venv/bin/python write.py | sort >pillow
CGO_ENABLED=0 go run . <pillow | tee seen
cat >expected <<'TEXT'
pixels in an even chunk: Pillow orientation 6, imagemeta orientation 6
pixels in an odd chunk: Pillow orientation 6, imagemeta no orientation
TEXT
cmp seen expected
