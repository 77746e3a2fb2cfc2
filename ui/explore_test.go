package ui

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"scalecam/assets"
	"scalecam/compare"
	"scalecam/compare/record"
	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	comparing "scalecam/ui/pages/compare"
	"scalecam/ui/speak"
)

// painted writes a small PNG of one shade and returns its path.
func painted(t testing.TB, folder, name string, shade uint8) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 96, 64))
	for i := range img.Pix {
		img.Pix[i] = shade
		if i%4 == 3 {
			img.Pix[i] = 255
		}
	}
	var buffer bytes.Buffer
	if err := png.Encode(&buffer, img); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, buffer.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// press does what a key does.
func press(w *Window, keys string) {
	for _, r := range keys {
		w.window.Canvas().OnTypedRune()(r)
	}
}

func key(w *Window, name fyne.KeyName) {
	w.window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: name})
}

// TestRows: a few pictures opened together make rows, each with its own maps,
// and the arrows go through the album.
func TestRows(t *testing.T) {
	w := open(t, inline, Options{})
	folder := t.TempDir()
	var paths []string
	for i := range 3 {
		paths = append(paths, painted(t, folder, fmt.Sprintf("%d.png", i), uint8(40*i)))
	}
	drop(w, paths...)
	if len(w.Pictures) != 3 || len(w.comparison.Cells) != 3*4 || !w.Whole() || len(w.comparison.Shown.Comparison.Rows) != 3 {
		t.Fatalf("%d pictures in %d cells, whole %v", len(w.Pictures), len(w.comparison.Cells), w.Whole())
	}
	for i, row := range w.comparison.Shown.Comparison.Rows {
		if row.Picture.Path != paths[i] || !strings.Contains(texts(w.comparison.Cells[4*i]), filepath.Base(paths[i])) {
			t.Errorf("row %d is of %s, its first cell says %q", i, row.Picture.Path, texts(w.comparison.Cells[4*i]))
		}
	}
	w.setRows(1)
	if len(w.comparison.Cells) != 4 || w.Pictures[0].Path != paths[0] {
		t.Errorf("one at once: %d cells of %s", len(w.comparison.Cells), w.Pictures[0].Path)
	}
	for _, want := range []string{paths[1], paths[2], paths[0]} {
		key(w, fyne.KeyRight)
		if w.Pictures[0].Path != want {
			t.Errorf("to the right: %s, want %s", w.Pictures[0].Path, want)
		}
	}
	key(w, fyne.KeyEnd)
	if w.Pictures[0].Path != paths[2] {
		t.Errorf("the end: %s", w.Pictures[0].Path)
	}
	w.setRows(2)
	if len(w.Pictures) != 2 || w.At != 1 {
		t.Errorf("two at once from the last: %d at %d", len(w.Pictures), w.At)
	}
}

// TestRowsWithGarbage: what can be opened is shown, the rest is told of.
func TestRowsWithGarbage(t *testing.T) {
	w := open(t, inline, Options{})
	good := painted(t, t.TempDir(), "good.png", 9)
	drop(w, temp(t, "bad.png", []byte("no picture")), good)
	if len(w.Pictures) != 1 || w.Pictures[0].Path != good || !slices.Equal(w.Sources, []string{good}) {
		t.Errorf("shown %d pictures of %q", len(w.Pictures), w.Sources)
	}
	if !w.banner.Visible() || !strings.Contains(w.message.Text, "bad.png") {
		t.Errorf("message %q", w.message.Text)
	}
}

// TestDeleted: a picture that is gone is told of and stepped over.
func TestDeleted(t *testing.T) {
	w := open(t, inline, Options{})
	folder := t.TempDir()
	for i := range 6 {
		painted(t, folder, fmt.Sprintf("%d.png", i), uint8(i))
	}
	drop(w, folder)
	if len(w.Sources) != 6 || len(w.Pictures) != 1 {
		t.Fatalf("%d pictures, %d shown", len(w.Sources), len(w.Pictures))
	}
	if err := os.Remove(w.Sources[1]); err != nil {
		t.Fatal(err)
	}
	key(w, fyne.KeyRight)
	if !w.banner.Visible() || !strings.Contains(w.message.Text, "1.png") || w.At != 0 || !w.Whole() {
		t.Errorf("message %q at %d", w.message.Text, w.At)
	}
	key(w, fyne.KeyRight)
	if w.At != 2 || w.banner.Visible() {
		t.Errorf("at %d, want 2 without a message", w.At)
	}
	empty := t.TempDir()
	drop(w, empty)
	if !w.banner.Visible() || !strings.Contains(w.message.Text, empty) || w.At != 2 {
		t.Errorf("an empty folder: message %q at %d", w.message.Text, w.At)
	}
}

