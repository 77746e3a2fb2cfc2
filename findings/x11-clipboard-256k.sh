#!/bin/sh
# golang.design/x/clipboard v0.9.0, on X11: a picture of more than 256 KiB is
# written to the clipboard without an error, and whoever pastes it gets nothing.
# One of 250 kB arrives whole; v0.7.1, over libX11, delivered larger ones, too.
# An X server takes 256 KiB (65,535 words) in one request unless BIG-REQUESTS is
# asked for, and ICCCM 2.7.2 has owners send more piece by piece (INCR).
#
# Seen on 29 November 2026 (Go 1.26, Debian's Xvfb and xclip):
#   v0.9.0: wrote 249981 bytes, pasted 249981
#   v0.9.0: wrote 270428 bytes, pasted 0
#
# Needs Go, Xvfb, xclip and the Go module proxy. Fails where this is so no more.
set -eu
version=v0.9.0
folder=$(mktemp -d)
display=:$((100 + $$ % 400))
Xvfb "$display" -screen 0 640x480x24 >/dev/null 2>&1 &
server=$!
trap 'kill $server; rm -rf "$folder"' EXIT
cd "$folder"
cat >main.go <<'GO'
package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"strconv"
	"time"

	"golang.design/x/clipboard"
)

// main puts a picture of noise, of so many pixels a side, on the clipboard and
// holds it for some seconds.
func main() {
	side, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	img, noise := image.NewRGBA(image.Rect(0, 0, side, side)), rand.New(rand.NewPCG(1, 1))
	for i := range img.Pix {
		img.Pix[i] = byte(noise.Uint32()) | 3
	}
	var data bytes.Buffer
	if err := png.Encode(&data, img); err != nil {
		panic(err)
	}
	if err := clipboard.Init(); err != nil {
		panic(err)
	}
	clipboard.Write(context.Background(), clipboard.FmtImage, data.Bytes())
	fmt.Println(data.Len())
	time.Sleep(5 * time.Second)
}
GO
go mod init probe >/dev/null 2>&1
go get "golang.design/x/clipboard@$version" >/dev/null 2>&1
CGO_ENABLED=0 go build -o probe .
sleep 2
export DISPLAY="$display"

# paste SIDE: bytes written and bytes pasted.
paste() {
	./probe "$1" >written &
	probe=$!
	sleep 2
	pasted=$(timeout 3 xclip -o -selection clipboard -t image/png 2>/dev/null | wc -c)
	wait $probe
	echo "$version: wrote $(cat written) bytes, pasted $pasted"
}

small=$(paste 250)
large=$(paste 260)
echo "$small"
echo "$large"
[ "$small" = "$version: wrote 249981 bytes, pasted 249981" ]
[ "$large" = "$version: wrote 270428 bytes, pasted 0" ]
