package pages

import (
	"context"
	"image"

	"scalecam/compare"
	"scalecam/compare/figure"
	"scalecam/network"
	"scalecam/picture"
)

// Outlook is a network's map of a picture, laid over it, and its answer.
type Outlook struct {
	Image  *image.RGBA
	Class  string    // that it answers
	Answer float64   // its probability
	Right  bool      // it is what the picture shows
	Odds   []float64 // of each class
}

// Look shows a picture to models: their maps (CAM, each on its own scale) of what it
// shows, or of what each answers where that is not known, over base, of which the
// longer side becomes so many pixels. It may be called from anywhere.
func Look(ctx context.Context, models []*network.Model, p *picture.Picture, base *image.RGBA, side int) ([]Outlook, error) {
	c := &compare.Comparison{Models: models}
	c.By.Own = p.Shows == ""
	row, inputs := compare.Row{Picture: p}, network.NewInputs(p.Image)
	for _, m := range models {
		cell, err := c.By.Look(ctx, inputs, m)
		if err != nil {
			return nil, err
		}
		row.Cells = append(row.Cells, cell)
	}
	c.Rows = append(c.Rows, row)
	if err := c.Explain(ctx, 0, p.Shows); err != nil {
		return nil, err
	}
	size := Fitted(base.Rect.Size(), image.Pt(side, side))
	small, view := picture.Resize(base, size.X, size.Y, picture.Bilinear), compare.DefaultView()
	all := make([]Outlook, len(models))
	for j, m := range models {
		img, err := figure.Overlay(c, 0, j, view, small)
		if err != nil {
			return nil, err
		}
		cell := c.Rows[0].Cells[j]
		top := cell.Top[0]
		class := m.Classes[top.Class]
		all[j] = Outlook{img, class, top.Probability, class == p.Shows, cell.Activations.Probabilities()}
	}
	return all, nil
}

// Fitted is the largest size with a picture's proportions within a room.
func Fitted(picture, room image.Point) image.Point {
	by := min(float64(room.X)/float64(picture.X), float64(room.Y)/float64(picture.Y))
	size := image.Pt(max(int(float64(picture.X)*by+0.5), 1), max(int(float64(picture.Y)*by+0.5), 1))
	if less := room.Sub(size); less.X <= 1 && less.Y <= 1 { // the room was made for it, and rounded
		return room
	}
	return size
}

// Small is a picture for so small a place, at twice its size, for screens of fine pixels.
func Small(img *image.RGBA, width, height float32) *image.RGBA {
	size := Fitted(img.Rect.Size(), image.Pt(int(2*width), int(2*height)))
	return picture.Resize(img, size.X, size.Y, picture.Bilinear)
}
