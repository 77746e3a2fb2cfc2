package scenes

import "math"

// rubber is the colour of tyres.
func rubber(p *pen) rgb { return hsv(p.uniform(0, 360), 0.1, p.uniform(0.08, 0.2)) }

// bicycle looks to the right.
func bicycle(p *pen) {
	r := p.uniform(0.36, 0.43)
	if p.chance(0.25) { // seen a little from ahead or behind
		p = p.within(scale(p.uniform(0.65, 0.9), 1))
	}
	base := p.uniform(0.6, 0.7) // half the distance of the axles
	kind := p.rng.IntN(5)       // road, city, step-through, mountain, BMX
	tyre, tube := p.uniform(0.035, 0.06), p.uniform(0.06, 0.085)
	seat, bar := p.uniform(-0.42, -0.32), p.uniform(-0.48, -0.36)
	switch kind {
	case 0:
		tyre, tube = 0.035, 0.055
	case 3:
		tyre = p.uniform(0.07, 0.09)
	case 4:
		r, base, tyre = p.uniform(0.29, 0.33), p.uniform(0.52, 0.58), 0.08
		seat, bar = p.uniform(-0.2, -0.1), p.uniform(-0.5, -0.4)
	}
	rear, front := point{-base, 0.4}, point{base, 0.4}
	colour := paintwork(p)
	black, chrome := rubber(p), oneOf(p, rgb{0.78, 0.79, 0.82}, rgb{0.78, 0.79, 0.82}, rgb{0.25, 0.25, 0.28})

	// The wheels.
	var spokes, rims, tyres shape
	n, solid := 8+2*p.rng.IntN(5), p.chance(0.12)
	for _, c := range []point{rear, front} {
		a := p.uniform(0, 90)
		for i := range n {
			spokes = join(spokes, spoke(0.014, 0.03, r-tyre, a+360*float64(i)/float64(n)).moved(move(c.x, c.y)))
		}
		if solid {
			spokes = join(spokes, disc(c.x, c.y, r-tyre))
		}
		rims = join(rims, ring(c.x, c.y, r-tyre, 0.03), disc(c.x, c.y, 0.045))
		tyres = join(tyres, ring(c.x, c.y, r-tyre/2, tyre))
	}
	p.fill(spokes, of(chrome.times(0.9)))
	p.fill(rims, of(chrome))
	p.fill(tyres, of(oneOf(p, black, black, black, black, black, rgb{0.8, 0.72, 0.58}, paintwork(p))))

	// The joints of the frame.
	bottom := point{p.uniform(-0.12, -0.02), p.uniform(0.4, 0.45)}
	lean := p.uniform(0.14, 0.2)
	at := func(y float64) point { return point{bottom.x - lean*(bottom.y-y)/0.7, y} } // on the seat tube
	top := at(seat + p.uniform(0.1, 0.18))
	headLow := point{base - p.uniform(0.14, 0.18), p.uniform(-0.14, -0.06)}
	if kind == 4 {
		headLow.y = 0.05
	}
	rake := (front.x - headLow.x) / (front.y - headLow.y) * 0.55
	head := func(y float64) point { return point{headLow.x + rake*(y-headLow.y), y} } // on the steerer
	headTop := head(headLow.y - p.uniform(0.12, 0.18))
	if kind == 4 {
		bar = headTop.y - 0.06
	}
	stem := head(min(bar, headTop.y-0.03))

	if p.chance(0.35) && kind != 4 { // fenders
		var fenders shape
		for _, w := range []struct {
			c        point
			from, to float64
		}{{rear, 170, 300}, {front, 200, 320}} {
			fenders = join(fenders, stroke(0.045, 0.045, arc(w.c.x, w.c.y, r+0.035, r+0.035, w.from, w.to)))
		}
		p.fill(fenders, of(oneOf(p, colour, chrome, black)))
	}
	if p.chance(0.3) && kind != 4 { // a carrier
		y := rear.y - r - 0.09
		p.fill(join(line(0.04, rear.x-0.25, y, at(y).x, y), line(0.025, rear.x-0.2, y, rear.x, rear.y), line(0.025, rear.x+0.05, y, rear.x, rear.y)), of(black))
	}
	q := p.tell()
	m := glossy(colour, 0.2)
	through := func(w float64, ps ...point) shape { return stroke(w, w, ps) }
	stays := join(through(0.65*tube, rear, bottom), through(0.6*tube, rear, between(top, bottom, 0.06)))
	fork := through(0.75*tube, headLow, between(headLow, point{front.x - 0.06, front.y}, 0.65), front)
	q.fill(join(stays, fork), of(colour.times(0.8)))
	frame := join(through(tube, bottom, top), through(1.25*tube, headTop, headLow))
	low := between(headTop, headLow, 0.75)
	switch {
	case kind == 2 && p.chance(0.5): // the curved tube of a step-through
		frame = join(frame, stroke(1.2*tube, 1.2*tube, smooth([]point{low, between(low, bottom, 0.45), {bottom.x + 0.13, bottom.y - 0.12}, bottom}, false)))
	case kind == 2: // two tubes low
		frame = join(frame, through(tube, low, bottom), through(tube, between(headTop, headLow, 0.2), between(top, bottom, 0.62)))
	default:
		frame = join(frame, through(1.1*tube, low, bottom), through(tube, between(headTop, headLow, 0.25), between(top, bottom, p.uniform(0.02, 0.2))))
	}
	q.fill(frame, m)

	// The handlebar.
	grip := black
	bars := through(0.6*tube, headTop, stem)
	s := stem
	var grips shape
	switch {
	case kind == 0 || kind == 1 && p.chance(0.3): // dropped
		bars = join(bars, curve(0.045, s.x, s.y, s.x+0.14, s.y, s.x+0.2, s.y+0.07, s.x+0.13, s.y+0.17, s.x, s.y+0.16))
		grips = curve(0.055, s.x+0.2, s.y+0.07, s.x+0.13, s.y+0.17, s.x, s.y+0.16)
	case kind == 1 || kind == 2: // swept back
		back, up := p.uniform(0.18, 0.28), p.uniform(0.02, 0.1)
		bars = join(bars, curve(0.045, s.x, s.y, s.x+0.08, s.y-up, s.x-0.05, s.y-up-0.02, s.x-back, s.y-up+0.04))
		grips = line(0.065, s.x-back+0.1, s.y-up+0.015, s.x-back-0.02, s.y-up+0.04)
	case kind == 3: // straight
		bars = join(bars, line(0.05, s.x, s.y, s.x+0.07, s.y-0.03))
		grips = line(0.08, s.x+0.04, s.y-0.03, s.x-0.06, s.y)
	default: // high
		bars = join(bars, line(0.05, s.x, s.y, s.x+0.04, s.y-0.2, s.x-0.08, s.y-0.22), line(0.04, s.x+0.02, s.y-0.1, s.x-0.03, s.y-0.12))
		grips = line(0.075, s.x+0.01, s.y-0.21, s.x-0.1, s.y-0.22)
	}
	q.fill(bars, of(oneOf(p, chrome, black, colour)))
	q.fill(grips, of(oneOf(p, grip, timber(p))))

	// Saddle, cranks and chain.
	post := at(seat)
	p.fill(through(0.6*tube, top, post), of(chrome))
	long, fat := p.uniform(0.14, 0.19), p.uniform(0.05, 0.09)
	p.fill(blob(post.x-long, post.y-0.05, post.x-0.6*long, post.y-0.07, post.x+long, post.y-0.04, post.x+1.1*long, post.y, post.x, post.y+0.1*fat, post.x-0.7*long, post.y+fat), of(oneOf(p, black, black, timber(p), paintwork(p))))
	cog := p.uniform(0.08, 0.12)
	chain := join(line(0.018, bottom.x, bottom.y-cog, rear.x, rear.y-0.04), line(0.018, bottom.x, bottom.y+cog, rear.x, rear.y+0.04))
	p.fill(join(chain, ring(bottom.x, bottom.y, cog-0.015, 0.035)), of(black.times(1.3)))
	if p.chance(0.25) { // a chain guard
		p.fill(rounded(0.1, bottom.x+cog+0.05, bottom.y-cog-0.03, rear.x-0.05, rear.y-0.07, rear.x-0.05, rear.y+0.05, bottom.x+cog+0.05, bottom.y+cog+0.02), of(oneOf(p, colour, colour.times(0.7), black)))
	}
	a := p.uniform(0, 180)
	up, down := polar(0.2, a), polar(-0.2, a)
	pedal := func(c point) shape { return line(0.045, c.x-0.06, c.y, c.x+0.06, c.y) }
	p.fill(join(line(0.035, up.x, up.y, down.x, down.y), disc(0, 0, 0.05), pedal(up), pedal(down)).moved(move(bottom.x, bottom.y)), of(chrome.times(0.6)))

	if (kind == 1 || kind == 2) && p.chance(0.6) { // a basket
		x, y, w, h := s.x+0.08, s.y+0.02, p.uniform(0.3, 0.4), p.uniform(0.2, 0.28)
		c := oneOf(p, timber(p), black, rgb{0.9, 0.9, 0.9})
		p.fill(rounded(0.05, x, y, x+w, y, x+w-0.06, y+h, x+0.05, y+h), patterned(c, c.times(0.5), oneOf(p, checks, bricks, stripes), 14, 0, 0.8))
		p.fill(line(0.035, x-0.01, y, x+w+0.01, y), of(c.times(0.8)))
	} else if p.chance(0.3) { // a lamp
		p.fill(pie(headTop.x+0.07, headTop.y, 0.07, 0.07, 90, 270), of(black))
		p.fill(ellipse(headTop.x+0.08, headTop.y, 0.03, 0.07), of(rgb{1, 0.95, 0.7}))
	}
}

