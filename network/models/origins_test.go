package models

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scalecam/network"
	"scalecam/network/naming"
	"scalecam/network/tensorfile"
)

// TestOrigins: what names and shapes do not tell comes from the surest that says it,
// and each says from where.
func TestOrigins(t *testing.T) {
	timm, tv := schemeOf("timm", network.EfficientNetB0), schemeOf("torchvision", network.EfficientNetB0)
	narrow := network.Scaling{Depth: 1, Width: .25, Resolution: network.Square(64)}
	const timmConfig = `{"architecture": "tf_efficientnet_b0", "num_classes": 3, "label_names": ["n1", "n2", "n3"], "label_descriptions": {"n1": "one", "n2": "two", "n3": "three"},
		"pretrained_cfg": {"tag": "ap_in1k", "input_size": [3, 96, 96], "interpolation": "bilinear", "crop_pct": 0.9, "crop_mode": "squash", "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5]}}`
	for _, c := range []struct {
		name     string
		scheme   scheme
		path     string
		config   string
		process  string
		metadata map[string]string
		stated   Settings
		want     string // "key value origin", one a line
		whole    bool   // at the width that is published
	}{
		{name: "nothing", scheme: timm, path: "model.safetensors", want: "padding symmetric assumed\neps 1e-05 assumed\nmean 0.485,0.456,0.406 assumed\ninterpolation bicubic assumed\nclasses class 0, … unnamed\nsize 224 assumed"},
		{name: "torchvision", scheme: tv, path: "best.pth", want: "padding symmetric library\neps 1e-05 library\nmean 0.485,0.456,0.406 assumed"},
		{name: "the file's name", scheme: timm, path: "tf_efficientnet_b0.ap_in1k.safetensors", want: "padding same name\neps 0.001 name\nmean 0.5,0.5,0.5 name"},
		{name: "with hyphens", scheme: timm, path: "my-tf-efficientnet-b0.pth", want: "padding same name\nmean 0.485,0.456,0.406 assumed"},
		{name: "not any tf_", scheme: timm, path: "tf_run3.pth", want: "padding symmetric assumed"},
		{name: "a folder's name", scheme: timm, path: "models--timm--tf_efficientnet_b0.ns_jft_in1k/snapshots/1/model.safetensors", want: "padding same name\neps 0.001 name"},
		{name: "a folder too far up", scheme: timm, path: "tf_efficientnet_b0/a/b/c/model.safetensors", want: "padding symmetric assumed"},
		{name: "torchvision's are no TensorFlow's", scheme: tv, path: "tf_efficientnet_b0.pth", want: "padding symmetric library"},
		{name: "AdvProp of EfficientNet-PyTorch", scheme: schemeOf("EfficientNet-PyTorch", network.EfficientNetB0), path: "adv-efficientnet-b0-b64d5a18.pth", want: "padding same@224 library\neps 0.001 library\nmean 0.5,0.5,0.5 name"},
		{name: "mmpretrain", scheme: schemeOf("mmpretrain", network.EfficientNetB0), path: "efficientnet-b0_3rdparty_8xb32-aa-advprop_in1k.pth", want: "padding same library\nmean 0.5,0.5,0.5 name"},
		{name: "mmpretrain's MobileNetV2", scheme: schemeOf("mmpretrain", network.MobileNetV2), path: "m.pth", want: "padding symmetric library\neps 1e-05 library"},
		{name: "torchvision's second weights", scheme: schemeOf("torchvision", network.MobileNetV2), path: "mobilenet_v2-7ebf99e0.pth", whole: true, want: "crop_pct 0.9655172413793104 hash\ninterpolation bilinear hash"},
		{name: "config.json of timm", scheme: timm, path: "model.safetensors", config: timmConfig,
			want: "padding same configuration\neps 0.001 configuration\nmean 0.5,0.5,0.5 configuration\nsize 96 configuration\ninterpolation bilinear configuration\ncrop none configuration\nclasses one, two, three configuration"},
		{name: "of another network", scheme: timm, path: "model.safetensors", config: strings.Replace(timmConfig, `"num_classes": 3`, `"num_classes": 4`, 1), want: "mean 0.485,0.456,0.406 assumed"},
		{name: "damaged", scheme: timm, path: "model.safetensors", config: timmConfig[:100], want: "padding symmetric assumed"},
		{name: "of another program", scheme: timm, path: "model.safetensors", config: `{"compilerOptions": {}}`, want: "padding symmetric assumed"},
		{name: "with values that are none", scheme: timm, path: "model.safetensors", config: `{"architecture": "x", "mean": [1e99, 0, 0], "std": [0, 0, 0], "crop_pct": 7, "input_size": "large"}`, want: "mean 0.485,0.456,0.406 assumed\ncrop_pct 0.875 assumed\nsize 224 assumed"},
		{name: "transformers", scheme: schemeOf("transformers", network.MobileNetV2), path: "model.safetensors",
			config:  `{"model_type": "mobilenet_v2", "tf_padding": false, "layer_norm_eps": 0.002, "image_size": 160, "id2label": {"0": "a", "1": "b", "2": "c"}}`,
			process: `{"image_processor_type": "MobileNetV2ImageProcessor", "size": {"shortest_edge": 200}, "crop_size": {"height": 160, "width": 160}, "do_center_crop": true, "resample": 2, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}`,
			want:    "padding symmetric configuration\neps 0.002 configuration\nsize 160 configuration\ncrop centre-floor configuration\ncrop_pct 0.8 configuration\ninterpolation bilinear configuration\nmean 0.5,0.5,0.5 configuration\nclasses a, b, c configuration"},
		{name: "the deviation squared", scheme: schemeOf("transformers", network.EfficientNetB0), path: "model.safetensors",
			process: `{"image_processor_type": "EfficientNetImageProcessor", "size": {"height": 96, "width": 96}, "include_top": true, "resample": 0, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5], "rescale_factor": 0.00392156862745098}`,
			want:    "std 0.25,0.25,0.25 configuration\ncrop none configuration\nsize 96 configuration\ninterpolation nearest configuration\npadding same@224 library"},
		{name: "padding as another size has it", scheme: schemeOf("transformers", network.EfficientNetB0), path: "model.safetensors",
			config: `{"model_type": "efficientnet", "image_size": 240, "depthwise_padding": [5]}`,
			want:   "padding same@248 configuration\nsize 240 configuration"},
		{name: "from −1 to 1", scheme: schemeOf("transformers", network.EfficientNetB0), path: "model.safetensors",
			process: `{"image_processor_type": "EfficientNetImageProcessor", "do_normalize": false, "rescale_factor": 0.00784313725490196, "rescale_offset": true}`,
			want:    "mean 0.5,0.5,0.5 configuration\nstd 0.5,0.5,0.5 configuration"},
		{name: "a processor with values of other kinds", scheme: schemeOf("transformers", network.MobileNetV2), path: "model.safetensors",
			config:  `{"model_type": "mobilenet_v2", "tf_padding": "yes", "image_size": 96}`,
			process: `{"image_processor_type": "x", "resample": "bicubic", "do_center_crop": "yes", "size": {"height": 64, "width": 64}, "do_normalize": "true", "image_mean": [0.1, 0.1, 0.1], "image_std": [0.1, 0.1, 0.1]}`,
			want:    "padding same library\ninterpolation bilinear assumed\nmean 0.5,0.5,0.5 assumed\nstd 0.5,0.5,0.5 assumed\nsize 96 configuration\ncrop centre assumed"},
		{name: "a processor's offset as text", scheme: schemeOf("transformers", network.EfficientNetB0), path: "model.safetensors",
			process: `{"image_processor_type": "x", "rescale_offset": "true", "image_mean": [0.1, 0.1, 0.1], "image_std": [0.1, 0.1, 0.1]}`,
			want:    "mean 0.485,0.456,0.406 assumed\nstd 0.229,0.224,0.225 assumed"},
		{name: "a mean without its deviation", scheme: schemeOf("transformers", network.EfficientNetB0), path: "model.safetensors",
			process: `{"image_processor_type": "x", "image_mean": [0.1, 0.1, 0.1], "image_std": [-1, 1, 1], "include_top": true}`,
			want:    "mean 0.485,0.456,0.406 assumed\nstd 0.229,0.224,0.225 assumed"},
		{name: "torchvision's V2", scheme: schemeOf("torchvision", network.EfficientNetV2S), path: "efficientnet_v2_s-dd5fe13b.pth", whole: true,
			want: "padding symmetric library\neps 0.001 library\nmean 0.485,0.456,0.406 assumed\ninterpolation bilinear assumed\nsize 384 assumed\ncrop_pct 1 assumed"},
		{name: "V2 of timm", scheme: schemeOf("timm", network.EfficientNetV2B0), path: "model.safetensors", whole: true,
			want: "padding same assumed\neps 0.001 assumed\nmean 0.485,0.456,0.406 assumed\ninterpolation bicubic assumed\nsize 192 assumed\ncrop_pct 0.875 assumed"},
		{name: "V2 of timm, by its name", scheme: schemeOf("timm", network.EfficientNetV2S), path: "tf_efficientnetv2_s.in21k_ft_in1k.pth", whole: true,
			want: "padding same name\neps 0.001 name\nmean 0.5,0.5,0.5 assumed\nsize 300 assumed\ncrop_pct 1 assumed\ncrop centre assumed"},
		{name: "V2 of timm, not TensorFlow's", scheme: schemeOf("timm", network.EfficientNetV2S), path: "efficientnetv2_s.pth", want: "padding symmetric name\neps 1e-05 name"},
		{name: "torchvision's ResNets", scheme: schemeOf("torchvision", network.ResNet18), path: "resnet18-f37072fd.pth", whole: true,
			want: "padding symmetric library\neps 1e-05 library\nsize 224 assumed\ncrop_pct 0.875 assumed\ninterpolation bilinear assumed"},
		{name: "torchvision's second ResNets", scheme: schemeOf("torchvision", network.ResNet50), path: "resnet50-11ad3fa6.pth", whole: true,
			want: "size 224 assumed\ncrop_pct 0.9655172413793104 hash\ninterpolation bilinear assumed"},
		{name: "CIFAR's", scheme: schemeOf("pytorch_resnet_cifar10", network.CIFARResNet), path: "best.pth",
			want: "padding symmetric library\neps 1e-05 library\nmean 0.485,0.456,0.406 assumed\nsize 32 assumed\ncrop none assumed\nclasses class 0, … unnamed"},
		{name: "metadata", scheme: timm, path: "tf_efficientnet_b0.pth", config: timmConfig, metadata: map[string]string{"padding": "symmetric", "eps": "0.01"}, want: "padding symmetric metadata\neps 0.01 metadata\nmean 0.5,0.5,0.5 configuration"},
		{name: "stated", scheme: timm, path: "tf_efficientnet_b0.pth", metadata: map[string]string{"padding": "symmetric"}, stated: Settings{"padding": "same", "classes": "x\ny\nz"}, want: "padding same stated\nclasses x, y, z stated"},
	} {
		t.Run(c.name, func(t *testing.T) {
			scaling := narrow
			if c.whole {
				scaling.Width = 1
			}
			f := made(t, c.scheme, scaling, 3)
			f.Path, f.Metadata = filepath.Join(t.TempDir(), c.path), c.metadata
			folder := filepath.Dir(f.Path)
			if err := os.MkdirAll(folder, 0o700); err != nil {
				t.Fatal(err)
			}
			for name, text := range map[string]string{configFile: c.config, processorFile: c.process} {
				if text == "" {
					continue
				}
				if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			m, _, err := load(f, network.Square(64), c.stated, readBeside(f.Path))
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]network.Setting{}
			for _, s := range m.Settings {
				got[s.Key] = s
			}
			for line := range strings.SplitSeq(c.want, "\n") {
				key, rest, _ := strings.Cut(line, " ")
				at := strings.LastIndexByte(rest, ' ')
				if s := got[key]; s.Value != rest[:at] || string(s.Origin) != rest[at+1:] || s.Says == "" {
					t.Errorf("%s is %q by %s (%s), want %s", key, s.Value, s.Origin, s.Says, rest)
				}
			}
		})
	}
}

