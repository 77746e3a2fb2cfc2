#!/bin/sh
# gorgonia.org/tensor v0.9.24: WriteNpy writes a tensor's memory as it lies under the shape
# that it has. Of a tensor transposed by T, or one in column-major order, the file holds
# the right shape and wrong values, without an error (and says fortran_order False). After
# Transpose, which moves the values, a transposed one is right.
#
# Seen on 29 November 2026 (Go 1.26, NumPy 2.4.6):
#   row-major: tensor [0 1 2 3 4 5] NumPy [0 1 2 3 4 5]
#   T: tensor [0 3 1 4 2 5] NumPy [0 1 2 3 4 5]
#   T, Transpose: tensor [0 3 1 4 2 5] NumPy [0 3 1 4 2 5]
#   column-major: tensor [0 1 2 3 4 5] NumPy [0 3 1 4 2 5]
#
# Needs Go, Python 3 with venv, the Go module proxy and PyPI. Fails where this is so no
# more.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --no-cache-dir numpy==2.4.6
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"gorgonia.org/tensor"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// write prints a matrix row by row and writes it to a file of that name.
func write(name string, t *tensor.Dense) {
	var values []any
	for y := range t.Shape()[0] {
		for x := range t.Shape()[1] {
			v, err := t.At(y, x)
			must(err)
			values = append(values, v)
		}
	}
	fmt.Println(name+": tensor", values)
	file, err := os.Create(name + ".npy")
	must(err)
	must(t.WriteNpy(file))
	must(file.Close())
}

func main() {
	matrix := func() *tensor.Dense {
		return tensor.New(tensor.WithShape(2, 3), tensor.WithBacking([]float32{0, 1, 2, 3, 4, 5}))
	}
	write("row-major", matrix())
	view := matrix()
	must(view.T())
	write("T", view)
	moved := matrix()
	must(moved.T())
	must(moved.Transpose())
	write("T, Transpose", moved)
	write("column-major", tensor.New(tensor.WithShape(2, 3), tensor.AsFortran([]float32{0, 1, 2, 3, 4, 5})))
}
GO
cat >read.py <<'PYTHON'
import sys

import numpy as np

for line in sys.stdin:
    array = np.load(line.split(':')[0] + '.npy')
    print(line.rstrip(), f"NumPy [{' '.join(f'{v:g}' for v in array.flat)}]")
PYTHON
go mod init probe >/dev/null 2>&1
go get gorgonia.org/tensor@v0.9.24 \
	go4.org/unsafe/assume-no-moving-gc@v0.0.0-20231121144256-b99613f794b6 >/dev/null 2>&1
CGO_ENABLED=0 go run . >tensors
venv/bin/python read.py <tensors | tee seen
cat >expected <<'TEXT'
row-major: tensor [0 1 2 3 4 5] NumPy [0 1 2 3 4 5]
T: tensor [0 3 1 4 2 5] NumPy [0 1 2 3 4 5]
T, Transpose: tensor [0 3 1 4 2 5] NumPy [0 3 1 4 2 5]
column-major: tensor [0 1 2 3 4 5] NumPy [0 3 1 4 2 5]
TEXT
cmp seen expected
