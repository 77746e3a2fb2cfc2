package evaluate

import (
	"context"
	"image"
	"image/draw"
	"slices"

	"scalecam/cam"
	"scalecam/cam/measure"
	"scalecam/compare"
	"scalecam/compare/record"
	"scalecam/dataset"
	"scalecam/fault"
	"scalecam/network"
	"scalecam/printable"
)

// MapsProtocol says which maps are measured, and by what.
type MapsProtocol struct {
	Protocol
	By       []compare.By
	Measures []*measure.Measure
	// Part has the part by which a scene's class is told taken out for real (see
	// MapFigures.Part).
	Part bool
	Seed uint64 // of the bootstrap
	// Told is told what was seen of every map of every picture, in order; nil where
	// nobody asks.
	Told func(MapOfPicture)
}

// MapOfPicture is what was seen of one map of one picture.
type MapOfPicture struct {
	Picture     int // of the set, from 0
	By, Network int // of MapsProtocol.By and of the models
	// Figures are by measure.Measure's keys, those that the picture has what it takes
	// for; of MaxBoxAccV2 and PxAP those of this picture alone.
	Figures map[string]float64
	// Part is the map's share on the telling part, and what the class's logit lost
	// without that; nil where it was not asked for.
	Part *measure.Pair
}

// MapEvaluation is how good maps are that were made in several ways.
type MapEvaluation struct {
	record.Stamp
	Data  string          `json:"data"`
	Pack  string          `json:"pack,omitempty"`
	Count int             `json:"count"`
	Seed  uint64          `json:"seed"` // of the bootstrap
	Asks  []AskEvaluation `json:"maps"`
	// Baselines are maps that know nothing, by name.
	Baselines map[string]Figures `json:"baselines"`
	Mosaics   *MapMosaics        `json:"mosaics,omitempty"` // nil where none were made
}

// MapMosaics is what the mosaics were, and what maps reach on them that know nothing.
type MapMosaics struct {
	Mosaics
	Baselines map[string]Figures `json:"baselines"`
}

// AskEvaluation is how good the maps of a method at a layer are.
type AskEvaluation struct {
	Method   string       `json:"method"`
	Layer    string       `json:"layer"`
	Networks []MapFigures `json:"networks"`
}

// Figures are measured ones, by measure.Measure's keys.
type Figures map[string]Figure

// Figure is one that was measured, with its 95 % interval by bootstrap; nil of one
// picture.
type Figure struct {
	Value    float64     `json:"value"`
	Interval *[2]float64 `json:"interval,omitempty"`
	Count    int         `json:"count"` // pictures that it is of
}

// MapFigures are a network's.
type MapFigures struct {
	Name    string  `json:"name"`
	Grid    [2]int  `json:"grid"` // [h, w]
	Figures Figures `json:"figures"`
	// Part is Spearman's correlation, over the pictures, of the share of the map's
	// positive values that lies on the telling part with how far the class's logit
	// drops where the scene is drawn again without it (after FunnyBirds, arXiv
	// 2308.06248): what is taken out is taken out for real. nil where it was not asked
	// for.
	Part *Figure `json:"part_removed,omitempty"`
	// Less are the figures less those of the first network, picture by picture.
	Less Figures `json:"less_first,omitempty"`
	// Mosaics are the same of mosaics, by the measures that look at the object alone:
	// each class's map is held against its quarter, and the figures are means over the
	// four.
	Mosaics     Figures `json:"mosaics,omitempty"`
	MosaicsLess Figures `json:"mosaics_less_first,omitempty"`
}

// redrawn is a set whose pictures can be drawn without the part that tells their class.
type redrawn interface {
	Without(i int) (*dataset.Example, error)
}

// mapRun is one of RunMaps.
type mapRun struct {
	MapsProtocol
	set     dataset.Set
	labels  [][][]int // of each model, for the set's classes
	mosaics []mosaic
}

