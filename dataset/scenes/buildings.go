package scenes

import "math"

// builder is what a house or a windmill is built of.
type builder struct {
	wall, roof        material
	trim, door, glass rgb
	panes             int     // how windows are divided
	slim              float64 // width of a window against its height
	shutters, arched  bool
	cover             *pen // paints the roof
}

func newBuilder(p *pen) *builder {
	b := &builder{cover: p}
	wall := oneOf(p, hsv(p.uniform(0, 360), p.uniform(0, 0.45), p.uniform(0.7, 0.98)), hsv(p.uniform(20, 50), p.uniform(0.05, 0.35), p.uniform(0.75, 0.98)), anyColour(p))
	b.wall = of(wall)
	switch p.rng.IntN(5) {
	case 0:
		c := hsv(p.uniform(5, 28), p.uniform(0.4, 0.7), p.uniform(0.45, 0.75))
		b.wall = patterned(c, oneOf(p, c.mix(rgb{0.9, 0.88, 0.82}, 0.7), c.times(0.6)), bricks, p.uniform(5, 8), 0, 0.8)
	case 1: // boards
		c := oneOf(p, wall, timber(p), hsv(p.uniform(0, 12), 0.7, 0.6))
		b.wall = patterned(c, c.times(0.72), stripes, p.uniform(5, 10), oneOf(p, 0.0, 90), 0.6)
	case 2: // rough plaster or stone
		b.wall = patterned(wall, wall.times(0.78), oneOf(p, noise, patches), p.uniform(4, 10), 0, 0.6)
	}
	b.wall.seed, b.wall.light = p.rng.Uint32(), 0.15
	c := oneOf(p, hsv(p.uniform(0, 25), p.uniform(0.5, 0.85), p.uniform(0.4, 0.75)), hsv(p.uniform(200, 260), p.uniform(0.1, 0.5), p.uniform(0.2, 0.5)), timber(p), anyColour(p))
	if math.Abs(c.brightness()-b.wall.colour.brightness()) < 0.15 {
		c = against(p, b.wall.colour)
	}
	b.roof = patterned(c, c.times(oneOf(p, 0.7, 0.75, 1.3)), oneOf(p, plain, scales, scales, stripes, bricks, grain), p.uniform(5, 9), 0, 0.8)
	b.roof.seed = p.rng.Uint32()
	b.trim = oneOf(p, rgb{0.95, 0.95, 0.92}, against(p, b.wall.colour), b.wall.colour.times(0.6))
	b.door = oneOf(p, timber(p), anyColour(p), c)
	b.glass = oneOf(p, rgb{0.2, 0.25, 0.35}, rgb{0.45, 0.62, 0.75}, rgb{1, 0.85, 0.45}, rgb{0.12, 0.14, 0.16})
	b.panes, b.slim = p.rng.IntN(4), p.uniform(0.6, 1.1)
	b.shutters, b.arched = p.chance(0.3), p.chance(0.2)
	return b
}

// windows paints windows around the given places, so high.
func (b *builder) windows(p *pen, high float64, at ...point) {
	var frames, glass, bars, wings shape
	h := high / 2
	w := h * b.slim
	for _, c := range at {
		opening := func(o float64) shape {
			if b.arched {
				return join(rectangle(c.x-w-o, c.y-h+w, c.x+w+o, c.y+h+o), pie(c.x, c.y-h+w, w+o, w+o, 180, 360))
			}
			return rectangle(c.x-w-o, c.y-h-o, c.x+w+o, c.y+h+o)
		}
		frames = join(frames, opening(0.03), rectangle(c.x-w-0.05, c.y+h, c.x+w+0.05, c.y+h+0.05))
		glass = join(glass, opening(0))
		if b.panes&1 == 1 {
			bars = join(bars, rectangle(c.x-0.011, c.y-h, c.x+0.011, c.y+h))
		}
		if b.panes&2 == 2 {
			bars = join(bars, rectangle(c.x-w, c.y-0.011, c.x+w, c.y+0.011))
		}
		if b.shutters {
			wings = join(wings, rectangle(c.x-1.85*w-0.03, c.y-h, c.x-w-0.03, c.y+h), rectangle(c.x+w+0.03, c.y-h, c.x+1.85*w+0.03, c.y+h))
		}
	}
	if b.shutters {
		p.fill(wings, patterned(b.door, b.door.times(0.7), stripes, 14, 90, 0.6))
	}
	p.fill(frames, of(b.trim))
	p.fill(glass, glossy(b.glass, 0.15))
	p.fill(bars, of(b.trim))
}

