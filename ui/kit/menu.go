package kit

import (
	"runtime"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Menu is a menu whose shortcuts can be read. Fyne draws them at a fifth of the text's
// strength, whatever the theme (v2.8.1); here they are of the entries' texts, at a tab
// stop that all share. macOS draws its menus itself.
func Menu(label string, entries ...*fyne.MenuItem) *fyne.Menu {
	if runtime.GOOS != "darwin" {
		spell(entries)
	}
	return fyne.NewMenu(label, entries...)
}

// tabStop is where texts go on behind a tab (Fyne's own).
const tabStop = 40

// spell writes the entries' shortcuts into their texts.
func spell(entries []*fyne.MenuItem) {
	width := func(text string) float32 { return fyne.MeasureText(text, theme.TextSize(), fyne.TextStyle{}).Width }
	column := 0
	for _, e := range entries {
		if _, ok := e.Shortcut.(fyne.KeyboardShortcut); ok {
			column = max(column, int(width(e.Label+" ")/tabStop)+1)
		}
	}
	for _, e := range entries {
		if s, ok := e.Shortcut.(fyne.KeyboardShortcut); ok {
			tabs := column - int(width(e.Label)/tabStop)
			e.Label += strings.Repeat("\t", tabs) + spelt(s)
			e.Shortcut = unseen{e.Shortcut}
		}
	}
}

// unseen is a shortcut that works, and that Fyne does not draw.
type unseen struct{ fyne.Shortcut }

// spelt writes a shortcut as "Ctrl+Shift+S".
func spelt(s fyne.KeyboardShortcut) string {
	var keys []string
	for _, m := range []struct {
		is   fyne.KeyModifier
		name string
	}{{fyne.KeyModifierControl, "Ctrl"}, {fyne.KeyModifierAlt, "Alt"}, {fyne.KeyModifierShift, "Shift"}, {fyne.KeyModifierSuper, "Super"}} {
		if s.Mod()&m.is != 0 {
			keys = append(keys, m.name)
		}
	}
	return strings.Join(append(keys, string(s.Key())), "+")
}
