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
	put := func(l string, at fyne.Locale) error {
		if err := lang.AddTranslationsForLocale(assets.Translation(l), at); err != nil {
			return fmt.Errorf("ui: the texts in %s: %w", l, err)
		}
		return nil
	}
	for _, l := range languages { // each where it belongs
		if err := put(l, fyne.Locale(l)); err != nil {
			return err
		}
	}
	for _, at := range []fyne.Locale{system, "en"} {
		if say("language") == language {
			break
		}
		if err := put(language, at); err != nil {
			return err
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
