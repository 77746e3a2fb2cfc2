package naming

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"scalecam/network"
)

// list is a library's own list of a network's tensors (testdata/naming/make.py).
type list struct {
	about  map[string]string
	order  []string
	shapes Shapes
}

func readList(t *testing.T, name string) list {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "testdata", "naming", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	l := list{about: map[string]string{}, shapes: Shapes{}}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), "# "); ok {
			key, value, _ := strings.Cut(rest, ": ")
			l.about[key] = value
			continue
		}
		fields := strings.Fields(lines.Text())
		shape := []int{}
		if len(fields) == 3 {
			for d := range strings.SplitSeq(fields[2], ",") {
				n, err := strconv.Atoi(d)
				if err != nil {
					t.Fatal(err)
				}
				shape = append(shape, n)
			}
		}
		l.order = append(l.order, fields[0])
		l.shapes[fields[0]] = shape
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return l
}

// TestLists holds identification, names, shapes and the count of parameters to
// the libraries' own lists.
func TestLists(t *testing.T) {
	for name, want := range map[string]struct {
		architecture *network.Architecture
		depth, width float64
	}{
		"torchvision-efficientnet_b0":            {network.EfficientNetB0, 1, 1},
		"torchvision-efficientnet_b1":            {network.EfficientNetB0, 1.1, 1},
		"torchvision-efficientnet_b2":            {network.EfficientNetB0, 1.2, 1.1},
		"torchvision-efficientnet_b3":            {network.EfficientNetB0, 1.4, 1.2},
		"torchvision-efficientnet_b4":            {network.EfficientNetB0, 1.8, 1.4},
		"torchvision-efficientnet_b5":            {network.EfficientNetB0, 2.2, 1.6},
		"torchvision-efficientnet_b6":            {network.EfficientNetB0, 2.6, 1.8},
		"torchvision-efficientnet_b7":            {network.EfficientNetB0, 3.1, 2},
		"torchvision-efficientnet-w0.25-d1.4-10": {network.EfficientNetB0, 1.4, .25},
		"torchvision-mobilenet_v2":               {network.MobileNetV2, 1, 1},
		"torchvision-mobilenet_v2-w0.5":          {network.MobileNetV2, 1, .5},
		"torchvision-mobilenet_v2-w1.4":          {network.MobileNetV2, 1, 1.4},
		"torchvision-mobilenet_v2-w0.25-10":      {network.MobileNetV2, 1, .25},
		"torchvision-resnet18":                   {network.ResNet18, 1, 1},
		"torchvision-resnet50":                   {network.ResNet50, 1, 1},
		"timm-efficientnet_b0":                   {network.EfficientNetB0, 1, 1},
		"timm-efficientnet_b1":                   {network.EfficientNetB0, 1.1, 1},
		"timm-efficientnet_b2":                   {network.EfficientNetB0, 1.2, 1.1},
		"timm-efficientnet_b3":                   {network.EfficientNetB0, 1.4, 1.2},
		"timm-efficientnet_b4":                   {network.EfficientNetB0, 1.8, 1.4},
		"timm-tf_efficientnet_b0":                {network.EfficientNetB0, 1, 1},
		"timm-efficientnet_lite0":                {network.EfficientNetLite, 1, 1},
		"timm-efficientnet_lite1":                {network.EfficientNetLite, 1.1, 1},
		"timm-efficientnet_lite2":                {network.EfficientNetLite, 1.2, 1.1},
		"timm-efficientnet_lite3":                {network.EfficientNetLite, 1.4, 1.2},
		"timm-efficientnet_lite4":                {network.EfficientNetLite, 1.8, 1.4},
		"timm-mobilenetv2_100":                   {network.MobileNetV2, 1, 1},
		"timm-mobilenetv2_050":                   {network.MobileNetV2, 1, .5},
		"timm-mobilenetv2_110d":                  {network.MobileNetV2Deep, 1.2, 1.1},
		"timm-mobilenetv2_120d":                  {network.MobileNetV2Deep, 1.4, 1.2},
		"timm-test_efficientnet":                 {network.TestEfficientNet, 1, 1},
		"timm-resnet18":                          {network.ResNet18, 1, 1},
		"timm-resnet50":                          {network.ResNet50, 1, 1},

		"torchvision-resnet34":                {network.ResNet34, 1, 1},
		"torchvision-resnet101":               {network.ResNet101, 1, 1},
		"torchvision-resnet152":               {network.ResNet152, 1, 1},
		"torchvision-wide_resnet50_2":         {network.WideResNet50, 1, 1},
		"torchvision-wide_resnet101_2":        {network.WideResNet101, 1, 1},
		"timm-resnet34":                       {network.ResNet34, 1, 1},
		"timm-resnet101":                      {network.ResNet101, 1, 1},
		"timm-resnet152":                      {network.ResNet152, 1, 1},
		"timm-wide_resnet50_2":                {network.WideResNet50, 1, 1},
		"timm-wide_resnet101_2":               {network.WideResNet101, 1, 1},
		"torchvision-efficientnet_v2_s":       {network.EfficientNetV2S, 1, 1},
		"timm-tf_efficientnetv2_s":            {network.EfficientNetV2S, 1, 1},
		"torchvision-efficientnet_v2_m":       {network.EfficientNetV2M, 1, 1},
		"timm-tf_efficientnetv2_m":            {network.EfficientNetV2M, 1, 1},
		"torchvision-efficientnet_v2_l":       {network.EfficientNetV2L, 1, 1},
		"timm-tf_efficientnetv2_l":            {network.EfficientNetV2L, 1, 1},
		"timm-tf_efficientnetv2_b0":           {network.EfficientNetV2B0, 1, 1},
		"timm-tf_efficientnetv2_b1":           {network.EfficientNetV2B0, 1.1, 1},
		"timm-tf_efficientnetv2_b2":           {network.EfficientNetV2B0, 1.2, 1.1},
		"timm-tf_efficientnetv2_b3":           {network.EfficientNetV2B0, 1.4, 1.2},
		"pytorch_resnet_cifar10-resnet20-10":  {network.CIFARResNet, 3, 1},
		"pytorch_resnet_cifar10-resnet110-10": {network.CIFARResNet, 18, 1},

		"transformers-efficientnet-w0.25-d1.1-10":   {network.EfficientNetB0, 1.1, .25},
		"transformers-efficientnet-w0.25-d1-10":     {network.EfficientNetB0, 1, .25},
		"transformers-mobilenet_v2-w0.35-10":        {network.MobileNetV2, 1, .35},
		"transformers-mobilenet_v2-w1.3-10":         {network.MobileNetV2, 1, 1.3},
		"mmpretrain-efficientnet-w0.25-d1.1-10":     {network.EfficientNetB0, 1.1, .25},
		"mmpretrain-mobilenet_v2-w0.35-10":          {network.MobileNetV2, 1, .35},
		"EfficientNet-PyTorch-efficientnet_b1-10":   {network.EfficientNetB0, 1.1, 1},
		"mobilenetv2.pytorch-mobilenet_v2-w0.1-10":  {network.MobileNetV2ByFours, 1, .1},
		"mobilenetv2.pytorch-mobilenet_v2-w0.35-10": {network.MobileNetV2, 1, .35},
		"pytorch-mobilenet-v2-mobilenet_v2-w1-10":   {network.MobileNetV2, 1, 1},
		"pytorch-mobilenet-v2-mobilenet_v2-w0.5-10": {network.MobileNetV2Up, 1, .5},
	} {
		t.Run(name, func(t *testing.T) {
			l := readList(t, name)
			classes := 1000
			if strings.HasSuffix(name, "-10") {
				classes = 10
			}
			id, err := Identify(l.shapes, "", network.Scaling{})
			if err != nil {
				t.Fatal(err)
			}
			n, err := network.New(id.Architecture, network.Scaling{Depth: id.Depth, Width: id.Width, Resolution: network.Square(224)}, network.SymmetricPadding, id.Classes)
			if err != nil {
				t.Fatal(err)
			}
			same, err := network.New(want.architecture, network.Scaling{Depth: want.depth, Width: want.width, Resolution: network.Square(224)}, network.SymmetricPadding, classes)
			if err != nil {
				t.Fatal(err)
			}
			// Factors that give the same layers cannot be told apart.
			if id.Architecture != want.architecture || id.Classes != classes || n.MACs() != same.MACs() {
				t.Errorf("found %s, d %v, w %v, %d classes; want %s, d %v, w %v", id.Architecture.Name, id.Depth, id.Width, id.Classes, want.architecture.Name, want.depth, want.width)
			}
			if got := strconv.FormatInt(n.Parameters(), 10); got != l.about["parameters"] {
				t.Errorf("%s parameters, want %s", got, l.about["parameters"])
			}
			var names []string
			for i, of := range id.Scheme.Names(n) {
				node := &n.Nodes[i]
				if !node.Weighted() {
					continue
				}
				names = append(names, of.Layer+".weight")
				if got := l.shapes[of.Layer+".weight"]; !slices.Equal(got, node.WeightShape()) {
					t.Errorf("%s has shape %v, want %v", of.Layer, node.WeightShape(), got)
				}
				if of.Norm == "" {
					names = append(names, of.Layer+".bias")
					continue
				}
				for _, tensor := range []string{"weight", "bias", "running_mean", "running_var", "num_batches_tracked"} {
					names = append(names, of.Norm+"."+tensor)
				}
			}
			slices.Sort(names)
			if want := slices.Sorted(slices.Values(l.order)); !slices.Equal(names, want) {
				t.Errorf("the names are not the library's: %v, want %v", names, want)
			}
		})
	}
}

// TestOtherFamilies: what is named alike but no network of the table is not
// taken for one.
func TestOtherFamilies(t *testing.T) {
	for _, name := range []string{"torchvision-resnext50_32x4d", "timm-resnet50d", "timm-efficientnetv2_rw_s"} {
		l := readList(t, name)
		id, err := Identify(l.shapes, "", network.Scaling{})
		if err != nil {
			continue
		}
		n, err := network.New(id.Architecture, network.Scaling{Depth: id.Depth, Width: id.Width, Resolution: network.Square(224)}, network.SymmetricPadding, id.Classes)
		if err != nil {
			t.Fatal(err)
		}
		same := true // of every tensor
		for i, of := range id.Scheme.Names(n) {
			if node := &n.Nodes[i]; node.Weighted() {
				same = same && slices.Equal(l.shapes[of.Layer+".weight"], node.WeightShape())
			}
		}
		if same {
			t.Errorf("%s passes as %s at d %v, w %v", name, id.Architecture.Title, id.Depth, id.Width)
		}
	}
}
