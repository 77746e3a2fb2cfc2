package ui

import (
	"context"

	"fyne.io/fyne/v2"
)

// Runner is the seam between the UI goroutine and slow work. Go runs a
// function in the background; Do runs one on the UI goroutine, in order, and
// does not wait for it. Tests put in their own.
type Runner struct {
	Go func(func())
	Do func(func())
}

// background is the Runner of the real window.
var background = Runner{Go: func(f func()) { go f() }, Do: fyne.Do}

// task is slow work of one kind. The window keeps the newest of each kind and
// drops what any other task of that kind still brings.
type task struct {
	ctx         context.Context
	cancel      context.CancelFunc
	text        string
	done, total int
}

// begin puts a new task into the slot and cancels the one that was there.
func (w *Window) begin(slot **task, text string) *task {
	if *slot != nil {
		(*slot).cancel()
	}
	t := &task{text: text}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	*slot = t
	w.showProgress()
	return t
}

// report says how far the task in the slot is. It may be called from anywhere.
func (w *Window) report(slot **task, t *task, text string, done, total int) {
	w.run.Do(func() {
		if *slot == t {
			t.text, t.done, t.total = text, done, total
			w.showProgress()
		}
	})
}

// finish ends the task and lets f take its result over, unless the task has
// left its slot. It may be called from anywhere; f runs on the UI goroutine.
func (w *Window) finish(slot **task, t *task, f func()) {
	w.run.Do(func() {
		t.cancel()
		if *slot != t {
			return
		}
		*slot = nil
		f()
		w.showProgress()
	})
}
