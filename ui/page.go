package ui

import (
	"scalecam/ui/pages"
	"scalecam/ui/pages/study"
)

// study is the page for that, and its place.
func (w *Window) study() (*study.Page, int) {
	for i, p := range w.pages {
		if s, ok := p.(*study.Page); ok {
			return s, i
		}
	}
	panic("ui: no page for the study")
}

// visible is the page in sight; nil while it is the comparison.
func (w *Window) visible() pages.Page {
	if i := w.tabs.SelectedIndex() - 1; i >= 0 {
		return w.pages[i]
	}
	return nil
}

// updatePage updates the page in sight.
func (w *Window) updatePage() {
	if p := w.visible(); p != nil {
		p.Update()
	}
}
