//go:build ci && !headless

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2/app"

	"scalecam/ui"
)

// TestPreferences: the app starts with any file of preferences. Each start is a
// program of its own: Fyne goes on watching the file.
func TestPreferences(t *testing.T) {
	path := filepath.Join(os.TempDir(), "fyne-test", id, "preferences.json") // where Fyne's software driver keeps them
	if os.Getenv("SCALECAM_START") != "" {
		if err := ui.MendPreferences(path); err != nil {
			t.Fatal(err)
		}
		a := app.NewWithID(id)
		ui.New(a, ui.Options{})
		if got := a.Preferences().String("theme"); got != "dark" {
			t.Errorf("the theme is %q, want that of the file", got)
		}
		return
	}
	for _, text := range []string{
		`{"recent": ["a", 1], "theme": "dark"}`,
		`{"recent": [1, "a"], "theme": "dark"} more`,
		`{"recent": [true, null], "theme": "dark"}`,
		`{"recent": 5, "width": "wide", "height": null, "view": [], "folder": {}, "language": 1, "theme": "dark"}`,
		`{"recent": {"a": 1}, "width": 1e308, "height": -1, "view": "{", "folder": "\u0000", "language": "xx", "theme": "dark"}`,
	} {
		t.Setenv("TMPDIR", t.TempDir())
		path := filepath.Join(os.TempDir(), "fyne-test", id, "preferences.json")
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		start := exec.Command(os.Args[0], "-test.run=^TestPreferences$")
		start.Env = append(os.Environ(), "SCALECAM_START=1")
		if out, err := start.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", text, err, out)
		}
	}
}
