package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"scalecam/fault"
	"scalecam/version"
)

// SchemaVersion is the schema of what is written: of sessions, settings in PNGs and
// numbers. It grows when a field changes its meaning or a new one matters to who
// reads, as all are that a session has.
const SchemaVersion = 1

// Stamp is what each JSON file says first: by what schema it is written, and by what
// program.
type Stamp struct {
	Schema  Schema          `json:"schema"`
	Program version.Program `json:"program"`
}

// Schema states the schema of a file in it, as "schema". It is always written as
// what this program writes. Where it is read it may be absent, as from before there
// were schemas, but not a newer one.
type Schema struct{}

// MarshalJSON implements json.Marshaler.
func (Schema) MarshalJSON() ([]byte, error) { return strconv.AppendInt(nil, SchemaVersion, 10), nil }

// UnmarshalJSON implements json.Unmarshaler.
func (Schema) UnmarshalJSON(data []byte) error {
	switch is, err := strconv.ParseUint(string(data), 10, 64); {
	case errors.Is(err, strconv.ErrRange) || err == nil && is > SchemaVersion:
		return fault.Errorf("record: its schema is %s, and this version of scalecam reads %d; update scalecam", short(string(data)), SchemaVersion)
	case err != nil || is < 1:
		return fault.Errorf("record: its schema is %s, which is none; this version of scalecam reads %d", short(string(data)), SchemaVersion)
	}
	return nil
}

// Encode writes a value as JSON that people can read, with a line end.
func Encode(v any) ([]byte, error) {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return nil, fault.Errorf("record: %w", err)
	}
	return append(data, '\n'), nil
}

// errNoJSON is Decode's of what is no JSON of the kind at all.
var errNoJSON = errors.New("record: this is no JSON that scalecam wrote")

// Decode reads JSON into a struct, and overlooks nothing: a newer schema, a field
// that the struct has not, one that is there twice, and what follows after the end
// are errors.
func Decode(data []byte, into any) error {
	if !json.Valid(data) {
		return errNoJSON
	}
	var head struct { // first: what is newer has other fields, too
		Schema Schema `json:"schema"`
	}
	if err := told(json.Unmarshal(data, &head)); err != nil {
		return err
	}
	if twice, found := fault.Repeated(data); found {
		return fault.Errorf("record: the field %q is there twice; save the file anew", short(twice))
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	return told(decoder.Decode(into))
}

// told is an error of package json, of text that is JSON, in our words.
func told(err error) error {
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &kind) && kind.Field != "":
		return fault.Errorf("record: the field %s cannot be a %s; save the file anew", short(kind.Field), kind.Value)
	case errors.As(err, &kind):
		return errNoJSON
	}
	// The package has no type for this error.
	if quoted, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
		name, err := strconv.Unquote(quoted)
		if err != nil {
			name = quoted
		}
		return fault.Errorf("record: the field %q is none that this version of scalecam knows; update scalecam, or save the file anew", short(name))
	}
	return err // of our own, such as Schema's
}

// short is a text that may be anything, cut so that a line holds it.
func short(text string) string {
	const most = 60
	letters := []rune(text)
	if len(letters) <= most {
		return text
	}
	return string(letters[:most]) + "…"
}
