package network

import (
	"fmt"
	"sync"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"scalecam/network/op"
)

// Graph is a Network laid out on gorgonia, ready for its tape machine and its
// symbolic differentiation.
type Graph struct {
	Expr     *G.ExprGraph
	Input    *G.Node // [N, 3, H, W]
	Features *G.Node // final convolution, after its activation: [N, K, h, w]
	Logits   *G.Node // [N, classes]
	// Parameters are the learnt nodes, bound to the weights' own slices, so
	// that a solver's step changes the weights.
	Parameters []*G.Node
}

// building guards gorgonia's graph building and compiling, which share global
// state.
var building sync.Mutex

// Mode says what a Graph is for.
type Mode int

const (
	// Inference folds batch norm, with its running statistics, into the
	// convolutions.
	Inference Mode = iota
	// Training normalises by the batch's statistics and moves the running ones.
	Training
)

// batchNormMomentum is the weight of a new batch in the running statistics:
// PyTorch's default.
const batchNormMomentum = 0.1

// Build lays the network out for batches of n pictures. The caller must not
// build or compile another graph meanwhile.
func Build(net *Network, w Weights, n int, mode Mode, eps float64) (*Graph, error) {
	if err := w.check(net); err != nil {
		return nil, err
	}
	size := net.Scaling.Resolution
	b := &builder{Graph: Graph{Expr: G.NewGraph()}, mode: mode, eps: eps}
	b.Input = G.NewTensor(b.Expr, tensor.Float32, 4, G.WithShape(n, 3, size.H, size.W), G.WithName("input"))
	x, block := b.Input, b.Input
	for i, l := range net.Layers {
		if i > 0 && (net.Layers[i-1].Stage != l.Stage || net.Layers[i-1].Block != l.Block) {
			block = x
		}
		x = b.layer(i, l, w[i], x, block)
		if l.Role == Head {
			b.Features = x
		}
		if b.err != nil {
			return nil, fmt.Errorf("network: %v of stage %d: %w", l.Role, l.Stage+1, b.err)
		}
	}
	b.Logits = x
	return &b.Graph, nil
}

// builder adds layers to a Graph and remembers the first error.
type builder struct {
	Graph
	mode Mode
	eps  float64
	gate *G.Node // the pooled channels on their way through squeeze and excite
	err  error
}

// layer adds one layer to x; block is what came into the layer's block.
func (b *builder) layer(i int, l Layer, w LayerWeights, x, block *G.Node) *G.Node {
	weight, bias := w.Weight, w.Bias
	if b.mode == Inference {
		weight, bias = w.fold(b.eps)
	}
	shape := l.WeightShape()
	if l.Role == Squeeze || l.Role == Excite {
		shape = shape[:2] // linear layers on pooled channels
	}
	weightNode := b.parameter(fmt.Sprintf("layer %d weight", i), weight, shape...)
	var biasNode *G.Node
	if bias != nil {
		biasNode = b.parameter(fmt.Sprintf("layer %d bias", i), bias, l.Out)
	}
	switch l.Role {
	case Squeeze:
		pooled := b.try(op.AveragePool(x))
		b.gate = b.activate(b.linear(pooled, weightNode, biasNode), l)
		return x
	case Excite:
		gate := b.activate(b.linear(b.gate, weightNode, biasNode), l)
		if b.err != nil {
			return nil
		}
		return b.try(op.Scale(x, gate))
	case Classifier:
		return b.linear(b.try(op.AveragePool(x)), weightNode, biasNode)
	case Depthwise:
		x = b.try(op.Depthwise(x, weightNode, biasNode, l.Window))
	default:
		x = b.try(op.Conv(x, weightNode, biasNode, l.Window))
	}
	if b.mode == Training && b.err == nil {
		gamma := b.parameter(fmt.Sprintf("layer %d gamma", i), w.Norm.Gamma, l.Out)
		beta := b.parameter(fmt.Sprintf("layer %d beta", i), w.Norm.Beta, l.Out)
		x = b.try(op.BatchNorm(x, gamma, beta, float32(b.eps), &op.Running{Mean: w.Norm.Mean, Var: w.Norm.Var, Momentum: batchNormMomentum}))
	}
	x = b.activate(x, l)
	if l.Residual && b.err == nil {
		x = b.try(op.Add(x, block))
	}
	return x
}

func (b *builder) linear(x, weight, bias *G.Node) *G.Node {
	if b.err != nil {
		return nil
	}
	return b.try(op.Linear(x, weight, bias))
}

func (b *builder) activate(x *G.Node, l Layer) *G.Node {
	if b.err != nil || l.Activation == 0 {
		return x
	}
	return b.try(op.Activate(x, l.Activation))
}

func (b *builder) try(n *G.Node, err error) *G.Node {
	if b.err == nil {
		b.err = err
	}
	return n
}

func (b *builder) parameter(name string, data []float32, shape ...int) *G.Node {
	t := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))
	n := G.NewTensor(b.Expr, tensor.Float32, len(shape), G.WithShape(shape...), G.WithName(name), G.WithValue(t))
	b.Parameters = append(b.Parameters, n)
	return n
}

// program is a Graph compiled for one picture at a time.
type program struct {
	graph            *Graph
	machine          G.VM
	input            []float32
	features, logits G.Value
}

func compile(net *Network, w Weights, eps float64) (*program, error) {
	building.Lock()
	defer building.Unlock()
	graph, err := Build(net, w, 1, Inference, eps)
	if err != nil {
		return nil, err
	}
	p := &program{graph: graph, input: make([]float32, graph.Input.Shape().TotalSize())}
	G.Read(graph.Features, &p.features)
	G.Read(graph.Logits, &p.logits)
	if err := G.Let(graph.Input, tensor.New(tensor.WithShape(graph.Input.Shape()...), tensor.WithBacking(p.input))); err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	p.machine = G.NewTapeMachine(graph.Expr, G.EvalMode())
	return p, nil
}

// run gives copies of features and logits for an input [3, H, W].
func (p *program) run(input []float32) (features, logits []float32, err error) {
	copy(p.input, input)
	p.machine.Reset()
	if err := p.machine.RunAll(); err != nil {
		return nil, nil, fmt.Errorf("network: %w", err)
	}
	return copied(p.features), copied(p.logits), nil
}

func copied(v G.Value) []float32 {
	return append([]float32(nil), v.Data().([]float32)...)
}
