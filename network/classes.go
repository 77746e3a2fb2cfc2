package network

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"scalecam/fault"
)

// FindClass finds a class by name, in any case, or by index. The error lists
// the nearest names; a name that several classes share must be given as index.
func (m *Model) FindClass(s string) (int, error) {
	want := strings.ToLower(strings.TrimSpace(s))
	var found []string
	at := -1
	for i, name := range m.Classes {
		if strings.ToLower(name) == want {
			found = append(found, strconv.Itoa(i))
			at = i
		}
	}
	switch {
	case len(found) == 1:
		return at, nil
	case len(found) > 1:
		return -1, fault.Errorf("network: %s: %s classes are named %q; give the index, one of %s", m.Name, strconv.Itoa(len(found)), s, strings.Join(found, ", "))
	}
	if i, err := strconv.Atoi(want); err == nil {
		if i >= 0 && i < len(m.Classes) {
			return i, nil
		}
		return -1, fault.Errorf("network: %s has no class %d; its classes are 0 to %d", m.Name, i, len(m.Classes)-1)
	}
	return -1, fault.Errorf("network: %s has no class %q; the nearest are %s", m.Name, s, strings.Join(quoted(nearest(m.Classes, want)), ", "))
}

// nearest gives up to three of the names that are most like s: those that hold
// it come first, then those that take the fewest edits.
func nearest(names []string, s string) []string {
	const most = 3
	s = strings.ToLower(strings.TrimSpace(s))
	type ranked struct {
		name string
		cost int
	}
	var all []ranked
	for _, name := range names {
		lower := strings.ToLower(name)
		cost := edits(s, lower)
		if s != "" && strings.Contains(lower, s) {
			cost = -1
		}
		all = append(all, ranked{name, cost})
	}
	slices.SortStableFunc(all, func(a, b ranked) int { return cmp.Compare(a.cost, b.cost) })
	var first []string
	for _, r := range all[:min(most, len(all))] {
		first = append(first, r.name)
	}
	return first
}

func quoted(names []string) []string {
	var all []string
	for _, name := range names {
		all = append(all, strconv.Quote(name))
	}
	return all
}

// edits is the Levenshtein distance: insertions, deletions and substitutions
// that turn a into b.
func edits(a, b string) int {
	const longest = 200 // no class name is longer, and the cost is the product
	x, y := []rune(a), []rune(b)
	x, y = x[:min(len(x), longest)], y[:min(len(y), longest)]
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
