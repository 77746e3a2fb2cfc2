package code

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scalecam/assets"
	"scalecam/cam"
	"scalecam/compare"
	"scalecam/compare/comparetest"
	"scalecam/compare/record"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/network/naming"
	"scalecam/network/tensorfile"
	"scalecam/picture"
)

// weights writes a file of random weights under a library's names.
func weights(t *testing.T, library string, a *network.Architecture, s network.Scaling, padding network.Padding, classes int, metadata map[string]string) string {
	t.Helper()
	n, err := network.New(a, s, padding, classes)
	if err != nil {
		t.Fatal(err)
	}
	scheme, err := naming.Find(library, a)
	if err != nil {
		t.Fatal(err)
	}
	var tensors []tensorfile.Tensor
	add := func(name string, data []float32, shape ...int) {
		tensors = append(tensors, tensorfile.Tensor{Name: name, Shape: shape, Data: data})
	}
	w := network.Random(n, 3)
	for i, name := range scheme.Names(n) {
		if !n.Nodes[i].Weighted() {
			continue
		}
		add(name.Layer+".weight", w[i].Weight, n.Nodes[i].WeightShape()...)
		if b := w[i].Norm; b != nil {
			add(name.Norm+".weight", b.Gamma, n.Nodes[i].Out)
			add(name.Norm+".bias", b.Beta, n.Nodes[i].Out)
			add(name.Norm+".running_mean", b.Mean, n.Nodes[i].Out)
			add(name.Norm+".running_var", b.Var, n.Nodes[i].Out)
		} else {
			add(name.Layer+".bias", w[i].Bias, n.Nodes[i].Out)
		}
	}
	data, err := tensorfile.Encode(tensors, metadata)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), library+" weights.safetensors")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// files writes a photograph as a PNG, whole and of which a part is to be seen through.
