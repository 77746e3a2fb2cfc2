package models

import (
	"errors"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"scalecam/assets"
	"scalecam/fault"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/tensorfile"
	"scalecam/version"
)

// A head's file is a safetensors file of two tensors, the classifier that was taught,
// whose metadata say what it was taught on:
//
//	head              1, the schema
//	backbone          the network whose features it reads: a SPEC of the program's own,
//	                  or a weights file by its path from the head's folder, with slashes
//	backbone_sha256   the SHA-256 of that file; "" of random weights
//	temperature       what its logits are divided by before the softmax
//
// and under the keys of Settings its classes, the size and preprocessing at which it
// was taught, and how the backbone was run.
const (
	// HeadSchema is what the file says of itself under "head".
	HeadSchema      = "1"
	headKey         = "head"
	headBackbone    = "backbone"
	headSHA256      = "backbone_sha256"
	headTemperature = "temperature"
	headWeight      = "head.weight" // [classes, K]
	headBias        = "head.bias"   // [classes]
)

// Head is a classifier that was taught on a network's pooled features.
type Head struct {
	Weight      []float32 // [classes, K], row-major
	Bias        []float32 // [classes]
	Classes     []string
	Temperature float64 // 0 where it was not fitted
	// Half has it written as float16, where that is precise enough.
	Half bool
	// About is what else its file says about itself.
	About map[string]string
}

// BackboneOf names the weights whose features a model's classifier reads: the
// model's own, or those that its head was taught on.
func BackboneOf(m *network.Model) network.Backbone {
	if m.Backbone != nil {
		return *m.Backbone
	}
	b := network.Backbone{Spec: unsized(m.Spec), SHA256: m.SHA256, TrainedAt: m.TrainedAt}
	if name, rest, ok := strings.Cut(b.Spec, ":"); ok && name == "random" {
		b.Spec = weights(m.Spec)
	} else if p, found := assets.LookupPack(name); ok && found {
		if n, err := parsePacked(b.Spec, &p, rest); err == nil {
			b.SHA256 = n.SHA256
		}
	}
	return b
}

// IsHead tells that the file at path is a head's.
func IsHead(path string) bool {
	f, err := tensorfile.Describe(path)
	return err == nil && isHead(f)
}

func isHead(f *tensorfile.File) bool { return f.Format == "safetensors" && f.Metadata[headKey] != "" }

// EncodeHead gives the file, which is to lie at path, of a head that was taught on the
// features of a model.
func EncodeHead(m *network.Model, h *Head, path string) ([]byte, error) {
	if err := CheckNames(h.Classes); err != nil {
		return nil, fault.Errorf("models: %w", err)
	}
	backbone := BackboneOf(m)
	p, n := m.Preprocessing, m.Network
	metadata := maps.Clone(h.About)
	if metadata == nil {
		metadata = map[string]string{}
	}
	maps.Copy(metadata, map[string]string{
		headKey: HeadSchema, "program": version.Name(), headBackbone: fromFolder(filepath.Dir(path), backbone.Spec), headSHA256: backbone.SHA256,
		"classes": list(h.Classes), "height": strconv.Itoa(n.Scaling.Resolution.H), "width_px": strconv.Itoa(n.Scaling.Resolution.W),
		"depth": float(n.Scaling.Depth, 64), "width": float(n.Scaling.Width, 64), "padding": n.Padding.String(), "eps": float(m.Eps, 64),
		"mean": triple3(p.Mean), "std": triple3(p.Std), "interpolation": p.Filter.String(), "crop": p.Crop.String(), "crop_pct": float(p.Ratio, 64),
	})
	if h.Temperature > 0 {
		metadata[headTemperature] = float(min(max(h.Temperature, leastTemperature), mostTemperature), 64)
	}
	dtype := "F32"
	if h.Half {
		dtype = "F16"
	}
	return tensorfile.Encode([]tensorfile.Tensor{
		{Name: headWeight, DType: dtype, Shape: []int{len(h.Classes), n.Head()}, Data: h.Weight},
		{Name: headBias, DType: dtype, Shape: []int{len(h.Classes)}, Data: h.Bias},
	}, metadata)
}

// fromFolder is the spec of a backbone as it is written to a file in the folder: a
// file's path from there, and nothing of where that is.
func fromFolder(folder, spec string) string {
	if Named(spec) {
		return spec
	}
	base, err := filepath.Abs(folder)
	if err != nil {
		return filepath.Base(spec)
	}
	path, err := filepath.Abs(spec)
	if err != nil {
		return filepath.Base(spec)
	}
	if path, err = filepath.Rel(base, path); err != nil { // on another disk
		return filepath.Base(spec)
	}
	return filepath.ToSlash(path)
}

// head is a head's file, read.
type head struct {
	path           string
	spec, sha256   string // of the backbone, as the file has them
	classes        []string
	k              int
	settings       settings
	temperature    float64
	weight, bias   []float32 // empty where values were not read
	backboneStated Settings  // how the backbone was run
}

