#!/bin/sh
# golang.org/x/image/tiff v0.47.0: a whole, valid picture whose colours lie in planes of
# their own (PlanarConfiguration 2, as libtiff's tiffcp -p separate, GDAL and OME-TIFF
# write it) is refused as an invalid file with "not enough pixel data". It isn't said to
# be unsupported, so a program can't tell it from a file cut short. DecodeConfig takes it.
#
# Seen on 29 November 2026 (Go 1.26, Debian's libtiff-tools):
#   colours together: 16 x 16, decoded
#   colours in planes: 16 x 16, tiff: invalid format: not enough pixel data
#   planes put together again by tiffcp: the same pixels
#
# Needs Go, the Go module proxy and Debian's libtiff-tools. Fails where this is so no more.
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
	"os"
	"os/exec"
	"reflect"

	"golang.org/x/image/tiff"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// read prints what x/image says of a file.
func read(what, name string) image.Image {
	file, err := os.Open(name)
	must(err)
	defer file.Close()
	c, err := tiff.DecodeConfig(file)
	must(err)
	_, err = file.Seek(0, 0)
	must(err)
	img, err := tiff.Decode(file)
	if err != nil {
		fmt.Printf("%s: %d x %d, %v\n", what, c.Width, c.Height, err)
		return nil
	}
	if what != "" {
		fmt.Printf("%s: %d x %d, decoded\n", what, c.Width, c.Height)
	}
	return img
}

func main() {
	m := image.NewRGBA(image.Rect(0, 0, 16, 16))
	for i := range 256 {
		m.Set(i%16, i/16, color.RGBA{uint8(i % 16 * 16), uint8(i), 90, 255})
	}
	file, err := os.Create("written.tif")
	must(err)
	must(tiff.Encode(file, m, nil))
	must(file.Close())
	// libtiff writes the two, with the fourth sample (the encoder's alpha) kept.
	must(exec.Command("tiffcp", "-p", "contig", "written.tif", "together.tif").Run())
	must(exec.Command("tiffcp", "-p", "separate", "together.tif", "planes.tif").Run())
	must(exec.Command("tiffcp", "-p", "contig", "planes.tif", "again.tif").Run())
	before := read("colours together", "together.tif")
	read("colours in planes", "planes.tif")
	if reflect.DeepEqual(before, read("", "again.tif")) {
		fmt.Println("planes put together again by tiffcp: the same pixels")
	}
}
GO
go mod init probe >/dev/null 2>&1
go get golang.org/x/image/tiff@v0.47.0 >/dev/null 2>&1
CGO_ENABLED=0 go run . | tee seen
cat >expected <<'TEXT'
colours together: 16 x 16, decoded
colours in planes: 16 x 16, tiff: invalid format: not enough pixel data
planes put together again by tiffcp: the same pixels
TEXT
cmp seen expected
