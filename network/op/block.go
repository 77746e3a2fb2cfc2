package op

import (
	"fmt"
	"slices"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"scalecam/network/kernel"
)

// Layer is a convolution's weight with batch norm's gamma and beta [channels], and what
// that has seen, as of Norm.
type Layer struct {
	Weight, Gamma, Beta *G.Node
	Running             *Running
}

// Block is a mobile inverted bottleneck without its sum (arXiv 1801.04381, 1709.01507).
type Block struct {
	Expand                                   *Layer        // weight [C, In, 1, 1]; nil: the block convolves its input, and C is In
	Depthwise                                *Layer        // weight [C, 1, k, k]
	Window                                   kernel.Window // of the depthwise convolution, as of DepthwiseNorm
	Squeeze, SqueezeBias, Excite, ExciteBias *G.Node       // [S, C], [S], [C, S], [C]; or all nil
	Project                                  *Layer        // weight [Out, C, 1, 1]
	Eps                                      float32
	// Activation follows the expansion, the depthwise convolution and the squeezed
	// channels.
	Activation kernel.Activation
	Rooms      *kernel.BlockRooms // the graph's
}

// BlockNorm runs the block in training, each convolution with batch norm by the
// statistics of the batch itself: x [N, H, W, In], whose H, W are the window's. Result
// [N, OutH, OutW, Out]. It is ConvNorm, DepthwiseNorm, SqueezeExcite and ConvNorm in
// turn, with less in memory.
func BlockNorm(x *G.Node, b Block) (*G.Node, error) {
	const name = "block"
	if err := want(name, "input", x, -1, b.Window.InH, b.Window.InW, -1); err != nil {
		return nil, err
	}
	n, in, channels, out, small := x.Shape()[0], x.Shape()[3], b.Depthwise.Weight.Shape()[0], b.Project.Weight.Shape()[0], 0
	d := kernel.Depthwise{N: n, Channels: channels, Window: b.Window}
	if err := d.Check(); err != nil {
		return nil, fmt.Errorf("op: %s: %w", name, err)
	}
	project := kernel.Conv{N: n, In: channels, Out: out, Window: kernel.Symmetric(1, 1, d.OutH, d.OutW)}

	// The parameters, in the order in which the kernel lists them.
	var parameters G.Nodes
	var misfit error
	parameter := func(what string, p *G.Node, shape ...int) {
		if err := want(name, what, p, shape...); err != nil && misfit == nil {
			misfit = err
		}
		parameters = append(parameters, p)
	}
	layer := func(what string, l *Layer, shape ...int) {
		parameter(what+"'s weight", l.Weight, shape...)
		parameter(what+"'s gamma", l.Gamma, shape[0])
		parameter(what+"'s beta", l.Beta, shape[0])
	}
	var expand *kernel.Conv
	if b.Expand != nil {
		expand = &kernel.Conv{N: n, In: in, Out: channels, Window: kernel.Symmetric(1, 1, d.InH, d.InW)}
		layer("expansion", b.Expand, channels, in, 1, 1)
	} else if in != channels {
		return nil, fmt.Errorf("op: %s: input has %d channels and the depthwise convolution %d", name, in, channels)
	}
	layer("depthwise convolution", b.Depthwise, channels, 1, d.Kernel, d.Kernel)
	if b.Squeeze != nil {
		small = b.Squeeze.Shape()[0]
		parameter("squeeze", b.Squeeze, small, channels)
		parameter("squeeze's bias", b.SqueezeBias, small)
		parameter("excite", b.Excite, channels, small)
		parameter("excite's bias", b.ExciteBias, channels)
	}
	layer("projection", b.Project, out, channels, 1, 1)
	if misfit != nil {
		return nil, misfit
	}

	t := kernel.TrainBlock(expand, d, small, project, b.Eps, b.Activation, b.Rooms)
	values := func(in []array) (p *kernel.BlockParameters, x []float32) {
		all := make([][]float32, len(parameters))
		for i := range all {
			all[i] = in[i].data
		}
		return t.Parameters(all), in[len(all)].data
	}
	return apply(&operator{
		name: fmt.Sprint(name, " ", x.Shape(), " to ", out), shape: tensor.Shape{n, d.OutH, d.OutW, out},
		run: func(out []float32, in []array) {
			p, x := values(in)
			t.Forward(out, x, p)
			if b.Expand != nil {
				b.Expand.Running.of(t.Expand, n*d.InH*d.InW)
			}
			b.Depthwise.Running.of(t.Depthwise, n*d.OutH*d.OutW)
			b.Project.Running.of(t.Project, n*d.OutH*d.OutW)
		},
		// As of Norm.after: what the forward pass left in t comes first.
		grad: func(in G.Nodes, out, grad *G.Node) (G.Nodes, error) {
			gradient := &operator{name: name + " gradient (input)", shape: x.Shape().Clone(), spends: len(parameters) + 2}
			gradient.run = func(out []float32, in []array) {
				p, x := values(in)
				t.Grad(out, x, p, in[len(parameters)+1].data, gradient.alone)
			}
			all, err := apply(gradient, append(slices.Clone(in), grad, out)...)
			if err != nil {
				return nil, err
			}
			var others []output
			for i, data := range t.Gradients() {
				others = append(others, output{data, in[i].Shape()})
			}
			nodes, err := besides(all, name, others...)
			return append(nodes, all), err
		},
	}, append(parameters, x)...)
}
