package kernel

import (
	"flag"
	"fmt"
	"math"
	"slices"
	"testing"
)

// every makes the sweeps of the activations complete. It takes minutes.
var every = flag.Bool("every", false, "try every float32 from −100 to 100 in the tests of the activations")

// sweep calls visit with numbers from −100 to 100: every 2003rd one that
// float32 has, or every one, and every 1/2000 evenly.
func sweep(visit func(x []float32)) {
	x := make([]float32, 0, 1<<16)
	visitFull := func() {
		if len(x) > cap(x)-2 {
			visit(x)
			x = x[:0]
		}
	}
	step := uint32(2003)
	if *every {
		step = 1
	}
	for b := uint32(0); b <= math.Float32bits(100); b += step {
		v := math.Float32frombits(b)
		x = append(x, v, -v)
		visitFull()
	}
	for i := range 200_001 {
		v := float32(i) / 2000
		x = append(x, v, -v)
		visitFull()
	}
	visit(x)
}

// sweepMACs keeps emulated sets out of complete sweeps, which they would take
// hours for.
func sweepMACs() int {
	if *every {
		return math.MaxInt
	}
	return 0
}

// approximated is the bound that Activation.Forward states for the errors of
// SiLU and sigmoid, relative to them, where |x| ≤ 87. On every float32 there
// they are at most 2.4e-7 with fused multiply-adds, and 2.8e-7 without.
const approximated = 4e-7

// sloped is the bound of the derivatives' errors, beside 1, as they pass
// through zero. SiLU's is σ + x·σ·(1 − σ), and up to x = 17, from where on σ is
// 1, the last bit of 1 − σ, 2⁻²⁴, is multiplied by x: that is 1.0e-6.
const sloped = 1.1e-6

// offBy is the relative error of y, beside want. Where float32 has only
// denormal numbers it takes no offence at how coarse they are.
func offBy(y float32, want float64) float64 {
	const half = math.SmallestNonzeroFloat32 / 2
	if float64(y) == want {
		return 0 // infinity too
	}
	return max(math.Abs(float64(y)-want)-half, 0) / math.Abs(want)
}

// TestActivations holds the activations to their definitions in float64: SiLU
// and sigmoid to what is promised of them, the others exactly. Beyond ±87, where
// 2ⁿ would be no normal number, SiLU and sigmoid are within 1e-30.
func TestActivations(t *testing.T) {
	eachSet(t, "", sweepMACs(), func(t *testing.T) {
		for _, a := range []Activation{SiLU, Sigmoid, ReLU6, ReLU, Identity} {
			worst, at := 0.0, float32(0)
			sweep(func(x []float32) {
				got := vector(len(x))
				a.Forward(got.values(), x)
				for i, y := range got.values() {
					want := valueOf(a, float64(x[i]))
					if x[i] < -87 && math.Abs(float64(y)-want) < 1e-30 {
						continue
					}
					off := offBy(y, want)
					if !(off <= worst) {
						worst, at = off, x[i]
					}
					if exact := a != SiLU && a != Sigmoid; !(off <= approximated) || exact && off > 0 {
						t.Fatalf("%v(%v) has a relative error of %.3g", a, x[i], off)
					}
				}
				if !got.intact() {
					t.Fatalf("%v wrote outside its result", a)
				}
			})
			t.Logf("%v: relative error at most %.3g, at %v", a, worst, at)
		}
	})
}

// TestSlopes holds the derivatives to their definitions.
func TestSlopes(t *testing.T) {
	eachSet(t, "", sweepMACs(), func(t *testing.T) {
		for _, a := range []Activation{SiLU, Sigmoid, ReLU6, ReLU, Identity} {
			bound := sloped
			if a != SiLU && a != Sigmoid {
				bound = 0
			}
			worst, at := 0.0, float32(0)
			sweep(func(x []float32) {
				got := vector(len(x))
				a.Grad(got.values(), x, slices.Repeat([]float32{1}, len(x)))
				for i, y := range got.values() {
					if off := math.Abs(float64(y) - slopeOf(a, float64(x[i]))); !(off <= worst) {
						worst, at = off, x[i]
					}
				}
				if !got.intact() {
					t.Fatalf("the gradient of %v wrote outside its result", a)
				}
			})
			t.Logf("the slope of %v: error at most %.3g, at %v", a, worst, at)
			if !(worst <= bound) {
				t.Errorf("the slope of %v at %v is off by %.3g, want at most %.3g", a, at, worst, bound)
			}
		}
	})
}

