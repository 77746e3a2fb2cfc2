package tensorfile

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// A record is one entry of a test's zip file.
type record struct {
	name, contents string
	method         uint16 // zip.Store or zip.Deflate
}

func archiveOf(t testing.TB, records ...record) []byte {
	t.Helper()
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	for _, r := range records {
		entry, err := w.CreateHeader(&zip.FileHeader{Name: r.name, Method: r.method})
		if err == nil {
			_, err = io.WriteString(entry, r.contents)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// goldenRecords are the records of a golden file, for a test to change.
func goldenRecords(t testing.TB, name string) []record {
	t.Helper()
	data := readGolden(t, name)
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var records []record
	for _, f := range zr.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		contents, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, record{name: f.Name, contents: string(contents)})
	}
	return records
}

func readAll(data []byte) (*File, error) { return ReadFrom(bytes.NewReader(data), int64(len(data))) }

// refuses checks that reading data is an error of one short line with want.
func refuses(t *testing.T, data []byte, want string) {
	t.Helper()
	f, err := readAll(data)
	switch {
	case err == nil:
		t.Errorf("read %d tensors, want an error with %q", len(f.Tensors), want)
	case !strings.Contains(err.Error(), want) || len(err.Error()) > 1000 || strings.Contains(err.Error(), "\n"):
		t.Errorf("%q; want one short line with %q", err, want)
	}
}

// TestTorchArchives: what other programs make of the zip file.
func TestTorchArchives(t *testing.T) {
	plainRecords := goldenRecords(t, "plain.pth")
	for _, c := range []struct {
		name   string
		change func([]record) []record
		want   string // a part of the error, or "" for none
	}{
		{"unchanged", func(r []record) []record { return r }, ""},
		{"compressed", func(r []record) []record {
			for i := range r {
				r[i].method = zip.Deflate
			}
			return r
		}, ""},
		{"in another folder", func(r []record) []record {
			for i := range r {
				r[i].name = strings.Replace(r[i].name, "plain/", "a b.c/", 1)
			}
			return r
		}, ""},
		{"in no folder", func(r []record) []record {
			for i := range r {
				r[i].name = strings.TrimPrefix(r[i].name, "plain/")
			}
			return r
		}, ""},
		{"byte order stated", func(r []record) []record {
			return append(r, record{name: "plain/byteorder", contents: "little"})
		}, ""},
		{"big-endian", func(r []record) []record {
			return append(r, record{name: "plain/byteorder", contents: "big"})
		}, `byte order is "big"`},
		{"long byte order", func(r []record) []record {
			return append(r, record{name: "plain/byteorder", contents: strings.Repeat("x", 17)})
		}, "17 bytes"},
		{"record twice", func(r []record) []record { return append(r, r[1]) }, "twice"},
		{"two data.pkl", func(r []record) []record {
			return append(r, record{name: "other/data.pkl", contents: r[0].contents})
		}, "2 data.pkl"},
		{"no data.pkl", func(r []record) []record { return r[1:] }, "0 data.pkl"},
		{"no records", func([]record) []record { return []record{{name: "x/y/data.pkl"}} }, "0 data.pkl"},
		{"storage missing", func(r []record) []record { return slices.Delete(r, 1, 2) }, `record "plain/data/0" is missing`},
		{"storage short", func(r []record) []record { r[1].contents = r[1].contents[1:]; return r }, "95 bytes where 24 values of type F32 take 96"},
		{"storage long", func(r []record) []record { r[1].contents += "x"; return r }, "97 bytes where 24 values"},
		{"integers short", func(r []record) []record { r[3].contents = "x"; return r }, "1 bytes where 1 values of type I64 take 8"},
		{"pickle empty", func(r []record) []record { r[0].contents = ""; return r }, "cut short"},
		{"pickle cut short", func(r []record) []record { r[0].contents = r[0].contents[:50]; return r }, "cut short"},
		{"pickle too large", func(r []record) []record {
			r[0].contents += strings.Repeat("x", maxDescription)
			return r
		}, "more than the 4194304"},
		{"no zip compression that is known", func(r []record) []record { return r }, "unsupported compression"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := archiveOf(t, c.change(slices.Clone(plainRecords))...)
			if c.name == "no zip compression that is known" {
				// The method stands at byte 8 of a record and 10 of its entry
				// in the directory, whose first is data.pkl's.
				at := bytes.Index(data, []byte("PK\x01\x02"))
				data[at+10] = 99
			}
			if c.want != "" {
				refuses(t, data, c.want)
				return
			}
			f, err := readAll(data)
			if err != nil {
				t.Fatal(err)
			}
			sameTensors(t, f.Tensors, plain("F32"))
		})
	}
}

