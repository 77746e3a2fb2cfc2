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
	"math"
	"slices"
	"strings"

	"scalecam/fault"
	"scalecam/network/kernel"
)

// Stage is a row of an architecture's table, before scaling.
type Stage struct {
	Operator Operator
	Channels int // channels out, as the operator counts them; 0 of pooling, which keeps them
	Layers   int // how often the operator is repeated
	Stride   int // of the first repetition; the others have stride 1
	Keeps    Keep
}

// Keep is what scaling leaves of a stage as it is.
type Keep int

// The rules; a stage may have several.
const (
	KeepsDepth    Keep = 1 << iota // depth does not repeat it more often
	KeepsWidth                     // width does not change its channels
	NeverNarrower                  // a width below 1 does not
	RoundsUp                       // channels are rounded up, never down
	ByFours                        // channels are multiples of 4, not of 8
	keepsNothing  Keep = 0
)

// Width is the stage's number of channels at the width w.
func (s *Stage) Width(w float64) int {
	switch {
	case s.Channels == 0:
		return 0
	case s.Keeps&KeepsWidth != 0:
		return s.Channels
	case s.Keeps&NeverNarrower != 0:
		w = max(w, 1)
	}
	switch {
	case s.Keeps&RoundsUp != 0:
		return 8 * int(math.Ceil(float64(s.Channels)*w/8))
	case s.Keeps&ByFours != 0:
		return multiples(4, s.Channels, w)
	}
	return Channels(s.Channels, w)
}

// Repeats is how often the stage's operator is repeated at the depth d.
func (s *Stage) Repeats(d float64) int {
	if s.Keeps&KeepsDepth != 0 {
		return s.Layers
	}
	return Repeats(s.Layers, d)
}

// Architecture is a family of networks: a stage table with the rules by which
// it is scaled, and how its networks end.
type Architecture struct {
	Name       string // as in commands: "efficientnet-b0"
	Title      string // as in print: "EfficientNet-B0"
	Source     string
	Stages     []Stage
	Ending     Ending
	Resolution int // input side that the table is made for
	// Preprocessing, Padding and Eps (batch norm's) are what published weights of
	// the family expect unless they say otherwise.
	Preprocessing Preprocessing
	Padding       Padding
	Eps           float64
	// Unskipped are the stages whose first block adds nothing of its input, though it
	// has as many channels and a stride of 1.
	Unskipped []int
}

// WithoutSkips is the architecture with stages whose first blocks add nothing of
// their inputs, as transformers has them.
func (a *Architecture) WithoutSkips(stages ...int) *Architecture {
	other := *a
	other.Unskipped = stages
	return &other
}

// Ending is how a network turns its last layer's features into logits: global
// average pooling and a linear layer, which is what class activation maps rest
// on, unless there are hidden layers between the two.
type Ending struct {
	Hidden     []int // widths of linear layers before the classifier
	Activation kernel.Activation
}

// Linear tells that the logits are one linear layer on the pooled features, so
// that mean(CAM) + bias = logit.
func (e Ending) Linear() bool { return len(e.Hidden) == 0 }

func (e Ending) String() string {
	if e.Linear() {
		return "Pool, linear"
	}
	return fmt.Sprintf("Pool, %d linear", len(e.Hidden)+1)
}

func (e Ending) spell(s *spelling, from, classes int) {
	x := s.mean(from)
	for _, width := range e.Hidden {
		x = s.linear(Hidden, x, width, e.Activation)
	}
	s.linear(Classifier, x, classes, kernel.Identity)
}

// se is the squeeze-and-excite ratio of EfficientNet.
const se = 0.25

