package teach

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
	"sync"

	"gonum.org/v1/gonum/floats"

	"scalecam/network"
	"scalecam/network/kernel"
	"scalecam/parallel"
)

// Choice is a head of the strength that answers best of pictures that it was not fitted
// to, and those answers.
type Choice struct {
	Head  *Head
	Tried []Tried // by strength; none where no picture could be left out
	// Logits are the pictures', [n, classes], each by the head of its fold, which was
	// fitted without it; zeros of pictures that are in no fold.
	Logits []float32
	// Temperature is what logits are divided by before the softmax, so that
	// probabilities are how often the answer is right; 0 where nothing tells.
	Temperature float64
}

// Tried is a strength with the mean loss of pictures left out, in nats, weighted by
// their classes, at the temperature that suits it.
type Tried struct{ Strength, Loss float64 }

// Balanced are weights of classes under which all have the same say, however many
// pictures they have: n / (classes · count), as scikit-learn's.
func Balanced(labels []int, classes int) []float64 {
	w := make([]float64, classes)
	for _, c := range labels {
		w[c]++
	}
	for c, count := range w {
		w[c] = float64(len(labels)) / (float64(classes) * count)
	}
	return w
}

// Strengths are powers of √10, by their exponents.
const (
	weakest    = -12 // 1e-6
	firstTried = -4  // 0.01
	untold     = 0   // 1, where no picture can be left out
	strongest  = 8   // 10,000
)

// worth is by how many nats a larger strength has to be better than a smaller one.
const worth = 0.005

// told is by how many nats a head has to be better than chance to have learnt anything.
const told = 0.05

func strength(exponent int) float64 { return math.Pow(10, float64(exponent)/2) }

// Choose takes the Problem's strength or, where that is 0, looks for the strength of the
// least loss of pictures left out, at the temperature that suits it: without one, the
// strength would have to make up for how sure a head that is held tight is of its
// answers. It goes from 0.01 on upwards for as long as the loss falls, else downwards for
// as long as it does not grow, by the first fold's pictures where these are many. It
// fits a head of that strength to all pictures. progress, if not nil, is told of fits
// done; total may grow. The error is Fit's.
func (p Problem) Choose(ctx context.Context, f *Folds, progress func(done, total int)) (*Choice, error) {
	d, err := p.design()
	if err != nil {
		return nil, err
	}
	defer d.release()
	t := &trials{design: d, small: p.small(), folds: f, weights: d.rowWeights(p.Weights), theta: make([][]float64, f.Count), of: map[int]*outcome{}, progress: progress}
	for i := range t.theta {
		t.theta[i] = d.start(nil)
	}
	c, chosen := new(Choice), cmp.Or(p.Strength, strength(untold))
	switch {
	case f.Count == 0:
		c.Logits = make([]float32, d.n*d.classes)
	case p.Strength > 0:
		o, err := t.try(ctx, p.Strength, f.Count)
		if err != nil {
			return nil, err
		}
		c.Logits, c.Temperature, c.Tried = o.logits, o.temperature, []Tried{{p.Strength, o.loss}}
	default:
		best, err := t.search(ctx)
		if err != nil {
			return nil, err
		}
		o := t.of[best]
		if t.searched() < f.Count {
			if o, err = t.try(ctx, strength(best), f.Count); err != nil {
				return nil, err
			}
		}
		chosen, c.Logits, c.Temperature = strength(best), o.logits, o.temperature
		for _, e := range slices.Sorted(maps.Keys(t.of)) {
			c.Tried = append(c.Tried, Tried{strength(e), t.of[e].loss})
		}
	}
	start := d.start(nil) // or between the folds' heads, of which each is close
	for _, theta := range t.theta {
		floats.AddScaled(start, 1/float64(f.Count), theta)
	}
	s, err := d.fit(ctx, chosen, t.weights, start, precise)
	if err != nil {
		return nil, err
	}
	t.tell(1)
	c.Head = d.head(s)
	return c, nil
}

// trials are what strengths come to.
type trials struct {
	*design
	small    bool
	folds    *Folds
	weights  []float64   // [n]
	theta    [][]float64 // of each fold: where its last fit ended
	of       map[int]*outcome
	mu       sync.Mutex // guards what follows
	done     int
	progress func(done, total int)
}

