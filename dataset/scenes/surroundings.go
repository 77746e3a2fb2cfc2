package scenes

import (
	"image"
	"math"
	"math/rand/v2"
)

// anyColour is a colour of any hue.
func anyColour(p *pen) rgb {
	return hsv(p.uniform(0, 360), p.uniform(0.1, 0.9), p.uniform(0.25, 0.95))
}

// anyMaterial is a material of any pattern in a colour and a second one near to
// it or far from it.
func anyMaterial(p *pen, c rgb) material {
	m := material{
		colour: c, second: c.times(p.uniform(0.5, 1.4)), pattern: pattern(p.rng.IntN(int(patterns))),
		scale: p.uniform(2, 9), angle: p.uniform(-90, 90), strength: p.uniform(0.3, 0.9),
		light: p.uniform(0.1, 0.35), shine: max(0, p.uniform(-0.5, 0.6)), seed: p.rng.Uint32(),
	}
	if second := anyColour(p); p.chance(0.3) {
		m.second = second
	}
	return m
}

// background fills the picture: ground and sky, floor and wall, a tabletop, or
// plain texture. Units are shares of the side.
func background(p *pen) {
	all := rectangle(-0.1, -0.1, 1.1, 1.1)
	texture := func(c rgb) material {
		m := anyMaterial(p, c)
		m.scale = p.uniform(3, 14)
		m.strength *= 0.5
		m.shine = 0
		return m
	}
	horizon := p.uniform(0.25, 0.85)
	switch p.rng.IntN(4) {
	case 0: // outdoors
		sky := texture(hsv(p.uniform(185, 240), p.uniform(0.05, 0.6), p.uniform(0.55, 1)))
		sky.pattern, sky.second, sky.scale = noise, rgb{0.95, 0.95, 0.97}, p.uniform(1.5, 4)
		p.fill(all, sky)
		for range p.rng.IntN(3) {
			hills(p, horizon-p.uniform(0, 0.15), texture(hsv(p.uniform(60, 230), p.uniform(0.1, 0.5), p.uniform(0.3, 0.7))))
		}
		hills(p, horizon, texture(hsv(p.uniform(25, 140), p.uniform(0.15, 0.65), p.uniform(0.25, 0.8))))
	case 1: // indoors
		p.fill(all, texture(hsv(p.uniform(0, 360), p.uniform(0.05, 0.5), p.uniform(0.4, 0.95))))
		if p.chance(0.5) {
			x, y := p.uniform(0, 0.7), p.uniform(-0.1, 0.4)
			p.fill(rectangle(x, y, x+p.uniform(0.2, 0.5), y+p.uniform(0.2, 0.4)), texture(anyColour(p)))
		}
		p.fill(rectangle(-0.1, horizon, 1.1, 1.1), texture(hsv(p.uniform(10, 50), p.uniform(0.1, 0.7), p.uniform(0.2, 0.8))))
	case 2: // a surface from above
		p.fill(all, texture(anyColour(p)))
	default: // patches
		p.fill(all, texture(anyColour(p)))
		for range 2 + p.rng.IntN(4) {
			x, y, r := p.uniform(0, 1), p.uniform(0, 1), p.uniform(0.15, 0.5)
			p.fill(pebble(p, x, y, r), texture(anyColour(p)))
		}
	}
}

// hills fills what lies under an uneven line at about the height y.
func hills(p *pen, y float64, m material) {
	var xy []point
	for i := range 7 {
		xy = append(xy, point{-0.2 + 1.4*float64(i)/6, y + p.uniform(-0.05, 0.05)})
	}
	line := append(smooth(xy, false), point{1.2, 1.2}, point{-0.2, 1.2})
	p.fill(shape{clockwise(line)}, m)
}

// pebble is a smooth uneven shape of about the radius r.
func pebble(p *pen, x, y, r float64) shape {
	var xy []float64
	n := 5 + p.rng.IntN(5)
	for i := range n {
		s, c := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		k := r * p.uniform(0.6, 1.1)
		xy = append(xy, x+k*c, y+k*s)
	}
	return blob(xy...)
}

// clutter strews distractors, which belong to no class, before the objects are
// drawn.
func clutter(p *pen) {
	for range p.rng.IntN(6) {
		r := p.uniform(0.03, 0.12)
		q := p.within(turn(p.uniform(0, 360)).then(scale(r, r)).then(move(p.uniform(0, 1), p.uniform(0, 1))))
		distractors[p.rng.IntN(len(distractors))](q, anyMaterial(p, anyColour(p)))
	}
}

