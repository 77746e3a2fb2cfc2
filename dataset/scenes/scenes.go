// Package scenes draws pictures of everyday objects, with labels and masks that
// are exact because the program knows what it drew. The same seed and number
// give the same scene at any size.
//
// A scene has one or two objects of its class among clutter, distractors and
// sometimes a smaller object of another class, in varied pose, colour, material,
// light and size, partly hidden at times. Some classes differ in one detail
// alone: a clock has hands where a compass has a needle, a taxi is a car with a
// sign on its roof.
package scenes

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"

	"scalecam/dataset"
	"scalecam/fault"
)

// class is a kind of object.
type class struct {
	name string
	part string // by which it is told
	// draw paints an object of about unit size around the origin, different each
	// time, with its telling part through pen.tell. It calls pen.rng the same
	// number of times whether it paints or only measures.
	draw func(*pen)
	tilt float64 // how far it may be turned either way, in degrees
}

// classes in alphabetical order, which is that of the labels.
var classes = []class{
	{"bicycle", "two wheels joined by a frame", bicycle, 12},
	{"bird", "beak and head", bird, 20},
	{"boat", "hull", boat, 10},
	{"car", "windows", car, 8},
	{"cat", "face", cat, 12},
	{"clock", "hands", clock, 12},
	{"compass", "needle", compass, 60},
	{"cup", "handle", cup, 15},
	{"dog", "face", dog, 12},
	{"fish", "tail", fish, 40},
	{"flower", "blossom", flower, 25},
	{"house", "roof", house, 5},
	{"key", "bit", key, 180},
	{"mushroom", "cap", mushroom, 15},
	{"taxi", "roof sign", taxi, 8},
	{"tree", "crown", tree, 6},
	{"umbrella", "handle and ribs", umbrella, 30},
	{"windmill", "sails", windmill, 5},
}

// Classes names the classes, in the order of the labels.
func Classes() []string {
	names := make([]string, len(classes))
	for i, c := range classes {
		names[i] = c.name
	}
	return names
}

// Part says what the telling part of a class is, in words.
func Part(class int) string { return classes[class].part }

// MaxSide bounds a scene's side in pixels.
const MaxSide = 4096

// Set is the scenes from number First on, of one seed. It is a dataset.Set.
type Set struct {
	Seed  uint64
	First int
	Count int
	Side  int // of the pictures, in pixels, up to MaxSide
	// Near has every object large: from half the picture's side up to four fifths, where
	// else it is from an eighth to 0.7. That is learnt sooner.
	Near bool
}

// String says what the set is, in words.
func (s Set) String() string {
	return fmt.Sprintf("%d scenes of %d px, seed %d", s.Count, s.Side, s.Seed)
}

// Classes names the classes.
func (s Set) Classes() []string { return Classes() }

// Len is the number of scenes.
func (s Set) Len() int { return s.Count }

// Class is that of scene i. The labels take turns.
func (s Set) Class(i int) int { return (s.First + i) % len(classes) }

// At draws scene i of the set.
func (s Set) At(i int) (*dataset.Example, error) { return s.draw(i, how{near: s.Near}) }

// Without draws scene i of the set without the telling part of its class.
func (s Set) Without(i int) (*dataset.Example, error) {
	return s.draw(i, how{near: s.Near, without: true})
}

func (s Set) draw(i int, how how) (*dataset.Example, error) {
	if i < 0 || i >= s.Count {
		return nil, fault.Errorf("scenes: there is no scene %d in a set of %d", i, s.Count)
	}
	if s.Side < 1 || s.Side > MaxSide {
		return nil, fault.Errorf("scenes: a side of %d pixels; give 1 to %d", s.Side, MaxSide)
	}
	return paint(s.Seed, s.First+i, s.Side, how), nil
}

// placed is an object in a scene.
type placed struct {
	class int
	seed  uint64
	at    transform // the object's units to shares of the picture's side
}

// Draw draws scene number n of a seed, side × side pixels.
func Draw(seed uint64, n, side int) *dataset.Example { return paint(seed, n, side, how{}) }

