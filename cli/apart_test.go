package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWritesOverNothingRead: no command writes over a picture that it looks at, or over
// a network's weights, by whatever name; over a figure of before it does.
func TestWritesOverNothingRead(t *testing.T) {
	dir := t.TempDir()
	picture := photo(t, dir, 90, 70)
	before := read(t, picture)
	weights := filepath.Join(dir, "net.html")
	if _, stderr, status := call("train", "--data", folder(t, 8, "cat", "red"), "--width", "0.25", "--resolution", "32", "--epochs", "1", "--batch", "4", "-o", filepath.Join(dir, "run")); status != 0 {
		t.Fatal(stderr)
	}
	if err := os.Rename(filepath.Join(dir, "run", "network.safetensors"), weights); err != nil {
		t.Fatal(err)
	}
	overlay, link := filepath.Join(dir, "overlay.png"), filepath.Join(dir, "link.png")
	if err := os.WriteFile(overlay, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(picture, link); err != nil {
		link = picture // the folder has no links
	}
	figure := filepath.Join(dir, "figure.png")
	for range 2 {
		ok(t, "compare", picture, "-n", small, "-o", figure)
	}
	for _, c := range []struct {
		args []string
		kept string
	}{
		{[]string{"compare", picture, "-n", small, "-o", picture}, picture},
		{[]string{"compare", overlay, picture, "-n", small, "-o", link}, picture},
		{[]string{"compare", picture, "-n", weights, "-o", weights}, weights},
		{[]string{"compare", picture, "-n", small, "-n", weights + "@48", "-o", weights}, weights},
		{[]string{"compare", "--from", figure, "-o", picture}, picture},
		{[]string{"cam", overlay, "-n", small, "-o", dir}, overlay},
		{[]string{"erase", picture, "-n", small, "--region", "10,10,20,20", "-o", picture}, picture},
	} {
		held := read(t, c.kept)
		if _, stderr, status := call(c.args...); status != 2 || !strings.Contains(stderr, "would be written over; name another place") || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%v: status %d, %q", c.args, status, stderr)
		}
		if read(t, c.kept) != held {
			t.Errorf("%v: %s was written over", c.args, c.kept)
		}
	}
}
