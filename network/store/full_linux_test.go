package store

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"scalecam/assets"
)

// TestFullDisk: a disk that is full is named as such, what has come is kept, and once
// there is room the rest comes.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("no small disk can be made here: %v", err)
	}
	defer func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	}()
	data := content(3 << 20)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { whole(w, r, data) }))
	defer server.Close()
	s := &Store{filepath.Join(dir, "networks")}
	p := []*assets.Published{served(server, "net", bySHA256+sum(data), len(data))}
	err := s.Add(t.Context(), p, Adding{Net: quick(t, "")})
	if err == nil || !strings.Contains(err.Error(), "its disk is full") || s.Find("net") != nil || s.Part("net") == 0 {
		t.Errorf("error %v, a part of %d bytes", err, s.Part("net"))
	}
	holds(t, s)
	// Not a byte is left, not even for what is known of the part.
	err = s.Add(t.Context(), p, Adding{Net: quick(t, "")})
	if err == nil || !strings.Contains(err.Error(), "its disk is full") {
		t.Errorf("again: error %v", err)
	}
	holds(t, s)
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=8m"); err != nil {
		t.Fatal(err)
	}
	if err := s.Add(t.Context(), p, Adding{Net: quick(t, "")}); err != nil {
		t.Fatal(err)
	}
	if k := s.Find("net"); k == nil || !bytes.Equal([]byte(k.SHA256), []byte(sum(data))) {
		t.Errorf("%+v", k)
	}
	holds(t, s)
}
