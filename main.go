//go:build !headless

// Scalecam shows what scaling does to a network's attention: a window, or one
// of the commands of scalecam/cli.
package main

import (
	"os"

	"fyne.io/fyne/v2/app"

	"scalecam/cli"
	"scalecam/clipboard"
	"scalecam/filedialog"
	"scalecam/ui"
)

// id is the app's, under which Fyne keeps its preferences.
const id = "io.scalecam.scalecam"

func main() { os.Exit(cli.Run(os.Args[1:], os.Stdout, os.Stderr, window)) }

func window(w cli.Window) error {
	if err := ui.MendPreferences(ui.PreferencesPath(id)); err != nil {
		return err
	}
	a := app.NewWithID(id)
	ui.New(a, ui.Options{Pictures: w.Pictures, Networks: w.Networks, Settings: w.Settings, Class: w.Class, Clipboard: clipboard.Pictures{}, Dialogs: filedialog.Dialogs{}, Data: ui.DataPath(id)}).Show()
	a.Run()
	return nil
}