// TestBrokenFirst: a folder whose first picture cannot be opened shows the first
// that can.
func TestBrokenFirst(t *testing.T) {
	w := open(t, inline, Options{})
	folder := t.TempDir()
	for _, name := range []string{"a.png", "b.png"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("no picture"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 6 {
		painted(t, folder, fmt.Sprintf("c%d.png", i), uint8(i))
	}
	w.tabs.SelectIndex(3)
	drop(w, folder)
	if len(w.Sources) != 8 || w.At != 2 || w.Sought.At != 2 || !w.Whole() || w.visible() != nil || !strings.Contains(w.message.Text, "a.png") {
		t.Errorf("%d pictures, at %d, whole %v, message %q", len(w.Sources), w.At, w.Whole(), w.message.Text)
	}
}

// TestEscape closes what lies over the window, whatever it is, and the window
// works again.
func TestEscape(t *testing.T) {
	w := open(t, inline, Options{})
	for name, show := range map[string]func(){
		"keys":    w.showShortcuts,
		"about":   w.showAbout,
		"open":    w.showOpen,
		"folder":  w.showFolder,
		"export":  w.showExport,
		"page":    w.showPage,
		"classes": w.showClasses,
		"search": func() {
			look(w, "scaling")
			test.Tap(part(t, w.window.Content(), func(b *widget.Button) bool { return b.Text == speak.Say("scaling.search") }))
		},
	} {
		show()
		if !w.covered() {
			t.Errorf("%s: nothing lies over the window", name)
		}
		w.escape()
		if w.covered() {
			t.Errorf("%s: Escape leaves it", name)
		}
	}
	w.tabs.SelectIndex(0)
	before := w.View
	press(w, "g")
	if w.View == before {
		t.Error("the keys are dead")
	}
}

// TestBrokenMeanwhile: a picture that opened while one was asked for that cannot
// be opened is shown to the networks after all.
func TestBrokenMeanwhile(t *testing.T) {
	var q queue
	w := open(t, q.Runner(), Options{})
	q.Run()
	good := painted(t, t.TempDir(), "good.png", 9)
	w.openPictures([]string{good})
	w.openPictures([]string{temp(t, "bad.png", []byte("no picture"))})
	q.Run()
	if w.Pictures[0].Path != good || !w.Whole() || !w.banner.Visible() {
		t.Errorf("%s is shown, whole %v, message %q", w.Pictures[0].Path, w.Whole(), w.message.Text)
	}
}

// TestCancelOpening goes back to the last whole comparison, and steps on from
// there.
func TestCancelOpening(t *testing.T) {
	var q queue
	w := open(t, q.Runner(), Options{})
	q.Run()
	before := w.Pictures[0]
	w.turn(1)
	w.turn(1)
	for w.Pictures[0] == before {
		f := q[0]
		q = q[1:]
		f()
	}
	if !w.opening.Busy() || w.running.Busy() {
		t.Fatal("the next picture is not being opened")
	}
	w.Cancel()
	q.Run()
	if w.Pictures[0] != before || !w.Whole() || w.Sought.At != w.At || w.busy.Visible() {
		t.Errorf("at %d, sought %d, whole %v", w.At, w.Sought.At, w.Whole())
	}
}

// TestSaveTwice: while one thing is being saved, another is not, and neither is
// lost silently; Cancel ends that, and keeps the window open.
func TestSaveTwice(t *testing.T) {
	var q queue
	w := open(t, q.Runner(), Options{})
	q.Run()
	first, second := filepath.Join(t.TempDir(), "1.png"), filepath.Join(t.TempDir(), "2.png")
	w.writeExport(w.comparison.Shown, export{product: &products[0]}, first)
	w.writeExport(w.comparison.Shown, export{product: &products[0]}, second)
	if w.message.Text != speak.Say("task.busy") {
		t.Errorf("message %q", w.message.Text)
	}
	q.Run()
	if _, err := os.Stat(first); err != nil {
		t.Errorf("file: %v", err)
	}
	w.writeExport(w.comparison.Shown, export{product: &products[0]}, second)
	w.leave()
	w.Cancel()
	q.Run()
	if _, err := os.Stat(second); err == nil || w.closed {
		t.Errorf("closed %v, file: %v", w.closed, err)
	}
}

// TestFolderOfThousands: names are read, and only what is shown is opened.
func TestFolderOfThousands(t *testing.T) {
	w := open(t, inline, Options{})
	folder := t.TempDir()
	first := painted(t, folder, "a.png", 9)
	data, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5000 {
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("b%04d.png", i)), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	drop(w, folder)
	if len(w.Sources) != 5001 || w.Pictures[0].Path != first {
		t.Fatalf("%d pictures, the first %s", len(w.Sources), w.Pictures[0].Path)
	}
	if got := w.comparison.Strip.Thumbs.Len(); got > 60 {
		t.Errorf("%d pictures were opened for the strip", got)
	}
	key(w, fyne.KeyEnd)
	if w.At != 5000 || !w.Whole() {
		t.Errorf("the end is at %d", w.At)
	}
}

// TestStepping goes through 200 pictures as a key held down does: what is shown
// is never another picture's, and memory stays flat after the tenth.
func TestStepping(t *testing.T) {
	folder := t.TempDir()
	for i := range 200 {
		painted(t, folder, fmt.Sprintf("%03d.png", i), uint8(i))
	}
	var q queue
	w := open(t, q.Runner(), Options{})
	q.Run()
	drop(w, folder)
	q.Run()
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var early uint64
	for i := 1; i < 200; i++ {
		key(w, fyne.KeyRight)
		for range i % 7 { // now and then the work lags behind the key
			if len(q) > 0 {
				f := q[0]
				q = q[1:]
				f()
			}
		}
		if s := w.comparison.Shown; slices.Equal(s.Pictures, w.Pictures) && s.Comparison != nil {
			shade := s.Pictures[0].Image.Pix[0]
			if got := s.Bases[0].Pix[0]; got != shade || s.Comparison.Rows[0].Picture != w.Pictures[0] {
				t.Fatalf("at %s: a base of shade %d, want %d", w.Pictures[0].Path, got, shade)
			}
		}
		if got := len(q); got > 6 {
			t.Fatalf("%d pieces of work wait after %d pictures", got, i)
		}
		if i == 10 {
			early = heap()
		}
	}
	q.Run()
	if w.At != 199 || !w.Whole() || w.comparison.Shown.Pictures[0].Path != w.Sources[199] {
		t.Errorf("at %d of %s, whole %v", w.At, w.comparison.Shown.Pictures[0].Path, w.Whole())
	}
	const slack = 8 << 20 // thumbs and what the collector leaves
	if late := heap(); late > early+slack {
		t.Errorf("memory grew from %d to %d bytes", early, late)
	}
}

// TestPointer: the crosshair runs through all cells of a row, with each map's
// own value.
func TestPointer(t *testing.T) {
	w := open(t, inline, Options{Class: "balloon"})
	f := w.comparison.Cells[2].Frame
	at, size := f.Area()
	f.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at.Add(fyne.NewPos(size.Width*0.5, size.Height*0.6))}})
	for i, c := range w.comparison.Cells {
		if !c.Frame.Marked {
			t.Fatalf("cell %d has no crosshair", i)
		}
	}
	if got := w.comparison.Cells[0].Frame.Value.Text; got != "x 225, y 180" {
		t.Errorf("the picture's pixel: %q", got)
	}
	for j := range w.Models {
		v, ok := w.comparison.Shown.Comparison.Value(0, j, w.View, 0.5, 0.6)
		if got := w.comparison.Cells[1+j].Frame.Value.Text; !ok || got != compare.FormatValue(v) {
			t.Errorf("network %d: %q, want %v", j, got, v)
		}
	}
	f.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at.Add(fyne.NewPos(1, 1))}})
	if got := w.comparison.Cells[2].Frame.Value.Text; got != speak.Say("not seen") {
		t.Errorf("outside of the centre crop: %q", got)
	}
	f.MouseOut()
	if w.comparison.Cells[0].Frame.Marked {
		t.Error("the crosshair stays when the pointer is gone")
	}
}

