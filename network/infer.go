package network

import (
	"fmt"
	"runtime"
	"slices"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"scalecam/fault"
	"scalecam/network/kernel"
	"scalecam/network/op"
)

// buildInference lays the network out for inference on batches of n, from what a
// node puts out (FromPicture for the picture) to the logits, fused as far as fuse
// knows. What the tapped nodes, the last layer and the ending put out stays
// whole; the others' results lie in rooms that are used again as soon as nobody
// reads them any more.
func buildInference(net *Network, w packedWeights, n, from int, taps []int) (*builder, map[int][]float32, error) {
	takes, way := net.frontier(from)
	b := &builder{Graph: Graph{Expr: G.NewGraph()}, net: net, outputs: map[int]*G.Node{}}
	inputs := b.takes(takes, n)
	steps := net.fuse(slices.Concat(taps, takes, []int{net.Last}))
	steps = slices.DeleteFunc(steps, func(s step) bool { return !slices.Contains(way, s.out()) })
	rooms := assign(net, steps, n, taps)
	for i := range steps {
		s := &steps[i]
		b.outputs[s.out()] = b.step(s, w, rooms[i])
		if b.err != nil {
			node := &net.Nodes[s.out()]
			return nil, nil, fault.Errorf("network: %v of stage %d: %w", node.Part, node.Stage+1, b.err)
		}
	}
	return b, inputs, nil
}

// takes adds inputs for what nodes put out, of batches of n, and gives where
// their values go.
func (b *builder) takes(nodes []int, n int) map[int][]float32 {
	inputs := map[int][]float32{}
	for _, i := range nodes {
		shape, name := b.net.shapeOf(i, n), fmt.Sprintf("node %d", i)
		inputs[i] = make([]float32, shape.TotalSize())
		b.outputs[i] = G.NewTensor(b.Expr, tensor.Float32, len(shape), G.WithShape(shape...), G.WithName(name),
			G.WithValue(tensor.New(tensor.WithShape(shape...), tensor.WithBacking(inputs[i]))))
	}
	return inputs
}

// shapeOf is that of what a node puts out for n pictures, or of the pictures.
func (n *Network) shapeOf(node, pictures int) tensor.Shape {
	if node == FromPicture {
		size := n.Scaling.Resolution
		return tensor.Shape{pictures, size.H, size.W, 3}
	}
	at := &n.Nodes[node]
	if at.Op == OpMean || at.Op == OpLinear {
		return tensor.Shape{pictures, at.Out}
	}
	return tensor.Shape{pictures, at.Size.H, at.Size.W, at.Out}
}

// step adds the operator that does a step.
func (b *builder) step(s *step, w packedWeights, room []float32) *G.Node {
	i := s.nodes[0]
	node := &b.net.Nodes[i]
	x := b.outputs[s.reads[0]]
	switch {
	case s.mbconv != nil:
		return b.try(op.PackedMBConv(x, w.kernelOf(b.net, s.mbconv), room))
	case s.sum > 0:
		return b.try(op.PackedConv(x, w[i].matrix, node.Window, b.net.Nodes[s.sum].Activation, b.outputs[s.reads[1]], room))
	}
	return b.frozen(i, w, node.Activation, room)
}

// frozen adds the node alone, with the activation given in place of its own.
func (b *builder) frozen(i int, w packedWeights, act kernel.Activation, room []float32) *G.Node {
	node := &b.net.Nodes[i]
	x := b.read(node, 0)
	switch node.Op {
	case OpConv:
		if node.depthwise() {
			return b.try(op.PackedDepthwise(x, w[i].depthwise, node.Window, act, room))
		}
		return b.try(op.PackedConv(x, w[i].matrix, node.Window, act, nil, room))
	case OpLinear:
		return b.try(op.PackedLinear(x, w[i].matrix, act, room))
	case OpMaxPool:
		return b.try(op.MaxPool(x, node.Window, room))
	case OpSubsample:
		return b.try(op.Subsample(x, node.Out, node.Window, room))
	case OpMean:
		return b.try(op.AveragePool(x))
	case OpGate:
		return b.try(op.Gate(x, b.read(node, 1), room))
	case OpAdd:
		return b.try(op.Add(x, b.read(node, 1), act, room))
	}
	b.try(nil, fault.Errorf("operation %d is not known", node.Op))
	return nil
}

// assign gives each step a room for its result, as few and small as its readers
// allow: nil where the result must outlive the run.
func assign(net *Network, steps []step, n int, taps []int) [][]float32 {
	last := map[int]int{} // of each node's output, the last step that reads it
	for i := range steps {
		for _, from := range steps[i].reads {
			last[from] = i
		}
	}
	type room struct{ size, until int } // until: the last step that reads what lies in it
	var rooms []room
	place := make([]int, len(steps))
	for i := range steps {
		out := steps[i].out()
		place[i] = -1
		if out >= net.Last || slices.Contains(taps, out) {
			continue
		}
		size := n * int(net.Nodes[out].Outputs())
		// Of those that are free the one that grows least, of these the smallest.
		best := -1
		for r := range rooms {
			if rooms[r].until >= i {
				continue
			}
			if best < 0 || grows(size, rooms[r].size) < grows(size, rooms[best].size) ||
				grows(size, rooms[r].size) == grows(size, rooms[best].size) && rooms[r].size < rooms[best].size {
				best = r
			}
		}
		if best < 0 {
			rooms, best = append(rooms, room{}), len(rooms)
		}
		rooms[best] = room{max(rooms[best].size, size), last[out]}
		place[i] = best
	}
	made := make([][]float32, len(rooms))
	for r := range rooms {
		made[r] = kernel.Room(rooms[r].size)
	}
	all := make([][]float32, len(steps))
	for i, r := range place {
		if r >= 0 {
			all[i] = made[r]
		}
	}
	return all
}

