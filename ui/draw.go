package ui

import (
	"context"
	"image"
	"maps"
	"slices"
	"time"

	"fyne.io/fyne/v2/theme"

	"scalecam/compare"
	"scalecam/compare/figure"
	"scalecam/network"
	"scalecam/picture"
	"scalecam/ui/desk"
	"scalecam/ui/kit"
	"scalecam/ui/pages"
	"scalecam/ui/speak"
)

// scene is everything that depends on the comparison and the view. It is made
// in the background; nothing in it changes afterwards.
type scene struct {
	sketch
	bases      []*image.RGBA       // the pictures at the size shown
	overlays   []*image.RGBA       // row by row, one for each network; nil where it has not run
	comparison *compare.Comparison // of the networks that have run on all pictures; nil for none
	cells      []kit.Content       // row by row: the picture's, then one for each network
}

// sketch is what a scene is made of.
type sketch struct {
	pictures []*picture.Picture
	models   []*network.Model
	results  map[desk.Pair]compare.Cell
	class    string
	view     compare.View
	took     map[*network.Model]time.Duration
	wipe     float64     // the share of each map, from the left, that shows the picture itself
	size     image.Point // of a cell's picture at most, in pixels
}

// draw makes the scene anew and shows it. While one is being made, the newest
// request waits and those before it are dropped.
func (w *Window) draw() {
	if w.drawing {
		w.again = true
		return
	}
	if w.closed || len(w.Pictures) == 0 {
		return
	}
	width, height := kit.Pixels(w.grid.Frame, w.box)
	s := sketch{w.Pictures, w.Models, maps.Clone(w.Results), w.Class, w.View, w.Took, w.Wipe, image.Pt(width, height)}
	before := w.shown
	w.drawing = true
	w.tasks.Run.Go(func() {
		now, err := s.draw(before)
		w.tasks.Run.Do(func() {
			w.drawing = false
			if !w.closed {
				w.show(now, err)
			}
			if w.again {
				w.again = false
				w.draw()
			} else {
				w.time()
			}
		})
	})
}

// show shows a scene, unless other pictures or networks have been asked for
// meanwhile: their own is then on its way.
func (w *Window) show(s *scene, err error) {
	if !s.of(&w.Asked) {
		return
	}
	if err != nil {
		w.fail(err)
		if w.Class == s.class && w.Class != "" { // no network has such a class
			w.Class = ""
			if w.shown != nil && w.shown.comparison != nil {
				w.Class = w.shown.class
			}
			w.history.Failed(w.state(), desk.ClassPart)
			w.draw()
		}
		return
	}
	if len(s.cells) != len(w.cells) { // update is about to make others
		return
	}
	w.shown = s
	reshaped := false
	for i, c := range s.cells {
		reshaped = w.cells[i].Set(c) || reshaped
		if i%(1+len(s.models)) > 0 {
			w.cells[i].Frame.SetWipe(s.wipe)
		}
	}
	w.states()
	w.readOut()
	heading, hint, warning, class := "", w.controls.hint.Text, w.warning.Text, ""
	switch { // until the networks have run, what takes room stays
	case len(s.models) == 0:
		hint, warning = "", ""
	case s.comparison != nil:
		heading, hint, warning = textHeading(s.comparison), textHint(s.comparison, s.view), pages.Warning(s.comparison)
		class = s.comparison.Rows[0].Class
	}
	kit.SetText(w.heading, heading)
	kit.SetText(w.controls.hint, hint)
	w.controls.setClass(pages.ClassOf(class, s.models...))
	if w.chips.set(s.comparison, w.setClass) || w.warning.Text != warning {
		w.warning.Text = warning
		kit.Show(w.warning, warning != "")
		w.head.Refresh()
		w.main.Refresh()
	}
	if reshaped { // the grid finds them room
		w.box.Refresh()
	}
	w.showProgress()
	w.updatePage()
}

// of tells that the scene is of the pictures and networks asked for, and so has
// their places. One that is shown may not be, until theirs is made.
func (s *scene) of(a *desk.Asked) bool {
	return s != nil && slices.Equal(s.pictures, a.Pictures) && slices.Equal(s.models, a.Models)
}

// whole tells that every network has run.
func (s *scene) whole() bool { return s.comparison != nil && len(s.comparison.Models) == len(s.models) }

// states says in the cells without a result how far their networks are.
func (w *Window) states() {
	for i := range w.Pictures {
		for j, m := range w.Models {
			state := speak.Say("cell.not run")
			if w.waiting() {
				state = speak.Say("cell.waits")
				if w.running.Busy() && w.current == m {
					state = speak.Say("cell.runs")
				}
			}
			w.cells[i*(1+len(w.Models))+j+1].Wait(state)
		}
	}
}

