package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// SearchEntry is an entry whose Escape and Down keys do more than edit.
type SearchEntry struct {
	widget.Entry
	OnEscape, OnDown func()
}

// TypedKey implements fyne.Focusable.
func (e *SearchEntry) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeyEscape:
		e.OnEscape()
	case fyne.KeyDown:
		e.OnDown()
	default:
		e.Entry.TypedKey(key)
	}
}
