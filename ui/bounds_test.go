package ui

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"scalecam/compare"
	"scalecam/compare/record"
	"scalecam/file"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	comparing "scalecam/ui/pages/compare"
)

// turnAndEnlarge presses the keys that turn pictures and enlarge cells.
func turnAndEnlarge(w *Window) {
	c := w.window.Canvas()
	for _, key := range []fyne.KeyName{
		fyne.KeyHome, fyne.KeyEnd, fyne.KeyLeft, fyne.KeyRight, fyne.KeyPageUp, fyne.KeyPageDown, fyne.KeyEscape,
	} {
		c.OnTypedKey()(&fyne.KeyEvent{Name: key})
	}
	for _, r := range "123456789" {
		c.OnTypedRune()(r)
	}
	w.escape()
}

// pressAll presses every key that does something in the window, but not the one
// that closes it, and closes what each one opens.
func pressAll(w *Window) {
	turnAndEnlarge(w)
	for i := range w.commands {
		command := &w.commands[i]
		if command.key == "quit" {
			continue
		}
		w.do(command)
		for range 3 { // a view enlarged in the lesson, and a list
			w.escape()
		}
		for _, r := range command.runes {
			w.window.Canvas().OnTypedRune()(r)
			w.escape()
		}
	}
}

// TestKeysWithoutPictures: no key needs a picture, or a network.
func TestKeysWithoutPictures(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing.png")
	for name, c := range map[string]struct {
		pictures, networks []string
		waits              bool
	}{
		"before the first picture is open":     {nil, nil, true},
		"of a file that is not there":          {[]string{missing}, nil, false},
		"of many files that are not there":     {slices.Repeat([]string{missing}, 9), nil, false},
		"of an empty folder":                   {[]string{t.TempDir()}, nil, false},
		"with networks that are not there too": {[]string{missing}, []string{missing + ".pth"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			q := &queue{}
			w := open(t, q.Runner(), Options{Pictures: c.pictures, Networks: c.networks})
			if !c.waits {
				q.Run()
			}
			pressAll(w)
			if len(w.Pictures) > 0 && !c.waits {
				t.Fatalf("%s is open", w.Pictures[0].Path)
			}
			for i := range w.tabs.Items {
				w.tabs.SelectIndex(i)
				turnAndEnlarge(w)
			}
			drop(w) // nothing
			q.Run()
			turnAndEnlarge(w)
			q.Run()
			w.openPictures(desk.SamplePaths())
			q.Run()
			if len(w.Pictures) != 1 || w.Pictures[0].Path != desk.SamplePaths()[0] {
				t.Errorf("shows %v in the end, want the first sample", w.Pictures)
			}
		})
	}
}

// TestHomeAndEnd go to an album's ends.
func TestHomeAndEnd(t *testing.T) {
	w := open(t, inline, Options{Pictures: desk.SamplePaths()})
	last := len(desk.SamplePaths()) - 1
	if last < 2 {
		t.Skip("needs three samples")
	}
	key := w.window.Canvas().OnTypedKey()
	for _, c := range []struct {
		key  fyne.KeyName
		want int
	}{{fyne.KeyEnd, last - w.Rows + 1}, {fyne.KeyEnd, last - w.Rows + 1}, {fyne.KeyHome, 0}, {fyne.KeyHome, 0}} {
		key(&fyne.KeyEvent{Name: c.key})
		if w.At != c.want {
			t.Errorf("after %s at %d, want %d", c.key, w.At, c.want)
		}
	}
}

// restored is the picture of the sessions restored: a small one.
const restored = "../testdata/picture/exif-1.jpg"

