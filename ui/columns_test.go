package ui

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"scalecam/compare"
	"scalecam/dataset/scenes"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/network/naming"
	"scalecam/network/tensorfile"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/speak"
)

// choose taps the entry of that text in the menu that lies over the window.
func choose(t *testing.T, w *Window, text string) {
	t.Helper()
	menu := part(t, w.window.Canvas().Overlays().Top(), func(*widget.PopUpMenu) bool { return true })
	for _, item := range menu.Items {
		for _, o := range test.WidgetRenderer(item.(fyne.Widget)).Objects() {
			if label, ok := o.(*canvas.Text); ok && label.Text == text {
				test.Tap(item.(fyne.Tappable))
				return
			}
		}
	}
	t.Fatalf("the menu has no %q", text)
}

// trained opens a window of two trained networks, 64 and 96 px, on some pictures.
func trained(t *testing.T, pictures ...string) *Window {
	t.Helper()
	first, second := temp(t, "first.pth", nil), temp(t, "second.pth", nil)
	return open(t, inline, Options{Pictures: pictures, Networks: []string{first, second + "@96"}})
}

// TestDerivedInSight: a column that is asked for is in sight, though with several pictures
// the page has to be scrolled to it; enlarged, a picture has its own proportions.
func TestDerivedInSight(t *testing.T) {
	var files []string
	for i := range 6 {
		files = append(files, temp(t, fmt.Sprint(i, ".pth"), nil))
	}
	w := open(t, inline, Options{Networks: files})
	w.openAlbum(desk.Album{Sources: desk.SamplePaths(), Rows: 2})
	s := w.comparison.Sheet
	if s.Scroll.Offset.X != 0 || s.Box.Size().Width <= s.Scroll.Size().Width {
		t.Fatalf("scrolled to %v", s.Scroll.Offset)
	}
	press(w, "a")
	last := w.comparison.Heads[len(w.comparison.Heads)-1].Box
	if end := last.Position().X + last.Size().Width; s.Scroll.Offset.X == 0 || end > s.Scroll.Offset.X+s.Scroll.Size().Width+1 {
		t.Errorf("the consensus ends at %v, scrolled to %v of %v", end, s.Scroll.Offset.X, s.Scroll.Size().Width)
	}
	if f := s.Frame; f.Width != f.Height {
		t.Errorf("pictures of several proportions have frames of %v", f)
	}
	w.comparison.Enlarge(1)
	if of, got := w.Pictures[0].Image.Rect.Size(), s.Frame.Width/s.Frame.Height; math.Abs(float64(got)-float64(of.X)/float64(of.Y)) > 0.01 {
		t.Errorf("enlarged, a picture of %v has a frame of %v", of, s.Frame)
	}
}

