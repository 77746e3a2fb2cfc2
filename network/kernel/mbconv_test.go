package kernel

import (
	"fmt"
	"math"
	"testing"
)

// blockCase is a mobile inverted bottleneck of the tests.
type blockCase struct {
	name               string
	n, in, wide        int
	squeeze            int // 0: none
	out                int
	window             Window
	act                Activation
	residual, noExpand bool
}

var blockCases = []blockCase{
	{"3×3 on narrow planes", 2, 8, 48, 2, 8, Symmetric(3, 1, 7, 7), SiLU, true, false},
	{"5×5 on narrow planes", 1, 12, 40, 3, 12, Symmetric(5, 1, 14, 13), SiLU, true, false},
	{"5×5 on wide planes", 1, 8, 24, 2, 8, Symmetric(5, 1, 26, 25), SiLU, true, false},
	{"3×3/2 on wide planes", 1, 5, 30, 4, 9, Symmetric(3, 2, 31, 40), SiLU, false, false},
	{"3×3/2, padding at one side", 2, 4, 33, 1, 7, Same(3, 2, 14, 24), SiLU, false, false},
	{"5×5/2, padding at one side", 2, 4, 12, 1, 16, Same(5, 2, 28, 28), SiLU, false, false},
	{"without squeeze-and-excite, ReLU6", 3, 8, 48, 0, 16, Symmetric(3, 1, 9, 9), ReLU6, false, false},
	{"residual without squeeze-and-excite", 1, 16, 96, 0, 16, Symmetric(3, 1, 10, 30), ReLU6, true, false},
	{"without expansion", 2, 32, 32, 8, 16, Symmetric(3, 1, 12, 26), SiLU, false, true},
	{"without expansion on narrow planes", 1, 12, 12, 3, 12, Symmetric(5, 1, 5, 5), SiLU, true, true},
	{"without anything", 1, 9, 9, 0, 9, Symmetric(3, 2, 6, 7), ReLU6, false, true},
	{"fewer pixels than projected channels", 2, 16, 96, 4, 56, Symmetric(5, 2, 7, 7), SiLU, false, false},
	{"as many pixels as projected channels", 1, 8, 48, 2, 49, Symmetric(3, 1, 7, 7), SiLU, false, false},
	{"one pixel", 3, 8, 16, 2, 8, Symmetric(5, 1, 1, 1), SiLU, true, false},
	{"one row", 1, 3, 18, 1, 3, Symmetric(3, 1, 1, 50), SiLU, true, false},
	{"in bands", 1, 4, 24, 1, 6, Symmetric(3, 1, 60, 26), SiLU, false, false},
	{"in bands, with a stride", 1, 4, 20, 1, 6, Symmetric(5, 2, 75, 30), SiLU, false, false},
	{"in bands, on narrow planes", 1, 4, 24, 1, 4, Symmetric(5, 1, 64, 9), SiLU, true, false},
	{"one channel", 2, 1, 1, 1, 1, Symmetric(3, 1, 8, 8), SiLU, true, false},
}

func (c blockCase) String() string {
	return fmt.Sprintf("%s: %d pictures, %v, %d to %d channels, squeezed to %d, projected to %d", c.name, c.n, c.window, c.in, c.wide, c.squeeze, c.out)
}

// blockWeights are such that every layer's outputs are about 1.
type blockWeights struct {
	x, expand, expandBias, depthwise, depthwiseBias         []float32
	squeeze, squeezeBias, excite, exciteBias                []float32
	project, projectBias                                    []float32
	expansion, convolution, squeezing, exciting, projection layer
}

func (c blockCase) weights() blockWeights {
	pixels, one := c.window.OutH*c.window.OutW, Symmetric(1, 1, 1, 1)
	w := blockWeights{
		expansion:   layer{c.n * c.window.InH * c.window.InW, c.in, c.wide, 1, one},
		convolution: layer{c.n, c.wide, c.wide, c.wide, c.window},
		squeezing:   linear(c.n, c.wide, c.squeeze),
		exciting:    linear(c.n, c.squeeze, c.wide),
		projection:  linear(c.n*pixels, c.wide, c.out),
	}
	of := func(seed uint64, l layer) []float32 {
		return times(noise(seed, l.weights()), 1/math.Sqrt(float64(l.in/l.groups*l.Kernel*l.Kernel)))
	}
	w.x = noise(1, w.expansion.inputs())
	w.expand, w.expandBias = of(2, w.expansion), noise(3, c.wide)
	w.depthwise, w.depthwiseBias = of(4, w.convolution), noise(5, c.wide)
	if c.squeeze > 0 {
		w.squeeze, w.squeezeBias = of(6, w.squeezing), noise(7, c.squeeze)
		w.excite, w.exciteBias = of(8, w.exciting), noise(9, c.wide)
	}
	w.project, w.projectBias = of(10, w.projection), noise(11, c.out)
	return w
}

