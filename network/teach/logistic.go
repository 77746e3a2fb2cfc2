// Package teach fits linear classifiers, heads, to what networks compute of pictures,
// chooses how closely, and tells what they learnt.
package teach

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"scalecam/fault"
	"scalecam/network/kernel"
)

// Problem is what a head is fitted to: pictures' features with their classes.
type Problem struct {
	Features []float32 // [n, k], row-major: a row for each picture
	Labels   []int     // [n], from 0 to Classes−1
	Classes  int       // two or more, with a picture in each
	Weights  []float64 // of classes, above 0; nil: each 1
	Strength float64   // C, for Choose; 0 has it chosen
}

// small tells that a step of a fit is short: then fits are spread over the cores rather
// than their steps.
func (p Problem) small() bool {
	const short = 1 << 28 // multiply-adds
	return len(p.Features)*p.Classes < short
}

// Head is a linear classifier of features x [k]: the logit of class c is
// W[c]·x + B[c].
type Head struct {
	W []float32 // [classes, k], row-major
	B []float32 // [classes]
	// Strength is C, by which the pictures' losses are multiplied beside the penalty:
	// the larger, the closer the head follows its pictures.
	Strength float64
	// Loss is the objective, and Iterations how many steps led there.
	Loss       float64
	Iterations int
}

// Logits are those of pictures by their features [n, k], as [n, classes].
func (h *Head) Logits(features []float32) []float32 {
	classes := len(h.B)
	k := len(h.W) / classes
	n := len(features) / k
	z := make([]float32, n*classes)
	if n > 0 {
		p := kernel.PackLinear(h.W, classes, k, h.B)
		p.Product(z, features, n, kernel.Identity, nil)
		p.Release()
	}
	return z
}

// Fit minimises the objective of scikit-learn's LogisticRegression,
//
//	C · Σᵢ weight(yᵢ) · −log softmax(W·xᵢ + B)[yᵢ] + ½‖W‖²
//
// over W and B, of which the intercepts B bear no penalty. Of two classes that library
// fits one vector w, whose logit is log(p₁/p₀), with the penalty ½‖w‖²; the same
// answers come of W₁ = −W₀ = w/2 here, for which ½‖w‖² is ‖W‖². The sum of all classes'
// weights is 0, and that of their intercepts, too.
//
// from is where to begin, such as the head of another strength; nil for none. The same
// problem and beginning give the same bytes on any number of cores. The error is ctx's,
// or tells what of the problem cannot be.
func (p Problem) Fit(ctx context.Context, strength float64, from *Head) (*Head, error) {
	d, err := p.design()
	if err != nil {
		return nil, err
	}
	defer d.release()
	s, err := d.fit(ctx, strength, d.rowWeights(p.Weights), d.start(from), precise)
	if err != nil {
		return nil, err
	}
	return d.head(s), nil
}

// blockRows are pictures whose features and residuals stay near while the gradient of a
// panel of channels is added up: whole bands, of which no power of two lies apart.
const blockRows = 8 * bandRows

// design is a Problem as it is solved: features less their means, by which their
// columns are much less alike. An intercept that bears no penalty takes up what that
// changes, so that the objective is the same.
type design struct {
	n, k, classes int
	labels        []int
	x             *kernel.Packed   // [k, n], for logits
	blocks        []*kernel.Packed // [n, k], blockRows pictures in each but the last, for gradients
	mean          []float64        // [k]
	square        []float64        // [k], means of x²
}

func (p Problem) design() (*design, error) {
	n := len(p.Labels)
	if p.Classes < 2 {
		return nil, fault.Errorf("teach: %d classes; a classifier tells two or more apart", p.Classes)
	}
	count := make([]int, p.Classes)
	for _, c := range p.Labels {
		count[c]++
	}
	for c, n := range count {
		if n == 0 {
			return nil, fault.Errorf("teach: class %d has no picture; give each class one or more", c)
		}
	}
	k := len(p.Features) / n
	d := &design{n: n, k: k, classes: p.Classes, labels: p.Labels, mean: make([]float64, k), square: make([]float64, k)}
	for i := range n {
		for j, v := range p.Features[i*k:][:k] {
			d.mean[j] += float64(v)
		}
	}
	for j, sum := range d.mean {
		if d.mean[j] = sum / float64(n); math.IsNaN(sum) || math.IsInf(sum, 0) {
			return nil, fault.Errorf("teach: a feature is not finite; leave out the picture that it is of")
		}
	}
	x := make([]float32, n*k)
	for i := range n {
		for j, v := range p.Features[i*k:][:k] {
			less := float64(v) - d.mean[j]
			x[i*k+j] = float32(less)
			d.square[j] += less * less / float64(n)
		}
	}
	d.x = kernel.PackLinear(x, n, k, nil)
	for lo := 0; lo < n; lo += blockRows {
		rows := min(blockRows, n-lo)
		d.blocks = append(d.blocks, kernel.Pack(x[lo*k:][:rows*k], rows, k, k, 1, nil))
	}
	return d, nil
}

// release lets others have the features' room.
func (d *design) release() {
	d.x.Release()
	for _, b := range d.blocks {
		b.Release()
	}
}

// rowWeights are those of pictures by those of their classes.
func (d *design) rowWeights(classes []float64) []float64 {
	w := make([]float64, d.n)
	for i, c := range d.labels {
		w[i] = 1
		if classes != nil {
			w[i] = classes[c]
		}
	}
	return w
}

// solution is a point of a design's fit: θ is W [classes, k], then B [classes].
type solution struct {
	theta    []float64
	strength float64
	loss     float64
	steps    int
	logits   []float64 // of all pictures, those of no weight too: [n, classes]
}

// start is where a fit begins: with a head, or with none.
func (d *design) start(from *Head) []float64 {
	theta := make([]float64, d.classes*(d.k+1))
	if from == nil || len(from.B) != d.classes || len(from.W) != d.classes*d.k {
		return theta
	}
	for c := range d.classes {
		w := theta[c*d.k:][:d.k]
		for j, v := range from.W[c*d.k:][:d.k] {
			w[j] = float64(v)
		}
		theta[d.classes*d.k+c] = float64(from.B[c]) + floats.Dot(w, d.mean)
	}
	return theta
}

// head is the solution for features as they were given. What all classes have in common
// changes no answer: it is taken out.
func (d *design) head(s *solution) *Head {
	h := &Head{W: make([]float32, d.classes*d.k), B: make([]float32, d.classes), Strength: s.strength, Loss: s.loss, Iterations: s.steps}
	rows := make([][]float64, d.classes) // weights, then the intercept
	common := make([]float64, d.k+1)
	for c := range rows {
		w := s.theta[c*d.k:][:d.k]
		rows[c] = append(slices.Clone(w), s.theta[d.classes*d.k+c]-floats.Dot(w, d.mean))
		floats.AddScaled(common, 1/float64(d.classes), rows[c])
	}
	for c, row := range rows {
		floats.Sub(row, common)
		for j, v := range row[:d.k] {
			h.W[c*d.k+j] = float32(v)
		}
		h.B[c] = float32(row[d.k])
	}
	return h
}
