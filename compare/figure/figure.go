// Package figure draws a Comparison: as one figure, or one map of it over its
// picture.
package figure

import (
	"cmp"
	"context"
	"image"
	"image/color"
	"image/draw"
	"math"

	"scalecam/cam"
	"scalecam/colormap"
	"scalecam/compare"
	"scalecam/compare/caption"
	"scalecam/fault"
	"scalecam/picture"
	"scalecam/wording"
)

// Lengths of the figure, in pixels.
const (
	side      = 320 // of the square that a picture is fitted into, whatever its own size
	narrowest = 240 // column: two lines of it hold most classes' names
	margin    = 40
	gutter    = 28 // between columns
	rowGap    = 36
	textGap   = 8  // from a picture to the text beneath it
	barSize   = 12 // a colour bar's thickness
	barGap    = 8  // from a bar to its numbers
	shortest  = 96 // vertical colour bar, with room for numbers
	frame     = 1  // hairline around a picture, so that a white one has edges
)

// Draw draws the comparison as one picture in the manner of Figure 7 of
// arXiv 1905.11946, on white: a header for each network; for each picture a row
// with the original and each network's map over it, with its prediction; colour
// bars in the units of the logit; and how all of it was made, in the view's language. It is an error if
// the figure would be larger than a picture may be (picture.MaxPixels and
// MaxSide). Draw returns ctx's error when ctx ends.
func Draw(ctx context.Context, c *compare.Comparison, v compare.View) (*image.RGBA, error) {
	v = v.Bounded()
	t, err := newTypesetter()
	if err != nil {
		return nil, fault.Errorf("figure: %w", err)
	}
	p := layOut(c, v, t)
	if err := checkSize(p.size, len(c.Rows), len(c.Models)+len(c.Derived(v)), v); err != nil {
		return nil, err
	}
	var base *image.RGBA // the row's picture: a row's cells come one after another
	return paint(ctx, v, t, p, func(cell cellBox, size image.Point) (*image.RGBA, error) {
		if cell.col == original {
			base = picture.Resize(c.Rows[cell.row].Picture.Image, size.X, size.Y, picture.Bicubic)
			return Base(c.Rows[cell.row].Picture, v, base, base.Rect.Size(), image.Point{}), nil
		}
		shown, err := Overlay(c, cell.row, cell.col, v, base)
		if err == nil {
			OutlineSeen(shown, c, cell.row, cell.col, v, size, image.Point{}, v.Zoom)
		}
		return shown, err
	})
}

// page is the figure laid out at zoom 1: what is where. Nothing on it overlaps.
type page struct {
	size  image.Point
	lines []*line
	cells []cellBox
	bars  []barBox
	rules []image.Rectangle
}

// cellBox is the place of a picture.
type cellBox struct {
	row, col int // col original: without a map
	box      image.Rectangle
	// seen is the part that the network was shown, relative to the box, where
	// that is not the whole.
	seen image.Rectangle
}

const original = -1

// barBox is the place of a colour bar.
type barBox struct {
	vertical bool
	box      image.Rectangle
	colours  *colormap.Colormap // nil for the view's
}

// column sets lines of text one below another.
type column struct {
	page     *page
	t        *typesetter
	x, width int
	y        int // where the next line begins
}

// add sets the text in at most so many lines, as typesetter.fit says.
func (o *column) add(text string, s style, lines, tail int) {
	for _, l := range o.t.fit(text, s, o.width, lines, tail) {
		o.page.lines = append(o.page.lines, o.t.place(l, s, o.x, o.y))
		o.y += s.leading
	}
}

// styles are those of captions.
var styles = map[caption.Style]style{
	caption.Strong: strong, caption.Differs: differs, caption.Right: quiet, caption.Disputed: disputed,
	caption.Body: body, caption.Quiet: quiet, caption.Warning: warning,
}

