package assets

import (
	_ "embed" // for the table
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed imagenet_classes.tsv
var imageNetTable string

// ImageNetLanguages are the languages, by their tags, in which the classes of
// ILSVRC 2012 have names, in the order of the table's columns.
var ImageNetLanguages = []string{"en", "ko"}

// imageNet is the table, by language and class.
var imageNet = sync.OnceValue(func() map[string][][]string {
	names := map[string][][]string{}
	classes := 0
	for line := range strings.Lines(imageNetTable) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(cells) != 1+len(ImageNetLanguages) || cells[0] != strconv.Itoa(classes) {
			panic(fmt.Sprintf("assets: imagenet_classes.tsv: %q is not class %d in %d languages", line, classes, len(ImageNetLanguages)))
		}
		for i, language := range ImageNetLanguages {
			names[language] = append(names[language], strings.Split(cells[1+i], ", "))
		}
		classes++
	}
	return names
})

// ImageNetClasses returns the names of the 1000 classes of ILSVRC 2012, in the
// order of the class indices that published weights use: 0 is "tench", 417
// "balloon", 999 "toilet tissue". They are the short names of torchvision
// (torchvision/models/_meta.py), all different and each without a comma. The
// slice is the caller's.
func ImageNetClasses() []string { return slices.Clone(imageNetClasses()) }

var imageNetClasses = sync.OnceValue(func() []string {
	var classes []string
	for _, names := range ImageNetNames("en") {
		classes = append(classes, names[0])
	}
	return classes
})

// ImageNetNames returns what each of those classes is called in a language, such
// as "ko": its name, unlike all others there, and then its synonyms, of which
// several classes may share one and none is another class's name. It is nil for
// a language not of ImageNetLanguages. The slices are shared, and not to be
// written to.
func ImageNetNames(language string) [][]string { return imageNet()[language] }
