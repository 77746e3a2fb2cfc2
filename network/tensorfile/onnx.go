package tensorfile

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"scalecam/fault"
	"scalecam/file"
)

// An ONNX file is a graph (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
// Its layers with weights come back under the names that they had in PyTorch, which
// torch.onnx.export keeps: today's exporter in the names of the weights, the one by
// TorchScript in those of the nodes. What else the graph does must be what networks
// here do; who makes a network of it holds it to the numbers of its operations.

// Operations are how often an ONNX graph does what the networks that are read do.
type Operations struct {
	Layers int // convolutions and linear layers
	Sums   int
	// Activations, of any number: what Sigmoid, Clip and Relu stand for.
	Sigmoid, Clip, Relu bool
}

// onnxGraph is what of a graph is read.
type onnxGraph struct {
	nodes   []onnxNode
	tensors map[string]*onnxTensor // initializers
	inputs  []string
	folder  string // of data beside the file, "" where it is not known
	open    map[string][]byte
	// constants are what nodes put out that does not depend on the picture's pixels.
	constants map[string]bool
	// normed are what batch norms read, and added the initializers that are added to
	// what a node puts out.
	normed map[string]bool
	added  map[string]string
	budget int64 // bytes that tensors may still take
}

// maxOnnxNodes bounds a graph: EfficientNet-B7's has some 2,500 nodes.
const maxOnnxNodes = 1 << 16

type onnxNode struct {
	op, name        string
	inputs, outputs []string
	ints            map[string][]int64
	floats          map[string]float64
	texts           map[string]string
}

type onnxTensor struct {
	dims     []int64
	dtype    string // one of dtypes, "" for others
	raw      []byte
	floats   []byte // float_data: float32, little-endian
	external map[string]string
}

// onnxTypes are TensorProto.DataType's that are read.
var onnxTypes = map[uint64]string{1: "F32", 2: "U8", 3: "I8", 4: "U16", 5: "I16", 6: "I32", 7: "I64", 9: "BOOL", 10: "F16", 11: "F64", 12: "U32", 13: "U64", 16: "BF16", 17: "F8_E4M3", 19: "F8_E5M2"}

// onnxOps are the operations of networks that are read, beside those of layers.
var onnxOps = []string{
	"Add", "BatchNormalization", "Cast", "Clip", "Conv", "Dropout", "Flatten", "Gemm", "GlobalAveragePool", "Identity",
	"MatMul", "MaxPool", "Mul", "Pad", "ReduceMean", "Relu", "Reshape", "Sigmoid", "Softmax", "Squeeze", "Swish",
}

// eachField calls f for each field of a protobuf message: number and, by its wire
// type, a whole number or bytes.
func eachField(message []byte, f func(number int, value uint64, data []byte) error) error {
	for len(message) > 0 {
		key, n := binary.Uvarint(message)
		if n <= 0 {
			return errCutShort
		}
		message = message[n:]
		var value uint64
		var data []byte
		switch key & 7 {
		case 0:
			if value, n = binary.Uvarint(message); n <= 0 {
				return errCutShort
			}
		case 1, 5:
			if n = 8; key&7 == 5 {
				n = 4
			}
			if len(message) < n {
				return errCutShort
			}
			data = message[:n]
		case 2:
			length, m := binary.Uvarint(message)
			if m <= 0 || length > uint64(len(message)-m) {
				return errCutShort
			}
			n = m + int(length)
			data = message[m:n]
		default:
			return fault.Errorf("it has a field of the kind %d, which ONNX has not; the file is damaged", key&7)
		}
		message = message[n:]
		if err := f(int(min(key>>3, math.MaxInt32)), value, data); err != nil {
			return err
		}
	}
	return nil
}

// wholeField are the numbers of a repeated field, packed or one by one.
func wholeField(into []int64, value uint64, data []byte) []int64 {
	if data == nil {
		return append(into, int64(value))
	}
	for len(data) > 0 {
		v, n := binary.Uvarint(data)
		if n <= 0 {
			break
		}
		into, data = append(into, int64(v)), data[n:]
	}
	return into
}

// readONNX reads an ONNX file, or what it says of its tensors alone.
func readONNX(r io.ReaderAt, size int64, folder string, values bool) (*File, error) {
	data := make([]byte, size)
	if err := readAt(r, data, 0); err != nil {
		return nil, err
	}
	g := &onnxGraph{tensors: map[string]*onnxTensor{}, folder: folder, open: map[string][]byte{}, constants: map[string]bool{}, normed: map[string]bool{}, added: map[string]string{}, budget: min(maxFileBytes, 16*size+1<<20)}
	err := eachField(data, func(number int, _ uint64, data []byte) error {
		if number == 7 {
			return g.read(data)
		}
		return nil
	})
	if err != nil {
		return nil, fault.Errorf("in its ONNX graph, %w", err)
	}
	return g.file(values)
}

