package compare

import (
	"fmt"
	"maps"

	"scalecam/cam"
	"scalecam/network"
)

// Maps are maps that have been made, by what they are of, so that none that takes
// runs of a network is made twice.
type Maps map[mapOf]*cam.Map

type mapOf struct {
	seen   *network.Activations
	method *cam.Method
	layer  string
	target string
}

func (b By) of(a *network.Activations, t cam.Target) mapOf {
	return mapOf{a, b.Uses(), b.At(), fmt.Sprint(t)}
}

// Get gives the map of a target, of what a model computed; nil where it is not there.
func (ms Maps) Get(b By, a *network.Activations, t cam.Target) *cam.Map {
	if len(ms) == 0 {
		return nil
	}
	return ms[b.of(a, t)]
}

// Put keeps a map that b made of what a model computed.
func (ms Maps) Put(b By, a *network.Activations, m *cam.Map) { ms[b.of(a, m.Target)] = m }

// Of are the maps of what is still there of what models computed.
func (ms Maps) Of(there func(*network.Activations) bool) Maps {
	kept := maps.Clone(ms)
	maps.DeleteFunc(kept, func(of mapOf, _ *cam.Map) bool { return !there(of.seen) })
	return kept
}