// ofBackbone are the settings that are in the backbone's weights and layers.
var ofBackbone = []string{"depth", "width", "padding", "eps"}

// readHead reads what a head's file says.
func readHead(f *tensorfile.File) (h *head, err error) {
	if v := f.Metadata[headKey]; v != HeadSchema {
		return nil, fault.Errorf("models: %s: its schema is %.20q, and this version of scalecam reads %s; teach it anew", f.Path, v, HeadSchema)
	}
	h = &head{path: f.Path, spec: f.Metadata[headBackbone], sha256: f.Metadata[headSHA256], backboneStated: Settings{}}
	if err := h.settings.put(f.Path, "the metadata", layer{network.ByMetadata, "the head's file", f.Metadata}); err != nil {
		return nil, err
	}
	for _, t := range settingTable {
		if _, ok := f.Metadata[t.key]; !ok {
			return nil, fault.Errorf("models: %s: the head does not say %s; teach it anew", f.Path, t.key)
		}
	}
	for _, key := range ofBackbone {
		h.backboneStated[key] = f.Metadata[key]
	}
	if text, ok := f.Metadata[headTemperature]; ok {
		h.temperature, err = strconv.ParseFloat(text, 64)
		if err != nil || !(h.temperature >= leastTemperature && h.temperature <= mostTemperature) {
			return nil, fault.Errorf("models: %s: a temperature of %.20q; it is from %v to %v: teach the head anew", f.Path, text, leastTemperature, mostTemperature)
		}
	}
	h.classes = h.settings.classes
	weight, bias := f.Tensors[headWeight], f.Tensors[headBias]
	switch {
	case len(f.Tensors) != 2 || weight == nil || bias == nil || weight.Data == nil || bias.Data == nil:
		return nil, fault.Errorf("models: %s: a head's file holds %s and %s, of floating-point numbers, and nothing else; teach it anew", f.Path, headWeight, headBias)
	case len(h.classes) < 2:
		return nil, fault.Errorf("models: %s: a head of %d classes; it has two or more", f.Path, len(h.classes))
	case len(weight.Shape) != 2 || weight.Shape[0] != len(h.classes) || weight.Shape[1] < 1 || !slices.Equal(bias.Shape, weight.Shape[:1]):
		return nil, fault.Errorf("models: %s: its tensors have the shapes %v and %v, where %d classes take [%d, K] and [%d]", f.Path, weight.Shape, bias.Shape, len(h.classes), len(h.classes), len(h.classes))
	}
	h.k, h.weight, h.bias = weight.Shape[1], weight.Data, bias.Data
	return h, nil
}

