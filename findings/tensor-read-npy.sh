#!/bin/sh
# gorgonia.org/tensor v0.9.24: ReadNpy reads NumPy's boolean arrays as all false and
# big-endian ones as if they were little-endian, both without an error. (Integers of 64
# bits, NumPy's default, it refuses with "binary.Read: invalid type *int".)
#
# Seen on 29 November 2026 (Go 1.26, NumPy 2.4.6; 0 to 5 as (2, 3)):
#   little-endian float32: NumPy [0 1 2 3 4 5] tensor [0 1 2 3 4 5]
#   big-endian float32: NumPy [0 1 2 3 4 5] tensor [0 4.6006e-41 9e-44 2.3049e-41 4.6007e-41 5.7487e-41]
#   odd, as booleans: NumPy [false true false true false true] tensor [false false false false false false]
#
# Needs Go, Python 3 with venv, the Go module proxy and PyPI. Fails where this is so no
# more.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --no-cache-dir numpy==2.4.6
cat >write.py <<'PYTHON'
import numpy as np

numbers = np.arange(6).reshape(2, 3)
for name, array in {
    'little-endian float32': numbers.astype('<f4'),
    'big-endian float32': numbers.astype('>f4'),
    'odd, as booleans': numbers % 2 == 1,
}.items():
    np.save(f'{name}.npy', array)
    shown = ' '.join(f'{v:g}' if array.dtype.kind == 'f' else str(v).lower() for v in np.load(f'{name}.npy').flat)
    print(f'{name}: NumPy [{shown}]')
PYTHON
cat >main.go <<'GO'
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"gorgonia.org/tensor"
)

// main adds to each line about a file, "name: ...", what tensor reads.
func main() {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		name, _, _ := strings.Cut(lines.Text(), ":")
		file, err := os.Open(name + ".npy")
		if err != nil {
			panic(err)
		}
		var t tensor.Dense
		if err := t.ReadNpy(file); err != nil {
			panic(err)
		}
		fmt.Println(lines.Text(), "tensor", t.Data())
	}
}
GO
go mod init probe >/dev/null 2>&1
go get gorgonia.org/tensor@v0.9.24 \
	go4.org/unsafe/assume-no-moving-gc@v0.0.0-20231121144256-b99613f794b6 >/dev/null 2>&1
venv/bin/python write.py >numpy
CGO_ENABLED=0 go run . <numpy | tee seen
cat >expected <<'TEXT'
little-endian float32: NumPy [0 1 2 3 4 5] tensor [0 1 2 3 4 5]
big-endian float32: NumPy [0 1 2 3 4 5] tensor [0 4.6006e-41 9e-44 2.3049e-41 4.6007e-41 5.7487e-41]
odd, as booleans: NumPy [false true false true false true] tensor [false false false false false false]
TEXT
cmp seen expected
