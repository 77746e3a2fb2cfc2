package naming

import "scalecam/network"

// Schemes are the libraries' names, those under which Scalecam writes an
// architecture first.
var Schemes = []*Scheme{
	{
		Library: "torchvision", Architectures: []*network.Architecture{network.EfficientNetB0, network.EfficientNet64},
		Stage: "features.{s}", Block: "features.{s}.{b}", Key: network.Project,
		Rows: []Row{
			{network.Stem, All, "features.{s}.0", "features.{s}.1", "features.{s}"},
			{network.Expand, All, "features.{s}.{b}.block.0.0", "features.{s}.{b}.block.0.1", "features.{s}.{b}.block.0"},
			{network.Depthwise, Plain, "features.{s}.{b}.block.0.0", "features.{s}.{b}.block.0.1", "features.{s}.{b}.block.0"},
			{network.Squeeze, Plain, "features.{s}.{b}.block.1.fc1", "", ""},
			{network.Excite, Plain, "features.{s}.{b}.block.1.fc2", "", ""},
			{network.Gated, Plain, "", "", "features.{s}.{b}.block.1"},
			{network.Project, Plain, "features.{s}.{b}.block.2.0", "features.{s}.{b}.block.2.1", "features.{s}.{b}.block"},
			{network.Depthwise, Expanded, "features.{s}.{b}.block.1.0", "features.{s}.{b}.block.1.1", "features.{s}.{b}.block.1"},
			{network.Squeeze, Expanded, "features.{s}.{b}.block.2.fc1", "", ""},
			{network.Excite, Expanded, "features.{s}.{b}.block.2.fc2", "", ""},
			{network.Gated, Expanded, "", "", "features.{s}.{b}.block.2"},
			{network.Project, Expanded, "features.{s}.{b}.block.3.0", "features.{s}.{b}.block.3.1", "features.{s}.{b}.block"},
			{network.Head, All, "features.{s}.0", "features.{s}.1", "features.{s}"},
			{network.Classifier, All, "classifier.1", "", ""},
		},
	},
	{
		Library: "torchvision", Architectures: []*network.Architecture{network.MobileNetV2},
		Block: "features.{n+1}", Key: network.Project,
		Rows: []Row{
			{network.Stem, All, "features.0.0", "features.0.1", "features.0"},
			{network.Expand, All, "features.{n+1}.conv.0.0", "features.{n+1}.conv.0.1", "features.{n+1}.conv.0"},
			{network.Depthwise, Plain, "features.{n+1}.conv.0.0", "features.{n+1}.conv.0.1", "features.{n+1}.conv.0"},
			{network.Project, Plain, "features.{n+1}.conv.1", "features.{n+1}.conv.2", "features.{n+1}.conv"},
			{network.Depthwise, Expanded, "features.{n+1}.conv.1.0", "features.{n+1}.conv.1.1", "features.{n+1}.conv.1"},
			{network.Project, Expanded, "features.{n+1}.conv.2", "features.{n+1}.conv.3", "features.{n+1}.conv"},
			{network.Head, All, "features.{n+1}.0", "features.{n+1}.1", "features.{n+1}"},
			{network.Classifier, All, "classifier.1", "", ""},
		},
	},
	{
		Library: "torchvision", Architectures: []*network.Architecture{network.ResNet18, network.ResNet50},
		Stage: "layer{s-1}", Block: "layer{s-1}.{b}", Key: network.Conv1,
		Rows: []Row{
			{network.Stem, All, "conv1", "bn1", "relu"},
			{network.Pool, All, "", "", "maxpool"},
			{network.Conv1, All, "layer{s-1}.{b}.conv1", "layer{s-1}.{b}.bn1", ""},
			{network.Conv2, All, "layer{s-1}.{b}.conv2", "layer{s-1}.{b}.bn2", ""},
			{network.Conv3, All, "layer{s-1}.{b}.conv3", "layer{s-1}.{b}.bn3", "layer{s-1}.{b}.bn3"},
			{network.Shortcut, All, "layer{s-1}.{b}.downsample.0", "layer{s-1}.{b}.downsample.1", "layer{s-1}.{b}.downsample"},
			{network.Classifier, All, "fc", "", ""},
		},
	},
	{
		Library: "timm", Architectures: []*network.Architecture{network.EfficientNetB0, network.MobileNetV2, network.EfficientNetLite},
		Stage: "blocks.{s-1}", Block: "blocks.{s-1}.{b}", Key: network.Project,
		Rows: []Row{
			{network.Stem, All, "conv_stem", "bn1", "bn1"},
			{network.Expand, All, "blocks.{s-1}.{b}.conv_pw", "blocks.{s-1}.{b}.bn1", "blocks.{s-1}.{b}.bn1"},
			{network.Depthwise, Plain, "blocks.{s-1}.{b}.conv_dw", "blocks.{s-1}.{b}.bn1", "blocks.{s-1}.{b}.bn1"},
			{network.Project, Plain, "blocks.{s-1}.{b}.conv_pw", "blocks.{s-1}.{b}.bn2", "blocks.{s-1}.{b}.bn2"},
			{network.Depthwise, Expanded, "blocks.{s-1}.{b}.conv_dw", "blocks.{s-1}.{b}.bn2", "blocks.{s-1}.{b}.bn2"},
			{network.Project, Expanded, "blocks.{s-1}.{b}.conv_pwl", "blocks.{s-1}.{b}.bn3", "blocks.{s-1}.{b}.bn3"},
			{network.Squeeze, All, "blocks.{s-1}.{b}.se.conv_reduce", "", ""},
			{network.Excite, All, "blocks.{s-1}.{b}.se.conv_expand", "", ""},
			{network.Gated, All, "", "", "blocks.{s-1}.{b}.se"},
			{network.Head, All, "conv_head", "bn2", "bn2"},
			{network.Classifier, All, "classifier", "", ""},
		},
	},
}
