package op

import (
	"math"
	"math/rand/v2"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"scalecam/network/kernel"
)

// build makes an operator's node out of its operands' nodes.
type build func(in []*G.Node) (*G.Node, error)

// normal gives normally distributed values.
func normal(rng *rand.Rand, n int) []float32 {
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(rng.NormFloat64())
	}
	return values
}

// apart gives values in random order of which any two differ, and every one from
// zero, by 1/20: so that the step of a central difference crosses no corner of
// ReLU, nor changes which of them is the largest.
func apart(rng *rand.Rand, n int) []float32 {
	values := make([]float32, n)
	for i, at := range rng.Perm(n) {
		values[i] = (float32(at-n/2) + 0.5) / 10
	}
	return values
}

// operands returns nodes with random values of the shapes, and the values.
func operands(g *G.ExprGraph, rng *rand.Rand, shapes []tensor.Shape, draw func(*rand.Rand, int) []float32) ([]*G.Node, [][]float32) {
	var nodes []*G.Node
	var values [][]float32
	for i, s := range shapes {
		data := draw(rng, s.TotalSize())
		values = append(values, data)
		t := tensor.New(tensor.WithShape(s...), tensor.WithBacking(data))
		nodes = append(nodes, G.NewTensor(g, tensor.Float32, s.Dims(), G.WithShape(s...), G.WithName(string(rune('a'+i))), G.WithValue(t)))
	}
	return nodes, values
}

// loss is Σ y·r for a fixed random r: a scalar whose gradient at y is r.
func loss(g *G.ExprGraph, y *G.Node) (*G.Node, []float32, error) {
	rng := rand.New(rand.NewPCG(7, 7))
	r := make([]float32, y.Shape().TotalSize())
	for i := range r {
		r[i] = float32(rng.NormFloat64())
	}
	n := G.NewTensor(g, tensor.Float32, y.Dims(), G.WithShape(y.Shape()...), G.WithName("r"),
		G.WithValue(tensor.New(tensor.WithShape(y.Shape()...), tensor.WithBacking(r))))
	product, err := G.HadamardProd(y, n)
	if err != nil {
		return nil, nil, err
	}
	flat, err := G.Reshape(product, tensor.Shape{len(r)})
	if err != nil {
		return nil, nil, err
	}
	sum, err := G.Sum(flat)
	return sum, r, err
}