// hostileStates are what a session may say of the window.
var hostileStates = []string{
	`{"sources": ["../testdata/picture/exif-1.jpg", "../testdata/picture/exif-5.jpg"], "at": 9223372036854775807}`,
	`{"sources": ["../testdata/picture/exif-1.jpg", "../testdata/picture/exif-5.jpg"], "at": -9223372036854775808}`,
	`{"sources": ["../testdata/picture/exif-1.jpg", "../testdata/picture/exif-5.jpg"], "at": 2}`,
	`{"sources": ["../testdata/picture/exif-1.jpg", "../testdata/picture/exif-5.jpg"], "at": 1}`,
	`{"sources": [], "at": 0}`,
	`{"at": 9223372036854775807}`,
	`{"sources": null, "at": 0, "pages": null}`,
	`{"enlarged": 9223372036854775807, "wipe": 1e308}`,
	`{"enlarged": -9223372036854775808, "wipe": -1e308, "tab": "inside"}`,
	`{"enlarged": 3, "tab": "none such"}`,
	`{"tab": "inside", "pages": {"inside": {"network": 9223372036854775807, "keep": 9223372036854775807, "point": [1e300, -1e300]}}}`,
	`{"tab": "inside", "pages": {"inside": {"network": -9223372036854775808, "keep": -9223372036854775808, "second": "none such", "point": []}}}`,
	`{"tab": "scaling", "pages": {"scaling": {"architecture": "none such", "preset": "none such", "depth": 1e308, "width": -1e308, "resolution": 9223372036854775807, "phi": 1e308, "alpha": 1e308, "beta": -1, "gamma": 0, "tab": 9223372036854775807}}}`,
	`{"tab": "scaling", "pages": {"scaling": {"depth": 5e-324, "width": 0, "resolution": -9223372036854775808, "compound": true, "phi": -1e308, "tab": -1}}}`,
	`{"tab": "study", "pages": {"study": {"count": 9223372036854775807, "use_folder": true, "folder": "/none such"}}}`,
	`{"tab": "study", "pages": {"study": {"count": 200, "use_folder": true, "folder": "\u0000"}}}`,
	`{"tab": "study", "pages": {"inside": [], "scaling": 1, "study": "x"}}`,
	`null`,
}

// restorer is a window that restores sessions of one picture and its networks.
func restorer(t testing.TB) (w *Window, restore func(state []byte) error) {
	w = open(t, inline, Options{Networks: small[:2]})
	opened := map[string]*network.Model{}
	w.open = func(spec string, s models.Settings) (*network.Model, error) {
		if opened[spec] == nil {
			m, err := models.Open(spec, s)
			if err != nil {
				return nil, err
			}
			opened[spec] = m
		}
		return opened[spec], nil
	}
	settings := record.SettingsOfView(compare.DefaultView())
	settings.Pictures = []file.Path{restored}
	for _, spec := range small[:2] {
		settings.Networks = append(settings.Networks, record.NetworkSettings{Spec: file.Path(spec)})
	}
	return w, func(state []byte) error {
		w.dismiss()
		return w.restore(&record.Session{Settings: settings, Window: state})
	}
}

// FuzzRestore: whatever a session says of the window in fields that there are, the
// window shows the session's picture, every key works, and the session that it then saves is
// restored as it is.
func FuzzRestore(f *testing.F) {
	for _, state := range hostileStates {
		f.Add([]byte(state))
	}
	w, restore := restorer(f)
	f.Fuzz(func(t *testing.T, state []byte) {
		if err := restore(state); err != nil {
			var read windowState
			if record.Decode(state, &read) == nil && w.checkPages(read.Pages) == nil {
				t.Errorf("refused: %v", err)
			}
			return
		}
		if len(w.Pictures) != 1 || w.Pictures[0].Path != restored || w.Sources[w.At] != w.Pictures[0].Path {
			t.Fatalf("shows %v at %d of %v", w.Pictures, w.At, w.Sources)
		}
		if w.banner.Visible() {
			t.Errorf("says %q", w.message.Text)
		}
		saved := func() windowState {
			s, err := w.session(w.comparison.Shown)
			if err != nil {
				t.Fatal(err)
			}
			var state windowState
			if err := json.Unmarshal(s.Window, &state); err != nil {
				t.Fatal(err)
			}
			return state
		}
		before := saved()
		again, err := json.Marshal(before)
		if err != nil {
			t.Fatal(err)
		}
		for i := range w.tabs.Items {
			w.tabs.SelectIndex(i)
		}
		if err := restore(again); err != nil {
			t.Fatalf("its own session is refused: %v", err)
		}
		if now := saved(); !reflect.DeepEqual(before, now) {
			t.Errorf("restored as %+v, want %+v", now, before)
		}
		turnAndEnlarge(w)
	})
}