// boat has its bow to the right.
func boat(p *pen) {
	kind := p.rng.IntN(6)
	length, depth := 1.0, p.uniform(0.28, 0.42)
	sheer := p.uniform(0.04, 0.14) // how much higher the bow is
	rake := p.uniform(0.1, 0.32)   // how far the bow hangs over
	transom := p.uniform(0, 0.14)
	if kind == 4 {
		depth = p.uniform(0.36, 0.48)
	}
	if kind == 5 {
		depth, sheer = p.uniform(0.32, 0.45), p.uniform(0.02, 0.08)
	}
	deck := func(x float64) float64 { // the height of the rail
		t := (x/length + 1) / 2
		return -0.05*(1-t) - 1.6*sheer*t*t + sheer*0.6*t
	}
	var rail []point
	for i := range 13 {
		x := -length + 2*length*float64(i)/12
		rail = append(rail, point{x, deck(x)})
	}
	bottom := depth
	full := p.uniform(0.55, 0.8) // where the bottom begins to rise
	keel := smooth([]point{{length, deck(length)}, {length - 0.45*rake, 0.45 * bottom}, {full, 0.93 * bottom}, {0, bottom}, {-0.75, 0.95 * bottom}, {-length + transom, 0.7 * bottom}}, false)
	if kind == 5 || p.chance(0.2) { // flat, as of a ship
		keel = smooth([]point{{length, deck(length)}, {length - 0.5*rake, 0.5 * bottom}, {length - rake, bottom}}, false)
		keel = append(keel, point{-length + transom + 0.04, bottom}, point{-length + transom, 0.8 * bottom})
	}
	hull := shape{clockwise(append(append([]point{}, rail...), keel[1:]...))}
	// below is the hull under a level line.
	below := func(y float64) shape {
		var ps []point
		for i, c := range hull[0] {
			d := hull[0][(i+1)%len(hull[0])]
			if c.y >= y {
				ps = append(ps, c)
			}
			if (c.y >= y) != (d.y >= y) {
				ps = append(ps, between(c, d, (y-c.y)/(d.y-c.y)))
			}
		}
		return shape{ps}
	}

	colour := paintwork(p)
	if p.chance(0.3) {
		colour = timber(p)
	}
	second := oneOf(p, against(p, colour), paintwork(p), rgb{0.65, 0.15, 0.12})
	white := rgb{0.93, 0.93, 0.9}.times(p.uniform(0.9, 1.05))
	q := p.tell()
	paintHull := func() {
		m := patterned(colour, colour.times(0.65), oneOf(p, plain, plain, stripes, grain), p.uniform(5, 10), 0, 0.7)
		m.angle = 90
		if m.pattern == grain {
			m.angle = 0
		}
		m.light, m.seed = 0.3, p.rng.Uint32()
		q.fill(hull, m)
		if p.chance(0.55) { // painted under the waterline
			q.fill(below(bottom*p.uniform(0.5, 0.75)), of(second.times(0.85)))
		}
		if p.chance(0.6) { // a strake along the rail
			w := p.uniform(0.05, 0.09)
			q.fill(stroke(w, w, rail), of(oneOf(p, second, colour.times(0.6), white)))
		}
	}
	portholes := func(q *pen, x0, x1, y, r float64, n int) {
		var s, t shape
		for i := range n {
			x := x0 + (x1-x0)*(float64(i)+0.5)/float64(n)
			s, t = join(s, disc(x, y, 1.35*r)), join(t, disc(x, y, r))
		}
		q.fill(s, of(white))
		q.fill(t, glossy(rgb{0.2, 0.3, 0.4}, 0.3))
	}
	cabin := func(x0, x1, y0, y1, slant float64, c rgb) { // with its windows
		p.fill(rounded(0.04, x0, y1, x0+0.4*slant, y0, x1-slant, y0, x1, y1), of(c))
		h := y1 - y0
		var glass shape
		n := max(1, int((x1-x0-slant)/p.uniform(0.17, 0.28)))
		for i := range n {
			a, b := x0+0.05+(x1-slant-x0-0.07)*float64(i)/float64(n), x0+0.02+(x1-slant-x0-0.07)*float64(i+1)/float64(n)
			glass = join(glass, round(a, y0+0.2*h, b, y0+0.55*h, 0.03))
		}
		p.fill(glass, glossy(rgb{0.25, 0.38, 0.48}, 0.4))
		p.fill(line(0.05, x0+0.4*slant-0.04, y0, x1-slant+0.05, y0), of(oneOf(p, second, c.times(0.7))))
	}

	switch kind {
	case 0, 1: // sailing boat
		mast, high := p.uniform(-0.1, 0.25), p.uniform(1.2, 1.7)
		wood := oneOf(p, timber(p), rgb{0.85, 0.86, 0.88}, rgb{0.3, 0.25, 0.22})
		cloth := func() material {
			c := oneOf(p, white, white, paintwork(p))
			m := patterned(c, oneOf(p, c.times(0.8), against(p, c), paintwork(p)), oneOf(p, plain, plain, stripes), p.uniform(1.5, 5), oneOf(p, 0.0, 90, 80), p.uniform(0.5, 1))
			m.light = 0.15
			return m
		}
		p.fill(line(0.05, mast, 0, mast, -high), of(wood))
		foot, tip := -p.uniform(0.14, 0.24), -high*p.uniform(0.9, 0.98)
		clew := -p.uniform(0.65, 0.9)
		belly := p.uniform(0.02, 0.12)
		main := shape{clockwise(append(smooth([]point{{mast - 0.04, tip}, {(mast+clew)/2 - belly, (tip + foot) / 2}, {clew, foot}}, false), point{mast - 0.04, foot}))}
		if p.chance(0.25) { // with a gaff
			main = polygon(mast-0.04, 0.62*tip, clew*0.6, tip, clew, foot, mast-0.04, foot)
		}
		p.fill(main, cloth())
		p.fill(line(0.04, mast, foot, clew-0.03, foot), of(wood))
		if p.chance(0.7) { // a jib
			x, t := p.uniform(0.8, 0.97), tip*p.uniform(0.75, 1)
			p.fill(shape{clockwise(append(smooth([]point{{x, deck(x) - 0.06}, {(mast+x)/2 + belly, (t + foot) / 2}, {mast + 0.03, t}}, false), point{mast + 0.06, foot - 0.03}))}, cloth())
		}
		if p.chance(0.4) { // a pennant
			p.fill(polygon(mast, -high, mast, -high+0.14, mast-p.uniform(0.15, 0.3), -high+0.07), of(second))
		}
		if p.chance(0.4) {
			cabin(-0.3, p.uniform(0.2, 0.5), -0.17, 0.05, 0.1, white)
		}
		paintHull()
	case 2: // rowing boat, whose inside shows
		in := p.uniform(0.1, 0.17)
		far := append(append([]point{}, rail...), smooth([]point{{length, deck(length)}, {0.45, deck(0.45) - 0.7*in}, {-0.3, deck(-0.3) - in}, {-length, deck(-length)}}, false)[1:]...)
		q.fill(shape{clockwise(far)}, of(colour.times(0.5)))
		for x := -0.6; x < 0.6; x += 0.5 { // thwarts
			p.fill(polygon(x, deck(x), x+0.13, deck(x), x+0.17, deck(x)-0.8*in, x+0.06, deck(x)-0.8*in), of(colour.mix(white, 0.3)))
		}
		paintHull()
		if p.chance(0.75) { // an oar or two
			wood := of(oneOf(p, timber(p), white))
			for i := range 1 + p.rng.IntN(2) {
				x, a := p.uniform(-0.3, 0.1)+0.5*float64(i), p.uniform(30, 75)
				oar := join(line(0.045, 0, -0.35, 0, 0.55), ellipse(0, 0.62, 0.07, 0.17))
				p.fill(oar.moved(turn(a).then(move(x, deck(x)-0.02))), wood)
			}
		}
	case 3: // fishing boat
		x := p.uniform(-0.6, 0.05)
		w, h := p.uniform(0.4, 0.6), p.uniform(0.38, 0.55)
		mast := x + w + p.uniform(0.05, 0.2)
		wood := oneOf(p, timber(p), rgb{0.35, 0.35, 0.38})
		p.fill(join(line(0.045, mast, 0, mast, -h-0.45), line(0.03, mast, -0.2, mast+p.uniform(0.2, 0.4), -h-0.2), line(0.012, mast, -h-0.45, 0.95, deck(0.95)), line(0.012, mast, -h-0.45, -0.95, deck(-0.95))), of(wood))
		cabin(x, x+w, -h, 0.05, p.uniform(-0.04, 0.1), oneOf(p, white, paintwork(p)))
		paintHull()
		if p.chance(0.5) { // tyres as fenders
			var s shape
			for x := -0.6; x < 0.6; x += 0.4 {
				s = join(s, ring(x, 0.25*bottom, 0.07, 0.05))
			}
			q.fill(s, of(rubber(p)))
		}
	case 4: // motor boat
		x := p.uniform(-0.25, 0)
		if p.chance(0.5) {
			h := p.uniform(0.3, 0.42)
			p.fill(rounded(0.08, x+0.05, 0.05, x+0.15, -0.17, 0.7, deck(0.7)-0.03, 0.85, 0.05), of(colour.mix(white, 0.6)))
			cabin(x-0.35, x+0.45, -h, 0.05, p.uniform(0.15, 0.3), oneOf(p, white, colour.mix(white, 0.5)))
		} else {
			p.fill(polygon(x, 0, x+0.1, -0.36, x+0.18, -0.36, x+0.5, deck(x+0.5)), glossy(rgb{0.45, 0.62, 0.72}, 0.4)) // wind screen
			p.fill(join(line(0.04, x, 0, x+0.12, -0.38), line(0.035, x+0.12, -0.38, x+0.52, deck(x+0.5))), of(white.times(0.85)))
			p.fill(join(round(x-0.4, -0.28, x-0.25, 0.1, 0.05), round(x-0.75, -0.24, x-0.6, 0.1, 0.05)), of(second)) // seats
		}
		if p.chance(0.7) { // the outboard motor
			p.fill(join(round(-1.16, -0.28, -0.94, -0.05, 0.06), rectangle(-1.08, -0.05, -1, bottom), round(-1.16, bottom-0.08, -0.96, bottom, 0.03)), of(oneOf(p, rubber(p), white, second)))
		}
		paintHull()
		y := bottom * p.uniform(0.1, 0.25)
		q.fill(polygon(-0.95, y, 0.8, y-0.06, -0.1, y+0.1, -0.93, y+0.1), of(second))
	default: // ship
		y := -p.uniform(0.2, 0.28)
		for i := range 1 + p.rng.IntN(2) { // funnels
			x := -0.5 + 0.45*float64(i) + p.uniform(-0.08, 0.08)
			w, top := p.uniform(0.18, 0.26), y-p.uniform(0.5, 0.7)
			p.fill(polygon(x, y, x-0.05, top, x-0.05+w, top, x+w, y), of(oneOf(p, second, paintwork(p))))
			p.fill(polygon(x-0.05, top-0.01, x-0.05+w, top-0.01, x-0.04+w, top+0.09, x-0.04, top+0.09), of(rgb{0.12, 0.12, 0.13}))
		}
		p.fill(line(0.035, 0.55, 0, 0.52, y-0.55), of(rgb{0.3, 0.3, 0.33}))
		cabin(-0.75, p.uniform(0.35, 0.55), y, 0.05, 0.08, white)
		if p.chance(0.6) {
			cabin(-0.45+p.uniform(0, 0.3), 0.3, y-0.2, y+0.02, 0.05, white.times(0.95))
		}
		paintHull()
		portholes(q, -0.8, 0.75, 0.3*bottom, 0.035, 5+p.rng.IntN(5))
	}
}

