package cam

import (
	"image"
	"math"
)

// Interpolation says how a map is spread over the picture's pixels.
type Interpolation int

const (
	// Smooth is bilinear between the centres of the cells, constant beyond the
	// outermost ones (PyTorch's interpolate with align_corners = False).
	Smooth Interpolation = iota
	// Grid shows each cell as the rectangle that it is.
	Grid
)

// Resize spreads the map over h × w pixels: [h, w], row-major, values as in the
// map. h and w must be positive.
func (m *Map) Resize(h, w int, how Interpolation) []float32 {
	return m.ResizePart(h, w, image.Rect(0, 0, w, h), how)
}

// ResizePart is the part of Resize(h, w, how), bit for bit, without making the rest:
// [part.Dy(), part.Dx()], row-major. part lies within w × h and is not empty.
func (m *Map) ResizePart(h, w int, part image.Rectangle, how Interpolation) []float32 {
	rows, cols := spread(m.H, h, part.Min.Y, part.Max.Y, how), spread(m.W, w, part.Min.X, part.Max.X, how)
	w = len(cols)
	// Columns first, into one row of pixels for each row of the grid: a pixel
	// row then only blends two of them.
	wide := make([]float32, m.H*w)
	for y := range m.H {
		row, to := m.Values[y*m.W:][:m.W], wide[y*w:][:w]
		for x, c := range cols {
			to[x] = row[c.at] + c.share*(row[c.next]-row[c.at])
		}
	}
	out := make([]float32, len(rows)*w)
	for y, r := range rows {
		a, b, to := wide[r.at*w:][:w], wide[r.next*w:][:w], out[y*w:][:w]
		for x := range to {
			to[x] = a[x] + r.share*(b[x]-a[x])
		}
	}
	return out
}

// tap says between which two cells a pixel lies, and its share of the second.
type tap struct {
	at, next int
	share    float32
}

// spread are the taps of pixels from to to, of all that the cells are spread over.
func spread(cells, pixels, from, to int, how Interpolation) []tap {
	taps := make([]tap, to-from)
	for i := range taps {
		// The pixel's centre, in cells from the grid's edge.
		taps[i] = tapAt(cells, (float64(from+i)+0.5)*float64(cells)/float64(pixels), how)
	}
	return taps
}

// tapAt is the tap of a place given in cells from the grid's edge, 0 to cells.
func tapAt(cells int, p float64, how Interpolation) tap {
	if how == Grid {
		at := min(int(p), cells-1)
		return tap{at, at, 0}
	}
	p = max(p-0.5, 0) // from the first cell's centre
	at := min(int(p), cells-1)
	return tap{at, min(at+1, cells-1), float32(p - float64(at))}
}

// Sample is the map's value at a place given as shares of its width and height,
// each from 0 to 1: what Resize paints there.
func (m *Map) Sample(x, y float64, how Interpolation) float64 {
	place := func(share float64, cells int) tap {
		return tapAt(cells, min(max(share, 0), 1)*float64(cells), how)
	}
	col, row := place(x, m.W), place(y, m.H)
	line := func(y int) float64 {
		a, b := float64(m.Values[y*m.W+col.at]), float64(m.Values[y*m.W+col.next])
		return a + float64(col.share)*(b-a)
	}
	a, b := line(row.at), line(row.next)
	return a + float64(row.share)*(b-a)
}

// ResizeBicubic spreads the map over h × w pixels as Pillow's resize does with
// BICUBIC: through the cells' values, beyond them where they bend.
func (m *Map) ResizeBicubic(h, w int) []float32 {
	rows, cols := bicubic(m.H, h), bicubic(m.W, w)
	wide := make([]float32, m.H*w)
	for y := range m.H {
		for x, c := range cols {
			wide[y*w+x] = c.sum(m.Values[y*m.W:], 1)
		}
	}
	out := make([]float32, h*w)
	for y, r := range rows {
		for x := range w {
			out[y*w+x] = r.sum(wide[x:], w)
		}
	}
	return out
}

// window is of which cells a pixel is the weighted sum.
type window struct {
	first   int
	weights []float64
}

// sum is that of values that lie so far apart.
func (w *window) sum(values []float32, apart int) float32 {
	var sum float64
	for i, weight := range w.weights {
		sum += weight * float64(values[(w.first+i)*apart])
	}
	return float32(sum)
}

// bicubic are the windows of pixels over cells: Keys' kernel of a = −½ (1981, doi
// 10.1109/TASSP.1981.1163711), cut off at the edges.
func bicubic(cells, pixels int) []window {
	kernel := func(x float64) float64 {
		switch x = math.Abs(x); {
		case x < 1:
			return (1.5*x-2.5)*x*x + 1
		case x < 2:
			return ((-0.5*x+2.5)*x-4)*x + 2
		}
		return 0
	}
	scale := float64(cells) / float64(pixels)
	wide := max(scale, 1) // fewer pixels than cells blend more of them
	all := make([]window, pixels)
	for i := range all {
		centre := (float64(i) + 0.5) * scale
		first, end := max(int(centre-2*wide+0.5), 0), min(int(centre+2*wide+0.5), cells)
		sum := 0.0
		weights := make([]float64, end-first)
		for j := range weights {
			weights[j] = kernel((float64(first+j) - centre + 0.5) / wide)
			sum += weights[j]
		}
		for j := range weights {
			weights[j] /= sum
		}
		all[i] = window{first, weights}
	}
	return all
}
