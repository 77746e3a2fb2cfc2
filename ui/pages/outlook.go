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
	Class  string  // that it answers
	Answer float64 // its probability
	Right  bool    // it is what the picture shows
	Odds   []float64
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
	w, h := side, side
	if b := base.Rect; b.Dx() > b.Dy() {
		h = max(1, side*b.Dy()/b.Dx())
	} else {
		w = max(1, side*b.Dx()/b.Dy())
	}
	small, view := picture.Resize(base, w, h, picture.Bilinear), compare.DefaultView()
	all := make([]Outlook, len(models))
	for j, m := range models {
		img, err := figure.Overlay(c, 0, j, view, small)
		if err != nil {
			return nil, err
		}
		top := c.Rows[0].Cells[j].Top[0]
		class := m.Classes[top.Class]
		all[j] = Outlook{img, class, top.Probability, class == p.Shows, nil}
	}
	return all, nil
}
