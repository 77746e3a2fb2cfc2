// Package speak says the window's texts, names and errors in a language.
package speak

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"scalecam/assets"
	"scalecam/fault"
	"scalecam/printable"
)

// Languages that the window speaks, by their tags; each has a file in
// assets/translations with every key that Say is called with.
var Languages = []string{"en", "ko"}

// Speaker speaks a language. Nothing in it changes, so that what draws in the
// background may speak while another language is chosen.
type Speaker struct {
	texts map[string]string // the window's, by their keys
	// errors are what ours say, by the format or the text in English. %s stands for
	// one of its values and %v for one that is translated, too: the error that it
	// wraps, a text of the program's, or names of networks and classes. It is nil in
	// English, which is theirs.
	errors map[string]string
	// foreign are errors of the system and of libraries, which give a text alone; the
	// most fixed of them first, since one may say what a more general one says, too.
	foreign []pattern
}

var speakers = sync.OnceValue(func() map[string]*Speaker {
	all := map[string]*Speaker{}
	for _, l := range Languages {
		s, err := newSpeaker(assets.Translation(l), assets.Errors(l))
		if err != nil {
			panic(fmt.Sprintf("speak: the texts in %s: %v", l, err)) // embedded, and a test reads it
		}
		all[l] = s
	}
	return all
})

// newSpeaker reads a language's files; errors is nil where there is none.
func newSpeaker(texts, errors []byte) (*Speaker, error) {
	var entries map[string]any
	if err := json.Unmarshal(texts, &entries); err != nil {
		return nil, err
	}
	s := &Speaker{texts: map[string]string{}}
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

// In is the speaker of one of the Languages.
func In(language string) *Speaker { return speakers()[language] }

// speaking is who speaks now; nil before Use, which is English.
var speaking atomic.Pointer[Speaker]

func current() *Speaker {
	if s := speaking.Load(); s != nil {
		return s
	}
	return In("en")
}

// Use makes this package and Fyne's own dialogs speak a language; "" is the
// system's, or English where the window does not speak it. It belongs to the UI
// goroutine, as do Fyne's dialogs: Fyne's texts are no one's to read meanwhile.
//
// Fyne chooses texts by the system's locale alone, so another language is put in
// the place of that one's or, where Fyne does not know that, of English, which it
// falls back on.
func Use(language string) error {
	system := lang.SystemLocale().LanguageString()
	if language == "" {
		language, _, _ = strings.Cut(system, "-")
	}
	if !slices.Contains(Languages, language) {
		language = Languages[0]
	}
	speaking.Store(In(language))
	for _, at := range []string{language, system, "en"} {
		err := lang.AddTranslationsForLocale(assets.Translation(language), fyne.Locale(at))
		if err != nil && at != system {
			return fault.Errorf("speak: the texts in %s: %w", language, err)
		}
		if at == system && lang.L("language") == language {
			break
		}
	}
	return nil
}

// Say is the window's text of a key in the language spoken, with args put in as
// fmt.Sprintf does. It may be called from anywhere, as may the others.
func Say(key string, args ...any) string { return current().Say(key, args...) }

// Say is the window's text of a key, with args put in as fmt.Sprintf does.
func (s *Speaker) Say(key string, args ...any) string {
	text, ok := s.texts[key]
	if !ok { // which a test finds
		text = key
	}
	if len(args) == 0 {
		return text
	}
	return printable.Sprintf(text, args...)
}
