package kernel

import (
	"fmt"
	"slices"
	"testing"
)

// The benchmarks' shapes are those of EfficientNet-B0 at 224×224 (arXiv
// 1905.11946): every block that differs from the one before.

// b0Block is a block of it; in are the channels that come in, and those are
// what squeeze-and-excite is a quarter of.
type b0Block struct{ kernel, stride, size, in, expand, out int }

var b0 = []b0Block{
	{3, 1, 112, 32, 1, 16},
	{3, 2, 112, 16, 6, 24},
	{3, 1, 56, 24, 6, 24},
	{5, 2, 56, 24, 6, 40},
	{5, 1, 28, 40, 6, 40},
	{3, 2, 28, 40, 6, 80},
	{3, 1, 14, 80, 6, 80},
	{5, 1, 14, 80, 6, 112},
	{5, 1, 14, 112, 6, 112},
	{5, 2, 14, 112, 6, 192},
	{5, 1, 7, 192, 6, 192},
	{3, 1, 7, 192, 6, 320},
}

func (b b0Block) window() Window { return Symmetric(b.kernel, b.stride, b.size, b.size) }
func (b b0Block) wide() int      { return b.in * b.expand }

// eachSetOf runs a benchmark with each instruction set of this machine.
// amount is in units of 10⁹: multiplications and additions, or bytes.
func eachSetOf(b *testing.B, name, unit string, amount int, run func()) {
	defer func() { current = available[0] }()
	for _, set := range InstructionSets() {
		if err := UseInstructionSet(set); err != nil {
			b.Fatal(err)
		}
		b.Run(name+"/"+set, func(b *testing.B) {
			for b.Loop() {
				run()
			}
			b.ReportMetric(float64(amount)*float64(b.N)/b.Elapsed().Seconds()/1e9, unit)
		})
	}
}

// packedOnce packs for the instruction set in use, at its first call for it.
func packedOnce[T any](pack func() T) func() T {
	packed := map[*instructions]T{}
	return func() T {
		p, ok := packed[current]
		if !ok {
			p = pack()
			packed[current] = p
		}
		return p
	}
}

// BenchmarkPeak measures how long a measurement takes, and gives its result.
func BenchmarkPeak(b *testing.B) {
	defer func() { current = available[0] }()
	for _, set := range InstructionSets() {
		if err := UseInstructionSet(set); err != nil {
			b.Fatal(err)
		}
		b.Run(set, func(b *testing.B) {
			best := 0.0
			for b.Loop() {
				best = max(best, Peak())
			}
			b.ReportMetric(best, "GFLOP/s")
		})
	}
}

// BenchmarkProduct: the 1×1 convolutions, as expanding and projecting layers.
func BenchmarkProduct(b *testing.B) {
	type shape struct {
		pixels, in, out int
		act             Activation
	}
	var shapes []shape
	with := func(s shape) {
		if !slices.Contains(shapes, s) {
			shapes = append(shapes, s)
		}
	}
	for _, l := range b0 {
		if l.expand > 1 {
			with(shape{l.size * l.size, l.in, l.wide(), SiLU})
		}
		w := l.window()
		with(shape{w.OutH * w.OutW, l.wide(), l.out, Identity})
	}
	with(shape{49, 320, 1280, SiLU})
	with(shape{1, 1280, 1000, Identity})
	for _, s := range shapes {
		a, weight, bias, c := noise(1, s.pixels*s.in), noise(2, s.in*s.out), noise(3, s.out), make([]float32, s.pixels*s.out)
		packed := packedOnce(func() *Packed { return PackLinear(weight, s.out, s.in, bias) })
		eachSetOf(b, fmt.Sprintf("[%d,%d→%d],%v", s.pixels, s.in, s.out, s.act), "GFLOP/s", 2*s.pixels*s.in*s.out,
			func() { packed().Product(c, a, s.pixels, s.act, nil) })
	}
}

// BenchmarkPack: the largest weights, which are packed anew for every step of
// training. Bytes are those read and written.
func BenchmarkPack(b *testing.B) {
	for _, s := range [][2]int{{1152, 320}, {320, 1280}, {1280, 1000}} {
		weight := noise(1, s[0]*s[1])
		eachSetOf(b, fmt.Sprintf("[%d→%d]", s[0], s[1]), "GB/s", 8*len(weight), func() { PackLinear(weight, s[1], s[0], nil).Release() })
	}
}

