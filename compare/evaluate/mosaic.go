package evaluate

import (
	"context"
	"image"
	"image/draw"
	"math/rand/v2"
	"slices"

	"scalecam/cam"
	"scalecam/cam/measure"
	"scalecam/compare"
	"scalecam/dataset"
	"scalecam/fault"
	"scalecam/network"
	"scalecam/picture"
)

// Mosaics are pictures made of four of the set, of four classes, in a square of
// two by two, drawn by the seed. Each class's map is held against its quarter: a
// photographer centres an object in a picture, but nobody centred it in a mosaic.
// A map that knows nothing reaches a quarter.
type Mosaics struct {
	Count int    `json:"count"`
	Seed  uint64 `json:"seed"`
}

// Quarters is how well maps find their quarter of a mosaic: the means over the
// mosaics of the means over their four classes.
type Quarters struct {
	Pointing         float64     `json:"pointing"`
	PointingInterval *[2]float64 `json:"pointing_interval"`
	Energy           float64     `json:"energy"`
	EnergyInterval   *[2]float64 `json:"energy_interval"`
}

// MosaicEvaluation is what the mosaics were, and what maps reach on them that know
// nothing.
type MosaicEvaluation struct {
	Mosaics
	Baselines map[string]Quarters `json:"baselines"`
}

// tile is the side of a mosaic's quarter in pixels: more than half of any
// embedded network's input.
const tile = 256

// mosaic is one of them: which pictures are its quarters, in rows.
type mosaic [4]int

// quarter is where picture i of a mosaic lies in it.
func quarter(i int) image.Rectangle {
	return image.Rect(0, 0, tile, tile).Add(image.Pt(i%2*tile, i/2*tile))
}

// choose chooses the protocol's mosaics of a set, of whose classes each model has these
// answers. It refuses a class that a model has no map for.
func (p Protocol) choose(set dataset.Set, models []*network.Model, labels [][][]int) ([]mosaic, error) {
	if p.Mosaics.Count == 0 {
		return nil, nil
	}
	for i, class := range set.Classes() {
		for j, m := range models {
			if alone(m) && labels[j][i][0] == none {
				return nil, fault.Errorf("evaluate: class %.80q is none of a network's, which would have no map for its quarter of a mosaic; leave out the mosaics or the class", class)
			}
		}
	}
	return drawMosaics(p.Mosaics, set, labels)
}

// drawMosaics chooses their pictures: four classes, however many pictures each
// has, no answer of which is another's, too, to any of the models.
func drawMosaics(of Mosaics, set dataset.Set, labels [][][]int) ([]mosaic, error) {
	pictures := make([][]int, len(set.Classes())) // by class
	for i := range set.Len() {
		pictures[set.Class(i)] = append(pictures[set.Class(i)], i)
	}
	clash := func(a, b int) bool {
		return slices.ContainsFunc(labels, func(right [][]int) bool {
			return slices.ContainsFunc(right[a], func(label int) bool { return slices.Contains(right[b], label) })
		})
	}
	all := make([]mosaic, of.Count)
	for i := range all {
		rng := rand.New(rand.NewPCG(of.Seed, uint64(i)))
		var classes []int
		for _, c := range rng.Perm(len(pictures)) {
			if len(classes) < len(all[i]) && len(pictures[c]) > 0 && !slices.ContainsFunc(classes, func(other int) bool { return clash(c, other) }) {
				classes = append(classes, c)
			}
		}
		if len(classes) < len(all[i]) {
			return nil, fault.Errorf("evaluate: a mosaic shows four classes that have no answer in common, and here are %d; give pictures of more classes", len(classes))
		}
		for j := range all[i] {
			of := pictures[classes[j]]
			all[i][j] = of[rng.IntN(len(of))]
		}
	}
	return all, nil
}

// draw draws it, and tells the class of each quarter.
func (m mosaic) draw(set dataset.Set) (whole *image.RGBA, classes [4]int, err error) {
	whole = image.NewRGBA(image.Rect(0, 0, 2*tile, 2*tile))
	for j, at := range m {
		e, err := set.At(at)
		if err != nil {
			return nil, classes, err
		}
		draw.Draw(whole, quarter(j), picture.Resize(e.Image, tile, tile, picture.Bicubic), image.Point{}, draw.Src)
		classes[j] = e.Class
	}
	return whole, classes, nil
}

// observeMosaic measures every map on mosaic i.
func (r *run) observeMosaic(ctx context.Context, mine []*network.Model, i int) error {
	whole, classes, err := r.mosaics[i].draw(r.set)
	if err != nil {
		return err
	}
	w, h := whole.Rect.Dx(), whole.Rect.Dy()
	inputs := network.NewInputs(whole)
	for k := range r.maps {
		var m *network.Model // nil of a map that knows nothing
		var a *network.Activations
		if k < r.models() {
			m = mine[k]
			var err error
			if a, err = m.Forward(ctx, inputs.For(m)); err != nil {
				return err
			}
		}
		var mean found
		for j, class := range classes {
			var values []float32
			if m == nil {
				values = baseline(k-r.models(), w, h)
			} else {
				c, err := (compare.By{}).Map(ctx, m, a, cam.Class(highest(a.Logits, r.labels[k][class])))
				if err != nil {
					return err
				}
				values = r.spread(c, a.Seen.In(1, 1), w, h)
			}
			pointing, energy := measure.Within(values, w, quarter(j))
			mean.pointing += pointing / float64(len(classes))
			mean.energy += energy / float64(len(classes))
		}
		r.found[k][i] = mean
	}
	return nil
}

// found is what one map makes of one mosaic.
type found struct{ pointing, energy float64 }

// quarters is what mosaics come to; nil where there are none.
func quarters(all []found) *Quarters {
	if len(all) == 0 {
		return nil
	}
	q := new(Quarters)
	mean := func(of func(found) float64) (float64, *[2]float64) {
		values := make([]float64, len(all))
		for i, f := range all {
			values[i] = of(f)
		}
		m := measure.MeanOf(values)
		return m.Value, m.Interval
	}
	q.Pointing, q.PointingInterval = mean(func(f found) float64 { return f.pointing })
	q.Energy, q.EnergyInterval = mean(func(f found) float64 { return f.energy })
	return q
}