// OnQuarters are the measures of mosaics: those that look at the object alone.
func (p *MapsProtocol) OnQuarters() (all []*measure.Measure) {
	for _, m := range p.Measures {
		if m.Needs != 0 && m.Needs&^(measure.NeedsObject|measure.NeedsBox) == 0 {
			all = append(all, m)
		}
	}
	return all
}

// RunMaps measures maps of the right class (of several, of the one with the highest
// logit), each made as each of By says, beside a blob in the centre and a uniform map.
// A measure counts the pictures that have what it needs. Memory does not grow with the
// pictures, but for two numbers of each where parts are taken out. progress is told as
// pictures are done; it may be called by several goroutines, one at a time.
func RunMaps(ctx context.Context, models []*network.Model, set dataset.Set, p MapsProtocol, progress func(done, total int)) (*MapEvaluation, error) {
	models, err := whole(models)
	if err != nil {
		return nil, err
	}
	if _, ok := set.(redrawn); p.Part && !ok {
		return nil, fault.Errorf("evaluate: of these pictures it is not known which part tells their class; leave out part-removed, or measure scenes")
	}
	r := &mapRun{MapsProtocol: p, set: set}
	for _, m := range models {
		right, err := p.Answers.of(m, set)
		if err != nil {
			return nil, err
		}
		r.labels = append(r.labels, right)
	}
	for _, by := range p.By {
		if err := by.Check(models); err != nil {
			return nil, err
		}
	}
	if r.mosaics, err = p.choose(set, models, r.labels); err != nil {
		return nil, err
	}
	maps := len(models)*len(p.By) + len(knowNothing)
	sums, ofMosaics := sumsOf(maps, p.Measures, p.Seed), sumsOf(maps, r.OnQuarters(), p.Seed)
	parts := make([]measure.Pairs, maps)
	n := set.Len() + len(r.mosaics)
	err = network.Each(ctx, models, n, func(mine []*network.Model, i int) (*mapRecords, error) {
		if i >= set.Len() {
			return r.observeMosaic(ctx, mine, r.mosaics[i-set.Len()])
		}
		return r.observe(ctx, mine, i)
	}, func(i int, seen *mapRecords, err error) error {
		if err != nil {
			return err
		}
		if i < set.Len() {
			sums.add(i, seen.of)
			for j, part := range seen.parts {
				if part != nil {
					parts[j] = append(parts[j], *part)
				}
			}
			r.tell(i, seen)
		} else {
			ofMosaics.add(i-set.Len(), seen.of)
		}
		progress(i+1, n)
		return nil
	})
	if err != nil {
		return nil, err
	}
	e := &MapEvaluation{Count: set.Len(), Seed: p.Seed, Baselines: map[string]Figures{}}
	if len(r.mosaics) > 0 {
		e.Mosaics = &MapMosaics{p.Mosaics, map[string]Figures{}}
	}
	for i, by := range p.By {
		ask := AskEvaluation{Method: by.Uses().Key, Layer: by.At()}
		first := i * len(models)
		for j, m := range models {
			at := first + j
			grid := by.Grid(m)
			n := MapFigures{Name: printable.Line(m.Name), Grid: [2]int{grid.H, grid.W}, Figures: sums.figures(at), Mosaics: ofMosaics.figures(at)}
			if j > 0 {
				n.Less, n.MosaicsLess = sums.less(at, first), ofMosaics.less(at, first)
			}
			if len(parts[at]) > 1 {
				c := parts[at].Spearman(p.Seed)
				n.Part = &Figure{c.Value, c.Interval, len(parts[at])}
			}
			ask.Networks = append(ask.Networks, n)
		}
		e.Asks = append(e.Asks, ask)
	}
	for i, name := range knowNothing {
		at := len(models)*len(p.By) + i
		e.Baselines[name] = sums.figures(at)
		if e.Mosaics != nil {
			e.Mosaics.Baselines[name] = ofMosaics.figures(at)
		}
	}
	return e, nil
}

// mapSums are what was observed of each map by each measure.
type mapSums struct {
	measures []*measure.Measure
	of       [][]*measure.Bootstrap
}

