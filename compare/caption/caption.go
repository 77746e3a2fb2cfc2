// Package caption says what stands beside the maps of a Comparison, in a language: the
// figure, the web page and the window take it from here.
package caption

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"scalecam/cam"
	"scalecam/cam/measure"
	"scalecam/compare"
	"scalecam/network"
	"scalecam/printable"
	"scalecam/wording"
)

// Captions are what there is to say of a comparison in a view.
type Captions struct {
	*wording.Speaker
	c *compare.Comparison
	v compare.View
}

// Of are the captions of a comparison as a language has them.
func Of(s *wording.Speaker, c *compare.Comparison, v compare.View) Captions {
	return Captions{s, c, v}
}

// Line is a line of text.
type Line struct {
	Text  string
	Style Style
	Tail  int // letters at its end that are to be read where it has no room for all
}

// Style is how a line looks: a class of compare/webpage's page.css.
type Style string

// The styles.
const (
	Strong   Style = "strong"   // what a network predicts
	Differs  Style = "differs"  // likewise, where that is wrong, or not what is explained
	Right    Style = "right"    // that it is right
	Disputed Style = "disputed" // why it is wrong
	Body     Style = "body"
	Quiet    Style = "quiet"
	Warning  Style = "warning" // what a reader must know to trust what is shown
)

// Row is one of the comparison's.
func (t Captions) Row(row int) *compare.Row { return &t.c.Rows[row] }

// Title is what a model is called: those that come with the program have names in every
// language.
func Title(s *wording.Speaker, m *network.Model) string { return s.Network(compare.Title(m)) }

// ClassAt is what class i of a model is called.
func ClassAt(s *wording.Speaker, m *network.Model, i int) string {
	return s.Class(m.ClassName(i, s.Language))
}

// ClassOf is what a class of one of the models is called.
func ClassOf(s *wording.Speaker, name string, models ...*network.Model) string {
	for _, m := range models {
		if i := slices.Index(m.Classes, name); i >= 0 {
			return ClassAt(s, m, i)
		}
	}
	return s.Class(name)
}

// Note is a note on models or their cells.
func Note(s *wording.Speaker, n compare.Note, models ...*network.Model) string {
	args := slices.Clone(n.Args)
	for i, a := range args {
		if class, ok := a.(string); ok {
			args[i] = ClassOf(s, class, models...)
		}
	}
	return s.Say("note."+string(n.Kind), args...)
}

// notes are the lines of notes.
func (t Captions) notes(all ...compare.Note) (lines []Line) {
	for _, n := range all {
		lines = append(lines, Line{Text: Note(t.Speaker, n, t.c.Models...), Style: Warning, Tail: 1})
	}
	return lines
}

// class is what a class of the comparison's models is called.
func (t Captions) class(name string) string { return ClassOf(t.Speaker, name, t.c.Models...) }

// Facts are what stands beneath a model's name: its scaling, what it costs, and the grid
// of its maps.
func (t Captions) Facts(m *network.Model) []string {
	n, s, grid := m.Network, m.Network.Scaling, t.c.By.Grid(m)
	return []string{
		t.Say("head.scaling", s.Depth, s.Width, strings.ReplaceAll(s.Resolution.String(), "x", " × ")),
		t.Say("head.costs", compare.FormatCount(n.MACs()), compare.FormatCount(n.Parameters())),
		t.Say("head.grid", grid.H, grid.W),
	}
}

// Head are the notes beneath a model's Facts; the others are in the small print.
func (t Captions) Head(m *network.Model) (lines []Line) {
	return t.notes(slices.DeleteFunc(compare.ModelNotes(m), inFoot)...)
}

// inFoot tells a note that stands in the small print, not under a network's name.
func inFoot(n compare.Note) bool { return n.Kind == compare.Assumed || n.Kind == compare.Averaged }

