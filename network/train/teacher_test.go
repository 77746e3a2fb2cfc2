package train

import (
	"bytes"
	"context"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"scalecam/network"
)

// randomTeacher is an untrained network of classes, on 16 pixels.
func randomTeacher(t testing.TB, classes ...string) *network.Model {
	t.Helper()
	net, err := network.New(network.EfficientNet64, network.Scaling{Depth: 1, Width: 0.5, Resolution: network.Square(16)}, network.SymmetricPadding, len(classes))
	if err != nil {
		t.Fatal(err)
	}
	m, err := network.NewRandomModel(net, 5, 1e-3, classes)
	if err != nil {
		t.Fatal(err)
	}
	m.Name, m.Preprocessing = "random", network.EfficientNet64.Preprocessing
	return m
}

// TestTeacher: the targets are what the teacher takes the very pictures for that are
// learnt, mixed or not, in the order of the classes here, on any number of cores.
func TestTeacher(t *testing.T) {
	const n, side = 6, 16
	m := randomTeacher(t, "blue", "else", "green", "red")
	for _, share := range []float32{1, 0.25} {
		r := run(t, t.TempDir())
		r.Recipe.TeacherShare, r.Recipe.LabelSmoothing, r.Recipe.CutMix = float64(share), 0, 1
		r.Network, _ = r.Network.At(network.Square(side))
		batch := func(taught bool) (images, targets []float32) {
			l := r.loader()
			if taught {
				var err error
				if l.teacher, err = newTeacher(m, r.Train.Classes(), nil); err != nil {
					t.Fatal(err)
				}
			}
			images, targets = make([]float32, n*side*side*3), make([]float32, n*3)
			for first := range uint64(4) { // mixed and swapped ones
				if err := l.fill(images, targets, []int{0, 1, 2, 3, 4, 5}, first*n); err != nil {
					t.Fatal(err)
				}
			}
			return images, targets
		}
		images, labels := batch(false)
		shown, targets := batch(true)
		if !slices.Equal(images, shown) {
			t.Fatal("with a teacher, other pictures")
		}
		for i := range n {
			a, err := m.Forward(context.Background(), &network.Input{Size: network.Square(side), Pixels: part(images, n, i)})
			if err != nil {
				t.Fatal(err)
			}
			p := network.Softmax([]float32{a.Logits[3], a.Logits[2], a.Logits[0]}, 1) // red, green, blue
			for c, got := range part(targets, n, i) {
				if want := share*float32(p[c]) + (1-share)*part(labels, n, i)[c]; math.Abs(float64(got-want)) > 1e-6 {
					t.Errorf("picture %d, class %d: target %v, want %v", i, c, got, want)
				}
			}
		}
		before := runtime.GOMAXPROCS(3)
		_, again := batch(true)
		runtime.GOMAXPROCS(before)
		if !slices.Equal(targets, again) {
			t.Error("another number of cores, other targets")
		}
	}
}

// TestAnswers: networks of a pack that take turns end in the bytes of those that ask the
// teacher each for itself, and ask it once where they are shown the same pictures: where
// rectangles of each one's own input are swapped, they are not.
func TestAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Recipe)
		shared bool
	}{
		"mixed":   {func(*Recipe) {}, true},
		"grows":   {func(r *Recipe) { r.FirstResolution, r.Cap = 0.5, 16 }, true},
		"swapped": {func(r *Recipe) { r.CutMix = 1 }, false},
	} {
		t.Run(name, func(t *testing.T) {
			member := func(side int, folder string, answers *Answers) *Run {
				r := run(t, folder)
				r.Name = "small" + network.Square(side).String()
				r.Network, _ = r.Network.At(network.Square(side))
				r.Recipe.Epochs, r.Recipe.Teacher = 2, "some"
				c.change(&r.Recipe)
				r.Teacher, r.Answers = randomTeacher(t, "green", "red", "blue"), answers
				return r
			}
			var answers Answers
			folder := t.TempDir()
			first, second := member(16, folder, &answers), member(32, folder, &answers)
			other, err := network.NewRandomModel(first.Teacher.Network, 6, 1e-3, first.Teacher.Classes)
			if err != nil {
				t.Fatal(err)
			}
			other.Name, other.Preprocessing = first.Teacher.Name, first.Teacher.Preprocessing // who asks it is found out
			second.Teacher = other
			for until := 1; until <= 2; until++ {
				for _, r := range []*Run{first, second} {
					r.Until = until
					if _, err := r.Do(context.Background()); err != nil && until == 2 {
						t.Fatal(err)
					}
				}
			}
			for _, got := range []*Run{first, second} {
				alone := member(got.Network.Scaling.Resolution.W, t.TempDir(), nil)
				if _, err := alone.Do(context.Background()); err != nil {
					t.Fatal(err)
				}
				want := got == first || c.shared
				if same := bytes.Equal(final(t, alone), final(t, got)); same != want {
					t.Errorf("%s: the bytes of one that asks for itself: %v, want %v", got.Name, same, want)
				}
			}
		})
	}
}

// TestTeacherErrors: who does not know the classes, or does not tell them apart, does
// not teach.
func TestTeacherErrors(t *testing.T) {
	sigmoids := randomTeacher(t, "red", "green", "blue")
	sigmoids.Independent = true
	for want, m := range map[string]*network.Model{
		`it does not know the class "blue"`: randomTeacher(t, "red", "green", "violet"),
		"sigmoids":                          sigmoids,
		"not the one that was opened":       nil,
	} {
		r := run(t, t.TempDir())
		r.Recipe.Teacher, r.Teacher = "some.safetensors", m
		if _, err := r.Do(context.Background()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v; want one that says %s", err, want)
		}
	}
}
