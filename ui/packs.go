package ui

import (
	"os"
	"slices"

	"fyne.io/fyne/v2"

	"scalecam/assets"
	"scalecam/compare"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/ui/desk"
	"scalecam/ui/pages/networks"
	"scalecam/ui/speak"
)

// prefPack is the preference for the pack that the user chose, "" for the one that
// knows what the pictures show.
const prefPack = "pack"

// pack is the name of the pack whose networks are to see an album's pictures.
func (w *Window) pack(a desk.Album) string {
	if name := w.preferences().String(prefPack); ready(name) {
		return name
	}
	var shown []string
	if len(a.Sources) > 0 {
		a = a.Fit()
		shown = a.Sources[a.At:][:a.Rows]
	}
	pack, _ := compare.PackFor(shown)
	return pack.Name
}

// ready tells that the networks of a pack are here, as those of an embedded one always
// are.
func ready(pack string) bool {
	if assets.PublishedNetworks().LookupSeries(pack) == nil {
		return len(models.Pack(pack)) > 0
	}
	return !slices.ContainsFunc(models.Pack(pack), func(name string) bool { return !models.Here(name) })
}

// showNetworks shows the published networks.
func (w *Window) showNetworks() {
	if w.overlay == nil {
		w.published = networks.Show(host{w}, w.shelf)
	}
}

// defaults are the specs of the networks to start with, and to go back to.
func (w *Window) defaults() []string {
	if w.preset != nil {
		return w.preset
	}
	return models.Pack(w.pack(w.Sought))
}

// packShown is the name of the pack whose networks are there or on their way,
// all of them and no others; "" for none.
func (w *Window) packShown() string {
	var specs []string
	for _, n := range w.state().Networks {
		if len(n.Stated) > 0 {
			return ""
		}
		specs = append(specs, n.Name)
	}
	for _, p := range assets.Packs() {
		if slices.Equal(specs, models.Pack(p.Name)) {
			return p.Name
		}
	}
	for _, s := range w.shelf.Series() {
		if slices.Equal(specs, s.Members) {
			return s.Name
		}
	}
	return ""
}

// follow brings the pack that knows what an album's pictures show in place of
// another, unless the user chose one.
func (w *Window) follow(a desk.Album) {
	if shown, other := w.packShown(), w.pack(a); shown != "" && other != shown {
		w.openNetworks(wanted{specs: models.Pack(other), replace: true, builtIn: true})
	}
}

// choosePack takes a pack's networks in place of those that are there, and keeps
// to them: "" for those of the pack that knows what the pictures show.
func (w *Window) choosePack(name string) {
	w.preferences().SetString(prefPack, name)
	if name == "" {
		name = w.pack(w.Sought)
	}
	if w.packShown() == name {
		w.update()
		return
	}
	w.act("pack", name, func() { w.openNetworks(wanted{specs: models.Pack(name), replace: true, builtIn: true}) })
}

const (
	prefWeights = "weights" // preference: weights files added, the newest first, as file.Path writes them
	mostWeights = 20
)

// weights are the weights files that were added once, the newest first.
func (w *Window) weights() []string { return w.paths(prefWeights, mostWeights) }

func (w *Window) setWeights(paths []string) {
	w.preferences().RemoveValue(prefWeights) // which may be something else
	w.preferences().SetStringList(prefWeights, asTexts(paths[:min(len(paths), mostWeights)]))
	w.menus()
	w.comparison.ShowNetworks()
}

// keepWeights keeps the files, of what was opened, for the next time.
func (w *Window) keepWeights(specs []string, opened []*network.Model) {
	kept := w.weights()
	was := slices.Clone(kept)
	for _, spec := range slices.Backward(specs) {
		there := slices.ContainsFunc(opened, func(m *network.Model) bool { return m.Spec == spec })
		if models.Named(spec) || !there {
			continue
		}
		path := fromRoot(spec)
		kept = slices.Insert(slices.DeleteFunc(kept, func(p string) bool { return p == path }), 0, path)
	}
	if !slices.Equal(kept, was) {
		w.setWeights(kept)
	}
	w.lookForWeights()
}

// lookForWeights looks in the background which of the files are not there any more.
func (w *Window) lookForWeights() {
	all := w.weights()
	if len(all) == 0 {
		return
	}
	w.tasks.Run.Work(func() func() {
		missing := map[string]bool{}
		for _, path := range all {
			if _, err := os.Stat(path); err != nil {
				missing[path] = true
			}
		}
		return func() {
			if !w.closed {
				w.missing = missing
				w.menus()
				w.comparison.ShowNetworks()
			}
		}
	})
}

// weightsThere are those of the files that are there, as far as was looked.
func (w *Window) weightsThere() []string {
	return slices.DeleteFunc(w.weights(), func(path string) bool { return w.missing[path] })
}

// forgetWeights takes a file off the list; the network, where it is shown, stays.
func (w *Window) forgetWeights(path string) {
	w.setWeights(slices.DeleteFunc(w.weights(), func(p string) bool { return p == path }))
}

// weightsItems are the menu of them: each is added, or taken off the list.
func (w *Window) weightsItems() (items []*fyne.MenuItem) {
	for _, path := range w.weights() {
		text := speak.File(path)
		if w.missing[path] {
			text = speak.Say("weights.missing", text)
		}
		add := fyne.NewMenuItem(speak.Say("weights.add"), func() { w.add([]string{path}) })
		add.Disabled = w.missing[path]
		i := fyne.NewMenuItem(text, nil)
		i.ChildMenu = fyne.NewMenu("", add, fyne.NewMenuItem(speak.Say("weights.forget"), func() { w.forgetWeights(path) }))
		items = append(items, i)
	}
	return items
}
