package main

import (
	"math"

	"gonum.org/v1/gonum/spatial/r3"
)

// The sun stands low, off the right edge and on the viewer's side.
var (
	sunward  = r3.Unit(r3.Vec{X: 0.80, Y: 0.22, Z: 0.50}) // x right, y up, z to the viewer
	sunlight = r3.Scale(2.1, hex("#ffc483"))
	skylight = r3.Scale(0.75, hex("#8fa3d8"))
	haze     = r3.Scale(1.05, hex("#f3b48a"))
)

// balloons is a sunset over hills, with three hot-air balloons.
func balloons(x, y float64) r3.Vec {
	for _, b := range fleet {
		if light, hit := b.look(x, y); hit {
			return light
		}
	}
	if light, hit := hills(x, y); hit {
		return light
	}
	return sky(x, y)
}

// sky is a gradient from the horizon up, brighter towards the sun, with
// stretched clouds lit from the right.
func sky(x, y float64) r3.Vec {
	up := (430 - y) / 430 // 0 at the horizon, 1 at the upper edge
	c := mix(hex("#ffc98a"), hex("#e9957d"), ramp(0, 0.30, up))
	c = mix(c, hex("#8d7fae"), ramp(0.15, 0.65, up))
	c = mix(c, hex("#34508c"), ramp(0.45, 1.1, up))
	glow := math.Exp(-math.Hypot((x-860)/420, (y-395)/190))
	c = r3.Add(c, r3.Scale(1.5*glow, hex("#ffb765")))

	// Clouds lie in a plane overhead: nearer the horizon they shrink.
	depth := 1 / (0.25 + max(0, up))
	u, v := (x-400)/430*depth, 2.1*depth
	u += 0.35 * cloud(u, v, 3, 10)
	thick := cloud(u, v*1.5, 6, 24)
	lit := thick - cloud(u+0.16, v*1.5+0.1, 4, 24) // less cloud towards the sun
	cover := 0.8 * ramp(-0.04, 0.40, thick) * ramp(0.02, 0.2, up)
	shade := mix(hex("#83749c"), r3.Scale(1.25, hex("#ffb28c")), ramp(-0.25, 0.3, lit+0.25*(1-up)))
	return mix(c, shade, cover)
}

// ridge is one range of hills: its crest is at y, moving by relief over swells
// of the given length, with trees standing up from it, all in pixels.
type ridge struct {
	y, relief, length, trees float64
	ground                   r3.Vec
	haze                     float64 // how much of it the air hides, 0 to 1
}

// ridges from near to far.
var ridges = []ridge{
	{y: 568, relief: 34, length: 420, trees: 11, ground: hex("#39401f"), haze: 0.02},
	{y: 524, relief: 44, length: 330, trees: 7, ground: hex("#4a4f2a"), haze: 0.16},
	{y: 484, relief: 46, length: 260, trees: 4, ground: hex("#4d5233"), haze: 0.36},
	{y: 452, relief: 44, length: 210, trees: 2, ground: hex("#4f4f45"), haze: 0.56},
	{y: 428, relief: 52, length: 190, trees: 1, ground: hex("#544e5c"), haze: 0.72},
	{y: 404, relief: 58, length: 240, trees: 0, ground: hex("#5c5272"), haze: 0.84},
}

// swell is the height of the bare hill at x.
func (r ridge) swell(x float64, layer int) float64 {
	return r.y - r.relief*cloud(x/r.length, 0.5, 4, layer)
}

func hills(x, y float64) (r3.Vec, bool) {
	for i, r := range ridges {
		if y < r.y-r.relief-1.5*r.trees {
			continue // above all that the ridge may reach
		}
		layer := 40 + 12*i
		down := y - r.swell(x, layer)
		if r.trees > 0 {
			down += r.trees * (0.5 + cloud(x/(1.6*r.trees), 0.5, 3, layer+7))
		}
		if down < 0 {
			continue
		}
		// Slopes that fall to the right face the sun.
		slope := (r.swell(x+8, layer) - r.swell(x-8, layer)) / 16
		size := 0.6 + r.length/460 // of what grows on it
		tuft := cloud(x/(11*size), y/(5*size), 4, layer+3)
		field := cloud(x/(130*size)+0.4*tuft, y/(34*size), 3, layer+5)
		ground := mix(r.ground, hex("#8a7636"), 0.7*ramp(-0.1, 0.35, field))
		edge := math.Exp(-down / (5 * size)) // the light catches the crests
		sun := 0.28 + 0.9*slope + 0.5*tuft + 0.5*edge
		c := tint(ground, r3.Add(r3.Scale(max(0.03, sun), sunlight), r3.Scale(0.42, skylight)))

		// Mist fills the valleys, thicker where the next ridge rises.
		air := mix(r3.Scale(0.62, hex("#b98fa6")), haze, ramp(-100, 850, x))
		mist := ramp(4, 62, y-r.y+0.5*r.relief+14*cloud(x/170, y/26, 3, layer+9))
		if i == 0 {
			mist = 0
		}
		return mix(c, air, r.haze+(1-r.haze)*0.7*mist), true
	}
	return r3.Vec{}, false
}

