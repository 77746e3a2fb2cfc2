package sweep

import (
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"scalecam/fault"
)

// Estimate is a value with its 95% interval.
type Estimate struct{ Value, Low, High float64 }

// Observation is how often a network is wrong that costs so much.
type Observation struct {
	Cost     float64 // above 0, in any unit
	Error    float64 // share of the pictures
	Variance float64 // of Error, above 0
}

// Law is how the error of networks falls with their cost: Floor + Scale·cost^−Exponent, a
// power law with a floor (as in arXiv 1712.00409), of which no term is below 0. Cost is in
// units of the cheapest observation's. Where the observations do not tell the floor from
// the exponent, as a few do not, the intervals of both are wide.
type Law struct {
	Floor, Scale, Exponent Estimate

	unit  float64 // of cost
	fits  []sums  // of each exponent that a law may have
	fit   curve   // the best
	limit float64 // of the weighted sum of squares, for curves in the intervals
}

// curve is what a law says without intervals.
type curve struct{ floor, scale, exponent float64 }

func (c curve) at(cost float64) float64 { return c.floor + c.scale*math.Pow(cost, -c.exponent) }

// The exponents that a law may have, in steps of 0.15 %: with the least, the error loses 1 %
// of Scale with each doubling of the cost; with the most, all but 3 % goes with the first.
const (
	leastExponent = 0.015
	mostExponent  = 5
	exponents     = 4000
)

// Fit fits a law by least squares, each observation weighted by its variance. Intervals
// are by the likelihood ratio (doi 10.1214/aoms/1177732360): they hold what any curve says
// whose weighted sum of squares is above the least by no more than 3.84, or by as many
// times that as the law fits worse than the variances allow. It takes four observations of
// different cost, whose error falls.
func Fit(all []Observation) (*Law, error) {
	costs := map[float64]bool{}
	for _, o := range all {
		if !(o.Cost > 0 && o.Error >= 0 && o.Error <= 1 && o.Variance > 0) || math.IsInf(o.Cost, 0) || math.IsInf(o.Variance, 0) {
			return nil, fault.Errorf("sweep: cost %v, error %v, variance %v cannot be; costs and variances are above 0, errors from 0 to 1", o.Cost, o.Error, o.Variance)
		}
		costs[o.Cost] = true
	}
	const numbers = 3 // that are fitted
	if len(costs) <= numbers {
		return nil, fault.Errorf("sweep: %d networks of different cost; a law is fitted to %d and more", len(costs), numbers+1)
	}
	l := &Law{unit: slices.Min(slices.Collect(maps.Keys(costs)))}
	least := math.Inf(1)
	for i := range exponents {
		exponent := leastExponent * math.Pow(mostExponent/leastExponent, float64(i)/(exponents-1))
		f := sum(all, l.unit, exponent)
		l.fits = append(l.fits, f)
		if c := f.best(); f.squares(c.floor, c.scale) < least {
			l.fit, least = c, f.squares(c.floor, c.scale)
		}
	}
	const ratio95 = 3.841458820694124 // χ²'s quantile for one number
	l.limit = least + ratio95*max(1, least/float64(len(all)-numbers))
	if f := l.fits[0]; f.squares(f.y/f.w, 0) <= l.limit {
		return nil, fault.Errorf("sweep: the error does not fall with the cost by more than chance has it; a law is fitted where it does")
	}
	l.Floor = l.estimate(func(curve) (floor, scale float64) { return 1, 0 })
	l.Scale = l.estimate(func(curve) (floor, scale float64) { return 0, 1 })
	l.Exponent = Estimate{l.fit.exponent, math.Inf(1), 0}
	for _, f := range l.fits {
		if c := f.best(); f.squares(c.floor, c.scale) <= l.limit {
			l.Exponent.Low, l.Exponent.High = min(l.Exponent.Low, f.exponent), max(l.Exponent.High, f.exponent)
		}
	}
	return l, nil
}

// At is the error that the law expects at a cost, in the observations' unit.
func (l *Law) At(cost float64) Estimate {
	return l.estimate(func(c curve) (floor, scale float64) { return 1, math.Pow(cost/l.unit, -c.exponent) })
}

// Curve is what At's value is, without the interval, which takes long.
func (l *Law) Curve(cost float64) float64 { return l.fit.at(cost / l.unit) }

// Doubling is by how much the error falls where the cost is doubled.
func (l *Law) Doubling(cost float64) Estimate {
	return l.estimate(func(c curve) (floor, scale float64) {
		return 0, math.Pow(cost/l.unit, -c.exponent) * (1 - math.Pow(2, -c.exponent))
	})
}

// estimate is what the law says of floor·a + scale·b, of a and b that its exponent has,
// with the least and the most that curves within the limit say.
func (l *Law) estimate(of func(c curve) (a, b float64)) Estimate {
	a, b := of(l.fit)
	value := l.fit.floor*a + l.fit.scale*b
	e := Estimate{value, value, value}
	for _, f := range l.fits {
		a, b := of(curve{exponent: f.exponent})
		for _, c := range f.corners(l.limit, a, b) {
			says := c.floor*a + c.scale*b
			e.Low, e.High = min(e.Low, says), max(e.High, says)
		}
	}
	return e
}

// sums are what the weighted sum of squares of an exponent's curves is made of: a square
// of floor and scale.
type sums struct{ exponent, w, x, y, xx, xy, yy float64 }

