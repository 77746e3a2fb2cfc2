package kit

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

// TestSeparated: a table is copied whole, with columns of their own for what stands
// behind numbers, and never with a cell that falls apart.
func TestSeparated(t *testing.T) {
	table := NewTable(0)
	table.Set([][]TableCell{
		{{Text: "network"}, {Link: widget.NewHyperlink("top-1", nil)}, {Text: "MACs"}},
		{{Text: "a\tname of\ntwo lines, longer than a column of the window would ever be, which is cut there"}, {Text: "83.2", Margin: "82.1–84.3", Was: "80"}, {Text: "386M"}},
		{{Text: "b"}, {Text: "84.0", Warning: "few"}},
	}, 0)
	const want = "network\ttop-1\t\tMACs\n" +
		"a name of two lines, longer than a column of the window would ever be, which is cut there\t83.2\t82.1–84.3\t386M\n" +
		"b\t84.0\tfew\n"
	if got := table.Separated(); got != want {
		t.Errorf("got %q", got)
	}
	var at fyne.Position
	table.OnMenu(func(p fyne.Position) { at = p })
	test.TapSecondaryAt(table, fyne.NewPos(3, 4))
	if at == (fyne.Position{}) {
		t.Error("the other button does nothing")
	}
}

// TestTableWide: in a very wide window a row is no wider than can be followed.
func TestTableWide(t *testing.T) {
	test.NewTempApp(t)
	table := NewTable(0)
	table.Set([][]TableCell{{{Text: "network"}, {Text: "top-1"}}, {{Text: "baseline"}, {Text: "83.2"}}}, 0)
	least := table.Least()
	for _, width := range []float32{least.Width, least.Width + 20, 2560} {
		b := &Brush{}
		table.Draw(b, fyne.NewSize(width, least.Height))
		for _, o := range b.objects {
			end := o.Position().X + o.Size().Width
			if most := min(width, least.Width+2*tableSpare); end > most+1 {
				t.Errorf("in %v, an object ends at %v of %v", width, end, most)
			}
			if r, ok := o.(*canvas.Rectangle); ok && r.Size().Width < min(width, least.Width) {
				t.Errorf("in %v, a row is %v wide", width, r.Size().Width)
			}
		}
	}
}
