package file

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"regexp"
	"syscall"

	"scalecam/fault"
)

// Open opens a regular file to read. A folder, a device, a pipe or a socket is
// refused, and nothing is waited for: opening a named pipe would wait for its
// writer. right says in the error what would be right: "a picture".
//
// The error, of one line, begins with the path; the caller puts its room before
// it. Errors of the file system can be told apart with [errors.Is].
func Open(path, right string) (*os.File, fs.FileInfo, error) {
	// Looked at before it is opened, since opening alone can do something: a tape
	// rewinds. And again afterwards: another may lie there by then.
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, unreadable(path, err)
	}
	if err := regular(path, info, right); err != nil {
		return nil, nil, err
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, unreadable(path, err)
	}
	if info, err = f.Stat(); err != nil {
		err = unreadable(path, err)
	} else {
		err = regular(path, info, right)
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}

// Read gives the content of a regular file of at most so many bytes, whole MiB,
// and is as Open in all else.
func Read(path string, most int64, right string) ([]byte, error) {
	f, info, err := Open(path, right)
	if err != nil {
		return nil, err
	}
	defer f.Close() // opened for reading only, nothing to lose
	tooLarge := fault.Errorf("%s: it is larger than %d MiB, the most that is read here; give %s", path, most>>20, right)
	if info.Size() > most {
		return nil, tooLarge
	}
	data := make([]byte, info.Size()+1) // one more shows the end without another copy
	n, err := io.ReadFull(f, data)
	data = data[:n]
	if err == nil { // it grows, or is one whose size the system does not know
		var rest []byte
		rest, err = io.ReadAll(io.LimitReader(f, most+1-int64(n)))
		data = append(data, rest...)
	}
	switch {
	case int64(len(data)) > most:
		return nil, tooLarge
	case err != nil && err != io.EOF && err != io.ErrUnexpectedEOF:
		return nil, unreadable(path, err)
	}
	return data, nil
}

// address begins the name of what lies on another machine, in any system's way
// of writing it: smb://host/share, \\host\share.
var address = regexp.MustCompile(`^(?:[/\\]{2}|[/\\]\?\?|[A-Za-z][A-Za-z0-9+.-]+://)`)

// CheckLocal refuses names of files on network shares, on any system: to look
// there tells another machine who looks, and may wait for it. It is for names
// from outside. The error is as Open's.
func CheckLocal(path string) error {
	if address.MatchString(path) {
		return fault.Errorf("%s: this is on a network share, where nothing is opened that a file names; copy it to this machine, or open it by hand", path)
	}
	return nil
}

// regular is an error for what is no regular file.
func regular(path string, info fs.FileInfo, right string) error {
	switch {
	case info.IsDir():
		return fault.Errorf("%s: this is a folder; give %s", path, right)
	case !info.Mode().IsRegular():
		return fault.Errorf("%s: this is a device or a pipe; give %s", path, right)
	}
	return nil
}

// unreadable spares an error of the file system the path, which is said already.
func unreadable(path string, err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return fault.Errorf("%s: cannot be read (%w); check its name and permissions", path, err)
}

// SHA256 is the SHA-256 of what r gives, in hexadecimal. It returns ctx's error
// when ctx ends.
func SHA256(ctx context.Context, r io.Reader) (string, error) {
	sum := sha256.New()
	for {
		const part = 4 << 20
		switch _, err := io.CopyN(sum, r, part); {
		case ctx.Err() != nil:
			return "", ctx.Err()
		case err == io.EOF:
			return hex.EncodeToString(sum.Sum(nil)), nil
		case err != nil:
			return "", err
		}
	}
}
