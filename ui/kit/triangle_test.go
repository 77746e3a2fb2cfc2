package kit

import (
	"math"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"scalecam/colormap"
)

// TestTriangle: points lie where their shares are, in the colours of their values, all of it
// inside; one is chosen by a tap and told of beside the pointer.
func TestTriangle(t *testing.T) {
	w := test.NewTempApp(t).NewWindow("")
	defer w.Close()
	var got []int
	tri := NewTriangle(colormap.Default())
	w.SetContent(WithTips(tri))
	d := TriangleData{Title: "what a doubling is spent on", Corners: [3]string{"depth", "width", "resolution"}, Foot: "top-1", Scale: Range{0.5, 0.7}, Chosen: func(i int) { got = append(got, i) }}
	for i, shares := range [][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1. / 3, 1. / 3, 1. / 3}} {
		d.Points = append(d.Points, TrianglePoint{Shares: shares, Value: 0.5 + 0.1*float64(i%3), Mark: TriangleMark(i), Label: "label", Told: d.Corners[i%3]})
	}
	tri.Set(d)
	for _, size := range []fyne.Size{tri.Least(), {Width: 640, Height: 400}, {Width: 300, Height: 700}} {
		w.Resize(size)
		top, left, right, middle := tri.Place(0), tri.Place(1), tri.Place(2), tri.Place(3)
		if top.X != tri.Size().Width/2 || left.Y != right.Y || left.X >= top.X || math.Abs(float64(middle.Y-(top.Y+2*left.Y)/3)) > 0.01 {
			t.Errorf("%v: %v, %v, %v, %v", size, top, left, right, middle)
		}
		if side, edge := float64(right.X-left.X), math.Hypot(float64(top.X-left.X), float64(top.Y-left.Y)); math.Abs(side-edge) > 0.1 {
			t.Errorf("%v: sides of %v and %v", size, side, edge)
		}
		dots := 0
		for _, o := range test.WidgetRenderer(tri).Objects() {
			if _, line := o.(*canvas.Line); line {
				continue
			}
			if at, end := o.Position(), o.Position().Add(o.Size()); at.X < -1 || at.Y < 0 || end.X > tri.Size().Width+1 || end.Y > tri.Size().Height+1 {
				t.Errorf("%v: from %v to %v lies outside %v", size, at, end, tri.Size())
			}
			if c, ok := o.(*canvas.Circle); ok && c.FillColor == colormap.Default().At(float64(dots%3)/2) {
				dots++
			}
		}
		if dots != 3 {
			t.Errorf("%v: %d dots in their colours", size, dots)
		}
	}
	for i := range d.Points {
		tri.Tapped(&fyne.PointEvent{Position: tri.Place(i)})
	}
	tri.Tapped(&fyne.PointEvent{})
	if !slices.Equal(got, []int{0, 1, 2, 3}) {
		t.Errorf("chosen %v", got)
	}
	tri.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: tri.Place(2)}})
	Rest(tri)
	if Told(tri) != "resolution" {
		t.Errorf("told %q", Told(tri))
	}
	if tri.MouseOut(); Told(tri) != "" {
		t.Errorf("without the pointer it is told %q", Told(tri))
	}
	tri.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: tri.Place(2)}})
	Rest(tri)
	if tri.Tapped(&fyne.PointEvent{Position: tri.Place(2)}); Told(tri) != "" {
		t.Errorf("chosen, and %q stays", Told(tri))
	}
	if got := tri.AccessibilityLabel(); got != "what a doubling is spent on\ndepth\nwidth\nresolution\ndepth" {
		t.Errorf("%q", got)
	}
	d.Scale = Range{0.5, 0.5} // all alike
	tri.Set(d)
	tri.Set(TriangleData{}) // nor is nothing an error
	tri.Tapped(&fyne.PointEvent{})
}

// TestPlotChosen: a tap on a point chooses it, and what lies under the pointer is told beside
// it; a line without dots is passed over.
func TestPlotChosen(t *testing.T) {
	w := test.NewTempApp(t).NewWindow("")
	defer w.Close()
	p := NewPlot()
	w.SetContent(WithTips(p))
	w.Resize(fyne.NewSize(400, 300))
	var got [][2]int
	all := []Point{{X: Exactly(1), Y: Exactly(0.2), Told: "one"}, {X: Exactly(3), Y: Exactly(0.8), Told: "two"}}
	bare := []Point{{X: Exactly(1), Y: Exactly(0.2)}, {X: Exactly(3), Y: Exactly(0.8)}}
	d := PlotData{Title: "plot", X: Shares([]Value{Exactly(0), Exactly(4)}), Y: Shares([]Value{Exactly(0), Exactly(1)}), Series: []Series{{Points: bare, Bare: true}, {Points: all, Loose: true}}}
	p.Set(d)
	least := p.Least().Height
	d.Chosen = func(series, point int) { got = append(got, [2]int{series, point}) }
	p.Set(d)
	if p.Least().Height >= least {
		t.Error("a line is kept for what is told beside the pointer")
	}
	for _, v := range all {
		at, _ := p.Place(v)
		p.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at}})
		if Rest(p); Told(p) != v.Told || p.Told != "" {
			t.Errorf("told %q, want %q", Told(p), v.Told)
		}
		if p.Tapped(&fyne.PointEvent{Position: at}); Told(p) != "" {
			t.Errorf("chosen, and %q stays", Told(p))
		}
	}
	p.Tapped(&fyne.PointEvent{Position: fyne.NewPos(1, 1)})
	if !slices.Equal(got, [][2]int{{1, 0}, {1, 1}}) {
		t.Errorf("chosen %v", got)
	}
	if got := p.AccessibilityLabel(); got != "plot\none\ntwo" {
		t.Errorf("%q", got)
	}
}

// TestFlow: as many stand side by side as have the width, those hidden take no place.
func TestFlow(t *testing.T) {
	test.NewTempApp(t)
	f := &Flow{Width: func() float32 { return 100 }}
	all := []fyne.CanvasObject{canvas.NewRectangle(nil), canvas.NewRectangle(nil), canvas.NewRectangle(nil)}
	for _, o := range all {
		o.(*canvas.Rectangle).SetMinSize(fyne.NewSize(60, 40))
	}
	for _, c := range []struct{ width, last, high float32 }{{90, 88, 128}, {210, 44, 84}, {1000, 0, 40}} {
		f.Layout(all, fyne.NewSize(c.width, 300))
		if got := f.MinSize(all); all[2].Position().Y != c.last || got != fyne.NewSize(60, c.high) {
			t.Errorf("%v: the last is at %v, all take %v", c.width, all[2].Position(), got)
		}
	}
	all[0].Hide()
	if f.Layout(all, fyne.NewSize(90, 300)); all[2].Position().Y != 44 {
		t.Errorf("without the first the last is at %v", all[2].Position())
	}
	all[1].Hide()
	all[2].Hide()
	if f.Layout(all, fyne.NewSize(90, 300)); f.MinSize(all) != (fyne.Size{}) {
		t.Errorf("nothing takes %v", f.MinSize(all))
	}
}
