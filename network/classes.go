package network

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"scalecam/assets"
	"scalecam/fault"
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
// spelling (see Fits), else by a name or synonym in any language. The error lists
// the nearest names or, of a name that several classes share, their indices.
func (m *Model) FindClass(s string) (int, error) {
	s = strings.TrimSpace(s)
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
	if found == nil {
		found = which(func(i int) bool { return Fits(s, m.Classes[i]) == Same })
	}
	for _, l := range assets.ImageNetLanguages {
		if names := m.called(l); names != nil && found == nil {
			found, language = which(func(i int) bool { return Fits(s, names[i]...) == Same }), l
		}
	}
	switch len(found) {
	case 0:
		return -1, fault.Errorf("network: %s has no class %q; the nearest are %s", m.Name, s, strings.Join(quoted(m.nearestClasses(s)), ", "))
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
	return nearest(all, s)
}

// A Fit is how a text that somebody types fits a name.
type Fit int

// The fits, the closest last.
const (
	Apart  Fit = iota
	Within     // the name holds the text
	Begins     // and begins with it
	Same
)

// Fits says how a text fits the one of the names that it fits best, whatever
// their case, spaces, hyphens, apostrophes and full stops, and however their
// letters are composed (a Mac types Hangul in parts).
func Fits(text string, names ...string) Fit {
	best, text := Apart, fold(text)
	for _, name := range names {
		fit := Apart
		switch name = fold(name); {
		case text == "": // as are those of signs alone
		case name == text:
			fit = Same
		case strings.HasPrefix(name, text):
			fit = Begins
		case strings.Contains(name, text):
			fit = Within
		}
		best = max(best, fit)
	}
	return best
}

// fold is a text without what Fits does not look at.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\u00a0', '\u3000', '-', '‐', '–', '\'', '’', '.':
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFC.String(s))
}

// nearest gives a name of each of up to three things that are most like s, out
// of all their names: those that hold it come first, then those that take the
// fewest edits.
func nearest(things [][]string, s string) []string {
	const most = 3
	type ranked struct {
		name string
		cost int
	}
	var all []ranked
	text, want := fold(s), letters(s)
	for _, names := range things {
		best := ranked{cost: math.MaxInt}
		for _, name := range names {
			cost := -1
			if text == "" || !strings.Contains(fold(name), text) {
				is := letters(name)
				if max(len(is)-len(want), len(want)-len(is)) >= best.cost { // so many edits at least
					continue
				}
				cost = edits(want, is)
			}
			if cost < best.cost {
				best = ranked{name, cost}
			}
		}
		all = append(all, best)
	}
	slices.SortStableFunc(all, func(a, b ranked) int { return cmp.Compare(a.cost, b.cost) })
	var first []string
	for _, r := range all[:min(most, len(all))] {
		first = append(first, r.name)
	}
	return first
}

// letters are what edits of a text are counted in: of Hangul the parts, which
// are what is mistyped.
func letters(s string) []rune {
	const longest = 200 // no class name is longer, and what edits costs is the product
	all := []rune(norm.NFD.String(fold(s)))
	return all[:min(len(all), longest)]
}

func quoted(names []string) []string {
	var all []string
	for _, name := range names {
		all = append(all, strconv.Quote(name))
	}
	return all
}

// edits is the Levenshtein distance: insertions, deletions and substitutions
// that turn x into y.
func edits(x, y []rune) int {
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(y)]
}
