package scenes

import "math"

// oneOf is one of several things, each as likely.
func oneOf[T any](p *pen, things ...T) T { return things[p.rng.IntN(len(things))] }

// paintwork is a colour things are painted in: any, often white, black or yellow.
func paintwork(p *pen) rgb {
	bright := hsv(p.uniform(0, 360), p.uniform(0.35, 0.95), p.uniform(0.35, 0.95))
	grey := p.uniform(0, 0.08)
	switch p.rng.IntN(9) {
	case 0:
		return rgb{0.9 + grey, 0.9 + grey, 0.88 + grey}
	case 1:
		return rgb{0.12 + grey, 0.12 + grey, 0.14 + grey}
	case 2:
		return hsv(p.uniform(42, 54), p.uniform(0.7, 0.95), 0.95)
	case 3:
		return rgb{0.5 + 3*grey, 0.5 + 3*grey, 0.52 + 3*grey}
	}
	return bright
}

// brightness of a colour, 0 to 1.
func (c rgb) brightness() float64 { return 0.3*c.r + 0.59*c.g + 0.11*c.b }

// against is a colour that stands out from c.
func against(p *pen, c rgb) rgb {
	h, s := p.uniform(0, 360), p.uniform(0, 0.8)
	if c.brightness() > 0.5 {
		return hsv(h, s, p.uniform(0.08, 0.3))
	}
	return hsv(h, 0.5*s, p.uniform(0.85, 1))
}

// timber is a colour of wood.
func timber(p *pen) rgb { return hsv(p.uniform(18, 40), p.uniform(0.3, 0.7), p.uniform(0.3, 0.8)) }

// glossy is a lit material with a highlight.
func glossy(c rgb, shine float64) material { return material{colour: c, light: 0.22, shine: shine} }

// patterned is a material with a second colour.
func patterned(c, second rgb, k pattern, scale, angle, strength float64) material {
	return material{colour: c, second: second, pattern: k, scale: scale, angle: angle, strength: strength, light: 0.2}
}

// rounded is a polygon whose corners are cut off r along either side, and
// rounded.
func rounded(r float64, xy ...float64) shape {
	ps := clockwise(points(xy))
	n := len(ps)
	var out []point
	for i, c := range ps {
		a, b := toward(c, ps[(i+n-1)%n], r), toward(c, ps[(i+1)%n], r)
		for j := range 6 {
			t := float64(j) / 5
			out = append(out, between(between(a, c, t), between(c, b, t), t))
		}
	}
	return shape{out}
}

// between is the place the share t of the way from a to b.
func between(a, b point, t float64) point { return point{a.x + (b.x-a.x)*t, a.y + (b.y-a.y)*t} }

// toward is the place r away from a towards b, at most half way.
func toward(a, b point, r float64) point {
	return between(a, b, min(r/max(math.Hypot(b.x-a.x, b.y-a.y), 1e-9), 0.5))
}

// polar is the place at a radius and an angle in degrees, 0 being up.
func polar(r, degrees float64) point {
	s, c := math.Sincos(degrees * math.Pi / 180)
	return point{r * s, -r * c}
}

// bar is a line with flat ends.
func bar(width, x0, y0, x1, y1 float64) shape {
	k := width / 2 / max(math.Hypot(x1-x0, y1-y0), 1e-9)
	dx, dy := k*(y0-y1), k*(x1-x0)
	return polygon(x0+dx, y0+dy, x1+dx, y1+dy, x1-dx, y1-dy, x0-dx, y0-dy)
}

// spoke is a bar between two radii.
func spoke(width, from, to, degrees float64) shape {
	a, b := polar(from, degrees), polar(to, degrees)
	return bar(width, a.x, a.y, b.x, b.y)
}

