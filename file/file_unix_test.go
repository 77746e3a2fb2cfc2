//go:build unix

package file

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestLinks: a symbolic link is written through and stays, in a folder behind
// another link, too, and where it leads to nothing yet; a hard link keeps what
// it had.
func TestLinks(t *testing.T) {
	dir := t.TempDir()
	at := func(names ...string) string { return filepath.Join(append([]string{dir}, names...)...) }
	for _, folder := range []string{at("real", "deep"), at("elsewhere")} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, to := range map[string]string{
		at("link"): "real/file", at("again"): "link", at("absolute"): at("real", "file"),
		at("folder"): "real/deep", at("real", "deep", "up"): "../file", // through folder/, dir/file does not exist
		at("new"): "elsewhere/new", at("loop"): "loop", at("nowhere"): "none/file",
	} {
		if err := os.Symlink(to, name); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(at("real", "file"), []byte("before"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(at("real", "file"), at("hard")); err != nil {
		t.Fatal(err)
	}
	for link, target := range map[string]string{
		at("link"): at("real", "file"), at("again"): at("real", "file"), at("absolute"): at("real", "file"),
		at("folder") + "/up": at("real", "file"), at("new"): at("elsewhere", "new"),
	} {
		if err := Write(File{link, []byte(link)}); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
			t.Errorf("%s is a link no more: %v, %v", link, info, err)
		}
		if got, err := os.ReadFile(target); err != nil || string(got) != link {
			t.Errorf("through %s %q was written, %v", link, got, err)
		}
	}
	if got, err := os.ReadFile(at("hard")); err != nil || string(got) != "before" {
		t.Errorf("the other name holds %q, %v", got, err)
	}
	if info, err := os.Stat(at("real", "file")); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the target's mode is %v, %v", info.Mode(), err)
	}
	for path, want := range map[string]string{at("loop"): "too many levels of symbolic links", at("nowhere"): "the folder " + at("none") + " does not exist"} {
		if err := Write(File{path, nil}); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v; want one that says %q", path, err, want)
		}
	}
}

// TestRefused: what is no file, and what may not be written to, stays as it is,
// and nothing is waited for.
func TestRefused(t *testing.T) {
	dir := t.TempDir()
	a, pipe, socket, kept := filepath.Join(dir, "a"), filepath.Join(dir, "pipe"), filepath.Join(dir, "socket"), filepath.Join(dir, "kept")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := os.WriteFile(kept, []byte("kept"), 0o444); err != nil {
		t.Fatal(err)
	}
	linked := filepath.Join(dir, "linked")
	if err := os.Symlink("/dev/null", linked); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		pipe: "a device or a pipe", socket: "a device or a pipe", linked: "a device or a pipe", "/dev/null": "a device or a pipe", dir: "a folder",
		kept: "protected from being written to",
	} {
		before, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- Write(File{a, []byte("a")}, File{path, []byte("b")}) }()
		select {
		case err := <-done:
			if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
				t.Errorf("%s: error %v; want one that says %q", path, err, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s: it hangs", path)
		}
		if after, err := os.Lstat(path); err != nil || !os.SameFile(before, after) {
			t.Errorf("%s is another file now: %v, %v", path, after, err)
		}
		if err := Writable(a, path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: writable, but for %v", path, err)
		}
	}
	if got, err := os.ReadFile(kept); err != nil || string(got) != "kept" {
		t.Errorf("what was protected holds %q, %v", got, err)
	}
	onlyFiles(t, dir, "kept", "linked", "pipe", "socket")
}

// TestModes: a new file has the umask's permissions and one that is there its
// own, from the first moment on.
func TestModes(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o027))
	defer func() { Fault = nil }()
	for _, c := range []struct{ there, want os.FileMode }{{0, 0o640}, {0o600, 0o600}, {0o666, 0o666}, {0o604, 0o604}, {0o200, 0o200}} {
		dir := t.TempDir()
		path := filepath.Join(dir, "a")
		if c.there != 0 {
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, c.there); err != nil {
				t.Fatal(err)
			}
		}
		seen := 0
		Fault = func(call string) error {
			left, err := filepath.Glob(filepath.Join(dir, passing+"*"))
			if err != nil {
				return err
			}
			for _, name := range left {
				info, err := os.Stat(name)
				if err != nil {
					return err
				}
				seen++
				if got := info.Mode().Perm(); got&^c.want != 0 || call == "write" && got != c.want {
					t.Errorf("of %v, before %s: mode %v, and at last %v", c.there, call, got, c.want)
				}
			}
			return nil
		}
		if err := Write(File{path, []byte("a")}); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != c.want || seen < 4 {
			t.Errorf("of %v: mode %v, %v; want %v (seen %d times)", c.there, info.Mode(), err, c.want, seen)
		}
	}
}
