package picture

import (
	"cmp"
	"image"
	"math"
	"slices"
	"strconv"
	"strings"

	"scalecam/fault"
	"scalecam/parallel"
)

// Erasure is what is taken out of a picture: regions of it, and what fills them.
type Erasure struct {
	Regions []Region `json:"regions,omitempty"`
	Fill    Fill     `json:"fill,omitempty"` // "" for Surroundings
}

// Region is a part of a picture by its outline, in pixels of the upright picture:
// (0, 0) is its upper left corner, and a pixel is in the region where its centre is.
type Region struct {
	Shape  Shape        `json:"shape"`
	Points [][2]float64 `json:"points"`           // x, y
	Radius float64      `json:"radius,omitempty"` // of a Brush, in pixels
}

// Shape is how points make a region.
type Shape string

// The shapes.
const (
	Box     Shape = "box"     // two opposite corners
	Polygon Shape = "polygon" // three corners or more; where it covers itself twice it is open (even-odd)
	Brush   Shape = "brush"   // a stroke with round ends through one point or more
)

// shapes are how many points each takes.
var shapes = map[Shape]struct{ least, most int }{Box: {2, 2}, Polygon: {3, MaxPoints}, Brush: {1, MaxPoints}}

// What an Erasure has at most.
const (
	MaxRegions = 100
	MaxPoints  = 4000 // of all regions together
)

// NewBox is the box of that size with its upper left corner at (x, y).
func NewBox(x, y, w, h float64) Region {
	return Region{Shape: Box, Points: [][2]float64{{x, y}, {x + w, y + h}}}
}

// Empty tells that nothing is taken out.
func (e Erasure) Empty() bool { return len(e.Regions) == 0 }

// Equal tells that both take out the same.
func (e Erasure) Equal(f Erasure) bool {
	return e.Filling() == f.Filling() && slices.EqualFunc(e.Regions, f.Regions, Region.Equal)
}

// Equal tells that both are the same.
func (r Region) Equal(s Region) bool {
	return r.Shape == s.Shape && r.Radius == s.Radius && slices.Equal(r.Points, s.Points)
}

// Filling is what fills the regions.
func (e Erasure) Filling() Fill { return cmp.Or(e.Fill, Surroundings) }

// Scaled is what it is of a picture so many times as wide and as high; a brush grows by
// the smaller of both.
func (e Erasure) Scaled(x, y float64) Erasure {
	regions := make([]Region, len(e.Regions))
	for i, r := range e.Regions {
		regions[i] = Region{Shape: r.Shape, Radius: r.Radius * min(x, y)}
		for _, p := range r.Points {
			regions[i].Points = append(regions[i].Points, [2]float64{p[0] * x, p[1] * y})
		}
	}
	return Erasure{regions, e.Fill}
}

// Mask says of each pixel of a picture of that size, row by row, whether it is in a
// region.
func (e Erasure) Mask(size image.Point) []bool {
	return newMask(image.Rectangle{Max: size}, e.Regions...).on
}

