package file

import (
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"

	"scalecam/fault"
)

// Path names a file, and is a text wherever it is written: in JSON, in
// preferences. A name that is no UTF-8, as one of Linux need not be, would not
// come back from there; it is written as "bytes:" and the name, in which each byte
// that is no UTF-8, and each %, is spelt as % and two hexadecimal digits:
// "bytes:caf%e9.png". So is a name that itself begins with "bytes:". Any other is
// written as it is.
type Path string

const spelt = "bytes:"

// MarshalText implements encoding.TextMarshaler.
func (p Path) MarshalText() ([]byte, error) {
	s := string(p)
	if utf8.ValidString(s) && !strings.HasPrefix(s, spelt) {
		return []byte(s), nil
	}
	text := []byte(spelt)
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && size == 1 || r == '%' {
			text = fmt.Appendf(text, "%%%02x", s[0])
		} else {
			text = append(text, s[:size]...)
		}
		s = s[size:]
	}
	return text, nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (p *Path) UnmarshalText(text []byte) error {
	rest, found := strings.CutPrefix(string(text), spelt)
	if !found {
		*p = Path(text)
		return nil
	}
	parts := strings.Split(rest, "%")
	name := []byte(parts[0])
	for _, part := range parts[1:] {
		b, err := hex.DecodeString(part[:min(2, len(part))])
		if err != nil || len(b) != 1 {
			return fault.Errorf("%.80q is no name of a file; after %s, each per cent sign has two hexadecimal digits behind it", text, spelt)
		}
		name = append(append(name, b...), part[2:]...)
	}
	*p = Path(name)
	return nil
}

// Text is the path as MarshalText writes it.
func (p Path) Text() string {
	text, _ := p.MarshalText() // it has no error
	return string(text)
}

// ParsePath is the name of the file that a text of Path's is for.
func ParsePath(text string) (string, error) {
	var p Path
	err := p.UnmarshalText([]byte(text))
	return string(p), err
}

// Names are the names that the paths stand for.
func Names(paths []Path) []string {
	all := make([]string, len(paths))
	for i, p := range paths {
		all[i] = string(p)
	}
	return all
}
