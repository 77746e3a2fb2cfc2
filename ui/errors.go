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
	"scalecam/printable"
)

// message is a format of errors and what it says in a language, where %s stands
// for one of its values and %v for one that is translated, too: the error that
// it wraps, a text of the program's, or names of networks and classes.
type message struct {
	format *regexp.Regexp // of the whole text, with a group for each value
	fixed  int            // letters of the format that are no values
	text   string
}

// messages are those of a language, the most fixed of them first: a format may
// say what a more general one says, too.
var messages = sync.OnceValue(func() map[string][]message {
	all := map[string][]message{}
	for _, l := range languages {
		data := assets.Errors(l)
		if data == nil {
			continue
		}
		var rooms map[string]map[string]string
		if err := json.Unmarshal(data, &rooms); err != nil {
			panic(fmt.Sprintf("ui: the errors in %s: %v", l, err)) // embedded, and a test reads it
		}
		for _, room := range slices.Sorted(maps.Keys(rooms)) {
			for _, format := range slices.Sorted(maps.Keys(rooms[room])) {
				all[l] = append(all[l], newMessage(format, rooms[room][format]))
			}
		}
		slices.SortStableFunc(all[l], func(a, b message) int { return b.fixed - a.fixed })
	}
	return all
})

// verb is a value's place in a format of package fmt.
var verb = regexp.MustCompile(`%(?:\[(\d+)\])?[-+#0-9.]*([a-zA-Z%])`)

// wrapped stands in a text for that of the error that it wraps, which may hold
// anything. No file's name has it.
const wrapped = "\x00"

// values are what a verb may become. No more than these tell where a value ends
// that may hold anything, as a file's name.
var values = map[string]string{
	"d": `([-0-9 \[\]]+)`,
	"x": `([0-9a-f]+)`,
	"q": "(" + quoted.String() + ")",
	"w": "(" + wrapped + ")",
	"%": "%",
}

func newMessage(format, text string) message {
	var pattern strings.Builder
	m := message{text: text}
	end := 0
	for _, at := range append(verb.FindAllStringSubmatchIndex(format, -1), []int{len(format)}) {
		pattern.WriteString(regexp.QuoteMeta(format[end:at[0]]))
		m.fixed += at[0] - end
		if len(at) == 1 {
			break
		}
		value, ok := values[format[at[4]:at[5]]]
		if !ok {
			value = "(.*?)"
		}
		pattern.WriteString(value)
		end = at[1]
	}
	m.format = regexp.MustCompile(`(?s)^` + pattern.String() + `$`)
	return m
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
	if all := messages()[say("language")]; all != nil {
		return printable.Line(translate(all, err))
	}
	return printable.Line(err.Error())
}

// translate finds the error's format by its text. The text of an error that it
// wraps is known, and so is translated by itself.
func translate(all []message, err error) string {
	text := err.Error()
	inner := errors.Unwrap(err)
	if inner == nil {
		return translateText(all, text, "")
	}
	at := strings.LastIndex(text, inner.Error())
	if at < 0 {
		return translateText(all, text, "")
	}
	return translateText(all, text[:at]+wrapped+text[at+len(inner.Error()):], translate(all, inner))
}

// translateText puts a text's values into what its format says; one that has
// none stays as it is. inner is what stands for the error wrapped.
func translateText(all []message, text, inner string) string {
	if text == wrapped {
		return inner
	}
	for _, m := range all {
		found := m.format.FindStringSubmatch(text)
		if found == nil {
			continue
		}
		next := 0
		return verb.ReplaceAllStringFunc(m.text, func(v string) string {
			parts := verb.FindStringSubmatch(v)
			if parts[2] == "%" {
				return "%"
			}
			next++
			if n, err := strconv.Atoi(parts[1]); err == nil {
				next = n
			}
			if parts[2] == "v" {
				if to := translateText(all, found[next], inner); to != found[next] {
					return to
				}
				return textNames(found[next])
			}
			return strings.ReplaceAll(found[next], wrapped, inner)
		})
	}
	return strings.ReplaceAll(text, wrapped, inner)
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
