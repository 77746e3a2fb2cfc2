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
	}
	return fmt.Sprintf("Activation(%d)", int(a))
}

// chunk is how many values one core takes at a time: large enough that taking
// a chunk costs nothing beside it, small enough to spread a feature map.
const chunk = 1 << 13

func chunks(n int, part func(lo, hi int)) {
	parallel((n+chunk-1)/chunk, func(i int) { part(i*chunk, min((i+1)*chunk, n)) })
}

// Forward writes the activation of x into dst, which may be x.
func (a Activation) Forward(dst, x []float32) {
	chunks(len(x), func(lo, hi int) {
		dst, x := dst[lo:hi], x[lo:hi]
		switch a {
		case Identity:
			copy(dst, x)
		case SiLU:
			for i, v := range x {
				dst[i] = v * sigmoid(v)
			}
		case ReLU6:
			for i, v := range x {
				dst[i] = min(max(v, 0), 6)
			}
		case Sigmoid:
			for i, v := range x {
				dst[i] = sigmoid(v)
			}
		}
	})
}

// Grad writes ∂L/∂x into dst, given x and grad = ∂L/∂y. At its two corners
// ReLU6 has the gradient 0, as in PyTorch. dst may be grad.
func (a Activation) Grad(dst, x, grad []float32) {
	chunks(len(x), func(lo, hi int) {
		dst, x, grad := dst[lo:hi], x[lo:hi], grad[lo:hi]
		switch a {
		case Identity:
			copy(dst, grad)
		case SiLU:
			for i, v := range x {
				s := sigmoid(v)
				dst[i] = grad[i] * s * (1 + v*(1-s))
			}
		case ReLU6:
			for i, v := range x {
				if v > 0 && v < 6 {
					dst[i] = grad[i]
				} else {
					dst[i] = 0
				}
			}
		case Sigmoid:
			for i, v := range x {
				s := sigmoid(v)
				dst[i] = grad[i] * s * (1 - s)
			}
		}
	})
}

func sigmoid(x float32) float32 { return float32(1 / (1 + math.Exp(-float64(x)))) }
