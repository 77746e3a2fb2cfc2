package batch_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image/png"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"scalecam/compare"
	"scalecam/compare/batch"
	"scalecam/compare/comparetest"
	"scalecam/file"
	"scalecam/network"
	"scalecam/picture"
	"scalecam/version"
)

// pictures writes so many pictures of different sizes into a new folder.
func pictures(t *testing.T, n int) (paths []string) {
	t.Helper()
	dir := t.TempDir()
	for i := range n {
		path := filepath.Join(dir, fmt.Sprintf("picture %02d.png", i))
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, comparetest.Picture("", 30+3*i, 40).Image); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// job is of two small networks.
func job(t *testing.T, paths []string, dir string) *batch.Job {
	t.Helper()
	return &batch.Job{
		Paths: paths, Models: []*network.Model{comparetest.Model(t, "a", 64), comparetest.Model(t, "b/c", 96)},
		Kinds: batch.Kinds, View: compare.DefaultView(), Dir: dir,
	}
}

// tree is all that is in a folder, by path.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		all[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// alike holds a folder to what it should be.
func alike(t *testing.T, what, dir string, want map[string]string) {
	t.Helper()
	got := tree(t, dir)
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if got[name] != want[name] {
			t.Errorf("%s: %s is not as it should be", what, name)
		}
		delete(got, name)
	}
	if len(got) > 0 {
		t.Errorf("%s: there is too much: %q", what, slices.Sorted(maps.Keys(got)))
	}
}

func run(t *testing.T, j *batch.Job) batch.Summary {
	t.Helper()
	sum, err := j.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// entries are a manifest's.
func entries(t *testing.T, dir string) (all []batch.Entry) {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, batch.Manifest))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var e batch.Entry
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

