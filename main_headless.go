//go:build headless

// Scalecam's commands without the window: no C compiler, no Fyne, static.
package main

import (
	"os"

	"scalecam/cli"
)

func main() { os.Exit(cli.Run(os.Args[1:], os.Stdout, os.Stderr, nil)) }
