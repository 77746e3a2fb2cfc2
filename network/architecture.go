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
	Nearest                        // channels are the nearest multiple of 8, however far below
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
	case s.Keeps&Nearest != 0:
		return nearest(8, float64(s.Channels)*w)
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
	// Classes are those of published weights; nil for ImageNet's.
	Classes []string
	// Unskipped are the stages whose first block adds nothing of its input, though it
	// has as many channels and a stride of 1.
	Unskipped []int
}

// Dataset is what published weights of the family are trained on.
func (a *Architecture) Dataset() string {
	if a == CIFARResNet {
		return "CIFAR-10"
	}
	return "ImageNet"
}

// OwnClasses is how many classes published weights of the family have.
func (a *Architecture) OwnClasses() int {
	const imageNet = 1000
	if a.Classes == nil {
		return imageNet
	}
	return len(a.Classes)
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

// The columns of table 1 of arXiv 1512.03385.
var (
	ResNet18  = resNet("resnet-18", "ResNet-18", heTable1, Basic{3, false, kernel.ReLU}, 2, 2, 2, 2)
	ResNet34  = resNet("resnet-34", "ResNet-34", heTable1, Basic{3, false, kernel.ReLU}, 3, 4, 6, 3)
	ResNet50  = resNet("resnet-50", "ResNet-50", heTable1, Bottleneck{3, 1, 4, kernel.ReLU}, 3, 4, 6, 3)
	ResNet101 = resNet("resnet-101", "ResNet-101", heTable1, Bottleneck{3, 1, 4, kernel.ReLU}, 3, 4, 23, 3)
	ResNet152 = resNet("resnet-152", "ResNet-152", heTable1, Bottleneck{3, 1, 4, kernel.ReLU}, 3, 8, 36, 3)
)

// ResNet-50 and ResNet-101 whose blocks are twice as wide within: what a block puts
// out, and so what scaling calls the width, is as it was. A width scales both.
var (
	WideResNet50  = resNet("wide-resnet-50-2", "Wide ResNet-50-2", zagoruyko, Bottleneck{3, 2, 4, kernel.ReLU}, 3, 4, 6, 3)
	WideResNet101 = resNet("wide-resnet-101-2", "Wide ResNet-101-2", zagoruyko, Bottleneck{3, 2, 4, kernel.ReLU}, 3, 4, 23, 3)
)

const (
	heTable1  = "He et al. 2015, arXiv 1512.03385, table 1"
	zagoruyko = "Zagoruyko and Komodakis 2016, arXiv 1605.07146; torchvision, models/resnet.py"
)

// resNet is a column of table 1 of arXiv 1512.03385: a stem, a pool, and four stages
// of blocks.
func resNet(name, title, source string, block Operator, repeats ...int) *Architecture {
	stages := []Stage{
		{Convolution{7, Stem, kernel.ReLU}, 64, 1, 2, KeepsDepth},
		{MaxPool{3}, 0, 1, 2, KeepsDepth},
	}
	for i, layers := range repeats {
		stages = append(stages, Stage{block, 64 << i, layers, min(1+i, 2), keepsNothing})
	}
	return &Architecture{Name: name, Title: title, Source: source, Stages: stages, Resolution: 224, Preprocessing: ImageNetBilinear, Eps: 1e-5}
}

// CIFARResNet is the network of 6n + 2 layers for CIFAR-10's pictures of 32 pixels at
// n = 1, whose depth d is n: ResNet-20 has 3 and ResNet-110 has 18. Its shortcuts have
// no weights ("option A").
var CIFARResNet = &Architecture{
	Name: "cifar-resnet", Title: "CIFAR ResNet", Source: "He et al. 2015, arXiv 1512.03385, section 4.2",
	Stages: []Stage{
		{Convolution{3, Stem, kernel.ReLU}, 16, 1, 1, KeepsDepth},
		{Basic{3, true, kernel.ReLU}, 16, 1, 1, keepsNothing},
		{Basic{3, true, kernel.ReLU}, 32, 1, 2, keepsNothing},
		{Basic{3, true, kernel.ReLU}, 64, 1, 2, keepsNothing},
	},
	Resolution:    32,
	Preprocessing: Preprocessing{Mean: ImageNetBilinear.Mean, Std: ImageNetBilinear.Std, Filter: ImageNetBilinear.Filter, Ratio: 1, Crop: NoCrop},
	Eps:           1e-5,
	Classes:       []string{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"},
}

// EfficientNetV2-S is table 4 of arXiv 2104.00298, and M and L what its search and
// scaling made of it; each has a table of its own, since none is a scaling of another.
// Preprocessing is torchvision's.
var (
	EfficientNetV2S = &Architecture{
		Name: "efficientnetv2-s", Title: "EfficientNetV2-S", Source: tanV2 + ", table 4",
		Stages: []Stage{
			{Convolution{3, Stem, kernel.SiLU}, 24, 1, 2, KeepsDepth},
			{FusedMBConv{3, 1, kernel.SiLU}, 24, 2, 1, keepsNothing},
			{FusedMBConv{3, 4, kernel.SiLU}, 48, 4, 2, keepsNothing},
			{FusedMBConv{3, 4, kernel.SiLU}, 64, 4, 2, keepsNothing},
			{MBConv{3, 4, se, kernel.SiLU}, 128, 6, 2, keepsNothing},
			{MBConv{3, 6, se, kernel.SiLU}, 160, 9, 1, keepsNothing},
			{MBConv{3, 6, se, kernel.SiLU}, 256, 15, 2, keepsNothing},
			{Convolution{1, Head, kernel.SiLU}, 1280, 1, 1, KeepsDepth},
		},
		Resolution: 384, Preprocessing: Preprocessing{Mean: ImageNetBilinear.Mean, Std: ImageNetBilinear.Std, Filter: ImageNetBilinear.Filter, Ratio: 1}, Eps: 1e-3,
	}
	EfficientNetV2M = &Architecture{
		Name: "efficientnetv2-m", Title: "EfficientNetV2-M", Source: tanV2,
		Stages: []Stage{
			{Convolution{3, Stem, kernel.SiLU}, 24, 1, 2, KeepsDepth},
			{FusedMBConv{3, 1, kernel.SiLU}, 24, 3, 1, keepsNothing},
			{FusedMBConv{3, 4, kernel.SiLU}, 48, 5, 2, keepsNothing},
			{FusedMBConv{3, 4, kernel.SiLU}, 80, 5, 2, keepsNothing},
			{MBConv{3, 4, se, kernel.SiLU}, 160, 7, 2, keepsNothing},
			{MBConv{3, 6, se, kernel.SiLU}, 176, 14, 1, keepsNothing},
			{MBConv{3, 6, se, kernel.SiLU}, 304, 18, 2, keepsNothing},
			{MBConv{3, 6, se, kernel.SiLU}, 512, 5, 1, keepsNothing},
			{Convolution{1, Head, kernel.SiLU}, 1280, 1, 1, KeepsDepth},
		},
		Resolution: 480, Preprocessing: Preprocessing{Mean: ImageNetBilinear.Mean, Std: ImageNetBilinear.Std, Filter: ImageNetBilinear.Filter, Ratio: 1}, Eps: 1e-3,
	}
	EfficientNetV2L = &Architecture{
		Name: "efficientnetv2-l", Title: "EfficientNetV2-L", Source: tanV2,
		Stages: []Stage{
			{Convolution{3, Stem, kernel.SiLU}, 32, 1, 2, KeepsDepth},
			{FusedMBConv{3, 1, kernel.SiLU}, 32, 4, 1, keepsNothing},
			{FusedMBConv{3, 4, kernel.SiLU}, 64, 7, 2, keepsNothing},
			{FusedMBConv{3, 4, kernel.SiLU}, 96, 7, 2, keepsNothing},
			{MBConv{3, 4, se, kernel.SiLU}, 192, 10, 2, keepsNothing},
			{MBConv{3, 6, se, kernel.SiLU}, 224, 19, 1, keepsNothing},
			{MBConv{3, 6, se, kernel.SiLU}, 384, 25, 2, keepsNothing},
			{MBConv{3, 6, se, kernel.SiLU}, 640, 7, 1, keepsNothing},
			{Convolution{1, Head, kernel.SiLU}, 1280, 1, 1, KeepsDepth},
		},
		Resolution: 480, Preprocessing: Preprocessing{Mean: [3]float32{.5, .5, .5}, Std: [3]float32{.5, .5, .5}, Filter: ImageNetBicubic.Filter, Ratio: 1}, Eps: 1e-3,
	}
)

const tanV2 = "Tan and Le 2021, arXiv 2104.00298"

// EfficientNetV2B0 is what V2's paper scales as B0 to B3 of the first paper, with
// channels to the nearest multiple of 8. Its weights are TensorFlow's.
var EfficientNetV2B0 = &Architecture{
	Name: "efficientnetv2-b0", Title: "EfficientNetV2-B0", Source: tanV2 + "; github.com/google/automl, efficientnetv2",
	Stages: []Stage{
		{Convolution{3, Stem, kernel.SiLU}, 32, 1, 2, KeepsDepth | Nearest},
		{FusedMBConv{3, 1, kernel.SiLU}, 16, 1, 1, Nearest},
		{FusedMBConv{3, 4, kernel.SiLU}, 32, 2, 2, Nearest},
		{FusedMBConv{3, 4, kernel.SiLU}, 48, 2, 2, Nearest},
		{MBConv{3, 4, se, kernel.SiLU}, 96, 3, 2, Nearest},
		{MBConv{3, 6, se, kernel.SiLU}, 112, 5, 1, Nearest},
		{MBConv{3, 6, se, kernel.SiLU}, 192, 8, 2, Nearest},
		{Convolution{1, Head, kernel.SiLU}, 1280, 1, 1, KeepsDepth | Nearest},
	},
	Resolution: 224, Preprocessing: ImageNetBicubic, Padding: SamePadding, Eps: 1e-3,
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

// EfficientNet128 is B0 at half of its depth and width, for pictures of 128 pixels:
// its stride is 16, not 32, so that 8 × 8 cells are left of them. Its tensors can be
// those of B0 so scaled: which of the two a file holds, its metadata say.
var EfficientNet128 = &Architecture{
	Name: "efficientnet-128", Title: "EfficientNet-128", Source: "Scalecam's own, after arXiv 1905.11946, table 1",
	Stages: []Stage{
		{Convolution{3, Stem, kernel.SiLU}, 16, 1, 2, KeepsDepth},
		{MBConv{3, 1, se, kernel.SiLU}, 8, 1, 1, keepsNothing},
		{MBConv{3, 6, se, kernel.SiLU}, 16, 1, 2, keepsNothing},
		{MBConv{5, 6, se, kernel.SiLU}, 24, 1, 2, keepsNothing},
		{MBConv{3, 6, se, kernel.SiLU}, 40, 2, 2, keepsNothing},
		{MBConv{5, 6, se, kernel.SiLU}, 56, 2, 1, keepsNothing},
		{MBConv{5, 6, se, kernel.SiLU}, 96, 2, 1, keepsNothing},
		{MBConv{3, 6, se, kernel.SiLU}, 160, 1, 1, keepsNothing},
		{Convolution{1, Head, kernel.SiLU}, 640, 1, 1, KeepsDepth},
	},
	Resolution:    128,
	Preprocessing: ImageNetBicubic,
	Eps:           1e-5,
}

// Architectures lists the architectures that are scaled and trained here. Others are
// known by the weights that come in them.
var Architectures = []*Architecture{
	EfficientNetB0, EfficientNetLite, MobileNetV2, EfficientNet64, EfficientNet128, ResNet18, ResNet34, ResNet50, ResNet101, ResNet152, WideResNet50, WideResNet101,
	CIFARResNet, EfficientNetV2B0, EfficientNetV2S, EfficientNetV2M, EfficientNetV2L, MobileNetV2Deep, TestEfficientNet,
}
