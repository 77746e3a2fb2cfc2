package scenes

import "math"

// umbrella is open, seen from the side.
func umbrella(p *pen) {
	cloth := spotted(p)
	w, h := p.uniform(0.8, 1), p.uniform(0.45, 0.7)
	n := 4 + p.rng.IntN(4) // segments in sight
	metal := of(oneOf(p, rgb{0.25, 0.25, 0.27}, rgb{0.7, 0.7, 0.72}, timber(p)))
	grip := of(oneOf(p, timber(p), ink, anyColour(p)))
	long, hook := p.uniform(0.75, 1.1), p.uniform(0.1, 0.17)
	inside := cloth.deep(0.55)
	rim := p.tell()
	// Underside, shaft and handle.
	rim.fill(join(ellipse(0, 0, w*0.97, p.uniform(0.06, 0.14)), pie(0, 0, w*0.99, h*0.6, 180, 360)), inside)
	thin := p.uniform(0.045, 0.075)
	rim.fill(line(thin, 0, -h*0.5, 0, long), metal)
	if p.chance(0.75) { // hooked
		rim.fill(stroke(thin*1.8, thin*1.8, append([]point{{0, long - 0.2}}, arc(hook, long, hook, hook, 180, 0)...)), grip)
	} else {
		rim.fill(line(thin*2.4, 0, long-0.15, 0, long+0.05), grip)
	}
	// The canopy's lower edge is scalloped between the ribs.
	edge := []point{}
	edge = append(edge, arc(0, 0, w, h, 180, 360)...)
	at := func(i int) float64 { return w * math.Cos(math.Pi*float64(i)/float64(n)) }
	for i := range n {
		a, b := at(i), at(i+1)
		for j := 1; j <= 6; j++ {
			t := float64(j) / 6
			edge = append(edge, point{a + (b-a)*t, -0.13 * math.Sin(math.Pi*t) * (a - b) / w * 1.6})
		}
	}
	p.fill(shape{clockwise(edge)}, cloth)
	alternate := p.chance(0.5)
	other := cloth
	other.colour = oneOf(p, rgb{0.95, 0.94, 0.9}, anyColour(p), cloth.colour.times(0.7))
	var ribs shape
	for i := range n {
		a, b := at(i), at(i+1)
		segment := []point{}
		side := func(x float64, back bool) {
			for j := range 7 {
				t := float64(j) / 6
				if back {
					t = 1 - t
				}
				segment = append(segment, point{x * math.Sin(t*math.Pi/2), -h * math.Cos(t*math.Pi/2)})
			}
		}
		side(a, false)
		for j := 1; j < 6; j++ {
			t := float64(j) / 6
			segment = append(segment, point{a + (b-a)*t, -0.13 * math.Sin(math.Pi*t) * (a - b) / w * 1.6})
		}
		side(b, true)
		if alternate && i%2 == 1 {
			p.fill(shape{clockwise(segment)}, other)
		}
		if i > 0 {
			ribs = append(ribs, stroke(0.025, 0.025, segment[:7])...)
		}
	}
	rim.fill(ribs, cloth.deep(0.6))
	p.fill(line(0.05, 0, -h, 0, -h-p.uniform(0.06, 0.16)), metal)
}

// key lies with its bit to the right.
func key(p *pen) {
	metal := glossy(oneOf(p, hsv(45, 0.6, 0.8), rgb{0.75, 0.76, 0.78}, hsv(25, 0.6, 0.55), rgb{0.35, 0.34, 0.36}), 0.5)
	if p.chance(0.12) {
		metal.colour = anyColour(p)
	}
	bow := metal
	if p.chance(0.25) { // a coloured grip
		bow = glossy(anyColour(p), 0.3)
	}
	r := p.uniform(0.26, 0.4)
	x := -0.95 + r
	if p.chance(0.3) { // on a ring
		p.fill(ring(x-r*0.8, 0.05, 0.22, 0.05), glossy(rgb{0.6, 0.6, 0.62}, 0.5))
	}
	q := p.tell()
	if p.chance(0.55) { // with a shaft and a bit
		thin := p.uniform(0.09, 0.15)
		end := p.uniform(0.75, 1.05)
		p.fill(bar(thin, x+r*0.7, 0, end, 0), metal)
		if p.chance(0.6) { // collars
			p.fill(join(round(x+r+0.02, -thin, x+r+0.08, thin, 0.02), round(x+r+0.13, -thin*0.8, x+r+0.18, thin*0.8, 0.02)), metal.deep(0.8))
		}
		wide, high := p.uniform(0.22, 0.34), p.uniform(0.22, 0.36)
		var bit shape
		switch p.rng.IntN(3) {
		case 0:
			bit = join(rectangle(end-wide, 0, end-wide*0.62, high), rectangle(end-wide*0.38, 0, end, high))
		case 1:
			bit = join(rectangle(end-wide, 0, end, high*0.55), rectangle(end-wide, 0, end-wide*0.7, high), rectangle(end-wide*0.3, 0, end, high))
		default:
			bit = join(rectangle(end-wide, 0, end-wide*0.75, high*0.7), rectangle(end-wide*0.58, 0, end-wide*0.34, high), rectangle(end-wide*0.18, 0, end, high*0.8))
		}
		q.fill(bit, metal)
	} else { // flat, with a notched blade
		thin := p.uniform(0.15, 0.2)
		end := p.uniform(0.7, 0.95)
		from := x + r*0.7
		blade := []float64{from, -thin, end - 0.1, -thin, end, 0}
		teeth := 4 + p.rng.IntN(4)
		for i := range teeth {
			t, y := end-0.1-(end-from-r*0.8)*float64(i)/float64(teeth), thin*p.uniform(0.6, 1)
			blade = append(blade, t, y, t-0.04, y, t-0.07, thin*p.uniform(0, 0.45))
		}
		p.fill(polygon(append(blade, from+r*0.5, thin, from, thin)...), metal)
		q.fill(polygon(append(blade[2:], from+r*0.6, 0.4*thin, from+r*0.6, -0.3*thin, end-0.1, -0.3*thin)...), metal.deep(0.95))
		p.fill(bar(0.03, from, -thin*0.45, end-0.12, -thin*0.45), metal.deep(0.6))
	}
	hole := p.uniform(0.35, 0.62) * r
	switch p.rng.IntN(4) {
	case 0:
		p.fill(join(ellipse(x, 0, r, r*0.85), ellipse(x, 0, hole, hole*0.8).hole()), bow)
	case 1: // trefoil
		var lobes shape
		for i := range 3 {
			s, c := math.Sincos(float64(i)*2*math.Pi/3 + math.Pi)
			lobes = append(lobes, disc(x+r*0.5*c, r*0.5*s, r*0.52)...)
		}
		for i := range 3 {
			s, c := math.Sincos(float64(i)*2*math.Pi/3 + math.Pi)
			lobes = append(lobes, disc(x+r*0.55*c, r*0.55*s, r*0.22).hole()...)
		}
		p.fill(lobes, bow)
	case 2:
		p.fill(join(round(x-r, -r*0.9, x+r*0.9, r*0.9, r*0.3), disc(x-r*0.25, 0, hole*0.55).hole()), bow)
	default:
		p.fill(join(disc(x, 0, r), disc(x-r*0.3, 0, hole*0.5).hole()), bow)
	}
}
