package figure

import (
	"context"
	"image"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/compare/caption"
	"scalecam/fault"
	"scalecam/picture"
	"scalecam/wording"
)

// DrawErased is Draw of an Erased: below the networks' heads their maps before, after,
// and what changed in both signs, and by how much the class's logit did. The regions
// are outlined on the picture.
func DrawErased(ctx context.Context, e *compare.Erased, v compare.View) (*image.RGBA, error) {
	v = v.Bounded()
	t, err := newTypesetter()
	if err != nil {
		return nil, fault.Errorf("figure: %w", err)
	}
	p := layOutErased(e, v, t)
	if err := checkSize(p.size, 1, len(e.Comparison.Models), v); err != nil {
		return nil, err
	}
	var bases [2]*image.RGBA // before and after
	return paint(ctx, v, t, p, func(cell cellBox, size image.Point) (*image.RGBA, error) {
		state := compare.State(cell.row)
		if cell.col == original {
			p := e.Comparison.Rows[state].Picture
			bases[state] = picture.Resize(p.Image, size.X, size.Y, picture.Bicubic)
			base := Base(p, v, picture.Crop(bases[state], bases[state].Rect), size, image.Point{})
			if state == compare.Before {
				OutlineErased(base, e.Erasure, e.Comparison.Rows[state].Size(), v.Zoom)
			}
			return base, nil
		}
		c, at, as := e.Shown(state, cell.col, v)
		base := bases[compare.Before]
		if state == compare.After {
			base = bases[state]
		}
		shown, err := Overlay(c, 0, at, as, base)
		if err == nil {
			OutlineSeen(shown, c, 0, at, as, shown.Rect.Size(), image.Point{}, v.Zoom)
		}
		return shown, err
	})
}

// OutlineErased draws the outlines of what is erased on a picture of that size, resized
// to img, with lines so wide.
func OutlineErased(img *image.RGBA, e compare.Erasure, of image.Point, width int) {
	if len(e.Regions) == 0 {
		return
	}
	size := img.Rect.Size()
	mask := picture.Erasure{Regions: e.Regions}.Scaled(float64(size.X)/float64(of.X), float64(size.Y)/float64(of.Y)).Mask(size)
	drawContour(img, &cam.Region{W: size.X, H: size.Y, In: mask}, image.Point{}, width, image.White)
}

// layOutErased finds a place for everything.
func layOutErased(e *compare.Erased, v compare.View, t *typesetter) *page {
	const lines = 2
	c, p, says := e.Comparison, &page{}, caption.OfErased(wording.In(v.Language), e, v)
	width, size := columnWidth(c, says.Captions, t), fitted(c.Rows[compare.Before].Size())
	at := func(col, y int) *column { return &column{p, t, margin + (col+1)*(width+gutter), width, y} }
	right := margin + (len(c.Models)+1)*(width+gutter) - gutter
	rule := func(y int) { p.rules = append(p.rules, image.Rect(margin, y, right, y+1)) }
	cell := func(o *column, state compare.State, col int, seen image.Rectangle) {
		p.cells = append(p.cells, cellBox{int(state), col, image.Rectangle{Max: size}.Add(image.Pt(o.x, o.y)), seen})
		o.y += size.Y + textGap
	}

	v.Consensus, v.Difference = false, compare.Pair{}
	y := header(c, says.Captions, v, at) + rowGap/2
	rule(y)
	y += rowGap / 2
	for state := compare.Before; state <= compare.Change; state++ {
		o := at(original, y)
		if state == compare.Change {
			o.add(says.Say("erased.change"), strong, lines, 0)
			o.add(says.Say("erased.change.about"), quiet, lines, 0)
		} else {
			cell(o, state, original, image.Rectangle{})
			if state == compare.Before {
				o.named(says.Captions, int(state))
			} else {
				o.add(says.Say("erased.without"), strong, 1, 0)
				for _, text := range says.Without() {
					o.add(text, quiet, lines, 0)
				}
			}
		}
		bottom := o.y
		for j := range c.Models {
			o := at(j, y)
			shown, col, as := e.Shown(state, j, v)
			cell(o, state, j, outline(shown, 0, col, as, size))
			scale := shown.Scale(0, col, as)
			if shown.Rows[0].Cells[col].Map != nil && !scale.Empty() {
				ownBar(o, scale, as.Colormap, max(size.X, narrowest))
			}
			if state == compare.Change {
				o.captions(says.Change(j), 1)
			} else {
				o.captions(says.Answer(int(state), j), lines)
				o.captions(says.Alone(int(state), j), 1)
				o.captions(says.Found(int(state), j), lines)
				o.captions(says.Doubts(int(state), j), lines)
				o.captions(says.Missing(int(state), j), lines)
			}
			bottom = max(bottom, o.y)
		}
		y = bottom + rowGap
	}
	y -= rowGap / 2
	rule(y)
	smallPrint := &column{p, t, margin, right - margin, y + rowGap/2}
	smallPrint.sentences(says.Foot())
	p.size = image.Pt(right+margin, smallPrint.y+margin*3/4)
	return p
}
