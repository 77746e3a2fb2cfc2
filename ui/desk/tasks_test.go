package desk

import "testing"

// TestCancelledTask: when a cancelled task ends, it is shown that nothing runs any
// more, unless another does.
func TestCancelledTask(t *testing.T) {
	var shown *Task
	var all *Tasks
	all = NewTasks(Runner{Do: func(f func()) { f() }}, func() { shown = all.Foremost() })
	s := all.Slot()
	first := s.Begin("first")
	s.Cancel()
	if s.Finish(first, func() { t.Error("a cancelled task brings something") }); shown != nil {
		t.Errorf("shown is still %q", shown.Text)
	}
	second := s.Begin("second")
	third := s.Begin("third")
	if s.Finish(second, func() { t.Error("a task that was replaced brings something") }); shown != third {
		t.Error("the newest task is not shown")
	}
	if s.Finish(third, func() {}); shown != nil {
		t.Error("a task is shown after its end")
	}
}
