package network

import "math"

// Published is what a paper reports of a network on ImageNet. Its FLOPS are MACs,
// in 10⁹, and not always what is counted. Accuracies are in percent; 0 is not
// reported.
type Published struct{ FLOPS, Top1, Top5 float64 }

// MACs are the FLOPS as a count.
func (p Published) MACs() int64 { return int64(math.Round(p.FLOPS * 1e9)) }

// Scaled is a network that a paper scales in each dimension alone and in all
// together. A zero Published is not reported.
type Scaled struct {
	Title                                string
	Base, Depth, Width, Double, Compound Published // d = 4, w = 2, r = 2
}

// Table3 is table 3 of arXiv 1905.11946: other networks scaled alike.
var Table3 = []Scaled{
	{"MobileNetV1", Published{0.6, 70.6, 0}, Published{}, Published{2.2, 74.2, 0}, Published{2.2, 72.7, 0}, Published{2.3, 75.6, 0}},
	{"MobileNetV2", Published{0.3, 72.0, 0}, Published{1.2, 76.8, 0}, Published{1.1, 76.4, 0}, Published{1.2, 74.8, 0}, Published{1.3, 77.4, 0}},
	{"ResNet-50", Published{4.1, 76.0, 0}, Published{16.2, 78.1, 0}, Published{14.7, 77.7, 0}, Published{16.4, 77.5, 0}, Published{16.7, 78.8, 0}},
}
