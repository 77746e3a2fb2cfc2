package sweep

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"scalecam/assets"
	"scalecam/compare/batch"
	"scalecam/dataset"
	"scalecam/file"
	"scalecam/network/train"
)

// small is a sweep of small networks: d 1 and w 0.5 at 16 pixels is in both lines.
const small = `{
	"name": "small", "title": "Small", "folder": "pictures", "architecture": "efficientnet-64",
	"recipe": {"epochs": 3, "batch": 8, "rate": 0.05, "average": 0.9, "dropout": 0, "stochastic_depth": 0},
	"lines": [
		{"name": "depth", "title": "depth", "points": [{"width": 0.5, "resolution": 0.25, "seeds": [1, 2]}, {"depth": 2, "width": 0.5, "resolution": 0.25}]},
		{"name": "rest", "title": "rest", "points": [{"width": 0.5, "resolution": 0.25}, {"width": 0.5, "resolution": 0.375}]}
	]
}`

// blots is a set of pictures whose class is their colour.
type blots int

func (b blots) Classes() []string { return []string{"red", "green"} }
func (b blots) Len() int          { return int(b) }
func (b blots) Class(i int) int   { return i % 2 }
func (b blots) At(i int) (*dataset.Example, error) {
	img := image.NewRGBA(image.Rect(0, 0, 24, 20))
	for y := range 20 {
		for x := range 24 {
			v := uint8(120 + (i*7+x*3+y)%100)
			img.SetRGBA(x, y, [...]color.RGBA{{v, 40, 40, 255}, {40, v, 40, 255}}[i%2])
		}
	}
	return &dataset.Example{Name: fmt.Sprint(i), Image: img, Class: i % 2}, nil
}

// job is the small sweep into a folder.
func job(t *testing.T, dir string) *Job {
	t.Helper()
	s, err := Parse([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	return &Job{Sweep: s, Dir: dir, Train: blots(40), Val: blots(12), Data: "blots"}
}

// do runs a job to its end.
func do(t *testing.T, j *Job) *Result {
	t.Helper()
	r, err := j.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func result(t *testing.T, dir string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, ResultFile))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// whole is the result of the small sweep, done by itself on one core.
var whole = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "sweep")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	s, err := Parse([]byte(small))
	if err != nil {
		return nil, err
	}
	j := &Job{Sweep: s, Dir: dir, Train: blots(40), Val: blots(12), Data: "blots", Jobs: 1}
	if _, err := j.Run(context.Background()); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, ResultFile))
})

// same: the folder holds that result.
func same(t *testing.T, dir string) {
	t.Helper()
	want, err := whole()
	if err != nil {
		t.Fatal(err)
	}
	if got := result(t, dir); !bytes.Equal(got, want) {
		t.Errorf("another result:\n%s\nwant:\n%s", got, want)
	}
}