// entrance paints a door that stands at (x, y), so wide and high.
func (b *builder) entrance(p *pen, x, y, w, h float64) {
	w /= 2
	leaf := func(o float64) shape {
		if b.arched {
			return join(rectangle(x-w-o, y-h+w, x+w+o, y), pie(x, y-h+w, w+o, w+o, 180, 360))
		}
		return rectangle(x-w-o, y-h-o, x+w+o, y)
	}
	p.fill(leaf(0.03), of(b.trim))
	p.fill(leaf(0), patterned(b.door, b.door.times(0.7), oneOf(p, plain, stripes, grain), 9, 90, 0.6))
	p.fill(disc(x+0.65*w, y-0.45*h, 0.022), of(rgb{0.9, 0.75, 0.35}))
	p.fill(rectangle(x-w-0.06, y-0.03, x+w+0.06, y+0.02), of(rgb{0.55, 0.54, 0.52}))
}

// front lays windows and perhaps a door over a wall from (x0, y0) to (x1, 0).
func (b *builder) front(p *pen, x0, x1, y0 float64, floors int, door bool) {
	storey := -y0 / float64(floors)
	high := min(storey*p.uniform(0.42, 0.58), 0.42)
	pitch := 2.3 * high * b.slim
	if b.shutters {
		pitch *= 1.5
	}
	n := max(1, int((x1-x0)/max(pitch, p.uniform(0.25, 0.5))))
	if door && floors != 2 { // beside the door, or in a high wall
		n = max(n, 2)
	}
	entry := p.rng.IntN(n)
	column := func(i int) float64 { return x0 + (x1-x0)*(float64(i)+0.5)/float64(n) }
	if w := 0.9 * (x1 - x0) / float64(n); pitch > w { // small windows for a narrow wall
		high *= w / pitch
	}
	var at []point
	for f := range floors {
		for i := range n {
			if door && f == floors-1 && i == entry {
				continue
			}
			at = append(at, point{column(i), y0 + (float64(f)+0.5)*storey})
		}
	}
	if len(at) > 0 {
		b.windows(p, high, at...)
	}
	if door {
		h := min(0.78*storey, 0.5)
		b.entrance(p, column(entry), 0, min(h*p.uniform(0.45, 0.6), 0.85*(x1-x0)/float64(n)), h)
	}
}

// chimney stands behind the roof, its top at (x, y).
func (b *builder) chimney(p *pen, x, y, down float64) {
	w := p.uniform(0.07, 0.11)
	c := oneOf(p, hsv(p.uniform(5, 20), 0.55, 0.55), b.wall.colour.times(0.85), rgb{0.5, 0.48, 0.46})
	p.fill(rectangle(x-w, y, x+w, y+down), patterned(c, c.times(0.7), bricks, 9, 0, 0.7))
	p.fill(rectangle(x-w-0.03, y-0.03, x+w+0.03, y+0.04), of(c.times(0.65)))
	if p.chance(0.3) { // smoke
		d := p.uniform(-0.2, 0.2)
		p.fill(stroke(0.08, 0.2, smooth([]point{{x, y - 0.1}, {x + 0.08 + d/2, y - 0.25}, {x + d, y - 0.4}}, false)), of(rgb{0.88, 0.88, 0.9}))
	}
}

// shady is the material of a side away from the light.
func shady(m material) material {
	m.colour, m.second = m.colour.times(0.72), m.second.times(0.72)
	return m
}

// gabled is a house with its gable to us, its foot at y = 0; w is half its
// width. It gives the top of the wall and of the gable.
func (b *builder) gabled(p *pen, w, wall, rise float64, floors int) (float64, float64) {
	eaves, over := -wall, p.uniform(0.06, 0.14)
	if p.chance(0.6) {
		b.chimney(p, oneOf(p, -1.0, 1)*w*p.uniform(0.35, 0.6), eaves-rise*p.uniform(0.8, 1.05), rise)
	}
	drop := rise * over / w
	if p.chance(0.5) { // the gable is wall, and the roof its border
		p.fill(polygon(-w, 0, -w, eaves, 0, eaves-rise, w, eaves, w, 0), b.wall)
		b.windows(p, 0.3*rise+0.06, point{0, eaves - 0.3*rise})
		t := p.uniform(0.11, 0.17)
		b.cover.fill(polygon(-w-over, eaves+drop, 0, eaves-rise, w+over, eaves+drop, w+over, eaves+drop-1.2*t, 0, eaves-rise-1.35*t, -w-over, eaves+drop-1.2*t), b.roof)
	} else { // the roof slopes towards us
		p.fill(rectangle(-w, eaves-0.05, w, 0), b.wall)
		b.cover.fill(polygon(-w-over, eaves+0.02, p.uniform(-0.1, 0)*w, eaves-rise, p.uniform(0, 0.1)*w, eaves-rise, w+over, eaves+0.02), b.roof)
		b.cover.fill(rectangle(-w-over, eaves, w+over, eaves+0.045), of(b.roof.colour.times(0.6)))
		if p.chance(0.4) {
			b.windows(b.cover, 0.24, point{0, eaves - 0.3*rise})
		}
	}
	b.front(p, -0.9*w, 0.9*w, eaves+0.06, floors, true)
	return eaves, eaves - rise
}

