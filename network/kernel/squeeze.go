package kernel

// SqueezeExcite scales the channels of x [N, pixels, channels] by gates made
// of their means: σ(excite·activation(squeeze·mean + bias) + bias) (arXiv
// 1709.01507). It keeps what its gradient needs from one pass to the next.
type SqueezeExcite struct {
	n, pixels, channels, small int
	activation                 Activation

	pooled, squeezed, activated, gates []float32 // of the last Forward

	// The gradients of the last Grad, each in its operand's shape.
	GradSqueeze, GradSqueezeBias []float32 // [small, channels], [small]
	GradExcite, GradExciteBias   []float32 // [channels, small], [channels]
}

// NewSqueezeExcite takes the shapes; small is the number of squeezed channels.
func NewSqueezeExcite(n, pixels, channels, small int, act Activation) *SqueezeExcite {
	room := func(size int) []float32 { return make([]float32, size) }
	return &SqueezeExcite{
		n: n, pixels: pixels, channels: channels, small: small, activation: act,
		pooled: room(n * channels), squeezed: room(n * small), activated: room(n * small), gates: room(n * channels),
		GradSqueeze: room(small * channels), GradSqueezeBias: room(small),
		GradExcite: room(channels * small), GradExciteBias: room(channels),
	}
}

// Forward writes the scaled x into dst; squeeze is [small, channels], excite
// [channels, small].
func (e *SqueezeExcite) Forward(dst, x, squeeze, squeezeBias, excite, exciteBias []float32) {
	e.open(source{plain: x}, squeeze, squeezeBias, excite, exciteBias)
	Scale(dst, x, e.gates, e.n, e.pixels, e.channels)
}

// open makes the gates of x.
func (e *SqueezeExcite) open(x source, squeeze, squeezeBias, excite, exciteBias []float32) {
	averagePool(e.pooled, x, e.n, e.pixels, e.channels)
	first := PackLinear(squeeze, e.small, e.channels, squeezeBias)
	defer first.Release()
	first.Product(e.squeezed, e.pooled, e.n, Identity, nil)
	e.activation.Forward(e.activated, e.squeezed)
	second := PackLinear(excite, e.channels, e.small, exciteBias)
	defer second.Release()
	second.Product(e.gates, e.activated, e.n, Identity, nil)
	Sigmoid.Forward(e.gates, e.gates)
}

// Grad writes ∂L/∂x into dst and the weights' gradients into e, given x, the
// weights and grad = ∂L/∂y. Forward must have been called with the same x.
func (e *SqueezeExcite) Grad(dst, x, squeeze, excite, grad []float32) {
	gates := borrow(e.n * e.channels)
	defer giveBack(gates)
	ScaleGrad(gates, x, grad, e.n, e.pixels, e.channels)
	for i, s := range e.gates { // through the sigmoid
		gates[i] *= s * (1 - s)
	}
	e.gradients(gates, squeeze, excite)
	scaleShift(dst, grad, e.gates, gates, e.n, e.pixels, e.channels)
}

// gradients writes the weights' gradients into e, given that of the gates [n, channels]
// before their sigmoid, and in its place what each pixel's gradient gets by the mean,
// beside its own times the gate.
func (e *SqueezeExcite) gradients(gates, squeeze, excite []float32) {
	activated := borrow(e.n * e.small)
	defer giveBack(activated)
	LinearGradWeight(e.GradExcite, e.activated, gates, e.n, e.small, e.channels)
	SumChannels(e.GradExciteBias, gates, e.n, e.channels)
	second := Pack(excite, e.channels, e.small, e.small, 1, nil)
	defer second.Release()
	second.Product(activated, gates, e.n, Identity, nil)
	e.activation.Grad(activated, e.squeezed, activated)
	LinearGradWeight(e.GradSqueeze, e.pooled, activated, e.n, e.channels, e.small)
	SumChannels(e.GradSqueezeBias, activated, e.n, e.small)
	first := Pack(squeeze, e.small, e.channels, e.channels, 1, nil)
	defer first.Release()
	first.Product(gates, activated, e.n, Identity, nil)
	for i := range gates {
		gates[i] /= float32(e.pixels)
	}
}
