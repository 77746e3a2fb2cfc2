package fault

import (
	"encoding/json"
	"testing"
)

// TestJSON: what is wrong with a JSON text is told without the names of Go's types.
func TestJSON(t *testing.T) {
	for text, want := range map[string]string{
		`{"rows": {"cat": 1.5}}`:   "its field rows cannot be: number 1.5",
		`{"rows": []}`:             "its field rows cannot be: array",
		`["cat"]`:                  "at byte 1 there cannot be: array",
		`{"rows": {"cat": "one"}}`: "its field rows cannot be: string",
		`{`:                        "unexpected end of JSON input",
	} {
		var into struct {
			Rows map[string]int `json:"rows"`
		}
		if err := JSON(json.Unmarshal([]byte(text), &into)); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	if err := JSON(nil); err != nil {
		t.Error(err)
	}
}