// tower is a round or eight-sided one that narrows upwards, with a cap; it
// gives the middle of the cap.
func (b *builder) tower(p *pen) point {
	foot, high := p.uniform(0.38, 0.52), p.uniform(1.2, 1.6)
	head := foot * p.uniform(0.5, 0.75)
	wall := func(l, r float64) shape { // between two shares of its width
		return polygon(l*foot, 0, l*head, -high, r*head, -high, r*foot, 0)
	}
	if p.chance(0.5) {
		m := b.wall
		m.light = 0.4
		p.fill(wall(-1, 1), m)
	} else { // facets
		p.fill(wall(-1, 1), b.wall)
		p.fill(wall(-1, -0.45), material{colour: b.wall.colour.times(0.85), second: b.wall.second.times(0.85), pattern: b.wall.pattern, scale: b.wall.scale, angle: b.wall.angle, strength: b.wall.strength})
		p.fill(wall(0.45, 1), shady(b.wall))
	}
	if p.chance(0.3) {
		h := p.uniform(0.15, 0.4)
		t := h / high
		p.fill(polygon(-foot-0.02, 0, -foot-0.02+(foot-head)*t, -h, foot+0.02-(foot-head)*t, -h, foot+0.02, 0), of(b.trim.mix(b.wall.colour, 0.3).times(0.8)))
	}
	mid := (foot + head) / 2
	var at []point
	for i := range 1 + p.rng.IntN(2) {
		at = append(at, point{p.uniform(-0.3, 0.3) * mid, -high * (0.85 - 0.22*float64(i))})
	}
	b.windows(p, p.uniform(0.13, 0.18), at...)
	h := p.uniform(0.32, 0.42)
	b.entrance(p, p.uniform(-0.25, 0.25)*foot, 0, h*0.55, h)
	if p.chance(0.35) { // a gallery
		y := -high * p.uniform(0.35, 0.5)
		w := foot*1.25 + 0.05
		rail := join(line(0.025, -w, y-0.12, w, y-0.12), rectangle(-w-0.02, y, w+0.02, y+0.05))
		for i := range 9 {
			x := -w + 2*w*float64(i)/8
			rail = join(rail, bar(0.02, x, y-0.12, x, y))
		}
		p.fill(rail, of(b.door.times(0.8)))
	}
	// The cap.
	w := head * p.uniform(1.1, 1.3)
	tall := w * p.uniform(0.8, 1.7)
	y := -high + 0.03
	switch p.rng.IntN(4) {
	case 0: // a dome
		b.cover.fill(pie(0, y, w, tall, 180, 360), b.roof)
	case 1: // a cone
		b.cover.fill(polygon(-w, y, 0, y-1.2*tall, w, y), b.roof)
	case 2: // an onion or a boat upside down
		b.cover.fill(shape{clockwise(smooth([]point{{-w, y}, {-0.95 * w, y - 0.45*tall}, {-0.3 * w, y - 0.9*tall}, {0, y - 1.1*tall}, {0.3 * w, y - 0.9*tall}, {0.95 * w, y - 0.45*tall}, {w, y}}, false))}, b.roof)
	default: // a small gable
		b.cover.fill(rounded(0.1, -w, y, -0.85*w, y-0.4*tall, 0, y-tall, 0.85*w, y-0.4*tall, w, y), b.roof)
	}
	b.cover.fill(rectangle(-w, y-0.01, w, y+0.05), of(b.roof.colour.times(0.6)))
	return point{0, y - 0.3*tall}
}

