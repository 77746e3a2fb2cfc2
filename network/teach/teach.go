package teach

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"gonum.org/v1/gonum/floats"

	"scalecam/cam/measure"
	"scalecam/network"
	"scalecam/network/kernel"
	"scalecam/network/models"
	"scalecam/parallel"
)

// Plan is how heads are taught.
type Plan struct {
	Balanced bool    // all classes have the same say, however many pictures they have
	Strength float64 // of all heads; 0 to choose it for each
	Folds    int     // in which strengths are tried; 0 for the usual number
}

// Learnt is what a network has learnt.
type Learnt struct {
	Model *network.Model // whose features are read, at the size at which it is taught
	*Choice
	Held  *Scored // of the lesson's held pictures; nil where there are none
	Moved *Moved  // nil where the size is the weights' own, or none was taught there
}

// Moved is what comes of a head that was taught at the size at which a network's weights
// were trained, and is used at another: it is about as often right, and otherwise sure
// (arXiv 1906.06423).
type Moved struct {
	From   string `json:"from"` // that size
	Scored        // of pictures left out
}

// Fit fits a head of a strength to each network's features of the lesson's pictures, and
// chooses nothing. The error is ctx's, or Problem.Fit's.
func Fit(ctx context.Context, l *Lesson, f *Features, strengths []float64) ([]*Head, error) {
	problems, heads := l.problems(f), make([]*Head, len(strengths))
	return heads, each(problems, func(i int) (err error) {
		heads[i], err = problems[i].Fit(ctx, strengths[i], nil)
		return err
	})
}

// problems are what each network's head is fitted to.
func (l *Lesson) problems(f *Features) []Problem {
	n, all := len(l.Learn.Pictures), make([]Problem, len(f.Of))
	for i := range all {
		all[i] = Problem{Features: f.Of[i][:n*f.K[i]], Labels: l.Learn.Labels, Classes: len(l.Classes)}
	}
	return all
}

// Teach teaches each model a head on its features of the lesson's pictures (Sort's),
// and gives which pictures are alike, by the first model's, and how they were divided.
// report, if not nil, is told how many fits are done, one call at a time; total may
// grow. The error is ctx's, or Choose's.
func (p Plan) Teach(ctx context.Context, l *Lesson, f *Features, all []*network.Model, report func(done, total int)) (learnt []Learnt, alike *Alike, folds *Folds, err error) {
	n, classes := len(l.Learn.Pictures), len(l.Classes)
	if alike, err = FindAlike(ctx, f.Of[0][:n*f.K[0]], l.Learn.Labels); err != nil {
		return nil, nil, nil, err
	}
	folds = DivideInto(p.Folds, l.Learn.Labels, classes, alike.Group)
	problems, heads := l.problems(f), tally{of: make([][2]int, len(all)), report: report}
	learnt = make([]Learnt, len(all))
	for i := range problems {
		if problems[i].Strength = p.Strength; p.Balanced {
			problems[i].Weights = Balanced(l.Learn.Labels, classes)
		}
	}
	err = each(problems, func(i int) error {
		choice, err := problems[i].Choose(ctx, folds, func(done, total int) { heads.tell(i, done, total) })
		if err == nil {
			learnt[i] = Learnt{Model: all[i], Choice: choice, Held: Score(choice.Head.Logits(f.Of[i][n*f.K[i]:]), l.Held.Labels, nil, choice.Temperature)}
		}
		return err
	})
	if err != nil {
		return nil, nil, nil, err
	}
	err = each(problems, func(i int) error {
		j := trainedSize(all, i)
		if j < 0 || folds.Count == 0 {
			return nil
		}
		logits, err := problems[j].leftOut(ctx, folds, learnt[j].Head.Strength, problems[i].Features)
		if err == nil {
			learnt[i].Moved = &Moved{all[j].Network.Scaling.Resolution.String(), *Score(logits, l.Learn.Labels, folds.Of, learnt[j].Temperature)}
		}
		return err
	})
	if err != nil {
		return nil, nil, nil, err
	}
	return learnt, alike, folds, nil
}