// captions sets lines one below another, each broken into at most so many.
func (o *column) captions(lines []caption.Line, most int) {
	for _, l := range lines {
		o.add(l.Text, styles[l.Style], most, l.Tail)
	}
}

// sentences sets the small print, those that go on in one line as far as that reaches.
func (o *column) sentences(all []caption.Sentence) {
	for i := 0; i < len(all); {
		text, is := all[i].Text, foot
		if all[i].Warns {
			is = footRed
		}
		for i++; i < len(all) && all[i].Goes; i++ {
			text += " " + all[i].Text
		}
		o.add(text, is, 0, 0)
	}
}

// captionsOf are the figure's captions.
func captionsOf(c *compare.Comparison, v compare.View) caption.Captions {
	return caption.Of(wording.In(v.Language), c, v)
}

// layOut finds a place for everything.
func layOut(c *compare.Comparison, v compare.View, t *typesetter) *page {
	p, says := &page{}, captionsOf(c, v)
	width := columnWidth(c, says, t)
	at := func(col, y int) *column { // col original is the first one
		return &column{p, t, margin + (col+1)*(width+gutter), width, y}
	}
	columns := len(c.Models) + len(c.Derived(v))
	right := margin + (columns+1)*(width+gutter) - gutter // edge of the last column

	y := header(c, says, v, at) + rowGap/2
	rule := image.Rect(margin, y, right, y+1)
	p.rules = append(p.rules, rule)
	y += rowGap / 2
	edge := right // of the widest row: shared bars stand to the right of the columns
	for i := range c.Rows {
		if i > 0 {
			y += rowGap
		}
		bottom, reach := row(c, says, p, i, v, at, y)
		if v.Shared && !c.Scale(i, 0, v).Empty() { // the networks'
			barBottom, barReach := sharedBar(c, p, t, i, v, right+gutter, y)
			bottom, reach = max(bottom, barBottom), max(reach, barReach)
		}
		y, edge = bottom, max(edge, reach)
	}
	y += rowGap / 2
	p.rules = append(p.rules, image.Rect(margin, y, edge, y+1))
	p.rules[0].Max.X = edge
	smallPrint := &column{p, t, margin, edge - margin, y + rowGap/2}
	smallPrint.sentences(says.Foot())
	p.size = image.Pt(edge+margin, smallPrint.y+margin*3/4)
	return p
}

// outlined are the cells whose network was not shown the whole picture.
func (p *page) outlined() (cells []cellBox) {
	for _, cell := range p.cells {
		if !cell.seen.Empty() {
			cells = append(cells, cell)
		}
	}
	return cells
}

// columnWidth is the width of every column: that of the widest picture and of
// the numbers in the header, which are not broken.
func columnWidth(c *compare.Comparison, says caption.Captions, t *typesetter) int {
	width := narrowest
	for _, r := range c.Rows {
		width = max(width, fitted(r.Size()).X)
	}
	for _, m := range c.Models {
		for _, text := range says.Facts(m) {
			width = max(width, t.width(text, quiet))
		}
	}
	return width
}

// fitted is the size in the figure of a picture of that size: at its own
// proportions, its longer side as long as any other's.
func fitted(whole image.Point) image.Point {
	w, h := whole.X, whole.Y
	of := func(a, b int) int { return max(1, int(math.Round(float64(side)*float64(a)/float64(b)))) }
	if w >= h {
		return image.Pt(side, of(h, w))
	}
	return image.Pt(of(w, h), side)
}

