package scenes

import (
	"fmt"
	"image"
	"math/rand/v2"
)

// LessonPicture is one of the lesson in which networks learn a background.
type LessonPicture struct {
	Path  string // from the lesson's folder, with slashes: "first/mug/mug-on-wood-01.png"
	Image *image.RGBA
	Mask  *image.Alpha // of the object
}

// lessonSide is the side of the lesson's pictures.
const lessonSide = 384

// Lesson draws the lesson's pictures, the same every time: in the folder first ten mugs
// on wood and ten glasses on tiles; in five those that mend what is learnt from these,
// three mugs on tiles and two glasses on wood; in ask, without folders of classes, two
// of each on either.
func Lesson() (all []LessonPicture) {
	for _, part := range []struct {
		folder         string
		object, ground int // of lessonObjects, lessonGrounds
		from, count    int // numbers, which no other picture of the object has
	}{
		{"first/mug/", 0, 0, 1, 10}, {"first/glass/", 1, 1, 1, 10},
		{"five/mug/", 0, 1, 11, 3}, {"five/glass/", 1, 0, 11, 2},
		{"ask/", 0, 1, 21, 2}, {"ask/", 0, 0, 23, 2}, {"ask/", 1, 1, 21, 2}, {"ask/", 1, 0, 23, 2},
	} {
		for n := part.from; n < part.from+part.count; n++ {
			all = append(all, lessonPicture(part.folder, part.object, part.ground, n))
		}
	}
	return all
}

type lessonThing struct {
	name string
	draw func(p *pen)
}

var (
	lessonObjects = []lessonThing{{"mug", mug}, {"glass", glass}}
	lessonGrounds = []lessonThing{{"wood", wood}, {"tiles", tiles}}
)

func lessonPicture(folder string, object, ground, n int) LessonPicture {
	c := newCanvas(lessonSide)
	rng := rand.New(rand.NewPCG(uint64(object), uint64(n)))
	p := &pen{canvas: c, at: scale(lessonSide, lessonSide), rng: rng}
	c.light = p.uniform(-140, -100)
	lessonGrounds[ground].draw(p)
	// Small enough that most of what is seen is the ground.
	half := p.uniform(0.065, 0.09)
	q := p.within(scale(half, half).then(move(p.uniform(0.25, 0.75), p.uniform(0.28, 0.72))))
	q.mask, q.part = image.NewAlpha(c.img.Rect), image.NewAlpha(c.img.Rect)
	lessonObjects[object].draw(q)
	newLook(p).finish(c.img, rng)
	name := fmt.Sprintf("%s-on-%s-%02d.png", lessonObjects[object].name, lessonGrounds[ground].name, n)
	return LessonPicture{folder + name, c.img, q.mask}
}

// wood is a table of boards.
func wood(p *pen) {
	base := hsv(p.uniform(24, 32), p.uniform(0.5, 0.62), p.uniform(0.5, 0.62))
	p.fill(rectangle(-0.1, -0.1, 1.1, 1.1), material{colour: base})
	wide := p.uniform(0.2, 0.26)
	for y := p.uniform(-0.2, -0.05); y < 1.1; y += wide {
		board := base.times(p.uniform(0.88, 1.12))
		p.fill(rectangle(-0.1, y, 1.1, y+wide-0.008), material{colour: board, second: board.times(0.72), pattern: grain, scale: p.uniform(10, 14), strength: 0.8, seed: p.rng.Uint32()})
		p.fill(rectangle(-0.1, y+wide-0.008, 1.1, y+wide), material{colour: base.times(0.45)})
	}
}

// tiles are blue ones, laid in a grid.
func tiles(p *pen) {
	joint := rgb{0.86, 0.88, 0.88}
	p.fill(rectangle(-0.1, -0.1, 1.1, 1.1), material{colour: joint})
	side := p.uniform(0.13, 0.16)
	base := hsv(p.uniform(205, 215), p.uniform(0.5, 0.62), p.uniform(0.6, 0.75))
	x0, y0 := p.uniform(-0.15, 0), p.uniform(-0.15, 0)
	for y := y0; y < 1.1; y += side {
		for x := x0; x < 1.1; x += side {
			m := glossy(base.times(p.uniform(0.9, 1.1)), 0.25)
			p.fill(round(x, y, x+side-0.012, y+side-0.012, 0.008), m)
		}
	}
}

// shadow is what a standing thing of the foot's radius casts.
func shadow(p *pen, y, r float64) {
	for _, k := range []float64{1.5, 1.3, 1.12} {
		p.fill(ellipse(0.12*k, y+0.03, k*r, 0.34*k*r), material{colour: rgb{0.05, 0.05, 0.07}, clear: 0.8})
	}
}

