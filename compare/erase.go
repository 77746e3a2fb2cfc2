package compare

import (
	"bytes"
	"context"
	"image"
	"math"
	"strings"

	"scalecam/cam"
	"scalecam/cam/measure"
	"scalecam/colormap"
	"scalecam/dataset/scenes"
	"scalecam/fault"
	"scalecam/network"
	"scalecam/picture"
)

// Erasure is what is taken out of a picture before networks look at it again.
type Erasure struct {
	picture.Erasure
	// Part has a scene drawn again without its telling part (scenes.OpenWithout), the
	// same picture truly without it. Regions are erased from that.
	Part bool `json:"telling_part,omitempty"`
}

// Empty tells that nothing is taken out.
func (e Erasure) Empty() bool { return !e.Part && e.Erasure.Empty() }

// Equal tells that both take out the same.
func (e Erasure) Equal(f Erasure) bool { return e.Part == f.Part && e.Erasure.Equal(f.Erasure) }

// Of is the picture without what is taken out, and the rectangle beyond which it is as
// before. It is an error if the picture cannot lose that: its own, if it has no such
// place, or that only of scenes is known which part is the telling one.
func (e Erasure) Of(p *picture.Picture) (*picture.Picture, image.Rectangle, error) {
	without, changed, err := e.Redrawn(p)
	if err != nil || e.Erasure.Empty() {
		return without, changed, err
	}
	after := *without
	img, erased, err := e.Apply(without.Image)
	after.Image = img
	return &after, changed.Union(erased), err
}

// Redrawn is Of without the regions.
func (e Erasure) Redrawn(p *picture.Picture) (*picture.Picture, image.Rectangle, error) {
	if !e.Part {
		return p, image.Rectangle{}, nil
	}
	if !HasPart(p) {
		return nil, image.Rectangle{}, fault.Errorf("compare: %s is no scene, and only of scenes is it known which part is the telling one; name a region instead", p.Path)
	}
	without, err := scenes.OpenWithout(p.Path)
	if err != nil {
		return nil, image.Rectangle{}, err
	}
	return without, changed(p.Image, without.Image), nil
}

// HasPart tells that the picture can be drawn again without its telling part.
func HasPart(p *picture.Picture) bool { return strings.HasPrefix(p.Path, scenes.Prefix) }

// changed is the smallest rectangle in which two pictures of one size differ.
func changed(a, b *image.RGBA) (r image.Rectangle) {
	for y := range a.Rect.Dy() {
		from, to := a.Pix[y*a.Stride:][:a.Stride], b.Pix[y*b.Stride:][:b.Stride]
		if bytes.Equal(from, to) {
			continue
		}
		first, last := 0, len(from)-1
		for from[first] == to[first] {
			first++
		}
		for from[last] == to[last] {
			last--
		}
		r = r.Union(image.Rect(first/4, y, last/4+1, y+1))
	}
	return r
}

// Erased is what networks see in a picture before and after something is taken out
// of it.
type Erased struct {
	Erasure Erasure
	// Comparison has two rows, Before and After, which explain the same class, of each
	// network: where it is not chosen, the one that the picture showed before.
	Comparison *Comparison
	// Changes are each network's map after less that before, nil where it has none.
	Changes []*cam.Map
}

// State is one of what an Erased shows of each network.
type State int

// The states; the first two are rows of its Comparison.
const (
	Before State = iota
	After
	Change
)

// Erase shows the picture without what e takes out of it, after, to the models of a
// row, which is not changed. progress is as Run's.
func (c *Comparison) Erase(ctx context.Context, row int, e Erasure, after *picture.Picture, inputs *network.Inputs, progress func(done, total int)) (*Erased, error) {
	before := c.Rows[row]
	then := before
	then.Picture, then.Whole, then.Cells = after, image.Point{}, make([]Cell, len(c.Models))
	out := &Erased{e, &Comparison{Models: c.Models, By: c.By, Rows: []Row{before, then}}, make([]*cam.Map, len(c.Models))}
	for j, m := range c.Models {
		if progress != nil {
			progress(j, len(c.Models))
		}
		cell, err := c.By.Look(ctx, inputs, m)
		if err != nil {
			return nil, err
		}
		if err := c.explainCell(ctx, m, &cell, before.Cells[j].Class); err != nil {
			return nil, err
		}
		then.Cells[j] = cell
		if was := before.Cells[j].Map; was != nil && cell.Map != nil {
			if out.Changes[j], err = cam.Difference(cell.Map, was); err != nil {
				return nil, err
			}
			out.Changes[j].Method, out.Changes[j].Target = was.Method, was.Target
		}
	}
	if progress != nil {
		progress(len(c.Models), len(c.Models))
	}
	return out, nil
}