func sumsOf(maps int, measures []*measure.Measure, seed uint64) mapSums {
	s := mapSums{measures, make([][]*measure.Bootstrap, maps)}
	for i := range s.of {
		for _, m := range measures {
			s.of[i] = append(s.of[i], measure.NewBootstrap(seed, m.Values))
		}
	}
	return s
}

// add adds the records of picture or mosaic i.
func (s mapSums) add(i int, records [][][]float64) {
	for j, of := range records {
		for k, record := range of {
			if record != nil {
				s.of[j][k].Add(i, record)
			}
		}
	}
}

// figures are a map's.
func (s mapSums) figures(of int) Figures {
	return s.each(of, func(k int, m *measure.Measure) measure.Mean { return s.of[of][k].Figure(m.Figure) })
}

// less are a map's less another's.
func (s mapSums) less(of, other int) Figures {
	return s.each(of, func(k int, m *measure.Measure) measure.Mean { return s.of[of][k].Less(s.of[other][k], m.Figure) })
}

func (s mapSums) each(of int, figure func(k int, m *measure.Measure) measure.Mean) Figures {
	all := Figures{}
	for k, m := range s.measures {
		if n := s.of[of][k].Count(); n > 0 {
			f := figure(k, m)
			all[m.Key] = Figure{f.Value, f.Interval, n}
		}
	}
	return all
}

// tell tells of a picture's maps.
func (r *mapRun) tell(i int, seen *mapRecords) {
	if r.Told == nil {
		return
	}
	for by := range r.By {
		for j := range r.labels {
			at := by*len(r.labels) + j
			m := MapOfPicture{Picture: i, By: by, Network: j, Figures: map[string]float64{}, Part: seen.parts[at]}
			for k, record := range seen.of[at] {
				if record != nil {
					m.Figures[r.Measures[k].Key] = r.Measures[k].Figure(record, 1)
				}
			}
			r.Told(m)
		}
	}
}

// mapRecords are what was observed of a picture: of each map a record of each measure,
// nil where the measure has nothing to look at, and of its telling part.
type mapRecords struct {
	of    [][][]float64
	parts []*measure.Pair
}

func (r *mapRun) observe(ctx context.Context, models []*network.Model, i int) (*mapRecords, error) {
	e, err := r.set.At(i)
	if err != nil {
		return nil, err
	}
	inputs := network.NewInputs(e.Image)
	var without *network.Inputs
	if r.Part && e.Part != nil {
		changed, err := r.set.(redrawn).Without(i)
		if err != nil {
			return nil, err
		}
		without = network.NewInputs(changed.Image)
	}
	size := e.Image.Rect.Size()
	object := newObject(e)
	seen := &mapRecords{of: make([][][]float64, len(models)*len(r.By)+len(knowNothing))}
	seen.parts = make([]*measure.Pair, len(seen.of))
	for j, m := range models {
		input := inputs.For(m)
		a, err := r.forward(ctx, m, input)
		if err != nil {
			return nil, err
		}
		right := r.labels[j][e.Class]
		class := highest(a.Logits, right)
		dropped := 0.0
		if without != nil {
			after, err := m.Forward(ctx, without.For(m))
			if err != nil {
				return nil, err
			}
			dropped = float64(a.Logits[class]) - float64(after.Logits[class])
		}
		for k, by := range r.By {
			at := k*len(models) + j
			c, err := by.Map(ctx, m, a, cam.Class(class))
			if err != nil {
				return nil, err
			}
			values := r.spread(c, a.Seen.In(1, 1), size.X, size.Y)
			asked := &answering{r.Protocol, m, a, by, class, input, c, nil}
			of := object.of(values, r.square(c, a.Seen, size), image.Pt(c.W, c.H), asked)
			if alone(m) && right[0] == none { // the map is of what is not there
				of.Object, of.Part, of.Boxes = nil, nil, nil
			}
			if seen.of[at], err = observed(ctx, of, r.Measures); err != nil {
				return nil, err
			}
			if without != nil {
				seen.parts[at] = &measure.Pair{X: measure.Energy(values, e.Part), Y: dropped}
			}
		}
	}
	for b := range knowNothing {
		values := baseline(b, size.X, size.Y)
		of := object.of(values, baseline(b, measure.Side, measure.Side), image.Pt(size.X, size.Y), nil)
		if seen.of[len(models)*len(r.By)+b], err = observed(ctx, of, r.Measures); err != nil {
			return nil, err
		}
	}
	return seen, nil
}