// TestEnlarge: a tap or a digit shows one cell alone, Escape all again.
func TestEnlarge(t *testing.T) {
	w := open(t, inline, Options{})
	small := w.comparison.Cells[2].Frame.Size()
	test.Tap(w.comparison.Cells[2].Frame)
	if !w.comparison.Cells[2].Back.Visible() {
		t.Error("enlarged, the cell does not offer the way back")
	}
	if seen := inSheet(w); seen != 1 || w.comparison.Cells[2].Frame.Size().Width < 1.5*small.Width {
		t.Errorf("%d cells, %v wide after %v", seen, w.comparison.Cells[2].Frame.Size(), small)
	}
	width, _ := kit.Pixels(w.comparison.Cells[2].Frame.Size(), w.comparison.Sheet.Box)
	if got := w.comparison.Cells[2].Frame.Image.Image.Bounds().Dx(); got != width {
		t.Errorf("an image %d wide in a frame of %d", got, width)
	}
	key(w, fyne.KeyEscape)
	if seen := inSheet(w); seen != 4 {
		t.Errorf("%d cells after Escape", seen)
	}
	press(w, "2")
	if w.comparison.Enlarged != 1 {
		t.Errorf("enlarged %d after the key 2", w.comparison.Enlarged)
	}
	press(w, "29") // back, and a cell that is not there
	if w.comparison.Enlarged != comparing.None {
		t.Errorf("enlarged %d", w.comparison.Enlarged)
	}
}

// TestWipe: the left part shows the picture itself, in the maps alone.
func TestWipe(t *testing.T) {
	w := open(t, inline, Options{Class: "balloon"})
	whole := slices.Clone(w.comparison.Cells[1].Frame.Image.Image.(*image.RGBA).Pix)
	test.Drag(w.window.Canvas(), absolute(w.comparison.Cells[1].Frame, 0.5), 3, 0)
	if w.Wipe < 0.4 || w.Wipe > 0.6 || math.Abs(w.comparison.Controls.Wipe.Value-100*w.Wipe) > 1 {
		t.Fatalf("wiped to %v, the slider says %v", w.Wipe, w.comparison.Controls.Wipe.Value)
	}
	got, base := w.comparison.Cells[1].Frame.Image.Image.(*image.RGBA), w.comparison.Shown.Bases[0]
	cut := int(w.Wipe*float64(got.Rect.Dx()) + 0.5)
	for y := range got.Rect.Dy() {
		left, right := got.Pix[y*got.Stride:][:4*cut], got.Pix[y*got.Stride:][4*cut:got.Stride]
		if !bytes.Equal(left, base.Pix[y*base.Stride:][:4*cut]) || !bytes.Equal(right, whole[y*got.Stride:][4*cut:got.Stride]) {
			t.Fatalf("row %d is not the picture to the left and the map to the right", y)
		}
	}
	press(w, "w")
	if w.Wipe != 0 || !bytes.Equal(w.comparison.Cells[1].Frame.Image.Image.(*image.RGBA).Pix, whole) {
		t.Error("the map is not back")
	}
}

