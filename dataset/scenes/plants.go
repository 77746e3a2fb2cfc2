package scenes

import "math"

// leafGreen is a colour of leaves, now and then of autumn.
func leafGreen(p *pen) rgb {
	if p.chance(0.2) {
		return hsv(p.uniform(15, 55), p.uniform(0.6, 0.9), p.uniform(0.5, 0.85))
	}
	return hsv(p.uniform(75, 150), p.uniform(0.35, 0.8), p.uniform(0.3, 0.7))
}

// flower is one blossom on its stem, of different kinds.
func flower(p *pen) {
	green := of(leafGreen(p))
	lean := p.uniform(-0.25, 0.25)
	foot := p.uniform(0.9, 1.5)
	p.fill(curve(p.uniform(0.06, 0.1), 0, 0, lean*0.4, foot*0.5, lean, foot), green)
	for i := range p.rng.IntN(4) { // leaves along it
		side := float64(1 - 2*(i%2))
		y := foot * p.uniform(0.45, 0.9)
		l := p.uniform(0.3, 0.55)
		q := p.within(scale(side*l, l).then(turn(side * p.uniform(-55, -15))).then(move(lean*y/foot, y)))
		q.fill(blob(0, 0, 0.5, -0.22, 1, 0, 0.5, 0.22), green)
		q.fill(bar(0.05, 0.1, 0, 0.85, 0), green.deep(0.75))
	}
	c := hsv(oneOf(p, p.uniform(-30, 60), p.uniform(180, 330)), p.uniform(0.3, 0.95), p.uniform(0.75, 1))
	if p.chance(0.2) {
		c = rgb{0.97, 0.96, 0.93}
	}
	petal := of(c)
	petal.second, petal.pattern, petal.scale, petal.strength = c.times(0.7), oneOf(p, plain, plain, rings, noise), p.uniform(1.5, 3), 0.6
	q := p.tell()
	switch p.rng.IntN(4) {
	case 0: // a tulip or bell, from the side
		h, w := p.uniform(0.35, 0.5), p.uniform(0.3, 0.42)
		q.fill(blob(0, -h, w*0.45, -h*0.2, 0.1, h*0.55, -0.1, h*0.55, -w*0.45, -h*0.2), petal.deep(0.75))
		q.fill(blob(-w, -h*0.95, -w*0.2, -0.1, 0, h*0.6, -w*0.75, h*0.4, -w*1.05, -h*0.2), petal)
		q.fill(blob(w, -h*0.95, w*1.05, -h*0.2, w*0.75, h*0.4, 0, h*0.6, w*0.2, -0.1), petal)
		q.fill(blob(0, -h*0.75, w*0.5, -h*0.1, w*0.35, h*0.5, 0, h*0.65, -w*0.35, h*0.5, -w*0.5, -h*0.1), petal.deep(0.9))
	case 1: // a rose: petals within petals
		r := p.uniform(0.42, 0.55)
		for i := range 4 {
			k := r * (1 - 0.24*float64(i))
			for j := range 5 - i {
				a := (float64(j)/float64(5-i) + 0.13*float64(i)) * 2 * math.Pi
				s, co := math.Sincos(a)
				q.fill(ellipse(0.45*k*co, 0.42*k*s, 0.6*k, 0.55*k), petal.deep(1-0.09*float64(i)-0.03*float64(j)))
			}
		}
		q.fill(shape{clockwise(arc(0, 0, 0.12, 0.1, 20, 300))}, petal.deep(0.55))
	default: // petals around a heart
		n := 5 + p.rng.IntN(9)
		long := p.uniform(0.45, 0.65)
		wide := min(long*math.Pi/float64(n)*p.uniform(0.85, 1.25), 0.32)
		tip := p.uniform(0.6, 1.1) // how far out the petal is widest
		oblique := p.uniform(0.65, 1)
		f := q.within(turn(p.uniform(0, 90)).then(scale(1, oblique)))
		heart := p.uniform(0.12, 0.24)
		layers := 1 + p.rng.IntN(2)
		for layer := range layers {
			k := 1 - 0.3*float64(layer)
			var back, front shape
			for i := range n {
				one := blob(0, 0, long*tip*0.55*k, -wide*k, long*k, -wide*0.3*k, long*k, wide*0.3*k, long*tip*0.55*k, wide*k)
				one = one.moved(turn((float64(i) + 0.5*float64(layer)) * 360 / float64(n)))
				if i%2 == 0 {
					back = append(back, one...)
				} else {
					front = append(front, one...)
				}
			}
			f.fill(back, petal.deep(0.84))
			f.fill(front, petal.deep(1+0.06*float64(layer)))
		}
		core := oneOf(p, hsv(48, 0.85, 0.95), hsv(30, 0.7, 0.4), hsv(75, 0.6, 0.6), c.times(0.5))
		f.fill(disc(0, 0, heart), patterned(core, core.times(0.6), dots, p.uniform(12, 20), 0, 0.8))
	}
}

