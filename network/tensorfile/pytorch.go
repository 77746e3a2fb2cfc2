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

// legacyMagic begins files that torch.save wrote before PyTorch 1.6: the pickle
// of the number 0x1950a86a20f9469cfc6c.
const legacyMagic = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."

// A torchStorage is a run of values of one type that tensors are views of.
type torchStorage struct {
	dtype    string // one of dtypes
	record   string // its name below data/ in the archive
	elements int64  // at most maxElements
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

// torchStorages are the classes that a data.pkl names for a storage's type.
var torchStorages = map[pickleGlobal]string{
	"torch.DoubleStorage": "F64", "torch.FloatStorage": "F32", "torch.HalfStorage": "F16", "torch.BFloat16Storage": "BF16",
	"torch.BoolStorage": "BOOL", "torch.ByteStorage": "U8", "torch.CharStorage": "I8",
	"torch.ShortStorage": "I16", "torch.IntStorage": "I32", "torch.LongStorage": "I64",
}

// torchGlobals are the callables that a data.pkl may name; callTorch stands in
// for each.
var torchGlobals = map[pickleGlobal]bool{
	"collections.OrderedDict":         true,
	"torch.Size":                      true,
	"torch._utils._rebuild_tensor_v2": true,
	"torch._utils._rebuild_parameter": true,
}

var errDamagedTensor = errors.New("it describes a tensor in a way that PyTorch does not; the file is damaged")

// callTorch does what a call of one of torchGlobals does.
func callTorch(function pickleGlobal, args pickleTuple) (any, error) {
	switch {
	case function == "collections.OrderedDict" && len(args) == 0:
		return &pickleDict{ordered: true}, nil
	case function == "torch.Size" && len(args) == 1:
		return args[0], nil
	case function == "torch._utils._rebuild_tensor_v2" && len(args) >= 6:
		return newView(args[0], args[1], args[2], args[3])
	case function == "torch._utils._rebuild_parameter" && len(args) == 3:
		if view, ok := args[0].(*torchView); ok {
			return view, nil
		}
	}
	return nil, errDamagedTensor
}

// loadStorage gives the storage that a persistent id stands for:
// ("storage", its class, its record, the device it was on, its elements).
func loadStorage(id any) (*torchStorage, error) {
	fields, _ := id.(pickleTuple)
	if len(fields) != 5 || fields[0] != any("storage") {
		return nil, errDamagedTensor
	}
	class, _ := fields[1].(pickleGlobal)
	record, _ := fields[2].(string)
	n, ok := fields[4].(int64)
	dtype := torchStorages[class]
	if !ok || dtype == "" || n < 0 {
		return nil, errDamagedTensor
	}
	if n > maxElements {
		return nil, fault.Errorf("it has a storage of %d values, more than the %d that fit in 4 GiB", n, maxElements)
	}
	return &torchStorage{dtype, record, n}, nil
}

func newView(storage, offset, shape, strides any) (*torchView, error) {
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

// A torchArchive is the zip file that torch.save writes. In a folder of any
// name lie data.pkl, the pickle that names the tensors, and data/0, data/1, …,
// the storages that they are views of.
type torchArchive struct {
	root    string // with its slash
	records map[string]*zip.File
	budget  int64 // bytes that storages and tensors may still take together
}

func readPyTorch(r io.ReaderAt, size int64) (*File, error) {
	archive, views, err := openPyTorch(r, size)
	if err != nil {
		return nil, err
	}
	return archive.load(views)
}

// describePyTorch is readPyTorch without values.
func describePyTorch(r io.ReaderAt, size int64) (*File, error) {
	_, views, err := openPyTorch(r, size)
	if err != nil {
		return nil, err
	}
	file := &File{Format: "PyTorch", Metadata: map[string]string{}, Tensors: make(map[string]*Tensor, len(views))}
	for name, view := range views {
		file.Tensors[name] = newTensor(name, view.storage.dtype, view.shape)
	}
	return file, nil
}

func openPyTorch(r io.ReaderAt, size int64) (*torchArchive, map[string]*torchView, error) {
	archive, err := openTorchArchive(r, size)
	if err != nil {
		return nil, nil, err
	}
	described, err := archive.unpickle()
	if err != nil {
		return nil, nil, fault.Errorf("in its %s, %w", quote(archive.root+"data.pkl"), err)
	}
	views, err := stateDict(described)
	return archive, views, err
}

func openTorchArchive(r io.ReaderAt, size int64) (*torchArchive, error) {
	zr, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fault.Errorf("it begins as a zip file, as PyTorch writes, but cannot be read (%w); copy or download it again", err)
	}
	a := &torchArchive{
		records: make(map[string]*zip.File, len(zr.File)),
		// A zip file can claim, and even expand to, a thousand times its size,
		// and views can share one storage many times over. Sixteen-fold is
		// beyond what half precision (2), tied weights (2) and a repacked,
		// compressed archive of weights (1.1, or 2 with many zeros) need.
		budget: min(maxFileBytes, 16*size+1<<20),
	}
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
	switch {
	case described != 1:
		return nil, fault.Errorf("it is a zip file with %d data.pkl where torch.save writes one; give a .safetensors or .pth file", described)
	case a.records[a.root+"constants.pkl"] != nil:
		return nil, errors.New("this is a TorchScript program; load it with torch.jit.load and save its state_dict() with torch.save, or as safetensors")
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
	return unpickle(pickle)
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

// stateDict gives the tensors of what data.pkl describes, by name. A training
// checkpoint holds them one level down; averaged weights are preferred there,
// as timm does (timm/models/_helpers.py, load_state_dict). Entries that are no
// tensors are left out.
func stateDict(described any) (map[string]*torchView, error) {
	dict, ok := described.(*pickleDict)
	if !ok {
		return nil, errors.New("the file holds no state dict but something else; save model.state_dict()")
	}
	for _, wrapper := range []string{"state_dict_ema", "model_ema", "state_dict", "model"} {
		if inner, ok := dict.get(wrapper).(*pickleDict); ok {
			dict = inner
			break
		}
	}
	const parallel = "module." // put before every name by DataParallel
	views := make(map[string]*torchView)
	prefixed := true
	for _, item := range dict.items {
		name, isName := item.key.(string)
		view, isView := item.value.(*torchView)
		if !isName || !isView {
			continue
		}
		if views[name] != nil {
			return nil, fault.Errorf("the file holds tensor %s twice; save model.state_dict() again", quote(name))
		}
		views[name] = view
		prefixed = prefixed && strings.HasPrefix(name, parallel)
	}
	if !prefixed {
		return views, nil
	}
	bare := make(map[string]*torchView, len(views))
	for name, view := range views {
		bare[strings.TrimPrefix(name, parallel)] = view
	}
	return bare, nil
}

func (d *pickleDict) get(key string) any {
	for _, item := range d.items {
		if item.key == any(key) {
			return item.value
		}
	}
	return nil
}

// load reads the tensors' values, one storage after the other, so that no
// more than one is held beside the tensors.
func (a *torchArchive) load(views map[string]*torchView) (*File, error) {
	file := &File{Format: "PyTorch", Metadata: map[string]string{}, Tensors: make(map[string]*Tensor, len(views))}
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
		values, err := a.loadStorage(storage, buf)
		if err != nil {
			return nil, fault.Errorf("cannot read tensor %s: %w", quote(queue[0].name), err)
		}
		for _, view := range queue[:sharing] {
			if *view.storage != *storage {
				return nil, fault.Errorf("tensors %s and %s take one storage for different ones; the file is damaged", quote(queue[0].name), quote(view.name))
			}
			tensor := &Tensor{Name: view.name, DType: storage.dtype, Shape: toInts(view.shape)}
			switch {
			case values == nil: // integers
			case sharing == 1 && view.isWhole():
				tensor.Data = values
			default:
				if a.budget -= 4 * view.elements; a.budget < 0 {
					return nil, fault.Errorf("tensor %s brings the tensors to more than sixteen times the file's size; save model.state_dict() with each tensor's clone()", quote(view.name))
				}
				tensor.Data = view.gather(values)
			}
			file.Tensors[view.name] = tensor
		}
		queue = queue[sharing:]
	}
	return file, nil
}

// loadStorage reads a storage's values, or nil where they are integers.
func (a *torchArchive) loadStorage(s *torchStorage, buf []byte) ([]float32, error) {
	record := a.root + "data/" + s.record
	f := a.records[record]
	t := dtypes[s.dtype]
	switch {
	case f == nil:
		return nil, fault.Errorf("the record %s is missing; copy or download the file again", quote(record))
	case f.UncompressedSize64 != uint64(s.elements*t.size):
		return nil, fault.Errorf("the record %s has %d bytes where %d values of type %s take %d; the file is damaged", quote(record), f.UncompressedSize64, s.elements, s.dtype, s.elements*t.size)
	case t.decode == nil:
		return nil, nil
	}
	if a.budget -= 4 * s.elements; a.budget < 0 {
		return nil, fault.Errorf("the record %s brings the tensors to more than sixteen times the file's size; save it again with torch.save, uncompressed", quote(record))
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	values := make([]float32, s.elements)
	if err := decodeAll(values, r, t, buf); err != nil {
		return nil, err
	}
	// The checksum is compared on the read that finds the end.
	if _, err := r.Read(buf[:1]); err != io.EOF {
		return nil, cmp.Or(err, errors.New("its record is longer than stated"))
	}
	return values, nil
}