// balloon is a hot-air balloon at (x, y), the middle of the widest part of its
// envelope, whose radius there is given in pixels. Its own space has that
// radius as unit, the same middle, y up and z to the viewer.
type balloon struct {
	x, y, radius float64
	turn         float64 // about its axis, in radians
	gores        float64 // strips of cloth round the envelope
	haze         float64 // how much of it the air hides, 0 to 1
	cloth        func(gore, height float64) r3.Vec
}

// fleet from near to far.
var fleet = []balloon{
	{x: 468, y: 208, radius: 138, turn: 0.35, gores: 24, haze: 0.03, cloth: chevrons},
	{x: 226, y: 306, radius: 47, turn: 1.1, gores: 16, haze: 0.20, cloth: stripes},
	{x: 664, y: 372, radius: 19, turn: 0.2, gores: 12, haze: 0.42, cloth: spiral},
}

// chevrons has a zigzag of yellow and navy round a red envelope. Its gore
// counts round the axis, with fractions; its height goes from 0 at the mouth to
// 1 at the crown.
func chevrons(gore, height float64) r3.Vec {
	zig := math.Abs(math.Mod(gore, 4)-2) / 2
	switch level := height - 0.10*zig; {
	case level > 0.84:
		return hex("#f2b632")
	case level > 0.80:
		return hex("#f4ead2")
	case level > 0.62:
		return hex("#c3221c")
	case level > 0.545:
		return hex("#f4b12c")
	case level > 0.47:
		return hex("#22356f")
	case level > 0.43:
		return hex("#f4ead2")
	case level > 0.13:
		return hex("#b81f1d")
	}
	return hex("#22356f")
}

func stripes(gore, height float64) r3.Vec {
	if height < 0.16 || height > 0.93 || math.Mod(gore, 2) < 1 {
		return hex("#1f5f9e")
	}
	return hex("#f3efe2")
}

func spiral(gore, height float64) r3.Vec {
	if math.Mod(gore+9*height, 4) < 2 {
		return hex("#e0a51f")
	}
	return hex("#3d7d3a")
}

// The envelope ends in a mouth; below it hang the ropes and the basket.
const (
	mouth       = -1.28 // its height
	mouthRadius = 0.24
	basketTop   = -1.72
	basketFoot  = -1.98
	basketHalf  = 0.155 // half its width
)

// profile is the envelope's radius at a height and how fast that changes: a
// sphere above, a cubic that narrows to the mouth below.
func profile(h float64) (radius, slope float64) {
	switch {
	case h >= 1:
		return 0, 0
	case h >= 0:
		radius = math.Sqrt(1 - h*h)
		return radius, -h / max(radius, 0.05)
	}
	s := h / mouth
	const end = -0.78 // slope of the cubic at the mouth
	s2, s3 := s*s, s*s*s
	radius = 1 - 3*s2 + 2*s3 + mouthRadius*(3*s2-2*s3) + end*(s3-s2)
	slope = (-6*s + 6*s2 + mouthRadius*(6*s-6*s2) + end*(3*s2-2*s)) / mouth
	return radius, slope
}

// look gives the light from what the balloon shows at a point of the film, and
// whether it shows anything there.
func (b balloon) look(x, y float64) (r3.Vec, bool) {
	u, v := (x-b.x)/b.radius, (b.y-y)/b.radius
	if math.Abs(u) > 1.05 || v > 1.1 || v < -2.4 {
		return r3.Vec{}, false
	}
	const tilt = 0.17 // radians by which the viewer looks up
	sin, cos := math.Sincos(tilt)
	eye := r3.Vec{X: u, Y: v*cos - 3*sin, Z: v*sin + 3*cos}
	along := r3.Vec{Y: sin, Z: -cos}

	light, hit := b.envelope(eye, along)
	if !hit {
		light, hit = b.gondola(eye, along)
	}
	return mix(light, haze, b.haze), hit
}

