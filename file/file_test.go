package file

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
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
	for _, c := range []struct {
		err  error
		want string
	}{
		{fs.ErrNotExist, "create it"},
		{fs.ErrPermission, "no permission"},
		{&fs.PathError{Op: "write", Path: "a/.scalecam-1", Err: syscall.ENOSPC}, "its disk is full; free some space"},
		{&fs.PathError{Op: "write", Path: "a/.scalecam-1", Err: syscall.EIO}, syscall.EIO.Error() + "; choose another folder"},
	} {
		got := explain("a/b.png", c.err).Error()
		if !strings.HasPrefix(got, "file: a/b.png cannot be written: ") || !strings.Contains(got, c.want) || strings.Contains(got, passing) {
			t.Errorf("%v: %q", c.err, got)
		}
	}
}
