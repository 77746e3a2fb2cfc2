package evaluate

import (
	"bytes"
	"encoding/json"
	"slices"

	"scalecam/dataset"
	"scalecam/fault"
	"scalecam/file"
	"scalecam/network"
)

// Answers are, for classes of pictures, the indices of a network's classes that
// are right: a photograph of a camera is of a reflex camera or of a Polaroid. Of a
// network of one output those that do not show its class have none.
type Answers map[string][]int

// ReadAnswers reads them from a JSON file: {"camera": [732, 759], …}.
func ReadAnswers(path string) (Answers, error) {
	const most = 4 << 20 // some ten thousand classes
	data, err := file.Read(path, most, `a JSON file such as {"camera": [732, 759], …}`)
	if err != nil {
		return nil, fault.Errorf("evaluate: %w", err)
	}
	var a Answers
	err = fault.JSON(json.Unmarshal(data, &a))
	if err == nil && len(a) == 0 {
		err = fault.Errorf("it names no class")
	}
	if err != nil {
		return nil, fault.Errorf(`evaluate: %s: %w; give the indices of a network's classes by the names of folders, {"camera": [732, 759], …}`, path, err)
	}
	if class, found := twice(data); found {
		return nil, fault.Errorf("evaluate: %s: class %.80q is there twice; give all of its indices at once", path, class)
	}
	return a, nil
}

// twice finds a class that is there twice in the JSON of Answers, all of whose
// strings are classes.
func twice(data []byte) (class string, found bool) {
	known := map[string]bool{}
	decoder := json.NewDecoder(bytes.NewReader(data))
	for {
		token, err := decoder.Token()
		if err != nil { // the end
			return "", false
		}
		if class, ok := token.(string); ok {
			if known[class] {
				return class, true
			}
			known[class] = true
		}
	}
}

// classes are those of the pictures, sorted.
func (a Answers) classes() (classes []string) {
	for class := range a {
		classes = append(classes, class)
	}
	slices.Sort(classes)
	return classes
}

// Only gives the pictures of the folder that the answers know, and how many
// classes are left out.
func (a Answers) Only(f *dataset.Folder) (some *dataset.Folder, leftOut int, err error) {
	var known []string
	for _, class := range f.Classes() {
		if _, ok := a[class]; ok {
			known = append(known, class)
		}
	}
	if len(known) == 0 {
		return nil, 0, fault.Errorf("evaluate: none of the folder's classes (%q, …) has answers (%q, …); name them alike", f.Classes()[0], a.classes()[0])
	}
	some, err = f.Only(known...)
	return some, len(f.Classes()) - len(known), err
}

// alone tells a network of one output, whose answers are its class and, by the
// index none, that it is not there.
func alone(m *network.Model) bool { return m.Independent && len(m.Classes) == 1 }

const none = 1

// of are the model's answers that are right, for each of the set's classes.
func (a Answers) of(m *network.Model, set dataset.Set) (right [][]int, err error) {
	for _, class := range set.Classes() {
		indices := a[class]
		if a == nil {
			label := slices.Index(m.Classes, class)
			if label < 0 && alone(m) {
				return nil, fault.Errorf("evaluate: %s: it has one output, %q, and a class of the pictures is %q; say in the file of scalecam evaluate --classes which classes show it and which do not, {\"YES\": [0], \"NO\": []}", m.Spec, m.Classes[0], class)
			}
			if label < 0 {
				return nil, fault.Errorf("evaluate: %s: it was not trained on these pictures: they show %q and it knows %s, …; name networks of the pack, or some trained with scalecam train", m.Spec, class, m.Classes[0])
			}
			indices = []int{label}
		}
		for _, i := range indices {
			if i < 0 || i >= len(m.Classes) {
				return nil, fault.Errorf("evaluate: %s: class %.80q is to be its class %d; it has the classes 0 to %d", m.Spec, class, i, len(m.Classes)-1)
			}
		}
		if len(indices) == 0 {
			if !alone(m) {
				return nil, fault.Errorf("evaluate: %s: class %.80q has no index; give one or more, or leave it out", m.Spec, class)
			}
			indices = []int{none}
		}
		right = append(right, indices)
	}
	return right, nil
}

// odds are the probabilities of a model's answers by its logits over a temperature,
// of which 0 stands for 1: of its classes, and of one output alone of none, too.
func odds(m *network.Model, logits []float32, temperature float64) []float64 {
	switch {
	case alone(m):
		p := network.Sigmoids(logits, temperature)[0]
		return []float64{p, 1 - p}
	case m.Independent:
		return network.Sigmoids(logits, temperature)
	}
	return network.Softmax(logits, temperature)
}

// verdict is how sure the most probable answer is, and whether it is right.
func verdict(odds []float64, right []int) Sure {
	top := slices.Index(odds, slices.Max(odds))
	return Sure{odds[top], slices.Contains(right, top)}
}
