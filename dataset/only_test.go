package dataset

import (
	"image"
	"slices"
	"testing"
)

// turns is a set whose classes take turns.
type turns int

func (turns) Classes() []string { return []string{"a", "b", "c"} }
func (n turns) Len() int        { return int(n) }
func (turns) Class(i int) int   { return i % 3 }
func (turns) At(i int) (*Example, error) {
	return &Example{Class: i % 3, Image: image.NewRGBA(image.Rect(0, 0, i+1, 1))}, nil
}

// TestOnlyOfSet: classes are in the set's order, and examples are those of the set.
func TestOnlyOfSet(t *testing.T) {
	o, err := Only(turns(8), "c", "a")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(o.Classes(), []string{"a", "c"}) || o.Len() != 5 {
		t.Fatalf("%d of %v", o.Len(), o.Classes())
	}
	for i, want := range []int{0, 2, 3, 5, 6} {
		e, err := o.At(i)
		if err != nil || e.Image.Rect.Dx() != want+1 || e.Class != o.Class(i) || e.Class != map[int]int{0: 0, 2: 1}[want%3] {
			t.Errorf("%d: %+v, %v", i, e, err)
		}
	}
	if _, err := o.At(5); err == nil {
		t.Error("there is one more")
	}
	few := Spread(turns(9), 3)
	for i, want := range []int{0, 3, 6} {
		if e, err := few.At(i); err != nil || few.Len() != 3 || e.Image.Rect.Dx() != want+1 {
			t.Errorf("spread %d: %+v, %v", i, e, err)
		}
	}
	if same := Spread(turns(3), 3); same != turns(3) {
		t.Error("a set of so many is another")
	}
	if _, err := Only(turns(8), "d"); err == nil {
		t.Error("there is a class d")
	}
}
