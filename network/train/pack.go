package train

import (
	"errors"
	"fmt"
	"strings"

	"scalecam/dataset"
	"scalecam/dataset/scenes"
	"scalecam/file"
	"scalecam/network"
)

// Pack is a set of networks that are trained alike: on the same data, by one
// recipe. In a file it is JSON.
type Pack struct {
	Name  string `json:"name"`  // as in specs: "scenes"
	Title string `json:"title"` // as shown
	// Scenes or Folder is what the networks learn from.
	Scenes   *Scenes      `json:"scenes,omitempty"`
	Folder   string       `json:"folder,omitempty"` // of pictures, as dataset.OpenSplits takes it
	Networks []PackMember `json:"networks"`
	Recipe   Recipe       `json:"recipe"`
}

// PackMember is a network of a pack, before it is trained.
type PackMember struct {
	Name         string  `json:"name"`
	Title        string  `json:"title"`
	Architecture string  `json:"architecture"`
	Depth        float64 `json:"depth"`
	Width        float64 `json:"width"`
	Resolution   string  `json:"resolution"` // as network.ParseResolution reads it
}

// Network is the member as a classifier of so many classes.
func (m PackMember) Network(classes int) (*network.Network, error) {
	p, err := network.LookupPreset(m.Architecture)
	if err != nil {
		return nil, err
	}
	size, err := network.ParseResolution(m.Resolution, p.Architecture)
	if err != nil {
		return nil, err
	}
	return network.New(p.Architecture, network.Scaling{Depth: m.Depth, Width: m.Width, Resolution: size}, network.SymmetricPadding, classes)
}

// Scenes says which scenes are learnt from: those of the seed to train on and
// those of the next seed to validate on, so that none is in both.
type Scenes struct {
	Seed  uint64 `json:"seed"`
	Train int    `json:"train"` // pictures
	Val   int    `json:"val"`
	Side  int    `json:"side"` // in pixels
	// Near has every object large, as scenes.Set does, and Classes are those that are
	// learnt, all where there are none.
	Near    bool     `json:"near,omitempty"`
	Classes []string `json:"classes,omitempty"`
}

// DefaultScenes are enough for the networks of 64 to 128 pixels.
var DefaultScenes = Scenes{Seed: scenes.TrainSeed, Train: 30_000, Val: 900, Side: 160}

// Sets are the scenes to train on and to validate on, and what they are in
// words.
func (s Scenes) Sets() (train, val dataset.Set, what string, err error) {
	const most = 10_000_000
	if s.Train < 1 || s.Val < 1 || max(s.Train, s.Val) > most || s.Side < 8 || s.Side > scenes.MaxSide {
		return nil, nil, "", fmt.Errorf("train: scenes %+v are out of range: 1 to %d pictures to train and to validate on, of 8 to %d pixels", s, most, scenes.MaxSide)
	}
	what = fmt.Sprintf("%d scenes of %d px, seed %d", s.Train, s.Side, s.Seed)
	if s.Near {
		what += ", near"
	}
	if len(s.Classes) > 0 {
		what += ", of " + strings.Join(s.Classes, ", ")
	}
	if train, err = s.set(s.Seed, s.Train); err != nil {
		return nil, nil, "", err
	}
	val, err = s.set(s.Seed+1, s.Val)
	return train, val, what, err
}

// set is so many scenes of a seed.
func (s Scenes) set(seed uint64, count int) (dataset.Set, error) {
	all := scenes.Set{Seed: seed, Count: count, Side: s.Side, Near: s.Near}
	if len(s.Classes) == 0 {
		return all, nil
	}
	of := len(scenes.Classes()) // which take turns
	all.Count = (count*of + len(s.Classes) - 1) / len(s.Classes)
	return dataset.Only(all, s.Classes...)
}

// ParsePack reads a pack's JSON. An unknown key, a value out of range and two
// networks of one name are errors.
func ParsePack(data []byte) (*Pack, error) {
	p := &Pack{Recipe: DefaultRecipe}
	if err := Decode(data, p); err != nil {
		return nil, err
	}
	if err := p.Recipe.Check(); err != nil {
		return nil, fmt.Errorf("the recipe's %w", err)
	}
	if err := file.CheckLocal(p.Folder); err != nil { // a file may be anybody's
		return nil, fmt.Errorf("folder: %w", err)
	}
	switch {
	case p.Name == "":
		return nil, errors.New("it has no name")
	case (p.Scenes == nil) == (p.Folder == ""):
		return nil, errors.New("it names scenes or a folder to learn from, and just one of them")
	case len(p.Networks) == 0:
		return nil, errors.New("it names no networks")
	}
	seen := map[string]bool{}
	for _, m := range p.Networks {
		lower := strings.ToLower(m.Name) // some systems' files do not tell them apart
		const longest = 100              // with an ending it is a file's name
		if m.Name == "" || len(m.Name) > longest || seen[lower] || !PlainName(m.Name) {
			return nil, fmt.Errorf("%.80q names a network; each has a name of its own, of up to %d letters, digits, - and _", m.Name, longest)
		}
		seen[lower] = true
		if _, err := m.Network(2); err != nil {
			return nil, fmt.Errorf("%s: %w", m.Name, err)
		}
	}
	return p, nil
}

// PlainName tells that a name is one file's name on any system.
func PlainName(name string) bool {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	return strings.Trim(name, plain) == ""
}
