package network

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"scalecam/cam"
	"scalecam/fault"
	"scalecam/lookup"
	"scalecam/network/kernel"
	"scalecam/parallel"
)

// Activations are what a model computes of one picture: the end of the network,
// and Evidence (cam.Evidence) of what lies before.
type Activations struct {
	cam.Pooled
	Seen Region // the part of the picture that the network was shown
	// Independent is the model's: classes do not exclude each other.
	Independent bool
	// Temperature is the model's, 0 where that is not known.
	Temperature float64
	// Familiarity is how much the picture looks like one of the model's classes, and
	// Unsure the model's, nil where that is not known.
	Familiarity Familiarity
	Unsure      *Unsure
	// Elapsed is what the network alone took, from the input to the logits:
	// neither opening and preparing the picture nor the map are in it.
	Elapsed time.Duration

	model *Model
	input *Input
	mu    sync.Mutex
	taps  map[int]cam.Features // of the nodes asked for so far
}

// FindLayer finds a layer by name: "last", which the ending pools; "stage5", the
// end of the fifth stage as describe counts them; or a library's name of a
// module whose output the network has, such as "features.13". The error lists
// the nearest names.
func (m *Model) FindLayer(name string) (cam.Layer, error) {
	n := m.Network
	node, ok := n.Layer(name)
	if !ok {
		node, ok = m.Names[name]
	}
	if !ok {
		return cam.Layer{}, fault.Errorf("network: %s has no layer %.80q; there are last, stage1 to stage%d, and its library's names, such as %s; the nearest are %s",
			m.Name, name, len(n.Architecture.Stages), strconv.Quote(m.LibraryName(n.End(len(n.Architecture.Stages)/2))), strings.Join(quoted(lookup.Nearest(slices.Collect(slices.Chunk(m.layerNames(), 1)), name)), ", "))
	}
	return cam.Layer{Name: name, Node: node, Last: node == n.Last}, nil
}

// Layer is the node of a layer that FindLayer finds whatever library named it: last
// and the stages.
func (n *Network) Layer(name string) (node int, ok bool) {
	if name == cam.LastLayer.Name {
		return n.Last, true
	}
	number, cut := strings.CutPrefix(name, "stage")
	stage, err := strconv.Atoi(number)
	if !cut || err != nil || stage < 1 || stage > len(n.Architecture.Stages) {
		return 0, false
	}
	return n.End(stage - 1), true
}

// layerNames lists what FindLayer knows.
func (m *Model) layerNames() []string {
	names := []string{cam.LastLayer.Name}
	for i := range m.Network.Architecture.Stages {
		names = append(names, fmt.Sprintf("stage%d", i+1))
	}
	var library []string
	for name := range m.Names {
		library = append(library, name)
	}
	slices.Sort(library)
	return append(names, library...)
}

// LibraryName is the shortest of the library's names of a node; "" where it has none.
func (m *Model) LibraryName(node int) string {
	best := ""
	for name, at := range m.Names {
		if at == node && (best == "" || len(name) < len(best) || len(name) == len(best) && name < best) {
			best = name
		}
	}
	return best
}

// node is the layer's node.
func (m *Model) node(l cam.Layer) int {
	if l.Last {
		return m.Network.Last
	}
	return l.Node
}

// CAMs are the class activation maps of all classes, [classes, H, W], in logits: by
// one matrix product, and so those that cam.CAM makes one by one but for rounding. A
// network that does not end in pooling and one linear layer has none, which is an
// error, as is a value that is not finite.
func (a *Activations) CAMs() ([]float32, error) {
	linear, ok := a.Weight.(classifier)
	if !ok {
		return nil, fault.Errorf("network: it does not end in pooling and one linear layer, which CAM is made of")
	}
	cells, classes := a.Features.H*a.Features.W, len(a.Logits)
	scores := make([]float32, cells*classes) // with the bias, which no map has
	linear.Product(scores, a.Features.Values, cells, kernel.Identity, nil)
	maps := make([]float32, cells*classes)
	const near = 64 // classes at a time, whose lines stay in the cache
	parallel.Bands(classes, near, func() func(from, to int) {
		return func(from, to int) {
			for cell := range cells {
				for c := from; c < to; c++ {
					maps[c*cells+cell] = scores[cell*classes+c] - a.Bias[c]
				}
			}
		}
	})
	for _, v := range maps {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, fault.Errorf("network: %w", ErrNotFinite)
		}
	}
	return maps, nil
}

// Outcome is what remains of the activations without their features and without
// what it takes to compute more.
func (a *Activations) Outcome() *Activations {
	return &Activations{Pooled: cam.Pooled{Logits: a.Logits, Weight: a.Weight, Bias: a.Bias}, Seen: a.Seen, Independent: a.Independent, Temperature: a.Temperature, Familiarity: a.Familiarity, Unsure: a.Unsure, Elapsed: a.Elapsed}
}

// LetGo lets go of what layers before the last put out. The network runs again where
// they are asked for.
func (a *Activations) LetGo() {
	a.mu.Lock()
	defer a.mu.Unlock()
	maps.DeleteFunc(a.taps, func(node int, _ cam.Features) bool { return node != a.model.Network.Last })
}

