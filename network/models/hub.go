package models

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"scalecam/fault"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/naming"
	"scalecam/version"
)

// timmOwn are timm's names of the presets whose own differ.
var timmOwn = map[string]string{
	"mobilenet-v2": "mobilenetv2_100", "mobilenet-v2-110d": "mobilenetv2_110d", "mobilenet-v2-120d": "mobilenetv2_120d",
	"resnet-18": "resnet18", "resnet-34": "resnet34", "resnet-50": "resnet50", "resnet-101": "resnet101", "resnet-152": "resnet152",
	"wide-resnet-50-2": "wide_resnet50_2", "wide-resnet-101-2": "wide_resnet101_2",
}

// The epsilon of batch norm, PyTorch's and TensorFlow's.
const (
	TorchEps = 1e-5
	TFEps    = 1e-3
)

// TimmName is what timm calls a network, and batch norm's epsilon and the padding as it
// then has them; "" of a scaling that it has no name for.
func TimmName(n *network.Network) (name string, eps float64, padding network.Padding) {
	i := slices.IndexFunc(network.Presets, func(p network.Preset) bool {
		return p.Architecture == n.Architecture && p.Scaling.Depth == n.Scaling.Depth && p.Scaling.Width == n.Scaling.Width
	})
	if i < 0 {
		return "", TorchEps, network.SymmetricPadding
	}
	preset := network.Presets[i].Name
	if name = timmOwn[preset]; name == "" {
		name = strings.ReplaceAll(preset, "-", "_")
	}
	switch n.Architecture {
	case network.EfficientNetV2B0: // of which there is no other
		return "tf_" + name, TFEps, network.SamePadding
	case network.EfficientNetB0, network.EfficientNetLite, network.EfficientNetV2S, network.EfficientNetV2M, network.EfficientNetV2L:
		if n.Padding == network.SamePadding {
			return "tf_" + name, TFEps, network.SamePadding
		}
	}
	return name, TorchEps, network.SymmetricPadding
}

// TimmPadding is what timm calls a padding; not one that is worked out for a size.
func TimmPadding(p network.Padding) string {
	if p.Same {
		return "same"
	}
	return ""
}

// byTimm is what timm makes a model by.
func byTimm(m *network.Model) (name string, scheme *naming.Scheme, args map[string]any, err error) {
	n := m.Network
	name, eps, padding := TimmName(n)
	resNet := strings.Contains(timmOwn[n.Architecture.Name], "resnet")
	if scheme, err = naming.Find("timm", n.Architecture); err != nil && resNet {
		scheme, err = naming.Of(n.Architecture) // torchvision's names are timm's
	}
	if err != nil || name == "" {
		return "", nil, nil, fault.Errorf("models: %s: timm has no network by a name that is %s at d %v, w %v, so that none can be written whole for it", m.Name, n.Architecture.Title, n.Scaling.Depth, n.Scaling.Width)
	}
	args = map[string]any{}
	switch {
	case n.Padding == padding:
	case n.Padding.For == network.Size{} && !resNet:
		args["pad_type"] = TimmPadding(n.Padding)
	default:
		return "", nil, nil, fault.Errorf("models: %s: timm's %s has no padding %v, so that it cannot be written whole for it", m.Name, name, n.Padding)
	}
	if m.Eps != eps {
		if resNet {
			return "", nil, nil, fault.Errorf("models: %s: timm's %s has batch norm's eps %v, and this one's is %v, so that it cannot be written whole for it", m.Name, name, eps, m.Eps)
		}
		args["bn_eps"] = m.Eps
	}
	return name, scheme, args, nil
}

// Hub is a network of timm's as hubs keep it: model.safetensors and config.json, to lie
// in a folder of their own, with the calibration beside them. backbone is what Unpacked gives of the network that the head
// was taught on.
func Hub(m *network.Model, w network.Weights, h *Head, folder string) ([]file.File, error) {
	name, scheme, args, err := byTimm(m)
	if err != nil {
		return nil, err
	}
	n, err := m.Network.WithClasses(len(h.Classes))
	if err != nil {
		return nil, err
	}
	w = slices.Clone(w)
	w[len(w)-1] = network.LayerWeights{Weight: h.Weight, Bias: h.Bias}
	metadata := maps.Clone(h.About)
	if metadata == nil {
		metadata = map[string]string{}
	}
	metadata["program"] = version.Name()
	metadata["format"] = "pt" // which transformers and timm look for
	data, err := encodeNamed(scheme, false, n, w, m.Eps, h.Classes, m.Preprocessing, metadata)
	if err != nil {
		return nil, err
	}
	p := m.Preprocessing
	size := n.Scaling.Resolution
	mode := "center"
	if p.Crop == network.NoCrop {
		mode = "squash"
	}
	type pretrained struct {
		InputSize     [3]int     `json:"input_size"`
		Interpolation string     `json:"interpolation"`
		CropPct       float64    `json:"crop_pct"`
		CropMode      string     `json:"crop_mode"`
		Mean          [3]float64 `json:"mean"`
		Std           [3]float64 `json:"std"`
		NumClasses    int        `json:"num_classes"`
		Classifier    string     `json:"classifier"`
		FirstConv     string     `json:"first_conv"`
	}
	names := scheme.Names(n)
	config, err := json.MarshalIndent(struct {
		Architecture  string         `json:"architecture"`
		NumClasses    int            `json:"num_classes"`
		NumFeatures   int            `json:"num_features"`
		LabelNames    []string       `json:"label_names"`
		ModelArgs     map[string]any `json:"model_args,omitempty"`
		PretrainedCfg pretrained     `json:"pretrained_cfg"`
	}{name, len(h.Classes), n.Head(), h.Classes, args, pretrained{
		[3]int{3, size.H, size.W}, p.Filter.String(), p.Ratio, mode, widened(p.Mean), widened(p.Std), len(h.Classes), names[len(names)-1].Layer, names[0].Layer,
	}}, "", "  ")
	if err != nil {
		return nil, fault.Errorf("models: %w", err)
	}
	path := filepath.Join(folder, weightsNames[0])
	files := []file.File{{Path: path, Data: data}, {Path: filepath.Join(folder, configFile), Data: append(config, '\n')}}
	if h.Temperature == 0 {
		return files, nil
	}
	whole := sha256.Sum256(data)
	fitted, err := json.MarshalIndent(Calibration{Schema: CalibrationSchema, SHA256: hex.EncodeToString(whole[:]), Temperatures: []Fitted{{
		Resolution: size.String(), Temperature: min(max(h.Temperature, leastTemperature), mostTemperature), Data: h.About["taught"],
	}}}, "", "  ")
	if err != nil {
		return nil, fault.Errorf("models: %w", err)
	}
	return append(files, file.File{Path: CalibrationPath(path), Data: append(fitted, '\n')}), nil
}

// widened are values as they are written: the shortest that read as the same float32.
func widened(v [3]float32) (out [3]float64) {
	for i, x := range v {
		out[i], _ = strconv.ParseFloat(float(float64(x), 32), 64) // which it gave
	}
	return out
}