// draw makes the scene; what an earlier one has of it is taken from there.
func (s sketch) draw(before *scene) (*scene, error) {
	now := &scene{sketch: s}
	same := before != nil && slices.Equal(before.pictures, s.pictures)
	if same && before.size == s.size {
		now.bases = before.bases
	} else {
		for _, p := range s.pictures {
			size := fitted(p.Image.Rect.Size(), s.size)
			now.bases = append(now.bases, picture.Resize(p.Image, size.X, size.Y, picture.Bilinear))
		}
	}
	var err error
	done := slices.DeleteFunc(slices.Clone(s.models), func(m *network.Model) bool {
		return slices.ContainsFunc(s.pictures, func(p *picture.Picture) bool { _, ran := s.results[desk.Pair{Picture: p, Model: m}]; return !ran })
	})
	switch {
	case len(done) == 0:
	case same && before.comparison != nil && before.class == s.class && slices.Equal(before.comparison.Models, done):
		now.comparison = before.comparison
	default:
		if now.comparison, err = s.explain(done); err != nil {
			if _, none := pages.Find(s.models, s.class); none != nil || len(done) == len(s.models) {
				return now, err
			}
		}
	}
	if err := now.overlay(before); err != nil {
		return now, err
	}
	for i, p := range s.pictures {
		now.cells = append(now.cells, kit.Content{
			Name: speak.Say("cell.picture"), Image: now.bases[i],
			Lines: []kit.Line{{Text: textName(p)}, {Text: textPicture(p)}},
		})
		for _, m := range s.models {
			now.cells = append(now.cells, now.cell(i, m))
		}
	}
	return now, nil
}

// fitted is the largest size with a picture's proportions within a room.
func fitted(picture, room image.Point) image.Point {
	by := min(float64(room.X)/float64(picture.X), float64(room.Y)/float64(picture.Y))
	return image.Pt(max(int(float64(picture.X)*by+0.5), 1), max(int(float64(picture.Y)*by+0.5), 1))
}

// explain puts what has run together and makes the maps of the class. Where
// that fails, the Comparison is nil.
func (s sketch) explain(models []*network.Model) (*compare.Comparison, error) {
	c := &compare.Comparison{Models: models}
	for i, p := range s.pictures {
		row := compare.Row{Picture: p}
		for _, m := range models {
			row.Cells = append(row.Cells, s.results[desk.Pair{Picture: p, Model: m}])
		}
		c.Rows = append(c.Rows, row)
		if err := c.Explain(context.Background(), i, s.class); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// overlay lays the maps over the pictures.
func (s *scene) overlay(before *scene) error {
	s.overlays = make([]*image.RGBA, len(s.pictures)*len(s.models))
	if s.comparison == nil {
		return nil
	}
	if before != nil && before.comparison == s.comparison && before.view == s.view && slices.Equal(before.bases, s.bases) && slices.Equal(before.models, s.models) {
		s.overlays = before.overlays
		return nil
	}
	for i := range s.pictures {
		for j, m := range s.models {
			col := slices.Index(s.comparison.Models, m)
			if col < 0 {
				continue
			}
			var err error
			if s.overlays[i*len(s.models)+j], err = figure.Overlay(s.comparison, i, col, s.view, s.bases[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// counts are the network's counts and, once it has been timed, what it takes.
func (s *scene) counts(m *network.Model) string {
	if took, timed := s.took[m]; timed {
		return textTook(m, took)
	}
	return textCounts(m)
}

// cell is what the cell of a picture and a network shows.
func (s *scene) cell(row int, m *network.Model) kit.Content {
	to := kit.Content{Name: speak.Network(m.Name)}
	if len(s.pictures) == 1 {
		to.Lines = append(to.Lines, kit.Line{Text: textScaling(m)})
	}
	col := -1
	if s.comparison != nil {
		col = slices.Index(s.comparison.Models, m)
	}
	if col < 0 {
		if len(s.pictures) == 1 {
			to.Lines = append(to.Lines, kit.Line{Text: s.counts(m)}, kit.Line{})
		}
		to.Lines = append(to.Lines, kit.Line{}) // as many as there will be
		return to
	}
	c, v := s.comparison, s.view
	cell := &c.Rows[row].Cells[col]
	if len(s.pictures) == 1 {
		to.Lines = append(to.Lines, kit.Line{Text: s.counts(m)})
	}
	to.Image = wiped(s.overlays[row*len(s.models)+slices.Index(s.models, m)], s.bases[row], s.wipe)
	top := cell.Top[0]
	praise := theme.ColorNameSuccess
	if !m.Trained { // chance is no merit
		praise = ""
	}
	predicts, notes := kit.Line{Text: textPredicts(m, top)}, c.Notes(row, col, v)
	switch agrees := cell.Class == top.Class; {
	case len(s.pictures) > 1: // less room
		if agrees {
			predicts.Colour = praise
		}
		if row > 0 {
			notes = c.CellNotes(row, col, v)
		}
		to.Lines = append(to.Lines, predicts)
	case agrees:
		to.Lines = append(to.Lines, predicts, kit.Line{Text: speak.Say("cell.agrees"), Colour: praise})
	case cell.Class >= 0:
		to.Lines = append(to.Lines, predicts, kit.Line{Text: textDiffers(cell.Probability)})
	default:
		to.Lines = append(to.Lines, predicts)
	}
	for _, note := range notes {
		to.Lines = append(to.Lines, kit.Line{Text: pages.Note(note, c.Models...), Colour: theme.ColorNameWarning})
	}
	if to.Scale = pages.Range(c.Scale(row, col, v)); !to.Scale.Empty() && cell.Map != nil {
		to.Colours = v.Colormap
	}
	return to
}

// wiped is an overlay whose left part, so large a share, is the picture's own.
func wiped(overlay, base *image.RGBA, share float64) *image.RGBA {
	if share <= 0 {
		return overlay
	}
	out := image.NewRGBA(overlay.Rect)
	copy(out.Pix, overlay.Pix)
	cut := 4 * int(min(share, 1)*float64(out.Rect.Dx())+0.5)
	for y := range out.Rect.Dy() {
		copy(out.Pix[y*out.Stride:][:cut], base.Pix[y*base.Stride:])
	}
	return out
}