// places are the specs by which the backbone may be found, the likeliest first.
func (h *head) places() ([]string, error) {
	spec := h.spec
	if name, rest, ok := strings.Cut(spec, ":"); ok && BuiltIn(spec) {
		if name == "random" {
			return []string{spec}, nil
		}
		var others []string
		for _, p := range assets.Packs() {
			for _, n := range p.Networks {
				switch {
				case n.SHA256 != h.sha256:
				case p.Name == name && n.Name == rest:
					return []string{spec}, nil
				default:
					others = append(others, p.Name+":"+n.Name)
				}
			}
		}
		if others == nil {
			return nil, fault.Errorf("models: %s: it was taught on %.80s, whose weights (SHA-256 %.12s…) this version of scalecam does not have; teach it anew", h.path, spec, h.sha256)
		}
		return others[:1], nil
	}
	if inStore(spec) {
		return []string{spec}, nil
	}
	if spec == "" || len(h.sha256) != 64 || strings.ContainsFunc(spec, func(r rune) bool { return r < ' ' }) {
		return nil, fault.Errorf("models: %s: it does not say on which network it was taught; teach it anew", h.path)
	}
	path := filepath.FromSlash(spec)
	if filepath.IsAbs(path) || filepath.VolumeName(path) != "" || strings.HasPrefix(spec, "/") || strings.HasPrefix(spec, `\`) || file.CheckLocal(spec) != nil {
		return nil, fault.Errorf("models: %s: it names its network by the path %.80q, where a path from its own folder is right; teach it anew", h.path, spec)
	}
	folder := filepath.Dir(h.path)
	all := []string{filepath.Join(folder, path), filepath.Join(folder, filepath.Base(path))}
	return slices.Compact(all), nil
}

// open opens what is found at a place by do, and holds it to the backbone's SHA-256.
func (h *head) open(do func(spec string) (sha256 string, err error)) error {
	places, err := h.places()
	if err != nil {
		return err
	}
	changed := ""
	for i, place := range places {
		if !Named(place) {
			if _, err := os.Stat(place); errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if IsHead(place) {
				if i > 0 { // nobody named it: it may be this one
					continue
				}
				return fault.Errorf("models: %s: it names %s as its network, which is a head itself; teach it anew, on a network", h.path, place)
			}
		}
		sum, err := do(place)
		switch {
		case err != nil:
			return err
		case sum == h.sha256:
			return nil
		}
		changed = place
	}
	if changed != "" {
		return fault.Errorf("models: %s: %s is not the network that it was taught on: its SHA-256 is another than %.12s…; put the old file there, or teach it anew", h.path, changed, h.sha256)
	}
	return fault.Errorf("models: %s: the network that it was taught on, %s (SHA-256 %.12s…), is not there; put that file beside it", h.path, filepath.Base(filepath.FromSlash(h.spec)), h.sha256)
}

// openHead opens a head on its backbone, at the input size given or, where it is zero,
// at the one at which it was taught.
func openHead(f *tensorfile.File, size network.Size, stated Settings) (*network.Model, error) {
	h, err := readHead(f)
	if err != nil {
		return nil, err
	}
	if err := h.state(stated); err != nil {
		return nil, err
	}
	var backbone *network.Model
	err = h.open(func(spec string) (string, error) {
		backbone, err = Open(spec, nil)
		if err == nil && !h.runsAs(backbone) { // what lay beside it said so, or somebody stated it
			backbone, err = Open(spec, h.backboneStated)
		}
		if err != nil {
			return "", err
		}
		return BackboneOf(backbone).SHA256, nil
	})
	if err != nil {
		return nil, err
	}
	own := h.settings.size
	if size == (network.Size{}) {
		size = own
	}
	at, err := backbone.At(size)
	if err == nil {
		at, err = at.WithHead(h.weight, h.bias, h.classes)
	}
	if err != nil {
		return nil, fault.Errorf("models: %s: %w", h.path, err)
	}
	of := BackboneOf(backbone)
	at.Backbone, at.TrainedAt, at.Preprocessing = &of, own, h.settings.preprocessing
	at.Domain, at.SHA256, at.About = domain(h.classes), f.SHA256, f.Metadata
	at.Settings = h.says(backbone.Settings)
	at.Weights.Head = headWeight
	if size == own && len(stated.ofNumbers()) == 0 {
		at.Temperature = h.temperature
	}
	return at, nil
}

// state puts what the user states over what the file says.
func (h *head) state(stated Settings) error {
	if err := stated.Check(); err != nil {
		return err
	}
	if err := h.settings.put(h.path, "the setting", layer{network.ByUser, "stated", stated}); err != nil {
		return err
	}
	for _, key := range ofBackbone {
		if value, ok := stated[key]; ok {
			h.backboneStated[key] = value
		}
	}
	if len(h.settings.classes) != len(h.classes) {
		return fault.Errorf("models: %s: %d names for its %d classes; give one for each", h.path, len(h.settings.classes), len(h.classes))
	}
	h.classes = h.settings.classes
	return nil
}

// runsAs tells that the backbone runs as it did when the head was taught.
func (h *head) runsAs(m *network.Model) bool {
	s, n := &h.settings, m.Network
	return s.scaling.Depth == n.Scaling.Depth && s.scaling.Width == n.Scaling.Width && s.padding == n.Padding && math.Abs(s.eps-m.Eps) <= 1e-12
}

// says are the backbone's settings with what the head's file, and the user, say.
func (h *head) says(backbone []network.Setting) []network.Setting {
	all := slices.Clone(backbone)
	for i := range all {
		s := &all[i]
		key := s.Key
		if key == "size" {
			key = "height"
		}
		of, ok := h.settings.origins[key]
		if !ok {
			continue
		}
		s.Origin, s.Says = of.Origin, of.Says
		switch s.Key {
		case "size":
			s.Value = h.settings.size.String()
		case "classes":
			s.Value = few(h.classes)
		default:
			s.Value = of.Value
		}
	}
	return all
}

// describeHead is the network that openHead would open.
func describeHead(f *tensorfile.File, size network.Size, stated Settings) (n *network.Network, err error) {
	h, err := readHead(f)
	if err != nil {
		return nil, err
	}
	if err := h.state(stated); err != nil {
		return nil, err
	}
	err = h.open(func(spec string) (string, error) {
		n, err = Network(spec, h.backboneStated)
		return h.sha256, err // which opening it will tell
	})
	if err != nil {
		return nil, err
	}
	if size == (network.Size{}) {
		size = h.settings.size
	}
	if n, err = n.At(size); err == nil {
		n, err = n.WithClasses(len(h.classes))
	}
	if err != nil {
		return nil, fault.Errorf("models: %s: %w", h.path, err)
	}
	return n, nil
}

// unpackedHead is Unpacked of a head.
func unpackedHead(m *network.Model, f *tensorfile.File, stated Settings) (*network.Model, network.Weights, error) {
	h, err := readHead(f)
	if err != nil {
		return nil, nil, err
	}
	if err := h.state(stated); err != nil {
		return nil, nil, err
	}
	var w network.Weights
	err = h.open(func(spec string) (string, error) {
		backbone, weights, err := Unpacked(spec, h.backboneStated)
		if err != nil {
			return "", err
		}
		w = weights
		return BackboneOf(backbone).SHA256, nil
	})
	if err != nil {
		return nil, nil, err
	}
	w[len(w)-1] = network.LayerWeights{Weight: h.weight, Bias: h.bias}
	return m, w, nil
}
