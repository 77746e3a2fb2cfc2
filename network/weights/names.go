package weights

import (
	"fmt"

	"scalecam/network"
)

// scheme is how a library names the tensors of an architecture.
type scheme struct {
	library      string
	architecture *network.Architecture
	// telltale tensors are in every file of this scheme and of no other.
	telltale []string
	// names gives the names of layer i: of its convolution or linear layer, and
	// of its batch norm, to which ".weight", ".bias" and so on are added.
	names func(n *network.Network, i int) (layer, norm string)
	// project is the name of a block's projection, by which blocks are
	// counted; it tells whether stages can be told apart in names.
	project func(stage, block int) string
	flat    bool // blocks are numbered through from 1, stages are not in names
}

var schemes = []scheme{
	{
		library: "torchvision", architecture: network.EfficientNetB0,
		telltale: []string{"features.0.0.weight", "features.1.0.block.1.fc1.weight", "features.8.0.weight"},
		names:    torchvisionNames, project: torchvisionProject,
	},
	{
		library: "torchvision", architecture: network.MobileNetV2,
		telltale: []string{"features.0.0.weight", "features.1.conv.0.0.weight"},
		names: func(n *network.Network, i int) (string, string) {
			l := n.Layers[i]
			switch l.Role {
			case network.Classifier:
				return "classifier.1", ""
			case network.Stem:
				return conv("features.0")
			case network.Head:
				return conv(fmt.Sprintf("features.%d", n.Blocks()+1))
			}
			block := 1 // blocks up to this layer's
			for _, before := range n.Layers[:i] {
				if before.Role == network.Project {
					block++
				}
			}
			inside := fmt.Sprintf("features.%d.conv", block)
			depthwise := expanded(n, l)
			switch l.Role {
			case network.Expand:
				return conv(inside + ".0")
			case network.Depthwise:
				return conv(fmt.Sprintf("%s.%d", inside, depthwise))
			}
			return fmt.Sprintf("%s.%d", inside, depthwise+1), fmt.Sprintf("%s.%d", inside, depthwise+2)
		},
		project: func(_, block int) string {
			if block == 0 {
				return "features.1.conv.1.weight"
			}
			return fmt.Sprintf("features.%d.conv.2.weight", block+1)
		},
		flat: true,
	},
	{
		library: "timm", architecture: network.EfficientNetB0,
		telltale: []string{"conv_stem.weight", "blocks.0.0.conv_dw.weight", "blocks.0.0.se.conv_reduce.weight"},
		names:    timmNames, project: timmProject,
	},
	{
		library: "timm", architecture: network.MobileNetV2,
		telltale: []string{"conv_stem.weight", "blocks.0.0.conv_dw.weight"},
		names:    timmNames, project: timmProject,
	},
	{
		library: "torchvision", architecture: network.EfficientNet64,
		telltale: []string{"features.0.0.weight", "features.1.0.block.1.fc1.weight", "features.5.0.weight"},
		names:    torchvisionNames, project: torchvisionProject,
	},
}

// torchvisionNames are those of torchvision's EfficientNet.
func torchvisionNames(n *network.Network, i int) (layer, norm string) {
	l := n.Layers[i]
	if l.Role == network.Classifier {
		return "classifier.1", ""
	}
	if l.Role == network.Stem || l.Role == network.Head {
		return conv(fmt.Sprintf("features.%d", l.Stage))
	}
	block := fmt.Sprintf("features.%d.%d.block", l.Stage, l.Block)
	depthwise := expanded(n, l)
	switch l.Role {
	case network.Expand:
		return conv(block + ".0")
	case network.Depthwise:
		return conv(fmt.Sprintf("%s.%d", block, depthwise))
	case network.Squeeze:
		return fmt.Sprintf("%s.%d.fc1", block, depthwise+1), ""
	case network.Excite:
		return fmt.Sprintf("%s.%d.fc2", block, depthwise+1), ""
	}
	return conv(fmt.Sprintf("%s.%d", block, depthwise+2))
}

func torchvisionProject(stage, block int) string {
	if stage == 1 { // not expanded: one layer less
		return fmt.Sprintf("features.%d.%d.block.2.0.weight", stage, block)
	}
	return fmt.Sprintf("features.%d.%d.block.3.0.weight", stage, block)
}

// conv names torchvision's Conv2dNormActivation: the convolution is its part 0
// and the batch norm its part 1.
func conv(prefix string) (layer, norm string) { return prefix + ".0", prefix + ".1" }

// expanded is 1 where the layer's block begins with an expansion, else 0: how
// far the block's other parts are shifted in their numbering.
func expanded(n *network.Network, l network.Layer) int {
	if n.Architecture.Stages[l.Stage].Expand == 1 {
		return 0
	}
	return 1
}

func timmNames(n *network.Network, i int) (layer, norm string) {
	l := n.Layers[i]
	switch l.Role {
	case network.Stem:
		return "conv_stem", "bn1"
	case network.Head:
		return "conv_head", "bn2"
	case network.Classifier:
		return "classifier", ""
	}
	block := fmt.Sprintf("blocks.%d.%d.", l.Stage-1, l.Block)
	shift := expanded(n, l)
	switch l.Role {
	case network.Expand:
		return block + "conv_pw", block + "bn1"
	case network.Depthwise:
		return block + "conv_dw", fmt.Sprintf("%sbn%d", block, 1+shift)
	case network.Squeeze:
		return block + "se.conv_reduce", ""
	case network.Excite:
		return block + "se.conv_expand", ""
	}
	if shift == 0 {
		return block + "conv_pw", block + "bn2"
	}
	return block + "conv_pwl", block + "bn3"
}

func timmProject(stage, block int) string {
	if stage == 1 {
		return fmt.Sprintf("blocks.0.%d.conv_pw.weight", block)
	}
	return fmt.Sprintf("blocks.%d.%d.conv_pwl.weight", stage-1, block)
}
