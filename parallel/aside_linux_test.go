package parallel

import (
	"syscall"
	"testing"
)

// TestAside: the goroutine's thread waits for all others, and nobody gets it afterwards.
func TestAside(t *testing.T) {
	priority := func() int {
		p, err := syscall.Getpriority(syscall.PRIO_PROCESS, syscall.Gettid())
		if err != nil {
			t.Error(err)
		}
		return 20 - p // as the system call gives it
	}
	before := priority()
	done := make(chan int)
	go func() {
		Aside()
		done <- priority()
	}()
	if got := <-done; got != max(low, before) {
		t.Errorf("nice %d aside, want %d", got, low)
	}
	for range 50 {
		go func() { done <- priority() }()
		if got := <-done; got != before {
			t.Fatalf("nice %d afterwards, %d before", got, before)
		}
	}
}
