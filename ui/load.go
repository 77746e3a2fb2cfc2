package ui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/fault"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/network/tensorfile"
	"scalecam/picture"
	"scalecam/ui/desk"
	"scalecam/ui/pages"
	comparing "scalecam/ui/pages/compare"
	"scalecam/ui/speak"
)

// openPictures opens the first of an album's pictures and shows it to the
// networks.
func (w *Window) openPictures(sources []string) {
	w.openAlbum(desk.Album{Sources: sources, At: 0, Rows: 1})
}

// openAlbum shows pictures of an album. Until they are open, and where none can
// be opened, all stays as it is. While pictures are being opened, the newest
// request waits and those before it are dropped: what is opened meanwhile is
// shown, but the networks wait.
func (w *Window) openAlbum(a desk.Album) {
	if len(a.Sources) == 0 {
		return
	}
	a = a.Fit()
	w.act("open", speak.File(a.Sources[a.At]), func() {
		w.follow(a)
		w.bring(a)
	})
}

// bring is openAlbum, as part of what the user did.
func (w *Window) bring(a desk.Album) {
	if n := len(a.Sources); n > desk.MostAlbum {
		w.fail(fault.Errorf("ui: %d pictures are to be opened; at most %d are at a time: open a folder with fewer", n, desk.MostAlbum))
		return
	}
	w.Sought = a
	if w.opening.Busy() {
		w.reopen = true
		w.opening.Now().Text = textOpening(a.Sources[a.At])
		return
	}
	w.reopen = false
	fresh := !slices.Equal(a.Sources, w.Sources)
	w.rests()
	t := w.opening.Begin(textOpening(a.Sources[a.At]))
	beside, by := desk.Networks(w.Models), w.By
	w.tasks.Run.Go(func() {
		pictures, err := a.Open(t.Ctx, beside, by)
		for fresh && len(pictures) == 0 && a.At+a.Rows < len(a.Sources) && t.Ctx.Err() == nil {
			a.At++ // its first that can be opened
			pictures, _ = a.Open(t.Ctx, beside, by)
		}
		w.opening.Finish(t, func() {
			if err != nil {
				w.fail(err)
			}
			if len(pictures) > 0 {
				if fresh && !w.reopen {
					w.Sought = a
				}
				w.Album, w.Pictures = a, pictures
				if err != nil && a.Rows > 1 { // go on without those that cannot be opened
					w.Album = a.Without(pictures)
					w.Sought = w.Album
				}
				w.Results = map[desk.Pair]compare.Cell{}
			}
			if w.reopen {
				w.stop()
				w.update()
				w.bring(w.Sought)
				return
			}
			w.opened(a, pictures)
			if len(pictures) == 0 {
				w.history.Failed(w.state(), desk.AlbumPart)
			} else {
				w.history.Opened(w.state(), desk.AlbumPart)
			}
			if len(pictures) > 0 || len(w.Missing()) > 0 { // of those shown, which may be newer than what has run
				w.compare()
			}
		})
	})
}

// turn opens the pictures by so many further on in the album, or back, and from
// its end goes on at its beginning.
func (w *Window) turn(by int) {
	last := len(w.Sought.Sources) - w.Sought.Rows
	switch at := w.Sought.At + by; {
	case at < 0:
		w.turnTo(last)
	case at > last:
		w.turnTo(0)
	default:
		w.turnTo(at)
	}
}

// turnTo opens the pictures from a place in the album on. Of an album that is all
// in sight, or not there yet, there are no others.
func (w *Window) turnTo(at int) {
	a := w.Sought
	if len(a.Sources) <= a.Rows {
		return
	}
	w.dismiss()
	a.At = at
	a = a.Fit()
	w.act("turn", speak.File(a.Sources[a.At]), func() {
		w.follow(a)
		w.bring(a)
	})
}

// setRows shows so many pictures of the album at once.
func (w *Window) setRows(rows int) {
	if a := w.Sought; len(a.Sources) > 0 {
		a.Rows = rows
		w.act("rows", "", func() { w.openAlbum(a) })
	}
}

