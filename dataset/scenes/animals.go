package scenes

// fur is a coat: one colour, tabby stripes, patches or clouds, mostly natural.
func fur(p *pen) material {
	c := oneOf(p, hsv(28, 0.6, 0.75), hsv(25, 0.55, 0.45), rgb{0.85, 0.83, 0.8}, rgb{0.22, 0.2, 0.2}, rgb{0.55, 0.53, 0.52}, hsv(38, 0.35, 0.85), hsv(20, 0.7, 0.35))
	c = c.times(p.uniform(0.85, 1.15))
	if p.chance(0.08) {
		c = anyColour(p)
	}
	second := c.times(p.uniform(0.45, 0.65))
	if c.brightness() < 0.35 {
		second = rgb{0.85, 0.83, 0.8}
	}
	m := patterned(c, second, oneOf(p, plain, plain, stripes, patches, noise, grain), p.uniform(2, 5), p.uniform(-25, 25), p.uniform(0.4, 0.9))
	m.light, m.seed = 0.22, p.rng.Uint32()
	return m
}

// pale is the same coat where it is lighter: muzzle, chest, paws.
func (m material) pale() material {
	m.colour, m.pattern = m.colour.mix(rgb{1, 0.97, 0.92}, 0.55), plain
	return m
}

// deep is the same coat in shade: the legs behind, the ears.
func (m material) deep(k float64) material {
	m.colour, m.second = m.colour.times(k), m.second.times(k)
	return m
}

var (
	ink  = rgb{0.08, 0.07, 0.08}
	pink = rgb{0.9, 0.55, 0.58}
)

func cat(p *pen) { quadruped(p, fur(p), catHead, false) }

func dog(p *pen) { quadruped(p, fur(p), dogHead, true) }

// quadruped is a cat's or dog's body in one of the poses that both take; its
// head, painted last, tells them apart. head paints it around the origin, about
// 0.8 high, seen from the front or from the side.
func quadruped(p *pen, coat material, head func(p *pen, coat material, side bool), bushy bool) {
	limb, far := coat.deep(0.92), coat.deep(0.7)
	belly := coat.deep(1)
	if p.chance(0.4) {
		belly = coat.pale()
	}
	thick := p.uniform(0.13, 0.18)
	tail := func(xy ...float64) {
		from, to := p.uniform(0.1, 0.14), p.uniform(0.08, 0.12)
		if bushy {
			to = p.uniform(0.05, 0.16)
		}
		p.fill(stroke(from, to, smooth(points(xy), false)), limb)
	}
	at := func(x, y float64) *pen {
		k := p.uniform(0.95, 1.15)
		return p.within(scale(k, k).then(turn(p.uniform(-12, 12))).then(move(x, y)))
	}
	switch p.rng.IntN(4) {
	case 0: // sitting, from the front
		w := p.uniform(0.36, 0.48)
		end := p.uniform(-0.1, 0.5)
		tail(w*0.8, 0.85, w+0.3, 0.8, w+0.4, 0.5, w+0.25, end)
		p.fill(blob(-0.2, -0.25, 0.2, -0.25, w, 0.35, w+0.08, 0.8, 0.25, 1, -0.25, 1, -w-0.08, 0.8, -w, 0.35), coat)
		p.fill(ellipse(0, 0.2, 0.19, 0.36), belly)
		p.fill(join(round(-0.22, 0.25, -0.04, 1, 0.09), round(0.04, 0.25, 0.22, 1, 0.09)), limb)
		p.fill(join(ellipse(-0.15, 0.97, 0.13, 0.07), ellipse(0.15, 0.97, 0.13, 0.07)), coat.pale())
		head(at(0, -0.45), coat, false)
	case 1: // sitting, from the side
		tail(-0.5, 0.85, -0.85, 0.85, -1, 0.6, -0.9, p.uniform(0.2, 0.5))
		p.fill(join(round(0.22, 0, 0.22+thick, 0.98, 0.08)), far)
		p.fill(blob(0.3, -0.5, 0.42, 0.1, 0.3, 0.5, 0.1, 0.95, -0.5, 0.95, -0.6, 0.5, -0.3, 0, 0, -0.45), coat)
		p.fill(join(round(0.12, 0, 0.12+thick, 1, 0.08), ellipse(0.24, 0.96, 0.13, 0.06)), limb)
		p.fill(join(ellipse(-0.3, 0.65, 0.27, 0.3), ellipse(-0.05, 0.95, 0.25, 0.07)), limb)
		head(at(0.3, -0.55), coat, p.chance(0.6))
	case 2: // standing or walking, from the side
		long, leg := p.uniform(0.6, 0.85), p.uniform(0.38, 0.6)
		step := p.uniform(-0.18, 0.18)
		y := p.uniform(-0.1, 0.05)
		tail(-long, y-0.05, -long-0.25, y-p.uniform(-0.15, 0.35), -long-0.3, y-p.uniform(0.1, 0.7))
		foot := func(x, step float64) shape {
			return stroke(thick*1.3, thick*0.9, []point{{x, y + 0.15}, {x + step*0.6, y + 0.15 + leg*0.6}, {x + step, y + 0.2 + leg}})
		}
		p.fill(join(foot(-long*0.75, -step), foot(0.35, step)), far)
		p.fill(blob(-long, y-0.05, -long*0.5, y-0.24, 0.1, y-0.2, 0.5, y-0.26, 0.58, y+0.1, 0.25, y+0.3, -long*0.4, y+0.24, -long, y+0.22), coat)
		p.fill(join(foot(-long*0.85, step), foot(0.42, -step)), limb)
		p.fill(polygon(0.3, y-0.22, 0.6, y-0.62, 0.82, y-0.4, 0.58, y+0.05), coat)
		head(at(0.72, y-0.55), coat, p.chance(0.75))
	default: // lying, from the side
		tail(-0.75, 0.75, -1.05, 0.85, -0.9, 1.0, -0.5, 1.02)
		p.fill(blob(-0.85, 0.7, -0.65, 0.3, -0.1, 0.22, 0.4, 0.1, 0.62, 0.4, 0.55, 0.9, 0, 1, -0.7, 0.98), coat)
		p.fill(ellipse(-0.5, 0.75, 0.3, 0.26), limb)
		p.fill(join(line(thick, 0.3, 0.92, 0.95, 0.95), line(thick, -0.4, 0.97, 0, 0.98)), limb)
		p.fill(polygon(0.2, 0.3, 0.4, -0.15, 0.75, 0, 0.65, 0.5), coat)
		head(at(0.58, -0.05), coat, p.chance(0.4))
	}
}