// BenchmarkStem: the first convolution, 3×3/2 of three colours.
func BenchmarkStem(b *testing.B) {
	c := Conv{N: 1, In: 3, Out: 32, Window: Symmetric(3, 2, 224, 224)}
	l := layer{1, 3, 32, 1, c.Window}
	x, weight, bias, y := noise(1, l.inputs()), noise(2, l.weights()), noise(3, 32), make([]float32, l.outputs())
	packed := packedOnce(func() *Packed { return c.Pack(weight, bias) })
	eachSetOf(b, c.String(), "GFLOP/s", 2*len(y)*c.taps(), func() { c.Forward(y, x, packed(), SiLU, nil) })
}

// resnet are the convolutions of ResNet-18 and ResNet-50 at 224×224 (arXiv
// 1512.03385) that are no plain matrix products.
var resnet = []Conv{
	{N: 1, In: 3, Out: 64, Window: Symmetric(7, 2, 224, 224)},
	{N: 1, In: 64, Out: 64, Window: Symmetric(3, 1, 56, 56)},
	{N: 1, In: 64, Out: 128, Window: Symmetric(3, 2, 56, 56)},
	{N: 1, In: 128, Out: 128, Window: Symmetric(3, 1, 28, 28)},
	{N: 1, In: 256, Out: 256, Window: Symmetric(3, 1, 14, 14)},
	{N: 1, In: 512, Out: 512, Window: Symmetric(3, 1, 7, 7)},
	{N: 1, In: 64, Out: 128, Window: Symmetric(1, 2, 56, 56)},
	{N: 1, In: 1024, Out: 2048, Window: Symmetric(1, 2, 14, 14)},
}

// BenchmarkConv: with what is added and ReLU, as at the end of a block, and the
// gradient of the input.
func BenchmarkConv(b *testing.B) {
	for _, c := range resnet {
		l := layer{1, c.In, c.Out, 1, c.Window}
		x, weight, bias, add, y := noise(1, l.inputs()), noise(2, l.weights()), noise(3, c.Out), noise(4, l.outputs()), make([]float32, l.outputs())
		packed := packedOnce(func() *Packed { return c.Pack(weight, bias) })
		shape := fmt.Sprintf("%d×%d÷%d,%d²,%d→%d", c.Kernel, c.Kernel, c.Stride, c.InH, c.In, c.Out)
		eachSetOf(b, shape, "GFLOP/s", 2*len(y)*c.taps(), func() { c.Forward(y, x, packed(), ReLU, add) })
		eachSetOf(b, shape+",gradient", "GFLOP/s", 2*len(y)*c.taps(), func() { c.GradInputPacked(x, add, packed().Transposed()) })
		eachSetOf(b, shape+",packed", "GB/s", 8*len(weight), func() { c.Pack(weight, bias).Release() })
	}
}

// BenchmarkMaxPool: after a ResNet's first convolution. Bytes are those read
// and written.
func BenchmarkMaxPool(b *testing.B) {
	m := MaxPool{N: 1, Channels: 64, Window: Symmetric(3, 2, 112, 112)}
	l := layer{1, m.Channels, m.Channels, m.Channels, m.Window}
	x, grad, dx, y := noise(1, l.inputs()), noise(2, l.outputs()), make([]float32, l.inputs()), make([]float32, l.outputs())
	eachSetOf(b, "3×3÷2,112²,64", "GB/s", 4*(len(x)+len(y)), func() { m.Forward(y, x) })
	eachSetOf(b, "3×3÷2,112²,64,gradient", "GB/s", 4*(2*len(x)+len(y)), func() { m.Grad(dx, x, grad) })
}

// BenchmarkDepthwise: every depthwise convolution.
func BenchmarkDepthwise(b *testing.B) {
	for _, s := range b0 {
		d := Depthwise{N: 1, Channels: s.wide(), Window: s.window()}
		l := layer{1, d.Channels, d.Channels, d.Channels, d.Window}
		x, weight, bias, y := noise(1, l.inputs()), noise(2, l.weights()), noise(3, d.Channels), make([]float32, l.outputs())
		packed := packedOnce(func() *PackedDepthwise { return PackDepthwise(weight, d.Channels, d.Kernel, bias) })
		for _, act := range []Activation{Identity, SiLU} {
			eachSetOf(b, fmt.Sprintf("%d×%d÷%d,%d²,%d,%v", s.kernel, s.kernel, s.stride, s.size, d.Channels, act), "GFLOP/s", 2*len(y)*d.Kernel*d.Kernel,
				func() { d.Forward(y, x, packed(), act) })
		}
	}
}

