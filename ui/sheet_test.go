package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/compare"
	"scalecam/dataset/scenes"
	"scalecam/network/models"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/speak"
)

// TestFold: in a narrow window the controls fold away behind a button, and the window can
// be that narrow.
func TestFold(t *testing.T) {
	w := open(t, inline, Options{})
	shown := func() bool { return w.comparison.Beside() }
	for _, c := range []struct {
		width          float32
		beside, button bool
	}{{1280, true, false}, {640, false, true}, {2560, true, false}} {
		w.window.Resize(fyne.NewSize(c.width, 700))
		if got := shown(); got != c.beside || w.comparison.Fold().Visible() != c.button {
			t.Errorf("at %v: controls beside %v, the button %v", c.width, got, w.comparison.Fold().Visible())
		}
	}
	w.window.Resize(fyne.NewSize(640, 700))
	if least := w.window.Content().MinSize(); least.Width > 640 || least.Height > 640 {
		t.Errorf("the window takes %v at least", least)
	}
	w.comparison.Fold().OnTapped()
	if !shown() {
		t.Error("the button brings no controls")
	}
	w.comparison.Fold().OnTapped()
	if shown() {
		t.Error("the button does not fold them away again")
	}
}

// TestHeadsStay: while several rows are scrolled, heads and the pictures stay in sight.
func TestHeadsStay(t *testing.T) {
	w := open(t, inline, Options{})
	w.openAlbum(desk.Album{Sources: desk.SamplePaths(), At: 4, Rows: 4})
	w.window.Resize(fyne.NewSize(640, 700))
	s := w.comparison.Sheet
	if s.Box.Size().Width <= s.Scroll.Size().Width || s.Box.Size().Height <= s.Scroll.Size().Height {
		t.Fatalf("%v is all in sight in %v", s.Box.Size(), s.Scroll.Size())
	}
	if f := w.comparison.Cells[1].Frame.Size(); f.Width < 140 {
		t.Errorf("frames of %v", f)
	}
	s.Scroll.ScrollToOffset(fyne.NewPos(60, 90))
	off := s.Scroll.Offset
	if off.X == 0 || off.Y == 0 {
		t.Fatalf("scrolled to %v", off)
	}
	for i, h := range w.comparison.Heads {
		if at := h.Box.Position(); at.Y != off.Y || i == 0 && at.X != off.X {
			t.Errorf("head %d is at %v", i, at)
		}
	}
	for i, c := range w.comparison.Cells {
		if at := c.Frame.Position(); i%4 == 0 && at.X != off.X || i%4 > 0 && at.X == off.X {
			t.Errorf("cell %d is at %v", i, at)
		}
	}
}

// TestRowPicked: title, classes offered and Inside are about the picture that was clicked,
// or of which a cell is enlarged, and say so.
func TestRowPicked(t *testing.T) {
	w := open(t, inline, Options{Networks: models.Pack("scenes")})
	w.preset, w.open = models.Pack("scenes"), models.Open
	w.openNetworks(wanted{specs: w.preset, replace: true, builtIn: true})
	w.openAlbum(desk.Album{Sources: []string{scenes.Path(35), scenes.Path(86)}, Rows: 2})
	columns := w.Columns()
	for i, class := range []string{"windmill", "taxi"} {
		if got := texts(w.comparison.Cells[i*columns]); !strings.Contains(got, "explains “"+class+"”\n(what it shows)") {
			t.Errorf("row %d says %q", i, got)
		}
	}
	about := func(path, class string, row int) {
		t.Helper()
		if got := w.comparison.Heading.Text; !strings.HasPrefix(got, path+": ") || !strings.Contains(got, class) || w.comparison.Row() != row || (host{w}).Row() != row {
			t.Errorf("the title is %q, of row %d", got, w.comparison.Row())
		}
	}
	about("scene:35", "windmill", 0)
	first := w.comparison.Chips()[1][0].Text
	w.comparison.Cells[columns].Words.Tapped(nil)
	about("scene:86", "taxi", 1)
	if second := w.comparison.Chips()[1][0].Text; second == first {
		t.Errorf("classes offered stay %q", first)
	}
	w.comparison.Enlarge(2)
	about("scene:35", "windmill", 0)
	if voice := w.comparison.Voice(); voice != 1 {
		t.Errorf("enlarged, network %d is asked", voice)
	}
	w.comparison.Enlarge(2)
	w.comparison.Pick(1)
	look(w, "inside")
	if got := writing(w); !strings.Contains(got, "taxi") {
		t.Errorf("Inside is of another picture than %s: %q", w.Pictures[1].Path, got)
	}
}

