// Package evaluate measures how well networks do on labelled pictures.
package evaluate

import (
	"context"
	"image"
	"slices"

	"scalecam/cam"
	"scalecam/cam/measure"
	"scalecam/compare"
	"scalecam/compare/record"
	"scalecam/dataset"
	"scalecam/exact"
	"scalecam/network"
	"scalecam/printable"
)

// Evaluation is how well networks do on labelled pictures. Figures are means
// over the pictures, from 0 to 1, and an interval is of 95% confidence; there is
// none of one picture.
type Evaluation struct {
	record.Stamp
	Data      string               `json:"data"`
	Pack      string               `json:"pack,omitempty"` // whose networks they are
	Count     int                  `json:"count"`
	Unmasked  int                  `json:"unmasked,omitempty"` // pictures without a mask: they count for top-1 and mosaics only
	Networks  []NetworkEvaluation  `json:"networks"`
	Baselines map[string]Placement `json:"baselines"`
	// Largest is the class of the most pictures: to answer it always is right as
	// often as it is theirs. It is nil in studies of the time before it was measured.
	Largest *ClassShare       `json:"largest_class,omitempty"`
	Mosaics *MosaicEvaluation `json:"mosaics,omitempty"` // nil where none were made
	// Differences are of each network against each before it.
	Differences []Difference `json:"differences,omitempty"`
	// Mistakes are the answers one by one; nil where they were not asked for. They are
	// written by themselves.
	Mistakes *Mistakes `json:"-"`
}

// ClassShare is a class of the pictures, and the share of them that it is right of.
type ClassShare struct {
	Name  string  `json:"name"`
	Share float64 `json:"share"`
}

// LargestClass is the class one of whose answers is right of the most pictures in a
// set, the first of several.
func (a Answers) LargestClass(set dataset.Set) ClassShare {
	counts := map[int]int{} // by answer
	answers := make([][]int, len(set.Classes()))
	for i, class := range set.Classes() {
		switch {
		case a == nil:
			answers[i] = []int{i}
		case len(a[class]) == 0:
			answers[i] = []int{none}
		default:
			answers[i] = a[class]
		}
	}
	for i := range set.Len() {
		for _, answer := range answers[set.Class(i)] {
			counts[answer]++
		}
	}
	name, most := "", 0
	for i, class := range set.Classes() {
		for _, answer := range answers[i] {
			if n := counts[answer]; n > most {
				name, most = class, n
			}
		}
	}
	return ClassShare{printable.Line(name), float64(most) / float64(set.Len())}
}

// NetworkEvaluation is how one network does.
type NetworkEvaluation struct {
	Name         string      `json:"name"`
	Parameters   int64       `json:"parameters"`
	MACs         int64       `json:"macs"`
	Grid         [2]int      `json:"grid"` // [h, w]
	Top1         float64     `json:"top1"`
	Top1Interval *[2]float64 `json:"top1_interval"`
	*Sureness                // nil in studies of the time before it was measured
	*Placement               // of the map of the true class; nil where no picture has a mask
	Mosaics      *Quarters   `json:"mosaics,omitempty"`
	Untrained    bool        `json:"untrained,omitempty"`
}

// Sureness is how far a network can be believed.
type Sureness struct {
	Top5 float64 `json:"top5"`
	// ECE is the expected calibration error (arXiv 1706.04599) of the most probable
	// class, whose mean probability is Confidence; ECERaw and ConfidenceRaw are
	// those without the model's temperature, which is 0 where none was fitted.
	ECE           float64 `json:"ece"`
	ECERaw        float64 `json:"ece_raw"`
	Confidence    float64 `json:"confidence"`
	ConfidenceRaw float64 `json:"confidence_raw"`
	Temperature   float64 `json:"temperature,omitempty"`
}

// Placement is how well maps find the objects: see measure.Localisation.
type Placement struct {
	Pointing         float64     `json:"pointing"`
	PointingInterval *[2]float64 `json:"pointing_interval"`
	Energy           float64     `json:"energy"`
	EnergyInterval   *[2]float64 `json:"energy_interval"`
	IoU              float64     `json:"iou"`
	IoUInterval      *[2]float64 `json:"iou_interval"`
	*PartPlacement               // nil where no picture has a mask of the part
}

// PartPlacement is how well maps find the part by which the class is told.
type PartPlacement struct {
	PartIoU         float64     `json:"part_iou"`
	PartIoUInterval *[2]float64 `json:"part_iou_interval"`
}

// observation is what one map makes of one picture.
type observation struct {
	right, among5  bool    // the most probable class is right; one of five is
	sure, raw      float64 // probability of the most probable class, calibrated and not
	masked, parted bool    // the picture has these masks
	found          measure.Localisation
}

// Protocol is what is right of pictures, and how maps are held against them.
type Protocol struct {
	// Answers are nil where the models' classes are named as the set's.
	Answers Answers
	// Bicubic enlarges maps so, as published figures of photographs are made; else
	// they are enlarged as they are shown.
	Bicubic bool
	Mosaics Mosaics
	// Mistakes keeps the answers one by one, too.
	Mistakes bool
}