// EfficientNetB0 is Table 1 of arXiv 1905.11946.
var EfficientNetB0 = &Architecture{
	Name: "efficientnet-b0", Title: "EfficientNet-B0", Source: "Tan and Le 2019, arXiv 1905.11946, table 1",
	Stages: []Stage{
		{Convolution{3, Stem, kernel.SiLU}, 32, 1, 2, KeepsDepth},
		{MBConv{3, 1, se, kernel.SiLU}, 16, 1, 1, keepsNothing},
		{MBConv{3, 6, se, kernel.SiLU}, 24, 2, 2, keepsNothing},
		{MBConv{5, 6, se, kernel.SiLU}, 40, 2, 2, keepsNothing},
		{MBConv{3, 6, se, kernel.SiLU}, 80, 3, 2, keepsNothing},
		{MBConv{5, 6, se, kernel.SiLU}, 112, 3, 1, keepsNothing},
		{MBConv{5, 6, se, kernel.SiLU}, 192, 4, 2, keepsNothing},
		{MBConv{3, 6, se, kernel.SiLU}, 320, 1, 1, keepsNothing},
		{Convolution{1, Head, kernel.SiLU}, 1280, 1, 1, KeepsDepth},
	},
	Resolution: 224, Preprocessing: ImageNetBicubic, Eps: 1e-5,
}

// EfficientNetLite is B0 for phones: without squeeze-and-excite, with ReLU6, and
// with a stem, a head, and numbers of layers in the first and last stage that do
// not scale. Its weights are TensorFlow's.
var EfficientNetLite = &Architecture{
	Name: "efficientnet-lite0", Title: "EfficientNet-Lite0", Source: "Google 2020, github.com/tensorflow/tpu, models/official/efficientnet/lite",
	Stages: []Stage{
		{Convolution{3, Stem, kernel.ReLU6}, 32, 1, 2, KeepsDepth | KeepsWidth},
		{MBConv{3, 1, 0, kernel.ReLU6}, 16, 1, 1, KeepsDepth},
		{MBConv{3, 6, 0, kernel.ReLU6}, 24, 2, 2, keepsNothing},
		{MBConv{5, 6, 0, kernel.ReLU6}, 40, 2, 2, keepsNothing},
		{MBConv{3, 6, 0, kernel.ReLU6}, 80, 3, 2, keepsNothing},
		{MBConv{5, 6, 0, kernel.ReLU6}, 112, 3, 1, keepsNothing},
		{MBConv{5, 6, 0, kernel.ReLU6}, 192, 4, 2, keepsNothing},
		{MBConv{3, 6, 0, kernel.ReLU6}, 320, 1, 1, KeepsDepth},
		{Convolution{1, Head, kernel.ReLU6}, 1280, 1, 1, KeepsDepth | KeepsWidth},
	},
	Resolution: 224, Preprocessing: TensorFlowBicubic, Padding: SamePadding, Eps: 1e-3,
}

// MobileNetV2 is table 2 of arXiv 1801.04381. Its head is never narrower.
var MobileNetV2 = &Architecture{
	Name: "mobilenet-v2", Title: "MobileNetV2", Source: "Sandler et al. 2018, arXiv 1801.04381, table 2",
	Stages: []Stage{
		{Convolution{3, Stem, kernel.ReLU6}, 32, 1, 2, KeepsDepth},
		{MBConv{3, 1, 0, kernel.ReLU6}, 16, 1, 1, keepsNothing},
		{MBConv{3, 6, 0, kernel.ReLU6}, 24, 2, 2, keepsNothing},
		{MBConv{3, 6, 0, kernel.ReLU6}, 32, 3, 2, keepsNothing},
		{MBConv{3, 6, 0, kernel.ReLU6}, 64, 4, 2, keepsNothing},
		{MBConv{3, 6, 0, kernel.ReLU6}, 96, 3, 1, keepsNothing},
		{MBConv{3, 6, 0, kernel.ReLU6}, 160, 3, 2, keepsNothing},
		{MBConv{3, 6, 0, kernel.ReLU6}, 320, 1, 1, keepsNothing},
		{Convolution{1, Head, kernel.ReLU6}, 1280, 1, 1, KeepsDepth | NeverNarrower},
	},
	Resolution: 224, Preprocessing: ImageNetBilinear, Eps: 1e-5,
}

