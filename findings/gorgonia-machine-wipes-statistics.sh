#!/bin/sh
# gorgonia v0.9.18: NewTapeMachine sets each BatchNorm's running mean to 0 and its variance
# to 1 unless it is given EvalMode(). So a second machine made for further training, or
# one made to look at a trained network, takes away what SetStats set or training learnt,
# without a word; not running it, but making it does so.
#
# Seen on 29 November 2026 (Go 1.26):
#   SetStats:                   [3 5] [4 16]
#   NewTapeMachine(EvalMode()): [3 5] [4 16]
#   NewTapeMachine():           [0 0] [1 1]
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

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	g := G.NewGraph()
	of := func(name string, init G.InitWFn, shape ...int) *G.Node {
		return G.NewTensor(g, tensor.Float64, 4, G.WithName(name), G.WithShape(shape...), G.WithInit(init))
	}
	x := of("x", G.Ones(), 1, 2, 2, 2)
	_, _, _, op, err := G.BatchNorm(x, of("scale", G.Ones(), 1, 2, 1, 1), of("bias", G.Zeroes(), 1, 2, 1, 1), .9, 1e-5)
	must(err)
	must(op.SetStats(tensor.New(tensor.WithBacking([]float64{3, 5})), tensor.New(tensor.WithBacking([]float64{4, 16}))))
	stats := func(when string) {
		mean, variance := op.Stats()
		fmt.Println(when, mean.Data(), variance.Data())
	}
	stats("SetStats:                  ")
	G.NewTapeMachine(g, G.EvalMode()).Close()
	stats("NewTapeMachine(EvalMode()):")
	G.NewTapeMachine(g).Close()
	stats("NewTapeMachine():          ")
}
GO
go mod init probe >/dev/null 2>&1
go get gorgonia.org/gorgonia@v0.9.18 gorgonia.org/tensor@v0.9.25-0.20240409020000-068d850921c0 \
	go4.org/unsafe/assume-no-moving-gc@v0.0.0-20231121144256-b99613f794b6 >/dev/null 2>&1
CGO_ENABLED=0 go run . | tee seen
cat >expected <<'TEXT'
SetStats:                   [3 5] [4 16]
NewTapeMachine(EvalMode()): [3 5] [4 16]
NewTapeMachine():           [0 0] [1 1]
TEXT
cmp seen expected