func house(p *pen) {
	b := newBuilder(p)
	b.cover = p.tell()
	switch p.rng.IntN(8) {
	case 0, 1:
		b.gabled(p, p.uniform(0.6, 0.9), p.uniform(0.55, 0.9), p.uniform(0.45, 0.85), 1)
	case 2, 3:
		b.cornered(p)
	case 4:
		b.long(p)
	case 5:
		b.tall(p)
	case 6:
		b.cottage(p)
	default:
		b.tower(p)
	}
}

// cornered is a house seen from its corner: the gable at the left, the long
// wall at the right.
func (b *builder) cornered(p *pen) {
	w, d := p.uniform(0.6, 0.9), p.uniform(0.8, 1.3)
	kl, kr := p.uniform(0.05, 0.3), -p.uniform(0.05, 0.25) // how steep the lines run
	wall, rise := p.uniform(0.55, 0.95), p.uniform(0.45, 0.75)
	floors := 1
	if wall > 0.8 {
		floors = 2
	}
	left, right := p.within(transform{a: 1, d: kl, e: 1}), p.within(transform{a: 1, d: kr, e: 1})
	over := p.uniform(0.05, 0.1)
	long := shady(b.wall)
	if p.chance(0.5) {
		long, b.wall = b.wall, long
	}
	left.fill(polygon(-w, 0, -w, -wall, -w/2, -wall-rise, 0, -wall, 0, 0), b.wall)
	right.fill(rectangle(0, -wall, d, 0), long)
	left.fill(rectangle(-w, -0.06, 0, 0), of(b.wall.colour.times(0.6)))
	door := p.chance(0.5)
	b.front(left, -0.92*w, -0.08*w, -wall, floors, door)
	if p.chance(0.6) {
		b.windows(left, 0.2, point{-w / 2, -wall - 0.35*rise})
	}
	b.front(right, 0.08*d, 0.92*d, -wall+0.03, floors, !door)

	// The roof: the slope over the long wall, and the boards along the gable.
	eave := func(x float64) point { return point{x, -wall + 0.06 + kr*x} }
	apex := point{-w / 2, -wall - rise - kl*w/2}
	back := point{apex.x + d, apex.y + kr*d}
	if p.chance(0.6) {
		t := p.uniform(0.3, 0.8)
		c := between(apex, back, t)
		b.chimney(p, c.x, c.y-p.uniform(0.12, 0.25), 0.5)
	}
	f, g := eave(over), eave(d+over)
	m := b.roof
	m.angle = math.Atan(kr) * 180 / math.Pi
	slope := polygon(apex.x-over, apex.y-0.05, back.x+0.5*over, back.y-0.05, g.x, g.y, f.x, f.y)
	if p.chance(0.25) { // hipped at the far end
		slope = polygon(apex.x-over, apex.y-0.05, back.x-0.4*d, back.y-0.4*d*kr-0.05, g.x, g.y, f.x, f.y)
	}
	b.cover.fill(slope, m)
	l := point{-w - 0.4*over, -wall - kl*w + 0.4*over*(2*rise/w-kl)}
	b.cover.fill(stroke(0.09, 0.09, []point{l, {apex.x - 0.3*over, apex.y - 0.02}, f}), of(b.roof.colour.times(0.7)))
}

// long is a house with its eaves to us.
func (b *builder) long(p *pen) {
	w, wall, rise := p.uniform(0.85, 1.15), p.uniform(0.55, 1), p.uniform(0.4, 0.65)
	floors := 1
	if wall > 0.75 {
		floors = 2
	}
	p.fill(rectangle(-w, -wall, w, 0), b.wall)
	p.fill(rectangle(-w, -0.07, w, 0), of(b.wall.colour.times(0.6)))
	b.front(p, -0.93*w, 0.93*w, -wall+0.06, floors, true)
	for range p.rng.IntN(3) {
		b.chimney(p, p.uniform(-0.6, 0.6)*w, -wall-rise-p.uniform(0.12, 0.22), 0.4)
	}
	over, hip := p.uniform(0.05, 0.12), oneOf(p, 0.04, p.uniform(0.15, 0.5))
	b.cover.fill(polygon(-w-over, -wall+0.03, -w-over+hip, -wall-rise, w+over-hip, -wall-rise, w+over, -wall+0.03), b.roof)
	b.cover.fill(join(rectangle(-w-over, -wall, w+over, -wall+0.05), line(0.04, -w-over+hip, -wall-rise, w+over-hip, -wall-rise)), of(b.roof.colour.times(0.6)))
	if p.chance(0.5) { // dormers
		for i := range 1 + p.rng.IntN(3) {
			x := (float64(i) - 1) * 0.55 * w
			y := -wall - 0.2*rise
			p.fill(polygon(x-0.15, y, x-0.15, y-0.22, x, y-0.36, x+0.15, y-0.22, x+0.15, y), b.wall)
			b.windows(p, 0.15, point{x, y - 0.12})
			b.cover.fill(line(0.055, x-0.19, y-0.19, x, y-0.37, x+0.19, y-0.19), of(b.roof.colour.times(0.8)))
		}
	}
}

