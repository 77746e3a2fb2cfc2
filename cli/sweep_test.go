package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scalecam/compare/sweep"
)

// TestSweep: a sweep of a folder's pictures in two parts, its table, its result, and what
// is refused.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	pictures, err := json.Marshal(folder(t, 12, "green", "red"))
	if err != nil {
		t.Fatal(err)
	}
	recipe, out := filepath.Join(dir, "sweep.json"), filepath.Join(dir, "out")
	put(t, dir, "sweep.json", `{"name": "small", "title": "Small", "folder": `+string(pictures)+`, "architecture": "efficientnet-64",
		"recipe": {"epochs": 2, "batch": 8, "rate": 0.05},
		"lines": [{"name": "depth", "title": "depth", "points": [{"width": 0.5, "resolution": 0.25}, {"depth": 2, "width": 0.5, "resolution": 0.25}]}]}`)

	if printed := ok(t, "sweep", recipe); !strings.Contains(printed, `"depth": 2,`) || !strings.Contains(printed, `"optimiser": "sgd"`) {
		t.Errorf("printed %s", printed)
	}
	if s, err := sweep.Parse([]byte(ok(t, "sweep", "scenes"))); err != nil || s.Name != "scenes" {
		t.Errorf("what comes with the program is printed as %+v, %v", s, err)
	}
	stdout, stderr, status := call("sweep", recipe, "-o", out, "--show")
	if status != 0 || strings.Count(stdout, "–") != 2 {
		t.Fatalf("status %d, %q, %q", status, stdout, stderr)
	}
	stdout, stderr, status = call("sweep", recipe, "-o", out, "--shard", "1/2", "--until", "1")
	if status != 0 || !strings.Contains(stdout, "epoch 1 of 2") || !strings.Contains(stderr, "2 of 2 trainings are not done; ") {
		t.Fatalf("status %d, %q, %q", status, stdout, stderr)
	}
	stdout, stderr, status = call("sweep", recipe, "-o", out, "--shard", "1/2")
	if status != 0 || !strings.Contains(stderr, "1 of 1: d2-w0.5-16px-seed1, top-1 ") || !strings.Contains(stderr, "1 of 2 trainings are not done; "+filepath.Join(out, "result.json")) {
		t.Fatalf("status %d, %q, %q", status, stdout, stderr)
	}
	stdout, stderr, status = call("sweep", recipe, "-o", out, "--jobs", "1", "--shard", "2/2")
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	if status != 0 || len(lines) != 4 || !strings.HasPrefix(lines[0], "line ") || !strings.Contains(lines[1], "d 1, w 0.5, 16 px") || lines[3] != filepath.Join(out, "result.json") {
		t.Fatalf("status %d, %q, %q", status, stdout, stderr)
	}
	data, err := os.ReadFile(filepath.Join(out, "result.json"))
	if err != nil {
		t.Fatal(err)
	}
	if r, err := sweep.Read(data); err != nil || !strings.Contains(r.Data, "pictures of 2 classes") || strings.Contains(string(data), dir) {
		t.Errorf("result %s, %v", data, err)
	}
	more, elsewhere := filepath.Join(dir, "more.json"), filepath.Join(dir, "elsewhere")
	grown, err := os.ReadFile(recipe)
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, "more.json", strings.Replace(string(grown), `{"depth": 2,`, `{"width": 0.25, "resolution": 0.25}, {"depth": 2,`, 1))
	stdout, stderr, status = call("sweep", more, "-o", elsewhere, "--known", filepath.Join(out, "result.json"))
	if status != 0 || !strings.Contains(stderr, "1 of 1: d1-w0.25-16px-seed1, top-1 ") || strings.Contains(stdout, "–\n") || !strings.Contains(stdout, filepath.Join(elsewhere, "result.json")) {
		t.Errorf("status %d, %q, %q", status, stdout, stderr)
	}
	put(t, dir, "faster.json", strings.Replace(string(grown), "0.05", "0.1", 1))
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{nil, 2, "name one recipe"},
		{[]string{recipe, "scenes"}, 2, "name one recipe"},
		{[]string{recipe, "--show"}, 2, "no folder named"},
		{[]string{recipe, "-o", out, "--shard", "3/2"}, 2, "is no shard"},
		{[]string{recipe, "-o", out, "--jobs", "0"}, 2, "above 0"},
		{[]string{recipe, "-o", out, "--until", "-1"}, 2, "above 0"},
		{[]string{recipe, "--known", filepath.Join(out, "result.json")}, 2, "no folder named"},
		{[]string{recipe, "-o", out, "--known", recipe}, 1, recipe},
		{[]string{filepath.Join(dir, "faster.json"), "-o", filepath.Join(dir, "faster"), "--known", filepath.Join(out, "result.json")}, 1, "of another sweep (rate 0.05, now 0.1)"},
		{[]string{"missing.json", "-o", out}, 1, "missing.json"},
		{[]string{"imagenet", "-o", out}, 1, "imagenet"},
		{[]string{dir, "-o", out}, 1, dir},
		{[]string{filepath.Join(out, "result.json"), "-o", out}, 1, "unknown field"},
		{[]string{recipe, "-o", recipe}, 1, "sweep.json"},
	} {
		if _, stderr, status := call(append([]string{"sweep"}, c.args...)...); status != c.status || !strings.Contains(stderr, c.want) || strings.Count(stderr, "scalecam: ") != 1 {
			t.Errorf("%v: status %d, %q", c.args, status, stderr)
		}
	}
	put(t, dir, "large.json", `{"name": "x", "title": "X", "folder": "f", "architecture": "efficientnet-b0", "recipe": {"batch": 4096}, "lines": [{"name": "a", "title": "A", "points": [{"resolution": 9}]}]}`)
	if _, stderr, status := call("sweep", filepath.Join(dir, "large.json"), "-o", out); status != 1 || !strings.Contains(stderr, "the line a, d 1, w 1, 2016 px: train: a step on 4096 pictures") {
		t.Errorf("status %d, %q", status, stderr)
	}
}
