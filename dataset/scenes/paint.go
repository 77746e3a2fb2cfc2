package scenes

import (
	"image"
	"math"
	"math/rand/v2"

	"golang.org/x/image/vector"

	"scalecam/exact"
)

// point is a place in an object's own units, x to the right and y down.
type point struct{ x, y float64 }

// transform maps an object's units to pixels: (a·x + b·y + c, d·x + e·y + f).
type transform struct{ a, b, c, d, e, f float64 }

var identity = transform{a: 1, e: 1}

func (t transform) apply(p point) point {
	return point{t.a*p.x + t.b*p.y + t.c, t.d*p.x + t.e*p.y + t.f}
}

// then is t followed by u.
func (t transform) then(u transform) transform {
	return transform{
		u.a*t.a + u.b*t.d, u.a*t.b + u.b*t.e, u.a*t.c + u.b*t.f + u.c,
		u.d*t.a + u.e*t.d, u.d*t.b + u.e*t.e, u.d*t.c + u.e*t.f + u.f,
	}
}

func move(x, y float64) transform { return transform{1, 0, x, 0, 1, y} }

func scale(x, y float64) transform { return transform{x, 0, 0, 0, y, 0} }

// turn rotates by so many degrees, clockwise.
func turn(degrees float64) transform {
	s, c := math.Sincos(degrees * math.Pi / 180)
	return transform{c, -s, 0, s, c, 0}
}

// shear leans what is drawn: x moves by k for every unit of y.
func shear(k float64) transform { return transform{1, k, 0, 0, 1, 0} }

func (t transform) inverse() transform {
	det := t.a*t.e - t.b*t.d
	i := transform{a: t.e / det, b: -t.b / det, d: -t.d / det, e: t.a / det}
	i.c, i.f = -(i.a*t.c + i.b*t.f), -(i.d*t.c + i.e*t.f)
	return i
}

// rgb is a colour, each part from 0 to 1.
type rgb struct{ r, g, b float64 }

func (c rgb) mix(d rgb, t float64) rgb {
	return rgb{c.r + (d.r-c.r)*t, c.g + (d.g-c.g)*t, c.b + (d.b-c.b)*t}
}

// times makes the colour lighter or darker.
func (c rgb) times(k float64) rgb { return rgb{c.r * k, c.g * k, c.b * k} }

// hsv is the colour of hue h in degrees, saturation s and value v from 0 to 1.
func hsv(h, s, v float64) rgb {
	f := func(n float64) float64 {
		k := math.Mod(n+h/60, 6)
		if k < 0 {
			k += 6
		}
		return v - v*s*max(0, min(k, 4-k, 1))
	}
	return rgb{f(5), f(3), f(1)}
}

// pattern is what a surface has beside its colour.
type pattern int

const (
	plain   pattern = iota
	noise           // clouds of both colours
	stripes         // across x, period 1/scale
	rings           // around the origin
	dots            // a grid of round spots
	checks
	scales // rows of half rings, as of fish or tiles
	bricks
	grain // wood: stripes along x, bent by noise
	patches
	patterns // their number
)

// material is how a surface looks. The zero pattern has the colour alone.
type material struct {
	colour, second rgb
	pattern        pattern
	scale          float64 // repetitions of the pattern in a unit
	angle          float64 // of the pattern, in degrees
	strength       float64 // of the second colour, 0 to 1
	// light is how much brighter the side towards the light is than the middle,
	// as a share; the far side is as much darker.
	light float64
	// shine is the strength of a highlight towards the light, 0 to 1.
	shine float64
	clear float64 // how much of what is behind shows through it, 0 to 1
	seed  uint32  // of the pattern's noise
}

// of is a plain, softly lit material.
func of(c rgb) material { return material{colour: c, light: 0.25} }

// hash gives a number from 0 to 1 for a lattice point.
func hash(x, y int32, seed uint32) float64 {
	h := uint32(x)*0x85ebca6b ^ uint32(y)*0xc2b2ae35 ^ seed*0x27d4eb2f
	h ^= h >> 15
	h *= 0x2c1b3c6d
	h ^= h >> 12
	h *= 0x297a2d39
	h ^= h >> 15
	return float64(h) / (1 << 32)
}

// cloud is value noise of two octaves, from 0 to 1.
func cloud(x, y float64, seed uint32) float64 {
	return 0.67*lattice(x, y, seed) + 0.33*lattice(2.1*x+5.3, 2.1*y+1.7, seed+1)
}

