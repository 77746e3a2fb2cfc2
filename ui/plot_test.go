package ui

import (
	"image"
	"image/color"
	"strings"
	"testing"

	"scalecam/ui/kit"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// TestPlotTells: over a dot of the study's plots they say whose figure it is.
func TestPlotTells(t *testing.T) {
	_, p := openStudy(t, inline, nil)
	for i, r := range p.study.Standings()[:5] {
		for measure, q := range []*kit.Plot{p.top1, p.pointing, p.cost} {
			at, _ := q.Place(q.Series[i].Points[0])
			q.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: at}})
			f := r.Shares[measure%2]
			if !strings.HasPrefix(q.Told, r.Name+": ") || !strings.HasSuffix(q.Told, " "+f.String()+"% "+f.Margin()) {
				t.Errorf("%s: over %s it says %q", q.Title, r.Name, q.Told)
			}
		}
	}
	if p.cost.MouseOut(); p.cost.Told != "" {
		t.Errorf("left, it says %q", p.cost.Told)
	}
}

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

// TestPlotLabels stand inside the plot, on no dot and on no other label.
func TestPlotLabels(t *testing.T) {
	w, p := openStudy(t, inline, nil)
	families := showScaling(w).plots[1]
	for _, q := range []*kit.Plot{p.cost, families.Plot} {
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

// TestDrawnInTheme: plots and tables follow a change of the theme.
func TestDrawnInTheme(t *testing.T) {
	_, p := openStudy(t, inline, nil)
	names := map[fyne.ThemeVariant]string{theme.VariantDark: "dark", theme.VariantLight: "light"}
	for _, variant := range []fyne.ThemeVariant{theme.VariantDark, theme.VariantLight} {
		look := kit.Theme(names[variant])
		test.ApplyTheme(t, look)
		want := map[color.Color]bool{}
		for _, name := range []fyne.ThemeColorName{theme.ColorNameForeground, theme.ColorNamePlaceHolder} {
			want[look.Color(name, variant)] = true
		}
		for _, o := range []fyne.Widget{p.table, p.cost} {
			for _, o := range test.WidgetRenderer(o).Objects() {
				if text, ok := o.(*canvas.Text); ok && !want[text.Color] {
					t.Fatalf("%q is %v", text.Text, text.Color)
				}
			}
		}
	}
}

// TestTableKeys: a column's name is reached and asked by keys alone, and keeps
// the focus.
func TestTableKeys(t *testing.T) {
	_, p := openStudy(t, inline, nil)
	c, reached := p.w.window.Canvas(), 0
	for range 50 {
		c.FocusNext()
		link, ok := c.Focused().(*widget.Hyperlink)
		if !ok {
			continue
		}
		before := p.explanation.Text
		link.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
		if reached++; p.explanation.Text == before || c.Focused() != fyne.Focusable(link) {
			t.Errorf("%q says %q", link.Text, p.explanation.Text)
		}
		if reached == len(p.columns)-1 {
			return
		}
	}
	t.Errorf("only %d of %d are reached", reached, len(p.columns)-1)
}
