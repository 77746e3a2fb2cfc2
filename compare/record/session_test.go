package record

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/compare/comparetest"
	"scalecam/file"
)

// TestSession: what a figure's PNG or a session's file says is the view again.
func TestSession(t *testing.T) {
	c := comparetest.Comparison(t, []float32{1, 2}, []float32{3, 4})
	v := compare.DefaultView()
	v.Shared, v.Grey, v.Interpolation, v.Opacity, v.Contour, v.Zoom = true, true, cam.Grid, 0.25, 0.2, 2
	v.Consensus, v.Difference = true, compare.Pair{After: 2, Before: 1}
	png, err := EncodePNG(t.Context(), c.Rows[0].Picture.Image, SettingsOf(c, v, WholePaths))
	if err != nil {
		t.Fatal(err)
	}
	session, err := json.Marshal(Session{Settings: SettingsOf(c, v, WholePaths), Window: json.RawMessage(`{"a":1}`)})
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"figure.png": png, "view.scalecam": session} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := ReadSession(path)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.Settings.View(); err != nil || !reflect.DeepEqual(got, v) {
			t.Errorf("%s: got the view %+v (%v), want %+v", name, got, err, v)
		}
		if got, want := s.Settings, SettingsOf(c, v, WholePaths); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
}

func TestReadSessionErrors(t *testing.T) {
	c := comparetest.Comparison(t, []float32{1, 2})
	good := SettingsOf(c, compare.DefaultView(), WholePaths)
	with := func(change func(*Settings)) []byte {
		s := good
		s.Networks = slices.Clone(s.Networks)
		change(&s)
		data, err := json.Marshal(Session{Settings: s})
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	for _, test := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "holds no session"},
		{"no JSON", []byte("hello"), "holds no session"},
		{"a figure's numbers", []byte(`{"schema":1,"settings":{},"rows":[]}`), "holds a figure's or map's numbers"},
		{"an erasure's numbers", []byte(`{"schema":1,"settings":{},"networks":[]}`), "holds a figure's or map's numbers"},
		{"a map's numbers", []byte(`{"schema":1,"network":"a","settings":{}}`), "holds a figure's or map's numbers"},
		{"another program's JSON", []byte(`{"a": 1}`), `the field "a" is none`},
		{"another program's PNG", []byte(pngSignature), "holds no settings"},
		{"large", bytes.Repeat([]byte(" "), maxText+1), "too large"},
		{"no networks", with(func(s *Settings) { s.Networks = nil }), "holds no session"},
		{"a difference of a network that is not there", with(func(s *Settings) { s.Difference = "2-1" }), `the settings' difference is "2-1"; compare: no network is named "2"`},
		{"a long difference", with(func(s *Settings) { s.Difference = strings.Repeat("1-", 1<<20) }), "no network is named"},
		{"a colour scale of the future", with(func(s *Settings) { s.Colormap = "none" }), `the settings' colormap is "none"; there are inferno, `},
		{"a scale of the future", with(func(s *Settings) { s.Scale = "log" }), `the settings' scale is "log"; there are own and shared`},
		{"no interpolation", with(func(s *Settings) { s.Interpolation = "" }), `the settings' interpolation is ""; there are smooth and grid`},
		{"a method of the future", with(func(s *Settings) { s.Method = "X" }), "method"},
		{"a long method", with(func(s *Settings) { s.Method = strings.Repeat("X", 1<<20) }), "no method is named"},
		{"a long colour scale", with(func(s *Settings) { s.Colormap = strings.Repeat("X", 1<<20) }), "the settings' colormap is"},
		{"a long scale", with(func(s *Settings) { s.Scale = strings.Repeat("X", 1<<20) }), "the settings' scale is"},
		{"more classes than pictures", with(func(s *Settings) { s.Classes = []string{"1", "2"} }), "2 classes for 1 pictures"},
		{"its own and a class", with(func(s *Settings) { s.Own, s.Class = true, "1" }), "and names a class"},
		{"held against many", with(func(s *Settings) { s.Against = make([]string, compare.MaxAgainst+1) }), "held against 1001 others; give at most 1000"},
		{"opacity", with(func(s *Settings) { s.Opacity = 7 }), `the settings' opacity is "7"; give a number from 0 to 1`},
		{"zoom", with(func(s *Settings) { s.Zoom = 1000 }), `the settings' zoom is "1000"; give 1 to 4`},
		{"a setting in a file", with(func(s *Settings) { s.Networks[0].Set = map[string]string{"classes": "@/etc/passwd"} }), "the setting classes begins with @"},
		{"a setting of the future", with(func(s *Settings) { s.Networks[0].Set = map[string]string{"colour": "red"} }), `no setting is named "colour"`},
		{"a long picture", with(func(s *Settings) { s.Pictures = []file.Path{file.Path(strings.Repeat("X", 1<<20))} }), "a name of 1048576 bytes"},
		{"a long network", with(func(s *Settings) { s.Networks[0].Spec = file.Path("random:" + strings.Repeat("X", 1<<20)) }), "a name of 1048583 bytes"},
		{"a picture on a share", with(func(s *Settings) { s.Pictures = []file.Path{`\\host\share\a.png`} }), `\\host\share\a.png: this is on a network share`},
		{"a network on a share", with(func(s *Settings) { s.Networks[0].Spec = "//host/share/a.pth@224" }), "//host/share/a.pth@224: this is on a network share"},
	} {
		path := filepath.Join(t.TempDir(), "x.scalecam")
		if err := os.WriteFile(path, test.data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadSession(path); err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: got %v, want %q and the path in it", test.name, err, test.want)
		} else if n := len(err.Error()) - 2*len(path); n > 1000 {
			t.Errorf("%s: the error has %d bytes beside the path", test.name, n)
		}
	}
	if _, err := ReadSession(filepath.Join(t.TempDir(), "missing")); err == nil {
		t.Error("a file that is not there: no error")
	}
	if _, err := ReadSession(t.TempDir()); err == nil || !strings.Contains(err.Error(), "this is a folder; give a session") {
		t.Errorf("a folder: got %v", err)
	}
}

func TestCSV(t *testing.T) {
	c := comparetest.Comparison(t, []float32{0.1, -2}, nil)
	got, err := CSV(c, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if want := "0.1,-2\n"; string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if _, err := CSV(c, 0, 1); err == nil || !strings.Contains(err.Error(), "no map to write") {
		t.Errorf("a network without the class: got %v", err)
	}
}
