package ui

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"scalecam/assets"
	"scalecam/fault"
	"scalecam/printable"
)

// messages are what errors say in a language.
type messages struct {
	// texts are by the format or the text in English. %s stands for one of its
	// values and %v for one that is translated, too: the error that it wraps, a text
	// of the program's, or names of networks and classes.
	texts map[string]string
	// foreign are of the system and of libraries, which give a text alone; the most
	// fixed of them first, since one may say what a more general one says, too.
	foreign []pattern
}

// pattern finds a text and what it says of what.
type pattern struct {
	text  *regexp.Regexp // whole, with a group for each value
	fixed int            // letters that are no values
	says  string
}

// foreignRoom is the part of the messages for errors that are not ours.
const foreignRoom = "system"

// messagesIn are those of each language that has any.
var messagesIn = sync.OnceValue(func() map[string]*messages {
	all := map[string]*messages{}
	for _, l := range languages {
		data := assets.Errors(l)
		if data == nil {
			continue
		}
		var rooms map[string]map[string]string
		if err := json.Unmarshal(data, &rooms); err != nil {
			panic(fmt.Sprintf("ui: the errors in %s: %v", l, err)) // embedded, and a test reads it
		}
		c := &messages{texts: map[string]string{}}
		for room, texts := range rooms {
			if room != foreignRoom {
				maps.Copy(c.texts, texts)
			}
		}
		for _, format := range slices.Sorted(maps.Keys(rooms[foreignRoom])) {
			c.foreign = append(c.foreign, newPattern(format, rooms[foreignRoom][format]))
		}
		slices.SortStableFunc(c.foreign, func(a, b pattern) int { return b.fixed - a.fixed })
		all[l] = c
	}
	return all
})

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

// textError is what an error says, in the language spoken as far as that has
// words for it: a line, or one for each of those that errors.Join put together.
func textError(err error) string {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var lines, plain []string
		for _, e := range joined.Unwrap() {
			lines, plain = append(lines, textError(e)), append(plain, e.Error())
		}
		if err.Error() == strings.Join(plain, "\n") {
			return strings.Join(lines, "\n")
		}
	}
	if c := messagesIn()[say("language")]; c != nil {
		return printable.Line(c.error(err))
	}
	return printable.Line(err.Error())
}

// error is what an error says: ours by its format and values, another by its
// text, and what is around the text of one that it wraps stays as it is.
func (c *messages) error(err error) string {
	if ours, ok := err.(*fault.Error); ok {
		return c.format(ours.Format, ours.Args)
	}
	text, inner := err.Error(), errors.Unwrap(err)
	if inner == nil {
		return c.text(text)
	}
	if at := strings.LastIndex(text, inner.Error()); at >= 0 {
		before, after := text[:at], text[at+len(inner.Error()):]
		if before+after == "" {
			return c.error(inner)
		}
		if says, ok := c.find(before + "\x00" + after); ok {
			return strings.ReplaceAll(says, "\x00", c.error(inner)) // NUL is in no file's name
		}
		return before + c.error(inner) + after
	}
	return c.text(text)
}

// format puts the values of one of our errors into what its format says.
func (c *messages) format(format string, args []any) string {
	says, ok := c.texts[format]
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
			return c.error(err)
		}
		if letter == "w" {
			letter = "v"
		}
		value := fmt.Sprintf("%"+verbs[n][2]+letter, args[n-1])
		if v[3] == "v" {
			if says := c.text(value); says != value {
				return says
			}
			return textNames(value)
		}
		return value
	})
}

// text is what a text of the program's, or one of the system's, says, or else
// the text.
func (c *messages) text(text string) string {
	if says, ok := c.texts[text]; ok {
		return says
	}
	if says, ok := c.find(text); ok {
		return says
	}
	return text
}

// find finds a text of the system's or of a library's.
func (c *messages) find(text string) (string, bool) {
	for _, p := range c.foreign {
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

// textNames is a network's name, or a class's, or quoted ones of classes, as the
// window calls them.
func textNames(names string) string {
	return quoted.ReplaceAllStringFunc(textClass(textNetwork(names)), func(q string) string {
		name, err := strconv.Unquote(q)
		if err != nil {
			return q
		}
		return strconv.Quote(textClass(name))
	})
}
