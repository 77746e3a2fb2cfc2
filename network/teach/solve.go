package teach

import (
	"context"
	"math"

	"gonum.org/v1/gonum/floats"

	"scalecam/exact"
	"scalecam/network/kernel"
	"scalecam/parallel"
)

// How near to the least loss a fit comes: it ends where the next step promises less
// than this share of the loss.
const (
	precise = 1e-11 // for a head
	rough   = 2e-5  // to choose by
)

const (
	mostSteps  = 1000 // more are taken by no data that is fit to learn from
	mostTrials = 30   // of a step's length
	remembered = 6    // steps that the Hessian is estimated from
	bandRows   = 60   // pictures whose losses are added up together
)

// fit minimises the objective from theta on, with pictures weighted by rows [n], of
// which those of weight 0 take no part, by L-BFGS (Liu and Nocedal 1989, doi
// 10.1007/BF01589116) over a diagonal of the Hessian, scaled by the last step. Logits
// are linear in a step's length, so that a step takes two products with the features
// whatever lengths are tried: one for the logits of its direction, one for the gradient
// at its end.
func (d *design) fit(ctx context.Context, strength float64, rows, theta []float64, tolerance float64) (*solution, error) {
	f := d.objective(strength, rows)
	s := &solution{theta: theta, strength: strength, logits: make([]float64, d.n*d.classes)}
	direction, turn := make([]float64, len(theta)), make([]float64, len(s.logits)) // and its logits
	gradient, next := make([]float64, len(theta)), make([]float64, len(theta))
	f.product(s.logits, theta)
	at := f.evaluate(point{s.logits, theta}, point{turn, direction}, 0)
	f.gradient(gradient, theta)
	var steps history
	for ; s.steps < mostSteps; s.steps++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		steps.direction(direction, gradient, f.diagonal())
		slope := floats.Dot(gradient, direction)
		if -slope/2 <= tolerance*at.loss {
			break
		}
		f.product(turn, direction)
		length, end := f.search(point{s.logits, theta}, point{turn, direction}, at.loss, slope)
		if end.loss >= at.loss { // the numbers tell no better point from this one
			break
		}
		at = end
		floats.AddScaled(theta, length, direction)
		floats.AddScaled(s.logits, length, turn)
		f.gradient(next, theta)
		floats.Scale(length, direction)
		steps.add(direction, next, gradient)
		gradient, next = next, gradient
	}
	s.loss = at.loss
	return s, nil
}

// objective is what a fit minimises, and what it knows of the point that it evaluated last.
type objective struct {
	*design
	strength float64
	penalty  float64 // of ½‖W‖²: 1, of two classes 2
	rows     []float64
	total    float64      // of rows
	bands    []evaluation // of rows
	residual []float32    // rows·(p − y), a block's [classes, pictures] after the other's
	room     []float32    // [classes, n]
	weights  []float32    // [classes, k]
	inverse  []float64    // as θ: 1 over the Hessian's diagonal, about
}

// evaluation is the objective at a point of a line, with its slope along that and the
// slope's own; over a band of pictures it is their part.
type evaluation struct {
	loss, slope, curvature float64
	residual               []float64 // [classes]: sums
	spread                 []float64 // [classes]: sums of rows·p·(1−p)
}

// point is a θ with the logits that it gives; a direction is the same.
type point struct{ logits, theta []float64 }

func (d *design) objective(strength float64, rows []float64) *objective {
	f := &objective{
		design: d, strength: strength, penalty: 1, rows: rows, total: floats.Sum(rows),
		bands:    make([]evaluation, (d.n+bandRows-1)/bandRows),
		residual: make([]float32, d.n*d.classes), room: make([]float32, d.n*d.classes),
		weights: make([]float32, d.classes*d.k), inverse: make([]float64, d.classes*(d.k+1)),
	}
	for i := range f.bands {
		f.bands[i].residual, f.bands[i].spread = make([]float64, d.classes), make([]float64, d.classes)
	}
	if d.classes == 2 {
		f.penalty = 2
	}
	return f
}

// product writes the logits that theta gives.
func (f *objective) product(logits, theta []float64) {
	for i := range f.weights {
		f.weights[i] = float32(theta[i])
	}
	// A few classes fill a tile's rows better than its columns.
	f.x.Product(f.room, f.weights, f.classes, kernel.Identity, nil)
	for c, b := range theta[f.classes*f.k:] {
		for i, v := range f.room[c*f.n:][:f.n] {
			logits[i*f.classes+c] = float64(v) + b
		}
	}
}

// gradient is that of the point last evaluated, which is theta.
func (f *objective) gradient(to, theta []float64) {
	var sum []float32
	for i, x := range f.blocks {
		x.Product(f.weights, f.residual[i*blockRows*f.classes:], f.classes, kernel.Identity, sum)
		sum = f.weights
	}
	for i, g := range f.weights {
		to[i] = f.strength*float64(g) + f.penalty*theta[i]
	}
	for c := range f.classes {
		to[f.classes*f.k+c] = f.strength * f.bands[0].residual[c]
	}
}

// diagonal is about that of the inverse of the Hessian at the point last evaluated: as
// if how a picture's features are had nothing to do with how sure its class is.
func (f *objective) diagonal() []float64 {
	spread := f.bands[0].spread
	least := floats.Max(spread)/20 + 1e-9*f.total // a class that is sure already may yet be unsure
	for c, s := range spread {
		s = f.strength * max(s, least)
		for j, v := range f.square {
			f.inverse[c*f.k+j] = 1 / (f.penalty + s*v)
		}
		f.inverse[f.classes*f.k+c] = 1 / s
	}
	return f.inverse
}

