package parallel

import "syscall"

// Yields tells that Aside has an effect.
const Yields = true

// low is a tenth of the weight that others have: beside a window it waits, and beside
// many that compute it still gets somewhere.
const low = 10

// lower gives this thread a low priority: on Linux each has its own (setpriority(2),
// "C library/kernel differences").
func lower() {
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), low) // which is denied nobody
}
