package desk

import "scalecam/compare"

// Erasure is what the user erases of a picture. Of another picture it is nothing, and
// there again with its own.
type Erasure struct {
	Picture string // its path
	compare.Erasure
}

// Of is what is erased of the picture of that path.
func (e Erasure) Of(path string) compare.Erasure {
	if e.Picture != path {
		return compare.Erasure{}
	}
	return e.Erasure
}

// Equal tells that both erase the same.
func (e Erasure) Equal(f Erasure) bool {
	return e.Empty() && f.Empty() && e.Filling() == f.Filling() || e.Picture == f.Picture && e.Erasure.Equal(f.Erasure)
}
