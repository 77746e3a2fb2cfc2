package models

import (
	"encoding/json"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"scalecam/assets"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/naming"
)

// beside is what lies beside a weights file and speaks of it, as hubs keep it:
// config.json of timm or transformers, and preprocessor_config.json.
type beside struct {
	file         string // "config.json", "" where there is none of use
	architecture string // as timm names it: tf_efficientnet_b0
	tag          string // of timm's weights: ap_in1k
	classes      int    // how many it says there are; 0 where it does not
	names        []string
	values       Settings // of config.json
	// odd are the blocks whose padding transformers' EfficientNet works out for a plane
	// of odd sides, the others' for one of even sides; nil where it is not said.
	odd       []int
	processor Settings // of preprocessor_config.json
	// independent tells that the classes do not exclude each other.
	independent bool
	published   *assets.Published // the network that the file is in the user's store; nil for none
}

// The files, and the most that they may have: names of a hundred thousand classes.
const (
	configFile    = "config.json"
	processorFile = "preprocessor_config.json"
	mostBeside    = 4 << 20
)

// readBeside reads what lies beside a weights file. What is not there, of another
// kind or damaged says nothing.
func readBeside(path string) *beside {
	b := &beside{values: Settings{}, processor: Settings{}, published: publishedAt(path)}
	b.readConfig(filepath.Join(filepath.Dir(path), configFile))
	b.readProcessor(filepath.Join(filepath.Dir(path), processorFile))
	return b
}

// readObject reads a JSON object into a struct, as far as its fields are of the
// kinds that are expected. What must not be taken for said where it is of another kind
// is a maybe; a pointer would be.
func readObject(path string, into any) bool {
	if _, err := os.Stat(path); err != nil {
		return false
	}
	data, err := file.Read(path, mostBeside, "a configuration")
	if err != nil || !json.Valid(data) {
		return false
	}
	_ = json.Unmarshal(data, into) // a field of another kind stays as it is
	return true
}

// maybe is a field of JSON that may be there, and may be of another kind than expected.
type maybe[T any] struct {
	value T
	said  bool
	odd   bool // it is there, and of another kind
}

func (m *maybe[T]) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		return nil
	}
	var v T
	if m.odd = json.Unmarshal(text, &v) != nil; !m.odd {
		m.value, m.said = v, true
	}
	return nil
}

// or is the value, or another where nothing is said.
func (m *maybe[T]) or(other T) T {
	if m.said {
		return m.value
	}
	return other
}

// timmConfig is what timm says of weights, in pretrained_cfg or beside it.
type timmConfig struct {
	Tag           string
	InputSize     []float64 `json:"input_size"`
	Interpolation string
	CropPct       float64 `json:"crop_pct"`
	CropMode      string  `json:"crop_mode"`
	Mean, Std     []float64
}

