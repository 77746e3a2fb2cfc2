package main

import (
	"math"

	"github.com/lucasb-eyer/go-colorful"
	"gonum.org/v1/gonum/spatial/r3"
)

// Colours are vectors of linear light: X red, Y green, Z blue, 1 being the
// white of the screen, more being brighter than it.

// hex returns the linear light of an sRGB colour such as "#ff8800".
func hex(s string) r3.Vec {
	c, err := colorful.Hex(s)
	if err != nil {
		panic(err) // a typing error in this program
	}
	r, g, b := c.RGB255()
	return r3.Vec{X: linear[r], Y: linear[g], Z: linear[b]}
}

// linear is the light of each sRGB byte, as a table because scenes name their
// colours where they use them, at every point.
var linear = func() (light [256]float64) {
	for i := range light {
		v := float64(i) / 255
		light[i], _, _ = colorful.Color{R: v, G: v, B: v}.LinearRgb()
	}
	return light
}()

// tint multiplies a colour by a light, channel by channel.
func tint(c, light r3.Vec) r3.Vec {
	return r3.Vec{X: c.X * light.X, Y: c.Y * light.Y, Z: c.Z * light.Z}
}

// mix goes from a to b as t goes from 0 to 1.
func mix(a, b r3.Vec, t float64) r3.Vec {
	return r3.Add(r3.Scale(1-t, a), r3.Scale(t, b))
}

// ramp is 0 where x ≤ from, 1 where x ≥ to and smooth between them; from may
// be above to, which turns it round.
func ramp(from, to, x float64) float64 {
	t := max(0, min(1, (x-from)/(to-from)))
	return t * t * (3 - 2*t)
}

// hash scrambles a lattice point and a layer number into [0, 1).
func hash(x, y, layer int) float64 {
	h := uint32(x)*0x8da6b343 ^ uint32(y)*0xd8163841 ^ uint32(layer)*0xcb1ab31f
	h ^= h >> 16
	h *= 0x7feb352d
	h ^= h >> 15
	h *= 0x846ca68b
	h ^= h >> 16
	return float64(h) / (1 << 32)
}

// compass has directions all round.
var compass = func() (c [64][2]float64) {
	for i := range c {
		c[i][0], c[i][1] = math.Sincos(2 * math.Pi * float64(i) / float64(len(c)))
	}
	return c
}()

// noise is gradient noise (Perlin 1985) in about [-1, 1], with features of
// size 1; every layer is another noise.
func noise(x, y float64, layer int) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	ix, iy := int(fx), int(fy)
	x, y = x-fx, y-fy
	corner := func(dx, dy int) float64 {
		g := compass[int(hash(ix+dx, iy+dy, layer)*float64(len(compass)))]
		return g[0]*(x-float64(dx)) + g[1]*(y-float64(dy))
	}
	u := x * x * x * (x*(x*6-15) + 10)
	v := y * y * y * (y*(y*6-15) + 10)
	top := corner(0, 0)*(1-u) + corner(1, 0)*u
	bottom := corner(0, 1)*(1-u) + corner(1, 1)*u
	return 1.5 * (top*(1-v) + bottom*v)
}

// cloud sums octaves of noise, each half as large and half as strong as the
// one before: in about [-1, 1], with largest features of size 1.
func cloud(x, y float64, octaves, layer int) float64 {
	sum, strength := 0.0, 0.5
	for range octaves {
		sum += strength * noise(x, y, layer)
		x, y, strength, layer = 2*x+3.1, 2*y+1.7, strength/2, layer+1
	}
	return sum
}
