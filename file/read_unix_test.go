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

// TestReadNeverWaits: opening a named pipe would wait for its writer for ever,
// also where it took the place of a file between the look and the opening.
func TestReadNeverWaits(t *testing.T) {
	dir := t.TempDir()
	pipe, socket, link := filepath.Join(dir, "pipe"), filepath.Join(dir, "socket"), filepath.Join(dir, "link")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip("cannot make a named pipe here:", err)
	}
	if err := os.Symlink(pipe, link); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, path := range []string{pipe, link, socket} {
		got := soon(t, path, func() error { _, err := Read(path, 1<<20, "a text"); return err })
		if got == nil || !strings.Contains(got.Error(), "this is a device or a pipe; give a text") {
			t.Errorf("%s: %v", path, got)
		}
	}

	// One that is now a pipe and now a file.
	other := filepath.Join(dir, "other")
	changing := filepath.Join(dir, "changing")
	if err := os.WriteFile(other, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	changed := make(chan struct{})
	go func() {
		defer close(changed)
		for {
			select {
			case <-done:
				return
			default:
			}
			for _, to := range []string{other, pipe} {
				_ = os.Symlink(to, changing+".new")
				_ = os.Rename(changing+".new", changing)
			}
		}
	}()
	for range 2000 {
		err := soon(t, changing, func() error {
			data, err := Read(changing, 1<<20, "a text")
			if err == nil && string(data) != "text" {
				t.Errorf("read %q", data)
			}
			return err
		})
		if err != nil && !strings.Contains(err.Error(), "this is a device or a pipe") && !os.IsNotExist(err) && !strings.Contains(err.Error(), "no such file") {
			t.Errorf("changing: %v", err)
		}
	}
	close(done)
	<-changed
}

// soon is what f gives, which must not take long.
func soon(t *testing.T, path string, f func() error) error {
	t.Helper()
	result := make(chan error, 1)
	go func() { result <- f() }()
	select {
	case err := <-result:
		return err
	case <-time.After(10 * time.Second): // a loaded machine included
		t.Fatalf("%s: it waits", path)
		return nil
	}
}
