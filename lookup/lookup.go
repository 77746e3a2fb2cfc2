// Package lookup finds names that people type, however they spell them.
package lookup

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A Fit is how a text that somebody types fits a name.
type Fit int

// The fits, the closest last.
const (
	Apart  Fit = iota
	Within     // the name holds the text
	Begins     // and begins with it
	Same
)

// Text is what somebody typed, without what Fits does not look at: made once for
// all names, since a whole book may have been pasted.
type Text string

// Typed makes a Text.
func Typed(s string) Text { return Text(fold(s)) }

// Fits says how a text fits the one of the names that it fits best, whatever
// their case, spaces, hyphens, apostrophes and full stops, and however their
// letters are composed (a Mac types Hangul in parts).
func (t Text) Fits(names ...string) Fit {
	best, text := Apart, string(t)
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

// fold is a text without what Fits does not look at. Of a text that is longer than
// any name it is the beginning, which fits none either.
func fold(s string) string {
	const longest = 4096 // bytes
	s = s[:min(len(s), longest)]
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\u00a0', '\u3000', '-', '‐', '–', '\'', '’', '.':
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFC.String(s))
}

// Nearest gives a name of each of up to three things that are most like s, out
// of all their names: those that hold it come first, then those that take the
// fewest edits.
func Nearest(things [][]string, s string) []string {
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
	const longest = 200 // no name is longer, and what edits costs is the product
	all := []rune(norm.NFD.String(fold(s)))
	return all[:min(len(all), longest)]
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
