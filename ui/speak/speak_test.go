package speak

import (
	"cmp"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"fyne.io/fyne/v2/lang"

	"scalecam/assets"
	"scalecam/compare"
	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/network/models"
)

// TestTranslations: every language has every key that the window says, with
// the same values put in, and English has no other.
func TestTranslations(t *testing.T) {
	used := map[string]bool{"language": true}
	var files []string
	for _, pattern := range []string{"../*.go", "../*/*.go", "../*/*/*.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	call := regexp.MustCompile(`\b(?:Say\(|s\.texts\[)"([^"]+)" ?(\+)?`)
	var prefixes []string
	for _, f := range files {
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

// TestSpeak: the language chosen is spoken, whatever the system's.
func TestSpeak(t *testing.T) {
	t.Cleanup(func() {
		if err := Use("en"); err != nil {
			t.Error(err)
		}
	})
	for _, c := range []struct{ language, want string }{{"ko", "비교"}, {"en", "Compare"}, {"ko", "비교"}, {"xx", "Compare"}} {
		if err := Use(c.language); err != nil {
			t.Fatal(err)
		}
		if got := Say("tab.compare"); got != c.want {
			t.Errorf("in %s: got %q, want %q", c.language, got, c.want)
		}
		if got, want := lang.L("Save"), map[string]string{"ko": "저장"}[c.language]; got != cmp.Or(want, "Save") {
			t.Errorf("in %s, Fyne says %q", c.language, got)
		}
	}
}

// TestSpeakAnywhere: likewise where the system speaks another language, one of
// Fyne's own among them, or one that nobody knows.
func TestSpeakAnywhere(t *testing.T) {
	for _, system := range []string{"C", "en_US.UTF-8", "ko_KR.UTF-8", "fr_FR.UTF-8", "zh_CN.UTF-8", "kok_IN.UTF-8", "xx_YY"} {
		c := exec.Command(os.Args[0], "-test.run=^TestSpeak$")
		c.Env = append(os.Environ(), "LC_ALL="+system, "LANG="+system, "LANGUAGE=")
		if out, err := c.CombinedOutput(); err != nil || strings.Contains(string(out), "Translation failure") {
			t.Errorf("on %s: %v\n%s", system, err, out)
		}
	}
}

// TestSpokenNames: the networks, classes and samples that come with the program have
// names in every language, their own in English, and a class is found by either.
func TestSpokenNames(t *testing.T) {
	t.Cleanup(func() {
		if err := Use("en"); err != nil {
			t.Error(err)
		}
	})
	korean := regexp.MustCompile(`^[\p{Hangul} ]+$`)
	names := map[string]func(string) string{}
	for _, spec := range slices.Concat(models.Pack("imagenet"), models.Pack("scenes")) {
		m, err := models.Open(spec, nil)
		if err != nil {
			t.Fatal(err)
		}
		names[m.Name] = Network
	}
	for _, p := range network.Figure7 {
		names[p.Title] = Network
	}
	for _, class := range scenes.Classes() {
		names[class] = Class
	}
	for key := range In("en").texts {
		if class, ok := strings.CutPrefix(key, "scene."); ok && !slices.Contains(scenes.Classes(), class) {
			t.Errorf("%s names no class of scenes", key)
		}
	}
	for _, s := range compare.Samples() {
		names[s.Title] = func(title string) string { return Say("sample." + title) }
	}
	for name, of := range names {
		for l, right := range map[string]func(string) bool{"en": func(s string) bool { return s == name }, "ko": korean.MatchString} {
			if err := Use(l); err != nil {
				t.Fatal(err)
			}
			if got := of(name); !right(got) {
				t.Errorf("%s: %q is %q", l, name, got)
			}
		}
	}
	if got := Network("baseline @128") + Network("scenes:baseline@128"); got != Network("baseline")+" @128"+Network("baseline")+"@128" || Network("baselines") != "baselines" {
		t.Errorf("at another size: %s", got)
	}
	if got := Network("mine.pth") + Class("tench"); got != "mine.pthtench" {
		t.Errorf("other names are %q", got)
	}
}
