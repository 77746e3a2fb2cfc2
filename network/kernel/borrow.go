package kernel

import "sync"

// shelves keep slices that are needed for a while and then again, by their
// length: a *sync.Pool for each. To let the garbage collector find them would
// cost more than most kernels.
var shelves sync.Map

func shelf(n int) *sync.Pool {
	if s, ok := shelves.Load(n); ok {
		return s.(*sync.Pool)
	}
	s, _ := shelves.LoadOrStore(n, new(sync.Pool))
	return s.(*sync.Pool)
}

// borrow gives n values, whatever was left in them, which may be given back.
func borrow(n int) []float32 {
	if s, ok := shelf(n).Get().(*[]float32); ok {
		return *s
	}
	return make([]float32, n)
}

// giveBack takes a slice that borrow gave, whole.
func giveBack(s []float32) { shelf(len(s)).Put(&s) }
