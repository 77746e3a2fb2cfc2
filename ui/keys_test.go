package ui

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"scalecam/dataset/scenes"
	"scalecam/filedialog"
	"scalecam/network"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	comparing "scalecam/ui/pages/compare"
	"scalecam/ui/speak"
	"scalecam/wording"
)

// TestKeysComeBack: whatever was pressed, the keys are the window's afterwards.
func TestKeysComeBack(t *testing.T) {
	w := open(t, inline, Options{Class: "balloon"})
	for at := range w.tabs.Items {
		w.tabs.SelectIndex(at)
		pressed := 0
		for _, o := range test.LaidOutObjects(w.tabs.Items[at].Content) {
			if !o.Visible() || o.Size().IsZero() {
				continue
			}
			middle := &fyne.PointEvent{Position: fyne.NewPos(o.Size().Width/2, o.Size().Height/2)}
			switch o := o.(type) {
			case *kit.Slider:
				o.Tapped(middle)
				o.Dragged(&fyne.DragEvent{PointEvent: *middle})
				o.DragEnd()
			case *kit.Check:
				o.Tapped(middle)
			case *kit.Select:
				o.Tapped(middle)
				key(w, fyne.KeyEscape)
			case *kit.Entry:
				w.window.Canvas().Focus(o)
				o.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
			case *widget.Button, *kit.Button: // a click does not give it the keys
				continue
			default:
				if _, ok := o.(fyne.Focusable); !ok {
					continue
				}
				if tapped, ok := o.(fyne.Tappable); ok { // of a group
					tapped.Tapped(middle)
				}
			}
			pressed++
			if f := w.window.Canvas().Focused(); f != nil {
				t.Errorf("tab %d: after %T was pressed, %T has the keys", at, o, f)
				w.window.Canvas().Unfocus()
			}
		}
		if pressed == 0 {
			t.Errorf("tab %d: there was nothing to press", at)
		}
	}
}

// TestKeysHandedOn: a control that Tab came to has the keys that it knows; the window
// has all others.
func TestKeysHandedOn(t *testing.T) {
	w := open(t, inline, Options{Class: "balloon"})
	c := w.comparison.Controls
	for _, f := range []fyne.Focusable{c.Shared, c.Strength.Slider, c.Colours, c.Packs} {
		grid := w.View.Interpolation
		w.window.Canvas().Focus(f)
		f.TypedRune('g')
		if w.View.Interpolation == grid {
			t.Errorf("%T keeps g to itself", f)
		}
		if w.window.Canvas().Focused() != f {
			t.Errorf("%T lost the keys", f)
		}
	}
	strength := w.View.Opacity
	c.Strength.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
	if w.View.Opacity >= strength {
		t.Error("the slider does not know its own key")
	}
	shared := w.View.Shared
	c.Shared.TypedRune(' ')
	if w.View.Shared == shared {
		t.Error("the checkbox does not know its own key")
	}
	at := w.At
	c.Shared.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	if w.At == at {
		t.Error("the checkbox keeps an arrow to itself")
	}
}

// TestControls: pages have the kit's controls, which give the keys back.
func TestControls(t *testing.T) {
	files, err := filepath.Glob("pages/*/*.go")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	theirs := regexp.MustCompile(`widget\.New(Check|Select|Slider|RadioGroup|List|Entry)\(`)
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if found := theirs.Find(data); found != nil && !strings.HasSuffix(name, "_test.go") {
			t.Errorf("%s has %s…); kit has one that gives the keys back to the window", name, found)
		}
	}
}

// TestRedoAgain: Ctrl+Shift+Z does what Ctrl+Y does, in an entry, too.
func TestRedoAgain(t *testing.T) {
	w := open(t, inline, Options{Class: "balloon"})
	w.setClass("hen")
	w.Undo()
	again := &desktop.CustomShortcut{KeyName: fyne.KeyZ, Modifier: fyne.KeyModifierControl | fyne.KeyModifierShift}
	if own := w.command("redo").again; own.ShortcutName() != again.ShortcutName() {
		t.Errorf("it is %s", own.ShortcutName())
	}
	w.do(w.command("redo"))
	if w.Class != "hen" {
		t.Errorf("the class is %q", w.Class)
	}
	e := kit.NewEntry()
	e.SetText("a")
	test.Type(e, "b")
	e.TypedShortcut(&fyne.ShortcutUndo{})
	undone := e.Text
	e.TypedShortcut(again)
	if undone == e.Text || !strings.Contains(e.Text, "b") {
		t.Errorf("the entry says %q, and undone %q", e.Text, undone)
	}
}

