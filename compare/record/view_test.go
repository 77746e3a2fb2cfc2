package record

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"scalecam/cam"
	"scalecam/colormap"
	"scalecam/compare"
)

// TestViewFields: the table has every field of a View and of its settings, each of
// which it keeps and gives back alone, names in the command where it is not what
// the command does without, and refuses out of its range.
func TestViewFields(t *testing.T) {
	if fields := reflect.TypeFor[compare.View]().NumField(); fields != len(ViewFields) {
		t.Errorf("a view has %d fields, the table %d", fields, len(ViewFields))
	}
	first := SettingsOfView(compare.DefaultView())
	first.Networks = specs(1, "a.pth", "b.pth") // of which a difference is
	other := SettingsOfView(compare.View{
		Colormap: colormap.All()[1], Opacity: 0.25, Grey: true, Shared: true, Interpolation: cam.Grid, Contour: 0.5, Zoom: 3,
		Consensus: true, Difference: compare.Pair{After: 2, Before: 1}, Object: true, Language: "ko",
	})
	text, err := json.Marshal(other)
	if err != nil {
		t.Fatal(err)
	}
	var stated map[string]any
	if err := json.Unmarshal(text, &stated); err != nil {
		t.Fatal(err)
	}
	for _, f := range ViewFields {
		s := first
		to, from := reflect.ValueOf(f.Of(&s)).Elem(), reflect.ValueOf(f.Of(&other)).Elem()
		if value := reflect.ValueOf(stated[f.Name]); !value.IsValid() || !value.Convert(from.Type()).Equal(from) {
			t.Errorf("%s: %v in the JSON, want %v", f.Name, value, from)
		}
		to.Set(from)
		v, err := s.View()
		if err != nil {
			t.Fatal(err)
		}
		changed := 0
		for i := range reflect.TypeFor[compare.View]().NumField() {
			if !reflect.ValueOf(v).Field(i).Equal(reflect.ValueOf(compare.DefaultView()).Field(i)) {
				changed++
			}
		}
		again := SettingsOfView(v)
		again.Networks = s.Networks
		if changed != 1 || !reflect.DeepEqual(again, s) {
			t.Errorf("%s: %d fields of the view changed; it came back as %+v, want %+v", f.Name, changed, again, s)
		}
		if words := f.words(&s); len(words) == 0 || words[0] != "--"+f.Option || slices.Equal(words, f.words(&first)) {
			t.Errorf("%s: the command says %q, and of the default %q", f.Name, words, f.words(&first))
		}
		var out []any
		switch to.Interface().(type) {
		case string:
			if out = []any{"none such"}; !f.Optional {
				out = append(out, "")
			}
		case float64:
			out = []any{-0.1, 1.1, math.NaN(), math.Inf(1)}
		case int:
			out = []any{-1, 5}
		}
		for _, value := range out {
			to.Set(reflect.ValueOf(value))
			if _, err := s.View(); err == nil || !strings.Contains(err.Error(), "record: the settings' "+f.Name+" is ") {
				t.Errorf("%s of %v: %v", f.Name, value, err)
			}
		}
	}
}