// openPaths opens files and folders: pictures as an album, weights files as
// networks, a session as the view that it holds. Pictures and weights are told by
// how they begin, and not by their names.
func (w *Window) openPaths(paths []string) {
	if len(paths) == 0 {
		return
	}
	w.dismiss()
	t := w.listing.Begin(textOpening(paths[0]))
	w.tasks.Run.Go(func() {
		var pictures, networks, sessions []string
		var err error
		for _, path := range paths {
			info, failed := os.Stat(path)
			switch ext := strings.ToLower(filepath.Ext(path)); {
			case failed == nil && info.IsDir():
				files, failed := compare.PictureFiles(path)
				err = errors.Join(err, failed)
				pictures = append(pictures, files...)
			case ext == sessionExtension:
				sessions = append(sessions, path)
			case tensorfile.Looks(path) || slices.Contains(tensorfile.Extensions, ext) && !picture.Looks(path):
				networks = append(networks, path)
			default: // what else is dropped is taken for a picture
				pictures = append(pictures, path)
			}
		}
		w.listing.Finish(t, func() {
			if err != nil {
				w.fail(err)
			}
			if len(sessions) > 0 {
				w.openSession(sessions[0])
				return
			}
			if len(pictures) == 0 {
				w.add(networks)
				return
			}
			w.asked, w.askedOf = slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return slices.Contains(networks, p) }), pictures
			w.act("open", speak.File(paths[0]), func() {
				w.showPictures()
				w.openAlbum(desk.Album{Sources: pictures, Rows: desk.RowsFor(len(pictures))})
				w.add(networks)
			})
		})
	})
}

// showPictures brings into sight what shows pictures, where the page there does not.
func (w *Window) showPictures() {
	if p := w.visible(); p != nil && p.Name() != "inside" && p.Name() != "erase" {
		w.tabs.SelectIndex(0)
	}
}

// wanted are networks to open.
type wanted struct {
	specs    []string
	settings models.Settings
	replace  bool // the networks that are there, rather than add to them
	// double adds a single network at twice its own size: comparing
	// resolutions is what one file can show.
	double bool
	// builtIn networks, which come with the program or are untrained, make way
	// for the user's own.
	builtIn bool
	// each has settings of its own, in the order of specs; nil for settings.
	each   []models.Settings
	called []string         // what the user calls them, likewise
	have   []*network.Model // those that are open already, in the order of specs
	by     *compare.By      // how their maps are made; nil for as those of before
	then   func()           // once they are there
}

// nameOf is what the user calls the network of a spec; "" for its own name.
func (want *wanted) nameOf(i int) string {
	if i < len(want.called) {
		return want.called[i]
	}
	return ""
}

// settingsOf are the settings stated for a spec.
func (want *wanted) settingsOf(i int) models.Settings {
	if i < len(want.each) {
		return want.each[i]
	}
	return want.settings
}

// openNetworks opens networks and shows the pictures to them.
func (w *Window) openNetworks(want wanted) {
	var beside []*network.Network
	if !want.replace {
		beside = desk.Networks(w.Models)
	}
	if n := len(beside) + len(want.specs); n > desk.MostNetworks {
		w.fail(errors.New(speak.Say("networks.too many", n, desk.MostNetworks)))
		if len(beside) >= desk.MostNetworks {
			return
		}
		want.specs = want.specs[:desk.MostNetworks-len(beside)]
	}
	w.wanted = want
	by := w.By
	if want.by != nil {
		by = *want.by
	}
	t := w.loading.Begin(textOpening(want.specs[0]))
	w.comparison.Opening()
	var pictures []string
	for _, p := range w.Pictures {
		pictures = append(pictures, p.Path)
	}
	w.tasks.Run.Go(func() {
		models, err := w.openAll(t, want, by, pictures, beside)
		w.loading.Finish(t, func() {
			w.wanted.have = nil
			if err != nil {
				w.fail(err)
			}
			switch {
			case len(models) == 0:
				w.lookForWeights() // which may be gone
				w.history.Failed(w.state(), desk.NetworksPart, desk.ByPart)
				w.compare() // those that were to be replaced
				return
			case want.replace:
				w.Models = models
			default:
				w.Models = slices.Concat(w.Models, models)
			}
			w.Models = w.Models[:min(len(w.Models), desk.MostNetworks)] // some may have come back meanwhile
			w.Rename(w.called())
			w.comparison.Enlarged = comparing.None
			if w.wanted.by != nil {
				w.By = *w.wanted.by
			}
			w.fit()
			w.history.Opened(w.state(), desk.NetworksPart)
			w.keepWeights(want.specs, models)
			if want.then != nil {
				want.then()
			}
			w.compare()
		})
	})
}

