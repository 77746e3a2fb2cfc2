package network

import (
	"math"
	"strings"

	"scalecam/fault"
)

// Detector is a network of EfficientDet (Tan, Pang and Le 2020, arXiv 1911.09070): an
// EfficientNet, whose last three grids and two or three coarser ones a feature network
// (BiFPN) brings together again and again, and two heads that all grids share, for
// classes and for boxes. It is counted here, and not run.
type Detector struct {
	Name     string // as in commands: "efficientdet-d0"
	Title    string
	Phi      int    // compound coefficient
	Backbone string // the preset's name
	DetectorScaling
	Coarsest  int  // the pyramid's last level, of 1/2ⁿ of the input; its first is 3
	Weighted  bool // fusion weighs what it adds up, which the largest do without, for stability
	Published Detected
}

// DetectorScaling is what compound scaling sets of a Detector beside its backbone.
type DetectorScaling struct {
	Resolution int     `json:"resolution"`  // input side in pixels
	Channels   float64 `json:"channels"`    // of the feature network and the heads
	Layers     int     `json:"layers"`      // how often the feature network is repeated
	HeadLayers int     `json:"head_layers"` // in each head, before the layer that answers
}

// DetectorRule is equations 1 to 3 of arXiv 1911.09070 for the coefficient φ: channels
// 64·1.35^φ, 3 + φ layers, 3 + ⌊φ/3⌋ in the heads, an input of 512 + 128φ.
func DetectorRule(phi int) DetectorScaling {
	return DetectorScaling{512 + 128*phi, 64 * math.Pow(1.35, float64(phi)), 3 + phi, 3 + phi/3}
}

// Detected is what is reported of a Detector on COCO: the average precision on test-dev
// in percent, one network, one size. Parameters are in 10⁶, FLOPS are MACs in 10⁹.
type Detected struct {
	AP         float64 `json:"ap"`
	Parameters float64 `json:"parameters"`
	FLOPS      float64 `json:"flops"`
}

// DetectorSource is where Detectors are from.
const DetectorSource = "Tan, Pang and Le 2020, arXiv 1911.09070, table 1; figures of github.com/google/automl, efficientdet"

// Detectors are table 1 of arXiv 1911.09070 as the authors' code has it, which follows
// DetectorRule up to rounding and what memory allowed, with what they report of the
// weights that they publish.
var Detectors = []Detector{
	{"efficientdet-d0", "EfficientDet-D0", 0, "efficientnet-b0", DetectorScaling{512, 64, 3, 3}, 7, true, Detected{34.6, 3.9, 2.54}},
	{"efficientdet-d1", "EfficientDet-D1", 1, "efficientnet-b1", DetectorScaling{640, 88, 4, 3}, 7, true, Detected{40.5, 6.6, 6.10}},
	{"efficientdet-d2", "EfficientDet-D2", 2, "efficientnet-b2", DetectorScaling{768, 112, 5, 3}, 7, true, Detected{43.0, 8.1, 11.0}},
	{"efficientdet-d3", "EfficientDet-D3", 3, "efficientnet-b3", DetectorScaling{896, 160, 6, 4}, 7, true, Detected{47.5, 12.0, 24.9}},
	{"efficientdet-d4", "EfficientDet-D4", 4, "efficientnet-b4", DetectorScaling{1024, 224, 7, 4}, 7, true, Detected{49.7, 20.7, 55.2}},
	{"efficientdet-d5", "EfficientDet-D5", 5, "efficientnet-b5", DetectorScaling{1280, 288, 7, 4}, 7, true, Detected{51.5, 33.7, 130}},
	{"efficientdet-d6", "EfficientDet-D6", 6, "efficientnet-b6", DetectorScaling{1280, 384, 8, 5}, 7, false, Detected{52.6, 51.9, 226}},
	{"efficientdet-d7", "EfficientDet-D7", 7, "efficientnet-b6", DetectorScaling{1536, 384, 8, 5}, 7, false, Detected{53.7, 51.9, 325}},
	{"efficientdet-d7x", "EfficientDet-D7x", 7, "efficientnet-b7", DetectorScaling{1536, 384, 8, 5}, 8, false, Detected{55.1, 77.0, 410}},
}

// LookupDetector finds one by the name that commands use.
func LookupDetector(name string) (Detector, bool) {
	for _, d := range Detectors {
		if strings.EqualFold(d.Name, strings.TrimSpace(name)) {
			return d, true
		}
	}
	return Detector{}, false
}

