package network

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"scalecam/network/kernel"
)

// small has every kind of layer: stem, MBConv with and without expansion,
// squeeze-and-excite, a residual, strides 1 and 2, kernels 3 and 5, head.
var small = &Architecture{
	Name: "small", Title: "Small",
	Stages: []Stage{
		{Convolution{3, Stem, kernel.SiLU}, 8, 1, 2, KeepsDepth},
		{MBConv{3, 1, se, kernel.SiLU}, 8, 2, 1, keepsNothing},
		{MBConv{5, 4, se, kernel.SiLU}, 16, 2, 2, keepsNothing},
		{Convolution{1, Head, kernel.SiLU}, 24, 1, 1, KeepsDepth},
	},
	Resolution: 12, Preprocessing: ImageNetBicubic,
}

// residual has what small has not: pooling, residual blocks whose shortcut is
// the input, its projection or, padded, the input, a block that is twice as wide
// within, ReLU after the sum, and a hidden layer at the end.
var residual = &Architecture{
	Name: "residual", Title: "Residual",
	Stages: []Stage{
		{Convolution{7, Stem, kernel.ReLU}, 8, 1, 2, KeepsDepth},
		{MaxPool{3}, 0, 1, 2, KeepsDepth},
		{Basic{3, false, kernel.ReLU}, 8, 2, 1, keepsNothing},
		{Bottleneck{3, 2, 4, kernel.ReLU}, 8, 2, 2, keepsNothing},
		{Basic{3, true, kernel.ReLU}, 40, 2, 2, keepsNothing},
	},
	Ending:     Ending{Hidden: []int{12}, Activation: kernel.SiLU},
	Resolution: 32, Preprocessing: ImageNetBicubic,
}

// merged has fused MBConv, with an expansion and without, with a sum and without, and
// padded shortcuts, in what has a gradient everywhere.
var merged = &Architecture{
	Name: "merged", Title: "Merged",
	Stages: []Stage{
		{Convolution{3, Stem, kernel.SiLU}, 8, 1, 2, KeepsDepth},
		{FusedMBConv{3, 1, kernel.SiLU}, 8, 2, 1, keepsNothing},
		{FusedMBConv{3, 4, kernel.SiLU}, 16, 2, 1, keepsNothing},
		{Basic{3, true, kernel.SiLU}, 24, 2, 2, keepsNothing},
	},
	Resolution: 12, Preprocessing: ImageNetBicubic,
}

func noise(rng *rand.Rand, n int) []float32 {
	s := make([]float32, n)
	for i := range s {
		s[i] = float32(rng.NormFloat64())
	}
	return s
}

// noisy is an input of that size.
func noisy(rng *rand.Rand, size Size) *Input {
	return &Input{Size: size, Pixels: noise(rng, 3*size.H*size.W)}
}

// TestWholeNetworkGradients differentiates a training graph with gorgonia and
// holds the gradient of every parameter to central differences of the loss along a
// random direction. The pictures have none.
func TestWholeNetworkGradients(t *testing.T) {
	for _, a := range []*Architecture{small, merged} {
		t.Run(a.Name, func(t *testing.T) { testWholeNetworkGradients(t, a) })
	}
}

