#!/bin/sh
# gorgonia v0.9.18: AveragePool2D divides each window's sum by the width of its input,
# not by the number of values in the window, so it is right only where the two are equal
# (2 x 2 windows on pictures 4 wide). Its gradient is wrong there, too: windows weighted
# by 1, 2, 3 and 4 should hand 0.25, 0.5, 0.75 and 1 to each of their four values.
# AveragePool1D takes maxima. Nothing gives an error.
#
# Seen on 29 November 2026 (Go 1.26):
#   mean of ones, 4 wide: 1
#   mean of ones, 8 wide: 0.5
#   mean of ones, 16 wide: 0.25
#   gradient, 4 wide: [0.25 0.5 0 0]
#   gradient, 4 wide: [0.75 1 0 0]
#   gradient, 4 wide: [0 0 0 0]
#   gradient, 4 wide: [0 0 0 0]
#   AveragePool1D of 0 to 5 by 2: [1 3 5]
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

func run(g *G.ExprGraph) {
	machine := G.NewTapeMachine(g)
	defer machine.Close()
	must(machine.RunAll())
}

// ones is a square picture of ones and its pooling by windows of 2 x 2.
func ones(side int) (x, y *G.Node) {
	g := G.NewGraph()
	x = G.NewTensor(g, tensor.Float64, 4, G.WithName("x"), G.WithShape(1, 1, side, side), G.WithInit(G.Ones()))
	y, err := G.AveragePool2D(x, tensor.Shape{2, 2}, []int{0, 0}, []int{2, 2})
	must(err)
	return x, y
}

func main() {
	for _, side := range []int{4, 8, 16} {
		x, y := ones(side)
		run(x.Graph())
		fmt.Printf("mean of ones, %d wide: %v\n", side, y.Value().Data().([]float64)[0])
	}

	x, y := ones(4)
	weights := G.NewTensor(x.Graph(), tensor.Float64, 4, G.WithName("weights"), G.WithShape(1, 1, 2, 2), G.WithInit(G.RangedFrom(1)))
	gradient, err := G.Grad(G.Must(G.Sum(G.Must(G.HadamardProd(y, weights)))), x)
	must(err)
	run(x.Graph())
	for row := range 4 {
		fmt.Println("gradient, 4 wide:", gradient[0].Value().Data().([]float64)[4*row:4*row+4])
	}

	x = G.NewTensor(G.NewGraph(), tensor.Float64, 4, G.WithName("x"), G.WithShape(1, 1, 1, 6), G.WithInit(G.RangedFrom(0)))
	y, err = G.AveragePool1D(x, 2, 0, 2)
	must(err)
	run(x.Graph())
	fmt.Println("AveragePool1D of 0 to 5 by 2:", y.Value().Data())
}
GO
go mod init probe >/dev/null 2>&1
go get gorgonia.org/gorgonia@v0.9.18 gorgonia.org/tensor@v0.9.25-0.20240409020000-068d850921c0 \
	go4.org/unsafe/assume-no-moving-gc@v0.0.0-20231121144256-b99613f794b6 >/dev/null 2>&1
CGO_ENABLED=0 go run . | tee seen
cat >expected <<'TEXT'
mean of ones, 4 wide: 1
mean of ones, 8 wide: 0.5
mean of ones, 16 wide: 0.25
gradient, 4 wide: [0.25 0.5 0 0]
gradient, 4 wide: [0.75 1 0 0]
gradient, 4 wide: [0 0 0 0]
gradient, 4 wide: [0 0 0 0]
AveragePool1D of 0 to 5 by 2: [1 3 5]
TEXT
cmp seen expected
