// Package tensorfile reads and writes the files that networks' trained weights come in.
//
// [Read] takes a safetensors file or a PyTorch checkpoint and gives its named
// tensors as float32, whichever of the two the file is. A weights file is
// usually downloaded, so it is taken as hostile: nothing in it is executed,
// sizes are bounded before anything is allocated, and whatever does not add
// up is an error that says what is wrong.
package tensorfile

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"unsafe"

	"scalecam/fault"
	"scalecam/file"
)

// A Tensor is one named array of a weights file.
type Tensor struct {
	// Name as the file gives it, such as "features.0.0.weight".
	Name string
	// DType is the type that the file stores, in safetensors' words: F64, F32,
	// F16 or BF16, or one of the types without values here, such as I64 or F8_E4M3.
	DType string
	// Shape has at most eight lengths, outermost first; none for a scalar.
	Shape []int
	// Data holds the values in row-major order, as many as the product of
	// Shape, all of them finite. F64, F16 and BF16 are converted. It is nil for
	// integers and booleans (a batch norm's num_batches_tracked), whose values
	// no network needs, and for floats of eight bits and complex numbers, which
	// no network here comes in.
	Data []float32
}

// A File is the contents of one weights file.
type File struct {
	Path   string
	Format string // "safetensors", "PyTorch" or "ONNX"
	SHA256 string // of the file, hexadecimal; "" where its values were not read
	// Metadata is what the file says about itself: safetensors' __metadata__; of a
	// whole model from PyTorch what its modules say of eps and padding; else empty.
	Metadata map[string]string
	// Taken says where in a PyTorch checkpoint the tensors lie, as in "state_dict",
	// or "" where they are the whole; Beside are the keys of other networks there,
	// which are not read.
	Taken   string
	Beside  []string
	Tensors map[string]*Tensor // by name; at least one
	// Values is the name of a file beside an ONNX graph that holds its tensors' values,
	// of several the last; "" where they are in the file itself.
	Values string
	// Operations are an ONNX graph's; nil for other files, which say none.
	Operations *Operations
}

const (
	// maxFileBytes is ten times the largest network that Scalecam has a use
	// for: EfficientNet-L2's 480 million weights take 1.9 GB, and twice that in
	// double precision.
	maxFileBytes = 4 << 30
	// maxElements bounds one tensor, as float32, to the same 4 GiB. Lengths
	// bounded by it cannot overflow an int64 when two are multiplied.
	maxElements = maxFileBytes / 4
	// maxDescription bounds the part of a file that lists its tensors: a
	// safetensors header or a PyTorch data.pkl. Each takes about 140 bytes a
	// tensor, so that 4 MiB is thirty thousand of them.
	maxDescription = 4 << 20
	// maxRank is well above the four lengths of a convolution's weights.
	maxRank = 8
	// chunkBytes is how much of a tensor is read at a time for conversion:
	// large enough that calls cost nothing, small enough for the cache.
	chunkBytes = 64 << 10
)

// Read reads the weights file at path. It decides by the contents, not the
// name, whether that is safetensors (https://github.com/huggingface/safetensors#format)
// or what PyTorch's torch.save wrote, in today's format or that before 1.6: a
// state dict, alone or in a checkpoint (see stateDict), or a whole model; or an ONNX
// graph that PyTorch exported, whose data may lie beside it.
//
// The error is one line with the path in it: for a file that is missing, empty,
// a directory, larger than 4 GiB, cut short, inconsistent, of another kind, which
// it names where it knows it (see kinds), or that holds no tensor, or a NaN or
// infinite weight. Of the Python objects that a PyTorch file asks for none is
// made or run.
func Read(path string) (*File, error) {
	return open(path, func(r io.ReaderAt, size int64) (*File, error) {
		// The file's sum takes as long as its values: another core makes it meanwhile.
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		var sum string
		var failed error
		summed := make(chan struct{})
		go func() {
			defer close(summed)
			sum, failed = file.SHA256(ctx, io.NewSectionReader(r, 0, size))
		}()
		f, err := readFrom(r, size, filepath.Dir(path))
		if err != nil {
			cancel()
		}
		<-summed // it reads the file, which is closed after this
		if err != nil {
			return nil, err
		}
		f.SHA256 = sum
		return f, failed
	})
}

// Describe is Read without values: every tensor of numbers has none of them.
func Describe(path string) (*File, error) {
	return open(path, func(r io.ReaderAt, size int64) (*File, error) { return describeFrom(r, size, filepath.Dir(path)) })
}