func testWholeNetworkGradients(t *testing.T, a *Architecture) {
	net, err := New(a, Scaling{1, 1, Size{12, 10}}, SymmetricPadding, 5)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	weights := Random(net, 3)
	for _, w := range weights { // so that gamma, beta and biases matter
		if w.Norm != nil {
			for c := range w.Norm.Gamma {
				w.Norm.Gamma[c] += 0.3 * float32(rng.NormFloat64())
				w.Norm.Beta[c] = 0.3 * float32(rng.NormFloat64())
			}
		}
		for c := range w.Bias {
			w.Bias[c] = float32(rng.NormFloat64())
		}
	}
	const batch = 3
	graph, err := BuildTraining(net, weights, batch, 1e-3, Regularisation{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	input := noise(rng, batch*3*12*10)
	if err := G.Let(graph.Input, tensor.New(tensor.WithShape(batch, 12, 10, 3), tensor.WithBacking(input))); err != nil {
		t.Fatal(err)
	}
	direction := noise(rng, batch*5)
	r := G.NewMatrix(graph.Expr, tensor.Float32, G.WithShape(batch, 5), G.WithName("direction"),
		G.WithValue(tensor.New(tensor.WithShape(batch, 5), tensor.WithBacking(direction))))
	flat := G.Must(G.Reshape(G.Must(G.HadamardProd(graph.Logits, r)), tensor.Shape{batch * 5}))
	cost := G.Must(G.Sum(flat))
	var logits G.Value
	G.Read(graph.Logits, &logits)
	wrt := graph.Parameters
	grads, err := G.Grad(cost, wrt...)
	if err != nil {
		t.Fatal(err)
	}
	read := make([]G.Value, len(wrt))
	for i, n := range grads {
		G.Read(n, &read[i])
	}
	machine := G.NewTapeMachine(graph.Expr)
	defer machine.Close()
	loss := func() float64 {
		machine.Reset()
		if err := machine.RunAll(); err != nil {
			t.Fatal(err)
		}
		var sum float64
		for i, v := range logits.Data().([]float32) {
			sum += float64(v) * float64(direction[i])
		}
		return sum
	}
	loss()
	analytic := make([][]float32, len(wrt))
	for i := range wrt {
		analytic[i] = slices.Clone(read[i].Data().([]float32))
	}
	for i, n := range wrt {
		values := n.Value().Data().([]float32)
		kept := slices.Clone(values)
		// Along the gradient itself, where the slope is steepest and rounding
		// weighs least, and with noise, so that no part hides behind another.
		var norm, want float64
		along := make([]float64, len(values))
		for j, g := range analytic[i] {
			along[j] = float64(g)
			norm += float64(g) * float64(g)
		}
		norm = math.Sqrt(norm)
		if norm == 0 {
			t.Errorf("%s: the gradient is zero", n.Name())
			continue
		}
		for j := range along {
			along[j] = along[j]/norm + 0.5*rng.NormFloat64()/math.Sqrt(float64(len(along)))
			want += along[j] * float64(analytic[i][j])
		}
		at := func(step float64) float64 {
			for j := range values {
				values[j] = kept[j] + float32(step*along[j])
			}
			return loss()
		}
		// The loss is of the order of 10 with float32 noise of some 1e-5, and
		// the slopes are above 0.1: a step of 1/64 leaves 0.5%, and the cubic
		// term of a network this small less than 1%.
		const step = 1.0 / 64
		got := (at(step) - at(-step)) / (2 * step)
		copy(values, kept)
		if math.Abs(got-want) > 0.015*max(math.Abs(want), 0.1) {
			t.Errorf("%s: directional derivative %v, central difference %v", n.Name(), want, got)
		}
	}
}

// TestFoldedBatchNorm: in inference, folding batch norm into the convolution
// gives what training's graph would with the same statistics. The statistics
// of one batch are set as the running ones, and that batch goes through both.
func TestFoldedBatchNorm(t *testing.T) {
	net, err := New(small, Scaling{1, 1, Square(12)}, SymmetricPadding, 5)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(2, 2))
	weights := Random(net, 5)
	input := noise(rng, 3*12*12)
	graph, err := BuildTraining(net, weights, 1, 1e-3, Regularisation{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var logits G.Value
	G.Read(graph.Logits, &logits)
	if err := G.Let(graph.Input, tensor.New(tensor.WithShape(1, 12, 12, 3), tensor.WithBacking(input))); err != nil {
		t.Fatal(err)
	}
	machine := G.NewTapeMachine(graph.Expr)
	defer machine.Close()
	// Each run moves the running statistics a tenth of the way: after 200 they
	// are the batch's, but for the variance being unbiased.
	for range 200 {
		machine.Reset()
		if err := machine.RunAll(); err != nil {
			t.Fatal(err)
		}
	}
	for i, l := range net.Nodes {
		if l.Norm {
			cells := float32(l.Size.H * l.Size.W)
			for c := range weights[i].Norm.Var {
				weights[i].Norm.Var[c] *= (cells - 1) / cells
			}
		}
	}
	model, err := NewModel(net, weights, 1e-3, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, err := model.Forward(context.Background(), &Input{Size: net.Scaling.Resolution, Pixels: input})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range logits.Data().([]float32) {
		if math.Abs(float64(a.Logits[i]-want)) > 1e-4*max(1, math.Abs(float64(want))) {
			t.Errorf("logit %d: folded %v, by the batch's statistics %v", i, a.Logits[i], want)
		}
	}
}

// TestConcurrentRuns: models may be built and run side by side, and a run
// leaves the results of earlier ones alone.
func TestConcurrentRuns(t *testing.T) {
	net, err := New(small, Scaling{1, 1, Square(12)}, SymmetricPadding, 5)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(4, 4))
	a, b := noisy(rng, Square(12)), noisy(rng, Square(12))
	shared, err := NewModel(net, Random(net, 1), 1e-3, nil)
	if err != nil {
		t.Fatal(err)
	}
	first, err := shared.Forward(context.Background(), a)
	if err != nil {
		t.Fatal(err)
	}
	kept := slices.Clone(first.Features.Values)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			own, err := NewModel(net, Random(net, 1), 1e-3, nil)
			if err != nil {
				t.Error(err)
				return
			}
			for _, m := range []*Model{own, shared} {
				in := a
				if i%2 == 1 {
					in = b
				}
				got, err := m.Forward(context.Background(), in)
				if err != nil {
					t.Error(err)
				} else if i%2 == 0 && !slices.Equal(got.Logits, first.Logits) {
					t.Error("the same input gave other logits")
				}
			}
		})
	}
	wg.Wait()
	if !slices.Equal(first.Features.Values, kept) {
		t.Error("a later run changed the features of an earlier one")
	}
}

func TestForwardErrors(t *testing.T) {
	net, err := New(small, Scaling{1, 1, Square(12)}, SymmetricPadding, 5)
	if err != nil {
		t.Fatal(err)
	}
	m, err := NewModel(net, Random(net, 1), 1e-3, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range []*Input{{Size: Square(12), Pixels: make([]float32, 7)}, {Size: Size{8, 18}, Pixels: make([]float32, 3*12*12)}} {
		if _, err := m.Forward(context.Background(), in); err == nil {
			t.Errorf("an input of %v and %d values: no error", in.Size, len(in.Pixels))
		}
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := m.Forward(ended, noisy(rand.New(rand.NewPCG(1, 1)), Square(12))); err != context.Canceled {
		t.Errorf("after cancel: %v", err)
	}
	broken := Random(net, 1)
	for i := range broken[0].Weight {
		broken[0].Weight[i] = math.MaxFloat32
	}
	if m, err = NewModel(net, broken, 1e-3, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Forward(context.Background(), noisy(rand.New(rand.NewPCG(1, 1)), Square(12))); err == nil {
		t.Error("infinite logits: no error")
	}
	if _, err := NewModel(net, Random(net, 1), 1e-3, []string{"one"}); err == nil {
		t.Error("too few class names: no error")
	}
	if _, err := NewModel(net, Random(net, 1)[1:], 1e-3, nil); err == nil {
		t.Error("too few layers: no error")
	}
}
