package cam

import "math"

// Scale is the range of values that colours are spread over.
type Scale struct{ Lo, Hi float64 }

// PositiveScale runs from 0 to the largest value of the maps: evidence for the
// class. It is empty where no value is above 0.
func PositiveScale(maps ...*Map) Scale {
	var s Scale
	for _, m := range maps {
		_, highest := m.Range()
		s.Hi = max(s.Hi, float64(highest))
	}
	return s
}

// SignedScale runs equally far to both sides of 0, as far as the maps' largest
// magnitude: evidence for and against the class.
func SignedScale(maps ...*Map) Scale {
	var s Scale
	for _, m := range maps {
		lowest, highest := m.Range()
		s.Hi = max(s.Hi, math.Abs(float64(lowest)), math.Abs(float64(highest)))
	}
	s.Lo = -s.Hi
	return s
}

// Empty tells that the scale has no extent: there is nothing to show.
func (s Scale) Empty() bool { return !(s.Hi > s.Lo) }

// Unit turns values into positions on the scale, 0 at Lo and 1 at Hi, clipped
// to that range, in place. An empty scale puts everything at 0.
func (s Scale) Unit(values []float32) {
	if s.Empty() {
		clear(values)
		return
	}
	// In float64, where no scale of float32 values is too small to divide by.
	per := 1 / (s.Hi - s.Lo)
	for i, v := range values {
		values[i] = float32(min(max((float64(v)-s.Lo)*per, 0), 1))
	}
}
