package dataset

import (
	"slices"

	"scalecam/fault"
	"scalecam/lookup"
)

// Only is a set's examples of the classes that are named, which become all the classes
// that there are, in the set's order.
func Only(s Set, classes ...string) (Set, error) {
	o := &only{Set: s, label: make([]int, len(s.Classes()))}
	for _, name := range classes {
		if !slices.Contains(s.Classes(), name) {
			return nil, fault.Errorf("dataset: there is no class %.80q among %d; the nearest is %q", name, len(s.Classes()), lookup.Nearest(slices.Collect(slices.Chunk(s.Classes(), 1)), name)[0])
		}
	}
	for i, name := range s.Classes() {
		o.label[i] = -1
		if slices.Contains(classes, name) {
			o.label[i] = len(o.classes)
			o.classes = append(o.classes, name)
		}
	}
	for i := range s.Len() {
		if o.label[s.Class(i)] >= 0 {
			o.at = append(o.at, i)
		}
	}
	return o, nil
}

type only struct {
	Set
	classes []string
	label   []int // of each class of the set; -1 where it is left out
	at      []int // of each example
}

func (o *only) Classes() []string { return slices.Clone(o.classes) }
func (o *only) Len() int          { return len(o.at) }
func (o *only) Class(i int) int   { return o.label[o.Set.Class(o.at[i])] }

func (o *only) At(i int) (*Example, error) {
	if i < 0 || i >= len(o.at) {
		return nil, fault.Errorf("dataset: there is no example %d of %d", i, len(o.at))
	}
	e, err := o.Set.At(o.at[i])
	if err != nil {
		return nil, err
	}
	other := *e
	other.Class = o.label[e.Class]
	return &other, nil
}

// Spread is at most n examples of a set, evenly spread over it.
func Spread(s Set, n int) Set {
	if s.Len() <= n {
		return s
	}
	o := &only{Set: s, classes: s.Classes()}
	for i := range o.classes {
		o.label = append(o.label, i)
	}
	for i := range n {
		o.at = append(o.at, i*s.Len()/n)
	}
	return o
}
