package measure

import (
	"cmp"
	"math"
	"slices"
)

// RankCorrelation is Spearman's of two maps of the same cells (Spearman 1904, doi
// 10.2307/1412159): Pearson's correlation of their ranks, equal values sharing the
// mean of theirs. It is from −1 to 1, 1 for the same order, and NaN where one map is
// the same everywhere or there are fewer than two cells. It panics where sizes differ.
func RankCorrelation(a, b []float32) float64 { return rankCorrelation(a, b) }

func rankCorrelation[V float32 | float64](a, b []V) float64 {
	if len(a) != len(b) {
		panic("measure: maps of different sizes")
	}
	x, y := ranks(a), ranks(b)
	middle := float64(len(a)-1) / 2 // the mean of ranks, ties or not
	var xy, xx, yy float64
	for i := range x {
		xy += (x[i] - middle) * (y[i] - middle)
		xx += (x[i] - middle) * (x[i] - middle)
		yy += (y[i] - middle) * (y[i] - middle)
	}
	if xx == 0 || yy == 0 {
		return math.NaN()
	}
	return xy / math.Sqrt(xx*yy)
}

// ranks are the values' places, from 0 on, in ascending order.
func ranks[V float32 | float64](values []V) []float64 {
	order := ascending(values)
	out := make([]float64, len(values))
	for i := 0; i < len(order); {
		end := i + 1
		for end < len(order) && values[order[end]] == values[order[i]] {
			end++
		}
		for _, at := range order[i:end] {
			out[at] = float64(i+end-1) / 2
		}
		i = end
	}
	return out
}

func ascending[V float32 | float64](values []V) []int {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	return order
}

// TopIoU is the intersection over union of the cells where each of two maps is
// highest: of that share of all cells, above 0 and up to 1, rounded and one at least,
// with all that are as high as the lowest of them. It is from 0 to 1; two maps that
// know nothing of each other reach share / (2 − share). It panics where sizes differ.
func TopIoU(a, b []float32, share float64) float64 {
	if len(a) != len(b) {
		panic("measure: maps of different sizes")
	}
	x, y := top(a, share), top(b, share)
	both, either := 0, 0
	for i := range x {
		if x[i] && y[i] {
			both++
		}
		if x[i] || y[i] {
			either++
		}
	}
	return float64(both) / float64(either)
}

// top tells of each value whether it is among the highest.
func top(values []float32, share float64) []bool {
	order := ascending(values)
	n := min(max(int(math.Round(share*float64(len(values)))), 1), len(values))
	lowest := values[order[len(order)-n]]
	out := make([]bool, len(values))
	for i, v := range values {
		out[i] = v >= lowest
	}
	return out
}
