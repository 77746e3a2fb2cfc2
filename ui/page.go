package ui

import (
	"encoding/json"

	"fyne.io/fyne/v2"

	"scalecam/compare/evaluate"
)

// page is one of the window's views, behind a tab. It is made anew when the
// language changes.
type page interface {
	name() string // in sessions and preferences: "inside"
	title() string
	icon() fyne.Resource
	content() fyne.CanvasObject // made once

	// update shows what has changed. It is called when the page comes into
	// sight, and while it is in sight whenever another scene is shown.
	update()

	// state is what the user has set on the page, to be written as JSON, and
	// restore sets it again. What cannot be restored is left as it is.
	state() any
	restore(state json.RawMessage)

	// tasks are the places of the page's own tasks.
	tasks() []**task
}

// lasting is what pages do and have found, which outlives a change of language.
type lasting struct {
	measuring, timing *task
	own               *evaluate.Evaluation // of the user's networks; nil until some were measured
	back              bool                 // to the program's own, though there is one
}

// study is the page of that, and its place.
func (w *Window) study() (*studyPage, int) {
	for i, p := range w.pages {
		if s, ok := p.(*studyPage); ok {
			return s, i
		}
	}
	panic("ui: no page for the study")
}

// visible is the page in sight; nil while it is the comparison.
func (w *Window) visible() page {
	if i := w.tabs.SelectedIndex() - 1; i >= 0 {
		return w.pages[i]
	}
	return nil
}

// updatePage updates the page in sight.
func (w *Window) updatePage() {
	if p := w.visible(); p != nil {
		p.update()
	}
}
