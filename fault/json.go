package fault

import (
	"encoding/json"
	"errors"
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
