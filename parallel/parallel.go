// Package parallel spreads work over the cores.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Bands calls work's function with bands [from, to) of so many rows, the
// last one fewer, that make up 0 to n, on all processors. work itself is called
// once a processor, for what its function needs room for. The calls must write
// nothing in common, so that the result does not depend on who does which. A
// panic in one of them is the caller's.
func Bands(n, rows int, work func() func(from, to int)) {
	bands := (n + rows - 1) / rows
	var next atomic.Int64
	var wg sync.WaitGroup
	var panicked atomic.Pointer[any]
	for range min(runtime.GOMAXPROCS(0), bands) {
		wg.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					panicked.Store(&r)
				}
			}()
			band := work()
			for {
				i := int(next.Add(1)) - 1
				if i >= bands {
					return
				}
				band(i*rows, min((i+1)*rows, n))
			}
		})
	}
	wg.Wait()
	if r := panicked.Load(); r != nil {
		panic(*r)
	}
}

// Each calls f with each of 0 to n−1, as Bands does with bands.
func Each(n int, f func(i int)) {
	Bands(n, 1, func() func(from, to int) {
		return func(i, _ int) { f(i) }
	})
}
