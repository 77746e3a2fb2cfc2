package compare

import (
	"cmp"
	"context"
	"math"
	"slices"

	"scalecam/network"
	"scalecam/picture"
)

// Disagreement is how far networks disagree on a picture.
type Disagreement struct {
	Path  string
	Class string // explained; "" where each network explains what it predicts
	// Agreement is the mean of the networks' with the others (Comparison.Agreement);
	// Known is false where fewer than two of them have a say.
	Agreement Agreement
	Known     bool
	Top       []network.Prediction // each network's most probable class
}

// score is from 0, for maps of one order, to 2; below that where it is not known.
func (d *Disagreement) score() float64 {
	if !d.Known || math.IsNaN(d.Agreement.RankCorrelation) {
		return -1
	}
	return 1 - d.Agreement.RankCorrelation
}

// Disagreements are those of the pictures that open opens by their paths, those on
// which the networks disagree most first: by the rank correlation of each map with
// the mean of the others'. Pictures alike in that keep their order, and those of which
// it is not known come last. class and by are Run's. Few pictures are held at a time (Each).
// What broken is told of is left out; it may give an error to end with. progress, if
// not nil, is told as pictures are done.
func Disagreements(ctx context.Context, paths []string, open func(path string) (*picture.Picture, error), models []*network.Model, class string, by By, progress func(done, total int), broken func(err error) error) ([]Disagreement, error) {
	if progress != nil {
		progress(0, len(paths))
	}
	var all []Disagreement
	err := Each(ctx, Stream{paths, open, models, []Ask{{class, by}}}, func(_ int, asked []*Comparison) (Disagreement, error) {
		c := asked[0]
		d := Disagreement{Class: c.Rows[0].Class}
		d.Agreement, d.Known = c.Agreement(0)
		for _, cell := range c.Rows[0].Cells {
			d.Top = append(d.Top, cell.Top[0])
		}
		return d, nil
	}, func(i int, d Disagreement, err error) error {
		switch {
		case err == nil:
			d.Path = paths[i]
			all = append(all, d)
		case unopened(err):
			if err = broken(err); err != nil {
				return err
			}
		default:
			return err
		}
		if progress != nil {
			progress(i+1, len(paths))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(a, b Disagreement) int { return cmp.Compare(b.score(), a.score()) })
	return all, nil
}
