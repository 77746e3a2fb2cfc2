package teach

import (
	"cmp"
	"math"
	"path/filepath"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"scalecam/cam/measure"
	"scalecam/network"
	"scalecam/printable"
	"scalecam/version"
)

// Taught is what a report tells about: pictures, and the networks that were taught on
// them.
type Taught struct {
	Root     string   // the folder from which pictures' names are shown
	Pictures []string // [n], their paths
	Labels   []int    // [n]
	Classes  []string
	Alike    *Alike
	Folds    *Folds
	Networks []Student
}

// Taught is what a lesson came to, for a report that shows pictures' names from the
// folder root on.
func (l *Lesson) Taught(root string, learnt []Learnt, names []string, alike *Alike, folds *Folds) *Taught {
	t := &Taught{Root: root, Labels: l.Learn.Labels, Classes: l.Classes, Alike: alike, Folds: folds}
	for _, p := range l.Learn.Pictures {
		t.Pictures = append(t.Pictures, p.Name)
	}
	for i, n := range learnt {
		t.Networks = append(t.Networks, Student{Name: names[i], Choice: n.Choice, Held: n.Held, Moved: n.Moved})
	}
	return t
}

// Student is a network that was taught.
type Student struct {
	Name   string
	Choice *Choice
	Looks  []Look // by class; nil where that was not looked at
	// Held is how it does on pictures that were set aside, Moved how a head does that
	// was taught at another size; nil where there are none.
	Held  *Scored
	Moved *Moved
}

// ReportSchema is a Report's.
const ReportSchema = 1

// Report is what networks learnt of pictures. All answers are those to pictures left
// out; shares are from 0 to 1, probabilities calibrated, intervals of 95 %. Pictures,
// classes and networks are told by their indices.
type Report struct {
	Schema   int               `json:"schema"` // ReportSchema
	Program  version.Program   `json:"program"`
	Pictures []ReportedPicture `json:"pictures"`
	Classes  []ReportedClass   `json:"classes"`
	Folds    int               `json:"folds"` // 0 where no picture could be left out
	LeftOut  int               `json:"left_out"`
	Groups   int               `json:"groups"` // of near-duplicates among those left out, single pictures too
	Largest  float64           `json:"largest_share"`
	Notes    []Note            `json:"notes"`
	Networks []ReportedNetwork `json:"networks"`
	Hurting  []Hurting         `json:"hurting"` // the worst first
	Differ   []Differing       `json:"differing"`
	Pairs    []Pair            `json:"pairs"`
}

// ReportedPicture is a picture.
type ReportedPicture struct {
	Path  string `json:"path"` // from the data's folder, with slashes
	Class int    `json:"class"`
	Fold  int    `json:"fold"` // −1 where it was never left out
}

// ReportedClass is a class.
type ReportedClass struct {
	Name     string `json:"name"`
	Pictures int    `json:"pictures"`
	Groups   int    `json:"groups"` // of near-duplicates, single pictures too
}

// Note is something to beware of, by its key (see notes), of which classes or networks.
type Note struct {
	Key      string `json:"key"`
	Classes  []int  `json:"classes,omitempty"`
	Networks []int  `json:"networks,omitempty"`
}

// ReportedNetwork is how a network does.
type ReportedNetwork struct {
	Name     string  `json:"name"`
	Strength float64 `json:"strength"`
	Tried    []Tried `json:"tried"`
	// Accuracy's interval is that of as many pictures as there are groups of
	// near-duplicates: others tell nothing new.
	Accuracy         float64     `json:"accuracy"`
	AccuracyInterval *[2]float64 `json:"accuracy_interval"`
	Recall           float64     `json:"recall"` // the mean over the classes of their accuracy
	Loss             float64     `json:"loss"`   // mean −log of the right class's probability, nats
	// Confidence is the mean probability of the answers, ConfidenceRaw without the
	// temperature.
	Confidence    float64        `json:"confidence"`
	ConfidenceRaw float64        `json:"confidence_raw"`
	Temperature   float64        `json:"temperature"`
	Confusion     [][]int        `json:"confusion"` // [class][answer]: pictures
	Answers       []Answer       `json:"answers"`   // of each picture
	Looks         []ReportedLook `json:"looks"`     // of each class; none where that was not looked at
	Held          *Scored        `json:"held,omitempty"`
	Moved         *Moved         `json:"moved,omitempty"`
}

// Answer is a network's to a picture.
type Answer struct {
	Class       int     `json:"class"` // −1 where the picture was never left out
	Probability float64 `json:"probability"`
	Right       float64 `json:"right"` // the probability of the picture's class
}

// ReportedLook is where a network looks for a class: see Look.
type ReportedLook struct {
	Pictures      int         `json:"pictures"`
	Outer         float64     `json:"outer"`
	OuterInterval *[2]float64 `json:"outer_interval"`
	// Beside is the mean of the other networks' Outer; nil where there are none.
	Beside  *float64    `json:"outer_of_others"`
	Right   float64     `json:"right"` // shares of the pictures, as Look has them
	Border  float64     `json:"right_by_border_alone"`
	Grounds *Grounds    `json:"grounds"`
	Map     [][]float64 `json:"map"` // row by row
}

