package network

import (
	"slices"
	"strings"

	"scalecam/fault"
	"scalecam/lookup"
)

// Preset is a published scaling of an architecture.
type Preset struct {
	Name         string // as in commands
	Title        string
	Architecture *Architecture
	Scaling      Scaling
	Published    Published // what is reported of it; zero of our own
}

// Presets are the published series. EfficientNet-B1 to B7 are not exact powers of the
// compound scaling's bases.
var Presets = []Preset{
	{"efficientnet-b0", "EfficientNet-B0", EfficientNetB0, Scaling{1.0, 1.0, Square(224)}, Published{0.39, 77.1, 93.3, tan2019}},
	{"efficientnet-b1", "EfficientNet-B1", EfficientNetB0, Scaling{1.1, 1.0, Square(240)}, Published{0.7, 79.1, 94.4, tan2019}},
	{"efficientnet-b2", "EfficientNet-B2", EfficientNetB0, Scaling{1.2, 1.1, Square(260)}, Published{1, 80.1, 94.9, tan2019}},
	{"efficientnet-b3", "EfficientNet-B3", EfficientNetB0, Scaling{1.4, 1.2, Square(300)}, Published{1.8, 81.6, 95.7, tan2019}},
	{"efficientnet-b4", "EfficientNet-B4", EfficientNetB0, Scaling{1.8, 1.4, Square(380)}, Published{4.2, 82.9, 96.4, tan2019}},
	{"efficientnet-b5", "EfficientNet-B5", EfficientNetB0, Scaling{2.2, 1.6, Square(456)}, Published{9.9, 83.6, 96.7, tan2019}},
	{"efficientnet-b6", "EfficientNet-B6", EfficientNetB0, Scaling{2.6, 1.8, Square(528)}, Published{19, 84.0, 96.8, tan2019}},
	{"efficientnet-b7", "EfficientNet-B7", EfficientNetB0, Scaling{3.1, 2.0, Square(600)}, Published{37, 84.3, 97.0, tan2019}},
	{"efficientnet-lite0", "EfficientNet-Lite0", EfficientNetLite, Scaling{1.0, 1.0, Square(224)}, Published{0.407, 75.1, 0, lite}},
	{"efficientnet-lite1", "EfficientNet-Lite1", EfficientNetLite, Scaling{1.1, 1.0, Square(240)}, Published{0.631, 76.7, 0, lite}},
	{"efficientnet-lite2", "EfficientNet-Lite2", EfficientNetLite, Scaling{1.2, 1.1, Square(260)}, Published{0.899, 77.6, 0, lite}},
	{"efficientnet-lite3", "EfficientNet-Lite3", EfficientNetLite, Scaling{1.4, 1.2, Square(280)}, Published{1.44, 79.8, 0, lite}},
	{"efficientnet-lite4", "EfficientNet-Lite4", EfficientNetLite, Scaling{1.8, 1.4, Square(300)}, Published{2.64, 81.5, 0, lite}},
	{"efficientnetv2-b0", "EfficientNetV2-B0", EfficientNetV2B0, Scaling{1.0, 1.0, Square(224)}, Published{0.72, 78.7, 0, automl}},
	{"efficientnetv2-b1", "EfficientNetV2-B1", EfficientNetV2B0, Scaling{1.1, 1.0, Square(240)}, Published{1.2, 79.8, 0, automl}},
	{"efficientnetv2-b2", "EfficientNetV2-B2", EfficientNetV2B0, Scaling{1.2, 1.1, Square(260)}, Published{1.7, 80.5, 0, automl}},
	{"efficientnetv2-b3", "EfficientNetV2-B3", EfficientNetV2B0, Scaling{1.4, 1.2, Square(300)}, Published{3.0, 82.1, 0, automl}},
	{"efficientnetv2-s", "EfficientNetV2-S", EfficientNetV2S, Scaling{1, 1, Square(384)}, Published{8.366, 84.228, 96.878, torchvision}},
	{"efficientnetv2-m", "EfficientNetV2-M", EfficientNetV2M, Scaling{1, 1, Square(480)}, Published{24.582, 85.112, 97.156, torchvision}},
	{"efficientnetv2-l", "EfficientNetV2-L", EfficientNetV2L, Scaling{1, 1, Square(480)}, Published{56.08, 85.808, 97.788, torchvision}},
	{"mobilenet-v2", "MobileNetV2", MobileNetV2, Scaling{1, 1, Square(224)}, Published{0.3, 72.0, 0, "Sandler et al. 2018, arXiv 1801.04381, table 4"}},
	{"mobilenet-v2-110d", "MobileNetV2 110d", MobileNetV2Deep, Scaling{1.2, 1.1, Square(224)}, Published{0, 75.056, 0, timmResults}},
	{"mobilenet-v2-120d", "MobileNetV2 120d", MobileNetV2Deep, Scaling{1.4, 1.2, Square(224)}, Published{0, 77.3, 0, timmResults}},
	{"resnet-18", "ResNet-18", ResNet18, Scaling{1, 1, Square(224)}, Published{1.814, 69.758, 89.078, torchvision}},
	{"resnet-34", "ResNet-34", ResNet34, Scaling{1, 1, Square(224)}, Published{3.664, 73.314, 91.42, torchvision}},
	{"resnet-50", "ResNet-50", ResNet50, Scaling{1, 1, Square(224)}, Published{4.089, 76.13, 92.862, torchvision}},
	{"resnet-101", "ResNet-101", ResNet101, Scaling{1, 1, Square(224)}, Published{7.801, 77.374, 93.546, torchvision}},
	{"resnet-152", "ResNet-152", ResNet152, Scaling{1, 1, Square(224)}, Published{11.514, 78.312, 94.046, torchvision}},
	{"wide-resnet-50-2", "Wide ResNet-50-2", WideResNet50, Scaling{1, 1, Square(224)}, Published{11.398, 78.468, 94.086, torchvision}},
	{"wide-resnet-101-2", "Wide ResNet-101-2", WideResNet101, Scaling{1, 1, Square(224)}, Published{22.753, 78.848, 94.284, torchvision}},
	{"resnet-20", "ResNet-20", CIFARResNet, Scaling{3, 1, Square(32)}, Published{0, 91.25, 0, he2015}},
	{"resnet-32", "ResNet-32", CIFARResNet, Scaling{5, 1, Square(32)}, Published{0, 92.49, 0, he2015}},
	{"resnet-44", "ResNet-44", CIFARResNet, Scaling{7, 1, Square(32)}, Published{0, 92.83, 0, he2015}},
	{"resnet-56", "ResNet-56", CIFARResNet, Scaling{9, 1, Square(32)}, Published{0, 93.03, 0, he2015}},
	{"resnet-110", "ResNet-110", CIFARResNet, Scaling{18, 1, Square(32)}, Published{0, 93.57, 0, he2015}},
	{"test-efficientnet", "test_efficientnet", TestEfficientNet, Scaling{1, 1, Square(160)}, Published{}},
	{"efficientnet-64", "EfficientNet-64", EfficientNet64, Scaling{1, 1, Square(64)}, Published{}},
	{"efficientnet-128", "EfficientNet-128", EfficientNet128, Scaling{1, 1, Square(128)}, Published{}},
}