// catHead has upright pointed ears, a round face, slit eyes and whiskers.
func catHead(p *pen, coat material, side bool) {
	q := p.tell()
	w, h := p.uniform(0.38, 0.44), p.uniform(0.31, 0.36)
	up, out := p.uniform(0.55, 0.7), p.uniform(0.3, 0.4)
	iris := of(hsv(oneOf(p, 60.0, 95, 45, 200), 0.75, 0.85))
	slit := p.uniform(0.018, 0.035)
	nose := of(pink.times(p.uniform(0.5, 1)))
	hair := rgb{0.95, 0.95, 0.95}
	if coat.colour.brightness() > 0.6 {
		hair = rgb{0.3, 0.28, 0.28}
	}
	if side { // in profile, to the right
		far, near := polygon(0.02, -0.2, 0.16, -up*0.95, 0.3, -0.16), polygon(-0.3, -0.12, -0.12, -up, 0.08, -0.2)
		q.fill(far, coat.deep(0.65))
		q.fill(join(ellipse(-0.04, 0, w*0.86, h), ellipse(w*0.62, 0.11, 0.2, 0.16)), coat)
		q.fill(near, coat.deep(0.85))
		q.fill(near.moved(scale(0.5, 0.55).then(move(-0.04, -0.15))), of(pink))
		q.fill(ellipse(w*0.7, 0.16, 0.14, 0.1), coat.pale())
		q.fill(ellipse(w*0.42, -0.05, 0.07, 0.07), iris)
		q.fill(ellipse(w*0.42+0.03, -0.05, slit, 0.065), of(ink))
		q.fill(polygon(w*0.62+0.13, 0.01, w*0.62+0.22, 0.07, w*0.62+0.15, 0.12), nose)
		q.fill(bar(0.02, w*0.62+0.17, 0.19, w*0.62-0.02, 0.2), coat.deep(0.5))
		var whiskers shape
		for _, y := range []float64{0.08, 0.17, 0.26} {
			whiskers = append(whiskers, bar(0.016, w*0.7, 0.14, w*0.7-0.42, y+(y-0.17)*0.8)...)
		}
		q.fill(whiskers, of(hair))
		return
	}
	ear := polygon(0.1, -0.22, out, -up, w*0.95, -0.05)
	inner := ear.moved(scale(0.55, 0.55).then(move(0.12, -0.13)))
	pair := func(s shape) shape { return join(s, shape{clockwise(s.moved(scale(-1, 1))[0])}) }
	q.fill(pair(ear), coat.deep(0.85))
	q.fill(pair(inner), of(pink))
	q.fill(ellipse(0, 0, w, h), coat)
	q.fill(join(ellipse(-0.08, 0.15, 0.11, 0.09), ellipse(0.08, 0.15, 0.11, 0.09), disc(0, 0.22, 0.07)), coat.pale())
	q.fill(join(ellipse(-0.16, -0.04, 0.085, 0.07), ellipse(0.16, -0.04, 0.085, 0.07)), iris)
	q.fill(join(ellipse(-0.16, -0.04, slit, 0.065), ellipse(0.16, -0.04, slit, 0.065)), of(ink))
	q.fill(polygon(-0.05, 0.08, 0.05, 0.08, 0, 0.14), nose)
	var whiskers shape
	for _, s := range []float64{-1, 1} {
		for _, y := range []float64{0.1, 0.17, 0.24} {
			whiskers = append(whiskers, bar(0.016, s*0.12, 0.15, s*0.52, y+(y-0.17)*0.8)...)
		}
	}
	q.fill(whiskers, of(hair))
}

