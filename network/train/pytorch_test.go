package train

import (
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	G "gorgonia.org/gorgonia"

	"scalecam/network"
	"scalecam/network/models"
	"scalecam/network/tensorfile"
)

// TestStepAgainstPyTorch: loss, every gradient and the running statistics of a
// training step of a small network, and its weights after another, agree with
// PyTorch's, which testdata/step/step.py computed. Where SCALECAM_STEP names a
// file, what that starts from is written there instead.
func TestStepAgainstPyTorch(t *testing.T) {
	const batch, classes, side = 4, 5, 32
	net, err := network.New(network.EfficientNet64, network.Scaling{Depth: 1, Width: 0.5, Resolution: network.Square(side)}, network.SymmetricPadding, classes)
	if err != nil {
		t.Fatal(err)
	}
	w := network.Random(net, 3)
	rng := rand.New(rand.NewPCG(3, 3))
	for _, l := range w { // nothing is as it is at the start
		for i := range l.Bias {
			l.Bias[i] = float32(0.1 * rng.NormFloat64())
		}
		if l.Norm != nil {
			for i := range l.Norm.Gamma {
				l.Norm.Gamma[i], l.Norm.Beta[i] = float32(1+0.2*rng.NormFloat64()), float32(0.2*rng.NormFloat64())
				l.Norm.Mean[i], l.Norm.Var[i] = float32(0.3*rng.NormFloat64()), float32(0.5+rng.Float64())
			}
		}
	}
	o := &Optimiser{Rate: 0.1, Momentum: 0.9, WeightDecay: 0.01}
	s, err := NewStep(net, w, batch, 1e-3, network.Regularisation{}, o)
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.Images {
		s.Images[i] = float32(rng.NormFloat64())
	}
	for i := range batch {
		for c := range classes {
			s.Targets[i*classes+c] = 0.1 / classes
		}
		s.Targets[i*classes+rng.IntN(classes)] += 0.9
	}
	if path := os.Getenv("SCALECAM_STEP"); path != "" {
		tensors := tensorsOf(t, net, w)
		tensors = append(tensors, tensorfile.Tensor{Name: "images", Shape: []int{batch, side, side, 3}, Data: s.Images}, tensorfile.Tensor{Name: "targets", Shape: []int{batch, classes}, Data: s.Targets})
		data, err := tensorfile.Encode(tensors, nil)
		if err == nil {
			err = os.WriteFile(path, data, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Skip("wrote the inputs to ", path)
	}

	want, err := tensorfile.Read("../../testdata/step/expected.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	same := func(name string, got, want []float32) {
		t.Helper()
		compared++
		largest, off := 0.0, 0.0
		for i, v := range want {
			largest = max(largest, math.Abs(float64(v)))
			off = max(off, math.Abs(float64(v-got[i])))
		}
		// A projection's bias has no effect through the next batch norm: its
		// gradient is zero but for rounding, a ten-millionth of the others.
		if len(got) != len(want) || off > 1e-3*largest+1e-7 {
			t.Errorf("%s: off by %.2g of %.2g at the most", name, off, largest)
		}
	}
	gradients := &recorder{Optimiser: o}
	s.solver = gradients // sees them before the update
	loss, err := s.Run()
	if err != nil {
		t.Fatal(err)
	}
	same("loss", []float32{loss}, want.Tensors["loss"].Data)
	at := 0
	for _, tensor := range tensorsOf(t, net, w) {
		e := want.Tensors[tensor.Name]
		if e == nil {
			t.Fatalf("PyTorch has no %s", tensor.Name)
		}
		if strings.Contains(tensor.Name, "running") {
			same(tensor.Name, tensor.Data, e.Data)
			continue
		}
		same("gradient of "+tensor.Name, gradients.seen[at], e.Data)
		at++
	}
	if at != len(gradients.seen) {
		t.Errorf("%d of %d gradients compared", at, len(gradients.seen))
	}
	if _, err := s.Run(); err != nil {
		t.Fatal(err)
	}
	for _, tensor := range tensorsOf(t, net, w) {
		if e := want.Tensors["after two steps "+tensor.Name]; e != nil {
			same("after two steps "+tensor.Name, tensor.Data, e.Data)
		}
	}
	if compared < 100 {
		t.Errorf("%d arrays compared", compared)
	}
}

func tensorsOf(t *testing.T, net *network.Network, w network.Weights) []tensorfile.Tensor {
	t.Helper()
	tensors, err := models.Tensors(net, w)
	if err != nil {
		t.Fatal(err)
	}
	return tensors
}

// recorder keeps the gradients of its first step.
type recorder struct {
	*Optimiser
	seen [][]float32
}

func (r *recorder) Step(parameters []G.ValueGrad) error {
	for _, p := range parameters {
		if len(r.seen) == len(parameters) {
			break
		}
		_, g, _, err := arrays(p)
		if err != nil {
			return err
		}
		r.seen = append(r.seen, slices.Clone(g))
	}
	return r.Optimiser.Step(parameters)
}
