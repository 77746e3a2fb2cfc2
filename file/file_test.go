package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	for _, text := range []string{"first", "second, over the first"} {
		if err := Write(File{a, []byte(text)}, File{b, nil}); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(a); err != nil || string(got) != text {
			t.Errorf("read %q, %v; want %q", got, err, text)
		}
	}
	if err := os.Chmod(a, 0o600); err != nil {
		t.Fatal(err)
	}
	long := filepath.Join(dir, strings.Repeat("n", 255))
	if err := Write(File{a, []byte("third")}, File{long, nil}); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(a); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600, as it was", info.Mode(), err)
	}
	onlyFiles(t, dir, "a", "b", strings.Repeat("n", 255))
}

// TestWholeOrNotAtAll: when one of several files cannot be written, none is,
// and what was there stays.
func TestWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	a := filepath.Join(dir, "a")
	if err := os.WriteFile(a, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(dir, "folder")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for bad, want := range map[string]string{
		filepath.Join(dir, "none", "b"): "does not exist",
		folder:                          "is a folder",
		filepath.Join(a, "b"):           "cannot be written",
		filepath.Join(dir, strings.Repeat("n", 256)): "cannot be written",
	} {
		err := Write(File{a, []byte("new")}, File{bad, []byte("new")})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), bad) {
			t.Errorf("%s: error %v; want one that says %q", bad, err, want)
		}
		if got, err := os.ReadFile(a); err != nil || string(got) != "old" {
			t.Errorf("%s: the other file is now %q, %v", bad, got, err)
		}
	}
	onlyFiles(t, dir, "a", "folder")
}

// onlyFiles: nothing else is left in dir.
func onlyFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("in the folder: %v; want %v", got, want)
	}
}

// TestExplain: each error names the file and says what would be right.
func TestExplain(t *testing.T) {
	dir := t.TempDir()
	beside := filepath.Join(dir, passing+"0123456789abcdef")
	for _, c := range []struct {
		folder string
		err    error
		want   string
	}{
		{filepath.Join(dir, "none"), fs.ErrNotExist, "create it"},
		{dir, &fs.PathError{Op: "open", Path: beside, Err: fs.ErrPermission}, "no permission"},
		{dir, &fs.PathError{Op: "write", Path: beside, Err: syscall.ENOSPC}, "its disk is full; free some space"},
		{dir, &fs.PathError{Op: "write", Path: beside, Err: syscall.EIO}, syscall.EIO.Error() + "; choose another folder"},
		{dir, &os.LinkError{Op: "rename", Old: beside, New: "b.png", Err: syscall.EIO}, syscall.EIO.Error() + "; choose another folder"},
		{dir, &os.LinkError{Op: "rename", Old: beside, New: "b.png", Err: syscall.ENOENT}, "choose another folder"},
	} {
		path := filepath.Join(c.folder, "b.png")
		got := (&place{named: path, path: path}).explain(c.err).Error()
		if !strings.HasPrefix(got, "file: "+path+" cannot be written: ") || !strings.Contains(got, c.want) || strings.Contains(got, passing) {
			t.Errorf("%v: %q", c.err, got)
		}
	}
}

