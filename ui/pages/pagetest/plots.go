package pagetest

import (
	"image"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"scalecam/ui/kit"
)

// boxOf is where an object is, in whole units.
func boxOf(at fyne.Position, size fyne.Size) image.Rectangle {
	return image.Rect(int(at.X), int(at.Y), int(at.X+size.Width), int(at.Y+size.Height))
}

// corner is where the left end of the plane is, and its lower one: that of the
// lines of its ticks.
func corner(q *kit.Plot) (left, bottom float32) {
	for _, o := range test.WidgetRenderer(q).Objects() {
		switch l, ok := o.(*canvas.Line); {
		case ok && l.Position1.Y == l.Position2.Y && l.Position2.X-l.Position1.X > q.Size().Width/3:
			left = l.Position1.X
		case ok && l.Position1.X == l.Position2.X:
			bottom = max(bottom, l.Position2.Y)
		}
	}
	return left, bottom
}

// CheckLabels holds plots to that their labels stand inside, on no dot and on no
// other label.
func CheckLabels(t *testing.T, plots ...*kit.Plot) {
	t.Helper()
	for _, q := range plots {
		for _, size := range []fyne.Size{{Width: 240, Height: 260}, {Width: 330, Height: 300}, {Width: 600, Height: 400}} {
			q.Resize(size)
			labels, found := map[string]bool{}, 0
			for _, s := range q.Series {
				for _, v := range s.Points {
					if v.Label != "" {
						labels[v.Label] = true
					}
				}
			}
			isLabel := func(text string) bool { // or one that is shortened
				from, to, short := strings.Cut(text, "…")
				for l := range labels {
					if l == text || short && strings.HasPrefix(l, from) && strings.HasSuffix(l, to) {
						return true
					}
				}
				return false
			}
			left, bottom := corner(q)
			var all []image.Rectangle
			for _, o := range test.WidgetRenderer(q).Objects() {
				place := boxOf(o.Position(), o.Size())
				if _, isDot := o.(*canvas.Circle); isDot {
					const corner = 2 // of its box: nothing of a dot is there
					all = append(all, place.Inset(corner))
				}
				text, ok := o.(*canvas.Text)
				if !ok || !isLabel(text.Text) {
					continue
				}
				found++
				if !place.In(boxOf(fyne.NewPos(left, 0), fyne.NewSize(size.Width-left, bottom))) {
					t.Errorf("%s at %v: %s is at %v", q.Title, size, text.Text, place)
				}
				for _, other := range all {
					if other.Overlaps(place) {
						t.Errorf("%s at %v: %s at %v lies on %v", q.Title, size, text.Text, place, other)
					}
				}
				all = append(all, place)
			}
			if found != len(labels) {
				t.Errorf("%s at %v: %d labels of %d", q.Title, size, found, len(labels))
			}
		}
	}
}