// distractors are shapes of no class, of about unit size.
var distractors = []func(*pen, material){
	func(p *pen, m material) { p.fill(disc(0, 0, 0.8), m) },                               // ball
	func(p *pen, m material) { p.fill(rectangle(-0.8, -0.6, 0.8, 0.6), m) },               // box
	func(p *pen, m material) { p.fill(spiked(1, 0.45, 5, -90), m) },                       // star
	func(p *pen, m material) { p.fill(pebble(p, 0, 0, 1), m) },                            // stone
	func(p *pen, m material) { p.fill(polygon(0, -1, 0.8, 0.8, -0.8, 0.8), m) },           // cone
	func(p *pen, m material) { p.fill(line(0.25, -1, 0, 1, 0), m) },                       // stick
	func(p *pen, m material) { p.fill(ring(0, 0, 0.7, 0.3), m) },                          // hoop
	func(p *pen, m material) { p.fill(spiked(0.9, 0.65, 9, 0), m) },                       // cog
	func(p *pen, m material) { p.fill(curve(0.3, -1, 0, -0.3, -0.5, 0.3, 0.5, 1, 0), m) }, // worm
	func(p *pen, m material) { // ladder
		p.fill(join(line(0.12, -0.4, -1, -0.4, 1), line(0.12, 0.4, -1, 0.4, 1)), m)
		for y := -0.8; y < 1; y += 0.4 {
			p.fill(line(0.1, -0.4, y, 0.4, y), m)
		}
	},
	func(p *pen, m material) { // bottle
		p.fill(join(round(-0.35, -0.2, 0.35, 1, 0.15), rectangle(-0.13, -0.9, 0.13, 0)), m)
		p.fill(rectangle(-0.17, -1, 0.17, -0.85), of(m.second))
	},
	func(p *pen, m material) { // book
		p.fill(rectangle(-0.7, -0.9, 0.7, 0.9), m)
		p.fill(rectangle(-0.7, -0.9, -0.5, 0.9), of(m.colour.times(0.6)))
	},
	func(p *pen, m material) { // arrow
		p.fill(join(line(0.25, -1, 0, 0.5, 0), polygon(0.3, -0.5, 1, 0, 0.3, 0.5)), m)
	},
	func(p *pen, m material) { // brush
		p.fill(line(0.18, -1, 0, 0.3, 0), m)
		p.fill(rectangle(0.3, -0.3, 1, 0.3), of(m.second))
	},
}

// occlude lays something over a part of the object, at times.
func occlude(p *pen, o placed, size float64) {
	if !p.chance(0.2) {
		return
	}
	m := anyMaterial(p, anyColour(p))
	angle := p.uniform(0, 2*math.Pi)
	d := size * p.uniform(0.3, 0.55)
	x, y := o.at.apply(point{}).x+d*math.Cos(angle), o.at.apply(point{}).y+d*math.Sin(angle)
	r := size * p.uniform(0.12, 0.28)
	switch p.rng.IntN(3) {
	case 0:
		p.fill(pebble(p, x, y, r), m)
	case 1: // a pole or twig across
		a := p.uniform(0, 360)
		p.fill(line(0.35*r, -2, 0, 2, 0).moved(turn(a).then(move(x, y))), m)
	default: // leaves
		for range 5 {
			q := p.within(scale(r, r).then(turn(p.uniform(0, 360))).then(move(x+p.uniform(-r, r), y+p.uniform(-r, r))))
			q.fill(blob(-0.7, 0, 0, -0.25, 0.7, 0, 0, 0.25), m)
		}
	}
}

// look is the light and the camera of a scene.
type look struct {
	gain, lift [3]float64
	noise      float64
}

func newLook(p *pen) look {
	var l look
	contrast, brightness := p.uniform(0.8, 1.15), p.uniform(-0.06, 0.06)
	for i := range 3 {
		l.gain[i] = contrast * p.uniform(0.92, 1.08)
		l.lift[i] = 0.5*(1-contrast) + brightness
	}
	l.noise = max(0, p.uniform(-0.02, 0.03))
	return l
}

// finish changes the whole picture's light and adds the camera's noise.
func (l look) finish(img *image.RGBA, rng *rand.Rand) {
	seed := rng.Uint32()
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			px := img.Pix[img.PixOffset(x, y):][:4]
			for i := range 3 {
				v := float64(px[i])/255*l.gain[i] + l.lift[i]
				if l.noise > 0 {
					v += l.noise * 1.7 * (hash(int32(x), int32(3*y+i), seed) + hash(int32(x), int32(3*y+i), seed+1) - 1)
				}
				px[i] = byte(min(max(v, 0), 1)*255 + 0.5)
			}
			px[3] = 255
		}
	}
}
