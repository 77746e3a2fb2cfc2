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
	{"EfficientNetV2", []*Architecture{EfficientNetV2B0, EfficientNetV2S, EfficientNetV2M, EfficientNetV2L}},
	{"MobileNetV2", []*Architecture{MobileNetV2, MobileNetV2Deep}},
	{"ResNet", []*Architecture{ResNet18, ResNet34, ResNet50, ResNet101, ResNet152, WideResNet50, WideResNet101}},
	{"CIFAR ResNet", []*Architecture{CIFARResNet}},
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
	for _, s := range Table3 {
		if f.Has(s.Architecture) {
			all = append(all, s.Presets()...)
		}
	}
	return all
}
