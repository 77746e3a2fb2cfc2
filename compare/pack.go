package compare

import (
	"strings"

	"scalecam/assets"
	"scalecam/dataset/scenes"
	"scalecam/network"
)

// Reason is why the networks of a pack are taken where none are named.
type Reason string

// The reasons.
const (
	NoPicture   Reason = "no picture"
	Drawn       Reason = "drawn"
	Photographs Reason = "photographs"
	Mixed       Reason = "mixed"
)

var reasonTexts = map[Reason]string{
	NoPicture:   "no picture is named",
	Drawn:       "the pictures are scenes that the program draws",
	Photographs: "the pictures are no scenes that the program draws",
	Mixed:       "some of the pictures are no scenes that the program draws; it does not know what the others show",
}

// String is the reason in English.
func (r Reason) String() string { return reasonTexts[r] }

// PackFor is the pack whose networks know what the pictures show, by their paths:
// scenes where all of them are drawn, else photographs.
func PackFor(pictures []string) (assets.Pack, Reason) {
	drawn := 0
	for _, path := range pictures {
		if strings.HasPrefix(path, scenes.Prefix) {
			drawn++
		}
	}
	switch {
	case len(pictures) == 0:
		return packOf(network.ImageNet), NoPicture
	case drawn == len(pictures):
		return packOf(network.Scenes), Drawn
	case drawn > 0:
		return packOf(network.ImageNet), Mixed
	}
	return packOf(network.ImageNet), Photographs
}

// packOf is the first pack of a domain.
func packOf(d network.Domain) assets.Pack {
	for _, p := range assets.Packs() {
		if p.Domain == string(d) {
			return p
		}
	}
	return assets.Packs()[0]
}
