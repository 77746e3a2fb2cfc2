package network

import "slices"

// Family is architectures whose published networks are told apart by how they are scaled.
type Family struct {
	Title         string
	Architectures []*Architecture
}

// Families are those with anything published.
var Families = []Family{
	{"EfficientNet", []*Architecture{EfficientNetB0}},
	{"EfficientNet-Lite", []*Architecture{EfficientNetLite}},
	{"MobileNetV2", []*Architecture{MobileNetV2}},
	{"ResNet", []*Architecture{ResNet18, ResNet50}},
}

// Has tells whether an architecture is of the family.
func (f Family) Has(a *Architecture) bool { return slices.Contains(f.Architectures, a) }

// Presets are the family's, as published.
func (f Family) Presets() []Preset {
	var all []Preset
	for _, p := range Presets {
		if f.Has(p.Architecture) {
			all = append(all, p)
		}
	}
	return all
}

// Scaled are the family's networks in one dimension and in all of them (figure 7 and
// table 3 of arXiv 1905.11946), each beside its baseline.
func (f Family) Scaled() []Preset {
	var all []Preset
	for _, p := range Figure7[1:] {
		if f.Has(p.Architecture) {
			p.Title = p.Architecture.Title + ", " + p.Title
			all = append(all, p)
		}
	}
	return all
}