// TestDerivedColumns: a key adds the consensus beside the networks, whose cells say how
// far they agree; a difference comes and goes by the cell's menu; undo takes both back.
func TestDerivedColumns(t *testing.T) {
	w := trained(t, "scene:1")
	if len(w.comparison.Cells) != 3 {
		t.Fatalf("%d cells", len(w.comparison.Cells))
	}
	press(w, "a")
	cell := w.comparison.Cells[len(w.comparison.Cells)-1]
	if got := head(w, 3) + texts(cell); !w.View.Consensus || len(w.comparison.Cells) != 4 || !strings.Contains(got, speak.Say("derived.consensus")) || !strings.Contains(got, "ρ ") || !cell.Frame.Image.Visible() {
		t.Fatalf("%d cells, the last says %q", len(w.comparison.Cells), got)
	}
	a := w.comparison.Shown.Comparison.Agreements(0)
	if len(a) != 2 || !strings.Contains(texts(w.comparison.Cells[1]), strings.SplitN(speak.Say("cell.others", "|"), "|", 2)[0]) {
		t.Errorf("the first network says %q", texts(w.comparison.Cells[1]))
	}
	v := w.View
	v.Difference = compare.Pair{After: 2, Before: 1}
	test.Tap(w.comparison.Columns.More)
	choose(t, w, speak.Say("derived.difference", w.Models[1].Name, w.Models[0].Name))
	if w.View != v {
		t.Fatalf("chosen: %+v", w.View)
	}
	cell = w.comparison.Cells[4]
	if got := head(w, 4); !strings.Contains(got, speak.Say("derived.difference", w.Models[1].Name, w.Models[0].Name)) || !cell.Bar.Visible() {
		t.Errorf("the difference says %q", got)
	}
	if got := texts(cell); !strings.Contains(got, "logit ") {
		t.Errorf("the difference says %q", got)
	}
	top := w.comparison.Shown.Comparison.Rows[0].Cells[0].Top
	w.against(w.Models[0].Classes[top[1].Class])
	if got := texts(w.comparison.Cells[4]); !strings.Contains(got, "margin ") || strings.Contains(got, "logit ") {
		t.Errorf("the difference of margins says %q", got)
	}
	w.Undo()
	cell = w.comparison.Cells[4]
	w.comparison.Hover(4, 0.5, 0.5, true)
	if got := cell.Frame.Value.Text; got == "" || got == speak.Say("not seen") {
		t.Errorf("its value in the middle is %q", got)
	}
	// The network of a difference goes, and the difference with it.
	w.remove(1)
	if w.View.Difference != (compare.Pair{}) || len(w.comparison.Cells) != 3 {
		t.Errorf("without its network: %v in %d cells", w.View.Difference, len(w.comparison.Cells))
	}
	if got := texts(w.comparison.Cells[2]); !strings.Contains(got, speak.Say("note.no consensus")) {
		t.Errorf("the consensus of one network says %q", got)
	}
	w.Undo()
	if w.View.Difference != v.Difference || len(w.comparison.Cells) != 5 || len(w.Models) != 2 {
		t.Errorf("undone: %v in %d cells of %d networks", w.View.Difference, len(w.comparison.Cells), len(w.Models))
	}
	for range 2 {
		w.Undo()
	}
	if w.View.Consensus || w.View.Difference != (compare.Pair{}) || len(w.comparison.Cells) != 3 {
		t.Errorf("all undone: %+v in %d cells", w.View, len(w.comparison.Cells))
	}
}

// TestDerivedSession: a session brings the columns back; the next start does not show
// a difference of other networks.
func TestDerivedSession(t *testing.T) {
	w := trained(t, "scene:1")
	v := w.View
	v.Consensus, v.Difference = true, compare.Pair{After: 2, Before: 1}
	w.setView(v)
	path := filepath.Join(t.TempDir(), "view.scalecam")
	w.saveSession(w.comparison.Shown, path)
	if last, _ := w.lastView(); last.Difference != (compare.Pair{}) {
		t.Errorf("remembered: %v", last.Difference)
	}
	other := open(t, inline, Options{Pictures: []string{path}})
	if other.View.Difference != v.Difference || !other.View.Consensus || len(other.comparison.Cells) != 5 {
		t.Errorf("reopened: %+v in %d cells: %s", other.View, len(other.comparison.Cells), other.message.Text)
	}
}

