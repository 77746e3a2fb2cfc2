package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scalecam/dataset/scenes"
	"scalecam/file"
	"scalecam/network/models"
)

// cached has the features of this test's pictures kept where nobody else's are.
func cached(t *testing.T) {
	t.Helper()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
}

// mustRun is a command that must succeed.
func mustRun(t *testing.T, args ...string) (stdout, stderr string) {
	t.Helper()
	stdout, stderr, status := call(args...)
	if status != 0 {
		t.Fatalf("%q: status %d, %q", args, status, stderr)
	}
	return stdout, stderr
}

// TestTeach: a folder is learnt by all networks of a pack, what cannot be read is named,
// every command takes the heads, and a second time gives the same bytes, from the cache.
func TestTeach(t *testing.T) {
	cached(t)
	dir, out := folder(t, 6, "green", "red"), filepath.Join(t.TempDir(), "out")
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o777); err != nil {
		t.Fatal(err)
	}
	args := []string{"teach", dir, "--pack", "scenes", "-o", out}
	stdout, stderr := mustRun(t, args...)
	for _, want := range []string{"2 classes, 12 pictures to learn from", "100.0% (", `"green" always`, "50.0%"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("it says %q, want %q", stdout, want)
		}
	}
	for _, want := range []string{"broken.png", `the folder "empty" holds no picture`, "looked at 12 pictures"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("it tells %q, want %q", stderr, want)
		}
	}
	heads := map[string][]byte{}
	for _, name := range []string{"baseline", "deeper", "wider", "higher-resolution", "compound"} {
		path := filepath.Join(out, name+".safetensors")
		m, err := models.Open(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Join(m.Classes, " ") != "green red" || m.Temperature == 0 || m.Backbone.Spec != "scenes:"+name {
			t.Errorf("%s: %q on %+v, temperature %v", name, m.Classes, m.Backbone, m.Temperature)
		}
		if heads[name], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	if _, stderr, status := call("cam", "scene:1", "-n", filepath.Join(out, "wider.safetensors"), "--code"); status != 1 || !strings.Contains(stderr, "teach --whole") {
		t.Errorf("the code of a head: status %d, %q", status, stderr)
	}
	for _, name := range []string{"report.md", "report.json", "pictures.csv", "confusion.csv", "looks.csv", "looks.png"} {
		data, err := os.ReadFile(filepath.Join(out, name))
		if err != nil || strings.Contains(string(data), dir) {
			t.Errorf("%s tells where it was made, or is not there (%v)", name, err)
		}
		if name == "report.md" && !strings.Contains(string(data), "Where they look") {
			t.Error("it does not tell where they look")
		}
	}
	mustRun(t, append(args, "--language", "ko")...)
	if text, err := os.ReadFile(filepath.Join(out, "report.md")); err != nil || !strings.Contains(string(text), "어디를 보나") {
		t.Errorf("in Korean it tells %q (%v)", text, err)
	}
	mustRun(t, args...)
	again, stderr := mustRun(t, args...)
	if again != stdout {
		t.Errorf("the second time it says %q", again)
	}
	if !strings.Contains(stderr, "looked at 0 pictures") || !strings.Contains(stderr, "stays as it is") {
		t.Errorf("the second time it tells %q", stderr)
	}
	for name, before := range heads {
		after, err := os.ReadFile(filepath.Join(out, name+".safetensors"))
		if err != nil || !bytes.Equal(before, after) {
			t.Errorf("%s has other bytes (%v)", name, err)
		}
	}
	head := filepath.Join(out, "wider.safetensors")
	picture := filepath.Join(dir, "red", "x.png")
	for _, args := range [][]string{
		{"classify", picture, "-n", head},
		{"cam", picture, "-n", head, "-o", filepath.Join(t.TempDir(), "map.png"), "--class", "red"},
		{"compare", picture, "-n", head, "-n", "scenes:wider", "-o", filepath.Join(t.TempDir(), "figure.png"), "--class", "red"},
		{"describe", head},
		{"evaluate", "--data", dir, "-n", head},
	} {
		said, _ := mustRun(t, args...)
		if args[0] == "classify" && !strings.Contains(said, "red") {
			t.Errorf("%q says %q", args, said)
		}
	}
}

// TestTeachWhole: the network that is written whole answers as its head does.
func TestTeachWhole(t *testing.T) {
	cached(t)
	dir, out := folder(t, 3, "green", "red"), filepath.Join(t.TempDir(), "out")
	mustRun(t, "teach", dir, "-n", "random:efficientnet-lite0,w=1,r=64,seed=3", "--whole", "-o", out)
	entries, err := filepath.Glob(filepath.Join(out, "*", "config.json"))
	if err != nil || len(entries) != 1 {
		t.Fatalf("it wrote %q (%v)", entries, err)
	}
	whole, err := models.Open(filepath.Dir(entries[0]), nil)
	if err != nil {
		t.Fatal(err)
	}
	head, err := models.Open(filepath.Dir(entries[0])+".safetensors", nil)
	if err != nil {
		t.Fatal(err)
	}
	if whole.Network.Scaling != head.Network.Scaling || whole.Preprocessing != head.Preprocessing || whole.Network.Padding != head.Network.Padding || strings.Join(whole.Classes, " ") != "green red" || whole.Temperature != head.Temperature || head.Temperature == 0 {
		t.Errorf("whole it is %+v of %q, the head %+v", whole.Network.Scaling, whole.Classes, head.Network.Scaling)
	}
	input := head.Preprocessing.Apply(scenes.Draw(1, 0, 96).Image, head.Network.Scaling.Resolution)
	a, err := head.Forward(t.Context(), input)
	if err != nil {
		t.Fatal(err)
	}
	b, err := whole.Forward(t.Context(), input)
	if err != nil {
		t.Fatal(err)
	}
	for c, v := range a.Logits {
		if d := v - b.Logits[c]; d > 1e-3 || d < -1e-3 { // batch norm is folded in both
			t.Errorf("logit %d is %v by the head and %v whole", c, v, b.Logits[c])
		}
	}
}

// TestTeachRefused: what cannot be taught is said in words, and nothing is written.
func TestTeachRefused(t *testing.T) {
	cached(t)
	dir := folder(t, 2, "green", "red")
	folders := func(names ...string) string {
		at := t.TempDir()
		for _, name := range names {
			class, from, _ := strings.Cut(name, "=")
			if err := os.MkdirAll(filepath.Join(at, class), 0o777); err != nil {
				t.Fatal(err)
			}
			if from == "" {
				continue
			}
			data, err := os.ReadFile(filepath.Join(dir, from))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(at, class, filepath.Base(from)), data, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		return at
	}
	taken := t.TempDir()
	if err := os.WriteFile(filepath.Join(taken, "baseline.safetensors"), []byte("weights"), 0o666); err != nil {
		t.Fatal(err)
	}
	busy := t.TempDir()
	release, err := file.Lock(busy)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	out := filepath.Join(t.TempDir(), "out")
	for _, c := range []struct {
		want string
		args []string
	}{
		{"no folder of pictures named", []string{"teach", "-o", out}},
		{"no folder named to write to", []string{"teach", dir}},
		{"put the class folders into one", []string{"teach", dir, dir, "-o", out}},
		{"--strength 0; give", []string{"teach", dir, "-o", out, "--strength", "0"}},
		{"--folds 1; give 2", []string{"teach", dir, "-o", out, "--folds", "1"}},
		{"there is one class", []string{"teach", folders("red=red/x.png"), "-o", out}},
		{"have one name in two cases", []string{"teach", folders("Red=red/x.png", "red=red/xx.png", "green=green/x.png"), "-o", out}},
		{"has no picture to learn from", []string{"teach", folders("red=red/x.png", "green=green/broken.png"), "-o", out, "-n", "scenes:baseline"}},
		{"are the same picture, and of two classes", []string{"teach", folders("red=red/x.png", "green=red/x.png"), "-o", out, "-n", "scenes:baseline"}},
		{"lies in " + dir, []string{"teach", dir, "-o", filepath.Join(dir, "out")}},
		{"another process of scalecam writes to this folder", []string{"teach", dir, "-o", busy, "-n", "scenes:baseline"}},
		{"no head that was taught", []string{"teach", dir, "-o", taken, "-n", "scenes:baseline"}},
		{"there is no such file", []string{"teach", dir, "-o", out, "-n", "missing.safetensors"}},
		{"no folder in it holds pictures", []string{"teach", t.TempDir(), "-o", out}},
	} {
		var stdout, stderr bytes.Buffer
		status := Run(c.args, &stdout, &stderr, nil)
		if status == 0 || !strings.Contains(stderr.String(), c.want) {
			t.Errorf("%q: status %d, %q, want %q", c.args[1:], status, stderr.String(), c.want)
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("something was written")
	}
	if data, err := os.ReadFile(filepath.Join(taken, "baseline.safetensors")); err != nil || string(data) != "weights" {
		t.Errorf("what was there is gone (%v)", err)
	}
}

// TestTeachOne: of one picture in each class heads are taught, and it is said that nobody
// knows what they are worth.
func TestTeachOne(t *testing.T) {
	cached(t)
	dir, out := folder(t, 1, "green", "red"), filepath.Join(t.TempDir(), "out")
	stdout, _ := mustRun(t, "teach", dir, "-o", out, "-n", "scenes:baseline", "--half")
	if !strings.Contains(stdout, "how often the answers are right is not known") {
		t.Errorf("it says %q", stdout)
	}
	if _, err := models.Open(filepath.Join(out, "baseline.safetensors"), nil); err != nil {
		t.Error(err)
	}
}

// TestTeachHeld: pictures of val measure, and are not learnt from.
func TestTeachHeld(t *testing.T) {
	cached(t)
	dir := t.TempDir()
	for i, split := range []string{"train", "val"} {
		from := folder(t, 4-i, "green", "red")
		if err := os.Rename(from, filepath.Join(dir, split)); err != nil {
			t.Fatal(err)
		}
	}
	stdout, stderr := mustRun(t, "teach", dir, "-o", filepath.Join(t.TempDir(), "out"), "-n", "scenes:baseline")
	if !strings.Contains(stdout, "8 pictures to learn from") || !strings.Contains(stderr, "is learnt from already") {
		t.Errorf("it says %q and tells %q", stdout, stderr)
	}
}
