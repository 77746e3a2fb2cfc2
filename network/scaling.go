package network

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"scalecam/fault"
)

// Size is the height and width of a network's input or grid, in cells.
type Size struct{ H, W int }

// Square is a Size of equal sides.
func Square(side int) Size { return Size{side, side} }

// String writes "224", or "96x160" (height × width) where the sides differ.
func (s Size) String() string {
	if s.H == s.W {
		return strconv.Itoa(s.H)
	}
	return fmt.Sprintf("%dx%d", s.H, s.W)
}

// MaxResolution bounds an input's side. It is twice what any published
// convolutional classifier is run at, and keeps a mistyped size from eating the
// machine's memory.
const MaxResolution = 2048

// ParseSize reads "224", "96x160" or "96×160" (height × width). Sides run from
// 1 to MaxResolution.
func ParseSize(s string) (Size, error) {
	h, w, two := strings.Cut(strings.ReplaceAll(strings.ToLower(s), "×", "x"), "x")
	if !two {
		w = h
	}
	var size Size
	var err, err2 error
	size.H, err = strconv.Atoi(h)
	size.W, err2 = strconv.Atoi(w)
	if err != nil || err2 != nil || size.check() != nil {
		return Size{}, fault.Errorf("network: %.80q is no input size; write one side such as 224, or height x width such as 96x160, each from 1 to %d", s, MaxResolution)
	}
	return size, nil
}

func (s Size) check() error {
	if min(s.H, s.W) < 1 || max(s.H, s.W) > MaxResolution {
		return fault.Errorf("network: the input size %v is out of range; each side runs from 1 to %d", s, MaxResolution)
	}
	return nil
}

// Scaling says how far each dimension of an architecture is scaled: depth d
// and width w as factors of its table, resolution as the input's size.
type Scaling struct {
	Depth, Width float64
	Resolution   Size
}

// String writes "d 1.4, w 1.2, 300 px".
func (s Scaling) String() string {
	return fmt.Sprintf("d %s, w %s, %v px", factor(s.Depth), factor(s.Width), s.Resolution)
}

func factor(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }

// MaxFactor bounds depth and width: a hundred times a table's layers or
// channels is beyond any network that runs here.
const MaxFactor = 100

func (s Scaling) check() error {
	for _, f := range []struct {
		name  string
		value float64
	}{{"depth", s.Depth}, {"width", s.Width}} {
		if !(f.value > 0 && f.value <= MaxFactor) { // also catches NaN
			return fault.Errorf("network: a %s of %v is out of range; it is a factor above 0 and up to %d, 1 for the architecture's own", f.name, f.value, MaxFactor)
		}
	}
	return s.Resolution.check()
}

// Rounded is the scaling with factors of three decimals, as people read and write
// them.
func (s Scaling) Rounded() Scaling {
	s.Depth, s.Width = math.Round(1000*s.Depth)/1000, math.Round(1000*s.Width)/1000
	return s
}

// Compound is the rule of compound scaling (arXiv 1905.11946, section 3.3):
// depth α^φ, width β^φ, resolution γ^φ.
type Compound struct{ Alpha, Beta, Gamma float64 }

// PaperCompound is what the paper found by grid search at φ = 1.
var PaperCompound = Compound{1.2, 1.1, 1.15}

// Cost is α·β²·γ², the factor by which multiply-adds grow when φ grows by one;
// the paper asks for about 2.
func (c Compound) Cost() float64 { return c.Alpha * c.Beta * c.Beta * c.Gamma * c.Gamma }

// ConstraintTolerance is how far from 2 a cost is still about 2: the paper's own
// is 1.92.
const ConstraintTolerance = 0.1

// Doubles tells that the multiply-adds about double when φ grows by one, as the
// paper asks.
func (c Compound) Doubles(tolerance float64) bool {
	return math.Abs(c.Cost()-2) <= tolerance+1e-9
}

// Search lists the bases that the paper's grid search at φ = 1 chooses from (arXiv
// 1905.11946, section 3.3, step 1): all α, β, γ of 1 and more, in steps, whose
// cost is within the tolerance of 2. Which of them is best only training and
// accuracy can say; the paper found PaperCompound. A step below 0.001 gives none.
func Search(step, tolerance float64) []Compound {
	if !(step >= 0.001) {
		return nil
	}
	// Rounded, so that 1 + 4·0.05 is the number written 1.2.
	at := func(i int) float64 { return math.Round(1e6*(1+float64(i)*step)) / 1e6 }
	most := 2 + tolerance
	var found []Compound
	for a := 0; at(a) <= most; a++ {
		for b := 0; at(a)*at(b)*at(b) <= most; b++ {
			for g := 0; at(a)*at(b)*at(b)*at(g)*at(g) <= most+1e-9; g++ {
				if c := (Compound{at(a), at(b), at(g)}); c.Doubles(tolerance) {
					found = append(found, c)
				}
			}
		}
	}
	return found
}