// TestEscapeDialogs: Escape closes each dialog, wherever in it the keys are.
func TestEscapeDialogs(t *testing.T) {
	w := open(t, inline, Options{Class: "balloon"})
	for name, show := range map[string]func(){
		"open": w.showOpen, "add": w.showAdd, "session": w.showOpenSession, "folder": w.showFolder, "save": w.showSaveSession,
		"export": w.showExport, "keys": w.showShortcuts, "about": w.showAbout, "code": func() { press(w, "p") }, "class": w.showClasses, "against": w.showAgainst,
		"own": func() { host{w}.Over(dialog.NewCustom("", "", kit.NewEntry(), w.window)) },
	} {
		show()
		if !w.covered() {
			t.Errorf("%s: nothing is open", name)
			continue
		}
		all := within(w)
		w.escape()
		for i := range all {
			show()
			all = within(w)
			if tapped, ok := all[i].(fyne.Tappable); ok {
				tapped.Tapped(&fyne.PointEvent{})
			} else {
				w.window.Canvas().Focus(all[i])
			}
			if f := w.window.Canvas().Focused(); f != nil {
				f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
			} else {
				key(w, fyne.KeyEscape)
			}
			if _, list := all[i].(*kit.Select); list { // which was open itself
				key(w, fyne.KeyEscape)
			}
			if w.covered() {
				t.Errorf("%s: Escape with the keys in %T leaves it open", name, all[i])
				w.window.Canvas().Unfocus()
				w.escape()
			}
		}
		if f := w.window.Canvas().Focused(); f != nil {
			t.Errorf("%s: closed, %T has the keys", name, f)
		}
	}
	if w.comparison.Enlarged != comparing.None {
		t.Error("a cell was enlarged")
	}
}

// within are the parts of a dialog that may have the keys once they were pressed, but
// for Fyne's own lists of files, which take none by a click.
func within(w *Window) (all []fyne.Focusable) {
	for _, o := range test.LaidOutObjects(w.window.Canvas().Overlays().Top()) {
		switch o.(type) {
		case *widget.Button, *kit.Button, *widget.List, *widget.GridWrap:
			continue
		}
		if f, ok := o.(fyne.Focusable); ok && o.Visible() {
			all = append(all, f)
		}
	}
	return all
}

// system are dialogs that answer with a path, or fail.
type system struct {
	path  string
	err   error
	asked []filedialog.Asked
	how   []string
}

func (s *system) answer(how string, a filedialog.Asked) (string, error) {
	s.asked, s.how = append(s.asked, a), append(s.how, how)
	return s.path, s.err
}

func (s *system) Open(_ context.Context, a filedialog.Asked) (string, error) {
	return s.answer("open", a)
}

func (s *system) OpenMany(_ context.Context, a filedialog.Asked) ([]string, error) {
	path, err := s.answer("open many", a)
	return slices.DeleteFunc([]string{path}, func(p string) bool { return p == "" }), err
}

func (s *system) Folder(_ context.Context, a filedialog.Asked) (string, error) {
	return s.answer("folder", a)
}

func (s *system) Save(_ context.Context, a filedialog.Asked) (string, error) {
	return s.answer("save", a)
}