// profile is the side of a car that looks to the right, 2 long: where its cabin
// stands at the belt and at the roof, and how high it is.
type profile struct{ rearLow, rearTop, frontTop, frontLow, high float64 }

var profiles = []profile{
	{-0.72, -0.44, 0.12, 0.46, 0.3},  // sedan
	{-0.93, -0.74, 0.08, 0.44, 0.32}, // hatchback
	{-0.96, -0.85, 0.08, 0.42, 0.31}, // estate
	{-0.98, -0.94, 0.42, 0.78, 0.42}, // van
	{-0.86, -0.4, 0.08, 0.46, 0.25},  // coupé
	{-0.22, -0.16, 0.26, 0.54, 0.33}, // pickup
	{-0.8, -0.52, 0.22, 0.52, 0.36},  // town car
	{-0.7, -0.62, 0.3, 0.38, 0.38},   // upright
}

func car(p *pen)  { motorcar(p, false) }
func taxi(p *pen) { motorcar(p, true) }

// livery is what the body of a car is painted with, and what lies on its roof.
type livery struct {
	body, roof, trim, glass rgb
	rack, aerial            bool
	cabin, sign             *pen // one of them tells the class
	taxi                    bool
}

// motorcar is a car or a taxi, which has a sign on its roof.
func motorcar(p *pen, taxi bool) {
	l := livery{
		body: paintwork(p), trim: oneOf(p, rgb{0.15, 0.15, 0.17}, rgb{0.78, 0.79, 0.82}),
		glass: hsv(p.uniform(190, 225), p.uniform(0.1, 0.5), oneOf(p, p.uniform(0.15, 0.35), p.uniform(0.6, 0.9))),
		rack:  p.chance(0.25), aerial: p.chance(0.25), cabin: p, sign: p, taxi: taxi,
	}
	l.roof = l.body
	if p.chance(0.15) {
		l.roof = paintwork(p)
	}
	if taxi {
		l.sign, l.rack = p.tell(), false
	} else {
		l.cabin = p.tell()
	}
	if p.chance(0.13) {
		l.front(p)
	} else {
		l.side(p)
	}
}