// TestRestoreMalformed: what is no state of a window is refused.
func TestRestoreMalformed(t *testing.T) {
	_, restore := restorer(t)
	for _, state := range []string{`[]`, `"x"`, `{"at": 1e300}`, `{"at": "1"}`, `{"sources": [1]}`, `{"wipe": 1e999}`, `{"enlarged": 9223372036854775808}`} {
		if err := restore([]byte(state)); err == nil || !strings.Contains(err.Error(), "save the session anew") {
			t.Errorf("%s: error %v", state, err)
		}
	}
}

// TestGoneButton: a button that is gone has the keys until another gets them.
func TestGoneButton(t *testing.T) {
	w := open(t, inline, Options{})
	corner := w.comparison.Heads[3].Corner.(*kit.Button)
	corner.OnTapped()
	corner.OnTapped()
	if len(w.Models) != 2 {
		t.Fatalf("%d networks after one of 3 is removed", len(w.Models))
	}

	w.lesson.show(0)
	w.lesson.close()
	w.lesson.back.OnTapped()
	w.lesson.next.OnTapped()
	if w.lesson.at != comparing.None || w.lesson.box.Visible() {
		t.Error("the lesson is open again")
	}
}

// TestGoneEntry: an entry on a page has the keys no longer than it is in sight.
func TestGoneEntry(t *testing.T) {
	w := open(t, inline, Options{})
	look(w, "scaling")
	w.window.Canvas().Focus(part(t, w.window.Content(), func(*kit.Entry) bool { return true }))
	if w.window.Canvas().Focused() == nil {
		t.Fatal("the entry cannot be edited")
	}
	w.tabs.SelectIndex(0)
	if f := w.window.Canvas().Focused(); f != nil {
		t.Errorf("%T has the keys", f)
	}
}

// TestBetweenScenes: while the scene shown is not of what is asked for, the pointer
// and exports are of no cells that it does not have.
func TestBetweenScenes(t *testing.T) {
	q := &queue{}
	w := open(t, q.Runner(), Options{Pictures: desk.SamplePaths()[:2], Networks: small[:1]})
	q.Run()
	touch := func() {
		for i := range w.comparison.Cells {
			w.comparison.Hover(i, 0.5, 0.5, true)
			w.comparison.Enlarged = i
			w.copyShown()
			w.showExport()
			w.closeExport()
		}
		w.comparison.Enlarged = comparing.None
	}
	for _, rows := range []int{1, 2} { // four cells each: 1 × 4 after 2 × 2, and back
		if len(w.comparison.Cells) != 4 || !w.comparison.Shown.Of(&w.Asked) {
			t.Fatalf("%d cells of %d pictures", len(w.comparison.Cells), len(w.Pictures))
		}
		w.openAlbum(desk.Album{Sources: desk.SamplePaths(), At: 0, Rows: rows})
		w.openNetworks(wanted{specs: small[:5-2*rows], replace: true})
		between := false
		for len(*q) > 0 {
			touch()
			f := (*q)[0]
			*q = (*q)[1:]
			f()
			between = between || len(w.comparison.Cells) == 4 && len(w.Pictures) == rows && !w.comparison.Shown.Of(&w.Asked)
		}
		if !between {
			t.Error("the scene was never of others than asked for")
		}
	}
}

