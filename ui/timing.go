package ui

import (
	"context"
	"image"
	"slices"
	"time"

	"scalecam/network"
	"scalecam/ui/desk"
)

// time times the networks that have not been, once all have run and nothing else
// does: for what a network takes, the first run is no measure.
func (w *Window) time() {
	if !w.Whole() || w.comparison.Drawing || w.timing.Busy() || w.tasks.Foremost() != nil || w.closed {
		return
	}
	once := map[*network.Model]time.Duration{}
	for _, m := range w.Models {
		if _, timed := w.Took[m]; !timed {
			once[m] = w.Results[desk.Pair{Picture: w.Pictures[0], Model: m}].Activations.Elapsed
		}
	}
	if len(once) == 0 {
		return
	}
	img := w.Pictures[0].Image
	t := w.timing.Begin("")
	w.tasks.Run.Go(func() {
		took, err := w.stopwatch(t.Ctx, once, img)
		w.timing.Finish(t, func() {
			if err != nil { // though they all have run: or this would be tried for ever
				took = once
			}
			for _, m := range w.Models { // without those that are gone
				if before, timed := w.Took[m]; timed {
					took[m] = before
				}
			}
			w.Took = took
			w.comparison.Draw()
		})
	})
}

// stopwatch is the median of what some runs of each network take, which took
// about so long once. They take turns, after what is on its way to the screen has
// got there, so that what disturbs one run disturbs few of a network's.
func stopwatch(ctx context.Context, once map[*network.Model]time.Duration, img *image.RGBA) (map[*network.Model]time.Duration, error) {
	const settle, budget, most = 500 * time.Millisecond, 300 * time.Millisecond, 9
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(settle):
	}
	times := map[*network.Model][]time.Duration{}
	inputs := network.NewInputs(img)
	for round := range most {
		for m, about := range once {
			if time.Duration(round+1)*about > budget {
				continue
			}
			took, err := m.Time(ctx, inputs.For(m), 1, func(int, int) {})
			if err != nil {
				return nil, err
			}
			times[m] = append(times[m], took)
		}
	}
	took := map[*network.Model]time.Duration{}
	for m, about := range once {
		took[m] = about // too long for a first run to be much in error
		if n := len(times[m]); n > 0 {
			slices.Sort(times[m])
			took[m] = times[m][n/2]
		}
	}
	return took, nil
}
