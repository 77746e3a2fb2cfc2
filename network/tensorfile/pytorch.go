package tensorfile

import (
	"archive/zip"
	"cmp"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"scalecam/fault"
)

// A torchStorage is a run of values of one type that tensors are views of.
type torchStorage struct {
	dtype    string // one of dtypes
	record   string // its name: below data/ in an archive
	elements int64  // at most maxElements
	// of and from: it is itself a part of another storage, from one of its
	// elements on. torch.save has not written such since PyTorch 0.4.
	of   *torchStorage
	from int64
}

// A torchView is a tensor: the value at indices i, j, … is the storage's at
// offset + i·strides[0] + j·strides[1] + …, which lies within it.
type torchView struct {
	storage  *torchStorage
	offset   int64
	shape    []int64
	strides  []int64
	elements int64
}

// torchStorages are the classes, in the module torch, that a pickle names for a
// storage's type. An untyped one holds bytes, and its tensors say their type.
var torchStorages = map[string]string{
	"DoubleStorage": "F64", "FloatStorage": "F32", "HalfStorage": "F16", "BFloat16Storage": "BF16",
	"BoolStorage": "BOOL", "ByteStorage": "U8", "CharStorage": "I8",
	"ShortStorage": "I16", "IntStorage": "I32", "LongStorage": "I64",
	"ComplexFloatStorage": "C64", "ComplexDoubleStorage": "C128", "QInt8Storage": "QI8", "QUInt8Storage": "QU8", "QInt32Storage": "QI32",
	"UntypedStorage": "U8",
}

// torchTypes are the types that tensors of untyped storages say, by their names in
// the module torch: those without a storage class of their own.
var torchTypes = map[string]string{
	"float8_e4m3fn": "F8_E4M3", "float8_e5m2": "F8_E5M2", "float8_e4m3fnuz": "F8_E4M3FNUZ", "float8_e5m2fnuz": "F8_E5M2FNUZ", "float8_e8m0fnu": "F8_E8M0",
	"uint16": "U16", "uint32": "U32", "uint64": "U64",
	"float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "bool": "BOOL", "uint8": "U8", "int8": "I8", "int16": "I16", "int32": "I32", "int64": "I64",
}

// torchName finds what a name in the module torch stands for, "" where it stands
// for nothing. A name is as long as the file likes.
func torchName(value any, names map[string]string) string {
	const longest = 32
	if g, ok := value.(pickleGlobal); ok && (g.module == "torch" || g.module == "torch.storage") && len(g.name) <= longest {
		return names[g.name]
	}
	return ""
}

var errDamagedTensor = errors.New("it describes a tensor in a way that PyTorch does not; the file is damaged")

// callTorch does what a call of one of the few functions does that a state dict
// is made by; known is false of any other.
func callTorch(function pickleGlobal, args pickleTuple) (result any, known bool, err error) {
	switch function {
	case pickleGlobal{"collections", "OrderedDict"}, pickleGlobal{"collections", "defaultdict"}:
		dict := &pickleDict{}
		if len(args) == 1 { // Python 2 wrote the items so
			pairs, _ := args[0].(*pickleList)
			if pairs == nil {
				return dict, true, nil
			}
			for _, item := range pairs.items {
				if pair := pairOf(item); pair != nil {
					dict.items = append(dict.items, pickleItem{pair[0], pair[1]})
				}
			}
		}
		return dict, true, nil
	case pickleGlobal{"torch", "Size"}:
		if len(args) == 1 {
			return args[0], true, nil
		}
	case pickleGlobal{"torch._utils", "_rebuild_tensor"}, pickleGlobal{"torch._utils", "_rebuild_tensor_v2"}:
		if len(args) >= 4 {
			view, err := newView(args[0], args[1], args[2], args[3], "")
			return view, true, err
		}
	case pickleGlobal{"torch._utils", "_rebuild_tensor_v3"}:
		if len(args) >= 7 {
			dtype := torchName(args[6], torchTypes)
			if dtype == "" {
				return nil, true, errDamagedTensor
			}
			view, err := newView(args[0], args[1], args[2], args[3], dtype)
			return view, true, err
		}
	case pickleGlobal{"torch._utils", "_rebuild_parameter"}, pickleGlobal{"torch._utils", "_rebuild_parameter_with_state"}:
		if len(args) >= 3 {
			if view, ok := args[0].(*torchView); ok {
				return view, true, nil
			}
		}
	case pickleGlobal{"torch._tensor", "_rebuild_from_type_v2"}: // a function, the tensor's class, the function's arguments, attributes
		if len(args) >= 3 {
			inner, _ := args[0].(pickleGlobal)
			values, ok := args[2].(pickleTuple)
			if ok && inner != function {
				return callTorch(inner, values)
			}
		}
	default:
		return nil, false, nil
	}
	return nil, true, errDamagedTensor
}

