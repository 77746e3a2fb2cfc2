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
	"runtime"
	"syscall"

	"scalecam/fault"
)

// File is what to write, and where.
type File struct {
	Path string
	Data []byte
}

// Write writes the files. Each is written beside its place first and synced;
// only when all of them are, are they moved there, in their order, each for good
// before the next one: a full disk leaves what was there before, and a process
// or a machine that ends leaves the first so many of the files new. The folders
// must exist. The error names the file and says what would be right.
//
// A symbolic link is followed, and stays. What is no regular file and what the
// user may not write to is refused before anything is written. A file that is
// there keeps its permissions, and has no wider ones on the way. It becomes the
// user's own, and where it has other names (hard links), those keep what it held
// before: only so is it whole at any moment.
func Write(files ...File) (err error) { return write(files, true) }

// WriteSoon is Write for many files one after another, which does not wait for the disk:
// what a process wrote stands however it ends, but where the machine itself ends before
// Settle, files may be cut short or empty, and whoever reads them has to look.
func WriteSoon(files ...File) (err error) { return write(files, false) }

func write(files []File, settled bool) (err error) {
	places := make([]*place, len(files))
	for i, f := range files {
		if places[i], err = find(f.Path); err != nil {
			return err
		}
	}
	swept := map[string]bool{}
	for _, p := range places {
		if folder := filepath.Dir(p.path); !swept[folder] {
			swept[folder] = true
			Sweep(folder)
		}
	}
	defer func() {
		for _, p := range places {
			if p.beside != "" {
				_ = try("remove", func() error { return os.Remove(p.beside) }) // else Sweep will
			}
		}
	}()
	for i, p := range places {
		if err := p.write(files[i].Data, settled); err != nil {
			return p.explain(err)
		}
	}
	for _, p := range places {
		if err := p.move(settled); err != nil {
			return p.explain(err)
		}
	}
	return nil
}

// Move moves a file that is whole, and synced, to its place in the same folder, for
// good. The error is as Write's.
func Move(from, to string) error {
	p := &place{named: to, path: to, beside: from}
	if err := p.move(true); err != nil {
		return p.explain(err)
	}
	return nil
}

// Writable is the error that Write would refuse the files with, where it would
// before it writes anything: for who has long to work on what is to be written.
func Writable(paths ...string) error {
	for _, path := range paths {
		if _, err := find(path); err != nil {
			return err
		}
	}
	return nil
}

// Fault is for tests: where it is not nil, every call to the system that Write
// makes asks it first, by the call's name, and fails with its error. It panics
// to end the writing there, as if the process were killed.
var Fault func(call string) error

// try makes a call to the system.
func try(call string, do func() error) error {
	if Fault != nil {
		if err := Fault(call); err != nil {
			return err
		}
	}
	return do()
}

// place is where a file is written to.
type place struct {
	named  string      // by the user
	path   string      // where symbolic links lead from there
	mode   fs.FileMode // permissions of the file that is there
	there  bool
	beside string // what is written already and not yet moved, "" for nothing
}

// find looks at what is there, and refuses what is not to be written to.
func find(named string) (*place, error) {
	p := &place{named: named, path: named}
	// IsLocal knows the names, CON.png too, by which Windows means a device in any folder.
	if base := filepath.Base(named); runtime.GOOS == "windows" && base != ".." && !filepath.IsLocal(base) {
		return nil, fault.Errorf("file: %s is a name that Windows keeps for a device or cannot have; name the file otherwise", named)
	}
	var info fs.FileInfo
	err := try("stat", func() (err error) { info, err = os.Stat(named); return err })
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, p.explain(err)
	case info.IsDir():
		return nil, fault.Errorf("file: %s is a folder; name a file to write", named)
	case !info.Mode().IsRegular():
		return nil, fault.Errorf("file: %s is a device or a pipe; name a file to write", named)
	default:
		p.there, p.mode = true, info.Mode().Perm()
		if err := p.permitted(); err != nil {
			return nil, err
		}
	}
	const most = 40 // links, as Linux follows them
	for range most {
		var at fs.FileInfo
		err := try("lstat", func() (err error) { at, err = os.Lstat(p.path); return err })
		switch {
		case errors.Is(err, fs.ErrNotExist) && !p.there:
			return p, nil // a new file, or a link to where one may be
		case err != nil:
			return nil, p.explain(err)
		case at.Mode().Type() != fs.ModeSymlink:
			return p, nil
		}
		var to string
		if err := try("readlink", func() (err error) { to, err = os.Readlink(p.path); return err }); err != nil {
			return nil, p.explain(err)
		}
		if !filepath.IsAbs(to) {
			folder, _ := filepath.Split(p.path)
			to = folder + to // not cleaned: .. leads elsewhere from a linked folder
		}
		p.path = to
	}
	return nil, p.explain(syscall.ELOOP)
}

