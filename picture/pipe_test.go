//go:build unix

package picture

import (
	"path/filepath"
	"syscall"
	"testing"
)

// Opening a named pipe would wait for a writer for ever.
func TestOpenRefusesPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe.png")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip("cannot make a named pipe here:", err)
	}
	_, err := Open(path)
	checkRefused(t, err, path, "this is a device or a pipe; give a PNG")
}
