package code

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"scalecam/compare/record"
	"scalecam/fault"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/network/naming"
)

// net is a network as its library makes it.
type net struct {
	imports    []string
	lines      []string // which make the variable net, with its weights
	classifier string   // the name of the layer that the logits come from
}

// constructor is a model as its library makes it.
func constructor(m *network.Model, n record.Naming) (net, error) {
	if m.Backbone != nil {
		return net{}, fault.Errorf("it is a head that was taught, in a file that no library loads; write the network whole with scalecam teach --whole, and name that")
	}
	path, about, err := weightsFile(m, n)
	if err != nil {
		return net{}, err
	}
	if !slices.Contains(libraries, m.Library) {
		return net{}, fault.Errorf("its weights file is no plain state dict by the names of torchvision or timm, which the lines could load; save one from it")
	}
	if p := m.Network.Padding; p.For != (network.Size{}) {
		return net{}, fault.Errorf("its padding is %v, TensorFlow's for one size at every size, which neither torchvision nor timm has", p)
	}
	scheme, err := naming.Find(m.Library, m.Network.Architecture)
	if err != nil {
		return net{}, err
	}
	if !m.Plain {
		return net{}, fault.Errorf("its weights lie in the file otherwise than in the state dict of %s's network; save them so, by that library, first", m.Library)
	}
	made := net{classifier: classifierOf(scheme, m.Network)}
	of := &library{m: m, path: path, about: about, net: &made}
	switch m.Library {
	case "timm":
		of.timm()
		return made, nil
	case "pytorch_resnet_cifar10":
		return made, of.cifar()
	}
	return made, of.torchvision()
}

// libraries are those by whose names lines are written.
var libraries = []string{"torchvision", "timm", "pytorch_resnet_cifar10"}

// library writes down a model for a library.
type library struct {
	m           *network.Model
	path, about string // of the weights file
	*net
}

// preset is the published scaling of the model's, nil where there is none.
func (l *library) preset() *network.Preset {
	n := l.m.Network
	i := slices.IndexFunc(network.Presets, func(p network.Preset) bool {
		return p.Architecture == n.Architecture && p.Scaling.Depth == n.Scaling.Depth && p.Scaling.Width == n.Scaling.Width
	})
	if i < 0 {
		return nil
	}
	return &network.Presets[i]
}

// arguments are a call's, "" for those that are the library's own.
func arguments(all ...string) string {
	return strings.Join(slices.DeleteFunc(all, func(a string) bool { return a == "" }), ", ")
}

// classes is the argument that says how many there are, where a library would not
// take as many by itself.
func (l *library) classes() string {
	const usual = 1000
	if l.m.Network.Classes == usual {
		return ""
	}
	return fmt.Sprintf("num_classes=%d", l.m.Network.Classes)
}

// eps is the line that puts batch norm's epsilon right, where the library has
// another.
func (l *library) eps(usual float64) {
	if l.m.Eps != usual {
		l.lines = append(l.lines, "for module in net.modules():", "    if isinstance(module, torch.nn.BatchNorm2d):", fmt.Sprintf("        module.eps = %v", l.m.Eps))
	}
}

// timmMakers are what timm makes an architecture of any scaling by.
var timmMakers = map[*network.Architecture]struct{ function, name string }{
	network.EfficientNetB0:   {"_gen_efficientnet", "efficientnet_b0"},
	network.EfficientNetLite: {"_gen_efficientnet_lite", "efficientnet_lite0"},
	network.MobileNetV2:      {"_gen_mobilenet_v2", "mobilenetv2_100"},
	network.MobileNetV2Deep:  {"_gen_mobilenet_v2", "mobilenetv2_110d"},
	network.TestEfficientNet: {"_gen_test_efficientnet", "test_efficientnet"},
	network.EfficientNetV2B0: {"_gen_efficientnetv2_base", "tf_efficientnetv2_b0"},
	network.EfficientNetV2S:  {"_gen_efficientnetv2_s", "efficientnetv2_s"},
	network.EfficientNetV2M:  {"_gen_efficientnetv2_m", "efficientnetv2_m"},
	network.EfficientNetV2L:  {"_gen_efficientnetv2_l", "efficientnetv2_l"},
}