// permitted is an error where the user may not write to the file that is there.
// Moving another over it would ask for the folder's permission alone. One that
// nobody may write to is protected from the system's own users, too, whom the
// system lets do anything.
func (p *place) permitted() error {
	const anybody = 0o222
	protected := p.mode&anybody == 0
	if !protected {
		err := try("open", func() error {
			f, err := os.OpenFile(p.named, os.O_WRONLY, 0)
			if err == nil {
				err = f.Close()
			}
			return err
		})
		protected = errors.Is(err, fs.ErrPermission)
		if err != nil && !protected {
			return p.explain(err)
		}
	}
	if protected {
		return fault.Errorf("file: %s is protected from being written to; lift that, or name another file", p.named)
	}
	return nil
}

// write writes the data beside the place, under a name of its own in the same
// folder, with the permissions of the file that is there, or else those of any
// new file.
func (p *place) write(data []byte, settled bool) error {
	mode := fs.FileMode(0o666)
	if p.there {
		mode = p.mode
	}
	name := filepath.Join(filepath.Dir(p.path), fmt.Sprintf("%s%016x", passing, rand.Uint64()))
	var f *os.File
	if err := try("create", func() (err error) {
		f, err = os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		return err
	}); err != nil {
		return err
	}
	p.beside = name
	var err error
	if p.there { // before there is anything to read; until then the umask has taken some
		err = try("chmod", func() error { return f.Chmod(mode) })
	}
	if err == nil {
		err = try("write", func() error { _, err := f.Write(data); return err })
	}
	if err == nil && settled {
		err = try("sync", f.Sync)
	}
	closed := try("close", f.Close)
	if err == nil {
		err = closed
	}
	return err
}

// move moves what was written to its place, for good where it is to be settled.
func (p *place) move(settled bool) error {
	if err := try("rename", func() error { return os.Rename(p.beside, p.path) }); err != nil {
		return err
	}
	p.beside = ""
	if !settled || runtime.GOOS == "windows" {
		return nil // which has no call for that
	}
	return try("sync folder", func() error {
		folder, err := os.Open(filepath.Dir(p.path))
		if errors.Is(err, fs.ErrPermission) {
			return nil // one may write to a folder that one may not read
		}
		if err != nil {
			return err
		}
		defer folder.Close() // opened for reading only, nothing to lose
		if err = folder.Sync(); errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) {
			return nil // a file system that syncs no folders
		}
		return err
	})
}

// explain names the file to the user, and what would be right.
func (p *place) explain(err error) error {
	folder := filepath.Dir(p.path)
	_, missing := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist) && errors.Is(missing, fs.ErrNotExist):
		return fault.Errorf("file: %s cannot be written: the folder %s does not exist; create it or name another", p.named, folder)
	case errors.Is(err, fs.ErrPermission):
		return fault.Errorf("file: %s cannot be written: no permission for the folder %s; choose another", p.named, folder)
	case errors.Is(err, syscall.ENOSPC):
		return fault.Errorf("file: %s cannot be written: its disk is full; free some space or choose another folder", p.named)
	}
	// Without the passing name beside.
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		err = at.Err
	}
	if moved, ok := errors.AsType[*os.LinkError](err); ok {
		err = moved.Err
	}
	return fault.Errorf("file: %s cannot be written: %w; choose another folder", p.named, err)
}