// Explains says which class a row explains, and then whose choice that is.
func (t Captions) Explains(row int) []string {
	r, against := &t.c.Rows[row], t.Against()
	switch {
	case r.Own && against != "":
		return []string{t.Say("cell.explains.own"), t.Say("cell.explains.against", against)}
	case r.Own:
		return []string{t.Say("cell.explains.own")}
	}
	class := t.Say("cell.explains", t.class(r.Class))
	if against != "" {
		class = t.Say("cell.explains.not", t.class(r.Class), against)
	}
	return []string{class, t.Why(row)}
}

// Why says whose choice a row's class is; "" where each network explains its own.
func (t Captions) Why(row int) string {
	switch r := &t.c.Rows[row]; {
	case r.Own:
		return ""
	case r.Predicted:
		return t.Say("cell.by prediction", Title(t.Speaker, t.c.Models[0]))
	case r.Shown:
		return t.Say("cell.by showing")
	}
	return t.Say("cell.by choice")
}

// Against names the classes that the one explained is held against; "" for none.
func (t Captions) Against() string {
	var all []string
	for _, name := range t.c.AgainstNames() {
		all = append(all, t.Say("heading.class", t.class(name)))
	}
	return strings.Join(all, ", ")
}

// Picture says what to beware of in a row's picture.
func (t Captions) Picture(row int) (lines []Line) {
	if beware := t.c.Rows[row].Picture.Beware; beware != nil {
		lines = append(lines, Line{Text: t.Error(beware), Style: Warning, Tail: 1})
	}
	if len(t.c.Models) > 1 && len(t.c.Doubts(row)) > 0 {
		lines = append(lines, Line{Text: t.Say("cell.unsure"), Style: Warning, Tail: 1})
	}
	return lines
}

// Answer is what a network predicts: whether that is right, where it is known what the
// picture shows, or else whether it is the class explained; and how probable that is.
func (t Captions) Answer(row, col int) (lines []Line) {
	m, cell := t.c.Models[col], &t.c.Rows[row].Cells[col]
	says := func(key string, class int, probability float64, style Style) Line {
		share := compare.FormatProbability(probability)
		return Line{t.Say(key, ClassAt(t.Speaker, m, class), share), style, len(", ") + len(share)}
	}
	another, top := t.another(row, col), cell.Top[0]
	predicts := says("cell.predicts", top.Class, top.Probability, Strong)
	switch t.c.Verdict(row, col) {
	case compare.Right:
		is := Line{Text: t.Say("cell.right"), Style: Right}
		if !m.Trained { // chance is no merit
			is.Style = Quiet
		}
		lines = []Line{predicts, is}
	case compare.Wrong:
		predicts.Style = Differs
		lines = []Line{predicts, {t.Say("cell.wrong", ClassOf(t.Speaker, t.c.Rows[row].Picture.Shows, m)), Disputed, 1}}
	default:
		if another {
			predicts.Text, predicts.Style = "≠ "+predicts.Text, Differs
		}
		lines = []Line{predicts}
	}
	if another && cell.Class >= 0 {
		lines = append(lines, says("cell.explained", cell.Class, cell.Probability, Body))
	}
	return lines
}

// another tells that a network predicts another class than the one explained; what each
// explains of its own is none.
func (t Captions) another(row, col int) bool {
	r, m := &t.c.Rows[row], t.c.Models[col]
	cell := &r.Cells[col]
	top := cell.Top[0].Class
	if cell.Class >= 0 {
		return top != cell.Class
	}
	return !r.Own && m.Classes[top] != r.Class
}

// differ tells that some network is said to predict another class than the one explained.
func (t Captions) differ() bool {
	for i := range t.c.Rows {
		for j := range t.c.Models {
			if t.c.Verdict(i, j) == compare.Unknown && t.another(i, j) {
				return true
			}
		}
	}
	return false
}

