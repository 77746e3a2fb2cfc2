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
// are right: a photograph of a camera is of a reflex camera or of a Polaroid.
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
	for _, class := range a.classes() {
		if len(a[class]) == 0 {
			return nil, fault.Errorf("evaluate: %s: class %.80q has no index; give one or more, or leave it out", path, class)
		}
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

// of are the model's classes that are right, for each of the set's.
func (a Answers) of(m *network.Model, set dataset.Set) (right [][]int, err error) {
	for _, class := range set.Classes() {
		indices := a[class]
		if a == nil {
			label := slices.Index(m.Classes, class)
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
		right = append(right, indices)
	}
	return right, nil
}