// BenchmarkMBConv: whole blocks, with squeeze-and-excite.
func BenchmarkMBConv(b *testing.B) {
	for _, s := range b0 {
		c := blockCase{
			n: 1, in: s.in, wide: s.wide(), squeeze: s.in / 4, out: s.out, window: s.window(),
			act: SiLU, residual: s.stride == 1 && s.in == s.out, noExpand: s.expand == 1,
		}
		w := c.weights()
		y := make([]float32, w.projection.outputs())
		packed := packedOnce(func() *MBConv { return c.pack(w) })
		macs := len(y)*c.wide + w.convolution.outputs()*s.kernel*s.kernel + 2*c.wide*c.squeeze
		if !c.noExpand {
			macs += w.expansion.outputs() * c.in
		}
		eachSetOf(b, fmt.Sprintf("%d×%d÷%d,%d²,%d→%d→%d", s.kernel, s.kernel, s.stride, s.size, c.in, c.wide, c.out), "GFLOP/s", 2*macs,
			func() { packed().Forward(y, w.x, 1) })
	}
}

// BenchmarkGradients: of convolutions and linear layers, of batches of 8.
func BenchmarkGradients(b *testing.B) {
	const n = 8
	stem := Conv{N: n, In: 3, Out: 32, Window: Symmetric(3, 2, 224, 224)}
	l := layer{n, 3, 32, 1, stem.Window}
	x, grad, weight := noise(1, l.inputs()), noise(2, l.outputs()), noise(3, l.weights())
	dx, dw := make([]float32, len(x)), make([]float32, len(weight))
	eachSetOf(b, "stem,weight", "GFLOP/s", 2*len(grad)*stem.taps(), func() { stem.GradWeight(dw, x, grad) })
	eachSetOf(b, "stem,input", "GFLOP/s", 2*len(grad)*stem.taps(), func() { stem.GradInput(dx, grad, weight) })
	for _, s := range []struct{ pixels, in, out int }{
		{112 * 112, 16, 96}, {56 * 56, 144, 24}, {14 * 14, 112, 672}, {7 * 7, 1152, 320}, {1, 1280, 1000},
	} {
		rows := n * s.pixels
		x, grad, weight := noise(1, rows*s.in), noise(2, rows*s.out), noise(3, s.in*s.out)
		dx, dw := make([]float32, len(x)), make([]float32, len(weight))
		shape := fmt.Sprintf("1×1,[%d,%d→%d]", rows, s.in, s.out)
		eachSetOf(b, shape+",weight", "GFLOP/s", 2*rows*len(weight), func() { LinearGradWeight(dw, x, grad, rows, s.in, s.out) })
		eachSetOf(b, shape+",input", "GFLOP/s", 2*rows*len(weight), func() {
			p := Pack(weight, s.out, s.in, s.in, 1, nil)
			p.Product(dx, grad, rows, Identity, nil)
			p.Release()
		})
	}
}

// BenchmarkTrained: layers as training runs them, of batches of 32 of B0 at half the
// width, on 96 pixels.
func BenchmarkTrained(b *testing.B) {
	const n = 32
	measure := func(shape string, t *Trained, x, y, macs int, weights int) {
		channels := len(t.Mean)
		in, grad, weight, gamma, beta := noise(1, x), noise(2, y), noise(3, weights), noise(4, channels), noise(5, channels)
		out, dx := make([]float32, y), make([]float32, x)
		t.Forward(out, in, weight, gamma, beta)
		eachSetOf(b, shape, "GFLOP/s", 2*macs, func() { t.Forward(out, in, weight, gamma, beta) })
		eachSetOf(b, shape+",gradient", "GFLOP/s", 4*macs, func() { t.Grad(dx, in, weight, gamma, beta, grad, false) })
	}
	for _, s := range []struct{ size, in, out int }{{48, 8, 48}, {24, 16, 96}, {12, 144, 24}, {6, 40, 240}, {6, 336, 56}, {3, 96, 576}, {3, 576, 96}} {
		c := Conv{N: n, In: s.in, Out: s.out, Window: Symmetric(1, 1, s.size, s.size)}
		act := SiLU
		if s.in > s.out {
			act = Identity
		}
		rows := n * s.size * s.size
		measure(fmt.Sprintf("1×1,%d²,%d→%d", s.size, s.in, s.out), TrainConv(c, 1e-3, act), rows*s.in, rows*s.out, rows*s.in*s.out, s.in*s.out)
	}
	for _, s := range []struct{ kernel, stride, size, channels int }{{3, 2, 48, 48}, {3, 1, 24, 96}, {5, 2, 24, 96}, {5, 1, 12, 144}, {5, 1, 6, 336}, {5, 1, 3, 576}} {
		d := Depthwise{N: n, Channels: s.channels, Window: Symmetric(s.kernel, s.stride, s.size, s.size)}
		outputs := n * d.OutH * d.OutW * s.channels
		measure(fmt.Sprintf("%d×%d÷%d,%d²,%d", s.kernel, s.kernel, s.stride, s.size, s.channels), TrainDepthwise(d, 1e-3, SiLU),
			n*s.size*s.size*s.channels, outputs, outputs*s.kernel*s.kernel, s.channels*s.kernel*s.kernel)
	}
}

