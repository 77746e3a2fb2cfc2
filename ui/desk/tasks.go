// Package desk is what the user asks for and what was found of it, and the slow
// work in between. It knows no widgets.
package desk

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
)

// Runner is the seam between the UI goroutine and slow work. Go runs a
// function in the background; Do runs one on the UI goroutine, in order, and
// does not wait for it. Tests put in their own.
type Runner struct {
	Go func(func())
	Do func(func())
}

// Work does something in the background and then, on the UI goroutine, what that
// returns.
func (r Runner) Work(do func() (then func())) { r.Go(func() { r.Do(do()) }) }

// Background is the Runner of the real window.
var Background = Runner{Go: func(f func()) { go f() }, Do: fyne.Do}

// Tasks are the slots of all slow work. They belong to the UI goroutine.
type Tasks struct {
	Run     Runner
	changed func()
	slots   []*Slot // those that are shown
}

// NewTasks calls changed whenever a task began, went on or ended.
func NewTasks(run Runner, changed func()) *Tasks { return &Tasks{Run: run, changed: changed} }

// Slot is the place of tasks of one kind. What it shows goes before what slots
// made later do.
func (all *Tasks) Slot() *Slot {
	s := all.Aside()
	all.slots = append(all.slots, s)
	return s
}

// Aside is a slot for what nobody waits for.
func (all *Tasks) Aside() *Slot { return &Slot{of: all} }

// Foremost is the task to show; nil for none.
func (all *Tasks) Foremost() *Task {
	if i := slices.IndexFunc(all.slots, (*Slot).Busy); i >= 0 {
		return all.slots[i].now
	}
	return nil
}

// Cancel ends all tasks but those aside.
func (all *Tasks) Cancel() {
	for _, s := range all.slots {
		s.Cancel()
	}
}

// Slot holds the newest task of one kind, and drops what any other still brings.
type Slot struct {
	of  *Tasks
	now *Task
}

// Task is slow work.
type Task struct {
	Ctx         context.Context // ends with the task
	Text        string          // what it does
	Done, Total int

	cancel context.CancelFunc
}

// Busy tells that there is a task.
func (s *Slot) Busy() bool { return s.now != nil }

// Is tells that the slot's task is this one.
func (s *Slot) Is(t *Task) bool { return s.now == t }

// Now is the slot's task; nil for none.
func (s *Slot) Now() *Task { return s.now }

// Cancel ends the slot's task, if there is one. Nothing is shown of that until
// something else changes.
func (s *Slot) Cancel() {
	if s.now != nil {
		s.now.cancel()
		s.now = nil
	}
}

// Begin puts a new task into the slot and cancels the one that was there.
func (s *Slot) Begin(text string) *Task {
	s.Cancel()
	t := &Task{Text: text}
	t.Ctx, t.cancel = context.WithCancel(context.Background())
	s.now = t
	s.of.changed()
	return t
}

// Report says how far the slot's task is. It may be called from anywhere.
func (s *Slot) Report(t *Task, text string, done, total int) {
	s.of.Run.Do(func() {
		if s.Is(t) {
			t.Text, t.Done, t.Total = text, done, total
			s.of.changed()
		}
	})
}

// Finish ends the task and lets f take its result over, unless the task has
// left its slot. It may be called from anywhere; f runs on the UI goroutine.
func (s *Slot) Finish(t *Task, f func()) {
	s.of.Run.Do(func() {
		t.cancel()
		switch {
		case s.Is(t):
			s.now = nil
			f()
		case s.Busy(): // with another, which is shown
			return
		}
		s.of.changed()
	})
}