func (b *beside) readConfig(path string) {
	var c struct {
		timmConfig
		Architecture      string
		NumClasses        int               `json:"num_classes"`
		LabelNames        json.RawMessage   `json:"label_names"`
		LabelDescriptions map[string]string `json:"label_descriptions"`
		PretrainedCfg     *timmConfig       `json:"pretrained_cfg"`
		// transformers'
		ModelType        string            `json:"model_type"`
		ID2Label         map[string]string `json:"id2label"`
		ImageSize        float64           `json:"image_size"`
		BatchNormEps     float64           `json:"batch_norm_eps"`
		LayerNormEps     float64           `json:"layer_norm_eps"`
		TFPadding        maybe[bool]       `json:"tf_padding"`
		DepthwisePadding []int             `json:"depthwise_padding"`
		ProblemType      string            `json:"problem_type"`
		DepthCoefficient float64           `json:"depth_coefficient"`
		WidthCoefficient float64           `json:"width_coefficient"`
		DepthMultiplier  float64           `json:"depth_multiplier"`
	}
	if !readObject(path, &c) || c.Architecture == "" && c.ModelType == "" {
		return
	}
	b.file, b.architecture, b.classes = configFile, c.Architecture, c.NumClasses
	put := func(key string, value float64) {
		if value > 0 {
			b.values[key] = float(value, 64)
		}
	}
	t := c.timmConfig
	if c.PretrainedCfg != nil {
		t = *c.PretrainedCfg
	}
	b.tag = t.Tag
	if len(t.InputSize) == 3 {
		put("height", t.InputSize[1])
		put("width_px", t.InputSize[2])
	}
	if put("crop_pct", t.CropPct); t.CropPct > 0 {
		b.values["crop"] = "centre" // where crop_mode says nothing else
	}
	if slices.Contains([]string{"bicubic", "bilinear", "nearest"}, t.Interpolation) {
		b.values["interpolation"] = t.Interpolation
	}
	if t.CropMode == "squash" {
		b.values["crop"] = "none"
	}
	if len(t.Mean) == 3 && len(t.Std) == 3 {
		b.values["mean"], b.values["std"] = floats(t.Mean), floats(t.Std)
	}
	switch c.ModelType {
	case "efficientnet":
		b.odd = append([]int{}, c.DepthwisePadding...)
		put("eps", c.BatchNormEps)
		put("depth", c.DepthCoefficient)
		put("width", c.WidthCoefficient)
	case "mobilenet_v2":
		put("eps", c.LayerNormEps)
		put("width", c.DepthMultiplier)
		if c.TFPadding.said {
			b.values["padding"] = map[bool]string{true: "same", false: "symmetric"}[c.TFPadding.value]
		}
	}
	if c.ModelType != "" {
		put("height", c.ImageSize)
		put("width_px", c.ImageSize)
	}
	b.independent = c.ProblemType == "multi_label_classification"
	switch {
	case len(c.ID2Label) > 0:
		b.names = inOrder(c.ID2Label)
	case len(c.LabelNames) > 0:
		var names []string
		var by map[string]string
		if json.Unmarshal(c.LabelNames, &names) != nil && json.Unmarshal(c.LabelNames, &by) == nil {
			names = inOrder(by)
		}
		b.names = slices.Clone(names)
		for i, name := range b.names {
			if described := c.LabelDescriptions[name]; described != "" {
				b.names[i] = described
			}
		}
	}
	if CheckNames(b.names) != nil {
		b.names = nil
	}
}

// inOrder are names by their index, nil where an index is missing.
func inOrder(by map[string]string) []string {
	names := make([]string, len(by))
	for i := range names {
		name, ok := by[strconv.Itoa(i)]
		if !ok {
			return nil
		}
		names[i] = name
	}
	return names
}

func floats(values []float64) string {
	var all []string
	for _, v := range values {
		all = append(all, float(v, 32)) // which is what a Preprocessing has
	}
	return strings.Join(all, ",")
}