// Check refuses an Erasure that no picture can have.
func (e Erasure) Check() error {
	if !slices.Contains(Fills, e.Filling()) {
		return fault.Errorf("picture: the fill %.40q; there are %s", string(e.Fill), fillNames())
	}
	if n := len(e.Regions); n > MaxRegions {
		return fault.Errorf("picture: %d regions are to be erased; give at most %d", n, MaxRegions)
	}
	points := 0
	for _, r := range e.Regions {
		of, known := shapes[r.Shape]
		if !known {
			return fault.Errorf("picture: a region of the shape %.40q; there are box, polygon and brush", string(r.Shape))
		}
		if n := len(r.Points); n < of.least || n > of.most {
			return fault.Errorf("picture: a %s of %d points; it has %d to %d", string(r.Shape), n, of.least, of.most)
		}
		if points += len(r.Points); points > MaxPoints {
			return fault.Errorf("picture: the regions to be erased have more than %d points; give fewer", MaxPoints)
		}
		for _, p := range r.Points {
			if !finite(p[0]) || !finite(p[1]) {
				return fault.Errorf("picture: the region %.80v is at no place; give numbers", r)
			}
		}
		if r.Shape == Brush && !(r.Radius > 0 && r.Radius <= MaxSide) {
			return fault.Errorf("picture: a brush of the radius %g; give one above 0 and up to %d pixels", r.Radius, MaxSide)
		}
	}
	return nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// CheckIn is Check for a picture of that size, in which every point must lie and of
// which every region must have a pixel.
func (e Erasure) CheckIn(size image.Point) error {
	if err := e.Check(); err != nil {
		return err
	}
	for _, r := range e.Regions {
		for _, p := range r.Points {
			if p[0] < 0 || p[1] < 0 || p[0] > float64(size.X) || p[1] > float64(size.Y) {
				return fault.Errorf("picture: the region %.80v reaches out of the picture, which has %d × %d pixels; name one within it", r, size.X, size.Y)
			}
		}
		if !r.holds(size) {
			return fault.Errorf("picture: the region %.80v holds no pixel; name a larger one", r)
		}
	}
	return nil
}

// within is the smallest rectangle of whole pixels around the region, in a picture of
// that size, in or beside which its points are.
func (r Region) within(size image.Point) image.Rectangle {
	first := r.Points[0]
	lo, hi := first, first
	for _, p := range r.Points {
		for i := range lo {
			lo[i], hi[i] = min(lo[i], p[i]), max(hi[i], p[i])
		}
	}
	by := 0.0
	if r.Shape == Brush {
		by = r.Radius
	}
	pixels := func(v float64, most int) int { return int(min(max(v, 0), float64(most))) }
	return image.Rect(
		pixels(math.Floor(lo[0]-by), size.X), pixels(math.Floor(lo[1]-by), size.Y),
		pixels(math.Ceil(hi[0]+by), size.X), pixels(math.Ceil(hi[1]+by), size.Y))
}

// breadth is how broad the region is where it is narrow, in pixels: a box's or a
// polygon's shorter side, a brush's width.
func (r Region) breadth() float64 {
	if r.Shape == Brush {
		return 2 * r.Radius
	}
	box := r.within(image.Pt(MaxSide, MaxSide))
	return float64(min(box.Dx(), box.Dy()))
}

// piece is a part of a line, from one x to another.
type piece struct{ from, to float64 }

// pieces are the region's of the line at y, in order; they may touch but not
// cover each other.
func (r Region) pieces(y float64, all []piece) []piece {
	all = all[:0]
	switch r.Shape {
	case Box:
		a, b := r.Points[0], r.Points[1]
		if y >= min(a[1], b[1]) && y < max(a[1], b[1]) {
			all = append(all, piece{min(a[0], b[0]), max(a[0], b[0])})
		}
	case Polygon:
		var crossings []float64
		for i, a := range r.Points {
			b := r.Points[(i+1)%len(r.Points)]
			if (a[1] <= y) != (b[1] <= y) {
				crossings = append(crossings, a[0]+(y-a[1])/(b[1]-a[1])*(b[0]-a[0]))
			}
		}
		slices.Sort(crossings)
		for i := 0; i+1 < len(crossings); i += 2 {
			all = append(all, piece{crossings[i], crossings[i+1]})
		}
	case Brush:
		for i, b := range r.Points {
			if s, hit := capsule(r.Points[max(i-1, 0)], b, r.Radius, y); hit {
				all = append(all, s)
			}
		}
		slices.SortFunc(all, func(a, b piece) int { return cmp.Compare(a.from, b.from) })
		joined := all[:0]
		for _, s := range all {
			if n := len(joined); n > 0 && s.from <= joined[n-1].to {
				joined[n-1].to = max(joined[n-1].to, s.to)
			} else {
				joined = append(joined, s)
			}
		}
		all = joined
	}
	return all
}

// capsule is the piece of the line at y that lies within a radius of what joins two
// points: of a convex shape, one piece.
func capsule(a, b [2]float64, radius, y float64) (s piece, hit bool) {
	s = piece{math.Inf(1), math.Inf(-1)}
	add := func(from, to float64) { s, hit = piece{min(s.from, from), max(s.to, to)}, true }
	for _, p := range [2][2]float64{a, b} {
		if d := math.Abs(y - p[1]); d <= radius {
			half := math.Sqrt((radius - d) * (radius + d))
			add(p[0]-half, p[0]+half)
		}
	}
	dx, dy := b[0]-a[0], b[1]-a[1]
	length := math.Hypot(dx, dy)
	if length == 0 {
		return s, hit
	}
	nx, ny := -dy/length*radius, dx/length*radius
	corners := [4][2]float64{{a[0] + nx, a[1] + ny}, {b[0] + nx, b[1] + ny}, {b[0] - nx, b[1] - ny}, {a[0] - nx, a[1] - ny}}
	for i, p := range corners {
		q := corners[(i+1)%4]
		if (p[1] <= y) != (q[1] <= y) {
			x := p[0] + (y-p[1])/(q[1]-p[1])*(q[0]-p[0])
			add(x, x)
		}
	}
	return s, hit
}

// mask says which pixels of a rectangle are erased.
type mask struct {
	box image.Rectangle
	on  []bool // row by row
}

// newMask is that of regions in a rectangle.
func newMask(box image.Rectangle, regions ...Region) *mask {
	m := &mask{box, make([]bool, box.Dx()*box.Dy())}
	parallel.Bands(box.Dy(), 8, func() func(from, to int) {
		var pieces []piece
		return func(from, to int) {
			for y := from; y < to; y++ {
				row := m.on[y*box.Dx():][:box.Dx()]
				for _, r := range regions {
					pieces = r.pieces(float64(box.Min.Y+y)+0.5, pieces)
					for _, p := range pieces {
						for x, end := p.pixels(box); x < end; x++ {
							row[x-box.Min.X] = true
						}
					}
				}
			}
		}
	})
	return m
}

// pixels are those of a rectangle whose centres are in the piece: from one, up to
// another without that.
func (p piece) pixels(box image.Rectangle) (from, to int) {
	at := func(x float64) int {
		return int(min(max(math.Ceil(x-0.5), float64(box.Min.X)), float64(box.Max.X)))
	}
	return at(p.from), at(p.to)
}

// holds tells that the region has a pixel in a picture of that size.
func (r Region) holds(size image.Point) bool {
	box := r.within(size)
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for _, p := range r.pieces(float64(y)+0.5, nil) {
			if from, to := p.pixels(box); from < to {
				return true
			}
		}
	}
	return false
}

