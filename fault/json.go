package fault

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"unicode"
)

// JSON is an error of package encoding/json without the names of Go's types; others
// it leaves as they are.
func JSON(err error) error {
	var kind *json.UnmarshalTypeError
	switch {
	case !errors.As(err, &kind):
		return err
	case kind.Field != "":
		return Errorf("its field %s cannot be: %s", kind.Field, kind.Value)
	}
	return Errorf("at byte %d there cannot be: %s", kind.Offset, kind.Value)
}

// Repeated finds the first key that an object in the text, which is valid, has
// twice, as package json compares keys: in any case.
func Repeated(data []byte) (key string, found bool) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	var open []map[string]bool                                                 // the keys of the objects around; nil for a list
	within := func() bool { return len(open) > 0 && open[len(open)-1] != nil } // an object
	isKey := false
	for {
		token, err := decoder.Token()
		if err != nil { // the end
			return "", false
		}
		switch token {
		case json.Delim('{'):
			open, isKey = append(open, map[string]bool{}), true
			continue
		case json.Delim('['):
			open, isKey = append(open, nil), false
			continue
		case json.Delim('}'), json.Delim(']'):
			open = open[:len(open)-1]
			isKey = within()
			continue
		}
		if !isKey {
			isKey = within() // a value is followed by a key
			continue
		}
		key := token.(string) // as in any valid text
		keys, folded := open[len(open)-1], fold(key)
		if keys[folded] {
			return key, true
		}
		keys[folded], isKey = true, false
	}
}

// fold is the same for keys that package json takes for the same field: each letter
// is the smallest of those that differ in case.
func fold(key string) string {
	return strings.Map(func(r rune) rune {
		for {
			next := unicode.SimpleFold(r)
			if next <= r {
				return next
			}
			r = next
		}
	}, key)
}
