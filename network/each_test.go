package network_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"scalecam/network"
)

// TestEach: everything is worked on once and taken in order, whatever the number of cores,
// by workers with rooms of their own, and nobody runs far ahead.
func TestEach(t *testing.T) {
	n, err := network.New(network.EfficientNet64, network.Scaling{Depth: 1, Width: 0.25, Resolution: network.Square(32)}, network.SymmetricPadding, 3)
	if err != nil {
		t.Fatal(err)
	}
	m, err := network.NewRandomModel(n, 1, 1e-5, nil)
	if err != nil {
		t.Fatal(err)
	}
	models := []*network.Model{m}
	odd := errors.New("odd")
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, cores := range []int{1, 2, 7} {
		runtime.GOMAXPROCS(cores)
		for _, items := range []int{0, 1, 2, 50} {
			var mu sync.Mutex
			begun, taken, broken := 0, []int{}, 0
			err := network.Each(t.Context(), models, items, func(mine []*network.Model, i int) (int, error) {
				mu.Lock()
				if begun++; begun > len(taken)+4*cores+1 {
					t.Errorf("%d of %d begun, %d taken, on %d cores", begun, items, len(taken), cores)
				}
				mu.Unlock()
				if !mine[0].SameWeights(m) || (mine[0] == m) != (min(cores, items) == 1) {
					t.Errorf("of %d on %d cores a worker has %p, not its own of %p", items, cores, mine[0], m)
				}
				if i%7 == 3 {
					time.Sleep(time.Millisecond) // the others come first
				}
				if i%2 == 1 {
					return 0, odd
				}
				return i * i, nil
			}, func(i, made int, err error) error {
				mu.Lock()
				defer mu.Unlock()
				if taken = append(taken, i); errors.Is(err, odd) {
					broken++
				} else if err != nil || made != i*i {
					t.Errorf("of %d came %d, %v", i, made, err)
				}
				return nil
			})
			if err != nil || len(taken) != items || !slices.IsSorted(taken) || broken != items/2 {
				t.Errorf("%d on %d cores: taken %v, %d broken, %v", items, cores, taken, broken, err)
			}
		}
	}
}

// TestEachEnds: the first error that is not taken ends it, as does the context, and nothing
// is taken after that; a panic is the caller's.
func TestEachEnds(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, cores := range []int{1, 4} {
		runtime.GOMAXPROCS(cores)
		stop := errors.New("stop")
		last := -1
		work := func(_ []*network.Model, i int) (int, error) { return i, nil }
		err := network.Each(t.Context(), nil, 1000, work, func(i, _ int, _ error) error {
			if last = i; i == 10 {
				return stop
			}
			return nil
		})
		if !errors.Is(err, stop) || last != 10 {
			t.Errorf("%d cores: ended after %d by %v", cores, last, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		err = network.Each(ctx, nil, 1000, work, func(i, _ int, _ error) error {
			if last = i; i == 5 {
				cancel()
			}
			return nil
		})
		if !errors.Is(err, context.Canceled) || last != 5 {
			t.Errorf("%d cores: cancelled after %d, %v", cores, last, err)
		}
		func() {
			defer func() {
				if r := recover(); r != "seven" {
					t.Errorf("%d cores: recovered %v", cores, r)
				}
			}()
			_ = network.Each(t.Context(), nil, 100, func(_ []*network.Model, i int) (int, error) {
				if i == 7 {
					panic("seven")
				}
				return i, nil
			}, func(int, int, error) error { return nil })
		}()
	}
}