// TestVerdicts: what is right or wrong is said where that is known, never of a class that
// somebody chose, and of what is not known whether it is the class explained.
func TestVerdicts(t *testing.T) {
	w := open(t, inline, Options{})
	w.preset, w.open = models.Pack("scenes"), models.Open
	w.openNetworks(wanted{specs: w.preset, replace: true, builtIn: true})
	w.openAlbum(desk.Album{Sources: []string{scenes.Path(35)}, Rows: 1})
	c := w.comparison.Shown.Comparison
	wrongs := 0
	for i := range w.Models {
		got, want := texts(w.comparison.Cells[1+i]), speak.Say("cell.right")
		if c.Verdict(0, i) == compare.Wrong {
			want = "wrong: shows “windmill”"
			wrongs++
		}
		if c.Verdict(0, i) == compare.Unknown || !strings.Contains(got, want) {
			t.Errorf("network %d says %q, want %q", i, got, want)
		}
	}
	if wrongs == 0 || wrongs == len(w.Models) {
		t.Errorf("%d of %d are wrong, of which nothing can be learnt", wrongs, len(w.Models))
	}
	w.openAlbum(desk.Album{Sources: []string{desk.SamplePaths()[0]}, Rows: 1})
	w.setClass(w.Models[0].Classes[w.comparison.Shown.Comparison.Rows[0].Cells[0].Top[0].Class])
	for i, cell := range w.comparison.Shown.Comparison.Rows[0].Cells {
		lines := w.comparison.Shown.Cells[1+i].Lines
		for _, l := range lines {
			if l.Colour == theme.ColorNameSuccess {
				t.Errorf("network %d is praised: %q", i, l.Text)
			}
		}
		if agrees := cell.Top[0].Class == cell.Class; agrees == strings.HasPrefix(lines[0].Text, "≠ ") {
			t.Errorf("network %d agrees %v and says %q", i, agrees, lines[0].Text)
		}
	}
}

// TestVoice: the classes offered name the network whose percentages they have, and another
// can be asked.
func TestVoice(t *testing.T) {
	w := open(t, inline, Options{})
	for i, m := range w.Models {
		part(t, w.comparison.Content(), func(b *widget.Button) bool {
			return b.Text == speak.Say("chip.of", kit.Cut(speak.Network(w.Models[w.comparison.Voice()].Name), 18))
		}).OnTapped()
		choose(t, w, speak.Network(m.Name))
		top := w.comparison.Shown.Comparison.Rows[0].Cells[w.comparison.Voice()].Top
		if got := w.comparison.Chips()[1][0].Text; !strings.HasPrefix(got, m.Classes[top[0].Class]+", ") {
			t.Errorf("asked network %d, %q is offered", i, got)
		}
	}
}

// TestObject: a scene's true object is outlined on request, one step of the history, and
// each map's pointing, energy and IoU stand beneath it.
func TestObject(t *testing.T) {
	w := open(t, inline, Options{})
	w.preset, w.open = models.Pack("scenes"), models.Open
	w.openNetworks(wanted{specs: w.preset, replace: true, builtIn: true})
	if w.openAlbum(desk.Album{Sources: []string{desk.SamplePaths()[0]}, Rows: 1}); !w.comparison.Controls.Object.Disabled() {
		t.Error("an outline is offered of a picture whose object nobody has marked")
	}
	w.openAlbum(desk.Album{Sources: []string{scenes.Path(4)}, Rows: 1})
	before := w.comparison.Shown.Cells[0].Image
	w.window.Canvas().OnTypedRune()('t')
	if !w.View.Object || slices.Equal(before.Pix, w.comparison.Shown.Cells[0].Image.Pix) {
		t.Error("nothing is outlined")
	}
	c := w.comparison.Shown.Comparison
	for i := range w.Models {
		found, ok := c.Found(0, i, w.View)
		if want := fmt.Sprintf("energy %.0f%%, IoU %.2f", 100*found.Energy, found.IoU); !ok || !strings.Contains(texts(w.comparison.Cells[1+i]), want) {
			t.Errorf("network %d says %q, want %q", i, texts(w.comparison.Cells[1+i]), want)
		}
	}
	if w.Undo(); w.View.Object || strings.Contains(texts(w.comparison.Cells[1]), "IoU") {
		t.Error("undone, it is still there")
	}
}

