// Package file reads regular files alone, and writes files that are either whole
// or not there.
package file

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// File is what to write, and where.
type File struct {
	Path string
	Data []byte
}

// Write writes the files. Each is written beside its place first and synced;
// only when all of them are, are they moved there, one after another, so that a
// full disk leaves what was there before. The folders must exist. The error names
// the file and says what would be right.
func Write(files ...File) (err error) {
	var beside []string
	defer func() {
		for _, b := range beside {
			os.Remove(b) // after a rename there is nothing to remove
		}
	}()
	for _, f := range files {
		if info, err := os.Stat(f.Path); err == nil && info.IsDir() {
			return fmt.Errorf("file: %s is a folder; name a file to write", f.Path)
		}
		b, err := writeBeside(f)
		if b != "" {
			beside = append(beside, b)
		}
		if err != nil {
			return explain(f.Path, err)
		}
	}
	for i, f := range files {
		if err := os.Rename(beside[i], f.Path); err != nil {
			return explain(f.Path, err)
		}
	}
	return nil
}

// passing is how the names begin of files that are being written.
const passing = ".scalecam-"

// Sweep removes what writing left beside its place in the folder where the
// program ended in the middle of it, more than an hour ago.
func Sweep(folder string) {
	left, err := filepath.Glob(filepath.Join(folder, passing+"????????????????"))
	if err != nil {
		return // the folder's name holds a pattern: nothing is lost by leaving them
	}
	for _, name := range left {
		if info, err := os.Lstat(name); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > time.Hour {
			os.Remove(name)
		}
	}
}

// writeBeside writes the file under a name of its own in the same folder, with
// the permissions of the file that is there, or else those of any new file.
func writeBeside(f File) (name string, err error) {
	name = filepath.Join(filepath.Dir(f.Path), fmt.Sprintf("%s%016x", passing, rand.Uint64()))
	t, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return "", err
	}
	if _, err = t.Write(f.Data); err == nil {
		err = t.Sync()
	}
	if there, statErr := os.Stat(f.Path); statErr == nil && err == nil {
		err = t.Chmod(there.Mode().Perm())
	}
	return name, errors.Join(err, t.Close())
}

func explain(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("file: %s cannot be written: the folder %s does not exist; create it or name another", path, filepath.Dir(path))
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("file: %s cannot be written: no permission for the folder %s; choose another", path, filepath.Dir(path))
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("file: %s cannot be written: its disk is full; free some space or choose another folder", path)
	}
	var where *fs.PathError
	if errors.As(err, &where) {
		err = where.Err // without the passing name beside
	}
	return fmt.Errorf("file: %s cannot be written: %w; choose another folder", path, err)
}
