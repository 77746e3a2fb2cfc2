package parallel

import "runtime"

// Aside has what the calling goroutine computes from here on wait for all else that the
// machine has to do, where the system can tell threads apart (Yields); the goroutine
// keeps its thread to itself, which ends with it.
func Aside() {
	if Yields {
		runtime.LockOSThread() // and never unlocks: a thread cannot be raised again
		lower()
	}
}