// MobileNetV2 as two repositories scale its width: tonylins' pytorch-mobilenet-v2
// leaves the first two stages as they are and rounds the others up; d-li14's
// mobilenetv2.pytorch has multiples of 4 at a width of 0.1.
var (
	MobileNetV2Up = MobileNetV2.keeping(func(i int) Keep {
		if i < 2 {
			return KeepsWidth
		}
		return RoundsUp
	})
	MobileNetV2ByFours = MobileNetV2.keeping(func(int) Keep { return ByFours })
)

// keeping is the architecture of which scaling leaves more as it is, stage by stage.
func (a *Architecture) keeping(more func(stage int) Keep) *Architecture {
	other := *a
	other.Stages = slices.Clone(a.Stages)
	for i := range other.Stages {
		other.Stages[i].Keeps |= more(i)
	}
	return &other
}

// MobileNetV2Deep is MobileNetV2 with a stem, a head, and numbers of layers in the
// first and last stage that do not scale: timm's mobilenetv2_110d and 120d.
var MobileNetV2Deep = &Architecture{
	Name: "mobilenet-v2-deep", Title: "MobileNetV2 (timm's 110d, 120d)", Source: "timm, models/efficientnet.py, _gen_mobilenet_v2 with fix_stem_head",
	Stages: []Stage{
		{Convolution{3, Stem, kernel.ReLU6}, 32, 1, 2, KeepsDepth | KeepsWidth},
		{MBConv{3, 1, 0, kernel.ReLU6}, 16, 1, 1, KeepsDepth},
		{MBConv{3, 6, 0, kernel.ReLU6}, 24, 2, 2, keepsNothing},
		{MBConv{3, 6, 0, kernel.ReLU6}, 32, 3, 2, keepsNothing},
		{MBConv{3, 6, 0, kernel.ReLU6}, 64, 4, 2, keepsNothing},
		{MBConv{3, 6, 0, kernel.ReLU6}, 96, 3, 1, keepsNothing},
		{MBConv{3, 6, 0, kernel.ReLU6}, 160, 3, 2, keepsNothing},
		{MBConv{3, 6, 0, kernel.ReLU6}, 320, 1, 1, KeepsDepth},
		{Convolution{1, Head, kernel.ReLU6}, 1280, 1, 1, KeepsDepth | KeepsWidth},
	},
	Resolution: 224, Preprocessing: ImageNetBicubic, Eps: 1e-5,
}

// TestEfficientNet is timm's smallest network, which its tests and others' are run
// with.
var TestEfficientNet = &Architecture{
	Name: "test-efficientnet", Title: "timm's test_efficientnet", Source: "timm, models/efficientnet.py, _gen_test_efficientnet",
	Stages: []Stage{
		{Convolution{3, Stem, kernel.SiLU}, 24, 1, 2, KeepsDepth},
		{Convolution{3, Conv1, kernel.SiLU}, 16, 1, 1, KeepsDepth},
		{FusedMBConv{3, 4, kernel.SiLU}, 24, 1, 2, keepsNothing},
		{FusedMBConv{3, 4, kernel.SiLU}, 32, 1, 2, keepsNothing},
		{MBConv{3, 4, se, kernel.SiLU}, 48, 1, 2, keepsNothing},
		{MBConv{3, 4, se, kernel.SiLU}, 64, 1, 2, keepsNothing},
		{Convolution{1, Head, kernel.SiLU}, 256, 1, 1, KeepsDepth},
	},
	Resolution:    160,
	Preprocessing: Preprocessing{Mean: ImageNetBicubic.Mean, Std: ImageNetBicubic.Std, Filter: ImageNetBicubic.Filter, Ratio: 0.95},
	Eps:           1e-5,
}

