package kernel

import (
	"syscall"
	"unsafe"
)

// largePages asks the system for pages of 2 MB where the values lie, of which its
// tables of addresses hold many times more than of small ones: a network's weights
// are thousands of those. What else lies in such a page is the program's own.
func largePages(values []float32) {
	const page = 2 << 20
	const hugePage = 14 // MADV_HUGEPAGE
	first := uintptr(unsafe.Pointer(unsafe.SliceData(values))) &^ (page - 1)
	last := (uintptr(unsafe.Pointer(unsafe.SliceData(values))) + uintptr(4*len(values)) + page - 1) &^ (page - 1)
	// Where it does not, they are small.
	_, _, _ = syscall.RawSyscall(syscall.SYS_MADVISE, first, last-first, hugePage)
}