// TestDamagedStorage: the zip file's checksums are compared.
func TestDamagedStorage(t *testing.T) {
	data := readGolden(t, "plain.pth")
	at := bytes.Index(data, []byte("\xc0\x3f")) // a value's bytes, 1.5
	data[at]++
	refuses(t, data, "checksum")
}

// TestZipBombs: records that expand, or claim to, are refused before they take
// memory.
func TestZipBombs(t *testing.T) {
	const mebi = 1 << 20
	raw := func(claimed uint64, compressed []byte) []byte {
		var file bytes.Buffer
		w := zip.NewWriter(&file)
		n := int64(claimed / 4)
		pickle, err := w.Create("a/data.pkl")
		if err == nil {
			_, err = io.WriteString(pickle, stateOf(viewOf("FloatStorage", n, 0, []int64{n}, []int64{1})))
		}
		if err != nil {
			t.Fatal(err)
		}
		entry, err := w.CreateRaw(&zip.FileHeader{Name: "a/data/0", Method: zip.Deflate, CompressedSize64: uint64(len(compressed)), UncompressedSize64: claimed})
		if err == nil {
			_, err = entry.Write(compressed)
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		return file.Bytes()
	}
	zeros := archiveOf(t, record{"zeros", strings.Repeat("\x00", 64*mebi), zip.Deflate})
	zr, err := zip.NewReader(bytes.NewReader(zeros), int64(len(zeros)))
	if err != nil {
		t.Fatal(err)
	}
	stream, err := zr.File[0].OpenRaw()
	if err != nil {
		t.Fatal(err)
	}
	compressed, err := io.ReadAll(stream)
	if err != nil {
		t.Fatal(err)
	}
	tied := []string{}
	for range 1000 {
		tied = append(tied, viewOf("FloatStorage", mebi, 0, []int64{mebi}, []int64{1}))
	}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"64 MiB of zeros", raw(64*mebi, compressed), "more than sixteen times"},
		{"a claim of 4 GiB", raw(4096*mebi, compressed[:100]), "more than sixteen times"},
		{"a claim of 96 bytes", raw(96, compressed), "cannot read"},
		{"a pickle of zeros", archiveOf(t, record{"a/data.pkl", strings.Repeat("\x00", 64*mebi), zip.Deflate}), "more than the 4194304"},
		{"a storage shared by a thousand tensors", archiveOf(t, record{name: "a/data.pkl", contents: stateOf(tied...)}, record{name: "a/data/0", contents: strings.Repeat("\x00", 4*mebi)}), "more than sixteen times"},
		{"one value expanded to 2^30", archiveOf(t, record{name: "a/data.pkl", contents: stateOf(viewOf("FloatStorage", 1, 0, []int64{1 << 30}, []int64{0}))}, record{name: "a/data/0", contents: "\x00\x00\x00\x00"}), "more than sixteen times"},
	} {
		t.Run(c.name, func(t *testing.T) {
			most := uint64(16*len(c.data) + 4*mebi)
			if n := allocated(func() { refuses(t, c.data, c.want) }); n > most {
				t.Errorf("takes %d bytes of memory, more than %d", n, most)
			}
		})
	}
}

// Pieces of pickles, in Python's protocol 2.

func text(s string) string {
	return "X" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(s)))) + s
}

func whole(n int64) string {
	return "\x8a\x08" + string(binary.LittleEndian.AppendUint64(nil, uint64(n)))
}

func tuple(items ...string) string { return "(" + strings.Join(items, "") + "t" }

func wholes(numbers []int64) string {
	var items []string
	for _, n := range numbers {
		items = append(items, whole(n))
	}
	return tuple(items...)
}

// viewOf rebuilds a tensor in storage 0 of n values.
func viewOf(class string, n, offset int64, shape, strides []int64) string {
	storage := tuple(text("storage"), "ctorch\n"+class+"\n", text("0"), text("cpu"), whole(n)) + "Q"
	return "ctorch._utils\n_rebuild_tensor_v2\n" + tuple(storage, whole(offset), wholes(shape), wholes(strides), "\x89", "ccollections\nOrderedDict\n)R") + "R"
}