// Hurting is a picture that is wrong, for the networks, or seems so.
type Hurting struct {
	Picture int     `json:"picture"`
	Loss    float64 `json:"loss"` // the networks' mean, nats; 0 where it was never left out
	Wrong   int     `json:"wrong"`
	// Suspected is the class that it seems to be of instead: the most probable one by
	// the networks' mean, and as probable as it usually is for pictures of it
	// (confident learning: Northcutt et al. 2021, arXiv 1911.00068). nil for none.
	Suspected *int `json:"suspected"`
	// Twin is a picture of another class that shows nearly the same; nil for none.
	Twin *Twin `json:"twin"`
}

// Twin is a picture nearly the same, with the cosine of both's features.
type Twin struct {
	Picture int     `json:"picture"`
	Cosine  float64 `json:"cosine"`
}

// Differing is a picture to which networks give different answers: Divergence is the
// Jensen–Shannon divergence of their probabilities, nats (Lin 1991, doi
// 10.1109/18.61115).
type Differing struct {
	Picture    int     `json:"picture"`
	Divergence float64 `json:"divergence"`
}

// Pair is how two networks' answers compare, in shares of the pictures left out.
type Pair struct {
	A     int     `json:"a"`
	B     int     `json:"b"`
	Same  float64 `json:"same"`   // the answer is the same
	AOnly float64 `json:"only_a"` // it alone is right
	BOnly float64 `json:"only_b"`
}

// NewReport tells about what was taught. It reads no file.
func NewReport(t *Taught) *Report {
	r := &Report{Schema: ReportSchema, Folds: t.Folds.Count}
	counts, groups := make([]int, len(t.Classes)), make([]map[int]bool, len(t.Classes))
	leftOut := map[int]bool{} // groups
	for c := range groups {
		groups[c] = map[int]bool{}
	}
	for i, c := range t.Labels {
		r.Pictures = append(r.Pictures, ReportedPicture{within(t.Root, t.Pictures[i]), c, t.Folds.Of[i]})
		counts[c]++
		groups[c][t.Alike.Group[i]] = true
		if t.Folds.Of[i] >= 0 {
			r.LeftOut++
			leftOut[t.Alike.Group[i]] = true
		}
	}
	r.Groups = len(leftOut)
	for c, name := range t.Classes {
		r.Classes = append(r.Classes, ReportedClass{printable.Line(name), counts[c], len(groups[c])})
	}
	r.Largest = float64(slices.Max(counts)) / float64(len(t.Labels))
	odds := make([][][]float64, len(t.Networks)) // by network and picture; nil of one never left out
	for j := range t.Networks {
		odds[j] = t.odds(j)
		r.Networks = append(r.Networks, t.network(j, odds[j], r.Groups))
	}
	r.Hurting = t.hurting(odds)
	r.Differ, r.Pairs = t.differ(odds)
	r.Notes = r.notes(t.Folds)
	return r
}

// within is a picture's name from the folder on, with slashes; of one that lies
// elsewhere its last part, so that no report tells of other folders.
func within(root, path string) string {
	rel, err := filepath.Rel(root, path)
	if err != nil || !filepath.IsLocal(rel) {
		rel = filepath.Base(path)
	}
	return printable.Line(filepath.ToSlash(rel))
}

// odds are the probabilities of classes that network j gives to pictures left out.
func (t *Taught) odds(j int) [][]float64 {
	c := t.Networks[j].Choice
	odds := make([][]float64, len(t.Labels))
	for i, fold := range t.Folds.Of {
		if fold >= 0 {
			odds[i] = network.Softmax(c.Logits[i*len(t.Classes):][:len(t.Classes)], c.Temperature)
		}
	}
	return odds
}

// unlikely is −log of a probability, nats: at most about 745.
func unlikely(p float64) float64 { return -math.Log(max(p, math.SmallestNonzeroFloat64)) }

