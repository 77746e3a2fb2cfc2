// Package speak is wording in the language that the window speaks.
package speak

import (
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"scalecam/assets"
	"scalecam/fault"
	"scalecam/printable"
	"scalecam/wording"
)

// speaking is who speaks now; nil before Use, which is English.
var speaking atomic.Pointer[wording.Speaker]

// Now is who speaks. What draws in the background keeps the one that it began with.
func Now() *wording.Speaker {
	if s := speaking.Load(); s != nil {
		return s
	}
	return wording.In("en")
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
	if !slices.Contains(wording.Languages, language) {
		language = wording.Languages[0]
	}
	speaking.Store(wording.In(language))
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
func Say(key string, args ...any) string { return Now().Say(key, args...) }

// Error is what an error says, in the language spoken as far as that has words
// for it: a line, or one for each of those that errors.Join put together.
func Error(err error) string { return Now().Error(err) }

// Network is what the window calls a network, by its name or spec, at another size,
// too: those that come with the program have names in the language spoken.
func Network(name string) string { return Now().Network(name) }

// Class is what the window calls a class: those of scenes have names in the
// language spoken.
func Class(name string) string { return Now().Class(name) }

// File is the name of a file or a folder.
func File(path string) string { return printable.Line(filepath.Base(path)) }
