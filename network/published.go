package network

import "math"

// Published is what is reported of a network on ImageNet, or on CIFAR-10 of one for
// that. Its FLOPS are MACs, in 10⁹, and not always what is counted. Accuracies are in
// percent; 0 is not reported.
type Published struct {
	FLOPS, Top1, Top5 float64
	Source            string
}

// MACs are the FLOPS as a count.
func (p Published) MACs() int64 { return int64(math.Round(p.FLOPS * 1e9)) }

// Scaled is a network that a paper scales in each dimension alone and in all
// together. A zero Published is not reported.
type Scaled struct {
	Title                                string
	Architecture                         *Architecture // nil where it is not one of ours
	Base, Depth, Width, Double, Compound Published     // d = 4, w = 2, r = 2
}

// Table3 is table 3 of arXiv 1905.11946: other networks scaled alike. Counted here are,
// of MobileNetV2, 0.30, 1.22, 1.14, 1.20 and 1.47·10⁹, and of ResNet-50 4.09, 14.57,
// 16.12, 16.35 and 16.34: all agree within 6 % but MobileNetV2's compound, of which the
// paper does not say the scaling, and ResNet-50 at d = 4 and w = 2, whose figures, 16.2
// and 14.7, are near those counted for each other.
var Table3 = []Scaled{
	{"MobileNetV1", nil, table3(0.6, 70.6), Published{}, table3(2.2, 74.2), table3(2.2, 72.7), table3(2.3, 75.6)},
	{"MobileNetV2", MobileNetV2, table3(0.3, 72.0), table3(1.2, 76.8), table3(1.1, 76.4), table3(1.2, 74.8), table3(1.3, 77.4)},
	{"ResNet-50", ResNet50, table3(4.1, 76.0), table3(16.2, 78.1), table3(14.7, 77.7), table3(16.4, 77.5), table3(16.7, 78.8)},
}

func table3(flops, top1 float64) Published {
	return Published{flops, top1, 0, "Tan and Le 2019, arXiv 1905.11946, table 3"}
}

// Presets are the network scaled as B0 is in Figure 7: "resnet-50-deeper", "-wider",
// "-higher-resolution" and "-compound".
func (s *Scaled) Presets() []Preset {
	var all []Preset
	for i, published := range []Published{s.Depth, s.Width, s.Double, s.Compound} {
		if s.Architecture != nil {
			as := Figure7[1+i]
			all = append(all, Preset{s.Architecture.Name + "-" + as.Name, s.Title + ", " + as.Title, s.Architecture, as.Scaling, published})
		}
	}
	return all
}