// pairOf is a tuple or a list of two; nil of anything else.
func pairOf(value any) []any {
	var pair []any
	switch value := value.(type) {
	case pickleTuple:
		pair = value
	case *pickleList:
		pair = value.items
	}
	if len(pair) != 2 {
		return nil
	}
	return pair
}

// loadStorage gives what a persistent id stands for. Of a storage that is
// ("storage", its class, its record, the device it was on, its elements), in the
// format before PyTorch 1.6 with a sixth: None, or (a record, offset, elements) of
// a part of it. Whole models of that format have ("module", the class, its source…).
func loadStorage(id any) (any, error) {
	fields, _ := id.(pickleTuple)
	if len(fields) >= 2 && fields[0] == any("module") {
		return fields[1], nil
	}
	if len(fields) < 5 || len(fields) > 6 || fields[0] != any("storage") {
		return nil, errDamagedTensor
	}
	record, isText := fields[2].(string)
	n, ok := fields[4].(int64)
	dtype := torchName(fields[1], torchStorages)
	if !ok || !isText || dtype == "" || n < 0 {
		return nil, errDamagedTensor
	}
	if n > maxElements {
		return nil, fault.Errorf("it has a storage of %d values, more than the %d that fit in 4 GiB", n, maxElements)
	}
	whole := &torchStorage{dtype: dtype, record: record, elements: n}
	if len(fields) == 5 || fields[5] == nil {
		return whole, nil
	}
	part, _ := fields[5].(pickleTuple)
	if len(part) != 3 {
		return nil, errDamagedTensor
	}
	from, ok1 := part[1].(int64)
	size, ok2 := part[2].(int64)
	if !ok1 || !ok2 || from < 0 || size < 0 || size > n || from > n-size {
		return nil, errDamagedTensor
	}
	return &torchStorage{dtype: dtype, record: record, elements: size, of: whole, from: from}, nil
}

// newView is a tensor of a storage, of another type than that has where one is
// given.
func newView(storage, offset, shape, strides any, dtype string) (*torchView, error) {
	v := &torchView{}
	var ok [4]bool
	v.storage, ok[0] = storage.(*torchStorage)
	v.offset, ok[1] = offset.(int64)
	v.shape, ok[2] = wholeNumbers(shape)
	v.strides, ok[3] = wholeNumbers(strides)
	negative := func(n int64) bool { return n < 0 }
	if ok != [4]bool{true, true, true, true} || len(v.strides) != len(v.shape) || v.offset < 0 || slices.ContainsFunc(v.strides, negative) {
		return nil, errDamagedTensor
	}
	if dtype != "" {
		size := dtypes[dtype].size
		if v.storage.dtype != "U8" || v.storage.of != nil || v.storage.elements%size != 0 {
			return nil, errDamagedTensor
		}
		v.storage = &torchStorage{dtype: dtype, record: v.storage.record, elements: v.storage.elements / size}
	}
	var err error
	if v.elements, err = elements(v.shape); err != nil {
		return nil, fault.Errorf("a tensor %w", err)
	}
	if v.elements == 0 {
		return v, nil
	}
	// The last value's place is bounded by maxElements at each step, so that
	// none of this overflows.
	last := min(v.offset, maxElements)
	for i, stride := range v.strides {
		last = min(last+(v.shape[i]-1)*min(stride, maxElements), maxElements)
	}
	if last >= v.storage.elements {
		return nil, fault.Errorf("a tensor of shape %d, strides %d and offset %d reaches beyond its storage of %d values; the file is damaged", v.shape, v.strides, v.offset, v.storage.elements)
	}
	if v.storage.of != nil {
		v.offset += v.storage.from
		v.storage = v.storage.of
	}
	return v, nil
}

func wholeNumbers(tuple any) ([]int64, bool) {
	values, ok := tuple.(pickleTuple)
	if !ok || len(values) > maxRank {
		return nil, false
	}
	numbers := make([]int64, len(values))
	for i, v := range values {
		if numbers[i], ok = v.(int64); !ok {
			return nil, false
		}
	}
	return numbers, true
}

