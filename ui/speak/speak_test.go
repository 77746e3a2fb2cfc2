package speak

import (
	"cmp"
	"os"
	"os/exec"
	"strings"
	"testing"

	"fyne.io/fyne/v2/lang"
)

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