// replacing tells that other networks are on their way in place of these.
func (w *Window) replacing() bool { return w.loading.Busy() && w.wanted.replace }

// openAll opens what can be opened, where there is memory for it beside the
// pictures and the networks that stay; the error is about the rest.
func (w *Window) openAll(t *desk.Task, want wanted, by compare.By, pictures []string, beside []*network.Network) (opened []*network.Model, err error) {
	all := slices.Clone(beside)
	for i, spec := range want.specs {
		if n, err := models.Network(spec, want.settingsOf(i)); err == nil { // else opening says what is wrong
			all = append(all, n)
		}
	}
	if err := by.CheckMemory(t.Ctx, pictures, len(pictures), all); err != nil {
		return nil, err
	}
	for i, spec := range want.specs {
		if t.Ctx.Err() != nil {
			return opened, err
		}
		if i < len(want.have) && want.have[i] != nil {
			m := want.have[i]
			if name := want.nameOf(i); name != desk.SpecOf(m).Called {
				m = m.Named(cmp.Or(name, m.OwnName()), name != "")
			}
			opened = append(opened, m)
			continue
		}
		w.loading.Report(t, textOpening(textStep(spec, i, len(want.specs))), i, len(want.specs))
		m, failed := w.open(spec, want.settingsOf(i))
		if failed != nil {
			err = errors.Join(err, failed)
			continue
		}
		if name := want.nameOf(i); name != "" {
			m = m.Named(name, true)
		}
		opened = append(opened, m)
	}
	if want.double && len(opened) == 1 {
		own := opened[0].Network.Scaling.Resolution
		twice := network.Size{H: 2 * own.H, W: 2 * own.W}
		// Where it is too large to run, the network at its own size is enough.
		if n, failed := opened[0].Network.At(twice); failed != nil || by.CheckMemory(t.Ctx, pictures, len(pictures), append(all, n)) != nil {
			return opened, err
		}
		if m, failed := w.open(fmt.Sprintf("%s@%v", opened[0].Spec, twice), want.settings); failed == nil {
			opened = append(opened, m)
		}
	}
	return opened, err
}

// Reset goes back to the networks that come with the program.
func (w *Window) Reset() {
	w.act("reset", "", func() { w.openNetworks(wanted{specs: w.defaults(), replace: true, builtIn: true}) })
}

// add opens weights files beside the networks that are there, or in the place
// of those that come with the program.
func (w *Window) add(paths []string) {
	if len(paths) == 0 {
		return
	}
	own := slices.ContainsFunc(w.Models, func(m *network.Model) bool { return !models.BuiltIn(m.Spec) })
	want := wanted{specs: paths, settings: w.settings, replace: !own, double: !own && len(paths) == 1}
	if w.loading.Busy() && !w.wanted.builtIn { // those come with these
		want = w.wanted
		want.specs = slices.Concat(want.specs, paths)
		want.double = false
	}
	w.act("add", paths[0], func() { w.openNetworks(want) })
}

// remove takes a network away. No network runs. A button that is gone, but was
// pressed last, still has the keys: then there may be none at its place.
func (w *Window) remove(at int) {
	if at >= len(w.Models) {
		return
	}
	name := w.Models[at].Name
	w.act("remove", name, func() {
		w.Models, w.comparison.Enlarged = slices.Delete(slices.Clone(w.Models), at, at+1), comparing.None
		w.Rename(w.called())
		v := w.View
		v.Difference = v.Difference.Without(at + 1)
		w.showView(v)
		w.compare()
	})
	w.rest.SetText(speak.Say("networks.removed", speak.Network(name)))
}

// called are what the user calls the networks, "" for their own names.
func (w *Window) called() (all []string) {
	for _, s := range desk.Specs(w.Models) {
		all = append(all, s.Called)
	}
	return all
}