// each does something with each problem: small ones side by side, so that no core waits
// for the last steps of another, large ones in turn, so that one is in memory at a time.
func each(problems []Problem, do func(i int) error) error {
	errs := make([]error, len(problems))
	if !slices.ContainsFunc(problems, func(p Problem) bool { return !p.small() }) {
		defer kernel.Alone()()
		parallel.Each(len(problems), func(i int) { errs[i] = do(i) })
		return cmp.Or(errs...)
	}
	for i := range problems {
		if err := do(i); err != nil {
			return err
		}
	}
	return nil
}

// tally counts the fits of several problems.
type tally struct {
	mu     sync.Mutex
	of     [][2]int // of each problem: done and in all, 0 while that is not known
	report func(done, total int)
}

func (t *tally) tell(problem, done, total int) {
	if t.report == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.of[problem] = [2]int{done, total}
	sum, all := 0, 0
	for _, of := range t.of {
		sum, all = sum+of[0], all+cmp.Or(of[1], total)
	}
	t.report(sum, all)
}

// trainedSize is the model of the same weights at the size at which they were trained,
// −1 where that is model i itself or none of them.
func trainedSize(all []*network.Model, i int) int {
	of := models.BackboneOf(all[i])
	if of.TrainedAt == (network.Size{}) || of.TrainedAt == all[i].Network.Scaling.Resolution || of.SHA256 == "" {
		return -1
	}
	return slices.IndexFunc(all, func(m *network.Model) bool {
		other := models.BackboneOf(m)
		return other.SHA256 == of.SHA256 && m.Network.Scaling.Resolution == of.TrainedAt && m.Network.Padding == all[i].Network.Padding
	})
}

// leftOut are the logits that heads, each fitted to the pictures that are not in a fold,
// give the fold's by other features of theirs; zeros of pictures in no fold.
func (p Problem) leftOut(ctx context.Context, folds *Folds, strength float64, features []float32) ([]float32, error) {
	d, err := p.design()
	if err != nil {
		return nil, err
	}
	defer d.release()
	all := d.rowWeights(p.Weights)
	logits, errs := make([]float32, d.n*d.classes), make([]error, folds.Count)
	defer kernel.Alone()()
	parallel.Each(folds.Count, func(fold int) {
		rows := slices.Clone(all)
		for i, of := range folds.Of {
			if of == fold {
				rows[i] = 0
			}
		}
		var s *solution
		if s, errs[fold] = d.fit(ctx, strength, rows, d.start(nil), rough); errs[fold] != nil {
			return
		}
		theirs := d.head(s).Logits(features)
		for i, of := range folds.Of {
			if of == fold {
				copy(logits[i*d.classes:][:d.classes], theirs[i*d.classes:])
			}
		}
	})
	return logits, cmp.Or(errs...)
}

// Scored is how often a head is right, and how sure it is of its answers.
type Scored struct {
	Pictures         int         `json:"pictures"`
	Accuracy         float64     `json:"accuracy"` // 0 to 1
	AccuracyInterval *[2]float64 `json:"accuracy_interval"`
	Confidence       float64     `json:"confidence"` // the mean probability of the answers
}

// Score scores logits [n, classes] at a temperature; of, if not nil, is each picture's
// fold, and those of −1 do not count. It is nil where none does.
func Score(logits []float32, labels, of []int, temperature float64) *Scored {
	s, right := new(Scored), 0
	for i, label := range labels {
		if of != nil && of[i] < 0 {
			continue
		}
		classes := len(logits) / len(labels)
		p := network.Softmax(logits[i*classes:][:classes], temperature)
		top := floats.MaxIdx(p)
		s.Pictures++
		s.Confidence += p[top]
		if top == label {
			right++
		}
	}
	if s.Pictures == 0 {
		return nil
	}
	s.Confidence /= float64(s.Pictures)
	share := measure.Share(float64(right), s.Pictures)
	s.Accuracy, s.AccuracyInterval = share.Value, share.Interval
	return s
}
