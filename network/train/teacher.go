package train

import (
	"cmp"
	"context"
	"runtime"
	"slices"

	"scalecam/fault"
	"scalecam/network"
	"scalecam/network/kernel"
	"scalecam/parallel"
)

// checkTeacher refuses a network that cannot teach the classes: a teacher knows each by
// the same name, and may know more.
func checkTeacher(m *network.Model, classes []string) error {
	if m.Independent {
		return fault.Errorf("train: %s: it tells of each class apart whether it is there (sigmoids); a teacher's classes exclude each other", m.Name)
	}
	for _, class := range classes {
		if !slices.Contains(m.Classes, class) {
			return fault.Errorf("train: %s: it does not know the class %.80q, which is to be learnt; a teacher knows them all, by the same names", m.Name, class)
		}
	}
	return nil
}

// teacherID says which network teaches: the SHA-256 of its weights and its input size;
// "" where none does.
func (r *Run) teacherID() string {
	if r.Teacher == nil {
		return ""
	}
	return cmp.Or(r.Teacher.SHA256, r.Teacher.Name) + "@" + r.Teacher.Network.Scaling.Resolution.String()
}

// Answers are a teacher's in one epoch, kept for the other networks of a pack, which are
// shown the same pictures in their turn. Its zero value holds none.
type Answers struct {
	about asked
	kept  map[uint64][]float32 // [n, classes] of each batch, by the place of its first picture
}

// asked is all that answers in an epoch hang on.
type asked struct {
	teacher, data string
	recipe        Recipe
	proportions   float64      // of the input, width by height, as crops have them
	cut           network.Size // the input's, where rectangles of it are swapped; zero where not
	epoch         int
}

// mostAnswers bounds what is kept; a longer epoch's answers are asked for again.
const mostAnswers = 64 << 20

// begin forgets what was answered to anything else.
func (a *Answers) begin(about asked, bytes int) {
	switch {
	case bytes > mostAnswers:
		a.about, a.kept = asked{}, nil
	case a.kept == nil || a.about != about:
		a.about, a.kept = about, map[uint64][]float32{}
	}
}

// teacher answers batches.
type teacher struct {
	models  []*network.Model // one a core, of the same weights
	known   []int            // where the teacher has each class that is learnt
	shown   []float32        // what it is shown, [n, H, W, 3]
	answers *Answers
}

// newTeacher keeps its answers in answers, where not nil.
func newTeacher(m *network.Model, classes []string, answers *Answers) (*teacher, error) {
	t := &teacher{answers: answers}
	if answers == nil {
		t.answers = &Answers{} // which keeps none before begin
	}
	for range runtime.GOMAXPROCS(0) {
		own, err := m.At(m.Network.Scaling.Resolution)
		if err != nil {
			return nil, err
		}
		t.models = append(t.models, own)
	}
	for _, class := range classes {
		t.known = append(t.known, slices.Index(m.Classes, class))
	}
	return t, nil
}

// input is what pictures are to it.
func (t *teacher) input() (network.Size, network.Preprocessing) {
	return t.models[0].Network.Scaling.Resolution, t.models[0].Preprocessing
}

// room is for n pictures.
func (t *teacher) room(n int) []float32 {
	size, _ := t.input()
	if values := n * 3 * size.H * size.W; len(t.shown) != values {
		t.shown = make([]float32, values)
	}
	return t.shown
}

// answer gives what the teacher takes each of n pictures for, [n, classes]: the softmax
// over the classes that are learnt. first is the batch's place, by which it is kept.
func (t *teacher) answer(shown []float32, n int, first uint64) ([]float32, error) {
	defer kernel.Alone()() // a picture a core
	size, _ := t.input()
	answers := make([]float32, n*len(t.known))
	errs := make([]error, n)
	free := make(chan *network.Model, len(t.models))
	for _, m := range t.models {
		free <- m
	}
	parallel.Each(n, func(i int) {
		m := <-free
		defer func() { free <- m }()
		a, err := m.Forward(context.Background(), &network.Input{Size: size, Pixels: part(shown, n, i)})
		if err != nil {
			errs[i] = err
			return
		}
		logits := make([]float32, len(t.known))
		for c, at := range t.known {
			logits[c] = a.Logits[at]
		}
		for c, p := range network.Softmax(logits, 1) {
			part(answers, n, i)[c] = float32(p)
		}
	})
	if err := cmp.Or(errs...); err != nil {
		return nil, err
	}
	if t.answers.kept != nil {
		t.answers.kept[first] = answers
	}
	return answers, nil
}
