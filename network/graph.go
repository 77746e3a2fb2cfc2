package network

import (
	"fmt"
	"runtime"
	"sync"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"scalecam/network/kernel"
	"scalecam/network/op"
)

// Graph is a Network laid out on gorgonia, ready for its tape machine and its
// symbolic differentiation.
type Graph struct {
	Expr     *G.ExprGraph
	Input    *G.Node // [N, H, W, 3]
	Features *G.Node // final convolution, after its activation: [N, h, w, K]
	Logits   *G.Node // [N, classes]
	// Parameters are the learnt nodes, bound to the weights' own slices, so
	// that a solver's step changes the weights. A graph for inference has none.
	Parameters []*G.Node
	// Chances are drawn anew for every step of training.
	Chances []Chance
}

// Chance is a place where values are dropped at random in training.
type Chance struct {
	Keep float64 // probability that a value stays
	// Factors scale the values: 0 drops one, and 1/Keep keeps one and makes up
	// for those that are dropped. All are 1 until they are drawn.
	Factors []float32
}

// Regularisation is what training drops at random.
type Regularisation struct {
	Dropout float64 // share of the classifier's inputs
	// StochasticDepth is how often a picture's residual branch is dropped: of
	// block i of n, counted from 0, StochasticDepth·i/n, as in torchvision
	// (arXiv 1603.09382).
	StochasticDepth float64
}

// building guards gorgonia's graph building and compiling, which share global
// state.
var building sync.Mutex

// Building keeps others from building or compiling a graph until the function
// that it gives is called.
func Building() (done func()) {
	building.Lock()
	return building.Unlock
}

// batchNormMomentum is the weight of a new batch in the running statistics:
// PyTorch's default.
const batchNormMomentum = 0.1

