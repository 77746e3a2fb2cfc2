package compare

import (
	"scalecam/cam"
	"scalecam/fault"
	"scalecam/network"
)

// GridCell is the cell of a network's grid at a point of the row's picture, x
// of its width from the left and y of its height from the top. It says false
// where the network did not see the point.
func (c *Comparison) GridCell(row, col int, x, y float64) (cellRow, cellCol int, saw bool) {
	h, w := c.Rows[row].Cells[col].grid()
	if x, y, saw = c.saw(row, col, x, y); !saw {
		return 0, 0, false
	}
	return min(int(y*float64(h)), h-1), min(int(x*float64(w)), w-1), true
}

// grid is the cell's map's, or the last layer's where it has none.
func (c *Cell) grid() (h, w int) {
	if c.Map != nil {
		return c.Map.H, c.Map.W
	}
	return c.Activations.Features.H, c.Activations.Features.W
}

// saw turns a point of the row's picture into one of the part that a network
// saw, likewise from 0 to 1; it says false where that is outside.
func (c *Comparison) saw(row, col int, x, y float64) (u, v float64, saw bool) {
	return within(&c.Rows[row], c.Rows[row].Cells[col].Activations.Seen, x, y)
}

// within is saw of any part of a row's picture.
func within(row *Row, seen network.Region, x, y float64) (u, v float64, in bool) {
	of := row.Picture.Image.Bounds()
	u = (x*float64(of.Dx()) - seen.X0) / (seen.X1 - seen.X0)
	v = (y*float64(of.Dy()) - seen.Y0) / (seen.Y1 - seen.Y0)
	return u, v, u >= 0 && u < 1 && v >= 0 && v < 1
}

// Value is the map's value, in logit units, at a point of the row's picture, x
// of its width from the left and y of its height from the top; it says false
// where the network did not see the point or has no map.
func (c *Comparison) Value(row, col int, v View, x, y float64) (value float64, ok bool) {
	cell := &c.Rows[row].Cells[col]
	return Shown{Map: cell.Map, Seen: cell.Activations.Seen}.Value(&c.Rows[row], v, x, y)
}

// CellRegion is the part of the row's picture that a cell of a network's grid
// lies over, from 0 to 1 across the picture and down.
func (c *Comparison) CellRegion(row, col, cellRow, cellCol int) network.Region {
	of, a := c.Rows[row].Picture.Image.Bounds(), c.Rows[row].Cells[col].Activations
	h, w := c.Rows[row].Cells[col].grid()
	across := func(cell int) float64 {
		return (a.Seen.X0 + (a.Seen.X1-a.Seen.X0)*float64(cell)/float64(w)) / float64(of.Dx())
	}
	down := func(cell int) float64 {
		return (a.Seen.Y0 + (a.Seen.Y1-a.Seen.Y0)*float64(cell)/float64(h)) / float64(of.Dy())
	}
	return network.Region{X0: across(cellCol), Y0: down(cellRow), X1: across(cellCol + 1), Y1: down(cellRow + 1)}
}

// Map is a cell's map, to be written to a file; the error says where there is none.
func (c *Comparison) Map(row, col int) (*cam.Map, error) {
	m := c.Rows[row].Cells[col].Map
	if m != nil {
		return m, nil
	}
	title := Title(c.Models[col])
	switch note := c.CellNotes(row, col, View{})[0]; note.Kind {
	case Itself:
		return nil, fault.Errorf("compare: %s: the class is held against itself, which leaves no map to write; choose another", title)
	case Several:
		return nil, fault.Errorf("compare: %s: “%v” names %v of its classes (%v), and so there is no map to write; choose one by its index", append([]any{title}, note.Args...)...)
	default:
		return nil, fault.Errorf("compare: %s has no class “%s”, and so no map to write; choose a class that it has", append([]any{title}, note.Args...)...)
	}
}
