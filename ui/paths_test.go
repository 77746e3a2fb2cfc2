package ui

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"scalecam/compare/record"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/speak"
)

// hidden makes a folder whose name nobody is to read.
func hidden(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "secret-folder")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	return folder
}

// TestExportPaths: what is exported tells no folder, unless the dialog is told to.
func TestExportPaths(t *testing.T) {
	folder, out := hidden(t), t.TempDir()
	b := &board{}
	w := open(t, inline, Options{Clipboard: b, Pictures: []string{painted(t, folder, "cat.png", 7)}})
	weights := filepath.Join(folder, "net.pth")
	if err := os.WriteFile(weights, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	drop(w, weights)
	for i := range products {
		path := filepath.Join(out, products[i].key)
		w.writeExport(w.comparison.Shown, export{product: &products[i]}, path)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte("secret-folder")) || products[i].pixels && (!bytes.Contains(data, []byte("cat.png")) || !bytes.Contains(data, []byte("net.pth"))) {
			t.Errorf("%s tells the folder, or not the names", products[i].key)
		}
	}
	for _, paths := range []bool{false, true} {
		w.showExport()
		if paths {
			test.Tap(dialogPart[*kit.Check](t, w, func(c *kit.Check) bool { return c.Text == speak.Say("export.paths") }))
		}
		test.Tap(dialogPart[*widget.Button](t, w, func(b *widget.Button) bool { return b.Text == speak.Say("export.copy") }))
		for _, name := range []string{"secret-folder/cat.png", "secret-folder/net.pth"} {
			if bytes.Contains(b.png, []byte(name)) != paths {
				t.Errorf("with paths %v: what is copied is otherwise about %s", paths, name)
			}
		}
	}
	w.showExport()
	kind := dialogPart[*widget.RadioGroup](t, w, func(r *widget.RadioGroup) bool { return slices.Contains(r.Options, speak.Say("export.npy")) })
	kind.SetSelected(speak.Say("export.npy"))
	if !dialogPart[*kit.Check](t, w, func(c *kit.Check) bool { return c.Text == speak.Say("export.paths") }).Disabled() {
		t.Error("raw values have no paths to write")
	}
}

// TestSessionPaths: a session keeps whole paths, and its dialog says so.
func TestSessionPaths(t *testing.T) {
	folder := hidden(t)
	t.Chdir(folder)
	painted(t, folder, "a.png", 1)
	painted(t, folder, "b.png", 2)
	w := open(t, inline, Options{Pictures: []string{"a.png", "b.png", "scene:1"}})
	w.showSaveSession()
	dialogPart[*widget.Label](t, w, func(l *widget.Label) bool { return l.Text == speak.Say("session.save") })
	key(w, fyne.KeyEscape)
	path := filepath.Join(t.TempDir(), "view.scalecam")
	w.saveSession(w.comparison.Shown, path)
	t.Chdir(t.TempDir())
	again := open(t, inline, Options{Pictures: []string{path}})
	if want := []string{filepath.Join(folder, "a.png"), filepath.Join(folder, "b.png"), "scene:1"}; !slices.Equal(again.Sources, want) {
		t.Errorf("reopened %q, want %q; message %q", again.Sources, want, again.message.Text)
	}
}

// TestMissing: a figure's files are found beside it; those that are not are asked
// for, and others of their name are not taken for them.
func TestMissing(t *testing.T) {
	folder := hidden(t)
	w := open(t, inline, Options{Pictures: []string{painted(t, folder, "cat.png", 7)}})
	figure := filepath.Join(t.TempDir(), "figure.png")
	w.writeExport(w.comparison.Shown, export{product: &products[0]}, figure)
	data, err := os.ReadFile(figure)
	if err != nil {
		t.Fatal(err)
	}
	asks := func(w *Window, want string) {
		t.Helper()
		if !w.banner.Visible() || w.message.Text != want || w.dialog == nil {
			t.Errorf("message %q, want %q; asks %v", w.message.Text, want, w.dialog != nil)
		}
		key(w, fyne.KeyEscape)
		w.dismiss()
	}
	again := open(t, inline, Options{})
	before := again.Sources
	again.openSession(figure)
	asks(again, speak.Say("missing.picture", "figure.png", "cat.png"))
	other := painted(t, t.TempDir(), "cat.png", 8)
	again.openSession(figure, other, filepath.Dir(other))
	asks(again, speak.Say("missing.other", other, "figure.png"))
	if !slices.Equal(again.Sources, before) {
		t.Errorf("shows %q, want what was there", again.Sources)
	}
	found := filepath.Join(folder, "cat.png")
	again.openSession(figure, found, folder)
	if again.dialog != nil || again.banner.Visible() || !slices.Equal(again.Sources, []string{found}) || !again.Whole() {
		t.Errorf("shows %q, message %q", again.Sources, again.message.Text)
	}
	beside := filepath.Join(folder, "figure.png")
	if err := os.WriteFile(beside, data, 0o600); err != nil {
		t.Fatal(err)
	}
	again.openPictures(desk.SamplePaths())
	again.openSession(beside)
	if !slices.Equal(again.Sources, []string{found}) {
		t.Errorf("shows %q, message %q", again.Sources, again.message.Text)
	}
	s, err := record.ReadSession(figure)
	if err != nil {
		t.Fatal(err)
	}
	s.Settings.Pictures[0], s.Settings.Networks[0].Spec = "scene:1", "net.pth@64"
	again.askFor(s.Find(t.Context()).(*record.Missing), func(string) {})
	asks(again, speak.Say("missing.network", "figure.png", "net.pth"))
}

// TestNoUTF8: a picture whose name is no UTF-8 is found again by a session, a
// figure and the recent files, and its name is shown spelt out.
func TestNoUTF8(t *testing.T) {
	folder := t.TempDir()
	path := painted(t, folder, "caf\xe9.png", 7)
	w := open(t, inline, Options{})
	drop(w, path)
	if !slices.Equal(w.Sources, []string{path}) || !w.Whole() {
		t.Fatalf("shows %q, message %q", w.Sources, w.message.Text)
	}
	if text := texts(w.comparison.Cells[0]); !strings.Contains(text, `caf\xe9.png`) || !utf8.ValidString(text+w.window.Title()) {
		t.Errorf("shown as %q in %q", text, w.window.Title())
	}
	session, figure := filepath.Join(t.TempDir(), "view.scalecam"), filepath.Join(folder, "figure.png")
	w.saveSession(w.comparison.Shown, session)
	w.writeExport(w.comparison.Shown, export{product: &products[0]}, figure)
	if name := (export{product: &products[0]}).name(w.comparison.Shown); name != "caf_-scalecam.png" {
		t.Errorf("offered as %q", name)
	}
	w.openPictures(desk.SamplePaths())
	var recent *fyne.MenuItem
	for _, m := range w.window.MainMenu().Items {
		for _, i := range m.Items {
			if i.Label == speak.Say("menu.recent") {
				for _, r := range i.ChildMenu.Items {
					if strings.HasPrefix(r.Label, "caf") {
						recent = r
					}
				}
			}
		}
	}
	if recent == nil {
		t.Fatal("it is not among the recent files")
	}
	recent.Action()
	if !slices.Equal(w.Sources, []string{path}) {
		t.Errorf("of the recent files: shows %q, message %q", w.Sources, w.message.Text)
	}
	for _, from := range []string{session, figure} {
		again := open(t, inline, Options{})
		again.openSession(from)
		if !slices.Equal(again.Sources, []string{path}) || !again.Whole() {
			t.Errorf("%s: shows %q, message %q", from, again.Sources, again.message.Text)
		}
	}
}
