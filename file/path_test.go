package file

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestPath: every name comes back from JSON, and those that are text are written
// as they are.
func TestPath(t *testing.T) {
	for name, want := range map[string]string{
		"":                           `""`,
		"/home/a/caf\u00e9 100%.png": `"/home/a/café 100%.png"`,
		"caf\xe9.png":                `"bytes:caf%e9.png"`,
		"\xff100%\xfe":               `"bytes:%ff100%25%fe"`,
		"bytes:a":                    `"bytes:bytes:a"`,
		"a\xed\xa0\x80b":             `"bytes:a%ed%a0%80b"`, // half of a pair is no UTF-8
		"\ufffd.png":                 "\"\ufffd.png\"",
		"사진\xc0\n\".png@224":         `"bytes:사진%c0\n\".png@224"`,
	} {
		got, err := json.Marshal(Path(name))
		if err != nil || string(got) != want {
			t.Errorf("%q is written %s, %v; want %s", name, got, err, want)
		}
		var back Path
		if err := json.Unmarshal(got, &back); err != nil || string(back) != name {
			t.Errorf("%s is read as %q, %v; want %q", got, back, err, name)
		}
	}
	for _, text := range []string{"bytes:%", "bytes:%f", "bytes:a%fgb", "bytes:%%25", "bytes:% 1", "bytes:%é"} {
		var p Path
		if err := p.UnmarshalText([]byte(text)); err == nil || !strings.Contains(err.Error(), "two hexadecimal digits") {
			t.Errorf("%s is read as %q, %v", text, p, err)
		}
	}
}

// FuzzPath: every name comes back from its text, which is UTF-8.
func FuzzPath(f *testing.F) {
	for _, s := range []string{"caf\xe9", "bytes:%", "a%20b", "\u202e\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		text, err := Path(name).MarshalText()
		if err != nil || !utf8.Valid(text) {
			t.Fatalf("%q is written %q, %v", name, text, err)
		}
		var back Path
		if err := back.UnmarshalText(text); err != nil || string(back) != name {
			t.Errorf("%q is read as %q, %v; want %q", text, back, err, name)
		}
		var outside Path
		if outside.UnmarshalText([]byte(name)) == nil && utf8.ValidString(name) { // a text from outside
			if text, err := outside.MarshalText(); err != nil || !utf8.Valid(text) {
				t.Errorf("%q, read and written, is %q, %v", name, text, err)
			}
		}
	})
}
