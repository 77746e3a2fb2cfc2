package naming

import "scalecam/network"

// Schemes are the libraries' names, those under which Scalecam writes an
// architecture first.
var Schemes = []*Scheme{
	{
		Library: "torchvision", Architectures: []*network.Architecture{network.EfficientNetB0, network.EfficientNet64, network.EfficientNet128, network.EfficientNetV2S, network.EfficientNetV2M, network.EfficientNetV2L},
		Stage: "features.{s}", Block: "features.{s}.{b}", Key: network.Project,
		Rows: []Row{
			{network.Stem, All, "features.{s}.0", "features.{s}.1", "features.{s}"},
			{network.Conv1, All, "features.{s}.{b}.block.0.0", "features.{s}.{b}.block.0.1", "features.{s}.{b}.block"},
			{network.Fused, All, "features.{s}.{b}.block.0.0", "features.{s}.{b}.block.0.1", "features.{s}.{b}.block.0"},
			{network.Project, Merged, "features.{s}.{b}.block.1.0", "features.{s}.{b}.block.1.1", "features.{s}.{b}.block"},
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
		Library: "torchvision", Architectures: []*network.Architecture{network.ResNet18, network.ResNet34, network.ResNet50, network.ResNet101, network.ResNet152, network.WideResNet50, network.WideResNet101},
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
		Library: "timm", Architectures: []*network.Architecture{network.EfficientNetB0, network.MobileNetV2, network.EfficientNetLite, network.MobileNetV2Deep, network.TestEfficientNet,
			network.EfficientNetV2B0, network.EfficientNetV2S, network.EfficientNetV2M, network.EfficientNetV2L},
		Stage: "blocks.{s-1}", Block: "blocks.{s-1}.{b}", Key: network.Project,
		Rows: []Row{
			{network.Stem, All, "conv_stem", "bn1", "bn1"},
			{network.Conv1, All, "blocks.{s-1}.{b}.conv", "blocks.{s-1}.{b}.bn1", "blocks.{s-1}.{b}.bn1"},
			{network.Fused, All, "blocks.{s-1}.{b}.conv_exp", "blocks.{s-1}.{b}.bn1", "blocks.{s-1}.{b}.bn1"},
			{network.Expand, All, "blocks.{s-1}.{b}.conv_pw", "blocks.{s-1}.{b}.bn1", "blocks.{s-1}.{b}.bn1"},
			{network.Depthwise, Plain, "blocks.{s-1}.{b}.conv_dw", "blocks.{s-1}.{b}.bn1", "blocks.{s-1}.{b}.bn1"},
			{network.Project, Plain, "blocks.{s-1}.{b}.conv_pw", "blocks.{s-1}.{b}.bn2", "blocks.{s-1}.{b}.bn2"},
			{network.Depthwise, Expanded, "blocks.{s-1}.{b}.conv_dw", "blocks.{s-1}.{b}.bn2", "blocks.{s-1}.{b}.bn2"},
			{network.Project, Expanded, "blocks.{s-1}.{b}.conv_pwl", "blocks.{s-1}.{b}.bn3", "blocks.{s-1}.{b}.bn3"},
			{network.Project, Merged, "blocks.{s-1}.{b}.conv_pwl", "blocks.{s-1}.{b}.bn2", "blocks.{s-1}.{b}.bn2"},
			{network.Squeeze, All, "blocks.{s-1}.{b}.se.conv_reduce", "", ""},
			{network.Excite, All, "blocks.{s-1}.{b}.se.conv_expand", "", ""},
			{network.Gated, All, "", "", "blocks.{s-1}.{b}.se"},
			{network.Head, All, "conv_head", "bn2", "bn2"},
			{network.Classifier, All, "classifier", "", ""},
		},
	},
	{
		Library: "pytorch_resnet_cifar10", Architectures: []*network.Architecture{network.CIFARResNet}, // akamaster's
		Stage: "layer{s}", Block: "layer{s}.{b}", Key: network.Conv1,
		Rows: []Row{
			{network.Stem, All, "conv1", "bn1", ""},
			{network.Conv1, All, "layer{s}.{b}.conv1", "layer{s}.{b}.bn1", ""},
			{network.Conv2, All, "layer{s}.{b}.conv2", "layer{s}.{b}.bn2", "layer{s}.{b}.bn2"},
			{network.Shortcut, All, "", "", "layer{s}.{b}.shortcut"},
			{network.Classifier, All, "linear", "", ""},
		},
	},
	{
		Library: "EfficientNet-PyTorch", Architectures: []*network.Architecture{network.EfficientNetB0, network.EfficientNetLite}, // lukemelas'
		Block: "_blocks.{n}", Key: network.Project,
		Rows: []Row{
			{network.Stem, All, "_conv_stem", "_bn0", ""},
			{network.Expand, All, "_blocks.{n}._expand_conv", "_blocks.{n}._bn0", ""},
			{network.Depthwise, All, "_blocks.{n}._depthwise_conv", "_blocks.{n}._bn1", ""},
			{network.Squeeze, All, "_blocks.{n}._se_reduce", "", ""},
			{network.Excite, All, "_blocks.{n}._se_expand", "", ""},
			{network.Project, All, "_blocks.{n}._project_conv", "_blocks.{n}._bn2", "_blocks.{n}._bn2"},
			{network.Head, All, "_conv_head", "_bn1", ""},
			{network.Classifier, All, "_fc", "", ""},
		},
	},
	{
		Library: "transformers", Architectures: []*network.Architecture{network.EfficientNetB0},
		Block: "efficientnet.encoder.blocks.{n}", Key: network.Project,
		Rows: []Row{
			{network.Stem, All, "efficientnet.embeddings.convolution", "efficientnet.embeddings.batchnorm", "efficientnet.embeddings"},
			{network.Expand, All, "efficientnet.encoder.blocks.{n}.expansion.expand_conv", "efficientnet.encoder.blocks.{n}.expansion.expand_bn", "efficientnet.encoder.blocks.{n}.expansion"},
			{network.Depthwise, All, "efficientnet.encoder.blocks.{n}.depthwise_conv.depthwise_conv", "efficientnet.encoder.blocks.{n}.depthwise_conv.depthwise_norm", "efficientnet.encoder.blocks.{n}.depthwise_conv"},
			{network.Squeeze, All, "efficientnet.encoder.blocks.{n}.squeeze_excite.reduce", "", ""},
			{network.Excite, All, "efficientnet.encoder.blocks.{n}.squeeze_excite.expand", "", ""},
			{network.Gated, All, "", "", "efficientnet.encoder.blocks.{n}.squeeze_excite"},
			{network.Project, All, "efficientnet.encoder.blocks.{n}.projection.project_conv", "efficientnet.encoder.blocks.{n}.projection.project_bn", "efficientnet.encoder.blocks.{n}.projection.project_bn"},
			{network.Head, All, "efficientnet.encoder.top_conv", "efficientnet.encoder.top_bn", "efficientnet.encoder"},
			{network.Classifier, All, "classifier", "", ""},
		},
	},
	{
		Library: "transformers", Architectures: []*network.Architecture{network.MobileNetV2},
		Block: "mobilenet_v2.layer.{n-1}", Key: network.Project,
		Rows: []Row{
			{network.Stem, All, "mobilenet_v2.conv_stem.first_conv.convolution", "mobilenet_v2.conv_stem.first_conv.normalization", "mobilenet_v2.conv_stem.first_conv"},
			{network.Depthwise, Plain, "mobilenet_v2.conv_stem.conv_3x3.convolution", "mobilenet_v2.conv_stem.conv_3x3.normalization", "mobilenet_v2.conv_stem.conv_3x3"},
			{network.Project, Plain, "mobilenet_v2.conv_stem.reduce_1x1.convolution", "mobilenet_v2.conv_stem.reduce_1x1.normalization", "mobilenet_v2.conv_stem"},
			{network.Expand, All, "mobilenet_v2.layer.{n-1}.expand_1x1.convolution", "mobilenet_v2.layer.{n-1}.expand_1x1.normalization", "mobilenet_v2.layer.{n-1}.expand_1x1"},
			{network.Depthwise, Expanded, "mobilenet_v2.layer.{n-1}.conv_3x3.convolution", "mobilenet_v2.layer.{n-1}.conv_3x3.normalization", "mobilenet_v2.layer.{n-1}.conv_3x3"},
			{network.Project, Expanded, "mobilenet_v2.layer.{n-1}.reduce_1x1.convolution", "mobilenet_v2.layer.{n-1}.reduce_1x1.normalization", "mobilenet_v2.layer.{n-1}.reduce_1x1"},
			{network.Head, All, "mobilenet_v2.conv_1x1.convolution", "mobilenet_v2.conv_1x1.normalization", "mobilenet_v2.conv_1x1"},
			{network.Classifier, All, "classifier", "", ""},
		},
	},
	{
		Library: "mmpretrain", Architectures: []*network.Architecture{network.EfficientNetB0},
		Block: "backbone.layers.{g}.{m}", Key: network.Project,
		Rows: []Row{
			{network.Stem, All, "backbone.layers.0.conv", "backbone.layers.0.bn", "backbone.layers.0"},
			{network.Expand, All, "backbone.layers.{g}.{m}.expand_conv.conv", "backbone.layers.{g}.{m}.expand_conv.bn", "backbone.layers.{g}.{m}.expand_conv"},
			{network.Depthwise, All, "backbone.layers.{g}.{m}.depthwise_conv.conv", "backbone.layers.{g}.{m}.depthwise_conv.bn", "backbone.layers.{g}.{m}.depthwise_conv"},
			{network.Squeeze, All, "backbone.layers.{g}.{m}.se.conv1.conv", "", ""},
			{network.Excite, All, "backbone.layers.{g}.{m}.se.conv2.conv", "", ""},
			{network.Gated, All, "", "", "backbone.layers.{g}.{m}.se"},
			{network.Project, All, "backbone.layers.{g}.{m}.linear_conv.conv", "backbone.layers.{g}.{m}.linear_conv.bn", "backbone.layers.{g}.{m}.linear_conv"},
			{network.Head, All, "backbone.layers.{g}.conv", "backbone.layers.{g}.bn", "backbone.layers.{g}"},
			{network.Classifier, All, "head.fc", "", ""},
		},
	},
	{
		Library: "mmpretrain", Architectures: []*network.Architecture{network.MobileNetV2},
		Stage: "backbone.layer{s}", Block: "backbone.layer{s}.{b}", Key: network.Project,
		Rows: []Row{
			{network.Stem, All, "backbone.conv1.conv", "backbone.conv1.bn", "backbone.conv1"},
			{network.Expand, All, "backbone.layer{s}.{b}.conv.0.conv", "backbone.layer{s}.{b}.conv.0.bn", "backbone.layer{s}.{b}.conv.0"},
			{network.Depthwise, Plain, "backbone.layer{s}.{b}.conv.0.conv", "backbone.layer{s}.{b}.conv.0.bn", "backbone.layer{s}.{b}.conv.0"},
			{network.Project, Plain, "backbone.layer{s}.{b}.conv.1.conv", "backbone.layer{s}.{b}.conv.1.bn", "backbone.layer{s}.{b}.conv.1"},
			{network.Depthwise, Expanded, "backbone.layer{s}.{b}.conv.1.conv", "backbone.layer{s}.{b}.conv.1.bn", "backbone.layer{s}.{b}.conv.1"},
			{network.Project, Expanded, "backbone.layer{s}.{b}.conv.2.conv", "backbone.layer{s}.{b}.conv.2.bn", "backbone.layer{s}.{b}.conv.2"},
			{network.Head, All, "backbone.conv2.conv", "backbone.conv2.bn", "backbone.conv2"},
			{network.Classifier, All, "head.fc", "", ""},
		},
	},
	flatMobileNetV2("pytorch-mobilenet-v2", network.MobileNetV2Up, Row{network.Head, All, "features.{n+1}.0", "features.{n+1}.1", "features.{n+1}"}), // tonylins'
	flatMobileNetV2("mobilenetv2.pytorch", network.MobileNetV2ByFours, Row{network.Head, All, "conv.0", "conv.1", "conv"}),                           // d-li14's
}

// flatMobileNetV2 is MobileNetV2 with each block's layers one after another, as two
// repositories have it, each with other widths.
func flatMobileNetV2(library string, widths *network.Architecture, head Row) *Scheme {
	return &Scheme{
		Library: library, Architectures: []*network.Architecture{network.MobileNetV2, widths},
		Block: "features.{n+1}", Key: network.Project,
		Rows: []Row{
			{network.Stem, All, "features.0.0", "features.0.1", "features.0"},
			{network.Expand, All, "features.{n+1}.conv.0", "features.{n+1}.conv.1", "features.{n+1}.conv.2"},
			{network.Depthwise, Plain, "features.{n+1}.conv.0", "features.{n+1}.conv.1", "features.{n+1}.conv.2"},
			{network.Project, Plain, "features.{n+1}.conv.3", "features.{n+1}.conv.4", "features.{n+1}.conv"},
			{network.Depthwise, Expanded, "features.{n+1}.conv.3", "features.{n+1}.conv.4", "features.{n+1}.conv.5"},
			{network.Project, Expanded, "features.{n+1}.conv.6", "features.{n+1}.conv.7", "features.{n+1}.conv"},
			head,
			{network.Classifier, All, "classifier", "", ""},
		},
	}
}