// absolute is the place on the canvas of the middle line of a frame.
func absolute(f *kit.Frame, x float32) fyne.Position {
	at, size := f.Area()
	return fyne.CurrentApp().Driver().AbsolutePositionForObject(f).Add(at).Add(fyne.NewPos(size.Width*x, size.Height/2))
}

// TestUndo: each change of the view can be taken back and made again; a slider
// dragged is one change.
func TestUndo(t *testing.T) {
	w := open(t, inline, Options{})
	clock := time.Unix(0, 0)
	w.now = func() time.Time { clock = clock.Add(100 * time.Millisecond); return clock }
	start := w.state()
	for v := 60.0; v > 20; v -= 5 {
		w.comparison.Controls.Strength.SetValue(v)
	}
	clock = clock.Add(time.Minute)
	press(w, "g")
	w.setClass("balloon")
	now := w.state()
	for range 3 {
		w.Undo()
	}
	if got := w.state(); !got.Equal(start) || w.comparison.Controls.Strength.Value != 100*start.View.Opacity || w.comparison.Controls.Grid.Checked {
		t.Errorf("undone to %+v, want %+v", got, start)
	}
	w.Undo() // nothing is left
	for range 4 {
		w.Redo()
	}
	if got := w.state(); !got.Equal(now) {
		t.Errorf("made again to %+v, want %+v", got, now)
	}
	w.remove(1)
	w.Undo() // a network taken away comes back
	if got := w.state(); !got.Equal(now) || !w.Whole() || len(w.comparison.Cells) != 4 {
		t.Errorf("a removed network is not back: %d networks in %d cells", len(w.Models), len(w.comparison.Cells))
	}
}

// TestKeys: every key changes what it says, and again changes it back.
func TestKeys(t *testing.T) {
	w := open(t, inline, Options{})
	start := w.View
	for _, r := range "sgnbl" {
		press(w, string(r))
		if w.View == start {
			t.Errorf("%c changes nothing", r)
		}
		press(w, string(r))
		if w.View != start {
			t.Errorf("%c twice leaves %+v", r, w.View)
		}
	}
	press(w, "-")
	if w.View.Opacity >= start.Opacity {
		t.Errorf("opacity %v after -", w.View.Opacity)
	}
	press(w, "c")
	if w.View.Colormap == start.Colormap {
		t.Error("c leaves the colour scale")
	}
	press(w, "?")
	if w.overlay == nil {
		t.Fatal("? shows no keys")
	}
	before := w.View
	press(w, "g") // not while something lies over the window
	if w.View != before {
		t.Error("a key changes the view behind a dialog")
	}
	key(w, fyne.KeyEscape)
	if w.overlay != nil {
		t.Error("Escape leaves the keys on screen")
	}
	for _, c := range w.commands { // all are in the list, with a text
		if speak.Say("command."+c.key) == "command."+c.key {
			t.Errorf("%s has no text", c.key)
		}
	}
}

// TestExports: each kind is what it says, as the commands write it.
func TestExports(t *testing.T) {
	w := open(t, inline, Options{Class: "balloon"})
	folder := t.TempDir()
	m := w.comparison.Shown.Comparison.Rows[0].Cells[1].Map
	for i := range products {
		p := &products[i]
		for _, zoom := range zooms {
			e := export{product: p, col: 1, zoom: zoom}
			path := filepath.Join(folder, fmt.Sprintf("%s-%d%s", p.key, zoom, p.extension))
			w.writeExport(w.comparison.Shown, e, path)
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			switch p.extension {
			case ".png":
				img, err := png.Decode(bytes.NewReader(data))
				if err != nil {
					t.Fatal(err)
				}
				if p.key == "overlay" && img.Bounds().Size() != image.Pt(451, 300).Mul(zoom) {
					t.Errorf("%s at %d: %v", p.key, zoom, img.Bounds())
				}
			case ".csv":
				if got := strings.Count(string(data), "\n"); got != m.H {
					t.Errorf("%d lines, want %d", got, m.H)
				}
			case ".npy":
				if !bytes.HasPrefix(data, []byte("\x93NUMPY")) {
					t.Error("no NumPy file")
				}
			case ".html":
				if !bytes.HasPrefix(data, []byte("<!DOCTYPE html>")) || !bytes.Contains(data, []byte("</html>")) {
					t.Errorf("no web page: %.40q", data)
				}
			}
			if !p.pixels {
				break
			}
		}
	}
	w.showExport()
	if w.exporting == nil {
		t.Fatal("no dialog")
	}
	w.showExport() // a second time, while it is open
	key(w, fyne.KeyEscape)
	if w.exporting != nil {
		t.Error("Escape leaves the dialog open")
	}
}