// enlarge spreads a map over h × w pixels.
func (p Protocol) enlarge(c *cam.Map, h, w int) []float32 {
	if p.Bicubic {
		return c.ResizeBicubic(h, w)
	}
	return c.Resize(h, w, cam.Smooth)
}

// run is one of Run: what it measures, and what it has seen.
type run struct {
	Protocol
	set     dataset.Set
	mosaics []mosaic
	maps    []*network.Model // nil for the blob and the uniform map, which come last
	labels  [][][]int        // of each model, for the set's
	seen    [][]observation  // of each map, by picture
	found   [][]found        // of each map, by mosaic
	tally   *tally           // nil where answers are not kept one by one
}

// knowNothing names the maps that are no model's.
var knowNothing = []string{"centre", "uniform"}

// models is how many there are.
func (r *run) models() int { return len(r.maps) - len(knowNothing) }

// whole are the models as they are measured: shown the whole picture, resized,
// where no crop was stated, so that nothing of an object is cut off.
func whole(models []*network.Model) ([]*network.Model, error) {
	all := make([]*network.Model, len(models))
	for i, m := range models {
		all[i] = m
		if _, stated := m.Stated["crop"]; stated || m.Preprocessing.Crop == network.NoCrop {
			continue
		}
		same, err := m.At(m.Network.Scaling.Resolution)
		if err != nil {
			return nil, err
		}
		same.Preprocessing.Crop = network.NoCrop
		all[i] = same
	}
	return all, nil
}

// Run measures the models, and a centre blob and a uniform map, on the set and on
// mosaics of it, as the protocol says. The map measured is of the right class; of
// several, of the one with the highest logit. Examples without masks count for
// top-1 and mosaics only. progress is told as pictures are done. Each core has a
// picture of its own.
func Run(ctx context.Context, models []*network.Model, set dataset.Set, p Protocol, progress func(done, total int)) (*Evaluation, error) {
	models, err := whole(models)
	if err != nil {
		return nil, err
	}
	r := &run{Protocol: p, set: set}
	for _, m := range models {
		right, err := p.Answers.of(m, set)
		if err != nil {
			return nil, err
		}
		r.maps, r.labels = append(r.maps, m), append(r.labels, right)
	}
	if r.mosaics, err = p.choose(set, models, r.labels); err != nil {
		return nil, err
	}
	if p.Mistakes {
		r.tally = newTally(models, r.labels, set)
	}
	for range knowNothing {
		r.maps = append(r.maps, nil)
	}
	for range r.maps {
		r.seen, r.found = append(r.seen, make([]observation, set.Len())), append(r.found, make([]found, len(r.mosaics)))
	}
	if err := each(ctx, models, set.Len()+len(r.mosaics), progress, func(mine []*network.Model, i int) error {
		if i < set.Len() {
			return r.observe(ctx, mine, i)
		}
		return r.observeMosaic(ctx, mine, i-set.Len())
	}); err != nil {
		return nil, err
	}
	return r.sum(), nil
}

// sum is what was seen in figures.
func (r *run) sum() *Evaluation {
	e := &Evaluation{Count: r.set.Len(), Baselines: map[string]Placement{}, Largest: new(r.Answers.LargestClass(r.set)), Differences: r.differences()}
	if len(r.mosaics) > 0 {
		e.Mosaics = &MosaicEvaluation{r.Mosaics, map[string]Quarters{}}
	}
	for i, name := range knowNothing {
		if p := summed(r.seen[r.models()+i]); p != nil {
			e.Baselines[name] = *p
		}
		if q := quarters(r.found[r.models()+i]); q != nil {
			e.Mosaics.Baselines[name] = *q
		}
	}
	for _, o := range r.seen[r.models()] {
		if !o.masked {
			e.Unmasked++
		}
	}
	for i, m := range r.maps[:r.models()] {
		right, among5 := 0, 0
		var shown, raw []Sure
		for _, o := range r.seen[i] {
			if o.right {
				right++
			}
			if o.among5 {
				among5++
			}
			shown, raw = append(shown, Sure{o.sure, o.right}), append(raw, Sure{o.raw, o.right})
		}
		top1 := measure.Share(float64(right), e.Count)
		e.Networks = append(e.Networks, NetworkEvaluation{
			Name: printable.Line(m.Name), Parameters: m.Network.Parameters(), MACs: m.Network.MACs(), Grid: [2]int{m.Network.Grid().H, m.Network.Grid().W},
			Top1: top1.Value, Top1Interval: top1.Interval,
			Sureness: &Sureness{
				Top5: measure.Share(float64(among5), e.Count).Value,
				ECE:  ECE(shown), ECERaw: ECE(raw), Confidence: confidence(shown), ConfidenceRaw: confidence(raw), Temperature: m.Temperature,
			},
			Placement: summed(r.seen[i]), Mosaics: quarters(r.found[i]), Untrained: !m.Trained,
		})
	}
	if r.tally != nil {
		e.Mistakes = r.mistakes()
	}
	return e
}

