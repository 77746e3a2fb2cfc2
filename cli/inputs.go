package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"scalecam/compare/record"
	"scalecam/file"
	"scalecam/picture"
)

// mostPictures bounds a list of pictures, and mostList its file, in bytes.
const (
	mostPictures = 10_000_000
	mostList     = 1 << 30
)

// inputsHelp says what inputs takes.
const inputsHelp = `An INPUT is a picture, a folder (and those in it: all pictures there, by name; what
begins with a dot is left out, and links to folders are), a pattern such as
'photos/*.jpg', @FILE for a list of pictures, one a line (or with NULs between, as
find -print0 writes them), or - for such a list on standard input.`

// inputs are the paths of the pictures that arguments name, in order: of a folder those
// in it by name, but for what lies in the folder except.
func inputs(stdin io.Reader, args []string, except string) (paths []string, err error) {
	for _, arg := range args {
		var more []string
		info, failed := os.Stat(arg)
		switch {
		case record.NeedsNoFile(arg):
			more = []string{arg}
		case arg == "-":
			data, err := io.ReadAll(io.LimitReader(stdin, mostList+1))
			if err != nil {
				return nil, fmt.Errorf("cli: standard input cannot be read: %w", err)
			}
			if len(data) > mostList {
				return nil, fmt.Errorf("cli: the list on standard input is larger than %d MiB; divide it", mostList>>20)
			}
			more = pathsListed(data)
		case failed == nil && info.IsDir():
			if more, err = picturesIn(arg, except); err != nil {
				return nil, err
			}
		case failed == nil:
			more = []string{arg}
		case strings.HasPrefix(arg, "@"):
			data, err := file.Read(arg[1:], mostList, "a list of pictures, one a line")
			if err != nil {
				return nil, err
			}
			more = pathsListed(data)
		case strings.ContainsAny(arg, "*?["):
			if more, err = filepath.Glob(arg); err != nil || len(more) == 0 {
				return nil, wrong("no file is named as %s", arg)
			}
		default: // which opening it will say
			more = []string{arg}
		}
		if paths = append(paths, more...); len(paths) > mostPictures {
			return nil, fmt.Errorf("there are %d pictures and more; at most %d are looked at: name fewer", len(paths), mostPictures)
		}
	}
	return paths, nil
}

// pathsListed are the names of a list: with bytes 0 between, or one a line.
func pathsListed(data []byte) (paths []string) {
	end := []byte{'\n'}
	if bytes.IndexByte(data, 0) >= 0 {
		end[0] = 0
	}
	for line := range bytes.SplitSeq(data, end) {
		if end[0] == '\n' {
			line = bytes.TrimSuffix(line, []byte{'\r'})
		}
		if len(line) > 0 {
			paths = append(paths, string(line))
		}
	}
	return paths
}

// picturesIn are the pictures in a folder and those in it, but for one.
func picturesIn(folder, except string) (paths []string, err error) {
	left, _ := os.Stat(except) // nil where it is not there
	err = filepath.WalkDir(folder+string(filepath.Separator), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("cli: the folder %s cannot be read: %w; name another", path, errors.Unwrap(err))
		}
		hidden := strings.HasPrefix(d.Name(), ".") && d.Name() != "." && d.Name() != ".."
		if d.IsDir() {
			if path == folder+string(filepath.Separator) {
				return nil
			}
			info, err := d.Info()
			if hidden || err == nil && left != nil && os.SameFile(info, left) {
				return fs.SkipDir
			}
			return nil
		}
		if !hidden && slices.Contains(picture.Extensions, strings.ToLower(filepath.Ext(path))) {
			if paths = append(paths, path); len(paths) > mostPictures {
				return fs.SkipAll // which is said
			}
		}
		return nil
	})
	if err == nil && len(paths) == 0 {
		err = fmt.Errorf("cli: the folder %s holds no pictures; name one with files that end in %s", folder, strings.Join(picture.Extensions, ", "))
	}
	return paths, err
}
