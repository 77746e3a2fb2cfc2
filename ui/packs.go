package ui

import (
	"slices"

	"scalecam/assets"
	"scalecam/compare"
	"scalecam/network/models"
	"scalecam/ui/desk"
)

// prefPack is the preference for the pack that the user chose, "" for the one that
// knows what the pictures show.
const prefPack = "pack"

// pack is the name of the pack whose networks are to see an album's pictures.
func (w *Window) pack(a desk.Album) string {
	if name := w.preferences().String(prefPack); len(models.Pack(name)) > 0 {
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