func lattice(x, y float64, seed uint32) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	ix, iy := int32(fx), int32(fy)
	u, v := x-fx, y-fy
	u, v = u*u*(3-2*u), v*v*(3-2*v)
	top := hash(ix, iy, seed)*(1-u) + hash(ix+1, iy, seed)*u
	bottom := hash(ix, iy+1, seed)*(1-u) + hash(ix+1, iy+1, seed)*u
	return top*(1-v) + bottom*v
}

// fraction is x less the whole number below it.
func fraction(x float64) float64 { return x - math.Floor(x) }

// edge goes from 0 to 1 as x goes from −w to w.
func edge(x, w float64) float64 { return min(max(0.5+x/(2*w), 0), 1) }

// amount is how much of the second colour the pattern has at a place of the
// pattern's own grid.
func (m *material) amount(x, y float64) float64 {
	switch m.pattern {
	case noise:
		return edge(cloud(x, y, m.seed)-0.5, 0.3)
	case stripes:
		return edge(math.Abs(fraction(x)-0.5)-0.25, 0.06)
	case rings:
		return edge(math.Abs(fraction(math.Hypot(x, y))-0.5)-0.25, 0.06)
	case dots:
		return edge(0.3-math.Hypot(fraction(x)-0.5, fraction(y)-0.5), 0.06)
	case checks:
		if (int(math.Floor(x))+int(math.Floor(y)))&1 == 0 {
			return 1
		}
		return 0
	case scales:
		row := math.Floor(y)
		if int(row)&1 == 1 {
			x += 0.5
		}
		return edge(math.Hypot(fraction(x)-0.5, fraction(y))-0.62, 0.1)
	case bricks:
		row := math.Floor(2 * y)
		if int(row)&1 == 1 {
			x += 0.5
		}
		return max(edge(0.05-min(fraction(x), 1-fraction(x)), 0.02), edge(0.1-min(fraction(2*y), 1-fraction(2*y)), 0.04))
	case grain:
		return edge(math.Abs(fraction(y+1.5*cloud(x/4, y/2, m.seed))-0.5)-0.25, 0.2)
	case patches:
		return edge(cloud(x, y, m.seed)-0.55, 0.03)
	}
	return 0
}

// canvas is the picture that is being painted.
type canvas struct {
	img    *image.RGBA
	raster *vector.Rasterizer
	cover  *image.Alpha // of the shape at hand
	light  float64      // where the light comes from, in degrees: −90 is above
}

func newCanvas(side int) *canvas {
	r := image.Rect(0, 0, side, side)
	return &canvas{img: image.NewRGBA(r), raster: vector.NewRasterizer(side, side), cover: image.NewAlpha(r), light: -120}
}

// pen paints shapes in an object's units.
type pen struct {
	*canvas
	at  transform // object to pixels
	rng *rand.Rand
	// mask and part take the cover of what is painted, where they are not nil;
	// what is painted over another object is taken from hidden.
	mask, part *image.Alpha
	telling    bool // what is painted now belongs to the telling part
	without    bool // the telling part is not painted
	hidden     []*image.Alpha
	// bounds, where not nil, is widened by the shapes instead of painting them.
	bounds *bounds
}

// bounds is the rectangle around what was drawn, in the units that pen.at
// leads to.
type bounds struct{ x0, y0, x1, y1 float64 }

func (b *bounds) add(p point) {
	b.x0, b.y0 = min(b.x0, p.x), min(b.y0, p.y)
	b.x1, b.y1 = max(b.x1, p.x), max(b.y1, p.y)
}

// within gives a pen whose units are moved, turned or scaled against p's; masks
// are the same.
func (p *pen) within(t transform) *pen {
	q := *p
	q.at = t.then(p.at)
	return &q
}

// tell gives a pen that paints the part by which the class is told.
func (p *pen) tell() *pen {
	q := *p
	q.telling = true
	return &q
}

// uniform gives a number from lo to hi.
func (p *pen) uniform(lo, hi float64) float64 { return lo + (hi-lo)*p.rng.Float64() }

// chance is true with probability q.
func (p *pen) chance(q float64) bool { return p.rng.Float64() < q }

