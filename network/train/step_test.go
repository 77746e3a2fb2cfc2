package train

import (
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"scalecam/network"
)

func step(tb testing.TB, width float64, resolution, batch, classes int) *Step {
	tb.Helper()
	return stepOf(tb, network.EfficientNetB0, network.Scaling{Depth: 1, Width: width, Resolution: network.Square(resolution)}, batch, classes)
}

func stepOf(tb testing.TB, a *network.Architecture, scaling network.Scaling, batch, classes int) *Step {
	tb.Helper()
	net, err := network.New(a, scaling, a.Padding, classes)
	if err != nil {
		tb.Fatal(err)
	}
	s, err := NewStep(net, network.Random(net, 1), batch, 1e-3, network.Regularisation{}, &Optimiser{Rate: 0.02, Momentum: 0.9})
	if err != nil {
		tb.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range s.Images {
		s.Images[i] = float32(rng.NormFloat64())
	}
	for i := range batch {
		s.Targets[i*classes+rng.IntN(classes)] = 1
	}
	return s
}

// TestStepLearns: steps on one batch, whose labels are chance, learn it by
// heart.
func TestStepLearns(t *testing.T) {
	for _, c := range []struct {
		architecture *network.Architecture
		depth, width float64
	}{
		{network.EfficientNetB0, 1, .25}, {network.EfficientNetV2B0, .5, .25}, {network.EfficientNetV2S, .2, .25}, {network.TestEfficientNet, 1, .5},
		{network.CIFARResNet, 3, 1}, {network.ResNet18, .5, .25}, {network.WideResNet50, .3, .125},
	} {
		t.Run(c.architecture.Name, func(t *testing.T) {
			learns(t, stepOf(t, c.architecture, network.Scaling{Depth: c.depth, Width: c.width, Resolution: network.Square(32)}, 8, 5))
		})
	}
}

func learns(t *testing.T, s *Step) {
	t.Helper()
	var first, last float32
	for i := range 40 {
		loss, err := s.Run()
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = loss
		}
		last = loss
	}
	if !(first > 1 && last < 0.1*first) {
		t.Errorf("loss %v, after 40 steps %v", first, last)
	}
}

// BenchmarkStep times a training step of B0 at half the width.
func BenchmarkStep(b *testing.B) {
	s := step(b, 0.5, 96, 32, 1000)
	for b.Loop() {
		if _, err := s.Run(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(32*float64(b.N)/b.Elapsed().Seconds(), "images/s")
}

// TestCollected: a step that nobody needs any more gives its memory back.
func TestCollected(t *testing.T) {
	gone := make(chan bool, 1)
	func() {
		s := step(t, 0.25, 32, 2, 5)
		if _, err := s.Run(); err != nil {
			t.Fatal(err)
		}
		runtime.AddCleanup(&s.Images[0], func(int) { gone <- true }, 0)
	}()
	for range 20 {
		runtime.GC()
		select {
		case <-gone:
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Error("the step's pictures are still there")
}
