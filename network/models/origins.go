package models

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"scalecam/assets"
	"scalecam/network"
	"scalecam/network/naming"
	"scalecam/network/tensorfile"
)

// layer is what one origin says of settings. Layers lie over each other, the surest
// on top.
type layer struct {
	origin network.Origin
	says   string
	values Settings
}

// rules are how libraries run the networks that go by their names, whatever their
// weights. timm has none: its ports of TensorFlow's weights go by the same names.
var rules = []struct {
	library       string
	architectures []*network.Architecture // nil for all
	values        Settings
}{
	{"torchvision", nil, Settings{"padding": "symmetric", "eps": "1e-05"}},
	{"EfficientNet-PyTorch", nil, Settings{"padding": asMade, "eps": "0.001"}},
	{"transformers", []*network.Architecture{network.EfficientNetB0}, Settings{"padding": asMade, "eps": "0.001"}},
	{"transformers", []*network.Architecture{network.MobileNetV2}, Settings{"padding": "same", "eps": "0.001"}},
	{"mmpretrain", []*network.Architecture{network.EfficientNetB0}, Settings{"padding": "same", "eps": "0.001"}},
	{"mmpretrain", []*network.Architecture{network.MobileNetV2}, Settings{"padding": "symmetric", "eps": "1e-05"}},
	{"pytorch-mobilenet-v2", nil, Settings{"padding": "symmetric", "eps": "1e-05"}},
	{"mobilenetv2.pytorch", nil, Settings{"padding": "symmetric", "eps": "1e-05"}},
	{"pytorch_resnet_cifar10", nil, Settings{"padding": "symmetric", "eps": "1e-05"}},
}

// asMade stands for TensorFlow's padding, worked out for the size that the network is
// made for and kept at all others.
const asMade = "same@"

// madeFor is the size that a network is made for.
func madeFor(id *naming.Identity) network.Size {
	if id.Preset != nil {
		return id.Preset.Scaling.Resolution
	}
	return network.Square(id.Architecture.Resolution)
}

// Means and deviations that weights take.
var (
	ofImageNet = Settings{"mean": "0.485,0.456,0.406", "std": "0.229,0.224,0.225"}
	ofHalf     = Settings{"mean": "0.5,0.5,0.5", "std": "0.5,0.5,0.5"} // from −1 to 1
)

// ported are the architectures of which timm has TensorFlow's weights alone.
var ported = []*network.Architecture{network.EfficientNetV2B0, network.EfficientNetV2S, network.EfficientNetV2M, network.EfficientNetV2L}

// usual is how libraries' own weights are mostly run, where the architecture's own
// way is another.
var usual = []struct {
	library       string
	architectures []*network.Architecture
	values        Settings
}{
	{"timm", nil, Settings{"interpolation": "bicubic"}},
	{"timm", []*network.Architecture{network.EfficientNetLite}, Settings{"padding": "symmetric", "eps": "1e-05", "mean": ofImageNet["mean"], "std": ofImageNet["std"]}},
	{"timm", ported, Settings{"padding": "same", "eps": "0.001"}},
	{"timm", ported[1:], ofHalf},
	{"transformers", []*network.Architecture{network.EfficientNetB0}, Settings{"crop": "none"}},
	{"transformers", []*network.Architecture{network.MobileNetV2}, ofHalf},
}

// ofNames are what a weights file's name says, or one of the folders' in which it
// lies: those of a library, where one is named.
var ofNames = []struct {
	library string
	part    string // of the name in lower case, with _ for - and .
	values  Settings
}{
	{"timm", "efficientnetv2_", Settings{"padding": "symmetric", "eps": "1e-05"}},
	{"timm", "tf_efficientnet", Settings{"padding": "same", "eps": "0.001"}},
	{"timm", "tf_efficientnet_lite", Settings{"mean": triple3(network.TensorFlowBicubic.Mean), "std": triple3(network.TensorFlowBicubic.Std)}},
	{"timm", "tf_efficientnetv2_b3_in21k_ft", Settings{"mean": ofHalf["mean"], "std": ofHalf["std"], "crop": "none", "crop_pct": "0.9"}},
	{"timm", "_ap_", ofHalf}, // AdvProp
	{"timm", "ra4_e3600", ofHalf},
	{"timm", "_pruned", ofHalf},
	{"EfficientNet-PyTorch", "adv_efficientnet", ofHalf},
	{"mmpretrain", "advprop", ofHalf},
	{"mmpretrain", "01norm", ofHalf},
}