// Where what is published of presets is reported.
const (
	tan2019     = "Tan and Le 2019, arXiv 1905.11946, table 2"
	lite        = "github.com/tensorflow/tpu, models/official/efficientnet/lite"
	automl      = "github.com/google/automl, efficientnetv2"
	torchvision = "torchvision, IMAGENET1K_V1"
	timmResults = "timm, results-imagenet.csv"
	he2015      = "He et al. 2015, arXiv 1512.03385, table 6" // as 100 less the error
)

// Figure7 lists the five networks of the paper's Figure 7: EfficientNet-B0, its
// three dimensions scaled one at a time, and compound scaling.
var Figure7 = []Preset{
	{"baseline", "baseline", EfficientNetB0, Scaling{1, 1, Square(224)}, Published{0.4, 77.3, 0, figure7}},
	{"deeper", "deeper", EfficientNetB0, Scaling{4, 1, Square(224)}, Published{1.8, 79.0, 0, figure7}},
	{"wider", "wider", EfficientNetB0, Scaling{1, 2, Square(224)}, Published{1.8, 78.9, 0, figure7}},
	{"higher-resolution", "higher resolution", EfficientNetB0, Scaling{1, 1, Square(448)}, Published{1.9, 79.1, 0, figure7}},
	{"compound", "compound", EfficientNetB0, Scaling{1.4, 1.2, Square(300)}, Published{1.8, 81.1, 0, figure7}},
}

const figure7 = "Tan and Le 2019, arXiv 1905.11946, table 7"

// named are all that LookupPreset finds; a name may be there twice, and stands for the
// first then.
func named() []Preset {
	all := slices.Concat(Presets, Figure7)
	for _, s := range Table3 {
		all = append(all, s.Presets()...)
	}
	for _, a := range Architectures { // which are called as their first preset, mostly
		all = append(all, Preset{Name: a.Name, Title: a.Title, Architecture: a, Scaling: Scaling{1, 1, Square(a.Resolution)}})
	}
	return all
}

// PresetNames are the names that LookupPreset finds.
func PresetNames() (names []string) {
	for _, p := range named() {
		if !slices.Contains(names, p.Name) {
			names = append(names, p.Name)
		}
	}
	return names
}

// LookupPreset finds a preset, or an architecture unscaled, by the name that commands
// use. The error gives the nearest names.
func LookupPreset(name string) (Preset, error) {
	want := strings.ToLower(strings.TrimSpace(name))
	for _, p := range named() {
		if p.Name == want {
			return p, nil
		}
	}
	names := slices.Collect(slices.Chunk(PresetNames(), 1))
	return Preset{}, fault.Errorf("network: no architecture is named %.80q; the nearest are %s (scalecam --help names the others)", name, strings.Join(lookup.Nearest(names, want), ", "))
}
