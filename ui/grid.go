package ui

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// grid lays cells out in rows, with as many columns as make the pictures
// largest. Its objects are pairs: the frame of a picture and the text beneath.
// All frames have one size, with the picture's proportions.
type grid struct {
	picture image.Point // the picture's size; zero where there is none
	frame   fyne.Size   // as laid out last
	resized func()      // frame has changed
}

const (
	cellWidth   = 215 // the narrowest cell whose text is not cut off
	frameHeight = 70  // the least height of a picture
	cellGap     = 12
	textGap     = 2
)

// Layout implements fyne.Layout.
func (g *grid) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	n, text := len(objects)/2, textHeight(objects)
	if n == 0 {
		return
	}
	columns, frame := 1, fyne.Size{}
	for c := 1; c <= n && (c == 1 || g.cell(size.Width, c) >= cellWidth); c++ {
		rows := (n + c - 1) / c
		height := (size.Height-float32(rows-1)*cellGap)/float32(rows) - text - textGap
		if f := g.fit(fyne.NewSize(g.cell(size.Width, c), max(height, frameHeight))); f.Width*f.Height > frame.Width*frame.Height {
			columns, frame = c, f
		}
	}
	cell := g.cell(size.Width, columns)
	for i := range n {
		at := fyne.NewPos(float32(i%columns)*(cell+cellGap), float32(i/columns)*(frame.Height+textGap+text+cellGap))
		objects[2*i].Move(at)
		objects[2*i].Resize(frame)
		objects[2*i+1].Move(at.AddXY(0, frame.Height+textGap))
		objects[2*i+1].Resize(fyne.NewSize(cell, text))
	}
	if frame != g.frame {
		g.frame = frame
		g.resized()
	}
}

// MinSize implements fyne.Layout: what as many columns as fit the narrowest
// window take.
func (g *grid) MinSize(objects []fyne.CanvasObject) fyne.Size {
	const columns = 3
	n := len(objects) / 2
	rows := (n + columns - 1) / columns
	return fyne.NewSize(cellWidth, float32(rows)*(frameHeight+textGap+textHeight(objects)+cellGap)-cellGap)
}

func (g *grid) cell(width float32, columns int) float32 {
	return (width - float32(columns-1)*cellGap) / float32(columns)
}

// fit is the largest size with the picture's proportions within s.
func (g *grid) fit(s fyne.Size) fyne.Size {
	if g.picture == (image.Point{}) {
		return s
	}
	w, h := float32(g.picture.X), float32(g.picture.Y)
	by := min(s.Width/w, s.Height/h)
	return fyne.NewSize(w*by, h*by)
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