// gather copies a view's values out of its storage's, in row-major order.
func (v *torchView) gather(storage []float32) []float32 {
	data := make([]float32, v.elements)
	if len(data) == 0 {
		return data
	}
	// index counts through the dimensions like an odometer, and from is the
	// place in the storage of the value that it stands at.
	index := make([]int64, len(v.shape))
	from := v.offset
	for i := range data {
		data[i] = storage[from]
		for d := len(index) - 1; d >= 0; d-- {
			from += v.strides[d]
			if index[d]++; index[d] < v.shape[d] {
				break
			}
			from -= v.shape[d] * v.strides[d]
			index[d] = 0
		}
	}
	return data
}

// isWhole says whether a view is its storage, value for value.
func (v *torchView) isWhole() bool {
	stride := int64(1)
	for d := len(v.shape) - 1; d >= 0; d-- {
		if v.shape[d] != 1 && v.strides[d] != stride {
			return false
		}
		stride *= v.shape[d]
	}
	return v.elements == v.storage.elements
}

// A torchFile is what torch.save wrote.
type torchFile struct {
	described any // what its pickle builds
	// open gives a storage's values, as many bytes as it has, and what is wrong
	// with them at their end.
	open   func(s *torchStorage) (io.ReadCloser, error)
	budget int64 // bytes that storages and tensors may still take together
}

// A torchOpener opens one of torch.save's two formats.
type torchOpener func(r io.ReaderAt, size int64) (*torchFile, error)

// newTorchFile is a file of size bytes. A zip file can claim, and even expand to, a
// thousand times its size, and views can share one storage many times over.
// Sixteen-fold is beyond what half precision (2), tied weights (2) and a repacked,
// compressed archive of weights (1.1, or 2 with many zeros) need.
func newTorchFile(size int64) *torchFile {
	return &torchFile{budget: min(maxFileBytes, 16*size+1<<20)}
}

// readPyTorch reads the tensors of a file that open opens, with their values.
func readPyTorch(r io.ReaderAt, size int64, open torchOpener) (*File, error) {
	file, part, t, err := describePyTorch(r, size, open)
	if err != nil {
		return nil, err
	}
	return file, t.load(file, part.views)
}

// describePyTorch is readPyTorch without values.
func describePyTorch(r io.ReaderAt, size int64, open torchOpener) (*File, *part, *torchFile, error) {
	t, err := open(r, size)
	if err != nil {
		return nil, nil, nil, err
	}
	p, err := stateDict(t.described)
	if err != nil {
		return nil, nil, nil, err
	}
	file := &File{Format: "PyTorch", Metadata: p.metadata, Taken: p.taken(), Beside: p.beside, Tensors: make(map[string]*Tensor, len(p.views))}
	for name, view := range p.views {
		file.Tensors[name] = newTensor(name, view.storage.dtype, view.shape)
	}
	return file, p, t, nil
}

// A torchArchive is the zip file that torch.save writes. In a folder of any
// name lie data.pkl, the pickle that names the tensors, and data/0, data/1, …,
// the storages that they are views of.
type torchArchive struct {
	root    string // with its slash
	records map[string]*zip.File
}

// openArchive opens the format of PyTorch 1.6 and later.
func openArchive(r io.ReaderAt, size int64) (*torchFile, error) {
	a, err := openTorchArchive(r, size)
	if err != nil {
		return nil, err
	}
	t := newTorchFile(size)
	t.open = a.storage
	if config := a.pt2Config(); config != "" {
		if t.described, err = a.pt2(config); err != nil {
			return nil, fault.Errorf("in its %s, %w", quote(config), err)
		}
		return t, nil
	}
	if t.described, err = a.unpickle(); err != nil {
		return nil, fault.Errorf("in its %s, %w", quote(a.root+"data.pkl"), err)
	}
	return t, nil
}

// storage opens a storage's record.
func (a *torchArchive) storage(s *torchStorage) (io.ReadCloser, error) {
	record, size := a.root+"data/"+s.record, s.elements*dtypes[s.dtype].size
	f := a.records[record]
	switch {
	case f == nil:
		return nil, fault.Errorf("the record %s is missing; copy or download the file again", quote(record))
	case f.UncompressedSize64 != uint64(size):
		return nil, fault.Errorf("the record %s has %d bytes where %d values of type %s take %d; the file is damaged", quote(record), f.UncompressedSize64, s.elements, s.dtype, size)
	}
	return f.Open()
}

