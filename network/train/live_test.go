package train

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"scalecam/dataset"
)

func init() { aside = func() {} }

// live is two small networks on blots.
func live(t testing.TB, train dataset.Set) *Live {
	t.Helper()
	recipe := DefaultRecipe
	recipe.Epochs, recipe.Batch, recipe.Rate, recipe.Average, recipe.Optimiser = 8, 8, 0.01, 0.5, "adam"
	p := &Pack{Name: "small", Folder: "blots", Recipe: recipe, Networks: []PackMember{
		{Name: "narrow", Title: "narrow", Architecture: "efficientnet-64", Depth: 1, Width: 0.5, Resolution: "16"},
		{Name: "fine", Title: "fine", Architecture: "efficientnet-64", Depth: 1, Width: 0.5, Resolution: "24"},
	}}
	l, err := NewLive(p, Data{train, blots{n: 12, classes: 3}, "blots"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

var few = blots{n: 50, classes: 3}

// do takes steps, all that are left where that is 0.
func do(t testing.TB, l *Live, steps int) {
	t.Helper()
	if err := l.Do(context.Background(), steps, Watch{}); err != nil {
		t.Fatal(err)
	}
}

// end is the networks' weights as they are.
func end(t testing.TB, l *Live) (all []string) {
	t.Helper()
	for i := range l.pupils {
		all = append(all, (&average{l.weights(i, l.Now())}).sum())
	}
	return all
}

// TestLive learns, tells what it sees, and ends in the same bytes as Run does, whatever
// the number of cores and wherever it was stopped.
func TestLive(t *testing.T) {
	l := live(t, few)
	do(t, l, 0)
	want := end(t, l)
	for i := range l.pupils {
		learnt, checked := l.Curves(i)
		if len(learnt) != 48 || len(checked) != 24 || checked[23].At != 48 || checked[23].Top1 < 0.9 {
			t.Errorf("%d readings, %d validations: %+v", len(learnt), len(checked), checked)
		}
	}
	if !l.Finished() {
		t.Error("it is not finished")
	}
	r := *l.pupils[0].run
	r.Folder = t.TempDir()
	epochs, err := r.Do(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if got := epochs[len(epochs)-1].Weights; got != want[0] {
		t.Error("a Run of the same ends in other weights")
	}

	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	l = live(t, few)
	seen := 0
	for !l.Finished() {
		err := l.Do(context.Background(), 5, Watch{See: func(s Seen) {
			seen++
			if len(s.Models) != 2 || !s.Models[0].Trained {
				t.Errorf("%+v", s)
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := end(t, l); !slices.Equal(got, want) {
		t.Error("stopped and on one core, it ends in other weights")
	}
	if seen != 48 {
		t.Errorf("seen %d times in 48 steps", seen)
	}
}

// TestLiveRate: a change of the rate holds from the next step on, is kept in the file,
// and gives the same weights when it is made again.
func TestLiveRate(t *testing.T) {
	changed := func() *Live {
		l := live(t, few)
		do(t, l, 10)
		l.SetRate(3)
		l.SetRate(0.5)
		do(t, l, 10)
		l.SetRate(1)
		l.SetRate(0.5) // as it was
		do(t, l, 5)
		return l
	}
	l := changed()
	if !slices.Equal(l.changes, []Change{{10, 0.5}}) {
		t.Errorf("changes: %v", l.changes)
	}
	if _, factor := l.Rate(); factor != 0.5 {
		t.Errorf("factor %v", factor)
	}
	if !slices.Equal(end(t, l), end(t, changed())) {
		t.Error("made again, the weights are others")
	}
	plain := live(t, few)
	do(t, plain, 25)
	if end(t, plain)[0] == end(t, l)[0] {
		t.Error("the rate changed nothing")
	}
	data, err := l.File(0, l.Now())
	if err != nil || !strings.Contains(string(data), `rate_changes`) || !strings.Contains(string(data), `\"factor\":0.5`) {
		t.Errorf("the file does not tell of it: %v", err)
	}
}

// TestLiveBack goes back to a moment, from which all comes as it came; with another
// rate the later part is another. Moments stay few, and every one is the network's then.
func TestLiveBack(t *testing.T) {
	l := live(t, few)
	do(t, l, 20)
	then := end(t, l)
	at := l.Now()
	do(t, l, 0)
	want := end(t, l)
	if got := (&average{l.weights(0, at)}).sum(); got != then[0] {
		t.Error("the moment is another")
	}
	l.Back(at)
	if done, of, _ := l.Steps(); done != 20 || of != 48 {
		t.Errorf("step %d of %d", done, of)
	}
	if learnt, checked := l.Curves(1); learnt[len(learnt)-1].At > 20 || checked[len(checked)-1].At > 20 {
		t.Error("the curves go on")
	}
	do(t, l, 0)
	if !slices.Equal(end(t, l), want) {
		t.Error("the same steps end in other weights")
	}
	l.Back(at)
	l.SetRate(0.1)
	do(t, l, 0)
	if slices.Equal(end(t, l), want) {
		t.Error("another rate, the same weights")
	}
	all, every, most := l.Moments()
	if len(all) > most+1 || len(all) < most/3 || every < 1 {
		t.Errorf("%d moments, every %d", len(all), every)
	}
	for i, m := range all {
		if i > 0 && m.At <= all[i-1].At {
			t.Errorf("moment %d at step %d", i, m.At)
		}
	}
}

// TestLiveSaved: what was saved anywhere goes on to the same weights; other data,
// another file and a damaged one are refused.
func TestLiveSaved(t *testing.T) {
	l := live(t, few)
	l.SetRate(2)
	do(t, l, 17)
	path := filepath.Join(t.TempDir(), "learn.checkpoint")
	if err := l.Save(path); err != nil {
		t.Fatal(err)
	}
	do(t, l, 0)
	k, err := ReadLive(path)
	if err != nil {
		t.Fatal(err)
	}
	again, err := k.Open(l.Data, nil)
	if err != nil {
		t.Fatal(err)
	}
	do(t, again, 0)
	if !slices.Equal(end(t, again), end(t, l)) {
		t.Error("it ends in other weights")
	}
	for i := range l.pupils {
		a, b := l.pupils[i], again.pupils[i]
		if !slices.Equal(a.checked, b.checked) {
			t.Error("the curves are others")
		}
	}
	if _, err := k.Open(Data{few, l.Data.Val, "other blots"}, nil); err == nil || !strings.Contains(err.Error(), "it learnt from blots, and there is other blots now") {
		t.Errorf("other data: %v", err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct{ from, to string }{{`\"at\":17`, `\"at\":99`}, {`\"factor\":2`, `\"factor\":0`}, {`\"optimiser\":\"adam\"`, `\"optimiser\":\"evee\"`}, {"0.velocity", "0.velocitx"}} {
		bad := strings.Replace(string(data), c.from, c.to, 1)
		if bad == string(data) {
			t.Fatalf("no %s", c.from)
		}
		if err := os.WriteFile(path, []byte(bad), 0o666); err != nil {
			t.Fatal(err)
		}
		k, err := ReadLive(path)
		if err == nil {
			_, err = k.Open(l.Data, nil)
		}
		if err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%d: %v", i, err)
		}
	}
}

// TestLiveErrors: what cannot be learnt is said at once; a picture that cannot be read
// and a loss that is not finite leave the last moment; a disk that is full ends it.
func TestLiveErrors(t *testing.T) {
	pack := live(t, few).Pack
	for _, c := range []struct {
		data Data
		want string
	}{
		{Data{blots{n: 50, classes: 1}, blots{n: 5, classes: 1}, "one"}, "one class alone (red)"},
		{Data{blots{n: 5, classes: 3}, blots{n: 5, classes: 3}, "few"}, "less than a batch of 8"},
		{Data{few, blots{n: 0, classes: 3}, "none"}, "no picture to validate on"},
	} {
		if _, err := NewLive(pack, c.data, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
	l := live(t, blots{n: 50, classes: 3, broken: 13})
	if err := l.Do(context.Background(), 0, Watch{}); err == nil || !strings.Contains(err.Error(), "picture 13 cannot be read") {
		t.Errorf("%v", err)
	}
	l = live(t, few)
	do(t, l, 3)
	l.pupils[1].state.weights[0].Weight[0] = float32(inf())
	if err := l.Do(context.Background(), 0, Watch{}); err == nil || !strings.Contains(err.Error(), "fine: the loss is no longer finite") {
		t.Errorf("%v", err)
	}
	do(t, l, 0) // from the last moment
	full := errors.New("no space left")
	l = live(t, few)
	if err := l.Do(context.Background(), 0, Watch{Save: func() error { return full }}); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
	if done, _, _ := l.Steps(); done != 1 {
		t.Errorf("after step %d", done)
	}
}

func inf() float64 { one := 1.0; return one / (one - 1) }

// TestLiveStops within a step, and what runs beside it is not waited for.
func TestLiveStops(t *testing.T) {
	l := live(t, few)
	ctx, cancel := context.WithCancel(context.Background())
	steps := 0
	err := l.Do(ctx, 0, Watch{Every: time.Hour, Step: func() {
		if steps++; steps == 4 {
			cancel()
		}
	}})
	if done, _, _ := l.Steps(); err != nil || done != 4 || l.Finished() {
		t.Errorf("%d steps, %v", done, err)
	}
}

// TestLiveFrom fine-tunes, and says so in the file.
func TestLiveFrom(t *testing.T) {
	path := trained(t)
	from, err := OpenStart(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := *live(t, few).Pack
	p.Networks, p.Recipe.From = p.Networks[:1], path
	l, err := NewLive(&p, Data{few, few, "blots"}, from)
	if err != nil {
		t.Fatal(err)
	}
	m, err := l.Model(0, l.Now())
	if err != nil {
		t.Fatal(err)
	}
	e, _ := few.At(1)
	a, err := m.Run(context.Background(), e.Image)
	if err != nil {
		t.Fatal(err)
	}
	b, err := from.Model.Run(context.Background(), e.Image)
	if err != nil || !slices.Equal(a.Logits, b.Logits) {
		t.Errorf("it begins from other weights: %v", err)
	}
	do(t, l, 0)
	data, err := l.File(0, l.Now())
	if err != nil || !strings.Contains(string(data), from.Model.SHA256) {
		t.Errorf("%v", err)
	}
}

// TestScenesOfClasses: scenes of some classes are those of all, and say which.
func TestScenesOfClasses(t *testing.T) {
	s := Scenes{Seed: 1, Train: 20, Val: 10, Side: 16, Near: true, Classes: []string{"cat", "bird"}}
	a, b, what, err := s.Sets()
	if err != nil {
		t.Fatal(err)
	}
	if a.Len() < 20 || b.Len() < 10 || !slices.Equal(a.Classes(), []string{"bird", "cat"}) || what != "20 scenes of 16 px, seed 1, near, of cat, bird" {
		t.Errorf("%d and %d of %v, %s", a.Len(), b.Len(), a.Classes(), what)
	}
	if _, _, _, err := (Scenes{Seed: 1, Train: 20, Val: 10, Side: 16, Classes: []string{"lion"}}).Sets(); err == nil {
		t.Error("there are lions")
	}
}

// BenchmarkLive times steps of two networks of EfficientNet-64.
func BenchmarkLive(b *testing.B) {
	s := Scenes{Seed: 1, Train: 640, Val: 10, Side: 64, Near: true}
	a, v, what, err := s.Sets()
	if err != nil {
		b.Fatal(err)
	}
	recipe := DefaultRecipe
	recipe.Batch = 16
	recipe.Epochs = 1000
	p := &Pack{Name: "p", Scenes: &s, Recipe: recipe, Networks: []PackMember{
		{Name: "a", Title: "a", Architecture: "efficientnet-64", Depth: 1, Width: 1, Resolution: "64"},
		{Name: "b", Title: "b", Architecture: "efficientnet-64", Depth: 1, Width: 2, Resolution: "64"},
	}}
	l, err := NewLive(p, Data{dataset.Keep(a, 1<<30), v, what}, nil)
	if err != nil {
		b.Fatal(err)
	}
	do(b, l, 1)
	b.ResetTimer()
	do(b, l, b.N)
	b.ReportMetric(float64(16*b.N)/b.Elapsed().Seconds(), "images/s")
}
