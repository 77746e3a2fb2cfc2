package record

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scalecam/compare"
	"scalecam/compare/comparetest"
)

// TestSchema: what is written states its schema first; what is read is of that one
// or of the time before there were any, and of nothing newer.
func TestSchema(t *testing.T) {
	c, v := comparetest.Comparison(t, []float32{1, 2}), compare.DefaultView()
	for name, value := range map[string]any{
		"a session":        Session{Settings: SettingsOf(c, v, BaseNames)},
		"a session's copy": &Session{},
		"the numbers":      ReportOf(c, v, BaseNames),
		"a PNG's text":     pngText{},
	} {
		if data, err := json.Marshal(value); err != nil || !bytes.HasPrefix(data, []byte(`{"schema":1,"`)) {
			t.Errorf("%s: %.60s, %v", name, data, err)
		}
	}
	const settings = `"settings":{"pictures":["scene:1"],"networks":[{"spec":"scenes:deeper"}],"method":"cam","scale":"own","colormap":"inferno","opacity":0.7,"interpolation":"smooth"}`
	for _, test := range []struct{ schema, want string }{
		{``, ""},
		{`"schema":1,`, ""},
		{`"schema":2,`, "record: its schema is 2, and this version of scalecam reads 1; update scalecam"},
		{`"schema":2,"more":{},`, "record: its schema is 2, and this version of scalecam reads 1; update scalecam"},
		{`"more":{},"SCHEMA":2,`, "record: its schema is 2, and this version of scalecam reads 1; update scalecam"},
		{`"schema":99999999999999999999,`, "record: its schema is 99999999999999999999, and this version of scalecam reads 1; update scalecam"},
		{`"schema":0,`, "record: its schema is 0, which is none; this version of scalecam reads 1"},
		{`"schema":null,`, "record: its schema is null, which is none; this version of scalecam reads 1"},
		{`"schema":-1,`, "its schema is -1, which is none"},
		{`"schema":1.5,`, "its schema is 1.5, which is none"},
		{`"schema":"1",`, `its schema is "1", which is none`},
		{`"schema":[` + strings.Repeat("1,", 10_000) + `1],`, "1,1,1…, which is none"},
		{`"schema":1,"schema":1,`, `record: the field "schema" is there twice; save the file anew`},
	} {
		path := filepath.Join(t.TempDir(), "x.scalecam")
		if err := os.WriteFile(path, []byte("{"+test.schema+settings+"}"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := ReadSession(path)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path)) {
			t.Errorf("%.40s: %v; want %q and the path", test.schema, err, test.want)
		}
	}
	newer := withText("scalecam\x00\x00\x00\x00\x00" + `{"schema":2,"pictures":["scene:1"]}`)
	if _, err := parseSession("newer.png", newer); err == nil || err.Error() != "record: its schema is 2, and this version of scalecam reads 1; update scalecam (newer.png)" {
		t.Errorf("a PNG of a newer schema: %v", err)
	}
}

// TestBeforeSchemas: a PNG of the time before there were schemas is read.
func TestBeforeSchemas(t *testing.T) {
	path := filepath.Join("..", "..", "testdata", "compare", "before-schemas.png")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := DecodeSettings(data); err != nil || bytes.Contains(text, []byte("schema")) {
		t.Fatalf("the picture is no such one: %s, %v", text, err)
	}
	if s, err := ReadSession(path); err != nil || len(s.Settings.Networks) != 3 || s.Settings.Opacity != 0.7 {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestNothingOverlooked: a field that nobody knows, one that is there twice and
// what follows the end are refused, with their names, wherever they are.
func TestNothingOverlooked(t *testing.T) {
	c := comparetest.Comparison(t, []float32{1, 2})
	whole, err := json.Marshal(Session{Settings: SettingsOf(c, compare.DefaultView(), WholePaths), Window: json.RawMessage(`{"a":[{"b":1},{"b":1}]}`)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parseSession("x", whole); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ from, to, want string }{
		{`"settings":`, `"setings":{},"settings":`, `record: the field "setings" is none that this version of scalecam knows; update scalecam, or save the file anew (x)`},
		{`"opacity":0.7`, `"opacity":0.7,"blur":2`, `the field "blur" is none`},
		{`"spec":`, `"layers":[],"spec":`, `the field "layers" is none`},
		{`"opacity":0.7`, `"opacity":0.7,"` + strings.Repeat(`é\n`, 5000) + `":2`, `é\n…" is none`},
		{`"opacity":0.7`, `"opacity":0.7,"opacity":0.2`, `record: the field "opacity" is there twice; save the file anew (x)`},
		{`"opacity":0.7`, `"opacity":0.7,"opaciTy":0.2`, `the field "opaciTy" is there twice`},
		{`"scale":`, `"ſcale":"own","scale":`, `the field "scale" is there twice`}, // as package json takes it
		{`"a":[{"b":1},`, `"a":[{"b":1,"b":2},`, `the field "b" is there twice`},
		{`"opacity":0.7`, `"opacity":"much"`, "record: the field settings.opacity cannot be a string; save the file anew (x)"},
		{`"window":`, `}{"window":`, "holds no session"},
	} {
		spoilt := bytes.Replace(whole, []byte(test.from), []byte(test.to), 1)
		if bytes.Equal(spoilt, whole) {
			t.Fatalf("no %s in %s", test.from, whole)
		}
		_, err := parseSession("x", spoilt)
		if err == nil || !strings.Contains(err.Error(), test.want) || len(err.Error()) > 600 || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.60s: got %v, want %q", test.to, err, test.want)
		}
	}
	for _, text := range []string{string(whole) + "{}", string(whole) + "x", "[]", `"x"`, "null", "7"} {
		if _, err := parseSession("x", []byte(text)); err == nil || !strings.Contains(err.Error(), "holds no session") {
			t.Errorf("%.20s…: %v", text, err)
		}
	}
}