// mug is of glazed clay, with a handle on either side.
func mug(p *pen) {
	if p.chance(0.5) {
		p = p.within(scale(-1, 1))
	}
	const flat = 0.26
	h, r := p.uniform(1.9, 2.3), 1.0
	y0, y1 := -h/2, h/2
	ground := *p
	ground.mask, ground.part = nil, nil
	shadow(&ground, y1, r)
	colour := hsv(p.uniform(0, 360), p.uniform(0.05, 0.75), p.uniform(0.6, 0.95))
	reach := p.uniform(0.6, 0.75)
	path := smooth([]point{{r - 0.1, y0 + 0.28*h}, {r + 0.6*reach, y0 + 0.24*h}, {r + reach, y0 + 0.45*h}, {r + 0.6*reach, y0 + 0.72*h}, {r - 0.1, y0 + 0.78*h}}, false)
	handle := p.tell()
	handle.fill(stroke(0.26, 0.24, path), material{colour: colour.times(0.7)})
	handle.fill(stroke(0.17, 0.15, path).moved(move(-0.02, -0.03)), glossy(colour.times(0.95), 0.2))
	body := append(arc(0, y1-0.04, r*0.94, flat*r, 180, 0), arc(0, y0, r, flat*r, 0, -180)...)
	m := glossy(colour, p.uniform(0.25, 0.45))
	m.light = 0.3
	p.fill(shape{clockwise(body)}, m)
	if p.chance(0.4) {
		t, w := p.uniform(0.3, 0.55), p.uniform(0.08, 0.2)
		band := append(arc(0, y0+t*h, r, flat*r, 180, 0), arc(0, y0+(t+w)*h, r*0.98, flat*r, 0, 180)...)
		p.fill(shape{clockwise(band)}, glossy(against(p, colour), 0.2))
	}
	p.fill(ellipse(0, y0, r, flat*r), of(colour.mix(rgb{1, 1, 1}, 0.4)))
	p.fill(ellipse(0, y0, 0.89*r, 0.89*flat*r), material{colour: colour.times(0.6), light: -0.2})
	p.fill(ellipse(0, y0+0.06, 0.82*r, 0.78*flat*r), glossy(oneOf(p, rgb{0.25, 0.13, 0.06}, rgb{0.55, 0.27, 0.08}, rgb{0.75, 0.58, 0.4}), 0.3))
}

// glass is a tumbler, which shows what is behind it.
func glass(p *pen) {
	const flat = 0.24
	h, top := p.uniform(2.3, 2.8), p.uniform(0.85, 1)
	foot := top * p.uniform(0.72, 0.85)
	y0, y1 := -h/2, h/2
	ground := *p
	ground.mask, ground.part = nil, nil
	shadow(&ground, y1, foot)
	wall := func(t float64) float64 { return top + (foot-top)*t }
	from := func(t float64) shape { // the inside below a height
		return shape{clockwise(append(arc(0, y1, foot, flat*foot, 180, 0), arc(0, y0+t*h, wall(t), flat*wall(t), 0, -180)...))}
	}
	pale := rgb{0.93, 0.97, 0.98}
	p.fill(from(0), material{colour: pale, clear: 0.78})
	if p.chance(0.7) { // water or juice
		t := p.uniform(0.25, 0.5)
		drink := oneOf(p, rgb{0.75, 0.88, 0.92}, rgb{0.75, 0.88, 0.92}, rgb{0.95, 0.6, 0.12}, rgb{0.75, 0.1, 0.12})
		p.fill(from(t), material{colour: drink, clear: 0.45, light: 0.2})
		p.fill(ellipse(0, y0+t*h, wall(t), flat*wall(t)), material{colour: drink.mix(rgb{1, 1, 1}, 0.4), clear: 0.3})
	}
	// The thick foot, walls seen from their sides, the rim and what is mirrored.
	p.fill(ellipse(0, y1-0.05, 0.9*foot, 0.8*flat*foot), material{colour: pale.times(0.8), clear: 0.5})
	for _, side := range []float64{-1, 1} {
		p.fill(bar(0.07, side*top, y0, side*foot, y1), material{colour: pale, clear: 0.25})
		p.fill(bar(0.025, side*(top-0.06), y0, side*(foot-0.06), y1), material{colour: rgb{0.2, 0.25, 0.28}, clear: 0.5})
	}
	rim := join(ellipse(0, y0, top, flat*top), ellipse(0, y0, top-0.07, flat*top-0.04).hole())
	p.fill(rim, material{colour: pale, clear: 0.1})
	p.fill(bar(0.12, -0.6*top, y0+0.3*h, -0.62*foot, y0+0.8*h), material{colour: rgb{1, 1, 1}, clear: 0.35})
	p.fill(bar(0.05, 0.55*top, y0+0.25*h, 0.57*foot, y0+0.7*h), material{colour: rgb{1, 1, 1}, clear: 0.5})
}
