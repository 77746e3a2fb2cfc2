// Package file writes files that are either whole or not there.
package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// File is what to write, and where.
type File struct {
	Path string
	Data []byte
}

// Write writes the files. Each is written beside its place first and synced;
// only when all of them are, are they moved there, so that an error or a full
// disk leaves what was there before. The folders must exist. The error names
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

// writeBeside writes the file under a name of its own in the same folder.
func writeBeside(f File) (name string, err error) {
	t, err := os.CreateTemp(filepath.Dir(f.Path), "."+filepath.Base(f.Path)+".*")
	if err != nil {
		return "", err
	}
	name = t.Name()
	if _, err = t.Write(f.Data); err == nil {
		err = t.Sync()
	}
	if err == nil {
		err = t.Chmod(0o644) // CreateTemp makes files that only their owner reads
	}
	return name, errors.Join(err, t.Close())
}

func explain(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("file: %s cannot be written: the folder %s does not exist; create it or name another", path, filepath.Dir(path))
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("file: %s cannot be written: no permission for the folder %s; choose another", path, filepath.Dir(path))
	}
	var where *fs.PathError
	if errors.As(err, &where) {
		err = where.Err // without the passing name beside
	}
	return fmt.Errorf("file: %s cannot be written: %w", path, err)
}