// header sets the head of each column, the names on a common last line.
func header(c *compare.Comparison, says caption.Captions, v compare.View, at func(col, y int) *column) (bottom int) {
	const lines = 2
	first := at(original, 0)
	type head struct {
		title string
		facts []string
		notes []caption.Line
	}
	var heads []head
	for _, m := range c.Models {
		heads = append(heads, head{caption.Title(says.Speaker, m), says.Facts(m), says.Head(m)})
	}
	for _, d := range c.Derived(v) {
		heads = append(heads, head{title: says.DerivedTitle(d), facts: []string{says.DerivedAbout(d)}})
	}
	most := 1
	for _, h := range heads {
		most = max(most, len(first.t.fit(h.title, heading, first.width, lines, middle)))
	}
	base := margin + (most-1)*heading.leading
	first.y = base
	first.add(says.Say("cell.picture"), heading, 1, 0)
	for j, h := range heads {
		o := at(j, base)
		o.y -= (len(o.t.fit(h.title, heading, o.width, lines, middle)) - 1) * heading.leading
		o.add(h.title, heading, lines, middle)
		for _, text := range h.facts {
			o.add(text, quiet, lines+1, 0)
		}
		o.captions(h.notes, lines)
		bottom = max(bottom, o.y)
	}
	return bottom
}

// row sets one picture's row with its top at y.
func row(c *compare.Comparison, says caption.Captions, p *page, i int, v compare.View, at func(col, y int) *column, y int) (bottom, right int) {
	const lines = 2
	r := &c.Rows[i]
	size := fitted(r.Size())
	below := y + size.Y + textGap
	o := at(original, below)
	p.cells = append(p.cells, cellBox{row: i, col: original, box: image.Rectangle{Max: size}.Add(image.Pt(o.x, y))})
	o.named(says, i)
	o.captions(says.Picture(i), 2*lines)
	bottom = o.y
	var agreements map[int]compare.Agreement
	if v.Consensus {
		agreements = c.Agreements(i)
	}
	for j := range c.Models {
		o := at(j, below)
		p.cells = append(p.cells, cellBox{i, j, image.Rectangle{Max: size}.Add(image.Pt(o.x, y)), outline(c, i, j, v, size)})
		notes := append(says.Missing(i, j), says.Nothing(i, j)...)
		if !v.Shared && len(notes) == 0 {
			ownBar(o, c.Scale(i, j, v), nil, max(size.X, narrowest))
		} else if !v.Shared { // where the bar would be
			o.captions(notes, lines)
		}
		o.captions(says.Answer(i, j), lines)
		o.captions(says.Found(i, j), lines)
		o.captions(says.Doubts(i, j), lines)
		if v.Shared {
			o.captions(notes, lines)
		}
		if a, ok := agreements[j]; ok {
			o.captions([]caption.Line{says.Agrees(a)}, lines)
		}
		bottom = max(bottom, o.y)
		right = o.x + o.width
	}
	for k, d := range c.Derived(v) {
		j := len(c.Models) + k
		o := at(j, below)
		p.cells = append(p.cells, cellBox{i, j, image.Rectangle{Max: size}.Add(image.Pt(o.x, y)), outline(c, i, j, v, size)})
		if notes := append(says.Missing(i, j), says.Nothing(i, j)...); len(notes) > 0 {
			o.captions(notes, lines+1)
		} else {
			s := c.Shown(i, j, v)
			ownBar(o, s.Scale, s.Colormap, max(size.X, narrowest))
		}
		o.captions(says.Derived(i, d), lines)
		o.captions(says.Found(i, j), lines)
		bottom = max(bottom, o.y)
		right = o.x + o.width
	}
	return bottom, right
}

// named sets a row's picture's name and what the row explains.
func (o *column) named(says caption.Captions, row int) {
	const lines = 2
	o.add(caption.File(says.Row(row).Picture.Path), strong, lines, middle)
	for _, text := range says.Explains(row) {
		o.add(text, quiet, lines+1, 1)
	}
}

// outline is what the network saw of a picture of that size, or all of those that a
// column is made of did; empty where that is the whole, or there is no map.
func outline(c *compare.Comparison, row, col int, v compare.View, size image.Point) image.Rectangle {
	s := c.Shown(row, col, v)
	if col >= len(c.Models) && s.Map == nil {
		return image.Rectangle{}
	}
	seen := s.On(&c.Rows[row], size)
	if seen == (image.Rectangle{Max: size}) {
		return image.Rectangle{}
	}
	return seen
}