// pack gives the block, packed for the instruction set in use.
func (c blockCase) pack(w blockWeights) *MBConv {
	b := &MBConv{
		Window: c.window, Depthwise: PackDepthwise(w.depthwise, c.wide, c.window.Kernel, w.depthwiseBias),
		Project: PackLinear(w.project, c.out, c.wide, w.projectBias), Activation: c.act, Residual: c.residual,
	}
	if !c.noExpand {
		b.Expand = PackLinear(w.expand, c.wide, c.in, w.expandBias)
	}
	if c.squeeze > 0 {
		b.Squeeze = PackLinear(w.squeeze, c.squeeze, c.wide, w.squeezeBias)
		b.Excite = PackLinear(w.excite, c.wide, c.squeeze, w.exciteBias)
	}
	return b
}

// want is the block as its layers say, one after the other.
func (c blockCase) want(w blockWeights) []float64 {
	h := doubles(w.x)
	if !c.noExpand {
		h = forwardOf(w.expansion, h, w.expand, w.expandBias).activated(c.act).value
	}
	h = forwardOf(w.convolution, h, w.depthwise, w.depthwiseBias).activated(c.act).value
	pixels := c.window.OutH * c.window.OutW
	if c.squeeze > 0 {
		pooled := make([]float64, c.n*c.wide)
		for i, v := range h {
			pooled[i/c.wide/pixels*c.wide+i%c.wide] += v / float64(pixels)
		}
		squeezed := forwardOf(w.squeezing, pooled, w.squeeze, w.squeezeBias).activated(c.act).value
		gates := forwardOf(w.exciting, squeezed, w.excite, w.exciteBias).activated(Sigmoid).value
		for i := range h {
			h[i] *= gates[i/c.wide/pixels*c.wide+i%c.wide]
		}
	}
	y := forwardOf(w.projection, h, w.project, w.projectBias).value
	if c.residual {
		for i := range y {
			y[i] += float64(w.x[i])
		}
	}
	return y
}

// TestMBConv holds the block to its layers, computed one after the other. All
// share their scratch, which grows and is used again.
func TestMBConv(t *testing.T) {
	for _, c := range blockCases {
		w := c.weights()
		want := c.want(w)
		macs := w.convolution.macs() + w.projection.macs() + w.expansion.macs()
		eachSet(t, c.String(), macs/4, func(t *testing.T) {
			b := c.pack(w)
			got := vector(len(want))
			b.Forward(got.values(), w.x, c.n)
			closeTo(t, "result", got.values(), want)
			if !got.intact() {
				t.Error("it wrote outside its result")
			}
			// The same again, with what is left in the scratch.
			again := vector(len(want))
			b.Forward(again.values(), w.x, c.n)
			if !same(again.values(), got.values()) {
				t.Error("a second pass gives another result")
			}
		})
	}
}

// TestMBConvPictures: a picture's result does not depend on those beside it.
func TestMBConvPictures(t *testing.T) {
	c := blockCase{"", 3, 8, 48, 2, 8, Symmetric(3, 1, 9, 9), SiLU, true, false}
	w := c.weights()
	eachSet(t, "", 1<<20, func(t *testing.T) {
		b, all := c.pack(w), make([]float32, 3*9*9*8)
		b.Forward(all, w.x, 3)
		for i := range 3 {
			one := make([]float32, 9*9*8)
			b.Forward(one, w.x[i*len(one):][:len(one)], 1)
			if !same(one, all[i*len(one):][:len(one)]) {
				t.Errorf("picture %d alone gives another result than among three", i)
			}
		}
	})
}

// TestMBConvCheck: layers that do not fit together are refused before the
// assembly reads beyond one of them.
func TestMBConvCheck(t *testing.T) {
	matrix := func(in, out int) *Packed { return PackLinear(make([]float32, in*out), out, in, nil) }
	block := func() *MBConv {
		return &MBConv{
			Window: Symmetric(3, 1, 4, 4), Expand: matrix(8, 48), Depthwise: PackDepthwise(make([]float32, 48*9), 48, 3, nil),
			Squeeze: matrix(48, 2), Excite: matrix(2, 48), Project: matrix(48, 8), Activation: SiLU, Residual: true,
		}
	}
	if err := block().Check(8); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*MBConv){
		"expansion":  func(b *MBConv) { b.Expand = matrix(8, 40) },
		"input":      func(b *MBConv) { b.Expand = matrix(16, 48) },
		"none":       func(b *MBConv) { b.Expand = nil },
		"squeeze":    func(b *MBConv) { b.Squeeze = matrix(40, 2) },
		"excite":     func(b *MBConv) { b.Excite = matrix(3, 48) },
		"projection": func(b *MBConv) { b.Project = matrix(40, 8) },
		"residual":   func(b *MBConv) { b.Project = matrix(48, 16) },
		"kernel":     func(b *MBConv) { b.Window = Symmetric(5, 1, 4, 4) },
	} {
		b := block()
		change(b)
		if b.Check(8) == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
