#!/bin/sh
# No program that Go 1.22 or newer built starts under wine 8 (Debian 12): Go's runtime
# wants ProcessPrng of bcryptprimitives.dll, which wine has from version 9 on. A library of
# that name whose one function calls advapi32's SystemFunction036 is enough (tools/ports.sh).
#
# Seen on 30 November 2026 (Go 1.26, wine 8.0):
#   fatal error: bcryptprimitives.dll not found
#
# Needs Go and wine. Fails where this is so no more.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf 'package main\n\nfunc main() { println("started") }\n' >main.go
printf 'module finding\n\ngo 1.26\n' >go.mod
CGO_ENABLED=0 GOOS=windows go build -o program.exe .
export WINEDEBUG=-all WINEPREFIX="$folder/wine" WINEDLLOVERRIDES=mscoree,mshtml=
wine wineboot --init >/dev/null 2>&1
wine program.exe >out 2>&1 || true
grep -o 'fatal error: bcryptprimitives.dll not found' out