func openTorchArchive(r io.ReaderAt, size int64) (*torchArchive, error) {
	zr, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fault.Errorf("it begins as a zip file, as PyTorch writes, but cannot be read (%w); copy or download it again", err)
	}
	a := &torchArchive{records: make(map[string]*zip.File, len(zr.File))}
	described := 0
	for _, f := range zr.File {
		if a.records[f.Name] != nil {
			return nil, fault.Errorf("its zip file holds %s twice; save it again with torch.save", quote(f.Name))
		}
		a.records[f.Name] = f
		if folder, name := path.Split(f.Name); name == "data.pkl" && strings.Count(folder, "/") <= 1 {
			a.root = folder
			described++
		}
	}
	if a.pt2Config() != "" {
		return a, nil
	}
	if kind := archiveKind(a.records, a.root); kind != nil {
		return nil, kind.refusal()
	}
	if described != 1 {
		return nil, fault.Errorf("it is a zip file with %d data.pkl where torch.save writes one; give a .safetensors or .pth file", described)
	}
	return a, nil
}

// unpickle reads data.pkl.
func (a *torchArchive) unpickle() (any, error) {
	const most = 16 // "little" or "big"
	if f := a.records[a.root+"byteorder"]; f != nil {
		if order, err := readRecord(f, most); err != nil {
			return nil, fault.Errorf("cannot read the record of the byte order: %w", err)
		} else if string(order) != "little" {
			return nil, fault.Errorf("the byte order is %s, not little-endian; save it again on an ordinary machine, or as safetensors", quote(string(order)))
		}
	}
	pickle, err := readRecord(a.records[a.root+"data.pkl"], maxDescription)
	if err != nil {
		return nil, err
	}
	described, _, err := unpickle(pickle)
	return described, err
}

// readRecord reads a record of at most the given bytes.
func readRecord(f *zip.File, most uint64) ([]byte, error) {
	if f.UncompressedSize64 > most {
		return nil, fault.Errorf("there are %d bytes, more than the %d of a state dict; save only model.state_dict()", f.UncompressedSize64, most)
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r) // archive/zip stops at the record's stated size
}

// load reads the tensors' values into file, one storage after the other, so that
// no more than one is held beside the tensors.
func (t *torchFile) load(file *File, views map[string]*torchView) error {
	// Tensors that share a storage come to lie side by side.
	type named struct {
		name string
		*torchView
	}
	var queue []named
	for name, view := range views {
		queue = append(queue, named{name, view})
	}
	slices.SortFunc(queue, func(a, b named) int {
		return cmp.Or(strings.Compare(a.storage.record, b.storage.record), strings.Compare(a.name, b.name))
	})
	buf := make([]byte, chunkBytes)
	for len(queue) > 0 {
		storage := queue[0].storage
		sharing := 1
		for sharing < len(queue) && queue[sharing].storage.record == storage.record {
			sharing++
		}
		values, err := t.values(storage, buf)
		if err != nil {
			return fault.Errorf("cannot read tensor %s: %w", quote(queue[0].name), err)
		}
		for _, view := range queue[:sharing] {
			if *view.storage != *storage {
				return fault.Errorf("tensors %s and %s take one storage for different ones; the file is damaged", quote(queue[0].name), quote(view.name))
			}
			tensor := file.Tensors[view.name]
			switch {
			case values == nil: // integers
			case sharing == 1 && view.isWhole():
				tensor.Data = values
			default:
				if t.budget -= 4 * view.elements; t.budget < 0 {
					return fault.Errorf("tensor %s brings the tensors to more than sixteen times the file's size; save model.state_dict() with each tensor's clone()", quote(view.name))
				}
				tensor.Data = view.gather(values)
			}
		}
		queue = queue[sharing:]
	}
	return nil
}

// values reads a storage's values, or nil where they are integers.
func (t *torchFile) values(s *torchStorage, buf []byte) ([]float32, error) {
	r, err := t.open(s)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	kind := dtypes[s.dtype]
	if kind.decode == nil {
		return nil, nil
	}
	if t.budget -= 4 * s.elements; t.budget < 0 {
		return nil, fault.Errorf("the record %s brings the tensors to more than sixteen times the file's size; save it again with torch.save, uncompressed", quote(s.record))
	}
	values := make([]float32, s.elements)
	if err := decodeAll(values, r, kind, buf); err != nil {
		return nil, err
	}
	// The checksum is compared on the read that finds the end.
	if _, err := r.Read(buf[:1]); err != io.EOF {
		return nil, cmp.Or(err, errors.New("its record is longer than stated"))
	}
	return values, nil
}