// TestRun: every network is trained once for each seed, side by side as one after
// another, the result says all of it and reads back, and nothing is trained twice.
func TestRun(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	dir := t.TempDir()
	j := job(t, dir)
	var finished []string
	most := 0
	j.Report = func(p Progress) {
		if most = max(most, len(p.Now)); p.Finished != nil {
			finished = append(finished, p.Finished.Name)
		}
		if p.Total != 4 || p.Done != len(finished) || p.Left < 0 || len(p.Now) == 0 {
			t.Errorf("progress %+v", p)
		}
	}
	r := do(t, j)
	same(t, dir)
	if len(finished) != 4 || most < 2 {
		t.Errorf("finished %v, %d at once", finished, most)
	}
	if !r.Whole() || len(r.Trainings()) != 4 || len(r.Lines) != 2 || r.Validated != 12 {
		t.Errorf("result %+v", r)
	}
	deep := r.Lines[0].Points[1]
	if deep.Depth != 2 || deep.Width != 0.5 || deep.Resolution != 16 || deep.Runs[0].Name != "d2-w0.5-16px-seed1" || deep.Parameters <= r.Lines[0].Points[0].Parameters {
		t.Errorf("depth 2 is %+v", deep)
	}
	first := r.Lines[1].Points[0].Runs[0]
	if len(first.Curve) != 3 || first.Top1 != first.Curve[2].ValTop1 || first.Interval == nil || first.Interval[0] > first.Top1 || first.Interval[1] < first.Top1 || len(first.Weights) != 64 || len(first.Instructions) != 1 {
		t.Errorf("training %+v", first)
	}
	if first.Weights != r.Lines[0].Points[0].Runs[0].Weights || first.Weights == r.Lines[0].Points[0].Runs[1].Weights {
		t.Error("a network that is in two lines is not the same, or two seeds are")
	}
	read, err := Read(result(t, dir))
	if err != nil || len(read.Trainings()) != 4 || read.Lines[0].Points[0].Runs[0].Weights != first.Weights {
		t.Errorf("read as %+v, %v", read, err)
	}
	before, err := os.Stat(filepath.Join(dir, "points", first.Name, first.Name+".checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	do(t, job(t, dir))
	if after, err := os.Stat(filepath.Join(dir, "points", first.Name, first.Name+".checkpoint")); err != nil || after.ModTime() != before.ModTime() {
		t.Errorf("trained again (%v)", err)
	}
	same(t, dir)
}

// TestShards: parts into one folder, and into folders whose points are then put together,
// end in the result of the whole.
func TestShards(t *testing.T) {
	together, apart := t.TempDir(), t.TempDir()
	for part := 1; part <= 2; part++ {
		j := job(t, together)
		j.Shard = batch.Shard{Part: part, Of: 2}
		if r := do(t, j); r.Whole() != (part == 2) {
			t.Errorf("after part %d whole: %v", part, r.Whole())
		}
		j = job(t, t.TempDir())
		j.Shard = batch.Shard{Part: part, Of: 2}
		do(t, j)
		if _, err := os.Stat(filepath.Join(j.Dir, ResultFile)); err == nil {
			t.Error("half of the sweep has a result")
		}
		if err := os.CopyFS(filepath.Join(apart, "points"), os.DirFS(filepath.Join(j.Dir, "points"))); err != nil {
			t.Fatal(err)
		}
	}
	same(t, together)
	j := job(t, apart)
	j.Report = func(p Progress) {
		if p.Finished == nil {
			t.Errorf("it trains: %+v", p)
		}
	}
	do(t, j)
	same(t, apart)
}

// TestKilled: a sweep that is killed ten times ends in the same result.
func TestKilled(t *testing.T) {
	const folder = "SCALECAM_SWEEP_KILLED"
	long := func(dir string) *Job {
		j := job(t, dir)
		j.Sweep.Recipe.Epochs = 30
		return j
	}
	if dir := os.Getenv(folder); dir != "" { // the process to kill
		do(t, long(dir))
		return
	}
	want := t.TempDir()
	do(t, long(want))
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(1, 2))
	for kills := 0; kills < 10; kills++ {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$")
		cmd.Env = append(os.Environ(), folder+"="+dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case <-ended:
			t.Fatalf("it ended after %d kills; give it more epochs", kills)
		case <-time.After(time.Duration(50+rng.IntN(150)) * time.Millisecond):
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			<-ended
		}
	}
	do(t, long(dir))
	if !bytes.Equal(result(t, dir), result(t, want)) {
		t.Error("killed and taken up, another result")
	}
}

// TestUntil: the first epochs, again, are the same, and a later run goes on from them.
func TestUntil(t *testing.T) {
	var weights [2]string
	var dirs [2]string
	for i := range weights {
		dirs[i] = t.TempDir()
		j := job(t, dirs[i])
		j.Until, j.Jobs = 2, 1+2*i
		finished := 0
		var last Progress
		j.Report = func(p Progress) {
			if p.Finished != nil {
				finished++
			}
			if last = p; p.Done != finished || slices.ContainsFunc(p.Now, func(n Now) bool { return n.Epochs != 2 }) {
				t.Errorf("progress %+v", p)
			}
		}
		r := do(t, j)
		if finished != 4 || last.Done != last.Total || last.Left != 0 {
			t.Errorf("%d are done, and at last %+v", finished, last)
		}
		for _, run := range r.Trainings() {
			if len(run.Curve) != 2 || r.Done(run) {
				t.Errorf("%d epochs", len(run.Curve))
			}
			weights[i] += run.Weights
		}
	}
	if weights[0] != weights[1] {
		t.Error("again, other weights")
	}
	do(t, job(t, dirs[0]))
	same(t, dirs[0])
}

// TestGrows: a sweep that gets more points and seeds trains those alone.
func TestGrows(t *testing.T) {
	dir := t.TempDir()
	some := job(t, dir)
	some.Sweep.Lines = []Line{{Name: "depth", Title: "depth", Points: some.Sweep.Lines[0].Points[1:]}}
	do(t, some)
	do(t, job(t, dir))
	same(t, dir)
}

// TestKnown: what an earlier result holds is taken over, in whatever folder, and the whole
// is as if all had been trained here; a result of anything else is refused.
func TestKnown(t *testing.T) {
	some := job(t, t.TempDir())
	some.Sweep.Lines = some.Sweep.Lines[:1]
	known := do(t, some)
	j := job(t, t.TempDir())
	j.Known = known
	var finished []string
	j.Report = func(p Progress) {
		if p.Finished != nil {
			finished = append(finished, p.Finished.Name)
		}
	}
	do(t, j)
	same(t, j.Dir)
	if len(finished) != 1 || finished[0] != "d1-w0.5-24px-seed1" {
		t.Errorf("trained %v", finished)
	}
	for name, c := range map[string]struct {
		change func(j *Job)
		want   string
	}{
		"recipe":       {func(j *Job) { j.Sweep.Recipe.Epochs = 2 }, "another sweep (epochs 3, now 2)"},
		"data":         {func(j *Job) { j.Data = "other blots" }, "another sweep (on blots, now on other blots)"},
		"architecture": {func(j *Job) { j.Sweep.Architecture = "efficientnet-128" }, "another sweep (efficientnet-64, now efficientnet-128)"},
	} {
		j := job(t, t.TempDir())
		j.Known = known
		c.change(j)
		if _, err := j.Run(context.Background()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	known.Lines[0].Points[0].MACs++
	j = job(t, t.TempDir())
	j.Known = known
	if _, err := j.Run(context.Background()); err == nil || !strings.Contains(err.Error(), "multiply-adds in the known result") {
		t.Errorf("other counts: error %v", err)
	}
}

// TestElsewhere: what another process trains is left to it, and a result that is no
// sweep's is not written over.
func TestElsewhere(t *testing.T) {
	dir := t.TempDir()
	release, err := file.Claim(filepath.Join(dir, "points", "d2-w0.5-16px-seed1"))
	if err != nil {
		t.Skip(err)
	}
	j := job(t, dir)
	var told []string
	var mu sync.Mutex
	j.Tell = func(line string) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, line)
	}
	r := do(t, j)
	if r.Whole() || len(told) != 1 || !strings.Contains(told[0], "trained by another process") {
		t.Errorf("whole: %v, told %q", r.Whole(), told)
	}
	release()
	do(t, job(t, dir))
	same(t, dir)

	for name, text := range map[string]string{"other": `{"a": 1}`, "empty": ``, "none": `{"schema": 1, "program": "x", "name": "x", "lines": []}`} {
		dir := t.TempDir()
		path := filepath.Join(dir, ResultFile)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := job(t, dir).Run(context.Background()); err == nil || !strings.Contains(err.Error(), "would be written over") {
			t.Errorf("%s: error %v", name, err)
		}
		if is, _ := os.ReadFile(path); string(is) != text {
			t.Errorf("%s: written over", name)
		}
	}
	other := job(t, dir)
	other.Sweep.Recipe.Rate = 0.1
	if _, err := other.Run(context.Background()); err == nil || !strings.Contains(err.Error(), "belongs to another run (rate 0.05, now 0.1)") {
		t.Errorf("another recipe: error %v", err)
	}
}

// TestFaults: one training that diverges leaves the others; an interruption and any other
// error end all, saved.
func TestFaults(t *testing.T) {
	dir := t.TempDir()
	j := job(t, dir)
	j.Sweep.Recipe.Rate, j.Sweep.Recipe.WarmUp = 100, 0
	if _, err := j.Run(context.Background()); !errors.Is(err, train.ErrDiverged) || !strings.Contains(err.Error(), "of 4 trainings") {
		t.Errorf("error %v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	dir = t.TempDir()
	j = job(t, dir)
	j.Report = func(p Progress) {
		if p.Done == 1 {
			stop()
		}
	}
	if _, err := j.Run(ctx); !errors.Is(err, train.ErrStopped) {
		t.Errorf("error %v", err)
	}
	do(t, job(t, dir))
	same(t, dir)

	j = job(t, t.TempDir())
	j.Train = unreadable{j.Train}
	if _, err := j.Run(context.Background()); err == nil || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("error %v", err)
	}
}

// unreadable is a set whose pictures cannot be read.
type unreadable struct{ dataset.Set }

func (unreadable) At(i int) (*dataset.Example, error) {
	return nil, fmt.Errorf("picture %d cannot be read", i)
}

// TestParse names what is wrong of a file.
func TestParse(t *testing.T) {
	of := func(lines string) string {
		return `{"name": "x", "title": "X", "folder": "f", "architecture": "efficientnet-64", "recipe": {}, "lines": ` + lines + `}`
	}
	grid := func(g string) string { return of(`[{"name": "a", "title": "A", "grid": ` + g + `}]`) }
	many := func(n int, of func(i int) string) string {
		var all []string
		for i := range n {
			all = append(all, of(i))
		}
		return "[" + strings.Join(all, ", ") + "]"
	}
	values := many(100, func(i int) string { return fmt.Sprint(1 + float64(i)/1000) })
	for text, want := range map[string]string{
		``:             "no JSON",
		`[]`:           "no JSON",
		`{"nam": "x"}`: `unknown field "nam"`,
		`{"name": "x", "title": "X", "folder": "f", "architecture": "efficientnet-64", "recipe": {}, "lines": [], "lines": []}`:                    "twice",
		`{"name": "", "title": "X", "folder": "f", "architecture": "efficientnet-64", "recipe": {}, "lines": []}`:                                  "no name",
		`{"name": "x", "title": "X", "architecture": "efficientnet-64", "recipe": {}, "lines": []}`:                                                "scenes or a folder",
		`{"name": "x", "title": "X", "folder": "f", "architecture": "efficientnet-64", "recipe": {"epochs": 0}, "lines": []}`:                      "epochs is 0",
		`{"name": "x", "title": "X", "folder": "f", "architecture": "efficientnet-64", "recipe": {"from": "imagenet:baseline"}, "lines": []}`:      "from",
		`{"name": "x", "title": "X", "folder": "f", "architecture": "none", "recipe": {}, "lines": [{"name": "a", "title": "A", "points": [{}]}]}`: "none",
		strings.Replace(of(`[]`), `"folder": "f"`, `"folder": "\\\\host\\share"`, 1):                                                               "network share",
		of(`[]`):                            "no lines",
		of(`[{"name": "a", "title": "A"}]`): "no points",
		of(`[null]`):                        "names a line",
		of(`[{"name": "../a", "title": "A", "points": [{}]}]`):                                                                                               `"../a" names a line`,
		of(`[{"name": "a", "title": "A", "points": [{}]}, {"name": "A", "title": "A", "points": [{}]}]`):                                                     `"A" names a line`,
		of(`[{"name": "a", "title": "A", "points": [{}, {"depth": 1}]}]`):                                                                                    "d 1, w 1, 64 px is there twice",
		of(`[{"name": "a", "title": "A", "points": [{"deph": 2}]}]`):                                                                                         `unknown field "deph"`,
		of(`[{"name": "a", "title": "A", "points": [{"depth": 0}]}]`):                                                                                        "out of range",
		of(`[{"name": "a", "title": "A", "points": [{"depth": -1}]}]`):                                                                                       "out of range",
		of(`[{"name": "a", "title": "A", "points": [{"depth": 1e9}]}]`):                                                                                      "out of range",
		of(`[{"name": "a", "title": "A", "points": [{"depth": "2"}]}]`):                                                                                      "cannot unmarshal",
		of(`[{"name": "a", "title": "A", "points": [{"width": 1e300}]}]`):                                                                                    "out of range",
		of(`[{"name": "a", "title": "A", "points": [{"resolution": 1e300}]}]`):                                                                               "out of range",
		of(`[{"name": "a", "title": "A", "points": [{"resolution": 100}]}]`):                                                                                 "out of range",
		of(`[{"name": "a", "title": "A", "points": [{"seeds": [1, 1]}]}]`):                                                                                   "1 is there twice",
		of(`[{"name": "a", "title": "A", "points": [{"seeds": [-1]}]}]`):                                                                                     "cannot unmarshal",
		of(many(51, func(i int) string { return fmt.Sprintf(`{"name": "a%d", "title": "A", "points": [{}]}`, i) })):                                          "51 lines",
		of(`[{"name": "a", "title": "A", "points": ` + many(1001, func(i int) string { return fmt.Sprintf(`{"depth": %d.%03d}`, 1+i/1000, i%1000) }) + `}]`): "more than 1000",
		of(`[{"name": "a", "title": "A", "seeds": ` + many(101, func(i int) string { return fmt.Sprint(i) }) + `, "points": [{}]}]`):                         "seeds",
		of(`[{"name": "a", "title": "A", "seeds": ` + many(100, func(i int) string { return fmt.Sprint(i) }) + `, "points": ` + many(11, func(i int) string { return fmt.Sprintf(`{"depth": %d}`, 1+i) }) + `}]`): "more than 1000 trainings",
		grid(`{"alpha": [1.2], "beta": [1.1], "phi": []}`):                                                                        "0 values of phi",
		grid(`{"alpha": [0.5], "beta": [1.1], "phi": [1]}`):                                                                       "alpha has 0.5",
		grid(`{"alpha": [1.2, 1.2], "beta": [1.1], "phi": [1]}`):                                                                  "alpha has 1.2",
		grid(`{"alpha": [1.2], "beta": [1.1], "phi": [-1]}`):                                                                      "phi has -1",
		grid(`{"alpha": [2], "beta": [1.4], "phi": [1], "tolerance": 0.1}`):                                                       "none within the tolerance",
		grid(`{"alpha": [1.2], "beta": [1.1], "phi": [1], "tolerance": 2}`):                                                       "tolerance is 2",
		grid(`{"alpha": [1.2], "beta": [1.1], "gama": [1], "phi": [1]}`):                                                          `unknown field "gama"`,
		grid(`{"alpha": [2], "beta": [1], "phi": [8]}`):                                                                           "depth of 256",
		grid(`{"alpha": ` + values + `, "beta": ` + values + `, "gamma": ` + values + `, "phi": ` + values + `, "tolerance": 1}`): "more than 1000",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.200s: error %v, want %q", text, err, want)
		}
	}
}

// FuzzParse: whatever a file holds, it is parsed or refused, and what is parsed has a plan.
func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Add(assets.Scenes().Sweep)
	f.Add([]byte(`{"name": "x", "title": "X", "folder": "f", "architecture": "resnet-18", "lines": [{"name": "a", "title": "A", "points": [null, {"depth": 1e-9}], "grid": {"alpha": [1], "beta": [1], "phi": [0]}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Parse(data)
		if err != nil {
			return
		}
		plan, err := s.Plan(3)
		if err != nil {
			t.Fatal(err)
		}
		for _, run := range plan.Trainings() {
			if !filepath.IsLocal(run.Name) || filepath.Base(run.Name) != run.Name {
				t.Errorf("a training is called %q", run.Name)
			}
		}
	})
}

// TestGrid: γ is worked out to the cost that the paper asks for, within the tolerance.
func TestGrid(t *testing.T) {
	data := assets.Scenes().Sweep
	s, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := s.Plan(18)
	if err != nil {
		t.Fatal(err)
	}
	search := plan.Lines[len(plan.Lines)-1]
	if search.Name != "search" || len(search.Points) != 16 {
		t.Fatalf("%d points of %s", len(search.Points), search.Name)
	}
	for _, p := range search.Points {
		b := p.Bases
		if cost := b.Alpha * b.Beta * b.Beta * b.Gamma * b.Gamma; cost < 1.99 || cost > 2.03 || b.Gamma < 1 || b.Phi != 2 {
			t.Errorf("%+v costs %v", *b, cost)
		}
	}
	compound := plan.Lines[3]
	if p := compound.Points[4]; len(compound.Points) != 5 || p.Resolution != 112 || p.Depth != 2.074 || len(p.Runs) != 2 {
		t.Errorf("compound: %+v", p)
	}
	if baseline := compound.Points[0].Runs[0].Name; baseline != plan.Lines[0].Points[0].Runs[0].Name {
		t.Errorf("φ = 0 is %s", baseline)
	}
	// 28.1M is the resolution's r = 2, and 28.5M the depth's d = 4: trained once.
	if n := len(plan.Trainings()); n != 2+6+6+6+8+14 {
		t.Errorf("%d trainings", n)
	}
}

// TestRead refuses what is no result, or not whole.
func TestRead(t *testing.T) {
	good, err := whole()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Read(good); err != nil {
		t.Fatal(err)
	}
	for _, change := range []func(r map[string]any){
		func(r map[string]any) { r["lines"] = []any{nil} },
		func(r map[string]any) { r["lines"] = []any{map[string]any{"points": []any{nil}}} },
		func(r map[string]any) {
			r["lines"].([]any)[0].(map[string]any)["points"].([]any)[0].(map[string]any)["runs"] = []any{nil}
		},
		func(r map[string]any) {
			r["lines"].([]any)[0].(map[string]any)["points"].([]any)[0].(map[string]any)["macs"] = -1
		},
		func(r map[string]any) { r["recipe"].(map[string]any)["epochs"] = 0 },
		func(r map[string]any) { r["recipe"].(map[string]any)["epochs"] = 4 },
		func(r map[string]any) { r["validated"] = 0 },
		func(r map[string]any) { r["schema"] = 99 },
		func(r map[string]any) { r["seconds"] = 1 },
	} {
		var r map[string]any
		if err := json.Unmarshal(good, &r); err != nil {
			t.Fatal(err)
		}
		change(r)
		data, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if read, err := Read(data); err == nil {
			t.Errorf("read as %+v", read)
		}
	}
}