// Doubts are the notes beneath what a network predicts.
func (t Captions) Doubts(row, col int) []Line {
	return t.notes(append(t.c.Otherwise(row, col), t.c.Doubts(row, col)...)...)
}

// Found says how well a column's map finds the true object, where the view asks for that
// and it is known where that is.
func (t Captions) Found(row, col int) (lines []Line) {
	if !t.v.Object {
		return nil
	}
	if l, ok := t.c.Found(row, col, t.v); ok {
		lines = append(lines, Line{Text: Found(t.Speaker, l), Style: Quiet})
	}
	return lines
}

// Found says how well a map finds the true object.
func Found(s *wording.Speaker, l measure.Localisation) string {
	pointing := s.Say("cell.hits part", 100*l.Pointing) // of several places that are highest
	switch l.Pointing {
	case 0:
		pointing = s.Say("cell.misses")
	case 1:
		pointing = s.Say("cell.hits")
	}
	return s.Say("cell.found", pointing, 100*l.Energy, l.IoU)
}

// Missing says why a cell has no map of its own.
func (t Captions) Missing(row, col int) []Line {
	return t.notes(slices.DeleteFunc(t.c.CellNotes(row, col, t.v), ofColours)...)
}

// Nothing says that there is nothing of a cell's map to show in the view's colours.
func (t Captions) Nothing(row, col int) []Line {
	return t.notes(slices.DeleteFunc(t.c.CellNotes(row, col, t.v), func(n compare.Note) bool { return !ofColours(n) })...)
}

// ofColours tells a note that holds in some colours alone.
func ofColours(n compare.Note) bool { return n.Kind == compare.NoEvidence }

// Score says what a network's score of the class explained is and, where the map's
// values make it up, of what.
func (t Captions) Score(row, col int) []Line {
	cell := &t.c.Rows[row].Cells[col]
	if cell.Map == nil {
		return nil
	}
	value := t.value(row, col)
	text := t.Say("score."+t.score(), compare.FormatValue(value))
	if cell.Map.Method.Adds == cam.MeanAndBias {
		text = t.Say("adds."+t.score(), compare.FormatValue(cell.Map.Mean()), compare.FormatValue(cell.Bias()), compare.FormatValue(value))
	}
	return []Line{{Text: text, Style: Quiet}}
}

// Alone is the score by itself; nothing where a cell explains no class.
func (t Captions) Alone(row, col int) []Line {
	if t.c.Rows[row].Cells[col].Class < 0 {
		return nil
	}
	return []Line{{Text: t.Say("score."+t.score(), compare.FormatValue(t.value(row, col))), Style: Quiet}}
}

// value is a network's score of the class explained.
func (t Captions) value(row, col int) float64 {
	if margin, held := t.c.Margin(row, col); held {
		return margin
	}
	return t.c.Rows[row].Cells[col].Logit()
}

// score is what is explained of a class.
func (t Captions) score() string {
	if len(t.c.By.Against) > 0 {
		return "margin"
	}
	return "logit"
}

// Agrees says how far a network agrees with the others of a consensus.
func (t Captions) Agrees(a compare.Agreement) Line {
	return Line{Text: t.Say("cell.others", Alike(t.Speaker, a)), Style: Quiet}
}

// Alike says how alike two maps are.
func Alike(s *wording.Speaker, a compare.Agreement) string {
	rho := "–" // a map that is the same everywhere
	if !math.IsNaN(a.RankCorrelation) {
		rho = fixed(a.RankCorrelation)
	}
	return s.Say("cell.alike", rho, a.TopIoU)
}

// fixed is a number with two digits after its point.
func fixed(v float64) string { return printable.Minus(fmt.Sprintf("%.2f", v)) }

// Share writes a share that someone set: "70%", "12.5%".
func Share(of float64) string { return fmt.Sprintf("%.4g%%", 100*of) }

// File is the name of a picture's file.
func File(path string) string { return printable.Line(filepath.Base(path)) }
