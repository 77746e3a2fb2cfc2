package models

import (
	"strings"

	"scalecam/assets"
	"scalecam/fault"
	"scalecam/network"
	"scalecam/network/naming"
	"scalecam/network/tensorfile"
)

// Unpacked opens what Open opens, with its weights as training takes them, which a
// Model does not keep: nothing is folded, and nobody else has them. An architecture
// under whose names nothing is written is an error, since what becomes of the weights
// could not be saved.
func Unpacked(spec string, stated Settings) (*network.Model, network.Weights, error) {
	m, err := Open(spec, stated)
	if err != nil {
		return nil, nil, err
	}
	if _, err := naming.Of(m.Network.Architecture); err != nil {
		return nil, nil, fault.Errorf("models: %s: %s cannot be trained here; take EfficientNet, EfficientNet-Lite, EfficientNetV2, MobileNetV2 or ResNet", spec, m.Network.Architecture.Title)
	}
	if rest, ok := strings.CutPrefix(spec, "random:"); ok {
		r, err := parseRandom(spec, rest, stated)
		if err != nil {
			return nil, nil, err
		}
		return m, network.Random(m.Network, r.seed), nil
	}
	f, b, err := weightsFile(spec)
	if err != nil {
		return nil, nil, err
	}
	if isHead(f) {
		return unpackedHead(m, f, stated)
	}
	h, err := held(f, m.Network.Scaling.Resolution, stated, b)
	if err != nil {
		return nil, nil, err
	}
	w, err := collect(f, &h.identity, m.Network, h.settings.eps)
	if err != nil {
		return nil, nil, err
	}
	return m, w.Clone(), nil
}

// weightsFile reads the file of weights that a spec names, and what lies beside it.
func weightsFile(spec string) (*tensorfile.File, *beside, error) {
	if name, rest, ok := strings.Cut(spec, ":"); ok {
		if p, ok := assets.LookupPack(name); ok {
			n, err := parsePacked(spec, &p, rest)
			if err != nil {
				return nil, nil, err
			}
			f, err := n.file(n.whole)
			return f, nil, err
		}
	}
	path, _, err := parseFile(spec)
	if err != nil {
		return nil, nil, err
	}
	f, err := tensorfile.Read(path)
	return f, readBeside(path), err
}