// cup stands with its handle to the right.
func cup(p *pen) {
	// The wall goes from the rim through the belly to the foot.
	top, belly, foot, height := 0.6, 0.6, 0.6, p.uniform(1.1, 1.5)
	saucer := p.chance(0.15)
	switch p.rng.IntN(5) {
	case 0: // mug
		belly, foot = p.uniform(0.57, 0.68), p.uniform(0.54, 0.62)
	case 1: // tea cup
		top, belly, foot, height = p.uniform(0.65, 0.85), p.uniform(0.58, 0.72), p.uniform(0.28, 0.4), p.uniform(0.75, 1)
		saucer = p.chance(0.7)
	case 2: // tapered
		belly, foot = p.uniform(0.5, 0.55), p.uniform(0.35, 0.46)
	case 3: // round
		top, belly, foot, height = p.uniform(0.48, 0.6), p.uniform(0.66, 0.74), p.uniform(0.38, 0.5), p.uniform(1, 1.2)
	default: // flared
		saucer = false
		top, belly, foot, height = p.uniform(0.6, 0.7), p.uniform(0.45, 0.52), p.uniform(0.46, 0.58), p.uniform(1.1, 1.4)
	}
	y0, y1 := -height/2, height/2
	flat := p.uniform(0.1, 0.32) // how far from above it is seen
	if p.chance(0.15) {
		flat = p.uniform(0.35, 0.6)
	}
	wall := func(t float64) float64 {
		// A parabola through the three widths.
		return top*(1-t)*(1-2*t) + 4*belly*t*(1-t) + foot*t*(2*t-1)
	}
	colour := paintwork(p)
	other := against(p, colour)
	if p.chance(0.4) {
		other = anyColour(p)
	}
	if saucer {
		r := top * p.uniform(1.35, 1.65)
		m := oneOf(p, colour, colour, other)
		p.fill(ellipse(0, y1+0.05, r, max(flat, 0.16)*r), of(m.times(0.6)))
		p.fill(ellipse(0, y1, r, max(flat, 0.16)*r), of(m))
		p.fill(ellipse(0, y1+0.01, 0.62*r, 0.62*max(flat, 0.16)*r), of(m.times(0.8)))
	}

	// The handle joins the wall at two heights.
	a, b := p.uniform(0.12, 0.28), p.uniform(0.62, 0.85)
	reach, thick := p.uniform(0.3, 0.5), p.uniform(0.1, 0.19)
	lean := 1.0
	front := p.chance(0.2) // it is turned towards us
	if front {
		lean, reach = p.uniform(0.75, 0.9), 0.8*reach+0.1
	}
	xa, xb, ya, yb := wall(a)*lean-0.04, wall(b)*lean-0.04, y0+a*height, y0+b*height
	far := max(xa, xb) + reach
	var path []point
	switch p.rng.IntN(4) {
	case 0: // ear
		path = smooth([]point{{xa, ya}, {far - 0.1, ya - 0.06}, {far, ya + 0.3*(yb-ya)}, {far - 0.15, ya + 0.7*(yb-ya)}, {xb, yb}}, false)
	case 1: // half a ring
		path = smooth([]point{{xa, ya}, {far - 0.12, ya + 0.08*(yb-ya)}, {far, (ya + yb) / 2}, {far - 0.12, yb - 0.08*(yb-ya)}, {xb, yb}}, false)
	case 2: // square
		path = []point{{xa, ya}, {far - 0.07, ya}, {far, ya + 0.07}, {far, yb - 0.07}, {far - 0.07, yb}, {xb, yb}}
	default: // swung over the rim
		path = smooth([]point{{xa, ya}, {xa + 0.5*reach, ya - 0.12}, {far, ya + 0.1*(yb-ya)}, {far - 0.05, ya + 0.55*(yb-ya)}, {xb, yb}}, false)
	}
	handle := func() {
		m := glossy(oneOf(p, colour.times(0.88), colour.times(0.88), colour.times(0.88), other), 0.2)
		q := p.tell()
		q.fill(stroke(thick, thick*p.uniform(0.7, 1), path), material{colour: m.colour.times(0.7)})
		q.fill(stroke(0.7*thick, 0.6*thick, path).moved(move(-0.012, -0.02)), m)
	}
	if !front {
		handle()
	}

	// The body, its rim and what is in it.
	var left, right []point
	for i := range 13 {
		t := float64(i) / 12
		left = append(left, point{-wall(t), y0 + t*height})
		right = append(right, point{wall(1 - t), y0 + (1-t)*height})
	}
	outline := append(append(left, arc(0, y1, foot, 0.7*flat*foot, 180, 0)...), right...)
	body := shape{clockwise(append(outline, arc(0, y0, top, flat*top, 0, -180)...))}
	m := glossy(colour, p.uniform(0.1, 0.5))
	m.second, m.strength, m.seed = other, p.uniform(0.6, 1), p.rng.Uint32()
	m.pattern = oneOf(p, plain, plain, stripes, dots, checks, patches, grain, scales, noise)
	m.scale, m.angle = p.uniform(2.5, 6), oneOf(p, 0.0, 0, 90, 45, p.uniform(-90, 90))
	m.light = 0.3
	p.fill(body, m)
	if p.chance(0.3) { // a band around
		t, w := p.uniform(0.2, 0.7), p.uniform(0.05, 0.2)
		band := append(arc(0, y0+t*height, wall(t), flat*wall(t), 180, 0), arc(0, y0+(t+w)*height, wall(t+w), flat*wall(t+w), 0, 180)...)
		p.fill(shape{clockwise(band)}, glossy(other, 0.2))
	}
	rim := p.uniform(0.82, 0.92)
	p.fill(ellipse(0, y0, top, flat*top), of(oneOf(p, colour.mix(rgb{1, 1, 1}, 0.35), other)))
	p.fill(ellipse(0, y0, rim*top, rim*flat*top), material{colour: oneOf(p, colour, rgb{0.95, 0.93, 0.9}).times(0.6), light: -0.2})
	if p.chance(0.75) { // tea, coffee or milk
		k := rim * p.uniform(0.75, 0.95)
		p.fill(ellipse(0, y0+(rim-k)*flat*top, k*top, k*flat*top), glossy(oneOf(p, rgb{0.25, 0.13, 0.06}, rgb{0.6, 0.28, 0.08}, rgb{0.78, 0.6, 0.42}, rgb{0.9, 0.88, 0.82}, rgb{0.45, 0.55, 0.2}), 0.3))
	}
	if front {
		handle()
	}
	if p.chance(0.15) { // steam
		var steam shape
		for x := -0.25; x < 0.3; x += 0.25 {
			d, h := p.uniform(0.05, 0.1), p.uniform(0.4, 0.6)
			steam = join(steam, stroke(0.05, 0.02, smooth([]point{{x, y0 - 0.1}, {x + d, y0 - 0.1 - h/3}, {x - d, y0 - 0.1 - 2*h/3}, {x + d/2, y0 - 0.1 - h}}, false)))
		}
		p.fill(steam, material{colour: rgb{0.92, 0.93, 0.95}})
	}
}

