// Package kernel holds the float32 loops that Scalecam's networks are made of:
// matrix product, convolution, depthwise convolution, batch norm, activations
// and pooling, each with its gradient.
//
// Every array is row-major. Pictures and feature maps are laid out NCHW: batch,
// channel, row, column. No function allocates its result: dst comes first, is
// as long as its shape says, and is overwritten unless the comment says that it
// is added to.
//
// The work is split over runtime.GOMAXPROCS cores, always into the same
// independent parts, each added up in the same order, so that results are the
// same bytes whatever the number of cores.
package kernel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// parallel calls part(i) for every i in [0, n), spread over the cores. Parts
// must not write to the same place: who computes a part then cannot change it.
func parallel(n int, part func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	if workers <= 1 {
		for i := range n {
			part(i)
		}
		return
	}
	var next atomic.Int64
	var failed atomic.Pointer[any]
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			// A panic here would end the program: hand it to the caller's
			// goroutine, where an operator turns it into an error.
			defer func() {
				if r := recover(); r != nil {
					failed.Store(&r)
				}
			}()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				part(i)
			}
		})
	}
	wg.Wait()
	if r := failed.Load(); r != nil {
		panic(*r)
	}
}
