// Package models turns what names a network into a Model: a weights file, a
// network of an embedded pack, or random weights; with the settings that the file
// does not state.
package models

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"scalecam/assets"
	"scalecam/fault"
	"scalecam/network"
	"scalecam/network/kernel"
	"scalecam/network/naming"
	"scalecam/network/tensorfile"
)

// Open gives the model that a spec names:
//
//	FILE or FILE@SIZE                              a weights file, a head that was taught, or a folder that holds either; SIZE 224 or 96x160 (height × width)
//	NAME or NAME@SIZE                              a published network, or another, of the user's store: resnet-18
//	PACK:NETWORK or PACK:NETWORK@SIZE              a network that comes with the program: imagenet:compound
//	random:ARCHITECTURE,d=4,w=1,r=224[,seed=1]     untrained weights; or phi=1 for compound scaling
//
// stated are settings that go before the file's metadata; nil states nothing.
func Open(spec string, stated Settings) (*network.Model, error) {
	if rest, ok := strings.CutPrefix(spec, "random:"); ok {
		return openRandom(spec, rest, stated)
	}
	if name, rest, ok := strings.Cut(spec, ":"); ok {
		if p, ok := assets.LookupPack(name); ok {
			return openPacked(spec, &p, rest, stated)
		}
	}
	path, size, err := parseFile(spec)
	if err != nil {
		return nil, err
	}
	m, err := openFile(spec, path, size, stated)
	if err != nil {
		return nil, err
	}
	m.Spec, m.Stated = spec, stated
	if err := calibrate(path, m, stated); err != nil {
		return nil, err
	}
	m.Name = titleOf(path)
	if size != (network.Size{}) {
		m.Name += " @" + size.String()
	}
	return m, nil
}

// openFile opens a weights file, or a head on its backbone.
func openFile(spec, path string, size network.Size, stated Settings) (*network.Model, error) {
	if IsHead(path) { // small, and its backbone is kept
		f, err := tensorfile.Read(path)
		if err != nil {
			return nil, err
		}
		return openHead(f, size, stated)
	}
	read := func() (*network.Model, network.Size, error) {
		f, err := tensorfile.Read(path)
		if err != nil {
			return nil, network.Size{}, err
		}
		return load(f, size, stated, readBeside(path))
	}
	info, err := os.Stat(path)
	if err != nil || time.Since(info.ModTime()) < settled {
		m, _, err := read()
		return m, err
	}
	return keep(spec, fileKey(path, stated), info, size, read)
}

// Network gives the network of the model that Open would open, by what its file's
// header says: no weights are read, drawn or checked.
func Network(spec string, stated Settings) (*network.Network, error) {
	if rest, ok := strings.CutPrefix(spec, "random:"); ok {
		r, err := parseRandom(spec, rest, stated)
		return r.network, err
	}
	if name, rest, ok := strings.Cut(spec, ":"); ok {
		if p, ok := assets.LookupPack(name); ok {
			return describePacked(spec, &p, rest, stated)
		}
	}
	path, size, err := parseFile(spec)
	if err != nil {
		return nil, err
	}
	f, err := tensorfile.Describe(path)
	if err != nil {
		return nil, err
	}
	if isHead(f) {
		return describeHead(f, size, stated)
	}
	h, err := held(f, size, stated, readBeside(path))
	return h.network, err
}

// parseFile is the path of the weights file that a spec names, and the input size
// that it asks for, zero where it asks for none.
func parseFile(spec string) (path string, size network.Size, err error) {
	path, size, err = splitFile(spec)
	if err != nil {
		return "", size, fault.Errorf("models: %s: %w", spec, err)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if _, err := network.LookupPreset(path); err == nil {
			return "", size, fault.Errorf("models: %s: there are no weights by that name; name a weights file, or random:%s for untrained weights", spec, path)
		}
		return "", size, fault.Errorf("models: %s: there is no such file; name a .safetensors, .pth or .onnx file, a network of the program's own such as imagenet:compound, a published one such as resnet-18 (scalecam networks list), or an architecture with random: before it for untrained weights (efficientnet-b0 to -b7, efficientnet-lite0 to -lite4, efficientnetv2-s, mobilenet-v2, resnet-18 to -152, …)", spec)
	}
	if isFolder(path) {
		path, err = inFolder(path)
	}
	return path, size, err
}

