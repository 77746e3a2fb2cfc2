package ui

import (
	"image/color"
	"strings"
	"testing"

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
		for measure, q := range []*plot{p.top1, p.pointing, p.cost} {
			v := q.series[i].points[0]
			q.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: q.plane(q.Size()).at(v.x.Value, v.y.Value)}})
			f := r.Shares[measure%2]
			if !strings.HasPrefix(q.told, r.Name+": ") || !strings.HasSuffix(q.told, " "+f.String()+"% "+f.Margin()) {
				t.Errorf("%s: over %s it says %q", q.title, r.Name, q.told)
			}
		}
	}
	if p.cost.MouseOut(); p.cost.told != "" {
		t.Errorf("left, it says %q", p.cost.told)
	}
}

// TestPlotLabels stand inside the plot, on no dot and on no other label.
func TestPlotLabels(t *testing.T) {
	w, p := openStudy(t, inline, nil)
	families := showScaling(w).plots[1]
	for _, q := range []*plot{p.cost, families.plot} {
		for _, size := range []fyne.Size{{Width: 240, Height: 260}, {Width: 330, Height: 300}, {Width: 600, Height: 400}} {
			q.Resize(size)
			f, labels, found := q.plane(size), map[string]bool{}, 0
			for _, s := range q.series {
				for _, v := range s.points {
					if v.label != "" {
						labels[v.label] = true
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
			var all obstacles
			for _, o := range test.WidgetRenderer(q).Objects() {
				place := box(o.Position(), o.Size())
				if _, isDot := o.(*canvas.Circle); isDot {
					const corner = 2 // of its box: nothing of a dot is there
					all = append(all, place.Inset(corner))
				}
				text, ok := o.(*canvas.Text)
				if !ok || !isLabel(text.Text) {
					continue
				}
				found++
				if !place.In(box(fyne.NewPos(f.left, 0), fyne.NewSize(size.Width-f.left, f.bottom))) {
					t.Errorf("%s at %v: %s is at %v", q.title, size, text.Text, place)
				}
				for _, other := range all {
					if other.Overlaps(place) {
						t.Errorf("%s at %v: %s at %v lies on %v", q.title, size, text.Text, place, other)
					}
				}
				all = append(all, place)
			}
			if found != len(labels) {
				t.Errorf("%s at %v: %d labels of %d", q.title, size, found, len(labels))
			}
		}
	}
}

// TestDrawnInTheme: plots and tables follow a change of the theme.
func TestDrawnInTheme(t *testing.T) {
	_, p := openStudy(t, inline, nil)
	for _, variant := range []fyne.ThemeVariant{theme.VariantDark, theme.VariantLight} {
		look := fixed{look{theme.DefaultTheme()}, variant}
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
