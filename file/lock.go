package file

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"scalecam/fault"
)

// errLocked says that another process holds a file's lock.
var errLocked = errors.New("another process holds it")

// ErrInUse is what the error of Lock and Claim is where somebody else has the folder.
var ErrInUse = errors.New("the folder is in use")

// inUse is such an error.
type inUse struct{ error }

func (inUse) Is(target error) bool { return target == ErrInUse }
func (e inUse) Unwrap() error      { return e.error }

// LockName is the name of the file, in a folder that is locked, that tells so.
const LockName = passing + "lock"

// held are the files whose locks are held.
var held sync.Map

// Lock keeps the folder for who calls it, until release is called or the process
// ends, in whatever way: the system itself then lets go of it. Where somebody
// else has it, the error, an [ErrInUse], says so at once. On a file system that knows no locks
// the error is an [errors.ErrUnsupported], and nothing is kept.
func Lock(folder string) (release func(), err error) {
	path := filepath.Join(folder, LockName)
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NONBLOCK, 0o666)
		if err != nil {
			return nil, fault.Errorf("file: %s cannot be locked: %w; choose another folder", folder, errors.Unwrap(err))
		}
		switch err := lock(f); {
		case errors.Is(err, errLocked):
			f.Close()
			return nil, inUse{fault.Errorf("file: %s: another process of scalecam writes to this folder; wait until it ends, or choose another folder", folder)}
		case errors.Is(err, errors.ErrUnsupported), errors.Is(err, syscall.ENOLCK):
			f.Close()
			os.Remove(path)
			return nil, fault.Errorf("file: %s: its file system cannot keep other processes out (%w); see to it that none writes there", folder, errors.ErrUnsupported)
		case err != nil:
			f.Close()
			return nil, fault.Errorf("file: %s cannot be locked: %w; choose another folder", folder, err)
		}
		// Who had it before may have removed it between the two calls.
		mine, err := f.Stat()
		if err == nil {
			var there os.FileInfo
			if there, err = os.Stat(path); err == nil && os.SameFile(mine, there) {
				// Kept, or a collection would close the file of who does not keep
				// release, and with it the lock.
				held.Store(f, true)
				return func() {
					held.Delete(f)
					os.Remove(path) // while it is still held; where that cannot be, it stays, held by nobody
					f.Close()
				}, nil
			}
		}
		f.Close()
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, fault.Errorf("file: %s cannot be locked: %w; choose another folder", folder, errors.Unwrap(err))
		}
	}
}

// Claim makes the folder where it is not there, and keeps other processes from
// writing to it by Claim or Lock until release is called or this process ends, in whatever way.
// The error is an [errors.ErrUnsupported] where the folder's file system knows no
// locks; what is written there must be looked after by the user.
func Claim(folder string) (release func(), err error) {
	_, before := os.Stat(folder)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, fault.Errorf("file: %s cannot be made: %w; name another folder", folder, errors.Unwrap(err))
	}
	unlock, err := Lock(folder)
	if err != nil {
		return nil, err
	}
	return func() {
		unlock()
		if before != nil {
			os.Remove(folder) // where nothing was written to it
		}
	}, nil
}