func clock(p *pen) {
	pendulum, bells, lid := p.chance(0.12), p.chance(0.22), p.chance(0.15)
	bells = bells && !pendulum
	face := dial(p, bells, pendulum, !bells && !pendulum && lid)
	p = p.within(face.at)
	if p.chance(0.12) {
		face.rose(p)
	}
	q := p.tell()
	colour := against(p, face.colour)
	minute := p.uniform(0, 360)
	hour := minute + oneOf(p, -1.0, 1)*p.uniform(25, 155)
	wide, long := p.uniform(0.09, 0.15), p.uniform(0.68, 0.84)
	short := long * p.uniform(0.52, 0.7)
	tail := oneOf(p, 0, 0, p.uniform(0.08, 0.18))
	var hands shape
	switch p.rng.IntN(4) {
	case 0: // bars
		hands = join(spoke(wide, -tail, long, minute), spoke(1.35*wide, -tail, short, hour))
	case 1: // tapering to a point
		hands = join(stroke(1.3*wide, 0.2*wide, []point{polar(-tail, minute), polar(long, minute)}), stroke(1.8*wide, 0.3*wide, []point{polar(-tail, hour), polar(short, hour)}))
	case 2: // widening outwards
		hands = join(stroke(0.5*wide, 1.1*wide, []point{{}, polar(long, minute)}), stroke(0.7*wide, 1.4*wide, []point{{}, polar(short, hour)}))
	default: // with a disc near the tip
		a, b := polar(0.7*long, minute), polar(0.65*short, hour)
		hands = join(spoke(0.65*wide, -tail, long, minute), spoke(0.75*wide, -tail, short, hour), disc(a.x, a.y, 0.65*wide), disc(b.x, b.y, 0.85*wide))
	}
	q.fill(hands, material{colour: colour})
	if p.chance(0.4) { // a second hand
		q.fill(spoke(0.025, -0.15, p.uniform(0.7, 0.85), p.uniform(0, 360)), of(hsv(p.uniform(-20, 30), 0.85, 0.85)))
	}
	q.fill(disc(0, 0, wide*p.uniform(0.7, 1.1)), glossy(oneOf(p, colour, colour, rgb{0.8, 0.65, 0.3}), 0.4))
}

