package ui

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"path/filepath"
	"reflect"
	"slices"

	"scalecam/compare"
	"scalecam/compare/record"
	"scalecam/fault"
	"scalecam/file"
	"scalecam/network/models"
	"scalecam/network/tensorfile"
	"scalecam/picture"
	"scalecam/ui/desk"
	"scalecam/ui/pages"
	comparing "scalecam/ui/pages/compare"
	"scalecam/ui/speak"
)

// sessionExtension is that of a session's file: JSON, as record.Session.
const sessionExtension = ".scalecam"

// windowState is how the window was set, beside what draws its figure.
type windowState struct {
	Sources  []file.Path                `json:"sources"`
	At       int                        `json:"at"`
	Tab      string                     `json:"tab"` // a page's name; "" for the comparison
	Enlarged int                        `json:"enlarged"`
	Wipe     float64                    `json:"wipe"`
	Pages    map[string]json.RawMessage `json:"pages,omitempty"`

	// Erased is what is taken out of another picture than the first, which record.Settings
	// has no place for.
	Erased *erased `json:"erased,omitempty"`
}

type erased struct {
	Picture file.Path       `json:"picture"`
	Erase   compare.Erasure `json:"erase"`
}

// session is the view as it is, of a scene with a whole comparison. Unlike what is
// exported, it says where the files are: it is to be opened here again.
func (w *Window) session(of *comparing.Scene) (*record.Session, error) {
	s := windowState{At: w.At, Enlarged: w.comparison.Enlarged, Wipe: w.Wipe, Pages: map[string]json.RawMessage{}}
	if p := w.visible(); p != nil {
		s.Tab = p.Name()
	}
	for _, p := range w.pages {
		state, err := json.Marshal(p.State())
		if err != nil {
			return nil, fault.Errorf("ui: the page %s: %w", p.Name(), err)
		}
		s.Pages[p.Name()] = state
	}
	for _, path := range w.Sources {
		s.Sources = append(s.Sources, file.Path(whole(path)))
	}
	if i := slices.IndexFunc(of.Pictures, func(p *picture.Picture) bool { return !w.Erasure.Of(p.Path).Empty() }); i > 0 {
		s.Erased = &erased{file.Path(whole(of.Pictures[i].Path)), w.Erasure.Erasure}
	}
	set, err := json.Marshal(s)
	if err != nil {
		return nil, fault.Errorf("ui: the session: %w", err)
	}
	settings := record.SettingsOf(of.Comparison, pages.Exported(of.View), record.WholePaths)
	if e := w.Erasure.Of(of.Pictures[0].Path); !e.Empty() {
		settings.Erase = &e
	}
	for i, path := range settings.Pictures {
		settings.Pictures[i] = file.Path(whole(string(path)))
	}
	for i := range settings.Networks {
		n := &settings.Networks[i]
		n.Spec = file.Path(wholeSpec(string(n.Spec)))
	}
	return &record.Session{Settings: settings, Window: set}, nil
}

// whole is the path from the root of the file that a path names; of a picture that
// needs no file it is its own.
func whole(path string) string {
	if record.NeedsNoFile(path) {
		return path
	}
	return fromRoot(path)
}

// wholeSpec is the same of a network's spec.
func wholeSpec(spec string) string {
	if models.Named(spec) {
		return spec
	}
	return fromRoot(spec)
}

func fromRoot(path string) string {
	if absolute, err := filepath.Abs(path); err == nil {
		return absolute
	}
	return path
}

// saveSession writes the view to a file that reopens it.
func (w *Window) saveSession(of *comparing.Scene, path string) {
	s, err := w.session(of)
	if err != nil {
		w.fail(err)
		return
	}
	w.write(func(context.Context) ([]file.File, error) {
		data, err := record.Encode(s)
		return []file.File{{Path: path, Data: data}}, err
	}, path)
}

// write makes files in the background and writes them, whole or not at all;
// path names them to the user.
func (w *Window) write(content func(ctx context.Context) ([]file.File, error), path string) {
	w.save(textSaving(path), func(ctx context.Context) error {
		files, err := content(ctx)
		if err == nil {
			err = ctx.Err() // cancelled: nothing is written
		}
		if err == nil {
			err = file.Write(files...)
		}
		return err
	}, func() {
		w.rest.SetText(textSaved(path))
		if filepath.Ext(path) == sessionExtension {
			w.addRecent([]string{path})
		}
	})
}

// save saves in the background, one thing at a time; when it is cancelled, do's
// ctx ends. A window that was closed meanwhile closes after it, unless it failed.
func (w *Window) save(text string, do func(ctx context.Context) error, saved func()) {
	if w.saving.Busy() {
		w.fail(errors.New(speak.Say("task.busy")))
		return
	}
	t := w.saving.Begin(text)
	w.tasks.Run.Go(func() {
		err := do(t.Ctx)
		w.saving.Finish(t, func() {
			if err != nil {
				w.leaving = false
				w.fail(err)
				return
			}
			saved()
			if w.leaving {
				w.window.Close()
			}
		})
	})
}