// lamp is the sign of a taxi, so wide, standing on the roof at (x, y).
func (l livery) lamp(p *pen, x, y, width float64) {
	high := p.uniform(0.13, 0.2)
	colour := oneOf(p, rgb{1, 0.85, 0.2}, rgb{0.98, 0.97, 0.9}, rgb{1, 0.6, 0.15}, rgb{0.3, 0.85, 0.45}, rgb{0.2, 0.2, 0.22})
	if math.Abs(colour.brightness()-l.roof.brightness()) < 0.2 {
		colour = against(p, l.roof)
	}
	ink := against(p, colour)
	w := width / 2
	q := l.sign
	q.fill(rectangle(x-0.8*w, y-0.035, x+0.8*w, y+0.015), of(rgb{0.1, 0.1, 0.12}))
	y -= 0.03
	top := w * p.uniform(0.65, 1)
	switch p.rng.IntN(3) {
	case 0:
		q.fill(rounded(0.04, x-w, y, x-top, y-high, x+top, y-high, x+w, y), glossy(colour, 0.4))
	case 1:
		q.fill(join(pie(x, y-0.4*high, w, 0.65*high, 180, 360), rectangle(x-w, y-0.4*high, x+w, y)), glossy(colour, 0.4))
	default:
		q.fill(round(x-w, y-high, x+w, y, 0.03), glossy(colour, 0.4))
	}
	// What is written on it.
	n := 4
	var letters shape
	for i := range n {
		a := x - 0.55*w + 1.1*w*(float64(i)+0.2)/float64(n)
		letters = join(letters, rectangle(a, y-0.68*high, a+0.6*1.1*w/float64(n), y-0.25*high))
	}
	q.fill(letters, material{colour: ink})
}

