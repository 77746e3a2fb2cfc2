#!/bin/sh
# gorgonia.org/tensor v0.9.24 and its commit of 9 April 2024 (068d850921c0): summing a
# contiguous row-major tensor of four axes along axis 2 gives wrong values, in the right
# shape and without an error; axes 0, 1 and 3 are right. gorgonia v0.9.18's Sum, Mean and
# Max rest on it, so the mean over height and width of pictures laid out as (batch,
# channel, height, width), which is global average pooling, is wrong in all but each
# picture's first channel. Reshaping to (batch, channel, height * width) and reducing the
# last axis is right.
#
# Seen on 29 November 2026 (Go 1.26; 0, 1, 2, ... as (2, 3, 4, 5)):
#   tensor v0.9.24
#   sum along 0: 0 of 60 wrong
#   sum along 1: 0 of 40 wrong
#   sum along 2: 20 of 30 wrong
#   sum along 3: 0 of 24 wrong
#   means of height and width: [9.5 29.5 49.5 69.5 89.5 109.5]
#   Mean(x, 2, 3):             [9.5 19.5 29.5 69.5 79.5 89.5]
#   Mean of the last axis:     [9.5 29.5 49.5 69.5 89.5 109.5]
# and the same of v0.9.25-0.20240409020000-068d850921c0.
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

// counted is a tensor of 0, 1, 2, ...
func counted(shape ...int) *tensor.Dense {
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(tensor.Range(tensor.Float64, 0, tensor.Shape(shape).TotalSize())))
}

// wrong says how many of a tensor's sums along an axis are not what loops give.
func wrong(t *tensor.Dense, axis int) (int, int) {
	sums, err := t.Sum(axis)
	must(err)
	inner := 1
	for _, n := range t.Shape()[axis+1:] {
		inner *= n
	}
	n, in, out := 0, t.Float64s(), sums.Float64s()
	for i, got := range out {
		want := 0.0
		for k := range t.Shape()[axis] {
			want += in[(i/inner*t.Shape()[axis]+k)*inner+i%inner]
		}
		if got != want {
			n++
		}
	}
	return n, len(out)
}

func main() {
	for axis := range 4 {
		n, all := wrong(counted(2, 3, 4, 5), axis)
		fmt.Printf("sum along %d: %d of %d wrong\n", axis, n, all)
	}
	means := make([]float64, 6)
	for i, v := range counted(2, 3, 4, 5).Float64s() {
		means[i/20] += v / 20
	}
	g := G.NewGraph()
	x := G.NewTensor(g, tensor.Float64, 4, G.WithName("x"), G.WithShape(2, 3, 4, 5), G.WithValue(counted(2, 3, 4, 5)))
	direct := G.Must(G.Mean(x, 2, 3))
	last := G.Must(G.Mean(G.Must(G.Reshape(x, tensor.Shape{2, 3, 20})), 2))
	machine := G.NewTapeMachine(g)
	defer machine.Close()
	must(machine.RunAll())
	fmt.Printf("means of height and width: %.4v\n", means)
	fmt.Printf("Mean(x, 2, 3):             %.4v\n", direct.Value().Data())
	fmt.Printf("Mean of the last axis:     %.4v\n", last.Value().Data())
}
GO
go mod init probe >/dev/null 2>&1
for version in v0.9.24 v0.9.25-0.20240409020000-068d850921c0; do
	go get gorgonia.org/gorgonia@v0.9.18 "gorgonia.org/tensor@$version" \
		go4.org/unsafe/assume-no-moving-gc@v0.0.0-20231121144256-b99613f794b6 >/dev/null 2>&1
	echo "tensor $version"
	CGO_ENABLED=0 go run .
done >seen
cat seen
for version in v0.9.24 v0.9.25-0.20240409020000-068d850921c0; do
	cat <<TEXT
tensor $version
sum along 0: 0 of 60 wrong
sum along 1: 0 of 40 wrong
sum along 2: 20 of 30 wrong
sum along 3: 0 of 24 wrong
means of height and width: [9.5 29.5 49.5 69.5 89.5 109.5]
Mean(x, 2, 3):             [9.5 19.5 29.5 69.5 79.5 89.5]
Mean of the last axis:     [9.5 29.5 49.5 69.5 89.5 109.5]
TEXT
done >expected
cmp seen expected
