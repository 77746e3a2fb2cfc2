package train

import (
	"fmt"
	"math"

	G "gorgonia.org/gorgonia"

	"scalecam/network/kernel"
)

// Optimiser is a gorgonia.Solver whose rate may change from step to step and
// whose state can be kept: gorgonia's own hide theirs. One optimiser serves the
// parameters of one network.
//
// With g a parameter's gradient, weight decay included, it is stochastic
// gradient descent with momentum,
//
//	v ← Momentum·v + Rate·g; w ← w − v
//
// or, where Square is above 0, RMSProp as the EfficientNet paper uses it
// (arXiv 1905.11946, section 5.2), with g divided by the root of its mean
// square:
//
//	s ← Square·s + (1−Square)·g²; v ← Momentum·v + Rate·g/√(s+Epsilon); w ← w − v
//
// or, where Adam is set, that (arXiv 1412.6980), with the weight decay taken from the
// weights themselves (AdamW, arXiv 1711.05101) and both means corrected for their
// beginning by the number of the step, At:
//
//	s ← Square·s + (1−Square)·g²; v ← Momentum·v + (1−Momentum)·g
//	w ← w − Rate·(v̂/(√ŝ+Epsilon) + WeightDecay·w)
//
// or, where Muon is set too, Adam but for the layers between the first and the last whose
// weights are matrices, of m × n values, as 1 × 1 convolutions' are. Those move by a matrix
// of singular values near 1 (Jordan et al. 2024, kellerjordan.github.io/posts/muon), made as
// long as Adam's steps are (arXiv 2502.16982):
//
//	v ← Momentum·v + g; w ← w − Rate·(0.2·√max(m, n)·orthogonal(g + Momentum·v) + WeightDecay·w)
type Optimiser struct {
	Rate, Momentum float64
	// WeightDecay adds so much of a weight to its gradient. Biases and batch
	// norm's parameters, which have one dimension, do not decay.
	WeightDecay     float64
	Square, Epsilon float64
	Adam, Muon      bool
	At              int // steps before this one
	// Body is how many parameters, from the first on, learn at BodyRate times Rate.
	Body     int
	BodyRate float64

	// velocity and, of RMSProp, squares: v and s of each parameter.
	velocity, squares [][]float32
}

// Step updates the parameters in place.
func (o *Optimiser) Step(parameters []G.ValueGrad) error {
	type values struct {
		w, g  []float32
		shape []int
		decay float32
	}
	all, last := make([]values, len(parameters)), 0 // which is the classifier's weight
	for i, p := range parameters {
		w, g, shape, err := arrays(p)
		if err != nil {
			return err
		}
		if i == len(o.velocity) {
			o.start(len(w))
		}
		all[i] = values{w: w, g: g, shape: shape}
		if len(shape) > 1 {
			all[i].decay, last = float32(o.WeightDecay), i
		}
	}
	kernel.Each(len(all), func(i int) {
		if m, n, ok := matrix(all[i].shape); ok && o.Muon && i != last {
			o.orthogonal(i, all[i].w, all[i].g, all[i].decay, m, n)
		} else {
			o.update(i, all[i].w, all[i].g, all[i].decay)
		}
		clear(all[i].g) // gorgonia adds the next step's gradient to it
	})
	return nil
}

// start makes the state of one more parameter of so many values.
func (o *Optimiser) start(values int) {
	o.velocity = append(o.velocity, make([]float32, values))
	if o.Square == 0 {
		return
	}
	s := make([]float32, values)
	for j := range s {
		if !o.Adam {
			s[j] = 1 // as TensorFlow begins: the first steps are short
		}
	}
	o.squares = append(o.squares, s)
}

func (o *Optimiser) update(i int, w, g []float32, decay float32) {
	rate, momentum := float32(o.Rate), float32(o.Momentum)
	if i < o.Body {
		rate = float32(o.Rate * o.BodyRate)
	}
	g = g[:len(w)]
	v := o.velocity[i][:len(w)]
	if o.Square == 0 {
		for j, x := range w {
			v[j] = momentum*v[j] + rate*(g[j]+decay*x)
			w[j] = x - v[j]
		}
		return
	}
	s := o.squares[i][:len(w)]
	square, eps := float32(o.Square), float32(o.Epsilon)
	if o.Adam {
		steps := float64(o.At + 1)
		first, second := float32(1-math.Pow(o.Momentum, steps)), 1-math.Pow(o.Square, steps)
		for j, x := range w {
			d := g[j]
			s[j] += (1 - square) * (d*d - s[j])
			v[j] += (1 - momentum) * (d - v[j])
			w[j] = x - rate*(v[j]/first/(float32(math.Sqrt(float64(s[j])/second))+eps)+decay*x)
		}
		return
	}
	for j, x := range w {
		d := g[j] + decay*x
		s[j] += (1 - square) * (d*d - s[j])
		v[j] = momentum*v[j] + rate*d/float32(math.Sqrt(float64(s[j]+eps)))
		w[j] = x - v[j]
	}
}

