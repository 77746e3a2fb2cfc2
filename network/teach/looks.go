package teach

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"scalecam/cam"
	"scalecam/cam/measure"
	"scalecam/network"
	"scalecam/picture"
)

// Look is where a network looks for a class: what its class activation maps of the
// class's pictures have in common. A picture's middle is what lies within a rectangle of
// half its area around its centre, and its border is the other half, both of the part
// that the network is shown.
type Look struct {
	Pictures int // that were looked at
	// Outer is the share of the map's positive evidence that lies in the border: a half
	// where it is spread evenly. Of pictures without such evidence nothing is known.
	Outer measure.Mean
	// Right is the share of the pictures of which the class is the network's answer, and
	// Border by the border's features alone, each cell of which knows something of the
	// cells around it.
	Right, Border float64
	// Grounds is how like the borders of the class's pictures are to each other and to
	// those of other classes; nil where there are no two of them, or no others.
	Grounds *Grounds
	H, W    int       // the grid
	Map     []float64 // [H, W]: mean of the maps' positive evidence, each summing to 1
}

// Grounds are mean cosines of the borders' features, of pairs of pictures. Classes of
// photographs differ by 0.1 to 0.3, those that were each taken before a ground of their
// own by 0.4 to 0.7.
type Grounds struct {
	Same   float64 `json:"same"`   // of the class
	Others float64 `json:"others"` // one of another
}

// Told tells that the ground alone could tell the class.
func (g *Grounds) Told() bool { return g != nil && g.Same-g.Others >= 0.35 }

// glance is what one picture adds to a Look.
type glance struct {
	values        []float32 // of the map
	h, w          int
	right, border bool      // the class is the answer; by the border alone
	ground        []float32 // [K]: the border's features, of length 1
}

// look is a network's glance at a picture of a class.
func look(p *cam.Pooled, class int) (*glance, error) {
	m, err := cam.CAM(p, class)
	if err != nil {
		return nil, err
	}
	f := &p.Features
	ground := make([]float64, f.K) // means over the border
	for cell, out := range border(f.H, f.W) {
		for k, v := range f.Cell(cell) {
			ground[k] += out * float64(v) / (float64(f.H*f.W) / 2)
		}
	}
	logits := make([]float64, len(p.Logits)) // by these alone
	for c := range logits {
		logits[c] = float64(p.Bias[c])
		for k, w := range p.Weight.Row(c) {
			logits[c] += float64(w) * ground[k]
		}
	}
	g := &glance{values: m.Values, h: m.H, w: m.W, ground: make([]float32, f.K)}
	g.right = slices.Index(p.Logits, slices.Max(p.Logits)) == class
	g.border = floats.MaxIdx(logits) == class
	if length := floats.Norm(ground, 2); length > 0 {
		for k, v := range ground {
			g.ground[k] = float32(v / length)
		}
	}
	return g, nil
}

// border is of each cell of a grid how much of it lies in the border, 0 to 1.
func border(h, w int) []float64 {
	side := math.Sqrt(0.5)
	within := func(i, n int) float64 { // how much of a row or column lies in the middle
		lo, hi := (1-side)/2*float64(n), (1+side)/2*float64(n)
		return max(0, min(float64(i+1), hi)-max(float64(i), lo))
	}
	outer := make([]float64, h*w)
	for i := range outer {
		outer[i] = 1 - within(i/w, h)*within(i%w, w)
	}
	return outer
}

// sumUp is what glances at pictures of a class have in common, in their order, beside
// those at pictures of other classes.
func sumUp(all, others []*glance) Look {
	l := Look{Pictures: len(all)}
	n := float64(len(all))
	var shares []float64
	for _, g := range all {
		if l.Map == nil {
			l.H, l.W, l.Map = g.h, g.w, make([]float64, g.h*g.w)
		}
		if g.right {
			l.Right += 1 / n
		}
		if g.border {
			l.Border += 1 / n
		}
		positive, outside := 0.0, 0.0
		outer := border(g.h, g.w)
		for i, v := range g.values {
			e := max(0, float64(v))
			positive += e
			outside += outer[i] * e
		}
		if positive == 0 {
			continue
		}
		shares = append(shares, outside/positive)
		for i, v := range g.values {
			l.Map[i] += max(0, float64(v)) / positive
		}
	}
	floats.Scale(1/max(1, float64(len(shares))), l.Map)
	l.Outer = measure.MeanOf(shares)
	if len(all) > 1 && len(others) > 0 {
		// The sum of all pairs' products is the product of the sums.
		mine, theirs := grounds(all), grounds(others)
		l.Grounds = &Grounds{(floats.Dot(mine, mine) - n) / (n * (n - 1)), floats.Dot(mine, theirs) / (n * float64(len(others)))}
	}
	return l
}

// grounds is the sum of the glances' grounds.
func grounds(all []*glance) []float64 {
	sum := make([]float64, len(all[0].ground))
	for _, g := range all {
		for k, v := range g.ground {
			sum[k] += float64(v)
		}
	}
	return sum
}

// lookedAt is how many pictures of a class are looked at: they tell an evidence's share
// to some hundredths.
const lookedAt = 16

// Looks shows some pictures of each class, spread over all of it, to networks with heads
// of the classes, and gives where each looks, by network and class. Broken pictures are
// passed over. report, if not nil, is told of pictures done. The error is ctx's, or a
// network's.
func Looks(ctx context.Context, models []*network.Model, pictures []Picture, labels []int, report func(done, total int)) ([][]Look, error) {
	classes := len(models[0].Classes)
	of := make([][]int, classes)
	for i, c := range labels {
		of[c] = append(of[c], i)
	}
	var some []int
	for _, pictures := range of {
		n := min(lookedAt, len(pictures))
		for i := range n {
			some = append(some, pictures[i*len(pictures)/n])
		}
	}
	seen := make([][]*glance, len(some)) // by picture and network
	err := network.Each(ctx, models, len(some), func(mine []*network.Model, at int) ([]*glance, error) {
		return glances(ctx, mine, &pictures[some[at]], labels[some[at]])
	}, func(at int, made []*glance, err error) error {
		seen[at] = made
		if err == nil && report != nil {
			report(at+1, len(some))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	looks := make([][]Look, len(models))
	for j := range models {
		theirs := make([][]*glance, classes)
		for at, i := range some {
			if seen[at] != nil {
				theirs[labels[i]] = append(theirs[labels[i]], seen[at][j])
			}
		}
		for c, all := range theirs {
			looks[j] = append(looks[j], sumUp(all, slices.Concat(append(slices.Clone(theirs[:c]), theirs[c+1:]...)...)))
		}
	}
	return looks, nil
}

// glances are the networks' at a picture; none of a broken one.
func glances(ctx context.Context, models []*network.Model, p *Picture, class int) ([]*glance, error) {
	data, err := p.read()
	if err != nil {
		return nil, nil // Pass told of it
	}
	img, err := picture.Decode(p.Name, data)
	if err != nil {
		return nil, nil
	}
	inputs := network.NewInputs(img.Image)
	all := make([]*glance, len(models))
	for j, m := range models {
		a, err := m.Forward(ctx, inputs.For(m))
		if err != nil {
			return nil, err
		}
		if all[j], err = look(a.Last(), class); err != nil {
			return nil, err
		}
	}
	return all, nil
}
