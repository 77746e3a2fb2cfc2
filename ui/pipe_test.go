//go:build unix

package ui

import (
	"io"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"fyne.io/fyne/v2/storage"

	"scalecam/network/models"
)

// TestPipes: a named pipe that is chosen or dropped is refused. Opening it would
// keep the window for ever.
func TestPipes(t *testing.T) {
	w := open(t, inline, Options{})
	w.open = models.Open
	models := len(w.Models)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, name := range []string{"pipe.png", "pipe.pth", "pipe" + sessionExtension} {
			pipe := filepath.Join(t.TempDir(), name)
			if err := syscall.Mkfifo(pipe, 0o600); err != nil {
				t.Errorf("cannot make a named pipe here: %v", err)
				return
			}
			chosen, err := storage.Reader(storage.NewFileURI(pipe)) // as the dialog does it
			if err != nil || chosen.URI().Path() != pipe || chosen.Close() != nil {
				t.Errorf("%s: %v", name, err)
			}
			w.dismiss()
			drop(w, pipe)
			if !w.banner.Visible() || !strings.Contains(w.message.Text, "this is a device or a pipe") {
				t.Errorf("%s: message %q", name, w.message.Text)
			}
		}
	}()
	select {
	case <-done:
	case <-time.After(time.Minute): // a loaded machine included
		t.Fatal("it waits")
	}
	if len(w.Models) != models || !w.Whole() {
		t.Errorf("%d networks, whole: %v", len(w.Models), w.Whole())
	}

	text, err := storage.Reader(storage.NewFileURI(temp(t, "a.txt", []byte("text"))))
	if err != nil {
		t.Fatal(err)
	}
	if data, err := io.ReadAll(text); err != nil || string(data) != "text" || text.Close() != nil {
		t.Errorf("read %q, %v", data, err)
	}
}