// open opens the weights file at path and has it read.
func open(path string, read func(r io.ReaderAt, size int64) (*File, error)) (*File, error) {
	f, info, err := file.Open(path, "a .safetensors or .pth file")
	if err != nil {
		return nil, fault.Errorf("tensorfile: %w", err)
	}
	defer f.Close() // opened for reading only, nothing to lose
	var contents *File
	switch size := info.Size(); {
	case size == 0:
		err = errors.New("the file is empty; give a .safetensors or .pth file")
	case size > maxFileBytes:
		err = fault.Errorf("the file has %d bytes, more than the 4 GiB that a weights file may have; give the weights alone, without the optimiser's state", size)
	default:
		contents, err = read(f, size)
	}
	if err != nil {
		return nil, fault.Errorf("tensorfile: %s: %w", path, err)
	}
	contents.Path = path
	return contents, nil
}

// ReadFrom reads a weights file of size bytes, 1 to 4 GiB. Path and SHA256 stay
// empty.
func ReadFrom(r io.ReaderAt, size int64) (*File, error) { return readFrom(r, size, "") }

// readFrom is ReadFrom of a file that lies in a folder, "" where that is not known.
func readFrom(r io.ReaderAt, size int64, folder string) (*File, error) {
	f, err := readAs(r, size, readPyTorch, readSafetensors, func(r io.ReaderAt, size int64) (*File, error) { return readONNX(r, size, folder, true) })
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(f.Tensors)) {
		data := f.Tensors[name].Data
		if n := countNonFinite(data); n > 0 {
			return nil, fault.Errorf("tensor %s has %d NaN or infinite values among %d; give weights from training that did not diverge", quote(name), n, len(data))
		}
	}
	return f, nil
}

// DescribeFrom is ReadFrom without values: every tensor of numbers has none of
// them.
func DescribeFrom(r io.ReaderAt, size int64) (*File, error) { return describeFrom(r, size, "") }

func describeFrom(r io.ReaderAt, size int64, folder string) (*File, error) {
	return readAs(r, size, func(r io.ReaderAt, size int64, open torchOpener) (*File, error) {
		f, _, _, err := describePyTorch(r, size, open)
		return f, err
	}, func(r io.ReaderAt, size int64) (*File, error) {
		f, _, _, err := describeSafetensors(r, size)
		return f, err
	}, func(r io.ReaderAt, size int64) (*File, error) { return readONNX(r, size, folder, false) })
}

// newTensor is a tensor without values: Data is empty, and nil where values are
// not read.
func newTensor(name, dtype string, shape []int64) *Tensor {
	t := &Tensor{Name: name, DType: dtype, Shape: toInts(shape)}
	if dtypes[dtype].decode != nil {
		t.Data = []float32{}
	}
	return t
}

// readAs has a file of any format read.
func readAs(r io.ReaderAt, size int64, pyTorch func(r io.ReaderAt, size int64, open torchOpener) (*File, error), safetensors, graph func(r io.ReaderAt, size int64) (*File, error)) (*File, error) {
	head := make([]byte, min(size, headBytes))
	if err := readAt(r, head, 0); err != nil {
		return nil, err
	}
	var f *File
	var err error
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		f, err = pyTorch(r, size, openArchive)
	case bytes.HasPrefix(head, []byte(legacyMagic)):
		f, err = pyTorch(r, size, openLegacy)
	case len(head) > 8 && head[8] == '{':
		f, err = safetensors(r, size)
	case onnx(head):
		f, err = graph(r, size)
	default:
		if kind := kindOf(head); kind != nil {
			return nil, kind.refusal()
		}
		err = errors.New("this is neither a safetensors file nor one of PyTorch's torch.save, or only the start of one; give a whole .safetensors or .pth file")
	}
	if err != nil {
		return nil, err
	}
	if len(f.Tensors) == 0 {
		return nil, errors.New("the file holds no tensors; give a network's weights")
	}
	return f, nil
}

// readAt fills buf from offset; the file's size is known to allow it.
func readAt(r io.ReaderAt, buf []byte, offset int64) error {
	n, err := r.ReadAt(buf, offset)
	if n == len(buf) {
		return nil
	}
	return fault.Errorf("cannot read bytes %d to %d: %w", offset, offset+int64(len(buf)), err)
}

// quote quotes a text from a file for an error message, shortened where it is
// longer than any name of a tensor.
func quote(s string) string {
	const most = 120
	if len(s) > most {
		return fmt.Sprintf("%.*q…", most, s)
	}
	return fmt.Sprintf("%q", s)
}