// hashes are those in the names of torchvision's files, as its hub has them, with
// what the weights of that version are run with where it is not what the first ones
// are.
var hashes = map[string]struct {
	version string
	values  Settings
}{
	"b0353104": {"torchvision's MobileNet_V2_Weights.IMAGENET1K_V1", Settings{"crop_pct": share(224, 256), "interpolation": "bilinear"}},
	"7ebf99e0": {"torchvision's MobileNet_V2_Weights.IMAGENET1K_V2", Settings{"crop_pct": share(224, 232), "interpolation": "bilinear"}},
	"533bc792": {"torchvision's EfficientNet_B1_Weights.IMAGENET1K_V1", Settings{"crop_pct": share(240, 256), "interpolation": "bicubic"}},
	"bac287d4": {"torchvision's EfficientNet_B1_Weights.IMAGENET1K_V1", Settings{"crop_pct": share(240, 256), "interpolation": "bicubic"}},
	"c27df63c": {"torchvision's EfficientNet_B1_Weights.IMAGENET1K_V2", Settings{"crop_pct": share(240, 255), "interpolation": "bilinear"}},
	"0676ba61": {"torchvision's ResNet50_Weights.IMAGENET1K_V1", Settings{"crop_pct": share(224, 256)}},
	"11ad3fa6": {"torchvision's ResNet50_Weights.IMAGENET1K_V2", Settings{"crop_pct": share(224, 232)}},
	"63fe2227": {"torchvision's ResNet101_Weights.IMAGENET1K_V1", Settings{"crop_pct": share(224, 256)}},
	"cd907fc2": {"torchvision's ResNet101_Weights.IMAGENET1K_V2", Settings{"crop_pct": share(224, 232)}},
	"394f9c45": {"torchvision's ResNet152_Weights.IMAGENET1K_V1", Settings{"crop_pct": share(224, 256)}},
	"f82ba261": {"torchvision's ResNet152_Weights.IMAGENET1K_V2", Settings{"crop_pct": share(224, 232)}},
	"95faca4d": {"torchvision's Wide_ResNet50_2_Weights.IMAGENET1K_V1", Settings{"crop_pct": share(224, 256)}},
	"9ba9bcbe": {"torchvision's Wide_ResNet50_2_Weights.IMAGENET1K_V2", Settings{"crop_pct": share(224, 232)}},
	"32ee1156": {"torchvision's Wide_ResNet101_2_Weights.IMAGENET1K_V1", Settings{"crop_pct": share(224, 256)}},
	"d733dc28": {"torchvision's Wide_ResNet101_2_Weights.IMAGENET1K_V2", Settings{"crop_pct": share(224, 232)}},
}

// twice are the networks of which torchvision has two versions of weights, run
// differently.
var twice = []string{"mobilenet-v2", "efficientnet-b1", "resnet-50", "resnet-101", "resnet-152", "wide-resnet-50-2", "wide-resnet-101-2"}

func share(side, of float64) string { return float(side/of, 64) }

func float(v float64, bits int) string { return strconv.FormatFloat(v, 'g', -1, bits) }

func triple3(v [3]float32) string {
	return strings.Join([]string{float(float64(v[0]), 32), float(float64(v[1]), 32), float(float64(v[2]), 32)}, ",")
}

// applies tells that a row of a table speaks of the network found.
func applies(id *naming.Identity, library string, architectures []*network.Architecture) bool {
	return (library == "" || library == id.Scheme.Library) && (architectures == nil || slices.Contains(architectures, id.Architecture))
}

