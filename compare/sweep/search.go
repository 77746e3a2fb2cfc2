package sweep

import (
	"math"
	"slices"
)

// Searches tells that the line is the search of a ratio: it has networks of several α, β
// and γ.
func (c *Curves) Searches() bool {
	var first *Bases
	return slices.ContainsFunc(c.Points, func(p *Measured) bool {
		if p.Bases == nil {
			return false
		}
		if first == nil {
			first = p.Bases
		}
		return p.Bases.Alpha != first.Alpha || p.Bases.Beta != first.Beta || p.Bases.Gamma != first.Gamma
	})
}

// Searched are the networks of the search that are held against each other: those of the
// largest φ, nil where no line is a search.
func (r *Result) Searched() *Curves {
	all, phi := &Curves{}, math.Inf(-1)
	for _, l := range r.Lines {
		if !l.Searches() {
			continue
		}
		for _, p := range l.Points {
			if p.Bases == nil || p.Bases.Phi < phi {
				continue
			}
			if _, ok := p.Bases.Shares(); !ok {
				continue
			}
			if p.Bases.Phi > phi {
				all.Points, phi = nil, p.Bases.Phi
			}
			if !slices.ContainsFunc(all.Points, func(o *Measured) bool { return *o.Bases == *p.Bases }) {
				all.Points = append(all.Points, p)
			}
		}
	}
	if len(all.Points) == 0 {
		return nil
	}
	return all
}

// Shares are what of the cost's growth, log α·β²·γ², goes to depth, width and resolution:
// log α, 2·log β and 2·log γ of the whole. It is not ok where nothing grows or something
// shrinks.
func (b *Bases) Shares() (shares [3]float64, ok bool) {
	shares = [3]float64{math.Log2(b.Alpha), 2 * math.Log2(b.Beta), 2 * math.Log2(b.Gamma)}
	sum := shares[0] + shares[1] + shares[2]
	for i := range shares {
		if !(shares[i] >= 0) || math.IsInf(shares[i], 0) {
			return shares, false
		}
		shares[i] /= sum
	}
	return shares, sum > 0
}

// Top1 is top-1 of a network over its seeds, as Mean has it, with the 95% interval that the
// variance makes.
func (r *Result) Top1(p *Measured) Estimate {
	top1, variance := r.Mean(p)
	far := z95 * math.Sqrt(variance)
	return Estimate{top1, max(0, top1-far), min(1, top1+far)}
}
