package evaluate

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"math"
	"path/filepath"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/floats"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/compare/record"
	"scalecam/dataset"
	"scalecam/fault"
	"scalecam/network"
	"scalecam/network/mistakes"
	"scalecam/picture"
	"scalecam/printable"
)

// Mistakes are networks' answers to labelled pictures, one by one, and where two of them
// look otherwise for a picture's class.
type Mistakes struct {
	mistakes.All
	Data string
	Pack string // whose networks they are; "" for none's
	// Classes are what answers are of: first those of the pictures, so many as Labels,
	// then those that networks answered beside them, in their order.
	Classes  []string
	Labels   int
	explain  []string // of each of classes, the first network's, as compare.Run takes it; "" for none
	Networks []string
	Names    []string // of pictures, as their set names them: a file's path, "scene 12"
	// Maps are how alike two networks' maps of a picture's class are, [picture][pair],
	// by mistakes.PairAt; NaN where one of them has none.
	Maps [][]compare.Agreement
}

// tally is what Run keeps of answers one by one.
type tally struct {
	classes []string
	to      [][]int // of each model, its answer's place in classes
	seen    []mistakes.Seen
	names   []string
	maps    [][]compare.Agreement
}

// newTally has room for a set's pictures. A model's answer that is right of several of
// the set's classes counts as the first of these, but of a picture for which it is right.
func newTally(models []*network.Model, labels [][][]int, set dataset.Set) *tally {
	t := &tally{
		classes: set.Classes(), seen: make([]mistakes.Seen, set.Len()),
		names: make([]string, set.Len()), maps: make([][]compare.Agreement, set.Len()),
	}
	others := map[string]int{}
	for j, m := range models {
		names := m.Classes
		if alone(m) {
			names = []string{m.Classes[0], "not " + m.Classes[0]}
		}
		to := make([]int, len(names))
		for k, name := range names {
			if to[k] = slices.IndexFunc(labels[j], func(right []int) bool { return slices.Contains(right, k) }); to[k] >= 0 {
				continue
			}
			if _, known := others[name]; !known {
				others[name] = len(t.classes)
				t.classes = append(t.classes, name)
			}
			to[k] = others[name]
		}
		t.to = append(t.to, to)
	}
	return t
}

// answered is what models answered to picture i, by their logits, and how alike their
// maps are. It may be called from several goroutines.
func (t *tally) answered(i int, e *dataset.Example, models []*network.Model, labels [][][]int, seen []*network.Activations, maps []*cam.Map) {
	all := make([][]float64, len(models))
	answers := make([]mistakes.Answer, len(models))
	for j, m := range models {
		p, right := odds(m, seen[j].Logits, m.Temperature), labels[j][e.Class]
		place := func(k int) int {
			if slices.Contains(right, k) {
				return e.Class
			}
			return t.to[j][k]
		}
		all[j] = make([]float64, len(t.classes))
		for k, v := range p {
			all[j][place(k)] += v
		}
		top := floats.MaxIdx(p)
		answers[j] = mistakes.Answer{Class: place(top), Probability: p[top], Right: min(1, all[j][e.Class])}
		if sum := floats.Sum(all[j]); sum > 0 { // of outputs that are independent it is not 1
			floats.Scale(1/sum, all[j])
		}
	}
	s := mistakes.See(e.Class, all)
	s.Answers = answers
	t.seen[i], t.names[i], t.maps[i] = s, e.Name, agreements(e, models, seen, maps)
}

// agreements are how alike each two maps of a picture are, by mistakes.PairAt.
func agreements(e *dataset.Example, models []*network.Model, seen []*network.Activations, maps []*cam.Map) (all []compare.Agreement) {
	row := compare.Row{Picture: &picture.Picture{Image: e.Image}}
	for j := range models {
		row.Cells = append(row.Cells, compare.Cell{Activations: seen[j], Map: maps[j], Class: -1})
	}
	c := &compare.Comparison{Models: models, Rows: []compare.Row{row}}
	for b := range models {
		for a := range b {
			how, ok := c.Change(0, compare.Derived{Kind: compare.Difference, After: b, Before: a})
			if !ok {
				how = compare.Agreement{RankCorrelation: math.NaN(), TopIoU: math.NaN()}
			}
			all = append(all, how)
		}
	}
	return all
}

