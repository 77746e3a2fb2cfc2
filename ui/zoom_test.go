package ui

import (
	"bytes"
	"fmt"
	"image"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/speak"
)

// wheel turns the wheel on a place of a cell.
func wheel(w *Window, f *kit.Frame, at fyne.Position, notches float32) {
	e := &fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 25*notches)}
	e.Position = f.Position().Add(at).Subtract(w.comparison.Sheet.Scroll.Offset)
	w.comparison.Sheet.Scroll.Scrolled(e)
}

// TestZoomTogether: the wheel zooms all cells about the pointer, which goes on reading the
// same values; a drag pans; 0, and another picture, have all in sight again.
func TestZoomTogether(t *testing.T) {
	w := open(t, inline, Options{Class: "balloon"})
	p := w.comparison
	p.Sheet.Control = func() bool { return true }
	f := p.Cells[2].Frame
	from, size := f.Area()
	at := from.Add(fyne.NewPos(size.Width*248.5/451, size.Height*180.5/300)) // in the middle of a pixel of the picture
	pointed := func() (texts []string) {
		f.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at}})
		for _, c := range p.Cells {
			texts = append(texts, c.Frame.Value.Text)
		}
		return texts
	}
	images := func() (all [][]byte) {
		for _, c := range p.Cells {
			all = append(all, c.Frame.Image.Image.(*image.RGBA).Pix)
		}
		return all
	}
	undo := w.history.Last()
	before, whole := strings.Join(pointed(), "; "), images()
	v := w.View
	v.Opacity = 0 // maps are then the picture itself
	w.setView(v)
	for range 13 {
		wheel(w, f, at, 1)
	}
	if got := strings.Join(pointed(), "; "); got != before {
		t.Errorf("zoomed, the pointer reads %q, and read %q", got, before)
	}
	if text := p.Shrink.Text; !p.Shrink.Visible() || text != speak.Say("zoomed", "16.0") {
		t.Errorf("it says %q", text)
	}
	all := images()
	for i, one := range all {
		if !bytes.Equal(one, all[0]) {
			t.Errorf("cell %d shows another part", i)
		}
	}
	// Pixels show as such: under the pointer is that which it reads.
	img, x, y := p.Cells[2].Frame.Image.Image.(*image.RGBA), 0, 0
	if n, err := fmt.Sscanf(p.Cells[0].Frame.Value.Text, "x %d, y %d", &x, &y); n != 2 || err != nil {
		t.Fatal(n, err)
	}
	scale := float32(img.Rect.Dx()) / size.Width
	if got, want := img.RGBAAt(int((at.X-from.X)*scale), int((at.Y-from.Y)*scale)), w.Pictures[0].Image.RGBAAt(x, y); got != want {
		t.Errorf("under the pointer is %v, in the picture %v", got, want)
	}
	f.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: at.AddXY(30, 20)}, Dragged: fyne.NewDelta(30, 20)})
	f.DragEnd()
	at = at.AddXY(30, 20)
	dragged := p.Cells[0].Frame.Value.Text
	if got := strings.Join(pointed(), "; "); !strings.HasPrefix(before, dragged) || got != before || w.Wipe != 0 {
		t.Errorf("the picture does not go with the pointer: it reads %q, and read %q", got, before)
	}
	p.Enlarge(2)
	if !p.Zoomed() {
		t.Error("enlarging forgets the zoom")
	}
	p.Enlarge(2)
	w.remove(2)
	if !p.Zoomed() {
		t.Error("another network forgets the zoom")
	}
	w.Undo()
	press(w, "0")
	w.Undo() // the opacity: how one looks is no step
	if p.Zoomed() || p.Shrink.Visible() || w.history.Last() != undo {
		t.Errorf("after 0: zoomed %v, undone to %v", p.Zoomed(), w.history.Last())
	}
	for i, one := range images() {
		if !bytes.Equal(one, whole[i]) {
			t.Errorf("cell %d is not as it was", i)
		}
	}
	w.do(w.command("zoom in"))
	if !p.Zoomed() {
		t.Error("the key does not zoom")
	}
	w.do(w.command("zoom out"))
	if p.Zoomed() {
		t.Error("the key does not zoom out")
	}
	w.do(w.command("zoom in"))
	w.openAlbum(desk.Album{Sources: desk.SamplePaths(), At: 3, Rows: 1})
	if p.Zoomed() {
		t.Error("another picture is zoomed")
	}
}

// TestWheelScrolls: where there is more than is in sight, the wheel alone scrolls, and
// Control zooms; a head that lies over pictures keeps the wheel from them.
func TestWheelScrolls(t *testing.T) {
	w := open(t, inline, Options{})
	w.openAlbum(desk.Album{Sources: desk.SamplePaths(), At: 4, Rows: 4})
	w.window.Resize(fyne.NewSize(640, 700))
	p := w.comparison
	wheel(w, p.Cells[0].Frame, fyne.NewPos(20, 30), -2)
	if p.Zoomed() || p.Sheet.Scroll.Offset.Y == 0 {
		t.Fatalf("zoomed %v, scrolled to %v", p.Zoomed(), p.Sheet.Scroll.Offset)
	}
	p.Sheet.Control = func() bool { return true }
	e := &fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 25)}
	e.Position = fyne.NewPos(20, 5)
	p.Sheet.Scroll.Scrolled(e)
	if p.Zoomed() {
		t.Error("the wheel on a head zooms what is beneath")
	}
	off := p.Sheet.Scroll.Offset
	wheel(w, p.Cells[len(p.Cells)/2].Frame, fyne.NewPos(60, 60), 1)
	if !p.Zoomed() || p.Sheet.Scroll.Offset != off {
		t.Errorf("zoomed %v, scrolled from %v to %v", p.Zoomed(), off, p.Sheet.Scroll.Offset)
	}
	w.window.Resize(fyne.NewSize(1280, 800))
	p.ShowAll()
	p.Enlarge(1)
	p.Sheet.Control = func() bool { return false }
	f := p.Cells[1].Frame
	wheel(w, f, fyne.NewPos(f.Size().Width/2, f.Size().Height/2), 1)
	if !p.Zoomed() {
		t.Error("with all in sight, the wheel does not zoom")
	}
}