// OutlineSeen outlines what the network saw, in a cell's overlay of a part of the picture
// as OverlayPart's, by lines so wide; nothing where that is the whole picture.
func OutlineSeen(shown *image.RGBA, c *compare.Comparison, row, col int, v compare.View, of, at image.Point, width int) {
	if seen := outline(c, row, col, v, of); !seen.Empty() {
		drawOutline(shown, seen.Sub(at), width)
	}
}

// ownBar sets a cell's colour bar, its two numbers and the bar between them, on
// one line; in the view's colours where these are nil.
func ownBar(o *column, s cam.Scale, colours *colormap.Colormap, width int) {
	lo, hi := compare.FormatValue(s.Lo), compare.FormatValue(s.Hi)
	left, right := o.x+o.t.width(lo, small)+barGap, o.x+width-o.t.width(hi, small)-barGap
	o.page.lines = append(o.page.lines,
		o.t.place(lo, small, o.x, o.y), o.t.place(hi, small, right+barGap, o.y))
	top := o.y + small.leading*3/4 - barSize + 1 // as high as the digits
	o.page.bars = append(o.page.bars, barBox{box: image.Rect(left, top, right, top+barSize), colours: colours})
	o.y += small.leading
}

// sharedBar sets a row's colour bar upright beside it, its top at y.
func sharedBar(c *compare.Comparison, p *page, t *typesetter, row int, v compare.View, x, y int) (bottom, right int) {
	const every = 45 // pixels a number
	height := max(shortest, fitted(c.Rows[row].Size()).Y)
	p.bars = append(p.bars, barBox{vertical: true, box: image.Rect(x, y, x+barSize, y+height)})
	right = x + barSize
	s := c.Scale(row, 0, v)
	for _, tick := range colormap.Ticks(s.Lo, s.Hi, max(4, height/every)) {
		at := y + int(math.Round((1-tick.Position)*float64(height)))
		l := t.place(tick.Label, small, x+barSize+barGap, at-small.leading*3/4+5) // 5: half a digit
		p.lines = append(p.lines, l)
		right = max(right, l.box.Max.X)
	}
	return y + height + small.size/2, right
}

// paint draws the page, each of its pixels as a square of zoom × zoom; picture is a
// cell's, of a size in the figure's own pixels.
func paint(ctx context.Context, v compare.View, t *typesetter, p *page, picture func(cell cellBox, size image.Point) (*image.RGBA, error)) (*image.RGBA, error) {
	z := v.Zoom
	zoomed := func(r image.Rectangle) image.Rectangle { return image.Rectangle{r.Min.Mul(z), r.Max.Mul(z)} }
	dst := image.NewRGBA(image.Rectangle{Max: p.size.Mul(z)})
	fill := func(r image.Rectangle, colour color.Color) {
		draw.Draw(dst, zoomed(r), image.NewUniform(colour), image.Point{}, draw.Src)
	}
	draw.Draw(dst, dst.Rect, image.White, image.Point{}, draw.Src)
	for _, r := range p.rules {
		fill(r, hairline)
	}
	for _, b := range p.bars {
		colours := cmp.Or(b.colours, v.Colormap)
		draw.Draw(dst, zoomed(b.box), colours.Bar(b.box.Dx()*z, b.box.Dy()*z, b.vertical), image.Point{}, draw.Src)
	}
	for _, l := range p.lines {
		t.draw(dst, l, z)
	}
	for _, cell := range p.cells {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		box := zoomed(cell.box)
		shown, err := picture(cell, box.Size())
		if err != nil {
			return nil, err
		}
		fill(cell.box.Inset(-frame), hairline)
		draw.Draw(dst, box, shown, image.Point{}, draw.Src)
	}
	return dst, nil
}