// layers are what is known of the network found, the least sure first: what is
// stated and the file's metadata not included.
func layers(id *naming.Identity, f *tensorfile.File, b *beside) []layer {
	a := id.Architecture
	p := a.Preprocessing
	all := []layer{{network.Assumed, "as " + a.Title + " is usually run", Settings{
		"padding": a.Padding.String(), "eps": float(a.Eps, 64), "mean": triple3(p.Mean), "std": triple3(p.Std),
		"interpolation": p.Filter.String(), "crop": p.Crop.String(), "crop_pct": float(p.Ratio, 64),
	}}}
	if len(a.Classes) == id.Classes {
		all = append(all, layer{network.Assumed, a.Title + "'s, by their number", Settings{"classes": list(a.Classes)}})
	}
	library := id.Scheme.Library
	for _, u := range usual {
		if applies(id, u.library, u.architectures) {
			all = append(all, layer{network.Assumed, "as " + library + " usually runs it", u.values})
		}
	}
	names := namesOf(id, f, b)
	all = append(all, publishedLayers(id, names)...)
	for _, n := range names {
		for _, rule := range ofNames {
			if rule.library == library && strings.Contains(n.name, rule.part) {
				all = append(all, layer{n.origin, n.says, rule.values})
			}
		}
	}
	if library == "torchvision" {
		for hash, known := range hashes {
			if strings.Contains(filepath.Base(f.Path), hash) {
				all = append(all, layer{network.ByHash, "its name has the hash of " + known.version, known.values})
			}
		}
	}
	for _, r := range rules {
		if applies(id, r.library, r.architectures) {
			values := maps.Clone(r.values)
			if values["padding"] == asMade {
				values["padding"] += madeFor(id).String()
			}
			if e := torchvisionEps(id); e != "" && library == "torchvision" {
				values["eps"] = e
			}
			all = append(all, layer{network.ByLibrary, "as " + library + " makes it", values})
		}
	}
	return append(all, b.layers(id)...)
}

// torchvisionEps is what torchvision gives the deeper EfficientNets.
func torchvisionEps(id *naming.Identity) string {
	if id.Preset != nil {
		if p := torchvision[id.Preset.Name]; p.eps > 0 {
			return float(p.eps, 64)
		}
	}
	return ""
}

// publishedLayers say how the library's own weights of a preset are run: what is
// known of these, where the classes are ImageNet's, and assumed of others.
func publishedLayers(id *naming.Identity, names []named) []layer {
	if id.Preset == nil {
		return nil
	}
	library := id.Scheme.Library
	table := torchvision
	switch {
	case library == "timm" && slices.ContainsFunc(names, func(n named) bool { return strings.Contains(n.name, "tf_efficientnet") }):
		table = timmTF
	case library == "timm":
		if table = timm; timm[id.Preset.Name].size == 0 && (id.Architecture == network.EfficientNetLite || slices.Contains(ported, id.Architecture)) {
			table = timmTF // it has no others
		}
	case library != "torchvision":
		table = timmTF // the paper's
	}
	known, ok := table[id.Preset.Name]
	if !ok {
		return nil
	}
	values := Settings{"height": strconv.Itoa(known.size), "width_px": strconv.Itoa(known.size), "crop_pct": float(known.ratio, 64)}
	if known.eps > 0 {
		values["eps"] = float(known.eps, 64)
	}
	if known.squash {
		values["crop"] = "none"
	}
	if known.bilinear {
		values["interpolation"] = "bilinear"
	}
	if library == "EfficientNet-PyTorch" {
		values["crop_pct"] = "1"
	}
	if library == "mmpretrain" {
		values["crop_pct"] = share(float64(known.size), float64(known.size)+32)
	}
	if id.Architecture == network.EfficientNetLite && (library != "timm" || !known.own) {
		values["padding"], values["eps"] = "same", "0.001"
		values["mean"], values["std"] = triple3(network.TensorFlowBicubic.Mean), triple3(network.TensorFlowBicubic.Std)
	}
	says := "as " + library + "'s own weights of " + id.Preset.Title + " are run"
	if library == "torchvision" && slices.Contains(twice, id.Preset.Name) {
		says += ", the first ones (IMAGENET1K_V1); those of today's DEFAULT are resized otherwise"
	}
	return []layer{{network.Assumed, says, values}}
}

