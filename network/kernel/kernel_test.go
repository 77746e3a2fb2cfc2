package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

func noise(seed uint64, n int) []float32 {
	rng := rand.New(rand.NewPCG(seed, 9))
	s := make([]float32, n)
	for i := range s {
		s[i] = float32(rng.NormFloat64())
	}
	return s
}

// near compares to a float64 reference: float32 sums of up to some hundred
// terms of magnitude 1 differ by a few units in the sixth place.
func near(t *testing.T, what string, got []float32, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	for i := range got {
		if math.Abs(float64(got[i])-want[i]) > 1e-5*max(1, math.Abs(want[i])) {
			t.Fatalf("%s: value %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

// slowConv is the definition, with in channels a group of the output's.
func slowConv(n, in, out, groups int, w Window, x, weight, bias []float32) []float64 {
	y := make([]float64, n*out*w.OutH*w.OutW)
	per := in / groups
	for b := range n {
		for o := range out {
			for oy := range w.OutH {
				for ox := range w.OutW {
					sum := 0.0
					if bias != nil {
						sum = float64(bias[o])
					}
					for i := range per {
						channel := o/(out/groups)*per + i
						for ky := range w.Kernel {
							for kx := range w.Kernel {
								iy, ix := oy*w.Stride+ky-w.Top, ox*w.Stride+kx-w.Left
								if iy < 0 || iy >= w.InH || ix < 0 || ix >= w.InW {
									continue
								}
								sum += float64(weight[((o*per+i)*w.Kernel+ky)*w.Kernel+kx]) *
									float64(x[((b*in+channel)*w.InH+iy)*w.InW+ix])
							}
						}
					}
					y[((b*out+o)*w.OutH+oy)*w.OutW+ox] = sum
				}
			}
		}
	}
	return y
}

func TestConvolutions(t *testing.T) {
	var windows []Window
	for _, k := range []int{1, 3, 5} {
		for _, stride := range []int{1, 2} {
			for _, size := range [][2]int{{1, 1}, {2, 3}, {7, 7}, {8, 5}, {9, 16}} {
				windows = append(windows, Symmetric(k, stride, size[0], size[1]), Same(k, stride, size[0], size[1]))
			}
		}
	}
	for _, w := range windows {
		for _, biased := range []bool{false, true} {
			name := fmt.Sprint(w, " bias ", biased)
			c := Conv{N: 2, In: 3, Out: 4, Window: w}
			x, weight, bias := noise(1, 2*3*w.InH*w.InW), noise(2, 4*3*w.Kernel*w.Kernel), noise(3, 4)
			d := Depthwise{N: 2, Channels: 3, Window: w}
			weightD, biasD := noise(4, 3*w.Kernel*w.Kernel), noise(5, 3)
			if !biased {
				bias, biasD = nil, nil
			}
			got := noise(6, 2*4*w.OutH*w.OutW) // what was there must not matter
			c.Forward(got, x, weight, bias)
			near(t, "convolution "+name, got, slowConv(2, 3, 4, 1, w, x, weight, bias))
			got = noise(7, 2*3*w.OutH*w.OutW)
			d.Forward(got, x, weightD, biasD)
			near(t, "depthwise "+name, got, slowConv(2, 3, 3, 3, w, x, weightD, biasD))
		}
	}
}

// TestWindows holds output sizes and padding to PyTorch's and TensorFlow's.
func TestWindows(t *testing.T) {
	for _, c := range []struct {
		got             Window
		h, w, top, left int
	}{
		{Symmetric(3, 2, 224, 224), 112, 112, 1, 1},
		{Symmetric(5, 2, 15, 28), 8, 14, 2, 2},
		{Same(3, 2, 224, 224), 112, 112, 0, 0}, // one row and column, below and to the right
		{Same(3, 2, 75, 224), 38, 112, 1, 0},
		{Same(5, 2, 28, 27), 14, 14, 1, 2},
		{Same(1, 1, 7, 7), 7, 7, 0, 0},
	} {
		if c.got.OutH != c.h || c.got.OutW != c.w || c.got.Top != c.top || c.got.Left != c.left {
			t.Errorf("%v: want %d×%d, pad %d,%d", c.got, c.h, c.w, c.top, c.left)
		}
	}
}

func TestActivations(t *testing.T) {
	x := append(noise(1, 3*chunk+5), 0, -200, 200, 6, -6, 1e-20)
	for _, c := range []struct {
		a  Activation
		of func(float64) float64
	}{
		{Identity, func(x float64) float64 { return x }},
		{SiLU, func(x float64) float64 { return x / (1 + math.Exp(-x)) }},
		{ReLU6, func(x float64) float64 { return math.Min(math.Max(x, 0), 6) }},
		{Sigmoid, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }},
	} {
		want := make([]float64, len(x))
		for i, v := range x {
			want[i] = c.of(float64(v))
		}
		got := slices.Clone(x)
		c.a.Forward(got, got) // in place
		near(t, c.a.String(), got, want)
	}
}

func TestNorm(t *testing.T) {
	b := Norm{N: 2, Channels: 3, Plane: 5, Eps: 1e-3}
	x, gamma, beta := noise(1, 30), noise(2, 3), noise(3, 3)
	mean, variance := make([]float32, 3), make([]float32, 3)
	b.Statistics(mean, variance, x)
	got := make([]float32, 30)
	b.Forward(got, x, gamma, beta, mean, variance)
	want := make([]float64, 30)
	for c := range 3 {
		var m, v float64
		at := func(i int) int { return (i/5*3+c)*5 + i%5 }
		for i := range 10 {
			m += float64(x[at(i)]) / 10
		}
		for i := range 10 {
			v += (float64(x[at(i)]) - m) * (float64(x[at(i)]) - m) / 10
		}
		for i := range 10 {
			want[at(i)] = float64(gamma[c])*(float64(x[at(i)])-m)/math.Sqrt(v+1e-3) + float64(beta[c])
		}
	}
	near(t, "batch norm", got, want)
}

// TestThreads: the same bytes whatever the number of cores.
func TestThreads(t *testing.T) {
	w := Symmetric(3, 2, 57, 43)
	c := Conv{N: 1, In: 13, Out: 70, Window: w}
	p := Conv{N: 1, In: 130, Out: 70, Window: Symmetric(1, 1, 23, 29)}
	d := Depthwise{N: 1, Channels: 13, Window: w}
	run := func(threads int) [][]float32 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
		results := [][]float32{make([]float32, 70*w.OutH*w.OutW), make([]float32, 70*23*29), make([]float32, 13*w.OutH*w.OutW), make([]float32, 70*13*9), make([]float32, 130*23*29)}
		c.Forward(results[0], noise(1, 13*57*43), noise(2, 70*13*9), noise(3, 70))
		p.Forward(results[1], noise(1, 130*23*29), noise(2, 70*130), nil)
		d.Forward(results[2], noise(1, 13*57*43), noise(2, 13*9), nil)
		c.GradWeight(results[3], noise(1, 13*57*43), results[0])
		p.GradInput(results[4], results[1], noise(2, 70*130))
		return results
	}
	one := run(1)
	for _, threads := range []int{2, 3, 7} {
		for i, got := range run(threads) {
			if !slices.Equal(got, one[i]) {
				t.Errorf("result %d differs between 1 and %d threads", i, threads)
			}
		}
	}
}

// TestParallelPanic: a panic in a part reaches the caller.
func TestParallelPanic(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	defer func() {
		if recover() == nil {
			t.Error("the panic was lost")
		}
	}()
	parallel(100, func(i int) {
		if i == 57 {
			panic("part 57")
		}
	})
}

func BenchmarkB0(b *testing.B) {
	for _, c := range []Conv{
		{1, 3, 32, Symmetric(3, 2, 224, 224)},
		{1, 16, 96, Symmetric(1, 1, 112, 112)},
		{1, 480, 112, Symmetric(1, 1, 14, 14)},
		{1, 320, 1280, Symmetric(1, 1, 7, 7)},
	} {
		x, w, y := noise(1, c.In*c.inPlane()), noise(2, c.Out*c.taps()), make([]float32, c.Out*c.outPlane())
		b.Run(fmt.Sprintf("conv %d to %d, %v", c.In, c.Out, c.Window), func(b *testing.B) {
			for b.Loop() {
				c.Forward(y, x, w, nil)
			}
			b.ReportMetric(2*float64(c.Out*c.taps()*c.outPlane())*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
	for _, d := range []Depthwise{{1, 96, Symmetric(3, 2, 112, 112)}, {1, 144, Symmetric(3, 1, 56, 56)}, {1, 672, Symmetric(5, 1, 14, 14)}} {
		x, w, y := noise(1, d.Channels*d.InH*d.InW), noise(2, d.Channels*25), make([]float32, d.Channels*d.OutH*d.OutW)
		b.Run(fmt.Sprintf("depthwise %d, %v", d.Channels, d.Window), func(b *testing.B) {
			for b.Loop() {
				d.Forward(y, x, w, nil)
			}
			b.ReportMetric(2*float64(len(y)*d.Kernel*d.Kernel)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}
