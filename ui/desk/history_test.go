package desk

import (
	"testing"
	"time"

	"scalecam/compare"
)

// did is a history to which things are done.
type did struct {
	History
	now  State
	time time.Time
	drag int
}

func start() *did {
	return &did{now: State{Album: Album{[]string{"a.png", "b.png", "c.png"}, 0, 1}, Networks: []Spec{{Name: "x"}, {Name: "y"}}, View: compare.DefaultView()}, time: time.Unix(0, 0)}
}

// do does something, so long after what was done before.
func (d *did) do(kind string, later time.Duration, change func(*State)) {
	before := d.now
	change(&d.now)
	d.time = d.time.Add(later)
	d.Note(Action{Kind: kind, Before: before, After: d.now, Drag: d.drag}, d.time)
}

func (d *did) undo() bool {
	to, ok := d.Undo(d.now)
	d.now = to
	return ok
}

func (d *did) redo() bool {
	to, ok := d.Redo(d.now)
	d.now = to
	return ok
}

// TestHistory: each part of a state comes back, and leaves the others as they are
// by then.
func TestHistory(t *testing.T) {
	for kind, change := range map[string]func(*State){
		"turn":   func(s *State) { s.Album.At = 1 },
		"remove": func(s *State) { s.Networks = s.Networks[:1] },
		"class":  func(s *State) { s.Class = "cat" },
		"grey":   func(s *State) { s.View.Grey = true },
		"wipe":   func(s *State) { s.Wipe = 0.5 },
		"page":   func(s *State) { s.Page = "study" },
		"keep":   func(s *State) { s.Inside.Keep = 3 },
		"erase":  func(s *State) { s.Erasure = Erasure{"a.png", compare.Erasure{Part: true}} },
	} {
		d := start()
		before := d.now
		d.do(kind, time.Minute, change)
		after := d.now
		if a := d.Last(); a == nil || a.Kind != kind || d.Next() != nil {
			t.Fatalf("%s: the last action is %+v", kind, a)
		}
		if !d.undo() || !d.now.Equal(before) || d.Last() != nil || d.Next().Kind != kind {
			t.Errorf("%s: undone to %+v, want %+v", kind, d.now, before)
		}
		if !d.redo() || !d.now.Equal(after) || d.Next() != nil {
			t.Errorf("%s: made again to %+v, want %+v", kind, d.now, after)
		}
		if d.redo() {
			t.Errorf("%s: made again twice", kind)
		}
	}
	d := start()
	d.do("grey", time.Minute, func(s *State) { s.View.Grey = true })
	d.now.Networks = append(d.now.Networks, Spec{Name: "z"}) // on its way since before
	if d.undo(); len(d.now.Networks) != 3 || d.now.View.Grey {
		t.Errorf("undoing a view leaves %+v", d.now)
	}
	d.do("wipe", time.Minute, func(s *State) { s.Wipe = 1 })
	if d.Next() != nil {
		t.Error("what was undone can be made again after something else")
	}
}

// TestHistorySteps: a slider's steps are one action, two clicks are two, what changes
// nothing is none, and there is an end to it.
func TestHistorySteps(t *testing.T) {
	d := start()
	for i := range 10 {
		d.do("wipe", together/2, func(s *State) { s.Wipe = float64(i) / 10 })
	}
	d.do("wipe", 2*together, func(s *State) { s.Wipe = 1 })
	d.do("grey", together/2, func(s *State) { s.View.Grey = true })
	d.do("grey", together/2, func(s *State) { s.View.Grey = false })
	d.do("class", together/2, func(*State) {})
	if n := len(d.past); n != 4 {
		t.Errorf("%d actions, want two of the slider and two clicks", n)
	}
	for d.undo() {
	}
	if !d.now.Equal(start().now) {
		t.Errorf("all undone is %+v", d.now)
	}
	for i := range 3 * mostPast {
		d.do("grey", time.Minute, func(s *State) { s.View.Grey = i%2 == 0 })
	}
	if n := len(d.past); n != mostPast {
		t.Errorf("%d actions are kept, want %d", n, mostPast)
	}
	d = start()
	for i := range 5 { // a drag that rests, and another
		d.drag = 1 + i/3
		d.do("opacity", time.Minute, func(s *State) { s.View.Opacity = float64(i+1) / 10 })
	}
	d.drag = 0
	d.do("opacity", time.Minute, func(s *State) { s.View.Opacity = 0.9 })
	if n := len(d.past); n != 3 {
		t.Errorf("%d actions, want two drags and a click", n)
	}
	d = &did{}
	d.do("open", time.Minute, func(s *State) { s.Album.Sources = []string{"a.png"} })
	if d.Last() != nil {
		t.Error("the first pictures can be taken back, to none")
	}
}

// TestHistoryOpening: what could not be opened is no action, and other networks than
// were asked for are what Redo asks for.
func TestHistoryOpening(t *testing.T) {
	d := start()
	before := d.now
	add := func(s *State) { s.Networks = append(s.Networks[:2:2], Spec{Name: "z"}) }
	d.do("add", time.Minute, add)
	d.do("grey", time.Minute, func(s *State) { s.View.Grey = true })
	d.now.Networks = before.Networks
	if d.Failed(d.now, AlbumPart, NetworksPart); len(d.past) != 1 || d.Last().Kind != "grey" {
		t.Errorf("after a failure: %d actions", len(d.past))
	}
	d.do("add", time.Minute, add)
	d.now.Networks = append(d.now.Networks, Spec{Name: "z@2"})
	d.Opened(d.now, NetworksPart)
	after := d.now
	if d.undo(); len(d.now.Networks) != 2 {
		t.Errorf("undone, there are %d networks", len(d.now.Networks))
	}
	if d.redo(); !d.now.Equal(after) {
		t.Errorf("made again: %+v, want %+v", d.now, after)
	}
	if d.Failed(d.now, AlbumPart, NetworksPart); len(d.past) != 2 {
		t.Error("what was opened is taken for what failed")
	}
}
