package file

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// passing is how the names begin of files that are being written; sixteen
// hexadecimal digits follow.
const passing = ".scalecam-"

// Sweep removes from the folder what Write left beside its places where the
// program ended in the middle of it. Younger than an hour, it may be another
// process's that still writes.
func Sweep(folder string) {
	f, err := os.Open(folder)
	if err != nil {
		return // nothing is lost by leaving them, here and below
	}
	names, _ := f.Readdirnames(-1)
	f.Close()
	for _, name := range names {
		digits, ok := strings.CutPrefix(name, passing)
		if !ok || len(digits) != 16 || strings.Trim(digits, "0123456789abcdef") != "" {
			continue
		}
		path := filepath.Join(folder, name)
		if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > time.Hour {
			_ = try("sweep", func() error { return os.Remove(path) })
		}
	}
}
