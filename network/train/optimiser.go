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
type Optimiser struct {
	Rate, Momentum float64
	// WeightDecay adds so much of a weight to its gradient. Biases and batch
	// norm's parameters, which have one dimension, do not decay.
	WeightDecay     float64
	Square, Epsilon float64
	Adam            bool
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
		decay float32
	}
	all := make([]values, len(parameters))
	for i, p := range parameters {
		w, g, decay, err := arrays(p)
		if err != nil {
			return err
		}
		if i == len(o.velocity) {
			o.start(len(w))
		}
		all[i] = values{w: w, g: g}
		if decay {
			all[i].decay = float32(o.WeightDecay)
		}
	}
	kernel.Each(len(all), func(i int) {
		o.update(i, all[i].w, all[i].g, all[i].decay)
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

// arrays gives a parameter's values and their gradient, and whether it decays.
func arrays(p G.ValueGrad) (w, g []float32, decay bool, err error) {
	grad, err := p.Grad()
	if err != nil {
		return nil, nil, false, fmt.Errorf("train: a parameter has no gradient: %w", err)
	}
	w, ok := p.Value().Data().([]float32)
	g, ok2 := grad.Data().([]float32)
	if !ok || !ok2 || len(w) != len(g) {
		return nil, nil, false, fmt.Errorf("train: a parameter of shape %v has a gradient of shape %v", p.Value().Shape(), grad.Shape())
	}
	return w, g, len(p.Value().Shape()) > 1, nil
}
