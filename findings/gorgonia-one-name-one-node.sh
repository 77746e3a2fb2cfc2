#!/bin/sh
# gorgonia v0.9.18: two input nodes of one graph that have the same name, or none, and
# the same shape are one node. The second one's value is dropped without an error, and
# two layers whose weights are both called "w" share them. WithName's documentation says
# that names help in debugging.
#
# Seen on 29 November 2026 (Go 1.26):
#   a and b: one node: false [1 2] + [10 20] = [11 22]
#   w and w: one node: true [1 2] + [10 20] = [2 4]
#   no name: one node: true [1 2] + [10 20] = [2 4]
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

// sum adds two vectors in a graph.
func sum(options ...[]G.NodeConsOpt) {
	g := G.NewGraph()
	var nodes [2]*G.Node
	for i, values := range [][]float64{{1, 2}, {10, 20}} {
		all := append([]G.NodeConsOpt{G.WithShape(2), G.WithValue(tensor.New(tensor.WithBacking(values)))}, options[i]...)
		nodes[i] = G.NewVector(g, tensor.Float64, all...)
	}
	y := G.Must(G.Add(nodes[0], nodes[1]))
	machine := G.NewTapeMachine(g)
	defer machine.Close()
	if err := machine.RunAll(); err != nil {
		panic(err)
	}
	fmt.Println("one node:", nodes[0] == nodes[1], "[1 2] + [10 20] =", y.Value().Data())
}

func main() {
	name := func(s string) []G.NodeConsOpt { return []G.NodeConsOpt{G.WithName(s)} }
	fmt.Print("a and b: ")
	sum(name("a"), name("b"))
	fmt.Print("w and w: ")
	sum(name("w"), name("w"))
	fmt.Print("no name: ")
	sum(nil, nil)
}
GO
go mod init probe >/dev/null 2>&1
go get gorgonia.org/gorgonia@v0.9.18 gorgonia.org/tensor@v0.9.25-0.20240409020000-068d850921c0 \
	go4.org/unsafe/assume-no-moving-gc@v0.0.0-20231121144256-b99613f794b6 >/dev/null 2>&1
CGO_ENABLED=0 go run . | tee seen
cat >expected <<'TEXT'
a and b: one node: false [1 2] + [10 20] = [11 22]
w and w: one node: true [1 2] + [10 20] = [2 4]
no name: one node: true [1 2] + [10 20] = [2 4]
TEXT
cmp seen expected
