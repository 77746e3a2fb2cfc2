package measure

import (
	"context"
	"image"
	"slices"
	"strings"

	"scalecam/fault"
)

// Needs is what a Measure looks at beside the map, several together.
type Needs int

// What there is to need.
const (
	NeedsObject  Needs = 1 << iota // the object's pixels
	NeedsBox                       // a box around it at least
	NeedsPart                      // the pixels of the part by which its class is told
	NeedsAnswers                   // the network's, to changed pictures
)

// Side is that of the square over which MaxBoxAccV2 and PxAP spread a map, in pixels.
const Side = 224

// Case is a map of a picture, and what it is held against.
type Case struct {
	// Values is the map over the picture's pixels, in rows, and Square over Side × Side
	// of the whole picture, both enlarged bicubically or as the protocol has it.
	Values, Square []float32
	// Object and Part are masks over the picture's pixels, OnSquare is Object's over the
	// square, and Boxes are the object's there, as the function Boxes takes them; nil
	// where they are not known.
	Object, Part, OnSquare *image.Alpha
	Boxes                  [][4]int
	Grid                   image.Point // of the map: its cells across and down
	// Network answers what the measures that need it ask; nil of a map that is no
	// network's.
	Network Network

	found  *Localisation
	masked *masked
}

// Network answers about one picture, its map and the class that this explains.
type Network interface {
	// Input is what the network was shown, [h, w, 3], normalised, not to be written
	// to, and the map over those pixels.
	Input() (pixels, values []float32, w int)
	// Probabilities are the class's of n changes of the input: change is given its
	// pixels to change, and may be called for several at once.
	Probabilities(ctx context.Context, n int, change func(i int, pixels []float32)) ([]float64, error)
	// Map is the map that the same method makes of another input, over its pixels.
	Map(ctx context.Context, pixels []float32) ([]float32, error)
}

// Measure is a way to say how good maps are. What it observes of a picture is a record
// of numbers; records of pictures add up, and a figure is made of their sum, so that a
// figure of all pictures together (MaxBoxAccV2, PxAP) and a mean are alike.
type Measure struct {
	Key    string // as in commands
	Title  string
	Source string // paper
	Needs  Needs
	// Less tells that less is better.
	Less    bool
	Values  int // of a record
	Observe func(ctx context.Context, c *Case, record []float64) error
	Figure  func(sum []float64, n float64) float64
}

// Measures are what there is, localisation first.
var Measures = []*Measure{
	{
		Key: "pointing", Title: "pointing game", Source: "arXiv 1608.00507", Needs: NeedsObject, Values: 1, Figure: average,
		Observe: placed(func(l Localisation) float64 { return l.Pointing }),
	}, {
		Key: "energy", Title: "energy-based pointing game", Source: "arXiv 1910.01279", Needs: NeedsObject, Values: 1, Figure: average,
		Observe: placed(func(l Localisation) float64 { return l.Energy }),
	}, {
		Key: "iou", Title: "best IoU", Source: "best threshold of each map", Needs: NeedsObject, Values: 1, Figure: average,
		Observe: placed(func(l Localisation) float64 { return l.IoU }),
	}, {
		Key: "part-iou", Title: "best IoU with the telling part", Source: "best threshold of each map", Needs: NeedsObject | NeedsPart, Values: 1, Figure: average,
		Observe: placed(func(l Localisation) float64 { return l.PartIoU }),
	}, {
		Key: "ceiling", Title: "best IoU that the grid allows", Source: "whole cells", Needs: NeedsObject, Values: 1, Figure: average,
		Observe: func(_ context.Context, c *Case, record []float64) error {
			record[0] = Ceiling(c.Object, c.Grid.X, c.Grid.Y)
			return nil
		},
	}, {
		Key: "max-box-acc", Title: "MaxBoxAccV2", Source: "arXiv 2007.04178", Needs: NeedsBox, Values: len(BoxIoUs) * BoxLevels,
		Observe: func(_ context.Context, c *Case, record []float64) error {
			curve := Boxes(c.Square, Side, c.Boxes...)
			for i := range curve {
				copy(record[i*BoxLevels:], curve[i][:])
			}
			return nil
		},
		Figure: func(sum []float64, n float64) float64 {
			var curve BoxCurve
			for i := range curve {
				copy(curve[i][:], sum[i*BoxLevels:])
			}
			return MaxBoxAccV2(&curve, n)
		},
	}, {
		Key: "pxap", Title: "pixel average precision", Source: "arXiv 2007.04178", Needs: NeedsObject, Values: 2 * pixelBins,
		Observe: func(_ context.Context, c *Case, record []float64) error {
			curve := Pixels(c.Square, c.OnSquare)
			copy(record, curve[0][:])
			copy(record[pixelBins:], curve[1][:])
			return nil
		},
		Figure: func(sum []float64, _ float64) float64 {
			var curve PixelCurve
			copy(curve[0][:], sum)
			copy(curve[1][:], sum[pixelBins:])
			return PxAP(&curve)
		},
	}, {
		Key: "deletion", Title: "deletion", Source: "arXiv 1806.07421", Needs: NeedsAnswers, Less: true, Values: 1, Figure: average,
		Observe: along(Deletion),
	}, {
		Key: "insertion", Title: "insertion", Source: "arXiv 1806.07421", Needs: NeedsAnswers, Values: 1, Figure: average,
		Observe: along(Insertion),
	}, {
		Key: "drop", Title: "average drop", Source: "arXiv 1710.11063", Needs: NeedsAnswers, Less: true, Values: 1, Figure: average,
		Observe: left(func(m *masked) float64 { return Drop(m.before, m.after) }),
	}, {
		Key: "increase", Title: "increase in confidence", Source: "arXiv 1710.11063", Needs: NeedsAnswers, Values: 1, Figure: average,
		Observe: left(func(m *masked) float64 { return Increase(m.before, m.after) }),
	}, {
		Key: "gain", Title: "average gain", Source: "arXiv 2403.10391", Needs: NeedsAnswers, Values: 1, Figure: average,
		Observe: left(func(m *masked) float64 { return Gain(m.before, m.after) }),
	}, {
		Key: "adcc", Title: "ADCC", Source: "arXiv 2104.10252", Needs: NeedsAnswers, Values: 1, Figure: average,
		Observe: func(ctx context.Context, c *Case, record []float64) error {
			m, err := c.left(ctx)
			if err != nil {
				return err
			}
			again, err := c.Network.Map(ctx, m.pixels)
			if err != nil {
				return err
			}
			_, values, _ := c.Network.Input()
			record[0] = ADCC(Coherency(values, again), Complexity(values), Drop(m.before, m.after))
			return nil
		},
	}, {
		Key: "sparsity", Title: "sparsity (Gini index)", Source: "arXiv 1810.06583", Values: 1, Figure: average,
		Observe: func(_ context.Context, c *Case, record []float64) error {
			record[0] = Sparsity(c.Values)
			return nil
		},
	},
}

