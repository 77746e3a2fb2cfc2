package kernel

import (
	"fmt"
	"testing"
)

// trainedBlock is a block's shapes.
type trainedBlock struct {
	n, in, wide, small, out int // wide 0: no expansion; small 0: no squeeze-and-excite
	window                  Window
	act                     Activation
}

// trainedBlocks are blocks whose pictures are cut into pieces, and taken several at
// once; of few rows, and of too many weights, to be taken so; of channels that fill
// vectors and do not.
var trainedBlocks = []trainedBlock{
	{3, 16, 96, 4, 24, Symmetric(3, 1, 20, 19), SiLU},
	{2, 8, 48, 2, 12, Symmetric(5, 2, 31, 40), SiLU},
	{25, 12, 72, 3, 16, Symmetric(3, 1, 5, 4), SiLU},
	{2, 5, 30, 2, 9, Symmetric(5, 1, 4, 3), SiLU},
	{3, 13, 0, 3, 8, Symmetric(3, 1, 16, 17), SiLU},
	{3, 16, 96, 0, 20, Symmetric(3, 2, 24, 23), ReLU6},
	{40, 10, 33, 0, 7, Symmetric(3, 1, 4, 4), ReLU6},
	{2, 24, 300, 6, 250, Same(5, 2, 15, 15), SiLU},
}

func (c trainedBlock) channels() int {
	if c.wide == 0 {
		return c.in
	}
	return c.wide
}

func (c trainedBlock) depthwise() Depthwise { return Depthwise{c.n, c.channels(), c.window} }

func (c trainedBlock) expand() *Conv {
	if c.wide == 0 {
		return nil
	}
	return &Conv{c.n, c.in, c.wide, Symmetric(1, 1, c.window.InH, c.window.InW)}
}

func (c trainedBlock) project() Conv {
	return Conv{c.n, c.channels(), c.out, Symmetric(1, 1, c.window.OutH, c.window.OutW)}
}

func (c trainedBlock) block() *TrainedBlock {
	return TrainBlock(c.expand(), c.depthwise(), c.small, c.project(), 1e-3, c.act, new(BlockRooms))
}

func (c trainedBlock) parameters() *BlockParameters {
	wide := c.channels()
	layer := func(seed, weights, out int) LayerParameters {
		return LayerParameters{noise(uint64(seed), weights), noise(uint64(seed+1), out), noise(uint64(seed+2), out)}
	}
	p := &BlockParameters{Depthwise: layer(20, wide*c.window.Kernel*c.window.Kernel, wide), Project: layer(30, wide*c.out, c.out)}
	if c.wide > 0 {
		p.Expand = layer(10, c.in*wide, wide)
	}
	if c.small > 0 {
		p.Squeeze, p.SqueezeBias = noise(40, c.small*wide), noise(41, c.small)
		p.Excite, p.ExciteBias = noise(42, c.small*wide), noise(43, wide)
	}
	return p
}

type namedValues struct {
	name   string
	values []float32
}

// blockGradients are the parameters' gradients that a block keeps, and its statistics.
func blockGradients(b *TrainedBlock) (all []namedValues) {
	for i, l := range []*Trained{b.Expand, b.Depthwise, b.Project} {
		if l != nil {
			name := []string{"expansion", "depthwise convolution", "projection"}[i]
			all = append(all, namedValues{name + "'s weight", l.GradWeight}, namedValues{name + "'s gamma", l.GradGamma}, namedValues{name + "'s beta", l.GradBeta},
				namedValues{name + "'s mean", l.Mean}, namedValues{name + "'s variance", l.Variance})
		}
	}
	if e := b.Squeeze; e != nil {
		all = append(all, namedValues{"squeeze", e.GradSqueeze}, namedValues{"squeeze's bias", e.GradSqueezeBias},
			namedValues{"excite", e.GradExcite}, namedValues{"excite's bias", e.GradExciteBias})
	}
	return all
}

// TestTrainedBlock holds a block to its layers one after another, which other tests
// hold to theirs. Where the gradient may be spent the input's is the same bytes.
func TestTrainedBlock(t *testing.T) {
	for _, c := range trainedBlocks {
		d, project, p := c.depthwise(), c.project(), c.parameters()
		narrow, expanded, wide, out := d.N*d.InH*d.InW*c.in, d.N*d.InH*d.InW*d.Channels, d.N*d.OutH*d.OutW*d.Channels, d.N*d.OutH*d.OutW*c.out
		x, grad := noise(1, narrow), noise(2, out)
		macs := 3 * (expanded*c.in + wide*(c.window.Kernel*c.window.Kernel+c.out))
		eachSet(t, fmt.Sprintf("%v, %d to %d to %d to %d channels", c.window, c.in, c.wide, c.small, c.out), macs, func(t *testing.T) {
			layers := &TrainedBlock{Depthwise: TrainDepthwise(d, 1e-3, c.act), Project: TrainConv(project, 1e-3, Identity)}
			in := x
			if e := c.expand(); e != nil {
				layers.Expand, in = TrainConv(*e, 1e-3, c.act), make([]float32, expanded)
				layers.Expand.Forward(in, x, p.Expand.Weight, p.Expand.Gamma, p.Expand.Beta)
			}
			convolved, scaled, want := make([]float32, wide), make([]float32, wide), make([]float32, out)
			layers.Depthwise.Forward(convolved, in, p.Depthwise.Weight, p.Depthwise.Gamma, p.Depthwise.Beta)
			copy(scaled, convolved)
			if c.small > 0 {
				layers.Squeeze = NewSqueezeExcite(d.N, d.OutH*d.OutW, d.Channels, c.small, c.act)
				layers.Squeeze.Forward(scaled, convolved, p.Squeeze, p.SqueezeBias, p.Excite, p.ExciteBias)
			}
			layers.Project.Forward(want, scaled, p.Project.Weight, p.Project.Gamma, p.Project.Beta)
			dScaled, dConvolved, dIn, dx := make([]float32, wide), make([]float32, wide), make([]float32, expanded), make([]float32, narrow)
			layers.Project.Grad(dScaled, scaled, p.Project.Weight, p.Project.Gamma, p.Project.Beta, grad, false)
			copy(dConvolved, dScaled)
			if c.small > 0 {
				layers.Squeeze.Grad(dConvolved, convolved, p.Squeeze, p.Excite, dScaled)
			}
			layers.Depthwise.Grad(dIn, in, p.Depthwise.Weight, p.Depthwise.Gamma, p.Depthwise.Beta, dConvolved, false)
			if layers.Expand == nil {
				dx = dIn
			} else {
				layers.Expand.Grad(dx, x, p.Expand.Weight, p.Expand.Gamma, p.Expand.Beta, dIn, false)
			}

			b, got, gotDx, again := c.block(), vector(out), vector(narrow), vector(narrow)
			b.Forward(got.values(), x, p)
			b.Grad(gotDx.values(), x, p, grad, false)
			alike(t, "result", got.values(), want)
			alike(t, "input's gradient", gotDx.values(), dx)
			expect := blockGradients(layers)
			for i, g := range blockGradients(b) {
				alike(t, g.name, g.values, expect[i].values)
			}
			b.Grad(again.values(), x, p, append([]float32(nil), grad...), true)
			if !same(again.values(), gotDx.values()) {
				t.Error("the input's gradient is another where the result's is spent")
			}
			if !got.intact() || !gotDx.intact() || !again.intact() {
				t.Error("it wrote outside its results")
			}
		})
	}
}
