// Package printable makes text from outside fit to be shown: nothing in it moves
// a terminal's cursor, turns other text around, hides, or begins another line.
package printable

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Line is s on one line, with whatever a reader would not see as a letter, a
// sign or a space spelt out: control characters, new lines, overrides of the
// direction, invisible characters, those that Unicode has not given yet, and
// bytes that are no UTF-8 (\xff). The others are spelt as JSON spells them
// (\u202e), so that JSON stays the same value.
func Line(s string) string { return spelt(s, false) }

// Lines is the same of text in several lines: new lines and tabs stay.
func Lines(s string) string { return spelt(s, true) }

// Sprintf is fmt.Sprintf with what each argument reads as on one line: the
// format is the program's own, the arguments may be from outside.
func Sprintf(format string, args ...any) string {
	if false {
		_ = fmt.Sprintf(format, args...) // by which go vet knows to check calls
	}
	lines := make([]any, len(args))
	for i := range args {
		lines[i] = argument{args[i]}
		if n, ok := args[i].(int); ok { // which may stand for a width or a precision: %.*f
			lines[i] = n
		}
	}
	return fmt.Sprintf(format, lines...)
}

// Minus is the text of numbers with the sign for minus in the place of a hyphen, and
// with none before what was rounded to nothing.
func Minus(numbers string) string {
	return strings.ReplaceAll(nothing.ReplaceAllString(numbers, "$1$2"), "-", "−")
}

var nothing = regexp.MustCompile(`-(0(?:\.0+)?)([^\d.]|$)`)

// Fprintf writes what Sprintf gives; errors of that are left to w.
func Fprintf(w io.Writer, format string, args ...any) {
	fmt.Fprint(w, Sprintf(format, args...))
}

type argument struct{ value any }

func (a argument) Format(f fmt.State, verb rune) {
	fmt.Fprint(f, Line(fmt.Sprintf(fmt.FormatString(f, verb), a.value)))
}

func spelt(s string, lines bool) string {
	if strings.IndexFunc(s, func(r rune) bool { return !visible(r) }) < 0 && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case visible(r), lines && (r == '\n' || r == '\t'):
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		default:
			for _, u := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04x`, u)
			}
		}
		i += size
	}
	return b.String()
}

// visible tells that a reader sees r, be it as a space.
func visible(r rune) bool {
	return r >= ' ' && r < 0x7f ||
		unicode.IsGraphic(r) && !unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