// observeMosaic measures the maps of a mosaic's classes on its quarters.
func (r *mapRun) observeMosaic(ctx context.Context, models []*network.Model, m mosaic) (*mapRecords, error) {
	whole, classes, err := m.draw(r.set)
	if err != nil {
		return nil, err
	}
	inputs, size, measures := network.NewInputs(whole), whole.Rect.Size(), r.OnQuarters()
	var objects [len(m)]object
	for q := range m {
		mask := image.NewAlpha(whole.Rect)
		draw.Draw(mask, quarter(q), image.Opaque, image.Point{}, draw.Src)
		objects[q] = newObject(&dataset.Example{Image: whole, Mask: mask})
	}
	seen := &mapRecords{of: make([][][]float64, len(models)*len(r.By)+len(knowNothing))}
	look := func(at, q int, values, square []float32, grid image.Point) error {
		records, err := observed(ctx, objects[q].of(values, square, grid, nil), measures)
		if err != nil {
			return err
		}
		if seen.of[at] == nil {
			for _, measure := range measures {
				seen.of[at] = append(seen.of[at], make([]float64, measure.Values))
			}
		}
		for k, record := range records {
			for v := range record {
				seen.of[at][k][v] += record[v] / float64(len(m))
			}
		}
		return nil
	}
	for j, model := range models {
		a, err := r.forward(ctx, model, inputs.For(model))
		if err != nil {
			return nil, err
		}
		for q, class := range classes {
			for k, by := range r.By {
				c, err := by.Map(ctx, model, a, cam.Class(highest(a.Logits, r.labels[j][class])))
				if err != nil {
					return nil, err
				}
				if err := look(k*len(models)+j, q, r.spread(c, a.Seen.In(1, 1), size.X, size.Y), r.square(c, a.Seen, size), image.Pt(c.W, c.H)); err != nil {
					return nil, err
				}
			}
		}
	}
	for b := range knowNothing {
		for q := range m {
			if err := look(len(models)*len(r.By)+b, q, baseline(b, size.X, size.Y), baseline(b, measure.Side, measure.Side), size); err != nil {
				return nil, err
			}
		}
	}
	return seen, nil
}

// forward runs a model for the maps of all layers that are asked for.
func (r *mapRun) forward(ctx context.Context, m *network.Model, input *network.Input) (*network.Activations, error) {
	var layers []cam.Layer
	for _, by := range r.By {
		layer, err := by.Find(m)
		if err != nil {
			return nil, err
		}
		layers = append(layers, layer)
	}
	return m.Forward(ctx, input, layers...)
}

// observed is what measures observe of a case: nil of one that has not what it needs.
func observed(ctx context.Context, c *measure.Case, measures []*measure.Measure) ([][]float64, error) {
	records := make([][]float64, len(measures))
	for k, m := range measures {
		if !m.Has(c) {
			continue
		}
		records[k] = make([]float64, m.Values)
		if err := m.Observe(ctx, c, records[k]); err != nil {
			return nil, err
		}
	}
	return records, nil
}

// square spreads a map over the square of measure.Side to which the picture is brought.
func (r *mapRun) square(c *cam.Map, seen network.Region, size image.Point) []float32 {
	return r.spread(c, seen.In(float64(measure.Side)/float64(size.X), float64(measure.Side)/float64(size.Y)), measure.Side, measure.Side)
}

// object is what a picture shows, as measures look at it.
type object struct {
	mask, part, onSquare *image.Alpha
	boxes                [][4]int
}