// readProcessor reads transformers' preprocessing: a pixel, from 0 to 255, times
// rescale_factor, less 1 where there is an offset, less the mean, over the
// deviation, which EfficientNet's with include_top divides by twice
// (image_processing_efficientnet.py).
func (b *beside) readProcessor(path string) {
	type side struct {
		Height, Width float64
		ShortestEdge  float64 `json:"shortest_edge"`
	}
	var c struct {
		Type          string          `json:"image_processor_type"`
		Extractor     string          `json:"feature_extractor_type"`
		Size          json.RawMessage `json:"size"`
		CropSize      json.RawMessage `json:"crop_size"`
		DoCenterCrop  maybe[bool]     `json:"do_center_crop"`
		DoNormalize   maybe[bool]     `json:"do_normalize"`
		DoRescale     maybe[bool]     `json:"do_rescale"`
		Resample      maybe[int]
		Mean          maybe[[]float64] `json:"image_mean"`
		Std           maybe[[]float64] `json:"image_std"`
		IncludeTop    maybe[bool]      `json:"include_top"`
		RescaleFactor maybe[float64]   `json:"rescale_factor"`
		RescaleOffset maybe[bool]      `json:"rescale_offset"`
	}
	if !readObject(path, &c) || c.Type == "" && c.Extractor == "" && !c.Mean.said {
		return
	}
	// sizeOf reads {"height": …, "width": …}, {"shortest_edge": …} or a number.
	sizeOf := func(text json.RawMessage) (s side) {
		if json.Unmarshal(text, &s) != nil {
			var n float64
			if json.Unmarshal(text, &n) == nil {
				s = side{ShortestEdge: n}
			}
		}
		return s
	}
	size, crop := sizeOf(c.Size), sizeOf(c.CropSize)
	if crop.ShortestEdge > 0 {
		crop = side{Height: crop.ShortestEdge, Width: crop.ShortestEdge}
	}
	switch {
	case c.DoCenterCrop.odd: // how it crops is not said
	case size.Height > 0 && size.Width > 0 && !c.DoCenterCrop.value:
		b.processor["crop"] = "none"
		b.processor["height"], b.processor["width_px"] = float(size.Height, 64), float(size.Width, 64)
	case size.ShortestEdge > 0 && c.DoCenterCrop.value && crop.Height > 0 && crop.Height == crop.Width && crop.Height <= size.ShortestEdge:
		b.processor["crop"], b.processor["crop_pct"] = "centre-floor", share(crop.Height, size.ShortestEdge)
		b.processor["height"], b.processor["width_px"] = float(crop.Height, 64), float(crop.Width, 64)
	}
	if c.Resample.said {
		switch c.Resample.value { // Pillow's numbers
		case 0:
			b.processor["interpolation"] = "nearest"
		case 2:
			b.processor["interpolation"] = "bilinear"
		case 3:
			b.processor["interpolation"] = "bicubic"
		}
	}
	if c.DoNormalize.odd || c.DoRescale.odd || c.Mean.odd || c.Std.odd || c.IncludeTop.odd || c.RescaleFactor.odd || c.RescaleOffset.odd {
		return // what becomes of a pixel is not said
	}
	factor, offset := c.RescaleFactor.or(1.0/255), 0.0
	if c.RescaleOffset.value {
		offset = 1
	}
	if !c.DoRescale.or(true) {
		factor, offset = 1, 0
	}
	mean, std := []float64{0, 0, 0}, []float64{1, 1, 1}
	if c.DoNormalize.or(true) {
		mean, std = c.Mean.value, c.Std.value
	}
	if len(mean) != 3 || len(std) != 3 {
		return
	}
	for i := range std {
		mean[i] = (offset + mean[i]) / (255 * factor)
		if c.IncludeTop.value {
			std[i] *= math.Abs(std[i]) // which stays below 0, where it is refused
		}
		std[i] /= 255 * factor
	}
	b.processor["mean"], b.processor["std"] = floats(mean), floats(std)
	for _, key := range []string{"mean", "std"} {
		if CheckValue(key, b.processor[key]) != nil { // either without the other is nobody's
			delete(b.processor, "mean")
			delete(b.processor, "std")
			return
		}
	}
}

// speaksOf tells that it can be the network found: with as many classes.
func (b *beside) speaksOf(id *naming.Identity) bool {
	return b != nil && (b.classes == 0 || b.classes == id.Classes)
}

// madeFor is the size, nearest to the one that is said, at which TensorFlow's padding
// is what the configuration says of each block with a stride.
func (b *beside) madeFor(id *naming.Identity) network.Size {
	size := madeFor(id)
	if side, err := strconv.Atoi(b.values["height"]); err == nil {
		size = network.Square(side)
	}
	fits := func(side int) bool {
		block := 0
		for i := range id.Architecture.Stages {
			stage := &id.Architecture.Stages[i]
			if stage.Stride == 2 {
				odd := i > 0 && slices.Contains(b.odd, block)
				if side%2 == 1 != odd {
					return false
				}
				side = (side + 1) / 2
			}
			if i > 0 {
				block += stage.Repeats(id.Depth)
			}
		}
		return true
	}
	const period = 32 // all that there is comes once in as many sides
	for off := range period {
		for _, side := range []int{size.H - off, size.H + off} {
			if side > 0 && side <= network.MaxResolution && fits(side) {
				return network.Square(side)
			}
		}
	}
	return size
}

// layers are what was read, where it speaks of the network found.
func (b *beside) layers(id *naming.Identity) []layer {
	if !b.speaksOf(id) {
		return nil
	}
	var all []layer
	if b.file != "" {
		values := Settings{}
		maps.Copy(values, b.values)
		if b.odd != nil && id.Scheme.Library == "transformers" {
			values["padding"] = asMade + b.madeFor(id).String()
		}
		if len(b.names) == id.Classes {
			values["classes"] = list(b.names)
			if imageNet := assets.ImageNetClasses(); id.Classes == len(imageNet) && (b.names[0] == "n01440764" || strings.HasPrefix(b.names[0], imageNet[0])) {
				values["classes"] = list(imageNet)
			}
		}
		all = append(all, layer{network.ByConfiguration, b.file + " beside the file", values})
	}
	if len(b.processor) > 0 {
		all = append(all, layer{network.ByConfiguration, processorFile + " beside the file", b.processor})
	}
	if b.published != nil {
		all = append(all, publishedLayer(b.published))
	}
	return all
}