func (g *onnxGraph) read(graph []byte) error {
	return eachField(graph, func(number int, _ uint64, data []byte) error {
		switch number {
		case 1:
			return g.node(data)
		case 5:
			return g.initializer(data)
		case 11: // ValueInfoProto
			return eachField(data, func(number int, _ uint64, data []byte) error {
				if number == 1 {
					g.inputs = append(g.inputs, string(data))
				}
				return nil
			})
		}
		return nil
	})
}

func (g *onnxGraph) node(message []byte) error {
	n := onnxNode{ints: map[string][]int64{}, floats: map[string]float64{}, texts: map[string]string{}}
	err := eachField(message, func(number int, _ uint64, data []byte) error {
		switch number {
		case 1:
			n.inputs = append(n.inputs, string(data))
		case 2:
			n.outputs = append(n.outputs, string(data))
		case 3:
			n.name = string(data)
		case 4:
			n.op = string(data)
		case 5:
			return n.attribute(data)
		}
		return nil
	})
	if len(g.nodes) == maxOnnxNodes {
		return fault.Errorf("it has more than %d nodes, far beyond a network's that is read", maxOnnxNodes)
	}
	g.nodes = append(g.nodes, n)
	return err
}

func (n *onnxNode) attribute(message []byte) error {
	name, text := "", ""
	var ints []int64
	float, hasFloat := 0.0, false
	err := eachField(message, func(number int, value uint64, data []byte) error {
		switch number {
		case 1:
			name = string(data)
		case 2:
			if len(data) == 4 {
				float, hasFloat = float64(math.Float32frombits(binary.LittleEndian.Uint32(data))), true
			}
		case 3, 8:
			ints = wholeField(ints, value, data)
		case 4:
			text = string(data)
		}
		return nil
	})
	n.ints[name], n.texts[name] = ints, text
	if hasFloat {
		n.floats[name] = float
	}
	return err
}

func (g *onnxGraph) initializer(message []byte) error {
	t, name := &onnxTensor{}, ""
	err := eachField(message, func(number int, value uint64, data []byte) error {
		switch number {
		case 1:
			t.dims = wholeField(t.dims, value, data)
		case 2:
			t.dtype = onnxTypes[value]
		case 4:
			t.floats = append(t.floats, data...)
		case 8:
			name = string(data)
		case 9:
			t.raw = data
		case 13: // StringStringEntryProto
			var key, text string
			if err := eachField(data, func(number int, _ uint64, data []byte) error {
				switch number {
				case 1:
					key = string(data)
				case 2:
					text = string(data)
				}
				return nil
			}); err != nil {
				return err
			}
			if t.external == nil {
				t.external = map[string]string{}
			}
			t.external[key] = text
		}
		return nil
	})
	g.tensors[name] = t
	return err
}

