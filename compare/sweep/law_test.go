package sweep

import (
	"math"
	"math/rand/v2"
	"testing"
)

// costs are those of compound scaling.
var costs = []float64{7e6, 14e6, 28e6, 56e6, 112e6, 224e6}

// observe is a curve at the costs, with noise of a deviation.
func observe(c curve, deviation float64, rng *rand.Rand) (all []Observation) {
	for _, cost := range costs {
		e := c.at(cost/costs[0]) + deviation*rng.NormFloat64()
		all = append(all, Observation{Cost: cost, Error: min(max(e, 0), 1), Variance: deviation * deviation})
	}
	return all
}

// TestFit: a known curve is found again, and goes on as it does.
func TestFit(t *testing.T) {
	for _, c := range []curve{{0.1, 0.4, 0.5}, {0, 0.6, 0.3}, {0.3, 0.2, 1.5}, {0.05, 0.7, 0.1}} {
		var all []Observation
		for _, cost := range costs {
			all = append(all, Observation{cost, c.at(cost / costs[0]), 1e-8})
		}
		l, err := Fit(all)
		if err != nil {
			t.Fatal(err)
		}
		// An exponent is off by a step or so, and the rest by as much.
		near := func(what string, e Estimate, want, tolerance float64) {
			if math.Abs(e.Value-want) > tolerance || e.Low > want || e.High < want {
				t.Errorf("%+v: %s is %+v, want %v", c, what, e, want)
			}
		}
		near("floor", l.Floor, c.floor, 1e-3)
		near("scale", l.Scale, c.scale, 1e-3)
		near("exponent", l.Exponent, c.exponent, 2e-3*c.exponent)
		near("what comes next", l.At(448e6), c.at(64), 1e-4)
		if got := l.Curve(448e6); got != l.At(448e6).Value {
			t.Errorf("%+v: the curve has %v next", c, got)
		}
		near("a doubling", l.Doubling(224e6), c.at(32)-c.at(64), 1e-4)
	}
}

// TestIntervals: of many sweeps of one truth, intervals hold it about as often as they
// say, also where the floor is an edge.
func TestIntervals(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	const sweeps = 400
	for _, truth := range []curve{{0.15, 0.35, 0.6}, {0, 0.5, 0.4}} {
		var within, next int
		for range sweeps {
			l, err := Fit(observe(truth, 0.01, rng))
			if err != nil {
				t.Fatal(err)
			}
			holds := func(e Estimate, value float64) int {
				if e.Low <= value && value <= e.High {
					return 1
				}
				return 0
			}
			within += holds(l.At(40e6), truth.at(40e6/costs[0]))
			next += holds(l.At(448e6), truth.at(64))
		}
		// 380 are expected, with a deviation of 4.4.
		if within < 366 || next < 366 {
			t.Errorf("%+v: of %d intervals %d hold the truth between the costs and %d beyond them", truth, sweeps, within, next)
		}
		t.Logf("%+v: %d between, %d beyond", truth, within, next)
	}
}

// TestFlat: to what does not fall no law is fitted, and to what falls at once or at last
// nothing is infinite.
func TestFlat(t *testing.T) {
	for _, errors := range [][]float64{{0.9, 0.1, 0.1, 0.1}, {1, 0.8, 0.4, 0}} {
		var all []Observation
		for i, e := range errors {
			all = append(all, Observation{costs[i], e, 1e-4})
		}
		l, err := Fit(all)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range []Estimate{l.Floor, l.Scale, l.Exponent, l.At(1e9), l.Doubling(1e6)} {
			if math.IsNaN(e.Value+e.Low+e.High) || math.IsInf(e.Value+e.Low+e.High, 0) || e.Low > e.High {
				t.Errorf("%v: %+v", errors, e)
			}
		}
	}
	for _, all := range [][]Observation{
		nil,
		{{1, 0.5, 1}, {2, 0.4, 1}, {2, 0.4, 1}, {3, 0.3, 1}},
		{{0, 0.5, 1}, {2, 0.4, 1}, {3, 0.4, 1}, {4, 0.3, 1}},
		{{1, 0.5, 0}, {2, 0.4, 1}, {3, 0.4, 1}, {4, 0.3, 1}},
		{{1, 1.5, 1}, {2, 0.4, 1}, {3, 0.4, 1}, {4, 0.3, 1}},
		{{1, math.NaN(), 1}, {2, 0.4, 1}, {3, 0.4, 1}, {4, 0.3, 1}},
		{{1, 0.4, 1e-4}, {2, 0.41, 1e-4}, {3, 0.39, 1e-4}, {4, 0.4, 1e-4}},   // nothing falls
		{{1, 0.35, 1e-4}, {2, 0.40, 1e-4}, {3, 0.45, 1e-4}, {4, 0.56, 1e-4}}, // it rises
		{{1, 0, 1e-4}, {2, 0, 1e-4}, {3, 0, 1e-4}, {4, 0, 1e-4}},
		{{math.Inf(1), 0.5, 1}, {2, 0.4, 1}, {3, 0.4, 1}, {4, 0.3, 1}},
	} {
		if l, err := Fit(all); err == nil {
			t.Errorf("%v gives %+v", all, l)
		}
	}
}

// TestBest: the best of a line, and what chance does not tell from it.
func TestBest(t *testing.T) {
	point := func(top1 ...float64) *Measured {
		p := &Measured{MACs: 1, Parameters: 1}
		for i, v := range top1 {
			p.Runs = append(p.Runs, &Training{Name: string(rune('a'+i)) + string(rune(int(1000*v)+1)), Top1: v})
		}
		return p
	}
	c := &Curves{Points: []*Measured{point(0.70), point(0.80, 0.82), point(0.80), point(0.74)}}
	r := &Result{Validated: 2000, Lines: []*Curves{c, c}}
	// Seeds vary by 0.0141; half of such pairs do by less than 0.675 of what there is.
	const seeds = 2e-4 / 0.45493642311957283
	if v := r.seedVariance(c.Points[0]); math.Abs(v-seeds) > 1e-12 {
		t.Errorf("seeds' variance %v", v)
	}
	if top1, v := r.Mean(c.Points[1]); top1 != 0.81 || math.Abs(v-(0.81*0.19/2000+seeds/2)) > 1e-12 {
		t.Errorf("mean %v, variance %v", top1, v)
	}
	// One whose seeds are far apart has an interval of its own, and the others theirs.
	unsteady := point(0.38, 0.50)
	more := &Result{Validated: 2000, Lines: []*Curves{c, {Points: []*Measured{unsteady, point(0.60, 0.62)}}}}
	if own, others := more.seedVariance(unsteady), more.seedVariance(c.Points[1]); math.Abs(own-0.0072) > 1e-12 || math.Abs(others-seeds) > 1e-12 {
		t.Errorf("unsteady %v, others %v", own, others)
	}
	best, asGood := r.Best(c)
	if best != 1 || asGood[0] || !asGood[1] || !asGood[2] || asGood[3] {
		t.Errorf("best %d, as good %v", best, asGood)
	}
	if all := r.Observations(c); len(all) != 4 || all[0].Error < 0.2999 || all[0].Error > 0.3001 || all[0].Cost != 1 {
		t.Errorf("observed %+v", all)
	}
	if _, v := r.Mean(point(1)); !(v > 0) {
		t.Errorf("all right: variance %v", v)
	}
}