func files(t *testing.T) (photo, glass string) {
	t.Helper()
	p, err := picture.Open(picture.SamplePrefix + "cat.jpg")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range []string{"caf\xe9.png", "glass.png"} {
		var b bytes.Buffer
		if err := png.Encode(&b, p.Image); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil { // where names are UTF-8, another
			path = filepath.Join(dir, "photo.png")
			if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if photo == "" {
			photo = path
		}
		glass = path
		for i := 3; i < len(p.Image.Pix)/3; i += 4 {
			copy(p.Image.Pix[i-3:i+1], []byte{0, 0, 0, 0}) // premultiplied
		}
	}
	return photo, glass
}

// one is a map and what it is of.
type one struct {
	spec, picture string
	stated        models.Settings
	method, layer string
	against       []string
}

func (o one) String() string {
	return fmt.Sprintf("%s %v, %s of %q against %v", o.spec, o.stated, o.method, o.layer, o.against)
}

// see makes the map.
func (o one) see(t *testing.T) *compare.Comparison {
	t.Helper()
	m, err := models.Open(o.spec, o.stated)
	if err != nil {
		t.Fatal(err)
	}
	p, err := compare.OpenPicture(o.picture)
	if err != nil {
		t.Fatal(err)
	}
	by, err := compare.ByName(o.method, o.layer)
	if err != nil {
		t.Fatal(err)
	}
	by.Against = o.against
	c, err := compare.Run(t.Context(), []*picture.Picture{p}, []*network.Model{m}, "", by, nil)
	if err != nil {
		t.Fatalf("%v: %v", o, err)
	}
	return c
}

// python is a Python that has what the code needs.
func python(t *testing.T) string {
	t.Helper()
	name := os.Getenv("SCALECAM_PYTHON")
	if name == "" {
		name = "python3"
	}
	if out, err := exec.Command(name, "-c", "import torch, torchvision, timm, safetensors, PIL").CombinedOutput(); err != nil {
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		t.Skipf("%s (or what SCALECAM_PYTHON names) has no PyTorch, torchvision and timm to run the code: %v: %s", name, err, lines[len(lines)-1])
	}
	return name
}

// runner runs files of Python, one after another, and writes down their arrays.
const runner = `
import sys
import torch
torch.set_num_threads(2)
for path in sys.argv[1:]:
    space = {}
    with open(path, encoding="utf-8") as f:
        exec(compile(f.read(), path, "exec"), space)
    array = space["array"]
    with open(path + ".out", "wb") as f:
        f.write(("%d %d\n" % array.shape).encode() + array.astype("<f8").tobytes())
`

// run runs the code in the program's top folder and gives the arrays.
func run(t *testing.T, python string, code []string) [][]float64 {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var paths []string
	for i, text := range code {
		paths = append(paths, filepath.Join(dir, fmt.Sprintf("%02d.py", i)))
		text = strings.ReplaceAll(text, `"../../../shared`, `"../shared`)
		if err := os.WriteFile(paths[i], []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(python, append([]string{"-c", runner}, paths...)...)
	cmd.Dir, cmd.Env = root, append(os.Environ(), "OMP_WAIT_POLICY=passive")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var arrays [][]float64
	for _, path := range paths {
		data, err := os.ReadFile(path + ".out")
		if err != nil {
			t.Fatal(err)
		}
		shape, values, _ := bytes.Cut(data, []byte("\n"))
		var h, w int
		if _, err := fmt.Sscan(string(shape), &h, &w); err != nil || len(values) != 8*h*w {
			t.Fatalf("%s: %d bytes of shape %s, %v", path, len(values), shape, err)
		}
		array := make([]float64, h*w)
		if err := binary.Read(bytes.NewReader(values), binary.LittleEndian, array); err != nil {
			t.Fatal(err)
		}
		arrays = append(arrays, array)
	}
	return arrays
}

// off is how far b is from a, as a share of a's largest value.
func off(a, b []float64) float64 {
	if len(a) != len(b) {
		return math.Inf(1)
	}
	var most, largest float64
	for i, v := range a {
		most, largest = max(most, math.Abs(b[i]-v)), max(largest, math.Abs(v))
	}
	return most / largest
}

// TestCode: the code, run by PyTorch, makes the very array.
func TestCode(t *testing.T) {
	python := python(t)
	photo, glass := files(t)
	square := func(d, w float64, side int) network.Scaling {
		return network.Scaling{Depth: d, Width: w, Resolution: network.Square(side)}
	}

	var all []one
	add := func(of one, ways ...string) { // of "method" or "method layer"
		for _, way := range ways {
			of.method, of.layer, _ = strings.Cut(way, " ")
			all = append(all, of)
		}
	}
	// Every method, at the last layer and before: on the program's own networks of
	// scenes, which torchvision's class makes.
	scene := filepath.Join(t.TempDir(), "overlay.png") // the picture alone, as cam --opacity 0 writes it
	p, err := compare.OpenPicture("scene:35")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, p.Image); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(scene, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, m := range cam.Methods {
		add(one{spec: "scenes:baseline", picture: scene}, m.Key)
		if m.Needs != cam.NeedsEnding && m.Needs != cam.NeedsPicture {
			add(one{spec: "scenes:baseline", picture: scene}, m.Key+" stage5")
		}
	}
	add(one{spec: "scenes:compound", picture: scene, against: []string{"clock"}}, "cam", "grad-cam stage4", "score-cam stage6", "ablation-cam")
	add(one{spec: "scenes:wider@96x64", picture: photo, against: []string{"clock", "taxi"}}, "cam", "hires-cam stage5", "occlusion")
	// ImageNet's, under timm's names with TensorFlow's padding.
	add(one{spec: "imagenet:baseline", picture: photo}, "cam", "grad-cam stage6", "layer-cam blocks.2.1")
	add(one{spec: "imagenet:deeper", picture: glass}, "cam", "hires-cam bn2")
	add(one{spec: "imagenet:higher-resolution", picture: photo, stated: models.Settings{"crop": "none"}}, "grad-cam++ stage7")
	add(one{spec: "imagenet:compound", picture: photo, against: []string{"282"}}, "cam", "grad-cam stage6", "eigen-cam stage7", "xgrad-cam stage7")
	// Weights of all kinds, as libraries have them.
	for _, of := range []struct {
		library      string
		architecture *network.Architecture
		scaling      network.Scaling
		padding      network.Padding
		classes      int
		stated       models.Settings
		ways         []string
	}{
		{"torchvision", network.EfficientNetB0, square(1, 1, 64), network.SymmetricPadding, 1000, nil, []string{"cam", "grad-cam features.5"}},
		{"torchvision", network.EfficientNetB0, square(1.2, .35, 64), network.SymmetricPadding, 7, models.Settings{"eps": "0.01", "interpolation": "bilinear"}, []string{"cam", "layer-cam features.4.0.block.1"}},
		{"torchvision", network.MobileNetV2, square(1, .35, 64), network.SymmetricPadding, 1000, nil, []string{"cam", "grad-cam features.13"}},
		{"torchvision", network.MobileNetV2, square(1.5, .5, 64), network.SymmetricPadding, 5, nil, []string{"cam", "hires-cam features.9.conv"}},
		{"torchvision", network.ResNet18, square(1, 1, 64), network.SymmetricPadding, 10, models.Settings{"crop_pct": "0.9"}, []string{"cam", "grad-cam layer3", "layer-cam maxpool", "recipro-cam layer4.0"}},
		{"torchvision", network.ResNet18, square(1.5, 1, 64), network.SymmetricPadding, 10, nil, []string{"hires-cam layer2"}},
		{"torchvision", network.ResNet50, square(.5, 1, 64), network.SymmetricPadding, 10, nil, []string{"cam", "grad-cam layer3.0.bn3"}},
		{"torchvision", network.ResNet34, square(1, 1, 64), network.SymmetricPadding, 10, nil, []string{"cam"}},
		{"torchvision", network.WideResNet50, square(.5, 1, 64), network.SymmetricPadding, 10, nil, []string{"cam", "layer-cam layer3.0.bn3"}},
		{"torchvision", network.EfficientNetV2S, square(1, 1, 64), network.SymmetricPadding, 10, models.Settings{"eps": "0.001"}, []string{"cam", "grad-cam features.3"}},
		{"torchvision", network.EfficientNetV2S, square(.3, .5, 64), network.SymmetricPadding, 10, nil, []string{"cam", "hires-cam features.2.0.block.0"}},
		{"timm", network.EfficientNetV2B0, square(1.1, 1, 75), network.SamePadding, 10, nil, []string{"cam", "grad-cam blocks.2"}},
		{"timm", network.EfficientNetV2B0, square(.3, .5, 64), network.SymmetricPadding, 10, models.Settings{"padding": "symmetric", "eps": "1e-05"}, []string{"cam", "layer-cam blocks.0.0"}},
		{"timm", network.EfficientNetV2S, square(1, 1, 75), network.SamePadding, 10, nil, []string{"cam"}},
		{"timm", network.MobileNetV2Deep, square(1.2, 1.1, 64), network.SymmetricPadding, 10, nil, []string{"cam"}},
		{"pytorch_resnet_cifar10", network.CIFARResNet, square(3, 1, 32), network.SymmetricPadding, 10, nil, []string{"cam", "grad-cam stage3", "layer-cam layer2.0.shortcut"}},
		{"pytorch_resnet_cifar10", network.CIFARResNet, square(2, .75, 45), network.SymmetricPadding, 7, models.Settings{"eps": "0.001"}, []string{"cam", "hires-cam layer1.1"}},
		{"timm", network.EfficientNetB0, square(1, 1, 64), network.SymmetricPadding, 12, nil, []string{"cam", "grad-cam blocks.4.1"}},
		{"timm", network.EfficientNetB0, square(1, 1, 75), network.SamePadding, 12, models.Settings{"padding": "same", "eps": "0.001"}, []string{"cam", "hires-cam blocks.4"}},
		{"timm", network.EfficientNetB0, square(1.3, .4, 75), network.SamePadding, 12, models.Settings{"padding": "same", "eps": "0.001"}, []string{"cam", "grad-cam blocks.3.0.se"}},
		{"timm", network.EfficientNetLite, square(1.2, .5, 64), network.SamePadding, 12, nil, []string{"cam", "grad-cam blocks.4"}},
		{"timm", network.MobileNetV2, square(1, 1, 75), network.SamePadding, 1000, models.Settings{"padding": "same"}, []string{"cam", "grad-cam bn1"}},
		{"timm", network.MobileNetV2, square(1.2, .75, 64), network.SymmetricPadding, 9, nil, []string{"cam", "layer-cam blocks.5"}},
	} {
		metadata := map[string]string{"height": fmt.Sprint(of.scaling.Resolution.H), "depth": fmt.Sprint(of.scaling.Depth), "width": fmt.Sprint(of.scaling.Width)}
		path := weights(t, of.library, of.architecture, of.scaling, of.padding, of.classes, metadata)
		add(one{spec: path, picture: photo, stated: of.stated}, of.ways...)
	}
	const trained = "../../../shared/weights/mobilenet_v2_imagenet"
	if _, err := os.Stat(trained + ".pth"); err == nil {
		add(one{spec: trained + ".pth", picture: photo}, "cam", "grad-cam features.13", "layer-cam features.6")
		add(one{spec: trained + ".safetensors@192x256", picture: glass, against: []string{"282", "283"}}, "cam", "hires-cam features.13")
	} else {
		t.Log("MobileNetV2's weights are absent at ../shared: left out")
	}

	var texts []string
	var want [][]float64
	for _, o := range all {
		c := o.see(t)
		text, err := Of(c, 0, 0, record.WholePaths)
		if err != nil {
			t.Fatalf("%v: %v", o, err)
		}
		var values []float64
		for _, v := range c.Rows[0].Cells[0].Map.Values {
			values = append(values, float64(v))
		}
		texts, want = append(texts, text), append(want, values)
	}
	const most = 1e-4 // float32, added up in another order
	single := run(t, python, texts)
	// Where a gradient jumps, at ReLU6's ends, or a denominator is small, a rounding
	// moves whole cells of PyTorch's own map: nobody is held to more than it holds
	// itself to where each pixel moves by what the order of a sum does.
	const tries = 32 // a jump is hit by chance
	var loose []int
	var moved []string
	for i, array := range single {
		if !(off(array, want[i]) <= most) {
			loose = append(loose, i)
			for seed := range tries {
				moved = append(moved, strings.Replace(texts[i], "(picture)[None]", fmt.Sprintf("(picture)[None]\ntorch.manual_seed(%d)\nx = x * (1 + 1e-6 * torch.randn_like(x))", seed), 1))
			}
		}
	}
	if len(loose) > len(all)/20 {
		t.Errorf("%d of %d maps are off by more than %v", len(loose), len(all), most)
	}
	arrays := run(t, python, moved)
	for j, i := range loose {
		var floor float64
		for _, array := range arrays[j*tries:][:tries] {
			floor = max(floor, off(single[i], array))
		}
		is := off(single[i], want[i])
		t.Logf("%v: off by %.1e of the largest value, where a rounding moves PyTorch's by %.1e", all[i], is, floor)
		if !(is <= floor) {
			t.Errorf("that is too far:\n%s", texts[i])
		}
	}
}

// TestText: what the code says for a reader, and by what names it calls files.
func TestText(t *testing.T) {
	c := one{spec: "scenes:compound", picture: "scene:35", method: "grad-cam", layer: "stage4", against: []string{"clock"}}.see(t)
	text, err := Of(c, 0, 0, record.BaseNames)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"from torchvision.models.efficientnet import EfficientNet, MBConvConfig",
		`net.load_state_dict(load_file("assets/packs/scenes/compound.safetensors"))  # in Scalecam's source`,
		`picture = ImageOps.exif_transpose(Image.open("overlay.png")).convert("RGB")  # of scalecam cam scene:35 --opacity 0 -o .`,
		"def score(y):  # windmill, held against clock",
		`layer = net.get_submodule("features.3")  # 48 channels, 11 x 11 cells`,
		"# Grad-CAM: Selvaraju et al. 2017, arXiv 1610.02391",
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no line %q in\n%s", line, text)
		}
	}
	c = one{spec: "imagenet:baseline", picture: "sample:cat.jpg"}.see(t)
	if text, err := Of(c, 0, 0, record.BaseNames); err != nil || !strings.Contains(text, "# by tenths. For the very array open overlay.png of scalecam cam sample:cat.jpg --opacity 0 -o .\n") {
		t.Errorf("%v, nothing of other decoders in\n%s", err, text)
	}
	path := weights(t, "torchvision", network.MobileNetV2, network.Scaling{Depth: 1, Width: .35, Resolution: network.Square(64)}, network.SymmetricPadding, 1000, nil)
	photo, _ := files(t)
	c = one{spec: path + "@96", picture: photo}.see(t)
	for naming, want := range map[record.Naming][]string{
		record.BaseNames:  {`load_file("torchvision weights.safetensors")`, `Image.open(` + quote(filepath.Base(photo)) + `)`},
		record.WholePaths: {`load_file(` + quote(path) + `)`, `Image.open(` + quote(photo) + `)`},
	} {
		text, err := Of(c, 0, 0, naming)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("no %s in\n%s", w, text)
			}
		}
	}
}