// splitFile is the path and the input size that a spec of a file names.
func splitFile(spec string) (path string, size network.Size, err error) {
	if path, size, ok, err := fromStore(spec); ok {
		return path, size, err
	}
	at := strings.LastIndexByte(spec, '@')
	if at < 0 {
		return spec, size, nil
	}
	if _, err := os.Lstat(spec); err == nil { // a file may have an @ in its name
		return spec, size, nil
	}
	size, err = network.ParseSize(spec[at+1:])
	return spec[:at], size, err
}

// File is the weights file of the network that a spec names: of one that comes with
// the program in its source, from the top folder; "" of random weights.
func File(spec string) (path string, own bool) {
	name, rest, ok := strings.Cut(spec, ":")
	if ok && name == "random" {
		return "", false
	}
	if p, found := assets.LookupPack(name); ok && found {
		if n, err := parsePacked(spec, &p, rest); err == nil {
			return "assets/packs/" + p.Name + "/" + n.File, true
		}
	}
	path, _, _ = splitFile(spec) // which was opened
	if isFolder(path) {
		path, _ = inFolder(path)
	}
	return path, false
}

// holds is what a weights file holds, but for the weights.
type holds struct {
	identity naming.Identity
	settings settings
	network  *network.Network
	// own is the input size that the weights were trained at, as far as that is
	// known.
	own network.Size
}

// held finds out what a weights file holds, at the input size given or, where it
// is zero, at its own.
func held(f *tensorfile.File, size network.Size, stated Settings, b *beside) (h holds, err error) {
	hint := settings{}
	if b != nil {
		hint.hint(b)
	}
	if err := hint.read(f, stated); err != nil {
		return h, err
	}
	id, err := identify(f, hint.scaling)
	if err != nil {
		return h, err
	}
	s := defaults(&id, f, b)
	if err := s.read(f, stated); err != nil {
		return h, err
	}
	if stated := hint.size; (stated.H == 0) != (stated.W == 0) { // one side stated is both
		s.size = network.Square(max(stated.H, stated.W))
	}
	own := s.size
	if own == (network.Size{}) {
		own = network.Square(id.Architecture.Resolution)
		if id.Preset != nil {
			own = id.Preset.Scaling.Resolution
		}
	}
	if size == (network.Size{}) {
		size = own
	}
	a := id.Architecture
	for _, u := range unskipped {
		if u.library == id.Scheme.Library && u.architecture == a {
			a = u.as
		}
	}
	n, err := network.New(a, network.Scaling{Depth: id.Depth, Width: id.Width, Resolution: size}, s.padding, id.Classes)
	if err != nil {
		return h, fault.Errorf("models: %s: %w", f.Path, err)
	}
	return holds{id, s, n, own}, nil
}

// unskipped are networks that a library makes otherwise than others, of no other
// layers: at widths of a quarter and less, at which the first block of a stage has as
// many channels as the one before it.
var unskipped = []struct {
	library          string
	architecture, as *network.Architecture
}{
	{"transformers", network.EfficientNetB0, network.EfficientNetB0.WithoutSkips(1, 2, 3, 4, 5, 6, 7)},
	{"transformers", network.MobileNetV2, network.MobileNetV2.WithoutSkips(1)},
}

// load makes a model of a weights file, at the input size given or, where it
// is zero, at its own, which it gives too.
func load(f *tensorfile.File, size network.Size, stated Settings, b *beside) (m *network.Model, own network.Size, err error) {
	h, err := held(f, size, stated, b)
	if err != nil {
		return nil, own, err
	}
	id, s := h.identity, h.settings
	if err := sameOperations(f, h.network); err != nil {
		return nil, own, err
	}
	w, err := collect(f, &id, h.network, s.eps)
	if err != nil {
		return nil, own, err
	}
	if s.classes == nil && id.Classes == len(assets.ImageNetClasses()) {
		s.classes = assets.ImageNetClasses()
	}
	m, err = network.NewModel(h.network, w, s.eps, s.classes)
	if err != nil {
		return nil, own, fault.Errorf("models: %s: %w", f.Path, err)
	}
	m.Preprocessing, m.Names = s.preprocessing, id.Scheme.Layers(h.network)
	m.Trained, m.TrainedAt, m.About, m.SHA256, m.Library = true, s.size, f.Metadata, f.SHA256, id.Scheme.Library
	m.Plain = plain(f, &id, h.network)
	m.Domain, m.Settings = domain(m.Classes), s.of(&id, f, h.own)
	m.Independent = id.Classes == 1 || b != nil && b.independent && len(b.layers(&id)) > 0
	m.Weights = weightsOf(&id, f)
	return m, h.own, nil
}

