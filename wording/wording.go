// Package wording has what the program says in each language: texts by their keys,
// names of networks and classes, and errors.
package wording

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"scalecam/assets"
	"scalecam/printable"
)

// Languages that the program speaks, by their tags, the first where another is asked
// for; each has a file in assets/translations with every key that Say is called with.
var Languages = []string{"en", "ko"}

// Speaker speaks a language. Nothing in it changes.
type Speaker struct {
	Language string            // its tag
	texts    map[string]string // by their keys
	// errors are what ours say, by the format or the text in English. %s stands for
	// one of its values and %v for one that is translated, too: the error that it
	// wraps, a text of the program's, or names of networks and classes. It is nil in
	// English, which is theirs.
	errors map[string]string
	// foreign are errors of the system and of libraries, which give a text alone; the
	// most fixed of them first, since one may say what a more general one says, too.
	foreign []pattern
}

var speakers = sync.OnceValue(func() (all []*Speaker) {
	for _, l := range Languages {
		s, err := newSpeaker(l, assets.Translation(l), assets.Errors(l))
		if err != nil {
			panic(fmt.Sprintf("wording: the texts in %s: %v", l, err)) // embedded, and a test reads it
		}
		all = append(all, s)
	}
	return all
})

// newSpeaker reads a language's files; errors is nil where there is none.
func newSpeaker(language string, texts, errors []byte) (*Speaker, error) {
	var entries map[string]any
	if err := json.Unmarshal(texts, &entries); err != nil {
		return nil, err
	}
	s := &Speaker{Language: language, texts: map[string]string{}}
	for key, entry := range entries {
		if text, ok := entry.(string); ok { // some of Fyne's own are none
			s.texts[key] = text
		}
	}
	if errors == nil {
		return s, nil
	}
	return s, s.readErrors(errors)
}

// All are the speakers of all Languages, in their order.
func All() []*Speaker { return speakers() }

// In is the speaker of a language; of the first of Languages where it is none of them.
func In(language string) *Speaker { return speakers()[max(slices.Index(Languages, language), 0)] }

// number is one in a text: below 0 it has the sign for that.
type number float64

// Format implements fmt.Formatter.
func (n number) Format(f fmt.State, verb rune) {
	fmt.Fprint(f, printable.Minus(fmt.Sprintf(fmt.FormatString(f, verb), float64(n))))
}

// Say is the text of a key, with args put in as fmt.Sprintf does.
func (s *Speaker) Say(key string, args ...any) string {
	text, ok := s.texts[key]
	if !ok { // which a test finds
		text = key
	}
	if len(args) == 0 {
		return text
	}
	args = slices.Clone(args)
	for i, a := range args {
		if v, ok := a.(float64); ok {
			args[i] = number(v)
		}
	}
	return printable.Sprintf(text, args...)
}