// rename calls a network otherwise; "" is its own name again.
func (w *Window) rename(at int, name string) {
	if at >= len(w.Models) {
		return
	}
	called := w.called()
	called[at] = strings.TrimSpace(name)
	w.act("rename", w.Models[at].Name, func() {
		w.Rename(called)
		w.compare()
	})
}

// restate opens a network anew with other settings stated, in its place.
func (w *Window) restate(at int, stated models.Settings) {
	if at >= len(w.Models) {
		return
	}
	specs := desk.Specs(w.Models)
	specs[at].Stated = stated
	w.act("state", w.Models[at].Name, func() { w.bringNetworks(specs, w.By) })
}

// dropped opens the files dropped on the window, wherever on it.
func (w *Window) dropped(at fyne.Position, files []fyne.URI) {
	var paths []string
	for _, f := range files {
		paths = append(paths, f.Path())
	}
	w.take(&at, paths)
}

// stop ends the networks' runs; what is computing finishes first, and its result
// is dropped.
func (w *Window) stop() {
	w.running.Cancel()
	w.timing.Cancel()
}

// compare runs the networks that have not run yet on the pictures, and what maps
// take, each shown as it is done, and cancels an earlier run. Networks that others
// are about to replace do not run.
func (w *Window) compare() {
	w.stop()
	w.Prune()
	w.update()
	missing := w.Missing()
	if len(missing) == 0 {
		w.keep()
		return
	}
	if w.replacing() {
		return
	}
	w.current = missing[0].Model
	total := len(w.Models) * len(w.Pictures)
	t := w.running.Begin(textStep(missing[0].Model.Name, total-len(missing), total))
	asked, begun, drawn := w.Clone(), w.now(), false
	w.tasks.Run.Go(func() {
		err := w.run(t, &asked, func(p desk.Pair, cell compare.Cell, made *cam.Map) {
			w.Put(p, cell, made)
			if drawn = !w.comparison.Shown.Of(&w.Asked) || !w.comparison.Shown.Whole() || w.now().Sub(begun) > stay; drawn {
				w.comparison.Draw()
			}
		})
		w.running.Finish(t, func() {
			if err != nil {
				if !errors.Is(err, context.Canceled) {
					w.fail(err)
				}
				w.revert()
				return
			}
			w.keep()
			if !drawn {
				w.comparison.Draw()
			}
		})
	})
}

// stay is how long a whole comparison stays in sight while another is made: of what
// is there sooner nobody sees the parts come.
const stay = 150 * time.Millisecond

// run runs networks and what maps take, in the background. It puts down what is found
// in asked, which is its own, and on the desk by put, which runs there.
func (w *Window) run(t *desk.Task, asked *desk.Asked, put func(p desk.Pair, cell compare.Cell, made *cam.Map)) error {
	var paths []string
	inputs := map[*picture.Picture]*network.Inputs{}
	for _, p := range asked.Pictures {
		paths, inputs[p] = append(paths, p.Path), network.NewInputs(p.Image)
	}
	if slices.ContainsFunc(asked.Models, asked.Runs) {
		if err := asked.By.CheckMemory(t.Ctx, paths, len(paths), desk.Networks(asked.Models)); err != nil {
			return err
		}
	}
	total := len(asked.Models) * len(asked.Pictures)
	// What maps explain may turn out once the first network has run.
	for missing := asked.Missing(); len(missing) > 0; missing = asked.Missing() {
		for i, p := range missing {
			done := total - len(missing) + i
			w.tasks.Run.Do(func() {
				if w.running.Is(t) {
					w.current = p.Model
					w.comparison.States()
				}
			})
			text := textStep(p.Model.Name, done, total)
			w.running.Report(t, text, done, total)
			ctx := cam.WithProgress(t.Ctx, func(runs, of int) {
				w.running.Report(t, textRuns(text, runs, of), done*of+runs, total*of)
			})
			cell, ran := asked.Results[p]
			var err error
			if !ran {
				if cell, err = asked.By.Look(ctx, inputs[p.Picture], p.Model); err != nil {
					return err
				}
				asked.Put(p, cell, nil)
			}
			made, err := asked.Make(ctx, p)
			if err == nil && !ran && !asked.Runs(p.Model) { // a network whose maps are not finite is refused here
				_, err = asked.By.Map(ctx, p.Model, cell.Activations, cam.Class(cell.Top[0].Class))
			}
			if err != nil {
				return err
			}
			asked.Put(p, cell, made)
			w.tasks.Run.Do(func() {
				if w.running.Is(t) {
					put(p, cell, made)
				}
			})
		}
	}
	return nil
}

