package kit

import (
	"image"
	"math"

	"fyne.io/fyne/v2"
)

// Grid lays cells out in rows, in the way that makes the pictures largest: any
// number of columns, and the text beneath the pictures or beside them. Its
// objects are pairs: the frame of a picture and its text. All frames have one
// size, with the picture's proportions.
type Grid struct {
	Picture   image.Point // the picture's size; zero where there is none
	Columns   int         // that there must be; 0 for as many as is best
	Frame     fyne.Size   // as laid out last
	width     float32     // likewise, of all cells
	OnResized func()      // frame has changed
}

const (
	textWidth   = 190 // the least width at which text is not cut off
	shortWidth  = 150 // likewise, of the shorter text where the number of columns is given
	columnWidth = 120 // the least width of those
	widestText  = 330 // a line longer than that is hard to see together with its picture
	frameWidth  = 90  // the least room for a picture
	frameHeight = 110
	shortHeight = 80 // likewise, where the number of columns is given
	cellGap     = 12
	textGap     = 4
)

// plan is a way to lay cells out.
type plan struct {
	columns int
	beside  bool    // the text, rather than beneath
	frame   float32 // the least height of a picture
}

// plans are the ways to lay n cells out on the width.
func (g *Grid) plans(n int, width float32) []plan {
	if g.Columns > 0 {
		all := []plan{{g.Columns, false, shortHeight}}
		if share(width, g.Columns) >= frameWidth+2*textGap+shortWidth {
			all = append(all, plan{g.Columns, true, shortHeight})
		}
		return all
	}
	all := []plan{{1, false, frameHeight}}
	for c := 1; c <= n; c++ {
		if c > 1 && share(width, c) >= textWidth {
			all = append(all, plan{c, false, frameHeight})
		}
		if share(width, c) >= frameWidth+2*textGap+textWidth {
			all = append(all, plan{c, true, frameHeight})
		}
	}
	return all
}

func (p plan) rows(n int) int { return (n + p.columns - 1) / p.columns }

// leastHeight is what n cells with text of the height given take at least.
func (p plan) leastHeight(n int, text float32) float32 {
	row := p.frame + textGap + text
	if p.beside {
		row = max(p.frame, text)
	}
	return float32(p.rows(n))*(row+cellGap) - cellGap
}

// room is what n cells leave for each picture beside text at least so wide.
func (p plan) room(n int, text, width float32, size fyne.Size) fyne.Size {
	cell := fyne.NewSize(share(size.Width, p.columns), share(size.Height, p.rows(n)))
	if p.beside {
		return fyne.NewSize(cell.Width-2*textGap-width, cell.Height)
	}
	return fyne.NewSize(cell.Width, cell.Height-textGap-text)
}

// Layout implements fyne.Layout.
func (g *Grid) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	n, text := len(objects)/2, textHeight(objects)
	if n == 0 {
		return
	}
	g.width = size.Width
	height := max(size.Height, g.leastHeight(n, text))
	var best plan
	var frame fyne.Size
	for _, p := range g.plans(n, size.Width) {
		if p.leastHeight(n, text) > height {
			continue
		}
		f := g.fit(p.room(n, text, g.text(), fyne.NewSize(size.Width, height)))
		f = fyne.NewSize(max(f.Width, 0), max(f.Height, 0)) // a window may be too small for any
		if best.columns == 0 || f.Width*f.Height > frame.Width*frame.Height {
			best, frame = p, f
		}
	}
	cell := share(size.Width, best.columns)
	row := frame.Height + textGap + text
	width, at := min(cell, max(frame.Width, g.text())), fyne.NewPos(0, frame.Height+textGap)
	if best.beside {
		row = max(frame.Height, text)
		width, at = min(cell-frame.Width-2*textGap, widestText), fyne.NewPos(frame.Width+2*textGap, 0)
	}
	for i := range n {
		corner := fyne.NewPos(float32(i%best.columns)*(cell+cellGap), float32(i/best.columns)*(row+cellGap))
		objects[2*i].Move(corner)
		objects[2*i].Resize(frame)
		objects[2*i+1].Move(corner.Add(at))
		objects[2*i+1].Resize(fyne.NewSize(width, text))
	}
	if frame != g.Frame {
		g.Frame = frame
		g.OnResized()
	}
}

// fit is the largest size with the picture's proportions in the room given.
func (g *Grid) fit(room fyne.Size) fyne.Size {
	if g.Picture == (image.Point{}) {
		return room
	}
	w, h := float32(g.Picture.X), float32(g.Picture.Y)
	by := min(room.Width/w, room.Height/h)
	return fyne.NewSize(w*by, h*by)
}

// leastHeight is what the cells take at least on the width of the last layout.
func (g *Grid) leastHeight(n int, text float32) float32 {
	least := float32(math.Inf(1))
	for _, p := range g.plans(n, g.width) {
		least = min(least, p.leastHeight(n, text))
	}
	return least
}

// MinSize implements fyne.Layout.
func (g *Grid) MinSize(objects []fyne.CanvasObject) fyne.Size {
	least := fyne.NewSize(textWidth, g.leastHeight(len(objects)/2, textHeight(objects)))
	if g.Columns > 0 {
		least.Width = float32(g.Columns)*(columnWidth+cellGap) - cellGap
	}
	return least
}

// text is how wide a cell's text should be.
func (g *Grid) text() float32 {
	if g.Columns > 0 {
		return shortWidth
	}
	return textWidth
}

// share is the width or height of each of n cells in a row or column; none where
// the gaps take it all.
func share(whole float32, n int) float32 { return max((whole-float32(n-1)*cellGap)/float32(n), 0) }

// textHeight is the height of the highest text.
func textHeight(objects []fyne.CanvasObject) float32 {
	var height float32
	for i := 1; i < len(objects); i += 2 {
		height = max(height, objects[i].MinSize().Height)
	}
	return height
}
