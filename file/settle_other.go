//go:build !(darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd)

package file

// Settle waits for nothing: these systems have no call for all that was written, and write
// it within seconds.
func Settle() {}
