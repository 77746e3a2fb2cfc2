package compare

import "scalecam/network"

// GridCell is the cell of a network's grid at a point of the row's picture, x
// of its width from the left and y of its height from the top. It says false
// where the network did not see the point.
func (c *Comparison) GridCell(row, col int, x, y float64) (cellRow, cellCol int, saw bool) {
	of, a := c.Rows[row].Picture.Image.Bounds(), c.Rows[row].Cells[col].Activations
	x = (x*float64(of.Dx()) - a.Seen.X0) / (a.Seen.X1 - a.Seen.X0)
	y = (y*float64(of.Dy()) - a.Seen.Y0) / (a.Seen.Y1 - a.Seen.Y0)
	if !(x >= 0 && x < 1 && y >= 0 && y < 1) {
		return 0, 0, false
	}
	return min(int(y*float64(a.Grid.H)), a.Grid.H-1), min(int(x*float64(a.Grid.W)), a.Grid.W-1), true
}

// CellRegion is the part of the row's picture that a cell of a network's grid
// lies over, from 0 to 1 across the picture and down.
func (c *Comparison) CellRegion(row, col, cellRow, cellCol int) network.Region {
	of, a := c.Rows[row].Picture.Image.Bounds(), c.Rows[row].Cells[col].Activations
	across := func(cell int) float64 {
		return (a.Seen.X0 + (a.Seen.X1-a.Seen.X0)*float64(cell)/float64(a.Grid.W)) / float64(of.Dx())
	}
	down := func(cell int) float64 {
		return (a.Seen.Y0 + (a.Seen.Y1-a.Seen.Y0)*float64(cell)/float64(a.Grid.H)) / float64(of.Dy())
	}
	return network.Region{X0: across(cellCol), Y0: down(cellRow), X1: across(cellCol + 1), Y1: down(cellRow + 1)}
}