// each calls do with the rows of the mask that has pixels there, on all cores: y, the
// row's pixels and the offset in img of its first one.
func (m *mask) each(img *image.RGBA, do func(y int, row []bool, offset int)) {
	w := m.box.Dx()
	parallel.Each(m.box.Dy(), func(y int) {
		do(m.box.Min.Y+y, m.on[y*w:][:w], img.PixOffset(m.box.Min.X, m.box.Min.Y+y))
	})
}

// Apply gives the picture without what is taken out, and the rectangle beyond which it
// is as before; img stays as it is. Of large pictures more than 512 × 512 pixels that
// are filled by their Surroundings are so at a lower resolution. The error is
// CheckIn's, or that there are no surroundings.
func (e Erasure) Apply(img *image.RGBA) (out *image.RGBA, changed image.Rectangle, err error) {
	if err := e.CheckIn(img.Rect.Size()); err != nil {
		return nil, changed, err
	}
	for _, r := range e.Regions {
		changed = changed.Union(r.within(img.Rect.Size()))
	}
	if e.Filling() == Surroundings && changed == img.Rect && !slices.Contains(e.Mask(img.Rect.Size()), false) {
		return nil, image.Rectangle{}, errNoneLeft
	}
	out = &image.RGBA{Pix: make([]byte, len(img.Pix)), Stride: img.Stride, Rect: img.Rect}
	parallel.Bands(img.Rect.Dy(), 64, func() func(from, to int) {
		return func(from, to int) { copy(out.Pix[from*img.Stride:to*img.Stride], img.Pix[from*img.Stride:]) }
	})
	fills[e.Filling()](out, img, e.Regions, changed)
	return out, changed, nil
}

// String is the region as an option of the terminal has it: its shape and numbers.
func (r Region) String() string { return string(r.Shape) + " " + r.Numbers() }

// Numbers are the region's as options of the terminal have them: of a box x, y, width
// and height, of a polygon its points, of a brush the radius and then its points.
func (r Region) Numbers() string {
	var all []string
	add := func(values ...float64) {
		for _, v := range values {
			all = append(all, strconv.FormatFloat(v, 'f', -1, 64))
		}
	}
	if r.Shape == Box && len(r.Points) == 2 {
		a, b := r.Points[0], r.Points[1]
		add(min(a[0], b[0]), min(a[1], b[1]), math.Abs(b[0]-a[0]), math.Abs(b[1]-a[1]))
		return strings.Join(all, ",")
	}
	if r.Shape == Brush {
		add(r.Radius)
	}
	for _, p := range r.Points {
		add(p[0], p[1])
	}
	return strings.Join(all, ",")
}

// ParseRegion reads what Region.Numbers writes of a shape.
func ParseRegion(shape Shape, text string) (Region, error) {
	var all []float64
	for _, field := range strings.Split(text, ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(field), 64)
		if err != nil || !finite(v) {
			return Region{}, fault.Errorf("picture: %.40q in the %s %.80q is no number; write %s", field, string(shape), text, numbersOf[shape])
		}
		all = append(all, v)
	}
	r := Region{Shape: shape}
	if shape == Box {
		if len(all) != 4 || all[2] <= 0 || all[3] <= 0 {
			return Region{}, fault.Errorf("picture: the box %.80q; write %s", text, numbersOf[shape])
		}
		return NewBox(all[0], all[1], all[2], all[3]), nil
	}
	if shape == Brush {
		r.Radius, all = all[0], all[1:]
	}
	if len(all)%2 != 0 || len(all) == 0 {
		return Region{}, fault.Errorf("picture: the %s %.80q; write %s", string(shape), text, numbersOf[shape])
	}
	for i := 0; i < len(all); i += 2 {
		r.Points = append(r.Points, [2]float64{all[i], all[i+1]})
	}
	return r, nil
}

// numbersOf are the numbers of each shape, as Region.Numbers writes them.
var numbersOf = map[Shape]string{Box: "x,y,width,height, the last two above 0", Polygon: "x,y,x,y,x,y…", Brush: "radius,x,y,x,y…"}