// TestGradients holds every operator's gradients, computed through gorgonia's
// symbolic differentiation, to central differences of its forward pass.
func TestGradients(t *testing.T) {
	conv := func(w kernel.Window, a kernel.Activation) build {
		return func(in []*G.Node) (*G.Node, error) {
			return ConvNorm(in[0], in[1], in[2], in[3], w, Norm{Eps: 1e-3, Activation: a})
		}
	}
	depthwise := func(w kernel.Window, a kernel.Activation) build {
		return func(in []*G.Node) (*G.Node, error) {
			return DepthwiseNorm(in[0], in[1], in[2], in[3], w, Norm{Eps: 1e-3, Activation: a})
		}
	}
	shape := func(s ...int) tensor.Shape { return s }
	layers := func(in []*G.Node) *Layer { return &Layer{Weight: in[0], Gamma: in[1], Beta: in[2]} }
	for _, c := range []struct {
		name   string
		build  build
		shapes []tensor.Shape
	}{
		{"block", func(in []*G.Node) (*G.Node, error) {
			return BlockNorm(in[0], Block{
				Expand: layers(in[1:]), Depthwise: layers(in[4:]), Squeeze: in[7], SqueezeBias: in[8], Excite: in[9], ExciteBias: in[10],
				Project: layers(in[11:]), Window: kernel.Symmetric(3, 2, 6, 5), Eps: 1e-3, Activation: kernel.SiLU, Rooms: new(kernel.BlockRooms),
			})
		}, []tensor.Shape{
			shape(2, 6, 5, 2), shape(5, 2, 1, 1), shape(5), shape(5), shape(5, 1, 3, 3), shape(5), shape(5),
			shape(2, 5), shape(2), shape(5, 2), shape(5), shape(3, 5, 1, 1), shape(3), shape(3),
		}},
		{"block without expansion and squeeze-and-excite", func(in []*G.Node) (*G.Node, error) {
			return BlockNorm(in[0], Block{
				Depthwise: layers(in[1:]), Project: layers(in[4:]), Window: kernel.Same(5, 1, 4, 3), Eps: 1e-3, Activation: kernel.SiLU, Rooms: new(kernel.BlockRooms),
			})
		}, []tensor.Shape{shape(2, 4, 3, 2), shape(2, 1, 5, 5), shape(2), shape(2), shape(3, 2, 1, 1), shape(3), shape(3)}},
		{"convolution 3×3", conv(kernel.Symmetric(3, 1, 5, 4), kernel.Identity), []tensor.Shape{shape(2, 5, 4, 3), shape(4, 3, 3, 3), shape(4), shape(4)}},
		{"convolution 3×3/2 and SiLU", conv(kernel.Symmetric(3, 2, 7, 6), kernel.SiLU), []tensor.Shape{shape(2, 7, 6, 3), shape(4, 3, 3, 3), shape(4), shape(4)}},
		{"convolution 3×3/2 same", conv(kernel.Same(3, 2, 6, 8), kernel.Identity), []tensor.Shape{shape(1, 6, 8, 2), shape(3, 2, 3, 3), shape(3), shape(3)}},
		{"convolution 1×1", conv(kernel.Symmetric(1, 1, 3, 5), kernel.Identity), []tensor.Shape{shape(2, 3, 5, 4), shape(6, 4, 1, 1), shape(6), shape(6)}},
		{"convolution 1×1/2", conv(kernel.Symmetric(1, 2, 7, 7), kernel.SiLU), []tensor.Shape{shape(3, 7, 7, 2), shape(3, 2, 1, 1), shape(3), shape(3)}},
		{"convolution 1×1 of many rows", conv(kernel.Symmetric(1, 1, 10, 20), kernel.SiLU), []tensor.Shape{shape(2, 10, 20, 2), shape(3, 2, 1, 1), shape(3), shape(3)}},
		{"depthwise 3×3", depthwise(kernel.Symmetric(3, 1, 4, 6), kernel.SiLU), []tensor.Shape{shape(2, 4, 6, 3), shape(3, 1, 3, 3), shape(3), shape(3)}},
		{"depthwise 5×5/2", depthwise(kernel.Symmetric(5, 2, 9, 7), kernel.Identity), []tensor.Shape{shape(2, 9, 7, 3), shape(3, 1, 5, 5), shape(3), shape(3)}},
		{"depthwise 5×5/2 same", depthwise(kernel.Same(5, 2, 8, 6), kernel.SiLU), []tensor.Shape{shape(1, 8, 6, 3), shape(3, 1, 5, 5), shape(3), shape(3)}},
		{"depthwise 5×5 on 2×2", depthwise(kernel.Symmetric(5, 1, 2, 2), kernel.Identity), []tensor.Shape{shape(2, 2, 2, 2), shape(2, 1, 5, 5), shape(2), shape(2)}},
		{"linear", func(in []*G.Node) (*G.Node, error) { return Linear(in[0], in[1], nil) }, []tensor.Shape{shape(3, 5), shape(4, 5)}},
		{"linear with bias", func(in []*G.Node) (*G.Node, error) { return Linear(in[0], in[1], in[2]) }, []tensor.Shape{shape(3, 5), shape(4, 5), shape(4)}},
		{"sigmoid", func(in []*G.Node) (*G.Node, error) { return Activate(in[0], kernel.Sigmoid, nil) }, []tensor.Shape{shape(3, 7)}},
		{"gate", func(in []*G.Node) (*G.Node, error) { return Gate(in[0], in[1], nil) }, []tensor.Shape{shape(2, 4, 5, 3), shape(2, 3)}},
		{"gate of itself", func(in []*G.Node) (*G.Node, error) {
			pooled, err := AveragePool(in[0])
			if err != nil {
				return nil, err
			}
			return Gate(in[0], pooled, nil)
		}, []tensor.Shape{shape(2, 4, 5, 3)}},
		{"residual and SiLU", func(in []*G.Node) (*G.Node, error) { return Add(in[0], in[1], kernel.SiLU, nil) }, []tensor.Shape{shape(2, 2, 2, 3), shape(2, 2, 2, 3)}},
		{"average pool", func(in []*G.Node) (*G.Node, error) { return AveragePool(in[0]) }, []tensor.Shape{shape(2, 4, 5, 3)}},
		{"squeeze-and-excite", func(in []*G.Node) (*G.Node, error) {
			return SqueezeExcite(in[0], in[1], in[2], in[3], in[4], kernel.SiLU)
		}, []tensor.Shape{shape(2, 4, 5, 3), shape(2, 3), shape(2), shape(3, 2), shape(3)}},
		{"residual", func(in []*G.Node) (*G.Node, error) { return Add(in[0], in[1], kernel.Identity, nil) }, []tensor.Shape{shape(2, 2, 2, 3), shape(2, 2, 2, 3)}},
		{"residual with itself", func(in []*G.Node) (*G.Node, error) { return Add(in[0], in[0], kernel.Identity, nil) }, []tensor.Shape{shape(2, 2, 2, 3)}},
		{"subsampling", func(in []*G.Node) (*G.Node, error) { return Subsample(in[0], 7, kernel.Symmetric(1, 2, 5, 4), nil) }, []tensor.Shape{shape(2, 5, 4, 3)}},
		{"scaling by pictures", func(in []*G.Node) (*G.Node, error) { return Scale(in[0], []float32{0, 2, 1.5}) }, []tensor.Shape{shape(3, 2, 2, 3)}},
		{"scaling by values", func(in []*G.Node) (*G.Node, error) { return Scale(in[0], []float32{0, 2, 1.5, 0, 1, 0}) }, []tensor.Shape{shape(2, 3)}},
	} {
		t.Run(c.name, func(t *testing.T) { checkGradients(t, c.build, c.shapes, normal) })
	}
}