// timm writes the network down by timm's names.
func (l *library) timm() {
	n := l.m.Network
	name, eps, usual := models.TimmName(n)
	padding := ""
	if n.Padding != usual {
		padding = "pad_type=" + quote(models.TimmPadding(n.Padding))
	}
	l.imports = []string{"import timm"}
	if name == "" {
		maker, fixed := timmMakers[n.Architecture], ""
		if n.Architecture == network.MobileNetV2Deep {
			fixed = "fix_stem_head=True"
		}
		l.lines = []string{
			fmt.Sprintf("net = timm.models.efficientnet.%s(%s)", maker.function, arguments(quote(maker.name),
				fmt.Sprintf("channel_multiplier=%v", n.Scaling.Width), fmt.Sprintf("depth_multiplier=%v", n.Scaling.Depth), fixed, padding, l.classes())),
			fmt.Sprintf("timm.models.load_checkpoint(net, %s)%s", quote(l.path), l.about),
		}
	} else {
		l.lines = []string{fmt.Sprintf("net = timm.create_model(%s)%s", arguments(quote(name), padding, l.classes(), "checkpoint_path="+quote(l.path)), l.about)}
	}
	l.eps(eps)
}

// torchvision writes the network down by torchvision's names.
func (l *library) torchvision() error {
	n := l.m.Network
	if err := l.symmetric(); err != nil {
		return err
	}
	eps := models.TorchEps
	switch p := l.preset(); n.Architecture {
	case network.EfficientNetB0:
		if p == nil {
			l.efficientNet()
			break
		}
		if strings.HasSuffix(p.Name, "b5") || strings.HasSuffix(p.Name, "b6") || strings.HasSuffix(p.Name, "b7") {
			eps = models.TFEps
		}
		l.torchvisionCall(strings.ReplaceAll(p.Name, "-", "_"))
	case network.EfficientNet64, network.EfficientNet128:
		l.efficientNet()
	case network.EfficientNetV2S, network.EfficientNetV2M, network.EfficientNetV2L:
		if p == nil {
			l.efficientNet()
			break
		}
		eps = models.TFEps
		l.torchvisionCall(strings.ReplaceAll(p.Name, "efficientnetv2-", "efficientnet_v2_"))
	case network.MobileNetV2:
		var width, stages string
		if n.Scaling.Width != 1 {
			width = fmt.Sprintf("width_mult=%v", n.Scaling.Width)
		}
		if n.Scaling.Depth != 1 {
			var all []string
			for i := range n.Architecture.Stages {
				s := &n.Architecture.Stages[i]
				if block, ok := s.Operator.(network.MBConv); ok { // expansion, channels, blocks, stride
					all = append(all, fmt.Sprintf("[%d, %d, %d, %d]", block.Expand, s.Channels, s.Repeats(n.Scaling.Depth), s.Stride))
				}
			}
			stages = "inverted_residual_setting=[" + strings.Join(all, ", ") + "]"
		}
		l.torchvisionCall("mobilenet_v2", width, stages)
	case network.ResNet18, network.ResNet34, network.ResNet50, network.ResNet101, network.ResNet152, network.WideResNet50, network.WideResNet101:
		if n.Scaling.Width != 1 {
			return fault.Errorf("torchvision makes ResNet of its own width alone, and this one's is %v times that", n.Scaling.Width)
		}
		if p != nil {
			name, _, _ := models.TimmName(n) // which is torchvision's
			l.torchvisionCall(name)
			break
		}
		block, inner := "BasicBlock", ""
		if b, ok := n.Architecture.Stages[2].Operator.(network.Bottleneck); ok {
			block = "Bottleneck"
			if b.Inner != 1 {
				inner = fmt.Sprintf("width_per_group=%d", 64*b.Inner) // 64 is its own
			}
		}
		var repeats []string
		for _, s := range n.Architecture.Stages[2:] {
			repeats = append(repeats, fmt.Sprint(s.Repeats(n.Scaling.Depth)))
		}
		l.torchvisionCall("ResNet", "torchvision.models.resnet."+block, "["+strings.Join(repeats, ", ")+"]", inner)
	}
	l.load()
	l.eps(eps)
	return nil
}

// symmetric refuses TensorFlow's padding, where the library has none.
func (l *library) symmetric() error {
	if l.m.Network.Padding != network.SymmetricPadding {
		return fault.Errorf("its weights have %s's names, and %s has no network with TensorFlow's padding", l.m.Library, l.m.Library)
	}
	return nil
}

