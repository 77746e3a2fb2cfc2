package ui

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

// languages that the window speaks, by their tags; each has a file in
// assets/translations with every key that say is called with.
var languages = []string{"en", "ko"}

// prefLanguage is the preference for the language chosen; "" for the system's.
const prefLanguage = "language"

// catalogue is the window's texts in one language, by their keys. Nothing in it
// changes, so that what draws in the background may speak while another language
// is chosen.
type catalogue map[string]string

var catalogues = sync.OnceValue(func() map[string]catalogue {
	all := map[string]catalogue{}
	for _, l := range languages {
		var entries map[string]any
		if err := json.Unmarshal(assets.Translation(l), &entries); err != nil {
			panic(fmt.Sprintf("ui: the texts in %s: %v", l, err)) // embedded, and a test reads it
		}
		texts := catalogue{}
		for key, entry := range entries {
			if text, ok := entry.(string); ok { // some of Fyne's own are none
				texts[key] = text
			}
		}
		all[l] = texts
	}
	return all
})

// speaking is the language spoken; nil before speak, which is English.
var speaking atomic.Pointer[catalogue]

// speak makes say and Fyne's own dialogs speak a language; "" is the system's,
// or English where the window does not speak it. It belongs to the UI goroutine,
// as do Fyne's dialogs: Fyne's texts are no one's to read meanwhile.
//
// Fyne chooses texts by the system's locale alone, so another language is put in
// the place of that one's or, where Fyne does not know that, of English, which it
// falls back on.
func speak(language string) error {
	system := lang.SystemLocale().LanguageString()
	if language == "" {
		language, _, _ = strings.Cut(system, "-")
	}
	if !slices.Contains(languages, language) {
		language = languages[0]
	}
	texts := catalogues()[language]
	speaking.Store(&texts)
	for _, at := range []string{language, system, "en"} {
		err := lang.AddTranslationsForLocale(assets.Translation(language), fyne.Locale(at))
		if err != nil && at != system {
			return fault.Errorf("ui: the texts in %s: %w", language, err)
		}
		if at == system && lang.L("language") == language {
			break
		}
	}
	return nil
}

// say is the window's text of a key in the language spoken, with args put in as
// fmt.Sprintf does. It may be called from anywhere.
func say(key string, args ...any) string {
	texts := speaking.Load()
	if texts == nil {
		english := catalogues()["en"]
		texts = &english
	}
	text, ok := (*texts)[key]
	if !ok { // which a test finds
		text = key
	}
	if len(args) == 0 {
		return text
	}
	return printable.Sprintf(text, args...)
}
