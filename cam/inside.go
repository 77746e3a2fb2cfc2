package cam

import (
	"cmp"
	"math"
	"slices"

	"scalecam/fault"
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
func Channels(a *Pooled, class int) ([]Channel, error) {
	if _, err := CAM(a, class); err != nil {
		return nil, err
	}
	f := &a.Features
	sums := make([]float64, f.K)
	for i := range f.H * f.W {
		for k, v := range f.Cell(i) {
			sums[k] += float64(v)
		}
	}
	all := make([]Channel, f.K)
	for k, w := range a.Weight.Row(class) {
		mean := sums[k] / float64(f.H*f.W)
		all[k] = Channel{Index: k, Weight: w, Mean: mean, Adds: float64(w) * mean}
	}
	slices.SortStableFunc(all, func(x, y Channel) int { return cmp.Compare(y.Adds, x.Adds) })
	return all, nil
}

// Feature is the channel's feature map A_k, [H, W], as the network computed it:
// without a weight it has no class's units.
func Feature(a *Pooled, c Channel) *Map {
	f := &a.Features
	m := &Map{Layer: LastLayer, H: f.H, W: f.W, Values: make([]float32, f.H*f.W)}
	for i := range m.Values {
		m.Values[i] = f.Cell(i)[c.Index]
	}
	return m
}

// Product is the channel's term of the class's map, w_k · A_k: [H, W], in the
// units of the logit. Its mean is what the channel adds.
func Product(a *Pooled, class int, c Channel) *Map {
	m := Feature(a, c)
	m.Target = Class(class)
	for i, v := range m.Values {
		m.Values[i] = float32(float64(c.Weight) * float64(v))
	}
	return m
}

func (c Channel) addTo(sums []float64, a *Pooled) {
	for i := range sums {
		sums[i] += float64(float64(c.Weight) * float64(a.Features.Cell(i)[c.Index]))
	}
}

// Difference is a − b, [H, W] in the units of the logit: of two classes of one
// network, the map of the difference of their weights. Maps of different grids
// are an error.
func Difference(a, b *Map) (*Map, error) {
	if a.H != b.H || a.W != b.W {
		return nil, fault.Errorf("cam: the difference of maps of %d×%d and %d×%d cells; give two of one grid", a.H, a.W, b.H, b.W)
	}
	d := &Map{Layer: a.Layer, H: a.H, W: a.W, Values: make([]float32, len(a.Values))}
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
	Pooled   *Pooled
	Class    int
	Channels []Channel   // in the order in which they are added up
	saved    [][]float64 // the sums before every savedEvery-th channel
}

// savedEvery bounds the channels that After adds up.
const savedEvery = 32

// NewSums adds the channels up. What is an error to CAM is one here.
func NewSums(a *Pooled, class int, channels []Channel) (*Sums, error) {
	if _, err := CAM(a, class); err != nil {
		return nil, err
	}
	s := &Sums{Pooled: a, Class: class, Channels: channels}
	sums := make([]float64, a.Features.H*a.Features.W)
	for i, c := range channels {
		if i%savedEvery == 0 {
			s.saved = append(s.saved, slices.Clone(sums))
		}
		c.addTo(sums, a)
	}
	return s, nil
}

// After is the class activation map of the first n channels alone, added up in
// their order, at the cost of few; n is brought between 0 and all.
func (s *Sums) After(n int) *Map {
	n = min(max(n, 0), len(s.Channels))
	from := max(min(n/savedEvery, len(s.saved)-1), 0)
	f := &s.Pooled.Features
	sums := make([]float64, f.H*f.W)
	if len(s.saved) > 0 {
		copy(sums, s.saved[from])
	}
	for _, c := range s.Channels[from*savedEvery : n] {
		c.addTo(sums, s.Pooled)
	}
	m := &Map{Method: MethodCAM, Layer: LastLayer, Target: Class(s.Class), H: f.H, W: f.W, Values: make([]float32, len(sums))}
	for i, v := range sums {
		m.Values[i] = float32(v)
	}
	return m
}

// Score is how a map becomes a logit: Mean + Bias = Sum, which is the Logit
// where the map has all channels.
type Score struct{ Mean, Bias, Sum, Logit float64 }

// ScoreOf is the score of a map, made of channels, for its target.
func ScoreOf(a *Pooled, m *Map) Score {
	s := Score{Mean: m.Mean(), Bias: m.Target.Score(a.Bias), Logit: m.Target.Score(a.Logits)}
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
func (c Channel) Term(a *Pooled, row, col int) Term {
	v := a.Features.Cell(row*a.Features.W + col)[c.Index]
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
func PointAt(a *Pooled, channels []Channel, row, col, most int) Point {
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