// TestColumnNames: networks called alike are told apart by their folders; one can be called
// otherwise, which is undone, kept in a session, and drawn in the figure, and no network
// runs for that.
func TestColumnNames(t *testing.T) {
	w := open(t, inline, Options{})
	w.open = models.Open
	file := filepath.Join(t.TempDir(), "weights.safetensors")
	data, err := os.ReadFile(filepath.Join("..", "assets", "packs", "scenes", "baseline.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, folder := range []string{"one", "two"} {
		path := filepath.Join(filepath.Dir(file), folder, "best.safetensors")
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	drop(w, paths...)
	names := func() string {
		var all []string
		for _, h := range w.comparison.Heads[1:] {
			all = append(all, h.Words.Name)
		}
		return strings.Join(all, " ")
	}
	if got := names(); got != "one/best two/best" {
		t.Fatalf("they are called %s", got)
	}
	ran := w.Results[desk.Pair{Picture: w.Pictures[0], Model: w.Models[1]}].Activations
	w.comparison.Heads[2].Words.TappedSecondary(&fyne.PointEvent{})
	choose(t, w, speak.Say("cell.rename"))
	entry := part(t, w.window.Canvas().Overlays().Top(), func(*kit.SearchEntry) bool { return true })
	if got := entry.SelectedText(); got != entry.Text || got == "" {
		t.Errorf("of the name, %q is selected, which what is typed takes the place of; want %q", got, entry.Text)
	}
	entry.SetText("fine-tuned")
	part(t, w.window.Canvas().Overlays().Top(), func(b *widget.Button) bool { return b.Text == speak.Say("rename.do") }).OnTapped()
	if got := names(); got != "best fine-tuned" || w.Results[desk.Pair{Picture: w.Pictures[0], Model: w.Models[1]}].Activations != ran || compare.Title(w.comparison.Shown.Comparison.Models[1]) != "fine-tuned" {
		t.Errorf("renamed, they are called %s", got)
	}
	session := filepath.Join(t.TempDir(), "a.scalecam")
	w.saveSession(w.comparison.Shown, session)
	if w.Undo(); names() != "one/best two/best" {
		t.Errorf("undone, they are called %s", names())
	}
	if w.Redo(); names() != "best fine-tuned" {
		t.Errorf("done again, they are called %s", names())
	}
	w.Reset()
	if w.openSession(session); names() != "best fine-tuned" {
		t.Errorf("reopened, they are called %s", names())
	}
}

// TestTold: what is cut off is told whole while the pointer rests on it.
func TestTold(t *testing.T) {
	w := open(t, inline, Options{})
	long := strings.Repeat("a long name ", 6)
	w.rename(0, long)
	h := w.comparison.Heads[1]
	h.Words.MouseIn(&desktop.MouseEvent{})
	kit.Rest(h.Words)
	if got := kit.Told(h.Words); !strings.Contains(got, strings.TrimSpace(long)) {
		t.Errorf("told %q", got)
	}
	if h.Words.MouseOut(); kit.Told(h.Words) != "" {
		t.Errorf("left, it is still told %q", kit.Told(h.Words))
	}
	h.Words.MouseIn(&desktop.MouseEvent{})
	kit.Rest(h.Words)
	if h.Words.TappedSecondary(&fyne.PointEvent{}); kit.Told(h.Words) != "" {
		t.Errorf("beneath the menu it is still told %q", kit.Told(h.Words))
	}
}
