package cam

import (
	"context"
	"math"

	"scalecam/exact"
	"scalecam/fault"
)

func makeAblationCAM(ctx context.Context, e Evidence, layer Layer, t Target) (*Map, error) {
	p := e.Last()
	a, err := e.At(ctx, layer)
	if err != nil {
		return nil, err
	}
	score := t.Score(p.Logits)
	if score == 0 {
		return nil, fault.Errorf("cam: the score is 0, and Ablation-CAM is made of shares of it; name another class or method")
	}
	weights := make([]float64, a.K)
	if layer.Last && p.Weight != nil {
		sums := channelSums(a)
		for k, w := range t.weights(p) {
			weights[k] = w * sums[k] / float64(a.H*a.W) / math.Abs(score)
		}
		return weighted(a, weights), nil
	}
	without, err := e.Scores(ctx, layer, a.K, func(k int, values []float32) {
		for i := k; i < len(values); i += a.K {
			values[i] = 0
		}
	}, t)
	if err != nil {
		return nil, err
	}
	for k, s := range without {
		weights[k] = (score - s) / math.Abs(score)
	}
	return weighted(a, weights), nil
}

func makeReciproCAM(ctx context.Context, e Evidence, layer Layer, t Target) (*Map, error) {
	if p := e.Last(); layer.Last && p.Weight != nil {
		return makeHiResCAM(ctx, e, layer, t)
	}
	a, err := e.At(ctx, layer)
	if err != nil {
		return nil, err
	}
	n := a.H * a.W
	scores, err := e.Scores(ctx, layer, n+1, func(i int, values []float32) { // the last is left with none
		for cell := range n {
			if cell != i {
				clear(values[cell*a.K:][:a.K])
			}
		}
	}, t)
	if err != nil {
		return nil, err
	}
	m := &Map{H: a.H, W: a.W, Values: make([]float32, n)}
	for i := range m.Values {
		m.Values[i] = float32(scores[i] - scores[n])
	}
	return m, nil
}

func makeScoreCAM(ctx context.Context, e Evidence, layer Layer, t Target) (*Map, error) {
	a, err := e.At(ctx, layer)
	if err != nil {
		return nil, err
	}
	input, err := e.At(ctx, InputLayer)
	if err != nil {
		return nil, err
	}
	enlarged := newEnlarger(a, input)
	scores, err := e.Scores(ctx, InputLayer, a.K, func(k int, values []float32) { enlarged.mask(values, input.K, k) }, t)
	if err != nil {
		return nil, err
	}
	return weighted(a, softmax(scores)), nil
}

func softmax(scores []float64) []float64 {
	largest, sum := math.Inf(-1), 0.0
	for _, s := range scores {
		largest = max(largest, s)
	}
	shares := make([]float64, len(scores))
	for i, s := range scores {
		shares[i] = exact.Exp(s - largest)
		sum += shares[i]
	}
	for i := range shares {
		shares[i] /= sum
	}
	return shares
}

// enlarger enlarges channels to an input's size: bilinearly, the corner cells upon
// the corners.
type enlarger struct {
	a          *Features
	rows, cols []between
}

// between is a place between two cells, and the second one's share.
type between struct {
	from, to int
	share    float64
}

func newEnlarger(a, input *Features) *enlarger {
	places := func(cells, n int) []between {
		all := make([]between, n)
		for i := range all {
			at := 0.0
			if n > 1 {
				at = float64(i) * float64(cells-1) / float64(n-1)
			}
			from := min(int(at), cells-1)
			all[i] = between{from, min(from+1, cells-1), at - float64(from)}
		}
		return all
	}
	return &enlarger{a, places(a.H, input.H), places(a.W, input.W)}
}

// mask multiplies values [H, W, colours] by a channel scaled to run from 0 to 1,
// and by 0 everywhere for one that is the same everywhere.
func (s *enlarger) mask(values []float32, colours, k int) {
	w := len(s.cols)
	wide := make([]float64, s.a.H*w) // the channel's rows, enlarged
	for row := range s.a.H {
		line := wide[row*w:][:w]
		value := func(col int) float64 { return float64(s.a.Values[(row*s.a.W+col)*s.a.K+k]) }
		for x, c := range s.cols {
			line[x] = value(c.from)*(1-c.share) + value(c.to)*c.share
		}
	}
	line := make([]float64, w)
	enlarge := func(r between) {
		above, below, rest := wide[r.from*w:][:w], wide[r.to*w:][:w], 1-r.share
		for x := range line {
			line[x] = above[x]*rest + below[x]*r.share
		}
	}
	lowest, highest := math.Inf(1), math.Inf(-1)
	for _, r := range s.rows {
		enlarge(r)
		for _, v := range line {
			lowest, highest = min(lowest, v), max(highest, v)
		}
	}
	if !(highest > lowest) {
		for i, v := range values {
			values[i] = 0 * v
		}
		return
	}
	for y, r := range s.rows {
		enlarge(r)
		row := values[y*w*colours:][:w*colours]
		for x, v := range line {
			m := (v - lowest) / (highest - lowest)
			pixel := row[x*colours:][:colours]
			for c := range pixel {
				pixel[c] = float32(m * float64(pixel[c]))
			}
		}
	}
}

// occlusionGrid is that of occlusion's maps, in cells a side; its squares are of
// 2 × 2 cells.
const occlusionGrid = 14

func makeOcclusion(ctx context.Context, e Evidence, _ Layer, t Target) (*Map, error) {
	input, err := e.At(ctx, InputLayer)
	if err != nil {
		return nil, err
	}
	// Square i covers the cells before and after corner i of the grid.
	const corners = occlusionGrid + 1
	edge := func(cell, side int) int { return min(max(cell, 0), occlusionGrid) * side / occlusionGrid }
	scores, err := e.Scores(ctx, InputLayer, corners*corners, func(i int, values []float32) {
		row, col := i/corners, i%corners
		for y := edge(row-1, input.H); y < edge(row+1, input.H); y++ {
			clear(values[(y*input.W+edge(col-1, input.W))*input.K : (y*input.W+edge(col+1, input.W))*input.K])
		}
	}, t)
	if err != nil {
		return nil, err
	}
	score := t.Score(e.Last().Logits)
	m := &Map{H: occlusionGrid, W: occlusionGrid, Values: make([]float32, occlusionGrid*occlusionGrid)}
	for i := range m.Values {
		row, col := i/occlusionGrid, i%occlusionGrid
		at := row*corners + col
		m.Values[i] = float32(score - (scores[at]+scores[at+1]+scores[at+corners]+scores[at+corners+1])/4)
	}
	return m, nil
}
