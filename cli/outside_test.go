package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"scalecam/compare/record"
	"scalecam/file"
)

// put writes a file and gives its path.
func put(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestSettingInAFile: KEY=@FILE is what the file holds, without the line's end;
// the figure holds what was read, never the path, and is drawn again from there.
func TestSettingInAFile(t *testing.T) {
	dir := t.TempDir()
	picture := photo(t, dir, 40, 30)
	first := filepath.Join(dir, "first.png")
	ok(t, "compare", picture, "--network", "random:mobilenet-v2,w=0.25,r=64", "-o", first,
		"--set", "classes=@"+put(t, dir, "names.txt", "cat\ndog\nfish\n"),
		"--set", "padding=@"+put(t, dir, "padding.txt", "same\n"),
		"--set", "crop=@"+put(t, dir, "crop.txt", "none\r\n"))
	s, err := record.ReadSession(first)
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"classes": "cat\ndog\nfish", "padding": "same", "crop": "none"} {
		if got := s.Settings.Networks[0].Set[key]; got != want {
			t.Errorf("%s: the figure holds %q, want %q", key, got, want)
		}
	}
	if strings.Contains(s.Settings.Command, "names.txt") {
		t.Errorf("the figure's command names the file: %s", s.Settings.Command)
	}
	if err := os.Remove(filepath.Join(dir, "names.txt")); err != nil {
		t.Fatal(err)
	}
	second := filepath.Join(dir, "second.png")
	ok(t, "compare", "--from", first, "-o", second)
	a, b := read(t, first), read(t, second)
	if a != b {
		t.Error("drawn again, the figure is another")
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestNoErrorShowsAFile: what a file holds that is no setting is not shown, since
// it may be another than was meant; and a session does not read any.
func TestNoErrorShowsAFile(t *testing.T) {
	dir := t.TempDir()
	const secret = "hunter2"
	secrets := put(t, dir, "secret.txt", "root:"+secret+":0\x01\n")
	for _, key := range []string{"depth", "width", "height", "width_px", "padding", "eps", "mean", "std", "interpolation", "crop", "crop_pct", "classes", "other"} {
		for _, command := range [][]string{
			{"compare", "--network", small, "-o", filepath.Join(dir, "x.png")},
			{"describe", small},
		} {
			stdout, stderr, status := call(append(command, "--set", key+"=@"+secrets)...)
			if status == 0 || stdout != "" || strings.Contains(stderr, secret) || !strings.Contains(stderr, key) {
				t.Errorf("%s=@: status %d, %q, %q", key, status, stdout, stderr)
			}
		}
		session, err := json.Marshal(record.Session{Settings: record.Settings{
			Pictures: []file.Path{"scene:1"}, Networks: []record.NetworkSettings{{Spec: small, Set: map[string]string{key: "@" + secrets}}},
			Method: "CAM", Scale: "own", Colormap: "inferno", Interpolation: "smooth",
		}})
		if err != nil {
			t.Fatal(err)
		}
		stdout, stderr, status := call("compare", "--from", put(t, dir, "x.scalecam", string(session)), "-o", filepath.Join(dir, "x.png"))
		want := "begins with @; a file is read for --set " + key + "=@FILE on the command line alone"
		if key == "other" {
			want = "no setting is named"
		}
		if status != 1 || stdout != "" || strings.Contains(stderr, secret) || !strings.Contains(stderr, want) {
			t.Errorf("a session with %s=@: status %d, %q, %q", key, status, stdout, stderr)
		}
	}
	if _, err := os.Lstat(filepath.Join(dir, "x.png")); err == nil {
		t.Error("a figure was written")
	}
}

// TestTooMuch: what would take all memory, or hours, is refused at once, with the
// bound in the message, by every command and from a session; the window does not
// open.
func TestTooMuch(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "x.png")
	var networks []string
	s := record.Settings{Method: "CAM", Scale: "own", Colormap: "inferno", Interpolation: "smooth", Pictures: []file.Path{"scene:1"}}
	for range 40 {
		networks = append(networks, "--network", "random:efficientnet-b7")
		s.Networks = append(s.Networks, record.NetworkSettings{Spec: "random:efficientnet-b7"})
	}
	session := func(name string) string {
		data, err := json.Marshal(record.Session{Settings: s})
		if err != nil {
			t.Fatal(err)
		}
		return put(t, dir, name, string(data))
	}
	large := session("large.scalecam")
	s.Networks, s.Pictures = s.Networks[:1], slices.Repeat([]file.Path{"a.png"}, 300_000)
	many := session("many.scalecam")

	const memory, count = "GiB of memory; at most", "at most 1000 pictures"
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"compare", "--from", large, "-o", out}, memory},
		{[]string{"compare", "--from", many, "-o", out}, count},
		{append([]string{"compare", "-o", out}, networks...), memory},
		{append([]string{"compare", "-o", out, "--network", small}, slices.Repeat([]string{"a.png"}, 1001)...), "the figure of 1001 pictures and 1 networks takes"},
		{append([]string{"compare", "-o", out, "--method", "grad-cam", "--layer", "stage1"}, networks[:4]...), memory},
		{append([]string{"bench"}, networks...), memory},
		{append([]string{"evaluate"}, networks...), memory},
		{networks, memory},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var stdout, stderr bytes.Buffer
		t.Setenv("DISPLAY", "none")
		status := Run(c.args, &stdout, &stderr, func(Window) error {
			t.Errorf("%v: the window is opened", c.args[:3])
			return nil
		})
		runtime.ReadMemStats(&after)
		if status != 1 || stdout.Len() > 0 || !strings.Contains(stderr.String(), c.want) {
			t.Errorf("%v: status %d, %q, %q", c.args[:3], status, stdout.String(), stderr.String())
		}
		if n := (after.TotalAlloc - before.TotalAlloc) >> 20; n > 300 { // a network of B7 alone takes as much
			t.Errorf("%v: it took %d MB", c.args[:3], n)
		}
	}
}