// TestSystemDialogs: the system's own dialogs are asked first, each in the folder of
// its kind; of what they have asked about nobody asks again.
func TestSystemDialogs(t *testing.T) {
	s := &system{}
	w := open(t, inline, Options{Dialogs: s})
	last := func() filedialog.Asked { return s.asked[len(s.asked)-1] }
	folder, weights, exports := t.TempDir(), t.TempDir(), t.TempDir()

	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home) // Windows'
	w.showOpen()                  // and dismissed
	if last().Folder != home {
		t.Errorf("where nothing was chosen yet, it begins in %q, want %q", last().Folder, home)
	}
	if len(s.how) != 1 || s.how[0] != "open" || w.covered() || w.banner.Visible() {
		t.Errorf("asked %v, message %q", s.how, w.message.Text)
	}
	s.path = painted(t, folder, "mine.png", 7)
	w.showOpen()
	if w.Pictures[0].Path != s.path || w.folders[ofPictures] != folder {
		t.Errorf("shown is %s, the folder %s", w.Pictures[0].Path, w.folders[ofPictures])
	}
	if a := last(); a.Title != "Open a picture" || len(a.Extensions) == 0 || a.Kind == "" || a.All == "" {
		t.Errorf("asked for %+v", a)
	}
	s.path = filepath.Join(weights, "mine.pth")
	if err := os.WriteFile(s.path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	w.showAdd()
	if last().Folder != folder || w.folders[ofWeights] != weights {
		t.Errorf("began in %s, the folder of weights is %s now", last().Folder, w.folders[ofWeights])
	}
	for _, ending := range []string{".safetensors", ".pth", ".pt", ".onnx", ".pt2"} {
		if !slices.Contains(last().Extensions, ending) {
			t.Errorf("weights are of %v, without %s", last().Extensions, ending)
		}
	}
	s.path = ""
	w.showAdd()
	if last().Folder != weights {
		t.Errorf("weights are looked for in %s, want %s", last().Folder, weights)
	}
	s.path = folder
	w.showFolder()
	if s.how[len(s.how)-1] != "folder" || w.folders[ofPictures] != folder {
		t.Errorf("asked by %v, the folder %s", s.how, w.folders[ofPictures])
	}

	s.path = filepath.Join(exports, "a.csv")
	for _, name := range []string{"a.csv", "a.json"} {
		if err := os.WriteFile(filepath.Join(exports, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	chosen := ""
	take := func(path string) { chosen = path }
	w.askPath("a.csv", take) // which the dialog itself has asked about
	if chosen != s.path || w.covered() || last().Name != "a.csv" {
		t.Errorf("chosen %q, covered %v, asked for %+v", chosen, w.covered(), last())
	}
	chosen = ""
	w.askPath("a.csv", take, ".csv", ".json") // of the other it has not
	if chosen != "" || !w.covered() {
		t.Errorf("chosen %q, though a.json is there", chosen)
	}
	test.Tap(dialogPart[*widget.Button](t, w, func(b *widget.Button) bool { return b.Text == "Yes" }))
	if chosen != s.path || last().Folder != exports {
		t.Errorf("chosen %q, asked for %+v", chosen, last())
	}
	s.path, chosen = filepath.Join(exports, "a"), ""
	w.askPath("b.csv", take) // a name that it has not seen
	if chosen != "" || !w.covered() {
		t.Errorf("chosen %q, though a.csv is there", chosen)
	}
	w.escape()

	s.err = filedialog.ErrNone
	w.showOpen()
	if w.dialog == nil || w.banner.Visible() {
		t.Error("where the system has none, the window shows none either")
	}
	w.escape()
	asked := len(s.asked)
	w.showAdd()
	if len(s.asked) != asked || w.dialog == nil {
		t.Error("a system without dialogs is asked again")
	}
	w.escape()

	w.leave()
	again := openIn(t, fyne.CurrentApp(), inline, Options{})
	for k, want := range map[kind]string{ofPictures: folder, ofWeights: weights, ofExports: exports} {
		if again.folders[k] != want {
			t.Errorf("the next time, the folder of %s is %q, want %q", k, again.folders[k], want)
		}
	}
	for _, k := range kinds {
		if k != ofExports && speak.Say("choose."+string(k)) == "" {
			t.Errorf("%s have no title", k)
		}
	}
}

// TestSystemDialogOpen: while the system's dialog is open there is no other, and a
// window that is closed takes it away.
func TestSystemDialogOpen(t *testing.T) {
	var q queue
	w := open(t, q.Runner(), Options{})
	q.Run()
	var ctx context.Context
	w.dialogs = &waiting{&ctx}
	w.showOpen()
	w.showOpen()
	w.showAdd()
	if len(q) != 1 || w.covered() {
		t.Fatalf("%d dialogs are open", len(q))
	}
	w.window.Close()
	q.Run()
	if ctx.Err() == nil {
		t.Error("it stays open")
	}
}

type waiting struct{ ctx *context.Context }

func (d *waiting) Open(ctx context.Context, _ filedialog.Asked) (string, error) {
	*d.ctx = ctx
	return "", nil
}

func (d *waiting) OpenMany(ctx context.Context, a filedialog.Asked) ([]string, error) {
	_, err := d.Open(ctx, a)
	return nil, err
}

func (d *waiting) Folder(ctx context.Context, a filedialog.Asked) (string, error) {
	return d.Open(ctx, a)
}

func (d *waiting) Save(ctx context.Context, a filedialog.Asked) (string, error) {
	return d.Open(ctx, a)
}

// writeScene writes a drawn scene as a file, and gives its path.
func writeScene(t *testing.T, folder string, n int) string {
	t.Helper()
	path := filepath.Join(folder, fmt.Sprintf("scene-%d.png", n))
	var data bytes.Buffer
	if err := png.Encode(&data, scenes.Draw(1, n, 96).Image); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestKeepPages: Ctrl+C and Ctrl+S act on the page in sight: a picture of it, and data.
func TestKeepPages(t *testing.T) {
	folder := t.TempDir()
	board := &board{}
	s := &system{}
	w := open(t, inline, Options{Class: "balloon", Clipboard: board, Dialogs: s})
	for at, p := range w.pages {
		w.tabs.SelectIndex(at + 1)
		from, ok := p.(pages.Exporter)
		if !ok {
			if p.Name() != "learn" { // where networks are saved
				t.Errorf("nothing of %s can be kept", p.Name())
			}
			continue
		}
		board.png = nil
		if begin := map[string]func(){ // of which there is nothing before
			"erase": func() { host{w}.SetErased("erase", regions(30, 30, 60, 60)) },
			"teach": func() {
				host{w}.SetLesson("class.open", "", desk.Lesson{Classes: []desk.LessonClass{
					{Name: "a", Pictures: []string{writeScene(t, folder, 1)}}, {Name: "b", Pictures: []string{writeScene(t, folder, 2)}}}})
			},
		}[p.Name()]; begin != nil {
			w.do(w.command("copy"))
			if board.png != nil || w.rest.Text != speak.Say("export.nothing") {
				t.Errorf("%s: nothing is there, and %d bytes copied: %q", p.Name(), len(board.png), w.rest.Text)
			}
			begin()
		}
		w.do(w.command("copy"))
		img, err := png.Decode(bytes.NewReader(board.png))
		if err != nil || w.banner.Visible() {
			t.Fatalf("%s: copied is no picture: %v, %q", p.Name(), err, w.message.Text)
		}
		if size := img.Bounds().Size(); size.X < 600 || size.Y < 300 {
			t.Errorf("%s: a picture of %v", p.Name(), size)
		}
		if dir := os.Getenv("SCALECAM_SHOW"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, p.Name()+".png"), board.png, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		extensions := map[string]bool{}
		for i, product := range from.Products() {
			extension := filepath.Ext(product.Name)
			extensions[extension] = true
			s.path = filepath.Join(folder, product.Name)
			w.do(w.command("export"))
			dialogPart(t, w, func(*widget.RadioGroup) bool { return true }).SetSelected(product.Title)
			test.Tap(dialogPart(t, w, func(b *widget.Button) bool { return b.Text == speak.Say("export.save") }))
			data, err := os.ReadFile(s.path)
			if err != nil || len(data) < 100 || s.asked[len(s.asked)-1].Name != product.Name || w.covered() {
				t.Errorf("%s, product %d: %d bytes, %v, asked for %q", p.Name(), i, len(data), err, s.asked[len(s.asked)-1].Name)
			}
			if lines := strings.Count(string(data), "\n"); !product.Picture && lines < 3 {
				t.Errorf("%s, %s: %d lines", p.Name(), product.Title, lines)
			}
		}
		if len(extensions) < 2 || !extensions[".png"] {
			t.Errorf("%s: kept as %v", p.Name(), extensions)
		}
	}
	w.tabs.SelectIndex(0)
	w.do(w.command("export"))
	if w.exporting == nil {
		t.Error("the comparison cannot be exported")
	}
	w.escape()
}

// TestRemembered: weights files that were opened are listed the next time, and not
// opened; recent files are those that opened; page and size of texts are as they were.
func TestRemembered(t *testing.T) {
	app := test.NewTempApp(t)
	w := openIn(t, app, inline, Options{})
	kept, gone := temp(t, "kept.pth", []byte("weights")), temp(t, "gone.pth", []byte("weights"))
	picture, broken := painted(t, t.TempDir(), "mine.png", 7), temp(t, "broken.png", []byte("none"))
	drop(w, kept)
	drop(w, gone)
	drop(w, filepath.Join(t.TempDir(), "never.pth"))
	drop(w, picture)
	drop(w, broken)
	drop(w, filepath.Join(t.TempDir(), "never.png"))
	if got := w.weights(); !slices.Equal(got, []string{gone, kept}) {
		t.Errorf("weights files %q", got)
	}
	if got := w.recent(); !slices.Equal(got, []string{picture}) {
		t.Errorf("recent files %q", got)
	}
	w.tabs.SelectIndex(3)
	w.setTextSize(150)
	if got, want := theme.TextSize(), 1.5*theme.DefaultTheme().Size(theme.SizeNameText); got != want {
		t.Errorf("texts of %v, want %v", got, want)
	}
	w.leave()
	for _, path := range []string{gone, picture} {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}

	w = openIn(t, app, inline, Options{})
	if len(w.Models) != len(small) || w.tabs.SelectedIndex() != 3 || w.textSize() != 150 || w.history.Last() != nil {
		t.Errorf("%d networks, page %d, texts of %d%%", len(w.Models), w.tabs.SelectedIndex(), w.textSize())
	}
	items := w.weightsItems()
	if len(items) != 2 || !strings.Contains(items[0].Label, "not there") || !items[0].ChildMenu.Items[0].Disabled || items[1].Label != "kept.pth" || items[1].ChildMenu.Items[0].Disabled {
		t.Fatalf("the list: %+v", items)
	}
	items[0].ChildMenu.Items[1].Action()
	packs := w.comparison.Controls.Packs
	if offered := packs.Options[len(packs.Options)-1]; offered != "add kept.pth" || strings.Contains(strings.Join(packs.Options, " "), "gone") {
		t.Errorf("offered are %q", packs.Options)
	}
	packs.SetSelectedIndex(len(packs.Options) - 1)
	if got := w.weights(); !slices.Equal(got, []string{kept}) {
		t.Errorf("weights files %q", got)
	}
	if !slices.ContainsFunc(w.Models, func(m *network.Model) bool { return m.Spec == kept }) {
		t.Error("the file was not added")
	}
	w.openPaths([]string{picture}) // from the menu, and gone
	if got := w.recent(); len(got) > 0 {
		t.Errorf("recent files %q", got)
	}
}

// TestLargeTexts: in a window of 1280×800, the largest texts find room.
func TestLargeTexts(t *testing.T) {
	for _, language := range wording.Languages {
		w := open(t, inline, Options{Networks: small[:2]})
		t.Cleanup(func() {
			if err := speak.Use("en"); err != nil {
				t.Error(err)
			}
		})
		w.setLanguage(language)
		w.setTextSize(kit.TextSizes[len(kit.TextSizes)-1])
		for i, tab := range w.tabs.Items {
			w.tabs.SelectIndex(i)
			if least := tab.Content.MinSize(); least.Width > 1280-8 || least.Height > 800-180 { // menu, tabs and status beside
				t.Errorf("%s, %s: takes %v at least", language, tab.Text, least)
			}
		}
		if least := w.window.Content().MinSize(); least.Width > 1280 || least.Height > 800-40 {
			t.Errorf("%s: takes %v at least", language, least)
		}
		w.setTextSize(100)
	}
}

// TestScrolls: what moves up and down holds nothing that moves by itself. Fyne clips what a
// click meets, and what tests draw, by the inner one of two scrolls alone: what the outer one
// had moved out of sight would be clicked on in the place of what is seen there.
func TestScrolls(t *testing.T) {
	w := open(t, inline, Options{})
	for at := range w.tabs.Items {
		w.tabs.SelectIndex(at)
		all := test.LaidOutObjects(w.tabs.Items[at].Content)
		for _, o := range all {
			if tabs, ok := o.(*container.AppTabs); ok {
				for i := range tabs.Items {
					tabs.SelectIndex(i)
					all = append(all, test.LaidOutObjects(tabs.Items[i].Content)...)
				}
			}
		}
		scrolls := 0
		for _, o := range all {
			outer, ok := o.(*container.Scroll)
			if !ok || outer.Direction != container.ScrollVerticalOnly && outer.Direction != container.ScrollBoth {
				continue
			}
			scrolls++
			for _, o := range test.LaidOutObjects(outer.Content) {
				inner, ok := o.(*container.Scroll)
				if ok && inner.Direction != container.ScrollNone && fmt.Sprintf("%T", inner.Content) != "*widget.entryContent" { // a line, whose text alone moves
					t.Errorf("tab %d: a scroll of %T holds one of %T, %v", at, outer.Content, inner.Content, inner.Size())
				}
			}
		}
		if scrolls == 0 {
			t.Errorf("tab %d has no scroll", at)
		}
	}
}
