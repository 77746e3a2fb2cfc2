package ui

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"scalecam/picture"
	"scalecam/ui/speak"
	"scalecam/wording"
)

// TestTextPrintable: names from outside turn nothing around in the window, hide
// nothing and begin no lines.
func TestTextPrintable(t *testing.T) {
	const evil = "photo\u202egnp\x1b[2J\nDone\u2066\u200b\xff.exe"
	for _, language := range wording.Languages {
		if err := speak.Use(language); err != nil {
			t.Fatal(err)
		}
		failed := fmt.Errorf("picture: %s: this is a folder; give a file", evil)
		texts := map[string]string{
			"network": speak.Network(evil),
			"class":   speak.Class(evil),
			"file":    speak.File("folder/" + evil),
			"title":   textWindow(&picture.Picture{Path: "folder/" + evil}),
			"opening": textOpening(evil),
			"saved":   textSaved("folder/" + evil),
			"error":   speak.Error(failed),
		}
		for what, text := range texts {
			if !strings.Contains(text, `photo\u202egnp\u001b[2J\nDone\u2066\u200b\xff.exe`) {
				t.Errorf("in %s, %s: %q", language, what, text)
			}
		}
		texts["errors"] = speak.Error(errors.Join(failed, errors.Join(failed, failed)))
		if got := strings.Count(texts["errors"], "\n"); got != 2 {
			t.Errorf("in %s three errors have %d lines: %q", language, got+1, texts["errors"])
		}
		for what, text := range texts {
			if strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsGraphic(r) }) {
				t.Errorf("in %s, %s: %q", language, what, text)
			}
		}
	}
	if err := speak.Use("en"); err != nil {
		t.Fatal(err)
	}
}