// ResNet18 and ResNet50 are columns of table 1 of arXiv 1512.03385.
var (
	ResNet18 = &Architecture{
		Name: "resnet-18", Title: "ResNet-18", Source: "He et al. 2015, arXiv 1512.03385, table 1",
		Stages: resNet(Basic{3, kernel.ReLU}, 2, 2, 2, 2), Resolution: 224, Preprocessing: ImageNetBilinear, Eps: 1e-5,
	}
	ResNet50 = &Architecture{
		Name: "resnet-50", Title: "ResNet-50", Source: "He et al. 2015, arXiv 1512.03385, table 1",
		Stages: resNet(Bottleneck{3, 4, kernel.ReLU}, 3, 4, 6, 3), Resolution: 224, Preprocessing: ImageNetBilinear, Eps: 1e-5,
	}
)

// resNet is table 1 of arXiv 1512.03385: a stem, a pool, and four stages of
// blocks.
func resNet(block Operator, repeats ...int) []Stage {
	stages := []Stage{
		{Convolution{7, Stem, kernel.ReLU}, 64, 1, 2, KeepsDepth},
		{MaxPool{3}, 0, 1, 2, KeepsDepth},
	}
	for i, layers := range repeats {
		stages = append(stages, Stage{block, 64 << i, layers, min(1+i, 2), keepsNothing})
	}
	return stages
}

// EfficientNet64 is made of B0's blocks for pictures of 64 pixels, of which B0's
// stride of 32 would leave a grid of 2 × 2: its stride is 8. Its expansions are
// 4-fold and its stages few, so that a network of it is trained within an hour.
var EfficientNet64 = &Architecture{
	Name: "efficientnet-64", Title: "EfficientNet-64", Source: "Scalecam's own, after arXiv 1905.11946, table 1",
	Stages: []Stage{
		{Convolution{3, Stem, kernel.SiLU}, 16, 1, 2, KeepsDepth},
		{MBConv{3, 1, se, kernel.SiLU}, 16, 1, 2, keepsNothing},
		{MBConv{3, 4, se, kernel.SiLU}, 24, 1, 1, keepsNothing},
		{MBConv{5, 4, se, kernel.SiLU}, 40, 2, 2, keepsNothing},
		{MBConv{3, 4, se, kernel.SiLU}, 56, 2, 1, keepsNothing},
		{Convolution{1, Head, kernel.SiLU}, 224, 1, 1, KeepsDepth},
	},
	Resolution:    64,
	Preprocessing: Preprocessing{Mean: ImageNetBicubic.Mean, Std: ImageNetBicubic.Std, Filter: ImageNetBicubic.Filter, Ratio: 1},
	Eps:           1e-5,
}

// Architectures lists the architectures that are scaled and trained here. Others are
// known by the weights that come in them.
var Architectures = []*Architecture{EfficientNetB0, EfficientNetLite, MobileNetV2, EfficientNet64, ResNet18, ResNet50}

// Preset is a published scaling of an architecture.
type Preset struct {
	Name         string // as in commands
	Title        string
	Architecture *Architecture
	Scaling      Scaling
	Published    Published // what the paper reports of it; zero of our own
}