// grows is by how much a room must grow to hold so many values.
func grows(size, room int) int { return max(size-room, 0) }

// program is a network compiled for inference on batches of n, from a node on.
type program struct {
	machine G.VM
	inputs  map[int][]float32 // what the node, and those before it that are read on the way, put out
	outputs map[int]*output   // of the taps, the last layer and the logits
}

// output is what a node puts out: channels side by side.
type output struct{ value G.Value }

func (o *output) data() []float32 { return o.value.Data().([]float32) }

// compile makes a program from a node on that gives what the taps, the last
// layer, where it comes after the node, and the ending put out.
func compile(net *Network, w packedWeights, n, from int, taps []int) (*program, error) {
	defer Building()()
	b, inputs, err := buildInference(net, w, n, from, taps)
	if err != nil {
		return nil, err
	}
	p := &program{inputs: inputs, outputs: map[int]*output{}}
	for _, node := range append(slices.Clone(taps), net.Last, len(net.Nodes)-1) {
		if p.outputs[node] == nil && node > from {
			p.outputs[node] = new(output)
			G.Read(b.outputs[node], &p.outputs[node].value)
		}
	}
	p.machine = Collectable(G.NewTapeMachine(b.Expr, G.EvalMode()))
	return p, nil
}

// Collectable takes gorgonia's finalizer off a tape machine, which does nothing
// without CUDA: what a graph is read into leads back to the machine's owner, and
// a cycle with a finalizer in it is never collected.
func Collectable(machine G.VM) G.VM {
	runtime.SetFinalizer(machine, nil)
	return machine
}

// run computes what the program gives; it stands until the next run.
func (p *program) run() error {
	p.machine.Reset()
	if err := p.machine.RunAll(); err != nil {
		return fault.Errorf("network: %w", err)
	}
	return nil
}

// tail is a network from a node on to its logits, compiled for the gradient of
// a weighted sum of the logits with respect to what that node puts out. Batch
// norm is folded and only data have gradients.
type tail struct {
	machine  G.VM
	at       int               // the node
	inputs   map[int][]float32 // what it and the nodes before it that are read on the way put out
	target   []float32         // the weights of the logits, [classes]
	gradient G.Value           // [1, h, w, K]
}

// frontier are the nodes whose outputs a tail from the node takes: the node
// itself, and those before it that are read on the way from it to the logits.
// way are the nodes that lie on it.
func (n *Network) frontier(node int) (takes, way []int) {
	on := map[int]bool{node: true}
	takes = []int{node}
	for i := node + 1; i < len(n.Nodes); i++ {
		if slices.ContainsFunc(n.Nodes[i].From, func(from int) bool { return on[from] }) {
			on[i] = true
			way = append(way, i)
		}
	}
	for _, i := range way {
		for _, from := range n.Nodes[i].From {
			if !on[from] && !slices.Contains(takes, from) {
				takes = append(takes, from)
			}
		}
	}
	return takes, way
}

// compileTail makes the tail from a node.
func compileTail(net *Network, w packedWeights, node int) (*tail, error) {
	defer Building()()
	const n = 1
	takes, way := net.frontier(node)
	b := &builder{Graph: Graph{Expr: G.NewGraph()}, net: net, outputs: map[int]*G.Node{}}
	t := &tail{at: node, inputs: b.takes(takes, n), target: make([]float32, net.Classes)}
	for _, i := range way {
		at := &net.Nodes[i]
		if at.Op == OpConv || at.Op == OpLinear { // whose gradient is that of a linear map
			b.outputs[i] = b.frozen(i, w, kernel.Identity, nil)
			if at.Activation != kernel.Identity && b.err == nil {
				b.outputs[i] = b.try(op.Activate(b.outputs[i], at.Activation, nil))
			}
		} else {
			b.outputs[i] = b.frozen(i, w, at.Activation, nil)
		}
		if b.err != nil {
			return nil, fault.Errorf("network: %v of stage %d: %w", at.Part, at.Stage+1, b.err)
		}
	}
	target := G.NewMatrix(b.Expr, tensor.Float32, G.WithShape(n, net.Classes), G.WithName("target"),
		G.WithValue(tensor.New(tensor.WithShape(n, net.Classes), tensor.WithBacking(t.target))))
	weighted, err := G.HadamardProd(b.outputs[len(net.Nodes)-1], target)
	if err != nil {
		return nil, fault.Errorf("network: %w", err)
	}
	score, err := G.Sum(weighted)
	if err != nil {
		return nil, fault.Errorf("network: %w", err)
	}
	gradients, err := G.Grad(score, b.outputs[node])
	if err != nil {
		return nil, fault.Errorf("network: %w", err)
	}
	roots := G.Nodes{score, G.Read(gradients[0], &t.gradient)}
	t.machine = Collectable(G.NewTapeMachine(b.Expr.SubgraphRoots(roots...), G.EvalMode()))
	return t, nil
}

// run gives the gradient, [h, w, K], which stands until the next run.
func (t *tail) run() ([]float32, error) {
	t.machine.Reset()
	if err := t.machine.RunAll(); err != nil {
		return nil, fault.Errorf("network: %w", err)
	}
	return t.gradient.Data().([]float32), nil
}
