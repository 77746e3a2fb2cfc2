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

// teacher answers batches.
type teacher struct {
	models []*network.Model // one a core, of the same weights
	known  []int            // where the teacher has each class that is learnt
	shown  []float32        // what it is shown, [n, H, W, 3]
}

func newTeacher(m *network.Model, classes []string) (*teacher, error) {
	t := &teacher{}
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

// answer puts a share of what the teacher takes each of n pictures for into the targets
// [n, classes]: the softmax over the classes that are learnt.
func (t *teacher) answer(shown, targets []float32, n int, share float32) error {
	defer kernel.Alone()() // a picture a core
	size, _ := t.input()
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
		target := part(targets, n, i)
		for c, p := range network.Softmax(logits, 1) {
			target[c] = share*float32(p) + (1-share)*target[c]
		}
	})
	return cmp.Or(errs...)
}