// elements is the product of a shape's lengths, each of which must be 0 or
// more, or an error for a shape that no network has.
func elements(shape []int64) (int64, error) {
	if len(shape) > maxRank {
		return 0, fault.Errorf("has %d dimensions, more than %d", len(shape), maxRank)
	}
	n := int64(1)
	for _, length := range shape {
		if length < 0 {
			return 0, fault.Errorf("has a negative length in its shape %d", shape)
		}
		if length > maxElements || n*length > maxElements {
			return 0, fault.Errorf("has shape %d, more values than the %d that fit in 4 GiB", shape, maxElements)
		}
		n *= length
	}
	return n, nil
}

func toInts(shape []int64) []int {
	ints := make([]int, len(shape))
	for i, length := range shape {
		ints[i] = int(length)
	}
	return ints
}

// A dtype is how a file stores one value: in how many bytes, and how a run of
// them becomes float32. decode is nil for types whose values are not read;
// otherwise src holds exactly size bytes for each value of dst.
type dtype struct {
	size   int64
	decode func(dst []float32, src []byte)
	// asStored: on a little-endian machine the values lie in memory as they do
	// in the file.
	asStored bool
}

var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// dtypes are the types that are known, by safetensors' names, or where it has none
// by PyTorch's in the same manner.
var dtypes = map[string]dtype{
	"F64": {size: 8, decode: decodeF64}, "F32": {4, decodeF32, true}, "F16": {size: 2, decode: decodeF16}, "BF16": {size: 2, decode: decodeBF16},
	"BOOL": {size: 1}, "U8": {size: 1}, "I8": {size: 1}, "U16": {size: 2}, "I16": {size: 2},
	"U32": {size: 4}, "I32": {size: 4}, "U64": {size: 8}, "I64": {size: 8},
	"F8_E4M3": {size: 1}, "F8_E5M2": {size: 1}, "F8_E8M0": {size: 1}, "F8_E4M3FNUZ": {size: 1}, "F8_E5M2FNUZ": {size: 1},
	"C64": {size: 8}, "C128": {size: 16}, "QI8": {size: 1}, "QU8": {size: 1}, "QI32": {size: 4},
}

func dtypeNames() string { return strings.Join(slices.Sorted(maps.Keys(dtypes)), ", ") }

func decodeF64(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = float32(math.Float64frombits(binary.LittleEndian.Uint64(src[8*i:])))
	}
}

func decodeF32(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(src[4*i:]))
	}
}

func decodeF16(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = half(binary.LittleEndian.Uint16(src[2*i:]))
	}
}

func decodeBF16(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(src[2*i:])) << 16)
	}
}

// half is the value of an IEEE 754 half-precision number, exactly.
func half(h uint16) float32 {
	sign := uint32(h&0x8000) << 16
	bits := uint32(h&0x7fff) << 13 // exponent and fraction in float32's places
	if h&0x7c00 == 0x7c00 {
		return math.Float32frombits(sign | 0x7f800000 | bits) // infinite or NaN
	}
	// The exponents' biases are 15 and 127: 2^112 makes up for it, and brings
	// subnormal numbers to their value as well.
	value := math.Float32frombits(bits) * 0x1p112
	return math.Float32frombits(sign | math.Float32bits(value))
}

// decodeAll fills dst from the stored values in r by way of buf, which has
// chunkBytes. It holds no other copy of the stored bytes.
func decodeAll(dst []float32, r io.Reader, t dtype, buf []byte) error {
	if t.asStored && littleEndian && len(dst) > 0 {
		_, err := io.ReadFull(r, unsafe.Slice((*byte)(unsafe.Pointer(&dst[0])), 4*len(dst)))
		return err
	}
	for len(dst) > 0 {
		n := min(len(dst), len(buf)/int(t.size))
		chunk := buf[:n*int(t.size)]
		if _, err := io.ReadFull(r, chunk); err != nil {
			return err
		}
		t.decode(dst[:n], chunk)
		dst = dst[n:]
	}
	return nil
}

// countNonFinite counts NaN and infinite values. Of a finite value the bits without
// the sign are less than infinity's; so where the largest are, all values are.
func countNonFinite(data []float32) (n int) {
	const infinite = 0x7f800000 << 1
	doubled := func(v float32) uint32 { return math.Float32bits(v) << 1 }
	var a, b, c, d uint32 // each waits for itself alone
	i := 0
	for ; i+4 <= len(data); i += 4 {
		part := data[i : i+4 : i+4]
		a, b = max(a, doubled(part[0])), max(b, doubled(part[1]))
		c, d = max(c, doubled(part[2])), max(d, doubled(part[3]))
	}
	for _, v := range data[i:] {
		a = max(a, doubled(v))
	}
	if max(a, b, c, d) < infinite {
		return 0
	}
	for _, v := range data {
		if doubled(v) >= infinite {
			n++
		}
	}
	return n
}
