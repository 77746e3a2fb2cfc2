// Package compare is the project's one act: pictures through models to a
// Comparison, a class activation map for each picture and each model. It is drawn
// by package figure and kept by package record.
package compare

import (
	"context"
	"image"
	"slices"
	"strconv"

	"scalecam/cam"
	"scalecam/fault"
	"scalecam/network"
	"scalecam/picture"
)

// Comparison is a row for each picture with a cell for each model.
type Comparison struct {
	Models []*network.Model
	By     By   // how the maps are made
	Made   Maps // that are there: Explain makes no map that is among them
	Rows   []Row
}

// Row is one picture and what every model sees in it.
type Row struct {
	Picture *picture.Picture
	// Whole is the picture's own size where Picture holds it smaller (see
	// RunEach), else zero.
	Whole image.Point
	Class string // name of the class explained
	// Predicted: the class is what the first model predicts, because none was
	// asked for.
	Predicted bool
	// Shown: it is what the picture is known to show, because none was asked for.
	Shown bool
	// Own: each model explains what it predicts itself, and Class is "".
	Own   bool
	Cells []Cell // one for each model, in order
}

// Cell is what one model sees in one picture.
type Cell struct {
	Activations *network.Activations
	Top         []network.Prediction // the five most probable classes, or fewer
	// Class is the index of the class explained: the row's, or what the model
	// predicts itself where it has none of that name (see Instead). −1 where it has
	// several, or that class is held against itself; Map is then nil.
	Class       int
	Probability float64 // of the class explained, calibrated where the model's temperature is known
	Raw         float64 // likewise, by the softmax of the logits alone
	Map         *cam.Map
}

// Size is the size of the picture itself.
func (r *Row) Size() image.Point {
	if r.Whole != (image.Point{}) {
		return r.Whole
	}
	return r.Picture.Image.Rect.Size()
}

// Logit is the model's score of the class explained. Class must not be −1.
func (c *Cell) Logit() float64 { return float64(c.Activations.Logits[c.Class]) }

// Bias is the classifier's bias of the class explained: mean of the CAM + bias =
// logit; held against others, less the mean of theirs: mean + bias = margin. It
// is 0 where the network does not end in one linear layer on means.
func (c *Cell) Bias() float64 {
	if c.Activations.Bias == nil {
		return 0
	}
	if c.Map == nil || c.Map.Target == nil {
		return float64(c.Activations.Bias[c.Class])
	}
	return c.Map.Target.Score(c.Activations.Bias)
}

// top is how many predictions a cell keeps.
const top = 5

