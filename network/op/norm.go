package op

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"scalecam/network/kernel"
)

// Running holds what batch norm has seen of each channel, which inference
// uses in place of a batch's own statistics. Both slices are [C].
type Running struct {
	Mean, Var []float32
	// Momentum is the weight of a new batch: 0.1 in PyTorch, 0.01 in the
	// EfficientNet paper.
	Momentum float32
}

// BatchNorm normalises x [N, H, W, C] by the statistics of the batch itself,
// for training (arXiv 1502.03167), and applies the activation; gamma and beta
// are [C]. Every run moves running, where it is not nil, towards the batch's
// mean and unbiased variance. For inference a network folds batch norm into the
// convolution before it.
func BatchNorm(x, gamma, beta *G.Node, eps float32, act kernel.Activation, running *Running) (*G.Node, error) {
	const name = "batch norm"
	if err := want(name, "input", x, -1, -1, -1, -1); err != nil {
		return nil, err
	}
	s := x.Shape()
	channels := s[3]
	for _, p := range []struct {
		name string
		node *G.Node
	}{{"gamma", gamma}, {"beta", beta}} {
		if err := want(name, p.name, p.node, channels); err != nil {
			return nil, err
		}
	}
	b := kernel.Norm{Rows: s.TotalSize() / channels, Channels: channels, Eps: eps, Activation: act}
	mean, variance := make([]float32, channels), make([]float32, channels)
	gradGamma, gradBeta := make([]float32, channels), make([]float32, channels)
	return apply(&operator{
		name: name, shape: s.Clone(),
		run: func(out []float32, in []array) {
			b.Statistics(mean, variance, in[0].data)
			if running != nil {
				running.observe(mean, variance, b.Rows)
			}
			b.Forward(out, in[0].data, in[1].data, in[2].data, mean, variance)
		},
		// The gradients read mean and variance as the forward pass of the same
		// run left them: it comes first, because they take its result too.
		grad: func(in G.Nodes, out, grad *G.Node) (G.Nodes, error) {
			all, err := apply(&operator{
				name: name + " gradient (input)", shape: s.Clone(),
				run: func(out []float32, in []array) {
					b.Grad(out, gradGamma, gradBeta, in[0].data, in[1].data, in[2].data, in[3].data, mean, variance)
				},
			}, in[0], in[1], in[2], grad, out)
			if err != nil {
				return nil, err
			}
			return besides(all, name, output{gradGamma, in[1].Shape()}, output{gradBeta, in[2].Shape()})
		},
	}, x, gamma, beta)
}

// output is a result that an operator computes besides its own.
type output struct {
	data  []float32
	shape tensor.Shape
}

// besides gives the nodes of a gradient: all, which computes every operand's,
// and one for each of the others, which all's run has left where it says.
func besides(all *G.Node, name string, others ...output) (G.Nodes, error) {
	nodes := G.Nodes{all}
	for _, o := range others {
		n, err := apply(&operator{
			name: name + " gradient", shape: o.shape.Clone(),
			run: func(out []float32, _ []array) { copy(out, o.data) },
		}, all)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
	}
	return nodes, nil
}

// observe moves the running statistics towards those of a batch of count
// values a channel.
func (r *Running) observe(mean, variance []float32, count int) {
	unbiased := float32(1)
	if count > 1 {
		unbiased = float32(count) / float32(count-1)
	}
	for c := range mean {
		r.Mean[c] += r.Momentum * (mean[c] - r.Mean[c])
		r.Var[c] += r.Momentum * (variance[c]*unbiased - r.Var[c])
	}
}
