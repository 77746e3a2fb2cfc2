#!/bin/sh
# gorgonia v0.9.18, the last release, as `go get` resolves it: a program that imports it
# builds and then ends at once on Go 1.26, before main. It asks for a version of
# go4.org/unsafe/assume-no-moving-gc that ends any program on a Go newer than itself,
# deliberately. A newer one of that module, which has no release tags, is enough.
#
# Seen on 29 November 2026 (Go 1.26):
#   as resolved: assume-no-moving-gc v0.0.0-20211027215541-db492cf91b37: hasn't been updated
#   newer: assume-no-moving-gc v0.0.0-20231121144256-b99613f794b6: 2 squared is 4
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
)

func main() {
	g := G.NewGraph()
	y := G.Must(G.Square(G.NewScalar(g, G.Float64, G.WithName("x"), G.WithValue(2.0))))
	machine := G.NewTapeMachine(g)
	defer machine.Close()
	if err := machine.RunAll(); err != nil {
		panic(err)
	}
	fmt.Println("2 squared is", y.Value())
}
GO
module=go4.org/unsafe/assume-no-moving-gc

# start NAME: the module's version and what the program says.
start() {
	CGO_ENABLED=0 go build -o probe .
	echo "$1: $(go list -m "$module" | sed 's,.*/,,'): $(./probe 2>&1 | grep -o "hasn't been updated\|2 squared is 4")"
}
go mod init probe >/dev/null 2>&1
go get gorgonia.org/gorgonia@v0.9.18 >/dev/null 2>&1
start "as resolved" >seen
go get "$module@v0.0.0-20231121144256-b99613f794b6" >/dev/null 2>&1
start newer >>seen
cat seen
cat >expected <<'TEXT'
as resolved: assume-no-moving-gc v0.0.0-20211027215541-db492cf91b37: hasn't been updated
newer: assume-no-moving-gc v0.0.0-20231121144256-b99613f794b6: 2 squared is 4
TEXT
cmp seen expected
