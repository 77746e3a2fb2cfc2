package cam

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"

	"scalecam/fault"
)

func makeEigenCAM(ctx context.Context, e Evidence, layer Layer, _ Target) (*Map, error) {
	a, err := e.At(ctx, layer)
	if err != nil {
		return nil, err
	}
	ones := make([]float64, a.K)
	for k := range ones {
		ones[k] = 1
	}
	return component(a, func(int) []float64 { return ones })
}

func makeEigenGradCAM(ctx context.Context, e Evidence, layer Layer, t Target) (*Map, error) {
	a, g, err := gradient(ctx, e, layer, t)
	if err != nil {
		return nil, err
	}
	return component(a, g)
}

// component is the first principal component of the features, each times its
// weight at the cell: over the cells, signed as the cells' sums.
func component(a *Features, weights func(cell int) []float64) (*Map, error) {
	n := a.H * a.W
	x := mat.NewDense(n, a.K, nil)
	for i := range n {
		row := x.RawRowView(i)
		for k, w := range weights(i) {
			row[k] = w * float64(a.Cell(i)[k])
		}
	}
	sums := make([]float64, n)
	means := make([]float64, a.K)
	for i := range n {
		for k, v := range x.RawRowView(i) {
			sums[i] += v
			means[k] += v / float64(n)
		}
	}
	for i := range n {
		row := x.RawRowView(i)
		for k := range row {
			row[k] -= means[k]
		}
	}
	scores, err := firstScores(x)
	if err != nil {
		return nil, err
	}
	mean := 0.0
	for _, s := range sums {
		mean += s / float64(n)
	}
	agreement := 0.0
	for i, s := range scores {
		agreement += s * (sums[i] - mean)
	}
	m := &Map{H: a.H, W: a.W, Values: make([]float32, n)}
	for i, s := range scores {
		m.Values[i] = float32(math.Copysign(1, agreement) * s)
	}
	return m, nil
}

// firstScores projects the rows upon the direction in which they vary most. It is
// found by the smaller of the two matrices of products: of the columns, whose
// first eigenvector is the direction, or of the rows, whose first eigenvector
// times the root of its value is the projections.
func firstScores(x *mat.Dense) ([]float64, error) {
	n, k := x.Dims()
	products := mat.NewSymDense(min(n, k), nil)
	if k < n {
		products.SymOuterK(1, x.T())
	} else {
		products.SymOuterK(1, x)
	}
	for _, v := range products.RawSymmetric().Data {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fault.Errorf("cam: the features are not finite, or close to that; the network's weights are damaged, or not meant for this architecture or preprocessing")
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(products, true) {
		return nil, fault.Errorf("cam: the features have no principal component that can be computed; name another method")
	}
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	last := min(n, k) - 1 // values come in order, the largest at the end
	scores := mat.Col(nil, last, &vectors)
	if k < n {
		var projected mat.VecDense
		projected.MulVec(x, mat.NewVecDense(k, scores))
		return projected.RawVector().Data, nil
	}
	length := math.Sqrt(max(eigen.Values(nil)[last], 0))
	for i := range scores {
		scores[i] *= length
	}
	return scores, nil
}
