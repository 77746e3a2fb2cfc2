package op

import (
	G "gorgonia.org/gorgonia"

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

// BatchNorm normalises x [N, C, H, W] by the statistics of the batch itself,
// for training (arXiv 1502.03167); gamma and beta are [C]. Every run moves
// running, where it is not nil, towards the batch's mean and unbiased variance.
// For inference a network folds batch norm into the convolution before it.
func BatchNorm(x, gamma, beta *G.Node, eps float32, running *Running) (*G.Node, error) {
	const name = "batch norm"
	if err := want(name, "input", x, -1, -1, -1, -1); err != nil {
		return nil, err
	}
	s := x.Shape()
	for _, p := range []struct {
		name string
		node *G.Node
	}{{"gamma", gamma}, {"beta", beta}} {
		if err := want(name, p.name, p.node, s[1]); err != nil {
			return nil, err
		}
	}
	b := kernel.Norm{N: s[0], Channels: s[1], Plane: s[2] * s[3], Eps: eps}
	mean, variance := make([]float32, b.Channels), make([]float32, b.Channels)
	return apply(&operator{
		name: name, shape: s.Clone(),
		run: func(out []float32, in []array) {
			b.Statistics(mean, variance, in[0].data)
			if running != nil {
				running.observe(mean, variance, b.N*b.Plane)
			}
			b.Forward(out, in[0].data, in[1].data, in[2].data, mean, variance)
		},
		// The gradients read mean and variance as the forward pass of the same
		// run left them: it comes first, because grad depends on its result.
		grad: func(in G.Nodes, _, grad *G.Node) (G.Nodes, error) {
			return gradients(in,
				func() (*G.Node, error) {
					return apply(&operator{
						name: name + " gradient (input)", shape: s.Clone(),
						run: func(out []float32, in []array) {
							b.GradInput(out, in[0].data, in[1].data, in[2].data, mean, variance)
						},
					}, in[0], in[1], grad)
				},
				func() (*G.Node, error) {
					return apply(&operator{
						name: name + " gradient (gamma)", shape: in[1].Shape().Clone(),
						run: func(out []float32, in []array) { b.GradGamma(out, in[0].data, in[1].data, mean, variance) },
					}, in[0], grad)
				},
				func() (*G.Node, error) { return sumChannels(grad) },
			)
		},
	}, x, gamma, beta)
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
