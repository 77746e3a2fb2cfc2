package evaluate

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"

	"scalecam/fault"
)

// Measures name what an Evaluation measures, in the order of a Standing's
// Shares; they are the keys of its JSON, where those of mosaics have an object of
// their own.
var Measures = []string{"top1", "pointing", "energy", "iou", "part_iou", "mosaic_pointing", "mosaic_energy"}

// Share is a measured one, from 0 to 1, with its 95% interval.
type Share struct {
	Value    float64
	Interval *[2]float64 // low, high; nil for none, as of one picture
	Known    bool        // it was measured
	// Best: it is above every other network's, by the interval of their differences
	// picture by picture; where those are not known, by what is shown of it.
	Best bool
}

// Ends are those of the share's interval, or the share twice.
func (s Share) Ends() (lo, hi float64) {
	if s.Interval == nil {
		return s.Value, s.Value
	}
	return s.Interval[0], s.Interval[1]
}

// String is the share in percent, or a dash where it was not measured.
func (s Share) String() string {
	if !s.Known {
		return "–"
	}
	return fmt.Sprintf("%.1f", 100*s.Value)
}

// largest is the key of a baseline: to answer the largest class always.
const largest = "largest"

// Range is the share's interval in percent, "89.3–92.6", or nothing.
func (s Share) Range() string { return Range(s.Interval) }

// Range is an interval of shares in percent, "89.3–92.6", or nothing.
func Range(interval *[2]float64) string {
	if interval == nil {
		return ""
	}
	return fmt.Sprintf("%.1f–%.1f", 100*interval[0], 100*interval[1])
}

// Standing is a row of an Evaluation's table: a network or a baseline.
type Standing struct {
	Name    string             // the baseline's key for a baseline
	Network *NetworkEvaluation // nil for a baseline
	Shares  []Share            // of Measures
}

// Standings are the table of an evaluation: its networks, then the baselines.
func (e *Evaluation) Standings() []Standing {
	var rows []Standing
	for i := range e.Networks {
		n := &e.Networks[i]
		top1 := known(n.Top1, n.Top1Interval)
		rows = append(rows, Standing{n.Name, n, slices.Concat([]Share{top1}, n.shares(), n.Mosaics.shares())})
	}
	for i := range Measures {
		if best, ahead := e.leader(rows, i); best >= 0 && ahead {
			rows[best].Shares[i].Best = true
		}
	}
	if e.Largest != nil {
		rows = append(rows, Standing{largest, nil, append([]Share{known(e.Largest.Share, nil)}, make([]Share, len(Measures)-1)...)})
	}
	for _, name := range knowNothing {
		var p *Placement
		if of, ok := e.Baselines[name]; ok {
			p = &of
		}
		var q *Quarters
		if e.Mosaics != nil {
			of := e.Mosaics.Baselines[name]
			q = &of
		}
		if p != nil || q != nil {
			rows = append(rows, Standing{name, nil, slices.Concat([]Share{{}}, p.shares(), q.shares())})
		}
	}
	return rows
}

// leader is the network whose share of a measure is highest, −1 for none, and whether it
// is told apart from every other's.
func (e *Evaluation) leader(rows []Standing, i int) (best int, ahead bool) {
	best = -1
	for j, r := range rows {
		if s := r.Shares[i]; s.Known && s.Value > 0 && (best < 0 || s.Value > rows[best].Shares[i].Value) {
			best = j
		}
	}
	if best < 0 || len(rows) < 2 {
		return best, false
	}
	for j, r := range rows {
		if j != best && r.Shares[i].Known && !e.apart(rows[best], r, i) {
			return best, false
		}
	}
	return best, true
}

// apart tells that two networks' shares of a measure differ.
func (e *Evaluation) apart(a, b Standing, i int) bool {
	if d, ok := e.Between(a.Name, b.Name); ok {
		if p, ok := d.Of[Measures[i]]; ok && p.Interval != nil {
			return p.Significant()
		}
	}
	return a.Shares[i].String() != b.Shares[i].String()
}

// Measured are the indices of the Measures that the table has: top-1, and what
// somebody's share of is known.
func (e *Evaluation) Measured() (columns []int) {
	rows := e.Standings()
	for i := range Measures {
		if i == 0 || slices.ContainsFunc(rows, func(s Standing) bool { return s.Shares[i].Known }) {
			columns = append(columns, i)
		}
	}
	return columns
}

func known(v float64, interval *[2]float64) Share {
	return Share{Value: v, Interval: interval, Known: true}
}

// shares are those of Measures that are of a mosaic.
func (q *Quarters) shares() []Share {
	if q == nil {
		return make([]Share, 2)
	}
	return []Share{known(q.Pointing, q.PointingInterval), known(q.Energy, q.EnergyInterval)}
}

// shares are those of Measures between top-1 and mosaics.
func (p *Placement) shares() []Share {
	f := make([]Share, 4)
	if p == nil {
		return f
	}
	f[0], f[1], f[2] = known(p.Pointing, p.PointingInterval), known(p.Energy, p.EnergyInterval), known(p.IoU, p.IoUInterval)
	if p.PartPlacement != nil {
		f[3] = known(p.PartIoU, p.PartIoUInterval)
	}
	return f
}

// CSV is the table as a spreadsheet reads it: shares from 0 to 1, each with its
// interval's ends, and nothing where nothing is known of one of them.
func (e *Evaluation) CSV() ([]byte, error) {
	head := []string{"name", "parameters", "macs", "grid_h", "grid_w", "untrained"}
	measured := e.Measured()
	for _, i := range measured {
		m := Measures[i]
		head = append(head, m, m+"_low", m+"_high")
	}
	rows := [][]string{head}
	for _, s := range e.Standings() {
		row := []string{s.Name, "", "", "", "", ""}
		if n := s.Network; n != nil {
			row = []string{n.Name, strconv.FormatInt(n.Parameters, 10), strconv.FormatInt(n.MACs, 10), strconv.Itoa(n.Grid[0]), strconv.Itoa(n.Grid[1]), strconv.FormatBool(n.Untrained)}
		}
		for _, i := range measured {
			f := s.Shares[i]
			cells := make([]string, 3)
			if f.Known {
				cells[0] = digits(f.Value)
			}
			if f.Interval != nil {
				cells[1], cells[2] = digits(f.Interval[0]), digits(f.Interval[1])
			}
			row = append(row, cells...)
		}
		rows = append(rows, row)
	}
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
		return nil, fault.Errorf("evaluate: %w", err)
	}
	return b.Bytes(), nil
}

func digits(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
