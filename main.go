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

func main() { os.Exit(cli.Run(os.Args[1:], os.Stdout, os.Stderr, window)) }

func window(w cli.Window) error {
	a := app.NewWithID("io.scalecam.scalecam")
	ui.New(a, ui.Options{Pictures: w.Pictures, Networks: w.Networks, Settings: w.Settings, Class: w.Class, Clipboard: pictures{}}).Show()
	a.Run()
	return nil
}
