package cam

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"scalecam/network"
)

// Channel is one of the final convolution's channels and what it adds to the
// logit of a class: the terms of the sum that CAM is (arXiv 1512.04150),
//
//	logit = Σ_k w_k · mean(A_k) + bias
type Channel struct {
	Index  int     // k
	Weight float32 // w_k, of the class
	Mean   float64 // of the feature map A_k over the grid
	Adds   float64 // Weight · Mean, in the units of the logit
}

// Channels are all channels in the order of what they add to the class's logit,
// most first, equal ones by index. What is an error to CAM is one here.
func Channels(a *network.Activations, class int) ([]Channel, error) {
	if _, err := addUp(a, class); err != nil {
		return nil, err
	}
	cells := a.Grid.H * a.Grid.W
	all := make([]Channel, a.K)
	for k, w := range a.Weight.Row(class) {
		var total float64
		for _, v := range a.Features[k*cells:][:cells] {
			total += float64(v)
		}
		mean := total / float64(cells)
		all[k] = Channel{Index: k, Weight: w, Mean: mean, Adds: float64(w) * mean}
	}
	slices.SortStableFunc(all, func(x, y Channel) int { return cmp.Compare(y.Adds, x.Adds) })
	return all, nil
}

// Feature is the channel's feature map A_k, [H, W], as the network computed it:
// without a weight it has no class's units.
func Feature(a *network.Activations, c Channel) *Map {
	cells := a.Grid.H * a.Grid.W
	return &Map{Method: "feature map", Class: -1, H: a.Grid.H, W: a.Grid.W, Values: slices.Clone(a.Features[c.Index*cells:][:cells])}
}

// Product is the channel's term of the class's map, w_k · A_k: [H, W], in the
// units of the logit. Its mean is what the channel adds.
func Product(a *network.Activations, class int, c Channel) *Map {
	m := Feature(a, c)
	m.Method, m.Class = "product", class
	for i, v := range m.Values {
		m.Values[i] = float32(float64(c.Weight) * float64(v))
	}
	return m
}

// Partial is the class activation map of some channels alone, added up in their
// order. All channels in the order of their indices give CAM to the bit.
func Partial(a *network.Activations, class int, keep []Channel) *Map {
	sums := make([]float64, a.Grid.H*a.Grid.W)
	for _, c := range keep {
		c.addTo(sums, a)
	}
	return rounded(sums, a.Grid, class)
}

func (c Channel) addTo(sums []float64, a *network.Activations) {
	for i, v := range a.Features[c.Index*len(sums):][:len(sums)] {
		sums[i] += float64(float64(c.Weight) * float64(v))
	}
}

func rounded(sums []float64, grid network.Size, class int) *Map {
	m := &Map{Method: "CAM", Class: class, H: grid.H, W: grid.W, Values: make([]float32, len(sums))}
	for i, s := range sums {
		m.Values[i] = float32(s)
	}
	return m
}

// Difference is a − b, [H, W] in the units of the logit: of two classes of one
// network, the map of the difference of their weights. Maps of different grids
// are an error.
func Difference(a, b *Map) (*Map, error) {
	if a.H != b.H || a.W != b.W {
		return nil, fmt.Errorf("cam: the difference of maps of %d×%d and %d×%d cells; give two of one grid", a.H, a.W, b.H, b.W)
	}
	d := &Map{Method: "difference", Class: a.Class, H: a.H, W: a.W, Values: make([]float32, len(a.Values))}
	for i, v := range a.Values {
		d.Values[i] = v - b.Values[i]
	}
	return d, nil
}

// At is the value at a cell of the grid, which must have it.
func (m *Map) At(row, col int) float32 { return m.Values[row*m.W+col] }

// Sums are the running sums of a class's channels in an order: the map after
// each channel, until the CAM stands. Nothing in it changes once it is made.
type Sums struct {
	Activations *network.Activations
	Class       int
	Channels    []Channel   // in the order in which they are added up
	saved       [][]float64 // the sums before every savedEvery-th channel
}

// savedEvery bounds the channels that After adds up.
const savedEvery = 32

// NewSums adds the channels up. What is an error to CAM is one here.
func NewSums(a *network.Activations, class int, channels []Channel) (*Sums, error) {
	if _, err := addUp(a, class); err != nil {
		return nil, err
	}
	s := &Sums{Activations: a, Class: class, Channels: channels}
	sums := make([]float64, a.Grid.H*a.Grid.W)
	for i, c := range channels {
		if i%savedEvery == 0 {
			s.saved = append(s.saved, slices.Clone(sums))
		}
		c.addTo(sums, a)
	}
	return s, nil
}

// After is Partial of the first n channels, to the bit, at the cost of few; n
// is brought between 0 and all.
func (s *Sums) After(n int) *Map {
	n = min(max(n, 0), len(s.Channels))
	from := max(min(n/savedEvery, len(s.saved)-1), 0)
	sums := make([]float64, s.Activations.Grid.H*s.Activations.Grid.W)
	if len(s.saved) > 0 {
		copy(sums, s.saved[from])
	}
	for _, c := range s.Channels[from*savedEvery : n] {
		c.addTo(sums, s.Activations)
	}
	return rounded(sums, s.Activations.Grid, s.Class)
}

// Score is how a map becomes a logit: Mean + Bias = Sum, which is the Logit
// where the map has all channels.
type Score struct{ Mean, Bias, Sum, Logit float64 }

// ScoreOf is the score of a map of the activations' class m.Class.
func ScoreOf(a *network.Activations, m *Map) Score {
	s := Score{Mean: m.Mean(), Bias: float64(a.Bias[m.Class]), Logit: float64(a.Logits[m.Class])}
	s.Sum = s.Mean + s.Bias
	return s
}

// Minus is the score of the maps' difference.
func (s Score) Minus(o Score) Score {
	return Score{s.Mean - o.Mean, s.Bias - o.Bias, s.Sum - o.Sum, s.Logit - o.Logit}
}

// Term is what a channel adds at one cell: Weight · Feature = Value.
type Term struct {
	Channel
	Feature float32 // A_k at the cell
	Value   float64
}

// Term is the channel's term at a cell of the grid, which must have it.
func (c Channel) Term(a *network.Activations, row, col int) Term {
	v := a.Features[(c.Index*a.Grid.H+row)*a.Grid.W+col]
	return Term{c, v, float64(c.Weight) * float64(v)}
}

// Point is a map's value at one cell as the sum that it is.
type Point struct {
	Row, Col int
	Value    float64 // Σ w_k · A_k of all channels that were given
	Largest  []Term  // by magnitude, largest first
	Others   int     // how many channels are not among them
	Rest     float64 // what those add
}

// PointAt adds the channels up at a cell of the grid, which must have it, and
// picks out at most most of them.
func PointAt(a *network.Activations, channels []Channel, row, col, most int) Point {
	p := Point{Row: row, Col: col}
	terms := make([]Term, len(channels))
	for i, c := range channels {
		terms[i] = c.Term(a, row, col)
		p.Value += terms[i].Value
	}
	slices.SortStableFunc(terms, func(x, y Term) int { return cmp.Compare(math.Abs(y.Value), math.Abs(x.Value)) })
	p.Largest = slices.Clone(terms[:min(max(most, 0), len(terms))])
	for _, t := range terms[len(p.Largest):] {
		p.Rest += t.Value
		p.Others++
	}
	return p
}
