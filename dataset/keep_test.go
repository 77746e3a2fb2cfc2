package dataset

import (
	"fmt"
	"image"
	"sync"
	"testing"
)

// counted makes pictures of 100 bytes and counts how often each is made.
type counted struct {
	mu   *sync.Mutex
	made map[int]int
}

func (c counted) Classes() []string { return []string{"a"} }
func (c counted) Len() int          { return 5 }
func (c counted) Class(i int) int   { return i }
func (c counted) At(i int) (*Example, error) {
	if i < 0 || i >= 5 {
		return nil, fmt.Errorf("no example %d", i)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made[i]++
	return &Example{Image: &image.RGBA{Pix: make([]byte, 100)}, Mask: image.NewAlpha(image.Rect(0, 0, 9, 9)), Class: i}, nil
}

// TestKeep: as many are kept as there is room for, the others made anew.
func TestKeep(t *testing.T) {
	c := counted{new(sync.Mutex), map[int]int{}}
	k := Keep(c, 350)
	for range 3 {
		for i := range 5 {
			e, err := k.At(i)
			if err != nil || e.Class != i || e.Mask != nil {
				t.Fatalf("example %d: %+v, %v", i, e, err)
			}
		}
	}
	if fmt.Sprint(c.made) != "map[0:1 1:1 2:1 3:3 4:3]" {
		t.Errorf("made %v", c.made)
	}
	if k.Len() != 5 || len(k.Classes()) != 1 {
		t.Error("another set")
	}
	for _, i := range []int{-1, 5} {
		if _, err := k.At(i); err == nil {
			t.Errorf("example %d is there", i)
		}
	}
	var wg sync.WaitGroup
	all := Keep(counted{new(sync.Mutex), map[int]int{}}, 1<<20)
	for range 8 {
		wg.Go(func() {
			for i := range 5 {
				if _, err := all.At(i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
