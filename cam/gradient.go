package cam

import "context"

func makeCAM(_ context.Context, e Evidence, _ Layer, t Target) (*Map, error) {
	p := e.Last()
	return weighted(&p.Features, t.weights(p)), nil
}

// gradient gives a layer's features and the gradient with respect to them. At
// the last layer before a linear ending it is w_k / N in each of the N cells,
// and nothing runs.
func gradient(ctx context.Context, e Evidence, layer Layer, t Target) (a *Features, g func(cell int) []float64, err error) {
	if p := e.Last(); layer.Last && p.Weight != nil {
		w := t.weights(p)
		for k := range w {
			w[k] /= float64(p.Features.H * p.Features.W)
		}
		return &p.Features, func(int) []float64 { return w }, nil
	}
	if a, err = e.At(ctx, layer); err != nil {
		return nil, nil, err
	}
	computed, err := e.Gradient(ctx, layer, t)
	if err != nil {
		return nil, nil, err
	}
	wide := make([]float64, a.K)
	return a, func(cell int) []float64 {
		for k, v := range computed.Cell(cell) {
			wide[k] = float64(v)
		}
		return wide
	}, nil
}

func makeHiResCAM(ctx context.Context, e Evidence, layer Layer, t Target) (*Map, error) {
	a, g, err := gradient(ctx, e, layer, t)
	if err != nil {
		return nil, err
	}
	return summed(a, g), nil
}

func makeLayerCAM(ctx context.Context, e Evidence, layer Layer, t Target) (*Map, error) {
	a, g, err := gradient(ctx, e, layer, t)
	if err != nil {
		return nil, err
	}
	positive := make([]float64, a.K)
	return summed(a, func(cell int) []float64 {
		for k, v := range g(cell) {
			positive[k] = max(v, 0)
		}
		return positive
	}), nil
}

func makeGradCAM(ctx context.Context, e Evidence, layer Layer, t Target) (*Map, error) {
	a, g, err := gradient(ctx, e, layer, t)
	if err != nil {
		return nil, err
	}
	n := float64(a.H * a.W)
	return weighted(a, overCells(a, g, func(_ int, _, g float64) float64 { return g / n })), nil
}

func makeXGradCAM(ctx context.Context, e Evidence, layer Layer, t Target) (*Map, error) {
	a, g, err := gradient(ctx, e, layer, t)
	if err != nil {
		return nil, err
	}
	sums := channelSums(a)
	return weighted(a, overCells(a, g, func(k int, a, g float64) float64 {
		if sums[k] == 0 {
			return 0
		}
		return a / sums[k] * g
	})), nil
}

func makeGradCAMPlusPlus(ctx context.Context, e Evidence, layer Layer, t Target) (*Map, error) {
	a, g, err := gradient(ctx, e, layer, t)
	if err != nil {
		return nil, err
	}
	sums := channelSums(a)
	return weighted(a, overCells(a, g, func(k int, _, g float64) float64 {
		if !(g > 0) {
			return 0
		}
		return g / (2 + sums[k]*g) // α · g, both g² cancelled
	})), nil
}

// overCells gives each channel the sum over the cells of what f makes of a
// feature and its gradient.
func overCells(a *Features, g func(cell int) []float64, f func(k int, a, g float64) float64) []float64 {
	sums := make([]float64, a.K)
	for cell := range a.H * a.W {
		features := a.Cell(cell)
		for k, v := range g(cell) {
			sums[k] += f(k, float64(features[k]), v)
		}
	}
	return sums
}

func channelSums(a *Features) []float64 {
	sums := make([]float64, a.K)
	for cell := range a.H * a.W {
		for k, v := range a.Cell(cell) {
			sums[k] += float64(v)
		}
	}
	return sums
}
