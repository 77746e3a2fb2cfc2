#!/bin/sh
# gorgonia v0.9.18: a tape machine that has run does nothing in a second RunAll unless
# Reset is called between the two. There is no error, and the outputs stay those of the
# first inputs. RunAll's documentation does not mention it.
#
# Seen on 29 November 2026 (Go 1.26):
#   squares of [1 2] are [1 4]
#   squares of [3 4] are [1 4]
#   squares of [3 4] are [9 16]
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
	x := G.NewVector(g, tensor.Float64, G.WithName("x"), G.WithShape(2))
	y := G.Must(G.Square(x))
	machine := G.NewTapeMachine(g)
	defer machine.Close()
	square := func(values ...float64) {
		must(G.Let(x, tensor.New(tensor.WithBacking(values))))
		must(machine.RunAll())
		fmt.Println("squares of", values, "are", y.Value().Data())
	}
	square(1, 2)
	square(3, 4)
	machine.Reset()
	square(3, 4)
}
GO
go mod init probe >/dev/null 2>&1
go get gorgonia.org/gorgonia@v0.9.18 gorgonia.org/tensor@v0.9.25-0.20240409020000-068d850921c0 \
	go4.org/unsafe/assume-no-moving-gc@v0.0.0-20231121144256-b99613f794b6 >/dev/null 2>&1
CGO_ENABLED=0 go run . | tee seen
cat >expected <<'TEXT'
squares of [1 2] are [1 4]
squares of [3 4] are [1 4]
squares of [3 4] are [9 16]
TEXT
cmp seen expected
