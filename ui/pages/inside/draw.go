package inside

import (
	"context"
	"image"
	"math"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"scalecam/cam"
	"scalecam/colormap"
	"scalecam/compare"
	"scalecam/compare/figure"
	"scalecam/network"
	"scalecam/picture"
	"scalecam/printable"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// sketch is what the page's contents are made of.
type sketch struct {
	comparison *compare.Comparison
	nth, col   int                 // the row and the column in it
	own        *compare.Comparison // of that network and the class alone, by CAM; nil until it is made
	view       compare.View
	size       image.Point // of a picture, in pixels
	keep       int
	least      bool
	second     string
	point      *[2]float64
}

func (s *sketch) cell() *compare.Cell       { return &s.own.Rows[0].Cells[0] }
func (s *sketch) model() *network.Model     { return s.comparison.Models[s.col] }
func (s *sketch) picture() *picture.Picture { return s.comparison.Rows[s.nth].Picture }

// contents is everything that the page shows but the rows of its list. It is made
// in the background; nothing in it changes afterwards.
type contents struct {
	sketch
	base  *image.RGBA
	sums  *cam.Sums // of the channels in the order shown
	score cam.Score // of those kept
	cells []kit.Content
	lacks bool // the network has no second class of the name

	at    *cam.Point // the channels kept at the point; nil for none
	whole float64    // the CAM there
	mark  *network.Region
}

// terms is how many channels of a point's sum are written out.
const terms = 4

// draw makes the contents; what earlier ones have of them is taken from there.
func (s sketch) draw(before *contents) (*contents, error) {
	now := &contents{sketch: s}
	if before != nil && before.comparison == s.comparison && before.nth == s.nth && before.col == s.col {
		s.own = before.own
	} else {
		of := s.comparison.Rows[s.nth].Cells[s.col]
		var err error
		if of.Map, err = cam.CAM(&of.Activations.Pooled, of.Class); err != nil {
			return now, err
		}
		s.own = &compare.Comparison{
			Models: []*network.Model{s.model()},
			Rows:   []compare.Row{{Picture: s.picture(), Class: s.comparison.ClassOf(s.nth, s.col), Cells: []compare.Cell{of}}},
		}
	}
	now.own = s.own
	cell := s.cell()
	a := &cell.Activations.Pooled
	if before != nil && before.picture() == s.picture() && before.size == s.size {
		now.base = before.base
	} else {
		now.base = picture.Resize(s.picture().Image, s.size.X, s.size.Y, picture.Bilinear)
	}
	if before != nil && before.comparison == s.comparison && before.col == s.col && before.least == s.least {
		now.sums = before.sums
	} else {
		channels, err := cam.Channels(a, cell.Class)
		if err != nil {
			return now, err
		}
		if s.least {
			slices.Reverse(channels)
		}
		if now.sums, err = cam.NewSums(a, cell.Class, channels); err != nil {
			return now, err
		}
	}
	if err := now.draw(); err != nil {
		return now, err
	}
	if s.point == nil {
		return now, nil
	}
	if row, col, saw := s.own.GridCell(0, 0, s.point[0], s.point[1]); saw {
		at := cam.PointAt(a, now.sums.Channels[:s.keep], row, col, terms)
		mark := s.own.CellRegion(0, 0, row, col)
		now.at, now.whole, now.mark = &at, float64(cell.Map.At(row, col)), &mark
	}
	return now, nil
}

// draw makes the cells: the picture, the channels kept, the whole map and,
// beside a second class, its map and the difference.
func (s *contents) draw() error {
	cell := s.cell()
	a, class := &cell.Activations.Pooled, pages.ClassOf(s.own.Rows[0].Class, s.model())
	kept := s.sums.After(s.keep)
	s.score = cam.ScoreOf(a, kept)
	whole := cam.ScoreOf(a, cell.Map)
	s.cells = []kit.Content{{
		Name: speak.Say("cell.picture"), Image: s.base,
		Lines: []kit.Line{
			{Text: speak.File(s.picture().Path)},
			{Text: speak.Say("inside.grid", a.Features.H, a.Features.W, a.Features.K)},
		},
	}}
	for _, note := range append(compare.ModelNotes(s.model()), s.comparison.Doubts(0, s.col)...) {
		s.cells[0].Lines = append(s.cells[0].Lines, kit.Line{Text: pages.Note(note), Colour: theme.ColorNameWarning})
	}
	maps := []*cam.Map{kept, cell.Map}
	names := []string{speak.Say("inside.kept", s.keep, a.Features.K), speak.Say("inside.cam", class)}
	lines := [][]kit.Line{textSum(s.score, s.keep == a.Features.K), textSum(whole, true)}
	var other *cam.Map
	if s.second != "" {
		i, err := s.model().FindClass(s.second)
		if s.lacks = err != nil; !s.lacks {
			if other, err = (compare.By{}).Map(context.Background(), s.model(), cell.Activations, cam.Class(i)); err != nil {
				return err
			}
			maps = append(maps, other)
			names = append(names, speak.Say("inside.cam", pages.ClassAt(s.model(), i)))
			lines = append(lines, textSum(cam.ScoreOf(a, other), true))
		}
	}
	if err := s.add(maps, names, lines); err != nil || other == nil {
		return err
	}
	difference, err := cam.Difference(cell.Map, other)
	if err != nil {
		return err
	}
	return s.add([]*cam.Map{difference}, []string{speak.Say("inside.difference", class, pages.ClassAt(s.model(), other.Target[0].Class))},
		[][]kit.Line{textSum(whole.Minus(cam.ScoreOf(a, other)), true)})
}

// add adds maps on one scale, each laid over the picture.
func (s *contents) add(maps []*cam.Map, names []string, lines [][]kit.Line) error {
	c := &compare.Comparison{Rows: []compare.Row{{Picture: s.picture()}}}
	for _, m := range maps {
		c.Models = append(c.Models, s.model())
		c.Rows[0].Cells = append(c.Rows[0].Cells, compare.Cell{Activations: s.cell().Activations, Class: s.cell().Class, Map: m})
	}
	v := s.view.In(diverging(s.view.Colormap))
	v.Shared = true
	for i := range maps {
		overlay, err := figure.Overlay(c, 0, i, v, s.base)
		if err != nil {
			return err
		}
		figure.OutlineSeen(overlay, c, 0, i, v, overlay.Rect.Size(), image.Point{}, 1)
		s.cells = append(s.cells, kit.Content{Name: names[i], Lines: lines[i], Image: overlay, Colours: v.Colormap, Scale: pages.Range(c.Scale(0, i, v))})
	}
	return nil
}

// diverging is the colour scale, or one for both signs where it is not.
func diverging(c *colormap.Colormap) *colormap.Colormap {
	if !c.Diverging {
		all := colormap.All()
		c = all[slices.IndexFunc(all, func(c *colormap.Colormap) bool { return c.Diverging })]
	}
	return c
}

// sameRows tells that the rows of both are the same; contents may be nil.
func (s *contents) sameRows(t *contents) bool {
	return s != nil && t != nil && s.sums == t.sums && diverging(s.view.Colormap) == diverging(t.view.Colormap)
}

// rowMaps are the small maps of a channel, a pixel for each cell.
type rowMaps struct {
	feature, product, sum *image.RGBA
	score                 cam.Score // of the sum
}

// row makes a channel's small maps.
func (s *contents) row(i int) rowMaps {
	a, c := s.sums.Pooled, s.sums.Channels[i]
	sum := s.sums.After(i + 1)
	return rowMaps{
		thumbnail(cam.Feature(a, c), diverging(s.view.Colormap)), // SiLU gives values below 0, too
		thumbnail(cam.Product(a, s.sums.Class, c), diverging(s.view.Colormap)),
		thumbnail(sum, diverging(s.view.Colormap)),
		cam.ScoreOf(a, sum),
	}
}

func thumbnail(m *cam.Map, c *colormap.Colormap) *image.RGBA {
	scale := cam.SignedScale(m)
	if scale.Empty() {
		scale = cam.Scale{Lo: -1, Hi: 1} // 0 is in the middle
	}
	values := m.Resize(m.H, m.W, cam.Grid)
	scale.Unit(values)
	img, err := c.Paint(values, m.W, m.H)
	if err != nil { // there are as many values as pixels
		fyne.LogError("", err)
	}
	return img
}

func textSum(s cam.Score, whole bool) []kit.Line {
	sum := speak.Say("inside.sum", number(s.Sum))
	if whole {
		sum = speak.Say("inside.logit", number(s.Sum))
	}
	return []kit.Line{{Text: speak.Say("inside.mean", number(s.Mean), number(s.Bias))}, {Text: sum}}
}

// textPoint says what the map is at a point; whole is the CAM there.
func textPoint(whole float64, p cam.Point) string {
	return speak.Say("inside.point", p.Row+1, p.Col+1, number(whole))
}

// textTerms writes the sum of the channels kept at a point out.
func textTerms(p cam.Point) string {
	sum := ""
	plus := func(negative bool) {
		switch {
		case sum != "" && negative:
			sum += " − "
		case sum != "":
			sum += " + "
		case negative:
			sum = "−"
		}
	}
	for _, t := range p.Largest {
		plus(t.Weight < 0)
		feature := number(float64(t.Feature))
		if t.Feature < 0 {
			feature = "(" + feature + ")"
		}
		sum += speak.Say("inside.term", number(math.Abs(float64(t.Weight))), feature, t.Index)
	}
	if p.Others > 0 {
		plus(p.Rest < 0)
		sum += speak.Say("inside.rest", number(math.Abs(p.Rest)), p.Others)
	}
	return speak.Say("inside.terms", number(p.Value), sum)
}

// number writes a value in three digits.
func number(v float64) string {
	if a := math.Abs(v); a >= 100 && a < 1e6 {
		return printable.Minus(strconv.FormatFloat(v, 'f', 0, 64))
	}
	if v == 0 {
		return "0" // of either sign
	}
	return printable.Minus(strings.Replace(strconv.FormatFloat(v, 'g', 3, 64), "e-0", "e-", 1))
}