// each calls f with each of 0 to n−1, on all cores, with the models (network.Each), and
// gives the first error, or ctx's.
func each(ctx context.Context, models []*network.Model, n int, progress func(done, total int), f func(mine []*network.Model, i int) error) error {
	type nothing struct{}
	return network.Each(ctx, models, n, func(mine []*network.Model, i int) (nothing, error) {
		return nothing{}, f(mine, i)
	}, func(i int, _ nothing, err error) error {
		if err == nil {
			progress(i+1, n)
		}
		return err
	})
}

// observe measures every map on picture i.
func (r *run) observe(ctx context.Context, mine []*network.Model, i int) error {
	e, err := r.set.At(i)
	if err != nil {
		return err
	}
	part := e.Part
	if part == nil {
		part = e.Mask // to be left out
	}
	w, h := e.Image.Rect.Dx(), e.Image.Rect.Dy()
	inputs := network.NewInputs(e.Image)
	masked := e.Mask != nil && r.shown(e.Class)
	seen, maps := make([]*network.Activations, r.models()), make([]*cam.Map, r.models())
	for j := range r.maps {
		o := observation{masked: masked, parted: masked && e.Part != nil}
		var values []float32
		if j >= r.models() {
			values = baseline(j-r.models(), w, h)
		} else {
			m := mine[j]
			a, err := m.Forward(ctx, inputs.For(m))
			if err != nil {
				return err
			}
			right := r.labels[j][e.Class]
			answered := verdict(odds(m, a.Logits, m.Temperature), right)
			o.right, o.sure, o.raw = answered.Right, answered.Probability, verdict(odds(m, a.Logits, 1), right).Probability
			o.among5 = alone(m) || slices.ContainsFunc(a.Top(5), func(p network.Prediction) bool { return slices.Contains(right, p.Class) })
			// Without a mask, too: a map that is not finite is an error.
			c, err := (compare.By{}).Map(ctx, m, a, cam.Class(highest(a.Logits, right)))
			if err != nil {
				return err
			}
			if seen[j] = a; right[0] < len(m.Classes) { // else it has no map of that class
				maps[j] = c
			}
			if o.masked {
				values = r.spread(c, a.Seen.In(1, 1), w, h)
			}
		}
		if o.masked {
			o.found = measure.Localise(values, e.Mask, part)
		}
		r.seen[j][i] = o
	}
	if r.tally != nil {
		r.tally.answered(i, e, mine, r.labels, seen, maps)
	}
	return nil
}

// shown tells that every model has a class, and so a map, for the set's.
func (r *run) shown(class int) bool {
	for i, right := range r.labels {
		if alone(r.maps[i]) && right[class][0] == none {
			return false
		}
	}
	return true
}

// highest is the one of the classes that has the highest logit, 0 of one output.
func highest(logits []float32, classes []int) int {
	if len(logits) == 1 {
		return 0
	}
	best := classes[0]
	for _, c := range classes {
		if logits[c] > logits[best] {
			best = c
		}
	}
	return best
}

// spread lays a map over a picture's pixels (measure.Around).
func (p Protocol) spread(c *cam.Map, seen image.Rectangle, w, h int) []float32 {
	seen = seen.Intersect(image.Rect(0, 0, w, h))
	return measure.Around(p.enlarge(c, seen.Dy(), seen.Dx()), seen, image.Pt(w, h))
}

// baseline is a map that knows nothing of the picture: 0 a round blob in its
// centre, whose deviation is a quarter of the sides; 1 the same value
// everywhere.
func baseline(kind, w, h int) []float32 {
	values := make([]float32, w*h)
	for i := range values {
		values[i] = 1
		if kind == 0 {
			x := (float64(i%w) + 0.5 - float64(w)/2) / (float64(w) / 4)
			y := (float64(i/w) + 0.5 - float64(h)/2) / (float64(h) / 4)
			values[i] = float32(exact.Exp(-(x*x + y*y) / 2))
		}
	}
	return values
}

// summed is what the observations of pictures with masks come to; nil where
// there are none.
func summed(all []observation) *Placement {
	all = slices.DeleteFunc(slices.Clone(all), func(o observation) bool { return !o.masked })
	if len(all) == 0 {
		return nil
	}
	mean := func(of func(measure.Localisation) float64) (float64, *[2]float64) {
		values := make([]float64, len(all))
		for i, o := range all {
			values[i] = of(o.found)
		}
		m := measure.MeanOf(values)
		return m.Value, m.Interval
	}
	p := new(Placement)
	hits := 0.0
	for _, o := range all {
		hits += o.found.Pointing
	}
	pointing := measure.Share(hits, len(all))
	p.Pointing, p.PointingInterval = pointing.Value, pointing.Interval
	p.Energy, p.EnergyInterval = mean(func(l measure.Localisation) float64 { return l.Energy })
	p.IoU, p.IoUInterval = mean(func(l measure.Localisation) float64 { return l.IoU })
	if all = slices.DeleteFunc(all, func(o observation) bool { return !o.parted }); len(all) > 0 {
		p.PartPlacement = new(PartPlacement)
		p.PartIoU, p.PartIoUInterval = mean(func(l measure.Localisation) float64 { return l.PartIoU })
	}
	return p
}