// TestRun: each picture has its files and its line, which says what a comparison of it
// does; a bad one is recorded. The bytes are the same on any number of cores.
func TestRun(t *testing.T) {
	paths := pictures(t, 7)
	if err := os.WriteFile(paths[2], []byte("no picture"), 0o666); err != nil {
		t.Fatal(err)
	}
	paths = append(paths, "missing.png", paths[0])
	dir := filepath.Join(t.TempDir(), "new")
	j := job(t, paths, dir)
	var told []batch.Progress
	j.Report = func(p batch.Progress) { told = append(told, p) }
	if sum := run(t, j); sum != (batch.Summary{Pictures: 9, Broken: 2}) {
		t.Errorf("%+v", sum)
	}
	if last := told[len(told)-1]; len(told) != 10 || last.Done != 9 || last.Total != 9 || last.Broken != 2 || last.Rate <= 0 || last.Left != 0 {
		t.Errorf("told of %d: %+v", len(told), last)
	}
	want := tree(t, dir)
	if n := 2 + 7*5; len(want) != n {
		t.Errorf("%d files, want %d", len(want), n)
	}
	all := entries(t, dir)
	if len(all) != 9 {
		t.Fatalf("%d entries", len(all))
	}
	for i, e := range all {
		if e.Index != i || string(e.Picture) != paths[i] || (e.Looked == nil) != (i == 2 || i == 7) || (e.Error == "") == (e.Looked == nil) {
			t.Errorf("entry %d: %+v", i, e)
		}
		if e.Looked == nil {
			continue
		}
		p, err := compare.OpenPicture(paths[i])
		if err != nil {
			t.Fatal(err)
		}
		c, err := compare.Run(t.Context(), []*picture.Picture{p}, j.Models, "", compare.By{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for k, cell := range e.Cells {
			of := &c.Rows[0].Cells[k]
			if e.SHA256 != p.SHA256 || e.Class != c.Rows[0].Class || float64(cell.Probability) != of.Probability || *cell.ClassIndex != of.Class || cell.Agreement != nil {
				t.Errorf("entry %d, network %d: %+v", i, k, cell)
			}
			if npy := want[cell.Map.File]; !strings.HasPrefix(npy, "\x93NUMPY") || want[cell.Overlay.File] == "" {
				t.Errorf("entry %d, network %d: %q", i, k, cell.Map.File)
			}
		}
		if !strings.HasPrefix(want[e.Figure.File], "\x89PNG") {
			t.Errorf("entry %d: %q", i, e.Figure.File)
		}
	}
	if got := all[1].Cells[1].Map.File; got != "maps/00000/0000001-picture_01-2-b_c.npy" {
		t.Errorf("a map is called %s", got)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, cores := range []int{1, 3} {
		runtime.GOMAXPROCS(cores)
		again := filepath.Join(t.TempDir(), "again")
		run(t, job(t, paths, again))
		alike(t, fmt.Sprintf("%d cores", cores), again, want)
	}
}

// TestGoesOn: what is interrupted, wherever, ends in the same bytes when it is run again,
// and does nothing twice.
func TestGoesOn(t *testing.T) {
	paths := pictures(t, 8)
	whole := filepath.Join(t.TempDir(), "whole")
	run(t, job(t, paths, whole))
	want := tree(t, whole)
	part := filepath.Join(whole, "..", "part")
	for _, after := range []int{0, 1, 5} {
		if err := os.RemoveAll(part); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		j := job(t, paths, part)
		j.Report = func(p batch.Progress) {
			if p.Done == after {
				cancel()
			}
		}
		if _, err := j.Run(ctx); !errors.Is(err, context.Canceled) {
			t.Fatalf("interrupted: %v", err)
		}
		// As a process leaves it that is killed while it writes a line and a map.
		journal := filepath.Join(part, "manifest.part.jsonl")
		lines, err := os.ReadFile(journal)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(string(lines), "\n"); got != after {
			t.Errorf("%d lines after %d pictures", got, after)
		}
		if err := os.WriteFile(journal, append(lines, `{"index":99,"pict`...), 0o666); err != nil {
			t.Fatal(err)
		}
		left := filepath.Join(part, "maps", "00000", ".scalecam-0123456789abcdef")
		if err := os.MkdirAll(filepath.Dir(left), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(left, []byte("half a map"), 0o666); err != nil {
			t.Fatal(err)
		}
		first := 8
		j = job(t, paths, part)
		j.Report = func(p batch.Progress) { first = min(first, p.Done) }
		if sum := run(t, j); sum != (batch.Summary{Pictures: 8, Before: after}) || first != after {
			t.Errorf("gone on with: %+v, from %d on", sum, first)
		}
		alike(t, fmt.Sprintf("after %d", after), part, want)
	}
	// A machine that ended left a map empty: what follows is made again.
	if err := os.Rename(filepath.Join(part, batch.Manifest), filepath.Join(part, "manifest.part.jsonl")); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(part, "maps", "00000", "0000005-picture_05-1-a.npy"), 0); err != nil {
		t.Fatal(err)
	}
	if sum := run(t, job(t, paths, part)); sum.Before != 5 {
		t.Errorf("with an empty map: %+v", sum)
	}
	alike(t, "with an empty map", part, want)
	if sum := run(t, job(t, paths, part)); sum.Before != 8 {
		t.Errorf("run again when it is done: %+v", sum)
	}
	alike(t, "run again", part, want)
}

// TestShards: shards, wherever they were made, are put together to what one run makes.
func TestShards(t *testing.T) {
	paths := pictures(t, 10)
	if err := os.Remove(paths[4]); err != nil {
		t.Fatal(err)
	}
	whole := filepath.Join(t.TempDir(), "whole")
	run(t, job(t, paths, whole))
	want := tree(t, whole)
	together := filepath.Join(t.TempDir(), "together")
	var apart []string
	for part := 1; part <= 4; part++ {
		apart = append(apart, filepath.Join(t.TempDir(), "apart"))
		for _, dir := range []string{together, apart[part-1]} {
			j := job(t, paths, dir)
			j.Shard = batch.Shard{Part: part, Of: 4}
			if sum := run(t, j); sum.Pictures != []int{3, 3, 2, 2}[part-1] {
				t.Errorf("shard %v: %+v", j.Shard, sum)
			}
		}
		if part == 3 {
			for _, folders := range [][]string{{together}, apart} {
				if _, err := batch.Merge(t.Context(), folders, filepath.Join(t.TempDir(), "out")); err == nil || !strings.Contains(err.Error(), "of 4 shards 1 are not done (4/4)") {
					t.Errorf("merged too early: %v", err)
				}
			}
		}
	}
	out := filepath.Join(t.TempDir(), "out")
	for what, c := range map[string]struct {
		folders []string
		out     string
	}{"in place": {[]string{together}, together}, "copied": {apart, out}, "copied again": {apart, out}} {
		sum, err := batch.Merge(t.Context(), c.folders, c.out)
		if err != nil || sum != (batch.Summary{Pictures: 10, Broken: 1}) {
			t.Fatalf("%s: %+v, %v", what, sum, err)
		}
		alike(t, what, c.out, want)
	}
	if sum := run(t, job(t, paths, together)); sum.Before != 10 {
		t.Errorf("run again when it is merged: %+v", sum)
	}
	name := filepath.FromSlash(entries(t, out)[1].Cells[0].Map.File)
	if err := os.WriteFile(filepath.Join(apart[1], name), []byte("torn"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := batch.Merge(t.Context(), apart, filepath.Join(t.TempDir(), "out")); err == nil || !strings.Contains(err.Error(), "not as the manifest says") {
		t.Errorf("of a torn map: %v", err)
	}
	if _, err := batch.Merge(t.Context(), append(apart, apart[0]), out); err == nil || !strings.Contains(err.Error(), "leave one of the folders out") {
		t.Errorf("one twice: %v", err)
	}
}

// TestRefused: nothing is written over, and nothing is mixed.
func TestRefused(t *testing.T) {
	paths := pictures(t, 3)
	done := filepath.Join(t.TempDir(), "done")
	run(t, job(t, paths, done))
	sharded := filepath.Join(t.TempDir(), "sharded")
	j := job(t, paths, sharded)
	j.Shard = batch.Shard{Part: 1, Of: 2}
	run(t, j)
	strange := t.TempDir()
	if err := os.WriteFile(filepath.Join(strange, "thesis.doc"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		change func(j *batch.Job)
		dir    string
		want   string
	}{
		"other pictures":     {func(j *batch.Job) { j.Paths = j.Paths[:2] }, done, "other pictures"},
		"other kinds":        {func(j *batch.Job) { j.Kinds = j.Kinds[:1] }, done, "other settings"},
		"another class":      {func(j *batch.Job) { j.Ask.Class = "class 3" }, done, "other settings"},
		"others' files":      {func(*batch.Job) {}, strange, "thesis.doc"},
		"no shard":           {func(*batch.Job) {}, sharded, "holds shards"},
		"a shard":            {func(j *batch.Job) { j.Shard = batch.Shard{Part: 1, Of: 2} }, done, "not in shards"},
		"no pictures":        {func(j *batch.Job) { j.Paths = nil }, t.TempDir(), "no pictures"},
		"a file":             {func(*batch.Job) {}, paths[0], "cannot be read"},
		"an unknown class":   {func(j *batch.Job) { j.Ask.Class = "spaceship" }, t.TempDir(), "spaceship"},
		"a shard of another": {func(j *batch.Job) { j.Shard, j.Paths = batch.Shard{Part: 1, Of: 2}, paths[1:] }, sharded, "other pictures"},
	} {
		j := job(t, paths, c.dir)
		c.change(j)
		before := map[string]string{}
		if c.dir != paths[0] {
			before = tree(t, c.dir)
		}
		if _, err := j.Run(t.Context()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", what, err, c.want)
		}
		if c.dir != paths[0] {
			alike(t, what, c.dir, before)
		}
		if _, err := os.Stat(filepath.Join(done, "shards")); err == nil {
			t.Errorf("%s: it leaves a folder behind", what)
		}
	}
	// Two at a time.
	release, err := file.Lock(done)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if _, err := job(t, paths, done).Run(t.Context()); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("two at once: %v", err)
	}
}

// TestOtherProgram: a batch that another version began is not mixed; one of the time
// before batches said what wrote them goes on, and its shards are merged with those that do.
func TestOtherProgram(t *testing.T) {
	paths := pictures(t, 4)
	whole := filepath.Join(t.TempDir(), "whole")
	run(t, job(t, paths, whole))
	want := tree(t, whole)
	says := `  "program": "` + version.Name() + `",` + "\n"
	settings := filepath.Join(whole, "batch.json")
	if !strings.Contains(want["batch.json"], says) {
		t.Fatalf("batch.json does not say what wrote it: %s", want["batch.json"])
	}
	write := func(path, line string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(strings.Replace(want["batch.json"], says, line, 1)), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write(settings, "")
	if sum := run(t, job(t, paths, whole)); sum.Before != 4 {
		t.Errorf("an older one: %+v", sum)
	}
	write(settings, `"program": "scalecam 0.0.1",`)
	if _, err := job(t, paths, whole).Run(t.Context()); err == nil || !strings.Contains(err.Error(), `a batch that "scalecam 0.0.1" began, and this is `+version.Name()) {
		t.Errorf("one of another version: %v", err)
	}
	sharded := filepath.Join(t.TempDir(), "sharded")
	for part := 1; part <= 2; part++ {
		j := job(t, paths, sharded)
		j.Shard = batch.Shard{Part: part, Of: 2}
		run(t, j)
	}
	second := filepath.Join(batch.Shard{Part: 2, Of: 2}.Folder(sharded), "batch.json")
	write(second, `"program": "scalecam 0.0.1",`)
	if _, err := batch.Merge(t.Context(), []string{sharded}, sharded); err == nil || !strings.Contains(err.Error(), "another version") {
		t.Errorf("shards of two versions: %v", err)
	}
	write(second, "")
	if _, err := batch.Merge(t.Context(), []string{sharded}, sharded); err != nil {
		t.Fatal(err)
	}
	alike(t, "an older shard, merged", sharded, want)
}

// TestUnwritable: where files cannot be written any more, the run ends and says so, and
// goes on later.
func TestUnwritable(t *testing.T) {
	paths := pictures(t, 6)
	dir := filepath.Join(t.TempDir(), "dir")
	full := errors.New("no space left on device")
	writes := 0
	file.Fault = func(call string) error {
		if call == "rename" {
			if writes++; writes > 12 {
				return full
			}
		}
		return nil
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // Fault is for one
	_, err := job(t, paths, dir).Run(t.Context())
	file.Fault = nil
	if !errors.Is(err, full) {
		t.Fatalf("on a full disk: %v", err)
	}
	if sum := run(t, job(t, paths, dir)); sum.Broken > 0 || sum.Before == 0 {
		t.Errorf("gone on with: %+v", sum)
	}
	whole := filepath.Join(t.TempDir(), "whole")
	run(t, job(t, paths, whole))
	alike(t, "gone on with", dir, tree(t, whole))
}

func TestParseShard(t *testing.T) {
	if s, err := batch.ParseShard("3/8"); err != nil || s != (batch.Shard{Part: 3, Of: 8}) {
		t.Errorf("3/8 is %+v, %v", s, err)
	}
	for _, text := range []string{"", "3", "0/8", "9/8", "-1/8", "3/8/2", "03/8", "3/ 8", "x/y", "1/1000000"} {
		if s, err := batch.ParseShard(text); err == nil {
			t.Errorf("%q is %+v", text, s)
		}
	}
}
