// Package network describes scaled convolutional networks and runs them.
//
// An Architecture (a stage table, as data) under a Scaling (depth, width,
// resolution) is a Network, spelt out layer by layer and counted. A Network
// with weights, class names and preprocessing is a Model, which turns a picture
// into Activations: the final convolution's features and the logits, of which
// class activation maps are made.
package network

import (
	"fmt"
	"slices"
	"strings"

	"scalecam/network/kernel"
)

// Operator is what a stage of an architecture is made of.
type Operator int

const (
	// Convolution is a plain convolution with batch norm and activation.
	Convolution Operator = iota
	// MBConv is the mobile inverted bottleneck: 1×1 expansion, depthwise
	// convolution, squeeze-and-excite where the architecture has it, and 1×1
	// projection without activation (arXiv 1801.04381, 1807.11626).
	MBConv
)

// Stage is a row of an architecture's table, before scaling.
type Stage struct {
	Operator Operator
	Kernel   int
	Expand   int // MBConv's expansion ratio; 1 has no expansion layer
	Channels int // channels out
	Layers   int // how often the operator is repeated
	Stride   int // of the first repetition; the others have stride 1
}

// Architecture is a family of networks: a stage table and the rules by which
// it is scaled. The first stage is the stem and the last one the head, after
// which every architecture here has global average pooling and one linear
// layer: what class activation maps rest on.
type Architecture struct {
	Name         string // as in commands: "efficientnet-b0"
	Title        string // as in print: "EfficientNet-B0"
	Source       string
	Stages       []Stage
	Resolution   int     // input side that the table is made for
	SqueezeRatio float64 // squeeze-and-excite width over the block's input width; 0 has none
	Activation   kernel.Activation
	// WholeHead keeps the head at least as wide as in the table when the
	// network is made narrower, as MobileNetV2 does.
	WholeHead bool
	// Preprocessing is what published weights of the family expect unless they
	// say otherwise.
	Preprocessing Preprocessing
}

// Head is the number of channels of the head at the width w.
func (a *Architecture) Head(w float64) int {
	if a.WholeHead {
		w = max(w, 1)
	}
	return Channels(a.Stages[len(a.Stages)-1].Channels, w)
}

// EfficientNetB0 is Table 1 of arXiv 1905.11946.
var EfficientNetB0 = &Architecture{
	Name: "efficientnet-b0", Title: "EfficientNet-B0", Source: "Tan and Le 2019, arXiv 1905.11946, table 1",
	Stages: []Stage{
		{Convolution, 3, 0, 32, 1, 2},
		{MBConv, 3, 1, 16, 1, 1},
		{MBConv, 3, 6, 24, 2, 2},
		{MBConv, 5, 6, 40, 2, 2},
		{MBConv, 3, 6, 80, 3, 2},
		{MBConv, 5, 6, 112, 3, 1},
		{MBConv, 5, 6, 192, 4, 2},
		{MBConv, 3, 6, 320, 1, 1},
		{Convolution, 1, 0, 1280, 1, 1},
	},
	Resolution: 224, SqueezeRatio: 0.25, Activation: kernel.SiLU,
	Preprocessing: ImageNetBicubic,
}

// MobileNetV2 is table 2 of arXiv 1801.04381.
var MobileNetV2 = &Architecture{
	Name: "mobilenet-v2", Title: "MobileNetV2", Source: "Sandler et al. 2018, arXiv 1801.04381, table 2",
	Stages: []Stage{
		{Convolution, 3, 0, 32, 1, 2},
		{MBConv, 3, 1, 16, 1, 1},
		{MBConv, 3, 6, 24, 2, 2},
		{MBConv, 3, 6, 32, 3, 2},
		{MBConv, 3, 6, 64, 4, 2},
		{MBConv, 3, 6, 96, 3, 1},
		{MBConv, 3, 6, 160, 3, 2},
		{MBConv, 3, 6, 320, 1, 1},
		{Convolution, 1, 0, 1280, 1, 1},
	},
	Resolution: 224, Activation: kernel.ReLU6, WholeHead: true,
	Preprocessing: ImageNetBilinear,
}