// file makes named tensors of the layers.
func (g *onnxGraph) file(values bool) (*File, error) {
	f := &File{Format: "ONNX", Metadata: map[string]string{}, Tensors: map[string]*Tensor{}, Operations: &Operations{}}
	if len(g.nodes) == 0 {
		return nil, fault.Errorf("its ONNX graph does nothing; the file is damaged or of another kind")
	}
	for _, t := range g.tensors {
		f.Values = max(f.Values, t.external["location"])
	}
	for i := range g.nodes {
		switch n := &g.nodes[i]; n.op {
		case "BatchNormalization":
			g.normed[n.input(0)] = true
		case "Add":
			for k := range 2 {
				if bias := n.input(1 - k); g.tensors[bias] != nil {
					g.added[n.input(k)] = bias
				}
			}
		}
	}
	said := map[string]map[string]bool{"eps": {}, "padding": {}}
	first := true
	padded := map[string]string{} // what a Pad puts out, and of what
	for i := range g.nodes {
		n := &g.nodes[i]
		if g.constant(n) { // such as sizes, of which padding is computed
			continue
		}
		if !slices.Contains(onnxOps, n.op) {
			return nil, fault.Errorf("its ONNX graph has the operation %s, which no network that is read has; %s", quote(n.op), fromGraph)
		}
		var err error
		switch n.op {
		case "Pad":
			for _, out := range n.outputs {
				padded[out] = n.input(0)
			}
		case "Conv":
			if first && !slices.Contains(g.inputs, n.input(0)) && !slices.Contains(g.inputs, padded[n.input(0)]) {
				return nil, fault.Errorf("its ONNX graph changes the picture before its first layer, and is not read so; %s", fromGraph)
			}
			first = false
			if rule := n.padding(padded[n.input(0)] != ""); rule != "" {
				said["padding"][rule] = true
			}
			f.Operations.Layers++
			err = g.layer(f, n, values, false)
		case "Gemm":
			f.Operations.Layers++
			err = g.layer(f, n, values, len(n.ints["transB"]) == 0 || n.ints["transB"][0] == 0)
		case "MatMul":
			f.Operations.Layers++
			n.inputs = append(n.inputs[:min(2, len(n.inputs))], g.added[n.output()])
			err = g.layer(f, n, values, true)
		case "BatchNormalization":
			said["eps"][strconv.FormatFloat(cmp.Or(n.floats["epsilon"], 1e-5), 'g', -1, 32)] = true
			err = g.norm(f, n, values)
		case "Add":
			if g.tensors[n.input(0)] == nil && g.tensors[n.input(1)] == nil {
				f.Operations.Sums++
			}
		case "Sigmoid", "Swish":
			f.Operations.Sigmoid = true
		case "Clip":
			f.Operations.Clip = true
		case "Relu":
			f.Operations.Relu = true
		}
		if err != nil {
			return nil, err
		}
	}
	if said["padding"]["same"] { // which on planes of odd sides is symmetric
		delete(said["padding"], "symmetric")
	}
	for key, all := range said {
		if len(all) == 1 {
			for value := range all {
				f.Metadata[key] = value
			}
		}
	}
	return f, nil
}

func (n *onnxNode) input(i int) string {
	if i >= len(n.inputs) {
		return ""
	}
	return n.inputs[i]
}

// constant tells that a node computes nothing of the picture's pixels, and notes that
// of what it puts out; what is a weight by another name is one.
func (g *onnxGraph) constant(n *onnxNode) bool {
	for _, in := range n.inputs {
		if in != "" && g.tensors[in] == nil && !g.constants[in] && n.op != "Shape" {
			return false
		}
	}
	for _, out := range n.outputs {
		g.constants[out] = true
		if n.op == "Identity" && g.tensors[n.input(0)] != nil {
			g.tensors[out] = g.tensors[n.input(0)]
		}
	}
	return true
}

func (n *onnxNode) output() string {
	if len(n.outputs) == 0 {
		return ""
	}
	return n.outputs[0]
}

// padding is the rule by which a convolution with a stride is padded, "" where it
// tells none.
func (n *onnxNode) padding(padded bool) string {
	strides, pads := n.ints["strides"], n.ints["pads"]
	switch {
	case len(strides) == 0 || strides[0] == 1:
		return ""
	case padded || strings.HasPrefix(n.texts["auto_pad"], "SAME"):
		return "same"
	case len(pads) == 4 && pads[0] == pads[2] && pads[1] == pads[3]:
		return "symmetric"
	case len(pads) == 4:
		return "same"
	}
	return ""
}

