package figure

import (
	"context"
	"fmt"
	"image"
	"math"
	"path/filepath"
	"strings"

	"scalecam/cam"
	"scalecam/compare"
	"scalecam/fault"
	"scalecam/picture"
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
			base := picture.Resize(e.Comparison.Rows[state].Picture.Image, size.X, size.Y, picture.Bicubic)
			if bases[state] = base; state == compare.Before {
				base = picture.Crop(base, base.Rect)
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
	c, p := e.Comparison, &page{}
	row := &c.Rows[compare.Before]
	width, size := columnWidth(c, t), fitted(row.Size())
	at := func(col, y int) *column { return &column{p, t, margin + (col+1)*(width+gutter), width, y} }
	right := margin + (len(c.Models)+1)*(width+gutter) - gutter
	rule := func(y int) { p.rules = append(p.rules, image.Rect(margin, y, right, y+1)) }
	cell := func(o *column, state compare.State, col int, seen image.Rectangle) {
		p.cells = append(p.cells, cellBox{int(state), col, image.Rectangle{Max: size}.Add(image.Pt(o.x, o.y)), seen})
		o.y += size.Y + textGap
	}

	v.Consensus, v.Difference = false, compare.Pair{}
	y := header(c, v, at) + rowGap/2
	rule(y)
	y += rowGap / 2
	for state := compare.Before; state <= compare.Change; state++ {
		o := at(original, y)
		if state == compare.Change {
			o.add("After less before", strong, lines, 0)
			o.add("the change of each network's map", quiet, lines, 0)
		} else {
			cell(o, state, original, image.Rectangle{})
			if state == compare.Before {
				o.add(filepath.Base(row.Picture.Path), strong, lines, middle)
				for _, text := range explained(c, row) {
					o.add(text, quiet, lines+1, 1)
				}
			} else {
				o.add("Without", strong, 1, 0)
				for _, text := range erasedTexts(e) {
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
				changeTexts(o, e, j)
			} else {
				cell := &c.Rows[state].Cells[j]
				predicted(o, c, int(state), j)
				if cell.Class >= 0 {
					score := cell.Logit()
					if margin, held := c.Margin(int(state), j); held {
						score = margin
					}
					o.add(fmt.Sprintf("%s %s", scoreName(c), compare.FormatValue(score)), quiet, 1, 0)
				}
				notes := c.Doubts(int(state), j)
				if cell.Map == nil {
					notes = append(notes, c.CellNotes(int(state), j, v)...)
				}
				for _, note := range notes {
					o.add(note.String(), warning, lines, 1)
				}
			}
			bottom = max(bottom, o.y)
		}
		y = bottom + rowGap
	}
	y -= rowGap / 2
	rule(y)
	smallPrint := &column{p, t, margin, right - margin, y + rowGap/2}
	for _, text := range warnings(e) {
		smallPrint.add(text, foot, 0, 0)
	}
	footer(c, smallPrint, v, len(p.outlined()) > 0)
	p.size = image.Pt(right+margin, smallPrint.y+margin*3/4)
	return p
}

// warnings say how an erasure's maps are to be read.
func warnings(e *compare.Erased) []string {
	texts := []string{"Before and after share a scale. The change has one of its own: above 0 where the picture now speaks more for the class, below 0 where less."}
	if c := e.Comparison; c.By.Uses() == cam.MethodCAM && len(c.By.Against) > 0 {
		texts = append(texts, "The mean of a CAM and the classes' bias, held against each other likewise, are the margin: the mean of the change is the margin's change.")
	} else if c.By.Uses() == cam.MethodCAM {
		texts = append(texts, "The mean of a CAM and the class's bias are its logit: the mean of the change is the logit's change.")
	}
	if len(e.Erasure.Regions) > 0 {
		return append(texts, "A line surrounds what is erased. No network has learnt from pictures filled so: a part of the change may be the fill's.")
	}
	return append(texts, "The scene is drawn again, and nothing in it is filled in: it is such a picture as the networks of scenes learn from.")
}

// erasedTexts say what is taken out.
func erasedTexts(e *compare.Erased) (texts []string) {
	if e.Erasure.Part {
		texts = append(texts, "drawn again without its telling part")
	}
	if n := len(e.Erasure.Regions); n > 0 {
		regions := fmt.Sprintf("%d regions", n)
		if n == 1 {
			regions = "the region"
		}
		texts = append(texts, fmt.Sprintf("%s, filled by %s", regions, e.Erasure.Filling()))
	}
	share := percentage(math.Round(1000*e.Share()) / 1000)
	if e.Share() > 0 && e.Share() < 0.001 {
		share = compare.FormatProbability(e.Share())
	}
	return append(texts, fmt.Sprintf("%s of its pixels changed", share))
}

// changeTexts say by how much a network's scores and map have changed.
func changeTexts(o *column, e *compare.Erased, col int) {
	by, ok := e.Delta(col)
	if !ok {
		return
	}
	o.add(fmt.Sprintf("%s %s", scoreName(e.Comparison), signed(by)), strong, 1, 0)
	before, after := e.Comparison.Rows[compare.Before].Cells[col], e.Comparison.Rows[compare.After].Cells[col]
	o.add(fmt.Sprintf("%s → %s", compare.FormatProbability(before.Probability), compare.FormatProbability(after.Probability)), body, 1, 0)
	if r := e.RankCorrelation(col); !math.IsNaN(r) {
		o.add(fmt.Sprintf("rank correlation %s", strings.ReplaceAll(fmt.Sprintf("%.2f", r), "-", "−")), quiet, 1, 0)
	}
}

// scoreName is what is explained of a class.
func scoreName(c *compare.Comparison) string {
	if len(c.By.Against) > 0 {
		return "margin"
	}
	return "logit"
}

// signed is number with its sign, "+" too.
func signed(v float64) string {
	if v > 0 {
		return "+" + compare.FormatValue(v)
	}
	return compare.FormatValue(v)
}
