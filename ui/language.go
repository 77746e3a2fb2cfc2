package ui

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"scalecam/assets"
	"scalecam/printable"
)

// languages that the window speaks, by their tags; each has a file in
// assets/translations with every key that say is called with.
var languages = []string{"en", "ko"}

// prefLanguage is the preference for the language chosen; "" for the system's.
const prefLanguage = "language"

// speak makes say and Fyne's own dialogs speak a language; "" is the system's,
// or English where the window does not speak it. Fyne chooses texts by the
// system's locale alone, so another language is put in the place of that one's
// or, where Fyne does not know that, of English, which it falls back on.
func speak(language string) error {
	system := lang.SystemLocale().LanguageString()
	if language == "" {
		language, _, _ = strings.Cut(system, "-")
	}
	if !slices.Contains(languages, language) {
		language = languages[0]
	}
	for _, at := range []string{language, system, "en"} {
		err := lang.AddTranslationsForLocale(assets.Translation(language), fyne.Locale(at))
		if err != nil && at != system {
			return fmt.Errorf("ui: the texts in %s: %w", language, err)
		}
		if at == system && say("language") == language {
			break
		}
	}
	return nil
}

// say is the window's text of a key in the language spoken, with args put in as
// fmt.Sprintf does.
func say(key string, args ...any) string {
	text := lang.X(key, key)
	if len(args) == 0 {
		return text
	}
	return printable.Sprintf(text, args...)
}
