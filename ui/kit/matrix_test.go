package kit

import (
	"fmt"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
)

// TestMatrix: a tap on a number gives its place, on a 0 and on names nothing; of many
// classes columns have their numbers.
func TestMatrix(t *testing.T) {
	w := test.NewTempApp(t).NewWindow("")
	defer w.Close()
	var got [][2]int
	says := func(row, column int) string { return fmt.Sprint(row, " as ", column) }
	m := NewMatrix("shown \\ answered", says, func(row, column int) { got = append(got, [2]int{row, column}) })
	if m.Least() != (fyne.Size{}) {
		t.Error("nothing takes room")
	}
	m.Set([]string{"mug", "glass", "a name that is much too long for the head of a column"}, [][]int{{3, 0, 1}, {0, 2, 0}, {12, 0, 0}}, 0, 2)
	w.SetContent(WithTips(m))
	w.Resize(m.Least())
	m.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: m.Place(0, 0)}})
	if Rest(m); Told(m) != "0 as 0" {
		t.Errorf("told %q", Told(m))
	}
	if m.Tapped(&fyne.PointEvent{Position: m.Place(0, 0)}); Told(m) != "" {
		t.Errorf("tapped on, and %q stays", Told(m))
	}
	got = nil
	for _, at := range [][2]int{{0, 0}, {0, 1}, {0, 2}, {2, 0}, {2, 2}} {
		m.Tapped(&fyne.PointEvent{Position: m.Place(at[0], at[1])})
	}
	m.Tapped(&fyne.PointEvent{Position: fyne.NewPos(2, 2)})
	m.Tapped(&fyne.PointEvent{Position: m.Place(0, 5)})
	if want := [][2]int{{0, 0}, {0, 2}, {2, 0}}; !slices.Equal(got, want) {
		t.Errorf("tapped on %v, want %v", got, want)
	}
	if got := m.AccessibilityLabel(); got != "shown \\ answered\n0 as 0\n0 as 2\n1 as 1\n2 as 0" {
		t.Errorf("%q", got)
	}
	narrow := m.Least().Width
	names, counts := make([]string, 20), make([][]int, 20)
	for i := range names {
		names[i], counts[i] = fmt.Sprintf("class %d of twenty", i), make([]int, 20)
	}
	m.Set(names, counts, -1, -1)
	if columns, rows := m.heads(); columns[19] != "20" || rows[19] != "20  class 19 of twenty" || m.Least().Width < narrow {
		t.Errorf("%v, %v", columns, rows)
	}
}
