package compare

import (
	"context"
	"image"
	"slices"
	"time"

	"fyne.io/fyne/v2/theme"

	"scalecam/cam/measure"
	"scalecam/compare"
	"scalecam/compare/caption"
	"scalecam/compare/figure"
	"scalecam/network"
	"scalecam/network/models"
	"scalecam/picture"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// Scene is everything that depends on the comparison and the view. It is made
// in the background; nothing in it changes afterwards.
type Scene struct {
	sketch
	Bases      []*image.RGBA                  // the pictures, or their parts in sight, at the size shown
	overlays   []*image.RGBA                  // row by row, one for each network and each Derived; nil where it has not run
	Comparison *compare.Comparison            // of the networks that have run on all pictures; nil for none
	Cells      []kit.Content                  // row by row: the picture's, then one for each network and each Derived
	heads      []heading                      // of the columns
	agreements []map[int]compare.Agreement    // by rows and networks, where the view has a consensus
	found      map[place]measure.Localisation // by rows and columns beside the picture's, where the view asks for it
	made       [][]compare.Shown              // by rows and each Derived; none until all networks have run
}

// sketch is what a scene is made of.
type sketch struct {
	desk.Asked
	View compare.View
	took map[*network.Model]time.Duration
	Wipe float64     // the share of each map, from the left, that shows the picture itself
	size image.Point // of a cell's picture at most, in pixels
	zoom kit.Zoom    // what of pictures is in sight
}

// Draw makes the scene anew and shows it. While one is being made, the newest
// request waits and those before it are dropped.
func (p *Page) Draw() {
	if p.Drawing {
		p.again = true
		return
	}
	if p.host.Closed() || len(p.desk.Pictures) == 0 {
		return
	}
	width, height := kit.Pixels(p.Sheet.Frame, p.Sheet.Box)
	s := sketch{p.desk.Clone(), p.desk.View, p.desk.Took, p.desk.Wipe, image.Pt(width, height), p.zoom}
	before := p.Shown
	p.Drawing = true
	p.host.Runner().Go(func() {
		now, err := s.draw(before)
		p.host.Runner().Do(func() {
			p.Drawing = false
			if !p.host.Closed() {
				p.put(now, err)
			}
			if p.again {
				p.again = false
				p.Draw()
			} else {
				p.host.Rested()
			}
		})
	})
}

// put shows a scene, unless other pictures or networks have been asked for
// meanwhile: their own is then on its way.
func (p *Page) put(s *Scene, err error) {
	if !s.Of(&p.desk.Asked) {
		return
	}
	if err != nil {
		p.host.Fail(err)
		if p.desk.Class == s.Class && p.desk.Class != "" { // no network has such a class
			before := ""
			if p.Shown != nil && p.Shown.Comparison != nil {
				before = p.Shown.Class
			}
			p.host.Refused(before)
		}
		return
	}
	if len(s.Cells) != len(p.Cells) { // update is about to make others
		return
	}
	p.Shown = s
	reshaped := false
	for i, c := range s.Cells {
		reshaped = p.Cells[i].Set(c) || reshaped
		if i%s.Columns() > 0 {
			p.Cells[i].Frame.SetWipe(s.Wipe)
		}
	}
	for j, h := range s.heads {
		reshaped = p.Heads[j].Set(h.name, h.whole, h.lines) || reshaped
	}
	p.States()
	p.readOut()
	p.mark()
	p.say()
	if reshaped { // the sheet finds them room
		p.Sheet.Box.Refresh()
		p.Sheet.Scroll.Refresh()
	}
	p.host.Drawn()
}

// say says what the row that titles are about explains, and offers its classes.
func (p *Page) say() {
	s := p.Shown
	heading, hint, warning, class := "", p.Controls.Hint.Text, p.Warning.Text, ""
	switch { // until the networks have run, what takes room stays
	case len(s.Models) == 0:
		hint, warning = "", ""
	case s.Comparison != nil:
		row := min(p.Row(), len(s.Comparison.Rows)-1)
		heading, hint, warning = textHeading(s.Comparison, row), Hint(s.Comparison, s.View), pages.Warning(s.Comparison)
		if class = pages.ClassOf(s.Comparison.Rows[row].Class, s.Models...); s.Comparison.By.Own {
			class = speak.Say("chip.own")
		}
		kit.Enable(p.Controls.Object, s.View.Object || s.Comparison.Located())
	}
	kit.SetText(p.Heading, heading)
	kit.SetText(p.Controls.Hint, hint)
	p.Controls.setClass(class)
	if p.chips.set(s.Comparison) || p.Warning.Text != warning {
		p.Warning.Text = warning
		kit.Show(p.Warning, warning != "")
		p.head.Refresh()
		p.main.Refresh()
	}
}

// Of tells that the scene is of the pictures and networks asked for, and so has
// their places. One that is shown may not be, until theirs is made.
func (s *Scene) Of(a *desk.Asked) bool {
	return s != nil && slices.Equal(s.Pictures, a.Pictures) && slices.Equal(s.Models, a.Models)
}

// Columns is how many cells a picture has, as desk.Desk's.
func (s *Scene) Columns() int { return 1 + len(s.Models) + len(s.View.Derived(len(s.Models))) }

// Whole tells that every network has run.
func (s *Scene) Whole() bool { return s.Comparison != nil && len(s.Comparison.Models) == len(s.Models) }

// States says in the cells without a result how far their networks are.
func (p *Page) States() {
	columns := p.desk.Columns()
	for i := range p.desk.Pictures {
		for j := 1 + len(p.desk.Models); j < columns; j++ {
			p.Cells[i*columns+j].Wait(speak.Say("cell.waits"))
		}
		for j, m := range p.desk.Models {
			state := speak.Say("cell.not run")
			if p.host.Waiting() || p.again { // or its scene is on its way
				state = speak.Say("cell.waits")
				if p.host.Runs(m) {
					state = speak.Say("cell.runs")
				}
			}
			p.Cells[i*columns+j+1].Wait(state)
		}
	}
}

// draw makes the scene; what an earlier one has of it is taken from there.
func (s sketch) draw(before *Scene) (*Scene, error) {
	now := &Scene{sketch: s}
	same := before != nil && slices.Equal(before.Pictures, s.Pictures)
	if same && before.size == s.size && before.zoom == s.zoom {
		now.Bases = before.Bases
	} else {
		for _, p := range s.Pictures {
			now.Bases = append(now.Bases, s.base(p))
		}
	}
	var err error
	done := s.done()
	switch {
	case len(done) == 0 && same && before.Comparison != nil && slices.Equal(before.Models, s.Models):
		// What was there stays until the first of the new is.
		now.Comparison, now.Class, now.By = before.Comparison, before.Class, before.By
	case len(done) == 0:
	case same && before.Comparison != nil && before.Class == s.Class && before.By.Equal(s.By) && slices.Equal(before.Comparison.Models, done):
		now.Comparison = before.Comparison
	default:
		if now.Comparison, err = s.explain(done); err != nil {
			if _, none := pages.Find(s.Models, s.Class); none != nil || len(done) == len(s.Models) {
				return now, err
			}
		}
	}
	if err := now.overlay(before); err != nil {
		return now, err
	}
	now.derive()
	now.measure(before)
	now.heads = []heading{{name: speak.Say("cell.picture")}}
	for _, m := range s.Models {
		now.heads = append(now.heads, now.heading(m))
	}
	for _, d := range s.View.Derived(len(s.Models)) {
		now.heads = append(now.heads, heading{textDerived(d, s.Models), "", []kit.Line{{Text: speak.Say("derived." + string(d.Kind) + ".about"), Wrap: noteLines}}})
	}
	for i := range s.Pictures {
		now.Cells = append(now.Cells, now.picture(i))
		for _, m := range s.Models {
			now.Cells = append(now.Cells, now.cell(i, m))
		}
		for k, d := range s.View.Derived(len(s.Models)) {
			now.Cells = append(now.Cells, now.derived(i, len(s.Models)+k, d))
		}
	}
	return now, nil
}

// pixelsFrom is from how many pixels across a pixel of a picture that is zoomed shows as
// a square: there is nothing more to see.
const pixelsFrom = 6

// base is what of a picture is in sight.
func (s sketch) base(p *picture.Picture) *image.RGBA {
	size, how := pages.Fitted(p.Image.Rect.Size(), s.size), picture.Bilinear
	of, at := s.zoom.Part(size)
	if !s.zoom.Whole() && of.X >= pixelsFrom*p.Image.Rect.Dx() {
		how = picture.Nearest
	}
	return picture.ResizePart(p.Image, of.X, of.Y, image.Rectangle{Max: size}.Add(at), how)
}

// done are the networks that have run on all pictures, and of which no map takes runs
// that are yet to come: those before the first that lacks any, since the first network
// may say which class is explained.
func (s sketch) done() (done []*network.Model) {
	missing := s.Missing()
	for _, m := range s.Models {
		if !slices.ContainsFunc(missing, func(p desk.Pair) bool { return p.Model == m }) {
			done = append(done, m)
		} else if s.Runs(m) {
			break
		}
	}
	return done
}

// explain puts what has run together and makes the maps of the class. Where
// that fails, the Comparison is nil.
func (s sketch) explain(models []*network.Model) (*compare.Comparison, error) {
	c := &compare.Comparison{Models: models, By: s.By, Made: s.Maps}
	for i, p := range s.Pictures {
		row := compare.Row{Picture: p}
		for _, m := range models {
			row.Cells = append(row.Cells, s.Results[desk.Pair{Picture: p, Model: m}])
		}
		c.Rows = append(c.Rows, row)
		if err := c.Explain(context.Background(), i, s.Class); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// overlay lays the maps over the pictures.
func (s *Scene) overlay(before *Scene) error {
	columns := s.Columns() - 1
	s.overlays = make([]*image.RGBA, len(s.Pictures)*columns)
	if s.Comparison == nil {
		return nil
	}
	if before != nil && before.Comparison == s.Comparison && before.View == s.View && slices.Equal(before.Bases, s.Bases) && slices.Equal(before.Models, s.Models) {
		s.overlays = before.overlays
		return nil
	}
	for i := range s.Pictures {
		for j, m := range s.Models {
			col := slices.Index(s.Comparison.Models, m)
			if col < 0 {
				continue
			}
			var err error
			if s.overlays[i*columns+j], err = s.laid(i, col); err != nil {
				return err
			}
		}
		for j := len(s.Models); j < columns && s.Whole(); j++ {
			var err error
			if s.overlays[i*columns+j], err = s.laid(i, j); err != nil {
				return err
			}
		}
	}
	return nil
}

// laid is a map over its picture, with what the network saw outlined as in the figure.
func (s *Scene) laid(row, col int) (*image.RGBA, error) {
	of, at := s.zoom.Part(s.Bases[row].Rect.Size())
	shown, err := figure.OverlayPart(s.Comparison, row, col, s.View, s.Bases[row], of, at)
	if err == nil {
		figure.OutlineSeen(shown, s.Comparison, row, col, s.View, of, at, 1)
	}
	return shown, err
}

// measure measures how well maps find the true object, where the view asks for that.
func (s *Scene) measure(before *Scene) {
	if !s.View.Object || s.Comparison == nil {
		return
	}
	if before != nil && before.Comparison == s.Comparison && before.View.Object && before.View.Consensus == s.View.Consensus && slices.Equal(before.Models, s.Models) {
		s.found = before.found
		return
	}
	s.found = map[place]measure.Localisation{}
	for i := range s.Pictures {
		for j := range s.Columns() - 1 {
			col := j
			if j < len(s.Models) {
				col = slices.Index(s.Comparison.Models, s.Models[j])
			} else if !s.Whole() {
				continue
			}
			if col < 0 {
				continue
			}
			if found, ok := s.Comparison.Found(i, col, s.View); ok {
				s.found[place{i, j}] = found
			}
		}
	}
}

// heading is what stands above a column.
type heading struct {
	name, whole string // as it is called, and what that stands for
	lines       []kit.Line
}

// noteLines is how many lines a note may take.
const noteLines = 3

// heading is a network's: its scaling, what it costs, and what its maps are to be read
// with.
func (s *Scene) heading(m *network.Model) heading {
	h := heading{name: speak.Network(m.Name), lines: []kit.Line{
		{Text: textScaling(m)}, {Text: textCounts(m), Wrap: 2}, {Text: s.textGrid(m)},
	}}
	if !models.BuiltIn(m.Spec) {
		h.whole = speak.Network(m.Spec)
	}
	for _, note := range compare.ModelNotes(m) {
		h.lines = append(h.lines, kit.Line{Text: pages.Note(note, m), Colour: theme.ColorNameWarning, Wrap: noteLines})
	}
	return h
}

// picture is what the cell of a picture shows, and which class its row explains.
func (s *Scene) picture(row int) kit.Content {
	p := s.Pictures[row]
	of, at := s.zoom.Part(s.Bases[row].Rect.Size())
	to := kit.Content{Name: speak.File(p.Path), Image: figure.Base(p, s.View, s.Bases[row], of, at), Zoom: s.zoom}
	if c := s.Comparison; c != nil {
		for _, text := range s.says().Explains(row) {
			to.Lines = append(to.Lines, kit.Line{Text: text, Wrap: 2})
		}
	}
	to.Lines = append(to.Lines, kit.Line{Text: textPicture(p), Colour: theme.ColorNamePlaceHolder, Wrap: 2})
	if s.Comparison != nil {
		to.Lines = append(to.Lines, written(s.says().Picture(row))...)
	} else if p.Beware != nil {
		to.Lines = append(to.Lines, kit.Line{Text: speak.Error(p.Beware), Colour: theme.ColorNameWarning, Wrap: noteLines})
	}
	return to
}

// says are the captions of the scene's comparison.
func (s *Scene) says() caption.Captions { return caption.Of(speak.Now(), s.Comparison, s.View) }

// written are captions as a cell has them.
func written(lines []caption.Line) (all []kit.Line) {
	for _, l := range lines {
		is := kit.Line{Text: l.Text, Wrap: 2}
		switch l.Style {
		case caption.Strong:
			is.Bold = true
		case caption.Differs:
			is.Bold, is.Colour = true, theme.ColorNameWarning
		case caption.Right:
			is.Colour = theme.ColorNameSuccess
		case caption.Disputed:
			is.Colour = theme.ColorNameWarning
		case caption.Warning:
			is.Colour, is.Wrap = theme.ColorNameWarning, noteLines
		}
		all = append(all, is)
	}
	return all
}

// cell is what the cell of a picture and a network shows.
func (s *Scene) cell(row int, m *network.Model) (to kit.Content) {
	col := -1
	if s.Comparison != nil {
		col = slices.Index(s.Comparison.Models, m)
	}
	if col < 0 {
		to.Lines = make([]kit.Line, 2) // as many as there will be
		return to
	}
	c, v := s.Comparison, s.View
	cell := &c.Rows[row].Cells[col]
	to.Image, to.Zoom = s.wiped(row, slices.Index(s.Models, m)), s.zoom
	says := s.says()
	to.Lines = written(says.Answer(row, col))
	line := func(text string) { to.Lines = append(to.Lines, kit.Line{Text: text, Wrap: 2}) }
	if margin, ok := c.Margin(row, col); ok {
		line(speak.Say("cell.margin", compare.FormatValue(margin)))
	}
	if found, ok := s.found[place{row, slices.Index(s.Models, m)}]; ok {
		line(caption.Found(speak.Now(), found))
	}
	if a, ok := s.agreements[row][col]; ok && s.Whole() {
		to.Lines = append(to.Lines, written([]caption.Line{says.Agrees(a)})...)
	}
	to.Lines = append(to.Lines, written(slices.Concat(says.Doubts(row, col), says.Missing(row, col), says.Nothing(row, col)))...)
	if to.Scale = pages.Range(c.Scale(row, col, v)); !to.Scale.Empty() && cell.Map != nil {
		to.Colours = v.Colormap
	}
	return to
}

// wiped is the overlay of a row and a column, of which the left, as far as the picture is
// wiped, is the picture's own.
func (s *Scene) wiped(row, column int) *image.RGBA {
	overlay, base := s.overlays[row*(s.Columns()-1)+column], s.Bases[row]
	if overlay == nil || s.Wipe <= 0 {
		return overlay
	}
	out := image.NewRGBA(overlay.Rect)
	copy(out.Pix, overlay.Pix)
	of, at := s.zoom.Part(out.Rect.Size())
	cut := 4 * min(max(int(min(s.Wipe, 1)*float64(of.X)+0.5)-at.X, 0), out.Rect.Dx())
	for y := range out.Rect.Dy() {
		copy(out.Pix[y*out.Stride:][:cut], base.Pix[y*base.Stride:])
	}
	return out
}

// valueAt is what stands beside the crosshair of a cell: of a picture its pixel,
// of a network its map's value.
func (s *Scene) valueAt(row, column int, x, y float64) string {
	if column == 0 {
		size := s.Pictures[row].Image.Rect.Size()
		return speak.Say("pixel", min(int(x*float64(size.X)), size.X-1), min(int(y*float64(size.Y)), size.Y-1))
	}
	if s.Comparison == nil || column >= s.Columns() {
		return ""
	}
	if column > len(s.Models) {
		return s.derivedAt(row, column-1, x, y)
	}
	col := slices.Index(s.Comparison.Models, s.Models[column-1])
	if col < 0 {
		return ""
	}
	v, ok := s.Comparison.Value(row, col, s.View, x, y)
	if !ok {
		return speak.Say("not seen")
	}
	return compare.FormatValue(v)
}
