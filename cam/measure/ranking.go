package measure

import "math"

// Ranking is what a measure says of several maps of the same pictures: Values are by map
// and picture, NaN of pictures that it says nothing of. Less tells that less is better.
type Ranking struct {
	Values [][]float64
	Less   bool
}

func (r *Ranking) better(v float64) float64 {
	if r.Less {
		return -v
	}
	return v
}

// Overall is Spearman's correlation, over the maps, of the measure's mean over the pictures
// with what the maps truly tell: each map's own correlation, over the pictures, of its share
// on the telling part with what the logit loses without that (truth, by map and picture;
// nil where that is not known). The interval is of samples of the pictures, drawn as a
// Bootstrap's are, in each of which both are computed anew; 0 where one of the two is the
// same of all maps, and nothing of fewer than three.
func (r *Ranking) Overall(truth [][]*Pair, seed uint64) Mean {
	if len(r.Values) < 3 {
		return Mean{}
	}
	return sampled(func(times func(picture int) float64) float64 {
		var measured, truly []float64
		for m, values := range r.Values {
			var sum, n float64
			var x, y []float64
			for i, v := range values {
				t := times(i)
				if t > 0 && v == v {
					sum, n = sum+t*v, n+t
				}
				for range int(t) {
					if p := truth[m][i]; p != nil {
						x, y = append(x, p.X), append(y, p.Y)
					}
				}
			}
			measured, truly = append(measured, r.better(sum/max(n, 1))), append(truly, defined(rankCorrelation(x, y)))
		}
		return defined(rankCorrelation(measured, truly))
	}, seed)
}

// ByPicture is the mean, over the pictures, of Spearman's correlation of what the measure
// says of a network's maps of one picture with their shares on the telling part, of the
// networks whose logit loses something without that: a map that lies there is right. of
// tells which network's a map is. Where the measure or the share is the same of all maps
// the correlation counts as 0: nothing is told apart. It also tells of how many pictures
// it is.
func (r *Ranking) ByPicture(truth [][]*Pair, of []int, seed uint64) (Mean, int) {
	networks := 0
	for _, n := range of {
		networks = max(networks, n+1)
	}
	b := NewBootstrap(seed, 1)
	if len(r.Values) == 0 {
		return Mean{}, 0
	}
	for i := range r.Values[0] {
		var sum, n float64
		for network := range networks {
			var measured, share []float64
			for m, values := range r.Values {
				if p := truth[m][i]; of[m] == network && p != nil && p.Y > 0 && values[i] == values[i] {
					measured, share = append(measured, r.better(values[i])), append(share, p.X)
				}
			}
			if len(measured) > 2 {
				sum, n = sum+defined(rankCorrelation(measured, share)), n+1
			}
		}
		if n > 0 {
			b.Add(i, []float64{sum / n})
		}
	}
	return b.Figure(average), b.Count()
}

// defined is a correlation, 0 where there is none.
func defined(c float64) float64 {
	if math.IsNaN(c) {
		return 0
	}
	return c
}

// sampled is a figure of all pictures, each counted once, and its interval by samples in
// which a picture is as often as times says.
func sampled(figure func(times func(picture int) float64) float64, seed uint64) Mean {
	m := Mean{Value: figure(func(int) float64 { return 1 })}
	all := make([]float64, replicatesFew)
	for sample := range all {
		all[sample] = figure(func(picture int) float64 { return drawn(seed, uint64(picture), uint64(sample)+1) })
	}
	m.Interval = interval(all)
	return m
}
