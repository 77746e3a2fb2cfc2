package teach

import (
	"context"
	"slices"
	"strings"

	"scalecam/dataset"
	"scalecam/fault"
	"scalecam/network/models"
)

// Lesson is what is to be taught: pictures of classes.
type Lesson struct {
	Classes []string
	Learn   Labelled // to learn from
	Held    Labelled // to measure by alone; none where nobody has set any aside
}

// Labelled are pictures with their classes.
type Labelled struct {
	Pictures []Picture
	Labels   []int // of each picture, an index into the Lesson's Classes
}

// OpenLesson finds the pictures of class folders in dir; where that holds a folder train
// and one of val, as dataset.OpenSplits has it, those of val are held. None is read yet.
// What is odd about the folders, and no error, is told.
func OpenLesson(ctx context.Context, dir string, tell func(warning error)) (*Lesson, error) {
	train, val, err := dataset.OpenGiven(ctx, dir)
	if err != nil {
		return nil, err
	}
	l := &Lesson{Classes: train.Classes()}
	if err := l.checkNames(dir); err != nil {
		return nil, err
	}
	for _, name := range train.Empty() {
		tell(fault.Errorf("teach: %s: the folder %q holds no picture, and so is no class; add some, or remove it", dir, name))
	}
	l.Learn = listed(train)
	if val != nil {
		l.Held = listed(val)
	}
	return l, l.Check(dir)
}

// listed are a folder's pictures.
func listed(f *dataset.Folder) (all Labelled) {
	for i := range f.Len() {
		all.Add(Picture{Name: f.Path(i)}, f.Class(i))
	}
	return all
}

// Add adds a picture of a class.
func (p *Labelled) Add(picture Picture, class int) {
	p.Pictures, p.Labels = append(p.Pictures, picture), append(p.Labels, class)
}

// checkNames refuses classes that cannot be told apart by their names.
func (l *Lesson) checkNames(dir string) error {
	if err := models.CheckNames(l.Classes); err != nil {
		return fault.Errorf("teach: %s: %w", dir, err)
	}
	if len(l.Classes) == 1 {
		return fault.Errorf("teach: %s: there is one class, %q; a classifier tells two or more apart: add a folder of pictures that show something else", dir, l.Classes[0])
	}
	for i, name := range l.Classes {
		for _, other := range l.Classes[:i] {
			if strings.EqualFold(name, other) {
				return fault.Errorf("teach: %s: the classes %q and %q have one name in two cases; put their pictures into one folder, or name one of them otherwise", dir, other, name)
			}
		}
	}
	return nil
}

// Check refuses a lesson in dir with a class that nothing can be learnt of.
func (l *Lesson) Check(dir string) error {
	for c, n := range l.counts() {
		if n == 0 {
			return fault.Errorf("teach: %s: the class %q has no picture to learn from; add some, or remove its folder", dir, l.Classes[c])
		}
	}
	return nil
}

// counts is how many pictures each class has to learn from.
func (l *Lesson) counts() []int {
	counts := make([]int, len(l.Classes))
	for _, c := range l.Learn.Labels {
		counts[c]++
	}
	return counts
}

// Largest is the class of the most pictures to learn from, and their share: what is right
// no more often has learnt nothing.
func (l *Lesson) Largest() (class int, share float64) {
	counts := l.counts()
	for c, n := range counts {
		if n > counts[class] {
			class = c
		}
	}
	return class, float64(counts[class]) / float64(len(l.Learn.Labels))
}

// Pictures are all of the lesson: those to learn from, then those held.
func (l *Lesson) Pictures() []Picture { return slices.Concat(l.Learn.Pictures, l.Held.Pictures) }

// Sort leaves out, of the lesson and the features of its Pictures, those that cannot be
// read, those that several classes have, of which one must be wrong, and all but the
// first of those that one class has several times, or that are held and learnt from.
// What is left out is told, a picture or a pair an error. f is used up.
func (l *Lesson) Sort(f *Features, tell func(warning error)) (*Lesson, *Features) {
	n := len(l.Learn.Pictures)
	pictures, labels := l.Pictures(), slices.Concat(l.Learn.Labels, l.Held.Labels)
	first := map[string]int{} // picture of each file's SHA-256
	torn := map[string]bool{}
	for i := range pictures {
		if f.Broken[i] != nil {
			continue
		}
		sum := f.SHA256[i]
		j, ok := first[sum]
		if !ok {
			first[sum] = i
			continue
		}
		a, b := pictures[j].Name, pictures[i].Name
		switch {
		case labels[i] != labels[j]:
			torn[sum] = true
			tell(fault.Errorf("teach: %s and %s are the same picture, and of two classes, %q and %q: it is left out of both; remove the wrong one", a, b, l.Classes[labels[j]], l.Classes[labels[i]]))
		case j < n && i >= n:
			tell(fault.Errorf("teach: %s is learnt from already, as %s: it measures nothing, and is left out", b, a))
		default:
			tell(fault.Errorf("teach: %s and %s are the same picture: it counts once", a, b))
		}
	}
	kept, rows := &Lesson{Classes: l.Classes}, []int(nil)
	for i, p := range pictures {
		switch {
		case f.Broken[i] != nil:
			tell(f.Broken[i])
			continue
		case first[f.SHA256[i]] != i || torn[f.SHA256[i]]:
			continue
		case i < n:
			kept.Learn.Add(p, labels[i])
		default:
			kept.Held.Add(p, labels[i])
		}
		rows = append(rows, i)
	}
	return kept, f.rows(rows)
}

// Populated leaves out classes that nothing can be learnt of, of a lesson that holds
// nothing.
func (l *Lesson) Populated() *Lesson {
	some, counts := &Lesson{}, l.counts()
	at := make([]int, len(l.Classes))
	for c, name := range l.Classes {
		if at[c] = len(some.Classes); counts[c] > 0 {
			some.Classes = append(some.Classes, name)
		}
	}
	for i, c := range l.Learn.Labels {
		some.Learn.Add(l.Learn.Pictures[i], at[c])
	}
	return some
}

// rows are the features of some of the pictures, in order. f is used up: they lie where
// its own lay.
func (f *Features) rows(rows []int) *Features {
	some := &Features{K: f.K, Made: f.Made, Broken: make([]error, len(rows)), Of: make([][]float32, len(f.Of))}
	for _, i := range rows {
		some.SHA256 = append(some.SHA256, f.SHA256[i])
	}
	moved := map[*float32][]float32{} // networks that have the same share it
	for j, all := range f.Of {
		k := f.K[j]
		if moved[&all[0]] == nil {
			for to, i := range rows {
				copy(all[to*k:][:k], all[i*k:])
			}
			moved[&all[0]] = all[:len(rows)*k]
		}
		some.Of[j] = moved[&all[0]]
	}
	return some
}