// matrix is the shape of a weight that is a matrix. Depthwise filters, which are one for
// each channel, are none, and neither are filters of several pixels.
func matrix(shape []int) (m, n int, ok bool) {
	if len(shape) < 2 || product(shape[2:]) > 1 || shape[1] == 1 {
		return 0, 0, false
	}
	return shape[0], shape[1], true
}

func product(sizes []int) int {
	all := 1
	for _, n := range sizes {
		all *= n
	}
	return all
}

// orthogonal updates a matrix [m, n] by Muon.
func (o *Optimiser) orthogonal(i int, w, g []float32, decay float32, m, n int) {
	rate, momentum := float32(o.Rate), float32(o.Momentum)
	if i < o.Body {
		rate = float32(o.Rate * o.BodyRate)
	}
	v, step := o.velocity[i], make([]float32, m*n)
	for j := range w {
		v[j] = momentum*v[j] + g[j]
		step[j] = g[j] + momentum*v[j]
	}
	if m < n { // products are of the smaller side
		tall := transposed(step, m, n)
		orthogonalise(tall, n, m)
		step = transposed(tall, n, m)
	} else {
		orthogonalise(step, m, n)
	}
	scale := rate * float32(0.2*math.Sqrt(float64(max(m, n))))
	for j, x := range w {
		w[j] = x - (scale*step[j] + rate*decay*x)
	}
}

// orthogonalise turns a matrix [rows, columns] into one of the same singular vectors, whose
// singular values are near 1 unless they were tiny: by five steps of Newton and Schulz's
// iteration, x ← x·p(xᵀ·x), with Jordan's polynomial, which rises steeply from 0 and then
// stays near 1. As x comes in by xᵀ·x alone, which p turns into p·xᵀ·x·p, all steps are taken
// on that, which is smaller, and x is multiplied twice.
func orthogonalise(x []float32, rows, columns int) {
	norm := 1e-30 // of nothing
	for _, v := range x {
		norm += float64(v) * float64(v)
	}
	for j, scale := 0, float32(1/math.Sqrt(norm)); j < len(x); j++ {
		x[j] *= scale
	}
	n := columns
	room := func() []float32 { return make([]float32, n*n) }
	gram, p, product, next := room(), room(), room(), room()
	times := func(to, a, b []float32) { kernel.LinearGradWeight(to, b, a, n, n, n) } // aᵀ·b
	for _, steps := range []int{2, 3} {                                              // in between x is multiplied, since xᵀ·x loses what is small
		kernel.LinearGradWeight(gram, x, x, rows, n, n)
		for step := range steps {
			times(p, gram, gram)
			for j, v := range gram {
				p[j] = 2.0315*p[j] - 4.7750*v
			}
			for j := range n {
				p[j*n+j] += 3.4445
			}
			if step == 0 {
				copy(product, p)
			} else {
				times(next, product, p)
				product, next = next, product
			}
			times(next, gram, p)
			times(gram, next, p) // p·gram·p
		}
		kernel.LinearGradWeight(x, product, transposed(x, rows, n), n, n, rows)
	}
}

// transposed is a matrix [m, n], turned.
func transposed(x []float32, m, n int) []float32 {
	t := make([]float32, len(x))
	for i := range m {
		for j, v := range x[i*n:][:n] {
			t[j*m+i] = v
		}
	}
	return t
}

// arrays gives a parameter's values, their gradient and their shape.
func arrays(p G.ValueGrad) (w, g []float32, shape []int, err error) {
	grad, err := p.Grad()
	if err != nil {
		return nil, nil, nil, fmt.Errorf("train: a parameter has no gradient: %w", err)
	}
	w, ok := p.Value().Data().([]float32)
	g, ok2 := grad.Data().([]float32)
	if !ok || !ok2 || len(w) != len(g) {
		return nil, nil, nil, fmt.Errorf("train: a parameter of shape %v has a gradient of shape %v", p.Value().Shape(), grad.Shape())
	}
	return w, g, p.Value().Shape(), nil
}
