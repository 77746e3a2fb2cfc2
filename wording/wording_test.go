package wording

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"scalecam/assets"
	"scalecam/compare"
	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/network/models"
)

// TestTranslations: every language has every key that is said, with
// the same values put in, and English has no other.
func TestTranslations(t *testing.T) {
	used := map[string]bool{"language": true}
	var prefixes []string
	said := regexp.MustCompile(`\b(?:[sS]ay\(|s\.texts\[)"([^"]+)" ?(\+)?`)
	for pattern, call := range map[string]*regexp.Regexp{
		"../ui/*.go": said, "../ui/*/*.go": said, "../ui/*/*/*.go": said, "../compare/figure/*.go": said, "../compare/webpage/*.go": said, "../network/teach/*.go": said, "*.go": said,
		"../compare/caption/*.go": regexp.MustCompile(`"([a-z]+\.[a-z .]*)" ?(\+)?`), // in tables, too
	} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%d files of %s (%v)", len(files), pattern, err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") && call != said {
				continue
			}
			src, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range call.FindAllStringSubmatch(string(src), -1) {
				if m[2] != "" {
					prefixes = append(prefixes, m[1])
					continue
				}
				used[m[1]] = true
			}
		}
	}
	texts := map[string]map[string]any{}
	for _, l := range Languages {
		var all map[string]any
		if err := json.Unmarshal(assets.Translation(l), &all); err != nil {
			t.Fatalf("%s: %v", l, err)
		}
		texts[l] = all
	}
	english := texts["en"]
	verb := regexp.MustCompile(`%(\[\d+\])?[-+#0-9.]*[a-zA-Z%]`)
	verbs := func(text any) []string {
		s, _ := text.(string)
		found := verb.FindAllString(s, -1)
		for i, v := range found { // their order may differ where they are numbered
			found[i] = regexp.MustCompile(`\[\d+\]`).ReplaceAllString(v, "")
		}
		slices.Sort(found)
		return found
	}
	for key := range used {
		if _, ok := english[key]; !ok {
			t.Errorf("en: no text for %q", key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(english)) {
		fynes := unicode.IsUpper(rune(key[0])) || strings.HasPrefix(key, "file.") // texts of its own dialogs
		composed := slices.ContainsFunc(prefixes, func(p string) bool { return len(key) > len(p) && key[:len(p)] == p })
		if !used[key] && !composed && !fynes {
			t.Errorf("en: %q is said nowhere", key)
		}
		for _, l := range Languages {
			text, ok := texts[l][key]
			if !ok || text == "" {
				t.Errorf("%s: no text for %q", l, key)
			} else if got, want := verbs(text), verbs(english[key]); !slices.Equal(got, want) {
				t.Errorf("%s: %q has the values %q, want %q", l, key, got, want)
			}
		}
	}
}

// TestSpokenNames: the networks, classes and samples that come with the program have
// names in every language, their own in English, and a class is found by either.
func TestSpokenNames(t *testing.T) {
	korean := regexp.MustCompile(`^[\p{Hangul} ]+$`)
	names := map[string]func(s *Speaker, name string) string{}
	for _, spec := range slices.Concat(models.Pack("imagenet"), models.Pack("scenes")) {
		m, err := models.Open(spec, nil)
		if err != nil {
			t.Fatal(err)
		}
		names[m.Name] = (*Speaker).Network
	}
	for _, p := range network.Figure7 {
		names[p.Title] = (*Speaker).Network
	}
	for _, class := range scenes.Classes() {
		names[class] = (*Speaker).Class
	}
	for key := range In("en").texts {
		if class, ok := strings.CutPrefix(key, "scene."); ok && !slices.Contains(scenes.Classes(), class) {
			t.Errorf("%s names no class of scenes", key)
		}
	}
	for _, s := range compare.Samples() {
		names[s.Title] = func(s *Speaker, title string) string { return s.Say("sample." + title) }
	}
	for name, of := range names {
		for l, right := range map[string]func(string) bool{"en": func(s string) bool { return s == name }, "ko": korean.MatchString} {
			if got := of(In(l), name); !right(got) {
				t.Errorf("%s: %q is %q", l, name, got)
			}
		}
	}
	s := In("en")
	if got := s.Network("baseline @128") + s.Network("scenes:baseline@128"); got != s.Network("baseline")+" @128"+s.Network("baseline")+"@128" || s.Network("baselines") != "baselines" {
		t.Errorf("at another size: %s", got)
	}
	if got := s.Network("mine.pth") + s.Class("tench"); got != "mine.pthtench" {
		t.Errorf("other names are %q", got)
	}
}