// average is the figure of records that are one number each.
func average(sum []float64, n float64) float64 { return sum[0] / n }

// placed observes how well the map finds the object.
func placed(of func(Localisation) float64) func(context.Context, *Case, []float64) error {
	return func(_ context.Context, c *Case, record []float64) error {
		if c.found == nil {
			part := c.Part
			if part == nil {
				part = c.Object // to be left out
			}
			found := Localise(c.Values, c.Object, part)
			c.found = &found
		}
		record[0] = of(*c.found)
		return nil
	}
}

// along observes the class's probability along a path.
func along(path func(values []float32, w int, picture []float32) *Path) func(context.Context, *Case, []float64) error {
	return func(ctx context.Context, c *Case, record []float64) error {
		pixels, values, w := c.Network.Input()
		p := path(values, w, pixels)
		scores, err := c.Network.Probabilities(ctx, p.Steps(), p.At)
		if err != nil {
			return err
		}
		record[0] = AUC(scores)
		return nil
	}
}

// masked is what a map leaves of a picture: its pixels times the map, of which what is
// positive goes from 0 to 1.
type masked struct {
	pixels        []float32
	before, after float64 // the class's probability
}

// left observes what a network answers to that.
func left(of func(m *masked) float64) func(context.Context, *Case, []float64) error {
	return func(ctx context.Context, c *Case, record []float64) error {
		m, err := c.left(ctx)
		if err == nil {
			record[0] = of(m)
		}
		return err
	}
}

func (c *Case) left(ctx context.Context) (*masked, error) {
	if c.masked != nil {
		return c.masked, nil
	}
	pixels, values, _ := c.Network.Input()
	m := &masked{pixels: slices.Clone(pixels)}
	most := max(slices.Max(values), 0)
	for i := range m.pixels {
		share := float32(0)
		if v := values[i/3]; v > 0 {
			share = v / most
		}
		m.pixels[i] *= share
	}
	p, err := c.Network.Probabilities(ctx, 2, func(i int, changed []float32) {
		if i == 1 {
			copy(changed, m.pixels)
		}
	})
	if err != nil {
		return nil, err
	}
	m.before, m.after = p[0], p[1]
	c.masked = m
	return m, nil
}

// Has tells whether a case has what the measure needs.
func (m *Measure) Has(c *Case) bool {
	switch {
	case m.Needs&NeedsObject != 0 && c.Object == nil,
		m.Needs&NeedsBox != 0 && len(c.Boxes) == 0,
		m.Needs&NeedsPart != 0 && c.Part == nil,
		m.Needs&NeedsAnswers != 0 && c.Network == nil:
		return false
	}
	return true
}

// LookupMeasure finds a measure by its key. The error lists them.
func LookupMeasure(key string) (*Measure, error) {
	var keys []string
	for _, m := range Measures {
		if m.Key == key {
			return m, nil
		}
		keys = append(keys, m.Key)
	}
	return nil, fault.Errorf("measure: there is no measure %.40q; there are %s", key, strings.Join(keys, ", "))
}
