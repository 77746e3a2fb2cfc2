package assets

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed classes/*.tsv
var classTables embed.FS

// ClassLanguages are the languages, by their tags, in which classes have names, in
// the order of the tables' columns.
var ClassLanguages = []string{"en", "ko"}

// classNames are the tables, each a domain's, by language and class.
var classNames = sync.OnceValue(func() map[string]map[string][][]string {
	all := map[string]map[string][][]string{}
	files, err := classTables.ReadDir("classes")
	if err != nil {
		panic(fmt.Sprintf("assets: %v", err))
	}
	for _, f := range files {
		table, err := classTables.ReadFile(path.Join("classes", f.Name()))
		if err != nil {
			panic(fmt.Sprintf("assets: %v", err))
		}
		all[strings.TrimSuffix(f.Name(), ".tsv")] = readClasses(f.Name(), string(table))
	}
	return all
})

// readClasses reads a table: the class's index, then for each language its name and
// its synonyms. It panics where the table is none, which a test rules out.
func readClasses(name, table string) map[string][][]string {
	names := map[string][][]string{}
	classes := 0
	for line := range strings.Lines(table) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(cells) != 1+len(ClassLanguages) || cells[0] != strconv.Itoa(classes) {
			panic(fmt.Sprintf("assets: %s: %q is not class %d in %d languages", name, line, classes, len(ClassLanguages)))
		}
		for i, language := range ClassLanguages {
			names[language] = append(names[language], strings.Split(cells[1+i], ", "))
		}
		classes++
	}
	return names
}

// Classes returns the names of the classes of a domain (network.Domain), in the order
// of their indices, all different and each without a comma; nil where there is no
// table of it. "imagenet" are those of ILSVRC 2012 as published weights have them: 0
// is "tench", 417 "balloon", 999 "toilet tissue", the short names of torchvision
// (torchvision/models/_meta.py). "everyday" are those of the pack everyday. The slice
// is the caller's.
func Classes(domain string) []string {
	var classes []string
	for _, names := range ClassNames(domain, "en") {
		classes = append(classes, names[0])
	}
	return classes
}

// ImageNetClasses returns the names of the 1000 classes of ILSVRC 2012. The slice is
// the caller's.
func ImageNetClasses() []string { return slices.Clone(imageNetClasses()) }

var imageNetClasses = sync.OnceValue(func() []string { return Classes("imagenet") })

// ClassNames returns what each class of a domain is called in a language, such as
// "ko": its name, unlike all others there, and then its synonyms, of which several
// classes may share one and none is another class's name. It is nil for a language not
// of ClassLanguages, and for a domain of which there is no table. The slices are
// shared, and not to be written to.
func ClassNames(domain, language string) [][]string { return classNames()[domain][language] }
