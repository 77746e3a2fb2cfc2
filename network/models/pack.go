package models

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"scalecam/assets"
	"scalecam/dataset/scenes"
	"scalecam/fault"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/tensorfile"
)

// domains are what models know, by their classes.
var domains = []struct {
	domain  network.Domain
	classes func() []string
}{
	{network.Scenes, scenes.Classes},
	{network.ImageNet, assets.ImageNetClasses},
	{network.Everyday, func() []string { return assets.Classes(string(network.Everyday)) }},
}

// domain is what those classes are of.
func domain(classes []string) network.Domain {
	for _, d := range domains {
		if slices.Equal(classes, d.classes()) {
			return d.domain
		}
	}
	return network.Unknown
}

// Pack are the specs of the networks of an embedded pack, or of a series of published
// ones; none where there is neither of that name.
func Pack(name string) []string {
	if s := assets.PublishedNetworks().LookupSeries(name); s != nil {
		return slices.Clone(s.Members)
	}
	p, _ := assets.LookupPack(name)
	var specs []string
	for _, n := range p.Networks {
		specs = append(specs, name+":"+n.Name)
	}
	return specs
}

// BuiltIn tells whether a spec names a network that needs no file: one of an
// embedded pack, or untrained.
func BuiltIn(spec string) bool {
	name, _, ok := strings.Cut(spec, ":")
	if ok && name != "random" {
		_, ok = assets.LookupPack(name)
	}
	return ok
}

// packed is a network of a pack at an input size.
type packed struct {
	*assets.PackNetwork
	pack  *assets.Pack
	spec  string
	own   network.Size // that it runs at in the pack
	size  network.Size // that it is asked for at
	sized bool         // that is another than its own, by the spec
}

// parsePacked is the network of a pack that a spec names.
func parsePacked(spec string, p *assets.Pack, rest string) (n packed, err error) {
	name, at, sized := strings.Cut(rest, "@")
	i := slices.IndexFunc(p.Networks, func(n assets.PackNetwork) bool { return n.Name == name })
	if i < 0 {
		var names []string
		for _, n := range p.Networks {
			names = append(names, p.Name+":"+n.Name)
		}
		return n, fault.Errorf("models: %s: the pack %s has no network %q; there are %s", spec, p.Name, name, strings.Join(names, ", "))
	}
	n = packed{PackNetwork: &p.Networks[i], pack: p, spec: spec, sized: sized}
	if n.own, err = network.ParseSize(n.Resolution); err != nil {
		return n, fault.Errorf("models: %s: %w", spec, err)
	}
	n.size = n.own
	if sized {
		if n.size, err = network.ParseSize(at); err != nil {
			return n, fault.Errorf("models: %s: %w", spec, err)
		}
	}
	return n, nil
}

// file has the network's weights file read.
func (n *packed) file(read func(r io.ReaderAt, size int64) (*tensorfile.File, error)) (*tensorfile.File, error) {
	w, size, err := n.pack.Open(n.PackNetwork)
	if err != nil {
		return nil, fault.Errorf("models: %s: %w", n.spec, err)
	}
	defer w.Close() // read only, nothing to lose
	f, err := read(w, size)
	if err != nil {
		return nil, fault.Errorf("models: %s: %s: %w", n.spec, n.File, err)
	}
	f.Path = n.spec
	return f, nil
}

// whole reads a weights file that is what its pack says.
func (n *packed) whole(r io.ReaderAt, size int64) (*tensorfile.File, error) {
	sum, err := file.SHA256(context.Background(), io.NewSectionReader(r, 0, size))
	if err != nil {
		return nil, err
	}
	if sum != n.SHA256 {
		return nil, fault.Errorf("its SHA-256 is %s and the pack says %s: the file is cut or changed; get the pack, or the program that it is part of, again", sum, n.SHA256)
	}
	return tensorfile.ReadFrom(r, size)
}

// describePacked is the network that openPacked would open, by its file's header.
func describePacked(spec string, p *assets.Pack, rest string, stated Settings) (*network.Network, error) {
	n, err := parsePacked(spec, p, rest)
	if err != nil {
		return nil, err
	}
	f, err := n.file(tensorfile.DescribeFrom)
	if err != nil {
		return nil, err
	}
	if isHead(f) {
		return describeHead(f, n.size, stated)
	}
	h, err := held(f, n.size, stated, nil)
	return h.network, err
}

// openPacked opens a network of a pack, at its own size or at another. Networks
// that share a file share their weights.
func openPacked(spec string, p *assets.Pack, rest string, stated Settings) (*network.Model, error) {
	n, err := parsePacked(spec, p, rest)
	if err != nil {
		return nil, err
	}
	m, err := n.open(stated)
	if err != nil {
		return nil, err
	}
	m.Spec, m.Stated, m.Name = spec, stated, n.Title
	if n.size == n.own && len(stated.ofNumbers()) == 0 {
		if n.Temperature > 0 { // a head's stands in its file
			m.Temperature = n.Temperature
		}
		if n.Unsure != nil {
			if err := json.Unmarshal(n.Unsure, &m.Unsure); err != nil {
				return nil, fault.Errorf("models: %s: %w", spec, err)
			}
		}
	}
	if n.sized {
		m.Name += " @" + n.size.String()
	}
	if stated["crop_pct"] == "" && n.CropPct > 0 && n.size == n.own {
		m.Preprocessing.Ratio = n.CropPct
	}
	return m, nil
}

// open opens the network's file, which is a whole network's or a head's.
func (n *packed) open(stated Settings) (*network.Model, error) {
	if n.Head {
		f, err := n.file(n.whole)
		if err != nil {
			return nil, err
		}
		m, err := openHead(f, n.size, stated)
		if err != nil {
			return nil, err
		}
		return m, n.label(m, stated)
	}
	return keep(n.spec, n.pack.Name+":"+n.SHA256+" "+stated.key(), nil, n.size, func() (*network.Model, network.Size, error) {
		f, err := n.file(n.whole)
		if err != nil {
			return nil, network.Size{}, err
		}
		m, own, err := load(f, network.Size{}, stated, nil)
		if err != nil {
			return nil, own, err
		}
		return m, own, n.label(m, stated)
	})
}

// label says what the network knows, and refuses one of other classes than its pack's.
func (n *packed) label(m *network.Model, stated Settings) error {
	m.Domain = network.Domain(n.pack.Domain)
	if stated["classes"] != "" {
		return nil
	}
	labelled(m.Settings)
	return n.checkClasses(m)
}

// labelled says of a network's settings that the classes are its pack's labels.
func labelled(settings []network.Setting) {
	for i := range settings {
		if s := &settings[i]; s.Key == "classes" {
			s.Origin, s.Says = network.ByPack, "the labels of its pack"
		}
	}
}

// checkClasses refuses a file whose classes are not the labels of its pack.
func (n *packed) checkClasses(m *network.Model) error {
	for _, d := range domains {
		if labels := d.classes(); d.domain == m.Domain && !slices.Equal(m.Classes, labels) {
			return fault.Errorf("models: %s: %s has %d classes, %q and on, and the labels of the pack are %d, %q and on; get the pack, or the program that it is part of, again",
				n.spec, n.File, len(m.Classes), m.Classes[0], len(labels), labels[0])
		}
	}
	return nil
}
