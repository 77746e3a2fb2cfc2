package desk

import (
	"context"
	"maps"
	"slices"
	"time"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/picture"
)

// Desk is what the user asks for, and what has been found of it. It belongs to
// the UI goroutine.
type Desk struct {
	Asked
	Sought Album // what is being opened, or was last, whether it could be or not
	View   compare.View
	Wipe   float64 // the share of each map, from the left, that shows the picture itself
	Page   string  // in sight; "" for the comparison

	Erasure Erasure
	Lesson  Lesson
	Inside  Inside

	// Last is what was asked for when all cells were there last: what an error
	// or Cancel goes back to.
	Last Asked
	Took map[*network.Model]time.Duration // for a picture; without those not timed yet. Never written to
}

// Columns is how many cells a picture has: its own, one for each network, and what the
// view asks for beside those.
func (d *Desk) Columns() int { return 1 + len(d.Models) + len(d.View.Derived(len(d.Models))) }

// Asked is pictures and networks, what is explained and how maps of it are made, with
// the cells that have run and the maps that took runs of networks.
type Asked struct {
	Album
	Pictures []*picture.Picture // those shown
	Models   []*network.Model
	Class    string // as compare.Run takes it
	By       compare.By
	Results  map[Pair]compare.Cell // of these pictures
	Maps     compare.Maps          // of these results
}

// Clone has results and maps of its own.
func (a *Asked) Clone() Asked {
	b := *a
	b.Results, b.Maps = maps.Clone(a.Results), maps.Clone(a.Maps)
	return b
}

// Pair is a picture and a network that sees it.
type Pair struct {
	Picture *picture.Picture
	Model   *network.Model
}

// Whole tells that every network has run.
func (a *Asked) Whole() bool {
	return len(a.Pictures) > 0 && len(a.Models) > 0 && len(a.Missing()) == 0
}

// Missing are those that have not run, or whose maps take runs that are yet to come,
// network by network: a network that has run on all pictures can be shown.
func (a *Asked) Missing() (all []Pair) {
	targets := map[Pair]cam.Target{}
	for _, p := range a.Pictures {
		maps.Copy(targets, a.targets(p))
	}
	for _, m := range a.Models {
		for _, p := range a.Pictures {
			at := Pair{p, m}
			cell, ran := a.Results[at]
			if t := targets[at]; !ran || t != nil && a.Maps.Get(a.By, cell.Activations, t) == nil {
				all = append(all, at)
			}
		}
	}
	return all
}

// targets are what the maps of a picture explain that take runs, of those networks
// that have run; none where no network has the class, which whoever draws tells of.
func (a *Asked) targets(p *picture.Picture) map[Pair]cam.Target {
	if !slices.ContainsFunc(a.Models, a.Runs) {
		return nil
	}
	c := compare.Comparison{By: a.By, Rows: []compare.Row{{Picture: p}}}
	for _, m := range a.Models {
		if cell, ran := a.Results[Pair{p, m}]; ran {
			c.Models, c.Rows[0].Cells = append(c.Models, m), append(c.Rows[0].Cells, cell)
		}
	}
	if len(c.Models) == 0 {
		return nil
	}
	targets, err := c.Targets(0, a.Class)
	if err != nil {
		return nil
	}
	all := map[Pair]cam.Target{}
	for j, m := range c.Models {
		if a.Runs(m) {
			all[Pair{p, m}] = targets[j]
		}
	}
	return all
}

// Runs tells that a network's maps take runs.
func (a *Asked) Runs(m *network.Model) bool { return a.By.Runs(m) > 0 }

// Make makes the map of a pair that has run, where that takes runs and it is not
// there; nil where there is none to make.
func (a *Asked) Make(ctx context.Context, at Pair) (*cam.Map, error) {
	cell, t := a.Results[at], a.targets(at.Picture)[at]
	if t == nil || a.Maps.Get(a.By, cell.Activations, t) != nil {
		return nil, nil
	}
	return a.By.Map(ctx, at.Model, cell.Activations, t)
}

// Put keeps what a pair's run and its map gave; the map may be nil.
func (a *Asked) Put(at Pair, cell compare.Cell, made *cam.Map) {
	if a.Results == nil {
		a.Results = map[Pair]compare.Cell{}
	}
	a.Results[at] = cell
	if made == nil {
		return
	}
	if a.Maps == nil {
		a.Maps = compare.Maps{}
	}
	a.Maps.Put(a.By, cell.Activations, made)
}

// Networks are the models' networks.
func Networks(models []*network.Model) (all []*network.Network) {
	for _, m := range models {
		all = append(all, m.Network)
	}
	return all
}

// MostNetworks bounds how many networks are compared at once: more cells than
// that are too small to see.
const MostNetworks = 8

// mostMaps bounds the maps that are kept of what was asked for before.
const mostMaps = 500

// Rename has models be called by names, as they are called by the user, or to be told
// apart where there is none. What was found of them stays.
func (d *Desk) Rename(called []string) {
	all := slices.Clone(d.Models)
	now := map[*network.Model]*network.Model{}
	put := func(i int, name string, byUser bool) {
		if m := all[i]; m.Name != name || m.Called != byUser {
			all[i] = m.Named(name, byUser)
			now[m] = all[i]
		}
	}
	for i, name := range called {
		if m := all[i]; name != "" {
			put(i, name, true)
		} else if m.Called {
			put(i, m.OwnName(), false)
		}
	}
	was := d.Models
	d.Models = all
	for i, name := range models.Apart(all) {
		if m := all[i]; m.Name != name {
			all[i] = m.Named(name, m.Called)
			now[m] = all[i]
			now[was[i]] = all[i]
		}
	}
	if len(now) == 0 {
		d.Models = was
		return
	}
	results, took := map[Pair]compare.Cell{}, map[*network.Model]time.Duration{}
	for at, cell := range d.Results {
		if m := now[at.Model]; m != nil {
			at.Model = m
		}
		results[at] = cell
	}
	for m, t := range d.Took {
		if other := now[m]; other != nil {
			m = other
		}
		took[m] = t
	}
	d.Results, d.Took = results, took
}

// Prune lets go of what was found of networks and pictures that are gone.
func (d *Desk) Prune() {
	results := map[Pair]compare.Cell{}
	took := map[*network.Model]time.Duration{}
	for _, m := range d.Models {
		for _, p := range d.Pictures {
			if cell, ok := d.Results[Pair{p, m}]; ok {
				results[Pair{p, m}] = cell
			}
		}
		if t, ok := d.Took[m]; ok {
			took[m] = t
		}
	}
	there := map[*network.Activations]bool{}
	for _, cell := range results {
		there[cell.Activations] = true
	}
	kept := d.Maps.Of(func(a *network.Activations) bool { return there[a] })
	if len(kept) > mostMaps { // those in sight are made again
		kept = compare.Maps{}
	}
	d.Results, d.Took, d.Maps = results, took, kept
}
