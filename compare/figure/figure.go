// Package figure draws a Comparison: as one figure, or one map of it over its
// picture.
package figure

import (
	"cmp"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"scalecam/cam"
	"scalecam/colormap"
	"scalecam/compare"
	"scalecam/fault"
	"scalecam/network"
	"scalecam/picture"
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
// bars in the units of the logit; and how all of it was made. It is an error if
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

// prediction sets a class and its probability, which is never cut off.
func (o *column) prediction(class string, probability float64, s style) {
	share := "  " + compare.FormatProbability(probability) // two spaces: names may end in a number
	o.add(class+share, s, 2, len(share))
}

// layOut finds a place for everything.
func layOut(c *compare.Comparison, v compare.View, t *typesetter) *page {
	p := &page{}
	width := columnWidth(c, t)
	at := func(col, y int) *column { // col original is the first one
		return &column{p, t, margin + (col+1)*(width+gutter), width, y}
	}
	columns := len(c.Models) + len(c.Derived(v))
	right := margin + (columns+1)*(width+gutter) - gutter // edge of the last column

	y := header(c, v, at) + rowGap/2
	rule := image.Rect(margin, y, right, y+1)
	p.rules = append(p.rules, rule)
	y += rowGap / 2
	edge := right // of the widest row: shared bars stand to the right of the columns
	for i := range c.Rows {
		if i > 0 {
			y += rowGap
		}
		bottom, reach := row(c, p, i, v, at, y)
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
	footer(c, smallPrint, v, len(p.outlined()) > 0)
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
func columnWidth(c *compare.Comparison, t *typesetter) int {
	width := narrowest
	for _, r := range c.Rows {
		width = max(width, fitted(r.Size()).X)
	}
	for _, m := range c.Models {
		for _, text := range facts(c, m) {
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

// facts are the header's lines about a network.
func facts(c *compare.Comparison, m *network.Model) []string {
	n, s, grid := m.Network, m.Network.Scaling, c.By.Grid(m)
	resolution := strings.ReplaceAll(s.Resolution.String(), "x", " × ")
	return []string{
		fmt.Sprintf("d %.3g ∙ w %.3g ∙ %s px", s.Depth, s.Width, resolution),
		fmt.Sprintf("%s MACs ∙ %s parameters", compare.FormatCount(n.MACs()), compare.FormatCount(n.Parameters())),
		fmt.Sprintf("grid %d × %d", grid.H, grid.W),
	}
}

// header sets the head of each column, the names on a common last line.
func header(c *compare.Comparison, v compare.View, at func(col, y int) *column) (bottom int) {
	const lines = 2
	first := at(original, 0)
	type head struct {
		title string
		facts []string
		notes []compare.Note
	}
	var heads []head
	for _, m := range c.Models {
		heads = append(heads, head{compare.Title(m), facts(c, m), slices.DeleteFunc(compare.ModelNotes(m), inFoot)})
	}
	for _, d := range c.Derived(v) {
		heads = append(heads, head{title: derivedTitle(c, d), facts: derivedFacts[d.Kind]})
	}
	most := 1
	for _, h := range heads {
		most = max(most, len(first.t.fit(h.title, heading, first.width, lines, middle)))
	}
	base := margin + (most-1)*heading.leading
	first.y = base
	first.add("Picture", heading, 1, 0)
	for j, h := range heads {
		o := at(j, base)
		o.y -= (len(o.t.fit(h.title, heading, o.width, lines, middle)) - 1) * heading.leading
		o.add(h.title, heading, lines, middle)
		for _, text := range h.facts {
			o.add(text, quiet, 1, 0)
		}
		for _, note := range h.notes {
			o.add(note.String(), warning, lines, 0)
		}
		bottom = max(bottom, o.y)
	}
	return bottom
}

// row sets one picture's row with its top at y.
func row(c *compare.Comparison, p *page, i int, v compare.View, at func(col, y int) *column, y int) (bottom, right int) {
	const lines = 2
	r := &c.Rows[i]
	size := fitted(r.Size())
	below := y + size.Y + textGap
	o := at(original, below)
	p.cells = append(p.cells, cellBox{row: i, col: original, box: image.Rectangle{Max: size}.Add(image.Pt(o.x, y))})
	o.add(filepath.Base(r.Picture.Path), strong, lines, middle)
	for _, text := range explained(c, r) {
		o.add(text, quiet, lines+1, 1)
	}
	if r.Picture.Beware != nil {
		o.add(r.Picture.Beware.Error(), warning, 2*lines, 1)
	}
	if len(c.Models) > 1 && len(c.Doubts(i)) > 0 {
		o.add("unsure, together: like none of their classes", warning, lines, 1)
	}
	bottom = o.y
	var agreements map[int]compare.Agreement
	if v.Consensus {
		agreements = c.Agreements(i)
	}
	for j := range c.Models {
		o := at(j, below)
		p.cells = append(p.cells, cellBox{i, j, image.Rectangle{Max: size}.Add(image.Pt(o.x, y)), outline(c, i, j, v, size)})
		notes := c.CellNotes(i, j, v)
		if !v.Shared && len(notes) == 0 {
			ownBar(o, c.Scale(i, j, v), nil, max(size.X, narrowest))
		} else if !v.Shared { // where the bar would be
			for _, note := range notes {
				o.add(note.String(), warning, lines, 1)
			}
		}
		predicted(o, c, i, j)
		judged(o, c, i, j)
		found(o, c, i, j, v)
		for _, note := range append(c.Otherwise(i, j), c.Doubts(i, j)...) {
			o.add(note.String(), warning, lines, 1)
		}
		if v.Shared {
			for _, note := range notes {
				o.add(note.String(), warning, lines, 1)
			}
		}
		if a, ok := agreements[j]; ok {
			o.add("with the others "+alike(a), quiet, lines, 0)
		}
		bottom = max(bottom, o.y)
		right = o.x + o.width
	}
	for k, d := range c.Derived(v) {
		j := len(c.Models) + k
		o := at(j, below)
		p.cells = append(p.cells, cellBox{i, j, image.Rectangle{Max: size}.Add(image.Pt(o.x, y)), outline(c, i, j, v, size)})
		if notes := c.CellNotes(i, j, v); len(notes) > 0 {
			for _, note := range notes {
				o.add(note.String(), warning, lines+1, 0)
			}
		} else {
			s := c.Shown(i, j, v)
			ownBar(o, s.Scale, s.Colormap, max(size.X, narrowest))
		}
		derivedLines(o, c, i, d)
		found(o, c, i, j, v)
		bottom = max(bottom, o.y)
		right = o.x + o.width
	}
	return bottom, right
}

// explained says which class a row explains, and whose choice that is.
func explained(c *compare.Comparison, r *compare.Row) (texts []string) {
	text := fmt.Sprintf("explains “%s”", r.Class)
	if r.Own {
		text = "explains to each network what it predicts"
	}
	if against := c.AgainstNames(); len(against) > 0 {
		text += " against “" + strings.Join(against, "”, “") + "”"
	}
	texts = append(texts, text)
	switch {
	case r.Own:
	case r.Predicted:
		texts = append(texts, fmt.Sprintf("(predicted by %s)", compare.Title(c.Models[0])))
	case r.Shown:
		texts = append(texts, "(what it shows)")
	default:
		texts = append(texts, "(chosen)")
	}
	return texts
}

// predicted sets what a network predicts, and the class explained where it is another.
func predicted(o *column, c *compare.Comparison, row, col int) {
	cell, m := &c.Rows[row].Cells[col], c.Models[col]
	if top := cell.Top[0]; !another(c, row, col) {
		o.prediction(m.Classes[top.Class], top.Probability, strong)
	} else {
		o.prediction("≠ "+m.Classes[top.Class], top.Probability, differs)
		if cell.Class >= 0 {
			o.prediction(c.ClassOf(row, col), cell.Probability, body)
		}
	}
}

// judged sets whether a network is right, where that is known.
func judged(o *column, c *compare.Comparison, row, col int) {
	switch c.Verdict(row, col) {
	case compare.Right:
		o.add("right", quiet, 1, 0)
	case compare.Wrong:
		o.add(fmt.Sprintf("wrong: shows “%s”", c.Rows[row].Picture.Shows), disputed, 2, 1)
	}
}

// found sets how well a map finds the true object, where the view asks for that.
func found(o *column, c *compare.Comparison, row, col int, v compare.View) {
	if !v.Object {
		return
	}
	if l, ok := c.Found(row, col, v); ok {
		o.add(fmt.Sprintf("pointing %s ∙ energy %s ∙ IoU %.2f", pointing(l.Pointing), percentage(math.Round(100*l.Energy)/100), l.IoU), quiet, 2, 0)
	}
}

// pointing says whether a map's highest place is on the object.
func pointing(share float64) string {
	switch share {
	case 0:
		return "miss"
	case 1:
		return "hit"
	}
	return percentage(math.Round(100*share) / 100) // of several that are highest
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

// footer says how the figure was made and what to beware of.
func footer(c *compare.Comparison, o *column, v compare.View, outlined bool) {
	shown, beneath := "smooth between the cells of the grid", ""
	sign, scale := "what speaks against the class is not shown", "each network has its own scale"
	switch signed := c.By.Uses().Signed; {
	case v.Colormap.Diverging && signed:
		sign = "above 0 for the class, below 0 against it"
	case v.Colormap.Diverging:
		sign = "what is below 0 means nothing"
	case !signed:
		sign = "what is below 0 means nothing and is not shown"
	}
	if v.Interpolation == cam.Grid {
		shown = "as the raw grid"
	}
	if v.Grey {
		beneath = " over the picture in grey"
	}
	if v.Shared {
		scale = "the networks of a row share one scale"
	}
	method := c.By.String()
	if same := c.By.Uses().Same(c.By.At() == cam.LastLayer.Name); same != "" {
		method += ", here " + same
	}
	o.add(fmt.Sprintf("Method: %s, shown %s.", method, shown), foot, 0, 0)
	units := "in logit units"
	if c.By.Uses().Units == cam.NoUnits {
		units = "without units"
	}
	if c.By.Uses().Classless() {
		o.add("It knows no class: whatever is explained, the map is the same.", foot, 0, 0)
	} else if len(c.By.Against) > 0 {
		o.add("Explained: the class's logit less the mean of those that it is held against.", foot, 0, 0)
	}
	o.add(fmt.Sprintf("Colours: evidence, %s; %s; %s; %s at opacity %s%s.", units, sign, scale, v.Colormap.Label, percentage(v.Opacity), beneath), foot, 0, 0)
	for _, d := range c.Derived(v) {
		o.add(derivedRule[d.Kind], foot, 0, 0)
	}
	if disagrees(c) {
		o.add("≠: the network predicts another class than the one explained.", foot, 0, 0)
	}
	if v.Object && c.Located() {
		o.add("Green line: the true object. Pointing: whether the map's highest place lies on it (arXiv 1608.00507); energy: the share of its positive evidence that does (arXiv 1910.01279); IoU: of the object with the map above a threshold, the best of all thresholds.", foot, 0, 0)
	}
	if v.Contour > 0 {
		o.add(fmt.Sprintf("Line: where the map reaches %s of the scale's highest value; box: around the largest such part.", percentage(v.Contour)), foot, 0, 0)
	}
	if outlined {
		o.add("Outline: the part of the picture that the network was shown.", foot, 0, 0)
	}
	if c.GridsDiffer() {
		o.add("The grids differ: part of what looks like more detail is a finer grid.", foot, 0, 0)
	}
	if c.Unequal(v) {
		o.add("One scale for all: logits of a network at another size than it was trained at are not to be compared with the others'.", foot, 0, 0)
	}
	if c.Astray() {
		o.add("Networks that learnt drawn scenes alone: of other pictures their maps are guesses.", footRed, 0, 0)
	}
	for _, m := range c.Models {
		for _, n := range compare.ModelNotes(m) {
			if inFoot(n) {
				o.add(compare.Title(m)+": "+n.String()+".", foot, 0, 0)
			}
		}
	}
	for _, kind := range []compare.NoteKind{compare.Resolution, compare.Uncalibrated} {
		if slices.ContainsFunc(c.Models, func(m *network.Model) bool {
			return slices.ContainsFunc(compare.ModelNotes(m), func(n compare.Note) bool { return n.Kind == kind })
		}) {
			o.add(kind.Reason(), foot, 0, 0)
		}
	}
	if plain := plain(c.Models); plain != "" {
		o.add("Percentages are calibrated, by temperatures that were fitted on labelled pictures; the JSON holds the plain "+plain+", too.", foot, 0, 0)
	}
	if unsure(c) {
		o.add(compare.Unsure.Reason(), foot, 0, 0)
	}
	for _, m := range c.Models {
		if !m.Trained {
			o.add("Untrained networks: their maps, hatched and dim, mean nothing.", footRed, 0, 0)
			break
		}
	}
}

// plain are the probabilities of the calibrated models without their temperatures;
// "" where none is.
func plain(models []*network.Model) string {
	var kinds []string
	for _, m := range models {
		kind := "softmax"
		if m.Independent {
			kind = "sigmoid"
		}
		if m.Temperature > 0 && !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return strings.Join(kinds, " and ")
}

// inFoot tells a note that stands in the small print, not under a network's name.
func inFoot(n compare.Note) bool { return n.Kind == compare.Assumed || n.Kind == compare.Averaged }

// another tells that a network predicts another class than the one explained; what each
// explains of its own is none.
func another(c *compare.Comparison, row, col int) bool {
	r, m := &c.Rows[row], c.Models[col]
	cell := &r.Cells[col]
	top := cell.Top[0].Class
	if cell.Class >= 0 {
		return top != cell.Class
	}
	return !r.Own && m.Classes[top] != r.Class
}

// disagrees tells that some network predicts another class than the one
// explained.
func disagrees(c *compare.Comparison) bool {
	for i := range c.Rows {
		for j := range c.Models {
			if another(c, i, j) {
				return true
			}
		}
	}
	return false
}

// unsure tells that some network is.
func unsure(c *compare.Comparison) bool {
	for i, r := range c.Rows {
		for j := range r.Cells {
			if len(c.Doubts(i, j)) > 0 {
				return true
			}
		}
	}
	return false
}

// percentage writes a share that someone set: "70%", "12.5%".
func percentage(share float64) string { return fmt.Sprintf("%.4g%%", 100*share) }

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
