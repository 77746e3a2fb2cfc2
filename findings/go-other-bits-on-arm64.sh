#!/bin/sh
# A Go program computes other bits on arm64 than on amd64, with no option to ask for the
# same: the compiler fuses x*y + z into one rounding on arm64 (the language allows it; only
# an explicit float64(x*y) + z keeps it from that), in package math, too, and math.Exp is
# assembly of its own on both. With -d=fmahash=qn, a switch for debugging the compiler, no
# product is fused; what is left is math.Exp and what calls it (Pow, Tanh).
#
# Seen on 30 November 2026 (Go 1.26, qemu-aarch64 7.2), shares of 200,000 values that differ:
#   x*y + x     0.58, with fmahash=qn 0
#   math.Log    0.30, with fmahash=qn 0
#   math.Exp    0.50, with fmahash=qn 0.16
#
# Needs Go on amd64 and qemu-aarch64. Fails where this is so no more.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >main.go <<'GO'
package main

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
)

func main() {
	for name, f := range map[string]func(x, y float64) float64{
		"sum": func(x, y float64) float64 { return x*y + x },
		"log": func(x, _ float64) float64 { return math.Log(math.Abs(x)) },
		"exp": func(x, _ float64) float64 { return math.Exp(x) },
	} {
		chance := rand.New(rand.NewPCG(1, 2))
		var values []byte
		for range 200_000 {
			values = binary.LittleEndian.AppendUint64(values, math.Float64bits(f(chance.Float64()*40-20, chance.Float64()*4-2)))
		}
		if err := os.WriteFile(os.Args[1]+"."+name, values, 0o644); err != nil {
			panic(err)
		}
	}
}
GO
cat >go.mod <<'MOD'
module finding

go 1.26
MOD
export CGO_ENABLED=0
go build -o amd64 .
GOARCH=arm64 go build -o arm64 .
GOARCH=arm64 go build -gcflags=all=-d=fmahash=qn -o unfused .
./amd64 a && qemu-aarch64 ./arm64 b && qemu-aarch64 ./unfused c
state() { cmp -s "$1" "$2" && echo same || echo other; }
got="sum $(state a.sum b.sum) $(state a.sum c.sum), log $(state a.log b.log) $(state a.log c.log), exp $(state a.exp b.exp) $(state a.exp c.exp)"
echo "$got"
[ "$got" = 'sum other same, log other same, exp other other' ]
