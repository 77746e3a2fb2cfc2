package kernel

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// cores sets the number of cores for a test.
func cores(t *testing.T, n int) {
	before := runtime.GOMAXPROCS(n)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
}

// TestCores: the same bytes whatever the number of cores.
func TestCores(t *testing.T) {
	w := Symmetric(3, 2, 57, 43)
	conv := Conv{N: 2, In: 13, Out: 70, Window: w}
	pointwise := Conv{N: 2, In: 130, Out: 70, Window: Symmetric(1, 1, 23, 29)}
	depthwise := Depthwise{N: 3, Channels: 45, Window: Symmetric(5, 1, 60, 30)}
	norm := Norm{Rows: 3000, Channels: 40, Eps: 1e-3, Activation: SiLU}
	block := blockCase{"", 2, 8, 48, 2, 8, Symmetric(5, 1, 61, 27), SiLU, true, false}
	weights := block.weights()
	// Of 289 and 577 cells one is left over by tiles of a size.
	inBands := []blockCase{
		{"", 1, 24, 96, 0, 24, Symmetric(3, 1, 17, 17), ReLU6, true, false},
		{"", 1, 8, 500, 0, 40, Symmetric(3, 1, 17, 17), ReLU6, false, false},
		{"", 1, 8, 40, 0, 16, Symmetric(5, 2, 57, 8), ReLU6, false, false},
		{"", 1, 32, 32, 0, 16, Symmetric(3, 1, 577, 9), ReLU6, false, true},
	}
	convX, convGrad := noise(1, 2*13*57*43), noise(2, 2*70*w.OutH*w.OutW)
	convWeight, bias := noise(3, 70*13*9), noise(4, 70)
	pointX, pointGrad, pointWeight := noise(5, 2*130*23*29), noise(6, 2*70*23*29), noise(7, 70*130)
	deepX, deepGrad, deepWeight := noise(8, 3*45*60*30), noise(9, 3*45*60*30), noise(10, 45*25)
	normX, normGrad := noise(11, 3000*40), noise(12, 3000*40)
	gamma, beta := noise(13, 40), noise(14, 40)
	make32 := func(n int) []float32 { return make([]float32, n) }
	for _, c := range []struct {
		name string
		run  func() [][]float32
	}{
		{"product", func() [][]float32 {
			one, many := make32(2*70*23*29), make32(1000)
			PackLinear(pointWeight, 70, 130, bias).Product(one, pointX, 2*23*29, SiLU, pointGrad)
			PackLinear(deepX, 1000, 200, nil).Product(many, pointX, 1, Identity, nil)
			return [][]float32{one, many}
		}},
		{"convolution", func() [][]float32 {
			y, dx, dw := make32(len(convGrad)), make32(len(convX)), make32(len(convWeight))
			conv.Forward(y, convX, conv.Pack(convWeight, bias), SiLU, convGrad)
			conv.GradInput(dx, convGrad, convWeight)
			conv.GradWeight(dw, convX, convGrad)
			return [][]float32{y, dx, dw}
		}},
		{"convolution 1×1", func() [][]float32 {
			dx, dw := make32(len(pointX)), make32(len(pointWeight))
			pointwise.GradInput(dx, pointGrad, pointWeight)
			pointwise.GradWeight(dw, pointX, pointGrad)
			return [][]float32{dx, dw}
		}},
		{"depthwise", func() [][]float32 {
			y, dx, dw := make32(len(deepGrad)), make32(len(deepX)), make32(len(deepWeight))
			depthwise.Forward(y, deepX, PackDepthwise(deepWeight, 45, 5, bias[:45]), ReLU6)
			depthwise.gradients(dx, dw, source{plain: deepX}, PackDepthwise(deepWeight, 45, 5, nil).Transposed(), depthwise.copied(deepGrad), nil)
			return [][]float32{y, dx, dw}
		}},
		{"batch norm", func() [][]float32 {
			mean, variance, y, dx := make32(40), make32(40), make32(len(normX)), make32(len(normX))
			dGamma, dBeta := make32(40), make32(40)
			norm.Statistics(mean, variance, normX)
			norm.Forward(y, normX, gamma, beta, mean, variance)
			norm.back(dGamma, dBeta, normX, gamma, beta, normGrad, mean, variance, false).writeAll(dx)
			return [][]float32{mean, variance, y, dx, dGamma, dBeta}
		}},
		{"layers in training", func() (all [][]float32) {
			for _, c := range trainedCases() {
				x, grad, weight, gamma, beta := noise(1, c.l.inputs()), noise(2, c.l.outputs()), noise(3, c.l.weights()), noise(4, c.l.out), noise(5, c.l.out)
				t, y, dx := c.make(), make32(len(grad)), make32(len(x))
				t.Forward(y, x, weight, gamma, beta)
				t.Grad(dx, x, weight, gamma, beta, grad, false)
				all = append(all, y, dx, t.Mean, t.Variance, t.GradWeight, t.GradGamma, t.GradBeta)
			}
			return all
		}},
		{"blocks in training", func() (all [][]float32) {
			for _, c := range trainedBlocks {
				p := c.parameters()
				x, grad := noise(1, c.depthwise().N*c.depthwise().InH*c.depthwise().InW*c.in), noise(2, c.project().N*c.project().OutH*c.project().OutW*c.out)
				b, y, dx := c.block(), make32(len(grad)), make32(len(x))
				b.Forward(y, x, p)
				b.Grad(dx, x, p, grad, false)
				for _, g := range blockGradients(b) {
					all = append(all, g.values)
				}
				all = append(all, y, dx)
			}
			return all
		}},
		{"squeeze-and-excite", func() [][]float32 {
			e := NewSqueezeExcite(5, 600, 40, 10, SiLU)
			y, dx := make32(len(normX)), make32(len(normX))
			e.Forward(y, normX, convWeight[:400], bias[:10], convWeight[400:800], bias[10:50])
			e.Grad(dx, normX, convWeight[:400], convWeight[400:800], normGrad)
			return [][]float32{y, dx, e.GradSqueeze, e.GradSqueezeBias, e.GradExcite, e.GradExciteBias}
		}},
		{"linear weight's gradient", func() [][]float32 {
			few, many := make32(130*70), make32(250*300)
			LinearGradWeight(few, normX, deepX, 4200, 20, 20)
			LinearGradWeight(many, normX, deepX, 80, 300, 250)
			return [][]float32{few, many}
		}},
		{"sums", func() [][]float32 {
			sums, means, added := make32(40), make32(5*40), make32(len(normX))
			SumChannels(sums, normX, 3000, 40)
			AveragePool(means, normX, 5, 600, 40)
			Add(added, normX, normGrad)
			SiLU.Forward(added, added)
			return [][]float32{sums, means, added}
		}},
		{"block", func() [][]float32 {
			y := make32(2 * 61 * 27 * 8)
			block.pack(weights).Forward(y, weights.x, 2)
			return [][]float32{y}
		}},
		{"blocks in bands", func() (results [][]float32) {
			for _, b := range inBands {
				y := make32(b.window.OutH * b.window.OutW * b.out)
				b.pack(b.weights()).Forward(y, b.weights().x, 1)
				results = append(results, y)
			}
			return results
		}},
	} {
		eachSet(t, c.name, 1<<20, func(t *testing.T) {
			var first [][]float32
			for _, n := range []int{1, 2, 5} {
				cores(t, n)
				results := c.run()
				if first == nil {
					first = results
				}
				for i, got := range results {
					if !same(got, first[i]) {
						t.Errorf("result %d on %d cores is not, byte for byte, that on one", i, n)
					}
				}
			}
		})
	}
}

