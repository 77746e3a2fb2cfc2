//go:build darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd

package file

import "golang.org/x/sys/unix"

// Settle waits until what was written by WriteSoon is on the disk.
func Settle() { unix.Sync() }