// tall is a town house.
func (b *builder) tall(p *pen) {
	w, wall := p.uniform(0.42, 0.6), p.uniform(1.1, 1.6)
	floors := 3 + p.rng.IntN(2)
	rise := p.uniform(0.35, 0.65)
	if p.chance(0.6) {
		b.chimney(p, oneOf(p, -0.7, 0.7)*w, -wall-rise*p.uniform(0.7, 1), rise)
	}
	p.fill(rectangle(-w, -wall, w, 0), b.wall)
	over := p.uniform(0.02, 0.08)
	switch p.rng.IntN(3) {
	case 0: // mansard
		b.cover.fill(polygon(-w-over, -wall, -w+0.08, -wall-0.8*rise, -w*0.6, -wall-rise, w*0.6, -wall-rise, w-0.08, -wall-0.8*rise, w+over, -wall), b.roof)
		b.windows(p, 0.2, point{-w / 2, -wall - 0.35*rise}, point{w / 2, -wall - 0.35*rise})
	case 1: // steps
		n := 4
		var xy []float64
		for i := range n {
			a, y := w+over-(w+over)*float64(i)/float64(n), -wall-rise*1.1*float64(i+1)/float64(n)
			xy = append(xy, a, y+rise*1.1/float64(n), a, y)
		}
		for i := len(xy) - 2; i >= 0; i -= 2 {
			xy = append(xy, -xy[i], xy[i+1])
		}
		b.cover.fill(polygon(xy...), b.roof)
		b.windows(b.cover, 0.2, point{0, -wall - 0.35*rise})
	default:
		b.cover.fill(polygon(-w-over, -wall, 0, -wall-1.4*rise, w+over, -wall), b.roof)
		b.windows(b.cover, 0.18, point{0, -wall - 0.4*rise})
	}
	b.cover.fill(rectangle(-w-over-0.02, -wall-0.02, w+over+0.02, -wall+0.05), of(b.roof.colour.times(0.6)))
	b.front(p, -0.92*w, 0.92*w, -wall+0.08, floors, true)
}

// cottage has low walls under a soft, deep roof.
func (b *builder) cottage(p *pen) {
	w, wall, rise := p.uniform(0.75, 1), p.uniform(0.45, 0.6), p.uniform(0.6, 0.85)
	p.fill(rectangle(-w, -wall-0.1, w, 0), b.wall)
	b.front(p, -0.93*w, 0.93*w, -wall+0.04, 1, true)
	b.chimney(p, p.uniform(-0.5, 0.5)*w, -wall-rise-p.uniform(0.1, 0.2), 0.5)
	if p.chance(0.6) { // thatch
		c := hsv(p.uniform(32, 46), p.uniform(0.3, 0.65), p.uniform(0.45, 0.8))
		b.roof = patterned(c, c.times(0.7), grain, p.uniform(7, 11), 90, 0.7)
		b.roof.seed = p.rng.Uint32()
	}
	over, ridge := p.uniform(0.12, 0.2), p.uniform(0.4, 0.75)
	y := -wall + 0.05
	roof := append(smooth([]point{{-w - over, y}, {-0.9 * w, y - 0.5*rise}, {-ridge * w, y - rise}, {0, y - 1.04*rise}, {ridge * w, y - rise}, {0.9 * w, y - 0.5*rise}, {w + over, y}}, false), smooth([]point{{w + over, y}, {0, y - 0.06}, {-w - over, y}}, false)...)
	b.cover.fill(shape{clockwise(roof)}, b.roof)
	if p.chance(0.5) {
		b.cover.fill(curve(0.09, -ridge*w, y-rise, 0, y-1.04*rise, ridge*w, y-rise), of(b.roof.colour.times(0.75)))
	}
}

