package evaluate

import (
	"maps"
	"math"
	"slices"

	"scalecam/cam/measure"
	"scalecam/compare/record"
)

// Agreement tells which measures rank maps as the truth does: what a logit loses when the
// part by which a scene's class is told is taken out for real, and where that part is.
type Agreement struct {
	Schema record.Schema `json:"schema"`
	Data   string        `json:"data"`
	Seed   uint64        `json:"seed"` // of the bootstrap
	Maps   []MapFigure   `json:"maps"`
	// Measures are in the order of measure.Measures.
	Measures []MeasureAgreement `json:"measures"`
}

// MapFigure is what measures say of a network's maps of one way.
type MapFigure struct {
	MapName
	Figures      map[string]float64 `json:"figures"`
	Part         float64            `json:"part_removed"`
	PartInterval *[2]float64        `json:"part_interval,omitempty"`
}

// MeasureAgreement is how far one measure agrees, from −1, the other way round, to 1.
type MeasureAgreement struct {
	Measure string `json:"measure"`
	// Overall is the rank correlation over the maps with MapFigures.Part
	// (measure.Ranking.Overall), and ByPicture within a network and a picture, with the
	// share on the telling part (measure.Ranking.ByPicture). Counts are of pictures.
	Overall   Figure `json:"overall"`
	ByPicture Figure `json:"by_picture"`
	// Maps is how many maps the measure was computed of.
	Maps int `json:"maps"`
}

// Agree holds every measure that was seen against the truth. Of MaxBoxAccV2 and PxAP,
// which are of many pictures together, it looks at the means of each picture's own. Maps
// of which parts were not taken out are left out.
func (s *Seen) Agree(seed uint64) *Agreement {
	a := &Agreement{Seed: seed}
	for at, name := range s.Maps {
		f := MapFigure{MapName: name, Figures: map[string]float64{}}
		for key, values := range s.values {
			if at < len(values) && len(values[at]) > 0 {
				var all []float64 // in order, for the same sum each time
				for _, i := range slices.Sorted(maps.Keys(values[at])) {
					all = append(all, values[at][i])
				}
				f.Figures[key] = short(mean(all))
			}
		}
		var pairs measure.Pairs
		for i := range s.Pictures {
			if p := s.parts[at][i]; p != nil {
				pairs = append(pairs, *p)
			}
		}
		c := pairs.Spearman(seed)
		f.Part = short(c.Value)
		if c.Interval != nil {
			f.PartInterval = &[2]float64{short(c.Interval[0]), short(c.Interval[1])}
		}
		a.Maps = append(a.Maps, f)
	}
	for _, m := range measure.Measures {
		r := measure.Ranking{Less: m.Less}
		var truth [][]*measure.Pair
		var networks []string
		var of []int
		count := map[int]bool{}
		for at, values := range s.values[m.Key] {
			if len(values) == 0 || len(s.parts[at]) == 0 {
				continue
			}
			row, parts := make([]float64, s.Pictures), make([]*measure.Pair, s.Pictures)
			for i := range row {
				v, ok := values[i]
				if row[i], parts[i] = v, s.parts[at][i]; !ok {
					row[i] = math.NaN()
				} else {
					count[i] = true
				}
			}
			r.Values, truth = append(r.Values, row), append(truth, parts)
			network := s.Maps[at].Network
			if !slices.Contains(networks, network) {
				networks = append(networks, network)
			}
			of = append(of, slices.Index(networks, network))
		}
		if len(r.Values) < 3 {
			continue
		}
		overall := r.Overall(truth, seed)
		byPicture, n := r.ByPicture(truth, of, seed)
		a.Measures = append(a.Measures, MeasureAgreement{m.Key, shortFigure(overall, len(count)), shortFigure(byPicture, n), len(r.Values)})
	}
	return a
}

// short is to four places: more is not known.
func short(v float64) float64 { return math.Round(v*1e4) / 1e4 }

func shortFigure(m measure.Mean, count int) Figure {
	f := Figure{Value: short(m.Value), Count: count}
	if m.Interval != nil {
		f.Interval = &[2]float64{short(m.Interval[0]), short(m.Interval[1])}
	}
	return f
}
