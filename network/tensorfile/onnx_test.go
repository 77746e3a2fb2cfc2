package tensorfile

import (
	"bytes"
	"encoding/binary"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestGraph reads a graph that PyTorch exported: layers under their modules' names,
// batch norm folded in.
func TestGraph(t *testing.T) {
	f, err := Read(goldens + "graph.onnx")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"block.0.bias", "block.0.weight", "conv.bias", "conv.weight", "last.bias", "last.weight"}
	if got := slices.Sorted(maps.Keys(f.Tensors)); !slices.Equal(got, want) || f.Format != "ONNX" || f.Metadata["padding"] != "symmetric" {
		t.Errorf("%s: %q, %q; want %q", f.Format, got, f.Metadata, want)
	}
	if got := f.Tensors["last.weight"]; !slices.Equal(got.Shape, []int{2, 4}) || got.Data[0] != -.75 || got.Data[7] != .125 {
		t.Errorf("last.weight: %+v", got)
	}
	if got := f.Tensors["conv.bias"].Data; !slices.Equal(got, []float32{-.25, -.125, 0, .125}) {
		t.Errorf("conv.bias: %v", got)
	}
	if got := *f.Operations; got != (Operations{Layers: 3, Sigmoid: true}) {
		t.Errorf("operations %+v", got)
	}
	d, err := Describe(goldens + "graph.onnx")
	if err != nil || len(d.Tensors) != len(f.Tensors) || len(d.Tensors["last.weight"].Data) != 0 {
		t.Errorf("described: %+v, %v", d, err)
	}
}

// Pieces of protobuf messages.

func bytesField(number int, data string) string {
	return string(binary.AppendUvarint(binary.AppendUvarint(nil, uint64(number)<<3|2), uint64(len(data)))) + data
}

func numberField(number int, value uint64) string {
	return string(binary.AppendUvarint(binary.AppendUvarint(nil, uint64(number)<<3), value))
}

func onnxFile(graph ...string) []byte {
	return []byte(numberField(1, 8) + bytesField(2, "pytorch") + bytesField(7, strings.Join(graph, "")))
}

func onnxLayer(op, name string, inputs ...string) string {
	var n string
	for _, in := range inputs {
		n += bytesField(1, in)
	}
	return bytesField(1, n+bytesField(2, name+".out")+bytesField(3, name)+bytesField(4, op))
}

func onnxValue(name string, dims []uint64, fields ...string) string {
	var t string
	for _, d := range dims {
		t += numberField(1, d)
	}
	return bytesField(5, t+numberField(2, 1)+bytesField(8, name)+strings.Join(fields, ""))
}

// TestGraphs: matrices that are multiplied from the right, shared values, values
// beside the file; and what no network that is read has, or that is damaged.
func TestGraphs(t *testing.T) {
	four := string(bytes.Repeat([]byte{0, 0, 0x80, 0x3f}, 3)) + "\x00\x00\x00\x40" // 1 1 1 2
	matrix := onnxValue("m", []uint64{2, 2}, bytesField(9, four))
	external := func(location, offset string) string {
		return onnxValue("w", []uint64{2, 2}, bytesField(13, bytesField(1, "location")+bytesField(2, location)), bytesField(13, bytesField(1, "offset")+bytesField(2, offset)))
	}
	input := bytesField(11, bytesField(1, "x"))
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "data"), []byte("........"+four), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"a matrix from the right", onnxFile(input, onnxLayer("MatMul", "/fc/MatMul", "x", "m"), matrix), ""},
		{"in another folder", onnxFile(input, onnxLayer("MatMul", "/fc/MatMul", "x", "w"), external("../data", "8")), "only one beside it"},
		{"absolute", onnxFile(input, onnxLayer("MatMul", "/fc/MatMul", "x", "w"), external("/etc/passwd", "8")), "only one beside it"},
		{"missing beside it", onnxFile(input, onnxLayer("MatMul", "/fc/MatMul", "x", "w"), external("other", "8")), "other"},
		{"beyond its end", onnxFile(input, onnxLayer("MatMul", "/fc/MatMul", "x", "w"), external("data", "99")), "beyond the end"},
		{"there", onnxFile(input, onnxLayer("MatMul", "/fc/MatMul", "x", "w"), external("data", "8")), ""},
		{"another operation", onnxFile(input, onnxLayer("LSTM", "/l/LSTM", "x", "m"), matrix), `"LSTM"`},
		{"a changed picture", onnxFile(input, onnxLayer("Mul", "/mul", "x", "m"), onnxLayer("Conv", "/c/Conv", "/mul.out", "m"), matrix), "changes the picture"},
		{"a computed weight", onnxFile(input, onnxLayer("Relu", "/r", "x"), onnxLayer("MatMul", "/fc/MatMul", "x", "/r.out"), matrix), "computes the weight"},
		{"no name", onnxFile(input, onnxLayer("MatMul", "MatMul_3", "x", "m"), matrix), "called in PyTorch"},
		{"short values", onnxFile(input, onnxLayer("MatMul", "/fc/MatMul", "x", "m"), onnxValue("m", []uint64{2, 2}, bytesField(9, four[:8]))), "spans 8"},
		{"a shape without end", onnxFile(input, onnxLayer("MatMul", "/fc/MatMul", "x", "m"), onnxValue("m", []uint64{1 << 40, 1 << 40}, bytesField(9, four))), "4 GiB"},
		{"no nodes", onnxFile(input), "does nothing"},
		{"many nodes", onnxFile(strings.Repeat(bytesField(1, ""), maxOnnxNodes+1)), "far beyond"},
		{"cut short", onnxFile(input, matrix)[:40], "cut short"},
	} {
		f, err := readFrom(bytes.NewReader(c.file), int64(len(c.file)), folder)
		if c.want != "" {
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v; want %q", c.name, err, c.want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if want := map[string]string{"there": "data"}[c.name]; f.Values != want {
			t.Errorf("%s: the values are in %q, want %q", c.name, f.Values, want)
		}
		if got := f.Tensors["fc.weight"].Data; !slices.Equal(got, []float32{1, 1, 1, 2}) {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// FuzzONNX: no graph panics or takes more memory than its size allows, and what is
// read is consistent.
func FuzzONNX(f *testing.F) {
	f.Add(readGolden(f, "graph.onnx"))
	f.Add(onnxFile(bytesField(11, bytesField(1, "x")), onnxLayer("MatMul", "/fc/MatMul", "x", "m"), onnxValue("m", []uint64{1, 1}, bytesField(9, "\x00\x00\x80\x3f"))))
	f.Fuzz(func(t *testing.T, data []byte) {
		size := int64(len(data))
		if size == 0 {
			return
		}
		var file *File
		var err error
		// Twice the values, and for each byte of the file at most some hundred of a
		// node's maps.
		if n := allocated(func() { file, err = readONNX(bytes.NewReader(data), size, "", true) }); n > uint64(4<<20+500*size) {
			t.Errorf("%d bytes take %d bytes of memory", size, n)
		}
		if err == nil {
			isConsistent(t, file, 16*size+1<<20)
		}
	})
}