// TestGradientsWithCorners is TestGradients of what has corners.
func TestGradientsWithCorners(t *testing.T) {
	pool := func(w kernel.Window) build {
		return func(in []*G.Node) (*G.Node, error) { return MaxPool(in[0], w, nil) }
	}
	for name, c := range map[string]struct {
		build  build
		shapes []tensor.Shape
	}{
		"ReLU":              {func(in []*G.Node) (*G.Node, error) { return Activate(in[0], kernel.ReLU, nil) }, []tensor.Shape{{2, 3, 5}}},
		"ReLU6":             {func(in []*G.Node) (*G.Node, error) { return Activate(in[0], kernel.ReLU6, nil) }, []tensor.Shape{{200}}},
		"residual and ReLU": {func(in []*G.Node) (*G.Node, error) { return Add(in[0], in[0], kernel.ReLU, nil) }, []tensor.Shape{{2, 3, 5, 2}}},
		"max pooling 3×3/2": {pool(kernel.Symmetric(3, 2, 7, 6)), []tensor.Shape{{2, 7, 6, 3}}},
		"max pooling 2×2/2": {pool(kernel.Symmetric(2, 2, 6, 5)), []tensor.Shape{{1, 6, 5, 3}}},
		"max pooling 3×3":   {pool(kernel.Same(3, 1, 4, 5)), []tensor.Shape{{2, 4, 5, 3}}},
	} {
		t.Run(name, func(t *testing.T) { checkGradients(t, c.build, c.shapes, apart) })
	}
}

func checkGradients(t *testing.T, build build, shapes []tensor.Shape, draw func(*rand.Rand, int) []float32) {
	g := G.NewGraph()
	in, values := operands(g, rand.New(rand.NewPCG(1, 2)), shapes, draw)
	y, err := build(in)
	if err != nil {
		t.Fatal(err)
	}
	var out G.Value
	G.Read(y, &out)
	cost, r, err := loss(g, y)
	if err != nil {
		t.Fatal(err)
	}
	grads, err := G.Grad(cost, in...)
	if err != nil {
		t.Fatal(err)
	}
	read := make([]G.Value, len(in))
	for i, n := range grads {
		G.Read(n, &read[i])
	}
	machine := G.NewTapeMachine(g)
	defer machine.Close()
	// The sum is taken in float64, so that what the differences lose is the
	// operator's own rounding only.
	run := func() float64 {
		machine.Reset()
		if err := machine.RunAll(); err != nil {
			t.Fatal(err)
		}
		var sum float64
		for i, v := range out.Data().([]float32) {
			sum += float64(v) * float64(r[i])
		}
		return sum
	}
	run()
	got := make([][]float32, len(in))
	for i := range in {
		got[i] = append([]float32(nil), read[i].Data().([]float32)...)
	}
	// With a step of 2⁻⁷, float32 rounding of about 1e-6 in the sums leaves
	// differences good to some 1e-4, and the cubic term of the smooth
	// functions here some 1e-4 more.
	const step, tolerance = 1.0 / 128, 3e-3
	for i := range in {
		var largest float64 = 1
		for _, v := range got[i] {
			largest = max(largest, math.Abs(float64(v)))
		}
		for j := range values[i] {
			kept := values[i][j]
			values[i][j] = kept + step
			up := run()
			values[i][j] = kept - step
			down := run()
			values[i][j] = kept
			want := (up - down) / (2 * step)
			if d := math.Abs(float64(got[i][j]) - want); d > tolerance*largest {
				t.Fatalf("operand %d, value %d: gradient %g, central difference %g", i, j, got[i][j], want)
			}
		}
	}
}