// sameOperations holds an ONNX graph to the network found: it has as many layers and
// sums, and the network's activations.
func sameOperations(f *tensorfile.File, n *network.Network) error {
	got := f.Operations
	if got == nil {
		return nil
	}
	var want tensorfile.Operations
	for i := range n.Nodes {
		node := &n.Nodes[i]
		if node.Weighted() {
			want.Layers++
		}
		if node.Op == network.OpAdd {
			want.Sums++
		}
		switch node.Activation {
		case kernel.SiLU, kernel.Sigmoid:
			want.Sigmoid = true
		case kernel.ReLU6:
			want.Clip = true
		case kernel.ReLU:
			want.Relu = true
		}
	}
	if *got != want {
		return fault.Errorf("models: %s: its ONNX graph is not %s, though its weights would be: it has %d layers and %d sums where that has %d and %d, or other activations", f.Path, n.Architecture.Title, got.Layers, got.Sums, want.Layers, want.Sums)
	}
	return nil
}

// weightsOf says which of the file's tensors were taken, and which were not.
func weightsOf(id *naming.Identity, f *tensorfile.File) network.WeightsRead {
	return network.WeightsRead{Taken: f.Taken, Beside: f.Beside, Prefix: id.Prefix, Head: strings.TrimPrefix(id.Head, id.Prefix), Ignored: id.Ignored, Library: id.Scheme.Library}
}

// hint takes the scaling that lies beside the file; a value that is none says nothing.
func (s *settings) hint(b *beside) {
	values := b.values
	if p := b.published; p != nil {
		values = Settings{"depth": float(p.Depth, 64), "width": float(p.Width, 64)}
	}
	for _, key := range []string{"depth", "width"} {
		if value, ok := values[key]; ok {
			_ = s.put("", "", layer{values: Settings{key: value}})
		}
	}
}

// plain tells that the file is the state dict of the network as its library has it,
// no less and, but for counters, no more.
func plain(f *tensorfile.File, id *naming.Identity, n *network.Network) bool {
	if f.Taken != "" || f.Metadata["saved"] != "" { // within a checkpoint; a whole model
		return false
	}
	rest := maps.Clone(f.Tensors)
	maps.DeleteFunc(rest, func(name string, _ *tensorfile.Tensor) bool { return strings.HasSuffix(name, ".num_batches_tracked") })
	for i, name := range id.Scheme.Names(n) {
		tensors := []string{name.Layer + ".weight", name.Norm + ".weight", name.Norm + ".bias", name.Norm + ".running_mean", name.Norm + ".running_var"}
		switch {
		case !n.Nodes[i].Weighted():
			continue
		case name.Norm == "":
			tensors = []string{name.Layer + ".weight", name.Layer + ".bias"}
		}
		for _, t := range tensors {
			if rest[t] == nil {
				return false
			}
			delete(rest, t)
		}
	}
	return len(rest) == 0
}

// identify finds out which network a file holds.
func identify(f *tensorfile.File, stated network.Scaling) (naming.Identity, error) {
	shapes := naming.Shapes{}
	for name, t := range f.Tensors {
		shapes[name] = t.Shape
	}
	id, err := naming.Identify(shapes, f.Metadata["architecture"], stated)
	if err != nil {
		return id, fault.Errorf("models: %s: %w", f.Path, err)
	}
	return id, nil
}

// defaults are the settings known for the network found. The size stays zero
// where the weights' own is not known.
func defaults(id *naming.Identity, f *tensorfile.File, b *beside) settings {
	var s settings
	for _, l := range layers(id, f, b) {
		// What lies beside the file may hold a value that is none: it then says nothing.
		kept := layer{l.origin, l.says, Settings{}}
		for key, value := range l.values {
			if new(settings).put("", "", layer{values: Settings{key: value}}) == nil {
				kept.values[key] = value
			}
		}
		_ = s.put(f.Path, "", kept) // which holds
	}
	return s
}

// published is how a library's own weights of a preset are run: input side,
// side of the crop over that of the resized picture, and batch norm's eps where
// it is not the library's usual one.
type published struct {
	size       int
	ratio, eps float64
	bilinear   bool // where the library's usual filter is another
	squash     bool // the whole picture, instead of its middle
	own        bool // trained by the library, with its padding, mean and deviation, where the architecture's are others
}

