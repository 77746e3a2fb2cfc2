package file

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// passing is how the names begin of files that are being written; sixteen
// hexadecimal digits follow.
const passing = ".scalecam-"

// passes is how long what is being written is left alone by others.
const passes = time.Hour

// Sweep removes from the folder what Write left beside its places where the
// program ended in the middle of it. Younger than an hour, it may be another
// process's that still writes.
func Sweep(folder string) { sweep(folder, passes) }

// SweepOwn is Sweep, but of whatever age, in a folder that nobody else writes to, and in
// those in it.
func SweepOwn(folder string) {
	_ = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			sweep(path, 0)
		}
		return nil
	})
}

func sweep(folder string, least time.Duration) {
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
		if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) >= least {
			_ = try("sweep", func() error { return os.Remove(path) })
		}
	}
}