// TestRunningStatistics holds batch norm's side effect to PyTorch's rule: the
// running variance takes the unbiased variance of the batch.
func TestRunningStatistics(t *testing.T) {
	g := G.NewGraph()
	in, _ := operands(g, rand.New(rand.NewPCG(3, 4)), []tensor.Shape{{1, 1, 4, 1}, {1, 1, 1, 1}, {1}, {1}}, normal)
	copy(in[0].Value().Data().([]float32), []float32{1, 2, 3, 6})
	in[1].Value().Data().([]float32)[0] = 1
	running := &Running{Mean: []float32{0}, Var: []float32{1}, Momentum: 0.1}
	if _, err := ConvNorm(in[0], in[1], in[2], in[3], kernel.Symmetric(1, 1, 1, 4), Norm{Eps: 1e-5, Running: running}); err != nil {
		t.Fatal(err)
	}
	machine := G.NewTapeMachine(g)
	defer machine.Close()
	if err := machine.RunAll(); err != nil {
		t.Fatal(err)
	}
	// Mean 3, unbiased variance (4+1+0+9)/3 = 14/3.
	if got, want := running.Mean[0], float32(0.3); math.Abs(float64(got-want)) > 1e-6 {
		t.Errorf("running mean %v, want %v", got, want)
	}
	if got, want := running.Var[0], float32(0.9+0.1*14.0/3); math.Abs(float64(got-want)) > 1e-6 {
		t.Errorf("running variance %v, want %v", got, want)
	}
}

// TestMisfits: shapes that do not fit are errors that name both shapes.
func TestMisfits(t *testing.T) {
	g := G.NewGraph()
	in, _ := operands(g, rand.New(rand.NewPCG(5, 6)), []tensor.Shape{{1, 4, 4, 3}, {2, 4, 3, 3}, {2}, {3, 1, 7, 7}, {3}, {3, 3, 1, 1}, {3, 1, 3, 3}, {2, 1, 3, 3}}, normal)
	for name, build := range map[string]func() (*G.Node, error){
		"weight's channels": func() (*G.Node, error) {
			return ConvNorm(in[0], in[1], in[2], in[2], kernel.Symmetric(3, 1, 4, 4), Norm{})
		},
		"window's plane": func() (*G.Node, error) {
			return ConvNorm(in[0], in[1], in[2], in[2], kernel.Symmetric(3, 1, 5, 4), Norm{})
		},
		"depthwise weight": func() (*G.Node, error) {
			return DepthwiseNorm(in[0], in[1], in[2], in[2], kernel.Symmetric(3, 1, 4, 4), Norm{})
		},
		"linear input": func() (*G.Node, error) { return Linear(in[0], in[1], nil) },
		"squeeze":      func() (*G.Node, error) { return SqueezeExcite(in[0], in[1], in[2], in[1], in[2], kernel.SiLU) },
		"depthwise kernel": func() (*G.Node, error) {
			return DepthwiseNorm(in[0], in[3], in[4], in[4], kernel.Symmetric(7, 1, 4, 4), Norm{})
		},
		"block's projection": func() (*G.Node, error) {
			return BlockNorm(in[0], Block{
				Depthwise: &Layer{Weight: in[6], Gamma: in[4], Beta: in[4]}, Project: &Layer{Weight: in[5], Gamma: in[4], Beta: in[2]},
				Window: kernel.Symmetric(3, 1, 4, 4), Rooms: new(kernel.BlockRooms),
			})
		},
		"block's channels": func() (*G.Node, error) {
			return BlockNorm(in[0], Block{
				Depthwise: &Layer{Weight: in[7], Gamma: in[2], Beta: in[2]}, Project: &Layer{Weight: in[5], Gamma: in[4], Beta: in[4]},
				Window: kernel.Symmetric(3, 1, 4, 4), Rooms: new(kernel.BlockRooms),
			})
		},
		"residual":               func() (*G.Node, error) { return Add(in[0], in[1], kernel.Identity, nil) },
		"second operand":         func() (*G.Node, error) { return Add(in[0], in[1], kernel.ReLU, nil) },
		"subsampling's channels": func() (*G.Node, error) { return Subsample(in[0], 1, kernel.Symmetric(1, 2, 4, 4), nil) },
		"pool's plane":           func() (*G.Node, error) { return MaxPool(in[0], kernel.Symmetric(3, 1, 5, 4), nil) },
		"pool's padding": func() (*G.Node, error) {
			w := kernel.Symmetric(3, 2, 4, 4)
			w.OutH = 5
			return MaxPool(in[0], w, nil)
		},
		"gates": func() (*G.Node, error) { return Gate(in[0], in[2], nil) },
		"beta": func() (*G.Node, error) {
			return ConvNorm(in[0], in[5], in[4], in[2], kernel.Symmetric(1, 1, 4, 4), Norm{})
		},
	} {
		if _, err := build(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestPanicBecomesError: an operator that panics must not end the program.
func TestPanicBecomesError(t *testing.T) {
	g := G.NewGraph()
	in, _ := operands(g, rand.New(rand.NewPCG(5, 6)), []tensor.Shape{{4}}, normal)
	if _, err := apply(&operator{name: "broken", shape: tensor.Shape{4}, run: func([]float32, []array) { panic("out of range") }}, in[0]); err != nil {
		t.Fatal(err)
	}
	machine := G.NewTapeMachine(g)
	defer machine.Close()
	if err := machine.RunAll(); err == nil {
		t.Fatal("no error")
	}
}
