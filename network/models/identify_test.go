package models

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"scalecam/network"
	"scalecam/network/naming"
	"scalecam/network/tensorfile"
)

// scheme is a library's names of one architecture.
type scheme struct {
	*naming.Scheme
	architecture *network.Architecture
}

// schemes are all of them.
var schemes = func() []scheme {
	var all []scheme
	for _, s := range naming.Schemes {
		for _, a := range s.Architectures {
			all = append(all, scheme{s, a})
		}
	}
	return all
}()

// schemeOf finds one.
func schemeOf(library string, a *network.Architecture) scheme {
	return schemes[slices.IndexFunc(schemes, func(s scheme) bool { return s.Library == library && s.architecture == a })]
}

// made is the file that the library would save of a network: its tensors with
// zeros in them, or with variances of 1 so that it runs.
func made(t *testing.T, s scheme, scaling network.Scaling, classes int) *tensorfile.File {
	t.Helper()
	n, err := network.New(s.architecture, scaling, network.SymmetricPadding, classes)
	if err != nil {
		t.Fatal(err)
	}
	f := &tensorfile.File{Path: "made.safetensors", Metadata: map[string]string{}, Tensors: map[string]*tensorfile.Tensor{}}
	add := func(name string, fill float32, shape ...int) {
		size := 1
		for _, d := range shape {
			size *= d
		}
		data := make([]float32, size)
		for i := range data {
			data[i] = fill
		}
		f.Tensors[name] = &tensorfile.Tensor{Name: name, DType: "F32", Shape: shape, Data: data}
	}
	for i, name := range s.Names(n) {
		node := &n.Nodes[i]
		if !node.Weighted() {
			continue
		}
		add(name.Layer+".weight", 0, node.WeightShape()...)
		if name.Norm == "" {
			add(name.Layer+".bias", 0, node.Out)
			continue
		}
		add(name.Norm+".weight", 1, node.Out)
		add(name.Norm+".bias", 0, node.Out)
		add(name.Norm+".running_mean", 0, node.Out)
		add(name.Norm+".running_var", 1, node.Out)
		f.Tensors[name.Norm+".num_batches_tracked"] = &tensorfile.Tensor{Name: name.Norm + ".num_batches_tracked", DType: "I64", Shape: []int{}}
	}
	return f
}

// shapesOf are the shapes of a network's tensors as the library names them.
func shapesOf(s scheme, n *network.Network) naming.Shapes {
	all := naming.Shapes{}
	for i, name := range s.Names(n) {
		node := &n.Nodes[i]
		if !node.Weighted() {
			continue
		}
		all[name.Layer+".weight"] = node.WeightShape()
		if name.Norm == "" {
			all[name.Layer+".bias"] = []int{node.Out}
			continue
		}
		for _, of := range []string{"weight", "bias", "running_mean", "running_var"} {
			all[name.Norm+"."+of] = []int{node.Out}
		}
	}
	return all
}

// TestAlike: of two architectures with the same tensors the file's metadata tell which
// it holds; where they do not, it is the published one.
func TestAlike(t *testing.T) {
	half := network.Scaling{Depth: .5, Width: .5, Resolution: network.Square(64)}
	for stated, want := range map[string]*network.Architecture{
		"": network.EfficientNetB0, "efficientnet-b0": network.EfficientNetB0, "efficientnet_b0": network.EfficientNetB0,
		"resnet-18": network.EfficientNetB0, "efficientnet-128": network.EfficientNet128,
	} {
		f := made(t, schemeOf("torchvision", network.EfficientNetB0), half, 7)
		f.Metadata["architecture"] = stated
		m, _, err := load(f, network.Square(64), nil, nil)
		if err != nil || m.Network.Architecture != want {
			t.Errorf("%q: found %v, %v; want %s", stated, m, err, want.Title)
			continue
		}
		twice := made(t, schemeOf("torchvision", network.EfficientNetB0), half, 7)
		twice.Metadata["architecture"] = stated
		for name, tensor := range f.Tensors {
			twice.Tensors["student."+name], twice.Tensors["teacher."+name] = tensor, tensor
			delete(twice.Tensors, name)
		}
		if _, _, err := load(twice, network.Square(64), nil, nil); err == nil || !strings.Contains(err.Error(), "there are two networks") {
			t.Errorf("%q: two networks in a file: %v", stated, err)
		}
		if stride := 64 / m.Network.Grid().H; stride != map[*network.Architecture]int{network.EfficientNetB0: 32, network.EfficientNet128: 16}[want] {
			t.Errorf("%s: a stride of %d", want.Title, stride)
		}
	}
}

