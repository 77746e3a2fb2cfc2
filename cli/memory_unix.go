//go:build unix

package cli

import (
	"runtime"
	"syscall"
)

// peakMemory is the most memory that the process has held, in bytes; 0 where
// the system does not say.
func peakMemory() int64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(u.Maxrss) //nolint:unconvert // in bytes; it is 32 bits wide on some systems
	}
	return int64(u.Maxrss) * 1024 //nolint:unconvert // likewise
}
