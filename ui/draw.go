package ui

import (
	"image"
	"maps"
	"slices"

	"fyne.io/fyne/v2/widget"

	"scalecam/compare"
	"scalecam/network"
	"scalecam/picture"
)

// scene is everything that depends on the comparison and the view. It is made
// in the background; nothing in it changes afterwards.
type scene struct {
	sketch
	base       *image.RGBA         // the picture at the size shown
	comparison *compare.Comparison // of the networks that have run; nil for none
	cells      []content           // the picture's, then one for each network
}

// sketch is what a scene is made of.
type sketch struct {
	picture *picture.Picture
	models  []*network.Model
	results map[*network.Model]compare.Cell
	class   string
	view    compare.View
	size    image.Point // of a cell's picture, in pixels
}

// draw makes the scene anew and shows it. While one is being made, the newest
// request waits and those before it are dropped.
func (w *Window) draw() {
	if w.drawing {
		w.again = true
		return
	}
	if w.closed || w.picture == nil {
		return
	}
	width, height := pixels(w.grid.frame, w.box)
	s := sketch{w.picture, w.models, maps.Clone(w.results), w.class, w.view, image.Pt(width, height)}
	before := w.shown
	w.drawing = true
	w.run.Go(func() {
		now, err := s.draw(before)
		w.run.Do(func() {
			w.drawing = false
			if !w.closed {
				w.show(now, err)
			}
			if w.again {
				w.again = false
				w.draw()
			}
		})
	})
}

// show shows a scene, unless another picture or other networks have been asked
// for meanwhile: their own is then on its way.
func (w *Window) show(s *scene, err error) {
	if s.picture != w.picture || !slices.Equal(s.models, w.models) {
		return
	}
	if err != nil {
		w.fail(err)
		if w.class == s.class && w.class != "" { // no network has such a class
			w.class = ""
			if w.shown != nil && w.shown.comparison != nil {
				w.class = w.shown.class
			}
			w.draw()
		}
		return
	}
	w.shown = s
	for i, c := range s.cells {
		w.cells[i].set(c)
	}
	w.states()
	heading, hint, warning, class := "", "", "", ""
	if s.comparison != nil {
		heading, hint, warning = textHeading(s.comparison), textHint(s.comparison, s.view), textWarning(s.comparison)
		class = s.comparison.Rows[0].Class
	}
	setText(w.heading, heading)
	setText(w.controls.hint, hint)
	setText(w.warning, warning)
	w.showIn(w.warning, warning != "")
	w.controls.setClass(class)
	w.themed.Refresh()
	w.showProgress()
	w.updatePage()
}

// whole tells that every network has run.
func (s *scene) whole() bool { return s.comparison != nil && len(s.comparison.Models) == len(s.models) }

// states says in the cells without a result how far their networks are.
func (w *Window) states() {
	for i, m := range w.models {
		state := say("cell.not run")
		if w.running != nil {
			state = say("cell.waits")
			if w.current == m {
				state = say("cell.runs")
			}
		}
		w.cells[i+1].wait(state)
	}
}

// draw makes the scene; what an earlier one has of it is taken from there.
func (s sketch) draw(before *scene) (*scene, error) {
	now := &scene{sketch: s}
	same := before != nil && before.picture == s.picture
	if same && before.size == s.size {
		now.base = before.base
	} else {
		now.base = picture.Resize(s.picture.Image, s.size.X, s.size.Y, picture.Bilinear)
	}
	var err error
	done := slices.DeleteFunc(slices.Clone(s.models), func(m *network.Model) bool { _, ran := s.results[m]; return !ran })
	switch {
	case len(done) == 0:
	case same && before.comparison != nil && before.class == s.class && slices.Equal(before.comparison.Models, done):
		now.comparison = before.comparison
	default:
		if now.comparison, err = s.explain(done); err != nil && (len(done) == len(s.models) || find(s.models, s.class) != nil) {
			return now, err
		}
	}
	now.cells = append(now.cells, content{
		name: say("cell.picture"), image: now.base,
		lines: []line{{textName(s.picture), widget.MediumImportance}, {textPicture(s.picture), widget.MediumImportance}},
	})
	for _, m := range s.models {
		cell := content{name: m.Name, lines: []line{{textScaling(m), widget.MediumImportance}, {textCounts(m), widget.MediumImportance}}}
		if now.comparison != nil {
			if i := slices.Index(now.comparison.Models, m); i >= 0 {
				if err := now.fill(&cell, i); err != nil {
					return now, err
				}
			}
		}
		now.cells = append(now.cells, cell)
	}
	return now, nil
}

// explain puts what has run together and makes the maps of the class. Where
// that fails, the Comparison is nil.
func (s sketch) explain(models []*network.Model) (*compare.Comparison, error) {
	row := compare.Row{Picture: s.picture}
	for _, m := range models {
		row.Cells = append(row.Cells, s.results[m])
	}
	c := &compare.Comparison{Models: models, Rows: []compare.Row{row}}
	if err := c.Explain(0, s.class); err != nil {
		return nil, err
	}
	return c, nil
}

// fill adds to a cell what its network sees.
func (s *scene) fill(to *content, col int) (err error) {
	c, v := s.comparison, s.view
	cell, m := &c.Rows[0].Cells[col], c.Models[col]
	if to.image, err = c.Overlay(0, col, v, s.base); err != nil {
		return err
	}
	top := cell.Top[0]
	to.lines = append(to.lines, line{textPredicts(m.Classes[top.Class], top.Probability), widget.MediumImportance})
	switch {
	case cell.Class == top.Class:
		praise := widget.SuccessImportance
		if !m.Trained { // chance is no merit
			praise = widget.MediumImportance
		}
		to.lines = append(to.lines, line{say("cell.agrees"), praise})
	case cell.Class >= 0:
		to.lines = append(to.lines, line{textDiffers(cell.Probability), widget.MediumImportance})
	}
	for _, note := range c.Notes(0, col, v) {
		to.lines = append(to.lines, line{textNote(note), widget.WarningImportance})
	}
	if to.scale = c.Scale(0, col, v); !to.scale.Empty() && cell.Map != nil {
		to.colours = v.Colormap
	}
	return nil
}
