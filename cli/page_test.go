package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPage: compare writes a web page where its output ends so, the same on each run
// and from a figure of the same; beside a broken picture, too.
func TestPage(t *testing.T) {
	dir := t.TempDir()
	picture, broken := photo(t, dir, 90, 70), filepath.Join(dir, "broken.png")
	if err := os.WriteFile(broken, []byte("none"), 0o600); err != nil {
		t.Fatal(err)
	}
	pages := map[string][]byte{}
	write := func(name string, args ...string) {
		out := filepath.Join(dir, name)
		ok(t, append(append([]string{"compare"}, args...), "-o", out)...)
		data, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		pages[name] = data
	}
	write("figure.png", picture, "-n", small, "--class", "3", "--raw")
	write("a.html", picture, "-n", small, "--class", "3", "--raw", "--json")
	write("b.HTML", picture, "-n", small, "--class", "3", "--raw")
	write("again.html", "--from", filepath.Join(dir, "figure.png"))
	for name, data := range pages {
		if name != "figure.png" && !bytes.Equal(data, pages["a.html"]) {
			t.Errorf("%s is another page", name)
		}
	}
	if page := pages["a.html"]; !bytes.HasPrefix(page, []byte("<!DOCTYPE html>")) || !bytes.Contains(page, []byte(filepath.Base(picture))) || bytes.Contains(page, []byte(dir)) {
		t.Error("no page, or one that tells where it was made")
	}
	numbers, err := os.ReadFile(filepath.Join(dir, "a.json"))
	if err != nil || !bytes.Contains(numbers, []byte(`"logit"`)) {
		t.Errorf("numbers beside it: %.40q (%v)", numbers, err)
	}
	write("more.html", picture, "-n", small, "--class", "3", "--also", "5", "--method", "grad-cam", "--layer", "stage6")
	if got := bytes.Count(pages["more.html"], []byte(`,"why":`)); got != 2 {
		t.Errorf("%d classes can be chosen, want 3 and 5", got)
	}
	out := filepath.Join(dir, "sound.html")
	if _, stderr, status := call("compare", broken, picture, "-n", small, "-o", out); status != 1 || !strings.Contains(stderr, "1 of 2 pictures") {
		t.Errorf("beside a broken picture: status %d, %q", status, stderr)
	}
	if _, err := os.Stat(out); err != nil {
		t.Error(err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-o", filepath.Join(dir, "page.txt")}, ".html"},
		{[]string{"-o", filepath.Join(dir, "page.png"), "--also", "5"}, "--also 5"},
		{[]string{"-o", filepath.Join(dir, "page.html"), "--also", ""}, "--also names no class"},
		{[]string{"-o", filepath.Join(dir, "page.html"), "--also", "no such class"}, "no such class"},
	} {
		if _, stderr, status := call(append([]string{"compare", picture, "-n", small}, c.args...)...); status == 0 || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%v: status %d, %q", c.args, status, stderr)
		}
		if _, err := os.Stat(c.args[1]); err == nil {
			t.Errorf("%v: it was written", c.args)
		}
	}
}
