//go:build !headless

// Scalecam shows what scaling does to a network's attention: a window, or one
// of the commands of scalecam/cli.
package main

import (
	"os"

	"fyne.io/fyne/v2/app"

	"scalecam/cli"
	"scalecam/ui"
)

func main() {
	os.Exit(cli.Run(os.Args[1:], os.Stdout, os.Stderr, func(w cli.Window) error {
		return ui.Run(app.NewWithID("io.scalecam.scalecam"), w)
	}))
}
