#!/bin/sh
# gorgonia v0.9.18: BatchNorm given nil for scale and bias does not take ones and zeros, nor
# one of each a channel. Both become trainable tensors of the whole input's shape, batch
# included, filled with random numbers around 0: the layer's output is noise to begin
# with, weights depend on a picture's place in the batch, and a network trained so can't
# be run on another batch size. Scale and bias of (1, channels, 1, 1) have to be made by
# hand.
#
# Seen on 29 November 2026 (Go 1.26):
#   input: (8, 16, 12, 12) scale: (8, 16, 12, 12) bias: (8, 16, 12, 12)
#   more than a third of the scales are negative: true
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

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

func main() {
	g := G.NewGraph()
	x := G.NewTensor(g, tensor.Float64, 4, G.WithName("x"), G.WithShape(8, 16, 12, 12), G.WithInit(G.GlorotU(1)))
	_, scale, bias, _, err := G.BatchNorm(x, nil, nil, .9, 1e-5)
	if err != nil {
		panic(err)
	}
	negative := 0
	values := scale.Value().Data().([]float64)
	for _, v := range values {
		if v < 0 {
			negative++
		}
	}
	fmt.Println("input:", x.Shape(), "scale:", scale.Shape(), "bias:", bias.Shape())
	fmt.Println("more than a third of the scales are negative:", 3*negative > len(values))
}
GO
go mod init probe >/dev/null 2>&1
go get gorgonia.org/gorgonia@v0.9.18 gorgonia.org/tensor@v0.9.25-0.20240409020000-068d850921c0 \
	go4.org/unsafe/assume-no-moving-gc@v0.0.0-20231121144256-b99613f794b6 >/dev/null 2>&1
CGO_ENABLED=0 go run . | tee seen
cat >expected <<'TEXT'
input: (8, 16, 12, 12) scale: (8, 16, 12, 12) bias: (8, 16, 12, 12)
more than a third of the scales are negative: true
TEXT
cmp seen expected
