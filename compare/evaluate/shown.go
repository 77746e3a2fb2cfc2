package evaluate

import "slices"

// Lead is what a table shows of a measure: who is highest, and whom that is not told
// apart from.
type Lead struct {
	Measure string // of Measures
	Best    Standing
	Alike   []string // networks whose difference from it may be 0
}

// Leads are those of the measures, where any network's is known.
func (e *Evaluation) Leads(measures ...string) (all []Lead) {
	rows := slices.DeleteFunc(e.Standings(), func(s Standing) bool { return s.Network == nil })
	for _, m := range measures {
		i := slices.Index(Measures, m)
		best, _ := e.leader(rows, i)
		if best < 0 {
			continue
		}
		l := Lead{Measure: m, Best: rows[best]}
		for j, r := range rows {
			if j != best && r.Shares[i].Known && !e.apart(rows[best], r, i) {
				l.Alike = append(l.Alike, r.Name)
			}
		}
		all = append(all, l)
	}
	return all
}
