package erase

import (
	"context"
	"errors"
	"image"

	"scalecam/compare"
	"scalecam/compare/figure"
	"scalecam/network"
	"scalecam/picture"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// sketch is what the page's contents are made of.
type sketch struct {
	comparison *compare.Comparison
	row        int // of it
	view       compare.View
	erasure    compare.Erasure // what is being drawn included
	size       image.Point     // of the large picture, in pixels
	small      image.Point     // of a map
}

func (s *sketch) picture() *picture.Picture { return s.comparison.Rows[s.row].Picture }

// paper is what stays the same while a picture is drawn on.
type paper struct {
	of       *picture.Picture
	inputs   *network.Inputs  // of the picture as it is
	redrawn  *picture.Picture // without its telling part; nil until that is asked for
	where    image.Rectangle  // that changed
	base     *image.RGBA      // the picture as large as it is shown
	smallest *image.RGBA      // likewise in a map
}

// contents is what the page shows of a sketch before the networks have answered. It is
// made in the background; nothing in it changes afterwards, but what is kept in inputs.
type contents struct {
	sketch
	paper
	after   *picture.Picture
	changed image.Rectangle // the picture is as before beyond it
	shown   *image.RGBA     // the picture without what is erased, its regions outlined
}

// draw erases; what earlier contents have is taken from there.
func (s sketch) draw(before *contents) (*contents, error) {
	now := &contents{sketch: s}
	p := s.picture()
	if before != nil && before.of == p {
		now.paper = before.paper
	} else {
		now.paper = paper{of: p, inputs: network.NewInputs(p.Image)}
	}
	if now.base == nil || now.base.Rect.Size() != s.size {
		now.base = picture.Resize(p.Image, s.size.X, s.size.Y, picture.Bilinear)
	}
	if now.smallest == nil || now.smallest.Rect.Size() != s.small {
		now.smallest = picture.Resize(p.Image, s.small.X, s.small.Y, picture.Bilinear)
	}
	from := p
	if s.erasure.Part {
		if now.redrawn == nil {
			var err error
			if now.redrawn, now.where, err = s.erasure.Redrawn(p); err != nil {
				return now, err
			}
		}
		from, now.changed = now.redrawn, now.where
	}
	now.after = from
	if len(s.erasure.Regions) > 0 {
		img, erased, err := s.erasure.Apply(from.Image)
		if err != nil {
			return now, err
		}
		after := *from
		after.Image = img
		now.after, now.changed = &after, now.changed.Union(erased)
	}
	now.shown = resized(now.base, now.after.Image, now.changed)
	figure.OutlineErased(now.shown, s.erasure, p.Image.Rect.Size(), 1)
	return now, nil
}

// resized is img at the size of base, which is another picture, resized, that differs
// from it within changed alone.
func resized(base, img *image.RGBA, changed image.Rectangle) *image.RGBA {
	out := picture.Crop(base, base.Rect)
	size := base.Rect.Size()
	r := picture.Reached(img.Rect.Size(), size.X, size.Y, base.Rect, changed, picture.Bilinear)
	if r.Empty() {
		return out
	}
	part := picture.ResizePart(img, size.X, size.Y, r, picture.Bilinear)
	for y := range r.Dy() {
		copy(out.Pix[out.PixOffset(r.Min.X, r.Min.Y+y):], part.Pix[y*part.Stride:][:part.Stride])
	}
	return out
}

// answers are what all networks say, and of what.
type answers struct {
	of    *contents
	all   []answer
	made  *compare.Erased // nil where nothing is erased, or where that was given up
	share float64         // of the picture's pixels
}

// givenUp tells that the networks were not waited for: it is not known what they say.
func (a *answers) givenUp() bool { return a.made == nil && !a.of.erasure.Empty() }

// answer asks the networks. Where nothing is erased, or where they are given up, it is
// what they have answered already.
func (s *contents) answer(ctx context.Context, progress func(done, total int)) (*answers, error) {
	out := &answers{of: s}
	c := s.comparison
	for _, m := range c.Models { // ready for what changes
		s.inputs.For(m)
	}
	var e *compare.Erased
	var err error
	if !s.erasure.Empty() {
		e, err = c.Erase(ctx, s.row, s.erasure, s.after, s.inputs.Changed(s.after.Image, s.changed), progress)
	}
	if s.erasure.Empty() || errors.Is(err, context.Canceled) {
		for j := range c.Models {
			a, err := s.before(j)
			if err != nil {
				return nil, err
			}
			out.all = append(out.all, a)
		}
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	out.made, out.share = e, e.Share()
	bases := [3]*image.RGBA{s.smallest, resized(s.smallest, s.after.Image, s.changed), s.smallest}
	for j := range c.Models {
		a, err := s.both(e, j, bases)
		if err != nil {
			return nil, err
		}
		out.all = append(out.all, a)
	}
	return out, nil
}

// before is a network's answer where nothing is erased.
func (s *contents) before(col int) (a answer, err error) {
	c, v, row := s.comparison, s.view, s.row
	a.name, a.before = speak.Network(c.Models[col].Name), choices(c, row, col)
	a.warning, a.score = warning(c, row, col, v), score(c, row, col)
	if a.maps[compare.Before], err = figure.Overlay(c, row, col, v, s.smallest); err != nil {
		return a, err
	}
	if scale := c.Scale(row, col, v); !scale.Empty() && c.Rows[row].Cells[col].Map != nil {
		a.scales[0], a.colours[0] = pages.Range(scale), v.Colormap
	}
	return a, nil
}

// both is a network's answer before and after.
func (s *contents) both(e *compare.Erased, col int, bases [3]*image.RGBA) (a answer, err error) {
	c := e.Comparison
	a.name = speak.Network(c.Models[col].Name)
	a.before, a.after = choices(c, int(compare.Before), col), choices(c, int(compare.After), col)
	a.warning = warning(c, int(compare.After), col, s.view)
	if by, ok := e.Delta(col); ok {
		a.score = speak.Say("erase.score."+scoreName(c), scoreOf(c, int(compare.Before), col), scoreOf(c, int(compare.After), col), compare.FormatChange(by))
	}
	for i, state := range states {
		shown, at, as := e.Shown(state, col, s.view)
		if a.maps[i], err = figure.Overlay(shown, 0, at, as, bases[i]); err != nil {
			return a, err
		}
		scale := shown.Scale(0, at, as)
		if bar := i / 2; !scale.Empty() && shown.Rows[0].Cells[at].Map != nil { // of before and after, one
			a.scales[bar], a.colours[bar] = pages.Range(scale), as.Colormap
		}
	}
	return a, nil
}

// choices are the most probable classes of a cell.
func choices(c *compare.Comparison, row, col int) (all []choice) {
	cell, m := &c.Rows[row].Cells[col], c.Models[col]
	for _, top := range cell.Top {
		all = append(all, choice{pages.ClassAt(m, top.Class), compare.FormatProbability(top.Probability), top.Class == cell.Class})
	}
	return all
}

// warning is what a cell is to be read with, in short; "" for nothing.
func warning(c *compare.Comparison, row, col int, v compare.View) string {
	notes := c.Doubts(row, col)
	if c.Rows[row].Cells[col].Map == nil {
		notes = c.CellNotes(row, col, v)
	}
	switch {
	case len(notes) == 0:
		return ""
	case notes[0].Kind == compare.Unsure:
		return speak.Say("erase.unsure")
	}
	return pages.Note(notes[0], c.Models...)
}

// scoreName is what is explained of a class, as the ends of the texts' keys have it.
func scoreName(c *compare.Comparison) string {
	if len(c.By.Against) > 0 {
		return "margin"
	}
	return "logit"
}

// score says a cell's score alone; "" where it has none.
func score(c *compare.Comparison, row, col int) string {
	if c.Rows[row].Cells[col].Map == nil {
		return ""
	}
	return speak.Say("erase.score alone."+scoreName(c), scoreOf(c, row, col))
}

func scoreOf(c *compare.Comparison, row, col int) string {
	v := c.Rows[row].Cells[col].Logit()
	if margin, held := c.Margin(row, col); held {
		v = margin
	}
	return compare.FormatValue(v)
}

// room is the largest size with a picture's proportions within that many pixels.
func room(o *easel, of image.Point) image.Point {
	_, size := o.fitted(of)
	w, h := kit.Pixels(size, o)
	return image.Pt(w, h)
}
