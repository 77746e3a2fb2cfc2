package network

import (
	"fmt"
	"sync"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"scalecam/fault"
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
// layer has a gradient. r says what is dropped at random. begin, where not nil, is called
// as a run of the machine begins, in its goroutine, which ends with the run. It must be
// called, and the graph differentiated and compiled, under Building.
func BuildTraining(net *Network, w Weights, n int, eps float64, r Regularisation, begin func()) (*Graph, error) {
	if err := w.check(net); err != nil {
		return nil, err
	}
	b := newBuilder(net, n)
	b.outputs[FromPicture] = b.Input
	if begin != nil {
		b.outputs[FromPicture] = b.try(op.After(b.Input, begin))
	}
	t := &training{builder: b, weights: w, eps: float32(eps), r: r, index: map[int]int{}}
	for _, r := range net.Repetitions() {
		if net.isBlock(&r) {
			for node := r.First; node <= r.Last; node++ {
				t.index[node] = t.total
			}
			t.total++
		}
	}
	readers := net.readers()
	for i := 0; i < len(net.Nodes); i++ {
		node := &net.Nodes[i]
		if m, _, ok := net.matchMBConv(i, readers, nil); ok && node.From[0] != FromPicture { // pictures have no gradient
			b.outputs[m.project] = t.block(m, i)
			i = m.project
		} else if net.squeezeExcite(i) { // one operator, which keeps what its gradient needs
			b.outputs[i+3] = t.squeezeExcite(i)
			i += 3
		} else {
			b.outputs[i] = t.node(i)
		}
		if b.err != nil {
			return nil, fault.Errorf("network: %v of stage %d: %w", node.Part, node.Stage+1, b.err)
		}
	}
	return b.graph(), nil
}

// builder adds nodes to a Graph and remembers the first error.
type builder struct {
	Graph
	net     *Network
	outputs map[int]*G.Node // what each node puts out
	err     error
}

func newBuilder(net *Network, n int) *builder {
	size := net.Scaling.Resolution
	b := &builder{Graph: Graph{Expr: G.NewGraph()}, net: net, outputs: map[int]*G.Node{}}
	b.Input = G.NewTensor(b.Expr, tensor.Float32, 4, G.WithShape(n, size.H, size.W, 3), G.WithName("input"))
	return b
}

// graph is what was built.
func (b *builder) graph() *Graph {
	b.Features, b.Logits = b.outputs[b.net.Last], b.outputs[len(b.net.Nodes)-1]
	return &b.Graph
}

// read is what the node's k-th operand puts out.
func (b *builder) read(node *Node, k int) *G.Node { return b.outputs[node.From[k]] }

func (b *builder) try(n *G.Node, err error) *G.Node {
	if b.err == nil {
		b.err = err
	}
	return n
}

// training adds nodes with parameters.
type training struct {
	*builder
	weights Weights
	eps     float32
	r       Regularisation
	index   map[int]int // of each node's block
	total   int         // blocks
	rooms   kernel.BlockRooms
}

func (t *training) node(i int) *G.Node {
	node := &t.net.Nodes[i]
	x := t.read(node, 0)
	switch node.Op {
	case OpConv:
		l := t.layer(i)
		norm := op.Norm{Eps: t.eps, Activation: node.Activation, First: node.From[0] == FromPicture, Running: l.Running}
		if node.depthwise() {
			return t.try(op.DepthwiseNorm(x, l.Weight, l.Gamma, l.Beta, node.Window, norm))
		}
		return t.try(op.ConvNorm(x, l.Weight, l.Gamma, l.Beta, node.Window, norm))
	case OpLinear:
		weight, bias := t.linear(i)
		if node.Part == Classifier {
			x = t.chance(x, t.r.Dropout, node.In)
		}
		x = t.try(op.Linear(x, weight, bias))
		if node.Activation == kernel.Identity || t.err != nil {
			return x
		}
		return t.try(op.Activate(x, node.Activation, nil))
	case OpMaxPool:
		return t.try(op.MaxPool(x, node.Window, nil))
	case OpSubsample:
		return t.try(op.Subsample(x, node.Out, node.Window, nil))
	case OpMean:
		return t.try(op.AveragePool(x))
	case OpAdd:
		share := t.r.StochasticDepth * float64(t.index[i]) / float64(t.total)
		return t.try(op.Add(t.chance(x, share, 1), t.read(node, 1), node.Activation, nil))
	}
	t.try(nil, fault.Errorf("no gradient is known of it"))
	return nil
}

// layer makes the parameters of a convolution and its batch norm.
func (t *training) layer(i int) *op.Layer {
	node, w := &t.net.Nodes[i], &t.weights[i]
	return &op.Layer{
		Weight:  t.parameter(fmt.Sprintf("layer %d weight", i), w.Weight, node.WeightShape()...),
		Gamma:   t.parameter(fmt.Sprintf("layer %d gamma", i), w.Norm.Gamma, node.Out),
		Beta:    t.parameter(fmt.Sprintf("layer %d beta", i), w.Norm.Beta, node.Out),
		Running: &op.Running{Mean: w.Norm.Mean, Var: w.Norm.Var, Momentum: batchNormMomentum},
	}
}

// block adds a mobile inverted bottleneck that begins at node i, up to its projection.
func (t *training) block(m *fusedMBConv, i int) *G.Node {
	depthwise := &t.net.Nodes[m.depthwise]
	b := op.Block{Window: depthwise.Window, Eps: t.eps, Activation: depthwise.Activation, Rooms: &t.rooms}
	if m.expand >= 0 {
		b.Expand = t.layer(m.expand)
	}
	b.Depthwise = t.layer(m.depthwise)
	if m.squeeze >= 0 {
		b.Squeeze, b.SqueezeBias = t.linear(m.squeeze)
		b.Excite, b.ExciteBias = t.linear(m.excite)
	}
	b.Project = t.layer(m.project)
	return t.try(op.BlockNorm(t.read(&t.net.Nodes[i], 0), b))
}

func (t *training) squeezeExcite(i int) *G.Node {
	squeeze, squeezeBias := t.linear(i + 1)
	excite, exciteBias := t.linear(i + 2)
	return t.try(op.SqueezeExcite(t.read(&t.net.Nodes[i], 0), squeeze, squeezeBias, excite, exciteBias, t.net.Nodes[i+1].Activation))
}

func (t *training) linear(i int) (weight, bias *G.Node) {
	node, w := &t.net.Nodes[i], &t.weights[i]
	weight = t.parameter(fmt.Sprintf("layer %d weight", i), w.Weight, node.Out, node.In)
	return weight, t.parameter(fmt.Sprintf("layer %d bias", i), w.Bias, node.Out)
}

func (t *training) parameter(name string, data []float32, shape ...int) *G.Node {
	v := tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))
	n := G.NewTensor(t.Expr, tensor.Float32, len(shape), G.WithShape(shape...), G.WithName(name), G.WithValue(v))
	t.Parameters = append(t.Parameters, n)
	return n
}

// chance drops a share of x at random: each picture's values in so many groups,
// each of which stays or goes as a whole.
func (t *training) chance(x *G.Node, share float64, groups int) *G.Node {
	if share <= 0 || t.err != nil {
		return x
	}
	c := Chance{Keep: 1 - share, Factors: make([]float32, x.Shape()[0]*groups)}
	for i := range c.Factors {
		c.Factors[i] = 1
	}
	t.Chances = append(t.Chances, c)
	return t.try(op.Scale(x, c.Factors))
}
