package tensorfile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/nlpodyssey/safetensors"
)

// safetensorsFile is a file of a header as given and so many bytes of data.
func safetensorsFile(header string, dataBytes int) []byte {
	file := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(file, header...), make([]byte, dataBytes)...)
}

func TestSafetensors(t *testing.T) {
	for _, c := range []struct {
		name, header string
		dataBytes    int
		want         string // a part of the error, or "" for none
	}{
		{"scalar", `{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}`, 4, ""},
		{"no values", `{"a":{"dtype":"F32","shape":[2,0],"data_offsets":[0,0]}}`, 0, ""},
		{"padded", `{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}   `, 2, ""},
		{"unordered", `{"b":{"dtype":"U8","shape":[3],"data_offsets":[4,7]},"a":{"data_offsets":[0,4],"shape":[1],"dtype":"F32"}}`, 7, ""},
		{"every type", `{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},` +
			`"c":{"dtype":"F16","shape":[1],"data_offsets":[12,14]},"d":{"dtype":"BF16","shape":[1],"data_offsets":[14,16]},` +
			`"e":{"dtype":"I64","shape":[1],"data_offsets":[16,24]},"f":{"dtype":"U64","shape":[1],"data_offsets":[24,32]},` +
			`"g":{"dtype":"I32","shape":[1],"data_offsets":[32,36]},"h":{"dtype":"U32","shape":[1],"data_offsets":[36,40]},` +
			`"i":{"dtype":"I16","shape":[1],"data_offsets":[40,42]},"j":{"dtype":"U16","shape":[1],"data_offsets":[42,44]},` +
			`"k":{"dtype":"I8","shape":[1],"data_offsets":[44,45]},"l":{"dtype":"U8","shape":[1],"data_offsets":[45,46]},` +
			`"m":{"dtype":"BOOL","shape":[1],"data_offsets":[46,47]}}`, 47, ""},
		{"metadata", `{"__metadata__":{"k":"v \u00e9"},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 1, ""},

		{"no JSON", `{garbage`, 0, "JSON is damaged"},
		{"JSON cut short", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}`, 4, "JSON is damaged"},
		{"text after", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} x`, 4, "follows the last tensor"},
		{"two objects", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}{}`, 4, "follows the last tensor"},
		{"list", `[]`, 0, "braces"},
		{"tensor is null", `{"a":null}`, 0, "braces"},
		{"tensor is a list", `{"a":[]}`, 0, "braces"},
		{"no tensors", `{"__metadata__":{}}`, 0, "no tensors"},
		{"metadata of numbers", `{"__metadata__":{"k":1}}`, 0, `metadata "k" is not text`},
		{"metadata null", `{"__metadata__":{"k":null}}`, 0, `metadata "k" is not text`},
		{"metadata twice", `{"__metadata__":{},"__metadata__":{}}`, 0, `"__metadata__" comes twice`},
		{"name twice", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4, `"a" comes twice`},
		{"name twice, escaped", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\u0061":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4, `"a" comes twice`},
		{"field twice", `{"a":{"dtype":"F32","dtype":"F16","shape":[1],"data_offsets":[0,4]}}`, 4, `"dtype" comes twice`},
		{"field unknown", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"stride":[1]}}`, 4, `field "stride"`},
		{"field in capitals", `{"a":{"DTYPE":"F32","shape":[1],"data_offsets":[0,4]}}`, 4, `field "DTYPE"`},
		{"no dtype", `{"a":{"shape":[1],"data_offsets":[0,4]}}`, 4, "lacks"},
		{"dtype null", `{"a":{"dtype":null,"shape":[1],"data_offsets":[0,4]}}`, 4, "lacks"},
		{"dtype a number", `{"a":{"dtype":32,"shape":[1],"data_offsets":[0,4]}}`, 4, "unreadable dtype"},
		{"dtype unknown", `{"a":{"dtype":"F4","shape":[4],"data_offsets":[0,4]}}`, 4, `"F4"`},
		{"no shape", `{"a":{"dtype":"F32","data_offsets":[0,4]}}`, 4, "lacks"},
		{"shape null", `{"a":{"dtype":"F32","shape":null,"data_offsets":[0,4]}}`, 4, "unreadable shape"},
		{"shape of null", `{"a":{"dtype":"F32","shape":[null],"data_offsets":[0,0]}}`, 0, "unreadable shape"},
		{"shape of fractions", `{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}`, 4, "unreadable shape"},
		{"shape of lists", `{"a":{"dtype":"F32","shape":` + strings.Repeat("[", 20000), 4, "unreadable shape"},
		{"shape negative", `{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, 4, "unreadable shape"},
		{"shape of nine", `{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}`, 4, "9 dimensions"},
		{"shape overflows", `{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}`, 0, "4 GiB"},
		{"shape overflows to no values", `{"a":{"dtype":"F32","shape":[65536,65536,65536,65536],"data_offsets":[0,0]}}`, 0, "4 GiB"},
		{"shape overflows to its bytes", `{"a":{"dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4]}}`, 4, "4 GiB"},
		{"shape beyond int64", `{"a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,4]}}`, 4, "unreadable shape"},
		{"shape with zero and huge", `{"a":{"dtype":"F32","shape":[0,9223372036854775807],"data_offsets":[0,0]}}`, 0, "4 GiB"},
		{"shape larger than bytes", `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, 4, "takes 8 bytes, but spans 4"},
		{"shape smaller than bytes", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}`, 8, "takes 4 bytes, but spans 8"},
		{"one offset", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}`, 4, "lacks"},
		{"three offsets", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}`, 4, "lacks"},
		{"offsets negative", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}`, 4, "unreadable data_offsets"},
		{"offsets backwards", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}`, 4, "before its beginning"},
		{"offsets out of range", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 6, "of which there are 6"},
		{"offsets at the end of int64", `{"a":{"dtype":"U8","shape":[1],"data_offsets":[9223372036854775806,9223372036854775807]}}`, 4, "of which there are 4"},
		{"overlap", `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}`, 12, "within the tensor before it"},
		{"same place", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4, "within the tensor before it"},
		{"hole", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}`, 12, "belong to no tensor"},
		{"bytes left over", `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 5, "the tensors end at byte 4"},
		{"long name", `{"` + strings.Repeat("é", 1<<20) + `":{"dtype":"X","shape":[],"data_offsets":[0,0]}}`, 0, "…"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := safetensorsFile(c.header, c.dataBytes)
			f, err := readSafetensors(bytes.NewReader(data), int64(len(data)))
			if err == nil {
				_, err = ReadFrom(bytes.NewReader(data), int64(len(data)))
			}
			switch {
			case c.want == "" && err != nil:
				t.Fatal(err)
			case c.want == "":
				isConsistent(t, f, 2*int64(len(data)))
				agreesWithLibrary(t, f, data)
			case err == nil:
				t.Fatalf("read %d tensors, want an error", len(f.Tensors))
			case !strings.Contains(err.Error(), c.want) || len(err.Error()) > 1000 || strings.Contains(err.Error(), "\n"):
				t.Errorf("%q; want one short line with %q", err, c.want)
			}
		})
	}
}

