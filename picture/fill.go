package picture

import (
	"errors"
	"image"
	"math"
	"strings"

	"scalecam/exact"
	"scalecam/parallel"
)

// Fill is what comes into the place of what is erased.
type Fill string

// The fills.
const (
	// Surroundings spreads what is around the region smoothly into it: Laplace's
	// equation with the pixels at its edge, on a pyramid of grids.
	Surroundings Fill = "surroundings"
	// Blur is the picture itself through a Gaussian, whose σ is a quarter of the
	// region's breadth, cut off at 3 σ: what is in the region stays as a shade.
	Blur Fill = "blur"
	// Grey is (124, 116, 104), the mean colour of ImageNet, which torchvision's
	// preprocessing makes 0 (and TensorFlow's, of (127, 127, 127), nearly).
	Grey Fill = "grey"
)

// Fills are all of them.
var Fills = []Fill{Surroundings, Blur, Grey}

func fillNames() string {
	var names []string
	for _, f := range Fills {
		names = append(names, string(f))
	}
	return strings.Join(names, ", ")
}

// fills are what each does: it fills the regions of out, which is a copy of img;
// around is the rectangle around all of them.
var fills = map[Fill]func(out, img *image.RGBA, regions []Region, around image.Rectangle){
	Surroundings: fillSurroundings, Blur: fillBlur, Grey: fillGrey,
}

func fillGrey(out, _ *image.RGBA, regions []Region, around image.Rectangle) {
	newMask(around, regions...).each(out, func(_ int, row []bool, offset int) {
		for x, on := range row {
			if on {
				copy(out.Pix[offset+4*x:], []byte{124, 116, 104})
			}
		}
	})
}

// fillBlur blurs each region by its own breadth. A wide Gaussian is made of a small
// one on a reduced picture, enlarged again.
func fillBlur(out, img *image.RGBA, regions []Region, _ image.Rectangle) {
	for _, r := range regions {
		box, sigma := r.within(img.Rect.Size()), max(r.breadth()/4, 1)
		pad := int(math.Ceil(3 * sigma))
		area := box.Inset(-pad).Intersect(img.Rect)
		blurred := Crop(img, area)
		// On the reduced picture σ is 2 pixels, and there is nothing finer in it; or less
		// where that would still have more than so many.
		const enough, most = 2, 1 << 20
		if by := max(sigma/enough, math.Sqrt(float64(area.Dx())*float64(area.Dy())/most)); by > 1 {
			less := func(n int) int { return max(int(math.Round(float64(n)/by)), 1) }
			small := Resize(blurred, less(area.Dx()), less(area.Dy()), Bilinear)
			// The two resizings blur as well, by a triangle each: a variance of ⅙ pixel.
			if rest := sigma*sigma/(by*by) - 1./3; rest > 0 {
				small = gaussian(small, math.Sqrt(rest))
			}
			blurred = ResizePart(small, area.Dx(), area.Dy(), box.Sub(area.Min), Bilinear)
		} else {
			blurred = Crop(gaussian(blurred, sigma), box.Sub(area.Min))
		}
		newMask(box, r).each(out, func(y int, row []bool, offset int) {
			from := blurred.Pix[(y-box.Min.Y)*blurred.Stride:]
			for x, on := range row {
				if on {
					copy(out.Pix[offset+4*x:][:4], from[4*x:])
				}
			}
		})
	}
}

