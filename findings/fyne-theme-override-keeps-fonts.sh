#!/bin/sh
# Fyne v2.8.1: each Refresh of a container.ThemeOverride has the fonts of the texts in it
# parsed anew, and those parsed before are kept with it: memory grows by some 6 MB a
# refresh of one label. It is given back only when the whole application's theme is set
# anew. Refreshing the label without that container takes nothing. (By heap in use after
# collection, of 50 refreshes and captures with the test driver.)
#
# Seen on 29 November 2026 (Go 1.26):
#   a label grows by more than 1 MB a refresh: false
#   a label in a ThemeOverride grows by more than 1 MB a refresh: true
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
	"runtime"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// inUse is how many bytes of the heap are in use after collection.
func inUse() int {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// grown prints whether memory grows by more than a megabyte with each refresh.
func grown(name string, o fyne.CanvasObject) {
	window := test.NewWindow(o)
	defer window.Close()
	before := 0
	for i := range 55 {
		if i == 5 {
			before = inUse()
		}
		o.Refresh()
		window.Canvas().Capture()
	}
	fmt.Println(name, "grows by more than 1 MB a refresh:", inUse()-before > 50e6)
}

func main() {
	app := test.NewApp()
	app.Settings().SetTheme(theme.DefaultTheme())
	grown("a label", widget.NewLabel("text"))
	grown("a label in a ThemeOverride", container.NewThemeOverride(widget.NewLabel("text"), theme.DefaultTheme()))
}
GO
go mod init probe >/dev/null 2>&1
for package in canvas container driver/software test theme widget; do
	CGO_ENABLED=0 go get "fyne.io/fyne/v2/$package@v2.8.1" >/dev/null 2>&1
done
CGO_ENABLED=0 go run . | tee seen
cat >expected <<'TEXT'
a label grows by more than 1 MB a refresh: false
a label in a ThemeOverride grows by more than 1 MB a refresh: true
TEXT
cmp seen expected