// fill paints the inside of a shape.
func (p *pen) fill(s shape, m material) {
	box := bounds{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	own := box // in the object's units, for the light
	for _, contour := range s {
		for _, q := range contour {
			own.add(q)
			box.add(p.at.apply(q))
		}
	}
	if len(s) == 0 || math.IsInf(box.x0, 0) {
		return
	}
	if p.bounds != nil {
		p.bounds.add(point{box.x0, box.y0})
		p.bounds.add(point{box.x1, box.y1})
		return
	}
	if p.telling && p.without {
		return
	}
	side := p.img.Rect.Dx()
	area := image.Rect(int(math.Floor(box.x0)), int(math.Floor(box.y0)), int(math.Ceil(box.x1)), int(math.Ceil(box.y1))).Intersect(p.img.Rect)
	if area.Empty() {
		return
	}
	p.raster.Reset(area.Dx(), area.Dy())
	for _, contour := range s {
		for i, q := range contour {
			d := p.at.apply(q)
			// Far outside means no more than outside, and keeps the rasterizer's
			// integers small.
			x := float32(min(max(d.x, -4*float64(side)), 5*float64(side)) - float64(area.Min.X))
			y := float32(min(max(d.y, -4*float64(side)), 5*float64(side)) - float64(area.Min.Y))
			if i == 0 {
				p.raster.MoveTo(x, y)
			} else {
				p.raster.LineTo(x, y)
			}
		}
		p.raster.ClosePath()
	}
	cover := &image.Alpha{Pix: p.cover.Pix[:area.Dx()*area.Dy()], Stride: area.Dx(), Rect: image.Rect(0, 0, area.Dx(), area.Dy())}
	clear(cover.Pix)
	p.raster.Draw(cover, cover.Rect, image.Opaque, image.Point{})
	p.shade(area, cover, m, box)
	p.note(area, cover)
}

// shade lays the material over the pixels of area by their cover.
func (p *pen) shade(area image.Rectangle, cover *image.Alpha, m material, box bounds) {
	back := p.at.inverse()
	ps, pc := math.Sincos(m.angle * math.Pi / 180)
	ls, lc := math.Sincos(p.light * math.Pi / 180)
	mx, my := (box.x0+box.x1)/2, (box.y0+box.y1)/2
	hx, hy := max((box.x1-box.x0)/2, 0.5), max((box.y1-box.y0)/2, 0.5)
	for y := area.Min.Y; y < area.Max.Y; y++ {
		row := cover.Pix[(y-area.Min.Y)*cover.Stride:]
		for x := area.Min.X; x < area.Max.X; x++ {
			a := row[x-area.Min.X]
			if a == 0 {
				continue
			}
			c := m.colour
			fx, fy := float64(x)+0.5, float64(y)+0.5
			if m.pattern != plain {
				q := back.apply(point{fx, fy})
				u, v := (pc*q.x+ps*q.y)*m.scale, (pc*q.y-ps*q.x)*m.scale
				c = c.mix(m.second, m.strength*m.amount(u, v))
			}
			u, v := (fx-mx)/hx, (fy-my)/hy // −1 to 1
			toward := lc*u + ls*v
			c = c.times(1 + m.light*min(max(toward, -1.2), 1.2))
			if m.shine > 0 {
				du, dv := u-0.45*lc, v-0.45*ls
				c = c.mix(rgb{1, 1, 1}, m.shine*exact.Exp(-9*(du*du+dv*dv)))
			}
			blend(p.img.Pix[p.img.PixOffset(x, y):][:3], c, float64(a)/255*(1-m.clear))
		}
	}
}

// blend lays a colour over a pixel.
func blend(px []byte, c rgb, a float64) {
	for i, v := range [3]float64{c.r, c.g, c.b} {
		v = min(max(v, 0), 1) * 255
		px[i] = byte(float64(px[i])*(1-a) + v*a + 0.5)
	}
}

// note adds the cover to the masks of what is painted, and takes it from those
// of what it hides.
func (p *pen) note(area image.Rectangle, cover *image.Alpha) {
	each := func(m *image.Alpha, over bool) {
		for y := range area.Dy() {
			from := cover.Pix[y*cover.Stride:][:area.Dx()]
			to := m.Pix[m.PixOffset(area.Min.X, area.Min.Y+y):][:area.Dx()]
			for x, a := range from {
				rest := uint32(to[x]) * uint32(255-a)
				if over {
					to[x] = byte((rest + 255*uint32(a) + 127) / 255)
				} else {
					to[x] = byte((rest + 127) / 255)
				}
			}
		}
	}
	if p.mask != nil {
		each(p.mask, true)
		each(p.part, p.telling)
	}
	for _, m := range p.hidden {
		each(m, false)
	}
}
