package ui

import (
	"path/filepath"
	"slices"

	"scalecam/compare"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	comparing "scalecam/ui/pages/compare"
	"scalecam/ui/speak"
)

// state is what is asked for, be it there yet or on its way.
func (w *Window) state() desk.State {
	s := desk.State{Album: w.Album, Networks: desk.Specs(w.Models), Class: w.Class, View: w.View, Wipe: w.Wipe, Page: w.Page}
	if w.opening.Busy() {
		s.Album = w.Sought
	}
	if w.loading.Busy() {
		if w.wanted.replace {
			s.Networks = nil
		}
		for i, spec := range w.wanted.specs {
			s.Networks = append(s.Networks, desk.Spec{Name: spec, Stated: w.wanted.settingsOf(i)})
		}
	}
	return s
}

// act does what the user asked for, as one step of the history, which what it
// calls is part of.
func (w *Window) act(kind, of string, do func()) {
	if w.acting {
		do()
		return
	}
	before := w.state()
	w.quietly(do)
	w.history.Note(desk.Action{Kind: kind, Of: of, Before: before, After: w.state()}, w.now())
	w.enable()
}

// quietly does what is no step of the history.
func (w *Window) quietly(do func()) {
	before := w.acting
	w.acting = true
	do()
	w.acting = before
}

// setView shows the comparison in another view. No network runs.
func (w *Window) setView(v compare.View) {
	w.act(changed(w.View, v), "", func() { w.showView(v, w.Class) })
}

// setClass explains another class. No network runs.
func (w *Window) setClass(class string) {
	w.act("class", class, func() { w.showView(w.View, class) })
}

// setWipe shows the pictures themselves up to that share of their width.
func (w *Window) setWipe(share float64) {
	if share == w.Wipe {
		return
	}
	w.act("wipe", "", func() {
		w.Wipe = share
		w.comparison.Controls.ShowWipe(share)
		w.comparison.Draw()
	})
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

// showView shows the comparison in a view, of a class.
func (w *Window) showView(v compare.View, class string) {
	if v == w.View && class == w.Class {
		return
	}
	w.View, w.Class = v, class
	kit.SetText(w.rest, speak.Say("idle"))
	w.comparison.Controls.Show(v)
	w.enable()
	w.comparison.Draw()
}

// Undo takes the last action back.
func (w *Window) Undo() {
	if to, ok := w.history.Undo(w.state()); ok {
		w.ask(to)
	}
}

// Redo makes the action again that Undo took back last.
func (w *Window) Redo() {
	if to, ok := w.history.Redo(w.state()); ok {
		w.ask(to)
	}
}

// ask asks for a state, of which pictures and networks are opened that are not
// there.
func (w *Window) ask(to desk.State) {
	w.quietly(func() {
		now := w.state()
		w.showView(to.View, to.Class)
		w.setWipe(to.Wipe)
		w.tabs.SelectIndex(w.tab(to.Page))
		switch {
		case now.Album.Equal(to.Album):
		case to.Album.Equal(w.Album): // others are on their way
			w.opening.Cancel()
			w.reopen, w.Sought = false, w.Album
			w.showProgress()
		default:
			w.bring(to.Album)
		}
		if !slices.EqualFunc(now.Networks, to.Networks, desk.Spec.Equal) {
			w.bringNetworks(to.Networks)
		}
	})
	w.enable()
}

// bringNetworks shows networks, of which those are opened that are not there.
func (w *Window) bringNetworks(specs []desk.Spec) {
	w.loading.Cancel()
	w.comparison.Enlarged = comparing.None
	want, there := wanted{replace: true, builtIn: true}, slices.Clone(w.Models)
	for _, s := range specs {
		var m *network.Model
		if i := slices.IndexFunc(there, func(m *network.Model) bool { return s.Equal(desk.Spec{Name: m.Spec, Stated: m.Stated}) }); i >= 0 {
			m = there[i]
			there = slices.Delete(there, i, i+1)
		}
		want.specs, want.each, want.have = append(want.specs, s.Name), append(want.each, s.Stated), append(want.have, m)
		want.builtIn = want.builtIn && models.BuiltIn(s.Name)
	}
	if !slices.Contains(want.have, nil) {
		w.Models = want.have
		w.compare()
		return
	}
	w.openNetworks(want)
}

// tab is the place of a page, by its name; that of the comparison where there is
// none.
func (w *Window) tab(page string) int {
	for i, p := range w.pages {
		if p.Name() == page {
			return i + 1
		}
	}
	return 0
}

// textAction is what an action of the user's is called.
func textAction(a *desk.Action) string {
	of := a.Of
	switch a.Kind {
	case "class":
		if of == "" {
			return speak.Say("action.class.first")
		}
		of = speak.Class(of)
	case "page":
		of = speak.Say("tab." + of)
	case "pack":
		of = speak.Say("pack." + of)
	case "remove", "add":
		of = speak.Network(filepath.Base(of))
	}
	if of == "" {
		return speak.Say("action." + a.Kind)
	}
	const most = 40 // letters
	return speak.Say("action."+a.Kind, kit.Cut(of, most))
}