// What heads answer for, as the published weights do.
const (
	cellAnchors = 9 // boxes at each cell
	cocoClasses = 90
)

// DetectorPart is what a part of a Detector takes.
type DetectorPart struct {
	Name       string `json:"part"`
	Parameters int64  `json:"parameters"`
	MACs       int64  `json:"macs"`
}

// Detectors' parts, and their sum.
const (
	DetectorBackbone = "backbone"
	DetectorFeatures = "feature network"
	DetectorClasses  = "class head"
	DetectorBoxes    = "box head"
	DetectorSum      = "sum"
)

// Parts counts a Detector by formula, its backbone layer by layer, and gives the sum
// last. Convolutions and batch norm are counted as in a Network: additions, fusion's
// weighing and pooling are no MACs.
func (d Detector) Parts() ([]DetectorPart, error) {
	backbone, reads, err := d.backbone()
	if err != nil {
		return nil, err
	}
	c := int64(d.Channels)
	cells := func(level int) int64 { side := int64(d.Resolution) >> level; return side * side }
	levels := int64(d.Coarsest - 2)
	// A convolution of depth 3×3 and one of 1×1 with a bias; what batch norm has.
	separable := func(out int64) (parameters, macs int64) { return 9*c + c*out + out, 9*c + c*out }
	norm := 2 * c

	// Every level but the ends is come by twice, down and up again, the ends once.
	// Down, two grids are fused; up, three, at the coarsest two.
	features := DetectorPart{Name: DetectorFeatures}
	node, work := separable(c)
	features.Parameters = int64(d.Layers) * 2 * (levels - 1) * (node + norm)
	if d.Weighted {
		features.Parameters += int64(d.Layers) * (2*(levels-1) + 3*(levels-2) + 2)
	}
	for level := 3; level <= d.Coarsest; level++ {
		times := int64(2)
		if level == 3 || level == d.Coarsest {
			times = 1
		}
		features.MACs += int64(d.Layers) * times * work * cells(level)
	}
	// The backbone's grids are brought to the feature network's channels wherever they
	// are read: the finest once, the others twice, and the last a third time, of which
	// the coarser grids are pooled.
	for i, in := range reads {
		times := int64(i + 1)
		features.Parameters += times * (int64(in)*c + c + norm)
		features.MACs += times * int64(in) * c * cells(3+i)
	}

	head := func(name string, answers int64) DetectorPart {
		part := DetectorPart{Name: name}
		layer, work := separable(c)
		last, answer := separable(answers * cellAnchors)
		part.Parameters = int64(d.HeadLayers)*(layer+levels*norm) + last // each level has a batch norm of its own
		for level := 3; level <= d.Coarsest; level++ {
			part.MACs += (int64(d.HeadLayers)*work + answer) * cells(level)
		}
		return part
	}
	parts := []DetectorPart{backbone, features, head(DetectorClasses, cocoClasses), head(DetectorBoxes, 4)}
	sum := DetectorPart{Name: DetectorSum}
	for _, p := range parts {
		sum.Parameters += p.Parameters
		sum.MACs += p.MACs
	}
	return append(parts, sum), nil
}

// backbone counts the EfficientNet without what makes it a classifier, and gives the
// channels of its grids of 1/8, 1/16 and 1/32 of the input.
func (d Detector) backbone() (part DetectorPart, reads []int, err error) {
	p, err := LookupPreset(d.Backbone)
	if err != nil {
		return part, nil, err
	}
	s := p.Scaling
	s.Resolution = Square(d.Resolution)
	n, err := New(p.Architecture, s, SamePadding, 1)
	if err != nil {
		return part, nil, err
	}
	part.Name = DetectorBackbone
	stages := n.Stages()
	stages = stages[:len(stages)-2] // without the head and the classifier
	for i, stage := range stages {
		part.Parameters += stage.Parameters
		part.MACs += stage.MACs
		side := d.Resolution / stage.Output.W
		if last := i+1 == len(stages) || stages[i+1].Output != stage.Output; last && side >= 8 {
			reads = append(reads, stage.Channels)
		}
	}
	if len(reads) != 3 {
		return part, nil, fault.Errorf("network: %s has %d grids of 1/8 of its input and coarser, not 3", p.Title, len(reads))
	}
	return part, reads, nil
}
