package models

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"scalecam/network"
)

// TestSizesShareWeights: a second size of the same weights is the same model
// but for the size, and takes no memory for weights of its own; other weights
// are not mixed up with them.
func TestSizesShareWeights(t *testing.T) {
	open := func(spec string) *network.Model {
		t.Helper()
		m, err := Open(spec, nil)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	heap := func() uint64 {
		runtime.GC()
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		return s.HeapAlloc
	}
	first := open("random:efficientnet-b0,r=64,seed=7")
	before := heap()
	second := open("random:efficientnet-b0,r=96,seed=7")
	// B0's weights are 21 MB.
	if grown := int64(heap()) - int64(before); grown > 1<<20 {
		t.Errorf("a second size took %d bytes", grown)
	}
	if got, want := second.Network.Scaling.Resolution, network.Square(96); got != want {
		t.Errorf("size %v, want %v", got, want)
	}
	if first.Spec == second.Spec || first.Name == second.Name {
		t.Errorf("both are called %s, %s", first.Spec, first.Name)
	}
	input := &network.Input{Size: network.Square(64), Pixels: make([]float32, 3*64*64)}
	for i := range input.Pixels {
		input.Pixels[i] = float32(i%17) / 17
	}
	logits := func(m *network.Model) []float32 {
		a, err := m.Forward(context.Background(), input)
		if err != nil {
			t.Fatal(err)
		}
		return a.Logits
	}
	want := logits(first)
	if !slices.Equal(logits(open("random:efficientnet-b0,r=64,seed=7")), want) {
		t.Error("the same spec gave other logits")
	}
	if slices.Equal(logits(open("random:efficientnet-b0,r=64,seed=8")), want) {
		t.Error("another seed gave the same logits")
	}
	runtime.KeepAlive(first)
}

// TestChangedFileIsReadAgain: what is kept of a file goes by its state.
func TestChangedFileIsReadAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.pth")
	if err := os.WriteFile(path, []byte("a\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := Settings{"classes": "a"}
	before := fileKey(path, s)
	if fileKey(path, s) != before {
		t.Error("the key of an unchanged file changed")
	}
	if err := os.Chtimes(path, time.Time{}, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if fileKey(path, nil) == fileKey(path, s) || s.key() == (Settings{"classes": "b"}).key() || fileKey(path, s) == before {
		t.Error("a changed file, or other settings, has the same key")
	}
}

// TestKept: weights are kept as long as any model of them is used, whichever
// was opened first, and no longer; many who open them at once open them once.
func TestKept(t *testing.T) {
	opened := 0
	open := func(size int) *network.Model {
		t.Helper()
		m, err := keep("spec", "TestKept", nil, network.Square(size), func() (*network.Model, network.Size, error) {
			opened++
			n, err := network.New(network.EfficientNetB0, network.Scaling{Depth: 1, Width: 0.25, Resolution: network.Square(64)}, network.SymmetricPadding, 3)
			if err != nil {
				return nil, network.Size{}, err
			}
			m, err := network.NewRandomModel(n, 1, 1e-3, nil)
			return m, network.Square(64), err
		})
		if err != nil {
			t.Error(err) // from other goroutines too
		}
		return m
	}
	first := open(64)
	first.Name = "mine"
	second := open(96)
	if second.Name != "" {
		t.Errorf("a name given to one model is another's: %q", second.Name)
	}
	runtime.KeepAlive(first)
	runtime.GC()
	third := open(128) // the second still holds them
	if opened != 1 {
		t.Errorf("opened %d times, want once", opened)
	}
	runtime.KeepAlive(second)
	runtime.KeepAlive(third)
	runtime.GC()
	runtime.GC()
	models := make([]*network.Model, 8)
	done := make(chan struct{})
	for i := range models {
		go func() {
			models[i] = open(64)
			done <- struct{}{}
		}()
	}
	for range models {
		<-done
	}
	if opened != 2 {
		t.Errorf("opened %d times, want twice: nobody used them in between, and then many at once", opened)
	}
	if _, err := keep("FILE@999999", "TestKept", nil, network.Square(60_000), nil); err == nil || !strings.Contains(err.Error(), "FILE@999999") {
		t.Errorf("a size too large: error %v, which must name the spec", err)
	}
	runtime.KeepAlive(models)
}