// mistakes are what was kept, without classes that are neither a picture's nor anybody's
// answer.
func (r *run) mistakes() *Mistakes {
	t := r.tally
	m := &Mistakes{Labels: len(r.set.Classes()), Names: t.names, Maps: t.maps, All: mistakes.All{Networks: r.models(), Seen: t.seen}}
	used := make([]bool, len(t.classes))
	for _, s := range t.seen {
		used[s.Mean.Class] = true
		for _, a := range s.Answers {
			used[a.Class] = true
		}
	}
	now := make([]int, len(t.classes))
	for c, name := range t.classes {
		if c < m.Labels || used[c] {
			now[c] = len(m.Classes)
			m.Classes = append(m.Classes, printable.Line(name))
		}
	}
	for i := range t.seen {
		s := &t.seen[i]
		s.Mean.Class = now[s.Mean.Class]
		for j := range s.Answers {
			s.Answers[j].Class = now[s.Answers[j].Class]
		}
	}
	m.All.Classes = len(m.Classes)
	for _, n := range r.maps[:r.models()] {
		m.Networks = append(m.Networks, printable.Line(compare.Title(n)))
	}
	first := r.maps[0]
	m.explain = make([]string, len(m.Classes))
	for k := len(first.Classes) - 1; k >= 0; k-- { // of several the first
		if place := t.to[0][k]; place < m.Labels || used[place] {
			m.explain[now[place]] = called(first, k)
		}
	}
	for c := range m.Labels {
		if k := r.labels[0][c][0]; k < len(first.Classes) {
			m.explain[c] = called(first, k)
		}
	}
	return m
}

// called is a model's class as compare.Run takes it: its name, or its index where that
// is another's, too.
func called(m *network.Model, class int) string {
	if name := m.Classes[class]; len(m.ClassesNamed(name)) == 1 {
		return name
	}
	return strconv.Itoa(class)
}

// Explains is the first network's class for one of Classes, as compare.Run takes it; ""
// where it has none.
func (m *Mistakes) Explains(class int) string { return m.explain[class] }

// ByMap are the pictures for whose class two networks look at the least alike places
// first: by the rank correlation of their maps. Those of which it is not known are left
// out.
func (m *Mistakes) ByMap(one, other int) (pictures []int) {
	pair := mistakes.PairAt(one, other)
	for i, all := range m.Maps {
		if !math.IsNaN(all[pair].RankCorrelation) {
			pictures = append(pictures, i)
		}
	}
	slices.SortStableFunc(pictures, func(i, j int) int {
		return cmp.Compare(m.Maps[i][pair].RankCorrelation, m.Maps[j][pair].RankCorrelation)
	})
	return pictures
}

// Suspected are the pictures whose label looks wrong (mistakes.Hurting), those first to
// whose own class the networks give the least, and what they seem to be of, by picture.
func (m *Mistakes) Suspected() (pictures []int, seems map[int]int) {
	all := m.Hurting()
	seems = map[int]int{}
	for _, h := range all {
		if h.Suspected != nil {
			pictures, seems[h.Picture] = append(pictures, h.Picture), *h.Suspected
		}
	}
	slices.SortStableFunc(pictures, func(i, j int) int { return cmp.Compare(all[j].Loss, all[i].Loss) })
	return pictures, seems
}

// Within has pictures of files named from a folder on, with slashes: one that lies
// elsewhere by its last part.
func (m *Mistakes) Within(folder string) {
	for i, name := range m.Names {
		rel, err := filepath.Rel(folder, name)
		if err != nil || !filepath.IsLocal(rel) {
			rel = filepath.Base(name)
		}
		m.Names[i] = printable.Line(filepath.ToSlash(rel))
	}
}

