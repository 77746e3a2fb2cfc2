package op

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"testing"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"scalecam/network/kernel"
)

// formula is that of testdata/step/residual.py: values from −1 to 1 that look
// drawn at random.
func formula(seed, n int) []float32 {
	values := make([]float32, n)
	for i := range values {
		v := math.Sin(float64(i)*12.9898+float64(seed)*78.233) * 43758.5453
		values[i] = float32(2*(v-math.Floor(v)) - 1)
	}
	return values
}

// TestResidualStepAgainstPyTorch: loss, logits and gradients of a training step
// of a small ResNet are PyTorch's, which testdata/step/residual.py computed.
func TestResidualStepAgainstPyTorch(t *testing.T) {
	const name = "../../testdata/step/residual.json"
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Loss      float64
		Logits    []float64
		Gradients map[string][5]float64 // four sums with the formula's weights, and the norm
	}
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(name, err)
	}
	shapes := map[string]tensor.Shape{"fc.weight": {3, 16}, "fc.bias": {3}}
	for name, s := range map[string]tensor.Shape{
		"conv1": {8, 3, 7, 7}, "0.conv1": {16, 8, 3, 3}, "0.conv2": {16, 16, 3, 3}, "0.downsample": {16, 8, 1, 1},
		"1.conv1": {16, 16, 3, 3}, "1.conv2": {16, 16, 3, 3},
	} {
		shapes[name+".weight"], shapes[name+".gamma"], shapes[name+".beta"] = s, s[:1], s[:1]
	}
	g := G.NewGraph()
	input := func(name string, shape tensor.Shape, values []float32) *G.Node {
		return G.NewTensor(g, tensor.Float32, shape.Dims(), G.WithShape(shape...), G.WithName(name),
			G.WithValue(tensor.New(tensor.WithShape(shape...), tensor.WithBacking(values))))
	}
	names := slices.Sorted(maps.Keys(shapes))
	parameters := map[string]*G.Node{}
	var learnt G.Nodes
	for seed, name := range names {
		shape := shapes[name]
		values := formula(seed, shape.TotalSize())
		for i, v := range values {
			switch {
			case shape.Dims() > 1:
				values[i] = float32(float64(v) / float64(float32(math.Sqrt(float64(shape.TotalSize()/shape[0])))))
			case name[len(name)-5:] == "gamma":
				values[i] = float32(1 + float64(v)/4)
			}
		}
		parameters[name] = input(name, shape, values)
		learnt = append(learnt, parameters[name])
	}
	c := new(chain)
	conv := func(x *G.Node, name string, stride int, act kernel.Activation) *G.Node {
		weight := parameters[name+".weight"]
		return c.do(ConvNorm(x, weight, parameters[name+".gamma"], parameters[name+".beta"],
			kernel.Symmetric(weight.Shape()[2], stride, x.Shape()[1], x.Shape()[2]), Norm{Eps: 1e-5, Activation: act}))
	}
	const relu, none = kernel.ReLU, kernel.Identity
	x := conv(input("images", tensor.Shape{4, 32, 24, 3}, formula(100, 4*32*24*3)), "conv1", 2, relu)
	x = c.do(MaxPool(x, kernel.Symmetric(3, 2, x.Shape()[1], x.Shape()[2]), nil))
	x = c.do(Activate(c.do(Add(conv(conv(x, "0.conv1", 2, relu), "0.conv2", 1, none), conv(x, "0.downsample", 2, none), none, nil)), relu, nil))
	x = c.do(Add(conv(conv(x, "1.conv1", 1, relu), "1.conv2", 1, none), x, relu, nil))
	logits := c.do(Linear(c.do(AveragePool(x)), parameters["fc.weight"], parameters["fc.bias"]))
	targets := make([]float32, 12)
	for i, class := range []int{0, 2, 1, 2} {
		targets[3*i+class] = 1
	}
	losses := c.do(CrossEntropy(logits, input("targets", tensor.Shape{4, 3}, targets)))
	if c.err != nil {
		t.Fatal(c.err)
	}
	cost := G.Must(G.Mean(losses))
	grads, err := G.Grad(cost, learnt...)
	if err != nil {
		t.Fatal(err)
	}
	var gotLoss, gotLogits G.Value
	G.Read(cost, &gotLoss)
	G.Read(logits, &gotLogits)
	read := make([]G.Value, len(grads))
	for i, n := range grads {
		G.Read(n, &read[i])
	}
	machine := G.NewTapeMachine(g)
	defer machine.Close()
	if err := machine.RunAll(); err != nil {
		t.Fatal(err)
	}
	// float32 against float64 through seven layers with batch norm: of what each
	// is beside, 2e-6 at most is seen.
	check := func(what string, got, want, beside float64) {
		t.Helper()
		if off := math.Abs(got - want); !(off <= 1e-5*beside) {
			t.Errorf("%s is %v, PyTorch's %v: off by %.2g of %.3g", what, got, want, off/beside, beside)
		}
	}
	check("the loss", float64(gotLoss.Data().(float32)), want.Loss, 1)
	for i, v := range gotLogits.Data().([]float32) {
		check(fmt.Sprint("logit ", i), float64(v), want.Logits[i], 1)
	}
	for i, name := range names {
		sums, ok := want.Gradients[name]
		if !ok {
			t.Fatal("there is no gradient of", name)
		}
		got := read[i].Data().([]float32)
		square := 0.0
		for _, v := range got {
			square += float64(v) * float64(v)
		}
		check("the norm of the gradient of "+name, math.Sqrt(square), sums[4], sums[4])
		for k := range 4 {
			sum := 0.0
			for j, f := range formula(200+k, len(got)) {
				sum += float64(f) * float64(got[j])
			}
			check(fmt.Sprintf("sum %d of the gradient of %s", k, name), sum, sums[k], sums[4])
		}
	}
}
