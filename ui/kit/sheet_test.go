package kit

import (
	"fmt"
	"image"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"scalecam/colormap"
)

// sheetOf is a sheet of so many rows and columns, with words at each cell.
func sheetOf(rows, columns int, picture image.Point) (*Sheet, [][]*Cell) {
	s := NewSheet(func() {})
	s.Picture = picture
	var heads []*Head
	for j := range columns {
		h := NewHead(nil)
		h.Set(fmt.Sprint("network ", j), "", []Line{{Text: "d 1, w 1, 64 px"}, {Text: "385M MACs, 4.65M params"}, {Text: "grid 7×7"}})
		heads = append(heads, h)
	}
	var cells [][]*Cell
	for range rows {
		var row []*Cell
		for range columns {
			c := NewCell(nil, nil, func(do func() func()) { do()() })
			c.BarFirst = true
			c.Set(Content{Lines: []Line{{Text: "tiger cat, 43.6%", Bold: true}, {Text: "right"}}})
			row = append(row, c)
		}
		cells = append(cells, row)
	}
	s.Set(heads, cells)
	return s, cells
}

// TestSheet: in windows from 640 to 4K, for one and several pictures of any proportions,
// frames have the picture's, nothing overlaps, words are as wide as can be read, and maps
// are as wide as their column where that does not make them too high.
func TestSheet(t *testing.T) {
	test.NewTempApp(t)
	for _, size := range []fyne.Size{{Width: 640, Height: 480}, {Width: 979, Height: 567}, {Width: 1640, Height: 820}, {Width: 2280, Height: 1180}, {Width: 3560, Height: 1900}} {
		for _, picture := range []image.Point{{X: 640, Y: 640}, {X: 451, Y: 300}, {X: 300, Y: 451}, {X: 3000, Y: 500}} {
			for _, rows := range []int{1, 2, 4} {
				for _, columns := range []int{1, 2, 4, 6, 9} {
					if rows > 1 && columns == 1 {
						continue
					}
					name := fmt.Sprintf("%v, %v, %d × %d", size, picture, rows, columns)
					s, cells := sheetOf(rows, columns, picture)
					s.Scroll.Resize(size)
					checkSheet(t, name, s, cells, size)
				}
			}
		}
	}
}

func checkSheet(t *testing.T, name string, s *Sheet, cells [][]*Cell, size fyne.Size) {
	t.Helper()
	want := float32(s.Picture.X) / float32(s.Picture.Y)
	if got := s.Frame.Width / s.Frame.Height; got < 0.99*want || got > 1.01*want {
		t.Errorf("%s: frames of %v", name, s.Frame)
	}
	var all []fyne.CanvasObject
	for i, row := range cells {
		for j, c := range row {
			all = append(all, c.Frame, c.Text)
			if i == 0 {
				all = append(all, s.heads[j].Box)
			}
			if c.Frame.Size() != s.Frame || c.Text.Size().Width < leastColumn() {
				t.Errorf("%s: a cell of %v with words %v wide", name, c.Frame.Size(), c.Text.Size().Width)
			}
		}
	}
	for i, o := range all {
		if end := o.Position().Add(o.Size()); end.X > s.Box.Size().Width+1 || end.Y > s.Box.Size().Height+1 {
			t.Errorf("%s: object %d ends at %v of %v", name, i, end, s.Box.Size())
		}
		for j, p := range all[:i] {
			if overlapping(o, p) {
				t.Errorf("%s: objects %d and %d overlap", name, j, i)
				return
			}
		}
	}
	p := s.now
	if p.beside {
		return
	}
	if wide := p.column; s.Frame.Width < wide-1 && wide > leastColumn() {
		t.Errorf("%s: maps of %v in columns of %v", name, s.Frame.Width, wide)
	}
	if band := p.head + p.heights[0]; len(cells) == 1 && s.Box.Size().Height > size.Height+1 && s.Frame.Width < columns(size.Width-sheetEdge, (len(s.heads)+p.bands-1)/p.bands)-1 && s.Frame.Height > sheetLeast+1 && band < size.Height-1 {
		t.Errorf("%s: maps of %v are scrolled, %v high with their words", name, s.Frame, band)
	}
	if len(cells) > 1 && s.Frame.Width < leastColumn()-1 && s.Frame.Height < size.Height/3 && want >= 1 {
		t.Errorf("%s: maps of %v", name, s.Frame)
	}
}

// TestSmallMaps: in a window of 1280×800, beside the controls, maps of a picture by four to
// eight networks, with all that is said of them, are not so small that much of the page
// stays empty.
func TestSmallMaps(t *testing.T) {
	test.NewTempApp(t)
	size := fyne.NewSize(979, 567)
	for _, picture := range []image.Point{{X: 640, Y: 640}, {X: 451, Y: 300}} {
		for columns := 5; columns <= 9; columns++ {
			s, cells := sheetOf(1, columns, picture)
			for j, c := range cells[0] {
				c.Bar.Show()
				c.Set(Content{Colours: colormap.Default(), Lines: []Line{{Text: "tiger cat, 43.6%", Bold: true}, {Text: "explained: tiger cat, 20.1%"}, {Text: "with others: ρ 0.02, IoU 0.20"}}})
				s.heads[j].Set("network", "", []Line{{Text: "d 1, w 1, 64 px"}, {Text: "385M MACs, 4.65M params"}, {Text: "grid 7×7, run 44 ms"}, {Text: "trained at 240 px, run at 224", Wrap: 3}})
			}
			s.Scroll.Resize(size)
			if s.Frame.Width < 175 {
				t.Errorf("%v, %d columns: maps of %v, %v of %v in sight", picture, columns, s.Frame, s.Box.Size(), size)
			}
		}
	}
}

// TestLineIn: a line is broken at its words into no more lines than it may have, the last
// of which is cut.
func TestLineIn(t *testing.T) {
	test.NewTempApp(t)
	text := "trained at 240 px, run at 224 and not at what it was trained at"
	is := wordsLine
	for _, most := range []int{0, 1, 2, 3, 9} {
		lines := Line{Text: text, Wrap: most}.in(120)
		if len(lines) > max(most, 1) {
			t.Errorf("%d lines of %d", len(lines), most)
		}
		for _, l := range lines {
			if is.Width(l) > 120 {
				t.Errorf("%q is %v wide", l, is.Width(l))
			}
		}
		if whole := strings.Join(lines, " ") == text; whole != (most > 2) {
			t.Errorf("in %d lines it says %q", most, lines)
		}
	}
}
