package ui

import (
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/ui/desk"
	comparing "scalecam/ui/pages/compare"
	"scalecam/ui/speak"
)

// entry is what the Edit menu says of a command, and whether it can be done.
func entry(w *Window, key string) (text string, enabled bool) {
	for _, m := range w.window.MainMenu().Items {
		if m.Label != speak.Say("menu.edit") {
			continue
		}
		i := m.Items[slices.Index(editMenu, key)]
		text, _, _ = strings.Cut(i.Label, "\t") // its keys follow
		return text, !i.Disabled
	}
	return "", false
}

// takeApart asks for something else of a map that is taken apart.
func takeApart(w *Window, kind, of string, change func(i *desk.Inside)) {
	i := w.Inside
	change(&i)
	w.setInside(kind, of, i)
}

// shows tells that the window shows what a state asks for.
func shows(w *Window, s desk.State) bool {
	return w.state().Equal(s) && w.Whole() && w.comparison.Shown.Of(&w.Asked) && w.comparison.Shown.View == s.View && w.comparison.Shown.Wipe == s.Wipe &&
		w.tabs.SelectedIndex() == w.tab(s.Page) && w.comparison.Controls.View == s.View && len(w.comparison.Cells) == (1+len(s.Networks))*s.Album.Rows
}

// TestUndoEach: each thing that the user does is one step, which the Edit menu names,
// that can be taken back and made again.
func TestUndoEach(t *testing.T) {
	t.Cleanup(func() {
		if err := speak.Use("en"); err != nil {
			t.Error(err)
		}
	})
	picture := painted(t, t.TempDir(), "mine.png", 7)
	weights := temp(t, "mine.pth", []byte("weights"))
	session := filepath.Join(t.TempDir(), "kept"+sessionExtension)
	view := func(change func(v *compare.View)) func(w *Window) {
		return func(w *Window) {
			v := w.View
			change(&v)
			w.setView(v)
		}
	}
	for _, c := range []struct {
		name string
		do   func(w *Window)
		want string // of the menu
	}{
		{"open", func(w *Window) { drop(w, picture) }, "Open mine.png"},
		{"open both", func(w *Window) { drop(w, picture, weights) }, "Open mine.png"},
		{"turn", func(w *Window) { key(w, fyne.KeyRight) }, "Turn to "},
		{"rows", func(w *Window) { w.setRows(2) }, "Pictures at once"},
		{"scene", (*Window).drawScene, "Draw a scene"},
		{"add", func(w *Window) { drop(w, weights) }, "Add mine.pth"},
		{"reset", func(w *Window) { w.preset = small[:1]; w.Reset() }, "Reset networks"},
		{"remove", func(w *Window) { w.remove(1) }, "Remove EfficientNet-B0 d 2, w 0.25, 64 px"},
		{"class", func(w *Window) { w.setClass("balloon") }, "Explain balloon"},
		{"method", func(w *Window) { w.setMethod(cam.MethodGradCAMPlusPlus) }, "Method Grad-CAM++"},
		{"layer", func(w *Window) { _ = w.setLayer("stage5") }, "Layer stage5"},
		{"against", func(w *Window) { w.against("hen") }, "Hold against hen"},
		{"own", func(w *Window) { press(w, "o") }, "Each network's own prediction"},
		{"colours", (*Window).nextColours, "Colours"},
		{"opacity", func(w *Window) { w.comparison.Controls.Strength.SetValue(30) }, "Strength"},
		{"contour", func(w *Window) { press(w, "l") }, "Contour"},
		{"shared", func(w *Window) { press(w, "s") }, "One scale"},
		{"grid", func(w *Window) { press(w, "g") }, "Raw grid"},
		{"grey", view(func(v *compare.View) { v.Grey = true }), "Picture in grey"},
		{"wipe", func(w *Window) { w.comparison.Controls.Wipe.SetValue(40) }, "Wipe"},
		{"page", func(w *Window) { w.tabs.SelectIndex(3) }, "Go to Scaling"},
		{"erase", func(w *Window) { host{w}.SetErased("erase", regions(30, 30, 60, 60)) }, "Erase a region"},
		{"inside", func(w *Window) { takeApart(w, "inside", "EfficientNet", func(i *desk.Inside) { i.Network = 1 }) }, "Look inside EfficientNet"},
		{"keep", func(w *Window) { takeApart(w, "keep", "", func(i *desk.Inside) { i.Keep = 3 }) }, "Channels kept"},
		{"least", func(w *Window) { takeApart(w, "least", "", func(i *desk.Inside) { i.Least = true }) }, "Order of the channels"},
		{"second", func(w *Window) { takeApart(w, "second", "hen", func(i *desk.Inside) { i.Second = "hen" }) }, "Second class hen"},
		{"session", func(w *Window) { w.openSession(session) }, "Reopen session kept"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := open(t, inline, Options{Networks: small[:2]})
			if c.name == "session" {
				w.comparison.Enlarged = comparing.None
				w.openAlbum(desk.Album{Sources: desk.SamplePaths(), At: 3, Rows: 2})
				w.setView(compare.View{Colormap: w.View.Colormap, Opacity: 0.2, Grey: true})
				w.remove(0)
				w.tabs.SelectIndex(1)
				w.saveSession(w.comparison.Shown, session)
				w = open(t, inline, Options{Networks: small[:2]})
			}
			if text, enabled := entry(w, "undo"); text != "Undo" || enabled {
				t.Errorf("before anything was done the menu says %q", text)
			}
			before := w.state()
			c.do(w)
			after := w.state()
			if after.Equal(before) || w.banner.Visible() {
				t.Fatalf("nothing was done: %q", w.message.Text)
			}
			if text, enabled := entry(w, "undo"); !strings.HasPrefix(text, "Undo "+c.want) || !enabled {
				t.Errorf("the menu says %q, want Undo %s", text, c.want)
			}
			for range 2 {
				w.Undo()
				if !shows(w, before) {
					t.Errorf("undone to %+v, want %+v", w.state(), before)
				}
				if w.history.Last() != nil {
					t.Errorf("it took more than one step; the next is %q", textAction(w.history.Last()))
				}
				if text, enabled := entry(w, "redo"); !strings.HasPrefix(text, "Redo "+c.want) || !enabled {
					t.Errorf("the menu says %q, want Redo %s", text, c.want)
				}
				w.Redo()
				if !shows(w, after) {
					t.Errorf("made again to %+v, want %+v", w.state(), after)
				}
			}
			if err := speak.Use("ko"); err != nil {
				t.Fatal(err)
			}
			text := textAction(w.history.Last())
			if err := speak.Use("en"); err != nil {
				t.Fatal(err)
			}
			if text == textAction(w.history.Last()) || strings.Contains(text, "action.") {
				t.Errorf("in Korean it is called %q", text)
			}
		})
	}
}

