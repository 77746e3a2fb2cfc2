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
	if names := assets.ImageNetNames(language); m.Domain == ImageNet && len(names) == len(m.Classes) {
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
	for _, language := range assets.ImageNetLanguages {
		if names := m.called(language); names != nil {
			all = append(all, names[i]...)
		}
	}
	return all
}

// FindClass finds a class by its name or index, else by its name in another
// spelling (see lookup.Text), else by a name or synonym in any language. The
// error lists the nearest names or, of a name that several classes share, their
// indices.
func (m *Model) FindClass(s string) (int, error) {
	s = strings.TrimSpace(strings.TrimPrefix(s, "\ufeff")) // which a text pasted from Windows may begin with
	which := func(fits func(i int) bool) (found []int) {
		for i := range m.Classes {
			if fits(i) {
				found = append(found, i)
			}
		}
		return found
	}
	found, language := which(func(i int) bool { return m.Classes[i] == s }), ""
	if i, err := strconv.Atoi(s); err == nil && found == nil {
		if i >= 0 && i < len(m.Classes) {
			return i, nil
		}
		return -1, fault.Errorf("network: %s has no class %d; its classes are 0 to %d", m.Name, i, len(m.Classes)-1)
	}
	typed := lookup.Typed(s)
	if found == nil {
		found = which(func(i int) bool { return typed.Fits(m.Classes[i]) == lookup.Same })
	}
	for _, l := range assets.ImageNetLanguages {
		if names := m.called(l); names != nil && found == nil {
			found, language = which(func(i int) bool { return typed.Fits(names[i]...) == lookup.Same }), l
		}
	}
	switch len(found) {
	case 0:
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