func (t *Taught) network(j int, odds [][]float64, groups int) ReportedNetwork {
	s := &t.Networks[j]
	n := ReportedNetwork{Name: printable.Line(s.Name), Strength: s.Choice.Head.Strength, Tried: s.Choice.Tried, Temperature: s.Choice.Temperature, Held: s.Held, Moved: s.Moved, Confusion: make([][]int, len(t.Classes))}
	for c := range n.Confusion {
		n.Confusion[c] = make([]int, len(t.Classes))
	}
	right, count := 0, 0
	for i, p := range odds {
		if p == nil {
			n.Answers = append(n.Answers, Answer{Class: -1})
			continue
		}
		label, top := t.Labels[i], floats.MaxIdx(p)
		n.Answers = append(n.Answers, Answer{top, p[top], p[label]})
		n.Confusion[label][top]++
		n.Loss += unlikely(p[label])
		n.Confidence += p[top]
		n.ConfidenceRaw += floats.Max(network.Softmax(s.Choice.Logits[i*len(p):][:len(p)], 1))
		if count++; top == label {
			right++
		}
	}
	if count > 0 {
		for _, v := range []*float64{&n.Loss, &n.Confidence, &n.ConfidenceRaw} {
			*v /= float64(count)
		}
		n.Accuracy = float64(right) / float64(count)
		n.AccuracyInterval = measure.Share(n.Accuracy*float64(groups), groups).Interval
		var recalls []float64
		for c, row := range n.Confusion {
			sum := 0
			for _, v := range row {
				sum += v
			}
			if sum > 0 {
				recalls = append(recalls, float64(row[c])/float64(sum))
			}
		}
		n.Recall = stat.Mean(recalls, nil)
	}
	for c, l := range s.Looks {
		look := ReportedLook{Pictures: l.Pictures, Outer: l.Outer.Value, OuterInterval: l.Outer.Interval, Right: l.Right, Border: l.Border, Grounds: l.Grounds}
		if l.Pictures > 0 {
			for row := range slices.Chunk(l.Map, l.W) {
				look.Map = append(look.Map, row)
			}
		}
		var others []float64
		for k, o := range t.Networks {
			if k != j && o.Looks != nil {
				others = append(others, o.Looks[c].Outer.Value)
			}
		}
		if len(others) > 0 {
			look.Beside = new(stat.Mean(others, nil))
		}
		n.Looks = append(n.Looks, look)
	}
	return n
}

// mean is that of the networks' probabilities for a picture left out.
func mean(odds [][][]float64, i int) []float64 {
	p := make([]float64, len(odds[0][i]))
	for j := range odds {
		floats.AddScaled(p, 1/float64(len(odds)), odds[j][i])
	}
	return p
}

// hurting are the pictures that a network answers wrongly, that seem to be of another
// class, or that are nearly one of another class.
func (t *Taught) hurting(odds [][][]float64) []Hurting {
	// How probable a class is, on average, for pictures that are said to be of it.
	usual, count := make([]float64, len(t.Classes)), make([]float64, len(t.Classes))
	means := make([][]float64, len(t.Labels))
	for i, c := range t.Labels {
		if odds[0][i] != nil {
			means[i] = mean(odds, i)
			usual[c] += means[i][c]
			count[c]++
		}
	}
	for c := range usual {
		usual[c] /= max(1, count[c])
	}
	var all []Hurting
	for i, label := range t.Labels {
		h := Hurting{Picture: i}
		if other := t.Alike.Other[i]; other.Picture >= 0 && other.Cosine >= Near {
			h.Twin = &Twin{other.Picture, other.Cosine}
		}
		if p := means[i]; p != nil {
			for j := range odds {
				h.Loss += unlikely(odds[j][i][label]) / float64(len(odds))
				if floats.MaxIdx(odds[j][i]) != label {
					h.Wrong++
				}
			}
			if top := floats.MaxIdx(p); top != label && count[top] > 0 && p[top] >= usual[top] {
				h.Suspected = &top
			}
		}
		if h.Wrong > 0 || h.Suspected != nil || h.Twin != nil {
			all = append(all, h)
		}
	}
	slices.SortStableFunc(all, func(a, b Hurting) int { return cmp.Compare(b.Loss, a.Loss) })
	return all
}

// differ are the pictures to which networks answer differently, those on whose
// probabilities they differ most first, and how each pair of networks compares.
func (t *Taught) differ(odds [][][]float64) (all []Differing, pairs []Pair) {
	count := 0.0
	for i := range t.Labels {
		if odds[0][i] == nil {
			continue
		}
		count++
		differ, entropies := false, 0.0
		for j := range odds {
			entropies += stat.Entropy(odds[j][i]) / float64(len(odds))
			differ = differ || floats.MaxIdx(odds[j][i]) != floats.MaxIdx(odds[0][i])
		}
		if differ {
			all = append(all, Differing{i, max(0, stat.Entropy(mean(odds, i))-entropies)})
		}
	}
	slices.SortStableFunc(all, func(a, b Differing) int { return cmp.Compare(b.Divergence, a.Divergence) })
	for b := range odds {
		for a := range b {
			p := Pair{A: a, B: b}
			for i, label := range t.Labels {
				if odds[0][i] == nil {
					continue
				}
				first, second := floats.MaxIdx(odds[a][i]), floats.MaxIdx(odds[b][i])
				switch {
				case first == second:
					p.Same++
				case first == label:
					p.AOnly++
				case second == label:
					p.BOnly++
				}
			}
			for _, v := range []*float64{&p.Same, &p.AOnly, &p.BOnly} {
				*v /= max(1, count)
			}
			pairs = append(pairs, p)
		}
	}
	return all, pairs
}

// Confused are the pictures behind a number of a network's confusion matrix, by index.
func (r *Report) Confused(network, class, answer int) (pictures []int) {
	for i, a := range r.Networks[network].Answers {
		if a.Class == answer && r.Pictures[i].Class == class {
			pictures = append(pictures, i)
		}
	}
	return pictures
}
