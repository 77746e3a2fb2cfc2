//go:build unix

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestPipesAreNotWaitedFor: a named pipe in any file's place is refused.
// Opening it would wait for its writer for ever.
func TestPipesAreNotWaitedFor(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip("cannot make a named pipe here:", err)
	}
	data := filepath.Join(dir, "data", "cat")
	if err := os.MkdirAll(data, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"1.png", "2.png", "3.png"} {
		if err := os.Rename(photo(t, data, 8, 8), filepath.Join(data, name)); err != nil {
			t.Fatal(err)
		}
	}
	annotations := filepath.Join(dir, "data", "annotations.json")
	if err := os.Symlink(pipe, annotations); err != nil {
		t.Fatal(err)
	}
	picture, out := photo(t, dir, 8, 8), filepath.Join(dir, "out")
	session := put(t, dir, "pipe.scalecam", `{"settings": {"pictures": ["`+pipe+`"], "networks": [{"spec": "`+small+`"}], "method": "CAM", "scale": "own", "colormap": "inferno", "interpolation": "smooth"}}`)
	other := put(t, dir, "network.scalecam", `{"settings": {"pictures": ["`+picture+`"], "networks": [{"spec": "`+pipe+`"}], "method": "CAM", "scale": "own", "colormap": "inferno", "interpolation": "smooth"}}`)
	for _, args := range [][]string{
		{"compare", "--from", pipe, "-o", out + ".png"},
		{"compare", "--from", session, "-o", out + ".png"},
		{"compare", "--from", other, "-o", out + ".png"},
		{"compare", picture, "--network", pipe, "-o", out + ".png"},
		{"compare", picture, "--network", pipe + "@64", "-o", out + ".png"},
		{"compare", picture, "--network", small, "--set", "classes=@" + pipe, "-o", out + ".png"},
		{"compare", pipe, "--network", small, "-o", out + ".png"},
		{"cam", pipe, "--network", small, "-o", out},
		{"classify", pipe, "--network", small},
		{"describe", pipe},
		{"describe", small, "--set", "classes=@" + pipe},
		{"bench", "--network", pipe},
		{"evaluate", "--network", pipe, "--count", "1"},
		{"train", "--data", filepath.Dir(data), "-o", out},
		{"train", "--data", "scenes", "--recipe", pipe, "-o", out},
		{"train", "--pack", pipe, "-o", out},
		{"train", "--data", pipe, "-o", out},
	} {
		done := make(chan struct{})
		var stderr string
		var status int
		go func() {
			defer close(done)
			_, stderr, status = call(args...)
		}()
		select {
		case <-done:
		case <-time.After(time.Minute): // a loaded machine included
			t.Fatalf("%v waits", args)
		}
		want := "this is a device or a pipe"
		if args[0] == "train" && args[2] == pipe && args[1] == "--data" {
			want = "not a directory"
		}
		if status == 0 || !strings.Contains(stderr, want) {
			t.Errorf("%v: status %d, %q", args, status, stderr)
		}
	}
}