// memoryShapes are pixels and channels: of a map that no cache holds, and of
// one that the caches do.
var memoryShapes = []struct{ pixels, channels int }{{112 * 112, 96}, {28 * 28, 240}, {7 * 7, 1152}}

// BenchmarkNorm: batch norm over batches of 8. Bytes are those of the maps
// that are read and written, each once for every pass.
func BenchmarkNorm(b *testing.B) {
	for _, s := range memoryShapes {
		n := Norm{Rows: 8 * s.pixels, Channels: s.channels, Eps: 1e-3, Activation: SiLU}
		size := n.Rows * n.Channels
		x, grad, y := noise(1, size), noise(2, size), make([]float32, size)
		gamma, beta, mean, variance := noise(3, s.channels), noise(4, s.channels), make([]float32, s.channels), make([]float32, s.channels)
		dGamma, dBeta := make([]float32, s.channels), make([]float32, s.channels)
		shape := fmt.Sprintf("[%d,%d]", n.Rows, n.Channels)
		eachSetOf(b, shape+",statistics", "GB/s", 4*size, func() { n.Statistics(mean, variance, x) })
		eachSetOf(b, shape+",forward", "GB/s", 8*size, func() { n.Forward(y, x, gamma, beta, mean, variance) })
		eachSetOf(b, shape+",gradient", "GB/s", 24*size, func() {
			back := n.back(dGamma, dBeta, x, gamma, beta, grad, mean, variance, false)
			back.writeAll(y)
			back.release()
		})
	}
}

// BenchmarkMaps: what goes over maps once, in batches of 8. Bytes are those
// read and written.
func BenchmarkMaps(b *testing.B) {
	for _, s := range memoryShapes {
		const n = 8
		size := n * s.pixels * s.channels
		x, y, z := noise(1, size), noise(2, size), make([]float32, size)
		scale := noise(3, n*s.channels)
		shape := fmt.Sprintf("[%d,%d,%d],", n, s.pixels, s.channels)
		for _, a := range []Activation{SiLU, ReLU6, Sigmoid, ReLU} {
			eachSetOf(b, shape+a.String(), "GB/s", 8*size, func() { a.Forward(z, x) })
			eachSetOf(b, shape+a.String()+"'s gradient", "GB/s", 12*size, func() { a.Grad(z, x, y) })
		}
		eachSetOf(b, shape+"average", "GB/s", 4*size, func() { AveragePool(scale, x, n, s.pixels, s.channels) })
		eachSetOf(b, shape+"scale", "GB/s", 8*size, func() { Scale(z, x, scale, n, s.pixels, s.channels) })
		eachSetOf(b, shape+"scale's gradient", "GB/s", 8*size, func() { ScaleGrad(scale, x, y, n, s.pixels, s.channels) })
		eachSetOf(b, shape+"sums of channels", "GB/s", 4*size, func() { SumChannels(scale[:s.channels], x, n*s.pixels, s.channels) })
		eachSetOf(b, shape+"sum", "GB/s", 12*size, func() { Add(z, x, y) })
	}
}

// BenchmarkSqueezeExcite: forward and its gradient, of batches of 8. Bytes are
// those of the map that are read and written.
func BenchmarkSqueezeExcite(b *testing.B) {
	for _, s := range memoryShapes {
		const n = 8
		small := max(s.channels/24, 1)
		size := n * s.pixels * s.channels
		x, grad, y := noise(1, size), noise(2, size), make([]float32, size)
		squeeze, excite, bias := noise(3, small*s.channels), noise(4, small*s.channels), noise(5, s.channels)
		e := NewSqueezeExcite(n, s.pixels, s.channels, small, SiLU)
		shape := fmt.Sprintf("[%d,%d,%d→%d]", n, s.pixels, s.channels, small)
		eachSetOf(b, shape, "GB/s", 12*size, func() { e.Forward(y, x, squeeze, bias[:small], excite, bias) })
		eachSetOf(b, shape+",gradient", "GB/s", 16*size, func() { e.Grad(y, x, squeeze, excite, grad) })
	}
}