// TestUndoFailed: what cannot be opened, or was cancelled, is no step.
func TestUndoFailed(t *testing.T) {
	var q queue
	w := open(t, q.Runner(), Options{})
	q.Run()
	drop(w, filepath.Join(t.TempDir(), "missing.png"))
	q.Run()
	drop(w, filepath.Join(t.TempDir(), "missing.pth"))
	q.Run()
	w.setClass("no such class")
	q.Run()
	if a := w.history.Last(); a != nil {
		t.Errorf("the last step is %q, of nothing that was done", textAction(a))
	}
	drop(w, temp(t, "mine.pth", []byte("weights")))
	q[0]()
	q = q[1:]
	w.Cancel()
	q.Run()
	if a := w.history.Last(); a != nil || len(w.Models) != len(small) {
		t.Errorf("cancelled: %d networks, and a step", len(w.Models))
	}
	// What is undone while it is being opened is not opened.
	before := w.state()
	w.turn(1)
	w.Undo()
	q.Run()
	if !shows(w, before) {
		t.Errorf("undone at once: %+v, want %+v", w.state(), before)
	}
}

// TestRemovedIsGarbage: a network that was removed is garbage, wherever it has been
// shown, and comes back from its spec all the same.
func TestRemovedIsGarbage(t *testing.T) {
	w := open(t, inline, Options{Class: "balloon"})
	for i := range w.tabs.Items {
		w.tabs.SelectIndex(i)
	}
	look(w, "inside").Restore([]byte(`{"network": 1, "keep": 3}`))
	w.tabs.SelectIndex(0)
	w.showClasses()
	w.escape()
	w.lesson.show(1)
	w.lesson.close()
	spec := w.Models[1].Spec
	var gone atomic.Bool
	runtime.AddCleanup(w.Models[1], func(*atomic.Bool) { gone.Store(true) }, &gone)
	w.remove(1)
	for until := time.Now().Add(10 * time.Second); !gone.Load() && time.Now().Before(until); time.Sleep(10 * time.Millisecond) {
		runtime.GC()
	}
	if !gone.Load() {
		t.Error("the network is kept in memory")
	}
	w.Undo()
	if len(w.Models) != len(small) || w.Models[1].Spec != spec || !w.Whole() {
		t.Errorf("%d networks after all, whole: %v", len(w.Models), w.Whole())
	}
}

// TestUndoDrag: a slider that is dragged is one step, however long the drag rests, and
// the next drag is another; so is a number of channels.
func TestUndoDrag(t *testing.T) {
	w := open(t, inline, Options{Networks: small[:1]})
	now := time.Unix(0, 0)
	w.now = func() time.Time { now = now.Add(time.Minute); return now }
	slider := w.comparison.Controls.Strength
	drag := func(by float32) {
		for range 3 {
			slider.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(slider.Size().Width/2+by, 5)}, Dragged: fyne.NewDelta(by, 0)})
			by *= 1.5
		}
		slider.DragEnd()
	}
	before := w.View.Opacity
	drag(-20)
	first := w.View.Opacity
	drag(20)
	if first == before || w.View.Opacity == first {
		t.Fatalf("dragged from %v to %v and %v", before, first, w.View.Opacity)
	}
	w.Undo()
	if w.View.Opacity != first {
		t.Errorf("one step back it is %v, want %v", w.View.Opacity, first)
	}
	w.Undo()
	if w.View.Opacity != before || w.history.Last() != nil {
		t.Errorf("two steps back it is %v, want %v", w.View.Opacity, before)
	}
}

// TestUndoInside: what the page Inside asks for comes back there.
func TestUndoInside(t *testing.T) {
	w := open(t, inline, Options{Networks: small[:2]})
	w.tabs.SelectIndex(1)
	shown := func() string { return writing(w) }
	before := shown()
	takeApart(w, "keep", "", func(i *desk.Inside) { i.Keep = 3 })
	takeApart(w, "inside", small[1], func(i *desk.Inside) { i.Network = 1 })
	after := shown()
	w.Undo()
	w.Undo()
	if got := shown(); got != before || after == before {
		t.Errorf("undone, the page says %q, want %q (it said %q)", got, before, after)
	}
	w.Redo()
	w.Redo()
	if got := shown(); got != after {
		t.Errorf("made again, the page says %q, want %q", got, after)
	}
}
