package compare_test

import (
	"image"
	"strconv"
	"strings"
	"testing"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/compare/comparetest"
	"scalecam/network"
	"scalecam/picture"
)

// TestGridCell: of a picture of 100×50 the network saw the middle 50×50, on 2
// rows and 5 columns.
func TestGridCell(t *testing.T) {
	c := &compare.Comparison{Rows: []compare.Row{{
		Picture: &picture.Picture{Image: image.NewRGBA(image.Rect(0, 0, 100, 50))},
		Cells: []compare.Cell{{Activations: &network.Activations{
			Pooled: cam.Pooled{Features: cam.Features{H: 2, W: 5}}, Seen: network.Region{X0: 25, Y0: 0, X1: 75, Y1: 50},
		}}},
	}}}
	for _, p := range []struct {
		x, y     float64
		row, col int
		saw      bool
	}{
		{0.2, 0.5, 0, 0, false},
		{0.75, 0.5, 0, 0, false},
		{0.5, -0.1, 0, 0, false},
		{0.25, 0, 0, 0, true},
		{0.5, 0.5, 1, 2, true},
		{0.749, 0.999, 1, 4, true},
	} {
		row, col, saw := c.GridCell(0, 0, p.x, p.y)
		if row != p.row || col != p.col || saw != p.saw {
			t.Errorf("(%v, %v): got row %d, column %d, %v; want %d, %d, %v", p.x, p.y, row, col, saw, p.row, p.col, p.saw)
		}
	}
	for row := range 2 {
		for col := range 5 {
			r := c.CellRegion(0, 0, row, col)
			if gotRow, gotCol, saw := c.GridCell(0, 0, (r.X0+r.X1)/2, (r.Y0+r.Y1)/2); gotRow != row || gotCol != col || !saw {
				t.Errorf("the middle of row %d, column %d is row %d, column %d, %v", row, col, gotRow, gotCol, saw)
			}
		}
	}
	if got, want := c.CellRegion(0, 0, 1, 0), (network.Region{X0: 0.25, Y0: 0.5, X1: 0.35, Y1: 1}); got != want {
		t.Errorf("row 1, column 0 lies over %v, want %v", got, want)
	}
}

// TestNoMap: the error says why there is none.
func TestNoMap(t *testing.T) {
	one := comparetest.Model(t, "one", 64, "crane", "a", "b", "c", "d", "e", "f", "g", "h", "i")
	animals := comparetest.Model(t, "animals", 64, comparetest.Animals...)
	pictures, models := []*picture.Picture{comparetest.Picture("a.png", 20, 20)}, []*network.Model{one, animals}
	c := comparetest.Run(t, "", pictures, models...)
	predicted := strconv.Itoa(c.Rows[0].Cells[0].Class)
	for _, test := range []struct {
		class string
		by    compare.By
		col   int
		want  string
	}{
		{"crane", compare.By{}, 1, "“crane” names 2 of its classes (2, 6)"},
		{"i", compare.By{Against: []string{"a"}}, 1, "has no class “a”"},
		{"", compare.By{Against: []string{predicted}}, 0, "one: the class is held against itself"},
		{"", compare.By{Own: true, Against: []string{predicted}}, 0, "one: the class is held against itself"},
	} {
		c, err := compare.Run(t.Context(), pictures, models, test.class, test.by, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Map(0, test.col); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q by %+v: %v, want %q", test.class, test.by, err, test.want)
		}
		for i, name := range c.AgainstNames() {
			if class, err := one.FindClass(test.by.Against[i]); err != nil || one.Classes[class] != name {
				t.Errorf("%q is called %q", test.by.Against[i], name)
			}
		}
	}
}
