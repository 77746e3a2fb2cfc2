package assets

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"sync"
)

//go:embed packs
var packs embed.FS

// Pack is a set of networks, trained alike, that comes with the program.
type Pack struct {
	Name, Title string
	Recipe      []byte // the JSON that it was trained by: scalecam train --pack NAME
	Study       []byte // a compare.Evaluation of its networks in JSON; not to be written to
	Again       []byte // the same of networks trained with seed 2, which are not embedded; nil for none
	Networks    []PackNetwork
}

// PackNetwork is a network of a Pack.
type PackNetwork struct {
	Name, Title string
	Weights     []byte // a safetensors file; not to be written to
	Log         []byte // its learning curves, JSON lines; not to be written to
}

// Packs returns the packs; the first is the one shown where no network is
// named. The slice is shared, and not to be written to. It panics where an
// embedded file is damaged, which a test rules out.
func Packs() []Pack { return allPacks() }

// allPacks reads the packs once: reading an embedded file copies it.
var allPacks = sync.OnceValue(func() []Pack {
	var all []Pack
	for _, name := range []string{"scenes"} {
		read := func(file string) []byte {
			data, err := packs.ReadFile(path.Join("packs", name, file))
			if err != nil {
				panic(fmt.Sprintf("assets: %v", err))
			}
			return data
		}
		p := Pack{Name: name, Recipe: read("pack.json"), Study: read("study.json")}
		p.Again, _ = packs.ReadFile(path.Join("packs", name, "study-seed-2.json"))
		var about struct {
			Title    string
			Networks []struct{ Name, Title string }
		}
		if err := json.Unmarshal(p.Recipe, &about); err != nil {
			panic(fmt.Sprintf("assets: packs/%s/pack.json: %v", name, err))
		}
		p.Title = about.Title
		for _, n := range about.Networks {
			p.Networks = append(p.Networks, PackNetwork{Name: n.Name, Title: n.Title, Weights: read(n.Name + ".safetensors"), Log: read(n.Name + ".log.jsonl")})
		}
		all = append(all, p)
	}
	return all
})

// LookupPack finds a pack by its name.
func LookupPack(name string) (Pack, bool) {
	for _, p := range Packs() {
		if p.Name == name {
			return p, true
		}
	}
	return Pack{}, false
}
