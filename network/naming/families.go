package naming

import "strings"

// families are networks that people have and that are not read, by what only they
// have: the end of a name, with the number of its shape's lengths.
var families = []struct {
	title string
	name  string
	rank  int
}{
	{"EfficientNetV2 of timm's own (rw)", "blocks.0.0.conv_exp.weight", 4},
	{"MobileNetV3", "features.16.0.weight", 4},
	{"MobileNetV3", "features.12.0.weight", 4},
	{"MobileNetV3", "conv_head.bias", 1},
	{"a ResNet of another kind (ResNet-C, ResNet-D, …)", "layer4.0.conv1.weight", 4},
	{"a DenseNet", "features.denseblock1.denselayer1.norm1.weight", 1},
	{"VGG", "features.0.weight", 4},
	{"ConvNeXt", "features.1.0.layer_scale", 3},
	{"ConvNeXt", "stages.0.blocks.0.gamma", 1},
	{"a vision transformer", "cls_token", 3},
	{"a vision transformer", "class_token", 3},
	{"a vision transformer", "patch_embed.proj.weight", 4},
	{"Inception", "Conv2d_1a_3x3.conv.weight", 4},
	{"Inception", "Mixed_5b.branch1x1.conv.weight", 4},
	{"a RegNet", "trunk_output.block1.block1-0.proj.0.weight", 4},
	{"a RegNet", "stem.conv.weight", 4},
	{"ShuffleNet", "stage2.0.branch1.0.weight", 4},
	{"MNASNet", "layers.8.0.0.weight", 4},
	{"SqueezeNet", "features.3.squeeze.weight", 4},
	{"GhostNet", "blocks.0.0.ghost1.primary_conv.0.weight", 4},
	{"a language model", "embed_tokens.weight", 2},
	{"a language model", "wte.weight", 2},
	{"a diffusion model", "time_embed.0.weight", 2},
	{"a YOLO detector", "model.0.conv.weight", 4},
}

// otherFamily names the family of a network that is not read; "" where it is not
// known either.
func otherFamily(tensors Shapes) string {
	for _, f := range families {
		for name, shape := range tensors {
			if len(shape) == f.rank && (name == f.name || strings.HasSuffix(name, "."+f.name)) {
				return f.title
			}
		}
	}
	return ""
}