// TestSpecialValues: numbers at which approximations fail, in every lane and
// in what is left over beside whole vectors. SiLU of large negative numbers,
// whose limit is 0, is theirs times e⁻⁸⁷.
func TestSpecialValues(t *testing.T) {
	var values []float32
	for _, v := range []float64{0, math.SmallestNonzeroFloat32, 1e-40, 1e-30, 1e-20, 6, 86.9, 87, 87.1, 88, 88.7, 89, 100, 104, 1e4, 1e30, math.Inf(1)} {
		values = append(values, float32(v), float32(-v))
	}
	for _, v := range []float32{6, 87, -87} {
		values = append(values, math.Nextafter32(v, -100), math.Nextafter32(v, 100))
	}
	eachSet(t, "", 0, func(t *testing.T) {
		for _, a := range []Activation{Identity, SiLU, ReLU6, Sigmoid, ReLU} {
			for _, v := range values {
				const n = 16 + 8 + 5
				x := slices.Repeat([]float32{v}, n)
				got, slope := vector(n), vector(n)
				a.Forward(got.values(), x)
				a.Grad(slope.values(), x, slices.Repeat([]float32{2}, n))
				want, wantSlope := valueOf(a, float64(v)), 2*slopeOf(a, float64(v))
				for i, y := range got.values() {
					tiny := v < -87 && math.Abs(float64(y)-want) < 1e-7
					if y != y || offBy(y, want) > approximated && !tiny {
						t.Errorf("%v(%v) is %v in lane %d, want %v", a, v, y, i, want)
						break
					}
					if g := float64(slope.values()[i]); !math.IsInf(float64(v), 0) && !(math.Abs(g-wantSlope) <= 2e-6) {
						t.Errorf("twice the slope of %v at %v is %v in lane %d, want %v", a, v, g, i, wantSlope)
						break
					}
				}
			}
		}
	})
}

// TestNotANumber: what is no number stays none, and only that. ReLU, ReLU6 and
// the identity have slopes there, as anywhere.
func TestNotANumber(t *testing.T) {
	eachSet(t, "", 0, func(t *testing.T) {
		for _, a := range []Activation{Identity, SiLU, ReLU6, Sigmoid, ReLU} {
			const n = 16 + 8 + 5
			for at := range n {
				x, got, slope := make([]float32, n), make([]float32, n), make([]float32, n)
				x[at] = float32(math.NaN())
				a.Forward(got, x)
				a.Grad(slope, x, slices.Repeat([]float32{1}, n))
				for i := range n {
					if (got[i] != got[i]) != (i == at) {
						t.Fatalf("%v of value %d is %v, where value %d of %d is no number", a, i, got[i], at, n)
					}
					if (slope[i] != slope[i]) != (i == at && (a == SiLU || a == Sigmoid)) {
						t.Fatalf("the slope of %v at value %d is %v, where value %d of %d is no number", a, i, slope[i], at, n)
					}
				}
			}
		}
	})
}

// TestNotANumberInside: nor is it lost in a matrix product or a depthwise
// convolution, whatever activation follows.
func TestNotANumberInside(t *testing.T) {
	eachSet(t, "", 0, func(t *testing.T) {
		for _, act := range []Activation{Identity, SiLU, ReLU6, ReLU} {
			const m, n = 14, 37
			for at := range n {
				bias := make([]float32, n)
				bias[at] = float32(math.NaN())
				p := PackLinear(make([]float32, n), n, 1, bias)
				got := make([]float32, m*n)
				p.Product(got, make([]float32, m), m, act, nil)
				d := Depthwise{N: 1, Channels: n, Window: Symmetric(3, 1, 1, m)}
				gotD := make([]float32, m*n)
				d.Forward(gotD, make([]float32, m*n), PackDepthwise(make([]float32, 9*n), n, 3, bias), act)
				for i := range got {
					if want := i%n == at; (got[i] != got[i]) != want || (gotD[i] != gotD[i]) != want {
						t.Fatalf("%v: with no number in channel %d, channel %d is %v in a product, %v in a depthwise convolution", act, at, i%n, got[i], gotD[i])
					}
				}
			}
		}
	})
}

// TestActivationLengths: every length, of which whole lines and whole vectors
// are split off, in place and not, and nothing beside it.
func TestActivationLengths(t *testing.T) {
	eachSet(t, "", 0, func(t *testing.T) {
		for _, n := range []int{0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 255, 256, 257, 511, 512, 600, 256*130 + 77} {
			for _, a := range []Activation{Identity, SiLU, ReLU6, Sigmoid, ReLU} {
				x, grad := times(noise(1, n), 4), noise(2, n)
				want, wantGrad := newExact(n), newExact(n)
				for i, v := range x {
					want.add(i, valueOf(a, float64(v)))
					wantGrad.add(i, float64(grad[i])*slopeOf(a, float64(v)))
					wantGrad.size[i] = math.Abs(float64(grad[i])) // the slope passes through zero
				}
				what := fmt.Sprintf("%v of %d values", a, n)
				got, got2 := vector(n), vector(n)
				a.Forward(got.values(), x)
				near(t, what, got, want)
				copy(got2.values(), x)
				a.Forward(got2.values(), got2.values())
				near(t, what+" in place", got2, want)
				a.Grad(got.values(), x, grad)
				within(t, "gradient of "+what, got, wantGrad, sloped)
				copy(got2.values(), grad)
				a.Grad(got2.values(), x, got2.values())
				within(t, "gradient of "+what+" in place", got2, wantGrad, sloped)
			}
		}
	})
}

// TestActivationNames: as they are printed.
func TestActivationNames(t *testing.T) {
	for a, want := range map[Activation]string{Identity: "identity", SiLU: "SiLU", ReLU6: "ReLU6", Sigmoid: "sigmoid", ReLU: "ReLU", 9: "Activation(9)"} {
		if a.String() != want {
			t.Errorf("activation %d is called %q, want %q", int(a), a.String(), want)
		}
	}
}