// TestIdentify: the network is found again from names and shapes, in every
// scheme, at presets and at scalings that nobody published.
func TestIdentify(t *testing.T) {
	for _, s := range schemes {
		for _, c := range []network.Scaling{
			{Depth: 1, Width: 1}, {Depth: 4, Width: .25}, {Depth: 1, Width: .5}, {Depth: 1.4, Width: .3},
			{Depth: .5, Width: .25}, {Depth: 1.1, Width: 1}, {Depth: 1.4, Width: 1.2}, {Depth: 2, Width: .75}, {Depth: 1, Width: 2},
		} {
			if s.Library == "transformers" && s.architecture == network.MobileNetV2 && c.Depth > 1 { // its first stage has a name for one block
				continue
			}
			t.Run(fmt.Sprintf("%s %s d %v w %v", s.Library, s.architecture.Name, c.Depth, c.Width), func(t *testing.T) {
				c.Resolution = network.Square(64)
				want, err := network.New(s.architecture, c, network.SymmetricPadding, 7)
				if err != nil {
					t.Fatal(err)
				}
				var got *network.Network
				const few = 10_000_000 // parameters: more are hundreds of megabytes
				if want.Parameters() <= few {
					f := made(t, s, c, 7)
					if s.architecture == network.EfficientNet128 { // whose tensors can be B0's
						f.Metadata["architecture"] = s.architecture.Name
					}
					m, _, err := load(f, network.Square(64), nil, nil)
					if err != nil {
						t.Fatal(err)
					}
					got = m.Network
				} else { // by shapes alone
					id, err := naming.Identify(shapesOf(s, want), "", network.Scaling{})
					if err != nil {
						t.Fatal(err)
					}
					if got, err = network.New(id.Architecture, network.Scaling{Depth: id.Depth, Width: id.Width, Resolution: c.Resolution}, network.SymmetricPadding, id.Classes); err != nil {
						t.Fatal(err)
					}
				}
				// At the table's own depth and width the two are one network.
				same := s.architecture == network.MobileNetV2Deep && c.Depth == 1 && c.Width == 1 && got.Architecture == network.MobileNetV2
				if got.Architecture.Name != s.architecture.Name && !same || got.Classes != 7 {
					t.Errorf("found %s with %d classes", got.Architecture.Name, got.Classes)
				}
				// Factors that give the same layers cannot be told apart.
				if got.Parameters() != want.Parameters() || got.Blocks() != want.Blocks() {
					t.Errorf("found %v: %d parameters, %d blocks; want %v: %d, %d", got.Scaling, got.Parameters(), got.Blocks(), c, want.Parameters(), want.Blocks())
				}
			})
		}
	}
}