func windmill(p *pen) {
	if p.chance(0.07) {
		turbine(p)
		return
	}
	b := newBuilder(p)
	var hub point
	if p.chance(0.3) {
		eaves, ridge := b.gabled(p, p.uniform(0.45, 0.65), p.uniform(0.9, 1.2), p.uniform(0.4, 0.65), 2)
		hub = point{p.uniform(-0.05, 0.05), eaves + 0.4*(ridge-eaves)}
	} else {
		hub = b.tower(p)
	}
	sails(p.within(move(hub.x, hub.y)), b)
}

// sails turn around the origin.
func sails(p *pen, b *builder) {
	q := p.tell()
	long, wide := p.uniform(0.85, 1.1), p.uniform(0.15, 0.26)
	begin := long * p.uniform(0.18, 0.3)
	other := oneOf(p, 0, 0, 0.35*wide, wide) // the width on the stock's other side
	angle := p.uniform(0, 90)
	wood := oneOf(p, timber(p), rgb{0.25, 0.2, 0.18}, rgb{0.93, 0.92, 0.88}, anyColour(p))
	cloth := oneOf(p, rgb{0.96, 0.94, 0.88}, rgb{0.96, 0.94, 0.88}, hsv(p.uniform(0, 360), p.uniform(0.3, 0.8), p.uniform(0.5, 0.9)))
	bars, share := 5+p.rng.IntN(5), oneOf(p, 0, 0, 1, 1, p.uniform(0.4, 0.8)) // how much cloth is set
	kind := p.rng.IntN(4)
	taper := p.uniform(0.6, 1)
	var stocks, lattice, sheets shape
	for i := range 4 {
		turned := turn(angle + 90*float64(i))
		stocks = join(stocks, stroke(0.075, 0.05, []point{{}, {0, -long}}).moved(turned))
		if kind == 0 { // triangles of cloth
			sheets = join(sheets, polygon(0, -begin, 0, -long, 1.7*wide, -begin-0.1).moved(turned))
			continue
		}
		var s shape
		for j := range bars + 1 {
			t := float64(j) / float64(bars)
			k := taper + (1-taper)*t
			y := -begin - (long-begin)*t
			s = join(s, bar(0.03, -other*k, y, wide*k, y))
		}
		s = join(s, bar(0.03, wide*taper, -begin, wide, -long), bar(0.02, wide*taper/2, -begin, wide/2, -long))
		if other > 0 {
			s = join(s, bar(0.03, -other*taper, -begin, -other, -long))
		}
		lattice = join(lattice, s.moved(turned))
		y := -begin - (long-begin)*share
		k := taper + (1-taper)*share
		sheets = join(sheets, polygon(-other*taper, -begin, -other*k, y, wide*k, y, wide*taper, -begin).moved(turned))
	}
	if kind == 0 || share > 0 {
		q.fill(sheets, of(cloth))
	}
	q.fill(stocks, of(wood.times(0.75)))
	q.fill(lattice, of(wood))
	q.fill(disc(0, 0, p.uniform(0.07, 0.1)), glossy(oneOf(p, wood.times(0.6), b.roof.colour, rgb{0.3, 0.3, 0.3}), 0.4))
}

// turbine is a modern windmill with three blades.
func turbine(p *pen) {
	white := rgb{0.93, 0.94, 0.95}.times(p.uniform(0.85, 1.05))
	foot := p.uniform(0.07, 0.11)
	p.fill(polygon(-foot, 1.5, -0.5*foot, 0, 0.5*foot, 0, foot, 1.5), of(white.times(0.85)))
	p.fill(round(-0.12, -0.07, 0.14, 0.07, 0.06), of(white.times(0.75)))
	long, wide, angle := p.uniform(0.8, 1), p.uniform(0.12, 0.17), p.uniform(0, 120)
	tip := oneOf(p, white, rgb{0.85, 0.2, 0.15})
	q := p.tell()
	var blades, tips shape
	for i := range 3 {
		turned := turn(angle + 120*float64(i))
		blades = join(blades, shape{clockwise(smooth([]point{{-0.04, 0}, {-0.04, -0.3 * long}, {-0.01, -long}, {0.02, -long}, {0.7 * wide, -0.35 * long}, {0.8 * wide, -0.2 * long}, {0.04, 0}}, false))}.moved(turned))
		tips = join(tips, polygon(-0.02, -0.86*long, -0.012, -long, 0.02, -long, 0.05, -0.86*long).moved(turned))
	}
	q.fill(blades, of(white))
	q.fill(tips, of(tip))
	q.fill(disc(0, 0, 0.08), glossy(white.times(0.9), 0.5))
}