// RunErased shows the picture to every model, as Run does, and again without what e
// takes out of it; what cannot be taken out is refused first.
func RunErased(ctx context.Context, p *picture.Picture, e Erasure, models []*network.Model, class string, by By, progress func(done, total int)) (*Erased, error) {
	if e.Empty() {
		return nil, fault.Errorf("compare: nothing is to be erased; name a region, or of a scene its telling part")
	}
	after, _, err := e.Of(p)
	if err != nil {
		return nil, err
	}
	c, err := Run(ctx, []*picture.Picture{p}, models, class, by, progress)
	if err != nil {
		return nil, err
	}
	return c.Erase(ctx, 0, e, after, network.NewInputs(after.Image), progress)
}

// Shown is a comparison of one row, the column in it and the view by which one of an
// Erased's maps is drawn: before and after on one scale, since they are to be
// compared, and the change in a diverging colour scale. Where the view's scale is
// shared, all networks have one.
func (e *Erased) Shown(s State, col int, v View) (c *Comparison, at int, as View) {
	all := e.Comparison
	c = &Comparison{By: all.By, Rows: []Row{all.Rows[Before]}}
	c.Rows[0].Cells = nil
	add := func(j int, cell Cell) {
		c.Models, c.Rows[0].Cells = append(c.Models, all.Models[j]), append(c.Rows[0].Cells, cell)
	}
	if s == Change {
		for j := range all.Models {
			cell := all.Rows[After].Cells[j]
			cell.Map = e.Changes[j]
			add(j, cell)
		}
		v.Contour = 0
		if !v.Colormap.Diverging {
			v.Colormap = colormap.Diverging()
		}
		return c, col, v
	}
	for j := range all.Models {
		if v.Shared || j == col {
			if j == col {
				at = len(c.Models) + int(s)
			}
			add(j, all.Rows[Before].Cells[j])
			add(j, all.Rows[After].Cells[j])
		}
	}
	v.Shared = true
	return c, at, v
}

// Delta is by how much the score of the class explained has changed: its logit, or
// its margin where it is held against others. It is false where there is none.
func (e *Erased) Delta(col int) (by float64, ok bool) {
	c := e.Comparison
	before, after := &c.Rows[Before].Cells[col], &c.Rows[After].Cells[col]
	if before.Class < 0 || after.Class < 0 {
		return 0, false
	}
	if was, held := c.Margin(int(Before), col); held {
		is, _ := c.Margin(int(After), col)
		return is - was, true
	}
	return after.Logit() - before.Logit(), true
}

// RankCorrelation is that of a network's maps before and after, cell by cell
// (measure.RankCorrelation): 1 where they put the cells in the same order; NaN where
// one is missing or the same everywhere.
func (e *Erased) RankCorrelation(col int) float64 {
	a, b := e.Comparison.Rows[Before].Cells[col].Map, e.Comparison.Rows[After].Cells[col].Map
	if a == nil || b == nil {
		return math.NaN()
	}
	return measure.RankCorrelation(a.Values, b.Values)
}

// Share is the share of the picture's pixels that are not as before.
func (e *Erased) Share() float64 {
	a, b := e.Comparison.Rows[Before].Picture.Image, e.Comparison.Rows[After].Picture.Image
	n, of := 0, len(a.Pix)/4
	for i := range of {
		if [4]byte(a.Pix[4*i:]) != [4]byte(b.Pix[4*i:]) {
			n++
		}
	}
	return float64(n) / float64(of)
}