// BuildTraining lays the network out for training on batches of n pictures:
// batch norm takes the batch's statistics and moves the running ones, and every
// layer has a gradient. r says what is dropped at random. It must be called, and the graph differentiated and
// compiled, under Building.
func BuildTraining(net *Network, w Weights, n int, eps float64, r Regularisation) (*Graph, error) {
	if err := w.check(net); err != nil {
		return nil, err
	}
	b := newBuilder(net, n)
	b.dropout = r.Dropout
	x, block := b.Input, b.Input
	blocks, total := 0, net.Blocks()
	for i, l := range net.Layers {
		if l.Role == Project {
			b.drop = r.StochasticDepth * float64(blocks) / float64(total)
			blocks++
		}
		if i > 0 && !net.sameBlock(i-1, i) {
			block = x
		}
		x = b.layer(i, l, w[i], x, block, float32(eps))
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

// sameBlock tells whether layers i and j belong to one block.
func (n *Network) sameBlock(i, j int) bool {
	a, b := n.Layers[i], n.Layers[j]
	return a.Stage == b.Stage && a.Block == b.Block
}

// builder adds layers to a Graph and remembers the first error.
type builder struct {
	Graph
	// squeeze is the first half of squeeze-and-excite, which the second one
	// makes an operator of.
	squeeze struct {
		weight, bias *G.Node
		activation   kernel.Activation
	}
	dropout float64 // before the classifier
	drop    float64 // of the block at hand's residual branch
	err     error
}

func newBuilder(net *Network, n int) *builder {
	size := net.Scaling.Resolution
	b := &builder{Graph: Graph{Expr: G.NewGraph()}}
	b.Input = G.NewTensor(b.Expr, tensor.Float32, 4, G.WithShape(n, size.H, size.W, 3), G.WithName("input"))
	return b
}

// layer adds one layer to x; block is what came into the layer's block.
func (b *builder) layer(i int, l Layer, w LayerWeights, x, block *G.Node, eps float32) *G.Node {
	shape := l.WeightShape()
	if l.Role == Squeeze || l.Role == Excite {
		shape = shape[:2] // linear layers on pooled channels
	}
	weight := b.parameter(fmt.Sprintf("layer %d weight", i), w.Weight, shape...)
	var bias *G.Node
	if w.Bias != nil {
		bias = b.parameter(fmt.Sprintf("layer %d bias", i), w.Bias, l.Out)
	}
	switch l.Role {
	case Squeeze:
		b.squeeze.weight, b.squeeze.bias, b.squeeze.activation = weight, bias, l.Activation
		return x
	case Excite:
		return b.try(op.SqueezeExcite(x, b.squeeze.weight, b.squeeze.bias, weight, bias, b.squeeze.activation))
	case Classifier:
		x = b.try(op.AveragePool(x))
		return b.try(op.Linear(b.chance(x, b.dropout, l.In), weight, bias))
	case Depthwise:
		x = b.try(op.Depthwise(x, weight, bias, l.Window))
	default:
		x = b.try(op.Conv(x, weight, bias, l.Window))
	}
	if b.err == nil {
		gamma := b.parameter(fmt.Sprintf("layer %d gamma", i), w.Norm.Gamma, l.Out)
		beta := b.parameter(fmt.Sprintf("layer %d beta", i), w.Norm.Beta, l.Out)
		x = b.try(op.BatchNorm(x, gamma, beta, eps, l.Activation, &op.Running{Mean: w.Norm.Mean, Var: w.Norm.Var, Momentum: batchNormMomentum}))
	}
	if l.Residual && b.err == nil {
		x = b.try(op.Add(b.chance(x, b.drop, 1), block, kernel.Identity, nil))
	}
	return x
}

// chance drops a share of x at random: each picture's values in so many groups,
// each of which stays or goes as a whole.
func (b *builder) chance(x *G.Node, share float64, groups int) *G.Node {
	if share <= 0 || b.err != nil {
		return x
	}
	c := Chance{Keep: 1 - share, Factors: make([]float32, x.Shape()[0]*groups)}
	for i := range c.Factors {
		c.Factors[i] = 1
	}
	b.Chances = append(b.Chances, c)
	return b.try(op.Scale(x, c.Factors))
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

// buildInference lays the network out for inference on batches of n pictures,
// with each block one operator. Their results take turns in two rooms, since a
// block reads none but the one before it.
func buildInference(net *Network, w packedWeights, n int) (*Graph, error) {
	b := newBuilder(net, n)
	var rooms [2][]float32
	var sizes [2]int64
	step := 0
	for _, l := range net.Layers {
		if l.Role == Stem || l.Role == Project {
			sizes[step%2] = max(sizes[step%2], l.Outputs())
			step++
		}
	}
	for i := range rooms {
		rooms[i] = make([]float32, int64(n)*sizes[i])
	}
	x := b.Input
	for i, step := 0, 0; i < len(net.Layers); step++ {
		last := i
		for last+1 < len(net.Layers) && net.sameBlock(i, last+1) {
			last++
		}
		l, room := net.Layers[i], rooms[step%2]
		switch l.Role {
		case Stem:
			x = b.try(op.PackedConv(x, w[i].matrix, l.Window, l.Activation, nil, room))
		case Head:
			x = b.try(op.PackedConv(x, w[i].matrix, l.Window, l.Activation, nil, nil))
			b.Features = x
		case Classifier:
			x = b.try(op.PackedLinear(b.try(op.AveragePool(x)), w[i].matrix, kernel.Identity, nil))
		default:
			x = b.try(op.PackedMBConv(x, w.block(net, i, last), room))
		}
		if b.err != nil {
			return nil, fmt.Errorf("network: %v of stage %d: %w", l.Role, l.Stage+1, b.err)
		}
		i = last + 1
	}
	b.Logits = x
	return &b.Graph, nil
}

// program is a Graph compiled for one picture at a time.
type program struct {
	graph            *Graph
	machine          G.VM
	input            []float32
	features, logits G.Value
}

func compile(net *Network, w packedWeights) (*program, error) {
	defer Building()()
	graph, err := buildInference(net, w, 1)
	if err != nil {
		return nil, err
	}
	p := &program{graph: graph, input: make([]float32, graph.Input.Shape().TotalSize())}
	G.Read(graph.Features, &p.features)
	G.Read(graph.Logits, &p.logits)
	if err := G.Let(graph.Input, tensor.New(tensor.WithShape(graph.Input.Shape()...), tensor.WithBacking(p.input))); err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	p.machine = Collectable(G.NewTapeMachine(graph.Expr, G.EvalMode()))
	return p, nil
}

// Collectable takes gorgonia's finalizer off a tape machine, which does nothing
// without CUDA: what a graph is read into leads back to the machine's owner, and
// a cycle with a finalizer in it is never collected.
func Collectable(machine G.VM) G.VM {
	runtime.SetFinalizer(machine, nil)
	return machine
}

// run gives copies of features [K, h, w] and logits for an input [H, W, 3].
func (p *program) run(input []float32) (features, logits []float32, err error) {
	copy(p.input, input)
	p.machine.Reset()
	if err := p.machine.RunAll(); err != nil {
		return nil, nil, fmt.Errorf("network: %w", err)
	}
	from := p.features.Data().([]float32)
	features = make([]float32, len(from))
	k := p.graph.Features.Shape()[3]
	transpose(features, from, len(from)/k)
	return features, append([]float32(nil), p.logits.Data().([]float32)...), nil
}

// transpose writes the matrix from [rows, …] into to, columns first.
func transpose(to, from []float32, rows int) {
	columns := len(from) / rows
	// Square by square, so that both sides stay in the nearest cache.
	const square = 32
	for r0 := 0; r0 < rows; r0 += square {
		for c0 := 0; c0 < columns; c0 += square {
			for c := c0; c < min(c0+square, columns); c++ {
				for r := r0; r < min(r0+square, rows); r++ {
					to[c*rows+r] = from[r*columns+c]
				}
			}
		}
	}
}