// TestParallel: every part once, with helpers awake and asleep, and however
// many cores there are from call to call.
func TestParallel(t *testing.T) {
	for _, procs := range []int{1, 2, 5, 3, 1, 2} {
		cores(t, procs)
		for _, n := range []int{0, 1, 2, 3, 7, 1000} {
			for range 20 {
				done := make([]atomic.Int32, n)
				var busy sync.Map // workers, each for one part at a time
				parallel(n, func(w *worker, i int) {
					if _, taken := busy.LoadOrStore(w, true); taken {
						t.Error("two parts at a time have one worker")
					}
					done[i].Add(1)
					busy.Delete(w)
				})
				for i := range done {
					if done[i].Load() != 1 {
						t.Fatalf("on %d cores part %d of %d was done %d times", procs, i, n, done[i].Load())
					}
				}
			}
			time.Sleep(time.Millisecond) // until helpers sleep
		}
	}
}

// TestParallelPanic: a panic in a part reaches the caller's goroutine, from
// whichever goroutine it came, and the helpers live on.
func TestParallelPanic(t *testing.T) {
	for _, procs := range []int{1, 2, 5} {
		cores(t, procs)
		for _, at := range []int{0, 57, 99} {
			func() {
				defer func() {
					if r := recover(); r != fmt.Sprint("part ", at) {
						t.Errorf("on %d cores the panic of part %d arrives as %v", procs, at, r)
					}
				}()
				parallel(100, func(_ *worker, i int) {
					time.Sleep(10 * time.Microsecond) // so that others take parts
					if i == at {
						panic(fmt.Sprint("part ", i))
					}
				})
			}()
			var done atomic.Int32
			parallel(100, func(*worker, int) { done.Add(1) })
			if done.Load() != 100 {
				t.Errorf("on %d cores, after a panic, %d of 100 parts are done", procs, done.Load())
			}
		}
	}
	// A helper's panic in particular: the caller's part waits for it.
	cores(t, 2)
	helper := make(chan struct{})
	var first atomic.Bool
	defer func() {
		if r := recover(); r == nil || !strings.Contains(fmt.Sprint(r), "of a helper") {
			t.Errorf("the panic of a helper arrives as %v", r)
		}
	}()
	caller := goroutine()
	parallel(2, func(*worker, int) {
		if goroutine() != caller {
			close(helper)
			panic("of a helper")
		}
		if first.CompareAndSwap(false, true) {
			<-helper
		}
	})
}

