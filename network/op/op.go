// Package op holds the gorgonia operators of Scalecam's networks: convolution and
// depthwise convolution, each with its batch norm and activation, pooling,
// squeeze-and-excite, addition, the linear layer and the cross-entropy, each
// with its gradient as operators of the same kind, so that gorgonia's symbolic
// differentiation runs through them; and the layers over packed weights, fused
// for inference, or one by one with gradients of the data (packed.go). The
// arithmetic is scalecam/network/kernel's.
//
// All values are float32; feature maps are NHWC. An operator keeps the buffer
// that it writes its result to and overwrites it on the next run: what must
// outlive a run is taken with gorgonia's Read.
//
// Gorgonia's own layers are not used where these stand: it has no depthwise
// convolution, and its pooling and batch norm are wrong in ways that are silent.
package op

import (
	"fmt"
	"hash"
	"hash/fnv"
	"sync/atomic"

	"github.com/chewxy/hm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"scalecam/network/kernel"
)

// array is an operand of an operator: row-major data and its shape.
type array struct {
	shape tensor.Shape
	data  []float32
}

// operator is the one implementation of gorgonia's Op here. What an operator
// is lies in its fields; the functions of this package fill them in.
type operator struct {
	name  string
	dims  []int // number of dimensions of each operand
	shape tensor.Shape
	run   func(out []float32, in []array)
	// grad gives the gradient for each operand, given the gradient of the
	// result; nil where the operator is itself a gradient.
	grad func(in G.Nodes, out, grad *G.Node) (G.Nodes, error)

	// fixed is how many of the last operands have no gradient.
	fixed int

	// room is where the result goes, if it is not nil: it may be others' too,
	// and then none of them has a gradient, which would read what was
	// overwritten.
	room []float32

	// unread says that the operands are not read: that they come before is all.
	unread bool

	// spends is the operand, counted from 1, that run may overwrite where it is the only
	// one that reads it, alone; 0: none.
	spends int
	alone  bool

	id     uint64
	buffer *tensor.Dense
}

// lastID numbers operators. Each keeps a buffer, so no two may be merged when
// gorgonia looks for common subexpressions by hash.
var lastID atomic.Uint64

// apply adds the operator to the operands' graph.
func apply(o *operator, in ...*G.Node) (*G.Node, error) {
	o.id = lastID.Add(1)
	if o.room != nil {
		o.settle(o.room)
	}
	for _, n := range in {
		o.dims = append(o.dims, n.Dims())
	}
	node, err := G.ApplyOp(o, in...)
	if err != nil {
		return nil, fmt.Errorf("op: %s: %w", o.name, err)
	}
	return node, nil
}

// settle has the result go to a room.
func (o *operator) settle(room []float32) {
	o.room = room
	o.buffer = tensor.New(tensor.WithShape(o.shape...), tensor.WithBacking(room[:o.shape.TotalSize()]))
}

func (o *operator) Arity() int { return len(o.dims) }

func (o *operator) Type() hm.Type {
	a := hm.TypeVariable('a')
	of := func(dims int) hm.Type { return G.TensorType{Dims: dims, Of: a} }
	var types []hm.Type
	for _, d := range o.dims {
		types = append(types, of(d))
	}
	return hm.NewFnType(append(types, of(len(o.shape)))...)
}

func (o *operator) InferShape(...G.DimSizer) (tensor.Shape, error) { return o.shape.Clone(), nil }

// Do runs the operator. A panic in it would end the program, because gorgonia's
// machine runs in a goroutine of its own; it becomes an error here.
func (o *operator) Do(values ...G.Value) (out G.Value, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("op: %s: %v", o.name, r)
		}
	}()
	in := make([]array, len(values))
	for i, v := range values {
		data, ok := v.Data().([]float32)
		if !ok {
			return nil, fmt.Errorf("op: %s: operand %d holds %T, not float32", o.name, i, v.Data())
		}
		in[i] = array{v.Shape(), data}
	}
	if o.buffer == nil {
		o.buffer = tensor.New(tensor.WithShape(o.shape...), tensor.WithBacking(kernel.Room(o.shape.TotalSize())))
	}
	o.run(o.buffer.Data().([]float32), in)
	return o.buffer, nil
}

func (o *operator) ReturnsPtr() bool     { return true }
func (o *operator) CallsExtern() bool    { return false }
func (o *operator) OverwritesInput() int { return -1 }
func (o *operator) String() string       { return o.name }

// WriteHash names the operator and its number, so that no two are merged.
func (o *operator) WriteHash(h hash.Hash) { fmt.Fprintf(h, "scalecam %s #%d", o.name, o.id) }

func (o *operator) Hashcode() uint32 {
	h := fnv.New32a()
	o.WriteHash(h)
	return h.Sum32()
}

// DiffWRT tells gorgonia which operands have a gradient.
func (o *operator) DiffWRT(inputs int) []bool {
	wrt := make([]bool, inputs)
	for i := range wrt {
		wrt[i] = o.grad != nil && i < inputs-o.fixed
	}
	return wrt
}

// SymDiff adds the gradient's operators to the graph.
func (o *operator) SymDiff(in G.Nodes, out, grad *G.Node) (G.Nodes, error) {
	if o.grad == nil {
		return nil, fmt.Errorf("op: %s: it has no gradient", o.name)
	}
	if o.room != nil {
		return nil, fmt.Errorf("op: %s: its result lies in room that others may write to; for a gradient it needs room of its own", o.name)
	}
	return o.grad(in, out, grad)
}

// gradients applies one operator for each operand, in order.
func gradients(in G.Nodes, makers ...func() (*G.Node, error)) (G.Nodes, error) {
	grads := make(G.Nodes, len(in))
	for i := range in {
		var err error
		if grads[i], err = makers[i](); err != nil {
			return nil, err
		}
	}
	return grads, nil
}

// want checks an operand's shape against what an operator takes; −1 is any.
func want(name, operand string, n *G.Node, shape ...int) error {
	got := n.Shape()
	ok := len(got) == len(shape)
	for i := 0; ok && i < len(shape); i++ {
		ok = shape[i] == -1 || shape[i] == got[i]
	}
	if !ok {
		return fmt.Errorf("op: %s: %s has shape %v, expected %v (-1 is any)", name, operand, got, shape)
	}
	return nil
}