// tree is broad, round, a fir, a poplar, a palm or bare in part.
func tree(p *pen) {
	bark := patterned(timber(p).times(0.75), ink, grain, p.uniform(3, 6), 90, 0.4)
	bark.light, bark.seed = 0.3, p.rng.Uint32()
	c := leafGreen(p)
	leaves := patterned(c, c.times(p.uniform(0.6, 0.8)), oneOf(p, noise, noise, patches, dots), p.uniform(5, 10), p.uniform(0, 90), p.uniform(0.5, 0.9))
	leaves.light, leaves.seed = 0.32, p.rng.Uint32()
	w := p.uniform(0.07, 0.15)
	q := p.tell()
	switch p.rng.IntN(5) {
	case 0: // fir
		p.fill(rectangle(-w, 0.5, w, 1.05), bark)
		n, width := 3+p.rng.IntN(3), p.uniform(0.42, 0.68)
		for i := range n {
			t := float64(i) / float64(n)
			y0, y1 := 0.75-1.75*t, 0.75-1.75*(t+1.5/float64(n))
			k := width * (1 - 0.75*t)
			q.fill(rounded(0.03, 0, max(y1, -1.15), k, y0, k*0.5, y0-0.05, 0, y0+0.03, -k*0.5, y0-0.05, -k, y0), leaves.deep(0.8+0.25*t))
		}
	case 1: // palm
		bend := p.uniform(-0.35, 0.35)
		p.fill(stroke(2.2*w, 1.2*w, smooth([]point{{0, 1.05}, {bend * 0.3, 0.3}, {bend, -0.45}}, false)), bark)
		n := 6 + p.rng.IntN(4)
		long := p.uniform(0.6, 0.85)
		for i := range n {
			a := 180 + 180*(float64(i)+0.5)/float64(n) + p.uniform(-8, 8)
			s, co := math.Sincos(a * math.Pi / 180)
			f := p.uniform(0.25, 0.5)
			q.fill(blob(bend, -0.45, bend+0.5*long*co, -0.55+0.6*long*s, bend+long*co, -0.45+long*s*0.5+f, bend+0.45*long*co, -0.42+0.4*long*s), leaves.deep(0.8+0.25*float64(i%2)))
		}
		q.fill(disc(bend, -0.43, 0.1), leaves.deep(0.6))
	case 2: // poplar or cypress
		p.fill(rectangle(-w, 0.4, w, 1.05), bark)
		k := p.uniform(0.22, 0.38)
		q.fill(blob(0, -1.1, k*0.8, -0.5, k, 0.2, k*0.5, 0.72, -k*0.5, 0.72, -k, 0.2, -k*0.8, -0.5), leaves)
	default: // broad, of several tufts
		fork := p.uniform(0.1, 0.3)
		p.fill(join(stroke(2.6*w, 1.4*w, []point{{0, 1.05}, {0, 0.1}}), stroke(1.3*w, 0.7*w, []point{{0, 0.35}, {-fork - 0.15, -0.2}}), stroke(1.3*w, 0.7*w, []point{{0, 0.3}, {fork + 0.15, -0.25}})), bark)
		rx, ry := p.uniform(0.45, 0.75), p.uniform(0.4, 0.6)
		n := 6 + p.rng.IntN(4)
		var tufts shape
		for i := range n {
			s, co := math.Sincos(2 * math.Pi * (float64(i) + p.uniform(-0.2, 0.2)) / float64(n))
			tufts = append(tufts, disc(rx*0.65*co, -0.42+ry*0.65*s, rx*p.uniform(0.35, 0.5))...)
		}
		q.fill(join(tufts, ellipse(0, -0.42, rx*0.8, ry*0.8)), leaves.deep(0.85))
		for range 3 { // lit tufts
			q.fill(disc(p.uniform(-0.5, 0.5)*rx, -0.5+p.uniform(-0.4, 0.3)*ry, rx*p.uniform(0.25, 0.4)), leaves)
		}
		if p.chance(0.3) { // fruit
			var fruit shape
			for range 8 {
				fruit = append(fruit, disc(p.uniform(-0.7, 0.7)*rx, -0.42+p.uniform(-0.7, 0.7)*ry, 0.055)...)
			}
			q.fill(fruit, glossy(oneOf(p, hsv(0, 0.85, 0.85), hsv(40, 0.9, 0.95), hsv(300, 0.5, 0.5)), 0.4))
		}
	}
}

