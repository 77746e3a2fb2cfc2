package kernel

import (
	"fmt"
	"math"
	"testing"
)

// poolOf is max pooling by its definition: the result, and of which input each
// is. Input that is no number is the largest, and of several the last.
func poolOf(m MaxPool, x []float32) (y []float32, of []int) {
	layer{m.N, m.Channels, m.Channels, m.Channels, m.Window}.taps(func(to, from, _ int) {
		for len(y) <= to {
			y, of = append(y, float32(math.Inf(-1))), append(of, -1)
		}
		if of[to] < 0 || x[from] > y[to] || x[from] != x[from] {
			y[to], of[to] = x[from], from
		}
	})
	return y, of
}

// poolCases are windows, of which the last pads unevenly.
func poolCases() []MaxPool {
	var cases []MaxPool
	ws := windows([]int{1, 2, 3, 5}, [2]int{1, 1}, [2]int{2, 3}, [2]int{7, 7}, [2]int{8, 5}, [2]int{11, 12})
	for i, w := range append(ws, Symmetric(3, 2, 33, 20), Symmetric(2, 3, 9, 9)) {
		for j, channels := range []int{1, 3, 8, 17, 33, 64} {
			cases = append(cases, MaxPool{N: 1 + (i+j)%3, Channels: channels, Window: w})
		}
	}
	return cases
}

// TestMaxPool holds it and its gradient to their definitions, exactly: values
// are few, so that there are equal ones, and some are infinite or no numbers.
func TestMaxPool(t *testing.T) {
	for i, m := range poolCases() {
		if err := m.Check(); err != nil {
			t.Fatal(err)
		}
		x := noise(uint64(i), m.N*m.InH*m.InW*m.Channels)
		for k := range x {
			x[k] = float32(math.Round(float64(x[k])))
			switch (k + i) % 41 {
			case 0:
				x[k] = float32(math.NaN())
			case 1, 2, 3, 4:
				x[k] = float32(math.Inf(-1))
			case 5:
				x[k] = float32(math.Inf(1))
			}
		}
		want, of := poolOf(m, x)
		grad := noise(7, len(want))
		wantGrad := newExact(len(x))
		for k, from := range of {
			wantGrad.add(from, float64(grad[k]))
		}
		eachSet(t, fmt.Sprintf("%v, %d pictures, %d channels", m.Window, m.N, m.Channels), 9*len(want), func(t *testing.T) {
			got := vector(len(want))
			m.Forward(got.values(), x)
			for k, v := range got.values() {
				if v != want[k] && (v == v || want[k] == want[k]) {
					t.Fatalf("value %d is %v, want %v", k, v, want[k])
				}
			}
			if !got.intact() {
				t.Error("it wrote outside its result")
			}
			gotGrad := vector(len(x))
			m.Grad(gotGrad.values(), x, grad)
			near(t, "gradient", gotGrad, wantGrad)
		})
	}
}

// TestMaxPoolCheck: windows of which some output sees nothing are refused.
func TestMaxPoolCheck(t *testing.T) {
	whole := Symmetric(3, 2, 6, 6)
	for name, change := range map[string]func(*Window){
		"above":     func(w *Window) { w.Top = 3 },
		"below":     func(w *Window) { w.OutH = 5 },
		"right":     func(w *Window) { w.OutW = 5 },
		"no kernel": func(w *Window) { w.Kernel = 0 },
		"no stride": func(w *Window) { w.Stride = 0 },
		"no plane":  func(w *Window) { w.InW = 0 },
	} {
		w := whole
		change(&w)
		if (MaxPool{N: 1, Channels: 1, Window: w}).Check() == nil {
			t.Errorf("%s: %v: no error", name, w)
		}
	}
}