// TestQuote: a name is the same file's in Python.
func TestQuote(t *testing.T) {
	for name, want := range map[string]string{
		`a b.png`: `"a b.png"`, "caf\xe9.png": `"caf\udce9.png"`, "카메라": `"카메라"`,
		"a\"b\\\n\u202e\x7f": `"a\"b\\\n\u202e\x7f"`, "\u0085": `"\u0085"`,
	} {
		if got := quote(name); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}

// TestNoCode: where there is no code, the error says why.
func TestNoCode(t *testing.T) {
	p := comparetest.Picture("slope.png", 80, 60)
	open := func(spec string, stated models.Settings) *network.Model {
		m, err := models.Open(spec, stated)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	small := network.Scaling{Depth: 1, Width: .5, Resolution: network.Square(64)}
	mobile := weights(t, "torchvision", network.MobileNetV2, small, network.SymmetricPadding, 1000, nil)
	residual := weights(t, "torchvision", network.ResNet18, small, network.SymmetricPadding, 1000, nil)
	// As DataParallel saves it: "module." before every name.
	f, err := tensorfile.Read(mobile)
	if err != nil {
		t.Fatal(err)
	}
	var tensors []tensorfile.Tensor
	for name, of := range f.Tensors {
		of.Name = "module." + name
		tensors = append(tensors, *of)
	}
	data, err := tensorfile.Encode(tensors, nil)
	if err != nil {
		t.Fatal(err)
	}
	wrapped := filepath.Join(t.TempDir(), "wrapped.safetensors")
	if err := os.WriteFile(wrapped, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		model *network.Model
		want  string
	}{
		{open("random:mobilenet-v2,w=0.35,r=64", nil), "its weights are random"},
		{open(mobile, models.Settings{"padding": "same"}), "no network with TensorFlow's padding"},
		{open(residual, nil), "this one's is 0.5 times that"},
		{open(wrapped, nil), "otherwise than in the state dict of torchvision's network"},
	} {
		_, err := Of(comparetest.Run(t, "", []*picture.Picture{p}, c.model), 0, 0, record.BaseNames)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), compare.Title(c.model)) {
			t.Errorf("%v, want %q of %s", err, c.want, compare.Title(c.model))
		}
	}
	c := comparetest.Comparison(t, nil)
	if _, err := Of(c, 0, 0, record.BaseNames); err == nil {
		t.Error("a cell without a map has code")
	}
}

// TestEvery: each method has its lines, and each layer a name in each library.
func TestEvery(t *testing.T) {
	for _, m := range cam.Methods {
		if !strings.Contains(recipes[m], "array = ") {
			t.Errorf("%s makes no array", m.Key)
		}
	}
	for _, s := range naming.Schemes {
		if !slices.Contains(libraries, s.Library) {
			continue
		}
		for _, a := range s.Architectures {
			n, err := network.New(a, network.Scaling{Depth: 1, Width: 1, Resolution: network.Square(64)}, a.Padding, len(assets.ImageNetClasses()))
			if err != nil {
				t.Fatal(err)
			}
			m := &network.Model{Network: n, Names: s.Layers(n)}
			for i := range a.Stages {
				if s.Library == "pytorch_resnet_cifar10" && i == 0 { // its activation is a function
					continue
				}
				for _, name := range []string{"last", fmt.Sprintf("stage%d", i+1)} {
					layer, err := m.FindLayer(name)
					if err != nil {
						t.Fatal(err)
					}
					if name, _ := layerOf(m, layer); name == "" {
						t.Errorf("%s of %s has no name by %s", name, a.Title, s.Library)
					}
				}
			}
		}
	}
}
