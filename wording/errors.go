package wording

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"scalecam/fault"
	"scalecam/printable"
)

// pattern finds a text and what it says of what.
type pattern struct {
	text  *regexp.Regexp // whole, with a group for each value
	fixed int            // letters that are no values
	says  string
}

// foreignRoom is the part of the messages for errors that are not ours.
const foreignRoom = "system"

// readErrors reads what errors say, by their rooms.
func (s *Speaker) readErrors(data []byte) error {
	var rooms map[string]map[string]string
	if err := json.Unmarshal(data, &rooms); err != nil {
		return err
	}
	s.errors = map[string]string{}
	for room, texts := range rooms {
		if room != foreignRoom {
			maps.Copy(s.errors, texts)
		}
	}
	for _, format := range slices.Sorted(maps.Keys(rooms[foreignRoom])) {
		s.foreign = append(s.foreign, newPattern(format, rooms[foreignRoom][format]))
	}
	slices.SortStableFunc(s.foreign, func(a, b pattern) int { return b.fixed - a.fixed })
	return nil
}

// verb is a value's place in a format of package fmt: its number, its flags with
// width and precision, and its letter.
var verb = regexp.MustCompile(`%(?:\[(\d+)\])?([-+#0-9.]*)([a-zA-Z%])`)

func newPattern(format, says string) pattern {
	var text strings.Builder
	p := pattern{says: says}
	end := 0
	for _, at := range append(verb.FindAllStringSubmatchIndex(format, -1), []int{len(format)}) {
		text.WriteString(regexp.QuoteMeta(format[end:at[0]]))
		p.fixed += at[0] - end
		if len(at) == 1 {
			break
		}
		text.WriteString("(.*?)")
		end = at[1]
	}
	p.text = regexp.MustCompile(`(?s)^` + text.String() + `$`)
	return p
}

// Error is what an error says, as far as the language has words for it: a line, or
// one for each of those that errors.Join put together.
func (s *Speaker) Error(err error) string {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var lines, plain []string
		for _, e := range joined.Unwrap() {
			lines, plain = append(lines, s.Error(e)), append(plain, e.Error())
		}
		if err.Error() == strings.Join(plain, "\n") {
			return strings.Join(lines, "\n")
		}
	}
	if s.errors == nil {
		return printable.Line(withoutRooms(err))
	}
	return printable.Line(s.error(err))
}

// error is what an error says: ours by its format and values, another by its
// text, and what is around the text of one that it wraps stays as it is.
func (s *Speaker) error(err error) string {
	if ours, ok := err.(*fault.Error); ok {
		return s.format(ours.Format, ours.Args)
	}
	text, inner := err.Error(), errors.Unwrap(err)
	if inner == nil {
		return s.text(text)
	}
	if at := strings.LastIndex(text, inner.Error()); at >= 0 {
		before, after := text[:at], text[at+len(inner.Error()):]
		if before+after == "" {
			return s.error(inner)
		}
		if says, ok := s.find(before + "\x00" + after); ok {
			return strings.ReplaceAll(says, "\x00", s.error(inner)) // NUL is in no file's name
		}
		return before + s.error(inner) + after
	}
	return s.text(text)
}

// format puts the values of one of our errors into what its format says.
func (s *Speaker) format(format string, args []any) string {
	says, ok := s.errors[format]
	if !ok {
		says = format
	}
	verbs := map[int][]string{} // of the format, by the value's number
	eachVerb(format, func(n int, v []string) string { verbs[n] = v; return "" })
	return eachVerb(says, func(n int, v []string) string {
		if n > len(args) {
			return v[0]
		}
		letter := verbs[n][3]
		if err, ok := args[n-1].(error); ok && (letter == "w" || v[3] == "v") {
			return s.error(err)
		}
		if letter == "w" {
			letter = "v"
		}
		value := fmt.Sprintf("%"+verbs[n][2]+letter, args[n-1])
		if v[3] == "v" {
			if says := s.text(value); says != value {
				return says
			}
			return s.names(value)
		}
		return value
	})
}

// text is what a text of the program's, or one of the system's, says, or else
// the text.
func (s *Speaker) text(text string) string {
	if says, ok := s.errors[text]; ok {
		return says
	}
	if says, ok := s.find(text); ok {
		return says
	}
	return text
}

// find finds a text of the system's or of a library's.
func (s *Speaker) find(text string) (string, bool) {
	for _, p := range s.foreign {
		if found := p.text.FindStringSubmatch(text); found != nil {
			return eachVerb(p.says, func(n int, _ []string) string { return found[n] }), true
		}
	}
	return "", false
}

// eachVerb puts something in the place of each value of a format.
func eachVerb(format string, put func(n int, verb []string) string) string {
	next := 0
	return verb.ReplaceAllStringFunc(format, func(v string) string {
		parts := verb.FindStringSubmatch(v)
		if parts[3] == "%" {
			return "%"
		}
		next++
		if n, err := strconv.Atoi(parts[1]); err == nil {
			next = n
		}
		return put(next, parts)
	})
}

// quoted is a text as package strconv quotes it.
var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// names is a network's name, or a class's, or quoted ones of classes, as the
// program calls them.
func (s *Speaker) names(names string) string {
	return quoted.ReplaceAllStringFunc(s.Class(s.Network(names)), func(q string) string {
		name, err := strconv.Unquote(q)
		if err != nil {
			return q
		}
		return strconv.Quote(s.Class(name))
	})
}

// room is where an error of ours is from, which the terminal says first.
var room = regexp.MustCompile(`^[a-z]+: `)

// withoutRooms is an error's text without the rooms that it and those that it wraps are
// from: they say nothing to who sees a window.
func withoutRooms(err error) string {
	text := err.Error()
	if inner := errors.Unwrap(err); inner != nil {
		text = strings.Replace(text, inner.Error(), withoutRooms(inner), 1)
	}
	var ours *fault.Error
	if errors.As(err, &ours) && error(ours) == err {
		text = strings.TrimPrefix(text, room.FindString(ours.Format))
	}
	return text
}