// TestBrokenOff: whichever call to the system fails, or is the last before the
// process is killed, each of the files is whole, the first so many of them are
// the new ones, an error names one of them, and only a kill leaves anything
// else.
func TestBrokenOff(t *testing.T) {
	defer func() { Fault = nil }()
	const killed = "killed"
	for _, failure := range []error{nil, syscall.ENOSPC, syscall.EIO} { // nil: killed
		for at := 1; ; at++ {
			dir := t.TempDir()
			old := []byte("old")
			files := []File{{filepath.Join(dir, "a"), []byte("new a")}, {filepath.Join(dir, "b"), []byte("new b")}, {filepath.Join(dir, "c"), []byte("new c")}}
			for _, f := range files[:2] { // the third is a first one
				if err := os.WriteFile(f.Path, old, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			calls, last := 0, ""
			Fault = func(call string) error {
				switch calls++; {
				case calls == at:
					last = call
					if failure != nil {
						return &fs.PathError{Op: call, Path: filepath.Join(dir, passing+"0123456789abcdef"), Err: failure}
					}
					fallthrough
				case calls > at && failure == nil:
					panic(killed)
				}
				return nil
			}
			err := func() (err error) {
				defer func() {
					if p := recover(); p != nil && p != killed {
						panic(p)
					}
				}()
				return Write(files...)
			}()
			if calls < at {
				if at < 20 || err != nil {
					t.Errorf("%v: %d calls alone, error %v", failure, calls, err)
				}
				break
			}
			if failure != nil && (err == nil || strings.Contains(err.Error(), passing) || !strings.HasPrefix(err.Error(), "file: "+dir)) {
				t.Errorf("%s, call %d, %v: error %v", last, at, failure, err)
			}
			news := 0
			var names []string
			for i, f := range files {
				got, err := os.ReadFile(f.Path)
				switch {
				case err == nil && string(got) == string(f.Data):
					if news++; news != i+1 {
						t.Errorf("%s, call %d, %v: file %d is new, and one before it is not", last, at, failure, i+1)
					}
				case i < 2 && string(got) == string(old), i == 2 && errors.Is(err, fs.ErrNotExist):
				default:
					t.Errorf("%s, call %d, %v: %s holds %q, %v", last, at, failure, f.Path, got, err)
				}
				if err == nil {
					names = append(names, filepath.Base(f.Path))
				}
			}
			if failure != nil {
				onlyFiles(t, dir, names...)
			}
		}
	}
}

// TestWriteSoon: nothing waits for the disk, and files are whole or not at all.
func TestWriteSoon(t *testing.T) {
	dir := t.TempDir()
	defer func() { Fault = nil }()
	Fault = func(call string) error {
		if strings.HasPrefix(call, "sync") {
			t.Errorf("it waits for the disk: %s", call)
		}
		return nil
	}
	broken := errors.New("broken")
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	if err := WriteSoon(File{a, []byte("first")}); err != nil {
		t.Fatal(err)
	}
	Fault = func(call string) error {
		if call == "write" {
			return broken
		}
		return nil
	}
	if err := WriteSoon(File{a, []byte("second")}, File{b, nil}); !errors.Is(err, broken) {
		t.Errorf("broken off: %v", err)
	}
	Settle()
	onlyFiles(t, dir, "a")
	if data, err := os.ReadFile(a); err != nil || string(data) != "first" {
		t.Errorf("%q, %v", data, err)
	}
}

// TestSweep: what a process left that was killed is removed wherever something is
// written an hour later, and nothing else is.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	defer func() { Fault = nil }()
	Fault = func(call string) error {
		if call == "rename" || call == "remove" {
			panic("killed")
		}
		return nil
	}
	func() {
		defer func() { _ = recover() }()
		t.Errorf("it was not killed: %v", Write(File{filepath.Join(dir, "a"), []byte("half")}))
	}()
	Fault = nil
	left, err := filepath.Glob(filepath.Join(dir, passing+"*"))
	if err != nil || len(left) != 1 {
		t.Fatalf("left is %v, %v", left, err)
	}
	young := passing + "0123456789abcdef"
	others := []string{passing + "0123456789abcdeF", passing + "0123456789abcde", passing + "0123456789abcdef0", passing + "settings", "z"}
	for _, name := range append(others, young) {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	folder := passing + "fedcba9876543210"
	if err := os.Mkdir(filepath.Join(dir, folder), 0o700); err != nil {
		t.Fatal(err)
	}
	hourAgo := time.Now().Add(-61 * time.Minute)
	for _, name := range append(others, filepath.Base(left[0]), folder) {
		if err := os.Chtimes(filepath.Join(dir, name), hourAgo, hourAgo); err != nil {
			t.Fatal(err)
		}
	}
	if err := Write(File{filepath.Join(dir, "b"), nil}); err != nil {
		t.Fatal(err)
	}
	want := slices.Concat(others, []string{young, folder, "b"})
	slices.Sort(want)
	onlyFiles(t, dir, want...)
	if err := os.WriteFile(filepath.Join(dir, folder, young), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	SweepOwn(dir)
	want = slices.DeleteFunc(want, func(name string) bool { return name == young })
	onlyFiles(t, dir, want...)
	onlyFiles(t, filepath.Join(dir, folder))
}