// openSession shows the view that a session's file holds, or a PNG of
// Scalecam's.
//
// Files that it names without saying where they are, and that are not beside it,
// are asked for; places are those that were chosen.
func (w *Window) openSession(path string, places ...string) {
	t := w.listing.Begin(textOpening(path))
	w.tasks.Run.Go(func() {
		s, err := record.ReadSession(path)
		if err == nil {
			err = s.Find(t.Ctx, places...)
		}
		var by compare.By
		if err == nil {
			by, err = s.Settings.By()
		}
		if err == nil {
			err = record.Check(t.Ctx, by, file.Names(s.Settings.Pictures), desk.MostRows, s.Settings.Networks)
		}
		w.listing.Finish(t, func() {
			var missing *record.Missing
			if errors.As(err, &missing) {
				w.askFor(missing, func(chosen string) {
					w.openSession(path, append(slices.Clone(places), chosen, filepath.Dir(chosen))...)
				})
				return
			}
			if err == nil {
				w.act("session", filepath.Base(path), func() { err = w.restore(s) })
			}
			if err != nil {
				w.fail(err)
				w.removeRecent([]string{path})
			} else {
				w.addRecent([]string{path})
				w.rest.SetText(speak.Say("session.reopened", filepath.Base(path)))
			}
		})
	})
}

// askFor says that a session's file is not found, and asks where it is.
func (w *Window) askFor(m *record.Missing, chosen func(path string)) {
	key, k, extensions := "missing.picture", ofPictures, picture.Extensions
	if m.Network {
		key, k, extensions = "missing.network", ofWeights, tensorfile.Extensions
	}
	text := speak.Say(key, filepath.Base(m.Session), m.Name)
	if m.Other != "" {
		text = speak.Say("missing.other", m.Other, filepath.Base(m.Session))
	}
	w.fail(errors.New(text))
	w.choose(k, extensions, chosen)
}

// checkPages refuses pages' states of which something would be overlooked, before
// any is restored.
func (w *Window) checkPages(states map[string]json.RawMessage) error {
	for _, name := range slices.Sorted(maps.Keys(states)) {
		i := slices.IndexFunc(w.pages, func(p pages.Page) bool { return p.Name() == name })
		if i < 0 {
			return fault.Errorf("ui: there is no page %q", name)
		}
		if err := record.Decode(states[name], reflect.New(reflect.TypeOf(w.pages[i].State())).Interface()); err != nil {
			return err
		}
	}
	return nil
}

// restore shows the view of a session.
func (w *Window) restore(s *record.Session) error {
	view, err := s.Settings.View()
	if err != nil {
		return err
	}
	by, err := s.Settings.By()
	if err != nil {
		return err
	}
	state := windowState{Enlarged: comparing.None}
	if len(s.Window) > 0 {
		err := record.Decode(s.Window, &state)
		if err == nil {
			err = w.checkPages(state.Pages)
		}
		if err == nil && state.Erased != nil {
			err = state.Erased.Erase.Check()
		}
		if err != nil {
			return fault.Errorf("ui: the session's window cannot be read: %w; save the session anew", err)
		}
	}
	if n := len(state.Sources); n > desk.MostAlbum {
		return fault.Errorf("ui: the session has %d pictures; at most %d are opened at a time: make one of fewer", n, desk.MostAlbum)
	}
	for _, path := range state.Sources {
		if err := file.CheckLocal(string(path)); err != nil {
			return fault.Errorf("ui: in the session, %w", err)
		}
	}
	rows := len(s.Settings.Pictures)
	if state.At < 0 || state.At > len(state.Sources)-rows || !slices.Equal(state.Sources[state.At:][:rows], s.Settings.Pictures) {
		state.Sources, state.At = s.Settings.Pictures, 0
	}
	view.Zoom = 0
	w.showView(view)
	w.explain(s.Settings.Asks(0), w.By)
	want := wanted{replace: true, builtIn: true, by: &by, then: func() {
		if state.Enlarged < w.Columns()*max(rows, 1) {
			w.comparison.Enlarged = max(state.Enlarged, comparing.None)
		}
	}}
	for _, n := range s.Settings.Networks {
		want.specs = append(want.specs, string(n.Spec))
		want.each, want.called = append(want.each, n.Set), append(want.called, n.Name)
		want.builtIn = want.builtIn && models.BuiltIn(string(n.Spec))
	}
	w.setWipe(min(max(state.Wipe, 0), 1))
	w.Erasure = desk.Erasure{}
	if e := state.Erased; e != nil {
		w.Erasure = desk.Erasure{Picture: string(e.Picture), Erasure: e.Erase}
		w.comparison.Pick(max(slices.Index(s.Settings.Pictures, e.Picture), 0))
	}
	if e := s.Settings.Erase; e != nil {
		w.Erasure = desk.Erasure{Picture: string(s.Settings.Pictures[0]), Erasure: *e}
		if len(s.Window) == 0 { // a figure of that
			state.Tab = "erase"
		}
	}
	w.openAlbum(desk.Album{Sources: file.Names(state.Sources), At: state.At, Rows: rows})
	w.openNetworks(want)
	tab := 0
	for i, p := range w.pages {
		if data, ok := state.Pages[p.Name()]; ok {
			p.Restore(data)
		}
		if p.Name() == state.Tab {
			tab = i + 1
		}
	}
	w.tabs.SelectIndex(tab)
	return nil
}
