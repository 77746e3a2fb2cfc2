package network

import (
	"context"
	"slices"
	"time"
)

// Time is the median of what so many runs of the network take, from the input to
// features and logits, after one more that warms up. progress is told how many of all are done. The
// weights do not matter, so a random model's time is a trained one's.
func (m *Model) Time(ctx context.Context, input *Input, runs int, progress func(done, of int)) (time.Duration, error) {
	var times []time.Duration
	for i := range 1 + runs {
		progress(i, 1+runs)
		a, err := m.Forward(ctx, input)
		if err != nil {
			return 0, err
		}
		if i > 0 {
			times = append(times, a.Elapsed)
		}
	}
	slices.Sort(times)
	return (times[(len(times)-1)/2] + times[len(times)/2]) / 2, nil
}
