package ui

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"scalecam/compare"
	"scalecam/network"
	"scalecam/network/weights"
	"scalecam/picture"
)

// openPictures opens the picture at the place given and shows it to the
// networks. Until it is open, and where it cannot be, all stays as it is.
func (w *Window) openPictures(from []string, at int) {
	t := w.begin(&w.opening, textOpening(from[at]))
	w.run.Go(func() {
		p, err := compare.OpenPicture(from[at])
		w.finish(&w.opening, t, func() {
			if err != nil {
				w.fail(err)
				return
			}
			w.sources, w.at, w.picture = from, at, p
			w.results = map[*network.Model]compare.Cell{}
			w.compare()
		})
	})
}

// turn opens the next picture of those opened together, or with −1 the one
// before.
func (w *Window) turn(by int) {
	w.dismiss()
	n := len(w.sources)
	w.openPictures(w.sources, (w.at+by+n)%n)
}

// wanted are networks to open.
type wanted struct {
	specs    []string
	settings weights.Settings
	replace  bool // the networks that are there, rather than add to them
	// double adds a single network at twice its own size: comparing
	// resolutions is what one file can show.
	double bool
	// builtIn networks, which come with the program or are untrained, make way
	// for the user's own.
	builtIn bool
}

// openNetworks opens networks and shows the picture to them.
func (w *Window) openNetworks(want wanted) {
	w.wanted = want
	t := w.begin(&w.loading, textOpening(want.specs[0]))
	show(w.none, false)
	w.run.Go(func() {
		models, err := w.openAll(t, want)
		w.finish(&w.loading, t, func() {
			if err != nil {
				w.fail(err)
			}
			switch {
			case len(models) == 0:
				show(w.none, len(w.models) == 0)
				return
			case want.replace:
				w.models = models
			default:
				w.models = slices.Concat(w.models, models)
			}
			w.compare()
		})
	})
}

// openAll opens what can be opened; the error is about the rest.
func (w *Window) openAll(t *task, want wanted) (models []*network.Model, err error) {
	for i, spec := range want.specs {
		if t.ctx.Err() != nil {
			return models, err
		}
		w.report(&w.loading, t, textOpening(textStep(spec, i, len(want.specs))), i, len(want.specs))
		m, failed := w.open(spec, want.settings)
		if failed != nil {
			err = errors.Join(err, failed)
			continue
		}
		models = append(models, m)
	}
	if want.double && len(models) == 1 {
		own := models[0].Network.Scaling.Resolution
		twice := network.Size{H: 2 * own.H, W: 2 * own.W}
		// Where it is too large to run, the network at its own size is enough.
		if m, failed := w.open(fmt.Sprintf("%s@%v", models[0].Spec, twice), want.settings); failed == nil {
			models = append(models, m)
		}
	}
	return models, err
}

// Reset goes back to the networks that come with the program.
func (w *Window) Reset() {
	w.openNetworks(wanted{specs: w.preset, replace: true, builtIn: true})
}

// add opens weights files beside the networks that are there, or in the place
// of those that come with the program.
func (w *Window) add(paths []string) {
	own := slices.ContainsFunc(w.models, func(m *network.Model) bool { return !weights.BuiltIn(m.Spec) })
	want := wanted{specs: paths, settings: w.settings, replace: !own, double: !own && len(paths) == 1}
	if w.loading != nil && !w.wanted.builtIn { // those come with these
		want = w.wanted
		want.specs = slices.Concat(want.specs, paths)
		want.double = false
	}
	w.openNetworks(want)
}

// remove takes a network away. No network runs.
func (w *Window) remove(at int) {
	w.models = slices.Delete(slices.Clone(w.models), at, at+1)
	w.compare()
}

// weightsExtensions are those of weights files; what else is dropped is taken
// for a picture.
var weightsExtensions = []string{".safetensors", ".pth", ".pt"}

// dropped opens the files dropped on the window, wherever on it.
func (w *Window) dropped(_ fyne.Position, files []fyne.URI) {
	w.dismiss()
	var pictures []string
	var networks []string
	for _, f := range files {
		if slices.Contains(weightsExtensions, strings.ToLower(filepath.Ext(f.Path()))) {
			networks = append(networks, f.Path())
		} else {
			pictures = append(pictures, f.Path())
		}
	}
	if len(pictures) > 0 {
		w.openPictures(pictures, 0)
	}
	if len(networks) > 0 {
		w.add(networks)
	}
}

// compare runs the networks that have not run yet on the picture, each shown
// as it is done, and cancels an earlier run.
func (w *Window) compare() {
	if w.running != nil {
		w.running.cancel()
		w.running = nil
	}
	w.update()
	missing := w.missing()
	if w.picture == nil || len(missing) == 0 {
		w.keep()
		return
	}
	p, total, done := w.picture, len(w.models), len(w.models)-len(missing)
	w.current = missing[0]
	t := w.begin(&w.running, textStep(missing[0].Name, done, total))
	w.run.Go(func() {
		for i, m := range missing {
			w.run.Do(func() {
				if w.running == t {
					w.current = m
					w.states()
				}
			})
			w.report(&w.running, t, textStep(m.Name, done+i, total), done+i, total)
			c, err := compare.Run(t.ctx, []*picture.Picture{p}, []*network.Model{m}, "", nil)
			if err != nil {
				w.finish(&w.running, t, func() {
					if !errors.Is(err, context.Canceled) {
						w.fail(err)
					}
					w.revert()
				})
				return
			}
			w.run.Do(func() {
				if w.running == t {
					w.results[m] = c.Rows[0].Cells[0]
					w.draw()
				}
			})
		}
		w.finish(&w.running, t, w.keep)
	})
}

// keep remembers a whole comparison, to go back to.
func (w *Window) keep() {
	if len(w.models) == 0 { // all removed: nothing to go back to
		w.last = asked{}
	}
	if !w.whole() {
		return
	}
	results := map[*network.Model]compare.Cell{} // without those of networks that are gone
	for _, m := range w.models {
		results[m] = w.results[m]
	}
	w.results = results
	w.last = w.asked
}