// TestFolder: a folder that holds weights is a network.
func TestFolder(t *testing.T) {
	dir := t.TempDir()
	put := func(name string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("abc"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	hub := put("hub/models--timm--x.y_in1k/snapshots/abc/model.safetensors")
	put("hub/models--timm--x.y_in1k/snapshots/old/model.safetensors")
	if err := os.MkdirAll(filepath.Join(dir, "hub/models--timm--x.y_in1k/refs"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "hub/models--timm--x.y_in1k/refs/main"), []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	one := put("one/weights.pth")
	put("one/README.md")
	named := put("named/pytorch_model.bin")
	put("named/optimizer.bin")
	put("two/a.pth")
	put("two/b.pth")
	put("none/a.txt")
	graph := put("graph/a.onnx")
	beside := put("beside/a.pth")
	put("beside/a.onnx")
	put("beside/a.pt2")
	for folder, want := range map[string]string{"hub/models--timm--x.y_in1k": hub, "one": one, "named": named, "two": "", "none": "", "graph": graph, "beside": beside} {
		got, err := inFolder(filepath.Join(dir, folder))
		if got != want || (want == "") != (err != nil) {
			t.Errorf("%s: %q, %v; want %q", folder, got, err, want)
		}
	}
	for path, want := range map[string]string{hub: "x.y_in1k", one: "weights", named: "named", "a/b.c.safetensors": "b.c"} {
		if got := nameOf(path); got != want {
			t.Errorf("%s is called %q, want %q", path, got, want)
		}
	}
}

// TestClassNames: names of classes in all the ways in which they are kept.
func TestClassNames(t *testing.T) {
	for name, text := range map[string]string{
		"lines":            "cat\ndog\nowl\n",
		"Windows":          "\ufeffcat\r\ndog\r\nowl\r\n",
		"a list":           ` ["cat", "dog", "owl"]`,
		"by index":         `{"0": "cat", "2": "owl", "1": "dog"}`,
		"Keras'":           `{"0": ["n1", "cat"], "1": ["n2", "dog"], "2": ["n3", "owl"]}`,
		"a hub's":          `{"model_type": "x", "id2label": {"0": "cat", "1": "dog", "2": "owl"}}`,
		"a list with mark": "\ufeff[\"cat\", \"dog\", \"owl\"]",
	} {
		path := filepath.Join(t.TempDir(), "names")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		value, err := ReadSetting("classes", path)
		var s settings
		if err == nil {
			err = s.read(&tensorfile.File{}, Settings{"classes": value})
		}
		if err != nil || strings.Join(s.classes, " ") != "cat dog owl" {
			t.Errorf("%s: %q, %v", name, s.classes, err)
		}
	}
	for _, text := range []string{`{"0": "cat", "2": "owl"}`, `{"cat": "0"}`, `{}`, `{"0": 1}`, `{"0": ["a", "b", "c"]`} {
		if names, err := classNames(text); err == nil {
			t.Errorf("%s: %q", text, names)
		}
	}
}

// TestIndependent: one output is a sigmoid, and so are several that do not exclude
// each other; others are a softmax.
func TestIndependent(t *testing.T) {
	narrow := network.Scaling{Depth: 1, Width: .25, Resolution: network.Square(32)}
	s := schemeOf("torchvision", network.EfficientNetB0)
	for _, c := range []struct {
		classes int
		beside  *beside
		want    float64 // of a logit of 1 for each
	}{
		{1, nil, 0.7310585786300049},
		{2, nil, 0.5},
		{2, &beside{file: configFile, independent: true}, 0.7310585786300049},
		{2, &beside{file: configFile, classes: 3, independent: true}, 0.5},
	} {
		f := made(t, s, narrow, c.classes)
		for i := range f.Tensors["classifier.1.bias"].Data {
			f.Tensors["classifier.1.bias"].Data[i] = 1
		}
		m, _, err := load(f, network.Square(32), nil, c.beside)
		if err != nil {
			t.Fatal(err)
		}
		a, err := m.Forward(t.Context(), &network.Input{Size: network.Square(32), Pixels: make([]float32, 3*32*32)})
		if err != nil {
			t.Fatal(err)
		}
		if got := a.Top(1)[0]; got.Probability != c.want || got.Raw != c.want {
			t.Errorf("%d classes, %+v: %v, want %v", c.classes, c.beside, got, c.want)
		}
	}
}

// FuzzBeside asserts that nothing beside a weights file panics, and that what it says
// is in the range of settings, or left out.
func FuzzBeside(f *testing.F) {
	f.Add(`{"architecture": "tf_efficientnet_b0", "num_classes": 3, "label_names": {"0": "a"}, "pretrained_cfg": {"input_size": [3, 96, 96], "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], "crop_pct": 0.9}}`,
		`{"image_processor_type": "x", "size": {"height": 96, "width": 96}, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}`)
	f.Add(`{"model_type": "mobilenet_v2", "id2label": {"0": "a", "1": "b"}, "image_size": 1e99}`, `{"feature_extractor_type": "x", "size": 224, "crop_size": 1e-9, "do_center_crop": true, "rescale_factor": 1e-300}`)
	folder := f.TempDir()
	id, err := identifyMade()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, config, process string) {
		for name, text := range map[string]string{configFile: config, processorFile: process} {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		file := &tensorfile.File{Path: filepath.Join(folder, "model.safetensors")}
		s := defaults(id, file, readBeside(file.Path))
		s.mustBeInRange(t)
		if s.eps == 0 || s.preprocessing.Std[0] == 0 || s.preprocessing.Ratio == 0 {
			t.Errorf("%+v", s)
		}
	})
}

// identifyMade is what a narrow EfficientNet of timm's is identified as.
func identifyMade() (*naming.Identity, error) {
	s := schemeOf("timm", network.EfficientNetB0)
	n, err := network.New(s.architecture, network.Scaling{Depth: 1, Width: .25, Resolution: network.Square(64)}, network.SymmetricPadding, 2)
	if err != nil {
		return nil, err
	}
	shapes := naming.Shapes{}
	for i, name := range s.Names(n) {
		if n.Nodes[i].Weighted() {
			shapes[name.Layer+".weight"] = n.Nodes[i].WeightShape()
		}
	}
	id, err := naming.Identify(shapes, "", network.Scaling{})
	return &id, err
}
