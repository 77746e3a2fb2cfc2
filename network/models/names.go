package models

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"scalecam/fault"
	"scalecam/network"
)

// Apart are names of models by which they can be told apart: what the user calls them,
// or their own; with the folders that their files are in, or their pack, where several
// are called alike; with a number where that does not tell them apart.
func Apart(all []*network.Model) []string {
	names := make([]string, len(all))
	for i, m := range all {
		if names[i] = m.OwnName(); m.Called {
			names[i] = m.Name
		}
	}
	const most = 4 // folders
	for folders := 1; folders <= most; folders++ {
		for i, alike := range repeated(names) {
			if alike && !all[i].Called {
				names[i] = within(all[i], folders)
			}
		}
	}
	seen := map[string]int{}
	for i, alike := range repeated(names) {
		if seen[names[i]]++; alike && seen[names[i]] > 1 && !all[i].Called {
			names[i] = fmt.Sprintf("%s (%d)", names[i], seen[names[i]])
		}
	}
	return names
}

// repeated tells of each name whether another is the same.
func repeated(names []string) []bool {
	count := map[string]int{}
	for _, n := range names {
		count[n]++
	}
	all := make([]bool, len(names))
	for i, n := range names {
		all[i] = count[n] > 1
	}
	return all
}

// within is a model's own name with so many of the folders that its file is in, or with
// its pack.
func within(m *network.Model, folders int) string {
	if Named(m.Spec) {
		if pack, _, ok := strings.Cut(m.Spec, ":"); ok && pack != "random" {
			return pack + ": " + m.OwnName()
		}
		return m.OwnName()
	}
	path, _, err := splitFile(m.Spec)
	if err != nil {
		return m.OwnName()
	}
	dir := filepath.ToSlash(filepath.Dir(path))
	parts := strings.FieldsFunc(dir, func(r rune) bool { return r == '/' })
	parts = parts[max(len(parts)-folders, 0):]
	return strings.Join(append(parts, m.OwnName()), "/")
}

// CheckName refuses what cannot be a network's name; "" is none.
func CheckName(name string) error {
	const most = 80 // letters: more than any column has room for
	switch letters := utf8.RuneCountInString(name); {
	case letters > most:
		return fault.Errorf("models: the name has %d letters; the most are %d", letters, most)
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return fault.Errorf("models: the name %q is no plain text; give letters, digits and signs", name)
	}
	return nil
}