// TestExportCancelled: what is cancelled is not written and not copied.
func TestExportCancelled(t *testing.T) {
	q := &queue{}
	b := &board{}
	w := open(t, q.Runner(), Options{Clipboard: b})
	q.Run()
	path := filepath.Join(t.TempDir(), "figure.png")
	for i := range products {
		w.writeExport(w.comparison.Shown, export{product: &products[i], zoom: 4}, path)
		w.Cancel()
		q.Run()
	}
	w.saveSession(w.comparison.Shown, path)
	w.Cancel()
	q.Run()
	w.copyShown()
	w.Cancel()
	q.Run()
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) > 0 || b.png != nil {
		t.Errorf("written %v (%v), copied %d bytes", left, err, len(b.png))
	}
	if w.banner.Visible() {
		t.Errorf("message %q", w.message.Text)
	}
	w.writeExport(w.comparison.Shown, export{product: &products[0]}, path) // and the next is
	q.Run()
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

// board is a clipboard.
type board struct {
	png []byte
	err error
}

func (b *board) Picture() ([]byte, error)    { return b.png, b.err }
func (b *board) SetPicture(png []byte) error { b.png = png; return b.err }

// TestClipboard: the figure goes to the clipboard, and a picture comes from it.
func TestClipboard(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	b := &board{}
	w := open(t, inline, Options{Clipboard: b})
	w.pasteHere()
	if !w.banner.Visible() || !strings.Contains(w.message.Text, "holds no picture") {
		t.Errorf("an empty clipboard: %q", w.message.Text)
	}
	w.copyShown()
	if _, err := record.DecodeSettings(b.png); err != nil {
		t.Fatalf("copied: %v", err)
	}
	w.pasteHere()
	if !strings.Contains(w.Pictures[0].Path, "pasted-") || !w.Whole() {
		t.Errorf("pasted %s", w.Pictures[0].Path)
	}
	path := painted(t, t.TempDir(), "named.png", 3)
	fyne.CurrentApp().Clipboard().SetContent(path)
	w.pasteHere()
	if w.Pictures[0].Path != path {
		t.Errorf("pasted a path, shown %s", w.Pictures[0].Path)
	}
	b.err = errors.New("no clipboard today")
	w.copyShown()
	if !strings.Contains(w.message.Text, "no clipboard today") {
		t.Errorf("message %q", w.message.Text)
	}
}