// Scale gives the Scaling at φ of an architecture whose own input side is
// resolution; the side is rounded to the nearest whole one. Bases below 1 and a
// φ that is not finite are errors.
func (c Compound) Scale(phi float64, resolution int) (Scaling, error) {
	for _, b := range []float64{c.Alpha, c.Beta, c.Gamma} {
		if !(b >= 1) {
			return Scaling{}, fault.Errorf("network: the bases of compound scaling α %v, β %v, γ %v must be 1 or more", c.Alpha, c.Beta, c.Gamma)
		}
	}
	s := Scaling{
		Depth:      math.Pow(c.Alpha, phi),
		Width:      math.Pow(c.Beta, phi),
		Resolution: Square(int(math.Round(min(float64(resolution)*math.Pow(c.Gamma, phi), MaxResolution+1)))),
	}
	if math.IsNaN(phi) {
		return s, fault.Errorf("network: φ is not a number; give one such as 1 or 3")
	}
	return s, s.check()
}

// A Dimension is what AtMost looks for the most of.
type Dimension string

// The dimensions of a network, and φ, which scales all three.
const (
	Depth      Dimension = "depth"
	Width      Dimension = "width"
	Resolution Dimension = "resolution"
	Phi        Dimension = "phi"
)

// Dimensions are all of them.
var Dimensions = []Dimension{Phi, Depth, Width, Resolution}

// finest is the step in which AtMost looks for factors and φ: three decimals.
const finest = 1000

// Most is what AtMost finds.
type Most struct {
	Value   float64 // a factor or φ to three decimals, or a side in pixels
	Network *Network
	Limit   error // why there is no network of the next larger value; nil where that has too many MACs
}

// AtMost is the network of the largest depth, width, resolution or φ that has at
// most so many MACs, as counted. Depth, width and resolution are scaled alone, the
// other two being n's; φ scales all three by c from the architecture's own. Layers and
// channels are whole, so the MACs go up in steps.
func (n *Network) AtMost(macs int64, by Dimension, c Compound) (Most, error) {
	at := func(i int) (value float64, s Scaling, err error) {
		value, s = float64(i)/finest, n.Scaling
		switch by {
		case Depth:
			s.Depth = value
		case Width:
			s.Width = value
		case Resolution:
			value = float64(i)
			s.Resolution = Square(i)
		case Phi:
			s, err = c.Scale(value, n.Architecture.Resolution)
			s = s.Rounded()
		}
		return value, s, err
	}
	low, high := 1, MaxFactor*finest+1
	switch by {
	case Resolution:
		high = MaxResolution + 1
	case Phi:
		low = 0
		if c.Cost() == 1 {
			return Most{}, fault.Errorf("network: α, β and γ of 1 scale nothing, whatever φ is; make one of them larger")
		}
	}
	of := func(i int) (m Most, err error) {
		value, s, err := at(i)
		if err == nil {
			m.Network, err = New(n.Architecture, s, n.Padding, n.Classes)
		}
		m.Value = value
		return m, err
	}
	most, err := of(low)
	if err != nil {
		return Most{}, err
	}
	if least := most.Network; least.MACs() > macs {
		return Most{}, fault.Errorf("network: %s has %d MACs already at %v, more than %d; allow more", n.Architecture.Title, least.MACs(), least.Scaling, macs)
	}
	_, limit := of(high)
	for low+1 < high { // low fits; high does not, or is out of range
		middle := low + (high-low)/2
		larger, err := of(middle)
		if err == nil && larger.Network.MACs() <= macs {
			low, most = middle, larger
			continue
		}
		high, limit = middle, err
	}
	most.Limit = limit
	return most, nil
}

// Channels scales a number of channels by the width w: rounded to the nearest
// multiple of 8, and 8 more where that falls below 0.9 of it (the official
// code's round_filters, torchvision's _make_divisible).
func Channels(channels int, w float64) int { return multiples(8, channels, w) }

// multiples is Channels by another number than 8, which is even.
func multiples(of, channels int, w float64) int {
	c := float64(channels) * w
	rounded := nearest(of, c)
	if float64(rounded) < 0.9*c {
		rounded += of
	}
	return rounded
}

// nearest is the nearest multiple of an even number, and at least that.
func nearest(of int, c float64) int { return max(of, int(c+float64(of/2))/of*of) }

// Repeats scales a stage's number of layers by the depth d, rounded up.
func Repeats(layers int, d float64) int { return int(math.Ceil(float64(layers) * d)) }

// ParseResolution reads an input size as ParseSize does, or, below 16, a
// factor of the architecture's own input side: "2" is 448 for one of 224. No
// network here takes an input that small, so the two cannot be confused.
func ParseResolution(s string, a *Architecture) (Size, error) {
	const factors = 16
	if r, err := strconv.ParseFloat(s, 64); err == nil && r > 0 && r < factors {
		size := Square(int(math.Round(r * float64(a.Resolution))))
		return size, size.check()
	}
	return ParseSize(s)
}
