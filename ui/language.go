package ui

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"scalecam/assets"
)

// languages that the window speaks, by their tags; each has a file in
// assets/translations with every key that say is called with.
var languages = []string{"en", "ko"}

// prefLanguage is the preference for the language chosen; "" for the system's.
const prefLanguage = "language"

// speak makes say and Fyne's own dialogs speak a language; "" is the system's,
// or English where the window does not speak it. Fyne chooses texts by the
// system's locale alone, so another language is put in the place of that one's,
// or of English, which Fyne falls back on.
func speak(language string) error {
	system := fyne.Locale(lang.SystemLocale().LanguageString())
	if language == "" {
		language = system.String()[:min(2, len(system))]
	}
	if !slices.Contains(languages, language) {
		language = languages[0]
	}
	for _, at := range []fyne.Locale{fyne.Locale(language), system, "en"} {
		if err := lang.AddTranslationsForLocale(assets.Translation(language), at); err != nil {
			return fmt.Errorf("ui: the texts in %s: %w", language, err)
		}
		if say("language") == language {
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
	return fmt.Sprintf(text, args...)
}