// checker is a chequered band.
func (l livery) checker(p *pen, x0, x1, y, cell float64) {
	q := l.sign.within(move(x0, y))
	light := oneOf(p, rgb{0.95, 0.95, 0.95}, rgb{0.98, 0.85, 0.2})
	q.fill(rectangle(0, 0, x1-x0, 2*cell), material{colour: light, second: rgb{0.08, 0.08, 0.1}, pattern: checks, scale: 1 / cell, strength: 1})
}

// side draws a car from the side.
func (l livery) side(p *pen) {
	k := profiles[p.rng.IntN(len(profiles))]
	for _, x := range []*float64{&k.rearLow, &k.rearTop, &k.frontTop, &k.frontLow} {
		*x += p.uniform(-0.04, 0.04)
	}
	var deep point // from the near side to the far one
	if slant := p.uniform(0.3, 0.5); p.chance(0.35) {
		deep = point{slant, -p.uniform(0.06, 0.18)}
		squeeze := scale(p.uniform(0.7, 0.85), 1)
		p, l.cabin, l.sign = p.within(squeeze), l.cabin.within(squeeze), l.sign.within(squeeze)
	}
	k.rearLow, k.rearTop = max(k.rearLow, -0.97), max(k.rearTop, -0.93)
	r := p.uniform(0.155, 0.195)
	sill := 0.5 - p.uniform(0.07, 0.11)
	belt := sill - p.uniform(0.33, 0.42)
	roof := belt - k.high*p.uniform(0.9, 1.25)
	hood := belt + p.uniform(0.01, 0.08)
	tail, nose := belt+p.uniform(-0.01, 0.05), hood+p.uniform(0.06, 0.12)
	soft := p.uniform(0.05, 0.16)
	rear, front := p.uniform(-0.62, -0.54), p.uniform(0.54, 0.63)
	body := glossy(l.body, p.uniform(0.1, 0.4))

	// The cabin, whose windows are one pane behind the pillars.
	at := func(y float64) (float64, float64) { // its ends at a height
		t := (belt - y) / (belt - roof)
		return k.rearLow + (k.rearTop-k.rearLow)*t, k.frontLow + (k.frontTop-k.frontLow)*t
	}
	if l.aerial {
		x := oneOf(p, k.rearTop+0.05, k.frontLow+0.15)
		p.fill(line(0.018, x, belt, x-p.uniform(0.05, 0.2), roof-p.uniform(0.1, 0.25)), of(rgb{0.15, 0.15, 0.15}))
	}
	dome := p.uniform(0, 0.04)
	if deep.x > 0 { // what reaches over to the far side
		over := func(x0, y0, x1, y1 float64) shape {
			return polygon(x0, y0, x1, y1, x1+deep.x, y1+deep.y, x0+deep.x, y0+deep.y)
		}
		at := func(s, t float64) point { // on the nose: across and down
			return point{0.99 + s*deep.x, nose + t*(sill-nose) + s*deep.y}
		}
		dome = 0
		p.fill(disc(front+deep.x, 0.5-r+deep.y, r), of(rgb{0.1, 0.1, 0.11}))
		p.fill(over(-0.96, tail, k.rearLow+0.1, belt), of(l.body.times(1.15)))
		l.cabin.fill(over(k.rearTop+0.03, roof, k.frontTop, roof), of(l.roof.times(1.15)))
		l.cabin.fill(over(k.frontTop-0.02, roof, k.frontLow, belt+0.02), of(l.roof.times(0.9)))
		a, b := between(point{k.frontTop, roof}, point{k.frontLow, belt}, 0.14), between(point{k.frontTop, roof}, point{k.frontLow, belt}, 0.94)
		l.cabin.fill(polygon(a.x+0.1*deep.x, a.y+0.1*deep.y, b.x+0.1*deep.x, b.y+0.1*deep.y, b.x+0.92*deep.x, b.y+0.92*deep.y, a.x+0.92*deep.x, a.y+0.92*deep.y), material{colour: l.glass.times(1.15), light: 0.3})
		p.fill(over(k.frontLow-0.02, belt, 0.88, hood), of(l.body.times(1.15)))
		p.fill(over(0.87, hood, 0.99, nose), of(l.body))
		p.fill(over(0.985, nose-0.01, 1, sill), of(l.body.times(0.75)))
		p.fill(over(1, sill-0.08, 1.01, sill+0.01), of(l.trim))
		c, d, e, f := at(0.3, 0.12), at(0.7, 0.12), at(0.7, 0.5), at(0.3, 0.5)
		p.fill(polygon(c.x, c.y, d.x, d.y, e.x, e.y, f.x, f.y), patterned(rgb{0.1, 0.1, 0.11}, l.trim, stripes, 14, 90, 0.6))
		g, h := at(0.15, 0.3), at(0.85, 0.3)
		p.fill(join(ellipse(g.x, g.y, 0.05, 0.06), ellipse(h.x, h.y, 0.05, 0.06)), glossy(rgb{1, 0.97, 0.8}, 0.5))
	}
	l.cabin.fill(rounded(soft, k.rearLow-0.02, belt+0.05, k.rearTop, roof, (k.rearTop+k.frontTop)/2, roof-dome, k.frontTop, roof, k.frontLow+0.03, belt+0.05), glossy(l.roof, 0.2))
	y0, y1 := roof+p.uniform(0.045, 0.065), belt-0.005
	a0, b0 := at(y0)
	a1, b1 := at(y1)
	in := p.uniform(0.05, 0.08)
	if k.high > 0.4 && p.chance(0.5) { // a van without windows behind
		a0, a1 = 0.1, 0.1
	}
	l.cabin.fill(rounded(0.4*soft, a0+in, y0, b0-in, y0, b1-in, y1, a1+in, y1), material{colour: l.glass, light: 0.35})
	door := (k.rearTop+k.frontTop)/2 + p.uniform(-0.05, 0.1)
	pillars := line(p.uniform(0.03, 0.06), door, y0-0.01, door, y1)
	back := door - p.uniform(0.38, 0.45)
	if a1+in < back-0.15 && a0+in < back-0.02 {
		pillars = join(pillars, line(0.04, back+0.03, y0-0.01, back, y1))
	}
	shine := p.uniform(door-0.1, max(door-0.1, min(b1-0.3, b0-in-0.18)))
	l.cabin.fill(polygon(shine, y1, shine+0.06, y1, shine+0.16, y0, shine+0.1, y0), of(l.glass.mix(rgb{1, 1, 1}, 0.4)))
	l.cabin.fill(pillars, of(l.roof.times(0.85)))

	// The body, darker below.
	p.fill(rounded(0.07, -0.99, sill, -1, belt+0.1, -0.97, tail, k.rearLow, belt, k.frontLow, belt, 0.88, hood, 0.99, nose, 1, sill), body)
	p.fill(rounded(0.03, -0.99, sill-p.uniform(0.05, 0.1), 0.99, sill-0.07, 0.97, sill+0.02, -0.97, sill+0.02), of(oneOf(p, l.body.times(0.6), l.body.times(0.6), l.trim.times(0.8))))
	switch band := p.uniform(0.06, 0.1); {
	case l.taxi && p.chance(0.4):
		l.checker(p, -0.97, 0.95, belt+0.08, p.uniform(0.04, 0.055))
	case p.chance(0.3):
		p.fill(rectangle(-0.98, belt+band, 0.97, belt+band+p.uniform(0.03, 0.1)), of(against(p, l.body)))
	}
	ink := of(l.body.times(0.55))
	p.fill(join(line(0.014, door, belt, door, sill-0.04), line(0.014, back, belt, max(back, rear+1.1*r), sill-0.1), line(0.014, k.frontLow-0.06, belt, k.frontLow-0.08, sill-0.04), line(0.03, door-0.12, belt+0.06, door-0.06, belt+0.06)), ink)
	p.fill(join(rounded(0.03, 0.86, sill-0.09, 1.03, sill-0.09, 1.03, sill, 0.86, sill), rounded(0.03, -0.86, sill-0.09, -1.03, sill-0.09, -1.03, sill, -0.86, sill)), of(l.trim))
	if lamp := ellipse(0.94, hood+0.12, p.uniform(0.035, 0.06), p.uniform(0.035, 0.055)); deep.x == 0 {
		p.fill(lamp, glossy(rgb{1, 0.97, 0.8}, 0.5))
	}
	p.fill(round(-1, tail+0.05, -0.93, tail+p.uniform(0.1, 0.18), 0.02), of(rgb{0.8, 0.1, 0.08}))
	p.fill(ellipse(k.frontLow-0.1, belt-0.01, 0.05, 0.035), of(oneOf(p, l.body.times(0.8), l.trim)))

	// The wheels in their arches.
	y := 0.5 - r
	arch := r * p.uniform(1.08, 1.17)
	cut := math.Asin(min((sill-y)/arch, 1)) * 180 / math.Pi
	var arches, tyres, rims, spokes shape
	holes := 4 + p.rng.IntN(5)
	for _, x := range []float64{rear, front} {
		arches = join(arches, pie(x, y, arch, arch, 180-cut, 360+cut))
		tyres = join(tyres, disc(x, y, r))
		rims = join(rims, disc(x, y, 0.64*r))
		for i := range holes {
			c := polar(0.4*r, 360*float64(i)/float64(holes))
			spokes = join(spokes, disc(x+c.x, y+c.y, 0.6*r/float64(holes)))
		}
	}
	p.fill(arches, material{colour: rgb{0.08, 0.08, 0.09}})
	p.fill(tyres, of(rubber(p)))
	p.fill(rims, of(oneOf(p, rgb{0.75, 0.76, 0.79}, rgb{0.75, 0.76, 0.79}, rgb{0.4, 0.4, 0.43}, l.body)))
	p.fill(spokes, material{colour: rgb{0.2, 0.2, 0.22}})

	// What lies on the roof.
	if l.rack {
		a, b, y := k.rearTop+0.06+deep.x/2, k.frontTop-0.04+deep.x/2, roof-dome-0.05+deep.y/2
		rack := join(line(0.03, a, y, b, y), line(0.025, a+0.06, y, a+0.04, y+0.06), line(0.025, b-0.06, y, b-0.04, y+0.06), line(0.025, (a+b)/2, y, (a+b)/2, y+0.06))
		p.fill(rack, of(l.trim))
	}
	if l.taxi {
		wide := min(p.uniform(0.42, 0.62), 1.05*(k.frontTop-k.rearTop))
		x := (k.rearTop+k.frontTop)/2 + p.uniform(0, 0.6)*max(0, (k.frontTop-k.rearTop-wide)/2)
		l.lamp(p, x+deep.x/2, roof-0.6*dome+deep.y/2, wide)
	}
}

