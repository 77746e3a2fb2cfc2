package parallel

import (
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
)

// TestBands: everything is done once, in bands of the rows asked for, whatever the
// number of cores.
func TestBands(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, cores := range []int{1, 2, 5} {
		runtime.GOMAXPROCS(cores)
		for _, n := range []int{0, 1, 7, 8, 9, 100} {
			done := make([]atomic.Int32, n)
			var made atomic.Int32
			Bands(n, 8, func() func(from, to int) {
				made.Add(1)
				return func(from, to int) {
					if from%8 != 0 || to != min(from+8, n) {
						t.Errorf("of %d a band from %d to %d", n, from, to)
					}
					for i := from; i < to; i++ {
						done[i].Add(1)
					}
				}
			})
			Each(n, func(i int) { done[i].Add(1) })
			for i := range done {
				if done[i].Load() != 2 {
					t.Errorf("%d of %d was done %d times by two calls", i, n, done[i].Load())
				}
			}
			if most := int32(min(cores, (n+7)/8)); made.Load() != most {
				t.Errorf("%d cores, %d rows: work was called %d times, want %d", cores, n, made.Load(), most)
			}
		}
	}
}

// TestPanic: a panic is the caller's, after the others are done.
func TestPanic(t *testing.T) {
	var done []int
	defer func() {
		if r := recover(); r != "two" || !slices.Equal(done, []int{0, 1}) {
			t.Errorf("recovered %v, done %v", r, done)
		}
	}()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	Each(4, func(i int) {
		if i == 2 {
			panic("two")
		}
		done = append(done, i)
	})
}
