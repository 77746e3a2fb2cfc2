package tensorfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"
)

const goldens = "../../testdata/weights/"

// plain is what the goldens hold, as testdata/weights/make.py states it, with
// its floats stored as dtype.
func plain(dtype string) map[string]*Tensor {
	weight := &Tensor{Name: "conv.weight", DType: dtype, Shape: []int{2, 3, 2, 2}}
	for i := range 24 {
		weight.Data = append(weight.Data, float32(i-12)/4)
	}
	return map[string]*Tensor{
		"conv.weight":              weight,
		"conv.bias":                {Name: "conv.bias", DType: dtype, Shape: []int{2}, Data: []float32{-0.5, 6}},
		"norm.num_batches_tracked": {Name: "norm.num_batches_tracked", DType: "I64", Shape: []int{}},
	}
}

func sameTensors(t *testing.T, got, want map[string]*Tensor) {
	t.Helper()
	if g, w := slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)); !slices.Equal(g, w) {
		t.Fatalf("tensors %q, want %q", g, w)
	}
	for name := range want {
		if !reflect.DeepEqual(got[name], want[name]) {
			t.Errorf("got %+v, want %+v", *got[name], *want[name])
		}
	}
}

func TestReadGoldens(t *testing.T) {
	for _, c := range []struct{ name, format, dtype, taken string }{
		{"plain.safetensors", "safetensors", "F32", ""},
		{"plain.pth", "PyTorch", "F32", ""},
		{"half.pth", "PyTorch", "F16", ""},
		{"bfloat16.pth", "PyTorch", "BF16", ""},
		{"double.pth", "PyTorch", "F64", ""},
		{"parameter.pth", "PyTorch", "F32", ""},
		{"channels_last.pth", "PyTorch", "F32", ""},
		{"shared.pth", "PyTorch", "F32", ""},
		{"strided.pth", "PyTorch", "F32", ""},
		{"checkpoint.pth", "PyTorch", "F32", "state_dict"},
		{"model.pth", "PyTorch", "F32", "model"},
		{"averaged.pth", "PyTorch", "F32", "state_dict_ema"},
		{"protocol4.pth", "PyTorch", "F32", ""},
		{"legacy.pth", "PyTorch", "F32", ""},
		{"numpy.pth", "PyTorch", "F32", "state_dict"},
		{"attack.pth", "PyTorch", "F32", ""},
		{"namespace.pth", "PyTorch", "F32", "state_dict"},
		{"namespace_legacy.pth", "PyTorch", "F32", "state_dict"},
		{"protocol5.pth", "PyTorch", "F32", "state_dict"},
		{"pairs.pth", "PyTorch", "F32", ""},
		{"tuple.pth", "PyTorch", "F32", "…"},
		{"program.pt2", "PyTorch", "F32", ""},
		{"nested.pth", "PyTorch", "F32", "checkpoint > inner > of_it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := Read(goldens + c.name)
			if err != nil {
				t.Fatal(err)
			}
			if f.Format != c.format || f.Path != goldens+c.name || f.Taken != c.taken {
				t.Errorf("format %q, path %q, taken from %q; want %q, %q, %q", f.Format, f.Path, f.Taken, c.format, goldens+c.name, c.taken)
			}
			wantMetadata := map[string]string{}
			if c.format == "safetensors" {
				wantMetadata["arch"] = "tiny"
			}
			if !maps.Equal(f.Metadata, wantMetadata) {
				t.Errorf("metadata %q, want %q", f.Metadata, wantMetadata)
			}
			sameTensors(t, f.Tensors, plain(c.dtype))
		})
	}
}

// TestAveraged: of torchvision's checkpoint the averaged weights are taken, and the
// others are told of; the optimiser's moments are no network's.
func TestAveraged(t *testing.T) {
	f, err := Read(goldens + "ema.pth")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]*Tensor{"n_averaged": {Name: "n_averaged", DType: "I64", Shape: []int{}}}
	for name, tensor := range plain("F32") {
		tensor.Name = "module." + name
		want[tensor.Name] = tensor
	}
	sameTensors(t, f.Tensors, want)
	if f.Taken != "model_ema" || !slices.Equal(f.Beside, []string{"model"}) {
		t.Errorf("taken from %q, beside %q", f.Taken, f.Beside)
	}
}

