package desk

import (
	"slices"
	"strings"

	"scalecam/fault"
)

// Lesson is what the user teaches networks: classes, in order, each with its pictures.
// A Lesson does not change: what changes it gives another.
type Lesson struct{ Classes []LessonClass }

// LessonClass is a class of it and the paths of its pictures, each once.
type LessonClass struct {
	Name     string
	Pictures []string
}

// Equal tells that both teach the same, in the same order.
func (l Lesson) Equal(m Lesson) bool {
	return slices.EqualFunc(l.Classes, m.Classes, func(a, b LessonClass) bool {
		return a.Name == b.Name && slices.Equal(a.Pictures, b.Pictures)
	})
}

// Count is how many pictures there are.
func (l Lesson) Count() (n int) {
	for _, c := range l.Classes {
		n += len(c.Pictures)
	}
	return n
}

// Taught are the classes that have a picture, two or more of which can be learnt.
func (l Lesson) Taught() (some []LessonClass) {
	for _, c := range l.Classes {
		if len(c.Pictures) > 0 {
			some = append(some, c)
		}
	}
	return some
}

// Of is the place of a picture's class; −1 where it is in none.
func (l Lesson) Of(path string) int {
	return slices.IndexFunc(l.Classes, func(c LessonClass) bool { return slices.Contains(c.Pictures, path) })
}

// MostTaught bounds the pictures of a Lesson that a page shows.
const MostTaught = 2000

const mostClasses = 40 // of a Lesson, likewise

// With has one class more. The error is of a name that is empty or there already, in any
// case, and of too many.
func (l Lesson) With(name string) (Lesson, error) {
	name, err := l.name(name, -1)
	if err != nil {
		return l, err
	}
	if len(l.Classes) >= mostClasses {
		return l, fault.Errorf("teach: %d classes are taught here at most; take one away, or use scalecam teach for more", mostClasses)
	}
	return Lesson{append(slices.Clone(l.Classes), LessonClass{Name: name})}, nil
}

// Renamed has a class called otherwise.
func (l Lesson) Renamed(class int, name string) (Lesson, error) {
	name, err := l.name(name, class)
	if err != nil {
		return l, err
	}
	return l.with(class, func(c *LessonClass) { c.Name = name }), nil
}

// name is one that a class may have, which is at a place; −1 for none yet.
func (l Lesson) name(name string, at int) (string, error) {
	name = strings.TrimSpace(name)
	if name == "" {
		return "", fault.Errorf("teach: a class needs a name, such as mug")
	}
	if strings.ContainsAny(name, `/\`) || strings.HasPrefix(name, ".") {
		return "", fault.Errorf("teach: a class is saved as a folder of its name, and no folder is called %q; call it otherwise", name)
	}
	for i, c := range l.Classes {
		if i != at && strings.EqualFold(c.Name, name) {
			return "", fault.Errorf("teach: there is a class %q already; give this one another name", c.Name)
		}
	}
	return name, nil
}

// Without has a class less.
func (l Lesson) Without(class int) Lesson {
	return Lesson{slices.Delete(slices.Clone(l.Classes), class, class+1)}
}

// Put has pictures in a class, from wherever they are else: a picture is in one class.
func (l Lesson) Put(class int, paths ...string) (Lesson, error) {
	to := Lesson{}
	for i, c := range l.Classes {
		kept := slices.Clone(c.Pictures)
		if i != class {
			kept = slices.DeleteFunc(kept, func(p string) bool { return slices.Contains(paths, p) })
		}
		to.Classes = append(to.Classes, LessonClass{c.Name, kept})
	}
	there := &to.Classes[class].Pictures
	for _, p := range paths {
		if !slices.Contains(*there, p) {
			*there = append(*there, p)
		}
	}
	if n := to.Count(); n > MostTaught {
		return l, fault.Errorf("teach: these would be %d pictures, and %d are taught here at most; use scalecam teach for more", n, MostTaught)
	}
	return to, nil
}

// Less has a picture less.
func (l Lesson) Less(path string) Lesson {
	class := l.Of(path)
	if class < 0 {
		return l
	}
	return l.with(class, func(c *LessonClass) {
		c.Pictures = slices.DeleteFunc(slices.Clone(c.Pictures), func(p string) bool { return p == path })
	})
}

func (l Lesson) with(class int, change func(c *LessonClass)) Lesson {
	to := Lesson{slices.Clone(l.Classes)}
	change(&to.Classes[class])
	return to
}
