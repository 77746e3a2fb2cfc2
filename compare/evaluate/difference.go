package evaluate

import (
	"fmt"

	"scalecam/cam/measure"
	"scalecam/printable"
)

// Difference is what one network reaches beyond another on the same pictures: the
// means of the differences picture by picture, by Measures. Pictures that are hard
// for both do not widen its intervals, as they do those of the two networks.
type Difference struct {
	Name    string            `json:"name"`
	Against string            `json:"against"` // whose figures are taken off
	Of      map[string]Paired `json:"of"`
}

// Paired is a mean of differences, with its 95% interval by the normal
// distribution.
type Paired struct {
	Value    float64     `json:"value"`
	Interval *[2]float64 `json:"interval"`
}

// String is the difference in points with its interval, marked where that leaves out 0:
// "+1.9 (+1.1 to +2.7)*".
func (p Paired) String() string {
	text := fmt.Sprintf("%+.1f", 100*p.Value)
	if p.Interval != nil {
		text += fmt.Sprintf(" (%+.1f to %+.1f)", 100*p.Interval[0], 100*p.Interval[1])
	}
	if p.Significant() {
		text += "*"
	}
	return printable.Minus(text)
}

// Significant tells that the interval leaves out 0.
func (p Paired) Significant() bool {
	return p.Interval != nil && (p.Interval[0] > 0 || p.Interval[1] < 0)
}

// Between is by how much a network is above another, by their names, and whether that
// was measured.
func (e *Evaluation) Between(name, against string) (Difference, bool) {
	for _, d := range e.Differences {
		switch {
		case d.Name == name && d.Against == against:
			return d, true
		case d.Name == against && d.Against == name:
			turned := Difference{Name: name, Against: against, Of: map[string]Paired{}}
			for measure, p := range d.Of {
				p.Value = -p.Value
				if p.Interval != nil {
					p.Interval = &[2]float64{-p.Interval[1], -p.Interval[0]}
				}
				turned.Of[measure] = p
			}
			return turned, true
		}
	}
	return Difference{}, false
}

// FromFirst are the differences of the others from the first network, in the order
// of the networks.
func (e *Evaluation) FromFirst() (some []Difference) {
	for i := 1; i < len(e.Networks); i++ {
		at := i * (i - 1) / 2 // each network has one more than that before it
		if at < len(e.Differences) {
			some = append(some, e.Differences[at])
		}
	}
	return some
}

// differences are those of each network against each before it.
func (r *run) differences() (all []Difference) {
	for i := range r.models() {
		for j := range i {
			d := Difference{Name: printable.Line(r.maps[i].Name), Against: printable.Line(r.maps[j].Name), Of: map[string]Paired{}}
			mine, other := r.figures(i), r.figures(j)
			for k, name := range Measures {
				if len(mine[k]) == 0 {
					continue
				}
				values := make([]float64, len(mine[k]))
				for at := range values {
					values[at] = mine[k][at] - other[k][at]
				}
				m := measure.MeanOf(values)
				d.Of[name] = Paired{m.Value, m.Interval}
			}
			all = append(all, d)
		}
	}
	return all
}

// figures are a map's, of every picture or mosaic that has one, by Measures.
func (r *run) figures(i int) [][]float64 {
	all := make([][]float64, len(Measures))
	for _, o := range r.seen[i] {
		right := 0.0
		if o.right {
			right = 1
		}
		all[0] = append(all[0], right)
		if o.masked {
			all[1], all[2], all[3] = append(all[1], o.found.Pointing), append(all[2], o.found.Energy), append(all[3], o.found.IoU)
		}
		if o.parted {
			all[4] = append(all[4], o.found.PartIoU)
		}
	}
	for _, f := range r.found[i] {
		all[5], all[6] = append(all[5], f.pointing), append(all[6], f.energy)
	}
	return all
}
