package network

import (
	"iter"
	"math"
	"math/rand/v2"
	"slices"

	"scalecam/fault"
)

// BatchNorm is the batch norm of a layer, each slice [channels out].
type BatchNorm struct{ Gamma, Beta, Mean, Var []float32 }

// LayerWeights are the values of one node: Weight in its WeightShape, and either
// Norm or, where it has none, Bias [channels out]. All are nil where the node has
// no weights.
type LayerWeights struct {
	Weight, Bias []float32
	Norm         *BatchNorm
}

// Weights are the values of all of a Network's nodes, in order.
type Weights []LayerWeights

// Arrays lists all arrays of the weights, in an order of their own: what is
// learnt and what batch norm has seen.
func (w Weights) Arrays() [][]float32 {
	var all [][]float32
	for _, l := range w {
		if l.Weight == nil {
			continue
		}
		all = append(all, l.Weight)
		if l.Norm != nil {
			all = append(all, l.Norm.Gamma, l.Norm.Beta, l.Norm.Mean, l.Norm.Var)
		} else {
			all = append(all, l.Bias)
		}
	}
	return all
}

// Clone is a copy that shares nothing with w.
func (w Weights) Clone() Weights {
	c := slices.Clone(w)
	for i := range c {
		l := &c[i]
		l.Weight, l.Bias = slices.Clone(l.Weight), slices.Clone(l.Bias)
		if l.Norm != nil {
			l.Norm = &BatchNorm{slices.Clone(l.Norm.Gamma), slices.Clone(l.Norm.Beta), slices.Clone(l.Norm.Mean), slices.Clone(l.Norm.Var)}
		}
	}
	return c
}

// check holds the weights to the network's shapes.
func (w Weights) check(n *Network) error {
	if len(w) != len(n.Nodes) {
		return fault.Errorf("network: weights of %d nodes for a network of %d", len(w), len(n.Nodes))
	}
	for i := range n.Nodes {
		node := &n.Nodes[i]
		fits := int64(len(w[i].Weight)) == node.weights()
		switch {
		case node.Norm:
			b := w[i].Norm
			fits = fits && b != nil && len(b.Gamma) == node.Out && len(b.Beta) == node.Out && len(b.Mean) == node.Out && len(b.Var) == node.Out
		case node.Weighted():
			fits = fits && len(w[i].Bias) == node.Out
		}
		if !fits {
			return fault.Errorf("network: the weights of node %d (%v of stage %d) do not fit its shape %v", i, node.Part, node.Stage+1, node.WeightShape())
		}
	}
	return nil
}

// fold merges a layer's batch norm into its convolution: one weight and one
// bias that do the work of both (in inference, where the statistics stand). The
// weight lies in room, which is as long, or is the layer's own.
func (w LayerWeights) fold(eps float64, room []float32) (weight, bias []float32) {
	if w.Norm == nil {
		return w.Weight, w.Bias
	}
	channels := len(w.Norm.Gamma)
	per := len(w.Weight) / channels
	weight, bias = room[:len(w.Weight)], make([]float32, channels)
	for c := range channels {
		scale := float64(w.Norm.Gamma[c]) / math.Sqrt(float64(w.Norm.Var[c])+eps)
		to := weight[c*per:][:per]
		for i, v := range w.Weight[c*per:][:per] {
			to[i] = float32(float64(v) * scale)
		}
		bias[c] = float32(float64(w.Norm.Beta[c]) - scale*float64(w.Norm.Mean[c]))
	}
	return weight, bias
}

// Random gives a network untrained weights, the same ones for the same seed:
// normal with variance 2/fan-in after an activation (He et al., arXiv
// 1502.01852) and 1/fan-in otherwise, batch norm as identity, biases zero. The
// last layer of a residual branch is weakened by the stage's blocks, or deep
// networks would explode (Zhang et al., Fixup, arXiv 1901.09321).
func Random(n *Network, seed uint64) Weights {
	var w Weights
	for l := range randomLayers(n, seed) {
		l.Weight = slices.Clone(l.Weight)
		w = append(w, l)
	}
	return w
}

// randomLayers gives Random's nodes one after the other; the Weight of each
// lies where the one before it lay.
func randomLayers(n *Network, seed uint64) iter.Seq[LayerWeights] {
	return func(yield func(LayerWeights) bool) {
		rng := rand.New(rand.NewPCG(seed, 0x5ca1eca4))
		stages, branches := n.Stages(), n.branches()
		room := make([]float32, n.largestWeight())
		for i := range n.Nodes {
			node := &n.Nodes[i]
			if !node.Weighted() {
				if !yield(LayerWeights{}) {
					return
				}
				continue
			}
			weight := room[:node.weights()]
			gain := 2.0
			switch {
			case node.Part == Stem || node.Part == Expand || node.Part == Classifier || node.Part == Shortcut:
				gain = 1
			case branches[i]:
				gain /= float64(stages[node.Stage].Layers)
			}
			deviation := math.Sqrt(gain * float64(node.Out) / float64(len(weight)))
			for j := range weight {
				weight[j] = float32(rng.NormFloat64() * deviation)
			}
			w := LayerWeights{Weight: weight}
			if node.Norm {
				b := &BatchNorm{Gamma: make([]float32, node.Out), Beta: make([]float32, node.Out), Mean: make([]float32, node.Out), Var: make([]float32, node.Out)}
				for c := range node.Out {
					b.Gamma[c], b.Var[c] = 1, 1
				}
				w.Norm = b
			} else {
				w.Bias = make([]float32, node.Out)
			}
			if !yield(w) {
				return
			}
		}
	}
}

// branches tells which nodes end a residual branch.
func (n *Network) branches() map[int]bool {
	ends := map[int]bool{}
	for i := range n.Nodes {
		if n.Nodes[i].Op == OpAdd {
			ends[n.Nodes[i].From[0]] = true
		}
	}
	return ends
}

// largestWeight is the number of values in the largest layer's weight.
func (n *Network) largestWeight() int64 {
	largest := int64(0)
	for i := range n.Nodes {
		largest = max(largest, n.Nodes[i].weights())
	}
	return largest
}