// dogHead has hanging or folded ears, a long muzzle and a large dark nose.
func dogHead(p *pen, coat material, side bool) {
	q := p.tell()
	ears := coat.deep(p.uniform(0.5, 0.8))
	hang := p.uniform(0.15, 0.5)
	muzzle := coat.deep(1)
	if p.chance(0.6) {
		muzzle = coat.pale()
	}
	tongue := p.chance(0.4)
	if side { // the muzzle points to the right
		long, high := p.uniform(0.42, 0.6), p.uniform(0.1, 0.14)
		if tongue {
			q.fill(curve(0.1, long-0.12, 0.15, long-0.06, 0.28, long-0.03, 0.36), of(pink))
		}
		q.fill(blob(-0.33, 0, -0.2, -0.32, 0.1, -0.34, 0.25, -0.1, 0.22, 0.22, -0.1, 0.32), coat)
		q.fill(round(0.05, -high+0.05, long+0.02, high+0.1, 0.1), muzzle)
		q.fill(bar(0.022, 0.25, 0.13, long-0.02, 0.11), of(ink))
		q.fill(ellipse(long, 0, 0.085, 0.075), of(ink))
		q.fill(disc(0.12, -0.13, 0.055), of(ink))
		q.fill(disc(0.135, -0.15, 0.018), of(rgb{1, 1, 1}))
		q.fill(blob(-0.25, -0.3, -0.02, -0.3, -0.02, hang*0.5, -0.12, hang, -0.3, hang*0.7), ears)
		return
	}
	w, h := p.uniform(0.28, 0.35), p.uniform(0.34, 0.4)
	ear := blob(w*0.5, -h*0.85, w+0.12, -h*0.6, w+0.2, hang*0.5, w+0.08, hang, w*0.8, hang*0.4)
	both := join(ear, shape{clockwise(ear.moved(scale(-1, 1))[0])})
	q.fill(ellipse(0, 0, w, h), coat)
	q.fill(both, ears)
	q.fill(ellipse(0, 0.17, p.uniform(0.17, 0.22), p.uniform(0.19, 0.24)), muzzle)
	if tongue {
		q.fill(round(-0.06, 0.25, 0.06, 0.46, 0.06), of(pink))
	}
	q.fill(join(bar(0.022, 0, 0.15, 0, 0.27), curve(0.022, -0.11, 0.28, 0, 0.27, 0.11, 0.28)), of(ink))
	q.fill(ellipse(0, 0.09, p.uniform(0.085, 0.11), p.uniform(0.06, 0.08)), glossy(ink, 0.4))
	q.fill(join(disc(-0.13, -0.09, 0.052), disc(0.13, -0.09, 0.052)), of(ink))
	q.fill(join(disc(-0.115, -0.11, 0.017), disc(0.145, -0.11, 0.017)), of(rgb{1, 1, 1}))
}