func compass(p *pen) {
	face := dial(p, false, false, p.chance(0.2))
	p = p.within(face.at)
	if p.chance(0.4) {
		face.rose(p)
	}
	q := p.within(turn(p.uniform(0, 360))).tell()
	north := hsv(oneOf(p, p.uniform(-15, 20), p.uniform(0, 360)), p.uniform(0.7, 0.95), p.uniform(0.65, 0.95))
	south := against(p, face.colour)
	if p.chance(0.5) {
		south = oneOf(p, rgb{0.97, 0.97, 0.97}, rgb{0.2, 0.22, 0.26}, rgb{0.15, 0.3, 0.65})
	}
	long, wide := p.uniform(0.68, 0.84), p.uniform(0.12, 0.22)
	// A dark edge, then each half with a lit and a dark side.
	q.fill(polygon(0, -long-0.05, wide+0.025, 0, 0, long+0.05, -wide-0.025, 0), material{colour: oneOf(p, rgb{0.15, 0.15, 0.17}, rgb{0.45, 0.42, 0.38})})
	q.fill(polygon(0, -long, wide, 0, -wide, 0), material{colour: north})
	q.fill(polygon(0, long, wide, 0, -wide, 0), material{colour: south})
	if p.chance(0.6) {
		q.fill(polygon(0, -long, wide, 0, 0, 0), material{colour: north.times(0.7)})
		q.fill(polygon(0, long, wide, 0, 0, 0), material{colour: south.times(0.75)})
	}
	q.fill(disc(0, 0, wide*p.uniform(0.35, 0.6)), glossy(oneOf(p, rgb{0.85, 0.7, 0.35}, rgb{0.3, 0.3, 0.32}), 0.5))
}

// face is what a dial is ready to take a clock's hands or a compass's needle:
// where the circle of radius 1 lies, and the colours of its ground and marks.
type face struct {
	at          transform
	colour, ink rgb
}

// rose is a star on the face.
func (f face) rose(p *pen) {
	a := oneOf(p, 0.0, 22.5, 45)
	r := p.uniform(0.4, 0.7)
	p.fill(join(spiked(0.7*r, 0.15*r, 4, a+45), spiked(r, 0.15*r, 4, a)), of(f.colour.mix(f.ink, p.uniform(0.25, 0.5))))
}

