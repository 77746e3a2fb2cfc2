package kernel

import (
	"math/bits"
	"sync"
)

// shelves keep slices that are needed for a while and then again, by the
// binary logarithm of their length: to let the garbage collector find them
// would cost more than most kernels.
var shelves [bits.UintSize]sync.Pool

// borrow gives n values, whatever was left in them, until they are given back.
func borrow(n int) []float32 {
	if n == 0 {
		return nil
	}
	shelf := bits.Len(uint(n - 1))
	if s, ok := shelves[shelf].Get().(*[]float32); ok {
		return (*s)[:n]
	}
	return make([]float32, n, 1<<shelf)
}

func giveBack(s []float32) {
	if s != nil {
		shelves[bits.Len(uint(cap(s)-1))].Put(&s)
	}
}
