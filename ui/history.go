package ui

import (
	"maps"
	"path/filepath"
	"slices"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	comparing "scalecam/ui/pages/compare"
	"scalecam/ui/speak"
)

// state is what is asked for, be it there yet or on its way.
func (w *Window) state() desk.State {
	s := desk.State{Album: w.Album, Networks: desk.Specs(w.Models), Class: w.Class, By: w.By, View: w.View, Wipe: w.Wipe, Page: w.Page, Erasure: w.Erasure, Lesson: w.Lesson, Inside: w.Inside}
	if w.opening.Busy() {
		s.Album = w.Sought
	}
	if w.loading.Busy() {
		if w.wanted.by != nil {
			s.By = *w.wanted.by
		}
		if w.wanted.replace {
			s.Networks = nil
		}
		for i, spec := range w.wanted.specs {
			s.Networks = append(s.Networks, desk.Spec{Name: spec, Stated: w.wanted.settingsOf(i), Called: w.wanted.nameOf(i)})
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
	w.history.Note(desk.Action{Kind: kind, Of: of, Before: before, After: w.state(), Drag: kit.Drag()}, w.now())
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
	w.act(changed(w.View, v), "", func() { w.showView(v) })
}

// setClass explains another class, the same to each network.
func (w *Window) setClass(class string) {
	by := w.By
	by.Own = false
	if class != "" && len(by.Against) > 0 {
		if found, err := pages.Find(w.Models, class); err == nil {
			by.Against = w.without(found.Class)
		}
	}
	w.act("class", class, func() { w.explain(class, by) })
}

// without are the classes that others are held against but one.
func (w *Window) without(class string) []string {
	return slices.DeleteFunc(slices.Clone(w.By.Against), func(other string) bool {
		found, err := pages.Find(w.Models, other)
		return other == class || err == nil && found.Class == class
	})
}

// against holds what is explained against a class, too, or no longer; "" against none.
func (w *Window) against(class string) {
	by := w.By
	by.Against = nil
	if class != "" {
		by.Against = w.without(class)
		if len(by.Against) == len(w.By.Against) {
			by.Against = append(by.Against, class)
		}
	}
	w.setBy("against", class, by)
}

// setOwn explains to each network what it predicts itself, or one class.
func (w *Window) setOwn(own bool) {
	by := w.By
	by.Own = own
	w.setBy("own", "", by)
}

// setMethod makes maps by another method; the layer makes way for it, and the window
// says so.
func (w *Window) setMethod(m *cam.Method) {
	by, layer := w.By, w.By.Layer
	by.Method = m
	if by.Check(w.Models) != nil {
		by.Layer = ""
	}
	if w.setBy("method", m.Title, by) && by.Layer != layer {
		kit.SetText(w.rest, speak.Say("by.layer", m.Title))
	}
}

// setLayer makes maps of another layer; the method makes way for it, and the window
// says so. The error lists the nearest names of layers.
func (w *Window) setLayer(name string) error {
	by, err := compare.ByName(w.By.Uses().Key, name)
	if err != nil {
		return err
	}
	by.Against, by.Own = w.By.Against, w.By.Own
	err = by.Check(w.Models)
	if err != nil {
		by.Method = cam.MethodHiResCAM
	}
	if by.Check(w.Models) != nil {
		return err
	}
	was := w.By.Uses()
	if w.setBy("layer", by.At(), by); by.Uses() != was {
		kit.SetText(w.rest, speak.Say("by.method", was.Title, by.Uses().Title))
	}
	return nil
}

// setBy makes maps in another way. What networks cannot have is told of, and all stays
// as it is.
func (w *Window) setBy(kind, of string, by compare.By) bool {
	if err := by.Check(w.Models); err != nil {
		w.fail(err)
		w.comparison.ShowBy()
		return false
	}
	w.dismiss()
	w.act(kind, of, func() {
		w.wanted.by = nil // what networks on their way would bring
		w.explain(w.Class, by)
	})
	return true
}

// explain explains a class by maps made in some way. Networks run where that takes
// runs; what is made of the last layer alone is there at once.
func (w *Window) explain(class string, by compare.By) {
	if class == w.Class && by.Equal(w.By) {
		return
	}
	runs, was := slices.ContainsFunc(w.Models, w.Runs), w.By
	w.Class, w.By = class, by
	w.letGo(was)
	w.rests()
	w.comparison.ShowBy()
	w.enable()
	if runs || slices.ContainsFunc(w.Models, w.Runs) {
		w.compare()
		return
	}
	w.Last.Class, w.Last.By = class, by
	w.comparison.Draw()
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

// erased is what is erased of the first picture shown.
func (w *Window) erased() compare.Erasure {
	if len(w.Pictures) == 0 {
		return compare.Erasure{}
	}
	return w.Erasure.Of(w.Pictures[w.comparison.Row()].Path)
}

// setErased erases something else of it.
func (w *Window) setErased(kind string, e compare.Erasure) {
	if len(w.Pictures) > 0 {
		w.act(kind, "", func() { w.showErased(desk.Erasure{Picture: w.Pictures[w.comparison.Row()].Path, Erasure: e}) })
	}
}

// setLesson teaches something else.
func (w *Window) setLesson(kind, of string, l desk.Lesson) {
	w.act(kind, of, func() { w.showLesson(l) })
}

func (w *Window) showLesson(l desk.Lesson) {
	if !l.Equal(w.Lesson) {
		w.Lesson = l
		w.teaching.Set(l)
	}
}

// showErased shows the page in sight anew where that shows what is erased.
func (w *Window) showErased(e desk.Erasure) {
	if !e.Equal(w.Erasure) {
		w.Erasure = e
		w.updatePage()
	}
}

// setInside takes a map apart in another way.
func (w *Window) setInside(kind, of string, i desk.Inside) {
	w.act(kind, of, func() { w.showInside(i) })
}

func (w *Window) showInside(i desk.Inside) {
	if i != w.Inside {
		w.Inside = i
		w.updatePage()
	}
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
	case a.Object != b.Object:
		return "object"
	case a.Consensus != b.Consensus:
		return "consensus"
	case a.Difference != b.Difference:
		return "difference"
	}
	return "grey"
}

// letGo lets go of what maps took that were made in another way.
func (w *Window) letGo(was compare.By) {
	if was.Uses() == w.By.Uses() && was.At() == w.By.At() || !slices.ContainsFunc(w.Models, func(m *network.Model) bool { return was.Runs(m) > 0 }) {
		return
	}
	results := maps.Clone(w.Results)
	w.tasks.Run.Go(func() {
		for at, cell := range results {
			cell.Activations.LetGo()
			at.Model.LetGo()
		}
	})
}

// showView shows the comparison in a view.
func (w *Window) showView(v compare.View) {
	if v == w.View {
		return
	}
	columns := w.Columns()
	w.View = v
	w.rests()
	w.comparison.Controls.Show(v)
	w.enable()
	if columns != w.Columns() {
		w.comparison.Enlarged = comparing.None
		w.comparison.Update()
		return
	}
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
		w.showView(to.View)
		w.setWipe(to.Wipe)
		w.showErased(to.Erasure)
		w.showLesson(to.Lesson)
		w.showInside(to.Inside)
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
		if slices.EqualFunc(now.Networks, to.Networks, desk.Spec.Equal) {
			w.explain(to.Class, to.By)
		} else { // which others may not have
			w.explain(to.Class, w.By)
			w.bringNetworks(to.Networks, to.By)
		}
	})
	w.enable()
}