// named is a name that may tell of a network, and whose it is.
type named struct {
	origin network.Origin
	says   string
	name   string // in lower case, with _ for - and .
}

// maxFolders is how many folders up names are looked at: a hub's cache keeps a file
// in models--OWNER--NAME/snapshots/REVISION.
const maxFolders = 3

// namesOf are the names of the file and of the folders in which it lies, and that
// which its metadata or its configuration give as the architecture; the surest last.
func namesOf(id *naming.Identity, f *tensorfile.File, b *beside) []named {
	plain := func(name string) string {
		return strings.NewReplacer("-", "_", ".", "_").Replace(strings.ToLower(name)) + "_"
	}
	var all []named
	if b != nil { // it is a file, not a pack's
		at := filepath.Clean(f.Path)
		if whole, err := filepath.Abs(at); err == nil {
			at = whole
		}
		folder := filepath.Dir(at)
		for range maxFolders {
			if base := filepath.Base(folder); len(base) > 1 {
				all = append(all, named{network.ByName, "its folder is called " + base, plain(base)})
			}
			folder = filepath.Dir(folder)
		}
		slices.Reverse(all)
	}
	base := filepath.Base(f.Path)
	all = append(all, named{network.ByName, "its file is called " + base, plain(base)})
	if b.speaksOf(id) && b.architecture != "" {
		all = append(all, named{network.ByConfiguration, b.file + " says " + b.architecture, plain(b.architecture + "." + b.tag)})
	}
	if stated := f.Metadata["architecture"]; stated != "" {
		all = append(all, named{network.ByMetadata, "its metadata say " + stated, plain(stated)})
	}
	return all
}

// settingsOf are a model's settings with their origins, in the order of the table,
// and what of the file was read.
func (s *settings) of(id *naming.Identity, f *tensorfile.File, own network.Size) []network.Setting {
	var all []network.Setting
	for _, t := range settingTable {
		switch t.key {
		case "depth", "width", "width_px": // found from shapes; beside height
			continue
		case "crop_pct":
			if s.preprocessing.Crop == network.NoCrop {
				continue
			}
		case "height":
			size := network.Setting{Key: "size", Value: own.String(), Origin: network.Assumed, Says: "as " + id.Architecture.Title + " is made for"}
			if o, ok := s.origins[t.key]; ok {
				size.Origin, size.Says = o.Origin, o.Says
			}
			all = append(all, size)
			continue
		case "classes":
			all = append(all, s.classesOf(id))
			continue
		}
		if t.key == "eps" && f.Operations != nil && f.Metadata["eps"] == "" { // batch norm is folded in
			continue
		}
		if o, ok := s.origins[t.key]; ok {
			all = append(all, o)
		}
	}
	return all
}

// classesOf says where the names of classes come from.
func (s *settings) classesOf(id *naming.Identity) network.Setting {
	of := s.origins["classes"]
	of.Key = "classes"
	switch {
	case s.classes != nil && of.Origin != "":
		of.Value = few(s.classes)
	case id.Classes == len(assets.ImageNetClasses()):
		of.Value, of.Origin, of.Says = few(assets.ImageNetClasses()), network.Assumed, "ImageNet's, by their number"
	default:
		of.Value, of.Origin, of.Says = "class 0, …", network.Unnamed, "nothing names them; --set classes=@FILE does"
	}
	return of
}

// few are the first names of a list.
func few(names []string) string {
	const most = 3
	if len(names) > most {
		return strings.Join(names[:most], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}

// list is names as the setting classes takes them.
func list(names []string) string {
	text, err := json.Marshal(names)
	if err != nil { // of strings, there is none
		return ""
	}
	return string(text)
}
