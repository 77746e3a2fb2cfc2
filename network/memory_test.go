package network

import (
	"fmt"
	"runtime"
	"testing"

	"scalecam/cam"
)

// TestMemoryBytes holds the estimates to what a model takes that has run, and what
// a gradient takes beside it: at least that, and not more than three times it.
func TestMemoryBytes(t *testing.T) {
	const little = 2 << 20 // of graphs, and of others in this process
	alive := func() int64 {
		runtime.GC()
		runtime.GC() // what pools keep goes at the second
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	for _, c := range []struct {
		architecture *Architecture
		depth, width float64
		side         int
	}{{EfficientNetB0, 1, 1, 224}, {EfficientNetB0, 1, 2, 224}, {EfficientNetB0, 1, 0.5, 640}, {MobileNetV2, 1, 1, 448}, {EfficientNet64, 2, 2, 256}} {
		t.Run(fmt.Sprint(c.architecture.Title, c.depth, c.width, c.side), func(t *testing.T) {
			before := alive()
			n, err := New(c.architecture, Scaling{c.depth, c.width, Square(c.side)}, SymmetricPadding, 10)
			if err != nil {
				t.Fatal(err)
			}
			m, err := NewRandomModel(n, 1, 1e-3, nil)
			if err != nil {
				t.Fatal(err)
			}
			a, err := m.Forward(t.Context(), &Input{Size: Square(c.side), Pixels: make([]float32, 3*c.side*c.side)})
			if err != nil {
				t.Fatal(err)
			}
			took := alive() - before
			for _, name := range []string{"stage1", "stage4", "last"} {
				gradient := alive()
				layer, err := m.FindLayer(name)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := a.Gradient(t.Context(), layer, cam.Target{{Class: 1, Factor: 1}}); err != nil {
					t.Fatal(err)
				}
				gradient = alive() - gradient
				m.tail = nil // another layer's takes its place
				if got := n.GradientBytes(layer.Node); got < gradient-little || got > 3*gradient+4*n.Parameters()+little {
					t.Errorf("the gradient at %s is estimated at %d KB; it took %d KB", name, got>>10, gradient>>10)
				}
			}
			runtime.KeepAlive(m)
			if got := n.MemoryBytes(); got < took-little || got > 3*took+little {
				t.Errorf("estimated %d KB; it took %d KB", got>>10, took>>10)
			}
		})
	}
}