// envelope follows the ray to where it meets the cloth, from outside or, up
// through the mouth, from inside.
func (b balloon) envelope(eye, along r3.Vec) (r3.Vec, bool) {
	gap := func(p r3.Vec) float64 {
		r, _ := profile(p.Y)
		return math.Sqrt(p.X*p.X+p.Z*p.Z) - r
	}
	const step, reach = 0.05, 4.6
	start := eye
	for t := 1.6; t < reach; t += step {
		p := r3.Add(eye, r3.Scale(t, along))
		inRange := p.Y > mouth && p.Y < 1 && start.Y > mouth
		if from, to := gap(start), gap(p); inRange && (from > 0) != (to > 0) {
			near, far := start, p
			for range 12 { // halve to 1/4096 of a step
				middle := r3.Scale(0.5, r3.Add(near, far))
				if (gap(middle) > 0) == (from > 0) {
					near = middle
				} else {
					far = middle
				}
			}
			return b.fabric(far, from < 0), true
		}
		start = p
	}
	return r3.Vec{}, false
}

// fabric shades a point of the envelope.
func (b balloon) fabric(p r3.Vec, inside bool) r3.Vec {
	_, slope := profile(p.Y)
	azimuth := math.Atan2(p.X, p.Z)
	gore := math.Mod((azimuth+b.turn)/(2*math.Pi)*b.gores+4*b.gores, b.gores)
	across := gore - math.Floor(gore) - 0.5
	height := (p.Y - mouth) / (1 - mouth)
	cloth := b.cloth(gore, height)

	// Every gore bulges between its seams, and puckers along them.
	bent := azimuth + 0.32*across
	pucker := 0.10 * noise(p.Y*26, math.Floor(gore)*3.3, 5) * math.Abs(across) * 2
	sin, cos := math.Sincos(bent)
	normal := r3.Unit(r3.Vec{X: sin, Y: -slope + pucker, Z: cos})

	sun := r3.Dot(normal, sunward)
	through := 0.34 * ramp(0.3, -0.9, sun) // cloth lets some of the sun through
	sky := 0.55 + 0.45*normal.Y
	bounce := 0.16 * max(0, 0.4-normal.Y)
	light := r3.Add(
		r3.Scale(max(0, 0.9*sun+0.1)+through, sunlight),
		r3.Add(r3.Scale(0.55*sky, skylight), r3.Scale(bounce, hex("#d98f6a"))))
	flame := r3.Scale(0.9*math.Exp(-6*height), hex("#ff9a3c"))
	light = r3.Add(light, flame)
	if inside {
		light = r3.Add(r3.Scale(0.28, light), r3.Scale(1.1, flame))
	}
	seam := 1 - 0.35*ramp(0.44, 0.5, math.Abs(across))
	seam *= 1 - 0.18*ramp(0.05, 0.0, math.Abs(math.Mod(height*22, 1)-0.5))
	c := r3.Scale(seam, tint(cloth, light))

	half := r3.Unit(r3.Add(sunward, r3.Vec{Z: 1}))
	gleam := math.Pow(max(0, r3.Dot(normal, half)), 24)
	if inside {
		gleam = 0
	}
	return r3.Add(c, r3.Scale(0.10*gleam, sunlight))
}

// gondola is the basket with its two passengers, the burner and the ropes.
func (b balloon) gondola(eye, along r3.Vec) (r3.Vec, bool) {
	// The basket is a box turned by 0.5 radians.
	const turn = 0.5
	o, d := spin(eye, turn), spin(along, turn)
	if p, normal, hit := box(o, d, basketFoot, basketTop, basketHalf); hit {
		side := p.X
		if math.Abs(normal.X) > 0.5 {
			side = p.Z
		}
		weave := math.Sin(side*130) * math.Sin(p.Y*150+math.Pi*math.Floor(side*130/math.Pi))
		wicker := r3.Scale(1+0.35*weave, hex("#9a6a35"))
		if p.Y > basketTop-0.035 || p.Y < basketFoot+0.03 {
			wicker = hex("#4a2a18") // leather
		}
		sun := max(0, r3.Dot(spin(normal, -turn), sunward))
		return tint(wicker, r3.Add(r3.Scale(sun, sunlight), r3.Scale(0.45, skylight))), true
	}
	for _, s := range rigging {
		if across, hit := s.hit(eye, along); hit {
			sun := max(0, 0.35+0.65*across)
			return tint(s.colour, r3.Add(r3.Scale(sun, sunlight), r3.Scale(0.5+s.glow, skylight))), true
		}
	}
	return r3.Vec{}, false
}