// search finds a length of the step along a direction at whose end the slope is little
// against that at its beginning, slope, by Newton's method: along a line the objective
// is convex.
func (f *objective) search(from, along point, loss, slope float64) (length float64, end evaluation) {
	const little = 0.5
	length = 1
	lo, hi := 0.0, math.Inf(1)
	for range mostTrials {
		end = f.evaluate(from, along, length)
		if math.Abs(end.slope) <= -little*slope && end.loss <= loss {
			break
		}
		if end.slope < 0 {
			lo = length
		} else {
			hi = length
		}
		if length -= end.slope / end.curvature; !(length > lo && length < hi) {
			length = (lo + min(hi, 8*lo+1)) / 2
		}
	}
	return length, end
}

// evaluate gives the objective at a length of a step. The bands' sums are added up in
// their order, into the first.
func (f *objective) evaluate(from, along point, length float64) evaluation {
	parallel.Each(len(f.bands), func(i int) {
		f.band(&f.bands[i], i*bandRows, min((i+1)*bandRows, f.n), from.logits, along.logits, length)
	})
	sum := &f.bands[0]
	for _, b := range f.bands[1:] {
		sum.loss += b.loss
		sum.slope += b.slope
		sum.curvature += b.curvature
		floats.Add(sum.residual, b.residual)
		floats.Add(sum.spread, b.spread)
	}
	w, v := from.theta[:f.classes*f.k], along.theta[:f.classes*f.k]
	ww, wv, vv := floats.Dot(w, w), floats.Dot(w, v), floats.Dot(v, v)
	return evaluation{
		loss:      f.strength*sum.loss + f.penalty*(ww/2+length*wv+length*length*vv/2),
		slope:     f.strength*sum.slope + f.penalty*(wv+length*vv),
		curvature: f.strength*sum.curvature + f.penalty*vv,
	}
}

// band evaluates pictures lo to hi, and writes their residuals.
func (f *objective) band(e *evaluation, lo, hi int, logits, turn []float64, length float64) {
	e.loss, e.slope, e.curvature = 0, 0, 0
	clear(e.residual)
	clear(e.spread)
	odds := make([]float64, f.classes)
	first := lo / blockRows * blockRows
	line := f.blocks[lo/blockRows].K
	residuals := f.residual[first*f.classes:][:line*f.classes]
	for i := lo; i < hi; i++ {
		weight := f.rows[i]
		if weight == 0 {
			for at := i - first; at < len(residuals); at += line {
				residuals[at] = 0
			}
			continue
		}
		z, t := logits[i*f.classes:][:f.classes], turn[i*f.classes:][:f.classes]
		top := math.Inf(-1)
		for c := range odds {
			odds[c] = z[c] + length*t[c]
			top = max(top, odds[c])
		}
		// The right class is kept out of the sum: what is left of 1 is then known to as
		// many digits, however sure the answer is.
		label := f.labels[i]
		right, others := exact.Exp(odds[label]-top), 0.0
		margin := top - odds[label]
		for c, v := range odds {
			odds[c] = exact.Exp(v - top)
			if c != label {
				others += odds[c]
			}
		}
		sum := right + others
		if margin == 0 {
			e.loss += weight * math.Log1p(others)
		} else {
			e.loss += weight * (math.Log(sum) + margin)
		}
		mean, square := 0.0, 0.0 // of the logits' turns against the right one's
		for c, v := range odds {
			p, left := v/sum, 1-v/sum
			less, more := p, t[c]-t[label]
			if c == label {
				left = others / sum
				less = -left
			}
			mean += p * more
			square += p * more * more
			residuals[c*line+i-first] = float32(weight * less)
			e.residual[c] += weight * less
			e.spread[c] += weight * p * left
		}
		e.slope += weight * mean
		e.curvature += weight * (square - mean*mean)
	}
}

// history is the last steps of a fit, the oldest first.
type history []step

// step is how θ changed and the gradient with it.
type step struct {
	theta, gradient []float64
	product         float64 // of the two
}

// add takes the step theta, over which the gradient went from before to after.
func (h *history) add(theta, after, before []float64) {
	var s step
	if len(*h) == remembered { // whose room is taken
		s = (*h)[0]
		*h = append((*h)[:0], (*h)[1:]...)
	} else {
		s = step{theta: make([]float64, len(theta)), gradient: make([]float64, len(theta))}
	}
	copy(s.theta, theta)
	floats.SubTo(s.gradient, after, before)
	if s.product = floats.Dot(s.theta, s.gradient); s.product > 0 {
		*h = append(*h, s)
	}
}

// direction writes minus the product of the estimated inverse of the Hessian with the
// gradient: of the diagonal given, as the steps correct it.
func (h history) direction(to, gradient, diagonal []float64) {
	for i, g := range gradient {
		to[i] = -g
	}
	along := make([]float64, len(h))
	for i := len(h) - 1; i >= 0; i-- {
		along[i] = floats.Dot(h[i].theta, to) / h[i].product
		floats.AddScaled(to, -along[i], h[i].gradient)
	}
	floats.Mul(to, diagonal)
	if len(h) > 0 { // as far as the last step went by it
		last := h[len(h)-1]
		sum := 0.0
		for i, g := range last.gradient {
			sum += g * g * diagonal[i]
		}
		floats.Scale(last.product/sum, to)
	}
	for i, s := range h {
		floats.AddScaled(to, along[i]-floats.Dot(s.gradient, to)/s.product, s.theta)
	}
}
