package ui

import (
	"slices"
	"time"

	"scalecam/compare"
	"scalecam/network"
	"scalecam/ui/kit"
	"scalecam/ui/speak"
)

// viewState is what can be undone.
type viewState struct {
	view   compare.View
	class  string
	models []*network.Model
}

func (w *Window) viewState() viewState { return viewState{w.View, w.Class, w.Models} }

func (s viewState) equal(t viewState) bool {
	return s.view == t.view && s.class == t.class && slices.Equal(s.models, t.models)
}

// history is the views that were, for Undo and Redo.
type history struct {
	past, future []viewState
	last         string // what was changed last
	at           time.Time
}

const (
	// steps that belong together, as while a slider is dragged, are undone together.
	together = time.Second
	mostPast = 100
)

// note keeps a state that is about to be left by a change of the kind given.
func (h *history) note(before viewState, kind string, now time.Time) {
	if kind != h.last || now.Sub(h.at) > together {
		h.past = append(h.past, before)
		h.past = h.past[max(0, len(h.past)-mostPast):]
	}
	h.last, h.at, h.future = kind, now, nil
}

// back takes the newest state of from, for now, which goes to the others.
func (h *history) back(from, to *[]viewState, now viewState) (viewState, bool) {
	if len(*from) == 0 {
		return now, false
	}
	s := (*from)[len(*from)-1]
	*from = (*from)[:len(*from)-1]
	*to = append(*to, now)
	h.last = ""
	return s, true
}

// setView shows the comparison in another view. No network runs.
func (w *Window) setView(v compare.View) {
	w.changeView(viewState{v, w.Class, w.Models}, changed(w.View, v))
}

// setClass explains another class. No network runs.
func (w *Window) setClass(class string) {
	w.changeView(viewState{w.View, class, w.Models}, "class "+class)
}

// changed names what differs between two views.
func changed(a, b compare.View) string {
	switch {
	case a.Colormap != b.Colormap:
		return "colours"
	case a.Opacity != b.Opacity:
		return "opacity"
	case a.Contour != b.Contour:
		return "contour"
	case a.Shared != b.Shared:
		return "shared"
	case a.Interpolation != b.Interpolation:
		return "grid"
	}
	return "grey"
}

func (w *Window) changeView(to viewState, kind string) {
	now := w.viewState()
	if to.equal(now) {
		return
	}
	w.history.note(now, kind, w.now())
	w.showView(to)
}

// Undo goes back to the view before the last change, Redo forth again.
func (w *Window) Undo() {
	if s, ok := w.history.back(&w.history.past, &w.history.future, w.viewState()); ok {
		w.showView(s)
	}
}

// Redo takes the last Undo back.
func (w *Window) Redo() {
	if s, ok := w.history.back(&w.history.future, &w.history.past, w.viewState()); ok {
		w.showView(s)
	}
}

func (w *Window) showView(s viewState) {
	w.View, w.Class = s.view, s.class
	kit.SetText(w.rest, speak.Say("idle"))
	w.controls.show(s.view)
	w.enableMenus()
	if !slices.Equal(w.Models, s.models) {
		w.Models, w.enlarged = s.models, none
		w.compare()
		return
	}
	w.draw()
}
