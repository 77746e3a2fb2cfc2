package ui

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// grid lays cells out in rows, in the way that makes the pictures largest: any
// number of columns, and the text beneath the pictures or beside them. Its
// objects are pairs: the frame of a picture and its text. All frames have one
// size, with the picture's proportions.
type grid struct {
	picture image.Point // the picture's size; zero where there is none
	frame   fyne.Size   // as laid out last
	resized func()      // frame has changed
}

const (
	textWidth   = 180 // the least width at which text is not cut off
	widestText  = 330 // a line longer than that is hard to see together with its picture
	frameHeight = 70  // the least height of a picture
	cellGap     = 12
	textGap     = 4
)

// plan is a way to lay cells out.
type plan struct {
	columns int
	beside  bool // the text, rather than beneath
	frame   fyne.Size
}

// Layout implements fyne.Layout.
func (g *grid) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	n, text := len(objects)/2, textHeight(objects)
	if n == 0 {
		return
	}
	var best plan
	for _, beside := range []bool{false, true} {
		for columns := 1; columns <= n; columns++ {
			p := plan{columns, beside, g.fit(size, n, columns, text, beside)}
			if p.frame.Width*p.frame.Height > best.frame.Width*best.frame.Height {
				best = p
			}
		}
	}
	cell := share(size.Width, best.columns)
	height := best.frame.Height + textGap + text
	width, at := min(cell, max(best.frame.Width, textWidth)), fyne.NewPos(0, best.frame.Height+textGap)
	if best.beside {
		height = max(best.frame.Height, text)
		width, at = min(cell-best.frame.Width-2*textGap, widestText), fyne.NewPos(best.frame.Width+2*textGap, 0)
	}
	for i := range n {
		corner := fyne.NewPos(float32(i%best.columns)*(cell+cellGap), float32(i/best.columns)*(height+cellGap))
		objects[2*i].Move(corner)
		objects[2*i].Resize(best.frame)
		objects[2*i+1].Move(corner.Add(at))
		objects[2*i+1].Resize(fyne.NewSize(width, text))
	}
	if best.frame != g.frame {
		g.frame = best.frame
		g.resized()
	}
}

// fit is the size of the pictures of n cells in so many columns: the largest
// with the picture's proportions that leaves room for text of the height
// given. It is zero where the columns are too narrow.
func (g *grid) fit(size fyne.Size, n, columns int, text float32, beside bool) fyne.Size {
	width, height := share(size.Width, columns), share(size.Height, (n+columns-1)/columns)
	switch {
	case beside:
		width -= textWidth + 2*textGap
		height = max(height, text)
	case width < textWidth && columns > 1:
		return fyne.Size{}
	default:
		height = max(height-text-textGap, frameHeight)
	}
	if width <= 0 {
		return fyne.Size{}
	}
	if g.picture == (image.Point{}) {
		return fyne.NewSize(width, height)
	}
	w, h := float32(g.picture.X), float32(g.picture.Y)
	by := min(width/w, height/h)
	return fyne.NewSize(w*by, h*by)
}

// share is the width or height of each of n cells in a row or column.
func share(whole float32, n int) float32 { return (whole - float32(n-1)*cellGap) / float32(n) }

// MinSize implements fyne.Layout: what as many columns as fit the narrowest
// window take.
func (g *grid) MinSize(objects []fyne.CanvasObject) fyne.Size {
	const columns = 3
	n := len(objects) / 2
	rows := (n + columns - 1) / columns
	return fyne.NewSize(textWidth, float32(rows)*(frameHeight+textGap+textHeight(objects)+cellGap)-cellGap)
}

func textHeight(objects []fyne.CanvasObject) float32 {
	var height float32
	for i := 1; i < len(objects); i += 2 {
		height = max(height, objects[i].MinSize().Height)
	}
	return height
}

// pixels is the size in pixels of the canvas on which o is shown, at least 1×1.
func pixels(size fyne.Size, o fyne.CanvasObject) (w, h int) {
	var c fyne.Canvas
	if c = fyne.CurrentApp().Driver().CanvasForObject(o); c == nil {
		return max(int(size.Width), 1), max(int(size.Height), 1)
	}
	w, h = c.PixelCoordinateForPosition(fyne.NewPos(size.Width, size.Height))
	return max(w, 1), max(h, 1)
}

// newImage shows an image that is already of the size shown.
func newImage() *canvas.Image {
	return &canvas.Image{FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleFastest}
}
