#!/bin/sh
# gorgonia v0.9.18: in EvalMode the gradient of BatchNorm on (batch, channel, height,
# width) is too large, by a factor of some hundreds. It divides by the standard deviation
# of the last batch trained on (none here, so by the root of epsilon), where what was
# computed divided by the running one. Values are right. Saliency and class activation
# maps of a trained network, which take just this gradient, are wrong in each channel by
# another factor.
#
# Seen on 29 November 2026 (Go 1.26):
#   channel 0: central difference 0.500, gradient 316.228
#   channel 1: central difference 0.250, gradient 316.228
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

// total is the sum of x normalised by a running mean of 3 and variances of 4 and 16, and
// its gradient.
func total(x []float64) (float64, []float64) {
	g := G.NewGraph()
	in := G.NewTensor(g, tensor.Float64, 4, G.WithName("x"), G.WithShape(1, 2, 2, 2), G.WithValue(tensor.New(tensor.WithShape(1, 2, 2, 2), tensor.WithBacking(x))))
	scale := G.NewTensor(g, tensor.Float64, 4, G.WithName("scale"), G.WithShape(1, 2, 1, 1), G.WithInit(G.Ones()))
	bias := G.NewTensor(g, tensor.Float64, 4, G.WithName("bias"), G.WithShape(1, 2, 1, 1), G.WithInit(G.Zeroes()))
	y, _, _, op, err := G.BatchNorm(in, scale, bias, .9, 1e-5)
	must(err)
	must(op.SetStats(tensor.New(tensor.WithBacking([]float64{3, 3})), tensor.New(tensor.WithBacking([]float64{4, 16}))))
	sum := G.Must(G.Sum(y))
	gradient, err := G.Grad(sum, in)
	must(err)
	machine := G.NewTapeMachine(g, G.EvalMode())
	defer machine.Close()
	must(machine.RunAll())
	return sum.Value().Data().(float64), gradient[0].Value().Data().([]float64)
}

func main() {
	at := func(i int, step float64) []float64 {
		x := []float64{1, 2, 3, 4, 5, 6, 7, 8}
		x[i] += step
		return x
	}
	_, gradient := total(at(0, 0))
	for channel, i := range []int{0, 4} {
		above, _ := total(at(i, .01))
		below, _ := total(at(i, -.01))
		fmt.Printf("channel %d: central difference %.3f, gradient %.3f\n", channel, (above-below)/.02, gradient[i])
	}
}
GO
go mod init probe >/dev/null 2>&1
go get gorgonia.org/gorgonia@v0.9.18 gorgonia.org/tensor@v0.9.25-0.20240409020000-068d850921c0 \
	go4.org/unsafe/assume-no-moving-gc@v0.0.0-20231121144256-b99613f794b6 >/dev/null 2>&1
CGO_ENABLED=0 go run . | tee seen
cat >expected <<'TEXT'
channel 0: central difference 0.500, gradient 316.228
channel 1: central difference 0.250, gradient 316.228
TEXT
cmp seen expected