// The parts of Mistakes as JSON, where classes, networks and pictures are told by their
// places in its lists.
type (
	mistakesJSON struct {
		record.Stamp
		Data     string         `json:"data"`
		Pack     string         `json:"pack,omitempty"`
		Classes  []string       `json:"classes"`
		Labels   int            `json:"labels"`
		Networks []networkJSON  `json:"networks"`
		Pictures []pictureJSON  `json:"pictures"`
		Pairs    []pairJSON     `json:"pairs"`
		Seems    []suspectsJSON `json:"suspected"` // the worst first
	}
	networkJSON struct {
		Name     string               `json:"name"`
		Right    int                  `json:"right"`
		Confused []mistakes.Confusion `json:"confused"` // the most frequent first
		Wrong    []int                `json:"wrong"`    // pictures, the surest first
	}
	pictureJSON struct {
		Name    string            `json:"picture"`
		Class   int               `json:"class"`
		Answers []mistakes.Answer `json:"answers"` // of each network
		Pairs   []pairedJSON      `json:"pairs"`   // of each of pairs
	}
	pairedJSON struct {
		Divergence float64       `json:"divergence"` // nats
		Rank       record.Number `json:"rank_correlation"`
		IoU        record.Number `json:"iou_top20"`
	}
	pairJSON struct {
		mistakes.Pair
		Apart   []int `json:"differing"` // pictures, those on which they differ most first
		Maps    []int `json:"by_map"`
		Changed []int `json:"changed"` // by the probability of the right class
	}
	suspectsJSON struct {
		Picture int `json:"picture"`
		Seems   int `json:"seems"`
	}
)

// some is a list that JSON writes as [] where it is empty.
func some[T any](list []T) []T { return append([]T{}, list...) }

// MarshalJSON implements json.Marshaler.
func (m *Mistakes) MarshalJSON() ([]byte, error) {
	out := mistakesJSON{Data: m.Data, Pack: m.Pack, Classes: m.Classes, Labels: m.Labels, Networks: []networkJSON{}, Pictures: []pictureJSON{}, Pairs: []pairJSON{}, Seems: []suspectsJSON{}}
	for j, name := range m.Networks {
		wrong := m.Wrong(j)
		out.Networks = append(out.Networks, networkJSON{name, len(m.Names) - len(wrong), some(m.Confused(j)), some(wrong)})
	}
	for i, s := range m.Seen {
		p := pictureJSON{printable.Line(m.Names[i]), s.Class, s.Answers, []pairedJSON{}}
		for k, how := range m.Maps[i] {
			p.Pairs = append(p.Pairs, pairedJSON{s.Pairs[k], record.Number(how.RankCorrelation), record.Number(how.TopIoU)})
		}
		out.Pictures = append(out.Pictures, p)
	}
	for _, p := range m.Pairs() {
		out.Pairs = append(out.Pairs, pairJSON{p, some(m.Apart(p.A, p.B)), some(m.ByMap(p.A, p.B)), some(m.Changed(p.A, p.B))})
	}
	pictures, seems := m.Suspected()
	for _, i := range pictures {
		out.Seems = append(out.Seems, suspectsJSON{i, seems[i]})
	}
	return json.Marshal(out)
}

// CSV is a table as a spreadsheet reads it, a picture a row: its class, what each network
// answers and how probable it holds that and the right class for, the class that it seems
// to be of instead, and for each two networks how far they differ.
func (m *Mistakes) CSV() ([]byte, error) {
	head := []string{"picture", "class", "seems"}
	for _, name := range m.Networks {
		head = append(head, name, name+": right", name+": probability", name+": probability of the right class")
	}
	pairs := m.Pairs()
	for _, p := range pairs {
		both := m.Networks[p.A] + " | " + m.Networks[p.B]
		head = append(head, both+": change", both+": divergence", both+": rank correlation of maps", both+": IoU of maps")
	}
	rows := [][]string{head}
	_, seems := m.Suspected()
	for i, s := range m.Seen {
		row := []string{printable.Line(m.Names[i]), m.Classes[s.Class], ""}
		if class, ok := seems[i]; ok {
			row[2] = m.Classes[class]
		}
		for _, a := range s.Answers {
			row = append(row, m.Classes[a.Class], strconv.FormatBool(a.Class == s.Class), digits(a.Probability), digits(a.Right))
		}
		for k, p := range pairs {
			how := m.Maps[i][k]
			row = append(row, digits(m.Change(p.A, p.B, i)), digits(s.Pairs[k]), known64(how.RankCorrelation), known64(how.TopIoU))
		}
		rows = append(rows, row)
	}
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
		return nil, fault.Errorf("evaluate: %w", err)
	}
	return b.Bytes(), nil
}

// known64 is a number, "" for one that is not known.
func known64(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return digits(v)
}