// torchvision's weights (torchvision 0.29, models/efficientnet.py, mobilenetv2.py and
// resnet.py).
var torchvision = map[string]published{
	"efficientnet-b0": {size: 224, ratio: 224.0 / 256},
	"efficientnet-b1": {size: 240, ratio: 240.0 / 256},
	"efficientnet-b2": {size: 288, ratio: 288.0 / 288},
	"efficientnet-b3": {size: 300, ratio: 300.0 / 320},
	"efficientnet-b4": {size: 380, ratio: 380.0 / 384},
	"efficientnet-b5": {size: 456, ratio: 456.0 / 456, eps: 1e-3},
	"efficientnet-b6": {size: 528, ratio: 528.0 / 528, eps: 1e-3},
	"efficientnet-b7": {size: 600, ratio: 600.0 / 600, eps: 1e-3},
	"mobilenet-v2":    {size: 224, ratio: 224.0 / 256},

	"efficientnetv2-s": {size: 384, ratio: 1, eps: 1e-3},
	"efficientnetv2-m": {size: 480, ratio: 1, eps: 1e-3},
	"efficientnetv2-l": {size: 480, ratio: 1, eps: 1e-3},

	"resnet-18":         {size: 224, ratio: 224.0 / 256},
	"resnet-34":         {size: 224, ratio: 224.0 / 256},
	"resnet-50":         {size: 224, ratio: 224.0 / 256},
	"resnet-101":        {size: 224, ratio: 224.0 / 256},
	"resnet-152":        {size: 224, ratio: 224.0 / 256},
	"wide-resnet-50-2":  {size: 224, ratio: 224.0 / 256},
	"wide-resnet-101-2": {size: 224, ratio: 224.0 / 256},
}

// timm's own weights (timm, models/efficientnet.py), which it trained at sizes
// of its own. Of EfficientNet-Lite it trained Lite0 alone. Of B1 there are several, at 224 and at 240, and B5 to B7 it
// trained otherwise or not at all: their sizes stay unknown.
var timm = map[string]published{
	"efficientnet-b0":    {size: 224, ratio: 0.875},
	"efficientnet-b2":    {size: 256, ratio: 0.875},
	"efficientnet-b3":    {size: 288, ratio: 0.875},
	"efficientnet-b4":    {size: 320, ratio: 0.875},
	"efficientnet-lite0": {size: 224, ratio: 0.875, eps: 1e-5, own: true},
	"mobilenet-v2":       {size: 224, ratio: 0.875},
}

// timmTF are timm's ports of the paper's weights (the same file).
var timmTF = map[string]published{
	"efficientnet-b0":    {size: 224, ratio: 0.875},
	"efficientnet-b1":    {size: 240, ratio: 0.882},
	"efficientnet-b2":    {size: 260, ratio: 0.890},
	"efficientnet-b3":    {size: 300, ratio: 0.904},
	"efficientnet-b4":    {size: 380, ratio: 0.922},
	"efficientnet-b5":    {size: 456, ratio: 0.934},
	"efficientnet-b6":    {size: 528, ratio: 0.942},
	"efficientnet-b7":    {size: 600, ratio: 0.949},
	"efficientnet-lite0": {size: 224, ratio: 0.875},
	"efficientnet-lite1": {size: 240, ratio: 0.882},
	"efficientnet-lite2": {size: 260, ratio: 0.890},
	"efficientnet-lite3": {size: 300, ratio: 0.904, bilinear: true},
	"efficientnet-lite4": {size: 380, ratio: 0.920, bilinear: true},

	// Of V2 the sizes are those of training, as in timm's configurations; the published
	// accuracies are at larger ones.
	"efficientnetv2-b0": {size: 192, ratio: 0.875},
	"efficientnetv2-b1": {size: 192, ratio: 0.882},
	"efficientnetv2-b2": {size: 208, ratio: 0.890},
	"efficientnetv2-b3": {size: 240, ratio: 0.904},
	"efficientnetv2-s":  {size: 300, ratio: 1},
	"efficientnetv2-m":  {size: 384, ratio: 1, squash: true},
	"efficientnetv2-l":  {size: 384, ratio: 1, squash: true},
}

// collector takes a network's weights out of a file and holds every shape to the
// network's.
type collector struct {
	file    *tensorfile.File
	network *network.Network
	used    map[string]bool
	failed  error
}