// TestTinyWindow: without a window manager a window may have any size.
func TestTinyWindow(t *testing.T) {
	w := open(t, inline, Options{Pictures: desk.SamplePaths()[:2]})
	for _, size := range []fyne.Size{{}, {Width: 1, Height: 1}, {Width: 3000, Height: 1}, {Width: 1, Height: 3000}} {
		for _, rows := range []int{1, 2} {
			w.setRows(rows)
			w.comparison.Sheet.Scroll.Resize(size)
			for i, o := range w.comparison.Sheet.Box.Objects {
				if got := o.Size(); got.Width < 0 || got.Height < 0 || got.Width > 1e4 || got.Height > 1e4 {
					t.Errorf("in %v, %d rows: object %d has %v", size, rows, i, got)
				}
			}
		}
		w.window.Resize(size)
		for i := range w.tabs.Items {
			w.tabs.SelectIndex(i)
		}
	}
}

// TestWrongPreferences: values of other types than the window keeps are as none.
func TestWrongPreferences(t *testing.T) {
	keys := []string{prefLanguage, prefTheme, prefView, prefFolder + string(ofPictures), prefWidth, prefHeight, prefRecent}
	for name, set := range map[string]func(p fyne.Preferences, key string){
		"a number":            func(p fyne.Preferences, key string) { p.SetFloat(key, -1e308) },
		"a bool":              func(p fyne.Preferences, key string) { p.SetBool(key, true) },
		"a text":              func(p fyne.Preferences, key string) { p.SetString(key, "\x00{") },
		"a list of numbers":   func(p fyne.Preferences, key string) { p.SetFloatList(key, []float64{1}) },
		"an empty list":       func(p fyne.Preferences, key string) { p.SetBoolList(key, nil) },
		"a list of texts":     func(p fyne.Preferences, key string) { p.SetStringList(key, []string{""}) },
		"a long list of them": func(p fyne.Preferences, key string) { p.SetStringList(key, make([]string, 1000)) },
	} {
		t.Run(name, func(t *testing.T) {
			app := test.NewTempApp(t)
			for _, key := range keys {
				set(app.Preferences(), key)
			}
			w := openIn(t, app, inline, Options{Networks: small[:1]})
			size := w.lastSize()
			if !(size.Width >= 640 && size.Width <= 8000 && size.Height >= 480 && size.Height <= 8000) {
				t.Errorf("size %v", size)
			}
			path := temp(t, "a.scalecam", []byte("{}"))
			w.addRecent([]string{path})
			if got := w.recent(); len(got) == 0 || len(got) > mostRecent || got[0] != path {
				t.Errorf("recent files %q, want %q first", got, path)
			}
			w.showOpen()
			w.escape()
			w.leave()
		})
	}
}

// TestMendPreferences: lists that Fyne cannot read are left out of the file, and
// nothing else.
func TestMendPreferences(t *testing.T) {
	for _, c := range []struct{ was, want string }{
		{`{"recent": ["a", 1], "theme": "dark"}`, `{"theme":"dark"}`},
		{`{"recent": [1, "a"], "x": [true, 1], "y": [true, false], "z": [["a"], 1], "theme": "dark"} more`, `{"theme":"dark","y":[true,false],"z":[["a"],1]}`},
		{`{"recent": ["a", null]}`, `{}`},
		{`{"recent": ["a", "b"], "width": 1280.5}`, ""},
		{`{"recent": [], "x": [{}], "y": null}`, ""},
		{`[1, "a"]`, ""},
		{`{"recent": ["a", 1]`, ""},
		{``, ""},
	} {
		path := temp(t, "preferences.json", []byte(c.was))
		if err := MendPreferences(path); err != nil {
			t.Errorf("%s: %v", c.was, err)
		}
		if c.want == "" {
			c.want = c.was // to the byte
		}
		if got, err := os.ReadFile(path); err != nil || strings.TrimSpace(string(got)) != c.want {
			t.Errorf("%s became %s, want %s (%v)", c.was, got, c.want, err)
		}
	}
	if err := MendPreferences(filepath.Join(t.TempDir(), "none")); err != nil {
		t.Errorf("of none: %v", err)
	}
	if err := MendPreferences(t.TempDir()); err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("of a folder: %v", err)
	}
}