// spin turns p about the balloon's axis.
func spin(p r3.Vec, angle float64) r3.Vec {
	sin, cos := math.Sincos(angle)
	return r3.Vec{X: cos*p.X + sin*p.Z, Y: p.Y, Z: cos*p.Z - sin*p.X}
}

// box is where the ray o + t·d first meets the upright box of the given foot,
// top and half width, and the outward normal there.
func box(o, d r3.Vec, foot, top, half float64) (point, normal r3.Vec, hit bool) {
	enter, leave := math.Inf(-1), math.Inf(1)
	slab := func(o, d, low, high float64, axis r3.Vec) {
		near, far := (low-o)/d, (high-o)/d
		if near > far {
			near, far, axis = far, near, r3.Scale(-1, axis)
		}
		if near > enter {
			enter, normal = near, r3.Scale(-1, axis)
		}
		leave = min(leave, far)
	}
	slab(o.X, d.X, -half, half, r3.Vec{X: 1})
	slab(o.Y, d.Y, foot, top, r3.Vec{Y: 1})
	slab(o.Z, d.Z, -half, half, r3.Vec{Z: 1})
	return r3.Add(o, r3.Scale(enter, d)), normal, enter < leave
}

// rod is a round stick from a to b.
type rod struct {
	a, b   r3.Vec
	radius float64
	colour r3.Vec
	glow   float64
}

var rigging = func() []rod {
	var rods []rod
	rope, steel := hex("#3a2c22"), hex("#6d6a70")
	for i := range 4 {
		sin, cos := math.Sincos(math.Pi/4 + float64(i)*math.Pi/2 - 0.5)
		corner := r3.Vec{X: 1.32 * basketHalf * sin, Y: basketTop, Z: 1.32 * basketHalf * cos}
		frame := r3.Vec{X: 0.12 * sin, Y: -1.50, Z: 0.12 * cos}
		rods = append(rods, rod{a: corner, b: frame, radius: 0.012, colour: steel})
		for j := range 3 {
			sin, cos := math.Sincos(math.Pi/4 + float64(i)*math.Pi/2 + 0.5*float64(j-1) - 0.5)
			rim := r3.Vec{X: mouthRadius * sin, Y: mouth, Z: mouthRadius * cos}
			rods = append(rods, rod{a: frame, b: rim, radius: 0.006, colour: rope})
		}
	}
	person := func(x, z float64, coat string) {
		foot, neck := r3.Vec{X: x, Y: basketTop - 0.05, Z: z}, r3.Vec{X: x, Y: basketTop + 0.06, Z: z}
		head := r3.Vec{X: x, Y: basketTop + 0.135, Z: z}
		rods = append(rods,
			rod{a: head, b: head, radius: 0.032, colour: hex("#8a5a40")},
			rod{a: foot, b: neck, radius: 0.045, colour: hex(coat)})
	}
	person(-0.07, 0.02, "#3b4a6b")
	person(0.06, -0.03, "#7a2c2c")
	burner := r3.Vec{Y: -1.50}
	return append(rods,
		rod{a: burner, b: r3.Vec{Y: -1.44}, radius: 0.05, colour: steel},
		rod{a: r3.Vec{Y: -1.43}, b: r3.Vec{Y: -1.30}, radius: 0.022, colour: hex("#ffd9a0"), glow: 6})
}()

// hit says whether the ray passes within the rod and how far to the right of
// its middle, from -1 to 1.
func (s rod) hit(eye, along r3.Vec) (across float64, hit bool) {
	// The point of the rod nearest to the ray: see both from along the ray.
	flat := func(p r3.Vec) r3.Vec {
		p = r3.Sub(p, eye)
		return r3.Sub(p, r3.Scale(r3.Dot(p, along), along))
	}
	a, b := flat(s.a), flat(s.b)
	axis := r3.Sub(b, a)
	t := 0.0
	if length := r3.Norm2(axis); length > 0 {
		t = max(0, min(1, -r3.Dot(a, axis)/length))
	}
	off := r3.Add(a, r3.Scale(t, axis))
	return -off.X / s.radius, r3.Norm(off) < s.radius
}