// stateOf is a whole pickle of a state dict of tensors "0", "1", ….
func stateOf(tensors ...string) string {
	var items strings.Builder
	for i, tensor := range tensors {
		items.WriteString(text(fmt.Sprint(i)) + tensor)
	}
	return "\x80\x02}(" + items.String() + "u."
}

// TestViews reads tensors by every way of lying in a storage of 0, 1, … 11.
func TestViews(t *testing.T) {
	const huge = 1<<63 - 1
	var storage []byte
	for i := range 12 {
		storage, _ = binary.Append(storage, binary.LittleEndian, float32(i))
	}
	for _, c := range []struct {
		name    string
		n       int64 // values that the storage is said to have
		offset  int64
		shape   []int64
		strides []int64
		want    []float32 // nil for an error
		refusal string
	}{
		{"whole", 12, 0, []int64{12}, []int64{1}, []float32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, ""},
		{"rows", 12, 0, []int64{3, 2}, []int64{4, 1}, []float32{0, 1, 4, 5, 8, 9}, ""},
		{"transposed", 12, 0, []int64{4, 3}, []int64{1, 4}, []float32{0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11}, ""},
		{"offset", 12, 10, []int64{1, 2}, []int64{99, 1}, []float32{10, 11}, ""},
		{"every second", 12, 1, []int64{6}, []int64{2}, []float32{1, 3, 5, 7, 9, 11}, ""},
		{"expanded", 12, 7, []int64{2, 2}, []int64{0, 0}, []float32{7, 7, 7, 7}, ""},
		{"scalar", 12, 11, nil, nil, []float32{11}, ""},
		{"stride unused", 12, 3, []int64{1}, []int64{huge}, []float32{3}, ""},
		{"three dimensions", 12, 0, []int64{2, 2, 3}, []int64{3, 6, 1}, []float32{0, 1, 2, 6, 7, 8, 3, 4, 5, 9, 10, 11}, ""},
		{"no values", 12, huge, []int64{3, 0}, []int64{huge, huge}, []float32{}, ""},

		{"one too far", 12, 1, []int64{12}, []int64{1}, nil, "beyond its storage"},
		{"strides too far", 12, 0, []int64{2, 2}, []int64{10, 2}, nil, "beyond its storage"},
		{"offset too far", 12, 12, nil, nil, nil, "beyond its storage"},
		{"offset huge", 12, huge, []int64{1}, []int64{1}, nil, "beyond its storage"},
		{"offset negative", 12, -1, []int64{2}, []int64{1}, nil, "in a way that PyTorch does not"},
		{"stride negative", 12, 11, []int64{2}, []int64{-1}, nil, "in a way that PyTorch does not"},
		{"strides that overflow to fit", 12, 0, []int64{3, 3}, []int64{1 << 62, 1 << 62}, nil, "beyond its storage"},
		{"a product that overflows to fit", 12, 0, []int64{1<<29 + 1}, []int64{1 << 35}, nil, "beyond its storage"},
		{"shape negative", 12, 0, []int64{-1}, []int64{1}, nil, "negative length"},
		{"shape overflows", 12, 0, []int64{1 << 32, 1 << 32}, []int64{0, 0}, nil, "4 GiB"},
		{"more shape than strides", 12, 0, []int64{2, 2}, []int64{1}, nil, "in a way that PyTorch does not"},
		{"nine dimensions", 12, 0, []int64{1, 1, 1, 1, 1, 1, 1, 1, 1}, []int64{1, 1, 1, 1, 1, 1, 1, 1, 1}, nil, "in a way that PyTorch does not"},
		{"storage negative", -12, 0, []int64{0}, []int64{1}, nil, "in a way that PyTorch does not"},
		{"storage huge", huge, 0, []int64{12}, []int64{1}, nil, "4 GiB"},
		{"storage larger than its record", 13, 0, []int64{13}, []int64{1}, nil, "48 bytes where 13 values"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := archiveOf(t,
				record{name: "a/data.pkl", contents: stateOf(viewOf("FloatStorage", c.n, c.offset, c.shape, c.strides))},
				record{name: "a/data/0", contents: string(storage)})
			if c.want == nil {
				refuses(t, data, c.refusal)
				return
			}
			f, err := readAll(data)
			if err != nil {
				t.Fatal(err)
			}
			if got := f.Tensors["0"]; !slices.Equal(got.Data, c.want) || !slices.Equal(got.Shape, toInts(c.shape)) {
				t.Errorf("%d %v, want %d %v", got.Shape, got.Data, c.shape, c.want)
			}
		})
	}
}

