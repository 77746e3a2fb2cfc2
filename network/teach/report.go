package teach

import (
	"cmp"
	"path/filepath"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"scalecam/cam/measure"
	"scalecam/network"
	"scalecam/network/mistakes"
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
	Schema   int                  `json:"schema"` // ReportSchema
	Program  version.Program      `json:"program"`
	Pictures []ReportedPicture    `json:"pictures"`
	Classes  []ReportedClass      `json:"classes"`
	Folds    int                  `json:"folds"` // 0 where no picture could be left out
	LeftOut  int                  `json:"left_out"`
	Groups   int                  `json:"groups"` // of near-duplicates among those left out, single pictures too
	Largest  float64              `json:"largest_share"`
	Notes    []Note               `json:"notes"`
	Networks []ReportedNetwork    `json:"networks"`
	Hurting  []Hurting            `json:"hurting"` // the worst first
	Differ   []mistakes.Differing `json:"differing"`
	Pairs    []mistakes.Pair      `json:"pairs"`

	all *mistakes.All // that most of it is of
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
	Confidence    float64           `json:"confidence"`
	ConfidenceRaw float64           `json:"confidence_raw"`
	Temperature   float64           `json:"temperature"`
	Confusion     [][]int           `json:"confusion"` // [class][answer]: pictures
	Answers       []mistakes.Answer `json:"answers"`   // of each picture; −1 of one that was never left out
	Looks         []ReportedLook    `json:"looks"`     // of each class; none where that was not looked at
	Held          *Scored           `json:"held,omitempty"`
	Moved         *Moved            `json:"moved,omitempty"`
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
	mistakes.Hurting
	// Twin is a picture of another class that shows nearly the same; nil for none.
	Twin *Twin `json:"twin"`
}

// Twin is a picture nearly the same, with the cosine of both's features.
type Twin struct {
	Picture int     `json:"picture"`
	Cosine  float64 `json:"cosine"`
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
	r.all = t.seen()
	for j := range t.Networks {
		r.Networks = append(r.Networks, t.network(j, r.all, r.Groups))
	}
	r.Hurting = t.hurting(r.all)
	r.Differ, r.Pairs = r.all.Differ(), r.all.Pairs()
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

// seen are the networks' answers to pictures left out.
func (t *Taught) seen() *mistakes.All {
	all := &mistakes.All{Classes: len(t.Classes), Networks: len(t.Networks)}
	for i, fold := range t.Folds.Of {
		s := mistakes.Seen{Class: t.Labels[i]}
		if fold >= 0 {
			odds := make([][]float64, len(t.Networks))
			for j := range t.Networks {
				odds[j] = t.odds(j, i, t.Networks[j].Choice.Temperature)
			}
			s = mistakes.See(t.Labels[i], odds)
		}
		all.Seen = append(all.Seen, s)
	}
	return all
}

// odds are the probabilities of classes that network j gives to picture i.
func (t *Taught) odds(j, i int, temperature float64) []float64 {
	return network.Softmax(t.Networks[j].Choice.Logits[i*len(t.Classes):][:len(t.Classes)], temperature)
}

func (t *Taught) network(j int, all *mistakes.All, groups int) ReportedNetwork {
	s := &t.Networks[j]
	classes := make([]int, len(t.Classes))
	for c := range classes {
		classes[c] = c
	}
	n := ReportedNetwork{Name: printable.Line(s.Name), Strength: s.Choice.Head.Strength, Tried: s.Choice.Tried, Temperature: s.Choice.Temperature, Held: s.Held, Moved: s.Moved, Confusion: all.Matrix(j, classes)}
	right, count := 0, 0
	for i, label := range t.Labels {
		a := all.Of(j, i)
		n.Answers = append(n.Answers, a)
		if a.Class < 0 {
			continue
		}
		n.Loss += mistakes.Unlikely(a.Right)
		n.Confidence += a.Probability
		n.ConfidenceRaw += floats.Max(t.odds(j, i, 1))
		if count++; a.Class == label {
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

// hurting are the pictures that a network answers wrongly, that seem to be of another
// class, or that are nearly one of another class, the worst first.
func (t *Taught) hurting(seen *mistakes.All) []Hurting {
	var all []Hurting
	for i, how := range seen.Hurting() {
		h := Hurting{Hurting: how}
		if other := t.Alike.Other[i]; other.Picture >= 0 && other.Cosine >= Near {
			h.Twin = &Twin{other.Picture, other.Cosine}
		}
		if h.Wrong > 0 || h.Suspected != nil || h.Twin != nil {
			all = append(all, h)
		}
	}
	slices.SortStableFunc(all, func(a, b Hurting) int { return cmp.Compare(b.Loss, a.Loss) })
	return all
}

// Confused are the pictures behind a number of a network's confusion matrix, by index.
func (r *Report) Confused(network, class, answer int) []int {
	return r.all.Behind(network, class, answer)
}