// TestSession: a session's file opens the very view again, and its figure is
// the same to the byte.
func TestSession(t *testing.T) {
	w := open(t, inline, Options{})
	folder := t.TempDir()
	for i := range 3 {
		painted(t, folder, fmt.Sprintf("%d.png", i), uint8(40*i))
	}
	drop(w, folder)
	w.setRows(2)
	key(w, fyne.KeyRight)
	v := w.View
	v.Opacity, v.Contour, v.Shared = 0.4, 0.3, true
	w.setView(v)
	w.setClass("balloon")
	w.setWipe(0.25)
	w.comparison.Enlarge(2)
	w.tabs.SelectIndex(2)
	path := filepath.Join(t.TempDir(), "view"+sessionExtension)
	w.saveSession(w.comparison.Shown, path)
	figure := func(w *Window) []byte {
		data, err := export{product: &products[0]}.data(t.Context(), w.comparison.Shown)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	want, state := figure(w), []any{w.Album, w.View, w.Class, w.Wipe, w.comparison.Enlarged, w.tabs.SelectedIndex()}

	again := open(t, inline, Options{Pictures: []string{path}})
	if got := figure(again); !bytes.Equal(got, want) {
		t.Error("the figure of the reopened session differs")
	}
	now := []any{again.Album, again.View, again.Class, again.Wipe, again.comparison.Enlarged, again.tabs.SelectedIndex()}
	if got, want := fmt.Sprint(now...), fmt.Sprint(state...); got != want {
		t.Errorf("reopened as\n%s, want\n%s", got, want)
	}

	s, err := record.ReadSession(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*record.Session){
		"window": func(s *record.Session) { s.Window = json.RawMessage(`[]`) },
		"at": func(s *record.Session) {
			s.Window = json.RawMessage(`{"at": 99, "enlarged": 99, "wipe": 7, "tab": "none", "pages": {"scaling": [], "inside": 3}}`)
		},
		"at, with pages": func(s *record.Session) {
			s.Window = json.RawMessage(`{"at": 99, "enlarged": 99, "wipe": 7, "tab": "none", "pages": {"scaling": {}, "inside": {"network": 99, "keep": 99}}}`)
		},
	} {
		bad := *s
		spoil(&bad)
		data, err := json.Marshal(bad)
		if err != nil {
			t.Fatal(err)
		}
		spoilt := temp(t, "spoilt"+sessionExtension, data)
		drop(again, spoilt)
		if !again.Whole() {
			t.Errorf("%s: not whole", name)
		}
	}
	view := again.View
	for text, want := range map[string]string{
		`{"zoom": 3}`:                                      `the field "zoom" is none that this version of scalecam knows`,
		`{"pages": {"scaling": {"groups": 2}}}`:            `the field "groups" is none`,
		`{"pages": {"weather": {}}}`:                       `there is no page "weather"`,
		`{"pages": {"inside": {"keep": 1, "keep": 2}}}`:    `the field "keep" is there twice`,
		`{"pages": {"inside": {"network": "the second"}}}`: `the field network cannot be a string`,
	} {
		bad := *s
		bad.Settings.Opacity, bad.Window = 0.123, json.RawMessage(text)
		data, err := json.Marshal(bad)
		if err != nil {
			t.Fatal(err)
		}
		drop(again, temp(t, "unknown"+sessionExtension, data))
		if !again.banner.Visible() || !strings.Contains(again.message.Text, want) || again.View != view {
			t.Errorf("%s: message %q, opacity %v", text, again.message.Text, again.View.Opacity)
		}
	}
	drop(again, temp(t, "garbage"+sessionExtension, []byte("{")))
	if !again.banner.Visible() || !strings.Contains(again.message.Text, "holds no session") {
		t.Errorf("message %q", again.message.Text)
	}
}

// TestTook: each network is timed once, whatever the picture; what is stopped is
// timed another time.
func TestTook(t *testing.T) {
	var q queue
	w := open(t, q.Runner(), Options{})
	timed := map[*network.Model]int{}
	w.stopwatch = func(ctx context.Context, once map[*network.Model]time.Duration, _ *image.RGBA) (map[*network.Model]time.Duration, error) {
		took := map[*network.Model]time.Duration{}
		for m := range once {
			timed[m]++
			took[m] = 3 * time.Millisecond
		}
		return took, ctx.Err()
	}
	for !w.timing.Busy() {
		f := q[0]
		q = q[1:]
		f()
	}
	if text := head(w, 1); strings.Contains(text, " ms") {
		t.Errorf("not timed yet, the cell says %q", text)
	}
	w.turn(1)
	q.Run()
	clear(timed)
	w.turn(1)
	w.openNetworks(wanted{specs: small[:1]})
	q.Run()
	if len(w.Models) != 4 || len(timed) != 1 || timed[w.Models[3]] != 1 || w.timing.Busy() {
		t.Errorf("%d networks, timed %v", len(w.Models), timed)
	}
	for i := range w.Models {
		if text := head(w, 1+i); !strings.Contains(text, "3.0 ms") {
			t.Errorf("cell %d says %q", i, text)
		}
	}
}

// TestTookNot: where timing fails, the first run's time stands, and it is not
// tried for ever.
func TestTookNot(t *testing.T) {
	var q queue
	w := open(t, q.Runner(), Options{})
	tried := 0
	w.stopwatch = func(context.Context, map[*network.Model]time.Duration, *image.RGBA) (map[*network.Model]time.Duration, error) {
		if tried++; tried > 3 {
			t.Fatal("it is tried again and again")
		}
		return nil, errors.New("no clock")
	}
	q.Run()
	if tried != 1 || len(w.Took) != len(w.Models) || w.banner.Visible() {
		t.Errorf("tried %d times, %d networks timed, message %q", tried, len(w.Took), w.message.Text)
	}
}

// TestReplacing: networks that others are about to replace do not run on new
// pictures, unless the others cannot be opened.
func TestReplacing(t *testing.T) {
	var q queue
	w := open(t, q.Runner(), Options{})
	q.Run()
	before := w.Models
	replace := func(spec string) {
		w.openPictures([]string{painted(t, t.TempDir(), "new.png", 7)})
		w.openNetworks(wanted{specs: []string{spec}, replace: true})
		for len(q) > 0 {
			f := q[0]
			q = q[1:]
			f()
			if w.running.Busy() && w.loading.Busy() {
				t.Fatal("networks run though others are on their way")
			}
		}
	}
	replace(small[0])
	if len(w.Models) != 1 || !w.Whole() {
		t.Errorf("%d networks, whole %v", len(w.Models), w.Whole())
	}
	w.openNetworks(wanted{specs: small, replace: true})
	q.Run()
	w.open = models.Open
	replace("nowhere.safetensors")
	if len(w.Models) != len(before) || !w.Whole() || !w.banner.Visible() {
		t.Errorf("%d networks, whole %v, message %q", len(w.Models), w.Whole(), w.message.Text)
	}
}

// TestSaveDialog: a file that is there is overwritten only after the user said
// so, also where it is not the one named, and is whole until there is another.
func TestSaveDialog(t *testing.T) {
	w := open(t, inline, Options{})
	for _, c := range []struct {
		there, name, typed string
		extensions         []string
		asked              bool
		want               string
	}{
		{there: "a.png", name: "b.png", want: "b.png"},
		{there: "a.png", name: "a.png", asked: true, want: "a.png"},
		{there: "a.png", name: "b.png", typed: "a", asked: true, want: "a.png"},
		{there: "a.png", name: "b.png", typed: "c", want: "c.png"},
		{there: "a.json", name: "a.csv", extensions: []string{".csv", ".json"}, asked: true, want: "a.csv"},
		{there: "a.csv", name: "a.csv", typed: "a.json", extensions: []string{".csv", ".json"}, asked: true, want: "a.json"},
	} {
		for _, yes := range []bool{false, true} {
			folder := t.TempDir()
			w.folders[ofExports] = folder
			there := filepath.Join(folder, c.there)
			if err := os.WriteFile(there, []byte("precious"), 0o600); err != nil {
				t.Fatal(err)
			}
			chosen := ""
			w.askPath(c.name, func(path string) { chosen = path }, c.extensions...)
			if c.typed != "" {
				dialogPart[*kit.Entry](t, w, func(*kit.Entry) bool { return true }).SetText(c.typed)
			}
			button := func(text string) {
				t.Helper()
				test.Tap(dialogPart[*widget.Button](t, w, func(b *widget.Button) bool { return b.Text == text }))
			}
			button("Save")
			if c.asked {
				button(map[bool]string{true: "Yes", false: "No"}[yes])
			}
			want := filepath.Join(folder, c.want)
			if c.asked && !yes {
				want = ""
			}
			if chosen != want {
				t.Errorf("%+v, %v: chosen %q, want %q", c, yes, chosen, want)
			}
			if data, err := os.ReadFile(there); err != nil || string(data) != "precious" {
				t.Errorf("%+v: the file that was there holds %q, %v", c, data, err)
			}
			if again := w.covered(); again != (c.asked && !yes) {
				t.Errorf("%+v, %v: a dialog is open: %v", c, yes, again)
			} else if again { // with the name that was typed
				if got := dialogPart[*kit.Entry](t, w, func(*kit.Entry) bool { return true }).Text; got != c.want {
					t.Errorf("%+v: the dialog has the name %q", c, got)
				}
			}
			for w.covered() {
				key(w, fyne.KeyEscape)
			}
		}
	}
}

// part finds the first part of what is in sight that is of the type and right.
func part[T fyne.CanvasObject](t *testing.T, of fyne.CanvasObject, right func(T) bool) (found T) {
	t.Helper()
	for _, o := range test.LaidOutObjects(of) {
		if p, ok := o.(T); ok && right(p) {
			return p
		}
	}
	t.Fatal("there is no such part")
	return found
}

// look brings a page into sight.
func look(w *Window, name string) pages.Page {
	at := slices.IndexFunc(w.pages, func(p pages.Page) bool { return p.Name() == name })
	w.tabs.SelectIndex(1 + at)
	return w.pages[at]
}

// dialogPart is the first object of a kind in what lies over the window.
func dialogPart[T fyne.CanvasObject](t *testing.T, w *Window, is func(T) bool) T {
	t.Helper()
	return part(t, w.window.Canvas().Overlays().Top(), is)
}

// TestMemory: the view, size and recent files are there the next time.
func TestMemory(t *testing.T) {
	app := test.NewTempApp(t)
	start := func() *Window {
		w := newWindow(app, Options{Networks: small}, inline)
		w.Show()
		return w
	}
	w := start()
	path := painted(t, t.TempDir(), "mine.png", 5)
	drop(w, path)
	v := w.View
	v.Opacity, v.Grey = 0.3, true
	w.setView(v)
	w.window.Resize(fyne.NewSize(1100, 750))
	w.leave()
	w = start()
	defer w.window.Close()
	if w.View != v || w.comparison.Controls.Strength.Value != 30 {
		t.Errorf("the view is %+v, want %+v", w.View, v)
	}
	if got := w.lastSize(); got != fyne.NewSize(1100, 750) {
		t.Errorf("size %v", got)
	}
	if got := w.preferences().StringList(prefRecent); !slices.Equal(got, []string{path}) {
		t.Errorf("recent %q", got)
	}
	w.preferences().SetString(prefView, "garbage")
	if got, _ := w.lastView(); got != compare.DefaultView() {
		t.Errorf("of garbage: %+v", got)
	}
}

// TestLeaving: a window that is closed while it writes a file closes once the
// file is there.
func TestLeaving(t *testing.T) {
	var q queue
	w := open(t, q.Runner(), Options{})
	q.Run()
	path := filepath.Join(t.TempDir(), "figure.png")
	w.writeExport(w.comparison.Shown, export{product: &products[0]}, path)
	w.leave()
	if w.closed {
		t.Fatal("closed before the file was written")
	}
	q.Run()
	if _, err := os.Stat(path); err != nil || !w.closed {
		t.Errorf("closed %v, file: %v", w.closed, err)
	}
}

// TestLanguage: the window changes its language and keeps what it shows.
func TestLanguage(t *testing.T) {
	w := open(t, inline, Options{Class: "balloon"})
	t.Cleanup(func() {
		if err := speak.Use("en"); err != nil {
			t.Error(err)
		}
	})
	w.tabs.SelectIndex(3)
	w.setLanguage("ko")
	if got := w.tabs.Items[0].Text; got != "비교" || w.tabs.SelectedIndex() != 3 {
		t.Errorf("the first tab says %q, %d is chosen", got, w.tabs.SelectedIndex())
	}
	if !w.Whole() || !strings.Contains(w.comparison.Heading.Text, "열기구") || !strings.Contains(texts(w.comparison.Cells[1]), "설명할 클래스") {
		t.Errorf("heading %q, cell %q", w.comparison.Heading.Text, texts(w.comparison.Cells[1]))
	}
	w.setLanguage("en")
	if got := w.window.MainMenu().Items[0].Label; got != "File" {
		t.Errorf("the first menu is %q", got)
	}
}

// TestMostNetworks: no more networks than fit side by side.
func TestMostNetworks(t *testing.T) {
	w := open(t, inline, Options{})
	for range 3 {
		w.openNetworks(wanted{specs: small})
	}
	if len(w.Models) != desk.MostNetworks || !w.banner.Visible() || !w.Whole() {
		t.Errorf("%d networks, message %q", len(w.Models), w.message.Text)
	}
	for _, size := range []fyne.Size{{Width: 1024, Height: 700}, {Width: 3840, Height: 2160}} {
		w.window.Resize(size)
		for i, c := range w.comparison.Cells {
			if at := c.Frame.Position(); at.X+c.Frame.Size().Width > w.comparison.Sheet.Box.Size().Width+1 {
				t.Errorf("%v: cell %d ends at %v of %v", size, i, at.X+c.Frame.Size().Width, w.comparison.Sheet.Box.Size().Width)
			}
		}
	}
}

// TestSwapped: weights that are swapped on disk meanwhile change nothing that
// is shown until they are opened again.
func TestSwapped(t *testing.T) {
	w := open(t, inline, Options{})
	path := temp(t, "mine.safetensors", []byte("weights"))
	drop(w, path)
	before := w.comparison.Shown
	if err := os.WriteFile(path, []byte("others"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.openPictures([]string{sample(assets.Samples()[1])})
	if !w.Whole() || !slices.Equal(w.comparison.Shown.Models, before.Models) {
		t.Error("another picture is not shown to the networks that are there")
	}
	w.open = models.Open
	drop(w, path)
	if !w.banner.Visible() || !strings.Contains(w.message.Text, "mine.safetensors") || !w.Whole() {
		t.Errorf("opened again: %q", w.message.Text)
	}
}

// BenchmarkFrame is what the UI goroutine does for the next frame when opacity,
// colour scale or class have changed: five cells at 1920×1080.
func BenchmarkFrame(b *testing.B) {
	app := test.NewApp()
	defer app.Quit()
	var q queue
	w := newWindow(app, Options{}, q.Runner())
	w.window.Resize(fyne.NewSize(1920, 1080))
	w.Show()
	q.Run()
	if len(w.comparison.Cells) != 6 || !w.Whole() {
		b.Fatalf("%d cells, whole %v", len(w.comparison.Cells), w.Whole())
	}
	classes := w.Models[0].Classes
	changes := map[string]func(i int){
		"opacity": func(i int) { v := w.View; v.Opacity = 0.3 + 0.1*float64(i%5); w.setView(v) },
		"colours": func(int) { w.nextColours() },
		"zoom": func(i int) {
			f := w.comparison.Cells[1].Frame
			w.comparison.Sheet.Control = func() bool { return true }
			wheel(w, f, fyne.NewPos(f.Size().Width/3, f.Size().Height/2), float32(1-2*(i/8%2)))
		},
		"class": func(i int) { w.setClass(classes[i%len(classes)]) },
	}
	for name, change := range changes {
		b.Run(name, func(b *testing.B) {
			var slowest time.Duration
			for i := range b.N {
				start := time.Now()
				change(i)
				took := time.Since(start)
				b.StopTimer()
				work := q // the background's
				q = nil
				var shows []func()
				do := w.tasks.Run.Do
				w.tasks.Run.Do = func(f func()) { shows = append(shows, f) }
				for _, f := range work {
					f()
				}
				w.tasks.Run.Do = do
				b.StartTimer()
				start = time.Now()
				for _, f := range shows {
					f()
				}
				slowest = max(slowest, took+time.Since(start))
				b.StopTimer()
				q.Run()
				b.StartTimer()
			}
			b.ReportMetric(float64(slowest.Microseconds())/1000, "ms-slowest")
		})
	}
}

// TestAddToCompare: a network that a page adds is shown beside the others, and comes
// with those that are on their way.
func TestAddToCompare(t *testing.T) {
	var q queue
	w := open(t, q.Runner(), Options{})
	look(w, "scaling")
	const spec = "random:efficientnet-64,d=1,w=0.5,r=64"
	host{w}.Add(spec, models.Settings{"classes": strings.Join(scenes.Classes(), "\n")})
	q.Run()
	if w.tabs.SelectedIndex() != 0 || len(w.Models) != len(small)+1 || !w.Whole() {
		t.Fatalf("tab %d, %d networks", w.tabs.SelectedIndex(), len(w.Models))
	}
	if m := w.Models[len(small)]; m.Spec != spec || m.Trained {
		t.Errorf("added %s, trained %v", m.Spec, m.Trained)
	}
	if got := head(w, len(w.comparison.Heads)-1); !strings.Contains(got, speak.Say("note.untrained")) {
		t.Errorf("the cell says %q, not that it is untrained", got)
	}
}

// TestThumbsInBackground: no thumb is scaled on the UI goroutine, which takes 97 ms of
// 24 megapixels, though the picture is open.
func TestThumbsInBackground(t *testing.T) {
	var q queue
	w := open(t, q.Runner(), Options{})
	path := w.Sought.Sources[w.Sought.At]
	for len(w.Pictures) == 0 {
		f := q[0]
		q = q[1:]
		f()
	}
	if _, made := w.comparison.Strip.Thumbs.Of(path); made || !w.comparison.Strip.Thumbs.Making() {
		t.Errorf("made at once: %v, being made: %v", made, w.comparison.Strip.Thumbs.Making())
	}
	q.Run()
	if small, _ := w.comparison.Strip.Thumbs.Of(path); small == nil {
		t.Error("the thumb does not come")
	}
}