// TestStatedScaling: among factors that fit, the one that metadata state.
func TestStatedScaling(t *testing.T) {
	f := made(t, schemes[0], network.Scaling{Depth: 1.8, Width: .25, Resolution: network.Square(64)}, 3)
	for stated, want := range map[string]float64{"": 2, "1.8": 1.8, "5": 2} {
		f.Metadata = map[string]string{"depth": stated, "width": ".25"}
		if stated == "" {
			f.Metadata = nil
		}
		m, _, err := load(f, network.Size{}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if m.Network.Scaling.Depth != want {
			t.Errorf("stated %q: found d %v, want %v", stated, m.Network.Scaling.Depth, want)
		}
	}
}

// presetOf is a preset's scaling.
func presetOf(t *testing.T, name string) network.Scaling {
	t.Helper()
	p, err := network.LookupPreset(name)
	if err != nil {
		t.Fatal(err)
	}
	return p.Scaling
}

// TestKnownDefaults: what torchvision and timm do differently from one
// network to the next.
func TestKnownDefaults(t *testing.T) {
	b5 := network.Presets[5].Scaling
	for _, c := range []struct {
		name    string
		scheme  scheme
		path    string
		scaling network.Scaling
		check   func(s settings) bool
	}{
		{"torchvision B5: eps 1e-3, no crop", schemeOf("torchvision", network.EfficientNetB0), "b5.pth", b5, func(s settings) bool {
			return s.eps == 1e-3 && s.preprocessing.Ratio == 1 && s.size == network.Square(456)
		}},
		{"torchvision B0: eps 1e-5, 224 of 256", schemeOf("torchvision", network.EfficientNetB0), "b0.pth", network.Presets[0].Scaling, func(s settings) bool {
			return s.eps == 1e-5 && s.preprocessing.Ratio == 0.875 && s.preprocessing.Filter.String() == "bicubic"
		}},
		{"timm B5: eps 1e-5", schemeOf("timm", network.EfficientNetB0), "b5.pth", b5, func(s settings) bool { return s.eps == 1e-5 && s.padding == network.SymmetricPadding }},
		{"timm tf_: eps 1e-3, same padding", schemeOf("timm", network.EfficientNetB0), "tf_efficientnet_b5.pth", b5, func(s settings) bool {
			return s.eps == 1e-3 && s.padding == network.SamePadding && s.preprocessing.Ratio == 0.934 && s.size == network.Square(456)
		}},
		{"timm B3: trained at 288", schemeOf("timm", network.EfficientNetB0), "b3.pth", network.Presets[3].Scaling, func(s settings) bool { return s.size == network.Square(288) }},
		{"timm Lite0: its own", schemeOf("timm", network.EfficientNetLite), "model.safetensors", presetOf(t, "efficientnet-lite0"), func(s settings) bool {
			return s.eps == 1e-5 && s.padding == network.SymmetricPadding && s.preprocessing == network.ImageNetBicubic && s.size == network.Square(224)
		}},
		{"timm Lite1, which it has of TensorFlow alone", schemeOf("timm", network.EfficientNetLite), "model.safetensors", presetOf(t, "efficientnet-lite1"), func(s settings) bool {
			tf := network.TensorFlowBicubic
			return s.eps == 1e-3 && s.padding == network.SamePadding && s.preprocessing.Mean == tf.Mean && s.preprocessing.Std == tf.Std && s.preprocessing.Ratio == 0.882
		}},
		{"timm tf_ Lite4: at 380, bilinear", schemeOf("timm", network.EfficientNetLite), "tf_efficientnet_lite4.pth", presetOf(t, "efficientnet-lite4"), func(s settings) bool {
			return s.eps == 1e-3 && s.padding == network.SamePadding && s.preprocessing.Filter.String() == "bilinear" && s.preprocessing.Ratio == 0.92 &&
				s.preprocessing.Mean == network.TensorFlowBicubic.Mean && s.size == network.Square(380)
		}},
		{"timm MobileNetV2: bicubic", schemeOf("timm", network.MobileNetV2), "m.pth", presetOf(t, "mobilenet-v2"), func(s settings) bool { return s.preprocessing.Filter.String() == "bicubic" }},
		{"torchvision MobileNetV2: bilinear", schemeOf("torchvision", network.MobileNetV2), "m.pth", presetOf(t, "mobilenet-v2"), func(s settings) bool {
			return s.eps == 1e-5 && s.preprocessing.Filter.String() == "bilinear" && s.size == network.Square(224)
		}},
	} {
		f := made(t, c.scheme, c.scaling, 2)
		f.Path = c.path
		id, err := identify(f, network.Scaling{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if s := defaults(&id, f, &beside{}); !c.check(s) {
			t.Errorf("%s: got %+v", c.name, s)
		}
	}
}

// TestMisfits: a file that holds another network says which tensor, the shape
// found and the shape expected.
func TestMisfits(t *testing.T) {
	scaling := network.Scaling{Depth: 1, Width: .25, Resolution: network.Square(64)}
	for _, c := range []struct {
		name  string
		spoil func(f *tensorfile.File)
		want  []string
	}{
		{"another kernel", func(f *tensorfile.File) { f.Tensors["features.2.0.block.1.0.weight"].Shape = []int{48, 1, 5, 5} },
			[]string{`"features.2.0.block.1.0.weight"`, "[48 1 5 5]", "[48 1 3 3]"}},
		{"another width in one stage", func(f *tensorfile.File) { f.Tensors["features.7.0.block.3.0.weight"].Shape[0] = 81 },
			[]string{`"features.7.0.block.3.0.weight"`, "[81 288 1 1]", "[80 288 1 1]"}},
		{"missing batch norm", func(f *tensorfile.File) { delete(f.Tensors, "features.0.1.running_var") },
			[]string{`no tensor "features.0.1.running_var"`}},
		{"no classifier", func(f *tensorfile.File) { delete(f.Tensors, "classifier.1.weight") },
			[]string{`no tensor "classifier.1.weight"`}},
		{"classifier of another shape", func(f *tensorfile.File) { f.Tensors["classifier.1.weight"].Shape = []int{3, 320, 1} },
			[]string{`"classifier.1.weight"`, "[3 320 1]", "[classes, channels]"}},
		{"integers for numbers", func(f *tensorfile.File) { f.Tensors["features.0.0.weight"].Data = nil },
			[]string{`"features.0.0.weight"`, "floating-point"}},
		{"a tensor too many", func(f *tensorfile.File) {
			f.Tensors["attention.weight"] = &tensorfile.Tensor{Name: "attention.weight", Shape: []int{2}, Data: []float32{1, 2}}
		}, []string{`"attention.weight"`, "has no place"}},
		{"a block too many", func(f *tensorfile.File) {
			f.Tensors["features.3.2.block.3.0.weight"] = f.Tensors["features.3.1.block.3.0.weight"]
		}, []string{"blocks", "no depth"}},
		{"a negative variance", func(f *tensorfile.File) { f.Tensors["features.0.1.running_var"].Data[1] = -1 },
			[]string{`"features.0.1.running_var"`, "channel 1"}},
		{"unknown names", func(f *tensorfile.File) { f.Tensors = map[string]*tensorfile.Tensor{"layer1.0.conv1.weight": {}} },
			[]string{"layer1.0.conv1.weight", "EfficientNet, EfficientNet-Lite, EfficientNetV2, MobileNetV2 and ResNet"}},
		{"bad metadata", func(f *tensorfile.File) { f.Metadata["padding"] = "reflect" },
			[]string{"metadata", "padding", "reflect", "symmetric"}},
		{"class names that are too few", func(f *tensorfile.File) { f.Metadata["classes"] = `["cat","dog"]` },
			[]string{"2 class names", "3 classes"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := made(t, schemes[0], scaling, 3)
			c.spoil(f)
			_, _, err := load(f, network.Size{}, nil, nil)
			if err == nil {
				t.Fatal("no error")
			}
			for _, w := range append(c.want, "made.safetensors") {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("error %q does not say %q", err, w)
				}
			}
		})
	}
}

func TestSettings(t *testing.T) {
	f := made(t, schemes[0], network.Scaling{Depth: 1, Width: .25, Resolution: network.Square(64)}, 3)
	f.Metadata = map[string]string{
		"classes": "cat\ndog\nfish\n", "padding": "same", "interpolation": "bilinear", "crop_pct": "0.9",
		"mean": "0.5, 0.5, 0.5", "std": "[0.5,0.5,0.5]", "height": "96", "width_px": "160", "comment": "any other key is fine",
	}
	m, _, err := load(f, network.Size{}, Settings{"padding": "symmetric", "crop": "none"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if m.Network.Padding != network.SymmetricPadding || m.Preprocessing.Crop != network.NoCrop {
		t.Error("what the user states does not go before the metadata")
	}
	if m.Classes[2] != "fish" || m.Preprocessing.Ratio != 0.9 || m.Preprocessing.Filter.String() != "bilinear" ||
		m.Preprocessing.Mean != [3]float32{.5, .5, .5} || m.Preprocessing.Std != [3]float32{.5, .5, .5} ||
		m.Network.Scaling.Resolution != (network.Size{H: 96, W: 160}) || m.TrainedAt != (network.Size{H: 96, W: 160}) {
		t.Errorf("the metadata are not taken: %v, %+v, %v", m.Classes, m.Preprocessing, m.Network.Scaling)
	}
	half := made(t, schemes[0], network.Scaling{Depth: 1, Width: .25, Resolution: network.Square(64)}, 3)
	half.Metadata["height"] = "96"
	if m, _, err := load(half, network.Size{}, nil, nil); err != nil || m.Network.Scaling.Resolution != network.Square(96) {
		t.Errorf("one side stated: %v, %v; want both to be it", m, err)
	}
	for _, s := range []Settings{{"crop_pct": "1e-9"}, {"crop_pct": "1e-300"}, {"classes": "a\x1b]0;x\nb\nc"}, {"classes": `["a","b","c\u0007"]`}, {"colour": "red"}, {"eps": "0"}, {"eps": "1e-300"}, {"std": "1e-300,1,1"}, {"std": "1,1,1e-38"}, {"std": "1,0,1"}, {"mean": "1e39,0,0"}, {"eps": "NaN"}, {"mean": "1,2"}, {"crop_pct": "1.5"}, {"classes": "@settings.go"}} {
		if _, _, err := load(f, network.Size{}, s, nil); err == nil {
			t.Errorf("%v: no error", s)
		}
	}
}

func TestSpecs(t *testing.T) {
	for spec, want := range map[string]struct {
		scaling network.Scaling
		name    string
	}{
		"random:efficientnet-b0,d=4,w=1,r=224,seed=1": {network.Scaling{Depth: 4, Width: 1, Resolution: network.Square(224)}, "EfficientNet-B0 d 4, w 1, 224 px"},
		"random:mobilenet-v2,r=96x160":                {network.Scaling{Depth: 1, Width: 1, Resolution: network.Size{H: 96, W: 160}}, "MobileNetV2 d 1, w 1, 96x160 px"},
		"random:efficientnet-b3":                      {network.Scaling{Depth: 1.4, Width: 1.2, Resolution: network.Square(300)}, "EfficientNet-B3"},
		"random:efficientnet-b0,phi=1":                {network.Scaling{Depth: 1.2, Width: 1.1, Resolution: network.Square(258)}, "EfficientNet-B0 d 1.2, w 1.1, 258 px"},
		"random:deeper":                               {network.Scaling{Depth: 4, Width: 1, Resolution: network.Square(224)}, "deeper"},
		"random:efficientnet-b0,r=2":                  {network.Scaling{Depth: 1, Width: 1, Resolution: network.Square(448)}, "EfficientNet-B0 d 1, w 1, 448 px"},
	} {
		r, err := parseRandom(spec, strings.TrimPrefix(spec, "random:"), nil)
		if err != nil {
			t.Errorf("%s: %v", spec, err)
			continue
		}
		if r.network.Scaling != want.scaling || r.name != want.name {
			t.Errorf("%s: %v, %q; want %v, %q", spec, r.network.Scaling, r.name, want.scaling, want.name)
		}
	}
	for _, spec := range []string{
		"random:", "random:resnet-49", "random:efficientnet-b0,d=0", "random:efficientnet-b0,d=x", "random:efficientnet-b0,q=1",
		"random:efficientnet-b0,r=0", "random:efficientnet-b0,w=100,d=100", "random:efficientnet-b0,seed=-1", "random:efficientnet-b7,r=2048",
		"no-such-file.safetensors", "no-such-file.safetensors@224", "deeper", "x@0", "",
	} {
		if _, err := Open(spec, nil); err == nil {
			t.Errorf("%q: no error", spec)
		}
	}
}

// TestSeeds: the same seed gives the same weights, another seed others.
func TestSeeds(t *testing.T) {
	open := func(seed int) float32 {
		m, err := Open(fmt.Sprintf("random:efficientnet-b0,w=0.25,r=32,seed=%d", seed), nil)
		if err != nil {
			t.Fatal(err)
		}
		if m.Trained {
			t.Error("random weights pass as trained")
		}
		a, err := m.Forward(t.Context(), &network.Input{Size: network.Square(32), Pixels: make([]float32, 3*32*32)})
		if err != nil {
			t.Fatal(err)
		}
		return a.Weight.Row(0)[0]
	}
	if open(1) != open(1) || open(1) == open(2) {
		t.Error("seeds do not decide the weights")
	}
}

// TestAround: the network is found whatever stands before its names, beside it,
// and in the place of its classifier; and what is left out is named.
func TestAround(t *testing.T) {
	scaling := network.Scaling{Depth: 1, Width: .25, Resolution: network.Square(64)}
	rename := func(f *tensorfile.File, to func(name string) string) {
		renamed := map[string]*tensorfile.Tensor{}
		for name, t := range f.Tensors {
			renamed[to(name)] = t
		}
		f.Tensors = renamed
	}
	under := func(prefix string) func(f *tensorfile.File) {
		return func(f *tensorfile.File) { rename(f, func(name string) string { return prefix + name }) }
	}
	head := func(to string) func(f *tensorfile.File) {
		return func(f *tensorfile.File) {
			rename(f, func(name string) string {
				for _, own := range []string{"classifier.1.", "classifier.", "fc.", "linear."} {
					if rest, ok := strings.CutPrefix(name, own); ok {
						return to + rest
					}
				}
				return name
			})
		}
	}
	add := func(name string, shape ...int) func(f *tensorfile.File) {
		return func(f *tensorfile.File) {
			size := 1
			for _, d := range shape {
				size *= d
			}
			f.Tensors[name] = &tensorfile.Tensor{Name: name, DType: "F32", Shape: shape, Data: make([]float32, size)}
		}
	}
	for _, c := range []struct {
		name    string
		change  []func(f *tensorfile.File)
		ignored []string
		want    string // of the error
	}{
		{"module.", []func(*tensorfile.File){under("module.")}, nil, ""},
		{"several", []func(*tensorfile.File){under("model.module._orig_mod.")}, nil, ""},
		{"a head of its own", []func(*tensorfile.File){head("head."), under("backbone.")}, nil, ""},
		{"a head beside", []func(*tensorfile.File){under("backbone."), func(f *tensorfile.File) {
			rename(f, func(name string) string {
				for _, own := range []string{"backbone.classifier.1.", "backbone.classifier.", "backbone.fc.", "backbone.linear."} {
					if rest, ok := strings.CutPrefix(name, own); ok {
						return "cls.0." + rest
					}
				}
				return name
			})
		}, add("loss.weight", 7)}, []string{"loss.weight"}, ""},
		{"a sequential head", []func(*tensorfile.File){head("classifier.1.0.")}, nil, ""},
		{"counters", []func(*tensorfile.File){add("total_ops", 1), add("n_averaged", 1), add("x.total_params", 1), add("x.running", 1), under("m.")}, nil, "has no place"},
		{"a loss beside", []func(*tensorfile.File){under("model."), add("criterion.weight", 7)}, []string{"criterion.weight"}, ""},
		{"the average beside", []func(*tensorfile.File){func(f *tensorfile.File) {
			all := map[string]*tensorfile.Tensor{}
			for name, tensor := range f.Tensors {
				all["net."+name], all["net_ema.module."+name] = tensor, tensor
			}
			f.Tensors = all
		}}, nil, ""},
		{"two networks", []func(*tensorfile.File){func(f *tensorfile.File) {
			all := map[string]*tensorfile.Tensor{}
			for name, tensor := range f.Tensors {
				all["student."+name], all["teacher."+name] = tensor, tensor
			}
			f.Tensors = all
		}}, nil, `under "student." and "teacher."`},
		{"a head of two layers", []func(*tensorfile.File){add("extra.weight", 3, 7), add("extra.bias", 3)}, nil, "two linear layers"},
		{"no classifier", []func(*tensorfile.File){func(f *tensorfile.File) {
			for name := range f.Tensors {
				if strings.HasPrefix(name, "classifier.") || strings.HasPrefix(name, "fc.") || strings.HasPrefix(name, "linear.") {
					delete(f.Tensors, name)
				}
			}
		}}, nil, "without its classifier"},
		{"group norms", []func(*tensorfile.File){func(f *tensorfile.File) {
			for name := range f.Tensors {
				if strings.Contains(name, "running_") {
					delete(f.Tensors, name)
				}
			}
		}}, nil, "group norm"},
	} {
		for _, s := range []scheme{
			schemeOf("torchvision", network.EfficientNetB0), schemeOf("torchvision", network.EfficientNet64), schemeOf("torchvision", network.EfficientNetV2S),
			schemeOf("torchvision", network.MobileNetV2), schemeOf("torchvision", network.ResNet18), schemeOf("torchvision", network.ResNet50),
			schemeOf("timm", network.EfficientNetB0), schemeOf("pytorch_resnet_cifar10", network.CIFARResNet),
		} {
			f := made(t, s, scaling, 7)
			for _, change := range c.change {
				change(f)
			}
			m, _, err := load(f, network.Square(64), nil, nil)
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("%s, %s %s: %v; want %q", c.name, s.Library, s.architecture.Name, err, c.want)
				}
				continue
			}
			if err != nil {
				t.Errorf("%s, %s %s: %v", c.name, s.Library, s.architecture.Name, err)
				continue
			}
			if m.Network.Architecture.Name != s.architecture.Name || m.Network.Classes != 7 {
				t.Errorf("%s: found %s of %d classes, want %s", c.name, m.Network.Architecture.Title, m.Network.Classes, s.architecture.Title)
			}
			id, err := identify(f, network.Scaling{})
			if c.ignored != nil && (err != nil || !slices.Equal(id.Ignored, c.ignored)) {
				t.Errorf("%s: ignored %q, want %q", c.name, id.Ignored, c.ignored)
			}
		}
	}
}

// TestFolded: batch norm that was folded into its layer, which then has a bias, is
// one that changes nothing else.
func TestFolded(t *testing.T) {
	scaling := network.Scaling{Depth: 1, Width: .25, Resolution: network.Square(32)}
	whole, folded := made(t, schemes[0], scaling, 3), made(t, schemes[0], scaling, 3)
	n, err := network.New(schemes[0].architecture, scaling, network.SymmetricPadding, 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range schemes[0].Names(n) {
		if name.Norm == "" {
			continue
		}
		beta := whole.Tensors[name.Norm+".bias"]
		for i := range beta.Data {
			beta.Data[i] = float32(i%7) / 8
			whole.Tensors[name.Norm+".running_var"].Data[i] = 1 - 1e-5 // with eps it is 1
		}
		for _, of := range []string{"weight", "bias", "running_mean", "running_var", "num_batches_tracked"} {
			delete(folded.Tensors, name.Norm+"."+of)
		}
		folded.Tensors[name.Layer+".bias"] = beta
	}
	var logits [][]float32
	for _, f := range []*tensorfile.File{whole, folded} {
		for i, t := range f.Tensors["classifier.1.weight"].Data {
			f.Tensors["classifier.1.weight"].Data[i] = t + float32(i%5)
		}
		m, _, err := load(f, network.Size{}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		a, err := m.Forward(t.Context(), &network.Input{Size: m.Network.Scaling.Resolution, Pixels: make([]float32, 3*m.Network.Scaling.Resolution.H*m.Network.Scaling.Resolution.W)})
		if err != nil {
			t.Fatal(err)
		}
		logits = append(logits, a.Logits)
	}
	if !slices.Equal(logits[0], logits[1]) || logits[0][0] == 0 {
		t.Errorf("logits %v, folded %v", logits[0], logits[1])
	}
}
