package printable

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestLine(t *testing.T) {
	for s, want := range map[string]string{
		"":             "",
		"cat 1.png":    "cat 1.png",
		`C:\cats\u202`: `C:\cats\u202`,
		"Größe 사진 صورة (1×1) é 🐈 \u00a0\u3000": "Größe 사진 صورة (1×1) é 🐈 \u00a0\u3000",
		"a\x1b[2J\x1b]0;title\a":               `a\u001b[2J\u001b]0;title\u0007`,
		"a\nb\tc\rd\x00e\x7f":                  `a\nb\tc\u000dd\u0000e\u007f`,
		"\u009b31m":                            `\u009b31m`,          // C1, as UTF-8
		"\x9b31m":                              `\x9b31m`,            // C1, as a terminal of 8 bits reads it
		"photo\u202egnp.exe":                   `photo\u202egnp.exe`, // shown as photoexe.png
		"\u2066\u2067\u2068\u2069\u200e\u200f": `\u2066\u2067\u2068\u2069\u200e\u200f`,
		"a\u200bb\u200dc\ufeffd\u00ade":        `a\u200bb\u200dc\ufeffd\u00ade`,
		"a\u2028b\u2029c\u0085d":               `a\u2028b\u2029c\u0085d`,
		"a\u3164b\u034fc\ufe0fd\U000e0041":     `a\u3164b\u034fc\ufe0fd\udb40\udc41`,
		"\ue000\U0010fffd":                     `\ue000\udbff\udffd`, // private: whatever a font makes of them
		"broken \xff\xe2\x80 \xed\xa0\x80":     `broken \xff\xe2\x80 \xed\xa0\x80`,
		"\ufffd":                               "\ufffd",
	} {
		if got := Line(s); got != want {
			t.Errorf("%+q is spelt %+q, want %+q", s, got, want)
		}
		if got := Line(want); got != want {
			t.Errorf("%+q, which is printable, is spelt %+q", want, got)
		}
	}
	if got, want := Lines("a\n\tb\x1b\r\n"), "a\n\tb\\u001b\\u000d\n"; got != want {
		t.Errorf("in lines %q, want %q", got, want)
	}
}

// TestMinus: what was rounded to nothing has no sign, and nothing else loses its own.
func TestMinus(t *testing.T) {
	for numbers, want := range map[string]string{
		"-0.0": "0.0", "-0": "0", "-0.00 (-0.00 to +14.3)": "0.00 (0.00 to +14.3)", "+7.4 (-0.0 to +14.3)": "+7.4 (0.0 to +14.3)",
		"-0.05": "−0.05", "-0.5": "−0.5", "-10.0": "−10.0", "1e-05": "1e−05", "-1.0 to -0.0": "−1.0 to 0.0",
	} {
		if got := Minus(numbers); got != want {
			t.Errorf("Minus(%q) is %q, want %q", numbers, got, want)
		}
	}
}

func TestFprintf(t *testing.T) {
	var b strings.Builder
	Fprintf(&b, "%s\n%6s|%-4v|%q|%d %.*f%%\n", "a\nb\x1b", "x", error(nil), "\u202e", 3, 1, 2.5)
	if got, want := b.String(), "a\\nb\\u001b\n     x|<nil>|\"\\u202e\"|3 2.5%\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// FuzzLine: whatever comes in, what comes out is one line of what can be seen,
// and JSON is the same value afterwards.
func FuzzLine(f *testing.F) {
	for _, s := range []string{"a\nb\x1b[K", "\u202e\x9b\xe2\x80", "\U000e0041{\"\u2028\"}", "Größe"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Line(s)
		for _, r := range got {
			if !unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) {
				t.Errorf("%q is spelt with %U", s, r)
			}
		}
		if !utf8.ValidString(got) || Line(got) != got || Lines(got) != got {
			t.Errorf("%q is spelt %q", s, got)
		}
		j, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var before, after string
		if err := json.Unmarshal(j, &before); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(Lines(string(j))), &after); err != nil || after != before {
			t.Errorf("%s became %q (%v)", j, after, err)
		}
	})
}