// Run shows every picture to every model and explains the class: a name or an
// index into the first model's classes, or "" for what each picture is known to
// show, or else for what the first model predicts of it. progress, if not nil, is called before each of the
// total runs and once after the last. Run returns ctx's error when ctx ends.
func Run(ctx context.Context, pictures []*picture.Picture, models []*network.Model, class string, by By, progress func(done, total int)) (*Comparison, error) {
	c := &Comparison{Models: models, By: by}
	asks := func(int) string { return class }
	if err := c.check(len(pictures), asks); err != nil {
		return nil, err
	}
	for _, p := range pictures {
		if err := c.add(ctx, p, asks, len(pictures), progress); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// RunEach is Run of pictures that open opens by their paths, one after another and
// in order; asks gives the class of each row, as Run's class says. Each row is told
// to reduce once it is whole, so that no more of its picture and its Activations
// stays in memory than reduce leaves there: Explain and exports of single cells
// need what Run keeps.
func RunEach(ctx context.Context, paths []string, open func(path string) (*picture.Picture, error), models []*network.Model, asks func(row int) string, by By, taken func(c *Comparison, row int) error, progress func(done, total int)) (*Comparison, error) {
	c := &Comparison{Models: models, By: by}
	if err := c.check(len(paths), asks); err != nil {
		return nil, err
	}
	for i, path := range paths {
		p, err := open(path)
		if err != nil {
			return nil, err
		}
		if err := c.add(ctx, p, asks, len(paths), progress); err != nil {
			return nil, err
		}
		if err := taken(c, i); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// Reduce keeps of a row its picture as img shows it, at whatever size, and no
// features: Explain and exports of single cells need what Run keeps.
func (r *Row) Reduce(img *image.RGBA) {
	whole := r.Picture
	r.Whole = r.Size()
	r.Picture = &picture.Picture{
		Path: whole.Path, Format: whole.Format, SHA256: whole.SHA256, Beware: whole.Beware, Shows: whole.Shows, Object: whole.Object,
		Image: img,
	}
	for j := range r.Cells {
		r.Cells[j].Activations = r.Cells[j].Activations.Outcome()
	}
}

// check refuses what cannot be compared, before any work.
func (c *Comparison) check(pictures int, asks func(row int) string) error {
	if pictures == 0 || len(c.Models) == 0 {
		return fault.Errorf("compare: %d pictures and %d networks; give at least one of each", pictures, len(c.Models))
	}
	if err := c.By.Check(c.Models); err != nil {
		return err
	}
	for i := range pictures {
		if class := asks(i); class != "" {
			if _, err := c.find(class); err != nil {
				return err
			}
		}
	}
	return nil
}

// add shows the picture to every model, as the next row of so many.
func (c *Comparison) add(ctx context.Context, p *picture.Picture, asks func(row int) string, rows int, progress func(done, total int)) error {
	i, n := len(c.Rows), len(c.Models)
	row := Row{Picture: p, Cells: make([]Cell, n)}
	inputs := network.NewInputs(p.Image)
	for j, m := range c.Models {
		if progress != nil {
			progress(i*n+j, rows*n)
		}
		var err error
		if row.Cells[j], err = c.By.Look(ctx, inputs, m); err != nil {
			return err
		}
	}
	c.Rows = append(c.Rows, row)
	if err := c.Explain(ctx, i, asks(i)); err != nil {
		return err
	}
	if progress != nil && i+1 == rows {
		progress(rows*n, rows*n)
	}
	return nil
}

// Look shows a picture to a model. What it sees explains no class yet: that is
// Explain's.
func (b By) Look(ctx context.Context, inputs *network.Inputs, m *network.Model) (Cell, error) {
	layer, err := b.Find(m)
	if err != nil {
		return Cell{}, err
	}
	a, err := m.Forward(ctx, inputs.For(m), layer)
	if err != nil {
		return Cell{}, err
	}
	return Cell{Activations: a, Top: a.Top(top), Class: -1}, nil
}

// Explain changes the class that a row explains, as Run's class says. No
// network runs again, but for what the method needs of it.
func (c *Comparison) Explain(ctx context.Context, row int, class string) error {
	r := c.Rows[row]
	classes, err := c.name(&r, class)
	if err != nil {
		return err
	}
	c.Rows[row] = r
	for j, m := range c.Models {
		if err := c.explainCell(ctx, m, &r.Cells[j], classes[j]); err != nil {
			return err
		}
	}
	return nil
}

// Explaining is the comparison of one row alone that explains another class, as Run's
// class says; c stays as it is.
func (c *Comparison) Explaining(ctx context.Context, row int, class string) (*Comparison, error) {
	r := c.Rows[row]
	r.Cells = slices.Clone(r.Cells)
	one := &Comparison{Models: c.Models, By: c.By, Made: c.Made, Rows: []Row{r}}
	one.By.Own = one.By.Own && class == ""
	return one, one.Explain(ctx, 0, class)
}

// Targets are what each of a row's maps would explain after Explain, of a class as
// that takes it; nil for none.
func (c *Comparison) Targets(row int, class string) ([]cam.Target, error) {
	r := c.Rows[row] // a copy, of which name changes what it says
	classes, err := c.name(&r, class)
	if err != nil {
		return nil, err
	}
	targets := make([]cam.Target, len(classes))
	for j, class := range classes {
		if class >= 0 {
			targets[j], _ = c.By.target(c.Models[j], class)
		}
	}
	return targets, nil
}

// name says what a row explains, and gives the class of each model, −1 for none.
func (c *Comparison) name(r *Row, class string) ([]int, error) {
	r.Class, r.Predicted, r.Shown, r.Own = "", false, false, c.By.Own
	if r.Own {
		classes := make([]int, len(c.Models))
		for j, m := range c.Models {
			if classes[j] = r.Cells[j].Top[0].Class; c.By.against(m, classes[j]) {
				classes[j] = -1
			}
		}
		return classes, nil
	}
	if class != "" {
		found, err := c.find(class)
		if err != nil {
			return nil, err
		}
		r.Class = found.name
		return c.classes(r, found.index)
	}
	if slices.ContainsFunc(c.Models, func(m *network.Model) bool { return slices.Contains(m.Classes, r.Picture.Shows) }) { // else find would look for the nearest
		if shown, err := c.find(r.Picture.Shows); err == nil && shown.name == r.Picture.Shows {
			r.Class, r.Shown = shown.name, true
			return c.classes(r, shown.index)
		}
	}
	index := r.Cells[0].Top[0].Class
	r.Class, r.Predicted = c.Models[0].Classes[index], true
	return c.classes(r, index)
}

// Asked is what class a row was asked to explain, as Run's class says.
func (c *Comparison) Asked(row int) string {
	r := &c.Rows[row]
	if r.Predicted || r.Shown || r.Own {
		return ""
	}
	for j, cell := range r.Cells {
		if cell.Class < 0 || c.Models[j].Classes[cell.Class] != r.Class {
			continue
		}
		if i, err := c.Models[j].FindClass(r.Class); err != nil || i != cell.Class {
			return strconv.Itoa(cell.Class) // several classes share the name
		}
		break
	}
	return r.Class
}

// named is a class by its name and by its index in the models that share the
// class list in which it was found.
type named struct {
	name  string
	index int
}

// find looks the class up in the models, the first one first; the error is that of
// the first model in which several classes have the name, else of the first.
func (c *Comparison) find(class string) (named, error) {
	var why error
	several := false
	for _, m := range c.Models {
		i, err := m.FindClass(class)
		if err == nil {
			return named{m.Classes[i], i}, nil
		}
		if has := len(m.ClassesNamed(class)) > 1; why == nil || has && !several {
			why, several = err, has
		}
	}
	return named{}, why
}

// classes are each model's of the row's name, or what it predicts itself where it has
// none of that name, −1 where it has several; index tells apart classes
// that share a name, in the models that have it there. One that was asked for by
// its name is not held against itself; where none was asked for, it has no map then.
func (c *Comparison) classes(r *Row, index int) ([]int, error) {
	classes := make([]int, len(c.Models))
	for j, m := range c.Models {
		class := -1
		if index < len(m.Classes) && m.Classes[index] == r.Class {
			class = index
		} else if i, err := m.FindClass(r.Class); err == nil && m.Classes[i] == r.Class {
			class = i
		}
		instead := class < 0 && len(m.ClassesNamed(r.Class)) == 0
		if instead {
			class = r.Cells[j].Top[0].Class
		}
		if class >= 0 && c.By.against(m, class) {
			if !r.Predicted && !r.Shown && !instead {
				return nil, fault.Errorf("compare: “%s” is held against itself, which leaves nothing to explain; name another class", r.Class)
			}
			class = -1
		}
		classes[j] = class
	}
	return classes, nil
}

// explainCell makes a cell's map for the class of its model's, −1 for none.
func (c *Comparison) explainCell(ctx context.Context, m *network.Model, cell *Cell, class int) error {
	cell.Class, cell.Map, cell.Probability, cell.Raw = -1, nil, 0, 0
	if class < 0 {
		return nil
	}
	target, missing := c.By.target(m, class)
	if missing != "" {
		return nil
	}
	made, err := c.Made.Get(c.By, cell.Activations, target), error(nil)
	if made == nil {
		made, err = c.By.Map(ctx, m, cell.Activations, target)
	}
	if err != nil {
		return err
	}
	cell.Class, cell.Map = class, made
	cell.Probability = cell.Activations.Probabilities()[class]
	cell.Raw = cell.Activations.RawProbabilities()[class]
	return nil
}

// Instead tells that a cell explains what its model predicts itself, since the model
// does not know the row's class.
func (c *Comparison) Instead(row, col int) bool {
	r := &c.Rows[row]
	class := c.ClassOf(row, col)
	return !r.Own && class != "" && class != r.Class
}

// Verdict says whether an answer is right.
type Verdict int

// The verdicts.
const (
	Unknown Verdict = iota // nobody has said what the picture shows, or the model knows no such class
	Right
	Wrong
)

// Verdict holds what a model predicts against what the picture is known to show.
func (c *Comparison) Verdict(row, col int) Verdict {
	m, r := c.Models[col], &c.Rows[row]
	switch shows := r.Picture.Shows; {
	case shows == "" || !slices.Contains(m.Classes, shows):
		return Unknown
	case m.Classes[r.Cells[col].Top[0].Class] == shows:
		return Right
	}
	return Wrong
}

// ClassOf is the name of the class that a cell explains, "" where it has none.
func (c *Comparison) ClassOf(row, col int) string {
	cell := &c.Rows[row].Cells[col]
	if cell.Class < 0 {
		return ""
	}
	return c.Models[col].Classes[cell.Class]
}