// DrawWithout draws the same scene without the telling part of its class: what is
// behind that is seen in its place. The masks are of what is drawn.
func DrawWithout(seed uint64, n, side int) *dataset.Example {
	return paint(seed, n, side, how{without: true})
}

// how a scene is drawn otherwise: without the telling part, with large objects.
type how struct{ without, near bool }

func paint(seed uint64, n, side int, how how) *dataset.Example {
	rng := rand.New(rand.NewPCG(seed, uint64(n)*0x9e3779b97f4a7c15+1))
	label := n % len(classes)
	c := newCanvas(side)
	whole := scale(float64(side), float64(side)) // shares of the side to pixels
	mask, part := image.NewAlpha(c.img.Rect), image.NewAlpha(c.img.Rect)
	back := &pen{canvas: c, at: whole, rng: rng, mask: nil}
	c.light = back.uniform(-170, -10)
	look := newLook(back)
	background(back)

	// Where the object goes is known before the clutter, which leaves it room.
	size := 0.12 + 0.58*math.Pow(rng.Float64(), 0.4)
	if how.near {
		size = 0.5 + (size-0.12)/0.58*0.3
	}
	main := place(back, label, size, nil)
	var objects []placed
	if back.chance(0.2) { // a smaller one of another class
		other := (label + 1 + rng.IntN(len(classes)-1)) % len(classes)
		objects = append(objects, place(back, other, max(0.1, size*back.uniform(0.3, 0.5)), &main))
	}
	if back.chance(0.15) { // a second of the same
		objects = append(objects, place(back, label, size*back.uniform(0.5, 0.9), &main))
	}
	objects = append(objects, main)
	clutter(back)
	over := *back
	over.hidden = []*image.Alpha{mask, part}
	for _, o := range objects {
		p := over
		p.at = o.at.then(whole)
		p.rng = rand.New(rand.NewPCG(o.seed, 7))
		if o.class == label {
			p.mask, p.part, p.hidden, p.without = mask, part, nil, how.without
		}
		classes[o.class].draw(&p)
	}
	occlude(&over, main, size)
	look.finish(c.img, rng)
	return &dataset.Example{
		Name: fmt.Sprintf("scene %d", n), Image: c.img, Class: label,
		Box: box(mask), Mask: mask, Part: part,
	}
}

// place draws the pose of an object whose longer side is size, as a share of the
// picture's, away from another if that can be.
func place(p *pen, class int, size float64, other *placed) placed {
	rng := p.rng
	o := placed{class: class, seed: rng.Uint64()}
	tilt := classes[class].tilt
	flip := 1.0
	if p.chance(0.5) {
		flip = -1
	}
	pose := scale(flip*p.uniform(0.85, 1.15), p.uniform(0.9, 1.1)).then(shear(p.uniform(-0.12, 0.12))).then(turn(p.uniform(-tilt, tilt)))
	b := measure(class, o.seed, pose)
	k := size / max(b.x1-b.x0, b.y1-b.y0)
	w, h := (b.x1-b.x0)*k/2, (b.y1-b.y0)*k/2
	var x, y float64
	for range 8 {
		// The middle may lie anywhere where the object is almost whole.
		x, y = p.uniform(0.9*w, 1-0.9*w), p.uniform(0.9*h, 1-0.9*h)
		if other == nil {
			continue // the last of the places drawn, as for all
		}
		if math.Hypot(x-other.at.c, y-other.at.f) > size*0.8+0.25 {
			break
		}
	}
	o.at = pose.then(move(-(b.x0+b.x1)/2, -(b.y0+b.y1)/2)).then(scale(k, k)).then(move(x, y))
	return o
}

// measure gives the rectangle around an object in its pose.
func measure(class int, seed uint64, pose transform) bounds {
	b := bounds{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	classes[class].draw(&pen{at: pose, rng: rand.New(rand.NewPCG(seed, 7)), bounds: &b})
	return b
}

// box is the smallest rectangle around what a mask shows at half or more.
func box(m *image.Alpha) image.Rectangle {
	var r image.Rectangle
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			if m.Pix[y*m.Stride+x] >= 128 {
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return r
}
