package compare

import (
	"fmt"
	"image"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"scalecam/cam"
	"scalecam/cam/measure"
	"scalecam/colormap"
	"scalecam/fault"
	"scalecam/lookup"
	"scalecam/network"
	"scalecam/network/tensorfile"
)

// A Derived column is made of the networks' maps, by no network of its own.
// Columns are counted from the networks' on: those that a View asks for come
// after.
type Derived struct {
	Kind          DerivedKind
	After, Before int // of a difference: the networks' columns
}

// DerivedKind says what a Derived column is.
type DerivedKind string

// The kinds.
const (
	// Consensus is the mean of the networks' maps (after Li et al. 2021, arXiv
	// 2109.00707, who average normalised explanations of many networks). Untrained
	// networks, and those without a map, are left out.
	Consensus DerivedKind = "consensus"
	// Difference is one network's map less another's.
	Difference DerivedKind = "difference"
)

// topShare is the share of the cells that TopIoU of an Agreement is of. Two maps
// that know nothing of each other reach an IoU of 0.11.
const topShare = 0.2

// Derived are the columns that the view asks for beside the networks'.
func (c *Comparison) Derived(v View) []Derived { return v.Derived(len(c.Models)) }

// Derived are the columns that the view asks for beside those of so many networks.
func (v View) Derived(networks int) (all []Derived) {
	if v.Consensus {
		all = append(all, Derived{Kind: Consensus})
	}
	if d := v.Difference; d.Within(networks) {
		all = append(all, Derived{Difference, d.After - 1, d.Before - 1})
	}
	return all
}

// Pair names two networks by their columns, from 1 on, of which the second is
// taken off the first; the zero Pair is none.
type Pair struct{ After, Before int }

// Within tells that both are among so many networks, and not the same.
func (p Pair) Within(networks int) bool {
	return p.After != p.Before && min(p.After, p.Before) >= 1 && max(p.After, p.Before) <= networks
}

// Without is the pair once a network is gone, the zero Pair where it was of that;
// column is its, from 1 on.
func (p Pair) Without(column int) Pair {
	if p.After == column || p.Before == column {
		return Pair{}
	}
	if p.After > column {
		p.After--
	}
	if p.Before > column {
		p.Before--
	}
	return p
}

// String is "5-1", or "" for none.
func (p Pair) String() string {
	if p == (Pair{}) {
		return ""
	}
	return fmt.Sprintf("%d-%d", p.After, p.Before)
}

// ParsePair reads what names two of the networks of those specs: "5-1" by their
// columns, or "compound-baseline" by their names: a spec without what comes before
// its last colon or slash, and without the ending of a weights file. "" is none.
func ParsePair(text string, specs []string) (Pair, error) {
	if text == "" {
		return Pair{}, nil
	}
	var found []Pair
	unknown := text
	const longest = 300 // of what is looked at: each hyphen may be the one
	for i, r := range text[:min(len(text), longest)] {
		if r != '-' || len(text) > longest {
			continue
		}
		after, before := places(text[:i], specs), places(text[i+1:], specs)
		for _, a := range after {
			for _, b := range before {
				found = append(found, Pair{a, b})
			}
		}
		switch { // a better hint than the whole
		case len(after) > 0:
			unknown = text[i+1:]
		case len(before) > 0:
			unknown = text[:i]
		}
	}
	switch {
	case len(found) > 1:
		if i := slices.IndexFunc(found, func(p Pair) bool { return p.After != p.Before }); i > 0 {
			found = found[i:] // of which a difference is to be had
		}
		return Pair{}, fault.Errorf("compare: the difference %.80q may be of several pairs of networks; name them by their columns, such as %s", text, found[0])
	case len(found) == 0:
		var names []string
		for _, s := range specs {
			names = append(names, specName(s))
		}
		return Pair{}, fault.Errorf("compare: no network is named %.80q; a difference is AFTER-BEFORE, of %s or of their columns, such as 2-1", unknown, strings.Join(names, ", "))
	case found[0].After == found[0].Before:
		return Pair{}, fault.Errorf("compare: %.80q is a network less itself, which is nothing; name two networks", text)
	}
	return found[0], nil
}

// places are the columns that a name or a number stands for.
func places(name string, specs []string) (all []int) {
	if n, err := strconv.Atoi(name); err == nil && strconv.Itoa(n) == name && n >= 1 && n <= len(specs) {
		return []int{n}
	}
	typed := lookup.Typed(name)
	for i, s := range specs {
		if name != "" && typed != "" && typed.Fits(specName(s)) == lookup.Same {
			all = append(all, i+1)
		}
	}
	return all
}