func newObject(e *dataset.Example) object {
	o := object{mask: e.Mask, part: e.Part}
	box := e.Box
	if e.Mask != nil {
		o.onSquare = toSquare(e.Mask)
		if box.Empty() {
			box = boundsOf(e.Mask)
		}
	}
	if !box.Empty() {
		size := e.Image.Rect.Size()
		at := func(v, of int) int { return min(v*measure.Side/of, measure.Side-1) }
		o.boxes = [][4]int{{at(box.Min.X, size.X), at(box.Min.Y, size.Y), at(box.Max.X, size.X), at(box.Max.Y, size.Y)}}
	}
	return o
}

// of is a map of the picture, and what it is held against.
func (o *object) of(values, square []float32, grid image.Point, asked *answering) *measure.Case {
	c := &measure.Case{Values: values, Square: square, Object: o.mask, Part: o.part, OnSquare: o.onSquare, Boxes: o.boxes, Grid: grid}
	if asked != nil {
		c.Network = asked
	}
	return c
}

// toSquare is a mask over the square, by the pixels in the middle of its.
func toSquare(mask *image.Alpha) *image.Alpha {
	to := image.NewAlpha(image.Rect(0, 0, measure.Side, measure.Side))
	size := mask.Rect.Size()
	for y := range measure.Side {
		for x := range measure.Side {
			to.Pix[y*to.Stride+x] = mask.Pix[(2*y+1)*size.Y/(2*measure.Side)*mask.Stride+(2*x+1)*size.X/(2*measure.Side)]
		}
	}
	return to
}

// boundsOf is the box of what a mask shows.
func boundsOf(mask *image.Alpha) (box image.Rectangle) {
	for y := range mask.Rect.Dy() {
		for x, a := range mask.Pix[y*mask.Stride:][:mask.Rect.Dx()] {
			if a >= measure.Shown {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return box
}

// answering is a measure.Network: a model that explains a picture.
type answering struct {
	p     Protocol
	model *network.Model
	seen  *network.Activations
	by    compare.By
	class int
	input *network.Input
	made  *cam.Map
	over  []float32 // the map over the input; nil before it was asked for
}

// Input implements measure.Network.
func (n *answering) Input() (pixels, values []float32, w int) {
	size := n.input.Size
	if n.over == nil {
		n.over = n.p.enlarge(n.made, size.H, size.W)
	}
	return n.input.Pixels, n.over, size.W
}

// Probabilities implements measure.Network, by the softmax or sigmoid itself: no
// temperature, as in the papers.
func (n *answering) Probabilities(ctx context.Context, count int, change func(i int, pixels []float32)) ([]float64, error) {
	all := make([]float64, count)
	err := n.seen.Changed(ctx, cam.InputLayer, count, change, func(i int, logits []float32) {
		all[i] = odds(n.model, logits, 1)[n.class]
	})
	return all, err
}

// Map implements measure.Network.
func (n *answering) Map(ctx context.Context, pixels []float32) ([]float32, error) {
	changed := *n.input
	changed.Pixels = pixels
	seen, err := n.model.Forward(ctx, &changed)
	if err != nil {
		return nil, err
	}
	again, err := n.by.Map(ctx, n.model, seen, cam.Class(n.class))
	if err != nil {
		return nil, err
	}
	return n.p.enlarge(again, n.input.Size.H, n.input.Size.W), nil
}

// ParseMeasures are the measures that keys name, none twice; partRemoved tells that
// PartRemoved is among them.
func ParseMeasures(keys []string) (all []*measure.Measure, partRemoved bool, err error) {
	for _, key := range keys {
		if key == PartRemoved {
			partRemoved = true
			continue
		}
		m, err := measure.LookupMeasure(key)
		if err != nil {
			return nil, false, fault.Errorf("evaluate: %w, %s", err, PartRemoved)
		}
		if !slices.Contains(all, m) {
			all = append(all, m)
		}
	}
	return all, partRemoved, nil
}

// PartRemoved is the key of MapFigures.Part, which is no measure of one picture.
const PartRemoved = "part-removed"