// Last is how the network ends.
func (a *Activations) Last() *cam.Pooled { return &a.Pooled }

// At gives a layer's features, [h, w, K], not to be written to; of cam.InputLayer
// those of the input, [H, W, 3], normalised.
func (a *Activations) At(ctx context.Context, layer cam.Layer) (*cam.Features, error) {
	all, err := a.at(ctx, []int{a.model.node(layer)})
	if err != nil {
		return nil, err
	}
	return &all[0], nil
}

// at gives what nodes put out; the network runs again for those that it was not
// asked for before.
func (a *Activations) at(ctx context.Context, nodes []int) ([]cam.Features, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var missing []cam.Layer
	for _, node := range nodes {
		if _, ok := a.taps[node]; !ok && node != FromPicture {
			missing = append(missing, cam.Layer{Node: node})
		}
	}
	if len(missing) > 0 {
		again, err := a.model.Forward(ctx, a.input, missing...)
		if err != nil {
			return nil, err
		}
		for node, f := range again.taps {
			a.taps[node] = f
		}
	}
	all := make([]cam.Features, len(nodes))
	for i, node := range nodes {
		if all[i] = a.taps[node]; node == FromPicture {
			all[i] = cam.Features{H: a.input.Size.H, W: a.input.Size.W, K: 3, Values: a.input.Pixels}
		}
	}
	return all, nil
}

// Gradient gives the gradient of the target's score with respect to what a layer
// puts out, [h, w, K]: the network is run forward and back from there on, on the
// weights with batch norm folded in.
func (a *Activations) Gradient(ctx context.Context, layer cam.Layer, t cam.Target) (*cam.Features, error) {
	m, node := a.model, a.model.node(layer)
	takes, _ := m.Network.frontier(node)
	inputs, err := a.at(ctx, takes)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if m.tail == nil || m.tail.at != node {
		m.tail = nil
		made, err := compileTail(m.Network, m.weights, node)
		if err != nil {
			return nil, fault.Errorf("%s: %w", m.Name, err)
		}
		m.tail = made
	}
	for i, from := range takes {
		copy(m.tail.inputs[from], inputs[i].Values)
	}
	clear(m.tail.target)
	for _, share := range t {
		m.tail.target[share.Class] += float32(share.Factor)
	}
	gradient, err := m.tail.run()
	if err != nil {
		return nil, fault.Errorf("%s: %w", m.Name, err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	at := &m.Network.Nodes[node]
	return &cam.Features{H: at.Size.H, W: at.Size.W, K: at.Out, Values: slices.Clone(gradient)}, nil
}

// Scores gives the target's score for each of n changes of what a layer puts out,
// or of the input, some at a time, and reports how many are done (cam.WithProgress).
func (a *Activations) Scores(ctx context.Context, layer cam.Layer, n int, change func(i int, values []float32), t cam.Target) ([]float64, error) {
	scores := make([]float64, n)
	err := a.Changed(ctx, layer, n, change, func(i int, logits []float32) { scores[i] = t.Score(logits) })
	if err != nil {
		return nil, err
	}
	return scores, nil
}

// Changed gives the logits of n changes of what a layer puts out, [h, w, K], or of the
// input, [H, W, 3], one after another: they are not the caller's to keep. change is
// given the values to change, and may be called for several at once.
func (a *Activations) Changed(ctx context.Context, layer cam.Layer, n int, change func(i int, values []float32), take func(i int, logits []float32)) error {
	m, node := a.model, a.model.node(layer)
	takes, _ := m.Network.frontier(node)
	inputs, err := a.at(ctx, takes)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	batch := m.Network.scoresBatch(n)
	p, err := m.compile(batch, node, nil)
	if err != nil {
		return err
	}
	for i, from := range takes[1:] {
		values := p.inputs[from]
		for len(values) > 0 {
			values = values[copy(values, inputs[i+1].Values):]
		}
	}
	own, values := inputs[0].Values, p.inputs[node]
	for first := 0; first < n; first += batch {
		if err := ctx.Err(); err != nil {
			return err
		}
		cam.Report(ctx, first, n)
		parallel.Each(min(batch, n-first), func(i int) { // what is left of the last batch is not looked at
			one := values[i*len(own):][:len(own)]
			copy(one, own)
			change(first+i, one)
		})
		if err := p.run(); err != nil {
			return fault.Errorf("%s: %w", m.Name, err)
		}
		logits := p.outputs[len(m.Network.Nodes)-1].data()
		for i := range min(batch, n-first) {
			take(first+i, logits[i*m.Network.Classes:][:m.Network.Classes])
		}
	}
	return nil
}

// mostAtOnce is where running more changes at once is not faster.
const mostAtOnce = 8

// scoresBatch is how many of n changes run at once: no more than end within some
// 50 milliseconds on a machine of 100 GFLOP/s, which is how long Cancel waits.
func (n *Network) scoresBatch(changes int) int {
	const most = 5e9 / 2 // MACs
	return max(1, min(mostAtOnce, changes, int(most/max(n.MACs(), 1))))
}
