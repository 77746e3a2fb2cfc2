package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scalecam/dataset"
	"scalecam/dataset/scenes"
)

// TestLesson: the lesson's pictures are class folders to learn from, and nothing is
// written beside other files.
func TestLesson(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "lesson")
	if text, stderr, status := call("lesson", dir); status != 0 || !strings.Contains(text, "33 pictures") {
		t.Fatalf("%d: %s%s", status, text, stderr)
	}
	for _, p := range scenes.Lesson() {
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(p.Path))); err != nil {
			t.Error(err)
		}
	}
	f, err := dataset.Open(t.Context(), filepath.Join(dir, "first"))
	if err != nil || strings.Join(f.Classes(), " ") != "glass mug" || f.Len() != 20 {
		t.Errorf("%v, %v", f, err)
	}
	for _, args := range [][]string{{"lesson", dir}, {"lesson"}, {"lesson", dir, dir}, {"lesson", filepath.Join(dir, "first", "mug", "mug-on-wood-01.png")}} {
		if _, stderr, status := call(args...); status == 0 || !strings.Contains(stderr, "lesson") {
			t.Errorf("%v: %d, %s", args, status, stderr)
		}
	}
}
