package desk

import (
	"maps"
	"slices"
	"time"

	"scalecam/compare"
	"scalecam/network"
)

// State is what the user asks for, in names and numbers: neither models nor
// results, which would stay in memory with the history.
type State struct {
	Album    Album
	Networks []Spec
	Class    string
	By       compare.By
	View     compare.View
	Wipe     float64
	Page     string
	Erasure  Erasure
	Lesson   Lesson
	Inside   Inside
}

// Spec is how a network is opened.
type Spec struct {
	Name   string            // as models.Open takes it
	Stated map[string]string // settings beside
	Called string            // what the user calls it; "" for its own name
}

// Specs are how models were opened.
func Specs(models []*network.Model) (all []Spec) {
	for _, m := range models {
		all = append(all, SpecOf(m))
	}
	return all
}

// SpecOf is how a model was opened.
func SpecOf(m *network.Model) Spec {
	s := Spec{Name: m.Spec, Stated: m.Stated}
	if m.Called {
		s.Called = m.Name
	}
	return s
}

// Same tells that both open the same network, whatever it is called.
func (s Spec) Same(t Spec) bool { return s.Name == t.Name && maps.Equal(s.Stated, t.Stated) }

// Equal tells that both open the same, called alike.
func (s Spec) Equal(t Spec) bool { return s.Same(t) && s.Called == t.Called }

// Equal tells that both show the same pictures.
func (a Album) Equal(b Album) bool {
	return a.At == b.At && a.Rows == b.Rows && slices.Equal(a.Sources, b.Sources)
}

// Part is a part of a State, that something else than was asked for may come of.
type Part int

// The parts that are opened, or may be refused.
const (
	AlbumPart Part = iota
	NetworksPart
	ClassPart
	ByPart
)

// parts are all of them, in that order.
var parts = []struct {
	same func(s, t State) bool
	take func(s *State, of State)
}{
	{func(s, t State) bool { return s.Album.Equal(t.Album) }, func(s *State, of State) { s.Album = of.Album }},
	{func(s, t State) bool { return slices.EqualFunc(s.Networks, t.Networks, Spec.Equal) }, func(s *State, of State) { s.Networks = of.Networks }},
	{func(s, t State) bool { return s.Class == t.Class }, func(s *State, of State) { s.Class = of.Class }},
	{func(s, t State) bool { return s.By.Equal(t.By) }, func(s *State, of State) { s.By = of.By }},
	{func(s, t State) bool { return s.View == t.View }, func(s *State, of State) { s.View = of.View }},
	{func(s, t State) bool { return s.Wipe == t.Wipe }, func(s *State, of State) { s.Wipe = of.Wipe }},
	{func(s, t State) bool { return s.Page == t.Page }, func(s *State, of State) { s.Page = of.Page }},
	{func(s, t State) bool { return s.Erasure.Equal(t.Erasure) }, func(s *State, of State) { s.Erasure = of.Erasure }},
	{func(s, t State) bool { return s.Lesson.Equal(t.Lesson) }, func(s *State, of State) { s.Lesson = of.Lesson }},
	{func(s, t State) bool { return s.Inside == t.Inside }, func(s *State, of State) { s.Inside = of.Inside }},
}

// Equal tells that both are the same in every part.
func (s State) Equal(t State) bool {
	for _, p := range parts {
		if !p.same(s, t) {
			return false
		}
	}
	return true
}

// with is the state with the parts that differ between two others as the second
// has them.
func (s State) with(from, to State) State {
	for _, p := range parts {
		if !p.same(from, to) {
			p.take(&s, to)
		}
	}
	return s
}

// Action is something that the user did.
type Action struct {
	Kind          string // its name is the text action.Kind
	Of            string // what that names: a file, a network, a class
	Before, After State  // of which what does not differ is no part of it
	Drag          int    // the drag that it was part of; 0 for none
}

// History is what the user did, for Undo and Redo: an action is a step.
type History struct {
	past, future []*Action
	at           time.Time // of the last
}

// gradual actions of one kind are one where each follows the one before within together,
// or all are of one drag, however long that rests.
var gradual = []string{"opacity", "contour", "wipe", "turn", "keep"}

const (
	together = time.Second
	mostPast = 100
)

// Note keeps what was just done. What changed nothing is no action, nor is what
// was done before there were any pictures.
func (h *History) Note(a Action, now time.Time) {
	if a.Before.Equal(a.After) || len(a.Before.Album.Sources) == 0 {
		return
	}
	last := len(h.past) - 1
	if last >= 0 && len(h.future) == 0 && slices.Contains(gradual, a.Kind) && h.past[last].Kind == a.Kind &&
		(now.Sub(h.at) <= together || a.Drag != 0 && h.past[last].Drag == a.Drag) {
		a.Before = a.Before.with(h.past[last].After, h.past[last].Before)
		h.past = h.past[:last]
	}
	h.at, h.future = now, nil
	if a.Before.Equal(a.After) { // back again
		return
	}
	h.past = append(h.past, &a)
	h.past = h.past[max(0, len(h.past)-mostPast):]
}

// Undo is what is to be asked for once the last action is taken back, and whether
// there is one.
func (h *History) Undo(now State) (to State, ok bool) {
	if a := h.Last(); a != nil {
		move(&h.past, &h.future)
		h.at = time.Time{}
		return now.with(a.After, a.Before), true
	}
	return now, false
}

// Redo is the same once the action is made again that was taken back last.
func (h *History) Redo(now State) (to State, ok bool) {
	if a := h.Next(); a != nil {
		move(&h.future, &h.past)
		h.at = time.Time{}
		return now.with(a.Before, a.After), true
	}
	return now, false
}

func move(from, to *[]*Action) {
	last := len(*from) - 1
	*to = append(*to, (*from)[last])
	*from = (*from)[:last]
}

// Last is the action that Undo takes back; nil for none.
func (h *History) Last() *Action { return newest(h.past) }

// Next is the action that Redo makes again; nil for none.
func (h *History) Next() *Action { return newest(h.future) }

func newest(all []*Action) *Action {
	if len(all) == 0 {
		return nil
	}
	return all[len(all)-1]
}

// Failed says what is asked for after some of it could not be had, or was cancelled:
// what did not come of an action is no part of it.
func (h *History) Failed(now State, which ...Part) {
	for _, p := range which {
		for _, a := range slices.Backward(h.past) {
			if !parts[p].same(a.Before, a.After) && parts[p].same(a.After, now) {
				break
			}
			parts[p].take(&a.After, a.Before)
		}
	}
	h.past = slices.DeleteFunc(h.past, func(a *Action) bool { return a.Before.Equal(a.After) })
}

// Opened says what is asked for after a part was opened: something else, it may be,
// than the action asked for.
func (h *History) Opened(now State, which Part) {
	for _, a := range slices.Backward(h.past) {
		if !parts[which].same(a.Before, a.After) {
			parts[which].take(&a.After, now)
			break
		}
	}
}
