package colormap

import (
	"testing"

	"github.com/lucasb-eyer/go-colorful"
)

// A vision turns linear sRGB into the linear sRGB that looks alike to normal
// eyes.
type vision struct {
	name   string
	matrix [3][3]float64
}

var normal = vision{"normal", [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}

// deficiencies are those of Machado, Oliveira and Fernandes 2009
// (doi:10.1109/TVCG.2009.113), severity 1.
var deficiencies = []vision{
	{"protanopia", [3][3]float64{{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}},
	{"deuteranopia", [3][3]float64{{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}},
	{"tritanopia", [3][3]float64{{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}},
}

func (v vision) see(c colorful.Color) colorful.Color {
	r, g, b := c.LinearRgb()
	m := v.matrix
	return colorful.LinearRgb(
		m[0][0]*r+m[0][1]*g+m[0][2]*b,
		m[1][0]*r+m[1][1]*g+m[1][2]*b,
		m[2][0]*r+m[2][1]*g+m[2][2]*b,
	).Clamped()
}

// deepestFall is the most by which L* (0..100) drops below what it has already
// reached on the way from 0 to 1, or from either end to a diverging scale's
// middle.
func deepestFall(c *Colormap, v vision) float64 {
	end := tableSize - 1
	if c.Diverging {
		end /= 2
	}
	fallOn := func(at func(i int) float64) (fall float64) {
		var top float64
		for i := range end + 1 {
			l, _, _ := v.see(colour(c, at(i))).Lab()
			top = max(top, 100*l)
			fall = max(fall, top-100*l)
		}
		return fall
	}
	fall := fallOn(func(i int) float64 { return float64(i) / (tableSize - 1) })
	if c.Diverging {
		fall = max(fall, fallOn(func(i int) float64 { return 1 - float64(i)/(tableSize-1) }))
	}
	return fall
}

// leastDifference is the least ΔE2000 between any two of the colours at
// 0, 1/8 … 1.
func leastDifference(c *Colormap, v vision) float64 {
	least := 100.0
	for i := range 9 {
		for j := range i {
			least = min(least, deltaE(v.see(colour(c, float64(i)/8)), v.see(colour(c, float64(j)/8))))
		}
	}
	return least
}

const (
	// rounding is what storing 8 bits may take from L*: half a level of green,
	// the channel that weighs most, is up to 0.2. The published tables fall by
	// as much.
	rounding = 0.2
	// distinct is the ΔE2000 that Colormap.ColourBlindSafe promises.
	distinct = 4
)

func TestPromises(t *testing.T) {
	for _, c := range All() {
		t.Run(c.Name, func(t *testing.T) {
			fall := deepestFall(c, normal)
			t.Logf("normal: L* falls by %.2f", fall)
			if got := fall <= rounding; got != c.MonotoneLightness {
				t.Errorf("MonotoneLightness is %v, but L* falls by %.2f", c.MonotoneLightness, fall)
			}
			safe := true
			for _, v := range deficiencies {
				fall, least := deepestFall(c, v), leastDifference(c, v)
				t.Logf("%s: L* falls by %.2f, eighths differ by at least %.1f", v.name, fall, least)
				safe = safe && fall <= rounding && least >= distinct
			}
			if safe != c.ColourBlindSafe {
				t.Errorf("ColourBlindSafe is %v, want %v", c.ColourBlindSafe, safe)
			}
		})
	}
}

func TestSimulationKeepsGrey(t *testing.T) {
	// Each row of a published matrix sums to 1: a slip in a number would tint
	// grey.
	grey := colorful.Color{R: 0.5, G: 0.5, B: 0.5}
	for _, v := range deficiencies {
		if d := deltaE(v.see(grey), grey); d > 0.01 {
			t.Errorf("%s moves grey by ΔE2000 %.3f", v.name, d)
		}
	}
}
