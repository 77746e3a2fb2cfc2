package fault

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"
)

// TestErrorf: the error reads and wraps as fmt's does, and keeps its key.
func TestErrorf(t *testing.T) {
	inner := &fs.PathError{Op: "open", Path: "a.png", Err: fs.ErrNotExist}
	err := fmt.Errorf("outside: %w", Errorf("picture: %s: %w", "a.png", inner))
	if want := "outside: picture: a.png: open a.png: file does not exist"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		t.Error("what it wraps is not found")
	}
	var ours *Error
	if !errors.As(err, &ours) || ours.Format != "picture: %s: %w" || len(ours.Args) != 2 || ours.Args[1] != error(inner) {
		t.Errorf("got %+v", ours)
	}
}