// cifarClasses are CIFAR-10's ResNets, which no package has.
const cifarClasses = `class Padded(nn.Module):  # a shortcut without weights
    def __init__(self, stride, zeros):
        super().__init__()
        self.stride, self.zeros = stride, (0, 0, 0, 0, zeros // 2, zeros - zeros // 2)

    def forward(self, x):
        return nn.functional.pad(x[:, :, ::self.stride, ::self.stride], self.zeros)

class Block(nn.Module):
    def __init__(self, before, channels, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(before, channels, 3, stride, 1, bias=False), nn.BatchNorm2d(channels)
        self.conv2, self.bn2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels)
        self.shortcut = Padded(stride, channels - before) if stride > 1 or channels > before else nn.Identity()

    def forward(self, x):
        return (self.bn2(self.conv2(self.bn1(self.conv1(x)).relu())) + self.shortcut(x)).relu()

class ResNet(nn.Module):  # He et al. 2015, arXiv 1512.03385, section 4.2
    def __init__(self, blocks, widths, classes):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, widths[0], 3, 1, 1, bias=False), nn.BatchNorm2d(widths[0])
        for i, (before, channels) in enumerate(zip(widths, widths[1:])):
            stage = [Block(channels if b else before, channels, 1 if b else min(i + 1, 2)) for b in range(blocks)]
            self.add_module(f"layer{i + 1}", nn.Sequential(*stage))
        self.linear = nn.Linear(widths[-1], classes)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(self.bn1(self.conv1(x)).relu())))
        return self.linear(x.mean((2, 3)))
`

// cifar writes down one of CIFAR-10's ResNets with its class.
func (l *library) cifar() error {
	if err := l.symmetric(); err != nil {
		return err
	}
	n := l.m.Network
	var widths []string
	for i := range n.Architecture.Stages {
		widths = append(widths, fmt.Sprint(n.Architecture.Stages[i].Width(n.Scaling.Width)))
	}
	l.imports = append(l.imports, "from torch import nn")
	l.lines = append(strings.Split(cifarClasses, "\n"),
		fmt.Sprintf("net = ResNet(%d, (%s), %d)", n.Architecture.Stages[1].Repeats(n.Scaling.Depth), strings.Join(widths, ", "), n.Classes))
	l.load()
	l.eps(models.TorchEps)
	return nil
}

func (l *library) torchvisionCall(function string, args ...string) {
	l.imports = append(l.imports, "import torchvision")
	l.lines = append(l.lines, fmt.Sprintf("net = torchvision.models.%s(%s)", function, arguments(append(args, l.classes())...)))
}

// efficientNet writes down an EfficientNet of any stages, which torchvision's class
// takes in a row each.
func (l *library) efficientNet() {
	n := l.m.Network
	stages := n.Architecture.Stages
	from := stages[0].Width(n.Scaling.Width)
	kinds := []string{"EfficientNet"}
	var rows []string
	row := func(s *network.Stage, kind string, expand, kernel int, scaling string) {
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
		to := s.Width(n.Scaling.Width)
		rows = append(rows, fmt.Sprintf("%s(%d, %d, %d, %d, %d, %d%s)", kind, expand, kernel, s.Stride, from, to, s.Repeats(n.Scaling.Depth), scaling))
		from = to
	}
	for i := range stages {
		switch block := stages[i].Operator.(type) {
		case network.MBConv:
			row(&stages[i], "MBConvConfig", block.Expand, block.Kernel, ", 1, 1")
		case network.FusedMBConv:
			row(&stages[i], "FusedMBConvConfig", block.Expand, block.Kernel, "")
		}
	}
	head := ""
	if to := stages[len(stages)-1].Width(n.Scaling.Width); to != 4*from { // as torchvision has it
		head = fmt.Sprintf("last_channel=%d", to)
	}
	l.imports = append(l.imports, "from torchvision.models.efficientnet import "+strings.Join(kinds, ", "))
	l.lines = append(l.lines, "# expansion, kernel, stride, channels in and out, blocks", "stages = [")
	for _, r := range rows {
		l.lines = append(l.lines, "    "+r+",")
	}
	l.lines = append(l.lines, "]", fmt.Sprintf("net = EfficientNet(stages, %s)", arguments("dropout=0", l.classes(), head)))
}

// load gives the network its weights.
func (l *library) load() {
	read := fmt.Sprintf(`torch.load(%s, map_location="cpu", weights_only=True)`, quote(l.path))
	if strings.EqualFold(filepath.Ext(l.path), ".safetensors") {
		l.imports = append(l.imports, "from safetensors.torch import load_file")
		read = fmt.Sprintf("load_file(%s)", quote(l.path))
	}
	l.lines = append(l.lines, fmt.Sprintf("net.load_state_dict(%s)%s", read, l.about))
}