// EfficientNet64 is made of B0's blocks for pictures of 64 pixels, of which B0's
// stride of 32 would leave a grid of 2 × 2: its stride is 8. Its expansions are
// 4-fold and its stages few, so that a network of it is trained within an hour.
var EfficientNet64 = &Architecture{
	Name: "efficientnet-64", Title: "EfficientNet-64", Source: "Scalecam's own, after arXiv 1905.11946, table 1",
	Stages: []Stage{
		{Convolution, 3, 0, 16, 1, 2},
		{MBConv, 3, 1, 16, 1, 2},
		{MBConv, 3, 4, 24, 1, 1},
		{MBConv, 5, 4, 40, 2, 2},
		{MBConv, 3, 4, 56, 2, 1},
		{Convolution, 1, 0, 224, 1, 1},
	},
	Resolution: 64, SqueezeRatio: 0.25, Activation: kernel.SiLU,
	Preprocessing: Preprocessing{Mean: ImageNetBicubic.Mean, Std: ImageNetBicubic.Std, Filter: ImageNetBicubic.Filter, Ratio: 1},
}

// Architectures lists the known architectures.
var Architectures = []*Architecture{EfficientNetB0, MobileNetV2, EfficientNet64}

// Preset is a published scaling of an architecture.
type Preset struct {
	Name         string // as in commands
	Title        string
	Architecture *Architecture
	Scaling      Scaling
	Dropout      float64
	Published    Published // what the paper reports of it; zero of our own
}

// Presets are EfficientNet-B0 to B7 (arXiv 1905.11946 and its code; B1 to B7
// are not exact powers of the compound scaling's bases), MobileNetV2, and our own
// EfficientNet-64.
var Presets = []Preset{
	{"efficientnet-b0", "EfficientNet-B0", EfficientNetB0, Scaling{1.0, 1.0, Square(224)}, .2, Published{0.39, 77.1, 93.3}},
	{"efficientnet-b1", "EfficientNet-B1", EfficientNetB0, Scaling{1.1, 1.0, Square(240)}, .2, Published{0.7, 79.1, 94.4}},
	{"efficientnet-b2", "EfficientNet-B2", EfficientNetB0, Scaling{1.2, 1.1, Square(260)}, .3, Published{1, 80.1, 94.9}},
	{"efficientnet-b3", "EfficientNet-B3", EfficientNetB0, Scaling{1.4, 1.2, Square(300)}, .3, Published{1.8, 81.6, 95.7}},
	{"efficientnet-b4", "EfficientNet-B4", EfficientNetB0, Scaling{1.8, 1.4, Square(380)}, .4, Published{4.2, 82.9, 96.4}},
	{"efficientnet-b5", "EfficientNet-B5", EfficientNetB0, Scaling{2.2, 1.6, Square(456)}, .4, Published{9.9, 83.6, 96.7}},
	{"efficientnet-b6", "EfficientNet-B6", EfficientNetB0, Scaling{2.6, 1.8, Square(528)}, .5, Published{19, 84.0, 96.8}},
	{"efficientnet-b7", "EfficientNet-B7", EfficientNetB0, Scaling{3.1, 2.0, Square(600)}, .5, Published{37, 84.3, 97.0}},
	{"mobilenet-v2", "MobileNetV2", MobileNetV2, Scaling{1, 1, Square(224)}, .2, Published{0.3, 72.0, 0}},
	{"efficientnet-64", "EfficientNet-64", EfficientNet64, Scaling{1, 1, Square(64)}, 0, Published{}},
}

// Figure7 lists the five networks of the paper's Figure 7: EfficientNet-B0, its
// three dimensions scaled one at a time, and compound scaling.
var Figure7 = []Preset{
	{"baseline", "baseline", EfficientNetB0, Scaling{1, 1, Square(224)}, .2, Published{0.4, 77.3, 0}},
	{"deeper", "deeper", EfficientNetB0, Scaling{4, 1, Square(224)}, .2, Published{1.8, 79.0, 0}},
	{"wider", "wider", EfficientNetB0, Scaling{1, 2, Square(224)}, .2, Published{1.8, 78.9, 0}},
	{"higher-resolution", "higher resolution", EfficientNetB0, Scaling{1, 1, Square(448)}, .2, Published{1.9, 79.1, 0}},
	{"compound", "compound", EfficientNetB0, Scaling{1.4, 1.2, Square(300)}, .3, Published{1.8, 81.1, 0}},
}

// LookupPreset finds an architecture or preset by the name that commands use.
// The error lists the names.
func LookupPreset(name string) (Preset, error) {
	want := strings.ToLower(strings.TrimSpace(name))
	var names []string
	for _, p := range slices.Concat(Presets, Figure7) {
		if p.Name == want {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return Preset{}, fmt.Errorf("network: no architecture is named %q; there are %s", name, strings.Join(names, ", "))
}