// TestControl: the first network at the highest resolution of those compared is one
// click away, once.
func TestControl(t *testing.T) {
	w := open(t, inline, Options{Pictures: []string{"scene:1"}, Networks: []string{temp(t, "first.pth", nil), "random:efficientnet-b0,w=0.25,r=96,seed=2"}})
	if !w.comparison.HasControl() {
		t.Fatal("no control is offered")
	}
	w.comparison.AddControl()
	if w.comparison.Columns.Control.Visible() {
		t.Error("it is offered twice")
	}
	if w.window.Canvas().OnTypedRune()('r'); len(w.Models) != 3 || !strings.Contains(w.rest.Text, "at that size already") {
		t.Errorf("asked for again: %d networks, %q", len(w.Models), w.rest.Text)
	}
	if len(w.Models) != 3 || w.Models[2].Network.Scaling.Resolution != w.Models[1].Network.Scaling.Resolution || !strings.HasPrefix(w.Models[2].Spec, w.Models[0].Spec+"@") {
		t.Fatalf("%d networks, the last %q", len(w.Models), w.Models[len(w.Models)-1].Spec)
	}
	if got := head(w, 3); !strings.Contains(got, "64") || !strings.Contains(got, "96") {
		t.Errorf("it says %q", got)
	}
	w.Undo()
	if len(w.Models) != 2 {
		t.Errorf("undone: %d networks", len(w.Models))
	}
	w.comparison.Cells[2].Frame.TappedSecondary(&fyne.PointEvent{})
	choose(t, w, speak.Say("cell.run at"))
	entry := part(t, w.window.Canvas().Overlays().Top(), func(*kit.SearchEntry) bool { return true })
	entry.SetText("48x64")
	form := part(t, w.window.Canvas().Overlays().Top(), func(b *widget.Button) bool { return b.Text == speak.Say("size.run") })
	test.Tap(form)
	if len(w.Models) != 3 || w.Models[2].Network.Scaling.Resolution != (network.Size{H: 48, W: 64}) || !strings.HasSuffix(w.Models[2].Spec, "seed=2,r=48x64") {
		t.Errorf("run at another size: %d networks, the last %q", len(w.Models), w.Models[len(w.Models)-1].Spec)
	}
	w.comparison.Cells[3].Frame.TappedSecondary(&fyne.PointEvent{})
	choose(t, w, speak.Say("cell.remove"))
	if len(w.Models) != 2 {
		t.Errorf("removed by its menu: %d networks", len(w.Models))
	}
	press(w, "a")
	w.comparison.Cells[3].Frame.TappedSecondary(&fyne.PointEvent{})
	choose(t, w, speak.Say("cell.remove"))
	if w.View.Consensus || len(w.Models) != 2 {
		t.Errorf("removed by its menu: %+v", w.View)
	}
}