// goroutine names the goroutine that calls it.
func goroutine() string {
	trace := make([]byte, 64)
	name, _, _ := strings.Cut(string(trace[:runtime.Stack(trace, false)]), "[")
	return name
}

// TestParallelCallers: several callers at a time, some of which find the
// helpers taken and work alone.
func TestParallelCallers(t *testing.T) {
	cores(t, 3)
	a, weight := noise(1, 64*96), noise(2, 96*70)
	want := make([]float32, 64*70)
	p := PackLinear(weight, 70, 96, nil)
	p.Product(want, a, 64, SiLU, nil)
	var callers sync.WaitGroup
	for range 8 {
		callers.Go(func() {
			for range 50 {
				got := make([]float32, len(want))
				p.Product(got, a, 64, SiLU, nil)
				if !same(got, want) {
					t.Error("among other callers a product has another result")
				}
				var sum atomic.Int64
				parallel(40, func(_ *worker, i int) { sum.Add(int64(i)) })
				if sum.Load() != 40*39/2 {
					t.Errorf("among other callers the parts add up to %d, want %d", sum.Load(), 40*39/2)
				}
			}
		})
	}
	callers.Wait()
}

// TestBorrow: as long as asked for, and given back under its own length.
func TestBorrow(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 4, 5, 8, 9, 1000, 1024, 1025} {
		for range 3 {
			s := borrow(n)
			if len(s) != n {
				t.Errorf("borrowed %d values, got %d", n, len(s))
			}
			giveBack(s)
		}
	}
}

// TestPeak: the measurement is above what any machine is slower than.
func TestPeak(t *testing.T) {
	eachSet(t, "", 1<<20, func(t *testing.T) {
		if got := Peak(); got < 0.05 || got > 1e6 {
			t.Errorf("%v GFLOP/s", got)
		}
	})
}