// dial is the case and face of a clock or a compass.
func dial(p *pen, bells, pendulum, lid bool) face {
	rim := paintwork(p)
	if p.chance(0.45) {
		rim = oneOf(p, hsv(p.uniform(36, 48), p.uniform(0.5, 0.75), p.uniform(0.6, 0.9)), timber(p), rgb{0.72, 0.73, 0.76})
	}
	f := face{colour: hsv(p.uniform(0, 360), p.uniform(0, 0.15), p.uniform(0.85, 1))}
	if p.chance(0.3) {
		f.colour = hsv(p.uniform(0, 360), p.uniform(0, 0.9), oneOf(p, p.uniform(0.1, 0.3), p.uniform(0.5, 0.95)))
	}
	f.ink = against(p, f.colour)
	metal := oneOf(p, rgb{0.75, 0.76, 0.8}, rgb{0.82, 0.66, 0.32}, rim)
	f.at = scale(0.8, 0.8)
	if p.chance(0.35) { // seen from aside or above
		k := p.uniform(0.65, 0.95)
		f.at = f.at.then(oneOf(p, scale(k, 1), scale(1, k)))
	}
	p = p.within(f.at)

	// The case, as deep as it is moved.
	width := p.uniform(1.1, 1.3)
	outline := disc(0, 0, width)
	switch {
	case bells || lid:
	case p.chance(0.2):
		outline = round(-width, -width, width, width, p.uniform(0.05, 0.5))
	case p.chance(0.15):
		outline = spiked(1.1*width, 1.1*width, 4, 22.5) // eight corners
	case p.chance(0.1):
		outline = spiked(1.35*width, width, 8+p.rng.IntN(9), 90) // the sun
	}
	wood := patterned(rim, rim.times(0.7), oneOf(p, plain, plain, grain), p.uniform(3, 7), p.uniform(-20, 20), 0.7)
	wood.shine = p.uniform(0, 0.4)
	if pendulum {
		y := p.uniform(2.2, 2.9)
		p.fill(round(-0.75, 0.5, 0.75, y+0.45, 0.1), wood)
		p.fill(round(-0.58, 0.5, 0.58, y+0.3, 0.06), of(rim.times(0.35)))
		p.fill(join(line(0.07, 0, 1, p.uniform(-0.2, 0.2), y-0.1), disc(p.uniform(-0.22, 0.22), y-0.1, 0.28)), glossy(metal, 0.6))
	}
	if bells {
		feet := join(line(0.2, -0.6, 0.9, -0.95, 1.45), line(0.2, 0.6, 0.9, 0.95, 1.45), line(0.12, 0, -1, 0, -1.5), line(0.1, -0.7, -0.9, -0.8, -1.25), line(0.1, 0.7, -0.9, 0.8, -1.25))
		p.fill(feet, of(metal.times(0.7)))
		p.fill(join(pie(0, 0, 0.52, 0.45, 180, 360).moved(turn(-38).then(move(-0.78, -1.1))), pie(0, 0, 0.52, 0.45, 180, 360).moved(turn(38).then(move(0.78, -1.1)))), glossy(metal, 0.6))
	}
	if lid { // open, behind
		p.fill(ellipse(0, -width*1.45, width, width*0.75), wood)
		p.fill(ellipse(0, -width*1.45, 0.85*width, width*0.62), of(rim.times(0.55)))
	}
	if !bells && !lid && !pendulum && p.chance(0.3) { // a knob and a ring
		p.fill(ring(0, -width-0.32, 0.2, 0.09), of(metal.times(0.85)))
		p.fill(round(-0.14, -width-0.24, 0.14, -width+0.1, 0.05), glossy(metal, 0.4))
	}
	depth := p.uniform(0, 0.12)
	p.fill(outline.moved(move(depth*p.uniform(-1, 1), depth)), of(rim.times(0.55)))
	p.fill(outline, wood)
	if p.chance(0.5) {
		p.fill(disc(0, 0, 1.07), of(rim.times(oneOf(p, 0.6, 1.4))))
	}
	p.fill(disc(0, 0, 1), material{colour: f.colour, light: p.uniform(0, 0.12)})

	// The marks around.
	var marks shape
	big, small := p.uniform(0.1, 0.22), p.uniform(0.03, 0.08)
	style, every := p.rng.IntN(5), oneOf(p, 1, 1, 3)
	for i := range 12 {
		a := 30 * float64(i)
		w := 0.05
		if i%3 == 0 {
			w = 0.08
		}
		switch {
		case i%every != 0:
			marks = join(marks, spoke(0.03, 0.88, 0.92, a))
		case style == 0: // dots
			at := polar(0.82, a)
			marks = join(marks, disc(at.x, at.y, 0.9*w))
		case style == 1: // strokes like numerals
			for j := range 1 + i%3 {
				marks = join(marks, spoke(0.035, 0.72, 0.92, a+7*(float64(j)-float64(i%3)/2)))
			}
		case style == 2 && i%3 == 0: // wedges at the quarters
			l, r, m := polar(0.93, a-6), polar(0.93, a+6), polar(0.7, a)
			marks = join(marks, polygon(l.x, l.y, r.x, r.y, m.x, m.y))
		default:
			marks = join(marks, spoke(w, 0.92-big, 0.92, a))
		}
	}
	if p.chance(0.35) { // minutes or degrees
		for i := range 60 {
			marks = join(marks, spoke(0.018, 0.96-small, 0.96, 6*float64(i)))
		}
	}
	if p.chance(0.2) {
		marks = join(marks, ring(0, 0, p.uniform(0.5, 0.66), 0.025))
	}
	p.fill(marks, material{colour: f.ink})
	return f
}