// dome is a half round top of the width 2·w and height h over the line y = 0,
// which sags by s: a cap or a canopy.
func dome(w, h, s float64) shape {
	top := arc(0, 0, w, h, 180, 360)
	return shape{clockwise(append(top, smooth([]point{{w, 0}, {w * 0.5, s}, {0, s * 1.2}, {-w * 0.5, s}, {-w, 0}}, false)...))}
}

// spotted is what both caps and canopies are made of.
func spotted(p *pen) material {
	c := oneOf(p, hsv(p.uniform(-12, 15), 0.85, 0.8), hsv(28, 0.6, 0.6), hsv(40, 0.35, 0.85), anyColour(p), anyColour(p))
	m := patterned(c, oneOf(p, rgb{0.96, 0.94, 0.9}, c.times(0.65)), oneOf(p, dots, dots, plain, stripes, noise, rings), p.uniform(2.5, 5), p.uniform(-20, 20), p.uniform(0.6, 1))
	m.light, m.shine, m.seed = 0.3, p.uniform(0, 0.35), p.rng.Uint32()
	return m
}

// mushroom stands alone or with smaller ones.
func mushroom(p *pen) {
	top, stem := spotted(p), of(hsv(p.uniform(30, 50), p.uniform(0.05, 0.3), p.uniform(0.75, 0.97)))
	stem.light = 0.3
	one := func(p *pen) {
		w, h := p.uniform(0.55, 0.85), p.uniform(0.35, 0.75)
		thick, flare := p.uniform(0.14, 0.26), p.uniform(0.05, 0.2)
		p.fill(blob(-thick, -0.1, thick, -0.1, thick*0.9, 0.45, thick+flare, 0.95, 0, 1.02, -thick-flare, 0.95, -thick*0.9, 0.45), stem)
		if p.chance(0.5) { // the ring
			p.fill(blob(-thick*1.5, 0.3, 0, 0.2, thick*1.5, 0.3, thick*1.2, 0.42, 0, 0.36, -thick*1.2, 0.42), stem.deep(0.9))
		}
		q := p.tell()
		sag := p.uniform(0.08, 0.2)
		under := patterned(stem.colour.times(0.85), stem.colour.times(0.5), stripes, p.uniform(8, 14), 0, 0.8)
		q.fill(ellipse(0, 0, w*0.98, sag), under) // gills
		q.fill(dome(w, h, -sag*p.uniform(-0.3, 0.6)), top)
	}
	if p.chance(0.35) {
		k := p.uniform(0.4, 0.6)
		one(p.within(scale(k, k).then(turn(p.uniform(-15, 15))).then(move(oneOf(p, -1.0, 1)*p.uniform(0.6, 0.85), 1-k))))
	}
	one(p)
}