// gaussian blurs a small picture by σ pixels, up to 3 σ and to its edges.
func gaussian(img *image.RGBA, sigma float64) *image.RGBA {
	reach := int(math.Ceil(3 * sigma))
	weights := make([]float64, reach+1)
	for i := range weights {
		weights[i] = exact.Exp(-float64(i*i) / (2 * sigma * sigma))
	}
	// pass blurs n lines of so many values, which lie apart by a step.
	pass := func(values []float64, n, length, line, step int) []float64 {
		blurred := make([]float64, len(values))
		parallel.Each(n, func(at int) {
			for i := range length {
				var sum [3]float64
				var weight float64
				for j := max(i-reach, 0); j <= min(i+reach, length-1); j++ {
					w, from := weights[max(i-j, j-i)], values[at*line+j*step:]
					weight += w
					for c := range sum {
						sum[c] += float64(w * from[c])
					}
				}
				for c, s := range sum {
					blurred[at*line+i*step+c] = s / weight
				}
			}
		})
		return blurred
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	values := make([]float64, 3*w*h)
	for i := range w * h {
		for c := range 3 {
			values[3*i+c] = float64(img.Pix[4*i+c])
		}
	}
	values = pass(pass(values, h, w, 3*w, 3), w, h, 3, 3*w)
	out := image.NewRGBA(img.Rect)
	for i := range w * h {
		for c := range 3 {
			out.Pix[4*i+c] = byte(values[3*i+c] + 0.5)
		}
		out.Pix[4*i+3] = 255
	}
	return out
}

// grid is a picture of which some cells are not known yet.
type grid struct {
	w, h    int
	values  []float32 // three each
	unknown []bool
}

// solved bounds the cells that Surroundings are solved on.
const solved = 512 * 512

// errNoneLeft says that all is erased.
var errNoneLeft = errors.New("picture: all of the picture is to be erased, and nothing is left to fill it from; erase less of it, or fill it by blur or grey")

func fillSurroundings(out, img *image.RGBA, regions []Region, around image.Rectangle) {
	const edge = 2 // pixels around the regions that are taken for known, or cells
	by := int(math.Ceil(math.Sqrt(float64(around.Dx()) * float64(around.Dy()) / solved)))
	area := around.Inset(-edge * by).Intersect(img.Rect)
	m := newMask(area, regions...)
	w, h := area.Dx(), area.Dy()
	g := newGrid((w+by-1)/by, (h+by-1)/by)
	parallel.Each(g.h, func(row int) {
		sums := make([]sum, g.w)
		for y := row * by; y < min(row*by+by, h); y++ {
			pix, on := img.Pix[img.PixOffset(area.Min.X, area.Min.Y+y):], m.on[y*w:][:w]
			for x, erased := range on {
				if !erased {
					p := pix[4*x:][:3]
					sums[x/by].add(float32(p[0]), float32(p[1]), float32(p[2]))
				}
			}
		}
		g.take(row, sums)
	})
	g.solve()
	columns, rows := between(w, g.w, by), between(h, g.h, by)
	m.each(out, func(y int, row []bool, offset int) {
		for x, on := range row {
			if on {
				for c, v := range g.at(columns[x], rows[y-area.Min.Y]) {
					out.Pix[offset+4*x+c] = byte(min(max(v, 0), 255) + 0.5)
				}
			}
		}
	})
}

func newGrid(w, h int) *grid {
	return &grid{w, h, make([]float32, 3*w*h), make([]bool, w*h)}
}

// sum is that of some cells' values.
type sum struct{ r, g, b, n float32 }

func (s *sum) add(r, g, b float32) { s.r, s.g, s.b, s.n = s.r+r, s.g+g, s.b+b, s.n+1 }

// take makes the cells of a row means; of nothing, a cell is unknown.
func (g *grid) take(row int, sums []sum) {
	for x, s := range sums {
		i := row*g.w + x
		if g.unknown[i] = s.n == 0; s.n > 0 {
			copy(g.values[3*i:], []float32{s.r / s.n, s.g / s.n, s.b / s.n})
		}
	}
}

// half is the grid of half the size, of the means of what is known.
func (g *grid) half() *grid {
	half := newGrid((g.w+1)/2, (g.h+1)/2)
	parallel.Bands(half.h, 16, func() func(from, to int) {
		sums := make([]sum, half.w)
		return func(from, to int) {
			for row := from; row < to; row++ {
				clear(sums)
				for i := 2 * row * g.w; i < min(2*row+2, g.h)*g.w; i++ {
					if !g.unknown[i] {
						v := g.values[3*i:][:3]
						sums[i%g.w/2].add(v[0], v[1], v[2])
					}
				}
				half.take(row, sums)
			}
		}
	})
	return half
}

// blend is a place between two cells, by its share of the second.
type blend struct {
	at, next int
	share    float32
}

// between are the places of the middles of pixels among so many cells, by times as
// large.
func between(pixels, cells, by int) []blend {
	all := make([]blend, pixels)
	for i := range all {
		p := max((float32(i)+0.5)/float32(by)-0.5, 0)
		at := min(int(p), cells-1)
		all[i] = blend{at, min(at+1, cells-1), p - float32(at)}
	}
	return all
}

// at is the value at a place.
func (g *grid) at(x, y blend) (out [3]float32) {
	a, b := g.values[3*(y.at*g.w+x.at):][:3], g.values[3*(y.at*g.w+x.next):][:3]
	c, d := g.values[3*(y.next*g.w+x.at):][:3], g.values[3*(y.next*g.w+x.next):][:3]
	for i := range out {
		above, below := a[i]+float32(x.share*(b[i]-a[i])), c[i]+float32(x.share*(d[i]-c[i]))
		out[i] = above + float32(y.share*(below-above))
	}
	return out
}

// solve gives the unknown cells values of which each is the mean of those beside it
// (Laplace's equation; the picture's edge is an insulator): first on a grid of half
// the size, then by Gauss–Seidel, black cells after red ones, the more often the fewer
// they are. One cell at least must be known.
func (g *grid) solve() {
	var cells [2][]cell // unknown, by colour
	for y := range g.h {
		for x := range g.w {
			if i := y*g.w + x; g.unknown[i] {
				inside := x > 0 && y > 0 && x < g.w-1 && y < g.h-1
				cells[(x+y)%2] = append(cells[(x+y)%2], cell{int32(x), int32(y), int32(3 * i), inside})
			}
		}
	}
	n := len(cells[0]) + len(cells[1])
	if n == 0 {
		return
	}
	half := g.half()
	half.solve()
	const budget, least, most, band = 1 << 15, 3, 60, 4096 // updates, sweeps, cells
	each := func(cells []cell, update func(c cell)) {
		parallel.Bands(len(cells), band, func() func(from, to int) {
			return func(from, to int) {
				for _, c := range cells[from:to] {
					update(c)
				}
			}
		})
	}
	columns, rows := between(g.w, half.w, 2), between(g.h, half.h, 2)
	for _, colour := range cells {
		each(colour, func(c cell) {
			v := half.at(columns[c.x], rows[c.y])
			copy(g.values[c.i:], v[:])
		})
	}
	for range min(max(budget/n, least), most) {
		for _, colour := range cells {
			each(colour, g.relax)
		}
	}
}

// cell is one of a grid.
type cell struct {
	x, y, i int32 // i is of its first value
	inside  bool  // with a cell on each side
}

// relax makes a cell the mean of those beside it.
func (g *grid) relax(c cell) {
	i, line := int(c.i), 3*g.w
	v := g.values[i:][:3]
	if c.inside {
		left, right, above, below := g.values[i-3:][:3], g.values[i+3:][:3], g.values[i-line:][:3], g.values[i+line:][:3]
		v[0] = (left[0] + right[0] + above[0] + below[0]) / 4
		v[1] = (left[1] + right[1] + above[1] + below[1]) / 4
		v[2] = (left[2] + right[2] + above[2] + below[2]) / 4
		return
	}
	var s sum
	for _, side := range [4]struct {
		there bool
		at    int
	}{{c.x > 0, i - 3}, {int(c.x) < g.w-1, i + 3}, {c.y > 0, i - line}, {int(c.y) < g.h-1, i + line}} {
		if side.there {
			u := g.values[side.at:][:3]
			s.add(u[0], u[1], u[2])
		}
	}
	v[0], v[1], v[2] = s.r/s.n, s.g/s.n, s.b/s.n
}