// outcome is what a strength comes to.
type outcome struct {
	logits            []float32 // [n, classes]
	temperature, loss float64
}

// searched is how many folds strengths are tried on: all, or the first one where its
// pictures alone tell the loss to some thousandths of a nat.
func (t *trials) searched() int {
	const many = 1000
	first := 0
	for _, fold := range t.folds.Of {
		if fold == 0 {
			first++
		}
	}
	if first >= many {
		return 1
	}
	return t.folds.Count
}

// tell counts a fit. A search takes some four strengths.
func (t *trials) tell(fits int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done += fits
	if t.progress != nil {
		t.progress(t.done, max(4*t.searched()+t.folds.Count+1, t.done))
	}
}

// search gives the exponent of the best strength.
func (t *trials) search(ctx context.Context) (best int, err error) {
	folds := t.searched()
	best = firstTried
	if t.of[best], err = t.try(ctx, strength(best), folds); err != nil {
		return 0, err
	}
	least := t.of[best].loss
	for _, way := range []struct {
		step int
		gain float64 // in nats on the least loss, above which a strength is taken
	}{{1, worth}, {-1, -worth}} {
		for e := best + way.step; t.of[e] == nil && weakest <= e && e <= strongest; e += way.step {
			if t.of[e], err = t.try(ctx, strength(e), folds); err != nil {
				return 0, err
			}
			if least-t.of[e].loss > way.gain {
				best, least = e, min(least, t.of[e].loss)
			} else if way.step < 0 || least < math.Log(float64(t.classes))-told {
				break
			} // else too weak to tell classes apart: of small features, heads of 0.01 are
		}
	}
	return best, nil
}

// try fits the first so many folds' heads at a strength, from where each was at the last
// one.
func (t *trials) try(ctx context.Context, strength float64, folds int) (*outcome, error) {
	o := &outcome{logits: make([]float32, t.n*t.classes)}
	errs := make([]error, folds)
	fit := func(fold int) {
		rows := slices.Clone(t.weights)
		for i, of := range t.folds.Of {
			if of == fold {
				rows[i] = 0
			}
		}
		s, err := t.fit(ctx, strength, rows, t.theta[fold], rough)
		if errs[fold] = err; err != nil {
			return
		}
		t.theta[fold] = s.theta
		for i, of := range t.folds.Of {
			if of == fold {
				for c, v := range s.logits[i*t.classes:][:t.classes] {
					o.logits[i*t.classes+c] = float32(v)
				}
			}
		}
		t.tell(1)
	}
	if t.small {
		done := kernel.Alone()
		parallel.Each(folds, fit)
		done()
	} else {
		for fold := range folds {
			fit(fold)
		}
	}
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	o.temperature = t.temperature(o.logits, folds)
	o.loss = t.loss(o.logits, folds, o.temperature, 0, t.weights)
	return o, nil
}

// loss is the mean of −log p of the right classes of pictures in the first so many
// folds, weighted, at a temperature. Of each picture a part, smooth, is taken to be of any class.
func (t *trials) loss(logits []float32, folds int, temperature, smooth float64, weights []float64) float64 {
	sum, total := 0.0, 0.0
	z := make([]float64, t.classes)
	for i, fold := range t.folds.Of {
		if fold < 0 || fold >= folds {
			continue
		}
		mean := 0.0
		for c, v := range logits[i*t.classes:][:t.classes] {
			z[c] = float64(v) / temperature
			mean += z[c] / float64(t.classes)
		}
		w := weights[i]
		sum += w * (floats.LogSumExp(z) - (1-smooth)*z[t.labels[i]] - smooth*mean)
		total += w
	}
	return sum / total
}

// temperature is the one of the least loss of pictures left out, where each counts as
// one. As if one picture more were answered by chance, few right answers make no
// certainty.
func (t *trials) temperature(logits []float32, folds int) float64 {
	ones, n := make([]float64, t.n), 0
	for i, fold := range t.folds.Of {
		if ones[i] = 1; fold >= 0 && fold < folds {
			n++
		}
	}
	return network.FitTemperature(func(temperature float64) float64 {
		return t.loss(logits, folds, temperature, 1/float64(n+1), ones)
	})
}