// specName is what a network is called by its spec alone.
func specName(spec string) string {
	name := path.Base(strings.ReplaceAll(spec[strings.LastIndexByte(spec, ':')+1:], `\`, "/"))
	file, at, sized := strings.Cut(name, "@")
	if ending := path.Ext(file); slices.Contains(tensorfile.Extensions, ending) {
		file = strings.TrimSuffix(file, ending)
	}
	if sized {
		return file + "@" + at
	}
	return file
}

// Shown is what a column shows of a row.
type Shown struct {
	Map      *cam.Map // nil for none
	Seen     network.Region
	Scale    cam.Scale // of the colours; empty where there is nothing to show
	Colormap *colormap.Colormap
}

// Shown gives what a column shows of a row in the view, a network's or a Derived.
func (c *Comparison) Shown(row, col int, v View) Shown {
	if col < len(c.Models) {
		cell := &c.Rows[row].Cells[col]
		return Shown{cell.Map, cell.Activations.Seen, c.Scale(row, col, v), v.Colormap}
	}
	d := c.Derived(v)[col-len(c.Models)]
	s := Shown{Colormap: v.Colormap}
	if d.Kind == Difference && !s.Colormap.Diverging {
		s.Colormap = colormap.Diverging()
	}
	on := c.onto(row, c.of(row, d))
	if s.Map = on.derive(d); s.Map == nil {
		return s
	}
	s.Seen = on.region
	if s.Scale = cam.PositiveScale(s.Map); s.Colormap.Diverging {
		s.Scale = cam.SignedScale(s.Map)
	}
	return s
}

// On is the part of the row's picture, at that size, that is shown of: within it,
// and never less than a pixel.
func (s Shown) On(r *Row, size image.Point) image.Rectangle {
	of := r.Size()
	return s.Seen.In(float64(size.X)/float64(of.X), float64(size.Y)/float64(of.Y)).
		Intersect(image.Rectangle{Max: size})
}

// Value is the map's value at a point of the row's picture, as Comparison.Value's.
func (s Shown) Value(r *Row, v View, x, y float64) (value float64, ok bool) {
	x, y, in := within(r, s.Seen, x, y)
	if s.Map == nil || !in {
		return 0, false
	}
	return s.Map.Sample(x, y, v.Interpolation), true
}

// Of are the networks' columns that a Derived one of a row is made of, none where
// there is none: a consensus takes two, a difference both.
func (c *Comparison) Of(row int, d Derived) []int {
	return c.onto(row, c.of(row, d)).cols
}

func (c *Comparison) of(row int, d Derived) (cols []int) {
	cells := c.Rows[row].Cells
	if d.Kind == Difference {
		cols = []int{d.After, d.Before}
		if cells[d.After].Map == nil || cells[d.Before].Map == nil || c.Instead(row, d.After) || c.Instead(row, d.Before) {
			return nil
		}
		return cols
	}
	for j, m := range c.Models {
		if m.Trained && cells[j].Map != nil && !c.Instead(row, j) {
			cols = append(cols, j)
		}
	}
	return cols
}

// common are maps of a row brought to one grid: the part of the picture that all
// of the networks saw, with cells as fine as those of the finest map. Values are
// taken at the cells' middles, as cam.Smooth shows them, and divided by their root
// mean square, so that none weighs more because its logits are larger, and 0 stays
// what speaks neither for the class nor against it.
type common struct {
	cols   []int
	region network.Region // in the picture's pixels
	h, w   int
	values [][]float64 // of each of cols
}

// onto brings maps of a row to one grid; of fewer than two, or where no part is
// seen by all, it has no cols.
func (c *Comparison) onto(row int, cols []int) (on common) {
	if len(cols) < 2 {
		return common{}
	}
	r := &c.Rows[row]
	size := r.Size()
	on.region = network.Region{X1: float64(size.X), Y1: float64(size.Y)}
	for _, j := range cols {
		s := r.Cells[j].Activations.Seen
		on.region.X0, on.region.Y0 = max(on.region.X0, s.X0), max(on.region.Y0, s.Y0)
		on.region.X1, on.region.Y1 = min(on.region.X1, s.X1), min(on.region.Y1, s.Y1)
	}
	width, height := on.region.X1-on.region.X0, on.region.Y1-on.region.Y0
	if !(width > 0 && height > 0) {
		return common{}
	}
	for _, j := range cols {
		m, s := r.Cells[j].Map, r.Cells[j].Activations.Seen
		on.w = max(on.w, int(math.Round(float64(m.W)*width/(s.X1-s.X0))), 1)
		on.h = max(on.h, int(math.Round(float64(m.H)*height/(s.Y1-s.Y0))), 1)
	}
	on.cols = cols
	for _, j := range cols {
		m, s := r.Cells[j].Map, r.Cells[j].Activations.Seen
		values := make([]float64, on.h*on.w)
		var squares float64
		for i := range values {
			x := on.region.X0 + width*(float64(i%on.w)+0.5)/float64(on.w)
			y := on.region.Y0 + height*(float64(i/on.w)+0.5)/float64(on.h)
			values[i] = m.Sample((x-s.X0)/(s.X1-s.X0), (y-s.Y0)/(s.Y1-s.Y0), cam.Smooth)
			squares += float64(values[i] * values[i]) // not fused
		}
		scale := math.Sqrt(squares / float64(len(values)))
		if scale > 0 { // else all are 0
			for i := range values {
				values[i] /= scale
			}
		}
		on.values = append(on.values, values)
	}
	return on
}

// derive makes the column's map; nil where there is none.
func (on common) derive(d Derived) *cam.Map {
	if len(on.cols) == 0 {
		return nil
	}
	m := &cam.Map{H: on.h, W: on.w}
	if d.Kind == Consensus {
		m.Values = mean(on.values...)
		return m
	}
	for i, after := range on.values[0] {
		m.Values = append(m.Values, float32(after-on.values[1][i]))
	}
	return m
}

// mean is the mean of values, place by place.
func mean(all ...[]float64) []float32 {
	out := make([]float32, len(all[0]))
	for i := range out {
		var sum float64
		for _, values := range all {
			sum += values[i]
		}
		out[i] = float32(sum / float64(len(all)))
	}
	return out
}

// Agreement is how alike two maps on one grid are.
type Agreement struct {
	RankCorrelation float64 // measure.RankCorrelation; NaN where a map is the same everywhere
	TopIoU          float64 // measure.TopIoU of the highest fifth of the cells
}

// agreement is that of maps as float32, in which values are alike that only
// rounding tells apart.
func agreement(a, b []float32) Agreement {
	return Agreement{measure.RankCorrelation(a, b), measure.TopIoU(a, b, topShare)}
}

// Agreements are how far each network of a consensus agrees with the mean of the
// others, by its column: with a mean that holds its own map a network agrees for
// that reason alone.
func (c *Comparison) Agreements(row int) map[int]Agreement {
	on := c.onto(row, c.of(row, Derived{Kind: Consensus}))
	all := map[int]Agreement{}
	for i, j := range on.cols {
		others := slices.Concat(on.values[:i], on.values[i+1:])
		all[j] = agreement(mean(on.values[i]), mean(others...))
	}
	return all
}

// Agreement is the mean of a row's Agreements, and whether there are any. Those
// without a rank correlation count for none of it.
func (c *Comparison) Agreement(row int) (a Agreement, ok bool) {
	all := c.Agreements(row)
	ranked := 0
	for j := range c.Models { // in their order, for the same sum
		one, there := all[j]
		if !there {
			continue
		}
		a.TopIoU += one.TopIoU / float64(len(all))
		if !math.IsNaN(one.RankCorrelation) {
			a.RankCorrelation += one.RankCorrelation
			ranked++
		}
	}
	a.RankCorrelation /= float64(ranked) // NaN for none
	return a, len(all) > 0
}

// Change is how alike the two maps of a difference are, and whether there are both.
func (c *Comparison) Change(row int, d Derived) (a Agreement, ok bool) {
	on := c.onto(row, c.of(row, d))
	if len(on.cols) == 0 {
		return a, false
	}
	return agreement(mean(on.values[0]), mean(on.values[1])), true
}

// Check refuses a view that so many networks cannot have.
func (v View) Check(networks int) error {
	switch {
	case v.Consensus && networks < 2:
		return fault.Errorf("compare: a consensus is of two networks or more, and there is one; name another")
	case v.Difference != (Pair{}) && !v.Difference.Within(networks):
		return fault.Errorf("compare: the difference is of the networks %s, and there are %d; name two of them", v.Difference, networks)
	}
	return nil
}

// Extra is how many Derived columns the view asks for.
func (v View) Extra() (n int) {
	if v.Consensus {
		n++
	}
	if v.Difference != (Pair{}) {
		n++
	}
	return n
}
