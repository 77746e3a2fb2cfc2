package train

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scalecam/dataset"
	"scalecam/network"
	"scalecam/network/kernel"
	"scalecam/network/models"
)

// trained is a file of a network that has learnt blots, whose batch norm has seen
// nothing but the batch that tuned's first step takes, and a preprocessing of its own.
func trained(t *testing.T) string {
	t.Helper()
	defer kernel.Alone()() // so small a network waits more than it computes
	r := run(t, t.TempDir())
	r.Recipe.Mixup, r.Recipe.Dropout, r.Recipe.StochasticDepth = 0, 0, 0
	if _, err := r.Do(context.Background()); err != nil {
		t.Fatal(err)
	}
	s, err := r.restore()
	if err != nil {
		t.Fatal(err)
	}
	prep := r.Network.Architecture.Preprocessing
	prep.Mean, prep.Std = [3]float32{0.5, 0.5, 0.5}, [3]float32{0.25, 0.25, 0.25}
	w := s.average.weights
	step, err := NewStep(r.Network, w, r.Recipe.Batch, r.Recipe.Epsilon, network.Regularisation{}, &Optimiser{})
	if err != nil {
		t.Fatal(err)
	}
	l := r.loader()
	l.preprocessing = prep
	if err := l.fill(step.Images, step.Targets, l.order(0)[:r.Recipe.Batch], 0); err != nil {
		t.Fatal(err)
	}
	for range 150 { // at a rate of 0: the statistics move alone, 0.9^150 is 1e-7
		if _, err := step.Run(); err != nil {
			t.Fatal(err)
		}
	}
	for i := range r.Network.Nodes { // running variances are unbiased, a batch's is not
		if node := &r.Network.Nodes[i]; node.Norm {
			n := float32(r.Recipe.Batch * node.Size.H * node.Size.W)
			for c := range w[i].Norm.Var {
				w[i].Norm.Var[c] *= (n - 1) / n
			}
		}
	}
	data, err := models.EncodeNetwork(r.Network, w, r.Recipe.Epsilon, r.Train.Classes(), prep, nil)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "trained.safetensors")
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// tuned is a run from that file on a set.
func tuned(t *testing.T, path string, set dataset.Set) *Run {
	t.Helper()
	from, err := OpenStart(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := run(t, t.TempDir())
	r.Recipe.Mixup, r.Recipe.Dropout, r.Recipe.StochasticDepth = 0, 0, 0
	r.Recipe.From, r.Recipe.Epsilon, r.From, r.Train, r.Val = path, from.Model.Eps, from, set, set
	if r.Network, err = from.Network(network.Size{}, len(set.Classes())); err != nil {
		t.Fatal(err)
	}
	return r
}

// first makes a run's first step ready.
func firstStep(t *testing.T, r *Run) (*state, *Step) {
	t.Helper()
	s := r.start()
	step, err := NewStep(r.Network, s.weights, r.Recipe.Batch, r.Recipe.Epsilon, r.Recipe.regularisation(), s.optimiser)
	if err != nil {
		t.Fatal(err)
	}
	l := r.loader()
	if err := l.fill(step.Images, step.Targets, l.order(0)[:r.Recipe.Batch], 0); err != nil {
		t.Fatal(err)
	}
	return s, step
}

// TestFromLoss: where all classes are known, the first step's loss is what the network
// itself has on the batch, and the head is the weights' own.
func TestFromLoss(t *testing.T) {
	r := tuned(t, trained(t), blots{n: 50, classes: 3})
	s, step := firstStep(t, r)
	if !slices.Equal(s.weights[len(s.weights)-1].Weight, r.From.weights[len(s.weights)-1].Weight) {
		t.Error("the head is another")
	}
	want := 0.0
	each := len(step.Images) / r.Recipe.Batch
	for i := range r.Recipe.Batch {
		a, err := r.From.Model.Forward(context.Background(), &network.Input{Size: r.Network.Scaling.Resolution, Pixels: step.Images[i*each:][:each]})
		if err != nil {
			t.Fatal(err)
		}
		for class, p := range a.RawProbabilities() {
			want -= float64(step.Targets[3*i+class]) * math.Log(p) / float64(r.Recipe.Batch)
		}
	}
	loss, err := step.Run()
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(float64(loss)-want) > 1e-3*want { // float32's sums in two orders
		t.Errorf("loss %v, the network's own is %v", loss, want)
	}
}

// TestFromHead: known classes keep their rows wherever they stand, others begin anew;
// head and body learn, the body by its share of the rate.
func TestFromHead(t *testing.T) {
	path := trained(t)
	r := tuned(t, path, blots{n: 50, classes: 3})
	if known := r.From.Known([]string{"violet", "grey"}); len(known) != 0 {
		t.Errorf("known: %v", known)
	}
	classes := []string{"blue", "violet", "red"}
	if known := r.From.Known(classes); !slices.Equal(known, []string{"blue", "red"}) {
		t.Errorf("known: %v", known)
	}
	w := network.Random(r.Network, 1)
	r.From.fit(w, classes)
	head, was := w[len(w)-1], r.From.weights[len(w)-1]
	width := len(head.Weight) / 3
	fresh := network.Random(r.Network, 1)[len(w)-1]
	if !slices.Equal(head.Weight[:width], was.Weight[2*width:]) || head.Bias[2] != was.Bias[0] || !slices.Equal(head.Weight[width:2*width], fresh.Weight[width:2*width]) {
		t.Error("the rows are not those of their classes")
	}

	// One step: the body moves by its share of what it moves by at the whole rate.
	moved := func(share float64) (body, head float64) {
		r := tuned(t, path, blots{n: 50, classes: 3})
		r.Recipe.BodyRate, r.Recipe.WeightDecay = share, 0
		s, step := firstStep(t, r)
		before := s.weights.Clone()
		s.optimiser.Rate = 0.1
		if _, err := step.Run(); err != nil {
			t.Fatal(err)
		}
		far := func(a, b []float32) (d float64) {
			for i := range a {
				d += math.Abs(float64(a[i] - b[i]))
			}
			return d
		}
		last := len(before) - 1
		return far(s.weights[0].Weight, before[0].Weight), far(s.weights[last].Weight, before[last].Weight)
	}
	body, all := moved(1)
	slow, same := moved(0.25)
	if body == 0 || math.Abs(slow/body-0.25) > 0.01 || same != all { // float32's rounding of small steps
		t.Errorf("the body moved by %v, and by %v at a quarter of the rate; the head by %v and %v", body, slow, all, same)
	}
}

// TestFromRun: a run from weights is to the bit the same again, also where it was
// stopped; its file says where it began and how pictures are prepared; other weights
// are another run.
func TestFromRun(t *testing.T) {
	path := trained(t)
	whole := tuned(t, path, blots{n: 50, classes: 3})
	if _, err := whole.Do(context.Background()); err != nil {
		t.Fatal(err)
	}
	again := tuned(t, path, blots{n: 50, classes: 3})
	for until := 1; until <= again.Recipe.Epochs; until++ {
		again.Until = until
		if _, err := again.Do(context.Background()); err != nil && !errors.Is(err, ErrStopped) {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(final(t, whole), final(t, again)) {
		t.Error("stopped, it ends in other bytes")
	}
	m, err := models.Open(whole.path(".safetensors"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if m.Preprocessing != whole.From.Model.Preprocessing || m.About["from"] != whole.From.Model.SHA256 || m.About["from"] == "" || m.Eps != whole.From.Model.Eps {
		t.Errorf("it says %v, from %q", m.Preprocessing, m.About["from"])
	}
	if text := string(final(t, whole)); strings.Contains(text, filepath.Dir(path)) || !strings.Contains(text, filepath.Base(path)) {
		t.Error("its file tells in which folder the weights were")
	}
	// The same weights elsewhere, and under another name, are the same run.
	moved := tuned(t, path, blots{n: 50, classes: 3})
	moved.Until = 1
	if _, err := moved.Do(context.Background()); !errors.Is(err, ErrStopped) {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := filepath.Join(t.TempDir(), "renamed.safetensors")
	if err := os.WriteFile(elsewhere, data, 0o600); err != nil {
		t.Fatal(err)
	}
	on := tuned(t, elsewhere, blots{n: 50, classes: 3})
	on.Folder = moved.Folder
	if _, err := on.Do(context.Background()); err != nil || !bytes.Equal(final(t, whole), final(t, on)) {
		t.Errorf("from weights that were moved it ends in other bytes (%v)", err)
	}
	other := tuned(t, whole.path(".safetensors"), blots{n: 50, classes: 3})
	other.Folder, other.Recipe = whole.Folder, whole.Recipe
	if _, err := other.Do(context.Background()); err == nil || !strings.Contains(err.Error(), "from weights ") {
		t.Errorf("other weights go on: %v", err)
	}
}
