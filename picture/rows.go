package picture

import (
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
)

// eachBand calls work's function with bands [from, to) of so many rows, the
// last one fewer, that make up 0 to n, on all processors. work itself is called
// once a processor, for what its function needs room for. The calls must write
// nothing in common, so that the result does not depend on who does which. A
// panic in one of them is the caller's.
func eachBand(n, rows int, work func() func(from, to int)) {
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

// eachRow calls f with each of 0 to n−1, as eachBand does with bands.
func eachRow(n int, f func(y int)) {
	const rows = 8
	eachBand(n, rows, func() func(from, to int) {
		return func(from, to int) {
			for y := from; y < to; y++ {
				f(y)
			}
		}
	})
}

// arrays is a row by its arrays of two or four bytes, of which the compiler knows
// how long they are: loops that check the bounds of each take up to three times
// as long.
func arrays[T [2]byte | [4]byte](row []byte) []T {
	var one T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(row))), len(row)/len(one))
}
