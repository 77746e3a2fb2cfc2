package kit

import (
	"image"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
)

// TestZoom: the place under the pointer stays where it is, no part reaches beyond the
// picture, and what was zoomed in is zoomed out to all of it.
func TestZoom(t *testing.T) {
	const x, y = 0.3, 0.8
	z := Zoom{}
	for range 20 {
		u, v := z.On(x, y)
		z = z.About(x, y, 1.25)
		if a, b := z.On(x, y); math.Abs(a-u) > 1e-9 || math.Abs(b-v) > 1e-9 {
			t.Fatalf("%v: the place moves from %v, %v to %v, %v", z, u, v, a, b)
		}
	}
	if z.Times != MostZoom {
		t.Errorf("zoomed %v times", z.Times)
	}
	for _, by := range [][2]float64{{-2, -2}, {2, 2}} {
		moved := z.Moved(by[0], by[1])
		of, at := moved.Part(image.Pt(101, 67))
		if part := (image.Rectangle{Max: image.Pt(101, 67)}).Add(at); !part.In(image.Rectangle{Max: of}) || of != image.Pt(1616, 1072) {
			t.Errorf("%v is %v of %v", moved, part, of)
		}
	}
	for range 20 {
		z = z.About(0.9, 0.1, 1/1.25)
	}
	if !z.Whole() {
		t.Errorf("zoomed out to %v", z)
	}
}

// TestFrameZoom: crosshair, wipe and what the pointer is on are places of the picture,
// whatever part of it is in sight; until that is drawn, what there is stands for it.
func TestFrameZoom(t *testing.T) {
	test.NewTempApp(t)
	f := NewFrame()
	f.Resize(fyne.NewSize(200, 100))
	if f.ShowPicture(image.NewRGBA(image.Rect(0, 0, 1, 1)), Zoom{}); f.Image.Visible() {
		t.Error("a pixel that was drawn before there was a size fills the frame")
	}
	f.ShowPicture(image.NewRGBA(image.Rect(0, 0, 200, 100)), Zoom{})
	z := Zoom{Times: 4, X: 0.25, Y: 0.5}
	f.SetZoom(z)
	var x, y float64
	var in bool
	f.OnMoved = func(a, b float64, on bool) { x, y, in = a, b, on }
	f.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(100, 25)}})
	if x != 0.375 || y != 0.5625 || !in {
		t.Errorf("the pointer is on %v, %v", x, y)
	}
	renderer := test.WidgetRenderer(f)
	f.Point(x, y, true, "1")
	f.SetWipe(0.3)
	renderer.Layout(f.Size())
	// The bright lines have the pixel that the pointer is on, the dark ones one more on each
	// side, over the whole picture.
	for i, want := range []struct {
		at   fyne.Position
		size fyne.Size
	}{
		{fyne.NewPos(98.5, 0), fyne.NewSize(3, 100)}, {fyne.NewPos(0, 23.5), fyne.NewSize(200, 3)},
		{fyne.NewPos(99.5, 0), fyne.NewSize(1, 100)}, {fyne.NewPos(0, 24.5), fyne.NewSize(200, 1)},
	} {
		if l := f.cross[i]; l.Position() != want.at || l.Size() != want.size || l.Hidden {
			t.Errorf("line %d of the crosshair is at %v, of %v, want %v, %v", i, l.Position(), l.Size(), want.at, want.size)
		}
	}
	if line := f.wiped.Position().X + f.wiped.Size().Width/2; math.Abs(float64(line)-40) > 1e-3 || f.wiped.Hidden {
		t.Errorf("the wipe's line is at %v, hidden %v", line, f.wiped.Hidden)
	}
	if got := f.Image.Image.Bounds().Size(); got != image.Pt(50, 25) || f.Image.Size() != f.Size() {
		t.Errorf("%v pixels stand for the part, %v large", got, f.Image.Size())
	}
	f.ShowPicture(image.NewRGBA(image.Rect(0, 0, 200, 100)), z)
	if f.Image.Image != image.Image(f.picture) || f.Image.Size() != f.Size() {
		t.Error("the part that was drawn is not shown as it is")
	}
	f.SetZoom(Zoom{}) // of the part, all that there is until the rest is drawn
	if f.Image.Position() != fyne.NewPos(50, 50) || f.Image.Size() != fyne.NewSize(50, 25) {
		t.Errorf("the part is at %v, %v large", f.Image.Position(), f.Image.Size())
	}
	f.SetZoom(z)

	var wiped, right, down float64
	f.OnDragged = func(x float64) { wiped = x }
	f.OnPanned = func(x, y float64) { right, down = x, y }
	drag := func(to, by float32) {
		wiped, right, down = 0, 0, 0
		f.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(to, 50)}, Dragged: fyne.NewDelta(by, 4)})
		f.DragEnd()
	}
	drag(140, 20)
	if math.Abs(right+0.025) > 1e-6 || math.Abs(down+0.01) > 1e-6 || wiped != 0 {
		t.Errorf("panned by %v, %v, wiped to %v", right, down, wiped)
	}
	if wantX, wantY := z.At(0.7, 0.5); math.Abs(x-wantX) > 1e-6 || math.Abs(y-wantY) > 1e-6 { // where the drag is
		t.Errorf("panned, the pointer is on %v, %v", x, y)
	}
	drag(62, 20) // it began at the line
	if math.Abs(wiped-(0.25+0.31/4)) > 1e-6 || right != 0 {
		t.Errorf("at its line, wiped to %v, panned by %v", wiped, right)
	}
	f.SetZoom(Zoom{})
	drag(140, 20)
	if math.Abs(wiped-0.7) > 1e-6 || right != 0 {
		t.Errorf("unzoomed, wiped to %v, panned by %v", wiped, right)
	}
}
