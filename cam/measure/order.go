package measure

import "math"

// descending are the indices of values from the highest value to the lowest, and of NaN
// last; equal values keep their order. It is a radix sort by the values' bits, a tenth of
// the time that comparisons take for a picture's pixels.
func descending(values []float32) []int32 {
	const (
		digit  = 11 // bits; three of them take in 32
		passes = 3
		mask   = 1<<digit - 1
	)
	keys, order := make([]uint32, len(values)), make([]int32, len(values))
	var counts [passes][1 << digit]int32
	for i, v := range values {
		key := key(v)
		keys[i], order[i] = key, int32(i)
		for p := range passes {
			counts[p][key>>(digit*p)&mask]++
		}
	}
	other := make([]int32, len(values))
	for p := range passes {
		at := int32(0)
		for k, n := range counts[p] {
			counts[p][k], at = at, at+n
		}
		for _, i := range order {
			k := keys[i] >> (digit * p) & mask
			other[counts[p][k]] = i
			counts[p][k]++
		}
		order, other = other, order
	}
	return order
}

// key goes down where a value goes up; both zeros have one.
func key(v float32) uint32 {
	switch {
	case v != v:
		return math.MaxUint32
	case v == 0:
		return 1<<31 - 1
	}
	bits := math.Float32bits(v)
	if bits>>31 == 1 { // below 0, where larger bits are lower values
		return bits
	}
	return 1<<31 - 1 - bits // from 0 for the highest on
}
