package models

import (
	"maps"
	"math"
	"path/filepath"
	"strings"

	"scalecam/assets"
	"scalecam/fault"
	"scalecam/network"
	"scalecam/network/naming"
	"scalecam/network/store"
	"scalecam/network/tensorfile"
)

// Named tells whether a spec names a network by a name, not by a file: one that is
// built in, one of the catalogue, or one that is in the user's store.
func Named(spec string) bool {
	if BuiltIn(spec) {
		return true
	}
	name, _, _ := strings.Cut(spec, "@")
	return inStore(name)
}

// inStore tells that a name is one of the catalogue's or of the user's store.
func inStore(name string) bool {
	return store.ValidName(name) && (assets.PublishedNetworks().Lookup(name) != nil || stored(name) != nil)
}

// stored is the network of that name in the user's store, nil where it is not there.
func stored(name string) *store.Kept {
	if s, err := store.User(); err == nil {
		return s.Find(name)
	}
	return nil
}

// Here tells that the network of that name is in the user's store.
func Here(name string) bool { return stored(name) != nil }

// fromStore is the weights file of the network that a spec names, where it is in the
// user's store, and the input size that the spec asks for; it says false where the
// spec is no name.
func fromStore(spec string) (path string, size network.Size, ok bool, err error) {
	name, at, sized := strings.Cut(spec, "@")
	if !inStore(name) {
		return "", size, false, nil
	}
	k := stored(name)
	if k == nil {
		return "", size, true, fault.Errorf("this published network is not on this machine yet; get it by: scalecam networks add %s", name)
	}
	if sized {
		size, err = network.ParseSize(at)
	}
	return k.Path, size, true, err
}

// publishedAt is the published network whose file in the user's store is at path, nil
// where there is none.
func publishedAt(path string) *assets.Published {
	name := filepath.Base(filepath.Dir(path))
	p := assets.PublishedNetworks().Lookup(name)
	if p == nil {
		return nil
	}
	if k := stored(name); k == nil || k.Path != path {
		return nil
	}
	return p
}

// titleOf is what a network is called whose weights file is at path: by the catalogue,
// by its name in the user's store, or by the file.
func titleOf(path string) string {
	if p := publishedAt(path); p != nil {
		return p.Title
	}
	name := filepath.Base(filepath.Dir(path))
	if k := stored(name); k != nil && k.Path == path {
		return name
	}
	return nameOf(path)
}

// publishedLayer is what the catalogue says of a network.
func publishedLayer(p *assets.Published) layer {
	values := Settings(maps.Clone(p.Settings))
	values["classes"] = list(assets.PublishedNetworks().ClassNames(p))
	return layer{network.ByCatalogue, "the catalogue, from " + p.SettingsFrom, values}
}

// Holds is an error where the weights file at path is not the published network, by
// what its tensors are.
func Holds(p *assets.Published, path string) error {
	f, err := tensorfile.Describe(path)
	if err != nil {
		return err
	}
	if isHead(f) {
		return fault.Errorf("models: %s: it holds a head that was taught, without its network; import that", path)
	}
	if p.Architecture == "" { // any that is read
		_, err := held(f, network.Size{}, nil, readBeside(path))
		return err
	}
	id, err := identify(f, network.Scaling{Depth: p.Depth, Width: p.Width})
	if err != nil {
		return err
	}
	classes := len(assets.PublishedNetworks().ClassNames(p))
	if id.Architecture.Name != p.Architecture || id.Depth != p.Depth || id.Width != p.Width || id.Classes != classes {
		return fault.Errorf("models: %s: it holds %s at d %v, w %v with %d classes, and %s is %s at d %v, w %v with %d", path, id.Architecture.Title, id.Depth, id.Width, id.Classes, p.Name, p.Architecture, p.Depth, p.Width, classes)
	}
	return nil
}

// PublishedNetwork is the network of an entry of the catalogue, by its family's table
// alone: no file is needed.
func PublishedNetwork(p *assets.Published) (*network.Network, error) {
	// A family can be scaled by several rules, each of another library's: the one that
	// counts what is published.
	var is *network.Network
	nearest := int64(math.MaxInt64)
	for _, s := range naming.Schemes {
		for _, a := range s.Architectures {
			if a.Name != p.Architecture {
				continue
			}
			n, err := network.New(a, network.Scaling{Depth: p.Depth, Width: p.Width, Resolution: network.Square(p.Resolution)}, network.SymmetricPadding, len(assets.PublishedNetworks().ClassNames(p)))
			if err != nil {
				return nil, fault.Errorf("models: %s: %w", p.Name, err)
			}
			off := n.Parameters() - store.Count(p.Parameters)
			if off = max(off, -off); off < nearest {
				is, nearest = n, off
			}
		}
	}
	if is == nil {
		return nil, fault.Errorf("models: %s: no architecture is named %s", p.Name, p.Architecture)
	}
	return is, nil
}
