package kernel

import (
	"fmt"
	"math"
)

// Activation is a function applied to every value.
type Activation int

// The activations of the networks that Scalecam knows.
const (
	Identity Activation = iota
	SiLU                // x·σ(x), also called swish (arXiv 1702.03118, 1710.05941)
	ReLU6               // min(max(x, 0), 6) (arXiv 1704.04861)
	Sigmoid             // σ(x) = 1 / (1 + e^−x)
	ReLU                // max(x, 0)
)

func (a Activation) String() string {
	switch a {
	case Identity:
		return "identity"
	case SiLU:
		return "SiLU"
	case ReLU6:
		return "ReLU6"
	case Sigmoid:
		return "sigmoid"
	case ReLU:
		return "ReLU"
	}
	return fmt.Sprintf("Activation(%d)", int(a))
}

// Forward writes the activation of x into dst, which may be x. SiLU and
// sigmoid differ from the exact value, relative to it, by less than 4·10⁻⁷ for
// |x| ≤ 87; beyond, where they are 0, 1 or x to all that float32 adds up, x
// counts as ±87 in the sigmoid.
func (a Activation) Forward(dst, x []float32) {
	long(len(x), dst)
	flat(len(x), func(w *worker, lo, rows, channels int, neutral, one *float32) {
		current.maps(w, mapArgs{
			rows: uintptr(rows), x: &x[lo], xLine: uintptr(4 * channels), y: &x[lo], z: &dst[lo], zLine: uintptr(4 * channels),
			mean: neutral, scale: one, shift: neutral, activation: uintptr(a),
		}, channels, affine)
	})
}

// Grad writes ∂L/∂x into dst, given x and grad = ∂L/∂y. At their corners
// ReLU and ReLU6 have the gradient 0, as in PyTorch. dst may be x or grad.
func (a Activation) Grad(dst, x, grad []float32) {
	long(len(x), dst, grad)
	flat(len(x), func(w *worker, lo, rows, channels int, neutral, one *float32) {
		line := uintptr(4 * channels)
		unused := w.room(sumRoom, 2*channels)
		current.maps(w, mapArgs{
			rows: uintptr(rows), x: &x[lo], xLine: line, y: &grad[lo], yLine: line, z: &dst[lo], zLine: line,
			mean: neutral, scale: one, shift: neutral, activation: uintptr(a), sum: &unused[0], dot: &unused[channels],
		}, channels, affineGradient)
	})
}

// flat splits n values into rows, and calls part with those that start at lo:
// whole lines first, what is left over as one short row.
func flat(n int, part func(w *worker, lo, rows, channels int, neutral, one *float32)) {
	const line = 256
	var zeros, ones [line]float32
	for i := range ones {
		ones[i] = 1
	}
	blocks(n/line, line, func(w *worker, _, lo, hi int) { part(w, lo*line, hi-lo, line, &zeros[0], &ones[0]) })
	if rest := n % line; rest > 0 {
		serial(func(w *worker) { part(w, n-rest, 1, rest, &zeros[0], &ones[0]) })
	}
}

// at is the activation of one value.
func (a Activation) at(v float32) float32 {
	switch a {
	case SiLU:
		return v * sigmoid(v)
	case ReLU6:
		return min(max(v, 0), 6)
	case Sigmoid:
		return sigmoid(v)
	case ReLU:
		return max(v, 0)
	}
	return v
}

// slope is the activation's derivative.
func (a Activation) slope(v float32) float32 {
	switch a {
	case SiLU:
		s := sigmoid(v)
		return s * (1 + v*(1-s))
	case ReLU6:
		if v > 0 && v < 6 {
			return 1
		}
		return 0
	case Sigmoid:
		s := sigmoid(v)
		return s * (1 - s)
	case ReLU:
		if v > 0 {
			return 1
		}
		return 0
	}
	return 1
}

// sigmoid is σ(x) as the assembly computes it (generate/activation.go): e⁻ˣ =
// 2ⁿ·2ᶠ with −x·log₂e = n + f and |f| ≤ ½, and a polynomial for 2ᶠ. Without
// fused multiply-adds f comes from x less n times ln 2 in two parts, the first
// of which times n is exact.
func sigmoid(x float32) float32 {
	const magic, log2E, ln2High, ln2Low = 3 << 22, math.Log2E, 0.693359375, -2.12194440e-4
	y := -x
	switch {
	case x != x:
		return x
	case y > 87: // beyond, 2ⁿ is no normal number
		y = 87
	case y < -87:
		y = -87
	}
	t := y*log2E + magic // rounds, and leaves n in the low bits
	n := t - magic
	f := (y - n*ln2High - n*ln2Low) * log2E
	p := 1 + f*(0.69314700+f*(0.24022242+f*(0.055507336+f*(0.009671513+f*0.0013264726))))
	return 1 / (1 + math.Float32frombits(math.Float32bits(p)+math.Float32bits(t)<<23))
}
