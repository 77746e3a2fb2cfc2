//go:build !(darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd || windows)

package file

import (
	"errors"
	"os"
)

// lock is for systems that have no lock that ends with its process.
func lock(*os.File) error { return errors.ErrUnsupported }
