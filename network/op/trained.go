package op

import (
	"fmt"

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

// Norm is what follows a convolution in training: batch norm by the statistics of the
// batch itself (arXiv 1502.03167), and an activation. For inference a network folds
// batch norm into the convolution.
type Norm struct {
	Eps        float32
	Activation kernel.Activation
	// Running, where not nil, moves by every run towards the batch's mean and
	// unbiased variance.
	Running *Running
	// First says that the layer reads pictures, which have no gradient.
	First bool
}

// ConvNorm convolves x [N, H, W, In] with weight [Out, In, k, k] over the window,
// whose InH, InW must be x's, normalises the result with gamma and beta [Out] and
// applies the activation. Result [N, OutH, OutW, Out].
func ConvNorm(x, weight, gamma, beta *G.Node, window kernel.Window, n Norm) (*G.Node, error) {
	const name = "convolution and batch norm"
	if err := want(name, "input", x, -1, window.InH, window.InW, -1); err != nil {
		return nil, err
	}
	in := x.Shape()[3]
	if err := want(name, "weight", weight, -1, in, window.Kernel, window.Kernel); err != nil {
		return nil, err
	}
	c := kernel.Conv{N: x.Shape()[0], In: in, Out: weight.Shape()[0], Window: window}
	return n.after(name, kernel.TrainConv(c, n.Eps, n.Activation), tensor.Shape{c.N, c.OutH, c.OutW, c.Out}, x, weight, gamma, beta)
}

// DepthwiseNorm is ConvNorm of each channel of x [N, H, W, C] with its own kernel of
// weight [C, 1, k, k], k being 3 or 5 and the stride 1 or 2. Result [N, OutH, OutW, C].
func DepthwiseNorm(x, weight, gamma, beta *G.Node, window kernel.Window, n Norm) (*G.Node, error) {
	const name = "depthwise convolution and batch norm"
	if err := want(name, "input", x, -1, window.InH, window.InW, -1); err != nil {
		return nil, err
	}
	channels := x.Shape()[3]
	if err := want(name, "weight", weight, channels, 1, window.Kernel, window.Kernel); err != nil {
		return nil, err
	}
	d := kernel.Depthwise{N: x.Shape()[0], Channels: channels, Window: window}
	if err := d.Check(); err != nil {
		return nil, fmt.Errorf("op: %s: %w", name, err)
	}
	return n.after(name, kernel.TrainDepthwise(d, n.Eps, n.Activation), tensor.Shape{d.N, d.OutH, d.OutW, channels}, x, weight, gamma, beta)
}

// after applies the layer.
func (n Norm) after(name string, t *kernel.Trained, shape tensor.Shape, x, weight, gamma, beta *G.Node) (*G.Node, error) {
	channels := shape[3]
	for _, p := range []struct {
		name string
		node *G.Node
	}{{"gamma", gamma}, {"beta", beta}} {
		if err := want(name, p.name, p.node, channels); err != nil {
			return nil, err
		}
	}
	fixed := 0
	if n.First {
		fixed = 1
	}
	return apply(&operator{
		name: fmt.Sprint(name, " ", shape), shape: shape, fixed: fixed,
		run: func(out []float32, in []array) {
			t.Forward(out, in[3].data, in[0].data, in[1].data, in[2].data)
			n.Running.of(t, shape.TotalSize()/channels)
		},
		// The gradient reads what the forward pass of the same run left in t: it
		// comes first, because the gradient takes its result too.
		grad: func(in G.Nodes, out, grad *G.Node) (G.Nodes, error) {
			weights := output{t.GradWeight, in[0].Shape()}
			gradient := &operator{name: name + " gradient (input)", shape: in[3].Shape().Clone(), spends: 5}
			gradient.run = func(out []float32, in []array) {
				t.Grad(out, in[3].data, in[0].data, in[1].data, in[2].data, in[4].data, gradient.alone)
			}
			if n.First {
				gradient.name, gradient.shape = name+" gradient (weight)", in[0].Shape().Clone()
				gradient.run = func(out []float32, in []array) {
					t.Grad(nil, in[3].data, in[0].data, in[1].data, in[2].data, in[4].data, gradient.alone)
					copy(out, t.GradWeight)
				}
			}
			all, err := apply(gradient, in[0], in[1], in[2], in[3], grad, out)
			if err != nil {
				return nil, err
			}
			others, err := besides(all, name, weights, output{t.GradGamma, in[1].Shape()}, output{t.GradBeta, in[2].Shape()})
			if err != nil || n.First {
				return append(others, nil), err
			}
			return append(others, all), nil
		},
	}, weight, gamma, beta, x)
}

// output is a result that an operator computes besides its own.
type output struct {
	data  []float32
	shape tensor.Shape
}

// besides gives nodes for what all's run has left where they say.
func besides(all *G.Node, name string, others ...output) (G.Nodes, error) {
	var nodes G.Nodes
	for _, o := range others {
		n, err := apply(&operator{
			name: name + " gradient", shape: o.shape.Clone(), unread: true,
			run: func(out []float32, _ []array) { copy(out, o.data) },
		}, all)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
	}
	return nodes, nil
}

// of observes what a layer has seen, if anybody does.
func (r *Running) of(t *kernel.Trained, count int) {
	if r != nil {
		r.observe(t.Mean, t.Variance, count)
	}
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
