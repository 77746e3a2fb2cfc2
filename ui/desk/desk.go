package desk

import (
	"time"

	"scalecam/compare"
	"scalecam/network"
	"scalecam/picture"
)

// Desk is what the user asks for, and what has been found of it. It belongs to
// the UI goroutine.
type Desk struct {
	Asked
	Sought Album  // what is being opened, or was last, whether it could be or not
	Class  string // as compare.Run takes it
	View   compare.View
	Wipe   float64 // the share of each map, from the left, that shows the picture itself
	Page   string  // in sight; "" for the comparison

	// Last is what was asked for when all cells were there last: what an error
	// or Cancel goes back to.
	Last Asked
	Took map[*network.Model]time.Duration // for a picture; without those not timed yet. Never written to
}

// Asked is pictures and networks, with the cells that have run.
type Asked struct {
	Album
	Pictures []*picture.Picture // those shown
	Models   []*network.Model
	Results  map[Pair]compare.Cell // of these pictures
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

// Missing are those that have not run, network by network: a network that has
// run on all pictures can be shown.
func (a *Asked) Missing() (all []Pair) {
	for _, m := range a.Models {
		for _, p := range a.Pictures {
			if _, ok := a.Results[Pair{p, m}]; !ok {
				all = append(all, Pair{p, m})
			}
		}
	}
	return all
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
	d.Results, d.Took = results, took
}
