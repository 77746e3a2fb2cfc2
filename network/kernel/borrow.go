package kernel

import "sync"

// shelves keep slices that are needed for a while and then again, by their
// length: a *sync.Pool for each. To let the garbage collector find them would
// cost more than most kernels.
var shelves sync.Map

// borrow gives n values, whatever was left in them, which may be given back.
func borrow(n int) []float32 {
	if shelf, ok := shelves.Load(n); ok {
		if s, ok := shelf.(*sync.Pool).Get().(*[]float32); ok {
			return *s
		}
	}
	return make([]float32, n)
}

// giveBack takes a slice that borrow gave, whole.
func giveBack(s []float32) {
	shelf, ok := shelves.Load(len(s))
	if !ok {
		shelf, _ = shelves.LoadOrStore(len(s), new(sync.Pool))
	}
	shelf.(*sync.Pool).Put(&s)
}
