#!/bin/sh
# gorgonia v0.9.18: the AdamW solver never changes a weight. Step returns no error and
# zeroes the gradients, but what it computes goes into a copy of the weights. Adam, run
# alike, moves them. (f(w) = w1^2 + w2^2 + w3^2, ten steps from 1, 2, 3 at a learning rate
# of 0.1.)
#
# Seen on 29 November 2026 (Go 1.26):
#   Adam, float32: [0.076 1.025 2.014]
#   AdamW, float32: [1.000 2.000 3.000]
#   Adam, float64: [0.076 1.025 2.014]
#   AdamW, float64: [1.000 2.000 3.000]
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

// steps takes ten steps down the sum of squares and prints where the weights are.
func steps(name string, solver G.Solver, start any) {
	g := G.NewGraph()
	value := tensor.New(tensor.WithBacking(start))
	w := G.NewVector(g, value.Dtype(), G.WithName("w"), G.WithShape(3), G.WithValue(value))
	_, err := G.Grad(G.Must(G.Sum(G.Must(G.Square(w)))), w)
	must(err)
	machine := G.NewTapeMachine(g, G.BindDualValues(w))
	defer machine.Close()
	for range 10 {
		must(machine.RunAll())
		must(solver.Step(G.NodesToValueGrads(G.Nodes{w})))
		machine.Reset()
	}
	fmt.Printf("%s, %v: %.3f\n", name, value.Dtype(), w.Value().Data())
}

func main() {
	rate := G.WithLearnRate(.1)
	for _, start := range []func() any{
		func() any { return []float32{1, 2, 3} },
		func() any { return []float64{1, 2, 3} },
	} {
		steps("Adam", G.NewAdamSolver(rate), start())
		steps("AdamW", G.NewAdamW(rate), start())
	}
}
GO
go mod init probe >/dev/null 2>&1
go get gorgonia.org/gorgonia@v0.9.18 gorgonia.org/tensor@v0.9.25-0.20240409020000-068d850921c0 \
	go4.org/unsafe/assume-no-moving-gc@v0.0.0-20231121144256-b99613f794b6 >/dev/null 2>&1
CGO_ENABLED=0 go run . | tee seen
cat >expected <<'TEXT'
Adam, float32: [0.076 1.025 2.014]
AdamW, float32: [1.000 2.000 3.000]
Adam, float64: [0.076 1.025 2.014]
AdamW, float64: [1.000 2.000 3.000]
TEXT
cmp seen expected