// bringNetworks shows networks, of which those are opened that are not there.
func (w *Window) bringNetworks(specs []desk.Spec, by compare.By) {
	w.loading.Cancel()
	w.comparison.Enlarged = comparing.None
	want, there := wanted{replace: true, builtIn: true, by: &by}, slices.Clone(w.Models)
	for _, s := range specs {
		var m *network.Model
		if i := slices.IndexFunc(there, func(m *network.Model) bool { return s.Same(desk.SpecOf(m)) }); i >= 0 {
			m = there[i]
			there = slices.Delete(there, i, i+1)
		}
		want.specs, want.each, want.called, want.have = append(want.specs, s.Name), append(want.each, s.Stated), append(want.called, s.Called), append(want.have, m)
		want.builtIn = want.builtIn && models.BuiltIn(s.Name)
	}
	if !slices.Contains(want.have, nil) {
		w.Models, w.By = want.have, by
		w.Rename(want.called)
		w.fit()
		w.comparison.ShowBy()
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
	case "against":
		if of == "" {
			return speak.Say("action.against.none")
		}
		of = speak.Class(of)
	case "page":
		of = speak.Say("tab." + of)
	case "pack":
		of = speak.Say("pack." + of)
	case "second":
		if of == "" {
			return speak.Say("action.second.none")
		}
		of = speak.Class(of)
	case "remove", "add", "state", "rename", "inside":
		of = speak.Network(filepath.Base(of))
	}
	if of == "" {
		return speak.Say("action." + a.Kind)
	}
	const most = 40 // letters
	return speak.Say("action."+a.Kind, kit.Cut(of, most))
}