// front draws a car from ahead or behind.
func (l livery) front(p *pen) {
	w, top := p.uniform(0.68, 0.78), p.uniform(0.46, 0.56) // half its width, and that of the roof
	roof, belt := -p.uniform(0.6, 0.72), -p.uniform(0.1, 0.18)
	sill, soft := 0.4, p.uniform(0.08, 0.2)
	tyre := p.uniform(0.17, 0.22)
	p.fill(join(round(-w+0.03, 0.2, -w+0.03+tyre, 0.58, 0.05), round(w-0.03-tyre, 0.2, w-0.03, 0.58, 0.05)), of(rubber(p)))
	l.cabin.fill(rounded(soft, -w+0.06, belt+0.1, -top, roof, top, roof, w-0.06, belt+0.1), glossy(l.roof, 0.2))
	l.cabin.fill(rounded(0.5*soft, -w+0.17, belt, -top+0.06, roof+0.08, top-0.06, roof+0.08, w-0.17, belt), material{colour: l.glass, light: 0.35})
	l.cabin.fill(polygon(-0.3, belt, -0.15, belt, 0.1, roof+0.09, -0.05, roof+0.09), of(l.glass.mix(rgb{1, 1, 1}, 0.35)))
	p.fill(join(ellipse(-w-0.03, belt-0.02, 0.09, 0.06), ellipse(w+0.03, belt-0.02, 0.09, 0.06)), of(l.body.times(0.8)))
	p.fill(rounded(soft, -w, sill, -w, belt+0.13, -w+0.12, belt, w-0.12, belt, w, belt+0.13, w, sill), glossy(l.body, 0.25))
	p.fill(rounded(0.05, -w-0.02, sill-0.14, w+0.02, sill-0.14, w-0.02, sill+0.03, -w+0.02, sill+0.03), of(oneOf(p, l.trim, l.body.times(0.7))))
	y := belt + p.uniform(0.17, 0.22)
	grille := patterned(rgb{0.1, 0.1, 0.11}, l.trim, stripes, p.uniform(10, 16), oneOf(p, 0.0, 90), 0.7)
	lamps := rgb{1, 0.97, 0.82}
	if p.chance(0.35) { // behind: a boot's lid, red lamps
		grille, lamps = of(l.body.times(0.75)), rgb{0.85, 0.1, 0.08}
	}
	g, h := p.uniform(0.2, 0.36), p.uniform(0.05, 0.09)
	p.fill(round(-g, y-h, g, y+h, 0.04), grille)
	x, rx, ry := w-p.uniform(0.16, 0.2), p.uniform(0.09, 0.13), p.uniform(0.06, 0.11)
	p.fill(join(ellipse(-x, y, rx+0.02, ry+0.02), ellipse(x, y, rx+0.02, ry+0.02)), of(l.trim.times(0.7)))
	p.fill(join(ellipse(-x, y, rx, ry), ellipse(x, y, rx, ry)), glossy(lamps, 0.3))
	p.fill(rectangle(-0.17, sill-0.1, 0.17, sill-0.01), of(rgb{0.9, 0.9, 0.85}))
	if l.rack {
		p.fill(join(line(0.03, -top+0.03, roof-0.06, top-0.03, roof-0.06), line(0.03, -top+0.1, roof-0.06, -top+0.1, roof), line(0.03, top-0.1, roof-0.06, top-0.1, roof)), of(l.trim))
	}
	if l.taxi {
		l.lamp(p, 0, roof+0.01, p.uniform(0.5, 0.7))
	}
}