// TestOrder: pictures are sorted by disagreement and by name, as one step each.
func TestOrder(t *testing.T) {
	pictures := []string{"scene:1", "scene:2", "scene:3"}
	w := trained(t, pictures...)
	want, err := compare.Disagreements(t.Context(), pictures, compare.OpenPicture, w.Models, "", w.By, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	w.openAlbum(desk.Album{Sources: []string{"scene:3", "scene:1", "scene:2"}, Rows: 1})
	w.sortByDisagreement()
	for i, d := range want {
		if w.Sources[i] != d.Path {
			t.Fatalf("sorted as %v, want %+v", w.Sources, want)
		}
	}
	w.Undo()
	if !slices.Equal(w.Sources, []string{"scene:3", "scene:1", "scene:2"}) {
		t.Errorf("undone: %v", w.Sources)
	}
	w.sortByName()
	if !slices.Equal(w.Sources, pictures) {
		t.Errorf("by name: %v", w.Sources)
	}
	q := &queue{}
	other := open(t, q.Runner(), Options{Pictures: pictures})
	q.Run()
	before := slices.Clone(other.Sources)
	other.sortByDisagreement()
	other.Cancel()
	q.Run()
	if !slices.Equal(other.Sources, before) || other.banner.Visible() {
		t.Errorf("cancelled: %v, %q", other.Sources, other.message.Text)
	}
}

// TestShowCode: a cell's menu, and a key, show the lines of PyTorch that make its map,
// which can be copied; where there are none it says why, and there is nothing to copy.
func TestShowCode(t *testing.T) {
	w := open(t, inline, Options{Pictures: []string{"scene:1"}, Networks: []string{"scenes:baseline", "scenes:compound"}})
	dialog := func() (*widget.Label, *widget.Button, *kit.Select) {
		top := w.window.Canvas().Overlays().Top()
		if top == nil {
			t.Fatal("no dialog")
		}
		return part(t, top, func(l *widget.Label) bool { return l.TextStyle.Monospace }),
			part(t, top, func(b *widget.Button) bool { return b.Text == speak.Say("code.copy") }),
			part(t, top, func(*kit.Select) bool { return true })
	}
	press(w, "p")
	lines, copied, networks := dialog()
	if !strings.Contains(lines.Text, "import torch\n") || !strings.Contains(lines.Text, `baseline.safetensors"`) || copied.Disabled() {
		t.Errorf("it shows %q", lines.Text)
	}
	networks.SetSelectedIndex(1)
	if !strings.Contains(lines.Text, `compound.safetensors"`) {
		t.Errorf("of the second network %q", lines.Text)
	}
	test.Tap(copied)
	if got := fyne.CurrentApp().Clipboard().Content(); got != lines.Text {
		t.Errorf("copied is %q", got)
	}
	test.Tap(part(t, w.window.Canvas().Overlays().Top(), func(b *widget.Button) bool { return b.Text == speak.Say("close") }))
	if w.covered() {
		t.Error("the dialog stays")
	}

	host{w}.Add("random:efficientnet-64,d=1,w=0.5,r=64", models.Settings{"classes": strings.Join(scenes.Classes(), "\n")})
	w.comparison.Enlarge(3)
	press(w, "p")
	lines, copied, _ = dialog()
	if !strings.Contains(lines.Text, "random") || strings.Contains(lines.Text, "import") || !copied.Disabled() {
		t.Errorf("of random weights it shows %q", lines.Text)
	}
}

// TestStateAssumed: what nothing says of a network can be stated by its cell's menu: it
// is opened anew with that, in its place, and undo takes it back. Of the padding it is
// said which one makes the network surer.
func TestStateAssumed(t *testing.T) {
	n, err := network.New(network.EfficientNetB0, network.Scaling{Depth: 1, Width: 0.25, Resolution: network.Square(64)}, network.SymmetricPadding, 4)
	if err != nil {
		t.Fatal(err)
	}
	tensors, err := models.Tensors(n, network.Random(n, 1))
	if err != nil {
		t.Fatal(err)
	}
	own, err1 := naming.Of(n.Architecture)
	timm, err2 := naming.Find("timm", n.Architecture)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	renamed := map[string]string{}
	to := timm.Names(n)
	for i, of := range own.Names(n) {
		renamed[of.Layer], renamed[of.Norm] = to[i].Layer, to[i].Norm
	}
	for i := range tensors {
		at := strings.LastIndexByte(tensors[i].Name, '.')
		tensors[i].Name = renamed[tensors[i].Name[:at]] + tensors[i].Name[at:]
	}
	data, err := tensorfile.Encode(tensors, nil) // which say nothing of it
	if err != nil {
		t.Fatal(err)
	}
	w := open(t, inline, Options{Pictures: []string{"scene:1"}, Networks: []string{"scenes:baseline"}})
	w.open = models.Open // of the file as it is
	host{w}.Add(temp(t, "plain.safetensors", data)+"@64", nil)
	other, plain := w.Models[0], w.Models[1]
	if !slices.Contains(plain.Assumed(), "mean") || !slices.Contains(plain.Assumed(), "symmetric padding") {
		t.Fatalf("assumed are %q", plain.Assumed())
	}
	w.comparison.Cells[2].Frame.OnMenu(fyne.NewPos(100, 100))
	choose(t, w, speak.Say("cell.assumed"))
	top := w.window.Canvas().Overlays().Top()
	want := speak.Say("assumed.surest", plain.Network.Padding)
	if hint := models.PaddingHint(plain); hint != nil {
		want = speak.Say("assumed.surer", hint.Padding, fmt.Sprintf("%.0f%%", 100*hint.Sure), fmt.Sprintf("%.0f%%", 100*hint.AssumedSure))
	}
	part(t, top, func(l *widget.Label) bool { return l.Text == want })
	mean := part(t, top, func(e *kit.Entry) bool { return strings.Contains(e.Text, "0.485") })
	state := part(t, top, func(b *widget.Button) bool { return b.Text == speak.Say("assumed.state") })
	mean.SetText("a half")
	if !state.Disabled() {
		t.Error("a mean of “a half” can be stated")
	}
	mean.SetText("0.5,0.5,0.5")
	test.Tap(state)
	now := w.Models[1]
	if len(w.Models) != 2 || now == plain || now.Preprocessing.Mean != [3]float32{0.5, 0.5, 0.5} || len(now.Assumed()) >= len(plain.Assumed()) || w.Models[0] != other {
		t.Errorf("%d networks, the second with %v, of which is assumed %q", len(w.Models), now.Stated, now.Assumed())
	}
	if !w.comparison.Shown.Whole() {
		t.Error("it has not run")
	}
	w.Undo()
	if got := w.Models[1]; len(got.Stated) > 0 || got.Preprocessing.Mean != plain.Preprocessing.Mean {
		t.Errorf("after undo it is stated %v", got.Stated)
	}
}