// Presets are EfficientNet-B0 to B7 (arXiv 1905.11946 and its code; B1 to B7
// are not exact powers of the compound scaling's bases), EfficientNet-Lite0 to
// Lite4, MobileNetV2, ResNets, and our own EfficientNet-64.
var Presets = []Preset{
	{"efficientnet-b0", "EfficientNet-B0", EfficientNetB0, Scaling{1.0, 1.0, Square(224)}, Published{0.39, 77.1, 93.3}},
	{"efficientnet-b1", "EfficientNet-B1", EfficientNetB0, Scaling{1.1, 1.0, Square(240)}, Published{0.7, 79.1, 94.4}},
	{"efficientnet-b2", "EfficientNet-B2", EfficientNetB0, Scaling{1.2, 1.1, Square(260)}, Published{1, 80.1, 94.9}},
	{"efficientnet-b3", "EfficientNet-B3", EfficientNetB0, Scaling{1.4, 1.2, Square(300)}, Published{1.8, 81.6, 95.7}},
	{"efficientnet-b4", "EfficientNet-B4", EfficientNetB0, Scaling{1.8, 1.4, Square(380)}, Published{4.2, 82.9, 96.4}},
	{"efficientnet-b5", "EfficientNet-B5", EfficientNetB0, Scaling{2.2, 1.6, Square(456)}, Published{9.9, 83.6, 96.7}},
	{"efficientnet-b6", "EfficientNet-B6", EfficientNetB0, Scaling{2.6, 1.8, Square(528)}, Published{19, 84.0, 96.8}},
	{"efficientnet-b7", "EfficientNet-B7", EfficientNetB0, Scaling{3.1, 2.0, Square(600)}, Published{37, 84.3, 97.0}},
	{"efficientnet-lite0", "EfficientNet-Lite0", EfficientNetLite, Scaling{1.0, 1.0, Square(224)}, Published{0.407, 75.1, 0}},
	{"efficientnet-lite1", "EfficientNet-Lite1", EfficientNetLite, Scaling{1.1, 1.0, Square(240)}, Published{0.631, 76.7, 0}},
	{"efficientnet-lite2", "EfficientNet-Lite2", EfficientNetLite, Scaling{1.2, 1.1, Square(260)}, Published{0.899, 77.6, 0}},
	{"efficientnet-lite3", "EfficientNet-Lite3", EfficientNetLite, Scaling{1.4, 1.2, Square(280)}, Published{1.44, 79.8, 0}},
	{"efficientnet-lite4", "EfficientNet-Lite4", EfficientNetLite, Scaling{1.8, 1.4, Square(300)}, Published{2.64, 81.5, 0}},
	{"mobilenet-v2", "MobileNetV2", MobileNetV2, Scaling{1, 1, Square(224)}, Published{0.3, 72.0, 0}},
	{"resnet-18", "ResNet-18", ResNet18, Scaling{1, 1, Square(224)}, Published{1.8, 0, 0}},
	{"resnet-50", "ResNet-50", ResNet50, Scaling{1, 1, Square(224)}, Published{4.1, 76.0, 93.0}},
	{"efficientnet-64", "EfficientNet-64", EfficientNet64, Scaling{1, 1, Square(64)}, Published{}},
}

// Recognised are published scalings of architectures that are known by their weights
// alone: timm's.
var Recognised = []Preset{
	{"mobilenet-v2-110d", "MobileNetV2 110d", MobileNetV2Deep, Scaling{1.2, 1.1, Square(224)}, Published{}},
	{"mobilenet-v2-120d", "MobileNetV2 120d", MobileNetV2Deep, Scaling{1.4, 1.2, Square(224)}, Published{}},
	{"test-efficientnet", "test_efficientnet", TestEfficientNet, Scaling{1, 1, Square(160)}, Published{}},
}

// Figure7 lists the five networks of the paper's Figure 7: EfficientNet-B0, its
// three dimensions scaled one at a time, and compound scaling.
var Figure7 = []Preset{
	{"baseline", "baseline", EfficientNetB0, Scaling{1, 1, Square(224)}, Published{0.4, 77.3, 0}},
	{"deeper", "deeper", EfficientNetB0, Scaling{4, 1, Square(224)}, Published{1.8, 79.0, 0}},
	{"wider", "wider", EfficientNetB0, Scaling{1, 2, Square(224)}, Published{1.8, 78.9, 0}},
	{"higher-resolution", "higher resolution", EfficientNetB0, Scaling{1, 1, Square(448)}, Published{1.9, 79.1, 0}},
	{"compound", "compound", EfficientNetB0, Scaling{1.4, 1.2, Square(300)}, Published{1.8, 81.1, 0}},
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
	return Preset{}, fault.Errorf("network: no architecture is named %.80q; there are %s", name, strings.Join(names, ", "))
}
