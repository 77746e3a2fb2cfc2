// Package mistakes tells what networks get wrong: what they take for what, the wrong
// answers that they are surest of, pictures whose label looks wrong, those to which two
// networks answer differently, and what changed between them. Classes, pictures and
// networks are told by their indices, probabilities are from 0 to 1. It is pure
// arithmetic.
package mistakes

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
)

// Answer is a network's to a picture.
type Answer struct {
	Class       int     `json:"class"` // −1 where the network was not asked
	Probability float64 `json:"probability"`
	Right       float64 `json:"right"` // the probability of the picture's class
}

// Seen is a labelled picture that was shown to networks.
type Seen struct {
	Class   int
	Answers []Answer // of each network; nil where none was asked
	// Divergence is the Jensen–Shannon divergence of the networks' probabilities, nats
	// (Lin 1991, doi 10.1109/18.61115), Pairs that of each two of them, by PairAt.
	Divergence float64
	Pairs      []float64
	Mean       Answer // by the mean of the networks' probabilities
}

// See is what networks make of a picture of a class, by the probabilities that each
// gives to all classes, [network][class].
func See(class int, odds [][]float64) Seen {
	s := Seen{Class: class}
	entropies := make([]float64, len(odds))
	for j, p := range odds {
		s.Answers = append(s.Answers, answer(p, class))
		entropies[j] = stat.Entropy(p)
		for i := range j {
			s.Pairs = append(s.Pairs, divergence([][]float64{odds[i], p}, []float64{entropies[i], entropies[j]}))
		}
	}
	s.Divergence = divergence(odds, entropies)
	s.Mean = answer(mean(odds), class)
	return s
}

// PairAt is the place of two different networks among all pairs: 0 and 1, 0 and 2, 1
// and 2, 0 and 3, …
func PairAt(a, b int) int {
	a, b = min(a, b), max(a, b)
	return b*(b-1)/2 + a
}

func answer(p []float64, class int) Answer {
	top := floats.MaxIdx(p)
	return Answer{top, p[top], p[class]}
}

func mean(odds [][]float64) []float64 {
	p := make([]float64, len(odds[0]))
	for _, q := range odds {
		floats.AddScaled(p, 1/float64(len(odds)), q)
	}
	return p
}

func divergence(odds [][]float64, entropies []float64) float64 {
	sum := 0.0
	for _, e := range entropies {
		sum += e / float64(len(entropies))
	}
	return max(0, stat.Entropy(mean(odds))-sum)
}

// All are pictures that were shown to the same networks.
type All struct {
	Classes  int // that answers are of
	Networks int
	Seen     []Seen
}

// asked are the pictures that networks were asked about.
func (a *All) asked(yield func(i int, s *Seen) bool) {
	for i := range a.Seen {
		if s := &a.Seen[i]; s.Answers != nil && !yield(i, s) {
			return
		}
	}
}

// Asked is how many pictures networks were asked about.
func (a *All) Asked() (n int) {
	for range a.asked {
		n++
	}
	return n
}

// Of is a network's answer to picture i.
func (a *All) Of(network, i int) Answer {
	if a.Seen[i].Answers == nil {
		return Answer{Class: -1}
	}
	return a.Seen[i].Answers[network]
}

// Matrix is what a network makes of some of the classes, in their order: a confusion
// matrix, [class][answer], of how many pictures.
func (a *All) Matrix(network int, classes []int) [][]int {
	counts, at := make([][]int, len(classes)), make(map[int]int, len(classes))
	for i, c := range classes {
		counts[i], at[c] = make([]int, len(classes)), i
	}
	for _, s := range a.asked {
		row, shown := at[s.Class]
		column, answered := at[s.Answers[network].Class]
		if shown && answered {
			counts[row][column]++
		}
	}
	return counts
}

// Concerned are so many classes at most that a network takes for another, or another for
// them, the most frequent ones, in their order; else as many as there are.
func (a *All) Concerned(network, most int) (classes []int) {
	add := func(all ...int) {
		for _, c := range all {
			if len(classes) < most && !slices.Contains(classes, c) {
				classes = append(classes, c)
			}
		}
	}
	for _, c := range a.Confused(network) {
		add(c.Class, c.Answer)
	}
	for _, s := range a.asked {
		add(s.Class)
	}
	slices.Sort(classes)
	return classes
}

// Confusion is that a class was taken for another.
type Confusion struct {
	Class  int `json:"class"`
	Answer int `json:"answer"`
	Count  int `json:"count"` // of pictures
}

// Confused is what a network takes for what, the most frequent first.
func (a *All) Confused(network int) []Confusion {
	counts := map[[2]int]int{}
	for _, i := range a.Wrong(network) {
		counts[[2]int{a.Seen[i].Class, a.Seen[i].Answers[network].Class}]++
	}
	var all []Confusion
	for pair, n := range counts {
		all = append(all, Confusion{pair[0], pair[1], n})
	}
	slices.SortFunc(all, func(a, b Confusion) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Class, b.Class), cmp.Compare(a.Answer, b.Answer))
	})
	return all
}

// Behind are the pictures behind a number of a network's confusion matrix.
func (a *All) Behind(network, class, answer int) (pictures []int) {
	for i, s := range a.asked {
		if s.Class == class && s.Answers[network].Class == answer {
			pictures = append(pictures, i)
		}
	}
	return pictures
}