// take gives a tensor's values, nil where something failed.
func (c *collector) take(name string, shape ...int) []float32 {
	if c.failed != nil {
		return nil
	}
	f, n := c.file, c.network
	t := f.Tensors[name]
	switch {
	case t == nil:
		c.failed = fault.Errorf("models: %s: no tensor %q; the file must hold a whole network with its classifier, such as a state dict", f.Path, name)
	case t.Data == nil:
		c.failed = fault.Errorf("models: %s: tensor %q holds %s, expected floating-point numbers (F64, F32, F16 or BF16)", f.Path, name, t.DType)
	case !slices.Equal(t.Shape, shape):
		c.failed = fault.Errorf("models: %s: tensor %q has shape %v, expected %v for %s at d %v, w %v", f.Path, name, t.Shape, shape, n.Architecture.Title, n.Scaling.Depth, n.Scaling.Width)
	default:
		c.used[name] = true
		return t.Data
	}
	return nil
}

// norm gives a layer's batch norm. Where it was folded into the layer, which then
// has a bias, it is one that changes nothing else.
func (c *collector) norm(name naming.Name, channels int, eps float64) *network.BatchNorm {
	has := func(name string) bool { return c.file.Tensors[name] != nil }
	if !has(name.Norm+".weight") && has(name.Layer+".bias") {
		b := &network.BatchNorm{Gamma: make([]float32, channels), Beta: c.take(name.Layer+".bias", channels), Mean: make([]float32, channels), Var: make([]float32, channels)}
		for i := range channels {
			b.Gamma[i], b.Var[i] = 1, float32(1-eps)
		}
		return b
	}
	if c.failed == nil && has(name.Norm+".weight") && !has(name.Norm+".running_mean") && !has(name.Norm+".running_var") {
		c.failed = fault.Errorf("models: %s: the norm %q has no running mean and variance: it is a group norm or another kind, and batch norm alone is read", c.file.Path, name.Norm)
	}
	b := &network.BatchNorm{
		Gamma: c.take(name.Norm+".weight", channels), Beta: c.take(name.Norm+".bias", channels),
		Mean: c.take(name.Norm+".running_mean", channels), Var: c.take(name.Norm+".running_var", channels),
	}
	for i, v := range b.Var {
		if v < 0 && c.failed == nil {
			c.failed = fault.Errorf("models: %s: tensor %q: the variance of channel %d is %v, expected 0 or more", c.file.Path, name.Norm+".running_var", i, v)
		}
	}
	return b
}

// collect takes the network's weights out of the file. A tensor that the network
// has no place for, and that is none of those to ignore, is an error: the file then
// holds another network.
func collect(f *tensorfile.File, id *naming.Identity, n *network.Network, eps float64) (network.Weights, error) {
	c := &collector{file: f, network: n, used: map[string]bool{}}
	w := make(network.Weights, len(n.Nodes))
	for i, name := range id.Names(n) {
		node := &n.Nodes[i]
		if !node.Weighted() {
			continue
		}
		if shape := f.Tensors[name.Layer+".weight"]; node.Part == network.Stem && shape != nil && len(shape.Shape) == 4 && shape.Shape[1] == 1 {
			return nil, fault.Errorf("models: %s: the network is made for grey pictures: its first layer %q has shape %v, with one channel where those for colours have three; give a network for colours", f.Path, name.Layer+".weight", shape.Shape)
		}
		w[i].Weight = c.take(name.Layer+".weight", node.WeightShape()...)
		if name.Norm == "" {
			w[i].Bias = c.take(name.Layer+".bias", node.Out)
			continue
		}
		w[i].Norm = c.norm(name, node.Out, eps)
		if c.failed != nil {
			break
		}
	}
	if c.failed != nil {
		return nil, c.failed
	}
	for _, name := range id.Ignored {
		c.used[name] = true
	}
	var extra []string
	for name, t := range f.Tensors {
		if !c.used[name] && t.Data != nil {
			extra = append(extra, name)
		}
	}
	if len(extra) > 0 {
		slices.Sort(extra)
		return nil, fault.Errorf("models: %s: tensor %q with shape %v has no place in %s at d %v, w %v (%d such tensors); the file holds another network", f.Path, extra[0], f.Tensors[extra[0]].Shape, n.Architecture.Title, n.Scaling.Depth, n.Scaling.Width, len(extra))
	}
	return w, nil
}

// Figure7 are the specs of the five networks of the paper's Figure 7 with
// untrained weights: the paper published no weights for three of them.
func Figure7() []string {
	var specs []string
	for _, p := range network.Figure7 {
		specs = append(specs, "random:"+p.Name)
	}
	return specs
}

