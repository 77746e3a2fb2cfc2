package network

import (
	"fmt"
	"strconv"
	"strings"

	"scalecam/assets"
	"scalecam/fault"
	"scalecam/lookup"
)

// called gives what each class is called in a language beside Classes: its name
// there, then synonyms; nil where nothing is known.
func (m *Model) called(language string) [][]string {
	if names := assets.ClassNames(string(m.Domain), language); len(names) > 0 && len(names) == len(m.Classes) {
		return names
	}
	return nil
}

// ClassName is what class i is called in a language, such as "ko": its own name
// where none there is known.
func (m *Model) ClassName(i int, language string) string {
	if names := m.called(language); names != nil {
		return names[i][0]
	}
	return m.Classes[i]
}

// ClassNames are all that class i is called: its own name, and names and
// synonyms in every language.
func (m *Model) ClassNames(i int) []string {
	all := []string{m.Classes[i]}
	for _, language := range assets.ClassLanguages {
		if names := m.called(language); names != nil {
			all = append(all, names[i]...)
		}
	}
	return all
}

// FindClass finds the one of ClassesNamed. The error lists the nearest names or,
// of a name that several classes share, their indices.
func (m *Model) FindClass(s string) (int, error) {
	s = trimmed(s)
	found, language := m.named(s)
	switch len(found) {
	case 0:
		if i, err := strconv.Atoi(s); err == nil {
			return -1, fault.Errorf("network: %s has no class %d; its classes are 0 to %d", m.Name, i, len(m.Classes)-1)
		}
		return -1, fault.Errorf("network: %s has no class %.80q; the nearest are %s", m.Name, s, strings.Join(quoted(m.nearestClasses(s)), ", "))
	case 1:
		return found[0], nil
	}
	var all []string
	for _, i := range found {
		all = append(all, fmt.Sprintf("%d %q", i, m.ClassName(i, language)))
	}
	return -1, fault.Errorf("network: %s: %s classes are named %q; give the index, one of %s", m.Name, strconv.Itoa(len(found)), s, strings.Join(all, ", "))
}

// ClassesNamed finds the classes of a name or index, else of that name in another
// spelling (see lookup.Text), else of a name or synonym in any language.
func (m *Model) ClassesNamed(s string) []int {
	found, _ := m.named(trimmed(s))
	return found
}

// trimmed is a name without what a text pasted from Windows may begin with.
func trimmed(s string) string { return strings.TrimSpace(strings.TrimPrefix(s, "\ufeff")) }

// named is ClassesNamed, and the language of the name, "" for the model's own.
func (m *Model) named(s string) (found []int, language string) {
	which := func(fits func(i int) bool) (found []int) {
		for i := range m.Classes {
			if fits(i) {
				found = append(found, i)
			}
		}
		return found
	}
	found = which(func(i int) bool { return m.Classes[i] == s })
	if i, err := strconv.Atoi(s); err == nil && found == nil {
		return which(func(class int) bool { return class == i }), ""
	}
	typed := lookup.Typed(s)
	if found == nil {
		found = which(func(i int) bool { return typed.Fits(m.Classes[i]) == lookup.Same })
	}
	for _, l := range assets.ClassLanguages {
		if names := m.called(l); names != nil && found == nil {
			found, language = which(func(i int) bool { return typed.Fits(names[i]...) == lookup.Same }), l
		}
	}
	return found, language
}

// nearestClasses gives names of up to three classes that are most like s: of
// each class the one that is.
func (m *Model) nearestClasses(s string) []string {
	all := make([][]string, len(m.Classes))
	for i := range all {
		all[i] = m.ClassNames(i)
	}
	return lookup.Nearest(all, s)
}

func quoted(names []string) []string {
	var all []string
	for _, name := range names {
		all = append(all, strconv.Quote(name))
	}
	return all
}