// bird looks to the right: perched, wading, swimming or flying.
func bird(p *pen) {
	c := oneOf(p, anyColour(p), hsv(p.uniform(15, 40), 0.55, 0.55), hsv(p.uniform(195, 230), 0.6, 0.75), rgb{0.92, 0.92, 0.9}, rgb{0.2, 0.2, 0.23})
	plumage := patterned(c, c.times(0.7), oneOf(p, plain, plain, noise, scales, stripes), p.uniform(3, 7), p.uniform(-40, 40), p.uniform(0.3, 0.8))
	wing := patterned(c.times(p.uniform(0.55, 0.85)), c.times(0.4), oneOf(p, plain, stripes, scales), p.uniform(4, 8), p.uniform(30, 80), 0.6)
	wing.light, plumage.light = 0.2, 0.25
	if p.chance(0.3) {
		wing.colour = anyColour(p)
	}
	breast := plumage
	if p.chance(0.6) {
		breast.colour, breast.pattern = oneOf(p, rgb{0.95, 0.93, 0.88}, hsv(15, 0.7, 0.85), hsv(48, 0.7, 0.95)), plain
	}
	bill := of(oneOf(p, hsv(40, 0.85, 0.95), hsv(20, 0.85, 0.9), rgb{0.2, 0.18, 0.18}))
	neck := oneOf(p, 0, 0, p.uniform(0, 0.2), p.uniform(0.2, 0.6)) // how far the head is from the body
	pose := p.rng.IntN(4)
	hx, hy, r := 0.45+neck*0.3, -0.33-neck, p.uniform(0.19, 0.26)
	// Tail, and the wing behind.
	drop := p.uniform(-0.25, 0.25)
	fan := p.uniform(0.06, 0.2)
	long := p.uniform(0.3, 0.6)
	p.fill(polygon(-0.5, -0.06, -0.55-long, drop-fan, -0.6-long, drop+fan, -0.45, 0.16), wing)
	flap := p.uniform(0.6, 1)
	if pose == 3 {
		p.fill(blob(0.1, -0.1, 0.25, -flap*0.8, 0.05, -flap*1.05, -0.2, -flap*0.7, -0.3, -0.05), wing.deep(0.75))
	}
	legs := of(bill.colour.times(0.8))
	if pose != 3 && pose != 2 {
		l := p.uniform(0.25, 0.45)
		if pose == 1 {
			l = p.uniform(0.6, 0.9)
		}
		p.fill(join(line(0.05, -0.05, 0.3, -0.1, 0.3+l), line(0.05, 0.12, 0.3, 0.16, 0.3+l),
			line(0.045, -0.2, 0.3+l, 0.02, 0.3+l), line(0.045, 0.06, 0.3+l, 0.28, 0.3+l)), legs)
	}
	// Neck, body, breast, wing.
	if neck > 0 {
		p.fill(stroke(0.36, 0.22, smooth([]point{{0.3, -0.05}, {0.42 + neck*0.4, -0.15 - neck*0.3}, {hx, hy}}, false)), plumage)
	}
	p.fill(blob(-0.65, 0, -0.3, -0.25, 0.15, -0.3, 0.5, -0.2, 0.52, 0.1, 0.2, 0.38, -0.25, 0.32), plumage)
	p.fill(blob(0.45, -0.1, 0.48, 0.12, 0.2, 0.35, -0.1, 0.3, 0.2, 0.15), breast)
	if pose == 3 {
		p.fill(blob(0.15, -0.12, -0.1, -flap*0.7, -0.45, -flap*1.1, -0.5, -flap*0.6, -0.35, 0.02), wing)
	} else {
		p.fill(blob(0.3, -0.12, 0, -0.2, -0.4, -0.05, -0.75, 0.12, -0.3, 0.22, 0.1, 0.14), wing)
	}
	// Head and beak.
	q := p.tell()
	beak, thick := p.uniform(0.16, 0.45), p.uniform(0.06, 0.12)
	bend := p.uniform(-0.02, 0.1)
	if p.chance(0.25) { // a crest
		q.fill(polygon(hx-0.15, hy-r*0.6, hx-0.3, hy-r*1.6, hx+0.1, hy-r*0.8), wing)
	}
	q.fill(shape{clockwise(smooth([]point{{hx + r*0.7, hy - thick}, {hx + r + beak*0.6, hy - thick*0.3 + bend*0.3}, {hx + r + beak, hy + bend}, {hx + r*0.7, hy + thick}}, false))}, bill)
	q.fill(disc(hx, hy, r), plumage)
	if p.chance(0.3) {
		q.fill(pie(hx, hy, r, r, 180, 360), wing)
	}
	q.fill(disc(hx+r*0.35, hy-r*0.2, 0.055), of(rgb{0.97, 0.97, 0.9}))
	q.fill(disc(hx+r*0.38, hy-r*0.2, 0.035), of(ink))
}