// TestOtherTypes: numbers whose values are not read are named by their type.
func TestOtherTypes(t *testing.T) {
	for golden, want := range map[string]Tensor{
		"float8.pth": {Name: "conv.weight", DType: "F8_E4M3", Shape: []int{2, 3, 2, 2}},
		"uint16.pth": {Name: "counts", DType: "U16", Shape: []int{2}},
	} {
		f, err := Read(goldens + golden)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Tensors[want.Name]; !reflect.DeepEqual(*got, want) {
			t.Errorf("%s: %+v, want %+v", golden, *got, want)
		}
	}
}

// TestWholeModels: the tensors of what torch.save(model) wrote, and what its
// modules say.
func TestWholeModels(t *testing.T) {
	for golden, taken := range map[string]string{"whole_model.pth": "", "whole_model_legacy.pth": "model"} {
		f, err := Read(goldens + golden)
		if err != nil {
			t.Fatal(err)
		}
		if f.Taken != taken || f.Metadata["eps"] != "0.001" || f.Metadata["padding"] != "symmetric" || !strings.Contains(f.Metadata["saved"], "torch.nn.modules.container.Sequential") {
			t.Errorf("%s: taken from %q, %q", golden, f.Taken, f.Metadata)
		}
		names := slices.Sorted(maps.Keys(f.Tensors))
		if want := []string{"conv.bias", "conv.weight", "last.bias", "last.weight", "norm.bias", "norm.num_batches_tracked", "norm.running_mean", "norm.running_var", "norm.weight"}; !slices.Equal(names, want) {
			t.Errorf("%s: %q, want %q", golden, names, want)
		}
		if got, want := f.Tensors["conv.weight"], plain("F32")["conv.weight"]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", golden, got, want)
		}
		if got := f.Tensors["norm.running_mean"].Data; !slices.Equal(got, []float32{0.25, -8}) {
			t.Errorf("%s: running_mean %v", golden, got)
		}
	}
}

// TestContentsDecide: a file's name says nothing.
func TestContentsDecide(t *testing.T) {
	for _, golden := range []string{"plain.safetensors", "plain.pth"} {
		path := filepath.Join(t.TempDir(), "tensorfile.jpg")
		write(t, path, string(readGolden(t, golden)))
		f, err := Read(path)
		if err != nil {
			t.Fatal(err)
		}
		sameTensors(t, f.Tensors, plain("F32"))
	}
}

func TestRefusedFiles(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	write(t, in("empty"), "")
	write(t, in("byte"), "P")
	write(t, in("page.safetensors"), "<!DOCTYPE html><html><title>404 Not Found</title></html>")
	random := make([]byte, 4096)
	for i, state := 0, uint32(1); i < len(random); i++ {
		state = state*1664525 + 1013904223 // Knuth's generator, any would do
		random[i] = byte(state >> 24)
	}
	write(t, in("random"), string(random))
	write(t, in("zip.pth"), "PK\x03\x04"+strings.Repeat("x", 100))
	write(t, in("huge"), "")
	if err := os.Truncate(in("huge"), maxFileBytes+1); err != nil { // sparse, takes no room
		t.Fatal(err)
	}
	for _, c := range []struct{ name, path, want string }{
		{"missing", in("missing"), ""}, // in the system's words
		{"folder", dir, "this is a folder; give a .safetensors or .pth file"},
		{"device", os.DevNull, "this is a device or a pipe; give a .safetensors or .pth file"},
		{"empty", in("empty"), "the file is empty"},
		{"one byte", in("byte"), "neither a safetensors file nor one of PyTorch's"},
		{"web page", in("page.safetensors"), "this is a web page"},
		{"random bytes", in("random"), "neither a safetensors file nor one of PyTorch's"},
		{"zip in name only", in("zip.pth"), "begins as a zip file"},
		{"too large", in("huge"), "more than the 4 GiB"},
		{"TorchScript", goldens + "torchscript.pt", "TorchScript"},
		{"no tensors", goldens + "empty.pth", "holds no tensors"},
		{"no dict", goldens + "list.pth", "no state dict"},
		{"NaN and infinite", goldens + "diverged.pth", `tensor "conv.bias" has 2 NaN or infinite values among 2`},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := Read(c.path)
			if err == nil {
				t.Fatalf("read %d tensors, want an error", len(f.Tensors))
			}
			if got := err.Error(); !strings.HasPrefix(got, "tensorfile: "+c.path+": ") || !strings.Contains(got, c.want) || strings.Contains(got, "\n") {
				t.Errorf("%q; want one line with the path and %q", got, c.want)
			}
		})
	}
	if _, err := Read(in("missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v is not fs.ErrNotExist", err)
	}
}