// Wrong are the pictures that a network answers wrongly, those first of whose wrong
// answer it is surest.
func (a *All) Wrong(network int) (pictures []int) {
	for i, s := range a.asked {
		if s.Answers[network].Class != s.Class {
			pictures = append(pictures, i)
		}
	}
	a.sort(pictures, func(s *Seen) float64 { return s.Answers[network].Probability })
	return pictures
}

// sort has the pictures first of which the number is largest, and else in their order.
func (a *All) sort(pictures []int, by func(s *Seen) float64) {
	slices.SortStableFunc(pictures, func(i, j int) int { return cmp.Compare(by(&a.Seen[j]), by(&a.Seen[i])) })
}

// Apart are the pictures to which two networks answer differently, those first on whose
// probabilities they diverge most.
func (a *All) Apart(one, other int) (pictures []int) {
	for i, s := range a.asked {
		if s.Answers[one].Class != s.Answers[other].Class {
			pictures = append(pictures, i)
		}
	}
	pair := PairAt(one, other)
	a.sort(pictures, func(s *Seen) float64 { return s.Pairs[pair] })
	return pictures
}

// Change is by how much a network holds picture i's class for more probable than another
// does.
func (a *All) Change(before, after, i int) float64 {
	return a.Of(after, i).Right - a.Of(before, i).Right
}

// Changed are the pictures of whose class one network is surer than another, or less
// sure, those first where that is most.
func (a *All) Changed(before, after int) (pictures []int) {
	for i := range a.asked {
		if a.Change(before, after, i) != 0 {
			pictures = append(pictures, i)
		}
	}
	a.sort(pictures, func(s *Seen) float64 { return math.Abs(s.Answers[after].Right - s.Answers[before].Right) })
	return pictures
}

// Hurting is how far a picture is wrong, for the networks, or seems so.
type Hurting struct {
	Picture int     `json:"picture"`
	Loss    float64 `json:"loss"` // the networks' mean, nats; 0 where they were not asked
	Wrong   int     `json:"wrong"`
	// Suspected is the class that it seems to be of instead: the most probable one by
	// the networks' mean, and as probable as it usually is for pictures of it
	// (confident learning: Northcutt et al. 2021, arXiv 1911.00068). nil for none.
	Suspected *int `json:"suspected"`
}

// Hurting tells of every picture, in their order.
func (a *All) Hurting() []Hurting {
	// How probable a class is, on average, for pictures that are said to be of it.
	usual, count := make([]float64, a.Classes), make([]float64, a.Classes)
	for _, s := range a.asked {
		usual[s.Class] += s.Mean.Right
		count[s.Class]++
	}
	for c := range usual {
		usual[c] /= max(1, count[c])
	}
	all := make([]Hurting, len(a.Seen))
	for i := range all {
		all[i].Picture = i
	}
	for i, s := range a.asked {
		for _, n := range s.Answers {
			all[i].Loss += Unlikely(n.Right) / float64(len(s.Answers))
			if n.Class != s.Class {
				all[i].Wrong++
			}
		}
		if top := s.Mean; top.Class != s.Class && count[top.Class] > 0 && top.Probability >= usual[top.Class] {
			all[i].Suspected = &top.Class
		}
	}
	return all
}

// Unlikely is −log of a probability, nats: at most about 745.
func Unlikely(p float64) float64 { return -math.Log(max(p, math.SmallestNonzeroFloat64)) }

// Differing is a picture to which networks give different answers.
type Differing struct {
	Picture    int     `json:"picture"`
	Divergence float64 `json:"divergence"` // as Seen has it
}

// Differ are the pictures to which networks answer differently, those on whose
// probabilities they diverge most first.
func (a *All) Differ() (all []Differing) {
	for i, s := range a.asked {
		if slices.ContainsFunc(s.Answers, func(n Answer) bool { return n.Class != s.Answers[0].Class }) {
			all = append(all, Differing{i, s.Divergence})
		}
	}
	slices.SortStableFunc(all, func(a, b Differing) int { return cmp.Compare(b.Divergence, a.Divergence) })
	return all
}

// Pair is how two networks' answers compare, in shares of the pictures.
type Pair struct {
	A     int     `json:"a"`
	B     int     `json:"b"`
	Same  float64 `json:"same"`   // the answer is the same
	AOnly float64 `json:"only_a"` // it alone is right
	BOnly float64 `json:"only_b"`
}

// Pairs are all pairs of networks, by PairAt.
func (a *All) Pairs() (pairs []Pair) {
	count := max(1, float64(a.Asked()))
	for b := range a.Networks {
		for first := range b {
			p := Pair{A: first, B: b}
			for _, s := range a.asked {
				switch one, other := s.Answers[first].Class, s.Answers[b].Class; {
				case one == other:
					p.Same++
				case one == s.Class:
					p.AOnly++
				case other == s.Class:
					p.BOnly++
				}
			}
			for _, v := range []*float64{&p.Same, &p.AOnly, &p.BOnly} {
				*v /= count
			}
			pairs = append(pairs, p)
		}
	}
	return pairs
}
