package evaluate

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"maps"
	"math"
	"slices"
	"strconv"

	"scalecam/cam/measure"
	"scalecam/compare/record"
)

// Agreement tells which measures rank maps as the truth does: what a logit loses when the
// part by which a scene's class is told is taken out for real, and where that part is.
type Agreement struct {
	record.Stamp
	Data string      `json:"data"`
	Seed uint64      `json:"seed"` // of the bootstrap
	Maps []MapFigure `json:"maps"`
	// Measures are in the order of measure.Measures.
	Measures []MeasureAgreement `json:"measures"`
}

// MapFigure is what measures say of a network's maps of one way.
type MapFigure struct {
	MapName
	Figures map[string]float64 `json:"figures"`
	Part    Figure             `json:"part_removed"`
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
// that were seen of fewer pictures than others, in whole or without the part, are left
// out: they would be ranked by other pictures.
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
		f.Part = shortFigure(pairs.Spearman(seed), len(pairs))
		a.Maps = append(a.Maps, f)
	}
	for _, m := range measure.Measures {
		r := measure.Ranking{Less: m.Less}
		var truth [][]*measure.Pair
		var networks []string
		var of []int
		most := [2]int{1, 1}
		for at, values := range s.values[m.Key] {
			most = [2]int{max(most[0], len(values)), max(most[1], len(s.parts[at]))}
		}
		for at, values := range s.values[m.Key] {
			if len(values) < most[0] || len(s.parts[at]) < most[1] {
				continue
			}
			row, parts := make([]float64, s.Pictures), make([]*measure.Pair, s.Pictures)
			for i := range row {
				v, ok := values[i]
				if row[i], parts[i] = v, s.parts[at][i]; !ok {
					row[i] = math.NaN()
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
		byPicture, n := r.ByPicture(truth, of, seed)
		a.Measures = append(a.Measures, MeasureAgreement{
			Measure: m.Key, Overall: shortFigure(r.Overall(truth, seed), most[0]), ByPicture: shortFigure(byPicture, n), Maps: len(r.Values),
		})
	}
	return a
}

// Ordered are the measures, the one that agrees most picture by picture first.
func (a *Agreement) Ordered() []MeasureAgreement {
	all := slices.Clone(a.Measures)
	slices.SortStableFunc(all, func(x, y MeasureAgreement) int { return cmp.Compare(y.ByPicture.Value, x.ByPicture.Value) })
	return all
}

// CSV is the table of the measures, in their order.
func (a *Agreement) CSV() ([]byte, error) {
	var b bytes.Buffer
	table := csv.NewWriter(&b)
	if err := table.Write([]string{"measure", "against", "correlation", "low", "high", "maps", "scenes"}); err != nil {
		return nil, err
	}
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	for _, m := range a.Ordered() {
		for _, of := range []struct {
			against string
			Figure
		}{{"overall", m.Overall}, {"picture by picture", m.ByPicture}} {
			low, high := "", ""
			if of.Interval != nil {
				low, high = number(of.Interval[0]), number(of.Interval[1])
			}
			if err := table.Write([]string{m.Measure, of.against, number(of.Value), low, high, strconv.Itoa(m.Maps), strconv.Itoa(of.Count)}); err != nil {
				return nil, err
			}
		}
	}
	table.Flush()
	return b.Bytes(), table.Error()
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