// TestAttack: reading a pickle that asks for a command, or asks for one in any of
// the ways that pickles have, runs nothing.
func TestAttack(t *testing.T) {
	t.Chdir(t.TempDir())
	tensor := text("w") + viewOf("FloatStorage", 1, 0, nil, nil)
	command := text("touch attacked")
	for name, pickle := range map[string]string{
		"REDUCE":             "cposix\nsystem\n" + command + "\x85R",
		"NEWOBJ":             "cposix\nsystem\n" + command + "\x85\x81",
		"NEWOBJ_EX":          "cposix\nsystem\n" + command + "\x85}\x92",
		"INST":               "(" + command + "iposix\nsystem\n",
		"OBJ":                "(cposix\nsystem\n" + command + "o",
		"STACK_GLOBAL":       text("posix") + text("system") + "\x93" + command + "\x85R",
		"BUILD":              "cposix\nsystem\n)R" + command + "b",
		"getattr":            "c__builtin__\ngetattr\n" + "cos\nsystem\n" + text("__call__") + "\x86R" + command + "\x85R",
		"_reconstructor":     "ccopyreg\n_reconstructor\n" + "cposix\nsystem\n" + "c__builtin__\nobject\nN\x87R",
		"in a tensor's type": "ctorch._tensor\n_rebuild_from_type_v2\n(cposix\nsystem\nN" + command + "\x85}tR",
	} {
		f, err := readAll(archiveOf(t, record{name: "a/data.pkl", contents: "\x80\x02}(" + tensor + text("attack") + pickle + "u."}, record{name: "a/data/0", contents: "\x00\x00\x80\x3f"}))
		if err != nil || len(f.Tensors) != 1 || f.Tensors["w"].Data[0] != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if files, err := os.ReadDir("."); err != nil || len(files) > 0 {
		t.Errorf("reading made %v, %v", files, err)
	}
}

// TestKinds: what is no weights file is named for what it is, with what to do.
func TestKinds(t *testing.T) {
	zipOf := func(names ...string) string {
		var records []record
		for _, name := range names {
			records = append(records, record{name: name, contents: "{}"})
		}
		return string(archiveOf(t, records...))
	}
	for _, c := range []struct{ contents, name, remedy string }{
		{"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 21355344\n", "Git LFS pointer", "git lfs pull"},
		{"\n <!doctype HTML>\n<html>", "web page", "download the file itself"},
		{"\x89HDF\r\n\x1a\n" + strings.Repeat("\x00", 100), "Keras file (HDF5)", "torchvision or timm"},
		{"\x1c\x00\x00\x00TFL3\x14\x00", "TensorFlow Lite", "converted from"},
		{"\x08\x01\x12\xb2\x08", "SavedModel", "torchvision or timm"},
		{"\x93NUMPY\x01\x00", "numpy array", ".safetensors or .pth"},
		{"\x1f\x8b\x08\x00", "gzip", "unpack"},
		{"\x89PNG\r\n\x1a\n", "picture", ".safetensors or .pth"},
		{`{"metadata": {"total_size": 1}, "weight_map": {}}`, "JSON text", "belongs to"},
		{"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}.", "pickle of Python", "torch.save"},
		{"GGUF\x03\x00\x00\x00", "GGUF", ".safetensors or .pth"},
		{zipOf("x/data.pkl", "x/constants.pkl", "x/code/a.py"), "TorchScript", "torch.jit.load"},
		{zipOf("version", "serialized_exported_program.json"), "torch.export", "torch.export.load"},
		{zipOf("metadata.json", "config.json", "model.weights.h5"), "Keras model", "torchvision or timm"},
		{zipOf("arr_0.npy"), "numpy's arrays", ".safetensors or .pth"},
	} {
		_, err := readAll([]byte(c.contents))
		if err == nil || !strings.Contains(err.Error(), "this is ") || !strings.Contains(err.Error(), c.name) || !strings.Contains(err.Error(), c.remedy) {
			t.Errorf("%.20q: %v; want %q and %q", c.contents, err, c.name, c.remedy)
		}
	}
}

// TestTruncated: no beginning of a file is read, nor does it do harm.
func TestTruncated(t *testing.T) {
	for _, golden := range []string{"plain.safetensors", "shared.pth", "attack.pth", "legacy.pth"} {
		data := readGolden(t, golden)
		for n := 1; n < len(data); n++ {
			if _, err := ReadFrom(bytes.NewReader(data[:n]), int64(n)); err == nil {
				t.Errorf("%s: the first %d bytes of %d are read", golden, n, len(data))
			}
			// The file shrinks after its size was asked for, at worst by bytes
			// that are not read: integers, and the end of a zip file.
			if f, err := ReadFrom(bytes.NewReader(data[:n]), int64(len(data))); err == nil {
				sameTensors(t, f.Tensors, plain("F32"))
			}
		}
	}
}

// TestHalf holds every half-precision number to IEEE 754-2008's definition.
func TestHalf(t *testing.T) {
	for h := range 1 << 16 {
		exponent, fraction := h>>10&31, float64(h&1023)
		want := math.Ldexp(1024+fraction, exponent-25)
		switch {
		case exponent == 0:
			want = math.Ldexp(fraction, -24)
		case exponent == 31 && fraction == 0:
			want = math.Inf(1)
		case exponent == 31:
			want = math.NaN()
		}
		if h>>15 == 1 {
			want = -want
		}
		got := half(uint16(h))
		if isNaN := math.IsNaN(want); isNaN != (got != got) || !isNaN && math.Float32bits(got) != math.Float32bits(float32(want)) {
			t.Fatalf("half(%#04x) = %v, want %v", h, got, want)
		}
	}
}

// TestFormatsAgree: a real network reads the same from either format.
func TestFormatsAgree(t *testing.T) {
	const path = "../../../shared/weights/mobilenet_v2_imagenet"
	if _, err := os.Stat(path + ".pth"); err != nil {
		t.Skip("../shared/weights is not here")
	}
	a, err := Read(path + ".safetensors")
	if err != nil {
		t.Fatal(err)
	}
	b, err := Read(path + ".pth")
	if err != nil {
		t.Fatal(err)
	}
	sameTensors(t, b.Tensors, a.Tensors)
	if len(a.Tensors) != 314 || a.Metadata["architecture"] != "mobilenet_v2" {
		t.Errorf("%d tensors of %q, want 314 of mobilenet_v2", len(a.Tensors), a.Metadata["architecture"])
	}
}

func BenchmarkRead(b *testing.B) {
	for _, ext := range []string{"safetensors", "pth"} {
		b.Run(ext, func(b *testing.B) {
			path := "../../../shared/weights/mobilenet_v2_imagenet." + ext
			info, err := os.Stat(path)
			if err != nil {
				b.Skip("../shared/weights is not here")
			}
			b.SetBytes(info.Size())
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Read(path); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func ExampleRead() {
	f, err := Read("../../testdata/weights/half.pth")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(f.Tensors)) {
		t := f.Tensors[name]
		fmt.Println(name, t.DType, t.Shape, len(t.Data))
	}
	// Output:
	// conv.bias F16 [2] 2
	// conv.weight F16 [2 3 2 2] 24
	// norm.num_batches_tracked I64 [] 0
}

func write(t *testing.T, path, contents string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(contents), 0o600); err != nil {
		t.Fatal(err)
	}
}

func readGolden(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(goldens + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// isConsistent checks what holds of every file read, and that its tensors take
// at most the given bytes.
func isConsistent(t *testing.T, f *File, most int64) {
	t.Helper()
	var total int64
	for name, tensor := range f.Tensors {
		n := 1
		for _, length := range tensor.Shape {
			n *= length
		}
		if floats := dtypes[tensor.DType].decode != nil; tensor.Name != name || floats != (tensor.Data != nil) || floats && len(tensor.Data) != n {
			t.Errorf("tensor %q: %q, %s %d with %d values", name, tensor.Name, tensor.DType, tensor.Shape, len(tensor.Data))
		}
		total += 4 * int64(len(tensor.Data))
	}
	if total > most {
		t.Errorf("the tensors take %d bytes, more than %d", total, most)
	}
}

// allocated is how many bytes f allocates, freed or not.
func allocated(f func()) uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	before := sample[0].Value.Uint64()
	f()
	metrics.Read(sample)
	return sample[0].Value.Uint64() - before
}
