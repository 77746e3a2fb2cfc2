package models

import (
	"maps"
	"slices"
	"strings"

	"scalecam/assets"
	"scalecam/fault"
	"scalecam/network"
)

// At is the spec of the same weights at another input size.
func At(spec string, size network.Size) string {
	if strings.HasPrefix(spec, "random:") {
		return weights(spec) + ",r=" + size.String()
	}
	return unsized(spec) + "@" + size.String()
}

// unsized is a spec without the size that it asks for.
func unsized(spec string) string {
	if Named(spec) {
		spec, _, _ = strings.Cut(spec, "@")
		return spec
	}
	if path, _, err := parseFile(spec); err == nil {
		return path
	}
	return spec // which opening refuses
}

// weights tell which weights a spec names, whatever the input size.
func weights(spec string) string {
	if strings.HasPrefix(spec, "random:") {
		parts := slices.DeleteFunc(strings.Split(spec, ","), func(part string) bool { return strings.HasPrefix(part, "r=") })
		return strings.Join(parts, ",")
	}
	spec = unsized(spec)
	if name, rest, ok := strings.Cut(spec, ":"); ok {
		p, _ := assets.LookupPack(name)
		for _, n := range p.Networks {
			if n.Name == rest {
				return name + ":" + n.File
			}
		}
	}
	return spec
}

// Sized is a network that is named, and the input size that it runs at.
type Sized struct {
	Spec   string
	Stated Settings
	Size   network.Size
}

// Control is the spec of the first network at the largest input size of all: the
// same weights on a finer grid, at which nobody trained them, so that what a finer
// grid does is told from what is learnt at it. there is the spec of the one that is
// just that already, "" for none. It is an error where no network runs at a larger
// size than the first.
func Control(all []Sized) (spec, there string, err error) {
	area := func(s network.Size) int { return s.H * s.W }
	if len(all) == 0 {
		return "", "", fault.Errorf("models: there is no network to run at a higher resolution; name one")
	}
	first, largest := all[0], all[0].Size
	for _, n := range all {
		if area(n.Size) > area(largest) {
			largest = n.Size
		}
	}
	if area(largest) == area(first.Size) {
		return "", "", fault.Errorf("models: no network runs at a larger input than the first, %s at %v; name it at another size, %s", first.Spec, first.Size, At(first.Spec, network.Size{H: 2 * first.Size.H, W: 2 * first.Size.W}))
	}
	for _, n := range all {
		if n.Size == largest && weights(n.Spec) == weights(first.Spec) && maps.Equal(n.Stated, first.Stated) {
			there = n.Spec
		}
	}
	return At(first.Spec, largest), there, nil
}