// fish swims to the right.
func fish(p *pen) {
	c := oneOf(p, anyColour(p), hsv(p.uniform(10, 45), 0.85, 0.95), hsv(p.uniform(190, 225), 0.5, 0.7), rgb{0.7, 0.73, 0.75})
	skin := patterned(c, oneOf(p, c.times(0.6), rgb{0.95, 0.95, 0.95}, anyColour(p)), oneOf(p, scales, scales, stripes, plain, dots, noise), p.uniform(3, 6), oneOf(p, 0.0, 0, 90), p.uniform(0.4, 0.9))
	skin.light, skin.shine = 0.25, p.uniform(0, 0.4)
	fin := patterned(oneOf(p, c.times(0.7), c.times(0.7), anyColour(p)), c.times(0.45), stripes, p.uniform(7, 11), p.uniform(60, 120), 0.5)
	h := p.uniform(0.24, 0.6)
	back := p.uniform(-0.2, 0.15) // where the body is highest
	// Fins behind the body.
	tall, start, end := p.uniform(0.12, 0.4), p.uniform(0.1, 0.35), p.uniform(-0.5, -0.25)
	p.fill(blob(start, -h*0.75, back-0.1, -h-tall, end-0.1, -h*0.6-tall*0.6, end, -h*0.45), fin)
	p.fill(blob(0.05, h*0.7, -0.15, h+tall*0.7, -0.4, h*0.6+tall*0.5, -0.35, h*0.5), fin)
	tail := p.tell()
	spread, long, fork := p.uniform(0.3, 0.6), p.uniform(0.3, 0.5), p.uniform(0.02, 0.3)
	tail.fill(rounded(0.05, -0.55, -0.08, -0.65-long, -spread, -0.65-long+fork, 0, -0.65-long, spread, -0.55, 0.08), fin)
	p.fill(blob(0.85, 0.02, 0.6, -h*0.6, back, -h, -0.4, -h*0.5, -0.68, -0.07, -0.68, 0.07, -0.4, h*0.5, back, h, 0.6, h*0.65), skin)
	if p.chance(0.4) { // a pale belly
		b := skin.pale()
		p.fill(blob(0.75, h*0.2, 0.5, h*0.55, back, h*0.92, -0.4, h*0.45, 0, h*0.5), b)
	}
	// Gill, fin at the side, mouth, eye.
	p.fill(shape{clockwise(arc(0.3, 0, 0.12, h*0.6, -70, 70))}, skin.deep(0.8))
	p.fill(blob(0.25, 0.05, 0.02, 0.02, -0.15, 0.15+0.2*h, 0.1, 0.25*h+0.08), fin)
	p.fill(curve(0.025, 0.83, 0.06, 0.74, 0.1, 0.7, 0.09), of(c.times(0.35)))
	e := p.uniform(0.07, 0.11)
	p.fill(disc(0.58, -h*0.2, e), of(rgb{0.97, 0.97, 0.92}))
	p.fill(disc(0.6, -h*0.2, e*0.6), of(ink))
	if p.chance(0.2) { // barbels
		p.fill(join(curve(0.03, 0.78, 0.12, 0.85, 0.22, 0.8, 0.32), curve(0.03, 0.7, 0.14, 0.72, 0.26, 0.66, 0.34)), of(c.times(0.5)))
	}
}
