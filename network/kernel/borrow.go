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
	return Room(n)
}

// Room gives n values, all 0, for what is gone through again and again.
func Room(n int) []float32 {
	const large = 1 << 14
	room := make([]float32, n)
	if n >= large {
		largePages(room)
	}
	return room
}

// giveBack takes a slice that borrow gave, whole.
func giveBack(s []float32) {
	shelf, ok := shelves.Load(len(s))
	if !ok {
		shelf, _ = shelves.LoadOrStore(len(s), new(sync.Pool))
	}
	shelf.(*sync.Pool).Put(&s)
}
