package ui

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
	"sync"
	"testing"
	"time"
	"unicode"

	"fyne.io/fyne/v2/lang"

	"scalecam/assets"
	"scalecam/compare"
	"scalecam/compare/evaluate"
	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/network/train"
)

// TestTranslations: every language has every key that the window says, with
// the same values put in, and English has no other.
func TestTranslations(t *testing.T) {
	used := map[string]bool{"language": true}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	call := regexp.MustCompile(`\bsay\("([^"]+)" ?(\+)?`)
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
	for _, l := range languages {
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
		for _, l := range languages {
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
		if err := speak("en"); err != nil {
			t.Error(err)
		}
	})
	for _, c := range []struct{ language, want string }{{"ko", "비교"}, {"en", "Compare"}, {"ko", "비교"}, {"xx", "Compare"}} {
		if err := speak(c.language); err != nil {
			t.Fatal(err)
		}
		if got := say("tab.compare"); got != c.want {
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

// TestLanguageWhileDrawing: the language is changed while scenes are drawn in the
// background, and the last one drawn is all in the last language. The race detector
// holds that nothing is read that is being written.
func TestLanguageWhileDrawing(t *testing.T) {
	t.Cleanup(func() {
		if err := speak("en"); err != nil {
			t.Error(err)
		}
	})
	var background sync.WaitGroup
	do := make(chan func(), 1000) // the UI goroutine, which is the test's
	w := open(t, Runner{
		Go: func(f func()) { background.Go(f) },
		Do: func(f func()) { do <- f },
	}, Options{})
	t.Cleanup(background.Wait)
	for until := time.After(2 * time.Minute); !w.whole(); {
		select {
		case f := <-do:
			f()
		case <-until:
			t.Fatal("the networks do not run")
		}
	}
	for i := range 8 {
		w.tabs.SelectIndex(i % 2) // the comparison, then the inside of a network
		w.strengthen(0.1 - 0.2*float64(i%2))
		w.setLanguage(languages[i%2])
		for range 3 {
			select {
			case f := <-do:
				f()
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
	w.tabs.SelectIndex(0)
	for idle := false; !idle || w.drawing; {
		select {
		case f := <-do:
			f()
			idle = false
		case <-time.After(100 * time.Millisecond):
			idle = true
		}
	}
	if got, want := w.shown.cells[0].Name, catalogues()["ko"]["cell.picture"]; got != want {
		t.Errorf("the picture's cell is called %q, want %q", got, want)
	}
}

// TestSpokenNames: the networks, classes and samples that come with the program have
// names in every language, their own in English, and a class is found by either.
func TestSpokenNames(t *testing.T) {
	t.Cleanup(func() {
		if err := speak("en"); err != nil {
			t.Error(err)
		}
	})
	korean := regexp.MustCompile(`^[\p{Hangul} ]+$`)
	names := map[string]func(string) string{}
	for _, spec := range models.Default() {
		m, err := models.Open(spec, nil)
		if err != nil {
			t.Fatal(err)
		}
		names[m.Name] = textNetwork
	}
	for _, p := range network.Figure7 {
		names[p.Title] = textNetwork
	}
	for _, class := range scenes.Classes() {
		names[class] = textClass
	}
	for _, s := range compare.Samples() {
		names[s.Title] = func(title string) string { return say("sample." + title) }
	}
	for name, of := range names {
		for l, right := range map[string]func(string) bool{"en": func(s string) bool { return s == name }, "ko": korean.MatchString} {
			if err := speak(l); err != nil {
				t.Fatal(err)
			}
			if got := of(name); !right(got) {
				t.Errorf("%s: %q is %q", l, name, got)
			}
		}
	}
	if got := textNetwork("mine.pth") + textClass("tench"); got != "mine.pthtench" {
		t.Errorf("other names are %q", got)
	}
	set := scenes.Set{Seed: scenes.TestSeed, Count: 200, Side: train.DefaultScenes.Side}
	if err := speak("ko"); err != nil {
		t.Fatal(err)
	}
	if got := textData(&evaluate.Evaluation{Data: set.String(), Count: set.Count}); got != "장면 200개 (160 px, 시드 3)" {
		t.Errorf("%s is %q", set, got)
	}
	models := []*network.Model{{Classes: scenes.Classes()}}
	for _, text := range []string{"cat", "고양", "양이"} {
		if got := search(models, text); !slices.Equal(got, []choice{{"고양이", "cat"}}) {
			t.Errorf("searching %q finds %v", text, got)
		}
	}
}