// TestSafetensorsHeaderLength: what the file claims is not allocated.
func TestSafetensorsHeaderLength(t *testing.T) {
	for _, c := range []struct {
		name    string
		claimed uint64
		want    string
	}{
		{"2^60", 1 << 60, "claims 1152921504606846976 bytes"},
		{"2^64-1", math.MaxUint64, "claims 18446744073709551615 bytes"},
		{"one above the most", maxDescription + 1, "more than the 4194304"},
		{"the most", maxDescription, "but only 2 follow"},
		{"one too many", 3, "but only 2 follow"},
		{"none", 0, "braces"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := append(binary.LittleEndian.AppendUint64(nil, c.claimed), "{}"...)
			var err error
			if n := allocated(func() { _, err = readSafetensors(bytes.NewReader(data), int64(len(data))) }); n > 1<<20 {
				t.Errorf("allocates %d bytes", n)
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// TestSafetensorsNotFinite counts NaN and infinities, in every float type.
func TestSafetensorsNotFinite(t *testing.T) {
	for _, c := range []struct{ dtype, value string }{
		{"F16", "\x00\x7c"}, {"F16", "\x01\xfc"}, {"BF16", "\x80\xff"}, {"BF16", "\xc0\x7f"},
		{"F32", "\x00\x00\x80\x7f"}, {"F32", "\x01\x00\x80\x7f"},
		{"F64", "\x00\x00\x00\x00\x00\x00\xf8\x7f"},
		{"F64", "\x00\x00\x00\x00\x00\x00\xf0\x47"}, // finite, but above float32's range
	} {
		header := fmt.Sprintf(`{"a\nb":{"dtype":%q,"shape":[3],"data_offsets":[0,%d]}}`, c.dtype, 3*len(c.value))
		data := append(safetensorsFile(header, len(c.value)), c.value+c.value...)
		_, err := ReadFrom(bytes.NewReader(data), int64(len(data)))
		if want := `tensor "a\nb" has 2 NaN or infinite values among 3`; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s %q: %v, want %q", c.dtype, c.value, err, want)
		}
	}
}

// agreesWithLibrary holds a file read here to what the library
// nlpodyssey/safetensors reads of it.
func agreesWithLibrary(t *testing.T, f *File, data []byte) {
	t.Helper()
	want, err := safetensors.Deserialize(data)
	if err != nil {
		t.Fatalf("the library refuses it: %v", err)
	}
	if want.Len() != len(f.Tensors) {
		t.Errorf("%d tensors, the library reads %d", len(f.Tensors), want.Len())
	}
	for _, w := range want.Tensors() {
		got := f.Tensors[w.Name]
		if got == nil {
			t.Errorf("no tensor %q, which the library reads", w.Name)
			continue
		}
		shape := make([]int, len(w.TensorView.Shape()))
		for i, length := range w.TensorView.Shape() {
			shape[i] = int(length)
		}
		if got.DType != w.TensorView.DType().String() || !slices.Equal(got.Shape, shape) {
			t.Errorf("tensor %q: %s %d, the library reads %s %d", w.Name, got.DType, got.Shape, w.TensorView.DType(), shape)
		}
		if got.DType != "F32" {
			continue
		}
		for i, v := range got.Data {
			if math.Float32bits(v) != binary.LittleEndian.Uint32(w.TensorView.Data()[4*i:]) {
				t.Fatalf("tensor %q: value %d is %v, which the library's bytes are not", w.Name, i, v)
			}
		}
	}
}

// FuzzSafetensors: no bytes panic or take more memory than a few times their
// number, and what is read is what the library reads.
func FuzzSafetensors(f *testing.F) {
	f.Add(readGolden(f, "plain.safetensors"))
	f.Add(safetensorsFile(`{"b":{"dtype":"U8","shape":[3],"data_offsets":[4,7]},"a":{"data_offsets":[0,4],"shape":[1,2],"dtype":"BF16"}}  `, 7))
	f.Add(safetensorsFile(`{"a":{"dtype":"F64","shape":[],"data_offsets":[0,8]},"a":{"dtype":"F64","shape":[-1],"data_offsets":[0,8]}}`, 8))
	f.Fuzz(func(t *testing.T, data []byte) {
		size := int64(len(data))
		var file *File
		var err error
		// The header becomes keys, entries and shapes of at most 64 times its
		// bytes; the rest is the buffer for conversion and some small change.
		if n := allocated(func() { file, err = readSafetensors(bytes.NewReader(data), size) }); n > 1<<20+64*uint64(size) {
			t.Errorf("%d bytes take %d bytes of memory", size, n)
		}
		if err == nil {
			isConsistent(t, file, 2*size)
			agreesWithLibrary(t, file, data)
		}
	})
}
