package dataset

import "sync"

// Keep is the set, without masks, with its examples kept in memory as they are
// first asked for: as many as fit in so many bytes of pixels. They are not to be
// written to.
func Keep(s Set, bytes int64) Set {
	return &keeper{Set: s, left: bytes, examples: make([]*Example, s.Len())}
}

type keeper struct {
	Set
	mu       sync.Mutex
	left     int64
	examples []*Example
}

// At gives example i.
func (k *keeper) At(i int) (*Example, error) {
	if i < 0 || i >= len(k.examples) {
		return k.Set.At(i) // which says what is wrong
	}
	k.mu.Lock()
	e := k.examples[i]
	k.mu.Unlock()
	if e != nil {
		return e, nil
	}
	e, err := k.Set.At(i)
	if err != nil {
		return nil, err
	}
	// Masks are for measuring, which looks at a picture once.
	e.Mask, e.Part = nil, nil
	size := int64(len(e.Image.Pix))
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.examples[i] == nil && size <= k.left {
		k.examples[i], k.left = e, k.left-size
	}
	return e, nil
}
