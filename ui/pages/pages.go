// Package pages is what the window's views behind tabs have in common.
package pages

import (
	"encoding/json"

	"fyne.io/fyne/v2"

	"scalecam/network"
	"scalecam/picture"
	"scalecam/ui/desk"
)

// Page is one of the window's views, behind a tab. It is made anew when the
// language changes.
type Page interface {
	Name() string // in sessions and preferences: "inside"
	Title() string
	Icon() fyne.Resource
	Content() fyne.CanvasObject // made once

	// Update shows what has changed. It is called when the page comes into
	// sight, while it is in sight whenever another scene is shown, and when it has
	// gone out of sight, where it lets go of what it shows.
	Update()

	// State is what the user has set on the page, to be written as JSON, and
	// Restore sets it again. What cannot be restored is left as it is.
	State() any
	Restore(state json.RawMessage)
}

// Keyed is a Page that has the keys which nothing else takes, while it is in sight.
type Keyed interface {
	Key(name fyne.KeyName) bool // what it does, if anything
}

// Leaver is a Page that may ask before the window closes: it then does so itself, by then,
// once the user agrees.
type Leaver interface {
	Leave(then func()) (asks bool)
}

// Taker is a Page that takes pictures and folders itself that are dropped on it, at a place
// on the canvas, or pasted while it is in sight, at no place.
type Taker interface {
	Take(at *fyne.Position, paths []string)
}

// Host is what a page asks of the window.
type Host interface {
	Runner() desk.Runner
	Models() []*network.Model     // those compared
	Pictures() []*picture.Picture // those shown
	Window() fyne.Window          // for what lies over it
	Closed() bool                 // and so shows nothing any more
	Fail(err error)               // tells of it
	Dismiss()                     // what was told of
	Tell(text string)             // in the line beneath, until something else is; "" for nothing
}