// TestTiedTensors: tensors in one storage are copies, that one may change.
func TestTiedTensors(t *testing.T) {
	view := viewOf("FloatStorage", 2, 0, []int64{2}, []int64{1})
	f, err := readAll(archiveOf(t, record{name: "a/data.pkl", contents: stateOf(view, view)}, record{name: "a/data/0", contents: "\x00\x00\x80\x3f\x00\x00\x00\x40"}))
	if err != nil {
		t.Fatal(err)
	}
	f.Tensors["0"].Data[0] = 5
	if got, want := f.Tensors["1"].Data, []float32{1, 2}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestPickles refuses whatever is no state dict, without running any of it.
func TestPickles(t *testing.T) {
	view := viewOf("FloatStorage", 1, 0, nil, nil)
	half := viewOf("HalfStorage", 2, 0, []int64{2}, []int64{1})
	for _, c := range []struct{ name, pickle, want string }{
		{"os.system", "\x80\x02cos\nsystem\n" + tuple(text("true")) + "R.", `"os.system", of which nothing is run`},
		{"eval", "\x80\x02c__builtin__\neval\n" + tuple(text("1")) + "R.", `"__builtin__.eval"`},
		{"a class asked for but not called", "\x80\x02csubprocess\nPopen\n0}.", "no tensors"},
		{"a name that looks like a storage's", "\x80\x02" + tuple(text("storage"), "ctorch\nFloatStorage.__init__\n", text("0"), text("cpu"), "K\x01") + "Q.", "in a way that PyTorch does not"},
		{"a storage's name in another module", "\x80\x02" + tuple(text("storage"), "ctorch.x\nFloatStorage\n", text("0"), text("cpu"), "K\x01") + "Q.", "in a way that PyTorch does not"},
		{"a long name", "\x80\x02c" + strings.Repeat("m", 1<<20) + "\nx\n)R.", "mmm.x"},
		{"a name without end", "\x80\x02ctorch", "cut short"},
		{"a storage called", "\x80\x02ctorch\nFloatStorage\n)R.", `"torch.FloatStorage"`},
		{"something called that is no function", "\x80\x02K\x01)R.", "no function"},
		{"arguments that are no tuple", "\x80\x02ccollections\nOrderedDict\n]R.", "no function"},
		{"INST", "\x80\x02(ios\nsystem\n.", `"os.system"`},
		{"OBJ", "\x80\x02(ccollections\nOrderedDict\no.", `"collections.OrderedDict"`},
		{"OBJ of nothing", "\x80\x02(o.", "no function"},
		{"EXT4", "\x80\x02\x84\x01\x00\x00\x00.", "instruction 0x84"},
		{"STACK_GLOBAL of a number", "\x80\x02" + text("os") + "K\x01\x93.", "no text"},
		{"FRAME of 2^63 bytes", "\x80\x02\x95\x00\x00\x00\x00\x00\x00\x00\x80}.", "no tensors"},
		{"BINBYTES8 of 2^63 bytes", "\x80\x02\x8e\x00\x00\x00\x00\x00\x00\x00\x80.", "cut short"},
		{"NEXT_BUFFER", "\x80\x05\x97.", "instruction 0x97"},
		{"0xff", "\x80\x02\xff.", "instruction 0xff"},
		{"protocol 6", "\x80\x06.", "pickle protocol 6"},
		{"a text of 2^32 bytes", "\x80\x02X\xff\xff\xff\xffabc.", "cut short"},
		{"a number of 255 bytes", "\x80\x02\x8a\xff.", "cut short"},
		{"nothing left to stop with", "\x80\x02.", "empty stack"},
		{"no stop", "\x80\x02}", "cut short"},
		{"values taken from below a mark", "\x80\x02}K\x01K\x02(s.", "empty stack"},
		{"no mark", "\x80\x02u.", "a mark that is not there"},
		{"half an item", "\x80\x02}(K\x01u.", "half an item"},
		{"an item set in a list", "\x80\x02]K\x01K\x02s.", "no dict"},
		{"appended to a dict", "\x80\x02}K\x01a.", "no list"},
		{"recalled before noted", "\x80\x02j\x00\x00\x00\x80.", "value 2147483648"},
		{"attributes of a number", "\x80\x02K\x01}b.", "has none"},
		{"a persistent id of text", "\x80\x02" + text("storage") + "Q.", "in a way that PyTorch does not"},
		{"a storage of an allowed function", "\x80\x02" + tuple(text("storage"), "ctorch\nSize\n", text("0"), text("cpu"), "K\x01") + "Q.", "in a way that PyTorch does not"},
		{"a parameter of no tensor", "\x80\x02ctorch._utils\n_rebuild_parameter\n" + tuple("K\x01", "\x89", "N") + "R.", "in a way that PyTorch does not"},
		{"tensors under two names", "\x80\x02}(" + text("a") + "}" + text("weight") + view + "s" + text("b") + "}" + text("weight") + view + "su.", `under "a" and under "b"`},
		{"lists that hold each other", "\x80\x02]q\x00(" + strings.Repeat("h\x00", 1000) + "e.", "no state dict"},
		{"modules that hold themselves", "\x80\x02cm\nM\n)\x81q\x00}(" + text("_modules") + "}(" + text("a") + "h\x00" + text("b") + "h\x00u" + text("_parameters") + "}" + text("w") + view + "sub.", "more than"},
		{"a tensor alone", "\x80\x02" + view + ".", "no state dict"},
		{"a tensor twice", "\x80\x02}(" + text("w") + view + text("w") + view + "u.", `tensor "w" twice`},
		{"a storage of two types", stateOf(view, half), "one storage for different ones"},
		{"a dict that holds itself", "\x80\x02}q\x00" + text("state_dict") + "h\x00s.", "no tensors"},
		{"keys that are dicts, lists and tuples", "\x80\x02}(}N]N))u.", "no tensors"},
		{"endless", "\x80\x02" + strings.Repeat("}", maxInstructions+1), "instructions"},
	} {
		t.Run(c.name, func(t *testing.T) {
			refuses(t, archiveOf(t, record{name: "a/data.pkl", contents: c.pickle}, record{name: "a/data/0", contents: "\x00\x00\x80\x3f"}), c.want)
		})
	}
}

// TestPickleMemory: no instructions, however chosen, take more memory than
// pickleMemory.
func TestPickleMemory(t *testing.T) {
	n := maxInstructions - 4
	var puts strings.Builder
	for i := range n {
		puts.WriteString("r" + string(binary.LittleEndian.AppendUint32(nil, uint32(i))))
	}
	for _, c := range []struct{ name, pickle string }{
		{"dicts", "\x80\x02" + strings.Repeat("}", n) + "."},
		{"tuples in tuples", "\x80\x02)" + strings.Repeat("\x85", n) + "."},
		{"triples", "\x80\x02)))" + strings.Repeat("))\x87", n/3-1) + "."},
		{"ordered dicts", "\x80\x02ccollections\nOrderedDict\nq\x00" + strings.Repeat("h\x00)R", n/3-2) + "."},
		{"numbers", "\x80\x02" + strings.Repeat("M\xff\xff", n) + "."},
		{"marks", "\x80\x02" + strings.Repeat("(", n) + "N."},
		{"a list", "\x80\x02]" + strings.Repeat("Na", n/2) + "."},
		{"notes", "\x80\x02}" + puts.String() + "."},
		{"texts", "\x80\x02" + strings.Repeat(text("abc"), n) + "."},
		{"objects", "\x80\x02cm\nC\nq\x00" + strings.Repeat("h\x00)\x81", n/3-2) + "."},
		{"objects of old", "\x80\x02" + strings.Repeat("(i\n\n", n/2) + "."},
		{"names out of long texts", "\x80\x02" + text(strings.Repeat("m", 1<<20)) + "q\x00" + strings.Repeat("h\x00h\x00\x93)R", n/5) + "."},
	} {
		t.Run(c.name, func(t *testing.T) {
			if len(c.pickle) > maxDescription {
				c.pickle = c.pickle[:maxDescription-1] + "."
			}
			if n := allocated(func() { _, _, _ = unpickle([]byte(c.pickle)) }); n > pickleMemory {
				t.Errorf("takes %d bytes of memory, more than %d", n, pickleMemory)
			}
		})
	}
}

// pickleMemory is the most that a pickle of maxInstructions takes, freed
// memory included: some 200 bytes an instruction, for a value, its place on a
// stack that grew by doubling, and a note of it.
const pickleMemory = 200 * maxInstructions

// FuzzPyTorch: neither an archive's bytes nor a pickle in a sound archive (a
// change to one breaks the archive's checksum) panic or take more memory than
// stated, and what is read is consistent.
func FuzzPyTorch(f *testing.F) {
	for _, golden := range []string{"plain", "half", "channels_last", "shared", "checkpoint", "parameter", "whole_module", "attack", "protocol4", "protocol5", "namespace", "ema", "nested", "pairs", "float8", "whole_model", "legacy", "namespace_legacy", "whole_model_legacy"} {
		data := readGolden(f, golden+".pth")
		pickle := []byte("\x80\x02}.")
		if !strings.Contains(golden, "legacy") {
			pickle = []byte(goldenRecords(f, golden+".pth")[0].contents)
		}
		f.Add(data, pickle)
	}
	f.Add(readGolden(f, "program.pt2"), []byte("\x80\x02}."))
	f.Add(archiveOf(f, record{"a/data.pkl", stateOf(viewOf("FloatStorage", 1, 0, nil, nil)), zip.Deflate}, record{"a/data/0", "\x00\x00\x80\x3f", zip.Deflate}),
		[]byte(stateOf(viewOf("HalfStorage", 48, 1, []int64{2, 3}, []int64{1, 7}))))
	f.Fuzz(func(t *testing.T, archive, pickle []byte) {
		sound := archiveOf(t,
			record{name: "a/data.pkl", contents: string(pickle)},
			record{name: "a/data/0", contents: strings.Repeat("\x00\x3c", 48)},
			record{name: "a/data/1", contents: strings.Repeat("\x80\x3f", 4)},
			record{name: "a/data/2", contents: strings.Repeat("\x00", 8)})
		for _, data := range [][]byte{archive, sound} {
			size := int64(len(data))
			var file *File
			var err error
			// Sixteen-fold and 1 MiB for the tensors, pickleMemory at most for
			// the pickle, and the zip directory and the buffers of inflating.
			if n := allocated(func() { file, err = ReadFrom(bytes.NewReader(data), size) }); n > uint64(4<<20+pickleMemory+64*size) {
				t.Errorf("%d bytes take %d bytes of memory", size, n)
			}
			if err == nil {
				isConsistent(t, file, 16*size+1<<20)
			}
		}
	})
}

// FuzzProgram: whatever the list of a program's weights says, in a sound archive,
// nothing panics or takes more memory than the file's size allows.
func FuzzProgram(f *testing.F) {
	records := goldenRecords(f, "program.pt2")
	which := slices.IndexFunc(records, func(r record) bool { return strings.HasSuffix(r.name, pt2Weights) })
	f.Add(records[which].contents)
	f.Add(`{"config":{"fc.weight":{"path_name":"weight_0","use_pickle":false,"tensor_meta":{"dtype":7,"sizes":[{"as_int":1},{"as_int":-1}],"strides":[{"as_int":0},{"as_int":1}],"storage_offset":{"as_int":9223372036854775807}}}}}`)
	f.Fuzz(func(t *testing.T, list string) {
		changed := slices.Clone(records)
		changed[which].contents = list
		data := archiveOf(t, changed...)
		size := int64(len(data))
		var file *File
		var err error
		if n := allocated(func() { file, err = ReadFrom(bytes.NewReader(data), size) }); n > uint64(4<<20+64*size) {
			t.Errorf("%d bytes take %d bytes of memory", size, n)
		}
		if err == nil {
			isConsistent(t, file, 16*size+1<<20)
		}
	})
}

// TestUnknownKey: a network under a key that nobody knows, beside another tensor.
func TestUnknownKey(t *testing.T) {
	view := viewOf("FloatStorage", 1, 0, nil, nil)
	pickle := "\x80\x02}(" + text("rng") + view + text("student") + "}" + text("fc.weight") + view + "su."
	f, err := readAll(archiveOf(t, record{name: "a/data.pkl", contents: pickle}, record{name: "a/data/0", contents: "\x00\x00\x80\x3f"}))
	if err != nil || f.Taken != "student" || f.Tensors["fc.weight"] == nil || len(f.Tensors) != 1 {
		t.Errorf("%+v, %v", f, err)
	}
}
