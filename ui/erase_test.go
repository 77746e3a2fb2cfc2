package ui

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"scalecam/compare"
	"scalecam/compare/figure"
	"scalecam/compare/record"
	"scalecam/picture"
)

// regions is an erasure of a box.
func regions(x, y, w, h float64) compare.Erasure {
	return compare.Erasure{Erasure: picture.Erasure{Regions: []picture.Region{picture.NewBox(x, y, w, h)}, Fill: picture.Grey}}
}

// TestEraseUndo: every region is one step back, and what is erased belongs to its
// picture.
func TestEraseUndo(t *testing.T) {
	w := open(t, inline, Options{Networks: small[:2]})
	look(w, "erase")
	h := host{w}
	first, second := regions(30, 30, 60, 60), regions(100, 20, 40, 40)
	h.SetErased("erase", first)
	h.SetErased("erase", second)
	if text, _ := entry(w, "undo"); text != "Undo Erase a region" || !h.Erased().Equal(second) {
		t.Errorf("%q, %+v", text, h.Erased())
	}
	w.Undo()
	if !h.Erased().Equal(first) {
		t.Errorf("undone, it erases %+v", h.Erased())
	}
	for w.history.Last() != nil {
		w.Undo()
	}
	if !h.Erased().Empty() || w.Erasure.Picture != "" {
		t.Errorf("all undone, it erases %+v", w.Erasure)
	}
	w.Redo()
	w.Redo()
	if !h.Erased().Equal(first) {
		t.Errorf("made again, it erases %+v", h.Erased())
	}
	key(w, fyne.KeyDelete)
	if !h.Erased().Empty() {
		t.Error("Delete does not reach the page")
	}
	w.tabs.SelectIndex(0)
	w.Undo() // going there
	w.Undo()
	if !h.Erased().Equal(first) {
		t.Error("out of sight a region is not taken back")
	}
	key(w, fyne.KeyRight)
	if !h.Erased().Empty() || w.visible() == nil {
		t.Errorf("of another picture it erases %+v", h.Erased())
	}
	key(w, fyne.KeyLeft)
	if !h.Erased().Equal(first) {
		t.Errorf("of the first again, %+v", h.Erased())
	}
}

// TestEraseSession: a session keeps what is erased, in the window and for the
// terminal, and a figure of it opens on the page.
func TestEraseSession(t *testing.T) {
	w := open(t, inline, Options{Networks: small[:2]})
	look(w, "erase")
	e := regions(30, 30, 60, 60)
	host{w}.SetErased("erase", e)
	path := filepath.Join(t.TempDir(), "view"+sessionExtension)
	w.saveSession(w.comparison.Shown, path)
	s, err := record.ReadSession(path)
	if err != nil || s.Settings.Erase == nil || !s.Settings.Erase.Equal(e) {
		t.Fatalf("%+v, %v", s, err)
	}
	again := open(t, inline, Options{Pictures: []string{path}})
	if p := again.visible(); p == nil || p.Name() != "erase" || !(host{again}).Erased().Equal(e) {
		t.Errorf("reopened, it erases %+v", again.Erasure)
	}
	c, v := host{w}.Shown()
	after, _, err := e.Of(w.Pictures[0])
	if err != nil {
		t.Fatal(err)
	}
	made, err := compare.RunErased(t.Context(), w.Pictures[0], e, c.Models, "", compare.By{}, nil)
	if err != nil || after.Path != w.Pictures[0].Path {
		t.Fatal(err)
	}
	img, err := figure.DrawErased(t.Context(), made, v)
	if err != nil {
		t.Fatal(err)
	}
	png, err := record.EncodePNG(t.Context(), img, record.SettingsOfErased(made, v, record.WholePaths))
	if err != nil {
		t.Fatal(err)
	}
	drawn := filepath.Join(t.TempDir(), "erased.png")
	if err := os.WriteFile(drawn, png, 0o600); err != nil {
		t.Fatal(err)
	}
	fresh := open(t, inline, Options{Networks: small[:2]})
	fresh.openSession(drawn)
	if p := fresh.visible(); p == nil || p.Name() != "erase" || !(host{fresh}).Erased().Equal(e) {
		t.Errorf("of a figure, it erases %+v; %q", fresh.Erasure, fresh.message.Text)
	}
	// What no picture can lose is refused with the session, and of another size than
	// the picture's told of by the page.
	far := regions(1e6, 1e6, 5, 5)
	s.Settings.Erase = &far
	data, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	drop(fresh, temp(t, "far"+sessionExtension, data))
	if !fresh.banner.Visible() || !strings.Contains(fresh.message.Text, "reaches out of the picture") {
		t.Errorf("a region far away: %q", fresh.message.Text)
	}
}

// TestEraseSelected: of several pictures it is erased from the one that was clicked last,
// and a session keeps that.
func TestEraseSelected(t *testing.T) {
	w := open(t, inline, Options{Networks: small[:2]})
	w.setRows(2)
	w.comparison.Pick(1)
	look(w, "erase")
	e := regions(30, 30, 60, 60)
	host{w}.SetErased("erase", e)
	if of := w.Pictures[1].Path; w.Erasure.Picture != of {
		t.Errorf("erased from %s, not from %s", w.Erasure.Picture, of)
	}
	path := filepath.Join(t.TempDir(), "view"+sessionExtension)
	w.saveSession(w.comparison.Shown, path)
	again := open(t, inline, Options{Pictures: []string{path}})
	if again.Erasure.Picture != w.Erasure.Picture || !(host{again}).Erased().Equal(e) {
		t.Errorf("reopened, it erases %+v, of row %d", again.Erasure, again.comparison.Row())
	}
	w.comparison.Pick(0)
	if !(host{w}).Erased().Empty() {
		t.Error("it is erased from the other picture, too")
	}
}
