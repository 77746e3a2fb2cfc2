package evaluate

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"

	"scalecam/fault"
)

// Measures name what an Evaluation measures, in the order of a Standing's
// Shares; they are the keys of its JSON.
var Measures = []string{"top1", "pointing", "energy", "iou", "part_iou"}

// Share is a measured one, from 0 to 1, with its 95% interval.
type Share struct {
	Value    float64
	Interval *[2]float64 // low, high; nil for none, as of one picture
	Known    bool        // it was measured
	Best     bool        // no network's is higher, and it is not 0
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

// Margin is half of the share's interval in percent, "± 1.7", or nothing.
func (s Share) Margin() string {
	if s.Interval == nil {
		return ""
	}
	return fmt.Sprintf("± %.1f", 50*(s.Interval[1]-s.Interval[0]))
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
		rows = append(rows, Standing{n.Name, n, append([]Share{top1}, n.shares()...)})
	}
	for i := range Measures {
		best := 0.0
		for _, r := range rows {
			if r.Shares[i].Known {
				best = max(best, r.Shares[i].Value)
			}
		}
		for _, r := range rows {
			r.Shares[i].Best = best > 0 && len(rows) > 1 && r.Shares[i].Value == best
		}
	}
	for _, name := range []string{"centre", "uniform"} {
		if p, ok := e.Baselines[name]; ok {
			rows = append(rows, Standing{name, nil, append([]Share{{}}, p.shares()...)})
		}
	}
	return rows
}

func known(v float64, interval *[2]float64) Share {
	return Share{Value: v, Interval: interval, Known: true}
}

// shares are those of Measures after top-1.
func (p *Placement) shares() []Share {
	f := make([]Share, len(Measures)-1)
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
// interval's ends, and nothing where nothing is known.
func (e *Evaluation) CSV() ([]byte, error) {
	head := []string{"name", "parameters", "macs", "grid_h", "grid_w", "untrained"}
	for _, m := range Measures {
		head = append(head, m, m+"_low", m+"_high")
	}
	rows := [][]string{head}
	for _, s := range e.Standings() {
		row := []string{s.Name, "", "", "", "", ""}
		if n := s.Network; n != nil {
			row = []string{n.Name, strconv.FormatInt(n.Parameters, 10), strconv.FormatInt(n.MACs, 10), strconv.Itoa(n.Grid[0]), strconv.Itoa(n.Grid[1]), strconv.FormatBool(n.Untrained)}
		}
		for _, f := range s.Shares {
			cells := make([]string, 3)
			if f.Known {
				cells[0] = exact(f.Value)
			}
			if f.Interval != nil {
				cells[1], cells[2] = exact(f.Interval[0]), exact(f.Interval[1])
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

func exact(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