// module is what PyTorch called the module of a node: by its weight's name, or by the
// node's, as in "/features/features.1/features.1.0/block/block.0/block.0.0/Conv".
func (n *onnxNode) module() string {
	if module, ok := strings.CutSuffix(n.input(1), ".weight"); ok {
		return module
	}
	var parts []string
	path := strings.Split(strings.Trim(n.name, "/"), "/")
	for _, part := range path[:len(path)-1] {
		if last := len(parts) - 1; last >= 0 && strings.HasPrefix(part, parts[last]+".") {
			parts[last] = part
		} else {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ".")
}

// layer adds a layer's weight and bias.
func (g *onnxGraph) layer(f *File, n *onnxNode, values, transposed bool) error {
	module := n.module()
	if module == "" || f.Tensors[module+".weight"] != nil {
		return fault.Errorf("its ONNX graph does not say what its layer %s is called in PyTorch; %s", quote(n.name), fromGraph)
	}
	if err := g.add(f, module+".weight", n.input(1), values, transposed); err != nil {
		return err
	}
	if n.input(2) != "" {
		return g.add(f, module+".bias", n.input(2), values, false)
	}
	if shape := f.Tensors[module+".weight"].Shape; len(shape) > 0 && !g.normed[n.output()] { // the exporter leaves out one of zeros
		bias := newTensor(module+".bias", "F32", []int64{int64(shape[0])})
		if values {
			if err := g.spend(bias.Name, int64(shape[0])); err != nil {
				return err
			}
			bias.Data = make([]float32, shape[0])
		}
		f.Tensors[bias.Name] = bias
	}
	return nil
}

// norm adds a batch norm that stands for itself.
func (g *onnxGraph) norm(f *File, n *onnxNode, values bool) error {
	module := n.module()
	for i, tensor := range []string{"weight", "bias", "running_mean", "running_var"} {
		if err := g.add(f, module+"."+tensor, n.input(1+i), values, false); err != nil {
			return err
		}
	}
	return nil
}

// add adds an initializer under a name, transposed where it is a matrix that is
// multiplied from the right.
func (g *onnxGraph) add(f *File, name, initializer string, values, transposed bool) error {
	t := g.tensors[initializer]
	switch {
	case t == nil:
		return fault.Errorf("its ONNX graph computes the weight %s, and only such as lie in the file are read; %s", quote(name), fromGraph)
	case t.dtype == "":
		return fault.Errorf("tensor %s has a type of ONNX that is not read; convert it to one of %s", quote(name), dtypeNames())
	case len(name) > maxName:
		return fault.Errorf("a tensor's name has %d bytes; the most are %d", len(name), maxName)
	}
	count, err := elements(t.dims)
	if err != nil {
		return fault.Errorf("tensor %s %w", quote(name), err)
	}
	shape := slices.Clone(t.dims)
	if transposed && len(shape) == 2 {
		shape[0], shape[1] = shape[1], shape[0]
	}
	tensor := newTensor(name, t.dtype, shape)
	f.Tensors[name] = tensor
	kind := dtypes[t.dtype]
	if !values || kind.decode == nil {
		return nil
	}
	stored, err := g.stored(t)
	if err != nil {
		return fault.Errorf("tensor %s: %w", quote(name), err)
	}
	if int64(len(stored)) != count*kind.size {
		return fault.Errorf("tensor %s of type %s and shape %d takes %d bytes, but spans %d; the file is damaged", quote(name), t.dtype, t.dims, count*kind.size, len(stored))
	}
	if err := g.spend(name, count); err != nil {
		return err
	}
	tensor.Data = make([]float32, count)
	if err := decodeAll(tensor.Data, bytes.NewReader(stored), kind, make([]byte, chunkBytes)); err != nil {
		return err
	}
	if transposed && len(shape) == 2 {
		rows, cols := int(shape[0]), int(shape[1])
		turned := make([]float32, count)
		for i := range rows {
			for j := range cols {
				turned[i*cols+j] = tensor.Data[j*rows+i]
			}
		}
		tensor.Data = turned
	}
	return nil
}

// spend bounds what tensors take: one initializer may stand for many of them.
func (g *onnxGraph) spend(name string, values int64) error {
	if g.budget -= 4 * values; g.budget < 0 {
		return fault.Errorf("tensor %s brings the tensors to more than sixteen times the file's size; export the network again", quote(name))
	}
	return nil
}

// stored are a tensor's bytes: in the file, or in one beside it, which a name without
// a folder says.
func (g *onnxGraph) stored(t *onnxTensor) ([]byte, error) {
	if t.external == nil {
		if t.raw == nil && t.dtype == "F32" {
			return t.floats, nil
		}
		return t.raw, nil
	}
	name := t.external["location"]
	if g.folder == "" || name != filepath.Base(name) || name == "." || name == ".." {
		return nil, fault.Errorf("its values lie in another file, %s, and only one beside it is read", quote(name))
	}
	data, ok := g.open[name]
	if !ok {
		var err error
		if data, err = file.Read(filepath.Join(g.folder, name), maxFileBytes, "the ONNX file together with the data that belong to it"); err != nil {
			return nil, err
		}
		g.open[name] = data
		g.budget = min(maxFileBytes, g.budget+2*int64(len(data)))
	}
	number := func(key string, otherwise int) int {
		if n, err := strconv.Atoi(t.external[key]); err == nil && n >= 0 {
			return n
		}
		return otherwise
	}
	from := number("offset", 0)
	if from > len(data) {
		return nil, fault.Errorf("its values lie beyond the end of %s; copy or download that again", quote(name))
	}
	length := number("length", len(data)-from)
	if length > len(data)-from {
		return nil, fault.Errorf("its values lie beyond the end of %s; copy or download that again", quote(name))
	}
	return data[from:][:length], nil
}
