package kit

import (
	"image"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
)

// TestGrid: pictures keep their proportions, nothing overlaps or leaves the
// window's width, and of what fits the height the largest is taken.
func TestGrid(t *testing.T) {
	test.NewTempApp(t)
	const text = 117
	for _, c := range []struct {
		name    string
		cells   int
		picture image.Point
		size    fyne.Size
		columns int
		beside  bool
	}{
		{"five networks, small window", 6, image.Pt(800, 600), fyne.NewSize(750, 520), 3, false},
		{"five networks, wide window", 6, image.Pt(800, 600), fyne.NewSize(1600, 560), 3, true},
		{"two networks", 3, image.Pt(300, 300), fyne.NewSize(1000, 650), 3, false},
		{"eight networks, too low a window", 9, image.Pt(300, 300), fyne.NewSize(750, 555), 2, true},
		{"panorama", 4, image.Pt(3000, 500), fyne.NewSize(1000, 650), 1, true},
		{"narrow", 3, image.Pt(300, 300), fyne.NewSize(200, 500), 1, false},
		{"one pixel wide", 3, image.Pt(1, 3000), fyne.NewSize(1000, 650), 3, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := &Grid{Picture: c.picture, OnResized: func() {}}
			var objects []fyne.CanvasObject
			for range c.cells {
				words := canvas.NewRectangle(nil)
				words.SetMinSize(fyne.NewSize(0, text))
				objects = append(objects, canvas.NewRectangle(nil), words)
			}
			g.Layout(objects, c.size)
			columns := 0
			for i, o := range objects {
				if o.Position().X+o.Size().Width > c.size.Width+0.1 {
					t.Errorf("object %d ends at %v, beyond %v", i, o.Position().X+o.Size().Width, c.size.Width)
				}
				for j, p := range objects[:i] {
					if overlapping(o, p) {
						t.Errorf("objects %d and %d overlap", j, i)
					}
				}
				if i%2 == 0 && o.Position().Y == 0 {
					columns++
				}
			}
			if got := objects[1].Position().Y == 0; columns != c.columns || got != c.beside {
				t.Errorf("%d columns, text beside %v; want %d, %v", columns, got, c.columns, c.beside)
			}
			want := float32(c.picture.X) / float32(c.picture.Y)
			if got := g.Frame.Width / g.Frame.Height; got < want*0.999 || got > want*1.001 {
				t.Errorf("frame %v for a picture of %v", g.Frame, c.picture)
			}
			end := objects[len(objects)-1]
			if height := max(c.size.Height, g.MinSize(objects).Height); end.Position().Y+end.Size().Height > height+0.1 {
				t.Errorf("ends at %v, beyond %v", end.Position().Y+end.Size().Height, height)
			}
		})
	}
}

func overlapping(a, b fyne.CanvasObject) bool {
	p, q := a.Position(), b.Position()
	const rounding = 0.01
	return p.X+rounding < q.X+b.Size().Width && q.X+rounding < p.X+a.Size().Width &&
		p.Y+rounding < q.Y+b.Size().Height && q.Y+rounding < p.Y+a.Size().Height
}
