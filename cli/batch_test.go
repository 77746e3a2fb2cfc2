package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scalecam/compare/batch"
)

// TestInputs: pictures are found in folders, patterns and lists, in order; links to
// folders are not gone into, nor what is hidden, nor the folder that is written to.
func TestInputs(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b.png", "a.JPG", "in/c.webp", "in/deep/d.png", "in/.hidden/e.png", "out/f.png", ".g.png", "notes.txt"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777); err != nil {
			t.Fatal(err)
		}
		put(t, dir, name, "")
	}
	if err := os.Symlink(dir, filepath.Join(dir, "in", "circle")); err != nil {
		t.Log(err) // where there are no links
	}
	folder := []string{"a.JPG", "b.png", "in/c.webp", "in/deep/d.png"}
	put(t, dir, "lines", "x.png\r\n\ny z.png")
	put(t, dir, "nulls", "x\ny.png\x00z.png\x00")
	for what, c := range map[string]struct {
		args []string
		want []string
	}{
		"a folder":       {[]string{dir}, folder},
		"a folder twice": {[]string{dir, dir}, append(folder, folder...)},
		"a pattern":      {[]string{filepath.Join(dir, "*", "*.png")}, []string{"out/f.png"}},
		"lines":          {[]string{"@" + filepath.Join(dir, "lines")}, []string{"x.png", "y z.png"}},
		"nulls":          {[]string{"@" + filepath.Join(dir, "nulls")}, []string{"x\ny.png", "z.png"}},
		"standard input": {[]string{"scene:3", "-", "sample:cat.jpg"}, []string{"scene:3", "1.png", "2.png", "sample:cat.jpg"}},
		"missing":        {[]string{"missing.png"}, []string{"missing.png"}},
	} {
		got, err := inputs(strings.NewReader("1.png\n2.png\n"), c.args, filepath.Join(dir, "out"))
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
		for i, path := range got {
			if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsAbs(path) {
				got[i] = filepath.ToSlash(rel)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", what, got, c.want)
		}
	}
	for arg, want := range map[string]string{
		filepath.Join(dir, "in", "deep", "*.gif"): "no file is named", t.TempDir(): "holds no pictures", "@" + dir: "list", "@missing": "missing",
	} {
		if got, err := inputs(nil, []string{arg}, ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, %v", arg, got, err)
		}
	}
}

// TestBatch: the command writes a folder, goes on, takes shards apart and puts them
// together, and says what it could not look at.
func TestBatch(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "broken.png", "no picture")
	whole, parts := filepath.Join(dir, "whole"), filepath.Join(dir, "parts")
	args := []string{"batch", "scene:1", "scene:2", filepath.Join(dir, "broken.png"), "scene:3", "-n", "scenes:baseline", "-n", "scenes:wider", "--write", "overlays,maps"}
	stdout, stderr, status := call(append(args, "-o", whole)...)
	if status != 0 || stdout != filepath.Join(whole, "manifest.jsonl")+"\n" || !strings.Contains(stderr, "1 of 4 pictures could not be looked at") {
		t.Fatalf("status %d, %q, %q", status, stdout, stderr)
	}
	manifest, err := os.ReadFile(filepath.Join(whole, "manifest.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var e batch.Entry
	if err := json.Unmarshal([]byte(strings.Split(string(manifest), "\n")[3]), &e); err != nil {
		t.Fatal(err)
	}
	if c := e.Cells[1]; e.Picture != "scene:3" || c.Network != "wider" || c.Agreement == nil || c.Object == nil || c.Map == nil || c.Overlay == nil || e.Figure != nil {
		t.Errorf("%+v", e)
	}
	if _, stderr, status := call(append(args, "-o", whole, "--strict")...); status != 1 || !strings.Contains(stderr, "1 of 4") {
		t.Errorf("strict: status %d, %q", status, stderr)
	}
	for _, shard := range []string{"2/2", "1/2"} {
		if stdout, stderr, status := call(append(args, "-o", parts, "--shard", shard)...); status != 0 || !strings.Contains(stdout, strings.Replace(shard, "/", "-of-", 1)) {
			t.Errorf("shard %s: status %d, %q, %q", shard, status, stdout, stderr)
		}
	}
	if _, stderr, status := call("batch", "merge", parts); status != 0 || !strings.Contains(stderr, "1 of 4") {
		t.Errorf("merged: status %d, %q", status, stderr)
	}
	for _, name := range []string{"manifest.jsonl", "batch.json", e.Cells[0].Map.File} {
		want, err := os.ReadFile(filepath.Join(whole, name))
		got, err2 := os.ReadFile(filepath.Join(parts, name))
		if err != nil || err2 != nil || string(got) != string(want) {
			t.Errorf("merged, %s is not as of one run (%v, %v)", name, err, err2)
		}
	}
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"-o", whole}, 2, "no input"},
		{[]string{"scene:1"}, 2, "name one with -o"},
		{[]string{"scene:1", "-o", whole, "--write", "videos"}, 2, "videos"},
		{[]string{"scene:1", "-o", whole, "--shard", "0/2"}, 2, "no shard"},
		{[]string{"scene:1", "-o", whole}, 1, "other pictures"},
		{[]string{"missing.png", "-o", filepath.Join(dir, "none")}, 1, "1 of 1 pictures"},
		{[]string{"merge"}, 2, "no folder"},
		{[]string{"merge", whole}, 1, "holds no shards"},
		{[]string{"merge", whole, parts}, 2, "-o OUT"},
	} {
		stdout, stderr, status := call(append([]string{"batch"}, c.args...)...)
		if status != c.status || !strings.Contains(stderr, c.want) {
			t.Errorf("%q: status %d, %q, %q; want %d, %q", c.args, status, stdout, stderr, c.status, c.want)
		}
	}
}