// Description is what is known of what a spec names, besides its network's layers.
type Description struct {
	About    map[string]string // what the weights' file says about itself
	Settings []network.Setting
	Weights  network.WeightsRead
	// Independent is a network.Model's: probabilities are sigmoids.
	Independent bool
	Hint        string // what a look at the built-in photographs says against what is assumed; "" for nothing
}

// Describe gives the network that a spec or an architecture's name stands for,
// without drawing random weights for it, and what is known of its weights.
func Describe(spec string, stated Settings) (n *network.Network, d Description, err error) {
	if rest, ok := strings.CutPrefix(spec, "random:"); ok {
		r, err := parseRandom(spec, rest, stated)
		return r.network, d, err
	}
	if _, err := network.LookupPreset(spec); err == nil && !Here(spec) {
		r, err := parseRandom(spec, spec, stated)
		return r.network, d, err
	}
	m, err := Open(spec, stated)
	if err != nil {
		return nil, d, err
	}
	return m.Network, Description{m.About, m.Settings, m.Weights, m.Independent, PaddingHint(m).String()}, nil
}

// random is what a spec with "random:" says.
type random struct {
	name     string
	network  *network.Network
	seed     uint64
	settings settings
}

// parseRandom reads what follows "random:".
func parseRandom(spec, rest string, stated Settings) (r random, err error) {
	parts := strings.Split(rest, ",")
	preset, err := network.LookupPreset(parts[0])
	if err != nil {
		return r, fault.Errorf("models: %s: %w", spec, err)
	}
	scaling := preset.Scaling
	r.seed = 1
	for _, part := range parts[1:] {
		key, value, _ := strings.Cut(part, "=")
		var err error
		switch key {
		case "d":
			err = number(&scaling.Depth, value, 0, network.MaxFactor)
		case "w":
			err = number(&scaling.Width, value, 0, network.MaxFactor)
		case "r":
			scaling.Resolution, err = network.ParseResolution(value, preset.Architecture)
		case "phi":
			var phi float64
			if err = number(&phi, value, -10, 10); err == nil {
				scaling, err = network.PaperCompound.Scale(phi, preset.Architecture.Resolution)
			}
		case "seed":
			if r.seed, err = strconv.ParseUint(value, 10, 64); err != nil {
				err = fault.Errorf("it is a whole number of 0 or more")
			}
		default:
			err = fault.Errorf("unknown; write random:ARCHITECTURE,d=4,w=1,r=224,seed=1 or phi=1 for compound scaling")
		}
		if err != nil {
			return r, fault.Errorf("models: %s: %q: %w", spec, part, err)
		}
	}
	a := preset.Architecture
	r.settings = settings{eps: a.Eps, padding: a.Padding, preprocessing: a.Preprocessing, classes: a.Classes}
	if a.Classes == nil {
		r.settings.classes = assets.ImageNetClasses()
	}
	if err := r.settings.read(&tensorfile.File{Path: spec}, stated); err != nil {
		return r, err
	}
	r.network, err = network.New(preset.Architecture, scaling, r.settings.padding, len(r.settings.classes))
	if err != nil {
		return r, fault.Errorf("models: %s: %w", spec, err)
	}
	r.name = preset.Title
	if scaling != preset.Scaling {
		r.name = fmt.Sprintf("%s %v", preset.Architecture.Title, scaling)
	}
	return r, nil
}

func openRandom(spec, rest string, stated Settings) (*network.Model, error) {
	r, err := parseRandom(spec, rest, stated)
	if err != nil {
		return nil, err
	}
	if err := r.network.Runnable(); err != nil { // before its weights are drawn
		return nil, fault.Errorf("models: %s: %w", spec, err)
	}
	s := r.network.Scaling
	key := fmt.Sprintf("random %s d=%v w=%v seed=%d %s", r.network.Architecture.Name, s.Depth, s.Width, r.seed, stated.key())
	m, err := keep(spec, key, nil, s.Resolution, func() (*network.Model, network.Size, error) {
		m, err := network.NewRandomModel(r.network, r.seed, r.settings.eps, r.settings.classes)
		if err != nil {
			return nil, s.Resolution, fault.Errorf("models: %s: %w", spec, err)
		}
		return m, s.Resolution, nil
	})
	if err != nil {
		return nil, err
	}
	m.Preprocessing = r.settings.preprocessing
	if scheme, err := naming.Of(r.network.Architecture); err == nil {
		m.Names = scheme.Layers(r.network)
	}
	m.Spec, m.Stated, m.Name, m.Domain = spec, stated, r.name, domain(m.Classes)
	return m, nil
}