func sum(all []Observation, unit, exponent float64) sums {
	s := sums{exponent: exponent}
	for _, o := range all {
		w, x := 1/o.Variance, math.Pow(o.Cost/unit, -exponent)
		s.w, s.x, s.y = s.w+w, s.x+w*x, s.y+w*o.Error
		s.xx, s.xy, s.yy = s.xx+w*x*x, s.xy+w*x*o.Error, s.yy+w*o.Error*o.Error
	}
	return s
}

// squares is the sum of a curve.
func (s *sums) squares(floor, scale float64) float64 {
	return max(0, s.w*floor*floor+2*s.x*floor*scale+s.xx*scale*scale-2*s.y*floor-2*s.xy*scale+s.yy)
}

// middle is where the sum is least, and d the determinant of its square.
func (s *sums) middle() (floor, scale, d float64) {
	d = s.w*s.xx - s.x*s.x
	return (s.xx*s.y - s.x*s.xy) / d, (s.w*s.xy - s.x*s.y) / d, d
}

// best is the curve of the least sum, without a term below 0.
func (s *sums) best() curve {
	floor, scale, _ := s.middle()
	switch {
	case scale < 0:
		floor, scale = s.y/s.w, 0
	case floor < 0:
		floor, scale = 0, s.xy/s.xx
	}
	return curve{floor, scale, s.exponent}
}

// corners are the curves among which are those of the least and of the most floor·a +
// scale·b whose sum is within a limit: the sums within it make an ellipse, of which that
// part counts where no term is below 0.
func (s *sums) corners(limit, a, b float64) (all []curve) {
	add := func(floor, scale float64) {
		if floor >= 0 && scale >= 0 { // not NaN: the ellipse reaches there
			all = append(all, curve{floor, scale, s.exponent})
		}
	}
	floor, scale, d := s.middle()
	towards, up := (s.xx*a-s.x*b)/d, (s.w*b-s.x*a)/d
	far := math.Sqrt((limit - s.squares(floor, scale)) / (a*towards + b*up))
	add(floor+far*towards, scale+far*up)
	add(floor-far*towards, scale-far*up)
	// On the edges.
	far = math.Sqrt(s.xy*s.xy - s.xx*(s.yy-limit))
	add(0, (s.xy+far)/s.xx)
	add(0, (s.xy-far)/s.xx)
	far = math.Sqrt(s.y*s.y - s.w*(s.yy-limit))
	add((s.y+far)/s.w, 0)
	add((s.y-far)/s.w, 0)
	if s.yy <= limit {
		add(0, 0)
	}
	return all
}

// Observations are a line's networks by their multiply-adds, for Fit.
func (r *Result) Observations(c *Curves) (all []Observation) {
	for _, p := range c.Points {
		top1, variance := r.Mean(p)
		all = append(all, Observation{Cost: float64(p.MACs), Error: 1 - top1, Variance: variance})
	}
	return all
}

// z95 are the deviations that a 95% interval reaches to either side.
const z95 = 1.959963984540054

// Mean is top-1 of a network over its seeds, and the variance of that: other pictures
// would give other shares, and other seeds other networks, by seedVariance.
func (r *Result) Mean(p *Measured) (top1, variance float64) {
	for _, t := range p.Runs {
		top1 += t.Top1 / float64(len(p.Runs))
	}
	const least = 0.5 // picture: all right, or none, is not for sure
	n := float64(r.Validated)
	share := min(max(top1, least/n), 1-least/n)
	return top1, share*(1-share)/n + r.seedVariance(p)/float64(len(p.Runs))
}

// seedVariance is the variance of top-1 between seeds of a network: that which half of the
// networks with several seeds do not exceed, scaled to a mean's, so that one that learns
// unsteadily does not widen the others' intervals; its own where that is larger. It is 0
// where no network has several.
func (r *Result) seedVariance(p *Measured) float64 {
	var all []float64
	seen := map[string]bool{}
	for _, l := range r.Lines {
		for _, o := range l.Points {
			if own, freedom := o.seedVariance(); freedom > 0 && !seen[o.Runs[0].Name] {
				seen[o.Runs[0].Name] = true
				all = append(all, own*freedom/distuv.ChiSquared{K: freedom}.Quantile(0.5))
			}
		}
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	own, _ := p.seedVariance()
	return max(own, (all[(len(all)-1)/2]+all[len(all)/2])/2)
}

// seedVariance is the variance of the network's own seeds, of so many degrees of freedom.
func (m *Measured) seedVariance() (variance, freedom float64) {
	if len(m.Runs) < 2 {
		return 0, 0
	}
	var top1 []float64
	for _, t := range m.Runs {
		top1 = append(top1, t.Top1)
	}
	return stat.Variance(top1, nil), float64(len(m.Runs) - 1)
}

// Difference is by how much a network's top-1, as Mean has it, is above another's, with the
// 95% interval that their variances make. Both were right of the same pictures, or not, by
// which the interval is rather too wide than too narrow.
func (r *Result) Difference(p, from *Measured) Estimate {
	mine, a := r.Mean(p)
	other, b := r.Mean(from)
	far := z95 * math.Sqrt(a+b)
	return Estimate{mine - other, mine - other - far, mine - other + far}
}

// Best is which network of a line is most often right, and which of them are not
// significantly less often right than it: of each the 95% interval of the difference from
// the best has 0 in it.
func (r *Result) Best(c *Curves) (best int, asGood []bool) {
	asGood = make([]bool, len(c.Points))
	for i, p := range c.Points {
		if r.Difference(p, c.Points[best]).Value > 0 {
			best = i
		}
	}
	for i, p := range c.Points {
		asGood[i] = i == best || r.Difference(c.Points[best], p).Low <= 0
	}
	return best, asGood
}