// fit has networks that came explained by what all of them have, where they have not
// what was asked for, and says so.
func (w *Window) fit() {
	err := w.By.Check(w.Models)
	if err == nil {
		return
	}
	by, said := w.By, speak.Say("by.against", speak.Error(err))
	by.Against = nil
	for _, class := range w.By.Against {
		if _, err := pages.Find(w.Models, class); err == nil {
			by.Against = append(by.Against, class)
		}
	}
	if by.Check(w.Models) != nil {
		by.Layer, said = "", speak.Say("by.last", speak.Error(err))
	}
	if by.Check(w.Models) != nil {
		by.Method, said = cam.MethodHiResCAM, speak.Say("by.hires", speak.Error(err))
	}
	w.By = by
	w.fail(errors.New(said))
}

// keep remembers a whole comparison, to go back to.
func (w *Window) keep() {
	if len(w.Models) == 0 { // all removed: nothing to go back to
		w.Last = desk.Asked{}
	}
	if !w.Whole() {
		return
	}
	w.current = nil
	w.Last = w.Asked
}

func textOpening(name string) string {
	return speak.Say("task.opening", speak.Network(filepath.Base(name)))
}

func textStep(name string, done, total int) string {
	return speak.Say("task.step", strings.TrimPrefix(speak.Network(filepath.Base(name)), "random:"), done+1, total)
}

// textRuns is how far a network's map is, after how far all are.
func textRuns(step string, runs, of int) string { return speak.Say("task.runs", step, runs, of) }

func textSaving(path string) string { return speak.Say("task.saving", filepath.Base(path)) }

func textSaved(path string) string { return speak.Say("task.saved", path) }

func textWindow(p *picture.Picture) string { return speak.Say("window", filepath.Base(p.Path)) }

// sortByName puts the album's pictures in the order of their names.
func (w *Window) sortByName() {
	w.resort(slices.SortedStableFunc(slices.Values(w.Sought.Sources), func(a, b string) int { return strings.Compare(filepath.Base(a), filepath.Base(b)) }))
}

// resort shows the album in another order, from its first picture on.
func (w *Window) resort(sources []string) {
	w.act("order", "", func() { w.openAlbum(desk.Album{Sources: sources, Rows: w.Sought.Rows}) })
}

// sortByDisagreement puts the pictures on which the networks disagree most first, once
// all networks have seen each, which are looked at in the background. Those that cannot
// be opened come last.
func (w *Window) sortByDisagreement() {
	if len(w.Models) < 2 || len(w.Sought.Sources) < 2 {
		return
	}
	w.dismiss()
	sources, class, by, models := w.Sought.Sources, w.Class, w.By, w.Models
	text := func(i int) string { return speak.Say("task.sorting", min(i+1, len(sources)), len(sources)) }
	t := w.sorting.Begin(text(0))
	w.tasks.Run.Go(func() {
		sorted, err := compare.Disagreements(t.Ctx, sources, compare.OpenPicture, models, class, by,
			func(done, total int) { w.sorting.Report(t, text(done), done, total) }, func(error) error { return nil })
		var order []string
		seen := map[string]bool{}
		for _, d := range sorted {
			order, seen[d.Path] = append(order, d.Path), true
		}
		for _, path := range sources {
			if !seen[path] {
				order = append(order, path)
			}
		}
		w.sorting.Finish(t, func() {
			switch {
			case err != nil:
				w.fail(err)
			case slices.Equal(sources, w.Sought.Sources): // else others were opened meanwhile
				w.resort(order)
				w.rest.SetText(speak.Say("sorted", len(sorted)))
			}
		})
	})
}
